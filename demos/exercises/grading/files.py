"""The marks as files, CSV and JSON, that are written whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import os
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from autograd import ArgumentError
from demos.exercises.task import Task

from .marks import Mark, Row


def as_csv(tasks: Sequence[Task], rows: Sequence[Row]) -> bytes:
    """A row per student: the name, passed, failed, error or missing for each task, and how many are passed.

    UTF-8 with a byte order mark: without one Excel takes it for an older encoding and garbles the names. Python reads
    it as `utf-8-sig`.
    """
    text = io.StringIO()
    # With quotes round every text, a semicolon in a name begins no new cell where lists are separated by those.
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(["student", *(task.id for task in tasks), "passed"])
    for row in rows:
        writer.writerow([harmless(row.student.name), *(mark.verdict.status for mark in row.marks), row.passed])
    return text.getvalue().encode("utf-8-sig", "backslashreplace")


def harmless(name: str) -> str:
    """The name as no spreadsheet takes it for a formula: with an apostrophe before a first = + - or @.

    A student chooses the name of a folder, and the teacher's spreadsheet would run what it says.

    >>> harmless("=1+1"), harmless("Ann-Marie")
    ("'=1+1", 'Ann-Marie')
    """
    first = unicodedata.normalize("NFKC", name.strip()[:1])  # the wide forms of East Asian fonts count as well
    return f"'{name}" if first and first in "=+-@" else name


def as_json(tasks: Sequence[Task], rows: Sequence[Row], limits: Mapping[str, float]) -> bytes:
    """All there is, in the form that README describes."""
    contents = {
        "tasks": [{"number": task.number, "id": task.id, "title": task.title} for task in tasks],
        "limits": dict(limits),
        "students": [
            {
                "student": row.student.name,
                "passed": row.passed,
                "marks": {mark.verdict.task: _mark(mark) for mark in row.marks},
            }
            for row in rows
        ],
    }
    # Half of a surrogate pair, which UTF-8 cannot hold, becomes \udcff: in JSON just the escape that it needs.
    return (json.dumps(contents, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace")


def _mark(mark: Mark) -> dict[str, Any]:
    verdict = mark.verdict
    return {"status": verdict.status, "diagnosis": verdict.diagnosis, "file": mark.file, **verdict.as_dict()}


def need_writable(path: Path) -> None:
    """Nothing; ArgumentError, before a long run has computed what would be lost, if this file cannot be written."""
    if path.exists() and not path.is_file():
        raise ArgumentError(f"{path} cannot be written: it is no ordinary file")
    beside = _beside(path)
    try:
        if path.exists():
            path.open("ab").close()  # Windows refuses this for a file that Excel has open
        beside.touch(exist_ok=False)
        beside.unlink()
    except OSError as error:
        raise ArgumentError(f"{path} cannot be written: {error.strerror}") from None


def write_all(files: Mapping[Path, bytes]) -> list[str]:
    """What went wrong, in words, and where the marks are then. A file has all of its new contents or its old ones."""
    prepared: dict[Path, Path] = {}
    try:
        for path, contents in files.items():
            prepared[path] = _beside(path)
            prepared[path].write_bytes(contents)
    except BaseException as error:
        for beside in prepared.values():
            beside.unlink(missing_ok=True)
        if isinstance(error, OSError):
            return [f"the marks could not be written ({error.strerror}); older files are as they were"]
        raise
    return [problem for path, beside in prepared.items() for problem in _put_in_place(beside, path)]


def _put_in_place(beside: Path, path: Path) -> list[str]:
    """What went wrong: then the file that was prepared is kept, since the marks may have taken long."""
    try:
        os.replace(beside, _real(path))
    except OSError as error:
        return [f"{path} could not be written ({error.strerror}) and is as it was; its new contents are in {beside}"]
    return []


def _beside(path: Path) -> Path:
    """Where a file is prepared: in the same folder, so that it only has to be renamed, and hidden from the grading."""
    path = _real(path)
    return path.with_name(f".{path.name[:100]}.{os.getpid()}")


def _real(path: Path) -> Path:
    """Where a link leads in the end; Path.resolve raises RuntimeError for one to itself, up to Python 3.12."""
    return Path(os.path.realpath(path))
