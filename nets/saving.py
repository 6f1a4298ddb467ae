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

from autograd import ArgumentError, AutogradError, Parameter

from .errors import LoadError
from .module import KINDS, Module, kind_name

FORMAT = "glassgrad model 1"

# A damaged header may name an unknown compression (NotImplementedError) or a password (RuntimeError).
_DAMAGE = (OSError, ValueError, KeyError, EOFError, TypeError, RuntimeError, zipfile.BadZipFile, zlib.error)


def save(model: Module, path: str | os.PathLike[str]) -> Path:
    """The path written: the model's class, its `config()` and its parameters, for `load` to make it again.

    The file is written beside the old one and then takes its place at once, so it is never half there. Raises
    ArgumentError for a model that has no `config()`, or one that does not make it again; FileNotFoundError if there
    is no such folder.
    """
    if not isinstance(model, Module):
        raise ArgumentError(f"save writes a Module such as an MLP, got {model!r}")
    description = json.dumps(_described(model, []))
    state = model.state_dict()
    _refuse_what_would_not_load(description, model, state)
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
                frozen=np.array([getattr(p, "frozen", False) for p in model.parameters()], dtype=bool),
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
    description, state, frozen = _read(Path(path))
    try:
        model = _made(description, []) if into is None else into
        if not isinstance(model, Module):
            raise LoadError(f"it describes no model, but {model!r}")
        if into is not None:
            _refuse_another_model(description, into)
        model.load_state_dict(state)
    except LoadError as error:
        raise LoadError(f"{path}: {error}") from None
    for parameter, stays in zip(model.parameters(), frozen, strict=True):
        if isinstance(parameter, Parameter):
            parameter.frozen = stays
    return model


def _refuse_what_would_not_load(description: str, model: Module, state: dict[str, float]) -> None:
    try:
        twin = _made(json.loads(description), [])
    except LoadError as error:
        raise ArgumentError(f"{type(model).__name__} would not load again: {error}; mend its config()") from None
    if {path for path, _ in twin.named_parameters()} != state.keys():
        raise ArgumentError(f"{type(model).__name__} would load with other parameters; mend its config()")


def _refuse_another_model(description: Any, into: Module) -> None:
    """A file may fit a model's parameters and still be of another: a tanh net's numbers in a relu net."""
    try:
        own = _described(into, [])
    except ArgumentError:  # it has no config() to compare
        return
    if own != description:
        raise LoadError(f"the file holds {_shown(description)}, not {into!r}; nothing was changed")


def _read(path: Path) -> tuple[Any, dict[str, float], list[bool]]:
    """The description, the numbers by path and which are frozen, if the file is one that `save` wrote, whole."""
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
            frozen = np.asarray(file["frozen"])
    except LoadError:
        raise
    except _DAMAGE as error:
        raise LoadError(f"{path} is not a whole model file that save() wrote ({error}); was it cut short?") from None
    if not isinstance(paths, list) or not all(isinstance(each, str) for each in paths):
        raise LoadError(f"{path}: its paths are no list of names")
    if numbers.dtype != np.float64 or numbers.shape != (len(paths),):
        raise LoadError(f"{path}: {len(paths)} paths, but numbers of {numbers.dtype} and shape {numbers.shape}")
    if frozen.dtype != np.bool_ or frozen.shape != (len(paths),):
        raise LoadError(f"{path}: {len(paths)} paths, but frozen flags of {frozen.dtype} and shape {frozen.shape}")
    return description, dict(zip(paths, numbers.tolist(), strict=True)), frozen.tolist()


def _described(item: Any, done: list[Module]) -> Any:
    """The item as JSON can hold it: a module is {"class": ..., "arguments": ...}, or {"again": k} if it is done[k]."""
    if isinstance(item, Module):
        again = [k for k, module in enumerate(done) if module is item]
        if again:
            return {"again": again[0]}
        arguments = {key: _described(value, done) for key, value in item.config().items()}
        description = {"class": kind_name(type(item)), "arguments": arguments}
        done.append(item)
        return description
    if isinstance(item, Mapping):
        return {"dict": [[_described(key, done), _described(value, done)] for key, value in item.items()]}
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
    try:
        if "again" in description:
            return done[description["again"]]
        if "dict" in description:
            return {_made(key, done): _made(value, done) for key, value in description["dict"]}
        name, arguments = description["class"], description["arguments"]
        kind = KINDS[name]
    except (TypeError, ValueError, LookupError):
        raise LoadError(f"it holds {_unknown(description)}") from None
    try:
        module = kind(**{key: _made(value, done) for key, value in arguments.items()})
    except (TypeError, ValueError, AttributeError, KeyError, AutogradError) as error:
        raise LoadError(f"its {name} cannot be made again: {error}") from None
    done.append(module)
    return module


def _shown(description: Any) -> str:
    """A described model in words."""
    if not (isinstance(description, dict) and isinstance(description.get("arguments"), dict)):
        return f"what is no model ({json.dumps(description)[:80]})"
    arguments = ", ".join(f"{key}={json.dumps(value)[:60]}" for key, value in description["arguments"].items())
    return f"{description.get('class')}({arguments})"


def _unknown(description: dict[str, Any]) -> str:
    """What to say of a description that no model can be made of."""
    name = description.get("class")
    if not isinstance(name, str) or name in KINDS:
        return f"a description of no model: {json.dumps(description)[:80]}"
    if name.startswith("__main__."):
        return f"a {name}, a class of the script that saved it; make one yourself and use load(path, into=it)"
    return f"a {name}, which is not known here; import the module that defines it first"
