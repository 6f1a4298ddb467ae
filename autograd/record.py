"""The kinds of record that `ops.py` is made of: Op and RowOp, their domains, and the table that holds them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol, TypeVar, overload

import numpy as np

from .errors import DomainError, NotANumberError, node_and_line, user_line
from .number import number

Made = TypeVar("Made", covariant=True)


class Applying(Protocol[Made]):
    """What an op may be applied to besides numbers and arrays: it says what comes of that, as Value does."""

    @staticmethod
    def __apply_op__(op: Op, args: tuple[Any, ...]) -> Made: ...


TABLE: dict[str, Primitive] = {}
"""Every primitive by its name, in the order in which `ops.py` defines them."""


TOO_LARGE = "Scale its arguments down; if they grew step by step in training, lower the learning rate."
"""How to mend what is beyond the largest float."""


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

    compound: ClassVar[bool] = False
    """Whether it is made of other ops, whose errors say more than its own would."""

    name: str
    value: Callable[..., float]
    partials: Any
    array: Callable[..., Any]
    latex: str
    """The formula: {0}, {1}, ... are the arguments, of a RowOp {0} all of them."""
    domain: Domain
    doc: str
    sign: str = field(default="", kw_only=True)
    """How Python writes it between two arguments, such as `**`; empty if it is written with its name."""
    javascript: str = field(default="", kw_only=True)
    """The value once more, for pages in a browser: {0}, {1}, ... are the arguments, of a RowOp the rows as arrays."""

    def __post_init__(self) -> None:
        if self.name in TABLE:
            raise ValueError(f"an op named {self.name!r} stands in the table already; choose another name")
        TABLE[self.name] = self
        object.__setattr__(self, "__doc__", f"{self.name}: {self.doc}.")  # what help(op) shows

    def evaluate(self, numbers: Any, operands: Sequence[Any] | None = None) -> float:
        """The value on plain numbers; DomainError, which names the operands if they are given, where there is none."""
        try:
            return self.value(*numbers)
        except (ValueError, ZeroDivisionError, OverflowError):
            raise self.domain_error(numbers if operands is None else operands) from None

    def domain_error(self, operands: Sequence[Any]) -> DomainError:
        """The error to raise for these operands (numbers or Values): which, where, and how to mend it."""
        numbers = [float(getattr(x, "_data", x)) for x in operands]
        labels = [getattr(x, "label", "") for x in operands]
        if len(numbers) == 1:
            got = f"{self.name}: argument is {numbers[0]!r}{node_and_line(labels[0])}"
        else:
            named = [f"{x!r} (node {label!r})" if label else repr(x) for x, label in zip(numbers, labels, strict=True)]
            line = user_line()
            got = f"{self.name}: arguments are {_listed(named)}" + (f", at {line}" if line else "")
        if not all(map(math.isfinite, numbers)):
            return DomainError(f"{got}; it needs finite numbers. Look for the op that first gave an infinite one.")
        if self.domain.accepts(*numbers):
            return DomainError(f"{got}; the result is beyond the largest float, 1.8e308. {TOO_LARGE}")
        return DomainError(f"{got}; {self.domain.needs}. {self.domain.hint}".rstrip())

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

    def __post_init__(self) -> None:
        if not isinstance(self.partials, tuple):
            raise TypeError(f"{self.name}: partials needs a tuple of functions, one for each argument; write (f,)")
        Primitive.__post_init__(self)

    @overload
    def __call__(self, x: Applying[Made], /, *args: Any) -> Made: ...
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
        """Elementwise: in float64 where all are numbers, else an object array of Values; DomainError as for numbers."""
        arrays = [np.asarray(arg) for arg in args]
        if any(array.dtype.kind == "O" for array in arrays):
            return np.frompyfunc(self, len(args), 1)(*args)
        if any(array.dtype.kind not in "fiub" for array in arrays):
            raise NotANumberError(f"{self.name} takes real numbers, got an array of {[a.dtype.name for a in arrays]}")
        arrays = list(np.broadcast_arrays(*(array.astype(np.float64) for array in arrays)))
        with np.errstate(all="ignore"):
            out = self.array(*arrays)
        suspect = ~np.isfinite(out) & np.all([np.isfinite(array) for array in arrays], axis=0)
        if suspect.any():
            self.evaluate([float(array[suspect][0]) for array in arrays])  # an error, unless it may be infinite
        return out


@dataclass(frozen=True, eq=False, repr=False)
class RowOp(Primitive):
    """A primitive over rows, that is ordered sequences of any length: `value(*rows)`.

    `partials(out, *rows)` gives one row of partials for each row of arguments. The public functions that build
    it, such as `dot(ws, xs, bias)`, stand in `functions.py`.
    """

    partials: Callable[..., tuple[Sequence[Any], ...]]

    def evaluate(self, numbers: Any, operands: Sequence[Any] | None = None) -> float:
        """The value on rows of numbers; DomainError where there is none, or where finite ones overflow to NaN."""
        try:
            data = float(self.value(*numbers))
            if data == data or not all(math.isfinite(x) for row in numbers for x in row):
                return data
        except (ValueError, ZeroDivisionError, OverflowError, IndexError):
            pass
        raise self.domain_error([x for row in numbers for x in row] if operands is None else tuple(operands))


def op_named(name: str) -> Primitive:
    """The op of that name; a KeyError that lists the names if there is none."""
    try:
        return TABLE[name]
    except KeyError:
        raise KeyError(f"no op is named {name!r}; there are {', '.join(TABLE)}") from None


def _listed(words: Sequence[str]) -> str:
    """The words in a row, shortened in the middle when there are many."""
    if len(words) > 6:
        return f"{', '.join(words[:3])} ... {words[-1]} ({len(words)} numbers)"
    return " and ".join(words)
