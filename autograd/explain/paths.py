"""A gradient as the sum over the paths of its graph, largest first."""

from __future__ import annotations

import heapq
import math
from collections import Counter
from dataclasses import dataclass
from textwrap import fill
from typing import Any, TypeAlias

from ..names import Names, derivative
from ..number import counted, figure
from ..value import Value
from .edges import Edges, close


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
    note: str = ""
    """What is to be said of a graph whose numbers have changed since they were used."""

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
        notes = [fill(f"note: {self.note}", 80)] if self.note else []
        return "\n".join([*lines, fill(_verdict(self), 80), *notes])

    __repr__ = __str__


# --- paths ---------------------------------------------------------------------------------------------------

Trail: TypeAlias = "tuple[float, Value, float, Any]"
"""A path from x to a node as (product, the node, the partial of the last edge, the trail up to there or None)."""


def largest_paths(nodes: list[Value], edges: Edges, most: int) -> tuple[int, tuple[Path, ...]]:
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


# --- as text -------------------------------------------------------------------------------------------------


def _headline(found: Explanation) -> str:
    root, x = f"{found.root:.24}", f"{found.x:.24}"
    if not found.count:
        return f"{derivative(root, x)} = 0.00: there is no path from {x} to {root}, which does not depend on it."
    if found.count == 1:
        of_paths = f"by the one path from {x} to {root}, the"
    else:
        of_paths = f"the sum over {_many(found.count)} from {x} to {root}, each the"
    largest_first = ", the largest first" if found.count > 1 else ""
    slope = f"{derivative(root, x)} = {figure(found.total)}"
    return f"{slope}, {of_paths} product of the numbers on its arrows{largest_first}:"


def _many(count: int) -> str:
    """So many paths, in words; a number of any length is told by its size."""
    if count < 10**6:
        return counted(count, "path")
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
    if close(gradient, total, noise):
        return 1
    times = gradient / total if total else math.nan
    return round(times) if abs(times) < 1000 and close(gradient, round(times) * total, noise) else None


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
