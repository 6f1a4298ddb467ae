"""Task 22: the target agrees with its formula, and the gradient of the loss goes where it should and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import fmean
from typing import Any, TypeAlias

import numpy as np

from autograd import Value
from demos.exercises.checking.calls import called, need_function
from demos.exercises.checking.comparison import Mistake, agree
from demos.exercises.checking.words import call_text, shown
from demos.exercises.verdict import CheckFailed, Finding

HINTS = (
    "What is still to come after the last move of a walk? And for the loss: `value` and `next_values` are Values, and "
    "whatever is computed from a Value hands a gradient back to it.",
    "Two cases for `target`, with `if ended`. In `loss`, v.data is the number of a Value v without its graph: make the "
    "target of these numbers.",
    "target: return reward if ended, else reward + discount * max(next_values). loss: call it with "
    "[v.data for v in next_values], and return 0.5 * (that - value) ** 2, where value stays a Value.",
)

Case: TypeAlias = "tuple[float, bool, Sequence[float], float]"


def check(target: Any, loss: Any) -> None:
    """Nothing if both are right; raises CheckFailed."""
    advice = "Work out the largest of the next values, the discount times that, and the sum with the reward, on paper."
    agree("target", target, _target, _cases(), OF_TARGET, advice=advice)
    need_function("loss", loss, 5)
    advice = "Compute the target by itself and print it: is it the number that you expect, and is it a plain float?"
    agree("loss", _looked_at(loss), _looked_at(_loss), _with_values(_cases()), OF_LOSS, advice=advice)


def _target(reward: float, ended: bool, next_values: Sequence[Any], discount: float) -> Any:
    return reward if ended else _on_and_on(reward, ended, next_values, discount)


def _on_and_on(reward: float, ended: bool, next_values: Sequence[Any], discount: float) -> Any:
    """The target of somebody for whom no walk ends."""
    return reward + discount * max(next_values)


def _loss(value: Value, reward: float, ended: bool, next_values: Sequence[Value], discount: float) -> Any:
    return 0.5 * (_target(reward, ended, [v.data for v in next_values], discount) - value) ** 2


def _cases() -> list[Case]:
    """A step on the way, the step to the goal, values below 0 only, a single one, then random ones."""
    rng = np.random.default_rng(22)
    by_hand: list[Case] = [
        (-0.02, False, [0.1, 0.5, -0.3, 0.2], 0.95),
        (0.98, True, [0.1, 0.5, -0.3, 0.2], 0.95),
        (0.0, False, [-0.4, -0.1, -0.7], 0.5),
        (1.0, False, [2.0], 0.9),
        (-1.0, True, [-0.5, -2.0], 0.9),
    ]
    drawn = [
        (float(rng.normal()), bool(k % 3 == 2), rng.normal(size=2 + k % 4).tolist(), float(rng.uniform(0.3, 0.9)))
        for k in range(12)
    ]
    return by_hand + drawn


def _with_values(cases: Sequence[Case]) -> list[tuple[Any, ...]]:
    """The cases of `target`, each with what was expected before."""
    rng = np.random.default_rng(23)
    return [(0.3, *cases[0]), *((float(rng.normal()), *case) for case in cases[1:])]


def _looked_at(loss: Callable[..., Any]) -> Callable[..., Any]:
    """The same of plain numbers: the loss, and the gradients that its backward() leaves."""

    def look(value: float, reward: float, ended: bool, next_values: Sequence[float], discount: float) -> Any:
        now, later = Value(value), [Value(x) for x in next_values]
        handed = list(later)
        result = called("loss", loss, now, reward, ended, handed, discount)
        kept = len(handed) == len(later) and all(a is b for a, b in zip(handed, later, strict=True))
        if not kept or [now.data, *(v.data for v in later)] != [value, *next_values]:
            changed = "value" if now.data != value else "next_values"
            raise CheckFailed(
                Finding(
                    "changes its arguments",
                    call_text("loss", (value, reward, ended, next_values, discount)),
                    f"{changed} is afterwards what it was before",
                    f"something else stands in {changed}",
                    "It writes into what it was given; whoever called it does not expect that.",
                    "Make a new list of the numbers. To change `value` is for whoever calls `loss`.",
                )
            )
        if isinstance(result, Value):
            result.backward()
        elif not isinstance(result, (int, float, np.integer, np.floating)):  # a number leaves all gradients at 0
            raise CheckFailed(
                Finding(
                    "returns nothing" if result is None else "not a number",
                    call_text("loss", (value, reward, ended, next_values, discount)),
                    "a Value",
                    shown(result),
                    "There is no `return` on the way that was taken." if result is None else "",
                    "Return 1/2 (target - value)^2, computed with `value` as it is.",
                )
            )
        return {
            "loss": float(result),
            "gradient of value": now.grad,
            "gradients of next_values": [v.grad for v in later],
        }

    return look


def _lossy(target: Callable[..., Any]) -> Callable[..., Any]:
    """The loss of somebody whose target, of numbers, is this one."""

    def loss(value: Value, reward: float, ended: bool, next_values: Sequence[Value], discount: float) -> Any:
        return 0.5 * (target(reward, ended, [v.data for v in next_values], discount) - value) ** 2

    return _looked_at(loss)


def _passed_back(loss: Value) -> Value:
    loss.backward()
    return loss


def _data_of_floats(reward: float, ended: bool, next_values: Sequence[Any], discount: float) -> Any:
    return _target(reward, ended, [v.data for v in next_values], discount)


def _data_of_floats_unless_ended(reward: float, ended: bool, next_values: Sequence[Any], discount: float) -> Any:
    return reward if ended else _data_of_floats(reward, ended, next_values, discount)


END = "The walk goes on after its end: the next values are counted although there is no next move."
AT_END = "Where `ended` is true, the target is the reward alone."
AS_NUMBERS = "v.data is asked of plain numbers. It is `loss` that gets Values."
IN_LOSS = "Take .data in `loss`, before it calls `target`."

OF_TARGET = [
    Mistake("future after the end", _on_and_on, END, AT_END),
    Mistake(
        "forgot the reward",
        lambda reward, ended, next_values, discount: 0.0 if ended else reward + discount * max(next_values),
        "At the end of a walk it is 0, so the reward of the last move, which may be the prize, is lost.",
        AT_END,
    ),
    Mistake(
        "other way round",
        lambda reward, ended, *future: _target(reward, not ended, *future),
        "The next values are counted where the walk has ended, and only there.",
        AT_END,
    ),
    *(
        Mistake(
            name,
            lambda reward, ended, next_values, discount, chosen=chosen: _target(
                reward, ended, [chosen(next_values)], discount
            ),
            cause,
            "The next move is free to be the best one: take the largest of the next values.",
        )
        for name, chosen, cause in (
            ("min instead of max", min, "The smallest of the next values is taken, as if the worst move came next."),
            ("mean instead of max", fmean, "The mean of the next values is taken, as if the next move were random."),
            ("sum instead of max", sum, "The next values are added up. But only one move is made."),
            (
                "first instead of max",
                lambda xs: xs[0],
                "The first of the next values is taken, whatever the others are.",
            ),
            (
                "maximum from 0",
                lambda xs: max(0.0, *xs),
                "Where all next values are below 0, it takes 0 for the largest.",
            ),
        )
    ),
    Mistake(
        "forgot the discount",
        lambda reward, ended, next_values, discount: _target(reward, ended, next_values, 1.0),
        "What comes later counts as much as what comes now.",
        "Multiply the largest of the next values by the discount.",
    ),
    Mistake(
        "discounted reward",
        lambda reward, ended, next_values, discount: reward if ended else discount * (reward + max(next_values)),
        "The reward is multiplied by the discount, too. But it came at once.",
        "Only what comes later is multiplied by it.",
    ),
    Mistake(
        "discounted reward",
        lambda reward, ended, next_values, discount: discount * (reward + (0.0 if ended else max(next_values))),
        "The reward is multiplied by the discount, too. But it came at once.",
        "Only what comes later is multiplied by it.",
    ),
    *(
        Mistake(
            "forgot the reward",
            lambda reward, ended, next_values, discount, at_end=at_end: (
                at_end * reward if ended else discount * max(next_values)
            ),
            "Only what comes later is counted.",
            "The reward for this move is part of the target, in each case.",
        )
        for at_end in (0.0, 1.0)
    ),
    Mistake(
        "sign",
        lambda reward, ended, next_values, discount: _target(reward, ended, next_values, -discount),
        "What comes later is subtracted.",
        "Reward now and value later add up.",
    ),
    Mistake("numbers, not Values", _data_of_floats, AS_NUMBERS, IN_LOSS),
    Mistake("numbers, not Values", _data_of_floats_unless_ended, AS_NUMBERS, IN_LOSS),
]

OF_LOSS = [
    Mistake(
        "gradient through the target",
        _looked_at(lambda value, *case: 0.5 * (_target(*case) - value) ** 2),
        "The target is made of Values, so backprop goes through it, too, and bends it towards the old value.",
        "Make the target of numbers, with v.data for each v of next_values. What has no graph gets no gradient.",
    ),
    Mistake(
        "value taken as a number",
        _looked_at(lambda value, *case: 0.5 * (_target(*case) - value.data) ** 2),
        "It is the other way round: the gradient goes into the target, and none to `value`.",
        "Take .data of the next values, and leave `value` a Value.",
    ),
    Mistake(
        "value taken as a number",
        _looked_at(lambda value, *case: _loss(value, *case).data),
        "The loss is a plain number, and nothing leads back from it to `value`.",
        "Take .data of the next values only, and compute with `value` as it is.",
    ),
    Mistake("future after the end", _lossy(_on_and_on), END, "Let `loss` call `target`, which knows about the end."),
    Mistake(
        "backward in the loss",
        _looked_at(lambda *case: _passed_back(_loss(*case))),
        "The gradient is twice what it should be: backward() is called in `loss`, and again by whoever called it.",
        "Return the loss; let the caller pass it back.",
    ),
    Mistake(
        "factor",
        _looked_at(lambda *case: 2 * _loss(*case)),
        "All numbers are twice what they should be: the 1/2 in front of the square is forgotten.",
        "With it the gradient of `value` is just -(target - value).",
    ),
    Mistake(
        "forgot the square",
        _looked_at(
            lambda value, reward, ended, next_values, discount: (
                _target(reward, ended, [v.data for v in next_values], discount) - value
            )
        ),
        "The difference itself is returned: its gradient is -1, whether much is missing or little.",
        "Square it, and take half of that.",
    ),
]
