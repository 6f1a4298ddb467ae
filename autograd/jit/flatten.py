"""Stage 2: the scalar graph as numbered values and flat forms.

Every value gets a number, its id. Chains of additions whose links are used once become one `Sum` of products and
addends, and so do `dot` and `sum`; every other node stays one application of its op. Rows keep being rows: a neuron's
weights and inputs are two arrays of ids, made once for all neurons that share them.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from .. import ops
from ..parameter import FlatParameters, Parameter
from ..record import Op
from ..rows import is_vector
from ..value import Value
from .forms import Flat, Foreign, Form, Ids, Leaves, Map, OverBatch, OverRow, Sum
from .program import CONSTANT, LEAF, PARAMETER, SIZE
from .trace import BATCH_SUM, Trace
from .walk import is_read, place, walk


def flatten(
    trace: Trace, in_order: Callable[[], Iterable[Value]] = tuple, given: Container[Value] = frozenset()
) -> Flat:
    """The flat form of a trace's graph. Joins the storages of its parameters.

    Where they are not joined yet they are laid out as `in_order` names them, so that a layer's weights make a matrix.
    What was computed before, and is `given`, is read like a leaf.
    """
    roots = [output for output in trace.outputs if isinstance(output, Value)]
    order, uses, found = walk(roots, given)
    if len({p.span.storage for p in found}) > 1:
        rank = {p: at for at, p in enumerate(in_order())}
        found.sort(key=lambda p: rank.get(p, len(rank)))
    return _Flattening(trace, order, uses, found, given).flat()


class _Flattening:
    """What `flatten` keeps in hand while it goes through the nodes."""

    def __init__(
        self,
        trace: Trace,
        order: list[Value],
        uses: dict[Value, int],
        parameters: list[Parameter],
        given: Container[Value],
    ) -> None:
        self.trace, self.order, self.uses, self.given = trace, order, uses, given
        joined = FlatParameters(parameters)
        self.parameters = FlatParameters(sorted(joined, key=place))
        self.start = place(self.parameters.parameters[0]) if parameters else 0
        size = len(self.parameters.stretch())
        self.leaves = [Leaves("parameter", size=size), Leaves("constant"), Leaves("leaf"), Leaves("size", size=1)]
        self.array_of = [PARAMETER] * size
        self.position = list(range(size))
        self.batched = [False] * size
        self.ids: dict[Value, int] = {}
        self.constant_ids: dict[Any, int] = {}
        self.constants: list[float] = []
        self.forms: dict[int, Form] = {}
        self.weights: dict[int, int] = {}
        self.outer: list[Value] = []
        self.values = [s.part for s in trace.sources.values() if s.kind == "value"]
        self.row_ids: dict[int, Ids] = {}
        self.kept: list[Any] = []
        self.arrays: dict[tuple[str, int, bool], int] = {}

    def flat(self) -> Flat:
        for node in self.order:
            self.ids[node] = self._leaf(node) if is_read(node, self.given) else self._inner(node)
        self._settle_short_sums()
        outputs = [self.ids[x] if isinstance(x, Value) else self._constant(float(x)) for x in self.trace.outputs]
        self.leaves[CONSTANT].size = len(self.constants)
        self.leaves[LEAF].size = len(self.values) + len(self.outer)
        inner = sum(node.op is not None for node in self.order)
        return Flat(
            self.leaves, self.array_of, self.position, self.forms, self.batched, self.constants, outputs,
            self.parameters, self.outer, self.values, inner, self.weights,
        )  # fmt: skip

    # --- leaves ---

    def _new(self, array: int, position: int, batched: bool) -> int:
        self.array_of.append(array)
        self.position.append(position)
        self.batched.append(batched)
        return len(self.array_of) - 1

    def _leaf(self, leaf: Value) -> int:
        source = self.trace.sources.get(leaf)
        if source is None:
            if isinstance(leaf, Parameter):
                return place(leaf) - self.start
            if leaf in self.trace.made:
                return self._constant(leaf._data)
            self.outer.append(leaf)
            return self._new(LEAF, len(self.values) + len(self.outer) - 1, False)
        if source.kind == "size":
            return self._new(SIZE, 0, False)
        if source.kind == "value":
            return self._new(LEAF, self.values.index(source.part), False)
        key = (source.kind, source.part, source.batched)
        if key not in self.arrays:
            self.arrays[key] = len(self.leaves)
            self.leaves.append(Leaves(*key, size=self._length(*key)))
        return self._new(self.arrays[key], source.position, source.batched)

    def _length(self, kind: str, part: int, batched: bool) -> int:
        """How many numbers an argument has (for each example), or how many are drawn."""
        if kind == "input":
            length = self.trace.lengths[part]
            return length // self.trace.size if batched else length
        return sum(bool(draw.mapping) == batched for draw in self.trace.draws)

    def _constant(self, x: float) -> int:
        key = (x, np.signbit(x)) if x == 0.0 else x if x == x else "nan"
        if key not in self.constant_ids:
            self.constant_ids[key] = self._new(CONSTANT, len(self.constants), False)
            self.constants.append(x)
        return self.constant_ids[key]

    def _id(self, x: Any) -> int:
        return self._constant(x) if x.__class__ is float else self.ids[x]

    # --- inner nodes ---

    def _inner(self, node: Value) -> int:
        if node.op is BATCH_SUM:
            arg = self._id(node._a)
            if self.batched[arg]:
                return self._add_form(OverBatch(arg), False)
            return self._add_form(Map(ops.mul, (arg, self._id(node._b))), False)
        return self._plain(node)

    def _plain(self, node: Value) -> int:
        op: Any = node.op
        if op is ops.add:
            return self._sum((node._a, node._b), ())
        if isinstance(op, Op):
            args = tuple(self._id(arg) for arg in node.args)
            if all(self.array_of[arg] == CONSTANT for arg in args):
                return self._constant(node._data)
            return self._add_form(Map(op, args), any(self.batched[arg] for arg in args))
        rows: tuple[Any, ...] = node._a.rows
        if op is ops.SUM:
            xs = rows[0]
            if xs.__class__ is tuple:
                return self._sum(xs, ())
            return self._add_form(Sum(addend_rows=[self._row(xs)]), False)
        if op is ops.DOT:
            return self._sum(rows[2], ((self._row(rows[0]), self._row(rows[1])),))
        ids = tuple(map(self._row, rows))
        batched = any(self._row_batched(row) for row in ids)
        if op is ops.LOGSUMEXP:
            return self._add_form(OverRow(op, ids[0]), batched)
        if op is ops.PICK:
            return self._add_form(OverRow(op, ids[0], int(ids[1][0])), batched)
        return self._add_form(Foreign(op, ids), batched)

    def _add_form(self, form: Form, batched: bool) -> int:
        key = self._new(-1, -1, batched)
        self.forms[key] = form
        return key

    def _sum(self, addends: Sequence[Any], rows: tuple[tuple[Ids, Ids], ...]) -> int:
        """A Sum that takes the forms of addends that nothing else uses into itself."""
        total: Sum | None = None
        single: list[int] = []
        products: list[tuple[int, ...]] = []
        constant = 0.0
        batched, weight = False, 1
        for x in addends:
            key = self._id(x)
            batched = batched or self.batched[key]
            if self.array_of[key] == CONSTANT:
                constant += self.constants[self.position[key]]
                continue
            form = self.forms.get(key) if self.uses.get(x, 2) == 1 else None
            if form.__class__ is Sum:
                del self.forms[key]
                weight += self.weights.pop(key, 1)
                if total is None:
                    total = form
                else:
                    total.take(form)
            elif form.__class__ is Map and form.op is ops.mul:
                del self.forms[key]
                weight += 1
                products.append(form.args)
            else:
                single.append(key)
        total = Sum() if total is None else total
        for a, b in products:
            total.a.append(a)
            total.b.append(b)
        total.product_rows += rows
        total.addends += single
        if constant != 0.0:
            total.addends.append(self._constant(constant))
        key = self._add_form(total, batched or any(self._row_batched(row) for pair in rows for row in pair))
        if weight > 1:
            self.weights[key] = weight
        return key

    def _settle_short_sums(self) -> None:
        """A sum of two addends alone is the op `add`."""
        for key, form in self.forms.items():
            alone = form.__class__ is Sum and not (form.a or form.product_rows or form.addend_rows)
            if alone and len(form.addends) == 2:
                self.forms[key] = Map(ops.add, tuple(form.addends))

    # --- rows ---

    def _row(self, row: Any) -> Ids:
        """The ids of a row, made once for each row."""
        ids = self.row_ids.get(id(row))
        if ids is None:
            if is_vector(row):
                start = row.span.start - self.start
                ids = np.array([start + p.at for p in row], dtype=np.intp)
            else:
                ids = np.fromiter(self._each_id(row), dtype=np.intp, count=len(row))
            self.row_ids[id(row)] = ids
            self.kept.append(row)
        return ids

    def _each_id(self, row: Any) -> Iterator[int]:
        return map(self._id, row.tolist() if isinstance(row, np.ndarray) else row)

    def _row_batched(self, ids: Ids) -> bool:
        key = -id(ids)
        if key not in self.row_ids:
            self.row_ids[key] = np.array(any(self.batched[i] for i in ids))
            self.kept.append(ids)
        return bool(self.row_ids[key])
