"""Gradient clipping: what keeps one steep place from throwing the parameters far away."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from autograd import ArgumentError, FlatParameters, Parameter

from .checks import between


def clip_gradients(parameters: Iterable[Parameter], norm: float) -> float:
    """The norm of all gradients together before; if it is above `norm`, they are scaled down to have that norm.

    Their direction stays. The norm is the Euclidean one, sqrt(sum of p.grad^2), over all parameters but the frozen
    ones, which stay as they are. Call it between `backward()` and the optimiser's `step()`. Where the norm is infinite
    or NaN there is no direction to keep: nothing is changed, and it is for the caller to stop.

    Source: Pascanu, Mikolov & Bengio, "On the difficulty of training recurrent neural networks", 2013, algorithm 1.

    >>> w = [Parameter(1.0), Parameter(1.0)]
    >>> w[0].grad, w[1].grad = 3.0, -4.0
    >>> clip_gradients(w, 1.0)
    5.0
    >>> [round(p.grad, 12) for p in w]
    [0.6, -0.8]

    Raises ArgumentError if `norm` is no finite number above 0.
    """
    if between("clip_gradients: norm", norm, 0.0) == 0.0:
        raise ArgumentError(f"clip_gradients: norm is {norm!r}; it needs to be above 0, or nothing could be learned")
    flat = parameters if isinstance(parameters, FlatParameters) else FlatParameters(parameters)
    gradient = np.where(flat.frozen, 0.0, flat.grad)
    largest = float(np.abs(gradient).max(initial=0.0))
    if not 0.0 < largest < np.inf:
        return largest
    # In parts of the largest, because the square of a gradient above 1e154 would be infinite.
    found = largest * float(np.linalg.norm(gradient / largest))
    if norm < found < np.inf:
        flat.grad = np.where(flat.frozen, flat.grad, flat.grad * (norm / found))
    return found
