"""Task 1: the weighted sum and the threshold."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, product
from typing import Any

import numpy as np

from demos.exercises.checking.comparison import Mistake, agree
from demos.exercises.checks.parts.sums import products, sum_mistakes

HINTS = (
    "First add up the weights of the facts that hold. A fact that does not hold is 0: what does it do to a product?",
    "zip(weights, facts) goes through both lists side by side; the sum of w * x for each pair is what is compared.",
    "Compute total = sum(w * x for w, x in zip(weights, facts)), and return 1 if total > threshold, else 0.",
)


def check(decide: Any) -> None:
    """Nothing if `decide` is a perceptron; raises CheckFailed."""
    advice = "Work out the sum for this case on paper: weight times fact, for each fact, all added up."
    agree("decide", decide, _right, _cases(), MISTAKES, advice=advice)


def _right(facts: Sequence[float], weights: Sequence[float], threshold: float) -> int:
    return _above(_total(facts, weights), threshold)


def _above(total: float, threshold: float) -> int:
    return int(total > threshold)


def _total(facts: Sequence[float], weights: Sequence[float]) -> float:
    return sum(products(facts, weights))


def _cases() -> list[tuple[Any, ...]]:
    """The vacation; sums that are just the threshold; other numbers of facts, with weights below 0."""
    rng = np.random.default_rng(1)
    vacation = [(list(facts), [3.0, 6.0, 2.0], 7.0) for facts in product((0, 1), repeat=3)]
    level = [([1, 1, 0], [3.0, 4.0, 2.0], 7.0), ([0, 0], [1.0, 1.0], 0.0)]
    others = [
        (rng.integers(0, 2, size=n).tolist(), rng.integers(-5, 6, size=n).astype(float).tolist(), float(threshold))
        for n in (1, 2, 4, 5, 6, 8)
        for threshold in rng.integers(-4, 5, size=8)
    ]
    return vacation + level + others


MISTAKES = [
    Mistake(
        "at the threshold",
        lambda facts, weights, threshold: int(_total(facts, weights) >= threshold),
        ">= where > is meant: the sum has to be above the threshold, and here it is just as high.",
        "Compare with >.",
    ),
    *(
        Mistake(
            "other way round",
            wrong,
            "It says 1 where the sum is below the threshold.",
            "Which of the two should be larger for a yes?",
        )
        for wrong in (
            lambda facts, weights, threshold: int(_total(facts, weights) < threshold),
            lambda facts, weights, threshold: int(_total(facts, weights) <= threshold),
        )
    ),
    Mistake(
        "sign",
        lambda facts, weights, threshold: _above(_total(facts, weights), -threshold),
        "The threshold is added to the sum.",
        "Leave the sum as it is, and compare it with the threshold.",
    ),
    *sum_mistakes(_above, "fact", "weight"),
    Mistake(
        "returns too early",
        lambda facts, weights, threshold: int(any(total > threshold for total in accumulate(products(facts, weights)))),
        "It says 1 as soon as the facts so far are enough; weights below 0 that come later are not counted.",
        "Compare with the threshold after the loop, when the sum is complete.",
    ),
    Mistake(
        "fixed numbers",
        lambda facts, weights, threshold: _above(_total(facts, weights), 7.0),
        "The 7 of the example is written into the function.",
        "Compare with `threshold`, whatever it is.",
    ),
    Mistake(
        "-1 instead of 0",
        lambda facts, weights, threshold: 2 * _right(facts, weights, threshold) - 1,
        "It says -1 where the answer is no.",
        "Return 0 there.",
    ),
    *(
        Mistake("no decision", wrong, "The sum itself is returned.", "Compare it with the threshold: return 1 or 0.")
        for wrong in (
            lambda facts, weights, threshold: _total(facts, weights),
            lambda facts, weights, threshold: _total(facts, weights) - threshold,
        )
    ),
]
