"""Finding lessons, running one, and the settings that a lesson takes from the command line.

A lesson is a script in this folder in percent format (cells begin with `# %%`), so that it runs from top to bottom,
opens as a notebook, and can be stepped through. The first line of its docstring is its line in the list.
"""

import argparse
import ast
import difflib
import io
import math
import os
import runpy
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from autograd import ArgumentError, AutogradError

FOLDER = Path(__file__).parent

LESSONS = {
    "chain_rule": 1,
    "perceptron": 2,
    "dining_hall": 2,
    "sigmoid_neuron": 1,
    "backprop": 2,
    "moons": 8,
    "descent": 6,
    "digits": 5,
    "overfitting": 8,
    "convnet": 6,
    "recurrent": 4,
    "lstm": 6,
    "maze": 6,
    "attention": 7,
    "keras_style": 5,
    "compile": 4,
}
"""The lessons in the order in which they build on each other, each with the seconds that it takes on two cores."""

_arguments: list[str] | None = None
"""What `main` was given for the lesson that it is running."""


class MissingExtra(AutogradError, ImportError):
    """A package is not installed that only the lessons need; the message says how to install it."""


def main(arguments: list[str], names: dict[str, Any] | None = None) -> int:
    """The exit status: 0, or 1 if the lesson failed in a way it explains, 2 for a name that is none, 130 for Ctrl-C.

    `names` is filled with what the lesson leaves behind.
    """
    try:
        return _answer(arguments, {} if names is None else names)
    except BrokenPipeError:  # whoever read the output, as in `| head`, has seen enough
        mute_stdout()
        return 0


def _answer(arguments: list[str], names: dict[str, Any]) -> int:
    stepping, arguments = "--step" in arguments, [each for each in arguments if each != "--step"]
    if not arguments or arguments[0] in ("-h", "--help"):
        print("Lessons. To run one: python -m demos NAME (--step: by cells; --help: options)\n")
        for name, seconds in LESSONS.items():
            print(f"  {name:<14} {seconds:>2} s  {one_line(name)}", flush=True)
        print("\nThe exercises that go with them: python -m demos.exercises")
        return 0
    name = arguments[0]
    try:
        need_lesson(name)
    except ArgumentError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        if stepping and not {"-h", "--help"} & {*arguments}:
            from .stepper import step

            names.update(step(name, arguments[1:]))
        else:
            names.update(run(name, arguments[1:]))
    except BrokenPipeError:
        raise
    except (AutogradError, OSError) as error:
        print(f"{name}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"\n{name}: stopped", file=sys.stderr)
        return 130
    return 0


def run(name: str, arguments: list[str]) -> dict[str, Any]:
    """The names that a lesson leaves behind, after running it with these command-line arguments."""
    with given_to_lesson(arguments):
        return runpy.run_module(f"demos.{name}", run_name="__main__")


@contextmanager
def given_to_lesson(arguments: list[str]) -> Iterator[None]:
    """Inside the `with` block `settings` takes these for the command line."""
    global _arguments
    before, _arguments = _arguments, arguments
    try:
        yield
    finally:
        _arguments = before


def need_lesson(name: str) -> None:
    """Nothing; ArgumentError, which suggests another name, if there is no such lesson."""
    if name not in LESSONS:
        nearest = difflib.get_close_matches(name, LESSONS, n=1, cutoff=0.5)
        hint = f"did you mean {nearest[0]!r}?" if nearest else f"there are: {', '.join(LESSONS)}"
        raise ArgumentError(f"There is no lesson {name!r}; {hint}")


def one_line(name: str) -> str:
    """The first line of a lesson's docstring, read without running it."""
    docstring = ast.get_docstring(ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"))) or ""
    return docstring.partition("\n")[0]


def settings(lesson: str, quick: dict[str, Any], **defaults: tuple[Any, str]) -> SimpleNamespace:
    """The settings of a lesson as attributes: its defaults, or what the command line says.

    `defaults` gives for each setting its default and what it means; `--quick` puts those of `quick` in their
    place. Every lesson also takes `--seed` and `--out`. In a notebook the defaults hold.
    """
    parser = argparse.ArgumentParser(
        prog=f"python -m demos {lesson}",
        description=one_line(lesson),
        epilog="--step, besides these, goes through the lesson cell by cell, with a Python prompt in between",
    )
    for name, (default, meaning) in defaults.items():
        option = f"--{name.replace('_', '-')}"
        in_short = f"; {quick[name]} with --quick" if name in quick else ""
        parser.add_argument(option, type=type(default), help=f"{meaning} (default {default}{in_short})")
    parser.add_argument("--seed", type=int, default=0, help="of everything that is drawn at random (default 0)")
    parser.add_argument("--out", type=Path, default=Path("out") / lesson, help=f"folder to write to (out/{lesson})")
    parser.add_argument("--quick", action="store_true", help="a small run, to see that it works")
    given = parser.parse_args(_given(lesson))
    for name, (default, _) in defaults.items():
        if getattr(given, name) is None:
            setattr(given, name, quick.get(name, default) if given.quick else default)
        elif isinstance(default, (int, float)) and not 0 < getattr(given, name) < math.inf:
            parser.error(f"--{name.replace('_', '-')} is {getattr(given, name)}; it needs to be above 0 and finite")
    if given.seed < 0:
        parser.error(f"--seed is {given.seed}; it needs to be 0 or above")
    return SimpleNamespace(**vars(given))


def mute_stdout() -> None:
    """Nothing; what stdout still holds is dropped. Python would try once more to write it at exit, and complain."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def output_folder(path: Path) -> Path:
    """The folder, made and found writable; OSError says why not, before a lesson has computed what it would lose."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise OSError(f"cannot write into the folder {path}: {error.strerror}; name another with --out") from None
    return path


def _given(lesson: str) -> list[str]:
    """The command-line arguments meant for the lesson: from `main`, or from `python demos/LESSON.py ...`."""
    if _arguments is not None:
        return _arguments
    return sys.argv[1:] if Path(sys.argv[0]).stem == lesson else []
