"""Batches: the sum of partial derivatives

The cost of a batch of examples is the sum of the costs of its examples, and
the derivative of a sum is the sum of the derivatives. So whoever can
differentiate for one example can do it for a batch.

Here the net is one linear neuron, y = w_1 x_1 + ... + w_n x_n + b, and the
cost of an example is E = 1/2 (y - t)^2. For one example `example_gradient`
gives the derivatives, and it is right as it stands. Write

- `batch_gradient`: the derivatives of the summed cost of all examples, from
  the same w and b. They stay as they are: a step is taken when the batch is
  through, not within it.
- `batches`: the examples cut into batches of `size`, in their order. Where
  they do not come out even, the last batch is smaller; no example is lost.

>>> examples = [([1.0, 2.0], 3.0), ([0.0, 1.0], 2.0)]
>>> example_gradient([1.0, 2.0], 3.0, w=[1.0, 0.0], b=0.0)
([-2.0, -4.0], -2.0)
>>> batch_gradient(examples, w=[1.0, 0.0], b=0.0)
([-2.0, -6.0], -4.0)
>>> batches([1, 2, 3, 4, 5], 2)
[[1, 2], [3, 4], [5]]

Two laws to try your answer with: the order of the examples does not matter,
and what two halves of a batch give adds up to what the whole gives. The
lessons beside it: `python -m demos backprop`, `python -m demos descent`.
"""

from collections.abc import Sequence
from typing import Any

Example = tuple[Sequence[float], float]


def example_gradient(x: Sequence[float], t: float, w: Sequence[float], b: float) -> tuple[list[float], float]:
    """dE/dw for each weight, and dE/db, for the one example with inputs x and target t."""
    y = sum(w_k * x_k for w_k, x_k in zip(w, x, strict=True)) + b
    return [(y - t) * x_k for x_k in x], y - t


def batch_gradient(examples: Sequence[Example], w: Sequence[float], b: float) -> tuple[list[float], float]:
    """The derivatives of the summed cost of these examples, in each weight and in b."""
    raise NotImplementedError


def batches(examples: Sequence[Any], size: int) -> list[Sequence[Any]]:
    """The examples in batches of `size`; the last one may be smaller."""
    raise NotImplementedError
