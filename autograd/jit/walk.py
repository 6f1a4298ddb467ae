"""Walking a scalar graph once: its nodes in order, how often each is used, the parameters it reads."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any

import numpy as np

from .. import ops
from ..parameter import Parameter
from ..rows import Operands, is_vector
from ..value import Value

BIAS = 2
"""Which row of `dot` holds its bias."""


def walk(roots: Sequence[Value], given: Container[Value]) -> tuple[list[Value], dict[Value, int], list[Parameter]]:
    """All Values below the roots but rows' parameters, arguments first; how often each is used; the parameters.

    What is `given` is not gone below.
    """
    uses: dict[Value, int] = dict.fromkeys(roots, 2)
    order: list[Value] = []
    parameters: dict[Any, None] = {}
    rows_seen: set[int] = set()
    seen: set[Value] = set()
    stack: list[Any] = list(reversed(roots))
    while stack:
        node = stack.pop()
        if node is None:
            order.append(stack.pop())
            continue
        if node in seen:
            continue
        seen.add(node)
        if is_read(node, given):
            if isinstance(node, Parameter):
                parameters[node] = None
            order.append(node)
            continue
        stack += (node, None)
        a, b = node._a, node._b
        if a.__class__ is Operands:
            args: list[Value] = []
            for at, row in enumerate(a.rows):
                once = node.op is ops.SUM or (node.op is ops.DOT and at == BIAS)
                _count_row(row, once, uses, rows_seen, parameters, args)
            stack += [arg for arg in reversed(args) if arg not in seen]
        else:
            if b is not None and b.__class__ is not float:
                uses[b] = uses.get(b, 0) + 1
                if b not in seen:
                    stack.append(b)
            if a.__class__ is not float:
                uses[a] = uses.get(a, 0) + 1
                if a not in seen:
                    stack.append(a)
    return order, uses, list(parameters)


def is_read(node: Value, given: Container[Value]) -> bool:
    """Whether a node's number is read and not computed: a leaf's, and what was computed before."""
    return node.op is None or node in given or node.op.compound


def place(parameter: Parameter) -> int:
    """Where a parameter lies in its storage."""
    return parameter.span.start + parameter.at


def _count_row(
    row: Any, once: bool, uses: dict[Value, int], seen: set[int], parameters: dict[Any, None], args: list[Value]
) -> None:
    """Counts the uses of a row's Values, twice unless `once`, and collects those to be walked; reads each row once."""
    if isinstance(row, np.ndarray) or (id(row) in seen and not once):
        return
    first = id(row) not in seen
    seen.add(id(row))
    if is_vector(row):
        parameters.update(dict.fromkeys(row))
        return
    for x in row:
        if x.__class__ is not float:
            uses[x] = uses.get(x, 0) + (1 if once else 2)
            if first:
                args.append(x)
