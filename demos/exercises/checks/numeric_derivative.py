"""Task 5: finite differences agree with their formulas, and the best step is the one with the smallest error."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from demos.exercises.checking.calls import need_function
from demos.exercises.checking.comparison import Mistake, agree
from demos.exercises.checking.numbers import plain
from demos.exercises.checks.parts.differences import (
    CENTRAL,
    CENTRAL_MISTAKES,
    CUBE,
    EXP,
    FORWARD,
    FORWARD_MISTAKES,
    INVERSE,
    SINE,
    SQUARE,
    THIRD,
    slope_of,
    slopes,
)

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
    agree("forward_difference", forward_difference, FORWARD, slopes(), FORWARD_MISTAKES, advice=advice)
    agree("central_difference", central_difference, CENTRAL, slopes(), CENTRAL_MISTAKES, advice=advice)
    advice = "Print h and abs(difference(f, x, h) - slope) for every h, and see where it is smallest."
    need_function("best_step", best_step, 4)
    agree("best_step", _as_step(best_step), _best, _searches(), OF_BEST, advice=advice)


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
    searches = [(difference, f, x, slope_of(f, x)) for f, x in points for difference in (FORWARD, CENTRAL)]
    searches += [(FORWARD, SQUARE, 0.0, 0.0), (FORWARD, THIRD, 123456.0, 1 / 3)]
    searches += [(FORWARD, CUBE, -0.034, slope_of(CUBE, -0.034))]  # at first the error grows
    return [search for search in searches if _clear(*search)]


def _clear(difference: Any, f: Any, x: float, slope: float) -> bool:
    """Whether one step is best by far, however its last bits are rounded: 1e-k and 0.1**k differ in them."""
    ks = range(1, 16)
    repeated = functools.reduce(lambda steps, _: [*steps, steps[-1] / 10], ks[1:], [0.1])
    spelt = (STEPS, [10.0**-k for k in ks], [0.1**k for k in ks], [1 / 10**k for k in ks], repeated)
    errors = [sorted(abs(difference(f, x, h) - slope) for h in steps) for steps in spelt]
    alike = all(_search(steps)(difference, f, x, slope) == _best(difference, f, x, slope) for steps in spelt)
    return alike and all(least * 1.2 < second for least, second, *_ in errors)


def _as_long_as_it_shrinks(difference: Any, f: Any, x: float, slope: float) -> Step:
    errors = [abs(difference(f, x, h) - slope) for h in STEPS]
    return Step(next((h for h, e, after in zip(STEPS, errors, errors[1:], strict=False) if after >= e), STEPS[-1]))


def _without_end(difference: Any, f: Any, x: float, slope: float) -> Step:
    h = 0.1
    while abs(difference(f, x, h / 10) - slope) < abs(difference(f, x, h) - slope):
        h /= 10
    return Step(h)


OFF_BY_ONE = [
    (STEPS[:-1], "1e-15 is not among the steps that are tried."),
    ((1.0, *STEPS), "A step of 1 is tried too."),
    ((1.0, *STEPS[:-1]), "The steps that are tried go from 1 to 1e-14."),
    (STEPS[1:], "0.1 is not among the steps that are tried."),
    ((*STEPS, 1e-16), "1e-16 is tried too."),
    ((*STEPS[1:], 1e-16), "The steps that are tried go from 0.01 to 1e-16."),
]

NO_SIGN = "Errors below 0 count as smaller than an error of 0, so the one furthest below wins."

OF_BEST = [
    Mistake(
        "always the smallest step",
        lambda difference, f, x, slope: Step(STEPS[-1]),
        "It is always the smallest h. There the difference of the rounded values has hardly a right digit left.",
        "Compute the error for every h, and remember the smallest error so far, together with its h.",
    ),
    Mistake(
        "always the largest step",
        lambda difference, f, x, slope: Step(STEPS[0]),
        "It is always the largest h: perhaps the first turn of the loop returns, or nothing is ever found better.",
        "Compute the error for every h, and remember the smallest error so far, together with its h.",
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
    *(
        Mistake(
            "exponent, not step",
            lambda *search, before=before: Step(-round(math.log10(_best(*search).h)) - before),
            "This is the k of h = 10^-k, or the place of h in a list.",
            "Return h itself.",
        )
        for before in (0, 1)
    ),
    *(Mistake("off by one", _search(steps), cause, "Print the list of your steps.") for steps, cause in OFF_BY_ONE),
    Mistake(
        "off by one",
        lambda *search: Step(10 * _best(*search).h),
        "This is the step before the best one.",
        "If the first step is 10^-1, which exponent has the step with the index i in the list?",
    ),
    Mistake(
        "sign",
        _search([10.0**k for k in range(1, 16)]),
        "The steps that are tried are 10, 100, and so on.",
        "0.1 is 10 to the power of -1.",
    ),
    Mistake(
        "^ for **",
        _search([10 ^ -k for k in range(1, 16)]),
        "In Python ^ is no power: 10 ^ -1 is -11, and 10 ^ -10 is -4.",
        "Write 10**-k.",
    ),
    Mistake(
        "stops too early",
        _as_long_as_it_shrinks,
        "It stops at the first step after which the error grows.",
        "Compute the error for every h: it may shrink again later.",
    ),
    Mistake(
        "stops too early",
        _without_end,
        "It stops at the first step that is no better, or never: then it goes on beyond 1e-15.",
        "Compute the error for each of the fifteen steps: it may shrink again later.",
    ),
    *(
        Mistake(
            "always the same step",
            lambda *search, h=h: Step(h),
            f"It is always {h}. Another function, another place or the other difference has another best step.",
            "Compute the error for every h.",
        )
        for h in (1e-8, 1e-5)
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
