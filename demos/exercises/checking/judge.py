"""A verdict on one answer, in this process: its file run, its names found, its check run, its errors put into words."""

from __future__ import annotations

import difflib
import importlib.util
import linecache
import sys
import sysconfig
import traceback
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from demos.exercises.task import Task
from demos.exercises.verdict import CheckFailed, Finding, Verdict

from .calls import Raised, called

NOT_WRITTEN = "not written yet"
_OURS = Path(__file__).resolve().parents[3]


def judge(task: Task, names: Mapping[str, Any]) -> Verdict:
    """The verdict on an answer that defines these names. An error in it is a finding; Ctrl-C goes through."""
    try:
        task.check(**{name: _found(task, name, names) for name in task.needs})
    except CheckFailed as error:
        return Verdict(task.id, error.finding)
    except Raised as error:
        return Verdict(task.id, finding_of(error.error, error.call))
    except (Exception, SystemExit) as error:
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
    text = importlib.util.decode_source(source)
    code = compile(text, file_name, "exec", dont_inherit=True)
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
        return Finding(
            NOT_WRITTEN,
            call,
            got="NotImplementedError" + (f" in {place.partition(': ')[0]}" if place else ""),
            cause="This is the place that waits for your code.",
            advice="Put your lines in its stead; the docstring at the top of the file says what they should do.",
        )
    words = str(error).strip() or type(error).__name__
    if isinstance(error, SyntaxError):
        text = (error.text or "").strip()
        return Finding(
            "syntax error",
            f"{error.filename}, line {error.lineno}" + (f": {text}" if text else ""),
            got=f"{type(error).__name__}: {error.msg}",
            cause="Python could not read the file.",
            advice="Look at that line and at the one before it: a bracket, a colon, the indentation?",
            status="error",
        )
    cause, advice = _usual(error)
    got = words if words == type(error).__name__ else f"{type(error).__name__}: {words}"
    where = "\n".join(part for part in (call, place) if part)
    return Finding(type(error).__name__, where, got=got, cause=cause, advice=advice, status="error")


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
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_the_answers(frame.filename)]
    if not frames:
        return ""
    last = frames[-1]
    return f"{Path(last.filename).name}, line {last.lineno}" + (f": {last.line}" if last.line else "")


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
    for kind, cause, advice in _USUAL:
        if isinstance(error, kind):
            return cause, advice
    return "", "Run the line by hand, with the numbers above, and print what stands in it."


_USUAL: list[tuple[type[BaseException], str, str]] = [
    (
        RecursionError,
        "A function calls itself, or the next node's, once for each node: a thousand deep, Python stops.",
        "Use a loop with a list of what is still to do.",
    ),
    (
        OverflowError,
        "A number became too large for a float; exp does so above 709.",
        "Rewrite the formula so that exp only sees numbers below 0.",
    ),
    (
        ZeroDivisionError,
        "Something was divided by 0.",
        "Which number of the call above makes the denominator 0?",
    ),
    (
        ModuleNotFoundError,
        "Each task's file stands alone: what is imported has to be installed, or part of Python.",
        "Copy what you need into the file itself.",
    ),
    (NameError, "A name is used that is not defined there.", "Is it spelt as where it is defined?"),
    (EOFError, "Nobody answers input() while a task is checked.", "Take what is needed from the arguments."),
    (MemoryError, "It asked for more memory than a task may have.", "Keep fewer numbers at a time."),
]
