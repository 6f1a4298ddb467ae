"""What layers over sequences have in common: checked rows of numbers, and matrices of parameters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from autograd import ParameterVector, Value, dot

from .checks import is_number
from .errors import ShapeError
from .module import Module


def sequence(xs: Any, width: int, module: Module) -> list[tuple[Any, ...]]:
    """The rows of a sequence, each checked to be `width` numbers."""
    needs = f"{module!r} takes a sequence of rows of {width} numbers"
    if not in_order(xs):
        got = repr(xs) if is_number(xs) else f"a {type(xs).__name__}"
        raise ShapeError(f"{needs}, got {got}; write [[...], [...]]")
    return [row(x, width, f"{needs}; row {at}") for at, x in enumerate(xs)]


def row(xs: Any, width: int, what: str) -> tuple[Any, ...]:
    """xs as a tuple, if it is `width` numbers; `what` begins the error."""
    if not in_order(xs):
        got = f"the single {xs!r}; write [...] around it" if is_number(xs) else f"a {type(xs).__name__}"
        raise ShapeError(f"{what} is {got}")
    array = isinstance(xs, np.ndarray) and xs.ndim == 1 and xs.dtype.kind in "fiub"
    numbers = tuple(xs.astype(np.float64).tolist() if array else xs)
    if len(numbers) != width:
        raise ShapeError(f"{what} has length {len(numbers)}; it needs {width} numbers")
    for x in numbers:
        if not is_number(x):
            raise ShapeError(f"{what} holds a {type(x).__name__}; it needs {width} numbers")
    return numbers


def matrix(rng: np.random.Generator, rows: int, columns: int) -> list[ParameterVector]:
    """`rows` vectors of weights, normally distributed with variance 1 / columns."""
    return [ParameterVector(weights) for weights in rng.normal(0.0, columns**-0.5, (rows, columns))]


def product(weights: Sequence[ParameterVector], xs: Sequence[Any], biases: Iterable[Any] | None = None) -> list[Any]:
    """The matrix times xs, plus the biases: one `dot` node for each row."""
    if biases is None:
        return [dot(w, xs) for w in weights]
    return [dot(w, xs, b) for w, b in zip(weights, biases, strict=True)]


def in_order(xs: Any) -> bool:
    """Whether xs holds several things one after the other."""
    if isinstance(xs, np.ndarray):
        return xs.ndim > 0
    return isinstance(xs, Iterable) and not isinstance(xs, (Value, str, bytes, set, frozenset, dict))
