"""Every answer of every student judged, several at a time; the marks come in one order, whatever ends first."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice, product
from typing import NamedTuple

from demos.exercises.checking.judge import NOT_WRITTEN
from demos.exercises.task import Task
from demos.exercises.verdict import CheckFailed, Finding, Verdict

from .submissions import Student

Judge = Callable[[Task, bytes, str], Verdict]

NOT_CHECKED = "not checked"


class Mark(NamedTuple):
    """What came of one task of one student, and where the answer lay in the folder or zip: "" if there was none."""

    verdict: Verdict
    file: str = ""


@dataclass(frozen=True)
class Row:
    """A student's marks, in the order of the tasks."""

    student: Student
    marks: tuple[Mark, ...]

    @property
    def passed(self) -> int:
        """How many tasks are passed."""
        return sum(mark.verdict.passed for mark in self.marks)


def marks_of(
    students: Sequence[Student],
    tasks: Sequence[Task],
    judge: Judge,
    jobs: int = 1,
    progress: Callable[[int], None] = lambda checked: None,
    stop: Callable[[], None] = lambda: None,
) -> list[Row]:
    """A row of marks per student, in their order. `jobs` answers are judged at a time, each in a thread that waits.

    `progress` is told, in this thread, how many are through. At Ctrl-C, which is raised again, `stop` is to end what
    `judge` has under way; what has not begun does not begin.
    """
    pool = ThreadPoolExecutor(jobs)
    futures: list[Future[Mark]] = []
    try:
        for student, task in product(students, tasks):
            futures.append(pool.submit(mark, student, task, judge))
        for checked, _ in enumerate(as_completed(futures), 1):
            progress(checked)
    except BaseException:
        _wind_up(pool, futures, stop)
        raise
    finally:
        pool.shutdown()
    marks = iter([future.result() for future in futures])
    return [Row(student, tuple(islice(marks, len(tasks)))) for student in students]


def _wind_up(pool: ThreadPoolExecutor, futures: Sequence[Future[Mark]], stop: Callable[[], None]) -> None:
    """Returns when nothing runs any more. A second Ctrl-C changes nothing: this is what it asks for."""
    ended = False
    while not ended:
        with suppress(KeyboardInterrupt):
            pool.shutdown(wait=False, cancel_futures=True)
            while not all(future.done() for future in futures):
                stop()  # more than once: one may just have been about to begin
                time.sleep(0.05)
            ended = True


def mark(student: Student, task: Task, judge: Judge) -> Mark:
    """The mark for one answer. That it is not there, or cannot be judged, is a finding too: the others go on."""
    file = ""
    try:
        file, source = student.answer(task)
        if source == task.stub.read_bytes():
            return Mark(Verdict(task.id, _untouched(task)), file)
        return Mark(judge(task, source, task.stub.name), file)
    except CheckFailed as refusal:
        return Mark(Verdict(task.id, refusal.finding), file)
    except Exception as error:  # one that nobody foresaw must not cost the marks of all others
        return Mark(Verdict(task.id, _not_checked(error)), file)


def _untouched(task: Task) -> Finding:
    return Finding(
        NOT_WRITTEN,
        got=f"{task.stub.name} just as it was handed out",
        cause="It was not begun, or an older copy was handed in.",
        advice="Put your lines where it says NotImplementedError; the docstring at the top says what they should do.",
    )


def _not_checked(error: Exception) -> Finding:
    return Finding(
        NOT_CHECKED,
        got=f"{type(error).__name__}: {error}",
        cause="Something went wrong beside the answer: the machine, or the check.",
        advice="Grade this task again; if the same comes out, report it with the answer.",
        status="error",
    )
