"""The kinds of record that `ops.py` is made of: Op and RowOp, their domains, and the table that holds them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from .errors import DomainError, node_and_line
from .number import number

if TYPE_CHECKING:
    from .value import Value

TABLE: dict[str, Primitive] = {}
"""Every primitive by its name, in the order in which `ops.py` defines them."""


@dataclass(frozen=True)
class Domain:
    """The arguments that an op takes: in words, as a test, and where the tests sample it."""

    needs: str
    accepts: Callable[..., bool]
    samples: tuple[tuple[Any, ...], ...]
    hint: str = ""


@dataclass(frozen=True, eq=False, repr=False)
class Primitive:
    """What all ops have: a value on numbers and on arrays, a formula, a domain, a place in the table."""

    name: str
    value: Callable[..., float]
    partials: Any
    array: Callable[..., Any]
    latex: str
    domain: Domain
    doc: str

    def __post_init__(self) -> None:
        if self.name in TABLE:
            raise ValueError(f"an op named {self.name!r} stands in the table already; choose another name")
        TABLE[self.name] = self

    def evaluate(self, args: Sequence[Any]) -> float:
        """The value on plain numbers; DomainError where there is none."""
        try:
            return self.value(*args)
        except (ValueError, ZeroDivisionError, OverflowError):
            raise self.domain_error(args) from None

    def domain_error(self, args: Sequence[Any]) -> DomainError:
        """The error to raise for these arguments (numbers or Values): which, where, and how to mend it."""
        numbers = [float(arg) for arg in args]
        label = next((arg.label for arg in args if getattr(arg, "label", "")), "")
        got = f"argument is {numbers[0]!r}" if len(numbers) == 1 else f"arguments are {_listed(numbers)}"
        got = f"{self.name}: {got}{node_and_line(label)}"
        if not all(map(math.isfinite, numbers)):
            return DomainError(f"{got}; it needs finite numbers. Look for the op that first gave an infinite one.")
        problem = self.domain.needs
        if self.domain.accepts(*numbers):
            problem = "the result is beyond the largest float, 1.8e308"
        return DomainError(f"{got}; {problem}. {self.domain.hint}".rstrip())

    def __repr__(self) -> str:
        return f"<op {self.name}: {self.doc}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return op_named, (self.name,)


@dataclass(frozen=True, eq=False, repr=False)
class Op(Primitive):
    """A primitive with a fixed number of arguments; `partials[i](out, *args)` is d out / d args[i].

    Calling it does the same to plain numbers, to Values (then the result is a Value in the graph) and to arrays.

    >>> from autograd import tanh
    >>> tanh(0.0)
    0.0
    >>> tanh
    <op tanh: hyperbolic tangent>
    """

    partials: tuple[Callable[..., Any], ...]  # one for each argument
    defaults: tuple[float, ...] = ()

    @overload
    def __call__(self, x: Value, /, *args: Value | float) -> Value: ...
    @overload
    def __call__(self, x: float, /, *args: float) -> float: ...
    @overload
    def __call__(self, *args: Any) -> Any: ...
    def __call__(self, *args: Any) -> Any:
        if len(args) != len(self.partials):
            args = self._complete(args)
        for arg in args:
            if isinstance(arg, np.ndarray) and arg.ndim:
                return self._on_arrays(args)
        for arg in args:
            apply = getattr(arg, "__apply_op__", None)
            if apply is not None:
                return apply(self, args)
        return self.evaluate([number(arg, self.name) for arg in args])

    def _complete(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments with the trailing defaults filled in; TypeError if their number is wrong."""
        missing = len(self.partials) - len(args)
        if 0 < missing <= len(self.defaults):
            return args + self.defaults[-missing:]
        raise TypeError(f"{self.name} takes {len(self.partials)} argument(s), got {len(args)}")

    def _on_arrays(self, args: tuple[Any, ...]) -> Any:
        """Elementwise: by NumPy where all are numbers, else an object array of Values."""
        arrays = [np.asarray(arg) for arg in args]
        if any(array.dtype.kind == "O" for array in arrays):
            return np.frompyfunc(self, len(args), 1)(*args)
        return self.array(*arrays)


@dataclass(frozen=True, eq=False, repr=False)
class RowOp(Primitive):
    """A primitive over rows, that is ordered sequences of any length: `value(*rows)`.

    `partials(out, *rows)` gives one row of partials for each row of arguments. The public functions that build
    it, such as `dot(ws, xs, bias)`, stand in `functions.py`.
    """

    partials: Callable[..., tuple[Sequence[Any], ...]]

    def evaluate(self, args: Sequence[Any]) -> float:
        """The value on rows of plain numbers; DomainError where there is none, or finite ones overflow to NaN."""
        try:
            data = float(self.value(*args))
        except (ValueError, ZeroDivisionError, OverflowError, IndexError):
            raise self.domain_error([x for row in args for x in row]) from None
        if data != data and all(math.isfinite(x) for row in args for x in row):
            raise self.domain_error([x for row in args for x in row])
        return data


def op_named(name: str) -> Primitive:
    """The op of that name; a KeyError that lists the names if there is none."""
    try:
        return TABLE[name]
    except KeyError:
        raise KeyError(f"no op is named {name!r}; there are {', '.join(TABLE)}") from None


def _listed(numbers: Sequence[float]) -> str:
    """The numbers in words, shortened in the middle when there are many."""
    if len(numbers) > 6:
        return f"{', '.join(map(repr, numbers[:3]))} ... {numbers[-1]!r} ({len(numbers)} numbers)"
    return " and ".join(map(repr, numbers))
