"""The program: arrays, and a plain list of a few kinds of instruction over views of them.

A view is what a loop nest reads or writes: a base and a stride for each loop. An instruction names the sizes of its
loops and gives one view for its result and one for each operand; a stride of 0 means that the loop does not move the
view. So any backend can run a program: as array calls, or as the loops themselves. Nothing here computes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

PARAMETER, CONSTANT, LEAF, SIZE = 0, 1, 2, 3
"""The arrays that every program has: parameters, constants, leaves outside of any storage, the size of the batch."""

BATCH = -1
"""The size of a loop over the examples of a batch, which differs from call to call; it is always the outermost."""


@dataclass
class Array:
    """A row of numbers; a batched one has such a row for each example."""

    kind: str
    """What it holds: "parameter", "leaf", "input", "draw", "size", "constant", "value" or "gradient"."""
    size: int
    batched: bool = False
    part: int = 0
    """Which argument an "input" is; which draw a "draw"."""
    start: np.ndarray | None = None
    """What it holds before the program runs, if that matters: constants, and zeros that nothing writes."""
    ids: list[int] = field(default_factory=list)
    """The ids of the values in it, in order."""


@dataclass(frozen=True)
class View:
    """Where the loops of an instruction read or write an array: base + the sum of stride * loop counter."""

    array: int
    base: int
    strides: tuple[int, ...]


class Instruction:
    """One line of a program."""

    @property
    def out_array(self) -> int:
        """The array it writes."""
        raise NotImplementedError

    @property
    def operand_arrays(self) -> tuple[int, ...]:
        """The arrays it reads numbers from whose derivatives count; an index is none."""
        raise NotImplementedError


class OverLoops(Instruction):
    """An instruction with loops, and views of its result and operands."""

    sizes: tuple[int, ...]
    out: View

    @property
    def out_array(self) -> int:
        return self.out.array


@dataclass(frozen=True)
class Apply(OverLoops):
    """out = op(*args), element by element."""

    op: Any
    sizes: tuple[int, ...]
    out: View
    args: tuple[View, ...]

    @property
    def operand_arrays(self) -> tuple[int, ...]:
        return tuple(view.array for view in self.args)


@dataclass(frozen=True)
class Contract(OverLoops):
    """out = (or += with `add`) the product of one or two factors, summed over the loops that do not move out."""

    sizes: tuple[int, ...]
    out: View
    factors: tuple[View, ...]
    add: bool = False

    @property
    def operand_arrays(self) -> tuple[int, ...]:
        return tuple(view.array for view in self.factors)


@dataclass(frozen=True, eq=False)
class Move(Instruction):
    """out[out_at] = (or += with `add`) source[source_at]: gather and scatter; None stands for all, in order."""

    out: int
    out_at: np.ndarray | None
    source: int
    source_at: np.ndarray | None
    add: bool = False

    @property
    def out_array(self) -> int:
        return self.out

    @property
    def operand_arrays(self) -> tuple[int, ...]:
        return (self.source,)


@dataclass(frozen=True)
class LogSumExp(OverLoops):
    """out = log of the sum of e ** x over the loops that do not move out.

    On the way `powers` become e ** (x - the largest x), and `totals` their sums.
    """

    sizes: tuple[int, ...]
    out: View
    x: View
    powers: View
    totals: View

    @property
    def operand_arrays(self) -> tuple[int, ...]:
        return (self.x.array,)


@dataclass(frozen=True)
class Pick(OverLoops):
    """out = the number `step * index` further than `values`, for a whole index from 0 to count - 1.

    Where rows differ in length `counts` says how long each is. With `back` it runs the other way: adds out there.
    """

    sizes: tuple[int, ...]
    out: View
    values: View
    index: View
    step: int
    count: int
    counts: np.ndarray | None = field(default=None, compare=False)
    back: bool = False

    @property
    def operand_arrays(self) -> tuple[int, ...]:
        return (self.values.array,)


@dataclass(frozen=True, eq=False)
class Call(Instruction):
    """out = op(*rows) by its record, one value after the other; each row is a stretch of an array.

    With `back` it is its derivative: `rows` are then the gradients to be added to, and `given` the rows themselves.
    """

    op: Any
    out: int
    base: int
    rows: tuple[int, ...]
    ends: tuple[np.ndarray, ...]
    given: tuple[int, ...] = ()
    upstream: int = -1

    @property
    def out_array(self) -> int:
        return self.out

    @property
    def operand_arrays(self) -> tuple[int, ...]:
        return self.rows


@dataclass(frozen=True)
class Output:
    """Where a result lies: the number at `position` of `array`, for each example if `batched`."""

    array: int
    position: int
    batched: bool


@dataclass
class Program:
    """A compiled function: `forward` computes the outputs; `backward` the gradients from those of the outputs."""

    arrays: list[Array]
    forward: list[Instruction]
    outputs: list[Output]
    finite_only: bool = False
    """Whether it is right only for finite numbers, as products with 0 have been left out."""
    backward: list[Instruction] = field(default_factory=list)
    gradients: dict[int, int] = field(default_factory=dict)
    """The array that holds the gradient of an array."""
    cleared: list[int] = field(default_factory=list)
    """The gradients that have to be set to 0 before `backward`, as it adds to them at once."""

    def scalar(self, view: View) -> float | None:
        """The number that a view of constants reads throughout; None for any other view."""
        array = self.arrays[view.array]
        if array.kind != "constant" or array.start is None or any(view.strides):
            return None
        return float(array.start[view.base])


def positions(view: View, sizes: Sequence[int]) -> np.ndarray:
    """The positions that a view reaches within a row of its array, one for each turn of the loops that move it."""
    moving = [(size, s) for size, s in zip(sizes, view.strides, strict=True) if s and size != BATCH]
    return affine(view.base, [size for size, _ in moving], [s for _, s in moving]).reshape(-1)


def affine(base: int, sizes: Sequence[int], strides: Sequence[int]) -> np.ndarray:
    """base + the sum of stride * loop counter for each turn of the loops, in an array of these sizes."""
    at = np.array(base)
    for size, stride in zip(sizes, strides, strict=True):
        at = np.add.outer(at, stride * np.arange(size))
    return at


def dense(sizes: tuple[int, ...]) -> tuple[int, ...]:
    """The strides of a dense array of these sizes, the last loop being the innermost."""
    strides, step = [], 1
    for size in reversed(sizes):
        strides.append(step)
        step *= size
    return tuple(reversed(strides))
