"""A verdict on one answer, in this process: its file run, its names found, its check run, its errors put into words."""

from __future__ import annotations

import difflib
import importlib.util
import linecache
import sys
import sysconfig
import traceback
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import Any

from demos.exercises.task import Task
from demos.exercises.verdict import CheckFailed, Finding, Verdict

from .calls import Raised, called, told

NOT_WRITTEN = "not written yet"
_OURS = Path(__file__).resolve().parents[3]


def judge(task: Task, names: Mapping[str, Any]) -> Verdict:
    """The verdict on an answer that defines these names. An error in it is a finding; Ctrl-C goes through."""
    try:
        task.check(**{name: _found(task, name, names) for name in task.needs})
    except CheckFailed as error:
        return Verdict(task.id, _legible(error.finding))
    except Raised as error:
        return Verdict(task.id, finding_of(error.error, error.call))
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return Verdict(task.id, finding_of(error))
    return Verdict(task.id)


def judge_source(task: Task, source: bytes, file_name: str) -> Verdict:
    """The verdict on the contents of a file, which are run first. `file_name` is what it is called in the report."""
    try:
        names = called(file_name, run, source, file_name)
    except Raised as error:
        return Verdict(task.id, finding_of(error.error))
    return judge(task, names)


def run(source: bytes, file_name: str) -> dict[str, Any]:
    """The names that a file leaves behind, run as a module that is not `__main__`; what it raises is raised."""
    try:
        code = compile(source, file_name, "exec", dont_inherit=True)
        text = importlib.util.decode_source(source)
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        raise SyntaxError("this is not UTF-8; save the file in that encoding", (file_name, line, None, None)) from None
    except (SyntaxError, ValueError) as error:
        if isinstance(error, SyntaxError) and error.filename:
            raise
        raise SyntaxError(str(error), (file_name, None, None, None)) from None  # as for a NUL byte: nothing says where
    linecache.cache[file_name] = (len(text), None, text.splitlines(keepends=True), file_name)
    module = ModuleType("answer")
    module.__file__ = file_name
    sys.modules["answer"] = module  # dataclasses and pickle look their module up
    exec(code, vars(module))
    return vars(module)


def finding_of(error: BaseException, call: str = "") -> Finding:
    """An error that an answer raised, in words: what, where in the answer, and what usually lies behind it."""
    place = _place(error)
    if isinstance(error, NotImplementedError):
        finding = Finding(
            NOT_WRITTEN,
            call,
            got="NotImplementedError" + (f" in {place.partition(': ')[0]}" if place else ""),
            cause="This is the place that waits for your code.",
            advice="Put your lines in its stead; the text of the task says what they should do.",
        )
    elif isinstance(error, SyntaxError):
        text = legible((error.text or "").strip(), 200)
        finding = Finding(
            "syntax error",
            f"{error.filename}" + (f", line {error.lineno}" if error.lineno else "") + (f": {text}" if text else ""),
            got=f"{type(error).__name__}: {error.msg}",
            cause="Python could not read the file.",
            advice="Look at that line and at the one before it: a bracket, a colon, the indentation?",
            status="error",
        )
    else:
        name = next((name for kind, name in _NAMES.items() if isinstance(error, kind)), type(error).__name__)
        cause, advice = _usual(error)
        where = "\n".join(part for part in (call, place) if part)
        finding = Finding(legible(name, 60), where, got=told(error), cause=cause, advice=advice, status="error")
    return _legible(finding)


def legible(text: str, most: int = 2000) -> str:
    """The text as a terminal can show it: what would steer it is written as an escape, and a long end is left out.

    >>> print(legible("\\x1b[2J, then\\nmore"), legible("abcdef", 3))
    \\x1b[2J, then
    more abc ...
    """
    head = text if len(text) <= most else f"{text[:most]} ..."
    return "".join(
        each if each.isprintable() or each in "\n\t" else each.encode("unicode_escape").decode() for each in head
    )


def _legible(finding: Finding) -> Finding:
    fields: dict[str, Any] = {name: legible(text) for name, text in asdict(finding).items()}
    return Finding(**fields)


def _found(task: Task, name: str, names: Mapping[str, Any]) -> Any:
    """What the answer calls by this name; CheckFailed if there is no such name."""
    if name in names:
        return names[name]
    own = [each for each in names if not each.startswith("_")]
    nearest = difflib.get_close_matches(name, own, n=1)
    raise CheckFailed(
        Finding(
            "missing name",
            expected=f"something called {name}",
            got=f"{nearest[0]}, which looks like it" if nearest else ", ".join(own) or "an answer without any names",
            cause="It was renamed or deleted, or the file is that of another task.",
            advice=f"Call it {name}." if nearest else f"Define {name}; the stub shows its first line.",
        )
    )


def _place(error: BaseException) -> str:
    """The last line of the answer that the error went through, such as `07_x.py, line 12: return 1 / 0`."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__, -1000) if _is_the_answers(frame.filename)]
    if not frames:
        return ""
    last = frames[-1]
    return f"{_short(last.filename)}, line {last.lineno}" + (f": {legible(last.line, 200)}" if last.line else "")


def _short(filename: str) -> str:
    """The name of a file without its folders; of a notebook's cell what IPython calls it, such as `Cell In[3]`."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    named = getattr(getattr(shell, "compile", None), "format_code_name", lambda name: None)(filename)
    return " ".join(named) if named else Path(filename).name


def _is_the_answers(filename: str) -> bool:
    """Whether a file is neither ours nor Python's nor of an installed package."""
    if filename.startswith("<frozen"):
        return False
    path = Path(filename)
    homes = (_OURS / "autograd", _OURS / "nets", _OURS / "demos", *map(Path, _installed()))
    return not any(home in path.parents for home in homes)


def _installed() -> list[str]:
    return [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]


def _usual(error: BaseException) -> tuple[str, str]:
    """What usually lies behind such an error, and what to try."""
    for kind, words, cause, advice in _USUAL:
        if isinstance(error, kind) and words in told(error):
            return cause, advice
    return "", "Run the line by hand, with the numbers above, and print what stands in it."


_NAMES: dict[type[BaseException], str] = {MemoryError: "out of memory", SystemExit: "ended early"}

_USUAL: list[tuple[type[BaseException], str, str, str]] = [
    (
        RecursionError,
        "",
        "A function calls itself, or the next node's, once for each node: a thousand deep, Python stops.",
        "Use a loop with a list of what is still to do.",
    ),
    (
        OverflowError,
        "",
        "A number became too large for a float; exp does so above 709.",
        "Rewrite the formula so that exp only sees numbers below 0.",
    ),
    (
        ZeroDivisionError,
        "",
        "Something was divided by 0.",
        "Which number of the call above makes the denominator 0?",
    ),
    (
        ModuleNotFoundError,
        "",
        "Each task's file stands alone: what is imported has to be installed, or part of Python.",
        "Copy what you need into the file itself.",
    ),
    (NameError, "", "A name is used that is not defined there.", "Is it spelt as where it is defined?"),
    (EOFError, "", "Nobody answers input() while a task is checked.", "Take what is needed from the arguments."),
    (SystemExit, "", "sys.exit, exit and quit end the whole program, and here the check with it.", "Use return."),
    (MemoryError, "", "It asked for more memory than a task may have.", "Keep fewer numbers at a time."),
    (
        IndexError,
        "",
        "An index is beyond the end of a list: the last of n entries has the index n - 1.",
        "Print the index and the length of the list before that line.",
    ),
    (KeyError, "", "A dict has no such key.", "Print the keys of the dict before that line."),
    (TypeError, "for ^", "In Python ^ is not the power.", "Write ** for powers."),
    (
        TypeError,
        "not callable",
        "Brackets behind a number, or a list, call it as if it were a function: y (1 - y) lacks a *.",
        "Is there an operator missing before a bracket?",
    ),
    (
        TypeError,
        "can't multiply sequence",
        "A list cannot be multiplied by a list, or by a number that is not whole.",
        "Go through the entries, of two lists side by side with zip.",
    ),
    (
        TypeError,
        "NoneType",
        "Something is None there: what a function returns that has no `return`, say.",
        "Which name in that line is None, and where was it set?",
    ),
]
