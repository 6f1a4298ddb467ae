"""A graph in which each `dot` and `sum` has become the multiplications and additions that it consists of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import ops
from ..graph import rows_of, topological_order
from ..rows import Operands, Row, entries
from ..value import Value, relinked


def expanded(root: Value) -> Value:
    """The root of a copy of the graph without `dot` and `sum`; the leaves are the same, values and gradients too."""
    copies: dict[Value, Value] = {}
    for node in topological_order(root):
        if node.op is None:
            copies[node] = node
        elif node.op is ops.DOT or node.op is ops.SUM:
            copies[node] = _sum(node, *_terms(node, copies))
        elif node._a.__class__ is Operands:
            copies[node] = relinked(node, Operands(tuple(_copied(row, copies) for row in node._a.rows)), None)
        else:
            copies[node] = relinked(node, _copy(node._a, copies), _copy(node._b, copies))
    return copies[root]


def _copy(x: Any, copies: dict[Value, Value]) -> Any:
    return copies[x] if isinstance(x, Value) else x


def _copied(row: Row, copies: dict[Value, Value]) -> Row:
    return tuple(_copy(x, copies) for x in row) if row.__class__ is tuple else row


def _terms(node: Value, copies: dict[Value, Value]) -> tuple[list[Any], list[Any]]:
    """What is added up: products made for it, and operands; constants that add nothing are left out."""
    rows: Sequence[Sequence[Any]] = [[_copy(x, copies) for x in entries(row)] for row in rows_of(node)]
    if node.op is ops.SUM:
        return [], _adding(rows[0])
    return _adding([_noted(w * x, node) for w, x in zip(rows[0], rows[1], strict=True)]), _adding(rows[2])


def _adding(terms: Sequence[Any]) -> list[Any]:
    return [term for term in terms if isinstance(term, Value) or term != 0.0]


def _sum(node: Value, products: list[Any], operands: list[Any]) -> Value:
    """The terms added one after the other; the last sum is the node itself in all but its op."""
    terms = [*products, *operands]
    total = terms[0]
    for term in terms[1:]:
        total = _noted(total + term, node)
    if len(terms) == 1 and operands:  # an operand is a node already, and may be a leaf
        total = ops.add(total, 0.0)
    last = relinked(total, total._a, total._b)
    last._data, last.label, last.grad = node._data, node.label, node.grad
    return last


def _noted(part: Any, node: Value) -> Any:
    """A product or partial sum: the derivative of the root in it is that in the whole sum."""
    if isinstance(part, Value):
        part.grad = node.grad
    return part
