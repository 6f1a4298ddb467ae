"""What a student's folder remembers: which tasks were tried and passed, and how many hints were shown.

It is a small JSON file in that folder. A new state is written beside the old one and takes its place at once, so the
file is whole at any time, whoever ends the process. Each change reads the file again before: of two processes that
write in the same few milliseconds one may lose its note, which a check or a hint brings back, and no more than that.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demos.exercises.task import Task

NAME = ".progress.json"
VERSION = 1


@dataclass(frozen=True)
class Record:
    """What is known of one task."""

    passed: str = ""
    """The fingerprint of the file that passed last; empty if none did."""
    failed: str = ""
    """The fingerprint of the file that was checked last, if it did not pass; empty if it passed or none was checked."""
    hints: int = 0
    """How many were shown."""


class Progress:
    """The records of a folder. What cannot be read or written is told on stderr, and nothing else fails by it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        self._told: set[str] = set()

    def of(self, task: Task) -> Record:
        """What is known of this task."""
        return _record(self._read()["tasks"].get(task.name, {}))

    def note_passed(self, task: Task, source: bytes) -> None:
        """Remembers that this file passed."""
        self._change(task, passed=fingerprint(source), failed="")

    def note_failed(self, task: Task, source: bytes) -> None:
        """Remembers that this file did not pass; that another did before is kept."""
        self._change(task, failed=fingerprint(source))

    def note_hints(self, task: Task, count: int) -> None:
        """Remembers that so many hints were shown."""
        self._change(task, hints=max(count, self.of(task).hints))

    def _change(self, task: Task, **fields: Any) -> None:
        """Writes the fields of one task. Other tasks and fields in the file, also unknown ones, are kept."""
        state = self._read()
        before = state["tasks"].setdefault(task.name, {})
        after = {**before, **fields}
        if after == before:
            return
        state["tasks"][task.name] = after
        try:
            _replace(self.path, json.dumps(state, indent=2, sort_keys=True) + "\n")
        except OSError as error:
            self._tell(f"Progress is not remembered: cannot write {self.path}: {error.strerror}")

    def _read(self) -> dict[str, Any]:
        """What the file says, or an empty state. A file that cannot be understood is set aside."""
        try:
            content = self.path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return {"version": VERSION, "tasks": {}}
        except OSError as error:
            self._tell(f"Progress is unknown: cannot read {self.path}: {error.strerror}")
            return {"version": VERSION, "tasks": {}}
        try:
            return _understood(json.loads(content))
        except (ValueError, RecursionError):  # no JSON, no text, or not of ours
            self._set_aside()
            return {"version": VERSION, "tasks": {}}

    def _set_aside(self) -> None:
        aside = self.path.with_name(f"{NAME}.damaged")
        try:
            os.replace(self.path, aside)
        except OSError as error:
            self._tell(f"Progress starts anew: {self.path} cannot be understood, nor moved: {error.strerror}")
        else:
            self._tell(f"Progress starts anew: {self.path} could not be understood.\nIt is kept as {aside}")

    def _tell(self, words: str) -> None:
        """Prints it, once."""
        if words not in self._told:
            self._told.add(words)
            print(words, file=sys.stderr, flush=True)


def fingerprint(source: bytes) -> str:
    """The same for the same contents of a file, and for no others."""
    return hashlib.sha256(source).hexdigest()


def _understood(state: Any) -> dict[str, Any]:
    """The state itself; ValueError if it is not one that this version writes."""
    if not isinstance(state, dict) or state.get("version") != VERSION or not isinstance(state.get("tasks"), dict):
        raise ValueError("not a state of this version")
    for fields in state["tasks"].values():
        _record(fields)
    return state


def _record(fields: Any) -> Record:
    if not isinstance(fields, dict):
        raise ValueError(f"not a record: {fields!r}")
    record = Record(fields.get("passed", ""), fields.get("failed", ""), fields.get("hints", 0))
    if [type(x) for x in vars(record).values()] != [str, str, int] or record.hints < 0:
        raise ValueError(f"not a record: {fields!r}")
    return record


def _replace(path: Path, text: str) -> None:
    """Writes the whole text or, if that fails, leaves what was there."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, prefix=NAME, delete=False) as new:
        try:
            new.write(text)
            new.close()
            os.replace(new.name, path)
        except BaseException:
            new.close()
            os.unlink(new.name)
            raise
