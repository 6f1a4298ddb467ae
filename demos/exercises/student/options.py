"""The command line of one command: its tasks, by number, name or file, and its options."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import NoReturn

from autograd import ArgumentError
from demos.exercises.task import find

from .screens import DEFAULT_FOLDER

SECONDS = 20
"""How long a task may take, unless --timeout says otherwise."""


def parse(name: str, takes: str, words: str, arguments: list[str]) -> argparse.Namespace:
    """What the arguments say, with the tasks as Tasks, each once; ArgumentError in words if they do not fit.

    `takes` is "", "N", "N ..." or "[N ...]", and `words` what the command does.
    """
    given = _parser(name, takes, words).parse_args(arguments)
    given.tasks = list(dict.fromkeys(find(Path(each).name or each) for each in given.tasks))
    count = len(given.tasks)
    if not takes and count:
        raise ArgumentError(f"{name} takes no task:\n    python -m demos.exercises {name}")
    if (count == 0 and takes in ("N", "N ...")) or (count > 1 and takes == "N"):
        many = "one task" if takes == "N" else "a task, or of several"
        raise ArgumentError(
            f"{name} needs the number or the name of {many}, as in\n    python -m demos.exercises {name} 1"
        )
    if "timeout" in given:
        given.timeout = _seconds(given.timeout)
    return given


class _Parser(argparse.ArgumentParser):
    """Options that do not fit are an ArgumentError, which is shown without the usage."""

    def error(self, message: str) -> NoReturn:
        raise ArgumentError(f"{message}\nWhat there is:\n    {self.prog} --help")


def _parser(name: str, takes: str, words: str) -> argparse.ArgumentParser:
    prog = f"python -m demos.exercises {name}"
    usage = " ".join(part for part in (prog, takes, "[options]") if part)
    parser = _Parser(prog=prog, usage=usage, description=f"{words[0].upper()}{words[1:]}.")
    number = "number or name of a task, such as 1 or perceptron" if takes else argparse.SUPPRESS
    parser.add_argument("tasks", nargs="*", metavar="N", help=number)
    folder = f"where your files are (default {DEFAULT_FOLDER})"
    parser.add_argument("--folder", type=Path, default=DEFAULT_FOLDER, metavar="DIR", help=folder)
    if name in ("check", "watch"):
        seconds = f"how long each task may take (default {SECONDS})"
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
