"""Pass gradients back through any graph

A graph of numbers has been computed. Each node knows its `args`, the nodes
that it was made of, and its `partials`: d node / d arg for each of them, in
the same order, as plain numbers. All gradients are 0. Write `backward(root)`,
after which the root and every node below it have the right `grad`, namely
d root / d node:

    the root:         grad = 1
    any other node:   grad = the sum, over all nodes that use it,
                             of (their grad) * (their partial for this node)

The catch is the order. A node may pass its gradient on only when it is
complete, that is, after all that use it have added their part. Then each edge
is gone over once, however many paths there are: this is dynamic programming.
An order in which every node comes before its arguments is called a topological
order; a depth-first search finds one, read backwards from how it leaves the
nodes.

Mind three things. A node may be the argument of many others, by ways of
different length. The same node may stand twice in `args`, as in x * x, and
then both count. And a graph may be 10,000 nodes deep, where a function that
calls itself for each node stops with a RecursionError; use a loop, and a list
of what is still to be done. The time should grow with the number of edges, not
of paths.

>>> x = Node(3.0)
>>> square = Node(9.0, (x, x), (3.0, 3.0))           # x * x
>>> y = Node(12.0, (square, x), (1.0, 1.0))          # slope of x * x + x: 7
>>> backward(y)
>>> x.grad, square.grad, y.grad
(7.0, 1.0, 1.0)

The lesson beside it: `python -m demos backprop`.
"""

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
    raise NotImplementedError
