"""What lowering works with: the arrays of the program, where each value lies, and operands as views of arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from .forms import Flat
from .group import Group, Grouped
from .program import BATCH, CONSTANT, Array, Instruction, Move, View, dense
from .reroll import Block, loops, squeezed


@dataclass
class Placed:
    """An operand in an array: where, for each value of the group (and each term of a sum)."""

    array: int
    at: np.ndarray


@dataclass
class Fixed:
    """An operand of constants."""

    values: np.ndarray


Operand: TypeAlias = "Placed | Fixed"


class Workbench:
    """The program as far as it has been made: arrays, instructions, and the position of each value in its array."""

    def __init__(self, flat: Flat, grouped: Grouped) -> None:
        self.flat = flat
        self.arrays = [Array(leaf.kind, leaf.size, leaf.batched, leaf.part) for leaf in flat.leaves]
        self.arrays[CONSTANT].start = np.array(flat.constants)
        self.arrays += [Array("value", 0, False), Array("value", 0, True)]
        self.arrays += [Array("value", 0) for _ in range(grouped.arrays - len(self.arrays))]
        self.array_of = np.array(grouped.array_of)
        self.position = np.array(flat.position)
        self.code: list[Instruction] = []
        self._known_constants: dict[bytes, int] = {}

    def lay_out(self, g: Group, ids: np.ndarray) -> int:
        """Gives the values their positions in the group's array, in the order of ids; returns the first one."""
        array = self.arrays[g.array]
        base = array.size
        self.position[ids] = base + np.arange(len(ids))
        array.size += len(ids)
        array.ids += ids.tolist()
        return base

    def operand(self, ids: np.ndarray, batched: bool) -> Operand:
        """The values of these ids as an operand; if they lie in several arrays they are put into one."""
        arrays = self.array_of[ids]
        first = int(arrays.flat[0])
        if (arrays == first).all():
            return Fixed(self.constants(ids)) if first == CONSTANT else Placed(first, self.position[ids])
        out = self.temporary(ids.size, batched)
        self.assemble(out, np.arange(ids.size), ids.reshape(-1))
        return Placed(out, np.arange(ids.size).reshape(ids.shape))

    def assemble(self, out: int, where: np.ndarray, ids: np.ndarray) -> None:
        """Instructions that put the values of these ids to those positions of an array."""
        arrays = self.array_of[ids]
        for array in dict.fromkeys(arrays.tolist()):
            chosen = arrays == array
            if array == CONSTANT:
                start = self.arrays[out].start
                start = np.zeros(self.arrays[out].size) if start is None else start
                start[where[chosen]] = self.constants(ids[chosen])
                self.arrays[out].start = start
            else:
                everywhere = bool(chosen.all()) and len(where) == self.arrays[out].size
                self.code.append(Move(out, None if everywhere else where[chosen], array, self.position[ids[chosen]]))

    def gathered(self, o: Operand, batched: bool) -> Placed:
        """A placed operand whose numbers have been put one after the other into an array of their own."""
        assert isinstance(o, Placed)
        out = self.temporary(o.at.size, batched and self.arrays[o.array].batched)
        self.code.append(Move(out, None, o.array, o.at.reshape(-1)))
        return Placed(out, np.arange(o.at.size))

    def temporary(self, size: int, batched: bool) -> int:
        """A new array of that size."""
        self.arrays.append(Array("value", size, batched))
        return len(self.arrays) - 1

    def constants(self, ids: np.ndarray) -> np.ndarray:
        """The numbers of constants."""
        return self.arrays[CONSTANT].start[self.position[ids]]  # type: ignore[index]

    def constant(self, values: np.ndarray) -> int:
        """An array of constants; equal ones are made once."""
        key = values.tobytes()
        if key not in self._known_constants:
            self.arrays.append(Array("constant", values.size, start=values))
            self._known_constants[key] = len(self.arrays) - 1
        return self._known_constants[key]

    def constant_view(self, values: np.ndarray, batched: bool) -> View:
        """A view that reads these numbers, in loops of their shape."""
        kept, strides = squeezed(values)
        return self.view(self.constant(kept.reshape(-1)), 0, strides, batched)

    def view(self, array: int, base: int, strides: tuple[int, ...], batched: bool) -> View:
        """A view for loops that begin with the batch if the instruction is batched."""
        if not batched:
            return View(array, base, strides)
        # How long a row is, which the batch moves by, is not known yet for the pools.
        return View(array, base, (BATCH if self.arrays[array].batched else 0, *strides))

    def out(self, g: Group, base: int, block: Block) -> View:
        """Where a group, laid out from `base` on, is written by the loops of a block."""
        return self.view(g.array, base + block.start, dense(block.sizes), g.batched)

    @staticmethod
    def sizes(sizes: tuple[int, ...], batched: bool) -> tuple[int, ...]:
        """The sizes of an instruction's loops: the batch first, if there is one."""
        return (BATCH, *sizes) if batched else sizes

    def views(self, operands: list[Operand], n: int, batched: bool) -> list[tuple[Block, tuple[View, ...]]]:
        """For each block of loops the views of the operands; what falls into too many is gathered first."""
        while True:
            placed = [o.at for o in operands if isinstance(o, Placed)]
            blocks = loops(placed, n)
            if blocks is not None:
                break
            irregular = [o for o in operands if isinstance(o, Placed) and loops([o.at], n) is None]
            victims = irregular or [o for o in operands if isinstance(o, Placed) and (np.diff(o.at) != 1).any()][-1:]
            operands = [self.gathered(o, batched) if any(o is v for v in victims) else o for o in operands]
        result = []
        for block in blocks:
            views: list[View] = []
            k = 0
            for o in operands:
                if isinstance(o, Placed):
                    views.append(self.view(o.array, block.bases[k], block.strides[k], batched))
                    k += 1
                else:
                    values = o.values[block.start : block.start + block.length].reshape(block.sizes)
                    views.append(self.constant_view(values, batched))
            result.append((block, tuple(views)))
        return result
