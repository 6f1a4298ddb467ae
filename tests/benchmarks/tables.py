"""Aligned tables of plain text, at most WIDTH columns wide."""

from collections.abc import Sequence

WIDTH = 100


def table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The title, the header and the rows as lines; the first column stands left, the others right."""
    columns = list(zip(header, *rows, strict=True))
    widths = [max(map(len, column)) for column in columns]
    lines = ["  ".join(_aligned(row, widths)).rstrip() for row in (header, *rows)]
    assert all(len(line) <= WIDTH for line in lines), "a table is too wide"
    return "\n".join([title, *lines, ""])


def _aligned(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    cells = list(zip(row, widths, strict=True))
    return [cell.ljust(width) for cell, width in cells[:1]] + [cell.rjust(width) for cell, width in cells[1:]]
