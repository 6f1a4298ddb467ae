"""Arguments and results as structures: which numbers they hold, and in what lists, tuples, dicts and dataclasses.

`split` takes a structure apart into a hashable description and its parts; a part is a number, an array of numbers (a
regular nested list is one too), or a Value. What is none of these is static: it stands in the description itself.
"""

from __future__ import annotations

import copy
import dataclasses
import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..number import number
from ..value import Value

ARRAY = "array"


@dataclass(frozen=True)
class Number:
    """One number."""


@dataclass(frozen=True)
class Single:
    """One Value."""


@dataclass(frozen=True)
class Numbers:
    """A regular block of numbers: `kinds` are the containers from the outside in, `list`, `tuple` or an array."""

    kinds: tuple[Any, ...]
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Static:
    """Anything without numbers; it is compared by its key alone."""

    key: Any
    thing: Any = field(compare=False)


@dataclass(frozen=True, eq=False)
class Copied:
    """A block of plain numbers in a result, of which each call returns a copy."""

    thing: Any


@dataclass(frozen=True)
class Container:
    """A list, tuple, dict, dataclass or array of objects (`kind`) of further structures.

    `names` are those of a dict's or a dataclass's items, and the shape of an array.
    """

    kind: Any
    names: tuple[Any, ...]
    items: tuple[Any, ...]


@dataclass(frozen=True)
class Ref:
    """A thing that cannot be hashed, compared by identity; holding it keeps its identity from being used again."""

    thing: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ref) and other.thing is self.thing

    def __hash__(self) -> int:
        return id(self.thing)


@dataclass(frozen=True)
class Template:
    """A dataclass instance to make others like; compared by its class alone."""

    thing: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Template) and type(other.thing) is type(self.thing)

    def __hash__(self) -> int:
        return hash(type(self.thing))


def split_call(args: tuple[Any, ...], kwargs: dict[str, Any], parts: list[Any]) -> Container:
    """The description of a call's arguments; their parts are appended to `parts`. `build` gives (args, kwargs)."""
    positional = Container(tuple, (), tuple([split(arg, parts) for arg in args]))
    named = Container(dict, tuple(kwargs), tuple([split(arg, parts) for arg in kwargs.values()]))
    return Container(tuple, (), (positional, named))


def split(x: Any, parts: list[Any]) -> Any:
    """The description of x; its parts are appended to `parts`, in order."""
    inside: list[Any] = []
    description = taken_apart(x, inside)
    if isinstance(description, Container):
        return Container(description.kind, description.names, tuple([split(item, parts) for item in inside]))
    parts += inside
    return description


def taken_apart(x: Any, inside: list[Any]) -> Any:
    """The description of x, of a container without its items: these, or the one part of x, are appended to `inside`."""
    kind = type(x)
    if kind is float or (isinstance(x, (int, float, np.floating, np.integer)) and not isinstance(x, bool)):
        number(x, "jit")  # which refuses an int too large for a float
        inside.append(x)
        return Number()
    if isinstance(x, np.ndarray):
        return _array_apart(x, inside)
    if isinstance(x, Value):
        inside.append(x)
        return Single()
    if isinstance(x, (list, tuple)):
        block = _regular(x)
        if block is not None:
            inside.append(block[1])
            return block[0]
        inside += x
        return Container(kind, (), ())
    if isinstance(x, dict):
        inside += x.values()
        return Container(kind, tuple(x), ())
    if dataclasses.is_dataclass(x) and not isinstance(x, type):
        names = tuple(each.name for each in dataclasses.fields(x))
        inside += [getattr(x, name) for name in names]
        return Container(Template(x), names, ())
    try:
        hash(x)
    except TypeError:
        return Static(Ref(x), x)
    return Static((kind, x), x)


def is_constant_block(x: Any) -> bool:
    """Whether x is an array or a regular nested list of plain numbers."""
    return (isinstance(x, np.ndarray) and x.dtype.kind in "fiub") or (
        isinstance(x, (list, tuple)) and _regular(x) is not None
    )


def statics(description: Any) -> Iterator[Any]:
    """The static things in a structure."""
    if isinstance(description, Static):
        yield description.thing
    elif isinstance(description, Container):
        for item in description.items:
            yield from statics(item)


def build(description: Any, make: Callable[[Any], Any]) -> Any:
    """The structure of that description, with make(its description) for each of its parts, in order."""
    if isinstance(description, Static):
        return description.thing
    if isinstance(description, Copied):
        return copy.deepcopy(description.thing)
    if not isinstance(description, Container):
        return make(description)
    items = [build(item, make) for item in description.items]
    kind = description.kind
    if isinstance(kind, Template):
        made = copy.copy(kind.thing)
        for name, item in zip(description.names, items, strict=True):
            object.__setattr__(made, name, item)
        return made
    if kind is np.ndarray:
        block = np.empty(len(items), dtype=object)
        block[:] = items
        return block.reshape(description.names)
    if issubclass(kind, dict):
        return dict(zip(description.names, items, strict=True))
    if hasattr(kind, "_fields"):  # a namedtuple
        return kind(*items)
    return tuple(items) if issubclass(kind, tuple) else items


def argument_names(function: Callable[..., Any], args: Any, kwargs: Any, description: Container) -> list[str]:
    """A name for each part of the arguments: that of the argument, with a number where it has several."""
    try:
        kinds = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        kinds = {}.values()
    positional = [p.name for p in kinds if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    rest = next((p.name for p in kinds if p.kind is p.VAR_POSITIONAL), "argument")
    keys = [positional[i] if i < len(positional) else f"{rest}[{i - len(positional)}]" for i in range(len(args))]
    names: list[str] = []
    top = [*description.items[0].items, *description.items[1].items]
    for name, item in zip([*keys, *kwargs], top, strict=True):
        parts: list[Any] = []
        build(item, parts.append)
        names += [name] if len(parts) == 1 else [f"{name}.{k}" for k in range(len(parts))]
    return names


def nested(kinds: tuple[Any, ...], block: np.ndarray) -> Any:
    """The block in containers of these kinds, as many as it has dimensions."""
    if not kinds:
        return block[()] if isinstance(block, np.ndarray) else block
    if kinds[0] is ARRAY:
        return block
    return kinds[0](nested(kinds[1:], row) for row in block)


def _array_apart(x: np.ndarray, inside: list[Any]) -> Any:
    if x.dtype.kind in "fiu" and x.ndim:
        inside.append(x)
        return Numbers((ARRAY,) * x.ndim, x.shape)
    if x.dtype.kind in "fiu":
        inside.append(float(x))
        return Number()
    if x.dtype.kind == "O":
        inside += list(x.reshape(-1))
        return Container(np.ndarray, x.shape, ())
    if x.dtype.kind == "b":
        return Static((x.shape, x.tobytes()), x.copy())
    return Static(Ref(x), x)


def _regular(x: Any) -> tuple[Numbers, np.ndarray] | None:
    """The description and the array of a regular nested list of numbers; None if it is none."""
    kinds: list[Any] = []
    inner: Any = x
    while isinstance(inner, (list, tuple)) and len(inner):
        if type(inner) not in (list, tuple):
            return None
        kinds.append(type(inner))
        inner = inner[0]
    if isinstance(inner, np.ndarray):
        kinds += [ARRAY] * inner.ndim
    elif not isinstance(inner, (int, float, np.floating, np.integer)):
        return None
    try:
        block = np.asarray(x)
    except ValueError:  # ragged
        return None
    if block.dtype.kind not in "fiu" or block.ndim != len(kinds) or not _alike(x, kinds):
        return None
    return Numbers(tuple(kinds), block.shape), block


def arguments(description: Any, parts: Sequence[Any]) -> Any:
    """The (args, kwargs) of a call with these parts, as the function itself takes them, in new lists and arrays."""
    each = iter(parts)

    def plain(kind: Any) -> Any:
        part = next(each)
        if not isinstance(kind, Numbers):
            return part
        if ARRAY not in kind.kinds and tuple not in kind.kinds:
            return part.tolist()
        return nested(kind.kinds, part.copy())

    return build(description, plain)


def numbers_in(result: Any) -> Iterator[Any]:
    """All numbers and Values in a result, in order."""
    if isinstance(result, np.ndarray):
        yield from result.reshape(-1).tolist()
    elif isinstance(result, (Value, int, float, np.number)) and not isinstance(result, bool):
        yield result
    else:
        inside: Any = ()
        if isinstance(result, dict):
            inside = result.values()
        elif isinstance(result, (list, tuple)):
            inside = result
        elif dataclasses.is_dataclass(result) and not isinstance(result, type):
            inside = (getattr(result, field.name) for field in dataclasses.fields(result))
        for item in inside:
            yield from numbers_in(item)


def _alike(x: Any, kinds: list[Any]) -> bool:
    """Whether all containers of a level are of the same kind."""
    level = [x]
    for kind in kinds[1:]:
        if kind is ARRAY:
            return all(isinstance(item, np.ndarray) for items in level for item in items)
        level = [item for items in level for item in items]
        if not all(type(item) is kind for item in level):
            return False
    return True
