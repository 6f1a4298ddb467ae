"""Where the numbers of parameters lie: spans of cells, in storages that can be joined but never split."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np


@dataclass(frozen=True, eq=False)
class Scope:
    """A part of a model, such as one layer: its path in the model and what it is. Two of them are never the same."""

    path: str
    kind: str


@dataclass(frozen=True)
class Place:
    """What the parameters of a span are called, and where in a model they are."""

    label: str = ""
    """The name they were given; without one they are called by their path."""
    path: str = ""
    scopes: tuple[Scope, ...] = ()
    """The parts of the model that they belong to, from outer to inner."""
    numbered: bool = False
    """Whether their position in the span is part of the name."""

    def name(self, at: int) -> str:
        """What the parameter at that position is called; empty if it has no name."""
        name = self.label or self.path
        return f"{name}.{at}" if name and self.numbered else name


NOWHERE = Place()


class Span:
    """A stretch of a Storage: the cells of one ParameterVector, or of one Parameter made alone."""

    made: ClassVar[int] = 0
    """How many there have ever been: if it has grown, parameters have been made since one looked last."""

    cells: Any
    grad_cells: Any

    def __init__(
        self,
        data: np.ndarray,
        grad: np.ndarray | None = None,
        frozen: np.ndarray | None = None,
        place: Place = NOWHERE,
    ) -> None:
        self.data = data
        self.grad = np.zeros_like(data) if grad is None else grad
        self.frozen = np.zeros(len(data), dtype=bool) if frozen is None else frozen
        self.place = place
        Storage([self])
        Span.made += 1

    def add_gradient(self, gradient: np.ndarray) -> None:
        """Adds to the gradients, an array as long as the span."""
        np.add(self.grad, gradient, self.grad)

    def move(self, storage: Storage, start: int) -> None:
        """Makes the cells from `start` of that storage its own."""
        stretch = slice(start, start + len(self.data))
        self.storage, self.start = storage, start
        self.data, self.grad, self.frozen = storage.data[stretch], storage.grad[stretch], storage.frozen[stretch]
        # A memoryview hands out Python floats, twice as fast as indexing the array.
        self.cells, self.grad_cells = memoryview(self.data.data), memoryview(self.grad.data)

    def __reduce__(self) -> tuple[Any, ...]:
        return Span, (self.data.copy(), self.grad.copy(), self.frozen.copy(), self.place)


class Storage:
    """The arrays that one or more spans live in, one after the other."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self.data = np.concatenate([np.empty(0), *(span.data for span in spans)])
        self.grad = np.concatenate([np.empty(0), *(span.grad for span in spans)])
        self.frozen = np.concatenate([np.empty(0, dtype=bool), *(span.frozen for span in spans)])
        self.spans = weakref.WeakSet(spans)
        start = 0
        for span in spans:
            span.move(self, start)
            start += len(span.data)


def join(spans: Sequence[Span]) -> None:
    """Brings the spans into one storage, together with what shares a storage with them already.

    Each old storage keeps its order, so that what lay side by side still does.
    """
    storages = list(dict.fromkeys(span.storage for span in spans))
    if len(storages) > 1:
        Storage([span for storage in storages for span in sorted(storage.spans, key=lambda span: span.start)])
