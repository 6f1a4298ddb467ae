"""What a function reaches from outside, and whether any of it has been replaced since its program was made.

A program holds the parameters that the trace met, and has every other number from outside for a constant: so it holds
for as long as names, attributes, lists and dicts lead to the same things. Comparing them all is a few calls of C code.
The numbers of Values are not compared, as a program reads them anew in each call, nor is what lies in arrays, nor
what lies in long lists of numbers.
"""

from __future__ import annotations

import functools
import inspect
import sys
import types
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter, itemgetter
from typing import Any

from ..value import Value
from ..watch import watcher

DEEP = 4
"""How many lists, dicts and objects deep the names of parameters go."""

MOST_NUMBERS = 2000
"""So many numbers in lists are compared; longer lists are data, which should come as arguments."""

OURS = frozenset({"autograd", "nets", "numpy", *sys.stdlib_module_names} - {"__main__"})
"""Packages whose functions, classes and modules reach nothing of the user's by themselves."""

LARGE = 500
"""A module with more names than this is taken for a library, which stays as it is."""


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
        self.computed: set[Value] = set()
        """The Values among them that an op has made."""
        self._cells: list[tuple[str, Any]] = []
        self._read: list[tuple[Any, Any]] = []
        self._containers: list[Any] = []
        self._numbers = 0
        self._explore(function)
        self._before = self._now()
        self._copies = [container.copy() for container in self._containers]

    def unchanged(self) -> bool:
        """Whether everything is as it was."""
        try:
            watcher.set(_SAME)
            return self._containers == self._copies and self._now() == self._before
        except (ValueError, KeyError, AttributeError):  # an array stands where another one did; a name is gone
            return False
        finally:
            watcher.set(None)  # there is none while a function is called from outside

    def change(self) -> str:
        """The name of something that has changed."""
        for (name, _), now, before in zip(self._cells, self._now(), self._before, strict=False):
            if now is not before:
                return repr(name)
        names = {id(thing): name for name, thing in self.named}
        for container, copied in zip(self._containers, self._copies, strict=True):
            changed = _changed_key(container, copied)
            if changed is not None:
                return repr(names.get(id(container), "a list") if changed == "" else changed)
        return "what it reads from outside"

    def _now(self) -> list[Any]:
        return [_contents(cell) for _, cell in self._cells] + [get(thing) for get, thing in self._read]

    # --- finding what there is ---

    def _explore(self, function: Any) -> None:
        """Fills in all that can be reached from the function and from what is named already."""
        waiting = [thing for _, thing in self.named] + [function]
        seen: set[int] = set()
        while waiting:
            thing = waiting.pop()
            if id(thing) not in seen:
                seen.add(id(thing))
                waiting += self._inside(thing, thing is function)

    def _inside(self, thing: Any, root: bool) -> Iterable[Any]:
        """What the thing leads to, after noting how it can change."""
        if isinstance(thing, Value):
            if thing.op is not None:
                self.computed.add(thing)
            return ()
        if isinstance(thing, functools.partial):
            given = [*thing.args, *thing.keywords.values()]
            self.named += [("argument", arg) for arg in given]
            return (thing.func, *given)
        if inspect.ismethod(thing):
            self.named.append(("self", thing.__self__))
            return (thing.__self__, thing.__func__)
        if isinstance(thing, types.FunctionType):
            return self._inside_function(thing) if root or _is_users(thing.__module__) else ()
        if isinstance(thing, type):
            return self._inside_class(thing)
        if isinstance(thing, types.ModuleType):
            if _is_users(thing.__name__) and len(vars(thing)) <= LARGE:
                self._containers.append(vars(thing))
            return ()
        if isinstance(thing, (list, tuple, dict, deque)):
            return self._inside_items(thing)
        return self._inside_object(thing, root)

    def _inside_function(self, function: types.FunctionType) -> Iterable[Any]:
        cells = list(zip(function.__code__.co_freevars, function.__closure__ or (), strict=False))
        self._cells += cells
        names = _global_names(function)
        if names:
            self._read.append((itemgetter(*names), function.__globals__))
        found = [(name, _contents(cell)) for name, cell in cells] + [(n, function.__globals__[n]) for n in names]
        if function.__defaults__ or function.__kwdefaults__:
            parameters = inspect.signature(function).parameters.values()
            found += [(p.name, p.default) for p in parameters if p.default is not p.empty]
        self.named += found
        return [thing for _, thing in found]

    def _inside_class(self, kind: type) -> Iterable[Any]:
        if not _is_users(kind.__module__):
            return ()
        self._containers.append(vars(kind))
        return [*vars(kind).values(), *kind.__bases__]

    def _inside_items(self, items: Any) -> Iterable[Any]:
        inside = items.values() if isinstance(items, dict) else items
        if inside and isinstance(next(iter(inside)), (int, float, str)):
            self._numbers += len(items)
            if self._numbers > MOST_NUMBERS:
                return ()
        if not isinstance(items, tuple):
            self._containers.append(items)
        return list(inside)

    def _inside_object(self, thing: Any, root: bool) -> Iterable[Any]:
        kind = type(thing)
        inside: list[Any] = [kind]
        if callable(thing) and isinstance(getattr(thing, "__wrapped__", None), types.FunctionType):
            inside.append(thing.__wrapped__)  # a jitted function
        if root:
            self.named.append((kind.__name__.lower(), thing))
        if not (_is_users(kind.__module__) or kind.__module__.partition(".")[0] == "nets"):
            return inside
        slots = [name for name in getattr(kind, "__slots__", ()) if hasattr(thing, name)]
        if slots:
            self._read.append((attrgetter(*slots), thing))
            inside += [getattr(thing, name) for name in slots]
        if hasattr(thing, "__dict__"):
            self._containers.append(vars(thing))
            inside += vars(thing).values()
        return inside


def _changed_key(container: Any, copied: Any) -> Any:
    """The key of a dict under which something else stands now; "" for another change, None if there is none."""
    if hasattr(copied, "keys"):
        return next((key for key in {**copied, **container} if container.get(key) is not copied.get(key)), None)
    same = len(container) == len(copied) and all(a is b for a, b in zip(container, copied, strict=True))
    return None if same else ""


def _is_users(module: Any) -> bool:
    """Whether what is defined in that module is the user's own."""
    return isinstance(module, str) and module.partition(".")[0] not in OURS


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
