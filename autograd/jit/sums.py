"""Lowering a group of sums: products and addends as contractions over loops."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .align import Aligned, aligned
from .group import Group, Kind
from .program import CONSTANT, Contract, Move, View, dense
from .reroll import loops, separated, squeezed
from .workbench import Fixed, Operand, Placed, Workbench

WIDEST = 4
"""A matrix of ragged sums may have this many times as many places as there are terms."""


def lower_sums(bench: Workbench, group: Group) -> None:
    """Lays out the sums of the group, and appends the instructions that compute them."""
    _Sums(bench, group).lower()


class _Sums:
    def __init__(self, bench: Workbench, group: Group) -> None:
        self.bench, self.group = bench, group

    def lower(self) -> None:
        g = self.group
        kinds: list[Kind] = sorted({kind for terms in g.forms for kind in terms}, key=lambda k: (-len(k), k))
        n = len(g.ids)
        sums = [self._terms(g, kind) for kind in kinds]
        order = np.arange(n)
        regular = [terms for terms in sums if terms.matrices]
        if regular and not g.pooled:
            main = max(regular, key=lambda terms: terms.count)
            order = self._layout(main, g.batched)
        base = self.bench.lay_out(g, np.array(g.ids)[order])
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
            return _Terms(total, [self.bench.operand(factor, g.batched) for factor in ids], None, rows)
        if g.pooled or n * m > WIDEST * total + 256:
            return _Terms(total, [], None, rows)
        positions = [
            [self.bench.position[np.asarray(row[f], dtype=np.int64)] for row in rows]
            for f, array in enumerate(kind)
            if array != CONSTANT
        ]
        fit = aligned(positions, [self.bench.arrays[array].size for array in kind if array != CONSTANT])
        return _Terms(total, self._padded(kind, rows, fit), fit.valid, rows)

    def _constant_sum(self, factors: Sequence[Any]) -> float:
        """What terms of constants alone come to."""
        return float(np.prod([self.bench.constants(np.asarray(f, dtype=np.int64)) for f in factors], axis=0).sum())

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
                values[i, fit.columns[i]] = self.bench.constants(np.asarray(row[f], dtype=np.int64))
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
        batched_factors = [isinstance(o, Placed) and self.bench.arrays[o.array].batched for o in terms.matrices]
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
                        views.append(self.bench.constant_view(o.values[rows, columns].reshape(sizes), g.batched))
                    elif i in loose:
                        mask = None if terms.valid is None or i != loose[0] else terms.valid[rows, columns]
                        views.append(self._materialised(o, rows, columns, sizes, mask, g.batched))
                    else:
                        where = row_block.bases[k] + term_block.bases[k]
                        strides = row_block.strides[k] + term_block.strides[k]
                        views.append(self.bench.view(o.array, where, strides, g.batched))
                        k += 1
                out = self.bench.view(
                    g.array, base + row_block.start, dense(row_block.sizes) + (0,) * len(term_block.sizes), g.batched
                )
                self.bench.code.append(Contract(self.bench.sizes(sizes, g.batched), out, tuple(views), add))
                add = True

    def _loose(self, terms: _Terms) -> list[int]:
        """The factors that have to be put into an array of their own first, the one to be masked being the first."""
        placed = [i for i, o in enumerate(terms.matrices) if isinstance(o, Placed)]
        split = {i: separated(terms.matrices[i].at) for i in placed}  # type: ignore[union-attr]
        n, m = terms.shape
        loose = [i for i in placed if not _is_regular(split[i], n, m)]
        if terms.valid is not None and not loose and len(placed) == len(terms.matrices):
            loose = [min(placed, key=lambda i: self.bench.arrays[terms.matrices[i].array].kind == "parameter")]  # type: ignore[union-attr]
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
        out = self.bench.temporary(kept.size, batched and self.bench.arrays[o.array].batched)
        flat = kept.reshape(-1)
        inside = flat >= 0
        if inside.all():
            self.bench.code.append(Move(out, None, o.array, flat))
        else:
            self.bench.arrays[out].start = np.zeros(kept.size)
            self.bench.code.append(Move(out, np.flatnonzero(inside), o.array, flat[inside]))
        return self.bench.view(out, 0, strides, batched)

    def _scatter(self, g: Group, base: int, terms: _Terms, order: np.ndarray) -> None:
        """Instructions that compute all terms in one row and add each to its sum."""
        rows = [terms.rows[i] for i in order]
        which = np.repeat(np.arange(len(rows)), [len(row[0]) for row in rows])
        factors = [
            self.bench.operand(np.concatenate([np.asarray(row[f], dtype=np.int64) for row in rows]), g.batched)
            for f in range(len(rows[0]))
        ]
        if len(factors) == 1 and isinstance(factors[0], Placed):
            self.bench.code.append(Move(g.array, base + which, factors[0].array, factors[0].at, add=True))
            return
        products = self.bench.temporary(len(which), g.batched)
        for block, views in self.bench.views(factors, len(which), g.batched):
            out = self.bench.view(products, block.start, dense(block.sizes), g.batched)
            self.bench.code.append(Contract(self.bench.sizes(block.sizes, g.batched), out, views))
        self.bench.code.append(Move(g.array, base + which, products, None, add=True))

    def _fill(self, g: Group, base: int, n: int) -> None:
        zero = self.bench.constant_view(np.zeros(n), g.batched)
        out = self.bench.view(g.array, base, (1,), g.batched)
        self.bench.code.append(Contract(self.bench.sizes((n,), g.batched), out, (zero,)))


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
