"""Task 4: a step of the delta rule is -lr times the engine's gradient of 1/2 (t - y)^2; learning is step after step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd import Value, dot
from demos.exercises.checking.comparison import Mistake, agree

HINTS = (
    "Compute t - y first, once, and give it a name. Everything that changes in this step is proportional to it.",
    "The new weights are a new list: w + lr * x * error for each pair in zip(weights, inputs). For learn you need two "
    "loops, one inside the other: which of them goes over the sweeps?",
    "error = target - (bias + sum(w * x ...)); return [w + lr * x * error ...], bias + lr * error. In learn, for each "
    "sweep and each lunch: weights, bias = delta_step(weights, bias, portions, total, lr).",
)

State = tuple[list[float], float]
"""Weights and bias."""


def check(delta_step: Any, learn: Any) -> None:
    """Nothing if both are right; raises CheckFailed."""
    advice = "Work out y and t - y for this case on paper, then the change of the first weight."
    agree("delta_step", delta_step, _step, _examples(), OF_STEP, advice=advice)
    advice = "Print weights and bias after each step, and compare with delta_step by hand."
    agree("learn", learn, _learn, _courses(), OF_LEARN, advice=advice)


def _step(weights: Sequence[float], bias: float, inputs: Sequence[float], target: float, lr: float) -> State:
    """Downhill on 1/2 (t - y)^2, by backprop."""
    ws, b = [Value(w) for w in weights], Value(bias)
    (0.5 * (target - dot(ws, inputs, b)) ** 2).backward()
    return [w.data - lr * w.grad for w in ws], b.data - lr * b.grad


def _learn(weights: Any, bias: float, lunches: Any, totals: Any, lr: float, sweeps: int) -> State:
    for _ in range(sweeps):
        for inputs, target in zip(lunches, totals, strict=True):
            weights, bias = _step(weights, bias, inputs, target, lr)
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


def _changed_by(name: str, change: Callable[..., float], cause: str, advice: str) -> list[Mistake]:
    """The mistake of changing each weight by this function of (w, x, error, lr).

    Once with a bias that is learned in the same wrong way, as a weight with the input 1, and once with a right bias.
    """

    def weights_alone(weights: list[float], bias: float, inputs: list[float], target: float, lr: float) -> State:
        error = target - float(dot(weights, inputs, bias))
        new = [w + change(w, x, error, lr) for w, x in zip(weights, inputs, strict=True)]
        return new, bias + lr * error

    def all_alike(weights: list[float], bias: float, inputs: list[float], target: float, lr: float) -> State:
        error = target - float(dot(weights, inputs, bias))
        return weights_alone(weights, bias, inputs, target, lr)[0], bias + change(bias, 1.0, error, lr)

    return [Mistake(name, wrong, cause, advice) for wrong in (all_alike, weights_alone)]


def _bias_missing(weights: list[float], bias: float, inputs: list[float], target: float, lr: float) -> State:
    new, _ = _step(weights, 0.0, inputs, target, lr)
    return new, bias + lr * (target - float(dot(weights, inputs)))


def _output_anew(weights: list[float], bias: float, inputs: list[float], target: float, lr: float) -> State:
    weights = list(weights)
    for k, x in enumerate(inputs):
        weights[k] += lr * x * (target - float(dot(weights, inputs, bias)))
    return weights, bias + lr * (target - float(dot(weights, inputs, bias)))


def _bias_often(weights: list[float], bias: float, inputs: list[float], target: float, lr: float) -> State:
    new, after = _step(weights, bias, inputs, target, lr)
    return new, bias + len(inputs) * (after - bias)


def _one_weight(k: int) -> Callable[..., State]:
    """The mistake of changing only the weight in this place."""

    def wrong(weights: list[float], bias: float, inputs: list[float], target: float, lr: float) -> State:
        new, after = _step(weights, bias, inputs, target, lr)
        kept = list(weights)
        kept[k] = new[k]
        return kept, after

    return wrong


def _as_changes(weights: list[float], bias: float, inputs: list[float], target: float, lr: float) -> State:
    new, after = _step(weights, bias, inputs, target, lr)
    return [v - w for v, w in zip(new, weights, strict=True)], after - bias


OF_STEP = [
    *_changed_by(
        "sign",
        lambda w, x, error, lr: -lr * x * error,
        "The step goes the wrong way: y is further from t afterwards. Perhaps it is y - t, or - where + is meant.",
        "If y is too low, which way does the weight of an input above 0 have to go?",
    ),
    *_changed_by(
        "forgot the learning rate",
        lambda w, x, error, lr: x * error,
        "The change is x * (t - y), in full: far too much for one step.",
        "Multiply each change by lr, that of the bias too.",
    ),
    *_changed_by(
        "forgot the input",
        lambda w, x, error, lr: lr * error,
        "All weights change by the same amount, however large their inputs are.",
        "Multiply the change of each weight by its input.",
    ),
    *_changed_by(
        "arguments swapped",
        lambda w, x, error, lr: lr * w * error,
        "The change is multiplied by the weight itself. The derivative of w * x with respect to w is x.",
        "Multiply the change of each weight by its input.",
    ),
    Mistake(
        "output computed anew",
        _output_anew,
        "y is computed again after each weight, so that later weights see a smaller error than the first.",
        "Compute t - y once, before anything changes.",
    ),
    Mistake(
        "bias not learned",
        lambda w, b, x, t, lr: (_step(w, b, x, t, lr)[0], b),
        "The weights are right, the bias stays what it was.",
        "Change it too, as a weight with the input 1.",
    ),
    Mistake(
        "bias once per input",
        _bias_often,
        "The weights are right, but the bias changes once for each input.",
        "Change it a single time, outside of the loop over the inputs.",
    ),
    Mistake(
        "bias forgotten",
        _bias_missing,
        "y is computed without the bias.",
        "y is the weighted sum and the bias.",
    ),
    *_changed_by(
        "factor",
        lambda w, x, error, lr: 2 * lr * x * error,
        "Each change is twice what it should be: the 2 from the derivative of a square, which the 1/2 of E takes away.",
        "Leave out the 2.",
    ),
    Mistake(
        "only one weight",
        _one_weight(0),
        "Only the first weight changes.",
        "Does the loop go on to its end?",
    ),
    Mistake(
        "only one weight",
        _one_weight(-1),
        "Only the last weight changes.",
        "Keep what each turn of the loop finds, in a list.",
    ),
    Mistake(
        "changes, not weights",
        _as_changes,
        "These are the changes alone.",
        "Add them to the old weights and to the old bias.",
    ),
]


def _in_batches(weights: Any, bias: float, lunches: Any, totals: Any, lr: float, sweeps: int) -> State:
    for _ in range(sweeps):
        steps = [_step(weights, bias, x, t, lr) for x, t in zip(lunches, totals, strict=True)]
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
        "It goes through the lunches once, whatever `sweeps` is: a loop is missing, or a return stands inside it.",
        "Put the loop over the lunches inside a loop over range(sweeps), and return after both.",
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
        "batch instead of online",
        _in_batches,
        "All steps of a sweep begin at the same weights, and their changes are added up at its end.",
        "Let each step begin with the weights that the one before it has returned.",
    ),
    Mistake(
        "starts over",
        lambda w, b, xs, ts, lr, n: _step(w, b, xs[-1], ts[-1], lr),
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
]


def _weights_only(weights: Any, bias: float, lunches: Any, totals: Any, lr: float, sweeps: int) -> list[float]:
    for _ in range(sweeps):
        for inputs, target in zip(lunches, totals, strict=True):
            weights, _after = _step(weights, bias, inputs, target, lr)
    return weights
