"""Three gates around a content that nothing else touches, and gates set by hand."""

from math import tanh

Weights = dict[str, tuple[float, float, float]]


def sigmoid(z: float) -> float:
    """1 / (1 + exp(-z)), in a form that no z is too large for. Given."""
    return (1 + tanh(z / 2)) / 2


def lstm_step(x: float, h: float, c: float, weights: Weights) -> tuple[float, float]:
    """The new h and the new c."""
    z = {name: w * x + u * h + b for name, (w, u, b) in weights.items()}
    f, i, o = sigmoid(z["forget"]), sigmoid(z["input"]), sigmoid(z["output"])
    g = tanh(z["candidate"])
    c = f * c + i * g
    return o * tanh(c), c


def remembering() -> Weights:
    """The weights (w, u, b) of "forget", "input", "candidate" and "output"."""
    return {
        "forget": (0.0, 0.0, 10.0),  # sigmoid(10) to the power of 50 is 0.998
        "input": (4.0, 0.0, -20.0),  # shut up to x = 1, where z is -16; open at x = 10, where it is 20
        "candidate": (1.0, 0.0, 0.0),  # tanh(10) is 1
        "output": (0.0, 0.0, 0.0),  # h may be anything, as nobody listens: u is 0 everywhere
    }
