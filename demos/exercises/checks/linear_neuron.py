"""Task 3: a bill agrees with the engine's `dot`, and the errors are what is missing from the bill to the total."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import dot
from demos.exercises.checking.comparison import Mistake, agree
from demos.exercises.checks.parts.sums import products, sum_mistakes

HINTS = (
    "What would you do with pencil and paper at the till? Each portion times its price, all of that added up; the fee "
    "comes once, at the end.",
    "zip(prices, portions) goes through both lists side by side. For the errors, go through zip(lunches, totals) and "
    "use bill for each lunch.",
    "bill returns fee + sum(w * x for w, x in zip(prices, portions)); errors returns a list with "
    "t - bill(x, prices, fee) for each x, t in zip(lunches, totals).",
)

PRICES = [4.5, 2.0, 1.5]
LUNCHES = [[2, 5, 3], [1, 0, 2], [3, 1, 0], [0, 2, 1]]


def check(bill: Any, errors: Any) -> None:
    """Nothing if both are right; raises CheckFailed."""
    advice = "Work out this bill on paper: each portion times its price, all added up, and the fee."
    agree("bill", bill, _bill, _bills(), OF_BILL, advice=advice)
    advice = "Take this lunch alone: what does bill say, and what is missing to the total?"
    agree("errors", errors, _errors, _lists(), OF_ERRORS, advice=advice)


def _bill(portions: Sequence[float], prices: Sequence[float], fee: float) -> float:
    return float(dot(prices, portions, fee))


def _errors(lunches: Sequence[Sequence[float]], totals: Sequence[float], prices: Any, fee: float) -> list[float]:
    return [t - _bill(x, prices, fee) for x, t in zip(lunches, totals, strict=True)]


def _bills() -> list[tuple[Any, ...]]:
    """The lunches without and with a fee, then any numbers of dishes at any price."""
    rng = np.random.default_rng(3)
    lunches = [(portions, PRICES, fee) for fee in (0.0, 0.5) for portions in LUNCHES]
    others = [
        (rng.integers(0, 9, size=n).tolist(), rng.normal(size=n).round(2).tolist(), round(rng.normal(), 2))
        for n in (1, 2, 4, 6, 8, 8)
    ]
    return lunches + others


def _lists() -> list[tuple[Any, ...]]:
    """One lunch, two, and all of them with a guess and with the right prices; then other menus."""
    rng = np.random.default_rng(30)
    totals = [_bill(portions, PRICES, 0.5) for portions in LUNCHES]
    ours = [(LUNCHES[:n], totals[:n], [2.0, 2.0, 2.0], 0.5) for n in (1, 2, 4)] + [(LUNCHES, totals, PRICES, 0.5)]
    others = [
        (rng.integers(0, 9, size=(n, 4)).tolist(), rng.normal(9, 9, size=n).round(2).tolist(), prices, fee)
        for n in (2, 3, 5, 8)
        for prices, fee in [(rng.normal(2, 1, size=4).round(2).tolist(), round(rng.normal(), 2))]
    ]
    return ours + others


BIAS_FORGOTTEN = "The fee is missing: everybody pays it, so it is part of every bill."

OF_BILL = [
    Mistake("bias forgotten", lambda x, w, b: _bill(x, w, 0.0), BIAS_FORGOTTEN, "Add it once, after the dishes."),
    Mistake("sign", lambda x, w, b: _bill(x, w, -b), "The fee is subtracted.", "It is paid, so it is added."),
    Mistake(
        "bias once per input",
        lambda x, w, b: _bill(x, w, b * len(x)),
        "The fee is added once for each dish on the menu.",
        "Add it a single time, outside of the loop or the brackets.",
    ),
    Mistake(
        "bias times the inputs",
        lambda x, w, b: _bill(x, [price + b for price in w], 0.0),
        "The fee is added to each price, and so it is paid for each portion.",
        "Add it a single time, outside of the loop or the brackets.",
    ),
    *sum_mistakes(lambda total, fee: total + fee, "portion", "price"),
    Mistake(
        "= instead of +=",
        lambda x, w, b: products(x, w)[-1],
        "Only the last dish is on the bill: each turn of the loop writes over the fee and the dishes before.",
        "Add to the total with +=.",
    ),
    Mistake(
        "fixed numbers",
        lambda x, w, b: _bill(x, w, 0.5),
        "The 0.5 of the example is written into the function.",
        "Add `fee`, whatever it is.",
    ),
]

OF_ERRORS = [
    Mistake(
        "sign",
        lambda lunches, totals, w, b: [-e for e in _errors(lunches, totals, w, b)],
        "It is the output minus the target. A guess that is too low should have an error above 0.",
        "Begin with the total, and subtract what bill says.",
    ),
    Mistake(
        "bias forgotten",
        lambda lunches, totals, w, b: _errors(lunches, totals, w, 0.0),
        BIAS_FORGOTTEN,
        "Hand the fee on to bill.",
    ),
    Mistake(
        "absolute values",
        lambda lunches, totals, w, b: [abs(e) for e in _errors(lunches, totals, w, b)],
        "The sign is lost, which tells whether the guess is too low or too high.",
        "Leave out abs.",
    ),
    Mistake(
        "squared errors",
        lambda lunches, totals, w, b: [e * e for e in _errors(lunches, totals, w, b)],
        "These are the squares of the errors. They come later, when one number is to say how bad all of them are.",
        "Return the differences as they are.",
    ),
    Mistake(
        "outputs, not errors",
        lambda lunches, totals, w, b: [_bill(x, w, b) for x in lunches],
        "This is what the neuron says, not how far it is off.",
        "Subtract it from the total.",
    ),
    Mistake(
        "sum of the errors",
        lambda lunches, totals, w, b: sum(_errors(lunches, totals, w, b)),
        "All errors are added up; those above and those below 0 then hide each other.",
        "Return a list with one error for each lunch.",
    ),
    *(
        Mistake(
            "returns too early",
            wrong,
            "Only the error of the first lunch comes back: `return` stands inside the loop.",
            "Collect the errors in a list, and return it after the loop.",
        )
        for wrong in (
            lambda lunches, totals, w, b: _errors(lunches, totals, w, b)[:1],
            lambda lunches, totals, w, b: _errors(lunches, totals, w, b)[0],
        )
    ),
    Mistake(
        "starts over",
        lambda lunches, totals, w, b: _errors(lunches, totals, w, b)[-1:],
        "Only the error of the last lunch is there: each turn of the loop begins a new list.",
        "Begin the list once, before the loop.",
    ),
]
