"""Walking a graph: iterative, so that a chain of a million nodes is walked like any other. No mathematics."""

from collections.abc import Iterator, Sequence
from typing import Any

from .errors import ArgumentError, TraceError
from .rows import Operands
from .value import Value
from .watch import watcher


def rows_of(node: Value) -> Sequence[Any]:
    """The rows that an inner node's op was applied to; an Op has one row, its arguments."""
    return node._a.rows if node._a.__class__ is Operands else (node.args,)


def need_root(root: object, who: str) -> None:
    """Nothing if the root of a graph was given to `who`; ArgumentError, which says what to give, otherwise.

    Raises TraceError while `jit` traces.
    """
    if isinstance(root, Value):
        need_no_trace(who)
        return
    mend = "was it computed from Values?"
    if isinstance(root, (list, tuple)):
        mend = "give one of them, or their sum"
    elif callable(root):
        mend = f"call it first, as in {who}(model(x))"
    raise ArgumentError(f"{who} takes a Value, the root of a graph, got {root!r:.100}; {mend}")


def need_no_trace(who: str) -> None:
    """Nothing; TraceError while `jit` traces: what is shown then would be the numbers of the first call only."""
    if watcher.get() is not None:
        raise TraceError(
            f"jit: {who} shows the numbers of one call; use it where the function runs without jit, or on its .graph"
        )


def value_args(node: Value) -> Iterator[Value]:
    """The arguments of a node that are Values, in order, one for each edge; constants are left out."""
    return (arg for arg in node.args if arg.__class__ is not float)


def topological_order(*roots: Value) -> list[Value]:
    """Every node below the roots, and the roots, once each: arguments before what is made of them.

    The order depends on the graph only, not on memory addresses, so it is the same in every run.

    >>> a = Value(2.0, label="a")
    >>> b = a + a
    >>> [node.data for node in topological_order(b * b)]
    [2.0, 4.0, 16.0]
    """
    for root in roots:
        if not isinstance(root, Value):
            raise ArgumentError(f"a graph is walked from a Value, got {root!r}")
    order: list[Value] = []
    seen: set[Value] = set()
    stack: list[Any] = list(reversed(roots))
    while stack:
        node = stack.pop()
        if node is None:  # all that lies below the node under this mark has been put in order
            order.append(stack.pop())
        elif node not in seen:
            seen.add(node)
            stack += (node, None)
            stack += [arg for arg in reversed(list(value_args(node))) if arg not in seen]
    return order


def leaves(*roots: Value) -> list[Value]:
    """The leaves below the roots: the Values that no op made, in topological order."""
    return [node for node in topological_order(*roots) if node.op is None]


def depth(root: Value) -> int:
    """The number of ops on the longest way from a leaf to the root; 0 for a leaf."""
    level: dict[Value, int] = {}
    for node in topological_order(root):
        level[node] = max((level[arg] + 1 for arg in value_args(node)), default=0)
    return level[root]
