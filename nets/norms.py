"""Layers that bring the numbers of one example to one scale, so that deep nets train."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd import ParameterVector, Value, dot, mean

from .checks import between, is_number, whole
from .errors import ShapeError
from .module import Module


class RMSNorm(Module):
    """The inputs divided by their root mean square, each times a learned gain; a list as long as the inputs.

        y[i] = gain[i] * x[i] / sqrt(mean of x[j]^2 over j + eps)

    `eps` keeps the root away from 0. The gains start at 1. Source: Zhang and Sennrich, "Root mean square layer
    normalization", NeurIPS, 2019.

    >>> [round(float(y), 4) for y in RMSNorm(2)([3.0, 4.0])]
    [0.8485, 1.1314]

    Raises ShapeError unless there are `width` inputs.
    """

    def __init__(self, width: int, eps: float = 1e-5) -> None:
        self.width = whole("RMSNorm: width", width)
        self.eps = between("RMSNorm: eps", eps, 0.0)
        self.gain = ParameterVector([1.0] * self.width)

    def __call__(self, xs: Any) -> list[Value]:
        xs = _row(xs, self.width, self)
        scale = _inverse_root(xs, self)
        return [gain * (x * scale) for gain, x in zip(self.gain, xs, strict=True)]

    def config(self) -> dict[str, Any]:
        return {"width": self.width, "eps": self.eps}

    def __repr__(self) -> str:
        return f"RMSNorm({self.width})"


class LayerNorm(Module):
    """The inputs less their mean, divided by their standard deviation, each times a learned gain, plus a learned bias.

        y[i] = gain[i] * (x[i] - m) / sqrt(v + eps) + bias[i],  m = mean of x[j],  v = mean of (x[j] - m)^2 over j

    A list as long as the inputs. `eps` keeps the root away from 0. The gains start at 1, the biases at 0. Source: Ba,
    Kiros and Hinton, "Layer normalization", arXiv:1607.06450, 2016.

    >>> [round(float(y), 4) for y in LayerNorm(3)([1.0, 2.0, 6.0])]
    [-0.9258, -0.4629, 1.3887]

    Raises ShapeError unless there are `width` inputs.
    """

    def __init__(self, width: int, eps: float = 1e-5) -> None:
        self.width = whole("LayerNorm: width", width)
        self.eps = between("LayerNorm: eps", eps, 0.0)
        self.gain = ParameterVector([1.0] * self.width)
        self.bias = ParameterVector([0.0] * self.width)

    def __call__(self, xs: Any) -> list[Value]:
        xs = _row(xs, self.width, self)
        middle = mean(xs)
        deviations = [x - middle for x in xs]
        scale = _inverse_root(deviations, self)
        return [
            gain * (deviation * scale) + bias
            for gain, deviation, bias in zip(self.gain, deviations, self.bias, strict=True)
        ]

    def config(self) -> dict[str, Any]:
        return {"width": self.width, "eps": self.eps}

    def __repr__(self) -> str:
        return f"LayerNorm({self.width})"


def _inverse_root(xs: list[Any], norm: RMSNorm | LayerNorm) -> Any:
    """1 / sqrt(mean of x^2 + eps)."""
    return (dot(xs, xs) / len(xs) + norm.eps) ** -0.5


def _row(xs: Any, width: int, module: Module) -> list[Any]:
    """The inputs as Values and floats, so many of them."""
    row = xs.tolist() if isinstance(xs, np.ndarray) else xs
    if isinstance(row, (Value, str, dict, set, frozenset)) or not isinstance(row, Iterable):
        raise ShapeError(f"{module!r} takes a list of {width} inputs, got {xs!r}")
    row = list(row)
    if len(row) != width:
        raise ShapeError(f"{module!r} takes {width} inputs, got {len(row)}")
    for x in row:
        if not is_number(x):
            raise ShapeError(f"{module!r} takes {width} numbers in a flat list, got a {type(x).__name__} in it")
    return [x if isinstance(x, (Value, float)) else Value(x).data for x in row]
