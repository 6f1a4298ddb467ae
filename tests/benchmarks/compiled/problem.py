"""Problem: one training step as data, the same for all who take it, and what each of them starts from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import Parameter

if TYPE_CHECKING:
    from .by_hand import ByHand

Arrays = dict[str, np.ndarray]
"""Numbers (weights, or gradients in them) by name, in the shapes that all variants use."""


@dataclass(frozen=True)
class Descent:
    """How the weights move: plain SGD, or Adam with the usual constants."""

    rate: float
    adam: bool = False
    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = 1e-8


@dataclass(frozen=True)
class Scalar:
    """The step on single Values: the loss as a function of the data, and the parameters it is made of."""

    loss: Callable[..., Any]
    parameters: Arrays
    """Arrays of Parameters, shaped as in the other variants."""
    trained: Sequence[Parameter]
    """The same in the order in which a user lists them: neuron by neuron, row by row."""

    def read(self, attribute: str) -> Arrays:
        """The `data` or the `grad` of the parameters."""
        return {
            name: np.array([getattr(p, attribute) for p in array.flat]).reshape(array.shape)
            for name, array in self.parameters.items()
        }


@dataclass(frozen=True)
class Problem:
    """One step: loss, gradients, update. All variants start from the numbers of what `scalar` makes."""

    title: str
    scalar: Callable[[], Scalar]
    """A new model, the same each time."""
    data: tuple[np.ndarray, ...]
    by_hand: "type[ByHand]"
    jax_loss: Callable[..., Any]
    """From the module jax, the weights by name, and the data."""
    torch_loss: Callable[..., Any]
    """From the module torch, the weights by name, and the data."""
    descent: Descent
    micrograd: bool = False
    """Whether it is the step that `net_jobs.moons_job` takes on micrograd."""

    def data_as(self, dtype: str) -> tuple[np.ndarray, ...]:
        """The data with all that is not whole numbers in that precision."""
        return tuple(array.astype(dtype) if array.dtype.kind == "f" else array for array in self.data)
