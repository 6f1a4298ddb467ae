"""What a function reaches from outside, and whether any of it has been replaced since its program was made.

A program holds the parameters that the trace met, and has every other number from outside for a constant: so it holds
for as long as names, attributes, lists and dicts lead to the same things. Comparing them all is a few calls of C code.
The numbers of Values are not compared, as a program reads them anew in each call, nor is what lies in arrays, nor
what lies in long lists of numbers.
"""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter, itemgetter
from typing import Any

from ..value import Value
from ..watch import watcher

DEEP = 4
"""How many calls deep the search for functions goes."""

MOST_NUMBERS = 2000
"""So many numbers in lists are compared; longer lists are data, which should come as arguments."""

OURS = ("autograd", "nets", "numpy", "builtins")
"""Packages whose functions reach nothing of the user's by themselves."""


class _Same:
    """A watcher under which two Values are equal only if they are one."""

    def compare(self, sign: str, a: Any, b: Any) -> bool:
        return (a is b) == (sign == "==")

    def read(self, node: Any) -> None: ...

    def need(self, node: Any, what: str) -> None: ...

    def draw(self, rng: Any) -> Any: ...

    def made(self, leaf: Any) -> None: ...


_SAME = _Same()


class Guard:
    """The surroundings of a function as they are now, and those of its static arguments."""

    def __init__(self, function: Callable[..., Any], arguments: Iterable[Any] = ()) -> None:
        self.named: list[tuple[str, Any]] = [(type(thing).__name__.lower(), thing) for thing in arguments]
        self._functions: list[Any] = []
        self._find(function)
        self._cells = [cell for f in self._functions for cell in f.__closure__ or ()]
        self._globals = [(itemgetter(*names), f.__globals__) for f in self._functions if (names := _global_names(f))]
        self._slots: list[tuple[Any, Any]] = []
        self._containers = list(_containers((thing for _, thing in self.named), self._slots))
        self._before = self._now()
        self._copies = [container.copy() for container in self._containers]

    def unchanged(self) -> bool:
        """Whether everything is as it was."""
        token = watcher.set(_SAME)
        try:
            return self._containers == self._copies and self._now() == self._before
        except (ValueError, KeyError, AttributeError):  # an array stands where another one did; a name is gone
            return False
        finally:
            watcher.reset(token)

    def _now(self) -> list[Any]:
        read = [*self._globals, *self._slots]
        return [_contents(cell) for cell in self._cells] + [get(thing) for get, thing in read]

    def _find(self, function: Any) -> None:
        """Fills in the functions that are called from outside `OURS`, and what they name."""
        waiting, seen = [(function, 0)], set()
        while waiting:
            thing, depth = waiting.pop()
            if id(thing) in seen or depth > DEEP:
                continue
            seen.add(id(thing))
            if isinstance(thing, functools.partial):
                waiting += [(thing.func, depth), *((arg, depth) for arg in (*thing.args, *thing.keywords.values()))]
                self.named += [("argument", arg) for arg in (*thing.args, *thing.keywords.values())]
                continue
            if getattr(thing, "__self__", None) is not None and inspect.ismethod(thing):
                self.named.append(("self", thing.__self__))
            f = _function_of(thing)
            if f is None or (depth and f.__module__.partition(".")[0] in OURS):
                continue
            if f is not thing and not inspect.ismethod(thing):
                self.named.append((type(thing).__name__.lower(), thing))
            self._functions.append(f)
            names = list(_names(f))
            self.named += names
            waiting += [(other, depth + 1) for _, other in names if callable(other) and not isinstance(other, type)]


def parameter_names(guard: Guard) -> dict[Value, str]:
    """A name for each Parameter that is reached: its path in its model, or its place in a list."""
    names: dict[Value, str] = {}
    for name, thing in guard.named:
        if not isinstance(thing, type) and callable(getattr(thing, "named_parameters", None)):
            for path, p in thing.named_parameters():
                names.setdefault(p, path)
        else:
            for path, p in _leaves(thing, name, DEEP):
                names.setdefault(p, path)
    return names


def _function_of(thing: Any) -> Any:
    """The Python function that runs when the thing is called; None if it is none."""
    thing = inspect.unwrap(thing) if callable(thing) else thing
    own = getattr(thing, "__func__", thing)
    f = own if isinstance(own, types.FunctionType) else inspect.getattr_static(type(thing), "__call__", None)
    return f if isinstance(f, types.FunctionType) else None


def _names(f: Any) -> Iterator[tuple[str, Any]]:
    """What a function names: variables around it, defaults, globals."""
    for name, cell in zip(f.__code__.co_freevars, f.__closure__ or (), strict=False):
        yield name, _contents(cell)
    parameters = inspect.signature(f).parameters.values() if f.__defaults__ or f.__kwdefaults__ else ()
    for parameter in parameters:
        if parameter.default is not parameter.empty:
            yield parameter.name, parameter.default
    for name in _global_names(f):
        yield name, f.__globals__[name]


def _global_names(f: Any) -> list[str]:
    names: dict[str, None] = {}
    codes = [f.__code__]
    while codes:
        code = codes.pop()
        names.update(dict.fromkeys(name for name in code.co_names if name in f.__globals__))
        codes += [constant for constant in code.co_consts if inspect.iscode(constant)]
    return list(names)


def _contents(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not bound yet
        return None


def _containers(things: Iterator[Any], slots: list[tuple[Any, Any]]) -> Iterator[Any]:
    """The lists, dicts and attributes, of objects and their classes, in which Values and what holds them are found."""
    seen: set[int] = set()
    waiting = list(things)
    numbers = 0
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen or isinstance(thing, (types.ModuleType, types.FunctionType, Value)):
            continue
        seen.add(id(thing))
        inside = thing
        if isinstance(thing, type):
            if thing.__module__.partition(".")[0] not in OURS:
                yield vars(thing)
            continue
        if not isinstance(thing, (list, dict, tuple)):
            if type(thing).__module__.partition(".")[0] in ("numpy", "builtins", "autograd"):
                continue
            waiting.append(type(thing))
            names = [name for name in getattr(type(thing), "__slots__", ()) if hasattr(thing, name)]
            if names:
                slots.append((attrgetter(*names), thing))
                waiting += [getattr(thing, name) for name in names]
            inside = getattr(thing, "__dict__", None)
        if inside is None:
            continue
        if inside and isinstance(inside, (list, tuple)) and isinstance(inside[0], (int, float, str)):
            numbers += len(inside)
            if numbers > MOST_NUMBERS:
                continue
        if type(inside) in (list, dict):
            yield inside
        waiting += inside.values() if isinstance(inside, dict) else inside


def _leaves(thing: Any, path: str, depth: int) -> Iterator[tuple[str, Value]]:
    """The Values in nested lists, tuples, dicts and plain objects, with dotted paths."""
    if isinstance(thing, Value):
        if thing.op is None:
            yield path, thing
        return
    if not depth or isinstance(thing, (type, types.ModuleType, types.FunctionType)):
        return
    if isinstance(thing, (list, tuple)):
        if thing and isinstance(thing[0], (int, float, str)):
            return
        items: Any = enumerate(thing)
    else:
        items = (thing if isinstance(thing, dict) else getattr(thing, "__dict__", {})).items()
    for key, item in items:
        yield from _leaves(item, f"{path}.{key}", depth - 1)
