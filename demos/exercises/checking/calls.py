"""Calls into an answer: what is no function, takes other arguments or raises is told in words."""

from __future__ import annotations

import inspect
from typing import Any

from demos.exercises.verdict import CheckFailed, Finding

from .words import call_text


class Raised(Exception):
    """An answer raised an error: what it was called with, and the error itself as `error`, with its traceback."""

    def __init__(self, call: str, error: Exception) -> None:
        super().__init__(call, error)
        self.call = call
        self.error = error

    def __str__(self) -> str:
        words = str(self.error).strip()
        return f"{type(self.error).__name__}: {words}" if words else type(self.error).__name__


def called(name: str, function: Any, *arguments: Any) -> Any:
    """What the answer's function returns; Raised if it raises. SystemExit counts as an error, Ctrl-C does not."""
    text = call_text(name, arguments)
    try:
        return function(*arguments)
    except (CheckFailed, Raised):
        raise
    except SystemExit as leaving:
        raise Raised(text, RuntimeError(f"it ended the program (sys.exit, {leaving.code!r})")) from leaving
    except Exception as error:
        raise Raised(text, error) from error


def need_function(name: str, given: Any, arguments: int) -> None:
    """Nothing; CheckFailed if this cannot be called with so many arguments."""
    if not callable(given):
        raise CheckFailed(
            Finding(
                "not a function",
                name,
                "a function",
                f"{given!r}",
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
                f"{name}{signature}",
                f"a function of {arguments} argument{'s' * (arguments != 1)}",
                f"{name}{signature}",
                "Its first line is not that of the task any more.",
                "Compare it with the task's own: `reset` brings that back, and keeps yours beside it.",
            )
        ) from None
