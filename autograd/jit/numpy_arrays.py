"""The arrays of a program in NumPy, and views of them as instructions read and write them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from .program import BATCH, PARAMETER, Program, View, affine

SHORT = 6
"""Copying fewer neighbours than this at a time, NumPy takes longer than to gather them one by one."""

Thunk: TypeAlias = Callable[[], Any]
Loop: TypeAlias = "tuple[int, tuple[int, ...]]"
"""The size of a loop and, for each view of an instruction, the stride in elements."""


class Arrays:
    """All arrays of a program for one size of the batch; `parameters` is the stretch that its parameters lie in."""

    def __init__(self, program: Program, batch: int, dtype: Any, parameters: np.ndarray) -> None:
        self.program, self.batch, self.dtype = program, batch, np.dtype(dtype)
        self.data: list[np.ndarray] = []
        for array in program.arrays:
            shape = (batch, array.size) if array.batched else (array.size,)
            numbers = np.zeros(shape, dtype=self.dtype)
            if array.start is not None:
                numbers[...] = array.start
            self.data.append(numbers)
        if self.dtype == parameters.dtype:
            self.data[PARAMETER] = parameters
        self.scratch = 0
        self._copies: dict[Any, tuple[np.ndarray, tuple[int, ...]]] = {}
        self._lasting = {id(d) for d, a in zip(self.data, program.arrays, strict=True) if a.kind != "gradient"}

    @property
    def bytes(self) -> int:
        """The size of all arrays."""
        return sum(numbers.nbytes for numbers in self.data) + self.scratch

    def loops(self, sizes: Sequence[int], views: Sequence[View]) -> list[Loop]:
        """The loops with their strides in elements, without those of one turn, merged where all views allow it."""
        loops: list[Loop] = []
        for count, strides in self.nest(sizes, views):
            if count == 1:
                continue
            if loops:
                outer, steps = loops[-1]
                if all(step == stride * count for step, stride in zip(steps, strides, strict=True)):
                    loops[-1] = (outer * count, strides)
                    continue
            loops.append((count, strides))
        return loops

    def nest(self, sizes: Sequence[int], views: Sequence[View]) -> list[Loop]:
        """The loops as they stand, with the batch's size and its strides put in."""
        return [
            (
                self.batch if size == BATCH else size,
                tuple(
                    self.program.arrays[view.array].size if size == BATCH and view.strides[at] else view.strides[at]
                    for view in views
                ),
            )
            for at, size in enumerate(sizes)
        ]

    def view(self, view: View, loops: Sequence[Loop], k: int) -> np.ndarray:
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
        copy = self.new(x.shape)
        if owner.flags.c_contiguous and _stretch(x) < SHORT:
            where = (pointer - owner.__array_interface__["data"][0]) // x.itemsize
            at = affine(where, x.shape, [stride // x.itemsize for stride in x.strides])
            calls.append(partial(np.take, owner.reshape(-1), at, None, copy, "clip"))
        else:
            calls.append(partial(np.copyto, copy, x))
        if id(owner) in self._lasting:
            self._copies[key] = (copy, x.strides)
        return copy

    def new(self, shape: tuple[int, ...]) -> np.ndarray:
        """An array for what lies between."""
        fresh = np.zeros(shape, dtype=self.dtype)
        self.scratch += fresh.nbytes
        return fresh

    def squeezed(self, view: View, loops: Sequence[Loop], k: int) -> np.ndarray:
        """The view's array, with a length of 1 along loops that do not move it, or no dimension if none does."""
        if not any(steps[k] for _, steps in loops):
            return self.view(view, [], k)
        return self.view(view, [(size if steps[k] else 1, steps) for size, steps in loops], k)

    def number(self, x: float) -> np.ndarray:
        """A constant as an array without dimensions, which NumPy takes faster than a float."""
        return np.array(x, dtype=self.dtype)


def _stretch(x: np.ndarray) -> int:
    """How many neighbours in memory a loop over x, in its order, reads in a row."""
    run = 1
    for size, stride in zip(reversed(x.shape), reversed(x.strides), strict=True):
        if stride != run * x.itemsize:
            break
        run *= size
    return run
