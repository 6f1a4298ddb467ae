"""Numbers, lists and calls as short text for a report."""

from __future__ import annotations

import reprlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import Value

from .numbers import plain, unlike

IN_LINES = "\n\t"
"""What stays as it is in a text of several lines."""

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
    """A call as it would be typed, shortened.

    >>> call_text("f", [1 / 3, (1.0, Value(2.0))])
    'f(0.333333, (1.0, Value(2.0)))'
    """
    return f"{name}({', '.join(_SHORT.repr(_rounded(x, 6)) for x in arguments)})"


def shown_apart(want: Any, got: Any) -> tuple[str, str, str]:
    """Where the two first differ (nothing, if as a whole), and both there, with the digits that it takes.

    >>> shown_apart([1.0, 2.0, 3.0], [1.0, 2.5, 3.0])
    ('[1]', '2.0 in [1.0, 2.0, 3.0]', '2.5 in [1.0, 2.5, 3.0]')
    >>> shown_apart([[1.0], [2.0]], [[1.0], [3.0]])
    ('[1][0]', '2.0 in [2.0]', '3.0 in [3.0]')
    >>> shown_apart(0.1, 0.1 + 1e-9)
    ('', '0.1', '0.100000001')
    """
    want, got = plain(want), plain(got)
    place = ""
    around = ("", "")
    while (at := _first_difference(want, got)) is not None:
        place += f"[{at}]"
        around = (f" in {shown(want)}", f" in {shown(got)}")
        want, got = want[at], got[at]
    texts = ((shown(want, digits), shown(got, digits)) for digits in (6, 9, 12, 17))
    wanted, came = next((pair for pair in texts if pair[0] != pair[1]), (repr(want), repr(got)))
    return place, wanted + around[0], came + around[1]


def _first_difference(want: Any, got: Any) -> int | None:
    """The first place at which two lists of the same length differ; None if they are no such lists."""
    if not isinstance(want, list) or not isinstance(got, list) or len(want) != len(got):
        return None
    return next((i for i, (w, g) in enumerate(zip(want, got, strict=True)) if unlike(g, w, 1e-9)), None)


def escaped(text: str, kept: str = "") -> str:
    """The text as it can be printed and encoded: what would steer a terminal is an escape, but for the `kept` signs.

    >>> escaped("Zoë 学"), escaped("two\\nlines"), escaped("\\udcff")
    ('Zoë 学', 'two\\\\nlines', '\\\\udcff')
    """
    return "".join(
        each if each.isprintable() or each in kept else each.encode("unicode_escape").decode() for each in text
    )


def _rounded(x: Any, digits: int) -> Any:
    if isinstance(x, float):
        return float(f"{x:.{digits}g}")
    if isinstance(x, Value):
        return _Words(f"Value({_rounded(x.data, digits)})")
    if isinstance(x, (np.ndarray, np.generic)):
        return _rounded(x.tolist(), digits)
    if isinstance(x, list):
        return [_rounded(each, digits) for each in x]
    if isinstance(x, tuple):
        return tuple(_rounded(each, digits) for each in x)
    if isinstance(x, dict):
        return {key: _rounded(each, digits) for key, each in x.items()}
    return _Words(f"an integer of {x.bit_length()} bits") if _is_huge(x) else x


def _is_huge(x: Any) -> bool:
    """Whether it is an integer that no float can hold; Python refuses to write out those of some thousand digits."""
    return isinstance(x, int) and x.bit_length() > 1024


class _Words(str):
    """Text that stands in a report as it is, without quotes."""

    def __repr__(self) -> str:
        return str(self)
