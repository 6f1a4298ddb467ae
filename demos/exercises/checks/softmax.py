"""Task 14: softmax, cross-entropy and its gradient agree with the engine's, at any size of the scores."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from statistics import fmean
from typing import Any

import numpy as np

import nets
from autograd import Value, grad
from demos.exercises.checking.comparison import Mistake, agree

HINTS = (
    "Multiply numerator and denominator of the fraction by exp(-m): what becomes of the scores? Which m makes every "
    "exp harmless? For the cross-entropy, use log(a / b) = log(a) - log(b).",
    "With m = max(scores), exp(s - m) is at most 1, and at least one of them is 1, so the sum is not 0 either. And "
    "-log p_label is log(sum of all exp(s)) - s_label, where that logarithm is m + log(sum of all exp(s - m)).",
    "softmax: each exp(s - m), divided by their sum. cross_entropy: m + log(sum of exp(s - m)) - scores[label], "
    "with the same m. The gradient: the list that softmax gives, with 1 subtracted at the label.",
)


@np.errstate(all="ignore")  # where arrays overflow, what comes of it is told in words
def check(softmax: Any, cross_entropy: Any, cross_entropy_gradient: Any) -> None:
    """Nothing if all three are right; raises CheckFailed."""
    scores = [(scores,) for scores in [*_ordinary(), *LARGE]]
    advice = "Compute exp of each of these scores, their sum, and divide."
    agree("softmax", softmax, _softmax, scores, OF_SOFTMAX, advice=advice)
    cases = [(scores, label) for scores in [*_ordinary(), *LARGE] for label in sorted({0, len(scores) - 1})]
    advice = "Compute the probability of the label, and -log of it."
    agree("cross_entropy", cross_entropy, _loss, cases, OF_LOSS, advice=advice, tolerance=1e-4)
    advice = "Compare with (cross_entropy afterwards - before) / h, where a small h is added to one of the scores."
    agree("cross_entropy_gradient", cross_entropy_gradient, _gradient, cases, OF_SLOPE, advice=advice)


LARGE = [
    [1000.0, 0.0],
    [0.0, -1000.0],
    [1000.0, 1001.0],
    [-1000.0, -1001.0],
    [1000.0, -1000.0, 999.0],
    [-800.0, 800.0, 0.0, 790.0],
    [-1000.0, -1000.0, 1000.0, 1000.0],
]


def _ordinary() -> list[list[float]]:
    """Equal scores; two; three, and the same with a number added to each; others at random."""
    rng = np.random.default_rng(14)
    three = [0.5, -1.0, 2.0]
    simple = [[1.0, 1.0], [2.0, 0.0], three, [s + 5.0 for s in three], [s - 20.0 for s in three]]
    return simple + [rng.normal(scale=3.0, size=n).tolist() for n in (2, 4, 10)]


def _softmax(scores: Sequence[float]) -> list[float]:
    return [p.data for p in nets.softmax([Value(s) for s in scores])]


def _loss(scores: Sequence[float], label: int) -> float:
    return nets.cross_entropy([Value(s) for s in scores], label).data


def _gradient(scores: Sequence[float], label: int) -> list[Any]:
    row = [Value(s) for s in scores]
    return grad(nets.cross_entropy(row, label), row)


def _one_hot(scores: Sequence[float], label: int) -> np.ndarray:
    return np.eye(len(scores))[label]


def _powers(scores: Sequence[float]) -> list[float]:
    return [math.exp(s) for s in scores]


def _naive(scores: Sequence[float]) -> list[float]:
    """The formula as it stands, with math: where a number is too large for exp, it raises."""
    return [power / sum(_powers(scores)) for power in _powers(scores)]


def _naive_arrays(scores: Sequence[float]) -> Any:
    """The formula as it stands, with NumPy: where a number is too large for exp, it gives nan."""
    return np.exp(scores) / np.exp(scores).sum()


def _shifted_in_part(scores: Sequence[float]) -> list[float]:
    return [math.exp(s - max(scores)) / sum(_powers(scores)) for s in scores]


def _shifted_below_only(scores: Sequence[float]) -> list[float]:
    return [power / sum(math.exp(s - max(scores)) for s in scores) for power in _powers(scores)]


def _of_probability(loss: Callable[[float], Any], softmax: Callable[..., Any] = _softmax) -> Callable[..., Any]:
    """A function of scores and label that only looks at the label's probability."""
    return lambda scores, label: loss(softmax(scores)[label])


def _raised(small: float) -> Callable[[float], float]:
    """-log of the probability and a small number more."""
    return lambda p: -math.log(p + small)


def _floored(small: float) -> Callable[[float], float]:
    """-log of the probability, but of a small number where that is smaller still."""
    return lambda p: -math.log(max(p, small))


def _to_base(base: int) -> list[Callable[..., Any]]:
    """The loss with another logarithm: computed as it should be, and from the probability in two ways."""
    log = math.log(base)
    return [
        lambda scores, label: _loss(scores, label) / log,
        lambda scores, label: (_loss(scores, label) - (gap := max(scores) - scores[label])) / log + gap,
        _of_probability(lambda p: -math.log(p) / log),
        _of_probability(lambda p: -np.log(p) / log),
    ]


def _at_label(scores: Sequence[float], label: int, entry: float) -> np.ndarray:
    return entry * _one_hot(scores, label)


OVERFLOW = (
    "The formula is right, but exp is asked for a number that no float can hold: that is so above 709. Below -745 "
    "exp is rounded to 0, and if all are, so is the sum."
)
SHIFT = "Subtract max(scores) from every score first; no probability changes by that."
IN_PART = "The shift by max(scores) stands in one half of the fraction only, so it does not cancel."
BOTH = "Compute the list of exp(s - max(scores)) once, and use it above and below."
LOG_OF_ZERO = (
    "The probability of the label is so small that it is rounded to 0, and 0 has no logarithm. The loss itself is an "
    "ordinary number."
)
APART = "Take the logarithm of the fraction apart, log(a / b) = log(a) - log(b), before any number is rounded to 0."
EPSILON = (
    "A small number keeps the logarithm from seeing 0. But that puts a ceiling on the loss, which has none: it is 1000 "
    "where the scores are 1000 apart."
)
BELOW_0 = "The logarithm of a probability is below 0; the loss is the opposite of it."
MINUS = "Put a minus before it."
NATURAL = "This is the logarithm to the base {}; the natural one is meant."
PROBABILITIES = "These are the probabilities themselves, which is right for all classes but the label."
HOT = "At the label, subtract 1."
FROM_0 = "It is right for the class before the label: labels count from 0, as indices do."

OF_SOFTMAX = [
    Mistake("overflow", _naive, OVERFLOW, SHIFT),
    Mistake("overflow", _naive_arrays, OVERFLOW, SHIFT),
    *(
        Mistake(
            "overflow",
            lambda scores, of=of: _naive([s - of(scores) for s in scores]),
            f"{what} is subtracted from all. The largest can still be above it by more than exp can bear.",
            "Subtract the largest of them.",
        )
        for what, of in (("The first score", lambda s: s[0]), ("The smallest score", min), ("The mean", fmean))
    ),
    Mistake("shifted in part", _shifted_in_part, IN_PART, BOTH),
    Mistake("shifted in part", _shifted_below_only, IN_PART, BOTH),
    Mistake(
        "forgot exp",
        lambda scores: [s / sum(scores) for s in scores],
        "The scores themselves are divided by their sum. That can be below 0, or divide by 0.",
        "Take exp of each score first: it is always above 0.",
    ),
    Mistake(
        "not normalised",
        _powers,
        "This is exp of each score; these do not add up to 1.",
        "Divide each by their sum.",
    ),
    Mistake(
        "not normalised",
        lambda scores: _powers([s - max(scores) for s in scores]),
        "This is exp of each shifted score; these do not add up to 1.",
        "Divide each by their sum.",
    ),
    Mistake(
        "not normalised",
        lambda scores: [Value(s).sigmoid().data for s in scores],
        "This is the sigmoid of each score; these do not add up to 1.",
        "Each probability depends on all scores: divide exp of the score by the sum for all of them.",
    ),
    Mistake(
        "sign",
        lambda scores: _softmax([-s for s in scores]),
        "The highest score gets the smallest probability: exp(-s) in place of exp(s).",
        "The sigmoid has exp(-z); here it is exp(s).",
    ),
]

OF_LOSS = [
    Mistake("log of 0", _of_probability(lambda p: -math.log(p)), LOG_OF_ZERO, APART),
    Mistake("log of 0", _of_probability(lambda p: -np.log(p)), LOG_OF_ZERO, APART),
    *(
        Mistake("log of 0", _of_probability(loss(small)), EPSILON, APART)
        for small in (1e-300, *(10.0**-k for k in range(4, 17)))
        for loss in (_raised, _floored)
    ),
    Mistake("overflow", lambda scores, label: math.log(sum(_powers(scores))) - scores[label], OVERFLOW, SHIFT),
    Mistake("overflow", lambda scores, label: np.log(np.exp(scores).sum()) - scores[label], OVERFLOW, SHIFT),
    Mistake("overflow", _of_probability(lambda p: -math.log(p), _naive), OVERFLOW, SHIFT),
    Mistake("overflow", _of_probability(lambda p: -np.log(p), _naive_arrays), OVERFLOW, SHIFT),
    Mistake("sign", lambda scores, label: -_loss(scores, label), BELOW_0, MINUS),
    Mistake("sign", _of_probability(np.log), BELOW_0, MINUS),
    Mistake("sign", _of_probability(math.log), BELOW_0, MINUS),
    *(
        Mistake("factor", wrong, NATURAL.format(base), "Use math.log with one argument.")
        for base in (10, 2)
        for wrong in _to_base(base)
    ),
    Mistake(
        "shift not undone",
        lambda scores, label: _loss(scores, label) - max(scores),
        "max(scores) was subtracted inside exp, so the logarithm of the sum is too small by as much.",
        "Add max(scores) to the logarithm, or subtract it from the label's score as well.",
    ),
    Mistake(
        "shift not undone",
        lambda scores, label: _loss(scores, label) - 2 * max(scores),
        "max(scores) was subtracted inside exp, and it is subtracted once more outside.",
        "Add max(scores) to the logarithm: log(exp(m)) is m.",
    ),
    Mistake(
        "off by one", lambda scores, label: _loss(scores, (label - 1) % len(scores)), FROM_0, "Use `label` as it is."
    ),
    Mistake("forgot log", _of_probability(lambda p: 1 - p), "It is 1 - p, at most 1.", "Take the logarithm."),
    Mistake("forgot log", _of_probability(lambda p: p), "This is the probability itself.", "Return -log of it."),
    Mistake(
        "all labels",
        lambda scores, label: sum(_loss(scores, k) for k in range(len(scores))),
        "It is added up over all classes; only the label counts.",
        "Take the one probability at the index `label`.",
    ),
    Mistake(
        "all labels",
        lambda scores, label: -sum(math.log(p if k == label else 1 - p) for k, p in enumerate(_softmax(scores))),
        "-log(1 - p) is added for the other classes. That belongs to outputs that are sigmoids, each by itself.",
        "Take the one probability at the index `label`.",
    ),
    Mistake(
        "no softmax",
        lambda scores, label: -scores[label],
        "This is the score of the label, with a minus; the other scores have no part in it.",
        "Subtract it from the logarithm of the sum of all exp(s).",
    ),
]

OF_SLOPE = [
    Mistake(
        "sign",
        lambda scores, label: _one_hot(scores, label) - _softmax(scores),
        "It is 1 - p at the label and -p elsewhere. But the loss falls when the label's score grows: a slope below 0.",
        "Subtract the 1 from p, not p from the 1.",
    ),
    Mistake(
        "sign",
        lambda scores, label: abs(_one_hot(scores, label) - _softmax(scores)),
        "Only the label's entry is the wrong way round: it is p - 1.",
        "The loss falls when the label's score grows: the slope there is below 0.",
    ),
    Mistake("one-hot forgotten", lambda scores, label: _softmax(scores), PROBABILITIES, HOT),
    Mistake(
        "label only",
        lambda scores, label: _at_label(scores, label, _softmax(scores)[label] - 1),
        "It is right at the label, and 0 elsewhere. The other scores are in the sum below the fraction.",
        "For every other class the slope is its probability.",
    ),
    Mistake(
        "one number",
        lambda scores, label: _softmax(scores)[label] - 1,
        "This is the slope in the score of the label alone.",
        "Return a list, with one slope for each score.",
    ),
    Mistake(
        "not through the softmax",
        lambda scores, label: _at_label(scores, label, -1 / _softmax(scores)[label]),
        "This is the slope of -log p in p. The scores are one step further back.",
        "By the chain rule, multiply by the derivative of p in each score; what comes out is much simpler.",
    ),
    Mistake(
        "not the loss",
        lambda scores, label: [p * (1 - p) for p in _softmax(scores)],
        "p (1 - p) is the slope of each probability in its own score. The loss is -log of one of them.",
        "By the chain rule, multiply the slope of -log p in p by that of p in each score.",
    ),
    Mistake(
        "subtracted everywhere",
        lambda scores, label: np.array(_softmax(scores)) - 1,
        "1 is subtracted from all probabilities.",
        HOT,
    ),
    Mistake("overflow", lambda scores, label: _naive(scores) - _one_hot(scores, label), OVERFLOW, SHIFT),
    Mistake("overflow", lambda scores, label: _naive_arrays(scores) - _one_hot(scores, label), OVERFLOW, SHIFT),
]
