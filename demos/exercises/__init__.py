"""Exercises that check themselves: `python -m demos.exercises` in a terminal, `check(7, my_function)` in a notebook."""

from __future__ import annotations

import os
import textwrap
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any

from autograd import ArgumentError

from .checking.judge import judge, judge_source
from .checking.words import IN_LINES, escaped
from .student.printed import Tail
from .student.screens import hint_text
from .student.workspace import default_folder
from .task import TASKS, Task, find
from .verdict import WIDTH, CheckFailed, Finding, Verdict, in_short

__all__ = ["TASKS", "CannotCheck", "CheckFailed", "Finding", "Hint", "Task", "Verdict", "check", "find", "hint"]

_hints_shown: dict[Task, int] = {}


class CannotCheck(ArgumentError):
    """There is no such task, or it needs other answers. A notebook shows the message without a traceback."""

    def _render_traceback_(self) -> list[str]:
        """What IPython prints instead of a traceback."""
        return str(self).splitlines()


class Hint(str):
    """Text that a prompt or a notebook shows as it would be printed."""

    def __repr__(self) -> str:
        return str(self)


def check(task: int | str, *answers: Any, **named: Any) -> Verdict:
    """The verdict "passed"; raises CheckFailed, whose message says what is wrong and what to try next.

    The answers are what the task asks for, in its order or by name; with none of them, the task's file in the folder
    `exercises` is checked, or the file itself if one is given with its folder. It runs in this process and without a
    time limit. Of what it prints the last lines are shown at the end.

    >>> def decide(facts, weights, threshold):
    ...     return sum(w * x for w, x in zip(weights, facts)) >= threshold
    >>> check(1, decide)
    Traceback (most recent call last):
    demos.exercises.verdict.CheckFailed: at the threshold
         asked         decide([1, 1, 0], [3.0, 4.0, 2.0], 7.0)
         expected      0
         got           True
         likely cause  >= where > is meant: the sum has to be above the threshold,
                       and here it is just as high.
         try next      Compare with >.

    Raises CannotCheck if there is no such task, or if other names are given than it needs.
    """
    printed = Tail()
    try:
        with redirect_stdout(printed):
            verdict = _verdict(task, answers, named)
    except KeyboardInterrupt:
        _show(printed)
        raise
    if verdict.finding is not None:
        raise CheckFailed(verdict.finding, _legible(printed))
    _show(printed)
    return replace(verdict, printed=_legible(printed))


def hint(task: int | str) -> Hint:
    """The next of the task's three hints, as long as this process lasts; after the third, all of them.

    Raises CannotCheck if there is no such task.
    """
    wanted = _found(task)
    shown = _hints_shown.get(wanted, 0)
    _hints_shown[wanted] = shown + 1
    return Hint(hint_text(wanted, shown))


def _show(printed: Tail) -> None:
    """Prints the end of what an answer printed, if it did."""
    if words := in_short(_legible(printed)):
        print(words)


def _legible(printed: Tail) -> str:
    return escaped(printed.text, IN_LINES)


def _found(task: int | str) -> Task:
    """The task with this number, name or file, in whatever folder that is."""
    try:
        return find((os.path.basename(task) or task) if isinstance(task, str) else task)
    except ArgumentError as error:
        raise CannotCheck(str(error)) from None


def _verdict(asked: int | str, answers: tuple[Any, ...], named: dict[str, Any]) -> Verdict:
    task = _found(asked)
    if not answers and not named:
        folder = os.path.dirname(asked) if isinstance(asked, str) else ""
        path = Path(folder or default_folder(), task.stub.name)
        if not path.is_file():
            raise CannotCheck(
                f"check({task.number}) was given no answer, and there is no file {path} here.\n{_how_to_call(task)}"
            )
        return judge_source(task, path.read_bytes(), str(path))
    names = {**dict(zip(task.needs, answers, strict=False)), **named}
    if len(answers) + len(named) != len(task.needs) or set(names) != set(task.needs):
        words = f"check({task.number}, ...) {_what_it_needs(task)}, and got {_what_it_got(len(answers), list(named))}."
        raise CannotCheck(f"{textwrap.fill(words, WIDTH)}\n{_how_to_call(task)}")
    return judge(task, names)


def _what_it_needs(task: Task) -> str:
    """Such as `needs 2 things, sigmoid and sigmoid_derivative`."""
    *first, last = task.needs
    names = f"{', '.join(first)} and {last}" if first else last
    return f"needs {len(task.needs)} thing{'s' * bool(first)}, {names}"


def _what_it_got(count: int, names: list[str]) -> str:
    """Such as `1 by position and decide by name`."""
    if not names:
        return str(count)
    return " and ".join([f"{count} by position"] * bool(count) + [f"{', '.join(names)} by name"])


def _how_to_call(task: Task) -> str:
    return f"Task {task.number}, {task.name}, is checked with check({', '.join([str(task.number), *task.needs])})"
