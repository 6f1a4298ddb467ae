"""Task 4: a step of the delta rule is -lr times the engine's gradient of 1/2 (t - y)^2; learning is step after step."""

from __future__ import annotations

from typing import Any

import numpy as np

from demos.exercises.checking.comparison import Mistake, agree
from demos.exercises.checks.parts.delta_steps import STEP_MISTAKES, State, right_step

HINTS = (
    "Compute t - y first, once, and give it a name. Everything that changes in this step is proportional to it.",
    "The new weights are a new list: w + lr * x * error for each pair in zip(weights, inputs). For learn you need two "
    "loops, one inside the other: which of them goes over the sweeps?",
    "error = target - (bias + sum(w * x ...)); return [w + lr * x * error ...], bias + lr * error. In learn, for each "
    "sweep and each lunch: weights, bias = delta_step(weights, bias, portions, total, lr).",
)


def check(delta_step: Any, learn: Any) -> None:
    """Nothing if both are right; raises CheckFailed."""
    advice = "Work out y and t - y for this case on paper, then the change of the first weight."
    agree("delta_step", delta_step, right_step, _examples(), STEP_MISTAKES, advice=advice)
    advice = "Print weights and bias after each step, and compare with delta_step by hand."
    agree("learn", learn, _learn, _courses(), OF_LEARN, advice=advice)


def _learn(weights: Any, bias: float, lunches: Any, totals: Any, lr: float, sweeps: int) -> State:
    for _ in range(sweeps):
        for inputs, target in zip(lunches, totals, strict=True):
            weights, bias = right_step(weights, bias, inputs, target, lr)
    return weights, bias


def _examples() -> list[tuple[Any, ...]]:
    """One weight; the first lunch; many sizes, once with an error of 0, where nothing may change."""
    rng = np.random.default_rng(4)
    simple: list[tuple[Any, ...]] = [
        ([1.0], 0.5, [2.0], 4.5, 0.125),
        ([2.0, 2.0, 2.0], 0.0, [2, 5, 3], 23.5, 0.02),
        ([1.0, -2.0], 3.0, [2.0, 1.0], 3.0, 0.5),
    ]
    return simple + [
        (rng.normal(size=n).tolist(), rng.normal(), rng.normal(size=n).tolist(), rng.normal(), float(lr))
        for n, lr in ((2, 0.5), (3, 0.1), (4, 0.25), (7, 0.01))
    ]


def _courses() -> list[tuple[Any, ...]]:
    """One lunch once, two lunches once, one lunch three times, then all; other numbers."""
    rng = np.random.default_rng(40)
    guess, lunches, totals = [2.0, 2.0, 2.0], [[2, 5, 3], [1, 0, 2], [3, 1, 0], [0, 2, 1]], [24.0, 8.0, 16.0, 6.0]
    ours = [(guess, 0.25, lunches[:n], totals[:n], 0.02, sweeps) for n, sweeps in ((1, 1), (2, 1), (1, 3), (4, 5))]
    others = []
    for n in (3, 6):
        xs, ts = rng.normal(size=(n, 2)).tolist(), rng.normal(size=n).tolist()
        others.append(([0.5, -0.5], 1.0, xs, ts, 0.1, 7))
    return ours + others


def _in_batches(weights: Any, bias: float, lunches: Any, totals: Any, lr: float, sweeps: int) -> State:
    for _ in range(sweeps):
        steps = [right_step(weights, bias, x, t, lr) for x, t in zip(lunches, totals, strict=True)]
        weights = [w + sum(new[k] - w for new, _ in steps) for k, w in enumerate(weights)]
        bias += sum(new - bias for _, new in steps)
    return weights, bias


def _lunch_by_lunch(weights: Any, bias: float, lunches: Any, totals: Any, lr: float, sweeps: int) -> State:
    for inputs, target in zip(lunches, totals, strict=True):
        weights, bias = _learn(weights, bias, [inputs], [target], lr, sweeps)
    return weights, bias


OF_LEARN = [
    Mistake(
        "one sweep only",
        lambda w, b, xs, ts, lr, n: _learn(w, b, xs, ts, lr, 1),
        "What comes back is that of one sweep: a loop is missing, or `return` stands inside it, or each sweep begins "
        "with the first weights again; or a zip was made before the loops, which is used up after the first sweep.",
        "Put the loop over the lunches inside a loop over range(sweeps), and return after both.",
    ),
    Mistake(
        "returns too early",
        lambda w, b, xs, ts, lr, n: right_step(w, b, xs[0], ts[0], lr),
        "Only one step is taken, for the first lunch: `return` stands inside both loops.",
        "Return after the loops: take the indentation back.",
    ),
    Mistake(
        "off by one",
        lambda w, b, xs, ts, lr, n: _learn(w, b, xs, ts, lr, n - 1),
        "There is one sweep too few.",
        "How many turns has a loop over range(sweeps)?",
    ),
    Mistake(
        "off by one",
        lambda w, b, xs, ts, lr, n: _learn(w, b, xs, ts, lr, n + 1),
        "There is one sweep too many.",
        "How many turns has a loop over range(sweeps)?",
    ),
    Mistake(
        "all pairs",
        lambda w, b, xs, ts, lr, n: _learn(w, b, [x for x in xs for _ in ts], [t for _ in xs for t in ts], lr, n),
        "Each lunch is learned with all totals, not only with its own.",
        "Go through both lists side by side, in one loop: zip(lunches, totals).",
    ),
    Mistake(
        "batch instead of online",
        _in_batches,
        "All steps of a sweep begin at the same weights, and their changes are added up at its end.",
        "Let each step begin with the weights that the one before it has returned.",
    ),
    Mistake(
        "starts over",
        lambda w, b, xs, ts, lr, n: right_step(w, b, xs[-1], ts[-1], lr),
        "Each step begins with the first weights again, so that only the last lunch has been learned.",
        "Write the result of delta_step into the variables that the next call begins with.",
    ),
    Mistake(
        "wrong order",
        _lunch_by_lunch,
        "It takes all steps for one lunch before it looks at the next.",
        "Exchange the two loops: the outer one is that over the sweeps.",
    ),
    Mistake(
        "wrong order",
        lambda w, b, xs, ts, lr, n: _learn(w, b, xs[::-1], ts[::-1], lr, n),
        "It goes through the lunches from the last to the first.",
        "Go through them in the order in which they are given.",
    ),
    Mistake(
        "nothing learned",
        lambda w, b, xs, ts, lr, n: (w, b),
        "The weights and the bias come back as they were.",
        "delta_step changes nothing by itself: keep what it returns.",
    ),
    Mistake(
        "bias not learned",
        lambda w, b, xs, ts, lr, n: (_weights_only(w, b, xs, ts, lr, n), b),
        "The new weights are kept from step to step, the new bias is not.",
        "Keep both: weights, bias = delta_step(...).",
    ),
    Mistake(
        "weights not learned",
        lambda w, b, xs, ts, lr, n: (w, _bias_only(w, b, xs, ts, lr, n)),
        "The new bias is kept from step to step, the new weights are not.",
        "Keep both: weights, bias = delta_step(...).",
    ),
]


def _weights_only(weights: Any, bias: float, lunches: Any, totals: Any, lr: float, sweeps: int) -> list[float]:
    for inputs, target in list(zip(lunches, totals, strict=True)) * sweeps:
        weights, _after = right_step(weights, bias, inputs, target, lr)
    return weights


def _bias_only(weights: Any, bias: float, lunches: Any, totals: Any, lr: float, sweeps: int) -> float:
    for inputs, target in list(zip(lunches, totals, strict=True)) * sweeps:
        _new, bias = right_step(weights, bias, inputs, target, lr)
    return bias
