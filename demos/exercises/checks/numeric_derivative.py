"""Task 5: finite differences agree with their formulas, and the best step is the one with the smallest error."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from autograd import Value, exp, grad, sin
from demos.exercises.checking.calls import need_function
from demos.exercises.checking.comparison import Mistake, agree
from demos.exercises.checking.numbers import plain

HINTS = (
    "A slope is a difference divided by a distance. How far apart are x + h and x, how far x + h and x - h?",
    "Mind the brackets: the difference as a whole is divided, by the whole distance. For best_step compute the error "
    "abs(difference(f, x, h) - slope) for every h, and keep the h with the smallest.",
    "(f(x + h) - f(x)) / h and (f(x + h) - f(x - h)) / (2 * h). min(steps, key=lambda h: ...) returns the step whose "
    "error is smallest, with steps = [10.0**-k for k in range(1, 16)].",
)


def check(forward_difference: Any, central_difference: Any, best_step: Any) -> None:
    """Nothing if all three are right; raises CheckFailed."""
    advice = "Compute both values of f for this case by hand, then their difference, then divide."
    agree("forward_difference", forward_difference, _forward, _slopes(), OF_FORWARD, advice=advice)
    agree("central_difference", central_difference, _central, _slopes(), OF_CENTRAL, advice=advice)
    advice = "Print h and abs(difference(f, x, h) - slope) for every h, and see where it is smallest."
    need_function("best_step", best_step, 4)
    agree("best_step", _as_step(best_step), _best, _searches(), OF_BEST, advice=advice)


@dataclass(frozen=True)
class Named:
    """A function that a report shows by its name."""

    name: str
    function: Callable[..., Any]

    def __call__(self, *arguments: Any) -> Any:
        return self.function(*arguments)

    def __repr__(self) -> str:
        return self.name


def _forward(f: Any, x: float, h: float) -> float:
    return (f(x + h) - f(x)) / h


def _central(f: Any, x: float, h: float) -> float:
    return (f(x + h) - f(x - h)) / (2 * h)


SQUARE = Named("square", lambda x: x * x)
CUBE = Named("cube", lambda x: x * x * x)
INVERSE = Named("inverse", lambda x: 1 / x)
THIRD = Named("third", lambda x: x / 3)
SINE = Named("sin", lambda x: sin(x) if isinstance(x, Value) else math.sin(x))
EXP = Named("exp", lambda x: exp(x) if isinstance(x, Value) else math.exp(x))
FORWARD, CENTRAL = Named("forward_difference", _forward), Named("central_difference", _central)


def _slopes() -> list[tuple[Any, ...]]:
    points = [(SQUARE, 3.0), (CUBE, 2.0), (CUBE, -1.0), (INVERSE, 2.0), (SINE, 0.0), (SINE, 1.0), (EXP, 0.5)]
    return [(f, x, h) for h in (0.1, 0.5, 0.001) for f, x in points]


OF_FORWARD = [
    Mistake(
        "forgot to divide",
        lambda f, x, h: f(x + h) - f(x),
        "This is how far f moves. A slope is that for each 1 that x moves.",
        "Divide by the step.",
    ),
    Mistake(
        "brackets",
        lambda f, x, h: f(x + h) - f(x) / h,
        "Without brackets only f(x) is divided: / comes before -.",
        "Put the difference into brackets.",
    ),
    Mistake(
        "sign",
        lambda f, x, h: -_forward(f, x, h),
        "It is f(x) - f(x + h), the start minus the end.",
        "Where f rises, the slope is above 0.",
    ),
    Mistake(
        "backward difference",
        lambda f, x, h: _forward(f, x, -h),
        "The step goes to x - h, to the left. That is the backward difference.",
        "Compare f(x) with f(x + h).",
    ),
    Mistake(
        "central difference",
        _central,
        "This is the central difference, with steps to both sides.",
        "Take one step to the right, from f(x) itself.",
    ),
    Mistake(
        "factor",
        lambda f, x, h: _forward(f, x, h) / 2,
        "It is divided by 2 h, but x and x + h are h apart.",
        "Divide by h.",
    ),
    Mistake(
        "times for divided by",
        lambda f, x, h: (f(x + h) - f(x)) * h,
        "The difference is multiplied by h.",
        "Divide by h.",
    ),
]

OF_CENTRAL = [
    Mistake(
        "factor",
        lambda f, x, h: 2 * _central(f, x, h),
        "It is divided by h, but x - h and x + h are 2 h apart: the result is twice the slope.",
        "Divide by the whole distance.",
    ),
    Mistake(
        "brackets",
        lambda f, x, h: (f(x + h) - f(x - h)) / 2 * h,
        "/ 2 * h divides by 2 and then multiplies by h.",
        "Put 2 * h into brackets.",
    ),
    Mistake(
        "brackets",
        lambda f, x, h: f(x + h) - f(x - h) / (2 * h),
        "Without brackets only f(x - h) is divided: / comes before -.",
        "Put the difference into brackets.",
    ),
    Mistake(
        "forgot to divide",
        lambda f, x, h: f(x + h) - f(x - h),
        "This is how far f moves. A slope is that for each 1 that x moves.",
        "Divide by the distance between x - h and x + h.",
    ),
    Mistake(
        "sign",
        lambda f, x, h: -_central(f, x, h),
        "It is f(x - h) - f(x + h), the start minus the end.",
        "Where f rises, the slope is above 0.",
    ),
    Mistake(
        "forward difference",
        _forward,
        "This is the forward difference, with a step to one side only.",
        "Compare f(x + h) with f(x - h).",
    ),
    Mistake(
        "one side only",
        lambda f, x, h: _forward(f, x, h) / 2,
        "It is divided by 2 h, but the step goes to one side only, from f(x) to f(x + h).",
        "Compare f(x + h) with f(x - h).",
    ),
    Mistake(
        "half the step",
        lambda f, x, h: _central(f, x, h / 2),
        "It goes half a step to either side. That is a central difference too, but with another h than was asked for.",
        "Go a whole h to the right and a whole h to the left.",
    ),
]


@dataclass(frozen=True, eq=False)
class Step:
    """A step h that is told apart from others by its ratio to them: 1e-9 is not 1e-8, though they are close."""

    h: float

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Step) and math.isclose(self.h, other.h, rel_tol=1e-6)

    def __repr__(self) -> str:
        return f"{self.h:.6g}"


def _as_step(best_step: Any) -> Callable[..., Any]:
    """The same function, but what it returns is a Step, if it is a number."""

    @functools.wraps(best_step)
    def returning_a_step(*arguments: Any) -> Any:
        result = plain(best_step(*arguments))
        return Step(float(result)) if isinstance(result, (int, float)) else result

    return returning_a_step


STEPS = tuple(float(f"1e-{k}") for k in range(1, 16))


def _search(steps: Sequence[float], size: Callable[[float], float] = abs) -> Callable[..., Step]:
    """The function that returns the step for which the error, as `size` measures it, is smallest."""
    return lambda difference, f, x, slope: Step(min(steps, key=lambda h: size(difference(f, x, h) - slope)))


_best = _search(STEPS)


def _searches() -> list[tuple[Any, ...]]:
    """Curves on which the two differences have their own best steps; then the largest and the smallest step as such."""
    points = [(INVERSE, 2.0), (SINE, 1.0), (EXP, 1.0), (CUBE, 2.0), (INVERSE, 0.5), (SINE, 3.0), (EXP, -2.0)]
    searches = [(difference, f, x, _slope(f, x)) for f, x in points for difference in (FORWARD, CENTRAL)]
    searches += [(FORWARD, SQUARE, 0.0, 0.0), (FORWARD, THIRD, 123456.0, 1 / 3)]
    return [search for search in searches if _clear(*search)]


def _slope(f: Named, x: float) -> float:
    at = Value(x)
    return float(grad(f(at), at))


def _clear(difference: Any, f: Any, x: float, slope: float) -> bool:
    """Whether one step is best by far, however its last bits are rounded: 1e-k and 0.1**k differ in them."""
    ks = range(1, 16)
    repeated = functools.reduce(lambda steps, _: [*steps, steps[-1] / 10], ks[1:], [0.1])
    spelt = (STEPS, [10.0**-k for k in ks], [0.1**k for k in ks], [1 / 10**k for k in ks], repeated)
    errors = [sorted(abs(difference(f, x, h) - slope) for h in steps) for steps in spelt]
    alike = all(_search(steps)(difference, f, x, slope) == _best(difference, f, x, slope) for steps in spelt)
    return alike and all(least * 1.2 < second for least, second, *_ in errors)


NO_SIGN = "Errors below 0 count as smaller than an error of 0, so the one furthest below wins."

OF_BEST = [
    Mistake(
        "always the smallest step",
        lambda difference, f, x, slope: Step(STEPS[-1]),
        "It is always the smallest h. There the difference of the rounded values has hardly a right digit left.",
        "Compute the error for every h, and compare the errors.",
    ),
    Mistake(
        "always the largest step",
        lambda difference, f, x, slope: Step(STEPS[0]),
        "It is always the largest h: perhaps the first turn of the loop returns, or nothing is ever found better.",
        "Compute the error for every h, and keep the h whose error is the smallest so far.",
    ),
    Mistake(
        "error, not step",
        lambda difference, f, x, slope: Step(min(abs(difference(f, x, h) - slope) for h in STEPS)),
        "This is the smallest error itself.",
        "Return the h that has it: min(steps, key=...) compares errors and returns a step.",
    ),
    Mistake("forgot abs", _search(STEPS, lambda error: error), NO_SIGN, "Compare the absolute values of the errors."),
    Mistake("forgot abs", _search(STEPS, lambda error: -error), NO_SIGN, "Compare the absolute values of the errors."),
    Mistake(
        "other way round",
        _search(STEPS, lambda error: -abs(error)),
        "This is the step with the largest error.",
        "Look for the smallest error.",
    ),
    Mistake(
        "exponent, not step",
        lambda *search: Step(-round(math.log10(_best(*search).h))),
        "This is the k of h = 10^-k.",
        "Return h itself.",
    ),
    Mistake(
        "off by one",
        _search(STEPS[:-1]),
        "1e-15 is not among the steps that are tried.",
        "range(1, n) ends with n - 1. Print the list of your steps.",
    ),
    Mistake(
        "off by one",
        _search((1.0, *STEPS)),
        "A step of 1 is tried too.",
        "range(n) begins with 0, and 10^0 is 1. Print the list of your steps.",
    ),
    Mistake(
        "off by one",
        _search((1.0, *STEPS[:-1])),
        "The steps that are tried go from 1 to 1e-14.",
        "range(15) begins with 0 and ends with 14. Print the list of your steps.",
    ),
    Mistake(
        "always the same difference",
        lambda difference, *search: _best(FORWARD, *search),
        "It always tries the forward difference, whichever it is given.",
        "Call `difference`, the first argument.",
    ),
    Mistake(
        "always the same difference",
        lambda difference, *search: _best(CENTRAL, *search),
        "It always tries the central difference, whichever it is given.",
        "Call `difference`, the first argument.",
    ),
]
