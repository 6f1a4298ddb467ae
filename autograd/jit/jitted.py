"""jit: the decorator, and the cache of programs behind it."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ..errors import ArgumentError
from ..storage import Span
from ..value import Value
from ..watch import watcher
from .compiled import Compiled, Stats
from .names import argument_names, modes, reachable
from .structure import Container, Numbers, split_call

LARGEST = 64
"""How many structures of arguments one function keeps programs for."""

Batchless = tuple[Any, frozenset[int]]


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

    >>> w = Value(2.0, "w")
    >>> f = jit(lambda xs: sum((w * x - 1.0) ** 2 for x in xs))
    >>> y = f([1.0, 2.0])
    >>> y.backward()
    >>> y, w.grad
    (Value(10.0, op=jit), 14.0)
    """
    if function is None:
        return functools.partial(jit, dtype=dtype, check=check, grad=grad)
    if not callable(function):
        raise ArgumentError(f"jit compiles a function, got {function!r}")
    if np.dtype(dtype) not in (np.dtype("float64"), np.dtype("float32")):
        raise ArgumentError(f'jit: dtype is {dtype!r}; it needs to be "float64" or "float32"')
    return Jitted(function, np.dtype(dtype), check, grad)


class Jitted:
    """A jitted function; `__wrapped__` is the function itself."""

    def __init__(self, function: Callable[..., Any], dtype: Any, check: bool, grad: bool) -> None:
        functools.update_wrapper(self, function)
        self.__wrapped__ = function
        self._dtype, self._check, self._grad = dtype, check, grad
        self.cache_clear()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if watcher.get() is not None:  # traced as a part of another jitted function
            return self.__wrapped__(*args, **kwargs)
        parts: list[Any] = []
        description = split_call(args, kwargs, parts)
        key = (description, *modes(self.__wrapped__, args))
        compiled = self._found(key)
        if compiled is None:
            compiled = self._compiled(key, description, parts, args, kwargs)
        else:
            self._hits += 1
        self._last = compiled
        result = compiled.run(parts, (args, kwargs))
        compiled.runs += 1
        if compiled.runs == 2 and self._check:
            try:
                compiled.check(parts, (args, kwargs), description, result)
            except BaseException:
                compiled.runs = 1
                raise
        return result

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else types.MethodType(self, instance)

    def __repr__(self) -> str:
        return f"<jitted {getattr(self.__wrapped__, '__qualname__', self.__wrapped__)!s}>"

    # --- looking inside; each is of the program that ran last ---

    @property
    def program(self) -> Any:
        """The recovered program; printing it shows it in words."""
        from .words import Listing

        return Listing(self._ran())

    @property
    def stats(self) -> Stats:
        """Figures of the program: nodes, array calls, bytes, seconds to compile."""
        return self._ran().stats

    @property
    def graph(self) -> Any:
        """The root of the scalar graph that was traced, or the list of roots."""
        roots = [x for x in self._ran().trace.outputs if isinstance(x, Value)]
        return roots[0] if len(roots) == 1 else roots

    def cache_info(self) -> CacheInfo:
        """Hits, misses, and how many programs there are."""
        return CacheInfo(self._hits, self._misses, LARGEST, len(set(map(id, self._programs.values()))))

    def cache_clear(self) -> None:
        """Forgets all programs."""
        self._programs: dict[Any, Compiled] = {}
        self._batchless: dict[Any, Compiled] = {}
        self._patterns: dict[frozenset[int], None] = {}
        self._hits = self._misses = 0
        self._last: Compiled | None = None
        self._known: tuple[Any, ...] | None = None

    def _ran(self) -> Compiled:
        if self._last is None:
            raise ArgumentError(f"{self!r} has not been called yet; call it once, then look at its program")
        return self._last

    # --- the cache ---

    def _found(self, key: Any) -> Compiled | None:
        """The program for that structure of arguments, if it still fits the parameters there are."""
        compiled = self._programs.get(key)
        if compiled is None:
            for pattern in self._patterns:
                compiled = self._batchless.get(_without_batch(key, pattern))
                if compiled is not None:
                    self._remember(key, compiled)
                    break
        if compiled is not None and compiled.spans_made != Span.made:
            if reachable(self.__wrapped__) != self._known:
                self.cache_clear()
                return None
            compiled.spans_made = Span.made
        return compiled

    def _compiled(self, key: Any, description: Any, parts: list[Any], args: Any, kwargs: Any) -> Compiled:
        names = argument_names(self.__wrapped__, args, kwargs, len(parts), description)
        compiled = Compiled(self.__wrapped__, description, parts, names, self._dtype, self._grad)
        self._misses += 1
        self._known = reachable(self.__wrapped__)
        compiled.spans_made = Span.made
        self._remember(key, compiled)
        if compiled.trace.batch:
            self._patterns[compiled.trace.batch] = None
            self._batchless[_without_batch(key, compiled.trace.batch)] = compiled
        return compiled

    def _remember(self, key: Any, compiled: Compiled) -> None:
        if len(self._programs) >= LARGEST:
            del self._programs[next(iter(self._programs))]
        self._programs[key] = compiled


def _without_batch(key: tuple[Any, ...], batch: frozenset[int]) -> Any:
    """The key with the number of examples taken out of the parts that are batches; None if they have not as many."""
    sizes: set[int] = set()
    counter = iter(range(1_000_000_000))

    def stripped(description: Any) -> Any:
        if isinstance(description, Container):
            return Container(description.kind, description.names, tuple(map(stripped, description.items)))
        if not (isinstance(description, Numbers) or type(description).__name__ in ("Number", "Single")):
            return description
        if next(counter) in batch and isinstance(description, Numbers) and description.shape:
            sizes.add(description.shape[0])
            return Numbers(description.kinds, (-1, *description.shape[1:]))
        return description

    bare = stripped(key[0])
    return (bare, batch, *key[1:]) if len(sizes) == 1 and sizes != {0} else None
