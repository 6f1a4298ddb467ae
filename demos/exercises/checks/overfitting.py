"""Task 16: a split keeps its laws; error rates and the epoch to keep agree, in small cases and random ones."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from demos.exercises.checking.comparison import Mistake, agree
from demos.exercises.checks.parts.splits import check_split

HINTS = (
    "split: shuffle the places, not the examples: one order of 0 .. n - 1 serves both lists. early_stop: which two "
    "things do you have to remember from epoch to epoch?",
    "order = rng.permutation(len(xs)); its first round(share * len(xs)) places are the test part, the others are for "
    "training. error_rate counts where predict(x) != y, and divides by how many there are.",
    "early_stop: best = 0; go through the losses with enumerate. If the loss is below losses[best], best is this "
    "epoch; if not, and epoch - best >= patience, stop. Return best.",
)


def check(split: Any, error_rate: Any, early_stop: Any) -> None:
    """Nothing if the three tools are right; raises CheckFailed."""
    check_split(split)
    advice = "Work it out by hand for this case, example by example."
    agree("error_rate", error_rate, _error_rate, _predictions(), OF_THE_RATE, advice=advice)
    advice = "Go through the losses by hand, and write down the best epoch so far after each of them."
    agree("early_stop", early_stop, _early_stop, _losses(), OF_STOPPING, advice=advice)


@dataclass(frozen=True)
class Predict:
    """A function of one x with a name that can be read in a report."""

    name: str
    function: Callable[[Any], Any]

    def __call__(self, x: Any) -> Any:
        return self.function(x)

    def __repr__(self) -> str:
        return self.name


SIZE = Predict("abs", abs)
PARITY = Predict("is_odd", lambda x: x % 2)


def _predictions() -> list[tuple[Any, ...]]:
    """A function, xs and ys: all right, all wrong, then by chance."""
    rng = np.random.default_rng(16)
    by_chance = [(PARITY, rng.integers(0, 50, n).tolist(), rng.integers(0, 2, n).tolist()) for n in (3, 7, 10, 20)]
    small = ([1, -2, 3, -4], [1, -2, 3, 5]), ([1000, -2000], [1000, 2000]), ([-1, -2, -3], [7, -7, 9])
    return [(SIZE, *lists) for lists in small] + by_chance


def _mistakes(predict: Callable[[Any], Any], xs: Sequence[Any], ys: Sequence[Any]) -> list[bool]:
    return [predict(x) != y for x, y in zip(xs, ys, strict=True)]


def _error_rate(predict: Callable[[Any], Any], xs: Sequence[Any], ys: Sequence[Any]) -> float:
    return float(np.mean(_mistakes(predict, xs, ys)))


OF_THE_RATE = [
    Mistake(
        "accuracy, not error",
        lambda predict, xs, ys: 1 - _error_rate(predict, xs, ys),
        "This is the part that is right.",
        "Count where predict(x) != y.",
    ),
    Mistake(
        "sum instead of mean",
        lambda predict, xs, ys: sum(_mistakes(predict, xs, ys)),
        "The mistakes are counted, but not divided by the number of examples.",
        "Divide by len(xs): a rate lies between 0 and 1.",
    ),
    *(
        Mistake(
            "distance, not mistakes",
            lambda predict, xs, ys, size=size: np.mean([size(predict(x) - y) for x, y in zip(xs, ys, strict=True)]),
            f"This is a mean of {name}. A 3 that is read as an 8 is no worse than one that is read as a 4.",
            "Only count whether predict(x) and y are the same.",
        )
        for name, size in (("squared differences", np.square), ("differences", np.abs))
    ),
    Mistake(
        "returns too early",
        lambda predict, xs, ys: _mistakes(predict, xs, ys)[0] / len(xs),
        "Only the first example counts: `return` stands inside the loop.",
        "Return after the loop.",
    ),
    Mistake(
        "identity, not equality",
        lambda predict, xs, ys: np.mean([predict(x) is not y for x, y in zip(xs, ys, strict=True)]),
        "`is not` asks whether they are the same object. Two equal numbers may be two objects.",
        "Compare with !=.",
    ),
    Mistake(
        "no prediction",
        lambda predict, xs, ys: np.mean([x != y for x, y in zip(xs, ys, strict=True)]),
        "x itself is compared with y.",
        "Compare predict(x) with y.",
    ),
]


def _losses() -> list[tuple[list[float], int]]:
    """Losses and a patience: small cases that tell the mistakes apart, then random walks."""
    small: list[tuple[list[float], int]] = [
        ([0.9, 0.5, 0.3], 1),
        ([0.5, 0.6, 0.4, 0.7, 0.8, 0.1], 2),
        ([0.5, 0.6, 0.7, 0.1], 2),
        ([0.5, 0.6, 0.7, 0.1], 3),
        ([0.5, 0.6, 0.3, 0.6, 0.2], 2),
        ([0.9, 0.5, 0.8, 0.7, 0.6, 0.4], 3),
        ([0.4, 0.5, 0.4, 0.4, 0.3], 5),
        ([0.4, 0.5, 0.4, 0.6, 0.3], 2),
        ([0.7], 1),
    ]
    rng = np.random.default_rng(61)
    falling = [np.round(1 - 0.03 * np.arange(n) + rng.normal(scale=0.15, size=n), 1) for n in (8, 15, 15, 30)]
    return small + [(losses.tolist(), patience) for losses, patience in product(falling, (1, 2, 3, 5, 50))]


def _stopping(
    losses: Sequence[float],
    patience: int,
    better: Callable[[float, float], bool] = lambda loss, best: loss < best,
    previous: bool = False,
    reset: bool = True,
) -> tuple[int, int]:
    """The best epoch and the last one: also compared with the previous loss only, or never starting to count anew."""
    best = waited = epoch = 0
    for epoch in range(1, len(losses)):
        if better(losses[epoch], losses[epoch - 1 if previous else best]):
            waited = 0 if reset else waited
        else:
            waited += 1
        if better(losses[epoch], losses[best]):
            best = epoch
        if waited >= patience:
            break
    return best, epoch


def _early_stop(losses: Sequence[float], patience: int) -> int:
    return _stopping(losses, patience)[0]


def _when_it_ends(losses: Sequence[float], patience: int) -> int:
    """The epoch at which patience ran out; the best one if it did not."""
    best, last = _stopping(losses, patience)
    return last if last - best >= patience else best


def _first_one_counted(losses: Sequence[float], patience: int) -> int:
    """The best epoch of one who waits from the first epoch on, as it is not below itself."""
    best = waited = 0
    for epoch, loss in enumerate(losses):
        best, waited = (epoch, 0) if loss < losses[best] else (best, waited + 1)
        if waited >= patience:
            break
    return best


def _before_the_rise(losses: Sequence[float], patience: int) -> int:
    """The epoch before so many that were no better than the one before them; the last one if there are no such."""
    last = _stopping([*losses, -math.inf], patience, previous=True)[1]
    return last - patience if last < len(losses) else len(losses) - 1


def _last_fall(losses: Sequence[float], patience: int) -> int:
    """The last epoch that was better than the one before it."""
    best = 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < losses[epoch - 1]:
            best = epoch
        elif epoch - best >= patience:
            break
    return best


PATIENCE = "Training stops when that many epochs in succession brought no new smallest loss."

OF_STOPPING = [
    Mistake(
        "looks ahead",
        lambda losses, patience: int(np.argmin(losses)),
        "This is the smallest loss of all, also of epochs that come after training has stopped.",
        "Go through the losses one by one, and stop when patience runs out.",
    ),
    Mistake(
        "looks ahead",
        lambda losses, patience: len(losses) - 1 - int(np.argmin(losses[::-1])),
        "This is the smallest loss of all, also of epochs that come after training has stopped.",
        "Go through the losses one by one, and stop when patience runs out.",
    ),
    Mistake(
        "the last, not the best",
        lambda losses, patience: _stopping(losses, patience)[1],
        "This is the epoch at which training stops. By then the net has been getting worse for a while.",
        "Remember the epoch of the smallest loss, and return that.",
    ),
    Mistake(
        "the last, not the best",
        _when_it_ends,
        "Where training stops, this is the epoch at which it does. By then the net has been getting worse for a while.",
        "Remember the epoch of the smallest loss, and return that.",
    ),
    Mistake(
        "always epoch 0",
        lambda losses, patience: 0,
        "No loss seems to be smaller than the first: `best` may begin with 0, below which no loss falls, or the loop "
        "ends in its first round.",
        "Begin with the first loss as the smallest, and print the epoch in the loop.",
    ),
    Mistake(
        "off by one",
        lambda losses, patience: _early_stop(losses, patience + 1),
        "It waits for one epoch more than `patience`: > in place of >=.",
        PATIENCE,
    ),
    Mistake(
        "off by one",
        lambda losses, patience: _early_stop(losses, max(patience - 1, 1)),
        "It waits for one epoch less than `patience`.",
        PATIENCE,
    ),
    Mistake(
        "off by one",
        lambda losses, patience: _early_stop(losses, patience) + 1,
        "Epochs are counted from 1.",
        "The first epoch is 0.",
    ),
    Mistake(
        "off by one",
        _first_one_counted,
        "The first epoch counts as one without a new smallest loss, because it is not below itself.",
        "The waiting begins after the first epoch: begin with infinity as the smallest loss, or with epoch 1.",
    ),
    Mistake(
        "off by one",
        lambda losses, patience: (
            _first_one_counted(losses, patience)
            if _first_one_counted([*losses, -math.inf], patience) < len(losses)
            else None
        ),
        "The first epoch counts as one without a new smallest loss. And where patience never runs out, nothing comes "
        "back.",
        "Begin the waiting after the first epoch, and put a `return` behind the loop, too.",
    ),
    Mistake(
        "last of equals",
        lambda losses, patience: _stopping(losses, patience, lambda loss, best: loss <= best)[0],
        "An equal loss is taken for a better one: <= in place of <.",
        "Only a smaller loss is a new best one.",
    ),
    Mistake(
        "no patience",
        lambda losses, patience: _early_stop(losses, 1),
        "It stops at the first epoch that is not better, whatever `patience` is.",
        PATIENCE,
    ),
    Mistake(
        "previous, not best",
        lambda losses, patience: _stopping(losses, patience, previous=True)[0],
        "Each loss is compared with the one before it, so a small fall after a large rise starts the waiting anew.",
        "Compare with the smallest loss so far.",
    ),
    Mistake(
        "previous, not best",
        _last_fall,
        "Each loss is compared with the one before it, so a small fall after a large rise is taken for the best.",
        "Compare with the smallest loss so far.",
    ),
    Mistake(
        "previous, not best",
        _before_the_rise,
        "Each loss is compared with the one before it, so what counts as best is the epoch before the losses rise.",
        "Compare with the smallest loss so far, and remember its epoch.",
    ),
    Mistake(
        "waiting goes on",
        lambda losses, patience: _stopping(losses, patience, reset=False)[0],
        "The epochs without a new smallest loss are counted all together, not those in succession.",
        "After a new smallest loss the waiting starts anew, from 0.",
    ),
    Mistake(
        "the loss, not its epoch",
        lambda losses, patience: losses[_early_stop(losses, patience)],
        "This is the smallest loss itself.",
        "Return the epoch in which it was reached.",
    ),
]
