"""Checks of arguments, each with an error that says what was got and what is needed."""

import math
from typing import Any

import numpy as np

from autograd import ArgumentError, Value


def whole(what: str, n: Any, least: int = 1) -> int:
    """n as an int, if it is a whole number of at least `least`."""
    if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < least:
        raise ArgumentError(f"{what} is {n!r}; it needs a whole number of at least {least}")
    return int(n)


def between(what: str, x: Any, low: float, high: float = math.inf) -> float:
    """x as a float, if it is a number with low <= x < high."""
    number = isinstance(x, (int, float, np.integer, np.floating)) and not isinstance(x, bool)
    if not number or not low <= x < high:
        needs = f"number of at least {low:g} and below {high:g}"
        if high == math.inf:
            needs = f"finite number of at least {low:g}"
        raise ArgumentError(f"{what} is {x!r}; it needs a {needs}")
    return float(x)


def is_number(x: Any) -> bool:
    """Whether x is one real number or a Value."""
    return isinstance(x, (Value, int, float, np.integer, np.floating, np.bool_))


def is_known(x: Any) -> bool:
    """Whether the number can be checked: that of a Value may be one of many, in a jitted function."""
    return not isinstance(x, Value)


def generator(rng: np.random.Generator | None = None, seed: int | None = None) -> np.random.Generator:
    """`rng` if given, else a new generator from `seed`; without either, one that differs each time."""
    if rng is None:
        try:
            return np.random.default_rng(seed)
        except (TypeError, ValueError):
            raise ArgumentError(f"seed is {seed!r}; it needs a whole number of at least 0") from None
    if seed is not None:
        raise ArgumentError("give rng or seed, not both: a generator has its seed already")
    if not isinstance(rng, np.random.Generator):
        raise ArgumentError(f"rng is {rng!r}; it needs a NumPy generator: np.random.default_rng(1), or seed=1 instead")
    return rng
