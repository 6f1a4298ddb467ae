"""fit: the gradient-descent loop, and the record of what happened in it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from autograd import ArgumentError, DomainError, Value, collector_paused

from .checks import generator, whole
from .data import batches
from .errors import TrainingDiverged
from .module import Module, modes_kept
from .objectives import Loss, Objective, batch_loss, compiled_objective, predictor
from .optim import Optimizer

Examples: TypeAlias = tuple[Any, Any]
"""Inputs and their targets, as two lists or arrays of equal length."""


@dataclass(frozen=True)
class Step:
    """One move of the parameters: the mean loss of its batch and the length of the gradient before the move."""

    step: int
    epoch: int
    loss: float
    learning_rate: float
    gradient_norm: float


@dataclass(frozen=True)
class Epoch:
    """One pass through the data: the mean of its steps' losses, and the metrics on the validation set after it."""

    epoch: int
    loss: float
    metrics: dict[str, float]


@dataclass(repr=False)
class History:
    """What happened in `fit`: a Step for each step, an Epoch for each whole epoch."""

    steps: list[Step] = field(default_factory=list)
    epochs: list[Epoch] = field(default_factory=list)
    interrupted: bool = False

    def __repr__(self) -> str:
        loss = f", loss {self.steps[0].loss:.4g} -> {self.steps[-1].loss:.4g}" if self.steps else ""
        return f"History({len(self.epochs)} epochs, {len(self.steps)} steps{loss})"

    @property
    def loss(self) -> list[float]:
        """The batch loss of each step."""
        return [step.loss for step in self.steps]

    @property
    def learning_rate(self) -> list[float]:
        """The learning rate of each step."""
        return [step.learning_rate for step in self.steps]

    @property
    def gradient_norm(self) -> list[float]:
        """The Euclidean length of the gradient at each step."""
        return [step.gradient_norm for step in self.steps]

    @property
    def metrics(self) -> dict[str, list[float]]:
        """The validation metrics by name, one number for each epoch."""
        names = self.epochs[0].metrics if self.epochs else {}
        return {name: [epoch.metrics[name] for epoch in self.epochs] for name in names}


def fit(
    model: Module,
    loss: Loss,
    data: Examples,
    optimizer: Optimizer,
    epochs: int = 1,
    batch_size: int = 32,
    validation: Examples | None = None,
    seed: int = 0,
    on_step: Callable[[Step], Any] | None = None,
    on_epoch: Callable[[Epoch], Any] | None = None,
    metrics: Mapping[str, Callable[[Any, Any], float]] | None = None,
    jit: bool = True,
) -> History:
    """The history of training `model` to a small mean of `loss(model(x), y)` over the examples `data = (xs, ys)`.

    Each epoch goes once through the data in an order drawn from `seed`, in batches; each batch is one step of the
    optimiser. After an epoch the loss and the `metrics` are measured on `validation`. `on_step` and `on_epoch` are
    called with each Step and Epoch.

    The loss of a batch is compiled by `autograd.jit`; what cannot be compiled (an `if` on a number in the model or
    the loss) is computed as it stands, with a warning. `jit=False` does so in any case, so that the graph of each step
    can be looked at; the garbage collector is then paused while it is alive.

    A method of every Module too: `model.fit(loss, data, optimizer, ...)` is `fit(model, loss, data, optimizer, ...)`.

    Ctrl-C ends it: the model is whole and the history so far is returned, `interrupted` being True. Raises
    TrainingDiverged when the loss or a gradient is no longer finite, or would make a parameter so.

    >>> from nets import MLP, SGD, squared_error
    >>> model = MLP(1, [1], seed=0)
    >>> history = fit(model, squared_error, ([[0.0], [1.0]], [1.0, 3.0]), SGD(model.parameters(), lr=0.5), epochs=50)
    >>> round(history.loss[-1], 4), round(float(model([2.0])), 1)
    (0.0, 5.0)
    """
    xs, ys = _examples(data, "fit: data")
    held_out = None if validation is None else _examples(validation, "fit: validation")
    measures = {"loss": loss, **_metrics(metrics or {})}
    _refuse_what_does_not_fit(model, loss, optimizer, metrics, held_out)
    _refuse_unless_bool("fit: jit", jit)
    whole("fit: epochs", epochs)
    whole("fit: batch_size", batch_size)
    rng = generator(seed=seed)
    history = History()
    with modes_kept(model):
        try:
            objective = compiled_objective(model, loss, xs, ys) if jit else partial(batch_loss, model, loss)
            predict = None if held_out is None else predictor(model, held_out[0], jit)
            for epoch in range(epochs):
                model.train()
                mean = _pass_through(batches(xs, ys, batch_size, rng), objective, optimizer, history, epoch, on_step)
                measured = _measured(model, predict, held_out, measures) if predict and held_out else {}
                history.epochs.append(Epoch(epoch, mean, measured))
                if on_epoch:
                    on_epoch(history.epochs[-1])
        except KeyboardInterrupt:
            history.interrupted = True
    return history


def _pass_through(
    examples: Iterable[Examples],
    objective: Objective,
    optimizer: Optimizer,
    history: History,
    epoch: int,
    on_step: Callable[[Step], Any] | None,
) -> float:
    """The mean loss of an epoch, after a step for each of these batches."""
    first_step = len(history.steps)
    for batch in examples:
        history.steps.append(_descend(objective, batch, optimizer, len(history.steps), epoch))
        if on_step:
            on_step(history.steps[-1])
    return float(np.mean(history.loss[first_step:]))


def evaluate(
    model: Module, data: Examples, metrics: Mapping[str, Callable[[Any, Any], Any]], jit: bool = True
) -> dict[str, float]:
    """The mean of each metric(model(x), y) over the examples, by name; the model is in eval mode meanwhile.

    The model is compiled by `autograd.jit` where that is possible, unless `jit=False`. A method of every Module too:

    >>> from nets import MLP, SGD, mse
    >>> model, data = MLP(1, [1], seed=0), ([[0.0], [1.0]], [1.0, 3.0])
    >>> history = model.fit(mse, data, SGD(model.parameters(), lr=0.5), epochs=50)
    >>> model.evaluate(data, {"mse": mse})["mse"] < 1e-6 < history.loss[0]
    True
    """
    xs, ys = _examples(data, "evaluate: data")
    _refuse_unless_bool("evaluate: jit", jit)
    if not isinstance(model, Module):
        raise ArgumentError(
            f"evaluate measures a Module such as an MLP, got {model!r}; make a class of it (see Module)"
        )
    return _measured(model, predictor(model, xs, jit), (xs, ys), _metrics(metrics))


Module.fit = fit
Module.evaluate = evaluate


def _measured(
    model: Module,
    predict: Callable[[Any], Iterable[Any]],
    data: Examples,
    metrics: Mapping[str, Callable[[Any, Any], Any]],
) -> dict[str, float]:
    """The mean of each metric over the examples, given a function from inputs to the model's outputs for them."""
    xs, ys = data
    totals = dict.fromkeys(metrics, 0.0)
    with modes_kept(model):
        model.eval()
        for output, y in zip(predict(xs), ys, strict=True):
            for name, metric in metrics.items():
                totals[name] += float(metric(output, y))
    return {name: total / len(xs) for name, total in totals.items()}


def _refuse_unless_bool(what: str, x: Any) -> None:
    if not isinstance(x, bool):
        raise ArgumentError(f"{what} is {x!r}; it needs to be True or False")


def _descend(objective: Objective, batch: Examples, optimizer: Optimizer, step: int, epoch: int) -> Step:
    """One step of the optimiser. If it would leave the finite numbers nothing is moved: TrainingDiverged."""
    rate = optimizer.learning_rate
    last_gradient = optimizer.flat.grad.copy()
    try:
        with collector_paused():
            reached = _differentiated(objective, batch, optimizer)
    except DomainError as error:
        if step == 0:  # nothing has been moved yet, so it is not the descent that went wrong
            raise
        raise _diverged(str(error), step, rate, last_gradient, batch) from error
    gradient = np.where(optimizer.flat.frozen, 0.0, optimizer.flat.grad)
    if not np.isfinite(reached):
        raise _diverged(f"the loss is {reached:g}", step, rate, gradient, batch)
    if not np.all(np.isfinite(gradient)):
        raise _diverged("a gradient is not finite", step, rate, gradient, batch)
    move = optimizer.propose()
    if not np.all(np.isfinite(move.data)):
        raise _diverged("the new parameters would not be finite", step, rate, gradient, batch)
    optimizer.commit(move)
    return Step(step, epoch, reached, rate, _length(gradient))


def _differentiated(objective: Objective, batch: Examples, optimizer: Optimizer) -> float:
    """The loss on the batch, its gradients being those of the parameters; the graph is gone on return."""
    total = objective(*batch)
    if not isinstance(total, Value):
        raise ArgumentError(f"fit: the loss came out as {total!r}, a plain number; make it of model(x)")
    optimizer.zero_grad()
    total.backward()
    return total.data


def _diverged(what: str, step: int, rate: float, gradient: np.ndarray, batch: Examples) -> TrainingDiverged:
    largest = float(np.max(np.abs(gradient)))
    advice = (
        f"Try a learning rate of {rate / 10:g}, a schedule that lowers it, or inputs scaled to about -1 to 1."
        if all(map(_is_finite, batch))
        else "There is a NaN or an infinity in the inputs or targets of this batch: mend the data."
    )
    return TrainingDiverged(
        f"training diverged at step {step}: {what} (learning rate {rate:g}, largest gradient {largest:g}). "
        f"The parameters are those from before this step. {advice}"
    )


def _is_finite(part: Any) -> bool:
    """Whether all numbers in a batch's inputs or targets are finite; what is no array of numbers passes."""
    try:
        return bool(np.all(np.isfinite(np.asarray(part, dtype=np.float64))))
    except (TypeError, ValueError):
        return True


def _length(gradient: np.ndarray) -> float:
    """The Euclidean norm, scaled so that squaring does not overflow."""
    largest = float(np.max(np.abs(gradient)))
    return largest * math.sqrt(np.add.reduce((gradient / largest) ** 2)) if largest else 0.0


def _refuse_what_does_not_fit(model: Any, loss: Any, optimizer: Any, metrics: Any, held_out: Any) -> None:
    if not isinstance(model, Module):
        raise ArgumentError(f"fit trains a Module such as an MLP, got {model!r}; make a class of it (see Module)")
    if not callable(loss):
        raise ArgumentError(f"fit: the loss is {loss!r}; pass a function such as squared_error or cross_entropy")
    if not isinstance(optimizer, Optimizer):
        raise ArgumentError(f"fit: the optimizer is {optimizer!r}; pass SGD(model.parameters(), lr=0.1) or another")
    if not set(model.parameters()) & set(optimizer.flat.parameters):
        raise ArgumentError("fit: the optimizer holds no parameter of this model; make it from model.parameters()")
    if "loss" in (metrics or {}):
        raise ArgumentError("fit: the loss is measured under the name 'loss' anyway; give the metric another name")
    if metrics and held_out is None:
        raise ArgumentError("fit: metrics are measured on the validation set; give validation=(xs, ys) as well")


def _examples(data: Any, name: str) -> Examples:
    if not isinstance(data, (tuple, list)) or len(data) != 2:
        got = f"a {type(data).__name__} of {len(data)}" if isinstance(data, (tuple, list)) else type(data).__name__
        raise ArgumentError(f"{name} needs to be a pair (xs, ys), got {got}")
    xs, ys = data
    for part in (xs, ys):
        if not hasattr(part, "__len__"):
            raise ArgumentError(f"{name} needs to be a pair of lists or arrays, got {part!r} in it")
    if len(xs) != len(ys) or not len(xs):
        raise ArgumentError(f"{name} has {len(xs)} inputs and {len(ys)} targets; it needs one target for each")
    return xs, ys


def _metrics(metrics: Any) -> Mapping[str, Callable[[Any, Any], Any]]:
    if not isinstance(metrics, Mapping) or not all(map(callable, metrics.values())):
        raise ArgumentError(f'metrics are {metrics!r}; name each, such as {{"accuracy": accuracy}}')
    return metrics
