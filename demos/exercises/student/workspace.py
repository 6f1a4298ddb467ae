"""The student's folder: stubs are copied there and never overwritten, and what is taken back is kept."""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path
from typing import Literal

from autograd import ArgumentError
from demos.exercises.task import FOLDER, TASKS, Task

from .progress import Progress, fingerprint

State = Literal["passed", "changed", "tried", "begun", ""]
"""How far a task is.

"changed": it passed, and its file has been changed and not been checked since; "tried": it was checked last in vain.
"""


def default_folder() -> Path:
    """The folder that is meant if none is named: `exercises`, or the one we are in, if that is it already."""
    usual = Path("exercises")
    inside = any(os.path.lexists(task.stub.name) for task in TASKS.values())
    return Path(".") if inside and not usual.is_dir() else usual


class Workspace:
    """A folder with task files and what is remembered of them; the folder need not exist yet.

    Where a file cannot be read or written, OSError says so in words. ArgumentError, if it is the package's own folder.
    """

    def __init__(self, folder: Path) -> None:
        # Path.resolve raises RuntimeError for a link to itself, up to Python 3.12.
        real = Path(os.path.realpath(folder))
        if Path(os.path.realpath(FOLDER)) in (real, *real.parents):
            raise ArgumentError(
                f"{folder} is the folder of the package itself, which keeps the originals;\n"
                "go to another folder, or name one with --folder"
            )
        if not folder.is_dir() and any(
            os.path.lexists(each) and not each.is_dir() for each in (folder, *folder.parents)
        ):
            raise OSError(f"{folder} cannot be a folder: there is a file of that name;\nname another with --folder")
        if folder.is_dir() and not os.access(folder, os.R_OK | os.X_OK):
            raise OSError(f"cannot look into the folder {folder}: Permission denied")
        self.folder = folder
        self.progress = Progress(folder)

    def file(self, task: Task) -> Path:
        """Where the student's answer to this task belongs."""
        return self.folder / task.stub.name

    def is_there(self, task: Task) -> bool:
        """Whether there is anything by the name of its file."""
        return os.path.lexists(self.file(task))

    def tasks(self) -> list[Task]:
        """The tasks whose files are there. Copies with other names, as `reset` makes them, do not count."""
        return [task for task in TASKS.values() if self.is_there(task)]

    def source(self, task: Task) -> bytes:
        """What is in the student's file."""
        path = self.file(task)
        try:
            return path.read_bytes()
        except OSError as error:
            raise OSError(f"cannot read {path}: {error.strerror}") from None

    def is_stub(self, task: Task) -> bool:
        """Whether its file is there as it was at first."""
        try:
            return self.is_there(task) and self.source(task) == task.stub.read_bytes()
        except OSError:
            return False

    def state(self, task: Task) -> State:
        """How far the task is; empty if nothing has been written."""
        record = self.progress.of(task)
        try:
            source = self.source(task) if self.is_there(task) else None
        except OSError:
            source = None
        if source is not None and fingerprint(source) == record.passed != record.failed:
            return "passed"
        if record.failed:
            return "tried"
        if record.passed:
            return "passed" if source is None else "changed"
        return "" if source is None or source == task.stub.read_bytes() else "begun"

    def start(self, tasks: list[Task]) -> tuple[list[Task], list[Task]]:
        """The tasks whose stubs were copied, and those whose files were there already and are kept as they are."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OSError(f"cannot make the folder {self.folder}: {error.strerror}") from None
        copied = [task for task in tasks if self._put_stub(task)]
        return copied, [task for task in tasks if task not in copied]

    def reset(self, task: Task) -> Path | None:
        """Where the student's version was moved when the stub took its place; None if nothing was there to be moved."""
        aside = None
        if self.is_there(task) and self.source(task) != task.stub.read_bytes():
            aside = self._move_aside(task)
        self._put_stub(task)
        return aside

    def _put_stub(self, task: Task) -> bool:
        """Whether the stub was copied; a file that is there is left alone."""
        path = self.file(task)
        try:
            with path.open("xb") as new:
                new.write(task.stub.read_bytes())
        except FileExistsError:
            return False
        except OSError as error:
            raise OSError(f"cannot write {path}: {error.strerror}") from None
        return True

    def _move_aside(self, task: Task) -> Path:
        """Where the file is now: under the first number that is free. It is moved, so that no version is lost."""
        path = self.file(task)
        for number in count(1):
            aside = path.with_name(f"{path.name}.{number}")
            try:
                aside.open("xb").close()  # takes the name, so that nobody else does
            except FileExistsError:
                continue
            except OSError as error:
                raise OSError(f"cannot write {aside}: {error.strerror}") from None
            break
        try:
            os.replace(path, aside)
        except OSError as error:
            aside.unlink()
            raise OSError(f"cannot move {path} to {aside}: {error.strerror}") from None
        return aside
