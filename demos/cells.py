"""Lessons as cells: percent format read, and cells compiled so that tracebacks name the file and its true lines.

Percent format is that of jupytext and VS Code: a line that begins with `# %%` begins a cell of code, `# %% [markdown]`
one of prose, whose lines are comments (https://jupytext.readthedocs.io/en/latest/formats-scripts.html).
"""

from __future__ import annotations
import __future__

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

MARKER = re.compile(r"# ?%%(?!%)(.*)")
FUTURE = sum({getattr(__future__, name).compiler_flag for name in __future__.all_feature_names})


class Cell(NamedTuple):
    """A cell as it stands in the file."""

    kind: str
    """"code" or "markdown"."""
    text: str
    """Its source; of prose the words, without the comment signs."""
    line: int
    """The line of the file that the text begins in, from 1 on."""


class Stop(NamedTuple):
    """Where a reader stops: some prose and the code that it is about. Only the last one may have no code."""

    prose: str
    code: Cell | None

    @property
    def heading(self) -> str:
        """The last heading of the prose, or else the first line there is."""
        headings = re.findall(r"^#+ +(.*)", self.prose, re.MULTILINE)
        lines = (self.prose or (self.code.text if self.code else "")).splitlines()
        return headings[-1] if headings else next((line for line in lines if line.strip()), "")


class Lesson:
    """A file in percent format, read.

    >>> from demos.runner import FOLDER
    >>> [stop.heading for stop in Lesson(FOLDER / "digits.py").stops][:3]
    ['Reading handwriting with single numbers', 'The net', 'One nudge']
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        text = path.read_text(encoding="utf-8")
        first, *cells = read(text)
        self.docstring = ast.get_docstring(ast.parse(first.text)) or ""
        self.stops: list[Stop] = list(_stops(cells))
        self._head = first
        self._flags = FUTURE & compile(text, str(path), "exec", dont_inherit=True).co_flags
        """What the lesson imports from __future__ holds for all of its cells."""

    def names(self) -> dict[str, Any]:
        """The names that the lesson begins with: those of a script that is being run, as the runner gives them."""
        names: dict[str, Any] = Names(__name__="__main__", __file__=str(self.path), __package__="demos", __spec__=None)
        exec(self.compiled(self._head), names)
        return names

    def compiled(self, cell: Cell) -> Any:
        """The cell's code, which knows where in the file it stands."""
        return compile("\n" * (cell.line - 1) + cell.text, str(self.path), "exec", self._flags, dont_inherit=True)


class Names(dict[str, Any]):
    """The names of a lesson; they are shown without what they stand for, which would fill pages."""

    def __repr__(self) -> str:
        shown = [name for name in self if not name.startswith("__")]
        return f"<the {len(shown)} names of {Path(self.get('__file__', '')).stem}: {', '.join(shown)}>"


def read(text: str) -> list[Cell]:
    """The cells; the first is what stands before the first marker, which may be nothing.

    >>> for cell in read('\"\"\"Doc.\"\"\"\\n\\n# %% [markdown]\\n# # One\\n#\\n# and two\\n\\n# %%\\nx = 1\\n'):
    ...     print(cell)
    Cell(kind='code', text='\"\"\"Doc.\"\"\"', line=1)
    Cell(kind='markdown', text='# One\\n\\nand two', line=4)
    Cell(kind='code', text='x = 1', line=9)
    """
    lines = text.splitlines()
    starts = [(i, match[1]) for i, line in enumerate(lines) if (match := MARKER.match(line))]
    bounds = [*(i for i, _ in starts), len(lines)]
    cells = [_cell("code", lines[: bounds[0]], 1)]
    for (i, title), end in zip(starts, bounds[1:], strict=True):
        kind = "markdown" if re.search(r"\[(markdown|md)\]", title) else "code"
        cells.append(_cell(kind, lines[i + 1 : end], i + 2))
    return cells


def _cell(kind: str, lines: list[str], line: int) -> Cell:
    """The cell, without the blank lines around it."""
    filled = [i for i, each in enumerate(lines) if each.strip()] or [-1]
    first, last = max(0, filled[0]), filled[-1]
    kept = lines[first : last + 1]
    if kind == "markdown":
        kept = [re.sub(r"^# ?", "", each) for each in kept]
    return Cell(kind, "\n".join(kept), line + first)


def _stops(cells: list[Cell]) -> Iterator[Stop]:
    prose: list[str] = []
    for cell in cells:
        if not cell.text:
            continue
        if cell.kind == "markdown":
            prose.append(cell.text)
        else:
            yield Stop("\n\n".join(prose), cell)
            prose = []
    if prose:
        yield Stop("\n\n".join(prose), None)
