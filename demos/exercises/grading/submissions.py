"""What was handed in: one folder or zip per student, and in it for each task its file, wherever it lies."""

from __future__ import annotations

import os
import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from autograd import ArgumentError
from demos.exercises.task import Task
from demos.exercises.verdict import CheckFailed, Finding

from .contents import Contents, File, is_ignored, of_archive, of_folder, readable, refused_link, unreadable

EXPECTED = "expected a folder that holds one folder, or one zip, per student"
STUB_NAME = re.compile(r"\d\d_\w+\.py", re.IGNORECASE)
AN_ARCHIVE = ".zip"


class Answer(NamedTuple):
    """What a student handed in for one task: where it lies in the folder or zip, and the file's contents."""

    file: str
    source: bytes


@dataclass(frozen=True)
class Student:
    """One folder or zip; its name is the student's. It is looked into when an answer is asked for."""

    name: str
    place: Path

    def answer(self, task: Task) -> Answer:
        """The file called as the task is, in upper or lower case; CheckFailed if there is none, or no single one."""
        file = self._file(task)
        return Answer(readable(str(file.path)), file.read())

    def _file(self, task: Task) -> File:
        contents = self._contents
        if isinstance(contents, CheckFailed):
            raise CheckFailed(contents.finding)
        wanted = task.stub.name.casefold()
        found = [file for file in contents.files if file.path.name.casefold() == wanted]
        if not found:
            raise CheckFailed(_not_handed_in(task, contents))
        depth = min(len(file.path.parts) for file in found)
        highest = sorted((file for file in found if len(file.path.parts) == depth), key=lambda file: str(file.path))
        if len(highest) > 1:
            raise CheckFailed(_several(highest))
        return highest[0]

    @cached_property
    def _contents(self) -> Contents | CheckFailed:
        if self.place.is_symlink():
            return refused_link(self.name, "Put the folder or the zip itself there.")
        try:
            return of_archive(self.place) if self.place.is_file() else of_folder(self.place)
        except OSError as error:
            return unreadable(self.name, error)
        except CheckFailed as refusal:
            return refusal


def students(folder: Path) -> tuple[list[Student], list[str]]:
    """The students in the order of their names, and the names of the files in the folder that are no student's.

    A zip is called as it is without `.zip`, unless something else has that name. Raises ArgumentError if this is no
    folder of students.
    """
    entries = _entries(folder)
    taken = Counter(entry.name for entry in entries) + Counter(entry.stem for entry in entries if _is_archive(entry))
    found = [
        Student(readable(entry.stem if _is_archive(entry) and taken[entry.stem] == 1 else entry.name), entry)
        for entry in entries
        if _is_archive(entry) or entry.is_dir()
    ]
    others = sorted(entry.name for entry in entries if not _is_archive(entry) and not entry.is_dir())
    if any(map(STUB_NAME.fullmatch, others)):
        raise ArgumentError(f"{folder}: {EXPECTED}; this looks like the folder of one student")
    if not found:
        raise ArgumentError(f"{folder}: {EXPECTED}; there is none in it")
    return sorted(found, key=lambda student: (student.name.casefold(), student.name)), [*map(readable, others)]


def _entries(folder: Path) -> list[Path]:
    try:
        names = os.listdir(folder)
    except NotADirectoryError:
        raise ArgumentError(f"{folder}: {EXPECTED}; this is a file") from None
    except FileNotFoundError:
        raise ArgumentError(f"{folder}: {EXPECTED}; there is nothing of this name") from None
    except OSError as error:
        raise ArgumentError(f"{folder}: {EXPECTED}; it cannot be read: {error.strerror}") from None
    return [folder / name for name in names if not is_ignored(name)]


def _is_archive(entry: Path) -> bool:
    return entry.suffix.casefold() == AN_ARCHIVE and entry.is_file()


def _not_handed_in(task: Task, contents: Contents) -> Finding:
    """What tells a teacher why a file was not found: similar names, zips inside, what could not be read."""
    names = [file.path.name for file in contents.files]
    similar = [name for name in names if task.name in name.casefold() or name.startswith(task.id[:3])]
    packed = [name for name in names if name.casefold().endswith((AN_ARCHIVE, ".tar", ".gz", ".7z", ".rar"))]
    causes = [
        f"Its name has to be just that; there is {readable(', '.join(sorted(similar)[:3]))}." if similar else "",
        f"Archives inside are not opened: {readable(', '.join(sorted(packed)[:3]))}." if packed else "",
        f"Not looked into: {', '.join(sorted(contents.unseen)[:3])}." if contents.unseen else "",
    ]
    return Finding(
        "not handed in",
        expected=f"a file {task.stub.name}, at any depth",
        cause=" ".join(filter(None, causes)),
        status="missing",
    )


def _several(files: list[File]) -> Finding:
    return Finding(
        "two files",
        files[0].path.name if len({file.path.name for file in files}) == 1 else "",
        "one of them, or one that lies higher than the others",
        "\n".join(readable(str(file.path)) for file in files[:5]),
        advice="Hand in the one that counts.",
        status="error",
    )
