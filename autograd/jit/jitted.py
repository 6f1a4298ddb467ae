"""jit: the decorator, and the cache of programs behind it."""

from __future__ import annotations

import copy
import functools
import inspect
import itertools
import sys
import types
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ..errors import ArgumentError, AutogradError, TraceError
from ..watch import as_it_stands, watcher
from .checking import check
from .compiled import Compiled, Stats
from .structure import Container, Number, Numbers, Single, argument_names, split_call
from .words import Listing

LARGEST = 256
"""How many structures of arguments one function keeps programs for; those that were not used for longest go first."""

ALIKE = 16
"""How many programs it keeps for one structure: for one model in training and in evaluation, for two models."""


PATIENCE = 20
"""After so many calls with the same numbers none with others is waited for, to be compared."""

DTYPES = (np.float64, np.float32)
"""The precisions that a program may calculate in."""


class CacheInfo(NamedTuple):
    """How often a call found its program, how often one was compiled, and how many there are."""

    hits: int
    misses: int
    maxsize: int
    currsize: int


def jit(function: Any = None, *, dtype: Any = "float64", check: bool = True, grad: bool = True) -> Any:
    """The function, compiled: the first call traces it and makes an array program of it, later calls run that.

    For functions of numbers, arrays and nested lists of them that calculate with Values; parameters and other leaves
    from outside are found by themselves. Results and gradients are those of the function itself, to rounding. A new
    shape or structure of arguments is compiled again; arguments that are no numbers are constants of the program.

    `dtype` may be "float32". With `grad=False` results come as floats and arrays, and no backward pass is compiled.
    The second call is compared with the function itself, unless `check=False`.

    Raises TraceError where Python needs a number that differs from call to call (if, float, range, an index).

    >>> from autograd import Value
    >>> w = Value(2.0, "w")
    >>> f = jit(lambda xs: sum((w * x - 1.0) ** 2 for x in xs))
    >>> y = f([1.0, 2.0])
    >>> y.backward()
    >>> y, w.grad
    (Value(10.0, grad=1.0, op=jit), 14.0)
    """
    if not (isinstance(check, bool) and isinstance(grad, bool)):
        raise ArgumentError(f"jit: check and grad are {check!r} and {grad!r}; each needs to be True or False")
    if not any(dtype is kind or (isinstance(dtype, (str, np.dtype)) and dtype == np.dtype(kind)) for kind in DTYPES):
        raise ArgumentError(f'jit: dtype is {dtype!r}; it needs to be "float64" or "float32"')
    if function is None:
        return functools.partial(jit, dtype=dtype, check=check, grad=grad)
    if not callable(function):
        raise ArgumentError(f"jit compiles a function, got {function!r}")
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        raise ArgumentError(f"jit compiles plain functions, and {function!r} is async; jit what it calls instead")
    return Jitted(function, np.dtype(dtype), check, grad)


class Jitted:
    """A jitted function; `__wrapped__` is the function itself."""

    def __init__(self, function: Callable[..., Any], dtype: Any, checked: bool, grad: bool) -> None:
        functools.update_wrapper(self, function)
        self.__wrapped__ = function
        self._dtype, self._checked, self._grad = dtype, checked, grad
        self._last: Compiled | None = None
        self._warned = False
        self.cache_clear()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if watcher.get() is not None or as_it_stands.get():  # as a part of another jitted function
            return self.__wrapped__(*args, **kwargs)
        quick = None
        if not kwargs and all(map(_is_array, args)):  # a training loop's calls, told apart quickly
            quick = tuple([(arg.shape, arg.dtype) for arg in args])
            compiled = self._quick.get(quick)
            if compiled is not None and compiled.guard.unchanged():
                self._hits += 1
                self._last = compiled
                return compiled.run(args)
        return self._called(args, kwargs, quick)

    def _called(self, args: tuple[Any, ...], kwargs: dict[str, Any], quick: Any) -> Any:
        """The result of a call that is not known to be like the last one."""
        parts: list[Any] = []
        description = split_call(args, kwargs, parts)
        compiled = self._found(description)
        if compiled is None:
            compiled = self._compiled(description, parts, args, kwargs)
        else:
            self._hits += 1
        self._last = compiled
        new = not compiled.settled and compiled.differs_from_first(parts)
        result = compiled.run(parts)
        if not compiled.settled:
            self._settle(compiled, parts, result, new)
        elif quick and all(array.dtype.kind in "fiu" and array.ndim for array in args):
            if len(self._quick) >= LARGEST:
                self._quick.clear()
            self._quick[quick] = compiled
        return result

    def _compiled(self, description: Container, parts: list[Any], args: Any, kwargs: Any) -> Compiled:
        """A program for arguments of that structure."""
        names = argument_names(self.__wrapped__, args, kwargs, description)
        try:
            compiled = Compiled(self.__wrapped__, description, parts, names, self._dtype, self._grad)
        except AutogradError:
            raise
        except Exception as error:
            self.__wrapped__(*args, **kwargs)  # which says it better, if it is no matter of compiling
            raise TraceError(
                f"jit: the function works on numbers, but not on the Values that they are while it is compiled: "
                f"{type(error).__name__}: {error}. Use the engine's ops, or call it without jit"
            ) from error
        self._misses += 1
        self._remember(description, compiled)
        return compiled

    def _settle(self, compiled: Compiled, parts: list[Any], result: Any, new: bool) -> None:
        """Compares the results of the first calls with the function's own, up to one with new numbers.

        Those of a second call in any case, and those of a batch at once: its examples differ.
        """
        several = bool(compiled.trace.batch) and compiled.size(parts) > 1
        if self._checked and (new or compiled.runs == 1 or (compiled.runs == 0 and several)):
            check(compiled, result)
        compiled.runs += 1
        if new or compiled.runs >= PATIENCE:
            compiled.settle()

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else types.MethodType(self, instance)

    def __deepcopy__(self, memo: dict[int, Any]) -> Jitted:
        return Jitted(copy.deepcopy(self.__wrapped__, memo), self._dtype, self._checked, self._grad)

    def __reduce__(self) -> Any:
        name = getattr(self, "__name__", "")
        if getattr(sys.modules.get(self.__module__), name, None) is self:
            return name  # by its name in its module, as functions are
        return Jitted, (self.__wrapped__, self._dtype, self._checked, self._grad)

    def __repr__(self) -> str:
        return f"<jitted {getattr(self.__wrapped__, '__qualname__', self.__wrapped__)!s}>"

    # --- looking inside; each is of the program that ran last ---

    @property
    def program(self) -> Listing:
        """The recovered program; printing it shows it in words."""
        return Listing(self._ran())

    @property
    def stats(self) -> Stats:
        """Figures of the program: nodes, array calls, bytes, seconds to compile."""
        return self._ran().stats

    @property
    def graph(self) -> Any:
        """The root of the scalar graph for the last call's arguments; a list if there are several results.

        It is traced when asked for, with the parameters as they are now.
        """
        roots = self._ran().graph
        return roots[0] if len(roots) == 1 else roots

    def cache_info(self) -> CacheInfo:
        """Hits, misses, and how many programs there are."""
        programs = {id(compiled) for alike in self._programs.values() for compiled in alike}
        return CacheInfo(self._hits, self._misses, LARGEST, len(programs))

    def cache_clear(self) -> None:
        """Forgets all programs."""
        self._programs: dict[Any, list[Compiled]] = {}
        self._quick: dict[Any, Compiled] = {}
        self._batches: dict[frozenset[int], None] = {}
        self._hits = self._misses = 0
        self._last = None

    def _ran(self) -> Compiled:
        if self._last is None:
            raise ArgumentError(f"{self!r} has not been called yet; call it once, then look at its program")
        return self._last

    # --- the cache ---

    def _found(self, description: Container) -> Compiled | None:
        """The program for that structure of arguments, if there is one that fits what the function reaches now."""
        for key in (description, *(_without_batch(description, batch) for batch in self._batches)):
            for compiled in self._programs.get(key, ()):
                if compiled.guard.unchanged():
                    self._programs[key] = self._programs.pop(key)  # the last in the row is the last to go
                    return compiled
        return None

    def _remember(self, description: Container, compiled: Compiled) -> None:
        batch = compiled.trace.batch
        if batch:
            self._batches[batch] = None
        key = _without_batch(description, batch) if batch else description
        alike = [compiled, *self._programs.pop(key, [])]
        self._programs[key] = alike[:ALIKE]
        if len(alike) > ALIKE:
            self._warn(
                f"there are {ALIKE} programs for these arguments already, as {alike[1].guard.change()} has changed"
            )
        if len(self._programs) > LARGEST:
            del self._programs[next(iter(self._programs))]
            self._quick.clear()
            self._warn(f"the arguments came in more than {LARGEST} structures or shapes; pad them to a few lengths")

    def _warn(self, why: str) -> None:
        """Tells, once, that it is compiled again and again."""
        if not self._warned:
            self._warned = True
            warnings.warn(f"{self!r} is compiled again and again, which is slow: {why}", stacklevel=5)


def _is_array(x: Any) -> bool:
    return type(x) is np.ndarray


def _without_batch(description: Container, batch: frozenset[int]) -> Any:
    """The description with the number of examples taken out of those parts; None if they have not as many."""
    sizes: set[int] = set()
    number = itertools.count()

    def stripped(structure: Any) -> Any:
        if isinstance(structure, Container):
            return Container(structure.kind, structure.names, tuple(map(stripped, structure.items)))
        if isinstance(structure, (Number, Numbers, Single)) and next(number) in batch:
            sizes.add(structure.shape[0] if isinstance(structure, Numbers) else 0)
            return Numbers(structure.kinds, structure.shape[1:]) if isinstance(structure, Numbers) else None
        return structure

    bare = stripped(description)
    return (bare, batch) if len(sizes) == 1 and 0 not in sizes else None
