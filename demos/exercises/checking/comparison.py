"""Answers compared with what is right, on many cases at once, and what it tells about the mistake behind a difference.

A mistake is a hypothesis that can be run: the function that somebody has written who made it. If an answer gives in
all cases what the mistake gives, the mistake is named.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd import Value
from demos.exercises.verdict import CheckFailed, Finding

from .calls import Raised, called, need_function
from .numbers import close, common_factor, common_offset, flat, plain, scaled, unlike
from .words import call_text, shown, shown_apart


class Mistake(NamedTuple):
    """A typical mistake: its name, the function that makes it, the likely cause and what to try next."""

    name: str
    wrong: Callable[..., Any]
    cause: str
    advice: str = ""


class Seen(NamedTuple):
    """What is seen of a wrong answer from outside, where no mistake explains it."""

    name: str
    cause: str = ""
    advice: str = ""
    """What to try next; empty if that is up to the task."""


def agree(
    name: str,
    given: Any,
    right: Callable[..., Any],
    cases: Iterable[tuple[Any, ...]],
    mistakes: Sequence[Mistake] = (),
    *,
    advice: str,
    tolerance: float = 1e-5,
) -> None:
    """Nothing, if `given` returns for the arguments of each case what `right` returns; else raises CheckFailed.

    The first case in which they differ is told, so simple cases come first. The finding names the first of `mistakes`
    that gives what `given` gives in all cases (raising the same kind of error is giving the same), or else what can be
    seen from outside: nothing returned, another length, the opposite sign, a constant factor or offset, the reverse.
    `advice` is what to try next where no mistake is recognised. Numbers agree within `tolerance`, relative or absolute,
    which by default is wide enough for an answer in float32; Values count as their numbers, tuples and arrays as lists.
    `name` is what the task calls the answer.

    An error that no mistake explains comes out as `Raised`. An answer that changes its arguments fails.
    """
    cases = list(cases)
    need_function(name, given, len(cases[0]))
    wanted = [right(*copy.deepcopy(case)) for case in cases]
    outcomes = [_outcome(given, name, case) for case in cases]
    wrong = [i for i, (got, want) in enumerate(zip(outcomes, wanted, strict=True)) if unlike(got, want, tolerance)]
    if not wrong:
        return
    first = wrong[0]
    got, want = outcomes[first], wanted[first]
    found: Mistake | Seen | None = next(
        (each for each in mistakes if _explains(each, cases, outcomes, tolerance)), None
    )
    if found is None:
        if isinstance(got, Raised):
            raise got
        found = _misshapen(got, want) or _pattern(outcomes, wanted, first) or Seen("wrong result")
    place, expected, came = ("", shown(want), str(got)) if isinstance(got, Raised) else shown_apart(want, got)
    where = call_text(name, cases[first]) + place
    raise CheckFailed(Finding(found.name, where, expected, came, found.cause, found.advice or advice))


def _outcome(given: Any, name: str, case: tuple[Any, ...]) -> Any:
    """What the answer returns, or Raised. Its arguments must be what they were afterwards."""
    arguments = copy.deepcopy(case)
    try:
        result = called(name, given, *arguments)
    except Raised as error:
        return error
    for parameter, before, after in zip(_parameters(given, len(case)), case, arguments, strict=True):
        if unlike(after, before, 0.0):
            raise CheckFailed(
                Finding(
                    "changes its arguments",
                    call_text(name, case),
                    f"{parameter} is still {shown(before)} afterwards",
                    f"{parameter} is {shown(after)}",
                    "It writes into what it was given; whoever called it does not expect that.",
                    "Make a new list and return it.",
                )
            )
    return result


def _parameters(given: Any, count: int) -> list[str]:
    """What the function calls its arguments."""
    try:
        names = list(inspect.signature(given).parameters)
    except (TypeError, ValueError):
        names = []
    return (names + [f"argument {i + 1}" for i in range(len(names), count)])[:count]


def _explains(mistake: Mistake, cases: Sequence[tuple[Any, ...]], outcomes: Sequence[Any], tolerance: float) -> bool:
    """Whether the mistake gives what was given in every case."""
    for case, got in zip(cases, outcomes, strict=True):
        try:
            with np.errstate(all="ignore"):  # what NumPy says of a wrong formula is not for the student
                guess = mistake.wrong(*copy.deepcopy(case))
        except Exception as error:
            if not isinstance(got, Raised) or type(got.error) is not type(error):
                return False
            continue
        if unlike(got, guess, tolerance):
            return False
    return True


def _misshapen(got: Any, want: Any) -> Seen | None:
    """What is wrong with the kind of a result, if that is what is wrong."""
    if got is None:
        cause = "There is no `return` on the way that was taken, so Python returns None."
        return Seen("returns nothing", cause, "Write `return` before what is to come back; print only shows it.")
    listed, list_wanted = (isinstance(x, (list, tuple)) or getattr(x, "ndim", 0) > 0 for x in (got, want))
    if list_wanted and not listed:
        return Seen("not a list", "A list is wanted, or a tuple or an array.", "Collect the results in a list.")
    if listed and list_wanted and len(got) != len(want):
        count = f"{len(got)} {'entry' if len(got) == 1 else 'entries'}"
        advice = "Compare what came with what is expected, entry by entry."
        return Seen("wrong length", f"It has {count} instead of {len(want)}.", advice)
    if isinstance(want, (int, float, Value)) and not isinstance(plain(got), (int, float)):
        cause = f"One number is wanted, and this is of the type {type(got).__name__}."
        return Seen("not a number", cause, "Return the number itself.")
    if any(x != x for x in flat(got)) and not any(x != x for x in flat(want)):
        return Seen("nan", "Somewhere inf - inf, 0 * inf or the like was computed.")
    return None


def _pattern(outcomes: Sequence[Any], wanted: Sequence[Any], first: int) -> Seen | None:
    """What relates the numbers that were given to the right ones, where it is something simple."""
    pairs = [(flat(g), flat(w)) for g, w in zip(outcomes, wanted, strict=True) if not isinstance(g, Raised)]
    got, want = ([x for pair in pairs for x in pair[side]] for side in (0, 1))
    if not flat(outcomes[first]) or any(len(g) != len(w) for g, w in pairs):
        return None
    if close(got, want):
        if unlike(outcomes[first], wanted[first], 1e-3):
            return Seen("wrong shape", "The numbers are right, but they are grouped in another way.")
        return Seen("not precise enough", "The numbers agree to some digits only: something is rounded.")
    if close(got, scaled(want, -1.0)):
        return Seen("sign", "The numbers are right, but for the sign.")
    factor = common_factor(got, want)
    if factor is not None:
        return Seen("factor", f"All numbers are {shown(factor)} times what they should be.")
    offset = common_offset(got, want)
    if offset is not None:
        return Seen("offset", f"All numbers are off by {shown(offset)}.")
    if all(close(g, w[::-1]) for g, w in pairs):
        return Seen("reversed", "The numbers are right, but in the reverse order.")
    return None
