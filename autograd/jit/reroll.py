"""Stage 4a: loops found again in rows of positions.

The unrolled scalar program read, for its i-th value, the number at position p[i] of some array. If the i came from
nested loops, p is affine in them: base + stride_1 * i_1 + stride_2 * i_2 + ... `loops` finds the sizes of the loops
and the strides, for several operands at once, from the positions alone: the innermost loop is the longest stretch
that keeps its step, where stretches of one length tile the row; taking every first element of a stretch, the same
again finds the loop around it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

FEW, SMALL = 4, 16
"""So many separate affine blocks, of at least so many numbers on average, are computed one by one; what falls into more
or smaller ones is gathered instead."""


@dataclass(frozen=True)
class Block:
    """A stretch of a row that is affine: from `start` on, loops of these sizes; for each operand base and strides."""

    start: int
    sizes: tuple[int, ...]
    bases: tuple[int, ...]
    strides: tuple[tuple[int, ...], ...]

    @property
    def length(self) -> int:
        """How many values it has."""
        return int(np.prod(self.sizes, dtype=np.int64))


def loops(columns: Sequence[np.ndarray], length: int) -> list[Block] | None:
    """The affine blocks that the operands' positions (one column each, all of that length) fall into together.

    None if there are more than FEW, or if they are SMALL.

    >>> [block] = loops([np.array([0, 1, 10, 11]), np.array([5, 7, 5, 7])], 4) or []
    >>> block.sizes, block.strides
    ((2, 2), ((10, 1), (0, 2)))
    """
    if not columns:
        return [Block(0, (length,), (), ())]
    blocks = _blocks(np.stack(columns))
    worthwhile = blocks is not None and (len(blocks) == 1 or length >= SMALL * len(blocks))
    return blocks if worthwhile else None


def _blocks(columns: np.ndarray) -> list[Block] | None:
    """The affine blocks of positions of shape (operands, length); None if there are more than FEW."""
    outer = columns
    sizes: list[int] = []
    steps: list[np.ndarray] = []
    while outer.shape[1] > 1:
        moves = np.diff(outer, axis=1)
        breaks = np.flatnonzero((moves != moves[:, :1]).any(axis=0)) + 1
        stretch = int(np.gcd.reduce(np.append(breaks, outer.shape[1])))
        if stretch == 1:
            break
        sizes.append(stretch)
        steps.append(moves[:, 0])
        outer = outer[:, ::stretch]
    count = outer.shape[1]
    if count > FEW:
        return _runs(columns)
    inner = tuple(reversed(sizes)) or (1,)
    strides = tuple(tuple(int(step[k]) for step in reversed(steps)) or (0,) for k in range(len(columns)))
    length = columns.shape[1] // count
    return [Block(i * length, inner, tuple(map(int, outer[:, i])), strides) for i in range(count)]


def _runs(columns: np.ndarray) -> list[Block] | None:
    """The blocks that begin anew where the pattern changes: stretches that keep their step, and loops over such alike.

    So a matrix, and another one of other sizes behind it, are two blocks. None if there are more than FEW.
    """
    moves = np.diff(columns, axis=1)
    changes = np.flatnonzero((moves[:, 1:] != moves[:, :-1]).any(axis=0)) + 2
    starts: list[int] = [0]
    for change in changes.tolist():
        if change - starts[-1] > 1:  # a change right after a start is the step out of the stretch before
            starts.append(change)
    runs = [
        (end - start, tuple(moves[:, start].tolist()) if end - start > 1 else (0,) * len(columns), start)
        for start, end in zip(starts, [*starts[1:], columns.shape[1]], strict=True)
    ]
    blocks: list[Block] = []
    for (length, step), alike in groupby(runs, key=lambda run: run[:2]):
        begins = [run[2] for run in alike]
        outer = _blocks(columns[:, begins]) if len(begins) < columns.shape[1] else None
        if outer is None or len(blocks) + len(outer) > FEW:
            return None
        for block in outer:
            strides = tuple((*own, stride) for own, stride in zip(block.strides, step, strict=True))
            blocks.append(Block(begins[block.start], (*block.sizes, length), block.bases, strides))
    return blocks


def separated(positions: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """(rows, columns) with positions[i, j] == rows[i] + columns[j] and columns[0] == 0; None if there are none.

    >>> separated(np.array([[3, 4], [7, 8]]))
    (array([3, 7]), array([0, 1]))
    """
    rows = positions[:, 0]
    columns = positions[0] - positions[0, 0]
    return (rows, columns) if (positions - rows[:, None] == columns).all() else None


def squeezed(values: np.ndarray) -> tuple[np.ndarray, tuple[int, ...]]:
    """The values without the axes along which they do not change, and the strides that read them as if they had them.

    >>> squeezed(np.array([[1.0, 2.0], [1.0, 2.0]]))
    (array([1., 2.]), (0, 1))
    """
    moving = []
    for axis in range(values.ndim):
        first = values.take([0], axis=axis)
        still = bool((values == first).all())
        moving.append(not still)
        if still:
            values = first
    strides, step = [], 1
    for axis in reversed(range(values.ndim)):
        strides.append(step if moving[axis] else 0)
        step *= values.shape[axis]
    return values.reshape([n for n, moves in zip(values.shape, moving, strict=True) if moves]), tuple(reversed(strides))
