"""What an answer gave as plain numbers and lists, and whether two of them are alike."""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np

from autograd import Value


def plain(x: Any, inside: tuple[Any, ...] = ()) -> Any:
    """The same of Python's own numbers and lists: Values as their numbers, tuples and arrays as lists.

    `inside` are the lists that it stands in: one that contains itself is cut off there.
    """
    if isinstance(x, Value):
        return x.data
    if isinstance(x, (int, float)):
        return x
    if isinstance(x, Real) and not isinstance(x, np.generic):  # such as a Fraction
        return _as_float(x)
    if isinstance(x, (np.ndarray, np.generic)):
        return plain(x.tolist(), inside)
    if any(x is each for each in inside):
        return "[...]"
    if isinstance(x, (list, tuple)):
        return [plain(each, (*inside, x)) for each in x]
    if isinstance(x, dict):
        return {key: plain(each, (*inside, x)) for key, each in x.items()}
    return x


def unlike(got: Any, want: Any, tolerance: float) -> bool:
    """Whether they differ: numbers by more than the tolerance, relative or absolute; two NaNs are alike.

    >>> unlike((1.0, 2.0), [1, 2.0 + 1e-12], 1e-9), unlike([1.0], 1.0, 1e-9), unlike(None, 0.0, 1e-9)
    (False, True, True)
    """
    got, want = plain(got), plain(want)
    if isinstance(want, (int, float)) and isinstance(got, (int, float)):
        return not (_near(got, want, tolerance) or (got != got and want != want))
    if isinstance(want, list) and isinstance(got, list):
        return len(got) != len(want) or any(unlike(g, w, tolerance) for g, w in zip(got, want, strict=True))
    if isinstance(want, dict) and isinstance(got, dict):
        return got.keys() != want.keys() or any(unlike(got[key], want[key], tolerance) for key in want)
    try:
        return type(got) is not type(want) or bool(got != want)
    except Exception:  # an answer may be of a class whose comparison fails
        return True


def _near(got: float, want: float, tolerance: float) -> bool:
    try:
        return math.isclose(got, want, rel_tol=tolerance, abs_tol=tolerance)
    except OverflowError:  # an integer beyond all floats
        return got == want


def flat(x: Any) -> list[float]:
    """All numbers in it, in order; empty if anything in it is no number."""
    x = plain(x)
    if isinstance(x, (int, float)):
        return [_as_float(x)]
    if isinstance(x, dict):
        x = list(x.values())
    if not isinstance(x, list):
        return []
    parts = [flat(each) for each in x]
    return [number for part in parts for number in part] if all(parts) else []


def _as_float(x: Any) -> float:
    try:
        return float(x)
    except OverflowError:
        return math.inf if x > 0 else -math.inf


def close(got: Sequence[float], want: Sequence[float]) -> bool:
    """Whether the numbers agree in pairs."""
    return not unlike(list(got), list(want), 1e-5)


def scaled(xs: Sequence[float], factor: float) -> list[float]:
    """Each number times the factor."""
    return [factor * x for x in xs]


def shifted(xs: Sequence[float], offset: float) -> list[float]:
    """Each number plus the offset."""
    return [x + offset for x in xs]


def common_factor(got: Sequence[float], want: Sequence[float]) -> float | None:
    """The one number that all right numbers, at least two that are not 0, were multiplied by; None if there is none."""
    ratios = [g / w for g, w in zip(got, want, strict=True) if w]
    usable = len(ratios) >= 2 and math.isfinite(ratios[0]) and ratios[0] != 0
    return ratios[0] if usable and close(got, scaled(want, ratios[0])) else None


def common_offset(got: Sequence[float], want: Sequence[float]) -> float | None:
    """The one number that was added to all right numbers, at least two; None if there is none."""
    usable = len(want) >= 2 and all(map(math.isfinite, [*got, *want]))
    return got[0] - want[0] if usable and close(got, shifted(want, got[0] - want[0])) else None
