"""Contractions in NumPy: as products element by element, sums, or matrix products.

A contraction becomes a matrix product where its loops can be merged into those of one; an operand that stands in the
way of that is copied first.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from .numpy_arrays import Arrays, Loop, Thunk
from .program import Contract


def contraction(arrays: Arrays, i: Contract) -> list[Thunk]:
    """The calls that do a contraction."""
    views = (i.out, *i.factors)
    loops = arrays.loops(i.sizes, views)
    if i.add:
        out = arrays.view(i.out, [loop for loop in loops if loop[1][0]], 0)
        if len(i.factors) == 1 and all(steps[0] for _, steps in loops):
            return [partial(np.add, out, arrays.squeezed(i.factors[0], loops, 1), out)]
        scratch = arrays.new(out.shape)
        return [*_product(arrays, scratch, i, loops), partial(np.add, out, scratch, out)]
    return _product(arrays, None, i, loops)


def _product(arrays: Arrays, target: np.ndarray | None, i: Contract, loops: list[Loop]) -> list[Thunk]:
    """The calls that put the contraction into `target`, which has the loops that move out, or into out itself."""
    kept = [loop for loop in loops if loop[1][0]]
    out = arrays.view(i.out, kept, 0) if target is None else target
    if len(kept) == len(loops):
        factors = [arrays.squeezed(view, loops, k + 1) for k, view in enumerate(i.factors)]
        if len(factors) == 1:
            return [partial(np.copyto, out, factors[0])]
        if arrays.program.scalar(i.factors[1]) == -1.0:
            return [partial(np.negative, factors[0], out)]
        return [partial(np.multiply, *factors, out)]
    return _summed(arrays, out, i, loops)


def _summed(arrays: Arrays, out: np.ndarray, i: Contract, loops: list[Loop]) -> list[Thunk]:
    """A contraction with loops that are summed over; `out` has the loops that move it."""
    factors = [arrays.squeezed(view, loops, k + 1) for k, view in enumerate(i.factors)]
    factors = [f.reshape((1,) * len(loops)) if not f.ndim else f for f in factors]
    calls: list[Thunk] = []
    if len(factors) == 2:
        factors = [_summed_alone(arrays, k, factors, loops, calls) for k in (0, 1)]
    idle = math.prod(size for size, steps in loops if not any(steps))
    if idle != 1:  # a sum of numbers that are all the same
        scaled = arrays.new(factors[0].shape)
        calls.append(partial(np.multiply, factors[0], arrays.number(idle), scaled))
        factors[0] = scaled
    moves = [[size > 1 for size in f.shape] for f in factors]
    left = [at for at, (_, steps) in enumerate(loops) if steps[0] or any(m[at] for m in moves)]
    loops = [loops[at] for at in left]
    factors = [_only(f, left) for f in factors]
    filled = [at for at in range(len(loops)) if not any(f.shape[at] > 1 for f in factors)]
    if filled:
        return calls + _filled(arrays, out, factors, loops, filled)
    return calls + _product_of(arrays, factors, out, loops)


def _summed_alone(
    arrays: Arrays, k: int, factors: list[np.ndarray], loops: list[Loop], calls: list[Thunk]
) -> np.ndarray:
    """The factor, summed over the loops that move it and nothing else."""
    alone = tuple(
        at
        for at, (_, steps) in enumerate(loops)
        if steps[k + 1] and not any(s for j, s in enumerate(steps) if j != k + 1)
    )
    if not alone:
        return factors[k]
    summed = arrays.new(tuple(1 if at in alone else size for at, size in enumerate(factors[k].shape)))
    calls.append(partial(np.add.reduce, factors[k], alone, None, summed, True))
    return summed


def _filled(
    arrays: Arrays, out: np.ndarray, factors: list[np.ndarray], loops: list[Loop], filled: list[int]
) -> list[Thunk]:
    """A product or a sum that is the same along some loops of the result."""
    left = [at for at in range(len(loops)) if at not in filled]
    kept = [at for at, (_, steps) in enumerate(loops) if steps[0]]
    small = arrays.new(tuple(loops[at][0] for at in kept if at not in filled))
    calls = _product_of(arrays, [_only(f, left) for f in factors], small, [loops[at] for at in left])
    spread = small.reshape([1 if at in filled else loops[at][0] for at in kept])
    return [*calls, partial(np.copyto, out, spread)]


def _product_of(arrays: Arrays, factors: list[np.ndarray], out: np.ndarray, loops: list[Loop]) -> list[Thunk]:
    if len(factors) == 1:
        return _sum_of_one(arrays, out, factors[0], loops)
    summed = tuple(at for at, (_, steps) in enumerate(loops) if not steps[0])
    if not summed:
        return [partial(np.multiply, *factors, out)]
    return _Product(loops, factors).calls(arrays, out)


def _sum_of_one(arrays: Arrays, out: np.ndarray, x: np.ndarray, loops: list[Loop]) -> list[Thunk]:
    axes = tuple(at for at, (_, steps) in enumerate(loops) if not steps[0])
    if not axes:
        return [partial(np.copyto, out, x)]
    if x.ndim == 2 and axes == (0,) and x.strides[1] == x.itemsize and x.strides[0] >= x.shape[1] * x.itemsize:
        ones = np.ones(x.shape[0], dtype=arrays.dtype)
        return [partial(np.matmul, ones, x, out)]  # faster than np.add.reduce along the first axis
    return [partial(np.add.reduce, x, axes, None, out)]


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

    def calls(self, arrays: Arrays, out: np.ndarray) -> list[Thunk]:
        """The calls that put the product into out, which has the loops that move it, in their order."""
        kept = [at for at, (_, steps) in enumerate(self.loops) if steps[0]]
        stack = [self.sizes[at] for at in self.stack]
        r, c, m = (math.prod(self.sizes[at] for at in part) for part in (self.rows, self.columns, self.summed))
        before: list[Thunk] = []
        a = self._matrix(arrays, self.factors[0], self.rows, self.summed, (*stack, r, m), before)
        b = self._matrix(arrays, self.factors[1], self.summed, self.columns, (*stack, m, c), before)
        result = np.transpose(out, [kept.index(at) for at in (*self.stack, *self.rows, *self.columns)])
        shape = (*stack, r, c)
        direct = _reshaped(result, shape)
        target = direct if direct is not None and _blasable(direct) else arrays.new(shape)
        calls: list[Thunk] = [*before, partial(np.matmul, *_with_vectors(a, b, target))]
        if target is not direct:
            calls.append(partial(np.copyto, result, target.reshape(result.shape)))
        return calls

    def _matrix(
        self,
        arrays: Arrays,
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
        copy = arrays.copied(moved, before)
        matrix = _reshaped(copy, shape)
        if matrix is not None and _blasable(matrix):
            return matrix
        again = arrays.new(moved.shape)
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


def _only(x: np.ndarray, axes: Sequence[int]) -> np.ndarray:
    """x with these axes alone, the others having one element."""
    index: list[Any] = [slice(None) if at in axes else 0 for at in range(x.ndim)]
    index.append(...)  # which makes it a view in any case
    return x[tuple(index)]
