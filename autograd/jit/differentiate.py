"""Stage 5: the backward program, from the forward program.

Each instruction has a rule that says what its result's gradient adds to the gradients of its operands, again as
instructions over the same loops: in a contraction result and factor change places, a gather becomes a scatter, and
the partials of an op are the lines of its record, run once on symbols. The first instruction to reach a number of a
gradient writes it, later ones add.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from .. import ops
from .formula import Formula, partial_formula
from .program import (
    BATCH,
    Apply,
    Array,
    Call,
    Contract,
    LogSumExp,
    Move,
    Pick,
    Program,
    View,
    dense,
    positions,
)

DIFFERENTIABLE = ("parameter", "leaf")
"""The kinds of array whose gradients are wanted."""

Term: TypeAlias = "View | float"


def differentiate(program: Program) -> Program:
    """The program with its backward part; the gradients are those of the parameters and of leaves."""
    _Differentiation(program).run()
    return program


class _Differentiation:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.arrays = program.arrays
        self.code = program.backward
        self.gradients = program.gradients
        self.written: dict[int, np.ndarray] = {}
        self.constants: dict[float, int] = {}
        self.needed = self._needed()

    def run(self) -> None:
        for output in self.program.outputs:
            if output.array in self.needed:
                gradient = self._gradient(output.array)
                if self.arrays[gradient].size > 1:
                    self._clear(gradient)
                self.written[gradient][:] = True
        for array in [i for i, given in enumerate(self.arrays) if given.kind in DIFFERENTIABLE]:
            self._gradient(array)
        for instruction in reversed(self.program.forward):
            if instruction.out_array in self.gradients:
                RULES[type(instruction)](self, instruction)

    def _needed(self) -> set[int]:
        """The arrays that hang on a leaf whose gradient is wanted."""
        needed = {i for i, array in enumerate(self.arrays) if array.kind in DIFFERENTIABLE and array.size}
        grown = True
        while grown:  # twice round only for pools, which are written and read in turns
            before = len(needed)
            for instruction in self.program.forward:
                if any(array in needed for array in instruction.operand_arrays):
                    needed.add(instruction.out_array)
            grown = len(needed) > before
        return needed

    # --- rules ---

    def _apply(self, i: Apply) -> None:
        upstream = self._upstream(i.out)
        constants = tuple(self.program.scalar(view) for view in i.args)
        same = len(i.args) == 2 and i.args[0] == i.args[1] and i.op is ops.mul
        for k, arg in enumerate(i.args):
            if arg.array not in self.needed or (same and k == 1):
                continue
            if same:
                self._accumulate(arg, i.sizes, (self._scaled(upstream, i.sizes, 2.0), arg))
                continue
            formula = partial_formula(i.op, k, constants)
            partial = self._evaluated(formula, i.sizes, (i.out, *i.args))
            if partial == 0.0:
                continue
            if partial != partial:  # the log of -1 makes the engine speak, when a gradient is asked for
                partial = self._temporary(i.sizes, (i.out,))
                self.code.append(Apply(ops.log, i.sizes, partial, (self._as_view(-1.0, i.sizes),)))
            factors = (upstream,) if partial == 1.0 else (upstream, self._as_view(partial, i.sizes))
            self._accumulate(arg, i.sizes, factors)

    def _contract(self, i: Contract) -> None:
        upstream = self._upstream(i.out)
        if len(i.factors) == 2 and i.factors[0] == i.factors[1]:
            if i.factors[0].array in self.needed:
                self._accumulate(i.factors[0], i.sizes, (self._scaled(upstream, i.sizes, 2.0), i.factors[0]))
            return
        for k, factor in enumerate(i.factors):
            if factor.array in self.needed:
                self._accumulate(factor, i.sizes, (upstream, *i.factors[:k], *i.factors[k + 1 :]))

    def _log_sum_exp(self, i: LogSumExp) -> None:
        """d out / d x = e ** (x - out), which is the powers divided by their totals."""
        share = self._simplified(ops.div, [self._upstream(i.out), i.totals], i.sizes)
        self._accumulate(i.x, i.sizes, (self._as_view(share, i.sizes), i.powers))

    def _move(self, i: Move) -> None:
        if i.source not in self.needed:
            return
        gradient = self._gradient(i.source)
        everything = np.arange(self.arrays[i.source].size)
        at = everything if i.source_at is None else i.source_at
        unique = len(np.unique(at)) == len(at)
        add = self._reach(gradient, at, unique)
        self.code.append(Move(gradient, i.source_at, self._gradient(i.out), i.out_at, add))

    def _pick(self, i: Pick) -> None:
        if i.values.array in self.needed:
            gradient = self._gradient(i.values.array)
            self._reach(gradient, np.arange(self.arrays[gradient].size), False)
            values = View(gradient, i.values.base, i.values.strides)
            self.code.append(
                Pick(i.sizes, self._upstream(i.out), values, i.index, i.step, i.count, i.counts, back=True)
            )

    def _call(self, i: Call) -> None:
        gradients = tuple(self._gradient(row) for row in i.rows)
        for gradient in gradients:
            self.written[gradient][:] = True
        self.code.append(Call(i.op, i.out, i.base, gradients, i.ends, i.rows, self._gradient(i.out)))

    # --- adding to gradients ---

    def _accumulate(self, to: View, sizes: tuple[int, ...], factors: tuple[View, ...]) -> None:
        """Adds the product of the factors to the gradient of what `to` reads, over all loops."""
        gradient = self._gradient(to.array)
        at = positions(to, sizes)
        if len(np.unique(at)) == len(at):
            add = self._reach(gradient, at, True)
            self.code.append(Contract(sizes, View(gradient, to.base, to.strides), factors, add))
            return
        out = self._temporary(sizes, (to,))  # numbers that are read several times are scattered to
        self.code.append(Contract(sizes, out, factors))
        self._reach(gradient, at, False)
        self.code.append(Move(gradient, at, out.array, None, add=True))

    def _reach(self, gradient: int, at: np.ndarray, unique: bool) -> bool:
        """Whether what comes to these positions has to be added to what is there."""
        written = self.written[gradient]
        there = written[at]
        written[at] = True
        if unique and not there.any():
            return False
        if not there.all():
            self._clear(gradient)
        return True

    def _clear(self, gradient: int) -> None:
        if gradient not in self.program.cleared:
            self.program.cleared.append(gradient)

    def _gradient(self, array: int) -> int:
        if array not in self.gradients:
            of = self.arrays[array]
            self.gradients[array] = self._new(of.size, of.batched)
            self.written[self.gradients[array]] = np.zeros(of.size, dtype=bool)
        return self.gradients[array]

    def _upstream(self, out: View) -> View:
        return View(self._gradient(out.array), out.base, out.strides)

    # --- partials as instructions ---

    def _evaluated(self, formula: Formula, sizes: tuple[int, ...], views: Sequence[View]) -> Term:
        """The formula's value: a number, or a view; the instructions that compute it are appended.

        `views` are those of the result and the operands, which a formula's symbols stand for.
        """
        known: dict[int, Term] = {}
        for step in formula.steps:
            args = [self._term(arg, views, known) for arg in step.args]
            known[step.number] = self._simplified(step.op, args, sizes)
        return self._term(formula.result, views, known)

    @staticmethod
    def _term(arg: Any, views: Sequence[View], known: dict[int, Term]) -> Term:
        if isinstance(arg, float):
            return arg
        kind, number = arg
        return views[number] if kind == "symbol" else known[number]

    def _simplified(self, op: Any, args: list[Term], sizes: tuple[int, ...]) -> Term:
        """op(*args), without an instruction where one of the arguments is a 0 or a 1 that says it all."""
        if all(isinstance(arg, float) for arg in args):
            return float(op.value(*args))
        if op in NEUTRAL:
            for at, neutral in NEUTRAL[op]:
                if args[at] == neutral:
                    return args[1 - at]
        if op is ops.mul and 0.0 in args:
            return 0.0
        folded = self._folded(op, args)
        if folded is not None:
            return folded
        views = tuple(self._as_view(arg, sizes) for arg in args)
        result = self._temporary(sizes, views)
        loops, (out, *args_) = _without_still_loops(sizes, (result, *views))
        self.code.append(Apply(op, loops, out, tuple(args_)))
        return result

    def _folded(self, op: Any, args: list[Term]) -> Term | None:
        """op on one array of constants, and numbers, as an array of constants; None if it is none."""
        views = [arg for arg in args if isinstance(arg, View)]
        if len(views) != 1 or self.arrays[views[0].array].kind != "constant":
            return None
        values = self.arrays[views[0].array].start
        with np.errstate(all="ignore"):
            folded = np.asarray(op.array(*(values if isinstance(arg, View) else arg for arg in args)), dtype=np.float64)
        self.arrays.append(Array("constant", folded.size, start=folded))
        return View(len(self.arrays) - 1, views[0].base, views[0].strides)

    def _scaled(self, view: View, sizes: tuple[int, ...], by: float) -> View:
        result = self._simplified(ops.mul, [view, by], sizes)
        assert isinstance(result, View)
        return result

    def _as_view(self, term: Term, sizes: tuple[int, ...]) -> View:
        if isinstance(term, View):
            return term
        if term not in self.constants:
            self.arrays.append(Array("constant", 1, start=np.array([term])))
            self.constants[term] = len(self.arrays) - 1
        return View(self.constants[term], 0, (0,) * len(sizes))

    def _temporary(self, sizes: tuple[int, ...], views: Sequence[View]) -> View:
        """A dense view of a new array for the loops that move any of the views."""
        moving = [any(view.strides[i] for view in views) for i in range(len(sizes))]
        inner = tuple(size for size, moves in zip(sizes, moving, strict=True) if moves and size != BATCH)
        batched = BATCH in sizes and moving[0]
        strides = iter(dense(inner))
        own = tuple(
            0 if not moves else BATCH if size == BATCH else next(strides)
            for size, moves in zip(sizes, moving, strict=True)
        )
        return View(self._new(int(np.prod(inner)), batched), 0, own)

    def _new(self, size: int, batched: bool) -> int:
        self.arrays.append(Array("gradient", size, batched))
        return len(self.arrays) - 1


def _without_still_loops(sizes: tuple[int, ...], views: Sequence[View]) -> tuple[tuple[int, ...], tuple[View, ...]]:
    """The loops that move one of the views, and the views over these alone."""
    moving = [i for i in range(len(sizes)) if any(view.strides[i] for view in views)]
    return tuple(sizes[i] for i in moving), tuple(
        View(view.array, view.base, tuple(view.strides[i] for i in moving)) for view in views
    )


NEUTRAL: dict[Any, tuple[tuple[int, float], ...]] = {
    ops.mul: ((0, 1.0), (1, 1.0)),
    ops.add: ((0, 0.0), (1, 0.0)),
    ops.sub: ((1, 0.0),),
    ops.div: ((1, 1.0),),
    ops.pow: ((1, 1.0),),
}
"""Which argument, being this number, leaves the other one as it is."""

RULES: dict[type, Callable[[Any, Any], None]] = {
    Apply: _Differentiation._apply,
    Contract: _Differentiation._contract,
    LogSumExp: _Differentiation._log_sum_exp,
    Move: _Differentiation._move,
    Pick: _Differentiation._pick,
    Call: _Differentiation._call,
}
