"""The command line of one command: its tasks, by number, name or file, and its options."""

from __future__ import annotations

import argparse
import math
import os
from pathlib import Path
from typing import NoReturn

from autograd import ArgumentError
from demos.exercises.checking.isolated import Limits
from demos.exercises.task import Task, find, tasks_in

from .screens import command_in
from .workspace import default_folder

SECONDS = Limits().seconds
"""How long a task may take, unless --timeout says otherwise."""


def parse(name: str, takes: str, words: str, arguments: list[str]) -> argparse.Namespace:
    """What the arguments say, with the tasks as Tasks, each once; ArgumentError in words if they do not fit.

    `takes` is "", "N", "N ..." or "[N ...]", and `words` what the command does.
    """
    given = _parser(name, takes, words).parse_args(arguments)
    if not takes and given.tasks:
        raise ArgumentError(f"{name} takes no task:\n    {command_in(given.folder, name)}")
    given.tasks = list(dict.fromkeys(task for each in given.tasks for task in _named(each, given.folder, name)))
    count = len(given.tasks)
    if (count == 0 and takes in ("N", "N ...")) or (count > 1 and takes == "N"):
        many = "one task" if takes == "N" else "a task, or of several"
        raise ArgumentError(
            f"{name} needs the number or the name of {many}, as in\n    python -m demos.exercises {name} 1"
        )
    if "timeout" in given:
        given.timeout = _seconds(given.timeout)
    return given


def _named(each: str, folder: Path, name: str) -> list[Task]:
    """The tasks of one argument; ArgumentError if it is a file of another folder than the one in use."""
    if not os.path.dirname(each):
        return tasks_in(each)
    task = find(Path(each).name or each)
    elsewhere = Path(each).parent
    if os.path.realpath(elsewhere) != os.path.realpath(folder):
        other = command_in(elsewhere, f"{name} {task.number}")
        used = "this folder" if folder == Path(".") else f"the folder {folder}"
        raise ArgumentError(f"{each} is not in {used}. To use that folder:\n    {other}")
    return [task]


class _Parser(argparse.ArgumentParser):
    """Options that do not fit are an ArgumentError, which is shown without the usage."""

    def error(self, message: str) -> NoReturn:
        raise ArgumentError(f"{message}\nWhat there is:\n    {self.prog} --help")


def _parser(name: str, takes: str, words: str) -> argparse.ArgumentParser:
    prog = f"python -m demos.exercises {name}"
    usage = " ".join(part for part in (prog, takes, "[options]") if part)
    parser = _Parser(prog=prog, usage=usage, description=f"{words[0].upper()}{words[1:]}.")
    number = "a task by number, name or file, such as 1 or perceptron" if takes else argparse.SUPPRESS
    if "..." in takes:
        number = "tasks by number, name or file, such as 1 3-5 perceptron"
    parser.add_argument("tasks", nargs="*", metavar="N", help=number)
    folder = f"where your files are (default {default_folder()})"
    parser.add_argument("--folder", type=Path, default=default_folder(), metavar="DIR", help=folder)
    if name in ("check", "watch"):
        seconds = f"how long each task may take (default {SECONDS:g})"
        parser.add_argument("--timeout", default=str(SECONDS), metavar="SECONDS", help=seconds)
    if name == "solution":
        parser.add_argument("--anyway", action="store_true", help="also if the task is not passed yet")
    return parser


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds <= 86_400:
        raise ArgumentError(f"--timeout is {text!r}; it needs to be seconds, above 0 and at most a day")
    return seconds
