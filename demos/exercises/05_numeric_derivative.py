"""Slopes by trying, and the best step

How fast does f change at x? Try it: move x by a small step h, see how far f
moves, and divide by how far x moved.

    forward difference:  (f(x + h) - f(x)) / h
    central difference:  (f(x + h) - f(x - h)) / (2 h)

Write both. The slope of 1 / x at 2 is -0.25, and the central one comes nearer
to it:

>>> def inverse(x):
...     return 1 / x
>>> round(forward_difference(inverse, 2.0, 0.1), 4)
-0.2381
>>> round(central_difference(inverse, 2.0, 0.1), 4)
-0.2506

The slope is what comes out as h goes to 0. So is a smaller h always better? In
exact arithmetic, yes: the error of the forward difference falls like h, that
of the central one like h^2. But floats have only 16 digits. The smaller h is,
the fewer digits of f(x + h) and f(x) differ, until the difference is mostly
rounding error; and dividing by h makes that large. So there is a best h in
between, and each formula has its own (W. H. Press and others, "Numerical
Recipes", 3rd edition, 2007, section 5.7). Write `best_step`. It tries the
steps 0.1, 0.01, 0.001, ..., 1e-15 and returns the one with which the
difference comes nearest to the slope:

>>> best_step(forward_difference, inverse, 2.0, -0.25)
1e-08
>>> best_step(central_difference, inverse, 2.0, -0.25)
1e-05

The lesson beside it: `python -m demos chain_rule`.
"""

from collections.abc import Callable

Function = Callable[[float], float]


def forward_difference(f: Function, x: float, h: float) -> float:
    """The slope of f at x, tried with a step h to the right."""
    raise NotImplementedError


def central_difference(f: Function, x: float, h: float) -> float:
    """The slope of f at x, tried with a step h to either side."""
    raise NotImplementedError


def best_step(difference: Callable[[Function, float, float], float], f: Function, x: float, slope: float) -> float:
    """That of the steps 0.1, 0.01, ..., 1e-15 for which difference(f, x, h) is nearest to the slope."""
    raise NotImplementedError
