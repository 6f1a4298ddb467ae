"""Derivatives of examples, added up weight by weight; and slices that begin every `size` examples."""

from collections.abc import Sequence
from typing import Any

Example = tuple[Sequence[float], float]


def example_gradient(x: Sequence[float], t: float, w: Sequence[float], b: float) -> tuple[list[float], float]:
    """dE/dw for each weight, and dE/db, for the one example with inputs x and target t."""
    y = sum(w_k * x_k for w_k, x_k in zip(w, x, strict=True)) + b
    return [(y - t) * x_k for x_k in x], y - t


def batch_gradient(examples: Sequence[Example], w: Sequence[float], b: float) -> tuple[list[float], float]:
    """The derivatives of the summed cost of these examples, in each weight and in b."""
    of_w, of_b = [0.0] * len(w), 0.0
    for x, t in examples:
        dw, db = example_gradient(x, t, w, b)
        for k, slope in enumerate(dw):
            of_w[k] += slope
        of_b += db
    return of_w, of_b


def batches(examples: Sequence[Any], size: int) -> list[Sequence[Any]]:
    """The examples in batches of `size`; the last one may be smaller."""
    return [examples[start : start + size] for start in range(0, len(examples), size)]
