"""The ops over sequences as functions: sum, dot, pick, logsumexp, and what is made of them; and random numbers.

Each is one node however long the sequence. On plain numbers they return plain numbers.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np

from . import ops
from .errors import ArgumentError, DomainError, NotANumberError, node_and_line
from .record import RowOp
from .rows import Row, entries, is_vector
from .value import Value, apply_rows, operand
from .watch import watcher


def sum(xs: Iterable[Any], start: Any = 0.0) -> Any:
    """start + x_1 + ... + x_n as one node (0.0 for none).

    >>> sum([Value(1.0), 2.0, Value(4.0)])
    Value(7.0, op=sum)
    """
    over_batch = getattr(xs, "__sum__", None)  # what `vmap` returns while it is traced
    if over_batch is not None:
        return over_batch() + start
    row = row_of(xs, "sum")
    if isinstance(start, Value) or start != 0.0:
        row = (operand(start, "sum's start"), *entries(row))
    return _apply(ops.SUM, row)


def mean(xs: Iterable[Any]) -> Any:
    """The sum of the numbers divided by how many there are.

    In a jitted function it takes what `vmap` returns for a batch of any size. Raises ArgumentError if there are none.

    >>> mean([Value(1.0), 2.0])
    Value(1.5, op=div)
    """
    over_batch = getattr(xs, "__mean__", None)
    if over_batch is not None:
        return over_batch()
    row = row_of(xs, "mean")
    if not len(row):
        raise ArgumentError("mean: it needs at least one number, got none")
    return sum(row) / len(row)


def dot(ws: Iterable[Any], xs: Iterable[Any], bias: Any = 0.0) -> Any:
    """w_1 * x_1 + ... + w_n * x_n + bias as one node: a neuron's weighted sum.

    Raises ArgumentError (a ValueError) unless there are as many ws as xs.

    >>> dot([Value(2.0), Value(-1.0)], [3.0, 4.0], bias=0.5)
    Value(2.5, op=dot)
    """
    ws, xs = row_of(ws, "dot"), row_of(xs, "dot")
    if len(ws) != len(xs):
        raise ArgumentError(f"dot: {len(ws)} weights but {len(xs)} inputs; it needs one weight for each input")
    return _apply(ops.DOT, ws, xs, (operand(bias, "dot's bias"),))


def pick(values: Iterable[Any], index: Any) -> Any:
    """values[index] as one node; the gradient goes to that value alone, none to the index.

    Raises DomainError unless index is a whole number from 0 to n - 1.

    >>> pick([Value(5.0), Value(7.0)], 1)
    Value(7.0, op=pick)
    """
    row, at = row_of(values, "pick"), operand(index, "pick's index")
    where = at if at.__class__ is float else at._data
    if not (where.is_integer() and 0 <= where < len(row)):
        needs = f"a whole number from 0 to {len(row) - 1}" if len(row) else "at least one value"
        raise DomainError(f"pick: the index is {where:g}{node_and_line(getattr(at, 'label', ''))}; it needs {needs}")
    return _apply(ops.PICK, row, (at,))


def logsumexp(scores: Iterable[Any]) -> Any:
    """log(e ** s_1 + ... + e ** s_n) as one node; it does not overflow, however large the scores.

    >>> logsumexp([1000.0, 1000.0])
    1000.6931471805599
    """
    row = row_of(scores, "logsumexp")
    if not len(row):
        raise ArgumentError("logsumexp: it needs at least one score, got none")
    return _apply(ops.LOGSUMEXP, row)


def softmax(scores: Iterable[Any]) -> list[Any]:
    """The probabilities e ** s_i / (e ** s_1 + ... + e ** s_n), a list that sums to 1, safe at any size.

    Computed as exp(s_i - logsumexp(s)). Source: Bridle, "Probabilistic interpretation of feedforward
    classification network outputs", Neurocomputing, 1990.

    >>> [round(p, 6) for p in softmax([1000.0, 1000.0])]
    [0.5, 0.5]
    """
    row = row_of(scores, "softmax")
    if not len(row):
        raise ArgumentError("softmax: it needs at least one score, got none")
    total = logsumexp(row)
    return [ops.exp(score - total) for score in entries(row)]


def uniform(rng: Any) -> Any:
    """A random number from 0 to 1, not 1 itself, drawn from `rng`: a NumPy generator or a `random.Random`.

    A jitted function draws it anew in each call; what `rng.random()` gives would stay what it was when compiled.

    >>> 0.0 <= uniform(np.random.default_rng(0)) < 1.0
    True
    """
    if not callable(getattr(rng, "random", None)):
        raise ArgumentError(f"uniform draws from a generator, got {rng!r}; make one: np.random.default_rng(1)")
    watching = watcher.get()
    return float(rng.random()) if watching is None else watching.draw(rng)


def row_of(xs: Any, what: str) -> Row:
    """xs as a row: parameters and number arrays stay whole, anything else becomes a tuple of Values and floats."""
    if isinstance(xs, np.ndarray) and xs.dtype != object:
        return _constant_row(xs, what)
    if xs.__class__ is tuple and _OPERANDS.issuperset(map(type, xs)):
        return xs
    if is_vector(xs):
        return xs
    if isinstance(xs, (Value, str)) or not isinstance(xs, Iterable):
        raise NotANumberError(f"{what} takes a sequence of numbers, got {xs!r}; write [...] around it")
    return tuple(x if x.__class__ is Value or x.__class__ is float else operand(x, what) for x in xs)


_FLOAT = frozenset({float})
_OPERANDS = frozenset({Value, float})
"""The classes of what may stand in a row as it is; a subclass such as Parameter takes the longer way."""


def _constant_row(xs: np.ndarray, what: str) -> np.ndarray:
    """The array as constants that nobody can change afterwards."""
    if xs.ndim != 1 or xs.dtype.kind not in "fiub":
        raise ArgumentError(f"{what} takes a flat row of real numbers, got {xs.dtype} of shape {xs.shape}")
    owner = xs if xs.base is None else xs.base  # a read-only view of what can be written must be copied
    fixed = isinstance(owner, np.ndarray) and not (xs.flags.writeable or owner.flags.writeable)
    if fixed and xs.dtype == np.float64:
        return xs
    row = xs.astype(np.float64)
    row.flags.writeable = False
    return row


def _apply(op: RowOp, *rows: Row) -> Any:
    """A Value if there is one among the operands, else a float."""
    for row in rows:
        if _has_values(row):
            return apply_rows(op, rows)
    return op.evaluate([entries(row) for row in rows])


def _has_values(row: Row) -> bool:
    if row.__class__ is tuple:
        return not _FLOAT.issuperset(map(type, row))
    return not isinstance(row, np.ndarray)
