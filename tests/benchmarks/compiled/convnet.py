"""The convnet: images of 8x8, four 3x3 filters without padding, relu, a dense layer to 10 classes, SGD."""

from typing import Any

import numpy as np

from autograd import Parameter, ParameterVector, dot, logsumexp, mean, pick, vmap

from .by_hand import ByHand, SoftmaxCrossEntropy
from .dense import CLASSES, jax_cross_entropy
from .problem import Descent, Problem, Scalar

SIZE, FILTERS, WIDTH, BATCH = 8, 4, 3, 32
POSITIONS = SIZE - WIDTH + 1
FEATURES = POSITIONS * POSITIONS * FILTERS
RATE = 0.01


def convnet_problem() -> Problem:
    """The problem."""
    rng = np.random.default_rng(1)
    return Problem(
        title=f"convnet 8x8, 4 filters, batch {BATCH}",
        scalar=_scalar,
        data=(rng.normal(size=(BATCH, SIZE, SIZE)), rng.integers(CLASSES, size=BATCH)),
        by_hand=ConvnetByHand,
        jax_loss=_jax_loss,
        torch_loss=_torch_loss,
        descent=Descent(RATE),
    )


def _scalar() -> Scalar:
    rng = np.random.default_rng(2)
    kernels = [ParameterVector(rng.normal(size=WIDTH * WIDTH) / WIDTH) for _ in range(FILTERS)]
    offsets = [Parameter(0.0) for _ in range(FILTERS)]
    weights = [ParameterVector(rng.normal(size=FEATURES) / FEATURES**0.5) for _ in range(CLASSES)]
    biases = [Parameter(0.0) for _ in range(CLASSES)]

    def example_loss(image: Any, label: Any) -> Any:
        features = []
        for r in range(POSITIONS):
            for c in range(POSITIONS):
                window = [image[r + i][c + j] for i in range(WIDTH) for j in range(WIDTH)]
                features += [dot(kernel, window, b).relu() for kernel, b in zip(kernels, offsets, strict=True)]
        scores = [dot(w, features, b) for w, b in zip(weights, biases, strict=True)]
        return logsumexp(scores) - pick(scores, label)

    def loss(images: Any, labels: Any) -> Any:
        return mean(vmap(example_loss)(images, labels))

    parameters = {
        "kernels": np.array([list(kernel) for kernel in kernels], dtype=object).T,
        "offsets": np.array(offsets, dtype=object),
        "w": np.array([list(w) for w in weights], dtype=object).T,
        "b": np.array(biases, dtype=object),
    }
    rows = [*zip(kernels, offsets, strict=True), *zip(weights, biases, strict=True)]
    return Scalar(loss, parameters, [p for row, bias in rows for p in (*row, bias)])


class ConvnetByHand(ByHand):
    """In NumPy: the windows are copied out of the images into rows, so that the convolution is one product."""

    def prepare(self) -> None:
        images, labels = self.data
        self.windows = np.lib.stride_tricks.sliding_window_view(images, (WIDTH, WIDTH), (1, 2))
        self.rows = self.empty(BATCH * POSITIONS * POSITIONS, WIDTH * WIDTH)
        self.rows_as_windows = self.rows.reshape(self.windows.shape)
        self.maps, self.alive = self.empty(len(self.rows), FILTERS), np.empty((len(self.rows), FILTERS), bool)
        self.features, self.upstream = self.maps.reshape(BATCH, FEATURES), self.empty(BATCH, FEATURES)
        self.scores = self.empty(BATCH, CLASSES)
        self.ones = np.ones(len(self.rows), self.dtype)
        self.cross_entropy = SoftmaxCrossEntropy(self, labels)

    def loss(self) -> float:
        weights, gradients, maps, scores = self.weights, self.gradients, self.maps, self.scores
        np.copyto(self.rows_as_windows, self.windows)
        np.dot(self.rows, weights["kernels"], out=maps)
        maps += weights["offsets"]
        np.maximum(maps, 0, out=maps)
        np.dot(self.features, weights["w"], out=scores)
        scores += weights["b"]
        loss = self.cross_entropy(scores)
        np.dot(self.features.T, scores, out=gradients["w"])
        np.dot(self.ones[:BATCH], scores, out=gradients["b"])
        np.dot(scores, weights["w"].T, out=self.upstream)
        upstream = self.upstream.reshape(maps.shape)
        upstream *= np.greater(maps, 0, out=self.alive)
        np.dot(self.rows.T, upstream, out=gradients["kernels"])
        np.dot(self.ones, upstream, out=gradients["offsets"])
        return loss


def _jax_loss(jax: Any, weights: Any, images: Any, labels: Any) -> Any:
    kernels = weights["kernels"].reshape(WIDTH, WIDTH, 1, FILTERS)
    layout = ("NHWC", "HWIO", "NHWC")
    maps = jax.lax.conv_general_dilated(images[..., None], kernels, (1, 1), "VALID", dimension_numbers=layout)
    features = jax.nn.relu(maps + weights["offsets"]).reshape(len(images), FEATURES)
    return jax_cross_entropy(jax, features @ weights["w"] + weights["b"], labels)


def _torch_loss(torch: Any, weights: Any, images: Any, labels: Any) -> Any:
    kernels = weights["kernels"].T.reshape(FILTERS, 1, WIDTH, WIDTH)
    maps = torch.relu(torch.nn.functional.conv2d(images[:, None], kernels, weights["offsets"]))
    features = maps.permute(0, 2, 3, 1).reshape(len(images), FEATURES)
    return torch.nn.functional.cross_entropy(torch.addmm(weights["b"], features, weights["w"]), labels)
