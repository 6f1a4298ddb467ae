"""Dropout: noise against overfitting."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd import Value, uniform

from .checks import between, generator, is_number
from .errors import ShapeError
from .module import Module


class Dropout(Module):
    """In training, each input becomes 0 with probability `rate` and is divided by 1 - rate otherwise; else itself.

    Source: Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", JMLR 15, 2014; in
    the inverted form, which leaves inputs alone outside of training.

    >>> dropout = Dropout(0.5, seed=1)
    >>> dropout([1.0, 1.0, 1.0, 1.0])
    [2.0, 2.0, 0.0, 2.0]
    >>> dropout.eval()([1.0, 1.0])
    [1.0, 1.0]
    """

    def __init__(self, rate: float = 0.5, rng: np.random.Generator | None = None, seed: int | None = None) -> None:
        self.rate = between("Dropout: rate", rate, 0.0, 1.0)
        self.rng = generator(rng, seed)

    def __call__(self, xs: Iterable[Any]) -> list[Any]:
        if isinstance(xs, (Value, str)) or not isinstance(xs, Iterable):
            raise ShapeError(f"{self!r} takes a list of inputs, got the single {xs!r}; write [...] around it")
        xs = list(xs)
        for x in xs:
            if not is_number(x):
                raise ShapeError(f"{self!r} takes a flat list of numbers, got {type(x).__name__} in it")
        if not self.training:
            return xs
        return [x * ((uniform(self.rng) >= self.rate) / (1.0 - self.rate)) for x in xs]

    def config(self) -> dict[str, Any]:
        return {"rate": self.rate}

    def __repr__(self) -> str:
        return f"Dropout({self.rate:g})"
