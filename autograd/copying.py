"""`copy.deepcopy` and `pickle` of graphs, without recursion and with every shared node shared in the copy.

Pickle meets a root first and would recurse through its arguments. Instead a root is reduced to the list of its
nodes in topological order; while that list is being saved each node is reduced to itself alone, since its
arguments have been saved before it and are only referred to.
"""

import copyreg
import threading
from collections.abc import Iterator
from typing import Any

from .graph import topological_order
from .record import Primitive
from .value import Value


class _Saving(threading.local):
    in_order = False


_saving = _Saving()


class _InOrder:
    """Pickled as the list of the nodes below a root, each before what is made of it."""

    def __init__(self, root: Value) -> None:
        self.root = root

    def __reduce__(self) -> tuple[Any, ...]:
        return list, (), None, self._nodes()

    def _nodes(self) -> Iterator[Value]:
        order = topological_order(self.root)
        _saving.in_order = True
        try:
            yield from order
        finally:
            _saving.in_order = False


def _reduce(node: Value) -> tuple[Any, ...]:
    if node.op is None or _saving.in_order:
        return _restored, (node._data, node.grad, node.label, node.op, node._a, node._b)
    return _last, (_InOrder(node),)


def _restored(data: float, grad: float, label: str, op: Primitive | None, a: Any, b: Any) -> Value:
    node = Value(data, label)
    node.grad, node.op, node._a, node._b = grad, op, a, b
    return node


def _last(nodes: list[Value]) -> Value:
    return nodes[-1]


copyreg.pickle(Value, _reduce)
