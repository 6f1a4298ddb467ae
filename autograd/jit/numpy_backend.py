"""Stage 6: the program as a list of NumPy calls on arrays that are there once and for all.

`Bound` is a program with its arrays, for one size of the batch. Binding works out every view and chooses for each
instruction the calls that do it; what is left to run is a list of them. A backend of another kind would stand beside
this one: it has the public names of `Bound`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from .numpy_arrays import Arrays, Thunk
from .numpy_products import contraction
from .program import PARAMETER, Apply, Call, Contract, Instruction, LogSumExp, Move, Pick, Program, affine

GIVEN = ("parameter", "leaf", "input", "draw")
"""The kinds of array that hold what a call brings."""


class OutsideError(Exception):
    """An index of `pick` was no whole number, or none of its row."""


class Bound(Arrays):
    """A program on arrays of its own; `parameters` is the stretch of the storage that its parameters lie in."""

    def __init__(self, program: Program, batch: int, dtype: Any, parameters: np.ndarray) -> None:
        super().__init__(program, batch, dtype, parameters)
        self._parameters = parameters
        self._picked: dict[Any, np.ndarray] = {}
        self._forward = self._calls(program.forward)
        if self.dtype != parameters.dtype and len(parameters):
            self._forward.insert(0, partial(np.copyto, self.data[PARAMETER], parameters))
        self._backward = self._calls(program.backward)

    def reads(self, parameters: np.ndarray) -> bool:
        """Whether the parameters lie where they lay when it was bound."""
        return self._parameters is parameters

    def reads_infinite(self) -> bool:
        """Whether there is a NaN or an infinity in what the program reads."""
        given = (numbers for numbers, array in zip(self.data, self.program.arrays, strict=True) if array.kind in GIVEN)
        return not all(np.isfinite(numbers).all() for numbers in given)

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
    def calls(self) -> tuple[int, int]:
        """The number of array calls, forward and backward."""
        return len(self._forward), len(self._backward)

    @np.errstate(divide="raise", over="ignore", invalid="raise")
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

    def _calls(self, instructions: Sequence[Instruction]) -> list[Thunk]:
        return [call for instruction in instructions for call in BINDERS[type(instruction)](self, instruction)]

    # --- element by element ---

    def _apply(self, i: Apply) -> list[Thunk]:
        views = (i.out, *i.args)
        loops = self.loops(i.sizes, views)
        out, *args = [self.squeezed(view, loops, k) for k, view in enumerate(views)]
        return self._kernel(i.op, out, args)

    def _kernel(self, op: Any, out: np.ndarray, args: list[np.ndarray]) -> list[Thunk]:
        """The calls that put op(*args) into out."""
        if op.name in UFUNCS:
            if op.name in ("maximum", "minimum"):  # which NumPy wants to be given the output by name
                return [partial(UFUNCS[op.name], *args, out=out)]
            return [partial(UFUNCS[op.name], *args, out)]
        if op.name in KERNELS:
            return KERNELS[op.name](self, out, *args)
        return [lambda: np.copyto(out, op.array(*args))]

    # --- gather and scatter ---

    def _move(self, i: Move) -> list[Thunk]:
        out, source = self.data[i.out], self.data[i.source]
        count = len(i.source_at) if i.source_at is not None else source.shape[-1]
        calls: list[Thunk] = []
        read = source
        if i.source_at is not None:
            direct = i.out_at is None and not i.add and source.ndim == out.ndim
            read = out if direct else self.new((*source.shape[:-1], count))
            calls.append(partial(np.take, source, i.source_at, source.ndim - 1, read, "clip"))
            if direct:
                return calls
        if source.ndim > out.ndim:
            summed = self.new((count,))
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
        loops = self.nest(i.sizes, (i.out, i.values, i.index))
        shape = tuple(size for size, _ in loops)
        start = affine(i.values.base, shape, [steps[1] for _, steps in loops])
        index, out = self.view(i.index, loops, 2), self.view(i.out, loops, 0)
        numbers = self.data[i.values.array].reshape(-1)
        key = (i.index, i.sizes, i.values.base, i.values.strides, i.step)
        if i.back:  # the index has been looked at on the way up
            flat = self._picked[key]
            return [lambda: np.add.at(numbers, flat, out.reshape(-1))]
        whole, places = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        self._picked[key] = places.reshape(-1)
        wrong, outside = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
        unsigned, step = whole.view(np.uint64), np.int64(i.step)
        count = np.uint64(i.count) if i.counts is None else i.counts.astype(np.uint64)

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
        loops = self.loops(i.sizes, views)
        rows = [loop for loop in loops if loop[1][0]]
        within = [loop for loop in loops if not loop[1][0]]
        out, totals = self.view(i.out, rows, 0), self.view(i.totals, rows, 3)
        x, powers = (self.view(views[k], rows + within, k) for k in (1, 2))
        axes = tuple(range(len(rows), len(loops)))
        top = self.new(out.shape)
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

        def stretches(example: int, k: int) -> list[list[float]]:
            return [row[example, slice(*span[k])].tolist() for row, span in zip(rows, spans, strict=True)]

        def run() -> None:
            for example, k in np.ndindex(len(out), n):
                out[example, i.base + k] = i.op.evaluate(stretches(example, k))

        if not i.given:
            return [run]
        gradients = [np.atleast_2d(self.data[row]) for row in i.rows]
        upstream = np.atleast_2d(self.data[i.upstream])

        def run_back() -> None:
            for example, k in np.ndindex(len(out), n):
                partials = i.op.partials(float(out[example, i.base + k]), *stretches(example, k))
                for gradient, span, values in zip(gradients, spans, partials, strict=True):
                    gradient[example, slice(*span[k])] = upstream[example, i.base + k] * np.asarray(values)

        return [run_back]


def _relu(bound: Bound, out: np.ndarray, x: np.ndarray) -> list[Thunk]:
    return [partial(np.maximum, x, np.zeros_like(out), out=out)]  # faster with a whole array of zeros than with one


def _step(bound: Bound, out: np.ndarray, x: np.ndarray) -> list[Thunk]:
    return [partial(np.greater, x, bound.number(0.0), out)]


def _sigmoid(bound: Bound, out: np.ndarray, x: np.ndarray) -> list[Thunk]:
    """1 / (1 + e^-x), which is right for all x: where e^-x overflows, 1 / infinity is the 0 that it should be."""
    return [
        partial(np.negative, x, out),
        partial(np.exp, out, out),
        partial(np.add, out, bound.number(1.0), out),
        partial(np.reciprocal, out, out),
    ]


def _exp(bound: Bound, out: np.ndarray, x: np.ndarray) -> list[Thunk]:
    return [_refusing_overflow(partial(np.exp, x, out))]


def _pow(bound: Bound, out: np.ndarray, x: np.ndarray, p: np.ndarray) -> list[Thunk]:
    return [_refusing_overflow(partial(np.power, x, p, out))]


def _refusing_overflow(call: Thunk) -> Thunk:
    """The call, for the two ops that have no result beyond the floats; others are infinite there, as Python's are."""

    @np.errstate(over="raise")
    def run() -> None:
        call()

    return run


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
    "equal": np.equal,
    "neg": np.negative,
    "abs": np.abs,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "log": np.log,
    "sqrt": np.sqrt,
    "sin": np.sin,
    "cos": np.cos,
    "tanh": np.tanh,
}
"""The ops that one NumPy function does."""

KERNELS: dict[str, Callable[..., list[Thunk]]] = {
    "exp": _exp,
    "pow": _pow,
    "relu": _relu,
    "step": _step,
    "sigmoid": _sigmoid,
    "softplus": _softplus,
    "where": _where,
}
"""Those that take several, or an argument besides. What stands in neither is computed by its record's `array`."""

BINDERS: dict[type, Callable[[Bound, Any], list[Thunk]]] = {
    Apply: Bound._apply,
    Contract: contraction,
    Move: Bound._move,
    Pick: Bound._pick,
    LogSumExp: Bound._log_sum_exp,
    Call: Bound._call,
}
