"""A verdict on one answer from a process of its own: whatever the answer does to that, this one goes on.

This is no sandbox for hostile code: an answer runs with the rights of whoever checks it. README says what it can still
do; where answers are not trusted, run the whole in a container.
"""

from __future__ import annotations

import base64
import contextlib
import json
import re
import secrets
import signal
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from demos.exercises.task import Task
from demos.exercises.verdict import Finding, Verdict

from .judge import legible
from .process import End, end_all, ended
from .words import IN_LINES, escaped

__all__ = ["Limits", "end_all", "judge_apart"]

_OUT_OF_CPU_TIME = -signal.SIGXCPU if hasattr(signal, "SIGXCPU") else None


@dataclass(frozen=True)
class Limits:
    """What one answer may use. That of memory holds on Linux, that of files wherever it is not Windows."""

    seconds: float = 20.0
    """By the clock on the wall, from when the answer is begun: Python's own start does not count."""
    memory: int = 2 * 2**30
    """Bytes of address space, Python's own included."""
    file_size: int = 10 * 2**20
    """Bytes of each file that it writes, and of all that it prints together."""


def judge_apart(task: Task, source: bytes, file_name: str, limits: Limits = Limits()) -> Verdict:
    """The verdict of `judge_source`, and what the answer printed; it takes little longer than the limit at most.

    What ends the process instead of the check is a finding with status "error": "took too long", "out of memory",
    "printed too much" or "ended early"; "not checked", if the process did not get as far as to run the answer. Several
    threads may call it at once. Raises OSError if no process can be started.
    """
    if len(source) > limits.file_size:
        advice = "Hand in the program alone, without data."
        return Verdict(
            task.id,
            Finding("file too large", got=f"{len(source)} bytes", advice=advice, place=file_name, status="error"),
        )
    token = secrets.token_hex(16)
    request = {
        "token": token,
        "task": task.id,
        "file": file_name,
        "source": base64.b64encode(source).decode(),
        "seconds": limits.seconds,
        "memory": limits.memory,
        "file_size": limits.file_size,
    }
    end = ended(json.dumps(request).encode() + b"\n", limits.seconds)
    begun, verdict = _heard(end.said, token)
    if not begun:
        verdict = Verdict(task.id, _not_begun(end))
    if verdict is None or (end.size >= limits.file_size and not verdict.passed):
        verdict = Verdict(task.id, _why(end, file_name, limits))
    return replace(verdict, printed=_text(end.printed))


def _text(printed: bytes) -> str:
    text = printed.decode("utf-8", "replace").replace("\r\n", "\n")
    return escaped(text, IN_LINES)


def _heard(said: bytes, token: str) -> tuple[bool, Verdict | None]:
    """Whether the answer was begun, and the verdict. Only lines with the token count: others are the answer's own."""
    begun = False
    for line in said.splitlines():
        if token.encode() not in line:
            continue
        with contextlib.suppress(ValueError, TypeError, KeyError):
            message: dict[str, Any] = json.loads(line)
            if message["verdict"] is not None:
                return True, Verdict.from_dict(message["verdict"])
            begun = True
    return begun, None


def _why(end: End, file_name: str, limits: Limits) -> Finding:
    """What is to be said if there is no verdict."""
    place = _place(end.said, file_name)
    if end.size >= limits.file_size:
        return Finding(
            "printed too much",
            place=place,
            got=f"more than {_megabytes(limits.file_size)}",
            cause="There is a print in a loop that does not end, or in one that goes round very often.",
            advice="Take the print out, or let the loop end.",
            status="error",
        )
    if end.code is None or end.code == _OUT_OF_CPU_TIME:
        return Finding(
            "took too long",
            place=place,
            got=f"no end after {limits.seconds:g} seconds",
            cause="A loop whose condition never becomes false, or far more steps than are needed.",
            advice="Print in the loop what should bring it to its end, and run it with small numbers.",
            status="error",
        )
    if end.code >= 0:
        return Finding(
            "ended early",
            place=place,
            got=f"the program ended itself, with status {end.code}",
            cause="Something like os._exit ends Python at once, and the check with it; so does closing descriptors "
            "that the answer has not opened.",
            advice="Leave it out, and use return.",
            status="error",
        )
    return Finding(
        "ended early",
        place=place,
        got=f"{_signal_name(-end.code)} ended the program",
        cause="Python itself was brought down: often a recursion without end, or a library that was given what it "
        "cannot take; or the machine ran out of memory.",
        advice="Run the file alone and see where it goes down.",
        status="error",
    )


def _not_begun(end: End) -> Finding:
    how = "had not begun in good time" if end.code is None else f"ended with {end.code}"
    return Finding(
        "not checked",
        got=f"the process that was to check it {how}",
        cause="The machine was too busy, or something is wrong with it or with how glassgrad is installed. The answer "
        "was not even run.",
        advice="What Python said is below: does `python -m demos.exercises list` work?",
        status="error",
    )


def _megabytes(size: int) -> str:
    return f"{size // 2**20} MB" if size >= 2**20 else f"{size} bytes"


def _place(said: bytes, file_name: str) -> str:
    """Where in its file the answer was at the end, such as `07_x.py, line 12, in decide`; empty if it did not tell."""
    written = re.escape(file_name.encode("ascii", "backslashreplace"))
    found = re.search(rb'^  File "' + written + rb'", line (\d+) in (.+)$', said, re.MULTILINE)
    if found is None:
        return ""
    line, function = (part.decode("ascii", "replace") for part in found.groups())
    return legible(f"{Path(file_name).name}, line {line}" + ("" if function == "<module>" else f", in {function}"))


def _signal_name(number: int) -> str:
    """Such as `SIGSEGV (segmentation fault)`."""
    try:
        name = signal.Signals(number).name
    except ValueError:
        name = f"signal {number}"
    words = signal.strsignal(number)
    return f"{name} ({words.lower()})" if words else name
