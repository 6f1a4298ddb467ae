"""gradcheck: backprop against finite differences, with a diagnosis where they disagree.

The function as a whole is compared first. If its gradient is wrong, each op of the graph is run backward alone,
under several upstream gradients and onto gradients that are not 0, to say which op is wrong and how.
"""

import inspect
import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from . import backprop
from .derivatives import grad
from .errors import ArgumentError, DomainError, GradientError
from .graph import topological_order
from .record import RowOp
from .rows import Operands
from .value import Value, relinked

RELATIVE, ABSOLUTE = 1e-5, 1e-7
"""A derivative may be ABSOLUTE + RELATIVE * its size away from its finite difference, plus the rounding noise."""

STEP = 6e-6
"""The step of the differences, times max(1, |x|): about the cube root of a float's precision, where a central
difference's rounding and truncation errors balance (Press et al., Numerical Recipes, section 5.7)."""

EPSILON = 2.0**-52


@dataclass(frozen=True)
class GradCheck:
    """What `gradcheck` found: how many derivatives agreed, the largest difference, and the kinks it met."""

    checked: int
    worst: float
    kinks: tuple[str, ...] = ()


def gradcheck(f: Callable[..., Any], xs: Sequence[Any], order: int = 1) -> GradCheck:
    """A record of the comparison, if every derivative of f at xs agrees with its central difference.

    f is called as f(*xs). If it needs no arguments, xs are the Values that it uses, such as
    `model.parameters()`. With `order=2` the derivatives of the derivatives are compared as well.

    Raises GradientError (an AssertionError) if one disagrees: it names the op whose partial is wrong, and how.
    At a kink (relu at 0) it prints the one-sided slopes and the derivative that the engine takes by convention.

    >>> gradcheck(lambda x, y: x * y.tanh(), [2.0, 0.5], order=2).checked
    6
    """
    if order not in (1, 2):
        raise ArgumentError(f"gradcheck: order is {order!r}; it needs to be 1 or 2")
    call, variables = _closed(f, xs)
    functions = [call]
    if order == 2:
        functions += [_derivative(call, variables, i) for i in range(len(variables))]
    agreed = [each for function in functions for each in _compared(function, variables)]
    kinks = tuple(kink for _, kink in agreed if kink)
    for kink in kinks:
        print(kink)
    return GradCheck(len(agreed), max((error for error, _ in agreed), default=0.0), kinks)


# --- the function as a whole ---------------------------------------------------------------------------------


def _closed(f: Callable[..., Any], xs: Sequence[Any]) -> tuple[Callable[[], Value], list[Value]]:
    """f as a function of no arguments, and the Values that it depends on."""
    if isinstance(xs, Value) or not isinstance(xs, Iterable):
        raise ArgumentError(f"gradcheck: xs needs to be a list, got {xs!r}; write [...] around it")
    if _needs_arguments(f):
        variables = [Value(float(x) if isinstance(x, Value) else x, getattr(x, "label", "")) for x in xs]
        return (lambda: _one_value(f(*variables))), variables
    for x in xs:
        if not isinstance(x, Value):
            raise ArgumentError(f"gradcheck: f needs no arguments, so xs must be the Values that it uses, got {x!r}")
    return (lambda: _one_value(f())), list(xs)


def _needs_arguments(f: Callable[..., Any]) -> bool:
    try:
        parameters = inspect.signature(f).parameters.values()
    except ValueError:  # a builtin that does not tell
        return True
    return any(p.default is p.empty and p.kind is not p.VAR_KEYWORD for p in parameters)


def _one_value(y: Any) -> Value:
    if isinstance(y, Value):
        return y
    raise ArgumentError(f"gradcheck: f needs to return one Value, got {y!r}; was it computed from its arguments?")


def _derivative(call: Callable[[], Value], variables: list[Value], i: int) -> Callable[[], Value]:
    return lambda: grad(call(), variables, create_graph=True)[i]


def _compared(call: Callable[[], Value], variables: list[Value]) -> list[tuple[float, str]]:
    """For each variable x the error of d call() / dx and, at a kink, what to tell; GradientError if one is wrong."""
    if not variables:
        return []
    y = call()
    if y.data != y.data:
        raise ArgumentError("gradcheck: f is NaN at this point; move it to where f is a number")
    if float(call()) != y.data:
        raise ArgumentError("gradcheck: f gives another value each time; draw its random numbers beforehand")
    found = zip(_backward_gradients(y, variables), grad(y, variables), strict=True)
    return [_compare(call, y, i, variables[i], both) for i, both in enumerate(found)]


def _compare(call: Callable[[], Value], y: Value, i: int, x: Value, found: tuple[float, float]) -> tuple[float, str]:
    """`_compared` for the i-th variable x, in which backward and the records found these derivatives."""
    slopes = _slopes(lambda shift: _shifted(call, x, shift), x.data)
    name = f"argument {i}" + (f" ({x.label!r})" if x.label else "")
    for got in found:
        if not slopes.allow(got):
            raise GradientError(
                f"gradcheck: the derivative in {name} is {got:.6g}, its central difference {slopes.central:.6g}.\n"
                + (_diagnosis(y) or _NO_OP_IS_WRONG)
            )
    passed, _ = found
    if slopes.kink:
        sides = f"slope {slopes.left:.6g} on the left, {slopes.right:.6g} on the right"
        what = f"kink in {name} at {x.data:g}: {sides}" if slopes.settled else f"jump in {name} at {x.data:g}"
        return 0.0, f"{what}; the engine takes {passed:.6g} by convention"
    return abs(slopes.central - passed), ""


_NO_OP_IS_WRONG = (
    "Each op's own partials are right. So f depends on it in a way that the graph does not see: "
    "look for float(x), x.data or a branch on x in f."
)


def _backward_gradients(y: Value, variables: list[Value]) -> list[float]:
    """d y / dx for each variable by `backward`, whose additions to the leaves are taken back."""
    values = topological_order(y, *variables)
    before = [v.grad for v in values]
    try:
        for v in values:
            v.grad = 0.0
        y.backward()
        return [x.grad for x in variables]
    finally:
        for v, gradient in zip(values, before, strict=True):
            v.grad = gradient


def _shifted(call: Callable[[], Value], x: Value, shift: float) -> float:
    at = x.data
    try:
        x.data = at + shift
        return float(call())
    finally:
        x.data = at


# --- finite differences --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Slopes:
    """Finite differences of a function at a point: from the left, from the right, and the rounding noise in them."""

    left: float
    right: float
    noise: float
    kink: bool = False

    @property
    def central(self) -> float:
        return (self.left + self.right) / 2

    @property
    def settled(self) -> bool:
        """Whether shorter steps gave the same slope; at a jump they never do."""
        return self.noise <= 1e-3 * max(1.0, abs(self.central))

    def agrees(self, derivative: float) -> bool:
        size = max(abs(self.central), abs(derivative))
        return self.settled and abs(derivative - self.central) <= ABSOLUTE + RELATIVE * size + self.noise

    def allow(self, derivative: float) -> bool:
        """Whether the derivative agrees or, at a kink, lies between the slopes of the two sides."""
        return self.agrees(derivative) or (self.kink and self._between(derivative))

    def _between(self, derivative: float) -> bool:
        low, high = sorted((self.left, self.right))
        return low - self.noise - ABSOLUTE <= derivative <= high + self.noise + ABSOLUTE


def _slopes(f: Callable[[float], float], x: float) -> _Slopes:
    """The slopes of f (a function of the shift from x), at the step where two neighbouring steps agree best.

    A kink's two sides differ, and go on to do so at a shorter step.
    """
    middle = f(0.0)
    sides = [_one_sided(f, middle, STEP * max(1.0, abs(x)) / 32**k) for k in range(6)]
    estimates = []
    for wide, near in itertools.pairwise(sides):
        gap, near_gap = abs(wide.right - wide.left), abs(near.right - near.left)
        kink = gap > 1e-4 * max(1.0, abs(wide.left), abs(wide.right)) and near_gap > gap / 2
        noise = near.noise + abs(near.central - wide.central)
        estimates.append(replace(wide if noise > near.noise + wide.noise else near, noise=noise, kink=kink))
    return min(estimates, key=lambda estimate: estimate.noise)


def _one_sided(f: Callable[[float], float], middle: float, h: float) -> _Slopes:
    """The slopes on the left and on the right of f(0) = middle. On the edge of a domain both are the inner side's."""
    sides: list[float | None] = []
    for shift in (-h, h):
        try:
            sides.append((f(shift) - middle) / shift + 0.0)
        except DomainError:
            sides.append(None)
    inner = next((slope for slope in sides if slope is not None), None)
    if inner is None:
        raise ArgumentError("gradcheck: f is defined at this point only, not next to it; move the point")
    left, right = (inner if slope is None else slope for slope in sides)
    return _Slopes(left, right, noise=4 * EPSILON * abs(middle) / h)


# --- each op alone -------------------------------------------------------------------------------------------


def _diagnosis(root: Value) -> str:
    """What is wrong with the first op of the graph whose own backward is wrong; empty if there is none."""
    for node in topological_order(root):
        for i, arg in enumerate(node.args):
            if isinstance(arg, Value) and (mistake := _mistake(node, i)):
                return mistake
    return ""


def _mistake(node: Value, i: int) -> str:
    """What is wrong with an inner node's backward in its i-th argument; empty if nothing is."""
    at = [float(arg) for arg in node.args]
    expected = _op_slopes(node, at, i)
    alone = _passed_on(node, at, i, upstream=1.0, before=0.0)
    tripled = _passed_on(node, at, i, upstream=3.0, before=0.0)
    onto = _passed_on(node, at, i, upstream=1.0, before=5.0)
    if expected.allow(alone) and _close(tripled, 3 * alone) and _close(onto, 5 + alone):
        return _mistake_of_record(node, at, i, alone)
    point = ", ".join(f"{x:.6g}" for x in at[:6]) + (", ..." if len(at) > 6 else "")
    where = f" (node {node.label!r})" if node.label else ""
    name = node.op.name if node.op else ""
    kind = _kind(node, at, i, expected, alone, tripled, onto)
    return f"op {name!r}{where}: its backward in argument {i} at ({point}) is wrong: {kind}"


def _mistake_of_record(node: Value, at: list[float], i: int, expected: float) -> str:
    """What is wrong with the record's partial where backward, which has some ops written out, is right."""
    op: Any = node.op
    if isinstance(op, RowOp):
        return ""  # backward reads these partials
    got = op.partials[i](_evaluated(node, at), *at)
    if _close(got, expected):
        return ""
    return f"op {op.name!r}: partials[{i}] of its record is wrong: expected {expected:.6g}, got {got:.6g}"


def _kind(node: Value, at: list[float], i: int, expected: _Slopes, alone: float, tripled: float, onto: float) -> str:
    """How it is wrong, in the words of the mistake that a hand-written backward makes."""
    slope = expected.central
    if _close(onto, alone) and not _close(alone, 5 + alone):
        return (
            f"onto a gradient of 5, expected {5 + slope:.6g}, got {onto:.6g}: "
            "the gradient is overwritten instead of accumulated (`=` where `+=` belongs)"
        )
    if _close(tripled, alone) and alone != 0.0:
        return (
            f"under an upstream gradient of 3, expected {3 * slope:.6g}, got {tripled:.6g}: "
            "missing chain factor, the upstream gradient is not multiplied in"
        )
    difference = f"expected {slope:.6g}, got {alone:.6g}"
    if expected.agrees(-alone):
        return f"{difference}: the sign is flipped"
    others = [j for j in range(len(at)) if j != i and _op_slopes(node, at, j).agrees(alone)]
    if others:
        return f"{difference}: that is the partial in argument {others[0]}; the two may be swapped"
    factor = _common_factor(node, at, i)
    return f"{difference}: off by a factor of {factor:.6g}" if factor else f"{difference}: another formula"


def _common_factor(node: Value, at: list[float], i: int) -> float | None:
    """got / expected, if it is the same here and at two points nearby."""
    factors = []
    for stretch in (1.0, 1.1, 0.85):
        point = [x * stretch if isinstance(arg, Value) else x for x, arg in zip(at, node.args, strict=True)]
        try:
            expected = _op_slopes(node, point, i).central
            got = _passed_on(node, point, i, upstream=1.0, before=0.0)
        except (DomainError, ArgumentError):
            continue
        if abs(expected) < ABSOLUTE or abs(got) < ABSOLUTE:
            return None
        factors.append(got / expected)
    return factors[0] if factors and all(_close(factor, factors[0]) for factor in factors) else None


def _op_slopes(node: Value, at: list[float], i: int) -> _Slopes:
    """The slopes of the op alone in its i-th argument."""

    def shifted(shift: float) -> float:
        point = list(at)
        point[i] += shift
        return _evaluated(node, point)

    return _slopes(shifted, at[i])


def _passed_on(node: Value, at: list[float], i: int, upstream: float, before: float) -> float:
    """The gradient of the i-th argument after the node alone passed `upstream` on to a gradient of `before`."""
    args: list[Any] = [Value(x) if isinstance(arg, Value) else x for x, arg in zip(at, node.args, strict=True)]
    if node._a.__class__ is Operands:
        alone = relinked(node, Operands(tuple(map(tuple, _in_rows(node, args)))), None)
    else:
        alone = relinked(node, *(*args, None)[:2])
    alone.data, alone.grad = _evaluated(node, at), upstream
    args[i].grad = before
    backprop.pass_on([alone])
    return args[i].grad


def _evaluated(node: Value, at: list[float]) -> float:
    """The value of a node's op at other numbers."""
    op: Any = node.op
    return op.evaluate(_in_rows(node, at) if isinstance(op, RowOp) else at)


def _in_rows(node: Value, flat: Sequence[Any]) -> list[list[Any]]:
    """A flat list of operands in rows as long as the node's."""
    entries = iter(flat)
    return [list(itertools.islice(entries, len(row))) for row in node._a.rows]


def _close(a: float, b: float) -> bool:
    return abs(a - b) <= ABSOLUTE + RELATIVE * max(abs(a), abs(b))
