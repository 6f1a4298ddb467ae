"""The classifiers: MLP 784-50-10 and 784-128-64-10 with softmax cross-entropy, SGD."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import logsumexp, mean, pick, vmap
from nets import MLP, Layer

from .by_hand import ByHand, Dense, SoftmaxCrossEntropy
from .problem import Arrays, Descent, Problem, Scalar

CLASSES = 10
RATE = 0.01


def classifier_problem(widths: Sequence[int], batch: int, lifted: bool = True) -> Problem:
    """The problem; `lifted` writes the batch with vmap, otherwise it is a list."""
    rng = np.random.default_rng(1)
    images = rng.random((batch, widths[0])) * (rng.random((batch, widths[0])) < 0.2)  # most pixels are 0, as in digits

    def scalar() -> Scalar:
        model = MLP(widths[0], list(widths[1:]), seed=1)

        def example_loss(x: Any, y: Any) -> Any:
            scores = model(x)
            return logsumexp(scores) - pick(scores, y)

        def loss(xs: Any, ys: Any) -> Any:
            if lifted:
                return mean(vmap(example_loss)(xs, ys))
            return mean([example_loss(x, y) for x, y in zip(xs, ys, strict=True)])

        return Scalar(loss, dense_parameters(model), model.parameters())

    return Problem(
        title=f"MLP {'-'.join(map(str, widths))}, batch {batch}",
        scalar=scalar,
        data=(images, rng.integers(CLASSES, size=batch)),
        by_hand=ClassifierByHand,
        jax_loss=_jax_loss,
        torch_loss=_torch_loss,
        descent=Descent(RATE),
    )


def dense_layers(model: MLP) -> list[Layer]:
    """The layers of an MLP, all of which are of class Layer."""
    return [layer for layer in model.layers if isinstance(layer, Layer)]


def dense_parameters(model: MLP) -> Arrays:
    """The Parameters of an MLP: w1, b1, w2, ..., each w of shape (inputs, outputs)."""
    arrays: Arrays = {}
    for k, layer in enumerate(dense_layers(model), 1):
        arrays[f"w{k}"] = np.array([list(neuron.w) for neuron in layer.neurons], dtype=object).T
        arrays[f"b{k}"] = np.array([neuron.b for neuron in layer.neurons], dtype=object)
    return arrays


class ClassifierByHand(ByHand):
    """In NumPy."""

    def prepare(self) -> None:
        self.x, labels = self.data
        self.net = Dense(self, range(1, len(self.weights) // 2 + 1), len(labels))
        self.cross_entropy = SoftmaxCrossEntropy(self, labels)

    def loss(self) -> float:
        scores = self.net.forward(self.x)
        loss = self.cross_entropy(scores)
        self.net.backward(scores)
        return loss


def _jax_loss(jax: Any, weights: Any, x: Any, y: Any) -> Any:
    layers = len(weights) // 2
    for k in range(1, layers):
        x = jax.nn.relu(x @ weights[f"w{k}"] + weights[f"b{k}"])
    scores = x @ weights[f"w{layers}"] + weights[f"b{layers}"]
    return jax_cross_entropy(jax, scores, y)


def jax_cross_entropy(jax: Any, scores: Any, labels: Any) -> Any:
    """The mean of -log softmax(scores)[label]."""
    right = jax.numpy.take_along_axis(scores, labels[:, None], axis=1)[:, 0]
    return (jax.nn.logsumexp(scores, axis=1) - right).mean()


def _torch_loss(torch: Any, weights: Any, x: Any, y: Any) -> Any:
    layers = len(weights) // 2
    for k in range(1, layers):
        x = torch.relu(torch.addmm(weights[f"b{k}"], x, weights[f"w{k}"]))
    scores = torch.addmm(weights[f"b{layers}"], x, weights[f"w{layers}"])
    return torch.nn.functional.cross_entropy(scores, y)
