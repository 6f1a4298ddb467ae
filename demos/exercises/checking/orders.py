"""Graphs of edges, the gradient of every node, and what comes of passing gradients on in another order.

A node may pass its gradient on when it is complete: when all that uses the node has added its part. A topological
order sees to that, from the root down. Two things can go wrong: the order, and what is done at an edge. Each has a
table, and each mistake in it is a few lines that run.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from .numbers import close, unlike

Edges = Mapping[str, tuple[tuple[str, float], ...]]
"""For each node, in the order in which they are made: its arguments, each with d node / d argument."""

Gradients = Mapping[str, float]
"""The gradient of each node."""

Walk = Iterator[tuple[str, int]]
"""The edges that are gone over, one after the other: a node, and the position of the argument."""


class Misstep(NamedTuple):
    """A way to pass gradients on that is wrong: its name, what it leads to, the cause and what to try next."""

    name: str
    explains: Callable[[Edges, str, Gradients], bool]
    """Whether these gradients of a graph with this root can come of it."""
    cause: str
    advice: str


def gradients(edges: Edges, root: str) -> dict[str, float]:
    """d root / d node for each node."""
    return _passed_on(edges, root, _topological(edges, root))


def misstep(observed: Sequence[tuple[Edges, str, Gradients]]) -> Misstep | None:
    """The first in the table that explains the gradients that came of each graph; None if there is none."""
    return next((each for each in MISSTEPS if all(each.explains(*graph) for graph in observed)), None)


def same(got: Gradients, want: Gradients) -> bool:
    """Whether they agree, where `got` may be of a part of the nodes."""
    return not unlike(dict(got), {node: want[node] for node in got}, 1e-9)


def _passed_on(
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


def _below(edges: Edges, root: str) -> list[str]:
    """The root and all below it, arguments first, each once."""
    wanted = {root}
    for node in reversed(list(edges)):
        if node in wanted:
            wanted.update(argument for argument, _ in edges[node])
    return [node for node in edges if node in wanted]


def _each(edges: Edges, node: str) -> Walk:
    return ((node, at) for at in range(len(edges[node])))


def _topological(edges: Edges, root: str) -> Walk:
    for node in reversed(_below(edges, root)):
        yield from _each(edges, node)


def _from_the_leaves(edges: Edges, root: str) -> Walk:
    for node in _below(edges, root):
        yield from _each(edges, node)


def _naive(edges: Edges, node: str) -> Walk:
    for at, (argument, _) in enumerate(edges[node]):
        yield node, at
        yield from _naive(edges, argument)


def _naive_after_all(edges: Edges, node: str) -> Walk:
    yield from _each(edges, node)
    for argument, _ in edges[node]:
        yield from _naive_after_all(edges, argument)


def _naive_after_all_once(edges: Edges, node: str) -> Walk:
    yield from _each(edges, node)
    for argument in dict(edges[node]):
        yield from _naive_after_all_once(edges, argument)


def _without_memory(edges: Edges, root: str) -> Walk:
    """A reversed post-order in which a node stands as often as it is reached."""

    def order(node: str) -> Iterator[str]:
        for argument, _ in edges[node]:
            yield from order(argument)
        yield node

    for node in reversed(list(order(root))):
        yield from _each(edges, node)


def _searched(newest_first: bool, once: bool) -> Callable[[Edges, str], Walk]:
    """With a queue or a stack of what is to be done, where a node joins as soon as it is reached."""

    def walk(edges: Edges, root: str) -> Walk:
        waiting, seen = deque([root]), {root}
        while waiting:
            node = waiting.pop() if newest_first else waiting.popleft()
            yield from _each(edges, node)
            for argument, _ in edges[node]:
                if not (once and argument in seen):
                    seen.add(argument)
                    waiting.append(argument)

    return walk


def _depth_first(edges: Edges, root: str) -> Walk:
    """Recursion from node to argument, where a node that was there before is not entered again."""
    seen = set()

    def walk(node: str) -> Walk:
        seen.add(node)
        for at, (argument, _) in enumerate(edges[node]):
            yield node, at
            if argument not in seen:
                yield from walk(argument)

    yield from walk(root)


def _each_argument_once(edges: Edges, last: bool) -> Edges:
    """The same with one edge where a node has the same argument twice: the first or the last of them."""
    return {node: tuple(dict(arguments if last else reversed(arguments)).items()) for node, arguments in edges.items()}


def _swapped(edges: Edges) -> Edges:
    return {
        node: tuple((argument, partial) for (argument, _), (_, partial) in zip(arguments, arguments[::-1], strict=True))
        for node, arguments in edges.items()
    }


def _last_part(edges: Edges, root: str, got: Gradients) -> bool:
    """Whether each gradient is what one of the node's users hands on; who is last depends on the order."""
    if len(got) < len(edges):
        return False
    below = _below(edges, root)
    parts: dict[str, list[float]] = {node: [] for node in edges}
    for node in below:
        for argument, partial in edges[node]:
            parts[argument].append(got[node] * partial)
    others = (node for node in below if node != root)
    return got[root] == 1 and all(any(close([got[node]], [part]) for part in parts[node]) for node in others)


def _ordered(name: str, walk: Callable[[Edges, str], Walk], cause: str) -> Misstep:
    advice = "First put the nodes in an order in which each comes before its arguments; then go through it once."
    return Misstep(name, lambda edges, root, got: same(got, _passed_on(edges, root, walk(edges, root))), cause, advice)


def _stepped(name: str, step: Callable[[float, float, float], float], cause: str, advice: str) -> Misstep:
    return Misstep(
        name,
        lambda edges, root, got: same(got, _passed_on(edges, root, _topological(edges, root), step)),
        cause,
        advice,
    )


def _changed(name: str, change: Callable[[Edges], Edges], cause: str, advice: str) -> Misstep:
    return Misstep(name, lambda edges, root, got: same(got, gradients(change(edges), root)), cause, advice)


TOO_EARLY = "A node passes its gradient on before all that uses the node has added its part: "
RECURSION = (
    TOO_EARLY + "each time it is reached, all that stands in its grad goes on, what came first once more each time."
)
TWICE = "x * x has two edges to x, and both count: here only one of them is gone over."
ONE_BY_ONE = "Go through the arguments by position, repeated ones too; a set or a dict of them holds each once."

MISSTEPS = [
    Misstep(
        "forgot the seed",
        lambda edges, root, got: same(got, dict.fromkeys(edges, 0.0)),
        "All gradients stay 0: everything is a multiple of the gradient of the root, and that was never set.",
        "d root / d root = 1. Begin with that.",
    ),
    Misstep(
        "forgot the seed",
        lambda edges, root, got: same(got, {**gradients(edges, root), root: 0.0}),
        "The grad of the root itself is not set.",
        "d root / d root = 1. Begin with that.",
    ),
    Misstep(
        "= instead of +=",
        _last_part,
        "Of a node that is used several times only the last part is left.",
        "Add to the grad of the argument: +=.",
    ),
    _stepped(
        "forgot to multiply by the upstream gradient",
        lambda old, upstream, partial: old + partial,
        "The partial alone is added, without the gradient of the node that hands it on.",
        "Chain rule: the gradient of the node, times d node / d argument.",
    ),
    _stepped(
        "forgot the local derivative",
        lambda old, upstream, partial: old + upstream,
        "The gradient is passed on as it is, without the partial of that argument.",
        "Chain rule: the gradient of the node, times d node / d argument.",
    ),
    _stepped(
        "sign",
        lambda old, upstream, partial: old - upstream * partial,
        "Each edge changes the sign.",
        "Add what is handed on, and do not subtract it.",
    ),
    _ordered("recursion instead of a topological order", _naive, RECURSION),
    _ordered("recursion instead of a topological order", _naive_after_all, RECURSION),
    _ordered("recursion instead of a topological order", _naive_after_all_once, RECURSION),
    _ordered(
        "nodes repeated", _without_memory, "A node that is used twice stands in the order twice, and passes on twice."
    ),
    _ordered(
        "breadth-first order",
        _searched(newest_first=False, once=True),
        TOO_EARLY + "a queue goes by the shortest way to the root, and a longer way may still have a part to bring.",
    ),
    _ordered(
        "breadth-first order",
        _searched(newest_first=False, once=False),
        TOO_EARLY + "it joins the queue each time that it is reached, and passes on as often.",
    ),
    _ordered("depth-first order", _depth_first, TOO_EARLY + "it does so the first time that it is reached."),
    _ordered(
        "depth-first order",
        _searched(newest_first=True, once=True),
        TOO_EARLY + "it does so the first time that it is reached.",
    ),
    _ordered(
        "depth-first order",
        _searched(newest_first=True, once=False),
        TOO_EARLY + "it does so whenever it is reached.",
    ),
    _ordered(
        "order not reversed",
        _from_the_leaves,
        "Only the arguments of the root get a gradient. Either it begins at the leaves, while no node but the root has "
        "anything to pass on, or it ends after the first node.",
    ),
    _changed("node counted once", lambda edges: _each_argument_once(edges, last=False), TWICE, ONE_BY_ONE),
    _changed("node counted once", lambda edges: _each_argument_once(edges, last=True), TWICE, ONE_BY_ONE),
    _changed(
        "arguments swapped",
        _swapped,
        "The partials are given to the arguments in the reverse order.",
        "args and partials belong together position by position: zip(node.args, node.partials).",
    ),
]
