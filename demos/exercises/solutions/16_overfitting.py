"""One random order for both lists; a mean of mistakes; a loop that only knows the past."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np


def split(
    xs: Sequence[Any], ys: Sequence[Any], share: float, rng: np.random.Generator
) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """((train_xs, train_ys), (test_xs, test_ys)), shuffled; the test part has `share` of the examples."""
    order = rng.permutation(len(xs))
    size = round(share * len(xs))
    test, train = order[:size], order[size:]
    return ([xs[i] for i in train], [ys[i] for i in train]), ([xs[i] for i in test], [ys[i] for i in test])


def error_rate(predict: Callable[[Any], Any], xs: Sequence[Any], ys: Sequence[Any]) -> float:
    """The part of the examples, from 0 to 1, for which predict(x) is not y."""
    return sum(predict(x) != y for x, y in zip(xs, ys, strict=True)) / len(xs)


def early_stop(losses: Sequence[float], patience: int) -> int:
    """The epoch, counted from 0, whose net is kept."""
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        elif epoch - best >= patience:
            break
    return best
