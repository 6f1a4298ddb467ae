"""Sums of unequal length in one matrix: which column each term belongs to.

The longest sum is the template. The terms of another one are looked for in it: they fit if their positions are those
of some of the template's columns, all moved by the same amount in each operand. So the sums of causal attention fill
the first columns, and a convolution at the border of an image those of the kernel's numbers that lie inside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
    column_of = {tuple(column): i for i, column in enumerate(template.T.tolist())}
    known: dict[bytes, np.ndarray | None] = {}
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
        found = known[key]
        where = np.arange(count) if found is None else found
        for f, at in enumerate(positions):
            at[i] = rows[f, 0] if found is None else rows[f, 0] - template[f, where[0]] + template[f]
            at[i, where] = rows[f]
        valid[i, where] = True
        columns.append(where)
    for at, size in zip(positions, sizes, strict=True):
        if at.min() < 0 or at.max() >= size:
            at[:] = np.where(valid, at, at[valid][0])
    return Aligned(positions, valid, columns)


def _columns(pattern: np.ndarray, template: np.ndarray, column_of: dict[tuple[int, ...], int]) -> np.ndarray | None:
    """The columns of the template that a pattern of positions matches; None if it does not."""
    for first in range(template.shape[1] - pattern.shape[1] + 1):
        moved = (pattern + template[:, first : first + 1]).T.tolist()
        found = [column_of.get(tuple(column), -1) for column in moved]
        if min(found) >= 0:
            return np.array(found)
    return None
