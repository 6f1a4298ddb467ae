"""Task 12: the annealed rate, and where descent leads on three losses: a bowl, a valley and one that is curved."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd import Parameter, Value, log
from demos.exercises.checking.calls import need_function
from demos.exercises.checking.comparison import Mistake, agree

HINTS = (
    "Write down what happens for one batch, in order: the gradients of the last step go, the new ones come, the "
    "parameters move. Which lines need a loop over the parameters?",
    "backward() adds into p.grad, so set p.grad = 0.0 for each parameter before it. The step changes p.data; a new "
    "Value would be none of those that the loss is made of. enumerate(batches) counts the steps from 0.",
    "For step, batch in enumerate(batches): p.grad = 0.0 for each p; loss(batch).backward(); then, for each p, "
    "p.data -= annealed(lr, step, half_after) * p.grad. And annealed is lr / (1 + step / half_after).",
)


@dataclass(frozen=True)
class Landscape:
    """A loss of parameters w and a batch t, and how it is written in a report."""

    formula: str
    loss: Callable[[Sequence[Value], float], Value]

    def __repr__(self) -> str:
        return self.formula


BOWL = Landscape("loss 1/2 (w - t)^2", lambda w, t: 0.5 * (w[0] - t) ** 2)
VALLEY = Landscape("loss (w0 - t)^2 + 1/4 (w1 + w0)^2", lambda w, t: (w[0] - t) ** 2 + 0.25 * (w[1] + w[0]) ** 2)
CURVED = Landscape("loss log(1 + (w0 w1 - t)^2)", lambda w, t: log(1 + (w[0] * w[1] - t) ** 2))


def check(annealed: Any, descend: Any) -> None:
    """Nothing if both are right; raises CheckFailed."""
    advice = "At step 0 the rate is lr, at step half_after it is lr / 2."
    agree("annealed", annealed, _annealed, _steps(), OF_RATE, advice=advice)
    need_function("descend", descend, 5)
    advice = "Take the first step by hand: the slope of the loss there, times the rate, off w."
    agree("w after descend", _arrival(descend), _walk(), _walks(), OF_DESCENT, advice=advice)


def _steps() -> list[tuple[float, int, float]]:
    rng = np.random.default_rng(12)
    simple = [(0.5, 0, 10.0), (0.5, 10, 10.0), (0.5, 20, 10.0), (0.5, 3, 10.0), (2.0, 1, 1.0)]
    others = zip(rng.uniform(0.01, 1, 8).tolist(), rng.integers(1, 1000, 8).tolist(), [5.0, 80.0] * 4, strict=True)
    return simple + list(others)


def _walks() -> list[tuple[Any, ...]]:
    """One step and two in a bowl; one in a valley; more steps, also where it is curved."""
    rng = np.random.default_rng(12)
    return [
        (BOWL, [0.0], [4.0], 0.5, 1.0),
        (BOWL, [0.0], [4.0, 8.0], 0.5, 1.0),
        (VALLEY, [1.0, -3.0], [2.0], 0.25, 4.0),
        (VALLEY, [1.0, -3.0], [2.0, 0.0, 1.0], 0.25, 4.0),
        (BOWL, [2.0], [-1.0] * 6, 0.1, 3.0),
        (CURVED, [1.5, 0.5], rng.normal(2.0, 1.0, 5).tolist(), 0.2, 5.0),
        (CURVED, [-1.0, 0.25], rng.normal(2.0, 1.0, 12).tolist(), 0.1, 10.0),
    ]


def _arrival(descend: Any) -> Callable[..., list[float]]:
    """A function of numbers made of the answer: where the parameters are after it."""

    def arrival(landscape: Landscape, start: list[float], batches: list[float], lr: float, half: float) -> list[float]:
        w = [Parameter(number) for number in start]

        def loss(batch: float) -> Value:
            return landscape.loss(w, batch)

        loss.__qualname__ = "loss"  # what Python calls it in a TypeError that a student reads
        descend(loss, list(w), batches, lr, half)
        return [p.data for p in w]

    return arrival


def _annealed(lr: float, step: int, half_after: float) -> float:
    return lr / (1 + step / half_after)


def _last(at: np.ndarray, slopes: list[np.ndarray], rate: float) -> np.ndarray:
    return -rate * slopes[-1]


Step = Callable[[np.ndarray, list[np.ndarray], float], np.ndarray]
Rate = Callable[[float, int, float], float]


def _walk(step_of: Step = _last, rate_of: Rate = _annealed) -> Callable[..., list[float]]:
    """A descent: `step_of` makes each step of the place, all slopes so far and the rate, `rate_of` the rate."""

    def arrival(landscape: Landscape, start: list[float], batches: list[float], lr: float, half: float) -> list[float]:
        at, slopes = np.array(start), []
        for step, batch in enumerate(batches):
            slopes.append(_slope(landscape, at, batch))
            at = at + step_of(at, slopes, rate_of(lr, step, half))
        return at.tolist()

    return arrival


def _slope(landscape: Landscape, at: np.ndarray, batch: float) -> np.ndarray:
    w = [Value(number) for number in at.tolist()]
    landscape.loss(w, batch).backward()
    return np.array([p.grad for p in w])


def _only(chosen: int) -> Step:
    """The right step, but for this one parameter alone."""

    def step(at: np.ndarray, slopes: list[np.ndarray], rate: float) -> np.ndarray:
        return np.where(np.arange(len(at)) == chosen % len(at), _last(at, slopes, rate), 0.0)

    return step


def _on(some: slice) -> Callable[..., list[float]]:
    """The right descent, but on these batches alone."""
    return lambda landscape, start, batches, lr, half: _walk()(landscape, start, batches[some], lr, half)


def _one_by_one(landscape: Landscape, start: list[float], batches: list[float], lr: float, half: float) -> list[float]:
    """A backward pass for each parameter, taken where those before it have moved to already."""
    at = np.array(start)
    for step, batch in enumerate(batches):
        for k in range(len(at)):
            at[k] -= _annealed(lr, step, half) * _slope(landscape, at, batch)[k]
    return at.tolist()


def _at_once(landscape: Landscape, start: list[float], batches: list[float], lr: float, half: float) -> list[float]:
    """One step at the end, with the rate of the last batch and the slopes of all."""
    slopes = [_slope(landscape, np.array(start), batch) for batch in batches]
    return (np.array(start) - _annealed(lr, len(batches) - 1, half) * sum(slopes)).tolist()


NO_ZERO = (
    "backward() adds into grad. What the steps before have left there is added to each new gradient, "
    "so the first step is right and those after it are not."
)

OF_RATE = [
    Mistake(
        "off by one",
        lambda lr, step, half: lr / (1 + (step + 1) / half),
        "It counts the steps from 1; the first one is step 0 and has the whole of lr.",
        "Take step as it is.",
    ),
    Mistake(
        "another schedule",
        lambda lr, step, half: lr * 0.5 ** (step / half),
        "The rate is halved again and again, every half_after steps. Such rates add up to a finite sum: descent may "
        "end before it arrives.",
        "Take the formula: after twice half_after steps a third is left, not a quarter.",
    ),
    Mistake(
        "rounded down",
        lambda lr, step, half: lr / (1 + step // half),
        "// leaves out the fraction, so the rate goes down in stairs.",
        "Divide with /.",
    ),
    Mistake(
        "brackets",
        lambda lr, step, half: lr / 1 + step / half,
        "lr / 1 + ... divides by 1 only: / comes before +.",
        "Put brackets around the whole of 1 + step / half_after.",
    ),
    Mistake(
        "upside down",
        lambda lr, step, half: lr * (1 + step / half),
        "It grows with the step.",
        "Divide lr by the bracket.",
    ),
    Mistake(
        "upside down",
        lambda lr, step, half: lr / (1 + step * half),
        "step is multiplied by half_after, where it should be divided.",
        "Look at step = half_after: half of lr should be left.",
    ),
    Mistake(
        "upside down",
        lambda lr, step, half: lr / (1 + half / step),
        "half_after is divided by step, where step should be divided by half_after.",
        "Look at step 0: the whole of lr should be left.",
    ),
    Mistake("not annealed", lambda lr, step, half: lr, "It is lr at every step.", "Divide by 1 + step / half_after."),
    Mistake(
        "forgot to divide",
        lambda lr, step, half: lr / (1 + step),
        "half_after plays no part, so half of lr is left after one step already.",
        "Divide step by half_after.",
    ),
]

OF_DESCENT = [
    Mistake(
        "missing zero_grad",
        _walk(lambda at, slopes, rate: -rate * np.sum(slopes, axis=0)),
        NO_ZERO,
        "Set the grad of each parameter to 0 before backward().",
    ),
    Mistake(
        "sign",
        _walk(lambda at, slopes, rate: rate * slopes[-1]),
        "It climbs: the gradient points to where the loss grows, and the step goes along it.",
        "Subtract in place of adding.",
    ),
    Mistake(
        "not annealed",
        _walk(rate_of=lambda lr, step, half: lr),
        "The first step is right; those after it are taken with lr itself.",
        "Ask annealed for the rate of each step; does `step` count up?",
    ),
    Mistake(
        "off by one",
        _walk(rate_of=lambda lr, step, half: _annealed(lr, step + 1, half)),
        "It counts the steps from 1, so the rate is annealed before the first step.",
        "The first step is step 0, as enumerate counts.",
    ),
    Mistake(
        "annealed twice",
        _walk(rate_of=lambda lr, step, half: lr * math.prod(_annealed(1.0, k, half) for k in range(step + 1))),
        "lr is overwritten with the annealed rate, and that is annealed again in the next step.",
        "Give the rate a name of its own, and leave lr as it is.",
    ),
    Mistake(
        "forgot the learning rate",
        _walk(lambda at, slopes, rate: -slopes[-1]),
        "The whole gradient is subtracted.",
        "Multiply it by the rate.",
    ),
    *(
        Mistake(
            "= instead of -=",
            _walk(step),
            "p.data is set to the step; where it stood before is lost.",
            "Change p.data by the step: -= in place of =.",
        )
        for step in (
            lambda at, slopes, rate: rate * slopes[-1] - at,
            lambda at, slopes, rate: -rate * slopes[-1] - at,
        )
    ),
    Mistake(
        "nothing moves",
        lambda landscape, start, batches, lr, half: start,
        "The parameters are where they were. `p = p - ...` makes a new Value and calls that p; the one that the loss "
        "is made of stays. Or the gradients are 0: backward() is missing, or they are set to 0 after it.",
        "Print p.grad before the step. To move p, change what is there: p.data -= ...",
    ),
    Mistake(
        "one parameter only",
        _walk(_only(0)),
        "Only the first parameter moves.",
        "Loop over all parameters, and look at the indentation.",
    ),
    Mistake(
        "one parameter only",
        _walk(_only(-1)),
        "Only the last parameter moves: the step stands after the loop over the parameters, not in it.",
        "Look at the indentation of the step.",
    ),
    Mistake(
        "one by one",
        _one_by_one,
        "There is a backward() for each parameter, and it sees those before it at their new places.",
        "Three things for each batch, one after the other: all gradients to 0, one backward(), all parameters moved.",
    ),
    Mistake(
        "returns too early",
        _on(slice(0, 1)),
        "It ends after the first batch: `return` stands inside the loop.",
        "Go through all batches.",
    ),
    Mistake(
        "one step too few",
        _on(slice(0, -1)),
        "The last batch is left out.",
        "for batch in batches goes through all of them.",
    ),
    Mistake(
        "one step at the end",
        _at_once,
        "The gradients of all batches are added up where descent began, and the parameters move once, at the end.",
        "Move them inside the loop over the batches.",
    ),
]
