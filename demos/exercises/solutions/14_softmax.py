"""exp only sees scores that were shifted to 0 and below; the logarithm of the fraction is taken apart."""

from collections.abc import Sequence
from math import exp, log


def softmax(scores: Sequence[float]) -> list[float]:
    """The probability of each class; they add up to 1."""
    highest = max(scores)
    powers = [exp(s - highest) for s in scores]
    total = sum(powers)
    return [power / total for power in powers]


def cross_entropy(scores: Sequence[float], label: int) -> float:
    """-log of the probability that softmax gives to the label, the index of the right class."""
    highest = max(scores)
    return log(sum(exp(s - highest) for s in scores)) + highest - scores[label]


def cross_entropy_gradient(scores: Sequence[float], label: int) -> list[float]:
    """The derivative of the cross-entropy in each score."""
    return [p - (1.0 if i == label else 0.0) for i, p in enumerate(softmax(scores))]
