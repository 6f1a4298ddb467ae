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
from demos.exercises.checking.words import escaped
from demos.exercises.task import TASKS, Task
from demos.exercises.verdict import CheckFailed, Finding

from .contents import (
    Contents,
    File,
    is_ignored,
    of_archive,
    of_archive_inside,
    of_folder,
    refused_link,
    unreadable,
)

EXPECTED = "expected a folder that holds one folder, or one zip, per student"
STUB_NAME = re.compile(r"\d\d_\w+\.py", re.IGNORECASE)
AN_ARCHIVE = ".zip"
A_NOTEBOOK = ".ipynb"
TASK_FILES = {task.stub.name.casefold(): task.stub.name for task in TASKS.values()}
ARCHIVES = (AN_ARCHIVE, ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")


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
        return Answer(escaped(str(file.path)), file.read())

    @property
    def refusal(self) -> Finding | None:
        """What is wrong with the folder or zip itself, so that nothing in it was looked at."""
        return self._contents.finding if isinstance(self._contents, CheckFailed) else None

    @property
    def notice(self) -> str:
        """In a line why no task at all was found, though something is there; empty if some was."""
        contents = self._contents
        if isinstance(contents, CheckFailed):
            finding = contents.finding
            return f"{self.name}: nothing was read: {finding.diagnosis}, {finding.got}"
        there = [*_listed(contents.files), *contents.unseen]
        if not there or any(map(_is_a_task, contents.files)):
            return ""
        return f"{self.name}: no task was found, but there is {some(there, 3)}"

    def _file(self, task: Task) -> File:
        contents = self._contents
        if isinstance(contents, CheckFailed):
            raise CheckFailed(contents.finding)
        highest = _highest(contents, task.stub.name)
        if not highest:
            raise CheckFailed(_not_handed_in(task, contents))
        if len(highest) > 1:
            raise CheckFailed(_several(highest))
        return highest[0]

    @cached_property
    def _contents(self) -> Contents | CheckFailed:
        if self.place.is_symlink():
            return refused_link(self.name, "Put the folder or the zip itself there.")
        try:
            return of_archive(self.place) if self.place.is_file() else _unpacked(self.place)
        except CheckFailed as refusal:
            return refusal
        except Exception as error:  # also one that nobody foresaw: it must not cost the marks of the others
            return unreadable(self.name, error)


def students(folder: Path) -> tuple[list[Student], list[str]]:
    """The students in the order of their names, and the names of the files in the folder that are no student's.

    A zip is called as it is without `.zip`, unless something else has that name. Raises ArgumentError if this is no
    folder of students.
    """
    entries = _entries(folder)
    taken = Counter(entry.name for entry in entries) + Counter(entry.stem for entry in entries if _is_archive(entry))
    found = [
        Student(escaped(entry.stem if _is_archive(entry) and taken[entry.stem] == 1 else entry.name), entry)
        for entry in entries
        if _is_archive(entry) or entry.is_dir()
    ]
    others = sorted(entry.name for entry in entries if not _is_archive(entry) and not entry.is_dir())
    if any(map(STUB_NAME.fullmatch, others)):
        raise ArgumentError(f"{folder}: {EXPECTED}; this looks like the folder of one student")
    if not found:
        raise ArgumentError(f"{folder}: {EXPECTED}; there is none in it")
    if len(found) == 1:
        _need_one_student(folder, found[0])
    return sorted(found, key=lambda student: (student.name.casefold(), student.name)), [*map(escaped, others)]


def _need_one_student(folder: Path, student: Student) -> None:
    """Nothing; ArgumentError if what lies in the folder alone looks like a class: one task in several folders."""
    contents = student._contents
    if isinstance(contents, CheckFailed):
        return
    for name in TASK_FILES.values():
        if len({file.path.parts[:-1][:1] for file in _highest(contents, name)}) > 1:
            raise ArgumentError(
                f"{folder}: {EXPECTED}; there is only {student.name!r}, with {name} in several folders. "
                "If that is the class, name it instead, unpacked; if it is a student, leave one of the files"
            )


def _highest(contents: Contents, name: str) -> list[File]:
    """The files of this name, in upper or lower case, that lie at the least depth."""
    found = [file for file in contents.files if file.path.name.casefold() == name.casefold()]
    depth = min((len(file.path.parts) for file in found), default=0)
    return sorted((file for file in found if len(file.path.parts) == depth), key=lambda file: str(file.path))


def some(names: list[str], most: int) -> str:
    """The first of the names, and how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def _unpacked(folder: Path) -> Contents:
    """What the folder holds. If no task is in it, but a single zip, that one is looked into: so Moodle exports it."""
    contents = of_folder(folder)
    packed = [file for file in contents.files if _kind(file) == AN_ARCHIVE]
    if len(packed) != 1 or any(map(_is_a_task, contents.files)):
        return contents
    others = [file for file in contents.files if file is not packed[0]]
    return Contents([*others, *of_archive_inside(folder, packed[0].path).files], contents.unseen)


def _is_a_task(file: File) -> bool:
    return file.path.name.casefold() in TASK_FILES


def _kind(file: File) -> str:
    return file.path.suffix.casefold()


def _listed(files: list[File]) -> list[str]:
    """The files by their paths; of those that cannot be graded it is said why."""
    return [
        escaped(str(file.path))
        + (" (archives of this kind are not opened)" if _kind(file) in ARCHIVES and _kind(file) != AN_ARCHIVE else "")
        + (" (of several zips none is opened)" if _kind(file) == AN_ARCHIVE else "")
        + (" (notebooks are not graded)" if _kind(file) == A_NOTEBOOK else "")
        for file in sorted(files, key=lambda file: str(file.path))
    ]


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
    packed = [name for name in names if name.casefold().endswith(ARCHIVES)]
    notebooks = [name for name in names if name.casefold().endswith(A_NOTEBOOK)]
    causes = [
        f"Its name has to be just that; there is {escaped(', '.join(sorted(similar)[:3]))}." if similar else "",
        f"Archives inside are not opened: {escaped(', '.join(sorted(packed)[:3]))}." if packed else "",
        f"Notebooks are not graded: {escaped(', '.join(sorted(notebooks)[:3]))}." if notebooks else "",
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
        expected="one of them, or one that lies higher than the others",
        got="\n".join(escaped(str(file.path)) for file in files[:5]),
        advice="Hand in the one that counts.",
        status="error",
    )
