"""Models in files: NumPy's `.npz` with the numbers, their paths and what made the model; nothing is unpickled."""

from __future__ import annotations

import io
import json
import os
import uuid
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from autograd import ArgumentError, AutogradError

from .errors import LoadError
from .module import KINDS, Module, kind_name

FORMAT = "glassgrad model 1"

# A damaged header may name an unknown compression (NotImplementedError) or a password (RuntimeError).
_DAMAGE = (OSError, ValueError, KeyError, EOFError, TypeError, RuntimeError, zipfile.BadZipFile, zlib.error)


def save(model: Module, path: str | os.PathLike[str]) -> Path:
    """The path written: the model's class, its `config()` and its parameters, for `load` to make it again.

    The file is written beside the old one and then takes its place at once, so it is never half there. Raises
    ArgumentError for a model that has no `config()`, FileNotFoundError if there is no such folder.
    """
    if not isinstance(model, Module):
        raise ArgumentError(f"save writes a Module such as an MLP, got {model!r}")
    description = json.dumps(_described(model, []))
    state = model.state_dict()
    path = Path(path)
    if not path.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {path.parent} to save {path.name} in; make it first")
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        with open(temporary, "xb") as file:
            np.savez_compressed(
                file,
                format=np.array(FORMAT),
                model=np.array(description),
                paths=np.array(json.dumps(list(state))),
                numbers=np.array(list(state.values()), dtype=np.float64),
            )
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return path


def load(path: str | os.PathLike[str], into: Module | None = None) -> Any:
    """The model in the file, made anew; or `into` itself, with its parameters set to those in the file.

    Raises LoadError if the file is damaged, foreign, holds a class that has not been imported, or does not fit
    `into` (which then is as it was); FileNotFoundError if there is none.
    """
    description, state = _read(Path(path))
    try:
        model = _made(description, []) if into is None else into
        if not isinstance(model, Module):
            raise LoadError(f"it describes no model, but {model!r}")
        model.load_state_dict(state)
    except LoadError as error:
        raise LoadError(f"{path}: {error}") from None
    return model


def _read(path: Path) -> tuple[Any, dict[str, float]]:
    """The description and the numbers by path, if the file is one that `save` wrote, whole."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise LoadError(f"{path} cannot be read: {error.strerror}") from None
    if not content.startswith(b"PK") or not zipfile.is_zipfile(io.BytesIO(content)):
        raise LoadError(f"{path} is not a model file that save() wrote; was it cut short?")
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            if str(file["format"]) != FORMAT:
                raise LoadError(f"{path}: its format is {str(file['format'])!r}, this version reads {FORMAT!r}")
            description = json.loads(str(file["model"]))
            paths, numbers = json.loads(str(file["paths"])), np.asarray(file["numbers"])
    except LoadError:
        raise
    except _DAMAGE as error:
        raise LoadError(f"{path} is not a whole model file that save() wrote ({error}); was it cut short?") from None
    if not isinstance(paths, list) or not all(isinstance(each, str) for each in paths):
        raise LoadError(f"{path}: its paths are no list of names")
    if numbers.dtype != np.float64 or numbers.shape != (len(paths),):
        raise LoadError(f"{path}: {len(paths)} paths, but numbers of {numbers.dtype} and shape {numbers.shape}")
    return description, dict(zip(paths, numbers.tolist(), strict=True))


def _described(item: Any, done: list[Module]) -> Any:
    """The item as JSON can hold it: a module is {"class": ..., "arguments": ...}, or {"again": k} if it is done[k]."""
    if isinstance(item, Module):
        again = [k for k, module in enumerate(done) if module is item]
        if again:
            return {"again": again[0]}
        description = {"class": kind_name(type(item)), "arguments": _described(item.config(), done)}
        done.append(item)
        return description
    if isinstance(item, Mapping):
        return {key: _described(value, done) for key, value in item.items()}
    if isinstance(item, (list, tuple)):
        return [_described(value, done) for value in item]
    if isinstance(item, np.generic):
        item = item.item()
    if item is None or isinstance(item, (bool, int, float, str)):
        return item
    raise ArgumentError(
        f"{item!r} cannot be saved as part of a model: config() may hold modules, numbers, strings and lists of "
        "these. Use an activation by its name, such as 'tanh', or save the model's state_dict()"
    )


def _made(description: Any, done: list[Module]) -> Any:
    """What `_described` described."""
    if isinstance(description, list):
        return [_made(item, done) for item in description]
    if not isinstance(description, dict):
        return description
    if "class" not in description:
        again = description.get("again")
        if isinstance(again, int) and 0 <= again < len(done):
            return done[again]
        return {key: _made(value, done) for key, value in description.items()}
    name = description["class"]
    if not isinstance(name, str) or name not in KINDS:
        raise LoadError(f"it holds a {name}, which is not known here; import the module that defines it first")
    try:
        module = KINDS[name](**_made(description["arguments"], done))
    except (TypeError, ValueError, AttributeError, KeyError, AutogradError) as error:
        raise LoadError(f"its {name} cannot be made again: {error}") from None
    done.append(module)
    return module
