"""What usually lies behind an error of Python's in a beginner's program, and what to try."""

from __future__ import annotations

import difflib
import pkgutil
import sys
from typing import NamedTuple

from .calls import told


class Usual(NamedTuple):
    """An error, told by its kind and by words of its message; what usually lies behind it, and what to try."""

    kind: type[BaseException]
    words: str
    cause: str
    advice: str


def usual(error: BaseException) -> tuple[str, str]:
    """What usually lies behind such an error, and what to try; empty if nothing usual is known.

    >>> usual(NameError("name 'math' is not defined", name="math"))[1]
    'Write `import math` at the top of the file.'
    >>> usual(ModuleNotFoundError("No module named 'numpyy'", name="numpyy"))[1]
    'Did you mean numpy?'
    """
    name = getattr(error, "name", None) or ""
    if isinstance(error, NameError) and _import_of(name):
        return (
            f"{name} is a module, and this file does not import it.",
            f"Write `{_import_of(name)}` at the top of the file.",
        )
    if isinstance(error, ModuleNotFoundError) and (nearest := _nearest_module(name)):
        return "There is no such module.", f"Did you mean {nearest}?"
    for each in USUAL:
        if isinstance(error, each.kind) and each.words in told(error):
            return each.cause, each.advice
    return "", ""


def _import_of(name: str) -> str:
    """The line that imports the module of this name; empty if it is none."""
    short = {"np": "import numpy as np", "numpy": "import numpy"}
    return f"import {name}" if name in sys.stdlib_module_names else short.get(name, "")


def _nearest_module(name: str) -> str:
    """A module that is there, or part of Python, with a name like this; empty if there is none."""
    there = {*sys.stdlib_module_names, *(each.name for each in pkgutil.iter_modules())}
    return next(iter(difflib.get_close_matches(name, there, n=1, cutoff=0.8)), "")


USUAL = [
    Usual(
        TabError,
        "",
        "Tabs and spaces are mixed at the beginning of lines.",
        "Use four spaces for each level; an editor can turn tabs into them.",
    ),
    *(
        Usual(SyntaxError, words, "The file was saved in another encoding.", "Let the editor save it again, as UTF-8.")
        for words in ("not UTF-8", "codec can't decode", "encoding declaration")
    ),
    Usual(
        SyntaxError,
        "",
        "Python could not read the file.",
        "Look at that line and at the one before it: a bracket, a colon, the indentation?",
    ),
    Usual(
        RecursionError,
        "",
        "A function calls itself, or the next node's, once for each node: a thousand deep, Python stops.",
        "Use a loop with a list of what is still to do.",
    ),
    Usual(
        OverflowError,
        "",
        "A number became too large for a float; exp does so above 709.",
        "Rewrite the formula so that exp only sees numbers below 0.",
    ),
    Usual(
        ZeroDivisionError,
        "",
        "Something was divided by 0.",
        "Which number makes the denominator 0?",
    ),
    Usual(
        ModuleNotFoundError,
        "",
        "Each task's file stands alone: what is imported has to be installed, or part of Python.",
        "Copy what you need into the file itself.",
    ),
    Usual(
        UnboundLocalError,
        "",
        "The name is changed in this function, as by +=, before it was given a value there.",
        "Give it its first value before the loop, such as total = 0.",
    ),
    Usual(NameError, "", "A name is used that is not defined there.", "Is it spelt as where it is defined?"),
    Usual(
        IndexError,
        "out of range",
        "An index is beyond the end of a list: the last of n entries has the index n - 1.",
        "Print the index and the length of the list before that line. Lists may have any length.",
    ),
    Usual(
        IndexError,
        "scalar variable",
        "This is a number already, and has no entries.",
        "Is there one index too many, or is it an entry of the wrong thing?",
    ),
    Usual(
        TypeError,
        "indices must be integers",
        "An index is no whole number: / always gives a float, and `for x in xs` the entries themselves.",
        "Use // for whole numbers, and range(len(xs)) for the indices.",
    ),
    Usual(KeyError, "", "A dict has no such key.", "Print the keys of the dict before that line."),
    Usual(TypeError, "for ^", "In Python ^ is not the power.", "Write ** for powers."),
    Usual(
        TypeError,
        "not callable",
        "Brackets behind a number, or a list, call it as if it were a function: y (1 - y) lacks a *.",
        "Is there an operator missing before a bracket?",
    ),
    Usual(
        TypeError,
        "can't multiply sequence",
        "A list cannot be multiplied by a list, or by a number that is not whole.",
        "Go through the entries, of two lists side by side with zip.",
    ),
    Usual(
        TypeError,
        "NoneType",
        "Something is None there: what a function returns that has no `return`, say.",
        "Which name in that line is None, and where was it set?",
    ),
    *(
        Usual(TypeError, words, "The call does not fit the function's first line.", "help(name) shows what it takes.")
        for words in ("required positional", "required keyword", "unexpected keyword", "positional argument")
    ),
    *(
        Usual(AttributeError, f"'{kind}' object has no attribute", "This is a plain number already.", "Leave it out.")
        for kind in ("float", "int")
    ),
    Usual(
        AttributeError,
        "'function' object has no attribute",
        "This is the function itself, not what it returns.",
        "Call it first.",
    ),
    Usual(
        ValueError,
        "to unpack",
        "`for a, b in xs, ys` goes through one list after the other, and takes each apart.",
        "zip(xs, ys) goes through both side by side.",
    ),
    Usual(
        ValueError,
        "math domain error",
        "A function of math was asked for what it does not have, such as the log of 0 or the root of -1.",
        "Print its argument before that line.",
    ),
    Usual(OSError, "File too large", "It wrote more into a file than a task may.", "Write less, or nothing."),
    Usual(EOFError, "", "Nobody answers input() while a task is checked.", "Take what is needed from the arguments."),
    Usual(SystemExit, "", "sys.exit, exit and quit end the whole program, and here the check with it.", "Use return."),
    Usual(MemoryError, "", "It asked for more memory than a task may have.", "Keep fewer numbers at a time."),
]
"""The first that fits counts, so special ones come before general ones."""
