"""Calls into an answer: what is no function, takes other arguments or raises is told in words."""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Iterator
from typing import Any

from demos.exercises.verdict import CheckFailed, Finding

from .words import call_text, shown


class Raised(Exception):
    """An answer raised an error: what it was called with, and the error itself as `error`, with its traceback."""

    def __init__(self, call: str, error: BaseException) -> None:
        super().__init__(call, error)
        self.call = call
        self.error = error

    def __str__(self) -> str:
        return told(self.error)


def told(error: BaseException) -> str:
    """The kind of an error and its message, such as `ValueError: too short`; the kind alone if it has no message."""
    try:
        words = str(error).strip()
    except Exception as another:
        words = f"its message cannot be read, {type(another).__name__}"
    words = words if len(words) <= 500 else f"{words[:500]} ..."
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


def called(name: str, function: Any, *arguments: Any) -> Any:
    """What the answer's function returns, of a generator the list; Raised if it raises.

    sys.exit counts as an error; Ctrl-C does not. A MemoryError comes out as it is, so that no further call fills the
    memory again.
    """
    text = call_text(name, arguments)
    try:
        result = function(*arguments)
        return list(result) if isinstance(result, Iterator) else result
    except (CheckFailed, Raised, KeyboardInterrupt):
        raise
    except MemoryError as error:
        traceback.clear_frames(error.__traceback__)  # what filled the memory has to make room for the report
        raise
    except BaseException as error:
        raise Raised(text, error) from error


def need_function(name: str, given: Any, arguments: int) -> None:
    """Nothing; CheckFailed if this cannot be called with so many arguments."""
    if not callable(given):
        raise CheckFailed(
            Finding(
                "not a function",
                name,
                "a function",
                shown(given),
                advice=f"Write `def {name}(...):` and give the function itself, without calling it.",
            )
        )
    try:
        signature = inspect.signature(given)
    except (TypeError, ValueError):  # some built-in functions have none to look at
        return
    try:
        signature.bind(*range(arguments))
    except TypeError:
        raise CheckFailed(
            Finding(
                "wrong arguments",
                name,
                f"a function of {arguments} argument{'s' * (arguments != 1)}",
                f"{name}({', '.join(signature.parameters)})",
                "Its first line is not that of the task any more.",
                "Compare it with the task's own: `reset` brings that back, and keeps yours beside it.",
            )
        ) from None
