"""Two differences, and the h at which their error is smallest."""

from collections.abc import Callable

Function = Callable[[float], float]


def forward_difference(f: Function, x: float, h: float) -> float:
    """The slope of f at x, tried with a step h to the right."""
    return (f(x + h) - f(x)) / h


def central_difference(f: Function, x: float, h: float) -> float:
    """The slope of f at x, tried with a step h to either side."""
    return (f(x + h) - f(x - h)) / (2 * h)


def best_step(difference: Callable[[Function, float, float], float], f: Function, x: float, slope: float) -> float:
    """That of the steps 0.1, 0.01, ..., 1e-15 for which difference(f, x, h) is nearest to the slope."""
    steps = [10.0**-k for k in range(1, 16)]
    return min(steps, key=lambda h: abs(difference(f, x, h) - slope))
