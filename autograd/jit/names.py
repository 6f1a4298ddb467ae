"""What a function can see: the names of its arguments, and the models and parameters it reaches from outside."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Any

from ..parameter import Parameter
from ..value import Value
from .structure import build

DEEP = 3
"""How many functions deep the search goes: the function, those it calls, those they call."""


def argument_names(function: Callable[..., Any], args: Any, kwargs: Any, count: int, description: Any) -> list[str]:
    """A name for each part of the arguments: that of the argument, with a number where it has several."""
    try:
        bound = inspect.signature(function).bind(*args, **kwargs)
        given = list(bound.signature.parameters)
    except (TypeError, ValueError):
        given = []
    names: list[str] = []
    top = [*description.items[0].items, *description.items[1].items] if description.items else []
    keys = [*given[: len(args)], *kwargs]
    for i, item in enumerate(top):
        parts: list[Any] = []
        build(item, parts.append)
        name = keys[i] if i < len(keys) else f"argument{i}"
        names += [name] if len(parts) == 1 else [f"{name}.{k}" for k in range(len(parts))]
    return names + [f"argument{k}" for k in range(len(names), count)]


def surroundings(function: Callable[..., Any]) -> Iterator[tuple[str, Any]]:
    """The names that a function uses from outside, and what they stand for; also those of the functions it calls."""
    seen: set[int] = set()
    waiting: list[tuple[Any, int]] = [(function, 0)]
    while waiting:
        f, depth = waiting.pop()
        if id(f) in seen:
            continue
        seen.add(id(f))
        if isinstance(f, functools.partial):
            waiting.append((f.func, depth))
            continue
        owner = getattr(f, "__self__", None)
        if owner is not None and not inspect.isbuiltin(f):
            yield "self", owner
        f = getattr(f, "__wrapped__", getattr(f, "__func__", f))
        code = getattr(f, "__code__", None)
        if code is None:
            if hasattr(f, "parameters"):
                yield type(f).__name__.lower(), f
            continue
        for name, thing in _names_of(f, code):
            yield name, thing
            if callable(thing) and depth < DEEP and not isinstance(thing, type):
                waiting.append((thing, depth + 1))


def reachable(function: Callable[..., Any]) -> tuple[Any, ...]:
    """The Parameters that a function reaches from outside, compared by identity when tuples are compared."""
    found: list[int] = []
    for _, thing in surroundings(function):
        found += [id(p) for p in _parameters(thing)]
    return tuple(found)


def parameter_names(function: Callable[..., Any]) -> dict[Value, str]:
    """A name for each parameter that the function reaches: its path in the model, or its place in a list."""
    names: dict[Value, str] = {}
    for name, thing in surroundings(function):
        if hasattr(thing, "named_parameters"):
            for path, p in thing.named_parameters():
                names.setdefault(p, path)
        else:
            for path, p in _paths(thing, name, 4):
                names.setdefault(p, path)
    return names


def modes(function: Callable[..., Any], args: tuple[Any, ...]) -> tuple[Any, ...]:
    """Whether the models that the function closes over are in training mode, which is a constant of a program."""
    f = getattr(function, "__func__", function)
    cells = getattr(f, "__closure__", None) or ()
    found = [cell.cell_contents.training for cell in cells if hasattr(_contents(cell), "training")]
    found += [arg.training for arg in args if hasattr(arg, "training")]
    names = getattr(getattr(f, "__code__", None), "co_names", ())
    namespace = getattr(f, "__globals__", {})
    found += [namespace[name].training for name in names if hasattr(namespace.get(name), "training")]
    return tuple(found)


def _contents(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not bound yet
        return None


def _names_of(f: Any, code: Any) -> Iterator[tuple[str, Any]]:
    for name, cell in zip(code.co_freevars, f.__closure__ or (), strict=False):
        yield name, _contents(cell)
    for default in (*(f.__defaults__ or ()), *(f.__kwdefaults__ or {}).values()):
        yield "default", default
    codes = [code]
    while codes:
        inner = codes.pop()
        for name in inner.co_names:
            if name in f.__globals__:
                yield name, f.__globals__[name]
        codes += [c for c in inner.co_consts if inspect.iscode(c)]


def _parameters(thing: Any) -> Iterator[Any]:
    if hasattr(thing, "parameters") and not isinstance(thing, type) and callable(thing.parameters):
        yield from thing.parameters()
    else:
        for _, p in _paths(thing, "", 4):
            yield p


def _paths(thing: Any, path: str, depth: int) -> Iterator[tuple[str, Any]]:
    """The Parameters in nested lists, tuples and dicts, with dotted paths."""
    if isinstance(thing, Parameter):
        yield path, thing
    elif isinstance(thing, (list, tuple)) and depth:
        for i, item in enumerate(thing):
            if isinstance(item, (Parameter, list, tuple, dict)):
                yield from _paths(item, f"{path}.{i}", depth - 1)
    elif isinstance(thing, dict) and depth:
        for key, item in thing.items():
            if isinstance(item, (Parameter, list, tuple, dict)) or hasattr(item, "named_parameters"):
                yield from _paths(item, f"{path}.{key}", depth - 1)
