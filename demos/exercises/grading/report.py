"""The marks as tables of 79 columns: a line per task, and a line per student with a character per task."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

from demos.exercises.checking.judge import NOT_WRITTEN
from demos.exercises.task import Task
from demos.exercises.verdict import WIDTH, Verdict

from .marks import Row

SIGNS = {"passed": ".", "failed": "x", "error": "E", "missing": "-"}
UNWRITTEN = "o"
LEGEND = "  . passed   x failed   o unwritten   E not run to its end   - not handed in"
NAME_OF_TASK = 18
GROUP = 5
"""So many tasks stand together before a gap."""


def report(tasks: Sequence[Task], rows: Sequence[Row]) -> str:
    """Both tables and what their signs mean."""
    return "\n".join([*_per_task(tasks, rows), "", *_per_student(tasks, rows), "", LEGEND])


def _per_task(tasks: Sequence[Task], rows: Sequence[Row]) -> Iterator[str]:
    yield f"   task{'':<{NAME_OF_TASK - 4}}  passed  written  unwritten  most frequent diagnosis"
    for i, task in enumerate(tasks):
        marks = [row.marks[i] for row in rows if row.student.refusal is None]
        handed_in = [mark.verdict for mark in marks if mark.verdict.status != "missing"]
        written = [verdict for verdict in handed_in if verdict.diagnosis != NOT_WRITTEN]
        passed, unwritten = sum(verdict.passed for verdict in written), len(handed_in) - len(written)
        line = (
            f"{task.number:>2} {shortened(task.name, NAME_OF_TASK)}  {passed:>6}  {len(written):>7}  {unwritten:>9}  "
        )
        counted = Counter(verdict.diagnosis for verdict in written if not verdict.passed).most_common(1)
        for diagnosis, times in counted:
            count = f" ({times})"
            line += shortened(diagnosis, WIDTH - len(line) - len(count)).rstrip() + count
        yield line.rstrip()


def _per_student(tasks: Sequence[Task], rows: Sequence[Row]) -> Iterator[str]:
    count = f"{len(rows)} student" + "s" * (len(rows) != 1)
    tens, units = (grouped("".join(f"{task.number:>2}"[place] for task in tasks)) for place in (0, 1))
    room = min(max([20, *(columns(row.student.name) for row in rows)]), WIDTH - len(units) - len("    passed"))
    if tens.strip():
        yield f"{'':<{room}}  {tens}".rstrip()
    yield f"{shortened(count, room)}  {units}  passed"
    for row in rows:
        signs = grouped("".join(_sign(mark.verdict) for mark in row.marks))
        yield f"{shortened(row.student.name, room)}  {signs}  {row.passed:>6}"


def _sign(verdict: Verdict) -> str:
    return UNWRITTEN if verdict.diagnosis == NOT_WRITTEN else SIGNS[verdict.status]


def grouped(signs: str) -> str:
    """The signs with a gap after every fifth.

    >>> grouped("....x..")
    '....x ..'
    """
    return " ".join(signs[i : i + GROUP] for i in range(0, len(signs), GROUP))


def shortened(text: str, room: int) -> str:
    """The text in just so many columns of a terminal: filled up with blanks, or its beginning and three dots.

    >>> shortened("Zoë", 6), shortened("a long name", 6), shortened("学习学习", 6)
    ('Zoë   ', 'a l...', '学... ')
    """
    if columns(text) > room:
        while columns(text) > room - 3:
            text = text[:-1]
        text += "..."
    return text + " " * (room - columns(text))


def columns(text: str) -> int:
    """How many columns of a terminal it takes: two for a Chinese sign, none for an accent that stands by itself."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )
