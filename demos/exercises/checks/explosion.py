"""Task 13: where losses stop being numbers, how large a rate may be, and gradients whose length is clipped."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from demos.exercises.checking.comparison import Mistake, agree

HINTS = (
    "nan is not equal to anything, not even to itself, so nan == nan is False. The module math has functions that know "
    "it. For the rate: which factor does w get in a step, and when is it just -1?",
    "math.isfinite(x) is False for inf, -inf and nan. The factor is 1 - rate * c; it is -1 where rate * c is 2. Of "
    "several curvatures, which one is the first to explode? And clipping multiplies all entries by one and the same "
    "number.",
    "Return i for the first loss that is not math.isfinite, and None after the loop. The rate is 2 / max(curvatures). "
    "Where length > longest, multiply each entry by longest / length.",
)


def check(first_not_finite: Any, largest_rate: Any, clip: Any) -> None:
    """Nothing if all three are right; raises CheckFailed."""
    advice = "Go through this list by hand: which entry is the first for which math.isfinite is False?"
    agree("first_not_finite", first_not_finite, _first, _losses(), OF_FIRST, advice=advice)
    advice = "Take w = 1 and compute two steps by hand, with a rate just below your answer and with one just above it."
    agree("largest_rate", largest_rate, _rate, _curvatures(), OF_RATE, advice=advice)
    advice = "Compute the length of this gradient. Is it above `longest`? By which number is it to be multiplied?"
    agree("clip", clip, _clip, _gradients(), OF_CLIP, advice=advice)  # some add 1e-6 to the length


def _losses() -> list[tuple[list[float]]]:
    """In the middle, at the ends, nowhere; and what is large but finite."""
    inf, nan = math.inf, math.nan
    found = [[3.0, 1.0, nan, nan], [3.0, 9.0, 1e200, inf, nan], [nan, 1.0], [-inf, 1.0, nan], [2.0, 2.0, 5.0, 1.0, inf]]
    return [(losses,) for losses in [*found, [2.0, 1.0, 0.5], [1.0, 1e300, -1e300], [0.0]]]


def _first(losses: Sequence[float]) -> int | None:
    return next((i for i, loss in enumerate(losses) if not math.isfinite(loss)), None)


def _first_that(is_so: Callable[[float], bool]) -> Callable[..., int | None]:
    """The search for the first loss of which this is true."""
    return lambda losses: next((i for i, loss in enumerate(losses) if is_so(loss)), None)


def _otherwise(said: Any) -> Callable[..., Any]:
    """The right search, which says this where all is finite."""
    return lambda losses: said if _first(losses) is None else _first(losses)


def _raising(error: type[Exception]) -> Callable[..., Any]:
    """The right search, which raises where all is finite."""

    def first(losses: Sequence[float]) -> int:
        found = _first(losses)
        if found is None:
            raise error
        return found

    return first


ALL_FINITE = "Where all losses are finite it should say None."
FINITE = "Ask `not math.isfinite(loss)`."

OF_FIRST = [
    Mistake(
        "finds none",
        lambda losses: None,
        "It always says None. Either a `return` is missing; or it compares with nan, and nan == nan is False.",
        FINITE,
    ),
    Mistake("inf missed", _first_that(math.isnan), "It finds nan, but inf and -inf are not finite either.", FINITE),
    Mistake("nan missed", _first_that(math.isinf), "It finds inf, but not nan. Note that nan == nan is False.", FINITE),
    Mistake("nan missed", _first_that(lambda x: x == math.inf), "It finds inf, but neither nan nor -inf.", FINITE),
    Mistake(
        "-inf missed",
        _first_that(lambda x: x != x or x == math.inf),
        "It finds nan and inf, but not -inf.",
        FINITE,
    ),
    Mistake(
        "value, not index",
        lambda losses: next((x for x in losses if not math.isfinite(x)), None),
        "It returns the loss itself.",
        "Return where it stands; enumerate gives index and loss together.",
    ),
    Mistake("other way round", _first_that(math.isfinite), "It finds the first loss that is finite.", FINITE),
    Mistake(
        "whether, not where",
        lambda losses: _first(losses) is not None,
        "It says whether there is such a loss.",
        "Return the index, or None.",
    ),
    Mistake(
        "off by one",
        lambda losses: next((i for i, x in enumerate(losses, 1) if not math.isfinite(x)), None),
        "It counts from 1; an index counts from 0.",
        "enumerate counts from 0.",
    ),
    Mistake(
        "off by one",
        lambda losses: next((i - 1 for i, x in enumerate(losses) if not math.isfinite(x)), None),
        "This is the index of the loss before, the last finite one.",
        "Return the index of the loss that is not finite itself.",
    ),
    Mistake(
        "last, not first",
        lambda losses: max((i for i, x in enumerate(losses) if not math.isfinite(x)), default=None),
        "It goes on after the first and keeps the last.",
        "Return as soon as one is found.",
    ),
    *(
        Mistake("not None", _otherwise(said), ALL_FINITE, "Return None after the loop.")
        for said in (-1, 0, False, math.nan, "None")
    ),
    *(
        Mistake("not None", _raising(error), ALL_FINITE, "Look first whether there is any such loss.")
        for error in (IndexError, ValueError, StopIteration)
    ),
    Mistake(
        "returns too early",
        lambda losses: None if math.isfinite(losses[0]) else 0,
        "It looks at the first loss and returns: `return None` stands inside the loop.",
        "Return None after the loop.",
    ),
]


def _curvatures() -> list[tuple[list[float]]]:
    rng = np.random.default_rng(13)
    return [([1.0],), ([4.0],), ([1.0, 50.0],), ([8.0, 2.0],), *((rng.uniform(0.1, 9, n).tolist(),) for n in (3, 4, 6))]


def _rate(curvatures: Sequence[float]) -> float:
    return 2 / max(curvatures)


OF_RATE = [
    Mistake(
        "factor",
        lambda cs: 1 / max(cs),
        "At this rate the factor 1 - rate * c is 0: w is at the bottom in one step. A rate up to twice as large "
        "overshoots, but still comes nearer.",
        "At which rate is the factor -1?",
    ),
    Mistake(
        "smallest curvature",
        lambda cs: 2 / min(cs),
        "This is small enough for the least steep direction; along the steepest one w explodes.",
        "All weights have to shrink: which curvature is the strictest?",
    ),
    Mistake(
        "sum, not largest",
        lambda cs: 2 / sum(cs),
        "The curvatures are added up. Each weight has its own factor, which the other curvatures have no part in.",
        "Which of the curvatures is the strictest?",
    ),
    Mistake(
        "mean, not largest",
        lambda cs: 2 * len(cs) / sum(cs),
        "This is right for the mean of the curvatures; along the steepest direction w explodes.",
        "Which of the curvatures is the strictest?",
    ),
    Mistake(
        "first curvature only",
        lambda cs: 2 / cs[0],
        "Only the first curvature is looked at.",
        "All weights have to shrink: which curvature is the strictest?",
    ),
    *(
        Mistake(
            "upside down",
            lambda cs, factor=factor: factor * max(cs),
            "The steeper, the larger would be the rate.",
            "Solve 1 - rate * c = -1 for the rate.",
        )
        for factor in (0.5, 2)
    ),
]


def _gradients() -> list[tuple[list[float], float]]:
    """Too long, short, just as long, zero; one entry; others at random, some of them too long."""
    rng = np.random.default_rng(13)
    simple = [([3.0, -4.0], 2.5), ([3.0, -4.0], 10.0), ([3.0, -4.0], 5.0), ([-2.0], 0.5), ([0.3, 0.4], 0.75)]
    others = [(rng.normal(size=n).tolist(), longest) for n in (2, 3, 5, 8) for longest in (0.25, 1.25, 1.75)]
    return [*simple, *others, ([0.0, 0.0], 1.0)]


def _length(gradient: Sequence[float]) -> float:
    return math.hypot(*gradient)


def _squares(gradient: Sequence[float]) -> float:
    return sum(g * g for g in gradient)


def _over(measured: float, longest: float) -> float:
    return longest / measured


def _shortened(
    measure: Callable[[Sequence[float]], float] = _length, scale: Callable[[float, float], float] = _over
) -> Callable[..., list[float]]:
    """Clipping by another measure than the length, or with another scale."""

    def clip(gradient: Sequence[float], longest: float) -> list[float]:
        measured = measure(gradient)
        return [g * scale(measured, longest) for g in gradient] if measured > longest else list(gradient)

    return clip


_clip = _shortened()


def _always_numpy(gradient: Sequence[float], longest: float) -> Any:
    with np.errstate(all="ignore"):
        return np.array(gradient) * (longest / np.linalg.norm(gradient))


TURNED = "Each entry is cut off by itself. Large entries lose more than small ones, so the direction changes."
ONE_NUMBER = "Multiply all entries by the same number."
SHORT_ONES = (
    "Every gradient gets the length `longest`, also one that is shorter; for one of zeros there is no such scale."
)
ONLY_LONG = "Leave a gradient as it is unless its length is above `longest`."

OF_CLIP = [
    Mistake(
        "not clipped", lambda g, longest: g, "It comes back as it was.", "Compare its length with `longest` first."
    ),
    Mistake("each entry by itself", lambda g, longest: np.clip(g, -longest, longest), TURNED, ONE_NUMBER),
    Mistake("each entry by itself", lambda g, longest: [min(x, longest) for x in g], TURNED, ONE_NUMBER),
    Mistake("scales short ones", lambda g, longest: [longest / _length(g) * x for x in g], SHORT_ONES, ONLY_LONG),
    Mistake("scales short ones", _always_numpy, SHORT_ONES, ONLY_LONG),
    Mistake(
        "other way round",
        lambda g, longest: [longest / _length(g) * x for x in g] if _length(g) < longest else g,
        "Gradients that are too short are made longer; those that are too long stay.",
        ONLY_LONG,
    ),
    Mistake(
        "length 1",
        lambda g, longest: [x / _length(g) for x in g],
        "Every gradient gets the length 1, also one that is short; for one of zeros there is no such scale.",
        ONLY_LONG,
    ),
    Mistake(
        "zero gradient",
        lambda g, longest: [min(1.0, longest / _length(g)) * x for x in g],
        "The length of this gradient is 0, and something is divided by it.",
        "Divide only where the length is above `longest`.",
    ),
    Mistake(
        "length 1",
        _shortened(scale=lambda length, longest: 1 / length),
        "What is too long gets the length 1, where it should get the length `longest`.",
        "Multiply by `longest`, too.",
    ),
    Mistake(
        "root forgotten",
        _shortened(_squares),
        "The sum of the squares is taken for the length.",
        "The length is the square root of that sum.",
    ),
    Mistake(
        "root forgotten",
        _shortened(scale=lambda length, longest: longest / length**2),
        "It is divided by the square of the length.",
        "Divide by the length itself.",
    ),
    Mistake(
        "sum, not length",
        _shortened(lambda g: sum(map(abs, g))),
        "The sizes of the entries are added up, where the length of the vector is meant.",
        "The length is sqrt(g_1^2 + g_2^2 + ...).",
    ),
    Mistake(
        "largest, not length",
        _shortened(lambda g: max(map(abs, g))),
        "The largest entry is taken for the length.",
        "The length is sqrt(g_1^2 + g_2^2 + ...).",
    ),
    Mistake(
        "upside down",
        _shortened(scale=lambda length, longest: length / longest),
        "It grows where it should shrink.",
        "The scale is below 1: the wanted length by the length that it has.",
    ),
]
