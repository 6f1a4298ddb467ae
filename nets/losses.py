"""Losses: how wrong an output is, as one number to go down on. And accuracy, which only counts.

Each takes the output for one example and its target; `fit` averages over the examples of a batch.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from autograd import ArgumentError, Value, dot, logsumexp, pick, softplus, sum

from .checks import is_known, is_number
from .errors import ShapeError


def squared_error(output: Any, target: Any) -> Any:
    """1/2 (y - t)^2, summed over the outputs if there are several; its derivative in y is y - t (the delta rule).

    >>> squared_error(Value(3.0), 1.0)
    Value(2.0, op=mul)
    """
    return 0.5 * _sum_of_squares(*_paired(output, target, "squared_error"))


def mse(outputs: Any, targets: Any) -> Any:
    """The mean of (y - t)^2 over the n outputs: 1/n, and no 1/2.

    >>> mse([Value(3.0), Value(1.0)], [1.0, 1.0])
    Value(2.0, op=mul)
    """
    ys, ts = _paired(outputs, targets, "mse")
    return (1.0 / len(ys)) * _sum_of_squares(ys, ts)


def hinge(score: Any, label: Any) -> Any:
    """max(0, 1 - label * score), for labels -1 and 1: no loss once the score is on the right side by 1.

    Source: Cortes & Vapnik, "Support-vector networks", Machine Learning 20, 1995.

    >>> hinge(Value(0.25), 1)
    Value(0.75, op=relu)
    """
    if not is_number(label) or (is_known(label) and label not in (-1, 1)):
        raise ArgumentError(f"hinge: the label is {label!r}; it needs -1 or 1 (from 0 or 1: 2 * label - 1)")
    margin = 1.0 - _number(label) * _single(score, "hinge")
    return margin.relu() if isinstance(margin, Value) else max(0.0, margin)


def binary_cross_entropy(logit: Any, target: Any) -> Any:
    """-t log p - (1 - t) log(1 - p) with p = sigmoid(logit), for a target t from 0 to 1.

    The logit is the score itself, so the net's output stays "linear": a sigmoid there would count twice.

    Computed from the logit as softplus(logit) - t * logit, which does not overflow.

    >>> binary_cross_entropy(Value(0.0), 1)
    Value(0.693147, op=sub)
    """
    if not is_number(target) or (is_known(target) and not 0 <= target <= 1):
        raise ArgumentError(f"binary_cross_entropy: the target is {target!r}; it needs a number from 0 to 1")
    logit = _single(logit, "binary_cross_entropy")
    return softplus(logit) - _number(target) * logit


def cross_entropy(scores: Sequence[Any], target: int) -> Any:
    """-log softmax(scores)[target], for the index of the right class.

    Computed from the scores as logsumexp(scores) - scores[target], which does not overflow.

    >>> cross_entropy([Value(2.0), Value(2.0)], 0)
    Value(0.693147, op=sub)
    """
    if not hasattr(scores, "__len__") or not len(scores):
        raise ShapeError(f"cross_entropy takes a list of scores, one for each class, got {scores!r}")
    whole = is_number(target) and not isinstance(target, bool)
    if not whole or (is_known(target) and not (0 <= target < len(scores) and target == int(target))):
        raise ArgumentError(
            f"cross_entropy: the target is {target!r}; it needs the index of a class, from 0 to {len(scores) - 1}"
        )
    return logsumexp(scores) - pick(scores, _number(target))


def l2_penalty(parameters: Sequence[Any], strength: float) -> Any:
    """strength * the sum of p^2 over the parameters, to be added to a loss (no 1/2).

    >>> l2_penalty([Value(3.0), Value(4.0)], 0.01)
    Value(0.25, op=mul)
    """
    if not isinstance(parameters, Iterable):
        raise ArgumentError(f"l2_penalty takes a list of parameters, got {parameters!r}; pass model.parameters()")
    if not is_number(strength) or (is_known(strength) and not strength >= 0):
        raise ArgumentError(f"l2_penalty: the strength is {strength!r}; it needs a number of at least 0")
    row = tuple(parameters)
    return _number(strength) * dot(row, row)


def accuracy(output: Any, target: Any) -> float:
    """1.0 if the largest score is the target's (or a single score has the target's sign), else 0.0.

    A single score above 0 stands for targets above 0; it is the score itself, not a probability.

    >>> accuracy([0.1, 0.7, 0.2], 1), accuracy(-0.3, 1)
    (1.0, 0.0)
    """
    if hasattr(output, "__len__"):
        if not len(output):
            raise ShapeError("accuracy: there are no scores; it needs one for each class")
        scores = [float(score) for score in output]
        return float(scores.index(max(scores)) == target)
    return float((float(output) > 0) == (target > 0))


def _number(x: Any) -> Any:
    """A Value as it is, so that it stays in the graph; anything else as a float, which is faster to multiply with."""
    return x if isinstance(x, Value) else float(x)


def _sum_of_squares(ys: tuple[Any, ...], ts: tuple[Any, ...]) -> Any:
    errors = [y - t for y, t in zip(ys, ts, strict=True)]
    return errors[0] * errors[0] if len(errors) == 1 else sum([error * error for error in errors])


def _paired(outputs: Any, targets: Any, what: str) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    ys, ts = _row(outputs), _row(targets)
    if len(ys) != len(ts) or not ys:
        raise ShapeError(f"{what}: {len(ys)} outputs but {len(ts)} targets; it needs one target for each output")
    return ys, ts


def _row(xs: Any) -> tuple[Any, ...]:
    """A list or array as a tuple, and a single number as a tuple of one."""
    if isinstance(xs, np.ndarray):
        return tuple(xs.reshape(-1).tolist())
    return tuple(xs) if hasattr(xs, "__len__") else (xs,)


def _single(score: Any, what: str) -> Any:
    if not is_number(score):
        got = f"{len(score)} in a list" if isinstance(score, (list, tuple)) else repr(score)
        raise ShapeError(f"{what} takes one score, got {got}; end the net with one output, or use cross_entropy")
    return score
