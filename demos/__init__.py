"""Lessons for glassgrad: `python -m demos` lists them, `python -m demos NAME` runs one, `walk(NAME)` steps through."""

from typing import Any


def walk(lesson: str, *arguments: object) -> dict[str, Any]:
    """The names of a lesson as they are in the end, after going through it cell by cell in the terminal.

    Each cell is shown, and run on Enter; in between is a Python prompt in the lesson's names, and `:help` tells the
    rest. The arguments are those of the command line: `walk("digits", "--quick", "--seed", 3)`. What has been made can
    be taken along to one's own prompt: `globals().update(walk("digits"))`.

    Raises ArgumentError if there is no such lesson.
    """
    from . import stepper

    return stepper.walk(lesson, *arguments)
