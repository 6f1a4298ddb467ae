"""`python -m demos.exercises grade DIR`: the answers of a class are judged, and the marks printed and written."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from autograd import ArgumentError
from demos.exercises.checking.isolated import Limits, end_all, judge_apart
from demos.exercises.task import TASKS, Task, find
from demos.exercises.verdict import Verdict
from demos.runner import mute_stdout

from .files import as_csv, as_json, need_writable, write_all
from .marks import NOT_CHECKED, Row, marks_of
from .report import report
from .submissions import students

MEGABYTE = 2**20


def main(
    arguments: list[str],
    judge: Callable[[Task, bytes, str, Limits], Verdict] = judge_apart,
    stop: Callable[[], None] = end_all,
) -> int:
    """The exit status: 0 whatever the marks are, 2 for wrong arguments, 130 for Ctrl-C.

    It is 1 if the marks could not be written, or if an answer could not be judged for a reason that is not in it.

    `judge` gives the verdict on an answer within limits; `stop` ends what it has under way in other threads.
    """
    try:
        asked = _parser().parse_args(arguments)
    except SystemExit as leaving:
        return int(leaving.code or 0)
    try:
        return _grade(asked, judge, stop)
    except ArgumentError as error:
        print(f"grade: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    limits = Limits()
    parser = argparse.ArgumentParser(
        "python -m demos.exercises grade",
        description="Judge the answers of a class. Each runs in a process of its own, but not in a sandbox: "
        "see demos/exercises/README.md.",
    )
    parser.add_argument("folder", metavar="DIR", type=Path, help="holds one folder, or one zip, per student")
    parser.add_argument("--tasks", type=_tasks, default=[*TASKS.values()], help="only these, such as 1,2,7-9")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="for a spreadsheet: a row per student")
    parser.add_argument("--json", type=Path, metavar="FILE", help="everything, with what each answer was told")
    parser.add_argument("--jobs", type=_count, default=2, metavar="N", help="answers judged at a time (2)")
    parser.add_argument(
        "--timeout", type=_seconds, default=limits.seconds, metavar="S", help=f"seconds for each ({limits.seconds:g})"
    )
    memory = limits.memory // MEGABYTE
    parser.add_argument("--memory", type=_count, default=memory, metavar="MB", help=f"memory for each ({memory})")
    return parser


def _grade(
    asked: argparse.Namespace, judge: Callable[[Task, bytes, str, Limits], Verdict], stop: Callable[[], None]
) -> int:
    targets = [path for path in (asked.csv, asked.json) if path is not None]
    if len({path.resolve() for path in targets}) < len(targets):
        raise ArgumentError(f"--csv and --json both name {asked.csv}")
    for path in targets:
        need_writable(path)
    found, others = students(asked.folder)
    if others:
        _tell(f"Left out, since a student is a folder or a .zip: {_some(others)}")
    limits = Limits(seconds=asked.timeout, memory=asked.memory * MEGABYTE)
    progress = Progress(len(found) * len(asked.tasks))

    def within_limits(task: Task, source: bytes, file_name: str) -> Verdict:
        return judge(task, source, file_name, limits)

    try:
        rows = marks_of(found, asked.tasks, within_limits, asked.jobs, progress, stop)
    except KeyboardInterrupt:
        progress.end()
        written = " No file was written." if targets else ""
        _tell(f"Stopped: {progress.checked} of {progress.all} answers were checked.{written}")
        return 130
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
    try:
        write_all(files)
    except OSError as error:
        return [f"the marks could not be written ({error.strerror}); older files are as they were"]
    return []


def _not_checked(rows: list[Row]) -> list[str]:
    """How many answers were not judged, and why the first was not."""
    findings = [mark.verdict.finding for row in rows for mark in row.marks if mark.verdict.diagnosis == NOT_CHECKED]
    reasons = [finding.got.strip().splitlines() for finding in findings if finding is not None]
    if not reasons:
        return []
    ends = dict.fromkeys((reasons[0][0], reasons[0][-1]))  # of a traceback
    return [f"{len(reasons)} not checked, for a reason that lies beside the answers: {' ... '.join(ends)}"]


class Progress:
    """How many answers are through, as a line that is rewritten on a terminal; nothing is shown elsewhere."""

    def __init__(self, all_: int) -> None:
        self.all = all_
        self.checked = 0
        self.shown = sys.stderr.isatty()

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
    encoding = sys.stdout.encoding or "utf-8"
    try:
        print(text.encode(encoding, "replace").decode(encoding), flush=True)
    except BrokenPipeError:  # whoever read the tables, as in `| head`, has seen enough
        mute_stdout()


def _tell(text: str) -> None:
    print(text, file=sys.stderr)


def _some(names: list[str], most: int = 5) -> str:
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def _tasks(text: str) -> list[Task]:
    """The tasks that are meant by such as `1,2,7-9`, each once and by number."""
    try:
        numbers = {number for part in text.replace(" ", "").split(",") if part for number in _range(part)}
    except ArgumentError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    if not numbers:
        raise argparse.ArgumentTypeError("no task is named; such as 1,2,7-9 is expected")
    return [TASKS[number] for number in sorted(numbers)]


def _range(part: str) -> list[int]:
    ends = re.fullmatch(r"(\d+)-(\d+)", part)
    if ends is None:
        return [find(part).number]
    first, last = (find(end).number for end in ends.groups())
    if first > last:
        raise ArgumentError(f"{part} goes backwards; {last}-{first} is expected")
    return [number for number in TASKS if first <= number <= last]


def _count(text: str) -> int:
    with suppress(ValueError):
        if int(text) > 0:
            return int(text)
    raise argparse.ArgumentTypeError(f"a whole number above 0 is expected, not {text!r}")


def _seconds(text: str) -> float:
    with suppress(ValueError):
        if 0 < float(text) <= 86_400:
            return float(text)
    raise argparse.ArgumentTypeError(f"a number of seconds above 0 is expected, not {text!r}")
