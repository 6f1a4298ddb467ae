"""Half the mean of the squared lengths; the 2 of the square cancels the 1/2."""

from collections.abc import Sequence


def cost(outputs: Sequence[Sequence[float]], targets: Sequence[Sequence[float]]) -> float:
    """C for these outputs and targets, one of each for every example."""
    total = 0.0
    for output, target in zip(outputs, targets, strict=True):
        total += sum((y - t) ** 2 for y, t in zip(output, target, strict=True))
    return total / (2 * len(outputs))


def cost_gradient(outputs: Sequence[Sequence[float]], targets: Sequence[Sequence[float]]) -> list[list[float]]:
    """dC/dy for each component y of each output."""
    n = len(outputs)
    return [
        [(y - t) / n for y, t in zip(output, target, strict=True)]
        for output, target in zip(outputs, targets, strict=True)
    ]
