"""`copy.deepcopy` and `pickle` of graphs, without recursion and with every shared node shared in the copy.

Pickle meets a root first and would recurse through its arguments. Instead a root is reduced to the list of its
nodes in topological order; while that list is being saved each node is reduced to itself alone, since its
arguments have been saved before it and are only referred to. An end mark closes the list: picklers fetch the items
ahead, so that only what is saved last, not what is fetched last, tells that all nodes have been saved.
"""

import copy
import copyreg
import threading
import weakref
from collections.abc import Iterator
from typing import Any

from .graph import topological_order
from .record import Primitive
from .value import Value, relinked


def _deepcopy(root: Value, memo: dict[int, Any]) -> Value:
    """The copy of a leaf, or of a root together with all that lies below it and is not copied yet."""
    if root.op is None:
        return relinked(root, None, None)
    for node in topological_order(root):
        if node.op is not None and id(node) not in memo:
            memo[id(node)] = relinked(node, copy.deepcopy(node._a, memo), copy.deepcopy(node._b, memo))
    return memo[id(root)]


Value.__deepcopy__ = _deepcopy


class _Saving(threading.local):
    """The list that is being saved, by a weak reference, so that one given up halfway is forgotten with its pickler."""

    order: "weakref.ref[_InOrder] | None" = None

    def in_order(self, node: Value) -> bool:
        order = None if self.order is None else self.order()
        return order is not None and id(node) in order.fetched


_saving = _Saving()


class _End:
    """The end mark, a new one for each list; saving it ends the list."""

    def __reduce__(self) -> tuple[Any, ...]:
        _saving.order = None
        return _End, ()


class _InOrder:
    """Pickled as the list of the nodes below a root, each before what is made of it."""

    def __init__(self, root: Value) -> None:
        self.root = root
        self.fetched: set[int] = set()

    def __reduce__(self) -> tuple[Any, ...]:
        return list, (), None, self._nodes()

    def _nodes(self) -> Iterator[Any]:
        _saving.order = weakref.ref(self)
        for node in topological_order(self.root):
            self.fetched.add(id(node))
            yield node
        yield _End()


def _reduce(node: Value) -> tuple[Any, ...]:
    if node.op is None or _saving.in_order(node):
        return _restored, (node._data, node.grad, node.label, node.op, node._a, node._b)
    return _last, (_InOrder(node),)


def _restored(data: float, grad: float, label: str, op: Primitive | None, a: Any, b: Any) -> Value:
    node = Value(data, label)
    node.grad, node.op, node._a, node._b = grad, op, a, b
    return node


def _last(nodes: list[Any]) -> Value:
    return nodes[-2]


copyreg.pickle(Value, _reduce)
