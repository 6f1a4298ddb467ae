"""Sums of unequal length in one matrix: which column each term belongs to.

The longest sum is the template. The terms of another one are looked for in it: they fit if their positions are those
of some of the template's columns, all moved by the same amount in each operand. So the sums of causal attention fill
the first columns, and a convolution at the border of an image those of the kernel's numbers that lie inside.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass
class Aligned:
    """For each operand a matrix of positions, of which those that are not `valid` stand for no term."""

    positions: list[np.ndarray]
    valid: np.ndarray
    columns: list[np.ndarray]
    """For each sum the columns of its terms, in order."""


def aligned(operands: Sequence[Sequence[np.ndarray]], sizes: Sequence[int]) -> Aligned:
    """The terms in a matrix: for each operand (an array of that size) the positions of each sum's terms are given.

    A position that stands for no term goes on where the loops would, if that is inside the array for all sums; else
    it repeats one that is.
    """
    counts = [len(row) for row in operands[0]]
    longest = int(np.argmax(counts))
    template = np.stack([rows[longest] - rows[longest][0] for rows in operands])
    column_of = {column: i for i, column in enumerate(_counted(template))}
    full = [i for i, count in enumerate(counts) if count == counts[longest]]
    bases = [{int(rows[i][0]) for i in full} for rows in operands]
    known: dict[bytes, list[np.ndarray]] = {}
    columns = []
    n, m = len(counts), max(counts)
    positions = [np.empty((n, m), dtype=np.int64) for _ in operands]
    valid = np.zeros((n, m), dtype=bool)
    for i, count in enumerate(counts):
        rows = np.stack([operand[i] for operand in operands])
        if not count:
            columns.append(np.arange(0))
            for at in positions:
                at[i] = 0
            continue
        pattern = rows - rows[:, :1]
        key = pattern.tobytes()
        if key not in known:
            known[key] = _columns(pattern, template, column_of)
        where = _likeliest(known[key], rows[:, 0], template, bases)
        for f, at in enumerate(positions):
            at[i] = rows[f, 0] if where is None else rows[f, 0] - template[f, where[0]] + template[f]
        where = np.arange(count) if where is None else where
        for f, at in enumerate(positions):
            at[i, where] = rows[f]
        valid[i, where] = True
        columns.append(where)
    for at, size in zip(positions, sizes, strict=True):
        if at.min() < 0 or at.max() >= size:
            at[:] = np.where(valid, at, at[valid][0])
    return Aligned(positions, valid, columns)


def _likeliest(
    places: list[np.ndarray], first: np.ndarray, template: np.ndarray, bases: list[set[int]]
) -> np.ndarray | None:
    """The columns that make a sum begin where full sums do, in the operand that has few such places; None if none.

    A corner of a convolution fits into any corner of its kernel, but into one only with the kernel staying in place.
    """

    def in_place(columns: np.ndarray) -> float:
        begins = zip(first, template[:, columns[0]], bases, strict=True)
        return sum(1.0 / len(base) for at, moved, base in begins if int(at - moved) in base)

    return max(places, key=in_place, default=None)


def _columns(pattern: np.ndarray, template: np.ndarray, column_of: dict[Any, int]) -> list[np.ndarray]:
    """The sets of columns of the template that a pattern of positions matches."""
    places = []
    for first in range(template.shape[1] - pattern.shape[1] + 1):
        found = [column_of.get(column, -1) for column in _counted(pattern + template[:, first : first + 1])]
        if min(found) >= 0:
            places.append(np.array(found))
    return places


def _counted(pattern: np.ndarray) -> list[Any]:
    """The columns of a pattern as tuples, each with how many like it stand before it, so that no two are equal."""
    counts: Counter[Any] = Counter()
    columns = []
    for column in map(tuple, pattern.T.tolist()):
        columns.append((column, counts[column]))
        counts[column] += 1
    return columns
