"""Rows: the operands of an op over sequences, kept as the sequences the caller gave.

A row is one of three things: a tuple of Values and floats; a `ParameterVector` or `FlatParameters` (all parameters,
their numbers in one array); a read-only float array (all constants, such as the pixels of an image). The rows of a
neuron's weights are shared by all nodes it makes, so that a node takes the same room for 2 inputs as for 784.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias, overload

import numpy as np

from .storage import Span

Row: TypeAlias = "tuple[Any, ...] | np.ndarray"
Numbers: TypeAlias = "Sequence[float] | np.ndarray"


class Operands(Sequence[Any]):
    """The ordered operands of one node, row after row: read like a tuple of Values and floats."""

    __slots__ = ("rows",)

    def __init__(self, rows: tuple[Row, ...]) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return sum(map(len, self.rows))

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Any, ...]: ...
    def __getitem__(self, index: int | slice) -> Any:
        return tuple(self)[index]

    def __iter__(self) -> Iterator[Any]:
        for row in self.rows:
            yield from entries(row)

    def __repr__(self) -> str:
        return repr(tuple(self))

    def __reduce__(self) -> tuple[Any, ...]:
        return Operands, (self.rows,)


def entries(row: Any) -> Sequence[Any]:
    """The row with Python floats where it is an array, for loops over single operands."""
    return row.tolist() if isinstance(row, np.ndarray) else row


def numbers(row: Any) -> Numbers:
    """The numbers of a row as they are now: a list, or an array where they lie in one."""
    if row.__class__ is tuple:
        return [x if x.__class__ is float else x._data for x in row]
    return row if isinstance(row, np.ndarray) else _keeper(row).data


def add_gradients(row: Any, upstream: float, partials: Numbers) -> None:
    """Adds upstream * partial into the gradient of each Value of the row."""
    if row.__class__ is tuple:
        for x, partial in zip(row, entries(partials), strict=True):
            if x.__class__ is not float:
                x.grad += upstream * partial
    elif not isinstance(row, np.ndarray):
        _keeper(row).add_gradient(partials if upstream == 1.0 else np.multiply(partials, upstream))


def _keeper(row: Any) -> Any:
    """What keeps the numbers of a row of parameters in one array."""
    return row.span if is_vector(row) else row


def is_vector(row: Any) -> bool:
    """Whether the row is a ParameterVector, whose numbers lie in a Span."""
    return isinstance(getattr(row, "span", None), Span)
