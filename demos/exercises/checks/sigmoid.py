"""Task 6: the sigmoid agrees with the engine's, its slope with the chain rule, and both at any size of z."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd import Value
from demos.exercises.checking.comparison import Mistake, agree

HINTS = (
    "Which of the two, z = 1000 or z = -1000, is too much for 1 / (1 + exp(-z))? What does exp see there?",
    "Multiply numerator and denominator by exp(z): exp(z) / (exp(z) + 1) is the same fraction, and exp sees z instead "
    "of -z. Use each form where its exp stays small.",
    "if z >= 0: return 1 / (1 + exp(-z)), otherwise exp(z) / (1 + exp(z)). The slope takes y = sigmoid(z) and returns "
    "y * (1 - y).",
)

NUMBERS = [0.0, 1.0, -1.0, *np.random.default_rng(6).normal(scale=4.0, size=20).tolist(), 20.0, -20.0]
LARGE = [700.0, -700.0, 1000.0, -1000.0]


def check(sigmoid: Any, sigmoid_derivative: Any) -> None:
    """Nothing if both are right; raises CheckFailed."""
    advice = "Compare with the formula at z = 1."
    agree("sigmoid", sigmoid, _sigmoid, _cases(), OF_SIGMOID, advice=advice, tolerance=1e-12)
    advice = "Compare with (sigmoid(z + h) - sigmoid(z)) / h for a small h."
    agree("sigmoid_derivative", sigmoid_derivative, _slope, _cases(), OF_SLOPE, advice=advice)


def _cases() -> list[tuple[float]]:
    return [(z,) for z in NUMBERS + LARGE]


def _sigmoid(z: float) -> float:
    return Value(z).sigmoid().data


def _slope(z: float) -> float:
    x = Value(z)
    x.sigmoid().backward()
    return x.grad


def _overflowing(z: float) -> float:
    return 1 / (1 + math.exp(-z))


def _overflowing_above(z: float) -> float:
    return math.exp(z) / (1 + math.exp(z))


TOO_LARGE = "The formula is right, but exp is asked for a number that no float can hold: exp(x) fails above x = 709."
AT_Z = "y (1 - y) is meant with y = sigmoid(z), not with z itself."

OF_SIGMOID = [
    Mistake("overflow", _overflowing, TOO_LARGE, "Where z is below 0 use exp(z) / (1 + exp(z)), the same fraction."),
    Mistake("overflow", _overflowing_above, TOO_LARGE, "Where z is above 0 use 1 / (1 + exp(-z)), the same fraction."),
    Mistake(
        "sign of z",
        lambda z: _sigmoid(-z),
        "It falls where it should rise: exp(z) in place of exp(-z).",
        "The larger z is, the nearer to 1 is the sigmoid.",
    ),
    Mistake("another function", math.tanh, "This is tanh, which goes from -1 to 1.", "sigmoid(0) is 0.5."),
]

OF_SLOPE = [
    Mistake("sigmoid of z forgotten", lambda z: z * (1 - z), AT_Z, "Begin with y = sigmoid(z)."),
    Mistake("not the slope", _sigmoid, "This is the sigmoid itself.", "Its slope is y * (1 - y)."),
    Mistake("half of the product", lambda z: 1 - _sigmoid(z), "The factor y is missing.", "Return y * (1 - y)."),
    Mistake(
        "plus for minus",
        lambda z: _sigmoid(z) * (1 + _sigmoid(z)),
        "y (1 + y) in place of y (1 - y).",
        "Mind the sign.",
    ),
    Mistake("overflow", lambda z: _overflowing(z) * (1 - _overflowing(z)), TOO_LARGE, "Use your own sigmoid."),
    Mistake(
        "overflow",
        lambda z: math.exp(-z) / (1 + math.exp(-z)) ** 2,
        TOO_LARGE,
        "Begin with y = sigmoid(z), and return y * (1 - y).",
    ),
]
