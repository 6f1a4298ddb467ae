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
from .errors import usual
from .words import IN_LINES, escaped

NOT_WRITTEN = "not written yet"
BY_HAND = "Run the line by hand, with the numbers above, and print what stands in it."
AT_IMPORT = "Run the file alone, and print what stands in that line."
_OURS = Path(__file__).resolve().parents[3]


def judge(task: Task, names: Mapping[str, Any]) -> Verdict:
    """The verdict on an answer that defines these names. An error in it is a finding; Ctrl-C goes through."""
    try:
        task.check(**{name: _found(name, names) for name in task.needs})
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
        raise SyntaxError("this is not UTF-8", (file_name, line, None, None)) from None
    except (SyntaxError, ValueError) as error:
        if isinstance(error, SyntaxError) and error.filename:
            raise
        words = "this is not UTF-8" if b"\0" in source else str(error)
        raise SyntaxError(words, (file_name, None, None, None)) from None  # nothing says where
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
            got="NotImplementedError",
            cause="This is the place that waits for your code.",
            advice="Put your lines in its stead; the text of the task says what they should do.",
            place=place.partition(": ")[0],
        )
    elif isinstance(error, SyntaxError):
        cause, advice = usual(error)
        got = f"{type(error).__name__}: {error.msg}"
        place = _at(error.filename, error.lineno, error.text) if error.filename else place
        finding = Finding("syntax error", got=got, cause=cause, advice=advice, place=place, status="error")
    else:
        name = next((name for kind, name in _NAMES.items() if isinstance(error, kind)), type(error).__name__)
        cause, advice = usual(error)
        advice = advice or (BY_HAND if call else AT_IMPORT)
        name = legible(name, 60)
        finding = Finding(name, call, got=told(error), cause=cause, advice=advice, place=place, status="error")
    return _legible(finding)


def legible(text: str, most: int = 2000) -> str:
    """The text as a terminal can show it: what would steer it is written as an escape, and a long end is left out.

    >>> print(legible("\\x1b[2J, then\\nmore"), legible("abcdef", 3))
    \\x1b[2J, then
    more abc ...
    """
    return escaped(text if len(text) <= most else f"{text[:most]} ...", IN_LINES)


def _legible(finding: Finding) -> Finding:
    fields: dict[str, Any] = {name: legible(text) for name, text in asdict(finding).items()}
    return Finding(**fields)


def _found(name: str, names: Mapping[str, Any]) -> Any:
    """What the answer calls by this name; CheckFailed if there is no such name."""
    if name in names:
        return names[name]
    own = [each for each, thing in names.items() if not each.startswith("_") and _is_own(thing)]
    nearest = difflib.get_close_matches(name, own, n=1)
    raise CheckFailed(
        Finding(
            "missing name",
            expected=f"something called {name}",
            got=f"{nearest[0]}, which looks like it" if nearest else ", ".join(own) or "an answer without any names",
            cause="It was renamed or deleted, or the file is that of another task." if own else "Nothing is defined.",
            advice=f"Call it {name}." if nearest else f"Define {name}; the stub shows its first line.",
        )
    )


def _is_own(thing: Any) -> bool:
    """Whether it may be an answer: no module, and nothing that was imported from one."""
    if isinstance(thing, ModuleType):
        return False
    return getattr(thing, "__module__", "answer") == "answer"


def _place(error: BaseException) -> str:
    """The last line of the answer that the error went through, such as `07_x.py, line 12: return 1 / 0`."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__, -1000) if _is_the_answers(frame.filename)]
    if not frames:
        return ""
    last = frames[-1]
    return _at(last.filename, last.lineno, last.line)


def _at(filename: str, line: int | None, text: str | None) -> str:
    words = legible((text or "").strip(), 200)
    return _short(filename) + (f", line {line}" if line else "") + (f": {words}" if words else "")


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


_NAMES: dict[type[BaseException], str] = {MemoryError: "out of memory", SystemExit: "ended early"}
