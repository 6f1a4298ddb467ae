"""What goes wrong where gradients are passed on through a graph: the order, or what is done at an edge.

Each mistake in the table is a few lines that run, so that what came of a graph can be compared with them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import NamedTuple

from demos.exercises.checking.numbers import close

from .orders import (
    Edges,
    Gradients,
    Walk,
    below,
    by_layers,
    depth_first,
    from_the_leaves,
    gradients,
    naive,
    naive_after_all,
    naive_after_all_once,
    passed_on,
    same,
    searched,
    topological,
    without_memory,
)


class Misstep(NamedTuple):
    """A way to pass gradients on that is wrong: its name, what it leads to, the cause and what to try next."""

    name: str
    explains: Callable[[Edges, str, Gradients], bool]
    """Whether these gradients of a graph with this root can come of it."""
    cause: str
    advice: str
    walk: Callable[[Edges, str], Walk] | None = None
    """The order of the edges, if it is that which is wrong."""


def misstep(observed: Sequence[tuple[Edges, str, Gradients]]) -> Misstep | None:
    """The first in the table that explains the gradients that came of each graph; None if there is none.

    If none does, the arguments of a node may have been taken in another order than they stand there, as from a set.
    """
    exact = (each for each in MISSTEPS if all(each.explains(*graph) for graph in observed))
    loose = (each for each in MISSTEPS if all(_explains_somehow(each, *graph) for graph in observed))
    return next(exact, None) or next(loose, None)


def _explains_somehow(found: Misstep, edges: Edges, root: str, got: Gradients) -> bool:
    walk = found.walk
    return walk is not None and any(same(got, passed_on(each, root, walk(each, root))) for each in _arrangements(edges))


def _arrangements(edges: Edges) -> Iterator[Edges]:
    """The same with the arguments of each node in any order; where there are many, as they are and reversed."""
    yield edges
    yield {node: arguments[::-1] for node, arguments in edges.items()}
    free = [node for node, arguments in edges.items() if len(dict(arguments)) > 1]
    if len(free) <= 4:
        for turned in product((False, True), repeat=len(free)):
            yield {**edges, **{node: edges[node][::-1] for node, turn in zip(free, turned, strict=True) if turn}}


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
    nodes = below(edges, root)
    parts: dict[str, list[float]] = {node: [] for node in edges}
    for node in nodes:
        for argument, partial in edges[node]:
            parts[argument].append(got[node] * partial)
    others = (node for node in nodes if node != root)
    return got[root] == 1 and all(any(close([got[node]], [part]) for part in parts[node]) for node in others)


def _ordered(name: str, walk: Callable[[Edges, str], Walk], cause: str) -> Misstep:
    advice = "First put the nodes in an order in which each comes before its arguments; then go through it once."
    return Misstep(
        name, lambda edges, root, got: same(got, passed_on(edges, root, walk(edges, root))), cause, advice, walk
    )


def _stepped(name: str, step: Callable[[float, float, float], float], cause: str, advice: str) -> Misstep:
    return Misstep(
        name,
        lambda edges, root, got: same(got, passed_on(edges, root, topological(edges, root), step)),
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
ONE_OF_TWO = (
    "Of each node only one argument gets its part.",
    "A node may have several arguments. Does the loop over them end too early, as with a `return` in it?",
)

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
    Misstep(
        "recursion instead of a topological order",
        lambda edges, root, got: same(got, dict.fromkeys(edges, 0.0) | dict.fromkeys(below(edges, root), 1.0)),
        "All gradients are 1: `backward` is called for each argument too, and sets its grad to 1 each time.",
        "Only the root begins with 1. First put the nodes in an order in which each comes before its arguments.",
    ),
    _ordered("recursion instead of a topological order", naive, RECURSION),
    _ordered("recursion instead of a topological order", naive_after_all, RECURSION),
    _ordered("recursion instead of a topological order", naive_after_all_once, RECURSION),
    _ordered(
        "nodes repeated", without_memory, "A node that is used twice stands in the order twice, and passes on twice."
    ),
    _ordered(
        "breadth-first order",
        searched(newest_first=False, once=True),
        TOO_EARLY + "a queue goes by the shortest way to the root, and a longer way may still have a part to bring.",
    ),
    _ordered(
        "breadth-first order",
        searched(newest_first=False, once=False),
        TOO_EARLY + "it joins the queue each time that it is reached, and passes on as often.",
    ),
    _ordered(
        "breadth-first order",
        by_layers,
        TOO_EARLY + "it goes layer by layer, and a node that is in several layers passes on as often.",
    ),
    _ordered("depth-first order", depth_first, TOO_EARLY + "it does so the first time that it is reached."),
    _ordered(
        "depth-first order",
        searched(newest_first=True, once=True),
        TOO_EARLY + "it does so the first time that it is reached.",
    ),
    _ordered(
        "depth-first order",
        searched(newest_first=True, once=False),
        TOO_EARLY + "it does so whenever it is reached.",
    ),
    _ordered(
        "stops below the root",
        from_the_leaves,
        "Only the arguments of the root get a gradient. Either it begins at the leaves, while no node but the root has "
        "anything to pass on, or it ends after the first node.",
    ),
    _changed("node counted once", lambda edges: _each_argument_once(edges, last=False), TWICE, ONE_BY_ONE),
    _changed("node counted once", lambda edges: _each_argument_once(edges, last=True), TWICE, ONE_BY_ONE),
    _changed("one argument forgotten", lambda edges: {node: edges[node][:1] for node in edges}, *ONE_OF_TWO),
    _changed("one argument forgotten", lambda edges: {node: edges[node][-1:] for node in edges}, *ONE_OF_TWO),
    _changed(
        "arguments swapped",
        _swapped,
        "The partials are given to the arguments in the reverse order.",
        "args and partials belong together position by position: zip(node.args, node.partials).",
    ),
]
