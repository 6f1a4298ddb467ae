"""Forwards through time, then backwards; each step adds its part to the gradients of the shared weights."""

from collections.abc import Sequence
from math import tanh


def states(xs: Sequence[float], w: float, u: float, b: float) -> list[float]:
    """h_1, h_2, ..., h_T, one for each x."""
    h, said = 0.0, []
    for x in xs:
        h = tanh(w * x + u * h + b)
        said.append(h)
    return said


def gradients(xs: Sequence[float], w: float, u: float, b: float, target: float) -> tuple[float, float, float]:
    """dE/dw, dE/du and dE/db for E = 1/2 (h_T - target)^2."""
    hs = [0.0, *states(xs, w, u, b)]  # so hs[t] is h_t, and xs[t - 1] is x_t
    dw = du = db = 0.0
    dh = hs[-1] - target
    for t in range(len(xs), 0, -1):
        dz = dh * (1 - hs[t] ** 2)
        dw += dz * xs[t - 1]
        du += dz * hs[t - 1]
        db += dz
        dh = dz * u
    return dw, du, db
