"""Exercises that check themselves: `python -m demos.exercises` in a terminal, `check(7, my_function)` in a notebook."""

from __future__ import annotations

from typing import Any

from autograd import ArgumentError

from .checking.judge import judge, judge_source
from .student.screens import DEFAULT_FOLDER, hint_text
from .task import TASKS, Task, find
from .verdict import CheckFailed, Finding, Verdict

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
    `exercises` is checked. It runs in this process and without a time limit.

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
    verdict = _verdict(_found(task), answers, named)
    if verdict.finding is not None:
        raise CheckFailed(verdict.finding)
    return verdict


def hint(task: int | str) -> Hint:
    """The next of the task's three hints, as long as this process lasts; after the third, all of them.

    Raises CannotCheck if there is no such task.
    """
    wanted = _found(task)
    shown = _hints_shown.get(wanted, 0)
    _hints_shown[wanted] = shown + 1
    return Hint(hint_text(wanted, shown))


def _found(task: int | str) -> Task:
    try:
        return find(task)
    except ArgumentError as error:
        raise CannotCheck(str(error)) from None


def _verdict(task: Task, answers: tuple[Any, ...], named: dict[str, Any]) -> Verdict:
    if not answers and not named:
        path = DEFAULT_FOLDER / task.stub.name
        if not path.is_file():
            raise CannotCheck(
                f"check({task.number}) was given no answer, and there is no file {path} here.\n{_what_it_needs(task)}"
            )
        return judge_source(task, path.read_bytes(), str(path))
    names = {**dict(zip(task.needs, answers, strict=False)), **named}
    if len(answers) + len(named) != len(task.needs) or set(names) != set(task.needs):
        got = [f"{len(answers)} by position"] * bool(answers) + [f"{name} by name" for name in named]
        raise CannotCheck(f"check({task.number}, ...) got {', '.join(got)}.\n{_what_it_needs(task)}")
    return judge(task, names)


def _what_it_needs(task: Task) -> str:
    """How to call `check` for this task."""
    return f"Task {task.number}, {task.name}, is checked with check({', '.join([str(task.number), *task.needs])})"
