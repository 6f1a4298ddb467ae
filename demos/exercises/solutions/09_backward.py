"""A depth-first search with a list instead of recursion, and its order backwards: each node before its arguments."""

from __future__ import annotations


class Node:
    """A number in a graph, what it was made of, and d node / d arg for each of these. This is given."""

    def __init__(self, data: float, args: tuple[Node, ...] = (), partials: tuple[float, ...] = ()) -> None:
        self.data = data
        self.grad = 0.0
        self.args = args
        self.partials = partials


def backward(root: Node) -> None:
    """Sets `grad` of the root and of all nodes below it to d root / d node."""
    root.grad = 1.0
    for node in reversed(arguments_first(root)):
        for arg, partial in zip(node.args, node.partials, strict=True):
            arg.grad += node.grad * partial


def arguments_first(root: Node) -> list[Node]:
    """All nodes, each once and after its arguments."""
    order: list[Node] = []
    seen: set[Node] = set()
    waiting = [(root, False)]
    while waiting:
        node, arguments_done = waiting.pop()
        if arguments_done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            waiting.append((node, True))  # comes up again when all that is put on top of it is done
            waiting.extend((arg, False) for arg in node.args)
    return order
