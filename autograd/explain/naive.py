"""What the naive recursion makes of a gradient, which hands a node's gradient on whenever the node is reached."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import fill

from ..names import Names, derivative
from ..number import figure
from ..value import Value
from .edges import Edges, close

PASSES = 200_000
"""After so many steps the naive recursion is given up, unless the graph has more edges than that."""


@dataclass(frozen=True, eq=False, repr=False)
class NaiveExplanation:
    """What the naive recursion comes to for d root / d x, and why; `naive` is None if it was given up.

    `culprit` is the node nearest to the root that passed on more than its gradient, which was `handed` at each time.
    """

    root: str
    x: str
    naive: float | None
    right: float
    passes: int
    edges: int
    culprit: str
    handed: tuple[float, ...]

    def __str__(self) -> str:
        return "\n".join(fill(sentence, 80) for sentence in _sentences(self))

    __repr__ = __str__


def naive_explanation(
    nodes: list[Value], edges: Edges, right: float, names: Names, called: tuple[str, str]
) -> NaiveExplanation:
    """What `_recursion` came to, and the node nearest to the root of all that handed on too much."""
    count = sum(map(len, edges.values()))
    if not nodes:
        return NaiveExplanation(*called, 0.0, 0.0, 0, count, "", ())
    gradient, passes, handed = _recursion(nodes, edges, max(PASSES, count))
    if gradient is None:
        return NaiveExplanation(*called, None, right, passes, count, "", ())
    for node in reversed(nodes[1:]):
        if any(handed[node][:-1]):
            return NaiveExplanation(*called, gradient, right, passes, count, names[node], tuple(handed[node]))
    return NaiveExplanation(*called, gradient, right, passes, count, "", ())


def _recursion(nodes: list[Value], edges: Edges, limit: int) -> tuple[float | None, int, dict[Value, list[float]]]:
    """The gradient of x, the number of steps it took, and the gradients with which each node was entered:

        def naive(node):
            for arg, partial in edges[node]:
                arg.grad += node.grad * partial
                naive(arg)

    only with a stack in place of the recursion, and gradients in a dict. It is None if more than `limit` steps are
    needed.
    """
    gradients = dict.fromkeys(nodes, 0.0)
    gradients[nodes[-1]] = 1.0
    handed: dict[Value, list[float]] = {node: [] for node in nodes}
    passes = 0
    stack: list[tuple[float, Iterator[tuple[Value, float]]]] = []

    def enter(node: Value) -> None:
        handed[node].append(gradients[node])
        stack.append((gradients[node], iter(edges.get(node, ()))))

    enter(nodes[-1])
    while stack:
        upstream, waiting = stack[-1]
        arg, partial = next(waiting, (None, 0.0))
        if arg is None:
            stack.pop()
        elif passes == limit:
            return None, passes, handed
        else:
            passes += 1
            gradients[arg] += upstream * partial
            enter(arg)
    return gradients[nodes[0]], passes, handed


def _sentences(found: NaiveExplanation) -> Iterator[str]:
    root, x, right = f"{found.root:.24}", f"{found.x:.24}", figure(found.right)
    if not found.edges and not found.right:
        yield f"{derivative(root, x)} = 0.00 in any order: there is no path from {x} to {root}."
        return
    if found.naive is None:
        yield (
            f"{derivative(root, x)} by the naive recursion: given up after {found.passes:,} steps. It walks each path "
            f"anew; in topological order each of the {found.edges:,} edges is walked once. That gives {right}."
        )
        return
    happens = "that happens to be right." if found.culprit else "that is right."
    outcome = happens if close(found.naive, found.right, 1e-12) else f"right is {right}."
    yield f"{derivative(root, x)} by the naive recursion: {figure(found.naive)}; {outcome}"
    if found.passes == found.edges:
        yield "Each node on the way is used once, so there is nothing that could be counted twice."
        return
    if not found.culprit:
        yield "Where a node is reached more than once, its gradient is 0 until the last time: nothing is counted twice."
        return
    first = ", ".join(figure(gradient) for gradient in found.handed[:4])
    first += ", ..." if len(found.handed) > 4 else ""
    culprit = f"{found.culprit:.24}"
    yield (
        f"It passes the gradient of {culprit} on each of the {len(found.handed)} times that {culprit} is reached, "
        f"when it stands at {first}. That is {figure(sum(found.handed))} in all, where the gradient of "
        f"{culprit} is {figure(found.handed[-1])}: what came first is counted again each time."
    )
    yield (
        f"In topological order a node waits until its gradient is complete and passes it on once: {found.edges:,} "
        f"steps here instead of {found.passes:,}."
    )
