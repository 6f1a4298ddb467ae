"""compare: one derivative by reverse mode, by forward mode and by finite differences, side by side.

The differences are taken at many steps h, so that both of their errors can be seen: truncation, which falls with h,
and rounding, which grows as h falls (Press et al., Numerical Recipes, section 5.7). They are the plain quotients of
the textbook; h is not adjusted to what x + h can represent, so that all of the rounding shows.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from textwrap import fill

from ..backprop import partials
from ..derivatives import grad
from ..errors import ArgumentError, DomainError
from ..names import Names, derivative
from ..number import figure
from ..value import Value
from .replay import between, recomputed

EXPONENTS = range(-1, -16, -1)
"""The steps are 10 to these powers, times the power of ten nearest to |x| where that is above 1."""


@dataclass(frozen=True)
class Difference:
    """Finite differences with one step h, None where the function has no finite number at a point they need.

    `right` is (f(x + h) - f(x)) / h, `left` (f(x) - f(x - h)) / h and `central` (f(x + h) - f(x - h)) / 2h.
    """

    h: float
    left: float | None
    right: float | None
    central: float | None

    @property
    def one_sided(self) -> float | None:
        """The right one or, where x is the right end of the domain, the left one."""
        return self.left if self.right is None else self.right


@dataclass(frozen=True, repr=False)
class Comparison:
    """What `compare` found; printing it shows the table and the errors as a plot. `steps` has one entry for each h."""

    root: str
    x: str
    at: float
    reverse: float
    forward: float | None
    steps: tuple[Difference, ...]
    notes: tuple[str, ...] = ()

    def error(self, difference: float | None) -> float | None:
        """How far a difference is from reverse mode; None if there is no difference, or the error is not finite."""
        error = math.nan if difference is None else abs(difference - self.reverse)
        return error if math.isfinite(error) else None

    @property
    def best_h(self) -> float | None:
        """The step at which the central difference, or else the one-sided one, comes closest; None if there is none."""
        best = _best(self)
        return best.h if best else None

    def __str__(self) -> str:
        return "\n".join([*_summary(self), *_table(self), *(fill(note, 80) for note in self.notes)])

    __repr__ = __str__


def compare(root: Value, x: Value) -> Comparison:
    """A record of d root / d x by reverse mode, forward mode and differences; every `grad` stays as it is.

    x may be any node below root: an inner one is moved as if it were an input. The function is not called again,
    its graph is computed anew at x + h and x - h; so a branch of Python that was not taken is not taken there either.

    Raises ArgumentError if root is not finite or no longer follows from the numbers below it, DomainError if the
    derivative does not exist (sqrt at 0). Forward mode: Wengert, "A simple automatic derivative evaluation program",
    Communications of the ACM 7(8), 1964.

    >>> x = Value(2.0, label="x")
    >>> found = compare(x**3, x)
    >>> found.reverse, found.forward, found.best_h
    (12.0, 12.0, 1e-05)
    """
    nodes = between(root, x, "compare")
    names = Names(root, x)
    called = names[root], names[x]
    if not nodes:
        note = f"{called[0]:.24} does not depend on {called[1]:.24}: whatever the step, it stays as it is."
        return Comparison(*called, x._data, 0.0, 0.0, (), (note,))
    _refuse_what_cannot_be_moved(nodes, names)
    reverse = grad(root, x)
    forward, reason = _pushed_forward(nodes)
    steps = _differences(lambda at: recomputed(nodes, {x: at})[root], x._data, root._data)
    found = Comparison(*called, x._data, reverse, forward, steps)
    notes = (_kink(found, root._data) or _slopes_of(found), reason)
    return replace(found, notes=tuple(note for note in notes if note))


def _refuse_what_cannot_be_moved(nodes: list[Value], names: Names) -> None:
    """Raises ArgumentError if there is no finite number to compare, or if one does not follow from its arguments."""
    x, root = nodes[0], nodes[-1]
    for node in (x, root):
        if not math.isfinite(node._data):
            raise ArgumentError(f"compare: {names[node]} is {node._data}; it needs to be a finite number")
    for node, again in recomputed(nodes, {x: x._data}).items():
        if again != node._data and again == again:
            raise ArgumentError(
                f"compare: {names[node]} is {node._data!r}, but the numbers below it give {again!r} now, "
                f"so they were changed since; compute {names[root]} again"
            )


def _pushed_forward(nodes: list[Value]) -> tuple[float | None, str]:
    """d root / d x by forward mode over the nodes from x to root; None and the reason where it does not exist.

    Like a gradient of 0 in `backward`, a tangent of 0 is not passed on.
    """
    tangents = {nodes[0]: 1.0}
    try:
        for node in nodes[1:]:
            tangent = sum(partial * tangents[arg] for arg, partial in partials(node, among=tangents))
            if tangent != 0.0:
                tangents[node] = tangent
    except DomainError as error:
        return None, f"Forward mode meets what reverse mode never asks for, its gradient there being 0. {error}"
    return tangents.get(nodes[-1], 0.0), ""


# --- differences ---------------------------------------------------------------------------------------------


def _differences(f: Callable[[float], float], x: float, middle: float) -> tuple[Difference, ...]:
    """The finite differences of f at x, where f(x) = middle, from the longest step to the shortest."""
    scale = round(math.log10(max(1.0, abs(x))))
    steps = []
    for exponent in EXPONENTS:
        h = float(f"1e{scale + exponent}")
        below, above = _or_none(f, x - h), _or_none(f, x + h)
        steps.append(Difference(h, _slope(below, middle, h), _slope(middle, above, h), _slope(below, above, 2 * h)))
    return tuple(steps)


def _or_none(f: Callable[[float], float], x: float) -> float | None:
    """f(x), None where it has no value."""
    try:
        return f(x)
    except DomainError:
        return None


def _slope(low: float | None, high: float | None, width: float) -> float | None:
    """The slope between two numbers, None if it is not finite."""
    slope = math.nan if low is None or high is None else (high - low) / width
    return slope if math.isfinite(slope) else None


@dataclass(frozen=True)
class _Best:
    """The best of the differences: which kind, at which step, how far off."""

    kind: str
    h: float
    difference: float
    error: float


def _best(found: Comparison) -> _Best | None:
    """The central difference that comes closest or, where there is none, the one-sided one."""
    for kind in ("central", "one_sided"):
        there = []
        for step in found.steps:
            difference = getattr(step, kind)
            if (error := found.error(difference)) is not None:
                there.append(_Best(kind.replace("_", "-"), step.h, difference, error))
        if there:
            return min(there, key=lambda best: best.error)
    return None


# --- notes ---------------------------------------------------------------------------------------------------


def _kink(found: Comparison, middle: float) -> str:
    """What to say of a kink or a jump at x, where root is `middle`; empty if there is none.

    At a kink the slopes of the two sides are as far apart at one step as at the next. At a jump the gap grows
    tenfold as h falls to a tenth. On a smooth function it falls with h.
    """
    gaps = []
    for step in found.steps[4:7]:  # between the truncation error of long steps and the rounding of short ones
        if step.left is None or step.right is None:
            return ""
        gap, sides = abs(step.right - step.left), (step.left, step.right)
        if gap < 400 * math.ulp(middle) / step.h or gap < 1e-4 * max(1.0, *map(abs, sides)):
            return ""
        gaps.append(gap)
    convention = f"by convention the engine takes {figure(found.reverse)}."
    if all(math.isclose(gap, gaps[0], rel_tol=0.01) for gap in gaps):
        left, right = map(figure, sides)
        return f"A kink: the slope is {left} on the left and {right} on the right of {found.x:.24}; {convention}"
    if all(math.isclose(gap, gaps[0] * 10**i, rel_tol=0.01) for i, gap in enumerate(gaps)):
        return f"A jump: next to {found.x:.24} the quotients grow without bound as h falls; {convention}"
    return ""


def _slopes_of(found: Comparison) -> str:
    """What the curves of the errors show, or a doubt if no difference comes close to reverse mode."""
    best = _best(found)
    if best is None or best.error <= 1e-4 * max(1.0, abs(found.reverse)):
        return (
            "Long steps truncate: where the function is smooth the error falls as h for o, as h*h for +. "
            "Short steps round: the error grows as 1/h for both."
        )
    return (
        "No step comes close: the function is too rough here for differences, or the partial of an op is wrong; "
        "gradcheck tells which."
    )


# --- as text -------------------------------------------------------------------------------------------------

WIDTH = 22
"""Columns of the plot."""

LEGEND = "o one-sided (f(x+h) - f(x)) / h   + central (f(x+h) - f(x-h)) / 2h   * both"


def _summary(found: Comparison) -> list[str]:
    """The three ways in one line each."""
    lines = [fill(f"{derivative(found.root[:24], found.x[:24])} at {found.x:.24} = {figure(found.at)}", 80)]
    lines.append(_way("reverse mode", found.reverse, ""))
    apart = found.error(found.forward)
    lines.append(_way("forward mode", found.forward, "" if apart is None else _off(apart)))
    if best := _best(found):
        off = f"{_off(best.error)} at its best, h = {figure(best.h)}"
        lines.append(_way(f"{best.kind} difference", best.difference, off))
    return lines


def _way(name: str, derivative: float | None, off: str) -> str:
    return f"  {name:<20}{_cell(derivative):>12}  {off}".rstrip()


def _off(error: float) -> str:
    return "the same" if error == 0.0 else f"off by {figure(error)}"


def _table(found: Comparison) -> list[str]:
    """The differences and their errors, a line for each step, with the errors as a plot beside them."""
    if not found.steps:
        return []
    errors = [(found.error(step.one_sided), found.error(step.central)) for step in found.steps]
    low, high = _decades([error for pair in errors for error in pair if error])
    axis = f"1e{low}" + f"1e{high}".rjust(WIDTH - len(f"1e{low}"))
    lines = ["", f"{'h':>9}{'one-sided':>12}{'off by':>11}{'central':>12}{'off by':>11}  {axis}"]
    for step, (one_sided, central) in zip(found.steps, errors, strict=True):
        cells = f"{_cell(step.one_sided):>12}{_cell(one_sided):>11}{_cell(step.central):>12}{_cell(central):>11}"
        lines.append(f"{figure(step.h):>9}{cells} |{_marks(one_sided, central, low, high)}".rstrip())
    return [*lines, LEGEND]


def _decades(errors: Sequence[float]) -> tuple[int, int]:
    """The powers of ten between which the errors lie."""
    if not errors:
        return -16, 0
    low = math.floor(math.log10(min(errors)))
    return low, max(math.ceil(math.log10(max(errors))), low + 1)


def _marks(one_sided: float | None, central: float | None, low: int, high: int) -> str:
    """One line of the plot; an error of 0, which has no logarithm, stands at the left end."""
    line = [" "] * WIDTH
    for mark, error in (("o", one_sided), ("+", central)):
        if error is not None:
            share = (math.log10(error) - low) / (high - low) if error else 0.0
            column = round(share * (WIDTH - 1))
            line[column] = mark if line[column] == " " else "*"
    return "".join(line)


def _cell(x: float | None) -> str:
    return "-" if x is None else figure(x)
