"""One error moves all weights; example after example, sweep after sweep."""

from collections.abc import Sequence


def delta_step(
    weights: Sequence[float], bias: float, inputs: Sequence[float], target: float, lr: float
) -> tuple[list[float], float]:
    """The weights and the bias after one step of the delta rule on one example."""
    output = bias + sum(w * x for w, x in zip(weights, inputs, strict=True))
    error = target - output
    return [w + lr * x * error for w, x in zip(weights, inputs, strict=True)], bias + lr * error


def learn(
    weights: Sequence[float],
    bias: float,
    lunches: Sequence[Sequence[float]],
    totals: Sequence[float],
    lr: float,
    sweeps: int,
) -> tuple[Sequence[float], float]:
    """The weights and the bias after so many sweeps through all lunches, with a step for each lunch."""
    for _ in range(sweeps):
        for portions, total in zip(lunches, totals, strict=True):
            weights, bias = delta_step(weights, bias, portions, total, lr)
    return weights, bias
