"""For each batch: gradients to zero, backward, and a step of the annealed size."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from autograd import Value


def annealed(lr: float, step: int, half_after: float) -> float:
    """The learning rate of this step; the first step is step 0."""
    return lr / (1 + step / half_after)


def descend(
    loss: Callable[[Any], Value], parameters: Sequence[Value], batches: Iterable[Any], lr: float, half_after: float
) -> None:
    """Moves the parameters, one step against the gradient of the loss for each batch, with the annealed rate."""
    for step, batch in enumerate(batches):
        for p in parameters:
            p.grad = 0.0
        loss(batch).backward()
        for p in parameters:
            p.data -= annealed(lr, step, half_after) * p.grad
