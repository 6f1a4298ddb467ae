"""Stage 6: the program as a list of NumPy calls on arrays that are there once and for all.

`Bound` is a program with its arrays, for one size of the batch. Binding works out every view and chooses for each
instruction the calls that do it; what is left to run is a list of them. A contraction becomes a matrix product where
its loops can be merged into those of one; an operand that stands in the way of that is copied first.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from .program import BATCH, Apply, Call, Contract, Instruction, LogSumExp, Move, Pick, Program, View

SHORT = 6
"""Copying fewer neighbours than this at a time, NumPy takes longer than to gather them one by one."""

Thunk: TypeAlias = Callable[[], Any]
Loop: TypeAlias = "tuple[int, tuple[int, ...]]"
"""The size of a loop and, for each view of an instruction, the stride in elements."""


class OutsideError(Exception):
    """An index of `pick` was no whole number, or none of its row."""


class Bound:
    """A program on arrays of its own; `parameters` is the stretch of the storage that its parameters lie in."""

    def __init__(self, program: Program, batch: int, dtype: Any, parameters: np.ndarray) -> None:
        self.program, self.batch, self.dtype = program, batch, np.dtype(dtype)
        self.data: list[np.ndarray] = []
        for array in program.arrays:
            shape = (batch, array.size) if array.batched else (array.size,)
            numbers = np.zeros(shape, dtype=self.dtype)
            if array.start is not None:
                numbers[...] = array.start
            self.data.append(numbers)
        self._parameters = parameters
        if self.dtype == parameters.dtype:
            self.data[0] = parameters
        self.scratch = 0
        self._masks: dict[Any, np.ndarray] = {}
        self._picked: dict[Any, np.ndarray] = {}
        self._copies: dict[Any, tuple[np.ndarray, tuple[int, ...]]] = {}
        self._lasting = {id(d) for d, a in zip(self.data, program.arrays, strict=True) if a.kind != "gradient"}
        self._forward = self._calls(program.forward)
        if self.dtype != parameters.dtype and len(parameters):
            self._forward.insert(0, partial(np.copyto, self.data[0], parameters))
        self._backward = self._calls(program.backward)

    def reads(self, parameters: np.ndarray) -> bool:
        """Whether the parameters lie where they lay when it was bound."""
        return self._parameters is parameters

    def clear(self) -> None:
        """Sets those gradients to 0 that the backward pass does not write before it adds to them."""
        for gradient in self.program.cleared:
            self.data[gradient].fill(0.0)

    def seed(self, array: int, example: int | None, position: int, gradient: float) -> None:
        """Sets the gradient of a result, of one example or (None) of all."""
        numbers = self.data[array]
        if numbers.ndim == 1:
            numbers[position] = gradient
        else:
            numbers[slice(None) if example is None else example, position] = gradient

    @property
    def matrix_products(self) -> int:
        """The number of matrix products among the calls."""
        return sum(getattr(call, "func", None) is np.matmul for call in (*self._forward, *self._backward))

    @property
    def bytes(self) -> int:
        """The size of all its arrays."""
        return sum(numbers.nbytes for numbers in self.data) + self.scratch

    @property
    def calls(self) -> tuple[int, int]:
        """The number of array calls, forward and backward."""
        return len(self._forward), len(self._backward)

    @np.errstate(divide="raise", over="raise", invalid="raise")
    def forward(self) -> None:
        """Computes the outputs from what the input arrays and the parameters hold.

        Raises FloatingPointError where a number goes wrong, OutsideError where an index is none of its row.
        """
        for call in self._forward:
            call()

    @np.errstate(all="ignore")
    def forward_at_any_rate(self) -> None:
        """The same, whatever becomes of the numbers."""
        for call in self._forward:
            call()

    @np.errstate(divide="raise", over="ignore", invalid="raise")
    def backward(self) -> None:
        """Computes the gradients of parameters and leaves, after the outputs' gradients have been set.

        Raises FloatingPointError where there is none.
        """
        for call in self._backward:
            call()

    @np.errstate(all="ignore")
    def backward_at_any_rate(self) -> None:
        """The same, whatever becomes of the numbers."""
        for call in self._backward:
            call()

    def _calls(self, instructions: Sequence[Instruction]) -> list[Thunk]:
        return [call for instruction in instructions for call in BINDERS[type(instruction)](self, instruction)]

    # --- views ---

    def _loops(self, sizes: Sequence[int], views: Sequence[View]) -> list[Loop]:
        """The loops with their strides in elements, without those of one turn, merged where all views allow it."""
        loops: list[Loop] = []
        for at, size in enumerate(sizes):
            batch = size == BATCH
            count = self.batch if batch else size
            if count == 1:
                continue
            strides = tuple(
                self.program.arrays[view.array].size if batch and view.strides[at] else view.strides[at]
                for view in views
            )
            if loops:
                outer, steps = loops[-1]
                if all(step == stride * count for step, stride in zip(steps, strides, strict=True)):
                    loops[-1] = (outer * count, strides)
                    continue
            loops.append((count, strides))
        return loops

    def _array(self, view: View, loops: Sequence[Loop], k: int) -> np.ndarray:
        """What the k-th view of these loops reads, as an array with a dimension for each loop."""
        base = self.data[view.array]
        shape = tuple(size for size, _ in loops)
        strides = tuple(steps[k] * base.itemsize for _, steps in loops)
        offset = view.base * base.itemsize
        if not base.flags.owndata:  # the parameters: a stretch of their storage
            return np.lib.stride_tricks.as_strided(base[view.base :], shape, strides)
        return np.ndarray(shape, base.dtype, base, offset, strides)

    def copied(self, x: np.ndarray, calls: list[Thunk]) -> np.ndarray:
        """A dense copy of x, made by a call that is added to `calls`, unless an earlier instruction has made one.

        So the windows of a convolution are copied once, for the product on the way up and for that on the way down.
        """
        owner = x if x.base is None else x.base
        pointer = x.__array_interface__["data"][0]
        key = (pointer, tuple(sorted(zip(x.shape, x.strides, strict=True))))
        if key in self._copies:
            copy, strides = self._copies[key]
            order = sorted(range(x.ndim), key=lambda at: (x.shape[at], x.strides[at]))
            made = sorted(range(x.ndim), key=lambda at: (copy.shape[at], strides[at]))
            return np.transpose(copy, [made[order.index(at)] for at in range(x.ndim)])
        copy = self._new(x.shape)
        if owner.flags.c_contiguous and _stretch(x) < SHORT:
            where = (x.__array_interface__["data"][0] - owner.__array_interface__["data"][0]) // x.itemsize
            for size, stride in zip(x.shape, x.strides, strict=True):
                where = np.add.outer(where, stride // x.itemsize * np.arange(size))
            calls.append(partial(np.take, owner.reshape(-1), where, None, copy, "clip"))
        else:
            calls.append(partial(np.copyto, copy, x))
        if id(owner) in self._lasting:
            self._copies[key] = (copy, x.strides)
        return copy

    def _new(self, shape: tuple[int, ...]) -> np.ndarray:
        fresh = np.zeros(shape, dtype=self.dtype)
        self.scratch += fresh.nbytes
        return fresh

    # --- element by element ---

    def _apply(self, i: Apply) -> list[Thunk]:
        views = (i.out, *i.args)
        loops = self._loops(i.sizes, views)
        if i.op.name == "step" and (i.args[0], i.sizes) in self._masks:
            self.data[i.out.array] = self._masks[i.args[0], i.sizes].reshape(self.data[i.out.array].shape)
            return []
        if i.op.name == "relu" and self.program.backward:
            return self._relu(i, loops)
        out, *args = [self._squeezed(view, loops, k) for k, view in enumerate(views)]
        return self._kernel(i.op, out, args)

    def _relu(self, i: Apply, loops: list[Loop]) -> list[Thunk]:
        """x * [x > 0]; the backward pass asks for [x > 0] again, and gets the array that holds it."""
        out, x = (self._array(view, loops, k) for k, view in enumerate((i.out, i.args[0])))
        mask = self._new(x.shape)
        self._masks[i.args[0], i.sizes] = mask
        return [partial(np.greater, x, self.number(0.0), mask), partial(np.multiply, x, mask, out)]

    def _squeezed(self, view: View, loops: Sequence[Loop], k: int) -> np.ndarray:
        """The view's array, with a length of 1 along loops that do not move it, or no dimension if none does."""
        if not any(steps[k] for _, steps in loops):
            return self._array(view, [], k)
        return self._array(view, [(size if steps[k] else 1, steps) for size, steps in loops], k)

    def _kernel(self, op: Any, out: np.ndarray, args: list[np.ndarray]) -> list[Thunk]:
        """The calls that put op(*args) into out."""
        if op.name in UFUNCS:
            if op.name in ("maximum", "minimum"):  # which NumPy wants to be given the output by name
                return [partial(UFUNCS[op.name], *args, out=out)]
            return [partial(UFUNCS[op.name], *args, out)]
        if op.name in KERNELS:
            return KERNELS[op.name](self, out, *args)
        return [lambda: np.copyto(out, op.array(*args))]

    def number(self, x: float) -> np.ndarray:
        """A constant as an array without dimensions, which NumPy takes faster than a float."""
        return np.array(x, dtype=self.dtype)

    # --- contractions ---

    def _contract(self, i: Contract) -> list[Thunk]:
        views = (i.out, *i.factors)
        loops = self._loops(i.sizes, views)
        if i.add:
            out = self._array(i.out, [loop for loop in loops if loop[1][0]], 0)
            if len(i.factors) == 1 and all(steps[0] for _, steps in loops):
                return [partial(np.add, out, self._squeezed(i.factors[0], loops, 1), out)]
            scratch = self._new(out.shape)
            return [*self._product(scratch, i, loops), partial(np.add, out, scratch, out)]
        return self._product(None, i, loops)

    def _product(self, target: np.ndarray | None, i: Contract, loops: list[Loop]) -> list[Thunk]:
        """The calls that put the contraction into `target`, which has the loops that move out, or into out itself."""
        kept = [loop for loop in loops if loop[1][0]]
        out = self._array(i.out, kept, 0) if target is None else target
        if len(kept) == len(loops):
            factors = [self._squeezed(view, loops, k + 1) for k, view in enumerate(i.factors)]
            if len(factors) == 1:
                return [partial(np.copyto, out, factors[0])]
            if factors[1].ndim == 0 and factors[1].dtype == self.dtype and self._is_minus_one(i.factors[1]):
                return [partial(np.negative, factors[0], out)]
            return [partial(np.multiply, *factors, out)]
        return self._summed(out, i, loops)

    def _is_minus_one(self, view: View) -> bool:
        array = self.program.arrays[view.array]
        return array.kind == "constant" and float(array.start[view.base]) == -1.0  # type: ignore[index]

    def _summed(self, out: np.ndarray, i: Contract, loops: list[Loop]) -> list[Thunk]:
        """A contraction with loops that are summed over; `out` has the loops that move it."""
        factors = [self._squeezed(view, loops, k + 1) for k, view in enumerate(i.factors)]
        factors = [f.reshape((1,) * len(loops)) if not f.ndim else f for f in factors]
        calls: list[Thunk] = []
        if len(factors) == 2:
            factors = [self._summed_alone(k, factors, loops, calls) for k in (0, 1)]
        idle = math.prod(
            size for at, (size, steps) in enumerate(loops) if not any(steps)
        )  # summing a number that does not change
        if idle != 1:
            scaled = self._new(factors[0].shape)
            calls.append(partial(np.multiply, factors[0], self.number(idle), scaled))
            factors[0] = scaled
        moves = [[size > 1 for size in f.shape] for f in factors]
        left = [at for at, (_, steps) in enumerate(loops) if steps[0] or any(m[at] for m in moves)]
        loops = [loops[at] for at in left]
        factors = [_only(f, left) for f in factors]
        filled = [at for at in range(len(loops)) if not any(f.shape[at] > 1 for f in factors)]
        if filled:
            return calls + self._filled(out, factors, loops, filled)
        return calls + self._product_of(factors, out, loops)

    def _summed_alone(self, k: int, factors: list[np.ndarray], loops: list[Loop], calls: list[Thunk]) -> np.ndarray:
        """The factor, summed over the loops that move it and nothing else."""
        alone = tuple(
            at
            for at, (_, steps) in enumerate(loops)
            if steps[k + 1] and not any(s for j, s in enumerate(steps) if j != k + 1)
        )
        if not alone:
            return factors[k]
        summed = self._new(tuple(1 if at in alone else size for at, size in enumerate(factors[k].shape)))
        calls.append(partial(np.add.reduce, factors[k], alone, None, summed, True))
        return summed

    def _filled(self, out: np.ndarray, factors: list[np.ndarray], loops: list[Loop], filled: list[int]) -> list[Thunk]:
        """A product or a sum that is the same along some loops of the result."""
        left = [at for at in range(len(loops)) if at not in filled]
        kept = [at for at, (_, steps) in enumerate(loops) if steps[0]]
        small = self._new(tuple(loops[at][0] for at in kept if at not in filled))
        calls = self._product_of([_only(f, left) for f in factors], small, [loops[at] for at in left])
        spread = small.reshape([1 if at in filled else loops[at][0] for at in kept])
        return [*calls, partial(np.copyto, out, spread)]

    def _product_of(self, factors: list[np.ndarray], out: np.ndarray, loops: list[Loop]) -> list[Thunk]:
        if len(factors) == 1:
            return self._sum_of_one(out, factors[0], loops)
        summed = tuple(at for at, (_, steps) in enumerate(loops) if not steps[0])
        if not summed:
            return [partial(np.multiply, *factors, out)]
        return _Product(loops, factors).calls(self, out)

    def _sum_of_one(self, out: np.ndarray, x: np.ndarray, loops: list[Loop]) -> list[Thunk]:
        axes = tuple(at for at, (_, steps) in enumerate(loops) if not steps[0])
        if not axes:
            return [partial(np.copyto, out, x)]
        if x.ndim == 2 and axes == (0,) and x.strides[1] == x.itemsize and x.strides[0] >= x.shape[1] * x.itemsize:
            ones = np.ones(x.shape[0], dtype=self.dtype)
            return [partial(np.matmul, ones, x, out)]  # faster than np.add.reduce along the first axis
        return [partial(np.add.reduce, x, axes, None, out)]

    # --- gather and scatter ---

    def _move(self, i: Move) -> list[Thunk]:
        out, source = self.data[i.out], self.data[i.source]
        count = len(i.source_at) if i.source_at is not None else source.shape[-1]
        calls: list[Thunk] = []
        read = source
        if i.source_at is not None:
            direct = i.out_at is None and not i.add and source.ndim == out.ndim
            read = out if direct else self._new((*source.shape[:-1], count))
            calls.append(partial(np.take, source, i.source_at, source.ndim - 1, read, "clip"))
            if direct:
                return calls
        if source.ndim > out.ndim:
            summed = self._new((count,))
            calls.append(partial(np.add.reduce, read, 0, None, summed))
            read = summed
        return calls + self._put(out, i.out_at, read, i.add)

    def _put(self, out: np.ndarray, at: np.ndarray | None, read: np.ndarray, add: bool) -> list[Thunk]:
        if at is None:
            return [partial(np.add, out, read, out) if add else partial(np.copyto, out, read)]
        if not add:
            return [partial(out.__setitem__, (..., at), read)]
        if out.ndim == 1:
            return [partial(np.add.at, out, at, read)]
        where = (out.shape[1] * np.arange(out.shape[0])[:, None] + at).reshape(-1)
        numbers = np.broadcast_to(read, (out.shape[0], len(at)))
        return [lambda: np.add.at(out.reshape(-1), where, numbers.reshape(-1))]

    def _pick(self, i: Pick) -> list[Thunk]:
        views = (i.out, i.values, i.index)
        loops = [
            (self.batch if size == BATCH else size, tuple(
                self.program.arrays[view.array].size if size == BATCH and view.strides[at] else view.strides[at]
                for view in views
            ))
            for at, size in enumerate(i.sizes)
        ]  # fmt: skip
        shape = tuple(size for size, _ in loops)
        start = np.full(shape, i.values.base)
        for at, (size, steps) in enumerate(loops):
            start += (steps[1] * np.arange(size)).reshape([-1 if axis == at else 1 for axis in range(len(shape))])
        index, out = self._array(i.index, loops, 2), self._array(i.out, loops, 0)
        numbers = self.data[i.values.array].reshape(-1)
        key = (i.index, i.sizes, i.values.base, i.values.strides, i.step)
        if i.back:  # the index has been looked at on the way up
            flat = self._picked[key]
            return [lambda: np.add.at(numbers, flat, out.reshape(-1))]
        whole, places = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        self._picked[key] = places.reshape(-1)
        wrong, outside = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
        unsigned, count, step = whole.view(np.uint64), np.uint64(i.count), np.int64(i.step)

        def run() -> None:
            np.copyto(whole, index, "unsafe")
            np.not_equal(whole, index, wrong)
            np.greater_equal(unsigned, count, outside)
            if np.count_nonzero(wrong) or np.count_nonzero(outside):
                raise OutsideError
            np.multiply(whole, step, places)
            np.add(places, start, places)
            out[...] = numbers[places]

        return [run]

    # --- over rows ---

    def _log_sum_exp(self, i: LogSumExp) -> list[Thunk]:
        """With the largest number taken out first, so that nothing overflows."""
        views = (i.out, i.x, i.powers, i.totals)
        loops = self._loops(i.sizes, views)
        rows = [loop for loop in loops if loop[1][0]]
        within = [loop for loop in loops if not loop[1][0]]
        out, totals = self._array(i.out, rows, 0), self._array(i.totals, rows, 3)
        x, powers = (self._array(views[k], rows + within, k) for k in (1, 2))
        axes = tuple(range(len(rows), len(loops)))
        top = self._new(out.shape)
        return [
            partial(np.maximum.reduce, x, axes, None, top),
            partial(np.subtract, x, top.reshape(top.shape + (1,) * len(axes)), powers),
            partial(np.exp, powers, powers),
            partial(np.add.reduce, powers, axes, None, totals),
            partial(np.log, totals, out),
            partial(np.add, out, top, out),
        ]

    def _call(self, i: Call) -> list[Thunk]:
        """The record's own functions, one value after the other."""
        spans = [list(zip([0, *ends[:-1].tolist()], ends.tolist(), strict=True)) for ends in i.ends]
        n = len(i.ends[0])
        rows = [np.atleast_2d(self.data[row]) for row in (i.given or i.rows)]
        out = np.atleast_2d(self.data[i.out])
        if not i.given:

            def run() -> None:
                for example in range(len(out)):
                    for k in range(n):
                        stretches = [
                            row[example, slice(*span[k])].tolist() for row, span in zip(rows, spans, strict=True)
                        ]
                        out[example, i.base + k] = i.op.evaluate(stretches)

            return [run]
        gradients = [np.atleast_2d(self.data[row]) for row in i.rows]
        upstream = np.atleast_2d(self.data[i.upstream])

        def run_back() -> None:
            for example in range(len(out)):
                for k in range(n):
                    stretches = [row[example, slice(*span[k])].tolist() for row, span in zip(rows, spans, strict=True)]
                    partials = i.op.partials(float(out[example, i.base + k]), *stretches)
                    for gradient, span, values in zip(gradients, spans, partials, strict=True):
                        gradient[example, slice(*span[k])] = upstream[example, i.base + k] * np.asarray(values)

        return [run_back]


class _Product:
    """A contraction of two factors as one matrix product over a stack.

    Its loops are of four sorts: those that move both factors and the result make the stack, those that move the
    result and one factor are the rows and the columns, those that move both factors alone are summed over.
    """

    def __init__(self, loops: list[Loop], factors: list[np.ndarray]) -> None:
        moves = [(bool(steps[0]), *(factor.shape[at] > 1 for factor in factors)) for at, (_, steps) in enumerate(loops)]
        self.sizes = [size for size, _ in loops]
        self.loops, self.factors = loops, factors
        sort = {
            name: [at for at, m in enumerate(moves) if m == pattern]
            for name, pattern in {
                "stack": (True, True, True),
                "rows": (True, True, False),
                "columns": (True, False, True),
                "summed": (False, True, True),
            }.items()
        }
        self.stack, self.rows, self.columns, self.summed = (
            sort[name] for name in ("stack", "rows", "columns", "summed")
        )

    def calls(self, bound: Bound, out: np.ndarray) -> list[Thunk]:
        """The calls that put the product into out, which has the loops that move it, in their order."""
        kept = [at for at, (_, steps) in enumerate(self.loops) if steps[0]]
        stack = [self.sizes[at] for at in self.stack]
        r, c, m = (math.prod(self.sizes[at] for at in part) for part in (self.rows, self.columns, self.summed))
        before: list[Thunk] = []
        a = self._matrix(bound, self.factors[0], self.rows, self.summed, (*stack, r, m), before)
        b = self._matrix(bound, self.factors[1], self.summed, self.columns, (*stack, m, c), before)
        result = np.transpose(out, [kept.index(at) for at in (*self.stack, *self.rows, *self.columns)])
        shape = (*stack, r, c)
        direct = _reshaped(result, shape)
        target = direct if direct is not None and _blasable(direct) else bound._new(shape)
        calls: list[Thunk] = [*before, partial(np.matmul, *_with_vectors(a, b, target))]
        if target is not direct:
            calls.append(partial(np.copyto, result, target.reshape(result.shape)))
        return calls

    def _matrix(
        self,
        bound: Bound,
        x: np.ndarray,
        first: list[int],
        second: list[int],
        shape: tuple[int, ...],
        before: list[Thunk],
    ) -> np.ndarray:
        """The factor as a stack of matrices; a copy, filled by a call in `before`, if its strides do not allow that."""
        order = [*self.stack, *first, *second]
        left_out = tuple(at for at in range(x.ndim) if at not in order)
        moved = np.transpose(x, [*order, *left_out])[(...,) + (0,) * len(left_out)]
        matrix = _reshaped(moved, shape)
        if matrix is not None and _blasable(matrix):
            return matrix
        copy = bound.copied(moved, before)
        matrix = _reshaped(copy, shape)
        if matrix is not None and _blasable(matrix):
            return matrix
        again = bound._new(moved.shape)
        before.append(partial(np.copyto, again, copy))
        return again.reshape(shape)


def _with_vectors(a: np.ndarray, b: np.ndarray, out: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Matrices of one row or one column as vectors, for which NumPy takes less time; stacks as they are."""
    if a.ndim == 2 and a.shape[0] == 1:
        a, out = a[0], out[0]
    if b.ndim == 2 and b.shape[1] == 1:
        b, out = b[:, 0], out[..., 0]
    return a, b, out


def _reshaped(x: np.ndarray, shape: tuple[int, ...]) -> np.ndarray | None:
    """A view of x in that shape; None if it would have to be copied."""
    if math.prod(shape) != x.size:
        return None
    view = x.reshape(shape)
    return view if np.shares_memory(view, x) or not x.size else None


def _blasable(matrix: np.ndarray) -> bool:
    """Whether BLAS can work on the matrices of a stack as they lie: one of the two strides is that of neighbours."""
    rows, columns = matrix.shape[-2:]
    down, across = matrix.strides[-2:]
    unit = matrix.itemsize
    across_fits = (across == unit or columns == 1) and (rows == 1 or down >= columns * unit)
    down_fits = (down == unit or rows == 1) and (columns == 1 or across >= rows * unit)
    return across_fits or down_fits


def _stretch(x: np.ndarray) -> int:
    """How many neighbours in memory a loop over x, in its order, reads in a row."""
    run = 1
    for size, stride in zip(reversed(x.shape), reversed(x.strides), strict=True):
        if stride != run * x.itemsize:
            break
        run *= size
    return run


def _only(x: np.ndarray, axes: Sequence[int]) -> np.ndarray:
    """x with these axes alone, the others having one element."""
    index: list[Any] = [slice(None) if at in axes else 0 for at in range(x.ndim)]
    index.append(...)  # which makes it a view in any case
    return x[tuple(index)]


def _relu(bound: Bound, out: np.ndarray, x: np.ndarray) -> list[Thunk]:
    return [partial(np.maximum, x, np.zeros_like(out), out=out)]  # faster with a whole array of zeros than with one


def _step(bound: Bound, out: np.ndarray, x: np.ndarray) -> list[Thunk]:
    return [partial(np.greater, x, bound.number(0.0), out)]


def _sigmoid(bound: Bound, out: np.ndarray, x: np.ndarray) -> list[Thunk]:
    """1 / (1 + e^-x), with -x kept below where its exponential overflows."""
    top = bound.number(math.log(np.finfo(bound.dtype).max) - 1.0)
    return [
        partial(np.negative, x, out),
        partial(np.minimum, out, top, out=out),
        partial(np.exp, out, out),
        partial(np.add, out, bound.number(1.0), out),
        partial(np.reciprocal, out, out),
    ]


def _softplus(bound: Bound, out: np.ndarray, x: np.ndarray) -> list[Thunk]:
    return [partial(np.logaddexp, x, bound.number(0.0), out)]


def _where(bound: Bound, out: np.ndarray, c: np.ndarray, a: np.ndarray, b: np.ndarray) -> list[Thunk]:
    chosen = np.zeros(np.shape(c), dtype=bool)
    zero = bound.number(0.0)

    def run() -> None:
        np.not_equal(c, zero, chosen)
        np.copyto(out, b)
        np.copyto(out, a, where=chosen)

    return [run]


UFUNCS: dict[str, Any] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "neg": np.negative,
    "pow": np.power,
    "abs": np.abs,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "sin": np.sin,
    "cos": np.cos,
    "tanh": np.tanh,
}
"""The ops that one NumPy function does."""

KERNELS: dict[str, Callable[..., list[Thunk]]] = {
    "relu": _relu,
    "step": _step,
    "sigmoid": _sigmoid,
    "softplus": _softplus,
    "where": _where,
}
"""Those that take several, or an argument besides. What stands in neither is computed by its record's `array`."""

BINDERS: dict[type, Callable[[Bound, Any], list[Thunk]]] = {
    Apply: Bound._apply,
    Contract: Bound._contract,
    Move: Bound._move,
    Pick: Bound._pick,
    LogSumExp: Bound._log_sum_exp,
    Call: Bound._call,
}
