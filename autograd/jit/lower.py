"""Stage 4b: from groups to the forward program.

Each group becomes an array and the instructions that fill it. Where the operands' positions fall into loops the
instruction reads views of the arrays they lie in; an operand that does not is gathered into an array of its own first.
A group's values may stand in its array in any order: they are laid out so that a matrix product writes them directly,
and element by element along the operand they are made of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np

from .. import ops
from .align import Aligned, aligned
from .flatten import CONSTANT, Flat, Foreign, OverBatch, Sum
from .group import Group, Grouped, Kind
from .program import (
    BATCH,
    Apply,
    Array,
    Call,
    Contract,
    Instruction,
    LogSumExp,
    Move,
    Output,
    Pick,
    Program,
    View,
    dense,
)
from .reroll import Block, loops, separated, squeezed

WIDEST = 4
"""A matrix of ragged sums may have this many times as many places as there are terms."""


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


def lower(flat: Flat, grouped: Grouped) -> Program:
    """The forward program of a grouped graph."""
    return _Lowering(flat, grouped).program()


class _Lowering:
    def __init__(self, flat: Flat, grouped: Grouped) -> None:
        self.flat, self.grouped = flat, grouped
        self.arrays = [Array(leaf.kind, leaf.size, leaf.batched, leaf.part) for leaf in flat.leaves]
        self.arrays[CONSTANT].start = np.array(flat.constants)
        self.arrays += [Array("value", 0, False), Array("value", 0, True)]
        self.arrays += [Array("value", 0) for _ in range(grouped.arrays - len(self.arrays))]
        self.array_of = np.array(grouped.array_of)
        self.position = np.array(flat.position)
        self.code: list[Instruction] = []
        self.constants: dict[bytes, int] = {}

    def program(self) -> Program:
        for g in self.grouped.groups:
            self._lower(g)
        outputs = [
            Output(int(self.array_of[i]), int(self.position[i]), self.flat.batched[i]) for i in self.flat.outputs
        ]
        return Program(self.arrays, self.code, outputs)

    def _lower(self, g: Group) -> None:
        self.arrays[g.array].batched = g.batched
        if g.op is Sum:
            self._lower_sum(g)
        elif g.op is OverBatch:
            self._lower_over_batch(g)
        elif g.op is ops.LOGSUMEXP:
            self._lower_logsumexp(g)
        elif g.op is ops.PICK:
            self._lower_pick(g)
        elif isinstance(g.forms[0], Foreign):
            self._lower_call(g)
        else:
            self._lower_map(g)

    # --- one op on each ---

    def _lower_map(self, g: Group) -> None:
        args = np.array(g.forms)
        ids = np.array(g.ids)
        if not g.pooled:
            order = self._order_along_an_operand(args)
            args, ids = args[order], ids[order]
        operands = [self._operand(column, g.batched) for column in args.T]
        base = self._lay_out(g, ids)
        op, operands = _simplified(g.op, operands)
        for block, views in self._views(operands, len(ids), g.batched):
            self.code.append(Apply(op, self._sizes(block.sizes, g.batched), self._out(g, base, block), views))

    def _order_along_an_operand(self, args: np.ndarray) -> np.ndarray:
        """The order in which the first operand that reads different numbers throughout reads them one by one."""
        for column in args.T:
            if self.array_of[column[0]] != CONSTANT:
                at = self.position[column]
                order = np.argsort(at, kind="stable")
                if (np.diff(at[order]) > 0).all():
                    return order
        return np.arange(len(args))

    def _views(self, operands: list[Operand], n: int, batched: bool) -> list[tuple[Block, tuple[View, ...]]]:
        """For each block of loops the views of the operands; what falls into too many is gathered first."""
        while True:
            placed = [o.at for o in operands if isinstance(o, Placed)]
            blocks = loops(placed, n)
            if blocks is not None:
                break
            irregular = [o for o in operands if isinstance(o, Placed) and loops([o.at], n) is None]
            victims = irregular or [o for o in operands if isinstance(o, Placed) and (np.diff(o.at) != 1).any()][-1:]
            operands = [self._gathered(o, batched) if any(o is v for v in victims) else o for o in operands]
        result = []
        for block in blocks:
            views: list[View] = []
            k = 0
            for o in operands:
                if isinstance(o, Placed):
                    views.append(self._view(o.array, block.bases[k], block.strides[k], batched))
                    k += 1
                else:
                    values = o.values[block.start : block.start + block.length].reshape(block.sizes)
                    views.append(self._constant_view(values, batched))
            result.append((block, tuple(views)))
        return result

    # --- sums ---

    def _lower_sum(self, g: Group) -> None:
        kinds: list[Kind] = sorted({kind for terms in g.forms for kind in terms}, key=lambda k: (-len(k), k))
        n = len(g.ids)
        sums = [self._terms(g, kind) for kind in kinds]
        order = np.arange(n)
        regular = [terms for terms in sums if terms.matrices]
        if regular and not g.pooled:
            main = max(regular, key=lambda terms: terms.count)
            order = self._layout(main, g.batched)
        base = self._lay_out(g, np.array(g.ids)[order])
        first = True
        for terms in sorted(sums, key=lambda terms: not terms.matrices):
            if terms.matrices:
                self._contract(g, base, terms.ordered(order), first)
            else:
                if first:
                    self._fill(g, base, n)
                self._scatter(g, base, terms, order)
            first = False
        if first:
            self._fill(g, base, n)

    def _terms(self, g: Group, kind: Kind) -> _Terms:
        """The terms of that kind of all sums of the group: matrices with a row for each sum, if they fit into some."""
        none: tuple[tuple[int, ...], ...] = ((),) * len(kind)
        rows = [form.get(kind, none) for form in g.forms]  # sums in the pool differ in the kinds of their terms
        if set(kind) == {CONSTANT}:
            return _Terms(len(rows), [Fixed(np.array([[self._constant_sum(row)] for row in rows]))], None, rows)
        counts = np.array([len(row[0]) for row in rows])
        n, m, total = len(rows), int(counts.max()), int(counts.sum())
        if (counts == m).all():
            ids = [np.array([row[f] for row in rows], dtype=np.int64) for f in range(len(kind))]
            return _Terms(total, [self._operand(factor, g.batched) for factor in ids], None, rows)
        if g.pooled or n * m > WIDEST * total + 256:
            return _Terms(total, [], None, rows)
        positions = [
            [self.position[np.asarray(row[f], dtype=np.int64)] for row in rows]
            for f, array in enumerate(kind)
            if array != CONSTANT
        ]
        fit = aligned(positions, [self.arrays[array].size for array in kind if array != CONSTANT])
        return _Terms(total, self._padded(kind, rows, fit), fit.valid, rows)

    def _constant_sum(self, factors: Sequence[Any]) -> float:
        """What terms of constants alone come to."""
        return float(np.prod([self._constants(np.asarray(f, dtype=np.int64)) for f in factors], axis=0).sum())

    def _padded(self, kind: Kind, rows: Sequence[Any], fit: Aligned) -> list[Operand]:
        """The factors as matrices, with any number where a sum has no such term; a constant factor is 0 there."""
        placed = iter(fit.positions)
        factors: list[Operand] = []
        for f, array in enumerate(kind):
            if array != CONSTANT:
                factors.append(Placed(array, next(placed)))
                continue
            values = np.zeros(fit.valid.shape)
            for i, row in enumerate(rows):
                values[i, fit.columns[i]] = self._constants(np.asarray(row[f], dtype=np.int64))
            factors.append(Fixed(values))
        return factors

    def _layout(self, terms: _Terms, batched: bool) -> np.ndarray:
        """The order in which a matrix product of these terms gives its results."""
        n = len(terms.rows)
        keys = [s[0] for s in map(_separated, terms.matrices) if s is not None]
        orders = [np.arange(n)]
        if len(keys) == 2:
            orders += [np.lexsort((keys[0], keys[1])), np.lexsort((keys[1], keys[0]))]
        elif keys:
            orders.append(np.argsort(keys[0], kind="stable"))
        found = [loops([key[order] for key in keys], n) for order in orders]
        blocks, best = min(zip(found, orders, strict=True), key=lambda pair: len(pair[0]) if pair[0] else n + 1)
        if blocks is None or len(blocks) > 1 or len(terms.matrices) < 2:
            return best
        sizes = blocks[0].sizes
        moved = [[self._moves(o, best, sizes, axis) for axis in range(len(sizes))] for o in terms.matrices]
        both = [axis for axis in range(len(sizes)) if moved[0][axis] == moved[1][axis]]
        sides = [[axis for axis in range(len(sizes)) if moved[f][axis] and axis not in both] for f in (0, 1)]
        batched_factors = [isinstance(o, Placed) and self.arrays[o.array].batched for o in terms.matrices]
        if batched_factors[1] != batched_factors[0]:
            leading = batched_factors.index(True)
        else:
            leading = min((0, 1), key=lambda f: sides[f] or [len(sizes)])
        axes = [*both, *sides[leading], *sides[1 - leading]]
        return best.reshape(sizes).transpose(axes).reshape(-1)

    def _moves(self, o: Operand, order: np.ndarray, sizes: tuple[int, ...], axis: int) -> bool:
        """Whether an operand reads other numbers as that loop goes on."""
        matrix = (o.at if isinstance(o, Placed) else o.values)[order]
        block = matrix.reshape(*sizes, -1)
        return bool((block != block.take([0], axis=axis)).any())

    def _contract(self, g: Group, base: int, terms: _Terms, first: bool) -> None:
        """Instructions that add the terms up into the group's array, or begin with them."""
        n, m = terms.shape
        loose = self._loose(terms)
        steady = [o for i, o in enumerate(terms.matrices) if isinstance(o, Placed) and i not in loose]
        parts = [separated(o.at) for o in steady]
        over_rows = loops([part[0] for part in parts if part], n) or []
        over_terms = loops([part[1] for part in parts if part], m) or []
        for row_block in over_rows:
            add = not first
            for term_block in over_terms:
                sizes = row_block.sizes + term_block.sizes
                rows = slice(row_block.start, row_block.start + row_block.length)
                columns = slice(term_block.start, term_block.start + term_block.length)
                views: list[View] = []
                k = 0
                for i, o in enumerate(terms.matrices):
                    if isinstance(o, Fixed):
                        views.append(self._constant_view(o.values[rows, columns].reshape(sizes), g.batched))
                    elif i in loose:
                        mask = None if terms.valid is None or i != loose[0] else terms.valid[rows, columns]
                        views.append(self._materialised(o, rows, columns, sizes, mask, g.batched))
                    else:
                        where = row_block.bases[k] + term_block.bases[k]
                        strides = row_block.strides[k] + term_block.strides[k]
                        views.append(self._view(o.array, where, strides, g.batched))
                        k += 1
                out = self._view(
                    g.array, base + row_block.start, dense(row_block.sizes) + (0,) * len(term_block.sizes), g.batched
                )
                self.code.append(Contract(self._sizes(sizes, g.batched), out, tuple(views), add))
                add = True

    def _loose(self, terms: _Terms) -> list[int]:
        """The factors that have to be put into an array of their own first, the one to be masked being the first."""
        placed = [i for i, o in enumerate(terms.matrices) if isinstance(o, Placed)]
        split = {i: separated(terms.matrices[i].at) for i in placed}  # type: ignore[union-attr]
        n, m = terms.shape
        loose = [i for i in placed if not _is_regular(split[i], n, m)]
        if terms.valid is not None and not loose and len(placed) == len(terms.matrices):
            loose = [min(placed, key=lambda i: self.arrays[terms.matrices[i].array].kind == "parameter")]  # type: ignore[union-attr]
        while True:
            steady = [split[i] for i in placed if i not in loose]
            blocks = loops([s[0] for s in steady if s], n), loops([s[1] for s in steady if s], m)
            if None not in blocks:
                return loose
            loose.append([i for i in placed if i not in loose][-1])

    def _materialised(
        self, o: Placed, rows: slice, columns: slice, sizes: tuple[int, ...], mask: np.ndarray | None, batched: bool
    ) -> View:
        """A view of a new array that the operand's numbers are gathered into, those outside the mask being 0."""
        at = o.at[rows, columns].reshape(sizes)
        code = at if mask is None else np.where(mask.reshape(sizes), at, -1)
        kept, strides = squeezed(code)
        out = self._temporary(kept.size, batched and self.arrays[o.array].batched)
        flat = kept.reshape(-1)
        inside = flat >= 0
        if inside.all():
            self.code.append(Move(out, None, o.array, flat))
        else:
            self.arrays[out].start = np.zeros(kept.size)
            self.code.append(Move(out, np.flatnonzero(inside), o.array, flat[inside]))
        return self._view(out, 0, strides, batched)

    def _scatter(self, g: Group, base: int, terms: _Terms, order: np.ndarray) -> None:
        """Instructions that compute all terms in one row and add each to its sum."""
        rows = [terms.rows[i] for i in order]
        which = np.repeat(np.arange(len(rows)), [len(row[0]) for row in rows])
        factors = [
            self._operand(np.concatenate([np.asarray(row[f], dtype=np.int64) for row in rows]), g.batched)
            for f in range(len(rows[0]))
        ]
        if len(factors) == 1 and isinstance(factors[0], Placed):
            self.code.append(Move(g.array, base + which, factors[0].array, factors[0].at, add=True))
            return
        products = self._temporary(len(which), g.batched)
        for block, views in self._views(factors, len(which), g.batched):
            out = self._view(products, block.start, dense(block.sizes), g.batched)
            self.code.append(Contract(self._sizes(block.sizes, g.batched), out, views))
        self.code.append(Move(g.array, base + which, products, None, add=True))

    def _fill(self, g: Group, base: int, n: int) -> None:
        zero = self._constant_view(np.zeros(n), g.batched)
        out = self._view(g.array, base, (1,), g.batched)
        self.code.append(Contract(self._sizes((n,), g.batched), out, (zero,)))

    # --- over the batch, and over rows ---

    def _lower_over_batch(self, g: Group) -> None:
        args = np.array([form.arg for form in g.forms])
        base = self._lay_out(g, np.array(g.ids))
        operand = self._operand(args, True)
        for block, views in self._views([operand], len(args), True):
            out = View(g.array, base + block.start, (0, *dense(block.sizes)))
            self.code.append(Contract((BATCH, *block.sizes), out, views))

    def _row_matrix(self, g: Group, padding: float) -> Operand:
        """The rows of the group as one matrix; shorter ones are filled up with `padding`."""
        rows = [form.row for form in g.forms]
        m = max(map(len, rows))
        if all(len(row) == m for row in rows):
            return self._operand(np.array(rows), g.batched)
        out = self._temporary(len(rows) * m, g.batched)
        self.arrays[out].start = np.full(len(rows) * m, padding)
        where = np.concatenate([i * m + np.arange(len(row)) for i, row in enumerate(rows)])
        self._assemble(out, where, np.concatenate(rows))
        return Placed(out, np.arange(len(rows) * m).reshape(-1, m))

    def _rows_in_loops(self, g: Group, padding: float) -> tuple[Placed, list[Block], list[Block]]:
        """The rows as an operand, its loops over the rows and those within a row; one block each."""
        o = self._row_matrix(g, padding)
        n, m = (o.at if isinstance(o, Placed) else o.values).shape
        if isinstance(o, Placed):
            split = separated(o.at)
            if split is not None:
                over_rows, within = loops([split[0]], n), loops([split[1]], m)
                if over_rows and within and len(over_rows) == len(within) == 1:
                    return o, over_rows, within
            o = self._gathered(Placed(o.array, o.at.reshape(-1)), g.batched)
        else:
            o = Placed(self._constant(o.values.reshape(-1)), np.arange(n * m))
        rows = Block(0, (n,), (0,), ((m,),))
        return o, [rows], [Block(0, (m,), (0,), ((1,),))]

    def _lower_logsumexp(self, g: Group) -> None:
        base = self._lay_out(g, np.array(g.ids))
        o, [rows], [within] = self._rows_in_loops(g, -np.inf)
        sizes = rows.sizes + within.sizes
        out = self._view(g.array, base, dense(rows.sizes) + (0,) * len(within.sizes), g.batched)
        x = self._view(o.array, rows.bases[0] + within.bases[0], rows.strides[0] + within.strides[0], g.batched)
        n = len(g.ids)
        powers = self._view(self._temporary(n * within.length, g.batched), 0, dense(sizes), g.batched)
        totals = self._view(self._temporary(n, g.batched), 0, out.strides[g.batched :], g.batched)
        self.code.append(LogSumExp(self._sizes(sizes, g.batched), out, x, powers, totals))

    def _lower_pick(self, g: Group) -> None:
        base = self._lay_out(g, np.array(g.ids))
        o, [rows], [within] = self._rows_in_loops(g, np.nan)
        index = self._operand(np.array([form.index for form in g.forms]), g.batched)
        count = within.length
        if len(within.sizes) > 1:
            at = np.add.outer(_positions(rows), _positions(within)).reshape(-1)
            o = self._gathered(Placed(o.array, at), g.batched)
            rows = Block(0, (len(g.ids),), (0,), ((count,),))
            within = Block(0, (count,), (0,), ((1,),))
        start = Placed(o.array, _positions(rows) + within.bases[0])
        if isinstance(index, Placed):
            index_array = index
        else:
            index_array = Placed(self._constant(index.values), np.arange(len(g.ids)))
        for block, views in self._views([start, index_array], len(g.ids), g.batched):
            self.code.append(
                Pick(
                    self._sizes(block.sizes, g.batched),
                    self._out(g, base, block),
                    views[0],
                    views[1],
                    within.strides[0][0],
                    count,
                )
            )

    def _lower_call(self, g: Group) -> None:
        base = self._lay_out(g, np.array(g.ids))
        rows, ends = [], []
        for r in range(len(g.forms[0].rows)):
            ids = np.concatenate([form.rows[r] for form in g.forms])
            out = self._temporary(len(ids), g.batched)
            self._assemble(out, np.arange(len(ids)), ids)
            rows.append(out)
            ends.append(np.cumsum([len(form.rows[r]) for form in g.forms]))
        self.code.append(Call(g.op, g.array, base, tuple(rows), tuple(ends)))

    # --- arrays, operands, views ---

    def _lay_out(self, g: Group, ids: np.ndarray) -> int:
        """Gives the values their positions in the group's array, in the order of ids; returns the first one."""
        array = self.arrays[g.array]
        base = array.size
        self.position[ids] = base + np.arange(len(ids))
        array.size += len(ids)
        array.ids += ids.tolist()
        array.nodes += len(ids)
        return base

    def _operand(self, ids: np.ndarray, batched: bool) -> Operand:
        """The values of these ids as an operand; if they lie in several arrays they are put into one."""
        arrays = self.array_of[ids]
        first = int(arrays.flat[0])
        if (arrays == first).all():
            return Fixed(self._constants(ids)) if first == CONSTANT else Placed(first, self.position[ids])
        out = self._temporary(ids.size, batched)
        self._assemble(out, np.arange(ids.size), ids.reshape(-1))
        return Placed(out, np.arange(ids.size).reshape(ids.shape))

    def _assemble(self, out: int, where: np.ndarray, ids: np.ndarray) -> None:
        """Instructions that put the values of these ids to those positions of an array."""
        arrays = self.array_of[ids]
        for array in dict.fromkeys(arrays.tolist()):
            chosen = arrays == array
            if array == CONSTANT:
                start = self.arrays[out].start
                start = np.zeros(self.arrays[out].size) if start is None else start
                start[where[chosen]] = self._constants(ids[chosen])
                self.arrays[out].start = start
            else:
                everywhere = bool(chosen.all()) and len(where) == self.arrays[out].size
                self.code.append(Move(out, None if everywhere else where[chosen], array, self.position[ids[chosen]]))

    def _gathered(self, o: Operand, batched: bool) -> Placed:
        """A placed operand whose numbers have been put one after the other into an array of their own."""
        assert isinstance(o, Placed)
        out = self._temporary(o.at.size, batched and self.arrays[o.array].batched)
        self.code.append(Move(out, None, o.array, o.at.reshape(-1)))
        return Placed(out, np.arange(o.at.size))

    def _temporary(self, size: int, batched: bool) -> int:
        self.arrays.append(Array("value", size, batched))
        return len(self.arrays) - 1

    def _constants(self, ids: np.ndarray) -> np.ndarray:
        return self.arrays[CONSTANT].start[self.position[ids]]  # type: ignore[index]

    def _constant(self, values: np.ndarray) -> int:
        """An array of constants; equal ones are made once."""
        key = values.tobytes()
        if key not in self.constants:
            self.arrays.append(Array("constant", values.size, start=values))
            self.constants[key] = len(self.arrays) - 1
        return self.constants[key]

    def _constant_view(self, values: np.ndarray, batched: bool) -> View:
        kept, strides = squeezed(values)
        return self._view(self._constant(kept.reshape(-1)), 0, strides, batched)

    def _view(self, array: int, base: int, strides: tuple[int, ...], batched: bool) -> View:
        """A view for loops that begin with the batch if the instruction is batched."""
        if not batched:
            return View(array, base, strides)
        # How long a row is, which the batch moves by, is not known yet for the pools.
        return View(array, base, (BATCH if self.arrays[array].batched else 0, *strides))

    def _out(self, g: Group, base: int, block: Block) -> View:
        return self._view(g.array, base + block.start, dense(block.sizes), g.batched)

    @staticmethod
    def _sizes(sizes: tuple[int, ...], batched: bool) -> tuple[int, ...]:
        return (BATCH, *sizes) if batched else sizes


@dataclass
class _Terms:
    """The terms of one kind of the sums of a group; without matrices, if they do not fit into any."""

    count: int
    matrices: list[Operand]
    valid: np.ndarray | None
    """Where there is a term; None if everywhere."""
    rows: list[Any]

    @property
    def shape(self) -> tuple[int, int]:
        o = self.matrices[0]
        n, m = (o.at if isinstance(o, Placed) else o.values).shape
        return n, m

    def ordered(self, order: np.ndarray) -> _Terms:
        """The same with the sums in another order."""
        matrices: list[Operand] = [
            Placed(o.array, o.at[order]) if isinstance(o, Placed) else Fixed(o.values[order]) for o in self.matrices
        ]
        valid = None if self.valid is None else self.valid[order]
        return replace(self, matrices=matrices, valid=valid)


def _separated(o: Operand) -> tuple[np.ndarray, np.ndarray] | None:
    return separated(o.at) if isinstance(o, Placed) else None


def _is_regular(split: tuple[np.ndarray, np.ndarray] | None, n: int, m: int) -> bool:
    return split is not None and loops([split[0]], n) is not None and loops([split[1]], m) is not None


def _positions(block: Block) -> np.ndarray:
    """The positions that the first operand of a block reads, in order."""
    at = np.array(block.bases[0])
    for size, stride in zip(block.sizes, block.strides[0], strict=True):
        at = np.add.outer(at, stride * np.arange(size))
    return at.reshape(-1)


def _simplified(op: Any, operands: list[Operand]) -> tuple[Any, list[Operand]]:
    """A power with a constant exponent as the op that computes it faster, where there is one."""
    if op is ops.pow and isinstance(operands[1], Fixed) and (operands[1].values == operands[1].values[0]).all():
        exponent = float(operands[1].values[0])
        if exponent == 2.0:
            return ops.mul, [operands[0], operands[0]]
        if exponent == 0.5:
            return ops.sqrt, [operands[0]]
        if exponent == -1.0:
            return ops.div, [Fixed(np.ones(len(operands[1].values))), operands[0]]
    return op, operands
