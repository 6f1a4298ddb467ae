"""A search, a bound and a scale: the steepest direction decides how large a rate may be."""

import math
from collections.abc import Sequence

CURVATURES = [1.0, 50.0]


def train(rate: float, longest: float = math.inf, steps: int = 1000) -> list[float]:
    """The loss before each step, from w = (1, 1) on. Nothing is wrong with this loop."""
    w, losses = [1.0, 1.0], []
    for _ in range(steps):
        losses.append(0.5 * sum(c * w_k * w_k for c, w_k in zip(CURVATURES, w, strict=True)))
        gradient = [c * w_k for c, w_k in zip(CURVATURES, w, strict=True)]
        if longest < math.inf:
            gradient = clip(gradient, longest)
        w = [w_k - rate * slope for w_k, slope in zip(w, gradient, strict=True)]
    return losses


def first_not_finite(losses: Sequence[float]) -> int | None:
    """The index of the first loss that is inf, -inf or nan; None if there is none."""
    for i, loss in enumerate(losses):
        if not math.isfinite(loss):
            return i
    return None


def largest_rate(curvatures: Sequence[float]) -> float:
    """The rate below which descent shrinks every weight, if these (all above 0) are the curvatures along them."""
    return 2 / max(curvatures)  # -1 < 1 - rate * c for each c


def clip(gradient: Sequence[float], longest: float) -> list[float]:
    """The gradient, shortened to the length `longest` if it is longer."""
    length = math.sqrt(sum(g * g for g in gradient))
    scale = longest / length if length > longest else 1.0
    return [scale * g for g in gradient]
