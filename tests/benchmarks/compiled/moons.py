"""The two-moons step: MLP 2-16-16-1 on 100 points, hinge loss and an L2 penalty on all parameters, SGD."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import Parameter
from nets import MLP
from nets.data import moons

from ..net_jobs import ALPHA, LEARNING_RATE
from .by_hand import ByHand, Dense
from .dense import dense_layers, dense_parameters
from .problem import Descent, Problem, Scalar


def moons_problem(points: int = 100, elementary: bool = False) -> Problem:
    """The problem; `elementary` writes each neuron with * and + alone instead of one `dot`."""
    features, labels = moons(points, seed=1)
    how = ", elementary" if elementary else ""
    return Problem(
        title=f"moons 2-16-16-1, {points:,} points{how}",
        scalar=_elementary if elementary else _scalar,
        data=(features, 2.0 * labels - 1.0),
        by_hand=MoonsByHand,
        jax_loss=_jax_loss,
        torch_loss=_torch_loss,
        descent=Descent(LEARNING_RATE),
        micrograd=points == 100 and not elementary,
    )


# --- on Values -----------------------------------------------------------------------------------------------


def _scalar() -> Scalar:
    model = MLP(2, [16, 16, 1], seed=1)

    def loss(xs: Any, ys: Any) -> Any:
        losses = [(1.0 - model(x) * y).relu() for x, y in zip(xs, ys, strict=True)]
        return sum(losses) / len(losses) + ALPHA * sum(p * p for p in model.parameters())

    return Scalar(loss, dense_parameters(model), model.parameters())


def _elementary() -> Scalar:
    model = MLP(2, [16, 16, 1], seed=1)
    layers = dense_layers(model)

    def respond(x: Any) -> Any:
        for layer in layers:
            sums = [_weighted_sum(neuron.w, x, neuron.b) for neuron in layer.neurons]
            x = [s.relu() for s in sums] if layer is not layers[-1] else sums
        return x[0]

    def loss(xs: Any, ys: Any) -> Any:
        losses = [(1.0 - respond(x) * y).relu() for x, y in zip(xs, ys, strict=True)]
        return sum(losses) / len(losses) + ALPHA * sum(p * p for p in model.parameters())

    return Scalar(loss, dense_parameters(model), model.parameters())


def _weighted_sum(ws: Sequence[Parameter], xs: Sequence[Any], bias: Parameter) -> Any:
    total = bias
    for w, x in zip(ws, xs, strict=True):
        total = total + w * x
    return total


# --- by hand -------------------------------------------------------------------------------------------------


class MoonsByHand(ByHand):
    """In NumPy."""

    def prepare(self) -> None:
        self.x, y = self.data
        n = len(y)
        self.net = Dense(self, (1, 2, 3), n)
        self.y, self.minus_y, self.slope = y[:, np.newaxis], -y[:, np.newaxis] / n, self.empty(n, 1)

    def loss(self) -> float:
        margin = self.net.forward(self.x)
        margin *= self.y
        np.subtract(1, margin, out=margin)
        np.multiply(self.minus_y, margin > 0, out=self.slope)
        self.net.backward(self.slope)
        self.flat_gradient += np.multiply(self.flat, 2 * ALPHA, out=self._scratch)
        np.maximum(margin, 0, out=margin)
        return margin.sum() / len(margin) + ALPHA * self.flat.dot(self.flat)


# --- in jax and torch ----------------------------------------------------------------------------------------


def _jax_loss(jax: Any, weights: Any, x: Any, y: Any) -> Any:
    for k in (1, 2):
        x = jax.nn.relu(x @ weights[f"w{k}"] + weights[f"b{k}"])
    scores = (x @ weights["w3"] + weights["b3"])[:, 0]
    squares = sum((w * w).sum() for w in weights.values())
    return jax.nn.relu(1.0 - scores * y).mean() + ALPHA * squares


def _torch_loss(torch: Any, weights: Any, x: Any, y: Any) -> Any:
    for k in (1, 2):
        x = torch.relu(torch.addmm(weights[f"b{k}"], x, weights[f"w{k}"]))
    scores = torch.addmm(weights["b3"], x, weights["w3"])[:, 0]
    squares = sum((w * w).sum() for w in weights.values())
    return torch.relu(1.0 - scores * y).mean() + ALPHA * squares
