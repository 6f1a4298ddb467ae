"""Exercises that check themselves: `python -m demos.exercises` in a terminal, `check(7, my_function)` in a notebook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from autograd import ArgumentError

from .checking.judge import judge, judge_source
from .task import TASKS, Task, find
from .verdict import CheckFailed, Finding, Verdict

__all__ = ["TASKS", "CheckFailed", "Finding", "Task", "Verdict", "check", "find"]


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

    Raises ArgumentError if there is no such task, or if other names are given than it needs.
    """
    wanted = find(task)
    verdict = _verdict(wanted, answers, named)
    if verdict.finding is not None:
        raise CheckFailed(verdict.finding)
    return verdict


def _verdict(task: Task, answers: tuple[Any, ...], named: dict[str, Any]) -> Verdict:
    if not answers and not named:
        path = Path("exercises") / task.stub.name
        if not path.is_file():
            raise ArgumentError(
                f"check({task.number}) was given no answer, and there is no file {path} here. "
                f"Task {task.number} needs {', '.join(task.needs)}: check({task.number}, {', '.join(task.needs)})"
            )
        return judge_source(task, path.read_bytes(), str(path))
    names = {**dict(zip(task.needs, answers, strict=False)), **named}
    if len(answers) + len(named) != len(task.needs) or set(names) != set(task.needs):
        raise ArgumentError(
            f"Task {task.number} needs {', '.join(task.needs)}; "
            f"got {len(answers)} by position" + (f" and {', '.join(named)}" if named else "")
        )
    return judge(task, names)
