"""What fit and evaluate compute for a batch: the mean loss, and the outputs; compiled by jit where that is possible."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TypeAlias

import numpy as np

import autograd
from autograd import ArgumentError, TraceError, Value, mean, vmap

from .module import Module, modes_kept

Loss: TypeAlias = Callable[[Any, Any], Any]
"""From the output for one example and its target to one number, such as `hinge` or `cross_entropy`."""

Objective: TypeAlias = Callable[[Any, Any], Any]
"""From the inputs and targets of a batch to its mean loss."""

MOST_TARGETS = 10_000
"""So many targets are checked before a compiled training begins: of single numbers the smallest and the largest."""


def batch_loss(model: Callable[[Any], Any], loss: Loss, xs: Iterable[Any], ys: Iterable[Any]) -> Value:
    """The mean of loss(model(x), y) over a batch, as one Value."""
    losses = [loss(output_of(model, x), y) for x, y in zip(xs, ys, strict=True)]
    if not losses:
        raise ArgumentError("batch_loss: the batch is empty; it needs at least one example")
    return mean(losses)


def predictor(model: Module, xs: Any, jit: bool) -> Callable[[Any], Iterable[Any]]:
    """A function from inputs to the model's outputs for them, as single Values or lists of them."""

    def one_by_one(xs: Any) -> Iterable[Any]:
        return (output_of(model, x) for x in xs)

    if not jit or not _is_regular(xs):
        return one_by_one
    compiled = autograd.jit(vmap(model), grad=False)

    def at_once(xs: Any) -> Iterable[Any]:
        like = output_of(model, xs[0])
        if not isinstance(like, (Value, list)):
            return one_by_one(xs)
        try:
            outputs = compiled(xs)
        except Exception:  # if it is not jit that is the matter, the model will tell
            return one_by_one(xs)
        if not isinstance(outputs, np.ndarray) or outputs.ndim != 1 + isinstance(like, list):
            return one_by_one(xs)
        return [list(map(Value, row)) if isinstance(row, list) else Value(row) for row in outputs.tolist()]

    return at_once


def compiled_objective(model: Module, loss: Loss, xs: Any, ys: Any) -> Objective:
    """The mean loss of a batch as a jitted function, or as it stands if it cannot be compiled."""
    as_it_stands = partial(batch_loss, model, loss)
    if not (_is_regular(xs) and _is_regular(ys)):
        return as_it_stands
    _refuse_bad_targets(model, loss, xs, ys)
    jitted = autograd.jit(lambda xs, ys: mean(vmap(lambda x, y: loss(output_of(model, x), y))(xs, ys)))
    refused = False

    def objective(xs: Any, ys: Any) -> Any:
        nonlocal refused
        if refused:
            return as_it_stands(xs, ys)
        try:
            return jitted(xs, ys)
        except Exception as error:
            if jitted.cache_info().currsize and not isinstance(error, TraceError):  # no matter of compiling
                raise
            total = as_it_stands(xs, ys)  # which has its own to say, if it is not jit that is the matter
            refused = True
            told = f"{type(error).__name__}: {error}" if not isinstance(error, TraceError) else error
            warnings.warn(f"fit computes the loss without jit, which is slow: {told}", stacklevel=5)
            return total

    return objective


def _refuse_bad_targets(model: Module, loss: Loss, xs: Any, ys: Any) -> None:
    """Shows the loss every target once, as a compiled loss does not look at them; it raises what it has to say."""
    with modes_kept(model):
        model.eval()
        output = output_of(model, xs[0])
        for y in _different(ys):
            loss(output, y)


def _different(ys: Any) -> Iterable[Any]:
    """The targets, each once if they are single numbers."""
    if np.ndim(ys) > 1:
        return ys[:MOST_TARGETS]
    single = np.unique(ys).tolist()
    return single if len(single) <= MOST_TARGETS else single[: MOST_TARGETS // 2] + single[-MOST_TARGETS // 2 :]


def _is_regular(part: Any) -> bool:
    """Whether inputs or targets are one block of numbers."""
    try:
        return np.asarray(part).dtype.kind in "fiu"
    except ValueError:  # of different lengths
        return False


def output_of(model: Callable[[Any], Any], x: Any) -> Any:
    """The model's output for one input; ArgumentError if there is none."""
    output = model(x)
    if output is None:
        raise ArgumentError(f"{model!r} returned None; did its __call__ forget to return?")
    return output
