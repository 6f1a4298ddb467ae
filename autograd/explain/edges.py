"""The edges of a graph between one node and the root, with their partials: what both explanations are made from."""

from __future__ import annotations

import math
from typing import TypeAlias

from ..backprop import partials
from ..errors import DomainError
from ..graph import value_args
from ..value import Value

Edges: TypeAlias = "dict[Value, list[tuple[Value, float]]]"
"""For each node its arguments on the ways from x, with their partials; arguments come first."""


def edges_between(nodes: list[Value]) -> tuple[Edges, float]:
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


def close(a: float, b: float, noise: float) -> bool:
    """Whether they are equal up to rounding; NaN is equal to NaN."""
    return (a != a and b != b) or math.isclose(a, b, rel_tol=1e-9, abs_tol=noise)
