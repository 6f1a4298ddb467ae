"""A step of the delta rule, as backprop finds it, and the mistakes that are made in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd import Value, dot
from demos.exercises.checking.comparison import Mistake

State = tuple[list[float], float]
"""Weights and bias."""


def right_step(weights: Sequence[float], bias: float, inputs: Sequence[float], target: float, lr: float) -> State:
    """The weights and the bias after a step downhill on 1/2 (t - y)^2, by backprop."""
    ws, b = [Value(w) for w in weights], Value(bias)
    (0.5 * (target - dot(ws, inputs, b)) ** 2).backward()
    return [w.data - lr * w.grad for w in ws], b.data - lr * b.grad


def _changed_by(name: str, change: Callable[..., float], cause: str, advice: str) -> list[Mistake]:
    """The mistake of changing each weight by this function of (w, x, t, y, lr).

    Once with a bias that is learned in the same wrong way, as a weight with the input 1, once in the weights alone, and
    once in the bias alone.
    """

    def with_bias(weights: list[float], bias: float, inputs: list[float], target: float, lr: float) -> State:
        y = float(dot(weights, inputs, bias))
        new = [w + change(w, x, target, y, lr) for w, x in zip(weights, inputs, strict=True)]
        return new, bias + change(bias, 1.0, target, y, lr)

    return [
        Mistake(name, with_bias, cause, advice),
        Mistake(name, lambda *case: (with_bias(*case)[0], right_step(*case)[1]), f"{cause} The bias is right.", advice),
        Mistake(
            name, lambda *case: (right_step(*case)[0], with_bias(*case)[1]), f"{cause} The weights are right.", advice
        ),
    ]


def _bias_missing(weights: list[float], bias: float, inputs: list[float], target: float, lr: float) -> State:
    new, _ = right_step(weights, 0.0, inputs, target, lr)
    return new, bias + lr * (target - float(dot(weights, inputs)))


def _output_anew(weights: list[float], bias: float, inputs: list[float], target: float, lr: float) -> State:
    weights = list(weights)
    for k, x in enumerate(inputs):
        weights[k] += lr * x * (target - float(dot(weights, inputs, bias)))
    return weights, right_step(weights, bias, inputs, target, lr)[1]


def _output_anew_then_last_error(*case: Any) -> State:
    weights, bias, *example = case
    new, _ = _output_anew(*case)
    return new, right_step([*new[:-1], weights[-1]], bias, *example)[1]


def _output_anew_for_bias(weights: Any, bias: float, inputs: Any, target: float, lr: float) -> State:
    new, _ = right_step(weights, bias, inputs, target, lr)
    return new, right_step(new, bias, inputs, target, lr)[1]


def _output_after_bias(weights: Any, bias: float, inputs: Any, target: float, lr: float) -> State:
    _, after = right_step(weights, bias, inputs, target, lr)
    return right_step(weights, after, inputs, target, lr)[0], after


def _bias_times(times: Callable[[Sequence[float]], float]) -> Callable[..., State]:
    """The mistake of changing the bias by a multiple of the right change, as this function of the inputs gives it."""

    def wrong(weights: list[float], bias: float, inputs: list[float], target: float, lr: float) -> State:
        new, after = right_step(weights, bias, inputs, target, lr)
        return new, bias + times(inputs) * (after - bias)

    return wrong


def _one_weight(k: int) -> Callable[..., State]:
    """The mistake of changing only the weight in this place."""

    def wrong(weights: list[float], bias: float, inputs: list[float], target: float, lr: float) -> State:
        new, after = right_step(weights, bias, inputs, target, lr)
        kept = list(weights)
        kept[k] = new[k]
        return kept, after

    return wrong


def _as_changes(weights: list[float], bias: float, inputs: list[float], target: float, lr: float) -> State:
    new, after = right_step(weights, bias, inputs, target, lr)
    return [v - w for v, w in zip(new, weights, strict=True)], after - bias


BIAS_INPUT = "The bias changes as if its input were one of x_1, x_2, ..., or all of them."
ANEW = "y is computed again after a part of the changes, so that the others see another error."

STEP_MISTAKES = [
    *_changed_by(
        "sign",
        lambda w, x, t, y, lr: -lr * x * (t - y),
        "The change goes the wrong way. Perhaps it is y - t, or - where + is meant.",
        "If y is too low, which way does the weight of an input above 0 have to go?",
    ),
    *_changed_by(
        "forgot the learning rate",
        lambda w, x, t, y, lr: x * (t - y),
        "lr is missing: the change is far too large for one step.",
        "Multiply each change by lr, that of the bias too.",
    ),
    *_changed_by(
        "forgot the input",
        lambda w, x, t, y, lr: lr * (t - y),
        "All weights change by the same amount, however large their inputs are.",
        "Multiply the change of each weight by its input.",
    ),
    *_changed_by(
        "arguments swapped",
        lambda w, x, t, y, lr: lr * w * (t - y),
        "The change is multiplied by the number that changes, where its input should stand.",
        "Multiply the change of each weight by its input, and that of the bias by 1.",
    ),
    *_changed_by(
        "brackets",
        lambda w, x, t, y, lr: lr * x * t - y,
        "Without brackets, only t is multiplied: * comes before -.",
        "Put t - y into brackets, or give it a name first.",
    ),
    *_changed_by(
        "squared errors",
        lambda w, x, t, y, lr: lr * x * (t - y) ** 2,
        "The change is multiplied by the square of t - y.",
        "Multiply by t - y itself.",
    ),
    *_changed_by(
        "absolute values",
        lambda w, x, t, y, lr: lr * x * abs(t - y),
        "The sign of t - y is lost, which tells whether y is too low or too high.",
        "Leave out abs.",
    ),
    *_changed_by(
        "times for plus",
        lambda w, x, t, y, lr: w * lr * x * (t - y) - w,
        "The old number is multiplied by the change.",
        "Add the change to it.",
    ),
    *_changed_by(
        "factor",
        lambda w, x, t, y, lr: 2 * lr * x * (t - y),
        "The change is twice what it should be, perhaps with the 2 from the derivative of a square.",
        "Leave out the 2.",
    ),
    *_changed_by(
        "factor",
        lambda w, x, t, y, lr: lr * x * (t - y) / 2,
        "Each change is half of what it should be.",
        "Do not divide by 2.",
    ),
    Mistake("output computed anew", _output_anew, ANEW, "Compute t - y once, before anything changes."),
    Mistake("output computed anew", _output_anew_then_last_error, ANEW, "Compute t - y once, before anything changes."),
    Mistake("output computed anew", _output_anew_for_bias, ANEW, "Compute t - y once, before anything changes."),
    Mistake("output computed anew", _output_after_bias, ANEW, "Compute t - y once, before anything changes."),
    Mistake(
        "bias not learned",
        lambda w, b, x, t, lr: (right_step(w, b, x, t, lr)[0], b),
        "The weights are right, the bias stays what it was.",
        "Change it too, as a weight with the input 1.",
    ),
    Mistake(
        "weights not learned",
        lambda w, b, x, t, lr: (w, right_step(w, b, x, t, lr)[1]),
        "The bias is right, the weights stay what they were. (`for w in weights: w += ...` changes no list.)",
        "Make a new list, and append each new weight to it.",
    ),
    Mistake(
        "bias once per input",
        _bias_times(len),
        "The weights are right, but the bias changes once for each input.",
        "Change it a single time, outside of the loop over the inputs.",
    ),
    *(
        Mistake("bias times the inputs", _bias_times(times), BIAS_INPUT, "Its input is always 1.")
        for times in (sum, lambda inputs: inputs[0], lambda inputs: inputs[-1])
    ),
    Mistake("bias forgotten", _bias_missing, "y is computed without the bias.", "y is the weighted sum and the bias."),
    Mistake("only one weight", _one_weight(0), "Only the first weight changes.", "Does the loop go on to its end?"),
    Mistake(
        "only one weight",
        _one_weight(-1),
        "Only the last weight changes.",
        "Keep what each turn of the loop finds, in a list.",
    ),
    Mistake(
        "returns too early",
        lambda *case: (right_step(*case)[0][:1], right_step(*case)[1]),
        "Only the first of the new weights comes back: `return` stands inside the loop.",
        "Return after the loop: take the indentation back.",
    ),
    Mistake(
        "changes, not weights",
        _as_changes,
        "These are the changes alone.",
        "Add them to the old weights and to the old bias.",
    ),
    Mistake(
        "flat list",
        lambda *case: [*right_step(*case)[0], right_step(*case)[1]],
        "The numbers are right, but they stand in one list.",
        "Return two things: a list for the weights, and a number for the bias.",
    ),
    Mistake(
        "wrong order",
        lambda *case: right_step(*case)[::-1],
        "The numbers are right, but the bias stands before the weights.",
        "Return the weights first, then the bias.",
    ),
    Mistake("nothing learned", lambda w, b, *case: (w, b), "Nothing changes.", "Return the new numbers, not the old."),
]
