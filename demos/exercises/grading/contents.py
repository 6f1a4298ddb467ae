"""What a student's folder or zip holds. Nothing is extracted, no link is followed outwards, and reads are limited."""

from __future__ import annotations

import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath

from demos.exercises.checking.words import escaped
from demos.exercises.verdict import CheckFailed, Finding

LARGEST_FILE = 2**20
LARGEST_ARCHIVE = 50 * 2**20

IGNORED = {"__macosx", "__pycache__"}
"""Names of folders in which no answers are looked for, as in those that begin with a dot."""

ABSOLUTE = re.compile(r"/|[a-z]:/", re.IGNORECASE)


@dataclass(frozen=True)
class File:
    """A file inside a student's folder or zip, and what gives its contents or raises CheckFailed."""

    path: PurePosixPath
    read: Callable[[], bytes]


@dataclass(frozen=True)
class Contents:
    """The files of a student, and in words what could not be looked into."""

    files: list[File] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)


def is_ignored(name: str) -> bool:
    """Whether a file or folder of this name is none of the student's: hidden, or left there by a program."""
    return name.startswith(".") or name.casefold() in IGNORED


def of_folder(root: Path) -> Contents:
    """What the folder holds, at any depth; CheckFailed if it cannot be read itself."""
    found = Contents()
    folders = [PurePosixPath()]
    while folders:
        inside = folders.pop()
        try:
            with os.scandir(root / inside) as scan:
                entries = [entry for entry in scan if not is_ignored(entry.name)]
        except OSError as error:
            if inside == PurePosixPath():
                raise unreadable(escaped(root.name), error) from None
            found.unseen.append(f"{escaped(str(inside))} ({error.strerror})")
            continue
        for entry in entries:
            path = inside / entry.name
            if entry.is_dir(follow_symlinks=False):
                folders.append(path)
            elif entry.is_symlink() and entry.is_dir():
                found.unseen.append(f"{escaped(str(path))} (a link to a folder)")
            else:
                found.files.append(File(path, partial(_read_file, root, path)))
    return found


def of_archive(path: Path) -> Contents:
    """What the zip holds; CheckFailed if it is broken, encrypted, or has a member that points out of it."""
    if path.stat().st_size > LARGEST_ARCHIVE:
        raise _refused(path, f"a zip of more than {LARGEST_ARCHIVE // 2**20} MB", "Take out what is no answer.")
    with _opened(path) as archive:
        members = archive.infolist()
    for member in members:
        name = member.filename.replace("\\", "/")
        if ABSOLUTE.match(name) or ".." in name.split("/"):
            raise _refused(
                path, f"a member called {escaped(name)!r}", "Pack the folder anew; this path leads out of it."
            )
        if member.flag_bits & 1:
            raise _broken(path, "it is encrypted", "Pack it without a password.")
    return Contents(
        [
            File(inside, partial(_read_member, path, member))
            for member in members
            for name in [member.filename.replace("\\", "/")]
            for inside in [PurePosixPath(name)]
            if name and not name.endswith("/") and not any(map(is_ignored, inside.parts))
        ]
    )


def of_archive_inside(root: Path, inside: PurePosixPath) -> Contents:
    """What a zip in a student's folder holds, its path before each name. CheckFailed as of `of_archive`."""
    packed = of_archive(_ordinary(root, inside))
    return Contents([File(inside / file.path, file.read) for file in packed.files])


def unreadable(where: str, error: Exception) -> CheckFailed:
    """The refusal of something that the system does not let us read."""
    advice = "Look at its permissions, or fetch it again."
    got = getattr(error, "strerror", None) or f"{type(error).__name__}: {error}"
    return CheckFailed(Finding("unreadable", place=where, got=escaped(got), advice=advice, status="error"))


def refused_link(where: str, advice: str = "Hand in the file itself.") -> CheckFailed:
    """The refusal of a link that would let an answer be read from somewhere else."""
    finding = Finding(
        "refused link", "", "a file", "a link that leads elsewhere", advice=advice, place=where, status="error"
    )
    return CheckFailed(finding)


def _read_file(root: Path, inside: PurePosixPath) -> bytes:
    where = escaped(str(inside))
    path = _ordinary(root, inside)
    try:
        return _limited(where, _read_start(path))
    except OSError as error:
        raise unreadable(where, error) from None


def _ordinary(root: Path, inside: PurePosixPath) -> Path:
    """Where it is, if it is an ordinary file or a link to one in the same student's folder; else CheckFailed."""
    where = escaped(str(inside))
    try:
        path = (root / inside).resolve(strict=True)
        if not path.is_relative_to(root.resolve()):
            raise refused_link(where)
        if not stat.S_ISREG(path.lstat().st_mode):
            raise _no_file(where)
    except OSError as error:
        raise unreadable(where, error) from None
    except RuntimeError:  # Python up to 3.12 says so of a link that leads to itself
        raise refused_link(where) from None
    return path


def _read_start(path: Path) -> bytes:
    """The first bytes, one more than are allowed. A pipe or link that took the file's place is not waited for."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise _no_file(escaped(path.name))
        return file.read(LARGEST_FILE + 1)


def _read_member(path: Path, member: zipfile.ZipInfo) -> bytes:
    where = escaped(member.filename)
    kind = member.external_attr >> 16
    if stat.S_ISLNK(kind):
        raise refused_link(where)
    # bz2 and lzma cannot be told to stop after so many bytes.
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _broken(path, "it is packed in an unusual way", "Pack it as a plain zip.")
    with _opened(path) as archive, archive.open(member) as file:
        return _limited(where, file.read(LARGEST_FILE + 1))


def _limited(where: str, source: bytes) -> bytes:
    if len(source) <= LARGEST_FILE:
        return source
    most = f"at most {LARGEST_FILE // 2**20} MB"
    advice = "Is it the right file? An answer has a few lines."
    raise CheckFailed(Finding("file too large", "", most, "more", advice=advice, place=where, status="error"))


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except OSError as error:
        raise unreadable(escaped(path.name), error) from None
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        EOFError,
        IndexError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise _broken(path, str(error).strip() or type(error).__name__, "Pack it again.") from None


def _no_file(where: str) -> CheckFailed:
    advice = "Hand in a file of text."
    return CheckFailed(
        Finding("no file", "", "a file", "a pipe or a device", advice=advice, place=where, status="error")
    )


def _refused(path: Path, got: str, advice: str) -> CheckFailed:
    return CheckFailed(Finding("refused archive", got=got, advice=advice, place=escaped(path.name), status="error"))


def _broken(path: Path, got: str, advice: str) -> CheckFailed:
    return CheckFailed(
        Finding("broken archive", got=escaped(got), advice=advice, place=escaped(path.name), status="error")
    )
