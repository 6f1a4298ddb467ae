"""A draw for each number; who stays is scaled up, so that the mean stays too."""

from collections.abc import Sequence
from typing import Any

import numpy as np


def dropout(xs: Sequence[Any], rate: float, rng: np.random.Generator, training: bool) -> Sequence[Any]:
    """The numbers, in training each of them 0 with probability `rate` and scaled up otherwise."""
    if not training:
        return list(xs)
    return [0.0 if rng.random() < rate else x / (1 - rate) for x in xs]
