"""Task 10: the cost agrees with the loss of the nets, its gradient with the engine's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import Value, grad, mean
from demos.exercises.checking.comparison import Mistake, agree
from nets import squared_error

Rows = Sequence[Sequence[float]]

HINTS = (
    "Begin with a single example: add up the squared differences of its components. Then go through all examples, and "
    "divide once, at the end. For the slope, ask what happens to C if one component grows by a little h.",
    "Two loops, one in the other: zip(outputs, targets) gives the pairs of vectors, zip(output, target) the pairs of "
    "components. One component y occurs in one square only, and d/dy of (y - t)^2 is 2 (y - t).",
    "cost: the sum of all (y - t) ** 2, divided by 2 * len(outputs). cost_gradient: a list for each example, with "
    "(y - t) / len(outputs) for each of its components.",
)


def check(cost: Any, cost_gradient: Any) -> None:
    """Nothing if both are right; raises CheckFailed."""
    advice = "Take this case by hand: the squared length for each example, their sum, and then 1/(2n) of it."
    agree("cost", cost, _cost, _cases(), OF_COST, advice=advice)
    advice = "Add a small h to one component of one output: (C afterwards - C before) / h is its slope."
    agree("cost_gradient", cost_gradient, _gradient, _cases(), OF_GRADIENT, advice=advice)


def _cases() -> list[tuple[list[list[float]], list[list[float]]]]:
    """One number; nothing to mend; one example of two components; two examples; others at random."""
    rng = np.random.default_rng(10)
    simple = [
        ([[3.0]], [[1.0]]),
        ([[0.5, -1.0]], [[0.5, -1.0]]),
        ([[1.0, 5.0]], [[2.0, 2.0]]),
        ([[3.0], [0.0]], [[1.0], [1.0]]),
    ]
    shapes = [(2, 3), (5, 2), (4, 4), (1, 6), (7, 1)]
    return simple + [(rng.normal(size=shape).tolist(), rng.normal(size=shape).tolist()) for shape in shapes]


def _cost(outputs: Sequence[Sequence[Any]], targets: Rows) -> Any:
    return mean([squared_error(y, t) for y, t in zip(outputs, targets, strict=True)])


def _gradient(outputs: Rows, targets: Rows) -> list[Any]:
    rows = [[Value(y) for y in output] for output in outputs]
    slopes = iter(grad(_cost(rows, targets), [y for row in rows for y in row]))
    return [[next(slopes) for _ in row] for row in rows]


def _apart(outputs: Rows, targets: Rows) -> np.ndarray:
    """y - t for each component, (examples, components)."""
    return np.array(outputs) - np.array(targets)


NO_MEAN = "The examples are added up, but not divided by their number n."
NO_HALF = "The 1/2 is missing, so it is twice what it should be."
COMPONENTS = "It is divided by the number of all components, as `numpy.mean` does; n counts the examples only."
OF_ONE = "It is divided by the number of components of one output; n counts the examples."
DIVIDE = "Divide by len(outputs)."

OF_COST = [
    Mistake("factor", lambda y, t: (_apart(y, t) ** 2).sum() / len(y), NO_HALF, "Divide by 2n."),
    Mistake("sum instead of mean", lambda y, t: (_apart(y, t) ** 2).sum() / 2, NO_MEAN, DIVIDE),
    Mistake(
        "sum instead of mean",
        lambda y, t: (_apart(y, t) ** 2).sum(),
        "The squares are only added up: both the 1/2 and the 1/n are missing.",
        "Divide the sum by 2n.",
    ),
    Mistake(
        "mean over components",
        lambda y, t: (_apart(y, t) ** 2).mean() / 2,
        COMPONENTS,
        "Take the sum over the components, and the mean over the examples.",
    ),
    Mistake(
        "mean over components",
        lambda y, t: (_apart(y, t) ** 2).mean(),
        f"{COMPONENTS} The 1/2 is missing as well.",
        "Take the sum over the components, half the mean over the examples.",
    ),
    Mistake(
        "mean over components",
        lambda y, t: (_apart(y, t) ** 2).sum() / (2 * len(y[0])),
        OF_ONE,
        DIVIDE,
    ),
    Mistake(
        "brackets",
        lambda y, t: (_apart(y, t) ** 2).sum() / 2 * len(y),
        "Without brackets the half is multiplied by n: / and * are worked off from left to right.",
        "Put 2 * n into brackets.",
    ),
    Mistake(
        "brackets",
        lambda y, t: (np.array(y) - np.array(t) ** 2).sum() / (2 * len(y)),
        "Without brackets only t is squared: ** comes before -.",
        "Put the difference into brackets.",
    ),
    Mistake(
        "forgot the square",
        lambda y, t: _apart(y, t).sum() / (2 * len(y)),
        "The differences themselves are added up. Those above 0 and those below cancel.",
        "Square each difference before adding.",
    ),
    Mistake(
        "forgot the square",
        lambda y, t: np.abs(_apart(y, t)).sum() / (2 * len(y)),
        "The sizes of the differences are added up, not their squares.",
        "Square each difference: ** 2 in place of abs.",
    ),
    Mistake(
        "doubled, not squared",
        lambda y, t: (2 * _apart(y, t)).sum() / (2 * len(y)),
        "Each difference is multiplied by 2, where its square is meant.",
        "In Python ** 2 squares, and * 2 doubles.",
    ),
    Mistake(
        "length not squared",
        lambda y, t: np.sqrt((_apart(y, t) ** 2).sum(axis=1)).sum() / (2 * len(y)),
        "These are the lengths of the vectors, with a root; C has the squared lengths.",
        "Leave the square root out.",
    ),
    Mistake(
        "square of the sum",
        lambda y, t: (_apart(y, t).sum(axis=1) ** 2).sum() / (2 * len(y)),
        "The differences of an example are added first and squared then, so that they can cancel.",
        "Square each difference, then add: 3^2 + 4^2 is 25, (3 + 4)^2 is 49.",
    ),
    Mistake(
        "square of the sum",
        lambda y, t: _apart(y, t).sum() ** 2 / (2 * len(y)),
        "All differences are added first and squared then, so that they can cancel.",
        "Square each difference, then add: 3^2 + 4^2 is 25, (3 + 4)^2 is 49.",
    ),
    Mistake(
        "square of the sum",
        lambda y, t: (np.abs(_apart(y, t)).sum(axis=1) ** 2).sum() / (2 * len(y)),
        "The sizes of the differences of an example are added first and squared then.",
        "Square each difference, then add: 3^2 + 4^2 is 25, (3 + 4)^2 is 49.",
    ),
    Mistake(
        "= instead of +=",
        lambda y, t: (_apart(y, t)[-1] ** 2).sum() / (2 * len(y)),
        "Only the last example counts: the total is set anew for each one.",
        "Set it to 0 once, before the loop, and add to it with +=.",
    ),
    *(
        Mistake(
            "returns too early",
            wrong,
            f"Only the first {part} counts: `return` stands inside the loop.",
            "Return after the loop: take the indentation back.",
        )
        for part, wrong in (
            ("example", lambda y, t: (_apart(y, t)[0] ** 2).sum() / (2 * len(y))),
            ("component", lambda y, t: _apart(y, t)[0][0] ** 2 / (2 * len(y))),
        )
    ),
]

OF_GRADIENT = [
    Mistake(
        "sign",
        lambda y, t: -_apart(y, t) / len(y),
        "It is target - output. The slope is above 0 where the output is too large: there C grows with it.",
        "Put the output first.",
    ),
    Mistake(
        "factor",
        lambda y, t: 2 * _apart(y, t) / len(y),
        "The 2 that the square brings is there, but not the 1/2 of C, which cancels it.",
        "Differentiate 1/2 (y - t)^2 on paper.",
    ),
    Mistake(
        "factor",
        lambda y, t: _apart(y, t) / (2 * len(y)),
        "The 1/2 of C is there, but not the 2 that the derivative of a square brings.",
        "d/dy of (y - t)^2 is 2 (y - t).",
    ),
    Mistake("sum instead of mean", lambda y, t: _apart(y, t), "The 1/n of C is missing.", DIVIDE),
    Mistake(
        "sum instead of mean",
        lambda y, t: 2 * _apart(y, t),
        "This is the derivative of the squares alone: the 1/(2n) of C is missing.",
        "Multiply by 1/(2n).",
    ),
    Mistake("mean over components", lambda y, t: _apart(y, t) / _apart(y, t).size, COMPONENTS, DIVIDE),
    Mistake("mean over components", lambda y, t: _apart(y, t) / len(y[0]), OF_ONE, DIVIDE),
    Mistake(
        "brackets",
        lambda y, t: np.array(y) - np.array(t) / len(y),
        "Without brackets only t is divided: / comes before -.",
        "Put the difference into brackets.",
    ),
    Mistake(
        "same list again",
        lambda y, t: [(_apart(y, t) / len(y))[-1]] * len(y),
        "All rows are the last one: [[0.0] * m] * n holds one and the same list n times.",
        "Make a new list for each output.",
    ),
    Mistake(
        "value instead of slope",
        lambda y, t: _apart(y, t) ** 2 / (2 * len(y)),
        "This is the part of each component in C itself.",
        "Differentiate it: d/dy of (y - t)^2 is 2 (y - t).",
    ),
    Mistake(
        "forgot the square",
        lambda y, t: np.sign(_apart(y, t)) / len(y),
        "This is the slope of |y - t|, as large for small differences as for large ones.",
        "C has squares: their slope is the larger, the further y is from t.",
    ),
    Mistake(
        "flat list",
        lambda y, t: (_apart(y, t) / len(y)).ravel(),
        "The numbers are right, but they stand in one long list.",
        "Make a list for each output, and a list of these.",
    ),
]
