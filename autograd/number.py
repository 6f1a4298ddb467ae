"""What counts as one real number, what to say of everything else, and how numbers are shown to a reader."""

import math
from typing import Any

import numpy as np

from .errors import NotANumberError, node_and_line


def number(x: Any, what: str = "Value") -> float:
    """x as a Python float: from int, float, bool, a NumPy scalar or a 0-d array; NotANumberError otherwise."""
    if x.__class__ is float:
        return x
    if isinstance(x, (float, int, np.floating, np.integer, np.bool_)):
        try:
            return float(x)
        except OverflowError:
            raise NotANumberError(f"{what} takes one real number; this int is too large for a float") from None
    if isinstance(x, np.ndarray) and x.ndim == 0 and x.dtype.kind in "fiub":
        return float(x)
    raise NotANumberError(f"{what} takes one real number, got {_described(x, what)}{node_and_line('')}")


def figure(x: float) -> str:
    """x for a reader: four significant digits, two decimals at least; exponents where that would be long.

    >>> [figure(x) for x in (-12.0, 0.97381, 0.00123456, 1234.5678, 2.5e-9, 0.0, math.nan)]
    ['-12.00', '0.9738', '0.001235', '1234.57', '2.5e-9', '0.00', 'nan']
    """
    size = abs(x)
    if not math.isfinite(x) or size == 0.0:
        return "0.00" if size == 0.0 else repr(float(x))
    if not 1e-4 <= size < 1e6:
        digits, _, exponent = f"{x:.3e}".partition("e")
        return f"{digits.rstrip('0').rstrip('.')}e{int(exponent)}"
    decimals = max(2, 3 - math.floor(math.log10(size)))
    whole, _, fraction = f"{x:.{decimals}f}".partition(".")
    return f"{whole}.{fraction[:2]}{fraction[2:].rstrip('0')}"


def constant(x: float) -> str:
    """x as it stands in a formula: six significant digits at most, and no zeros that say nothing.

    >>> [constant(x) for x in (2.0, -0.1, 1e-7, 3e20, math.inf)]
    ['2', '-0.1', '1e-7', '3e20', 'inf']
    """
    digits, e, exponent = f"{x:.6g}".partition("e")
    return f"{digits}e{int(exponent)}" if e else digits


def counted(many: int, what: str) -> str:
    """So many of them in words: the noun is given for one of them.

    >>> counted(1, "node"), counted(1200, "node")
    ('1 node', '1,200 nodes')
    """
    return f"{many:,} {what}{'' if many == 1 else 's'}"


def _described(x: Any, what: str) -> str:
    """What x is, and what to do instead."""
    each = "take its elements one by one: [... for x in"
    kind = what.partition(".")[0]
    if kind in ("Value", "Parameter"):
        each = f"make one {kind} per element: [{kind}(x) for x in"
    if isinstance(x, str):
        return f"the str {x!r}; convert it with float(...)"
    if isinstance(x, complex):
        return f"the complex {x!r}; use its parts x.real and x.imag as two numbers"
    if x is None:
        return "None; did a function forget its return?"
    if isinstance(x, np.ndarray):
        return f"an array of shape {x.shape}; {each} array.flat]"
    if isinstance(x, (list, tuple, set, dict, range)) or hasattr(x, "__iter__"):
        return f"a {type(x).__name__}; {each} ...]"
    if hasattr(x, "__apply_op__"):
        return f"a {type(x).__name__}; it is one already (float(v) gives its number, for a new leaf)"
    return f"a {type(x).__name__}"
