"""Task 6: the sigmoid agrees with the engine's, its slope with the chain rule, and both at any size of z."""

from __future__ import annotations

import math
from collections.abc import Callable
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

NUMBERS = [0.0, 1.0, -1.0, *np.random.default_rng(6).normal(scale=4.0, size=20).tolist(), 12.0, -12.0, 20.0, -20.0]
LARGE = [700.0, -700.0, 800.0, -800.0, 1000.0, -1000.0]
TOLERANCE = 1e-6
"""As the task says: enough for single precision, and for a slope from finite differences with a fitting step."""

Function = Callable[[float], float]


def check(sigmoid: Any, sigmoid_derivative: Any) -> None:
    """Nothing if both are right; raises CheckFailed."""
    advice = "Put z into the formula by hand: exp(-z), then 1 + exp(-z), then 1 divided by that."
    agree("sigmoid", sigmoid, _sigmoid, _cases(), OF_SIGMOID, advice=advice, tolerance=TOLERANCE)
    advice = "Work out y = sigmoid(z) for this z, and then y * (1 - y)."
    agree("sigmoid_derivative", sigmoid_derivative, _slope, _cases(), OF_SLOPE, advice=advice, tolerance=TOLERANCE)


def _cases() -> list[tuple[float]]:
    return [(z,) for z in NUMBERS + LARGE]


def _sigmoid(z: float) -> float:
    return Value(z).sigmoid().data


def _slope(z: float) -> float:
    x = Value(z)
    x.sigmoid().backward()
    return x.grad


def _raising(z: float) -> float:
    """OverflowError, as Python's exp raises it."""
    return math.exp(1000.0)


def _nan(z: float) -> float:
    """What becomes of NumPy's exp, which is inf where Python's raises, in inf / inf."""
    return math.nan


def _always(y: float) -> Function:
    """y, whatever z is."""
    return lambda z: y


def _failing(right: Function, side: Function, beyond: Function = _raising, limit: float = 709.0) -> Function:
    """The same function, but where `side` of z is above the limit, `beyond` in its place."""
    return lambda z: right(z) if side(z) <= limit else beyond(z)


def _overflows(right: Function) -> list[Mistake]:
    """The right formula, but exp, or a square of it, is too large above, below or on both sides of 0."""
    return [
        Mistake("overflow", _failing(right, side, beyond, limit), cause, ALIKE)
        for beyond, cause in ((_raising, TOO_LARGE), (_nan, INF_BY_INF))
        for side in (lambda z: z, lambda z: -z, abs)
        for limit in (699.0, 709.0)
    ]


ALIKE = (
    "1 / (1 + exp(-z)) and exp(z) / (1 + exp(z)) are the same number. In which of them does exp stay small for this z?"
)
TOO_LARGE = "The formula is right, but exp, or a square of it, is beyond all floats here: exp(x) is so above x = 709."
INF_BY_INF = "The formula is right, but exp(x) is beyond all floats above x = 709. It gives inf, and inf / inf is nan."
BELOW_0 = "For z above 0 it is right, but for z below 0 it is the sigmoid of -z."
MIRRORED = "Below 0 it should be less than 0.5: multiply numerator and denominator of the formula by exp(z)."

OF_SIGMOID = [
    *_overflows(_sigmoid),
    *(
        Mistake(
            "sign of z",
            wrong,
            "It falls where it should rise: exp(z) in place of exp(-z), or the other way round.",
            "The larger z is, the nearer to 1 is the sigmoid.",
        )
        for mirrored in [lambda z: _sigmoid(-z)]
        for wrong in (mirrored, _failing(mirrored, lambda z: z), _failing(mirrored, lambda z: -z))
    ),
    Mistake("sign of z", lambda z: _sigmoid(abs(z)), BELOW_0, MIRRORED),
    Mistake("sign of z", _failing(lambda z: _sigmoid(abs(z)), lambda z: -z), BELOW_0, MIRRORED),
    Mistake(
        "brackets",
        lambda z: 1 + math.exp(-z),
        "Without brackets, 1 / 1 + exp(-z) divides 1 by 1: / comes before +.",
        "Put the denominator into brackets.",
    ),
    *(
        Mistake(
            "wrong limit",
            _failing(_sigmoid, side, _always(limit)),
            f"Where exp overflows it returns {limit:g}, but the sigmoid is near {1 - limit:g} there.",
            "To which number does the sigmoid go as z grows, and to which as it falls?",
        )
        for side, limit in ((lambda z: -z, 1.0), (lambda z: z, 0.0))
    ),
    Mistake("another function", math.tanh, "This is tanh, which goes from -1 to 1.", "sigmoid(0) is 0.5."),
    Mistake(
        "another function",
        lambda z: _sigmoid(2 * z),
        "This is sigmoid(2 z), twice as steep.",
        "Where does a factor 2 come in? (1 + tanh(z)) / 2 has one, for instance.",
    ),
]

OF_SLOPE = [
    Mistake(
        "sigmoid of z forgotten",
        lambda z: z * (1 - z),
        "y * (1 - y) is meant with y = sigmoid(z), not with z itself.",
        "Begin with y = sigmoid(z).",
    ),
    Mistake(
        "sigmoid taken twice",
        lambda z: _slope(_sigmoid(z)),
        "This is the slope at sigmoid(z), not at z.",
        "Take the sigmoid once, y = sigmoid(z), and return y * (1 - y).",
    ),
    Mistake("value instead of slope", _sigmoid, "This is the sigmoid itself.", "Its slope is y * (1 - y)."),
    Mistake("half of the product", lambda z: 1 - _sigmoid(z), "The factor y is missing.", "Return y * (1 - y)."),
    Mistake(
        "plus for minus",
        lambda z: _sigmoid(z) * (1 + _sigmoid(z)),
        "y * (1 + y) in place of y * (1 - y).",
        "Mind the sign.",
    ),
    Mistake(
        "always the same",
        lambda z: 0.0,
        "It is always 0, as y * 1 - y is: there the brackets are missing.",
        "Put 1 - y into brackets.",
    ),
    Mistake(
        "another function",
        lambda z: 1 - _sigmoid(z) ** 2,
        "1 - y * y is the slope of tanh, with y = tanh(z).",
        "Return y * (1 - y).",
    ),
    *_overflows(_slope),
]
