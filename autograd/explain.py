"""explain: a gradient as the sum over the paths of its graph, and what goes wrong without a topological order.

The derivative of root in x is the sum, over all paths from x to root, of the product of the partials along the path
(Bauer, "Computational graphs and rounding error", SIAM Journal on Numerical Analysis 11(1), 1974). There may be more
paths than could ever be walked, so neither are they counted by walking them, nor are the largest found that way.
"""

import heapq
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import fill
from typing import Any, Literal, TypeAlias, overload

from .backprop import partials
from .errors import ArgumentError, DomainError
from .graph import value_args
from .names import Names
from .number import figure
from .replay import between
from .value import Value

PASSES = 200_000
"""After so many steps the naive recursion is given up, unless the graph has more edges than that."""

Edges: TypeAlias = "dict[Value, list[tuple[Value, float]]]"
"""For each node its arguments on the ways from x, with their partials; arguments come first."""


@dataclass(frozen=True, eq=False)
class Path:
    """One path: its nodes from x to root, the partial of each edge between two of them, and their product."""

    nodes: tuple[Value, ...]
    partials: tuple[float, ...]
    product: float


@dataclass(frozen=True, eq=False, repr=False)
class Explanation:
    """d root / d x as a sum over `count` paths, of which `paths` has the largest; printing it shows the sum.

    `total` is the derivative by reverse mode, `gradient` what x.grad held.
    """

    root: str
    x: str
    paths: tuple[Path, ...]
    count: int
    total: float
    gradient: Any
    names: Names

    @property
    def rest(self) -> float:
        """What the paths that are not among `paths` come to."""
        return self.total - sum(path.product for path in self.paths) if self.count > len(self.paths) else 0.0

    @property
    def agrees(self) -> bool:
        """Whether x.grad is the derivative, up to rounding."""
        return _multiple(self) == 1

    def __str__(self) -> str:
        lines = [fill(_headline(self), 80)]
        for path in self.paths:
            lines += _path_lines(path, self.names)
        if self.count > len(self.paths):
            lines.append(f"{figure(self.rest):>11}  the other {_many(self.count - len(self.paths))} together")
        return "\n".join([*lines, fill(_verdict(self), 80)])

    __repr__ = __str__


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
        return "\n".join(fill(sentence, 80) for sentence in _naive_sentences(self))

    __repr__ = __str__


@overload
def explain(root: Value, x: Value, most: int = 10, order: Literal["topological"] = "topological") -> Explanation: ...
@overload
def explain(root: Value, x: Value, most: int = 10, *, order: Literal["naive"]) -> NaiveExplanation: ...
@overload
def explain(root: Value, x: Value, most: int = 10, order: str = ...) -> Explanation | NaiveExplanation: ...
def explain(root: Value, x: Value, most: int = 10, order: str = "topological") -> Explanation | NaiveExplanation:
    """A record of d root / d x as a sum over paths, the `most` largest of them one by one, checked against x.grad.

    With `order="naive"` a record of what a recursion comes to that hands a node's gradient on to its arguments each
    time the node is reached, and of the node that makes it wrong. Every `grad` stays as it is.

    Where infinite or NaN partials stand among the others, their paths come first. Raises DomainError if a partial
    does not exist (sqrt at 0), unless its gradient is 0 and so is not passed on.

    >>> a = Value(1.0, label="a")
    >>> b = a + a
    >>> c = b * a
    >>> c.label = "c"
    >>> c.backward()
    >>> explain(c, a)
    d c / d a = 4.00, the sum over 3 paths from a to c, each the product of the
    numbers on its arrows, the largest first:
           2.00  a -(2.00)-> c
           1.00  a -(1.00)-> v1 -(1.00)-> c
           1.00  a -(1.00)-> v1 -(1.00)-> c
    a.grad is 4.00: it agrees.
    """
    if order not in ("topological", "naive"):
        raise ArgumentError(f'explain: order is {order!r}; it needs to be "topological" or "naive"')
    if not isinstance(most, int) or most < 1:
        raise ArgumentError(f"explain: most is {most!r}; it needs to be a whole number from 1, of paths to show")
    nodes = between(root, x, "explain")
    names = Names(root, x)
    edges, total = _edges(nodes)
    if order == "naive":
        return _naive_explanation(nodes, edges, total, names, (names[root], names[x]))
    count, paths = _largest_paths(nodes, edges, most)
    return Explanation(names[root], names[x], paths, count, total, x.grad, names)


def _edges(nodes: list[Value]) -> tuple[Edges, float]:
    """The edges between the nodes from x to root with their partials, and d root / d x.

    A partial that does not exist counts as 0 where the gradient is 0, as `backward` does not ask for it.
    """
    if not nodes:
        return {}, 0.0
    inside = set(nodes)
    gradients = dict.fromkeys(nodes, 0.0)
    gradients[nodes[-1]] = 1.0
    edges: Edges = {}
    for node in reversed(nodes[1:]):
        upstream = gradients[node]
        try:
            edges[node] = list(partials(node, among=inside))
        except DomainError:
            if upstream != 0.0:
                raise
            edges[node] = [(arg, 0.0) for arg in value_args(node) if arg in inside]
        if upstream != 0.0:
            for arg, partial in edges[node]:
                gradients[arg] += upstream * partial
    return dict(reversed(edges.items())), gradients[nodes[0]]


# --- paths ---------------------------------------------------------------------------------------------------

Trail: TypeAlias = "tuple[float, Value, float, Any]"
"""A path from x to a node as (product, the node, the partial of the last edge, the trail up to there or None)."""


def _largest_paths(nodes: list[Value], edges: Edges, most: int) -> tuple[int, tuple[Path, ...]]:
    """How many paths there are, and the `most` with the largest product, sign aside.

    As a partial keeps the order of the products it multiplies, the largest paths to a node are found among the
    largest to each of its arguments. What no later node asks for is dropped: in a long graph the counts are long.
    """
    if not nodes:
        return 0, ()
    found: dict[Value, tuple[int, list[Trail]]] = {nodes[0]: (1, [(1.0, nodes[0], 1.0, None)])}
    waiting = Counter(arg for pairs in edges.values() for arg, _ in pairs)
    for node, pairs in edges.items():
        trails = ((trail[0] * partial, node, partial, trail) for arg, partial in pairs for trail in found[arg][1])
        found[node] = sum(found[arg][0] for arg, _ in pairs), heapq.nlargest(most, trails, key=_size)
        for arg, _ in pairs:
            waiting[arg] -= 1
            if not waiting[arg]:
                del found[arg]
    count, trails_to_root = found[nodes[-1]]
    return count, tuple(map(_path, trails_to_root))


def _size(trail: Trail) -> float:
    """|product|; NaN counts as infinite."""
    size = abs(trail[0])
    return size if size == size else math.inf


def _path(trail: Trail) -> Path:
    nodes, steps = [], []
    at: Trail | None = trail
    while at is not None:
        _, node, partial, at = at
        nodes.append(node)
        steps.append(partial)
    return Path(tuple(reversed(nodes)), tuple(reversed(steps))[1:], trail[0])


# --- the naive recursion -------------------------------------------------------------------------------------


def _naive_explanation(
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


# --- as text -------------------------------------------------------------------------------------------------


def _headline(found: Explanation) -> str:
    root, x = f"{found.root:.24}", f"{found.x:.24}"
    if not found.count:
        return f"d {root} / d {x} = 0.00: there is no path from {x} to {root}, which does not depend on it."
    if found.count == 1:
        of_paths = f"by the one path from {x} to {root}, the"
    else:
        of_paths = f"the sum over {_many(found.count)} from {x} to {root}, each the"
    largest_first = ", the largest first" if found.count > 1 else ""
    return f"d {root} / d {x} = {figure(found.total)}, {of_paths} product of the numbers on its arrows{largest_first}:"


def _many(count: int) -> str:
    """So many paths, in words; a number of any length is told by its size."""
    if count < 10**6:
        return f"{count:,} path" + "s" * (count != 1)
    exponent, rest = divmod(math.log10(count), 1)  # log10 takes any int, where float does not
    digits, _, carried = f"{10**rest:.1e}".partition("e")
    return f"about {digits}e{int(exponent) + int(carried)} paths"


def _path_lines(path: Path, names: Names) -> list[str]:
    """The product and the path, on as many lines as it needs, with the middle of a long one left out."""
    steps = list(zip(path.partials, path.nodes[1:], strict=True))
    if len(steps) > 12:
        between_ends = [f"-> ... {len(steps) - 10:,} more ..."]
        shown = [*_arrows(steps[:5], names), *between_ends, *_arrows(steps[-5:], names)]
    else:
        shown = _arrows(steps, names)
    lines = [f"{figure(path.product):>11}  {names[path.nodes[0]]:.24}".rstrip()]
    for arrow in shown:
        if len(lines[-1]) + 1 + len(arrow) > 80:
            lines.append(" " * 15 + arrow)
        else:
            lines[-1] += f" {arrow}"
    return lines


def _arrows(steps: list[tuple[float, Value]], names: Names) -> list[str]:
    return [f"-({figure(partial)})-> {names[node]:.24}".rstrip() for partial, node in steps]


def _multiple(found: Explanation) -> int | None:
    """How many times the derivative x.grad is; None if it is no multiple of it."""
    gradient, total = found.gradient, found.total
    if not isinstance(gradient, (float, int)):
        return None
    if gradient == 0.0 != total:
        return 0
    noise = 1e-12 * max((abs(path.product) for path in found.paths if math.isfinite(path.product)), default=0.0)
    if _close(gradient, total, noise):
        return 1
    times = gradient / total if total else math.nan
    return round(times) if abs(times) < 1000 and _close(gradient, round(times) * total, noise) else None


def _close(a: float, b: float, noise: float) -> bool:
    return (a != a and b != b) or math.isclose(a, b, rel_tol=1e-9, abs_tol=noise)


def _verdict(found: Explanation) -> str:
    """What to say of x.grad."""
    root, x = f"{found.root:.24}", f"{found.x:.24}"
    if not isinstance(found.gradient, (float, int)):
        return f"{x}.grad is {found.gradient!r:.24}, which is no number."
    got = f"{x}.grad is {figure(found.gradient)}"
    times = _multiple(found)
    if times == 1:
        return f"{got}: it agrees."
    if times == 0:
        return f"{got}: backward() has not run on {root}, or {x}.grad was set to 0.0 since."
    if times is not None and times > 1:
        return f"{got}, {times} times as much: did backward() run {times} times without setting it to 0.0 in between?"
    return (
        f"{got}, which is something else: gradients of other roots were added to it as well, "
        f"or the numbers below {root} have changed since."
    )


def _naive_sentences(found: NaiveExplanation) -> Iterator[str]:
    root, x, right = f"{found.root:.24}", f"{found.x:.24}", figure(found.right)
    if not found.edges and not found.right:
        yield f"d {root} / d {x} = 0.00 in any order: there is no path from {x} to {root}."
        return
    if found.naive is None:
        yield (
            f"d {root} / d {x} by the naive recursion: given up after {found.passes:,} steps. It walks each path anew; "
            f"in topological order each of the {found.edges:,} edges is walked once. That gives {right}."
        )
        return
    happens = "that happens to be right." if found.culprit else "that is right."
    outcome = happens if _close(found.naive, found.right, 1e-12) else f"right is {right}."
    yield f"d {root} / d {x} by the naive recursion: {figure(found.naive)}; {outcome}"
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
