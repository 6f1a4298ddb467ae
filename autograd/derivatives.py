"""Derivatives to hold in hand: grad (reverse mode, differentiable again), jvp (forward mode), hessian.

They leave every `grad` as it is, and take each local derivative from where `backward` takes it, the op's record.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from .backprop import partials, value_partials
from .errors import ArgumentError, NotANumberError
from .graph import topological_order, value_args
from .number import number
from .value import Value
from .watch import inspector, watcher


def grad(y: Value, xs: Any, create_graph: bool = False) -> Any:
    """The derivatives of y in each of xs, as floats; for one Value instead of a sequence, just the one.

    Leaves every `grad` as it is. With `create_graph=True` they come as Values that are differentiable again, to
    any order; in a jitted function they do so in any case. An x that y does not depend on has derivative 0.

    >>> x = Value(2.0)
    >>> (slope,) = grad(x**3, [x], create_graph=True)
    >>> slope.data, grad(slope, x)
    (12.0, 12.0)
    """
    if not isinstance(y, Value):
        raise ArgumentError(f"grad differentiates a Value, got {y!r}; was it computed from Values?")
    one = isinstance(xs, Value)
    if not one and not isinstance(xs, Iterable):
        raise ArgumentError(f"grad differentiates in a Value or a list of them, got {xs!r}")
    wanted = [xs] if one else list(xs)
    for x in wanted:
        if not isinstance(x, Value):
            raise ArgumentError(f"grad differentiates in Values, got {x!r}; keep the Value that y was computed from")
    if (inspecting := inspector.get()) is not None:
        inspecting.inspect(y, wanted)
    create_graph = create_graph or watcher.get() is not None  # what a traced function returns follows its inputs
    found = gradients(y, wanted, value_partials if create_graph else partials)
    results = [found.get(x, 0.0) for x in wanted]
    if create_graph:
        results = [g if isinstance(g, Value) else Value(g) for g in results]
    return results[0] if one else results


def jvp(f: Callable[..., Any], xs: Sequence[Any], tangents: Sequence[float]) -> tuple[Any, Any]:
    """The value of f(*xs) and its derivative along the tangents (forward mode), as floats.

    Where f returns a list, both are lists. Source: Wengert, "A simple automatic derivative evaluation program",
    Communications of the ACM 7(8), 1964.

    >>> jvp(lambda x, y: x * y, [3.0, 4.0], [1.0, 0.0])
    (12.0, 4.0)
    """
    leaves = _fresh_leaves(xs)
    if not hasattr(tangents, "__len__"):
        raise ArgumentError(f"jvp: the tangents need to be a list, got {tangents!r}; write [...] around it")
    if len(tangents) != len(leaves):
        raise ArgumentError(f"jvp: {len(leaves)} xs but {len(tangents)} tangents; give one tangent for each x")
    given = {x: number(t, "jvp's tangent") for x, t in zip(leaves, tangents, strict=True)}
    moved = {x: tangent for x, tangent in given.items() if tangent != 0.0}
    result = f(*leaves)
    outputs = list(result) if isinstance(result, (list, tuple)) else [result]
    for node in topological_order(*(out for out in outputs if isinstance(out, Value))):
        if any(arg in moved for arg in value_args(node)):
            steps = ((partial, moved[arg]) for arg, partial in partials(node, among=moved))
            moved[node] = sum((partial * tangent for partial, tangent in steps if partial != 0.0), 0.0)
    values = [_scalar(out).data for out in outputs]
    slopes = [moved.get(out, 0.0) if isinstance(out, Value) else 0.0 for out in outputs]
    return (values, slopes) if isinstance(result, (list, tuple)) else (values[0], slopes[0])


def value_and_grad(f: Callable[..., Any]) -> Callable[..., tuple[float, list[float]]]:
    """A function that returns, at the numbers it is given, f's value and the list of its derivatives.

    >>> value_and_grad(lambda x, y: x * y + y)(3.0, 4.0)
    (16.0, [4.0, 4.0])
    """

    def evaluated(*xs: Any) -> tuple[float, list[float]]:
        leaves = _fresh_leaves(xs)
        y = _scalar(f(*leaves))
        return y.data, grad(y, leaves)

    return evaluated


def hessian(f: Callable[..., Any], xs: Sequence[Any]) -> list[list[float]]:
    """The matrix of second derivatives of f at xs: row i, column j holds d2 f / dx_i dx_j.

    >>> hessian(lambda x, y: x * x * y, [3.0, 4.0])
    [[8.0, 6.0], [6.0, 0.0]]
    """
    leaves = _fresh_leaves(xs)
    slopes = grad(_scalar(f(*leaves)), leaves, create_graph=True)
    return [grad(slope, leaves) for slope in slopes]


def nodes_between(xs: Iterable[Value], order: Iterable[Value]) -> set[Value]:
    """The xs, and what is made of them among the nodes of a graph in topological order."""
    between = set(xs)
    for node in order:
        if any(arg in between for arg in value_args(node)):
            between.add(node)
    return between


def gradients(y: Value, xs: list[Value], partials_of: Callable[..., Iterator[tuple[Value, Any]]]) -> dict[Value, Any]:
    """d y / d node for the xs and for every node between them and y.

    They are made of what partials_of(node, among=these) gives: numbers, Values or formulas.
    """
    order = topological_order(y)
    between = nodes_between(xs, order)
    found: dict[Value, Any] = {y: 1.0}
    for node in reversed(order):
        upstream = found.get(node, 0.0)
        if node.op is None or _is_constant(upstream, 0.0):
            continue
        for arg, partial in partials_of(node, among=between):
            part = _product(upstream, partial)
            found[arg] = found[arg] + part if arg in found else part
    return found


def _product(a: Any, b: Any) -> Any:
    """a * b, without a node where one of them is the constant 1 or 0."""
    if _is_constant(a, 0.0) or _is_constant(b, 0.0):
        return 0.0
    if _is_constant(a, 1.0):
        return b
    return a if _is_constant(b, 1.0) else a * b


def _is_constant(x: Any, value: float) -> bool:
    return isinstance(x, (float, int)) and x == value


def _fresh_leaves(xs: Sequence[Any]) -> list[Value]:
    if isinstance(xs, Value) or not isinstance(xs, Iterable):
        raise ArgumentError(f"the point needs to be a list of numbers, got {xs!r}; write [...] around it")
    return [Value(float(x)) if isinstance(x, Value) else Value(x) for x in xs]


def _scalar(y: Any) -> Value:
    """The result of a function that is to be differentiated, as a Value; a constant result is a leaf."""
    if isinstance(y, Value):
        return y
    try:
        return Value(y)
    except NotANumberError as error:
        raise ArgumentError(f"the function needs to return one number: {error}") from None
