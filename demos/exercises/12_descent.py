"""Gradient descent with annealing

Learning is a loop. For each batch of examples: compute the loss, pass it
backward, and move every parameter a little against its gradient,

    w <- w - rate * dloss/dw.

It is *stochastic* since each batch gives only a rough idea of the slope for
all examples. Steps of a constant size keep being thrown about by that, so the
rate is annealed. Steps count from 0, and lr is the rate of the first:

    rate(step) = lr / (1 + step / half_after)

After `half_after` steps half of lr is left, after twice as many a third. Such
rates add up to infinity, so they can come from anywhere, while the sum of
their squares is finite, so the noise dies down: the conditions of H. Robbins
and S. Monro ("A stochastic approximation method", 1951).

Write `annealed`, and `descend`, which trains Values of the engine.
`loss(batch)` builds a new graph from the parameters and returns its root;
`backward()` on that adds into the `grad` of each parameter. To move a
parameter, change its `data`. One step for each batch; nothing is returned.

>>> annealed(0.5, 0, half_after=10), annealed(0.5, 10, half_after=10)
(0.5, 0.25)
>>> from autograd import Value
>>> w = Value(0.0)
>>> def loss(batch):
...     return 0.5 * (w - batch) ** 2      # its slope is w - batch
>>> descend(loss, [w], [4.0, 8.0], lr=0.5, half_after=1)
>>> w.data                                 # 0 - 0.5 * -4, then 2 - 0.25 * -6
3.5

The lesson beside it: `python -m demos descent`.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from autograd import Value


def annealed(lr: float, step: int, half_after: float) -> float:
    """The learning rate of this step; the first step is step 0."""
    raise NotImplementedError


def descend(
    loss: Callable[[Any], Value], parameters: Sequence[Value], batches: Iterable[Any], lr: float, half_after: float
) -> None:
    """Moves the parameters, one step against the gradient of the loss for each batch, with the annealed rate."""
    raise NotImplementedError
