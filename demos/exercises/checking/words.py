"""Numbers, lists and calls as short text for a report."""

from __future__ import annotations

import reprlib
from collections.abc import Sequence
from typing import Any

from autograd import Value

from .numbers import plain, unlike

_SHORT = reprlib.Repr()
_SHORT.maxlist = _SHORT.maxtuple = _SHORT.maxdict = 6
_SHORT.maxlevel = 3
_SHORT.maxstring = 60
_SHORT.maxother = 60


def shown(x: Any, digits: int = 6) -> str:
    """The thing in short: numbers with six digits, of long lists the beginning.

    >>> shown(1 / 3), shown([0.1 + 0.2, 2]), shown(list(range(10)))
    ('0.333333', '[0.3, 2]', '[0, 1, 2, 3, 4, 5, ...]')
    """
    return _SHORT.repr(_rounded(plain(x), digits))


def call_text(name: str, arguments: Sequence[Any]) -> str:
    """A call as it would be typed, shortened."""
    return f"{name}({', '.join(shown(x) for x in arguments)})"


def shown_apart(want: Any, got: Any) -> tuple[str, str, str]:
    """Where the two first differ ("entry 2", or nothing if as a whole), and both there, with the digits that it takes.

    >>> shown_apart([1.0, 2.0, 3.0], [1.0, 2.5, 3.0])
    ('entry 1 (counted from 0)', '2.0 in [1.0, 2.0, 3.0]', '2.5 in [1.0, 2.5, 3.0]')
    >>> shown_apart(0.1, 0.1 + 1e-9)
    ('', '0.1', '0.100000001')
    """
    want, got = plain(want), plain(got)
    if isinstance(want, list) and isinstance(got, list) and len(want) == len(got):
        at = next((i for i, (w, g) in enumerate(zip(want, got, strict=True)) if unlike(g, w, 1e-9)), None)
        if at is not None:
            place, inner_want, inner_got = shown_apart(want[at], got[at])
            place = f"entry {at} (counted from 0)" + (f", {place.replace(' (counted from 0)', '')}" if place else "")
            if " in " in inner_want:
                return place, inner_want, inner_got
            return place, f"{inner_want} in {shown(want)}", f"{inner_got} in {shown(got)}"
    for digits in (6, 9, 12, 17):
        if shown(want, digits) != shown(got, digits):
            return "", shown(want, digits), shown(got, digits)
    return "", repr(want), repr(got)


def _rounded(x: Any, digits: int) -> Any:
    if isinstance(x, float):
        return float(f"{x:.{digits}g}")
    if isinstance(x, list):
        return [_rounded(each, digits) for each in x]
    if isinstance(x, tuple):
        return tuple(_rounded(each, digits) for each in x)
    if isinstance(x, dict):
        return {key: _rounded(each, digits) for key, each in x.items()}
    return f"Value({x.data})" if isinstance(x, Value) else x
