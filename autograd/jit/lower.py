"""Stage 4b: from groups to the forward program.

Each group becomes an array and the instructions that fill it. Where the operands' positions fall into loops the
instruction reads views of the arrays they lie in; an operand that does not is gathered into an array of its own first.
A group's values may stand in its array in any order: they are laid out so that a matrix product writes them directly,
and element by element along the operand they are made of.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import ops
from .forms import Flat, Foreign, OverBatch, Sum
from .group import Group, Grouped
from .program import BATCH, CONSTANT, Apply, Call, Contract, LogSumExp, Output, Pick, Program, View, affine, dense
from .reroll import Block, loops, separated
from .sums import lower_sums
from .workbench import Fixed, Operand, Placed, Workbench


def lower(flat: Flat, grouped: Grouped) -> Program:
    """The forward program of a grouped graph."""
    bench = Workbench(flat, grouped)
    for g in grouped.groups:
        bench.arrays[g.array].batched = g.batched
        how = SPECIAL.get(g.op, _lower_call if isinstance(g.forms[0], Foreign) else _lower_map)
        how(bench, g)
    outputs = [Output(int(bench.array_of[i]), int(bench.position[i]), flat.batched[i]) for i in flat.outputs]
    return Program(bench.arrays, bench.code, outputs, grouped.dropped)


# --- one op on each ---


def _lower_map(bench: Workbench, g: Group) -> None:
    args = np.array(g.forms)
    ids = np.array(g.ids)
    if not g.pooled:
        order = _order_along_an_operand(bench, args)
        args, ids = args[order], ids[order]
    operands = [bench.operand(column, g.batched) for column in args.T]
    base = bench.lay_out(g, ids)
    op, operands = _simplified(g.op, operands)
    for block, views in bench.views(operands, len(ids), g.batched):
        bench.code.append(Apply(op, bench.sizes(block.sizes, g.batched), bench.out(g, base, block), views))


def _order_along_an_operand(bench: Workbench, args: np.ndarray) -> np.ndarray:
    """The order in which the first operand that reads different numbers throughout reads them one by one."""
    for column in args.T:
        if bench.array_of[column[0]] != CONSTANT:
            at = bench.position[column]
            order = np.argsort(at, kind="stable")
            if (np.diff(at[order]) > 0).all():
                return order
    return np.arange(len(args))


# --- over the batch, and over rows ---


def _lower_over_batch(bench: Workbench, g: Group) -> None:
    args = np.array([form.arg for form in g.forms])
    base = bench.lay_out(g, np.array(g.ids))
    operand = bench.operand(args, True)
    for block, views in bench.views([operand], len(args), True):
        out = View(g.array, base + block.start, (0, *dense(block.sizes)))
        bench.code.append(Contract((BATCH, *block.sizes), out, views))


def _row_matrix(bench: Workbench, g: Group, padding: float) -> Operand:
    """The rows of the group as one matrix; shorter ones are filled up with `padding`."""
    rows = [form.row for form in g.forms]
    m = max(map(len, rows))
    if all(len(row) == m for row in rows):
        return bench.operand(np.array(rows), g.batched)
    out = bench.temporary(len(rows) * m, g.batched)
    bench.arrays[out].start = np.full(len(rows) * m, padding)
    where = np.concatenate([i * m + np.arange(len(row)) for i, row in enumerate(rows)])
    bench.assemble(out, where, np.concatenate(rows))
    return Placed(out, np.arange(len(rows) * m).reshape(-1, m))


def _rows_in_loops(bench: Workbench, g: Group, padding: float) -> tuple[Placed, list[Block], list[Block]]:
    """The rows as an operand, its loops over the rows and those within a row; one block each."""
    o = _row_matrix(bench, g, padding)
    n, m = (o.at if isinstance(o, Placed) else o.values).shape
    if isinstance(o, Placed):
        split = separated(o.at)
        if split is not None:
            over_rows, within = loops([split[0]], n), loops([split[1]], m)
            if over_rows and within and len(over_rows) == len(within) == 1:
                return o, over_rows, within
        o = bench.gathered(Placed(o.array, o.at.reshape(-1)), g.batched)
    else:
        o = Placed(bench.constant(o.values.reshape(-1)), np.arange(n * m))
    rows = Block(0, (n,), (0,), ((m,),))
    return o, [rows], [Block(0, (m,), (0,), ((1,),))]


def _lower_logsumexp(bench: Workbench, g: Group) -> None:
    base = bench.lay_out(g, np.array(g.ids))
    o, [rows], [within] = _rows_in_loops(bench, g, -np.inf)
    sizes = rows.sizes + within.sizes
    out = bench.view(g.array, base, dense(rows.sizes) + (0,) * len(within.sizes), g.batched)
    x = bench.view(o.array, rows.bases[0] + within.bases[0], rows.strides[0] + within.strides[0], g.batched)
    n = len(g.ids)
    powers = bench.view(bench.temporary(n * within.length, g.batched), 0, dense(sizes), g.batched)
    totals = bench.view(bench.temporary(n, g.batched), 0, out.strides[g.batched :], g.batched)
    bench.code.append(LogSumExp(bench.sizes(sizes, g.batched), out, x, powers, totals))


def _lower_pick(bench: Workbench, g: Group) -> None:
    base = bench.lay_out(g, np.array(g.ids))
    o, [rows], [within] = _rows_in_loops(bench, g, np.nan)
    index = bench.operand(np.array([form.index for form in g.forms]), g.batched)
    count = within.length
    if len(within.sizes) > 1:
        at = np.add.outer(_positions(rows), _positions(within)).reshape(-1)
        o = bench.gathered(Placed(o.array, at), g.batched)
        rows = Block(0, (len(g.ids),), (0,), ((count,),))
        within = Block(0, (count,), (0,), ((1,),))
    start = Placed(o.array, _positions(rows) + within.bases[0])
    at = index if isinstance(index, Placed) else Placed(bench.constant(index.values), np.arange(len(g.ids)))
    lengths = np.array([len(form.row) for form in g.forms])
    for block, views in bench.views([start, at], len(g.ids), g.batched):
        counts = lengths[block.start : block.start + block.length].reshape(block.sizes)
        pick = Pick(
            sizes=bench.sizes(block.sizes, g.batched),
            out=bench.out(g, base, block),
            values=views[0],
            index=views[1],
            step=within.strides[0][0],
            count=count,
            counts=None if (lengths == count).all() else counts,
        )
        bench.code.append(pick)


def _lower_call(bench: Workbench, g: Group) -> None:
    base = bench.lay_out(g, np.array(g.ids))
    rows, ends = [], []
    for r in range(len(g.forms[0].rows)):
        ids = np.concatenate([form.rows[r] for form in g.forms])
        out = bench.temporary(len(ids), g.batched)
        bench.assemble(out, np.arange(len(ids)), ids)
        rows.append(out)
        ends.append(np.cumsum([len(form.rows[r]) for form in g.forms]))
    bench.code.append(Call(g.op, g.array, base, tuple(rows), tuple(ends)))


def _positions(block: Block) -> np.ndarray:
    """The positions that the first operand of a block reads, in order."""
    return affine(block.bases[0], block.sizes, block.strides[0]).reshape(-1)


def _simplified(op: Any, operands: list[Operand]) -> tuple[Any, list[Operand]]:
    """A power with a constant exponent as the op that computes it faster, where there is one."""
    if op is ops.pow and isinstance(operands[1], Fixed) and (operands[1].values == operands[1].values[0]).all():
        exponent = float(operands[1].values[0])
        if exponent == 2.0:
            return ops.mul, [operands[0], operands[0]]
        if exponent == 0.5:
            return ops.sqrt, [operands[0]]
    return op, operands


SPECIAL: dict[Any, Callable[[Workbench, Group], None]] = {
    Sum: lower_sums,
    OverBatch: _lower_over_batch,
    ops.LOGSUMEXP: _lower_logsumexp,
    ops.PICK: _lower_pick,
}
"""How groups are lowered whose values are not an op applied to each."""
