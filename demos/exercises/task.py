"""The tasks: each is a stub in this folder, a solution, a check and three hints, all found by its name."""

from __future__ import annotations

import ast
import difflib
import importlib
import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from autograd import ArgumentError

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Task:
    """One exercise. What it is made of is read when it is asked for."""

    stub: Path

    def __repr__(self) -> str:
        return f"<task {self.number}, {self.name}: {self.title}>"

    @property
    def id(self) -> str:
        """The name of its file without the ending: `01_perceptron`."""
        return self.stub.stem

    @property
    def number(self) -> int:
        """From 1 on."""
        return int(self.id.partition("_")[0])

    @property
    def name(self) -> str:
        """Such as `perceptron`."""
        return self.id.partition("_")[2]

    @cached_property
    def text(self) -> str:
        """The docstring of the stub: the task as the student reads it."""
        return ast.get_docstring(ast.parse(self.stub.read_text(encoding="utf-8"))) or ""

    @property
    def title(self) -> str:
        """The first line of the text."""
        return self.text.partition("\n")[0]

    @property
    def solution(self) -> Path:
        """The file of the reference solution."""
        return FOLDER / "solutions" / self.stub.name

    @property
    def hints(self) -> tuple[str, str, str]:
        """From a nudge to nearly the answer."""
        return self._checks.HINTS

    @property
    def check(self) -> Callable[..., None]:
        """The check, a plain function of what the answer consists of; it raises CheckFailed."""
        return self._checks.check

    @property
    def needs(self) -> tuple[str, ...]:
        """The names that an answer has to define: the parameters of the check, in their order."""
        return tuple(inspect.signature(self.check).parameters)

    @property
    def _checks(self) -> Any:
        return importlib.import_module(f"demos.exercises.checks.{self.name}")


TASKS = {task.number: task for task in map(Task, sorted(FOLDER.glob("[0-9][0-9]_*.py")))}
"""All tasks by number, in the order in which they build on each other."""


def find(wanted: int | str) -> Task:
    """The task with this number or name; ArgumentError, which suggests another, if there is none.

    >>> find(1) is find("1") is find("perceptron") is find("01_perceptron.py")
    True
    """
    said = str(wanted).removesuffix(".py")
    named = {name: task for task in TASKS.values() for name in (task.name, task.id, str(task.number))}
    task = named.get(said) or named.get(said.lstrip("0"))
    if task is not None:
        return task
    nearest = difflib.get_close_matches(said, [task.name for task in TASKS.values()], n=1, cutoff=0.5)
    hint = f"did you mean {nearest[0]!r}?" if nearest else f"there are 1 to {len(TASKS)}"
    raise ArgumentError(f"There is no task {wanted!r}; {hint}")


def tasks_in(text: str) -> list[Task]:
    """The tasks that are meant by such as `1,2,7-9`, each once and by number; ArgumentError if there are no such.

    >>> [task.number for task in tasks_in("sigmoid, 2-4, 3")]
    [2, 3, 4, 6]
    """
    numbers = {number for part in text.replace(" ", "").split(",") if part for number in _range(part)}
    if not numbers:
        raise ArgumentError(f"No task is named in {text!r}; such as 1,2,7-9 is expected")
    return [TASKS[number] for number in sorted(numbers)]


def _range(part: str) -> list[int]:
    ends = re.fullmatch(r"(\d+)-(\d+)", part)
    if ends is None:
        return [find(part).number]
    first, last = (find(end).number for end in ends.groups())
    if first > last:
        raise ArgumentError(f"{part} goes backwards; {last}-{first} is expected")
    return [number for number in TASKS if first <= number <= last]
