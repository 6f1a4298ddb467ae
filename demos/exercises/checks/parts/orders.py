"""Graphs of edges, the gradient of every node, and the orders, right and wrong, in which edges can be gone over.

A node may pass its gradient on when it is complete: when all that uses the node has added its part. A topological
order sees to that, from the root down.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping

from demos.exercises.checking.numbers import unlike

Edges = Mapping[str, tuple[tuple[str, float], ...]]
"""For each node, in the order in which they are made: its arguments, each with d node / d argument."""

Gradients = Mapping[str, float]
"""The gradient of each node."""

Walk = Iterator[tuple[str, int]]
"""The edges that are gone over, one after the other: a node, and the position of the argument."""


def gradients(edges: Edges, root: str) -> dict[str, float]:
    """d root / d node for each node."""
    return passed_on(edges, root, topological(edges, root))


def same(got: Gradients, want: Gradients) -> bool:
    """Whether they agree, where `got` may be of a part of the nodes."""
    return not unlike(dict(got), {node: want[node] for node in got}, 1e-9)


def passed_on(
    edges: Edges,
    root: str,
    walk: Walk,
    step: Callable[[float, float, float], float] = lambda old, upstream, partial: old + upstream * partial,
    seed: float = 1.0,
) -> dict[str, float]:
    """The gradients after the walk, where `step` makes the new gradient of an argument from its old one."""
    found = dict.fromkeys(edges, 0.0)
    found[root] = seed
    for node, at in walk:
        argument, partial = edges[node][at]
        found[argument] = step(found[argument], found[node], partial)
    return found


def below(edges: Edges, root: str) -> list[str]:
    """The root and all below it, arguments first, each once."""
    wanted = {root}
    for node in reversed(list(edges)):
        if node in wanted:
            wanted.update(argument for argument, _ in edges[node])
    return [node for node in edges if node in wanted]


def each_edge(edges: Edges, node: str) -> Walk:
    """The edges of one node, in the order of its arguments."""
    return ((node, at) for at in range(len(edges[node])))


def topological(edges: Edges, root: str) -> Walk:
    """The right one: each node comes after all that uses it."""
    for node in reversed(below(edges, root)):
        yield from each_edge(edges, node)


def from_the_leaves(edges: Edges, root: str) -> Walk:
    """A topological order that was not reversed."""
    for node in below(edges, root):
        yield from each_edge(edges, node)


def naive(edges: Edges, node: str) -> Walk:
    """Recursion after each edge, into whatever it leads to."""
    for at, (argument, _) in enumerate(edges[node]):
        yield node, at
        yield from naive(edges, argument)


def naive_after_all(edges: Edges, node: str) -> Walk:
    """Recursion when all edges of the node are gone over, once for each edge."""
    yield from each_edge(edges, node)
    for argument, _ in edges[node]:
        yield from naive_after_all(edges, argument)


def naive_after_all_once(edges: Edges, node: str) -> Walk:
    """The same, once for each argument, also if the node has it twice."""
    yield from each_edge(edges, node)
    for argument in dict(edges[node]):
        yield from naive_after_all_once(edges, argument)


def without_memory(edges: Edges, root: str) -> Walk:
    """A reversed post-order in which a node stands as often as it is reached."""

    def order(node: str) -> Iterator[str]:
        for argument, _ in edges[node]:
            yield from order(argument)
        yield node

    for node in reversed(list(order(root))):
        yield from each_edge(edges, node)


def searched(newest_first: bool, once: bool) -> Callable[[Edges, str], Walk]:
    """With a queue or a stack of what is to be done, where a node joins as soon as it is reached."""

    def walk(edges: Edges, root: str) -> Walk:
        waiting, seen = deque([root]), {root}
        while waiting:
            node = waiting.pop() if newest_first else waiting.popleft()
            yield from each_edge(edges, node)
            for argument, _ in edges[node]:
                if not (once and argument in seen):
                    seen.add(argument)
                    waiting.append(argument)

    return walk


def by_layers(edges: Edges, root: str) -> Walk:
    """All that is one edge below the root, each once, then all that is two below it; some nodes come several times."""
    layer = [root]
    while layer:
        for node in layer:
            yield from each_edge(edges, node)
        layer = list(dict.fromkeys(argument for node in layer for argument, _ in edges[node]))


def depth_first(edges: Edges, root: str) -> Walk:
    """Recursion from node to argument, where a node that was there before is not entered again."""
    seen = set()

    def walk(node: str) -> Walk:
        seen.add(node)
        for at, (argument, _) in enumerate(edges[node]):
            yield node, at
            if argument not in seen:
                yield from walk(argument)

    yield from walk(root)
