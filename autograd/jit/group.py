"""Stage 3: groups of values that are made in the same way, from the same arrays.

Two values belong to one group if the same op was applied to values of the same groups; so all first-layer neurons of
all examples form one group, whatever the order they were made in. A group becomes one array. As each operand of a
group lies in a single array, where in that array it lies is all that the next stage has to find out.

Sums are told apart by the kinds of their terms and not by their number, so growing sums (causal attention) are one
group. In an irregular graph nearly every value would be a group of its own; values that are alone of their kind, but
share op and level with others, are put together in the pool, an array that is gathered from and scattered to.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from .. import ops
from .forms import Flat, Foreign, Ids, Map, OverBatch, OverRow, Sum
from .program import CONSTANT, PARAMETER

Kind: TypeAlias = "tuple[int, ...]"
"""The arrays of a term's factors: two for a product, one for an addend."""

TINY, MANY = 4, 5
"""Groups of at most TINY values are pooled where at least MANY of them share op and level."""


@dataclass
class Group:
    """Values that one array program line makes: `forms` says how each of them is made."""

    op: Any
    """The op's record, or Sum, OverBatch for these forms."""
    batched: bool
    level: int
    array: int
    pooled: bool
    ids: list[int] = field(default_factory=list)
    forms: list[Any] = field(default_factory=list)
    """Tuples of ids for a Map; for a Sum the ids of the factors of its terms, by Kind; the form itself for the rest."""


@dataclass
class Grouped:
    """The groups in an order in which they can be computed, and the array that each value lies in."""

    groups: list[Group]
    array_of: list[int]
    arrays: int
    """How many arrays there are: those of the leaves, then those of the groups and the two pools."""
    pools: tuple[int, int]
    """The arrays of pooled values: of those that are alike for all examples, and of batched ones."""
    dropped: bool
    """Whether products with the constant 0 were left out, which is right for finite numbers only."""


def group(flat: Flat) -> Grouped:
    """The groups of a flat graph."""
    first = _Grouping(flat, frozenset())
    grouped = first.run()
    lonely = _lonely(grouped)
    return _Grouping(flat, lonely).run() if lonely else grouped


def _lonely(grouped: Grouped) -> frozenset[int]:
    """The ids in tiny groups that share op and level with many others."""
    tiny = defaultdict(list)
    for g in grouped.groups:
        if len(g.ids) <= TINY and (g.op is Sum or g.forms[0].__class__ is tuple):
            tiny[g.level, g.op, g.batched].append(g)
    return frozenset(i for alike in tiny.values() if len(alike) >= MANY for g in alike for i in g.ids)


class _Grouping:
    """One pass over the forms."""

    def __init__(self, flat: Flat, lonely: frozenset[int]) -> None:
        self.flat, self.lonely = flat, lonely
        leaves = len(flat.leaves)
        self.pools = (leaves, leaves + 1)
        self.arrays = leaves + 2
        self.array_of = list(flat.array_of)
        self.level = [0] * len(self.array_of)
        self.groups: dict[Any, Group] = {}
        self.dropped = False
        self.row_kinds: dict[int, list[tuple[int, Any]]] = {}
        self.row_levels: dict[int, int] = {}

    def run(self) -> Grouped:
        for i, form in self.flat.forms.items():
            if form.__class__ is Map:
                self._map(i, form)
            elif form.__class__ is Sum:
                self._sum(i, form)
            elif form.__class__ is OverBatch:
                array = self.array_of[form.arg]
                level = self.level[form.arg] + 1
                self._place(i, (OverBatch, array, level), OverBatch, level, form)
            else:
                self._over_rows(i, form)
        order = sorted(self.groups.values(), key=lambda g: (g.level, not self._of_parameters(g)))
        return Grouped(order, self.array_of, self.arrays, self.pools, self.dropped)

    def _of_parameters(self, g: Group) -> bool:
        """Whether a group reads nothing but parameters and constants, such as a penalty.

        Those come first and so last on the way back, when the gradients they add to have been written in one go.
        """
        form = g.forms[0]
        if g.op is Sum:
            read = {array for kind in form for array in kind}
        elif form.__class__ is tuple:
            read = {self.array_of[arg] for arg in form}
        else:
            return False
        return read <= {PARAMETER, CONSTANT}

    def _place(self, i: int, key: Any, op: Any, level: int, form: Any) -> None:
        """Puts value i into the group of that key, or into the pool."""
        batched = self.flat.batched[i]
        pooled = i in self.lonely
        if pooled:
            key = (op, level, batched, "pool")
        g = self.groups.get(key)
        if g is None:
            array = self.pools[batched] if pooled else self.arrays
            self.arrays += not pooled
            g = self.groups[key] = Group(op, batched, level, array, pooled)
        g.ids.append(i)
        g.forms.append(form)
        self.array_of[i] = g.array
        self.level[i] = level

    def _map(self, i: int, form: Any) -> None:
        args = form.args
        level = 1 + max([self.level[arg] for arg in args])
        kinds: tuple[Any, ...] = tuple([self.array_of[arg] for arg in args])
        if form.op is ops.pow and kinds[1] == CONSTANT:
            kinds = (*kinds, self.flat.constants[self.flat.position[args[1]]])
        self._place(i, (form.op, self.flat.batched[i], level, kinds), form.op, level, args)

    def _sum(self, i: int, form: Any) -> None:
        terms: dict[Kind, Any] = {}
        array_of, level = self.array_of, 0
        for a, b in zip(form.a, form.b, strict=True):
            kind = (array_of[a], array_of[b])
            if CONSTANT in kind and (self._is_zero(a) or self._is_zero(b)):
                self.dropped = True
                continue
            if kind[0] < kind[1]:
                kind, a, b = (kind[1], kind[0]), b, a
            if kind in terms:
                terms[kind][0].append(a)
                terms[kind][1].append(b)
            else:
                terms[kind] = ([a], [b])
        for a in form.addends:
            terms.setdefault((array_of[a],), ([],))[0].append(a)
        level = max([self.level[x] for x in (*form.a, *form.b, *form.addends)], default=0)
        for left, right in form.product_rows:
            level = max(level, self._row_level(left), self._row_level(right))
            self._product_rows(terms, left, right)
        for row in form.addend_rows:
            level = max(level, self._row_level(row))
            for array, where in self._row_kind(row):
                _extend(terms, (array,), (row[where],))
        key = (Sum, self.flat.batched[i], level, tuple(sorted(terms)))
        self._place(i, key, Sum, level + 1, terms)

    def _product_rows(self, terms: dict[Kind, Any], left: Ids, right: Ids) -> None:
        """Adds the products of two rows to the terms, split where the arrays change."""
        kinds_left, kinds_right = self._row_kind(left), self._row_kind(right)
        if len(kinds_left) > 1 and len(kinds_right) > 1:
            pairs = defaultdict(list)
            for at, (a, b) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
                pairs[self.array_of[a], self.array_of[b]].append(at)
            split = [(a, b, np.array(where)) for (a, b), where in pairs.items()]
        elif len(kinds_left) > 1:
            split = [(a, kinds_right[0][0], where) for a, where in kinds_left]
        else:
            split = [(kinds_left[0][0], b, where) for b, where in kinds_right]
        for a, b, where in split:
            for array, row in ((a, left), (b, right)):
                if array == CONSTANT:
                    at = np.arange(len(row))[where]
                    where = at[[not self._is_zero(i) for i in row[at].tolist()]]
                    self.dropped = self.dropped or len(where) < len(at)
            if isinstance(where, np.ndarray) and not len(where):
                continue
            if a >= b:
                _extend(terms, (a, b), (left[where], right[where]))
            else:
                _extend(terms, (b, a), (right[where], left[where]))

    def _is_zero(self, i: int) -> bool:
        """Whether value i is the constant 0, such as the padding around an image."""
        return self.array_of[i] == CONSTANT and self.flat.constants[self.flat.position[i]] == 0.0

    def _over_rows(self, i: int, form: Any) -> None:
        rows = form.rows if form.__class__ is Foreign else (form.row,)
        level = max([self._row_level(row) for row in rows])
        arrays = tuple(array for row in rows for array, _ in self._row_kind(row))
        if form.__class__ is OverRow and form.index >= 0:
            level = max(level, self.level[form.index])
            arrays = (*arrays, self.array_of[form.index])
        level += 1
        self._place(i, (form.op, self.flat.batched[i], level, arrays), form.op, level, form)

    def _row_kind(self, row: Ids) -> list[tuple[int, Any]]:
        """The arrays that a row's values lie in, each with where in the row they stand."""
        known = self.row_kinds.get(id(row))
        if known is None:
            arrays = np.array([self.array_of[i] for i in row.tolist()])
            if len(arrays) and (arrays == arrays[0]).all():
                known = [(int(arrays[0]), slice(None))]
            else:
                known = [(int(a), np.flatnonzero(arrays == a)) for a in dict.fromkeys(arrays.tolist())]
            self.row_kinds[id(row)] = known
        return known

    def _row_level(self, row: Ids) -> int:
        known = self.row_levels.get(id(row))
        if known is None:
            known = self.row_levels[id(row)] = max([self.level[i] for i in row.tolist()], default=0)
        return known


def _extend(terms: dict[Kind, Any], kind: Kind, factors: tuple[Any, ...]) -> None:
    """Adds rows of ids to the terms of that kind."""
    if kind in terms:
        terms[kind] = tuple(np.concatenate([old, new]) for old, new in zip(terms[kind], factors, strict=True))
    else:
        terms[kind] = factors
