"""walk: the steps of a graph one by one in a terminal, where each number can be predicted before it is shown."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from types import BuiltinFunctionType

from ..graph import need_root
from ..steps import steps
from ..value import Value
from .dialogue import Line, Walk

COLOURS = {"title": "bold", "dim": "dim", "mark": "cyan", "sentence": "bold cyan", "right": "green", "wrong": "yellow"}


def walk(root: Value) -> None:
    """None; goes through the steps of a graph in the terminal, forward and backward, and changes nothing.

    Each step is shown with the nodes it is about, their values, and the gradients that they have after this step of
    the walk. Lines are read from the standard input: `h` tells the keys; `q`, Ctrl-C or the end of the input end it.
    There is colour where `rich` is installed and the output is a terminal, unless NO_COLOR is set.

    Raises what `steps` raises.
    """
    need_root(root, "walk")
    walking = Walk(steps(root))
    show = _printer()
    try:
        lines = walking.opening(_width())
        while not walking.over:
            for line in lines:
                show(line)
            print(end="", flush=True)  # input() would do so, but say nothing if nobody reads it any more
            lines = walking.do(_read(walking.prompt), _width())
    except (EOFError, KeyboardInterrupt):
        print()
    except BrokenPipeError:  # whoever read it, as in `| head`, has seen enough; at exit Python would try once more
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _width() -> int:
    return max(40, shutil.get_terminal_size().columns)


def _read(prompt: str) -> str:
    """The next line; it is printed as well if it comes from a pipe, so that the output reads like a session."""
    try:
        line = input(prompt)
    except RuntimeError:  # a notebook that is run without a person, or a closed stdin
        raise EOFError from None
    if isinstance(input, BuiltinFunctionType) and not sys.stdin.isatty():  # a notebook has an input() of its own
        print(line)
    return line


def _printer() -> Callable[[Line], None]:
    """What prints a line: rich, in colour, if it is installed and the terminal can show it; else as it is."""
    if sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") not in ("dumb", "unknown"):
        try:
            from rich.console import Console
            from rich.text import Text
        except ImportError:
            pass
        else:
            screen = Console(highlight=False)
            return lambda line: screen.print(Text(line.text, COLOURS.get(line.kind, "")), soft_wrap=True)
    return lambda line: print(line.text)
