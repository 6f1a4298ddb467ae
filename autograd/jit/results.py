"""From the program's arrays to what a call returns: one Value, nested lists of them, or plain numbers and arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..value import Value
from .numpy_backend import Bound
from .program import Program
from .structure import Container, Number, Numbers, Single, build
from .trace import Batch, Trace


class Results:
    """Where a program's results lie, and what they stand in."""

    def __init__(self, trace: Trace, program: Program) -> None:
        self.structure, self.program = trace.structure, program
        self.outputs = program.outputs
        self.constant = [not isinstance(output, Value) for output in trace.outputs]
        self.single = trace.structure == Single()

    def finite(self, bound: Bound) -> bool:
        """Whether all results are finite numbers."""
        if self.single:
            x = bound.data[self.outputs[0].array].item(self.outputs[0].position)
            return x - x == 0.0
        return all(bool(np.isfinite(bound.data[o.array][..., o.position]).all()) for o in self.outputs)

    def number(self, bound: Bound, output: int) -> float:
        """One result; `output` counts through all examples where there is a batch."""
        k, example = self._which(output)
        where = self.outputs[k]
        numbers = bound.data[where.array]
        return float(numbers[example, where.position] if where.batched else numbers[where.position])

    def seed(self, bound: Bound, output: int) -> None:
        """Sets the gradients of the results: 1 for this one and 0 for the others."""
        k, example = self._which(output)
        gradients, where = self.program.gradients, self.outputs[k]
        bound.clear()
        if not self.single:
            for other in self.outputs:
                if other.array in gradients:
                    bound.seed(gradients[other.array], None, other.position, 0.0)
        if where.array in gradients:
            bound.seed(gradients[where.array], example if where.batched else None, where.position, 1.0)

    def values(self, bound: Bound, node: Callable[[int, float], Any]) -> Any:
        """The results, a number being node(which, its number)."""
        if self.single:
            where = self.outputs[0]
            return node(0, bound.data[where.array].item(where.position))
        counter = iter(range(len(self.outputs)))
        return self._built(self.structure, bound, counter, node)

    def numbers(self, bound: Bound) -> Any:
        """The results as floats; a regular nested list, or a batch, as an array."""
        counter = iter(range(len(self.outputs)))
        return self._numbers(self.structure, bound, counter)

    # --- inside ---

    def _which(self, output: int) -> tuple[int, int]:
        """Which of the outputs, and of which example; results are numbered output + example * number of outputs."""
        return output % len(self.outputs), output // len(self.outputs)

    def _built(self, structure: Any, bound: Bound, counter: Any, node: Callable[[int, float], Any]) -> Any:
        if isinstance(structure, Container) and structure.kind is Batch:
            inner = structure.items[0]
            ks = [next(counter) for _ in range(_count(inner))]
            return [self._example(inner, bound, ks, example, node) for example in range(bound.batch)]
        if isinstance(structure, Container):
            if structure.kind in (list, tuple):
                return structure.kind(self._built(item, bound, counter, node) for item in structure.items)
            items = [self._built(item, bound, counter, node) for item in structure.items]
            rebuilt = iter(items)
            return build(Container(structure.kind, structure.names, (Single(),) * len(items)), lambda _: next(rebuilt))
        return build(structure, lambda _: self._one(bound, next(counter), 0, node))

    def _example(self, inner: Any, bound: Bound, ks: list[int], example: int, node: Callable[[int, float], Any]) -> Any:
        """The result for one example of a batch."""
        numbered = iter(ks)
        return build(inner, lambda _: self._one(bound, next(numbered), example, node))

    def _one(self, bound: Bound, k: int, example: int, node: Callable[[int, float], Any]) -> Any:
        where = self.outputs[k]
        number = self.number(bound, k + example * len(self.outputs))
        if self.constant[k] or where.array not in self.program.gradients:
            return number
        return node(k + example * len(self.outputs), number)

    def _numbers(self, structure: Any, bound: Bound, counter: Any) -> Any:
        if isinstance(structure, Container) and structure.kind is Batch:
            inner = structure.items[0]
            columns = []
            for _ in range(_count(inner)):
                where = self.outputs[next(counter)]
                numbers = bound.data[where.array]
                columns.append(np.broadcast_to(numbers[..., where.position], (bound.batch,)))
            if not columns:
                return [build(inner, lambda _: None) for _ in range(bound.batch)]
            shape = _shape(inner)
            block = np.stack(columns, axis=-1).astype(np.float64)
            if shape is not None:
                return block.reshape(bound.batch, *shape)
            return [_filled(inner, row) for row in block.tolist()]
        if isinstance(structure, Container):
            items = [self._numbers(item, bound, counter) for item in structure.items]
            if structure.kind is np.ndarray or (structure.kind in (list, tuple) and _shape(structure) is not None):
                shape = structure.names if structure.kind is np.ndarray else (len(items), *np.shape(items[0]))
                return np.array(items, dtype=np.float64).reshape(shape)
            rebuilt = iter(items)
            return build(Container(structure.kind, structure.names, (Single(),) * len(items)), lambda _: next(rebuilt))
        return build(structure, lambda _: self.number(bound, next(counter)))


def _filled(structure: Any, numbers: list[float]) -> Any:
    """The structure with these numbers in it, in order."""
    each = iter(numbers)
    return build(structure, lambda _: next(each))


def _count(structure: Any) -> int:
    """How many numbers a structure holds."""
    parts: list[Any] = []
    build(structure, parts.append)
    return len(parts)


def _shape(structure: Any) -> tuple[int, ...] | None:
    """The shape of a regular nested list; None if it is none."""
    if isinstance(structure, (Number, Single)):
        return ()
    if isinstance(structure, Numbers):
        return None
    if not isinstance(structure, Container) or structure.kind not in (list, tuple) or not structure.items:
        return None
    shapes = {_shape(item) for item in structure.items}
    if len(shapes) != 1 or None in shapes:
        return None
    return (len(structure.items), *shapes.pop())  # type: ignore[misc]
