"""Embedding: a learned row of numbers for each thing that has no number of its own, such as a letter or a word."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import ArgumentError, ParameterVector, pick

from .checks import generator, is_known, is_number, whole
from .module import Module


class Embedding(Module):
    """A table of `count` rows of `width` parameters; calling it with an index gives that row, a list.

    The gradient goes to that row alone. An index that is a plain number gives the parameters themselves; a Value, or
    a number in a jitted function, gives `pick([row[k] for row in rows], index)` for each column k. A list or array of
    indices gives a list of rows. The numbers start normally distributed with variance 1, drawn from `rng` or from
    `seed`. Source: Bengio et al., "A neural probabilistic language model", JMLR 3, 2003.

    >>> letters = Embedding(26, 2, seed=1)
    >>> letters(2)
    [Parameter(0.905356, label='rows.2.0'), Parameter(0.446375, label='rows.2.1')]
    >>> len(letters([7, 8]))
    2

    Raises ArgumentError for an index that is no whole number from 0 to count - 1; DomainError if it is a Value.
    """

    def __init__(self, count: int, width: int, rng: np.random.Generator | None = None, seed: int | None = None) -> None:
        count, width = whole("Embedding: count", count), whole("Embedding: width", width)
        rng = generator(rng, seed)
        self.rows = [ParameterVector(rng.normal(size=width)) for _ in range(count)]

    def __call__(self, index: Any) -> list[Any]:
        if isinstance(index, (list, tuple, range)) or (isinstance(index, np.ndarray) and index.ndim):
            return [self(each) for each in index]
        whole_number = is_number(index) and not isinstance(index, (bool, np.bool_))
        last = len(self.rows) - 1
        if not whole_number or (is_known(index) and not (0 <= index <= last and index == int(index))):
            raise ArgumentError(f"{self!r}: the index is {index!r}; it needs a whole number from 0 to {last}")
        if is_known(index):
            return list(self.rows[int(index)])
        return [pick(column, index) for column in zip(*self.rows, strict=True)]

    def config(self) -> dict[str, Any]:
        return {"count": len(self.rows), "width": len(self.rows[0])}

    def __repr__(self) -> str:
        return f"Embedding({len(self.rows)}, {len(self.rows[0])})"
