"""explain: a gradient as the sum over the paths of its graph, and what goes wrong without a topological order.

The derivative of root in x is the sum, over all paths from x to root, of the product of the partials along the path
(Bauer, "Computational graphs and rounding error", SIAM Journal on Numerical Analysis 11(1), 1974). There may be more
paths than could ever be walked, so neither are they counted by walking them, nor are the largest found that way.
"""

from __future__ import annotations

from typing import Literal, overload

from ..applications import outdated
from ..errors import ArgumentError
from ..names import Names
from ..value import Value
from .edges import edges_between
from .naive import NaiveExplanation, naive_explanation
from .paths import Explanation, largest_paths
from .replay import between


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
    dc/da = 4.00, the sum over 3 paths from a to c, each the product of the numbers
    on its arrows, the largest first:
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
    below = Names(root)
    names = below if nodes else Names(root, x)
    edges, total = edges_between(nodes)
    if order == "naive":
        return naive_explanation(nodes, edges, total, names, (names[root], names[x]))
    count, paths = largest_paths(nodes, edges, most)
    return Explanation(names[root], names[x], paths, count, total, x.grad, names, outdated(below))
