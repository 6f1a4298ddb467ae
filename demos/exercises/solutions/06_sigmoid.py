"""Two forms of the same fraction: exp is only asked for numbers below 0."""

from math import exp


def sigmoid(z: float) -> float:
    """1 / (1 + exp(-z)), between 0 and 1."""
    if z >= 0:
        return 1 / (1 + exp(-z))
    return exp(z) / (1 + exp(z))


def sigmoid_derivative(z: float) -> float:
    """The slope of the sigmoid at z."""
    y = sigmoid(z)
    return y * (1 - y)
