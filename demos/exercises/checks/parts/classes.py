"""A class that somebody wrote, used: what it has to have, and its numbers and errors in words."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import autograd
from demos.exercises.checking.calls import Raised
from demos.exercises.checking.numbers import plain, unlike
from demos.exercises.checking.words import shown, shown_apart
from demos.exercises.verdict import CheckFailed, Finding


@contextmanager
def asking(asked: str) -> Iterator[None]:
    """Inside, an error of the answer becomes Raised, which says what was asked of it."""
    try:
        yield
    except (CheckFailed, Raised):
        raise
    except Exception as error:
        raise Raised(asked, error) from error


def need_engine(name: str, given: Any) -> None:
    """Nothing, if this is a class whose instances have `data` and `grad`, and not the engine's; else CheckFailed."""
    if not isinstance(given, type):
        advice = f"Give the class itself: what `class {name}:` defines, without calling it."
        raise CheckFailed(Finding("not a class", name, f"a class called {name}", shown(given), advice=advice))
    if issubclass(given, autograd.Value):
        raise CheckFailed(_borrowed(name, f"{given.__name__} is autograd.Value, or made from it"))
    asked = f"a = {name}(1 / 3)"
    with asking(asked):
        made: Any = given(1 / 3)  # type: ignore[call-arg]
    _need_own(name, made)
    for field, want in (("data", 1 / 3), ("grad", 0.0)):
        got = numbers(asked, {"a": made}, field)["a"]
        if got != want:
            _, expected, came = shown_apart(want, got)
            rounded = field == "data" and abs(got - want) < 0.5
            cause = "It was rounded, or made an int, or a float32, which keeps seven digits only." * rounded
            advice = f"Set self.{field} in __init__" + (", to the number as it was given." if rounded else ".")
            raise CheckFailed(
                Finding("wrong start", asked, f"a.{field} = {expected}", f"a.{field} = {came}", cause, advice)
            )


def need_value(name: str, given: type, made: Any, asked: str) -> None:
    """Nothing, if `made` is an instance of the given class that does its own work; else CheckFailed."""
    if made is None:
        cause = "There is no `return` on the way that was taken, so Python returns None."
        raise CheckFailed(Finding("returns nothing", asked, f"a {name}", "None", cause, "Return the result."))
    if not isinstance(made, given):
        kind = type(made).__name__
        cause = f"It is a {kind}, with which nothing further can be computed that has a gradient."
        advice = f"Put the number into a new {name}, and return that."
        raise CheckFailed(Finding("not a Value", asked, f"a {name}", f"a {kind}", cause, advice))
    _need_own(name, made)


def need_unchanged(asked: str, owners: Mapping[str, Any], before: Mapping[str, float]) -> None:
    """Nothing, if the `data` of each is what it was before; else CheckFailed."""
    after = numbers(asked, owners, "data")
    changed = next((name for name in before if unlike(after[name], before[name], 1e-9)), None)
    if changed is not None:
        expected, got = (f"{changed}.data = {shown(data[changed])}" for data in (before, after))
        cause = "An operation writes to the data of its argument, which others use as well."
        advice = "Compute a new number from data, and leave data as it is. On the way back only grad changes."
        raise CheckFailed(Finding("changes its arguments", asked, f"still {expected}", got, cause, advice))


def numbers(asked: str, owners: Mapping[str, Any], field: str) -> dict[str, float]:
    """What stands in this field of each; CheckFailed if there is no such field, or no number in it."""
    return {name: _number(asked, f"{name}.{field}", owner, field) for name, owner in owners.items()}


def _number(asked: str, name: str, owner: Any, field: str) -> float:
    try:
        with asking(asked):
            found = getattr(owner, field)
    except Raised as error:
        if not isinstance(error.error, AttributeError):
            raise
        advice = "Compare the names of the fields with those in the text of the task."
        missing = Finding("missing attribute", asked, f"a number {name}", str(error), advice=advice)
        raise CheckFailed(missing) from None
    if isinstance(found, (autograd.Value, bool)) or not isinstance(plain(found), (int, float)):
        kind = type(found).__name__
        cause = f"A {kind} was stored in place of its number." if hasattr(found, "data") else ""
        advice = "data and grad are plain numbers: compute them from the data and grad of others."
        raise CheckFailed(Finding("not a number", asked, f"{name} is a number", f"a {kind}", cause, advice))
    return float(plain(found))


class TooManyCalls(BaseException):
    """Raised in the middle of an answer; no Exception, so that it is not caught there by mistake."""


def each_edge_once(asked: str, calls: int = 20_000) -> AbstractContextManager[None]:
    """Inside, an answer that calls more functions than that is stopped, and CheckFailed says why."""
    finding = Finding(
        "path by path",
        asked,
        "each edge is gone over once",
        f"more than {calls:,} calls of functions, and then it was stopped",
        "Each path is walked anew. Then every further diamond takes twice as long.",
        "Wait until the gradient of a node is complete, and pass it on once.",
    )
    return _at_most(calls, finding)


@contextmanager
def an_end(asked: str, calls: int = 100_000) -> Iterator[None]:
    """Inside, an answer that goes on for ever on a small graph is stopped, and CheckFailed says why."""
    wanted = "an end: there are only a few nodes"
    shared = (
        "a node stands among its own arguments, as happens with a default such as `args=[]`: that list is made once, "
    )
    shared += "and shared by all."
    advice = "Print each node that is taken up, and its arguments."
    loop = Finding(
        "took too long",
        asked,
        wanted,
        f"more than {calls:,} calls of functions, and then it was stopped",
        f"A loop has no end. Either what is taken up is never taken off the list; or {shared}",
        advice,
    )
    try:
        with _at_most(calls, loop):
            yield
    except Raised as error:
        if not isinstance(error.error, RecursionError):
            raise
        cause = f"A function calls itself, and has no end. Either it does so at the leaves too; or {shared}"
        raise CheckFailed(Finding("recursion without end", asked, wanted, "RecursionError", cause, advice)) from None


@contextmanager
def _at_most(calls: int, finding: Finding) -> Iterator[None]:
    """Inside, an answer may call so many functions. They are counted, not seconds: that is alike on any machine."""
    left = calls

    def count(frame: Any, event: str, argument: Any) -> None:
        nonlocal left
        left -= event in ("call", "c_call")
        if left < 0:
            raise TooManyCalls

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        yield
    except TooManyCalls:
        raise CheckFailed(finding) from None
    finally:
        sys.setprofile(before)


@contextmanager
def any_depth(asked: str) -> Iterator[None]:
    """Inside, a RecursionError of the answer becomes CheckFailed, which says what to do about it."""
    try:
        yield
    except Raised as error:
        if not isinstance(error.error, RecursionError):
            raise
        finding = Finding(
            "recursion too deep",
            asked,
            "a gradient, however deep the graph is",
            "RecursionError",
            "The numbers of small graphs are right. But a function that calls itself for each node gets no deeper than "
            "about a thousand.",
            "Keep what is still to be done in a list: append to it, and pop from it in a `while`.",
        )
        raise CheckFailed(finding) from None


def _need_own(name: str, made: Any) -> None:
    if any(isinstance(each, autograd.Value) for each in getattr(made, "__dict__", {}).values()):
        raise CheckFailed(_borrowed(name, f"a {type(made).__name__} with an autograd.Value inside"))


def _borrowed(name: str, got: str) -> Finding:
    advice = f"Write {name} yourself, with plain numbers: it is what the engine is to be compared with."
    return Finding("the engine's own", name, f"a class {name} of your own", got, advice=advice)
