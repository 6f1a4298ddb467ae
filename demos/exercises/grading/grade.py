"""`python -m demos.exercises grade DIR`: the answers of a class are judged, and the marks printed and written."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from autograd import ArgumentError
from demos.exercises.checking.isolated import Limits, end_all, judge_apart
from demos.exercises.task import TASKS, Task, tasks_in
from demos.exercises.verdict import Verdict
from demos.runner import mute_stdout

from .files import as_csv, as_json, need_writable, write_all
from .marks import NOT_CHECKED, Row, marks_of
from .report import report
from .submissions import some, students

MEGABYTE = 2**20
LEAST_MEMORY = 256
"""Megabytes. With less Python and NumPy themselves run out of it, and every answer would be told so."""


class Stopped(KeyboardInterrupt):
    """A signal that ends the grading as Ctrl-C does; its argument is the signal's number."""


def main(
    arguments: list[str],
    judge: Callable[[Task, bytes, str, Limits], Verdict] = judge_apart,
    stop: Callable[[], None] = end_all,
) -> int:
    """The exit status: 0 whatever the marks are, 2 for wrong arguments, 130 for Ctrl-C, or 128 and another signal.

    It is 1 if the marks could not be written, or if an answer could not be judged for a reason that is not in it.

    `judge` gives the verdict on an answer within limits; `stop` ends what it has under way in other threads.
    """
    try:
        asked = _parser().parse_args(arguments)
    except SystemExit as leaving:
        return int(leaving.code or 0)
    try:
        with _signals_as_ctrl_c():
            return _grade(asked, judge, stop)
    except ArgumentError as error:
        _tell(f"grade: {error}")
        return 2
    except KeyboardInterrupt as pressed:
        return 128 + (pressed.args[0] if isinstance(pressed, Stopped) else signal.SIGINT)


@contextmanager
def _signals_as_ctrl_c() -> Iterator[None]:
    """In it SIGTERM and SIGHUP stop the grading in good order. One that is ignored, as under nohup, stays so."""
    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    if threading.current_thread() is not threading.main_thread():
        numbers = []  # Python does not let others have handlers
    before = {number: signal.getsignal(number) for number in numbers}
    changed = [number for number, handler in before.items() if handler == signal.SIG_DFL]
    try:
        for number in changed:
            signal.signal(number, _stop)
        yield
    finally:
        for number in changed:
            signal.signal(number, before[number])


def _stop(number: int, _: FrameType | None) -> None:
    raise Stopped(number)


def _parser() -> argparse.ArgumentParser:
    limits = Limits()
    parser = argparse.ArgumentParser(
        "python -m demos.exercises grade",
        usage="%(prog)s DIR [options]",
        description="Judge the answers of a class. Each runs in a process of its own, but not in a sandbox: "
        "see demos/exercises/README.md.",
    )
    parser.add_argument("folder", metavar="DIR", nargs="?", type=Path, help="holds a folder, or a zip, per student")
    parser.add_argument("--tasks", type=_tasks, default=[*TASKS.values()], help="only these, such as 1,2,7-9")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="for a spreadsheet: a row per student")
    parser.add_argument("--json", type=Path, metavar="FILE", help="everything, with what each answer was told")
    parser.add_argument(
        "--jobs", type=_count, default=2, metavar="N", help="answers judged at a time (2); one per core at most"
    )
    parser.add_argument(
        "--timeout", type=_seconds, default=limits.seconds, metavar="S", help=f"seconds for each ({limits.seconds:g})"
    )
    memory = limits.memory // MEGABYTE
    parser.add_argument("--memory", type=_memory, default=memory, metavar="MB", help=f"memory for each ({memory})")
    return parser


def _grade(
    asked: argparse.Namespace, judge: Callable[[Task, bytes, str, Limits], Verdict], stop: Callable[[], None]
) -> int:
    if asked.folder is None:
        raise ArgumentError("it needs the folder of the class, as in\n    python -m demos.exercises grade handed-in")
    targets = [path for path in (asked.csv, asked.json) if path is not None]
    if len(set(map(os.path.realpath, targets))) < len(targets):
        raise ArgumentError(f"--csv and --json both name {asked.csv}")
    for path in targets:
        need_writable(path)
    found, others = students(asked.folder)
    if others:
        _tell(f"Left out, since a student is a folder or a .zip: {some(others, 5)}")
    for notice in filter(None, (student.notice for student in found)):
        _tell(notice)
    limits = Limits(seconds=asked.timeout, memory=asked.memory * MEGABYTE)
    progress = ProgressLine(len(found) * len(asked.tasks))

    def within_limits(task: Task, source: bytes, file_name: str) -> Verdict:
        return judge(task, source, file_name, limits)

    try:
        rows = marks_of(found, asked.tasks, within_limits, _jobs(asked.jobs), progress, stop)
    except KeyboardInterrupt:
        progress.end()
        written = " No file was written." if targets else ""
        _tell(f"Stopped: {progress.checked} of {progress.all} answers were checked.{written}")
        raise
    progress.end()
    problems = [*_write(asked, rows, limits), *_not_checked(rows)]
    _print(report(asked.tasks, rows))
    for problem in problems:
        _tell(f"grade: {problem}")
    return 1 if problems else 0


def _write(asked: argparse.Namespace, rows: list[Row], limits: Limits) -> list[str]:
    """What went wrong with the files. The tables are worth printing either way."""
    files = {}
    if asked.csv is not None:
        files[asked.csv] = as_csv(asked.tasks, rows)
    if asked.json is not None:
        files[asked.json] = as_json(asked.tasks, rows, {"seconds": limits.seconds, "memory": limits.memory})
    return write_all(files)


def _not_checked(rows: list[Row]) -> list[str]:
    """How many answers were not judged, and why the first was not."""
    findings = [mark.verdict.finding for row in rows for mark in row.marks if mark.verdict.diagnosis == NOT_CHECKED]
    reasons = [finding.got.strip().splitlines() for finding in findings if finding is not None]
    if not reasons:
        return []
    ends = dict.fromkeys((reasons[0][0], reasons[0][-1]))  # of a traceback
    return [f"{len(reasons)} not checked, for a reason that lies beside the answers: {' ... '.join(ends)}"]


def _jobs(asked: int) -> int:
    """As many as are asked for, but no more than there are cores: the answers' time runs by the clock on the wall."""
    cores = _cores()
    if asked > max(cores, 2):
        _tell(
            f"--jobs {asked}: {cores} at a time, since this machine has no more cores; the answers' time would suffer."
        )
    return min(asked, cores)


def _cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class ProgressLine:
    """How many answers are through, as a line that is rewritten on a terminal; nothing is shown elsewhere."""

    def __init__(self, all_: int) -> None:
        self.all = all_
        self.checked = 0
        self.shown = sys.stderr is not None and sys.stderr.isatty()

    def __call__(self, checked: int) -> None:
        self.checked = checked
        if self.shown:
            print(f"\r{checked} of {self.all} checked", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Nothing; the line is wiped."""
        if self.shown:
            print("\r" + " " * len(f"{self.all} of {self.all} checked") + "\r", end="", file=sys.stderr, flush=True)


def _print(text: str) -> None:
    """Nothing; the text is on stdout, with a question mark for what its encoding does not have."""
    if sys.stdout is None:  # closed, as by >&- in a shell
        return
    encoding = sys.stdout.encoding or "utf-8"
    try:
        print(text.encode(encoding, "replace").decode(encoding), flush=True)
    except BrokenPipeError:  # whoever read the tables, as in `| head`, has seen enough
        mute_stdout()


def _tell(text: str) -> None:
    if sys.stderr is not None:
        with suppress(OSError):  # the terminal may be gone, and SIGHUP have come for that
            print(text.encode("utf-8", "backslashreplace").decode(), file=sys.stderr, flush=True)


def _tasks(text: str) -> list[Task]:
    try:
        return tasks_in(text)
    except ArgumentError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _count(text: str) -> int:
    with suppress(ValueError):
        if int(text) > 0:
            return int(text)
    raise argparse.ArgumentTypeError(f"a whole number above 0 is expected, not {text!r}")


def _memory(text: str) -> int:
    if _count(text) < LEAST_MEMORY:
        raise argparse.ArgumentTypeError(f"Python and NumPy alone need nearly {LEAST_MEMORY} MB; {text} is too little")
    return _count(text)


def _seconds(text: str) -> float:
    with suppress(ValueError):
        if 0 < float(text) <= 86_400:
            return float(text)
    raise argparse.ArgumentTypeError(f"a number of seconds above 0 is expected, not {text!r}")
