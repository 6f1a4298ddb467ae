"""What a check says: a Finding for what is wrong, a Verdict on one task, and both in words."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

from autograd import AutogradError

Status = Literal["passed", "failed", "error", "missing"]

WIDTH = 79
INDENT = "     "


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with an answer, and what to do about it. Empty fields are not shown."""

    diagnosis: str
    """The mistake in a few words, always the same ones for the same mistake: a teacher's table counts them."""
    where: str = ""
    """What was asked, such as `decide([1, 0], [3.0, 2.0], 4.0)`."""
    expected: str = ""
    got: str = ""
    cause: str = ""
    """What probably lies behind it."""
    advice: str = ""
    """What to try next."""
    place: str = ""
    """Which line of the answer it was, such as `07_x.py, line 12: return 1 / 0`."""
    status: Literal["failed", "error", "missing"] = "failed"
    """"failed": the answer is wrong; "error": it could not be run to its end; "missing": there is none."""

    def __str__(self) -> str:
        return "\n".join(_lines(self))


class CheckFailed(AutogradError, AssertionError):
    """What a check raises; the message is the finding in words. A notebook shows the message without a traceback."""

    def __init__(self, finding: Finding, printed: str = "") -> None:
        super().__init__(finding, printed)
        self.finding = finding
        self.printed = printed

    def __str__(self) -> str:
        return "\n".join([self.finding.diagnosis, *_lines(self.finding), *_printed(self.printed)])

    def _render_traceback_(self) -> list[str]:
        """What IPython prints instead of a traceback."""
        return str(self).splitlines()


@dataclass(frozen=True)
class Verdict:
    """What came of checking one task: passed, if there is no finding. It prints as a report of 79 columns.

    >>> print(Verdict("01_perceptron", Finding("sign", "decide([1], [2.0], 1.0)", "1", "0", advice="Try it on paper.")))
     1 perceptron: failed (sign)
         asked         decide([1], [2.0], 1.0)
         expected      1
         got           0
         try next      Try it on paper.
    """

    task: str
    """The name of its file without the ending: `07_local_derivatives`."""
    finding: Finding | None = None
    printed: str = ""
    """What the answer printed while it was checked."""

    @property
    def status(self) -> Status:
        """In a word how it went; whatever an answer may have put into a finding, "passed" is only what has none."""
        if self.finding is None:
            return "passed"
        return self.finding.status if self.finding.status in ("error", "missing") else "failed"

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return self.finding is None

    @property
    def diagnosis(self) -> str:
        """The mistake in a few words; empty if there is none."""
        return "" if self.finding is None else self.finding.diagnosis

    def as_dict(self) -> dict[str, Any]:
        """What `from_dict` makes the same verdict of: strings in dicts, as JSON can hold them."""
        return asdict(self)

    @staticmethod
    def from_dict(fields: dict[str, Any]) -> Verdict:
        """The verdict that gave this dict."""
        finding = fields["finding"]
        return Verdict(fields["task"], None if finding is None else Finding(**finding), fields["printed"])

    def __repr__(self) -> str:
        number, _, name = self.task.partition("_")
        head = f"{int(number):>2} {name}: {self.status}"
        if self.finding is None:
            return head
        head = f"{head} ({self.diagnosis})"
        return "\n".join([head, *_lines(self.finding), *_printed(self.printed)])


def in_short(printed: str) -> str:
    """What an answer printed, as a report shows it: the last ten lines. Empty if there is nothing to be seen."""
    return "\n".join(_printed(printed))


def _lines(finding: Finding) -> Iterator[str]:
    yield from _field("asked", finding.where)
    yield from _field("at", finding.place)
    yield from _field("expected", finding.expected)
    yield from _field("got", finding.got)
    yield from _field("likely cause", finding.cause)
    yield from _field("try next", finding.advice)


def _field(name: str, text: str) -> list[str]:
    """The lines of one field, wrapped under its own beginning; none if it is empty."""
    lines = [
        part
        for line in text.splitlines()
        for part in textwrap.wrap(line, WIDTH - len(INDENT) - 14, replace_whitespace=False) or [""]
    ]
    return [f"{INDENT}{name if i == 0 else '':<14}{line}".rstrip() for i, line in enumerate(lines)]


def _printed(text: str) -> list[str]:
    return _field("it printed", _last_lines(text))


def _last_lines(text: str, most: int = 10) -> str:
    """The last lines of what was printed, the long ones cut."""
    lines = [line if len(line) <= 3 * WIDTH else f"{line[: 3 * WIDTH]}..." for line in text.rstrip().splitlines()]
    return "\n".join(lines if len(lines) <= most else ["...", *lines[-most:]])
