"""Models in files: NumPy's `.npz` with the numbers, their paths and what made the model; nothing is unpickled."""

from __future__ import annotations

import json
import os
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from autograd import AutogradError

from .errors import LoadError
from .module import KINDS, Module, kind_name

FORMAT = "glassgrad model 1"


def save(model: Module, path: str | os.PathLike[str]) -> Path:
    """The path written: the model's class, its `config()` and its parameters, for `load` to make it again.

    The file is written beside the old one and then takes its place at once, so it is never half there. Raises
    ArgumentError for a model that has no `config()`.
    """
    description = json.dumps(_described(model))
    state = model.state_dict()
    path = Path(path)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
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
        os.unlink(temporary)
        raise
    return path


def load(path: str | os.PathLike[str], into: Module | None = None) -> Any:
    """The model in the file, made anew; or `into` itself, with its parameters set to those in the file.

    Raises LoadError if the file is damaged, foreign, holds a class that has not been imported, or does not fit
    `into` (which then is as it was); FileNotFoundError if there is none.
    """
    description, state = _read(Path(path))
    try:
        model = _made(description) if into is None else into
        model.load_state_dict(state)
    except LoadError as error:
        raise LoadError(f"{path}: {error}") from None
    return model


def _read(path: Path) -> tuple[Any, dict[str, float]]:
    """The description and the numbers by path, if the file is one that `save` wrote, whole."""
    try:
        with np.load(path, allow_pickle=False) as file:
            if str(file["format"]) != FORMAT:
                raise LoadError(f"{path}: its format is {str(file['format'])!r}, this version reads {FORMAT!r}")
            description = json.loads(str(file["model"]))
            paths, numbers = json.loads(str(file["paths"])), file["numbers"]
    except FileNotFoundError:
        raise
    except (
        OSError,
        ValueError,
        KeyError,
        EOFError,
        TypeError,
        AttributeError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        if isinstance(error, LoadError):
            raise
        raise LoadError(f"{path} is not a whole model file that save() wrote ({error}); was it cut short?") from None
    if numbers.dtype != np.float64 or numbers.shape != (len(paths),):
        raise LoadError(f"{path}: {len(paths)} paths, but numbers of {numbers.dtype} and shape {numbers.shape}")
    return description, dict(zip(paths, numbers.tolist(), strict=True))


def _described(item: Any) -> Any:
    """The item with modules replaced by {"class": ..., "arguments": ...}, which JSON can hold."""
    if isinstance(item, Module):
        return {"class": kind_name(type(item)), "arguments": _described(item.config())}
    if isinstance(item, Mapping):
        return {key: _described(value) for key, value in item.items()}
    if isinstance(item, (list, tuple)):
        return [_described(value) for value in item]
    if item is None or isinstance(item, (bool, int, float, str)):
        return item
    raise LoadError(
        f"{item!r} cannot be saved as part of a model: config() may hold modules, numbers, strings and lists of "
        "these. Use an activation by its name, such as 'tanh', or save the model's state_dict()"
    )


def _made(description: Any) -> Any:
    """What `_described` described."""
    if isinstance(description, list):
        return [_made(item) for item in description]
    if not (isinstance(description, dict) and "class" in description):
        return description
    name = description["class"]
    if name not in KINDS:
        raise LoadError(f"it holds a {name}, which is not known here; import the module that defines it first")
    try:
        return KINDS[name](**{key: _made(value) for key, value in description["arguments"].items()})
    except (TypeError, AttributeError, KeyError, AutogradError) as error:
        raise LoadError(f"its {name} cannot be made again: {error}") from None
