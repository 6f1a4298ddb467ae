"""The part of a graph that hangs on some of its nodes: found, and computed again with other numbers in these."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np

from ..errors import ArgumentError
from ..graph import need_no_trace, rows_of, topological_order, value_args
from ..record import RowOp
from ..rows import numbers
from ..value import Value


def between(root: Value, x: Value, asking: str) -> list[Value]:
    """The nodes on the ways from x to root, both included, arguments first; none if root does not depend on x.

    Raises ArgumentError, in the name of who is `asking`, if one is no Value or they are swapped, and TraceError
    while `jit` traces.
    """
    for what, node in (("root", root), ("x", x)):
        if not isinstance(node, Value):
            raise ArgumentError(
                f"{asking}: {what} is {node!r}; it needs to be a Value, as in {asking}(loss, w): "
                "first what was computed, then what it was computed from"
            )
    need_no_trace(asking)
    nodes = dependents(topological_order(root), (x,))
    if not nodes and dependents(topological_order(x), (root,)):
        raise ArgumentError(
            f"{asking}: what was given second was computed from the first; swap the two, as in {asking}(loss, w)"
        )
    return nodes


def dependents(order: Iterable[Value], xs: Iterable[Value]) -> list[Value]:
    """Those of the nodes, which are in topological order, that depend on the xs or are among them."""
    given = set(xs)
    found: dict[Value, None] = {}
    for node in order:
        if node in given or any(arg in found for arg in value_args(node)):
            found[node] = None
    return list(found)


def recomputed(nodes: Collection[Value], changes: Mapping[Value, float]) -> dict[Value, float]:
    """The changes, and the numbers of these nodes that follow from them; `nodes` is what `dependents` gave.

    Nothing is written. A changed inner node no longer follows its arguments. Raises DomainError where an op has no
    value at the new numbers, ArgumentError where a node is the result of a jitted function.

    >>> a = Value(2.0)
    >>> b = a * a
    >>> list(recomputed([a, b], {a: 3.0}).values()), a.data
    ([3.0, 9.0], 2.0)
    """
    now = dict(changes)
    for node in nodes:
        if node not in now:
            now[node] = _evaluated(node, now)
    return now


def _evaluated(node: Value, now: Mapping[Value, float]) -> float:
    """The value of an inner node's op with the numbers `now` in place of those its arguments have."""
    op: Any = node.op
    if op.compound:
        raise ArgumentError(
            "the result of a jitted function cannot be computed again at other numbers; call the function itself, "
            "which is f.__wrapped__ if f is jitted"
        )
    inputs = [_with(row, now) for row in rows_of(node)]
    return op.evaluate(inputs if isinstance(op, RowOp) else inputs[0])


def _with(row: Any, now: Mapping[Value, float]) -> Any:
    """The numbers of a row with those of `now` among them: an array stays one, so that it sums to the same bits."""
    before: Any = numbers(row)
    if isinstance(row, np.ndarray):
        return before
    moved = [(i, now[arg]) for i, arg in enumerate(row) if arg.__class__ is not float and arg in now]
    after = before.copy() if moved else before
    for i, x in moved:
        after[i] = x
    return after
