"""What the steps in hand-written NumPy have in common: flat weights, the update, dense layers.

They are the bar that compiled steps are measured against, so they are written to be fast: buffers are allocated once,
results go where they are needed with `out=`, sums over a batch are products with a vector of ones.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np

from .problem import Arrays, Descent


class ByHand(ABC):
    """Weights and gradients as views into one flat array each, moved in place."""

    def __init__(self, weights: Arrays, data: Sequence[np.ndarray], descent: Descent, dtype: str) -> None:
        self.flat = np.concatenate([array.ravel() for array in weights.values()]).astype(dtype)
        self.flat_gradient = np.zeros_like(self.flat)
        self.weights = _views(self.flat, weights)
        self.gradients = _views(self.flat_gradient, weights)
        self.data, self.dtype, self.descent = data, dtype, descent
        self._scratch, self._root = np.empty_like(self.flat), np.empty_like(self.flat)
        self._mean, self._square, self._steps = np.zeros_like(self.flat), np.zeros_like(self.flat), 0
        self.prepare()

    def empty(self, *shape: int) -> np.ndarray:
        """A new buffer."""
        return np.empty(shape, self.dtype)

    @abstractmethod
    def prepare(self) -> None:
        """Allocates the buffers."""

    @abstractmethod
    def loss(self) -> float:
        """The loss, with all of `gradients` written."""

    def step(self) -> None:
        """One step: loss, gradients, update."""
        self.loss()
        if self.descent.adam:
            self._adam()
        else:
            np.multiply(self.flat_gradient, self.descent.rate, out=self._scratch)
            self.flat -= self._scratch

    def _adam(self) -> None:
        """Kingma & Ba, 2015, with the order of computation that they give at the end of their section 2."""
        (b1, b2), gradient, scratch, root = self.descent.betas, self.flat_gradient, self._scratch, self._root
        self._steps += 1
        correction = (1 - b2**self._steps) ** 0.5
        self._mean *= b1
        self._mean += np.multiply(gradient, 1 - b1, out=scratch)
        self._square *= b2
        np.multiply(gradient, gradient, out=scratch)
        scratch *= 1 - b2
        self._square += scratch
        np.sqrt(self._square, out=root)
        root += self.descent.eps * correction
        np.divide(self._mean, root, out=scratch)
        scratch *= self.descent.rate * correction / (1 - b1**self._steps)
        self.flat -= scratch


class Dense:
    """A stack of dense layers, the last linear and the others with relu, forward and backward into their gradients."""

    def __init__(self, step: ByHand, layers: Sequence[int], batch: int) -> None:
        self.w = [step.weights[f"w{k}"] for k in layers]
        self.b = [step.weights[f"b{k}"] for k in layers]
        self.gw = [step.gradients[f"w{k}"] for k in layers]
        self.gb = [step.gradients[f"b{k}"] for k in layers]
        self.out = [step.empty(batch, w.shape[1]) for w in self.w]
        self.upstream = [step.empty(batch, w.shape[0]) for w in self.w]
        self.alive = [np.empty((batch, w.shape[0]), bool) for w in self.w]
        self.ones = np.ones(batch, step.dtype)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """The outputs of the last layer, to be overwritten by the caller as it likes."""
        last = len(self.w) - 1
        self.inputs = [x, *self.out[:-1]]
        for k, (x, w, b, out) in enumerate(zip(self.inputs, self.w, self.b, self.out, strict=True)):
            np.dot(x, w, out=out)
            out += b
            if k != last:
                np.maximum(out, 0, out=out)
        return self.out[last]

    def backward(self, upstream: np.ndarray, to_input: bool = False) -> np.ndarray:
        """d loss / d input if asked for; upstream is d loss / d output."""
        for k in range(len(self.w) - 1, -1, -1):
            np.dot(self.inputs[k].T, upstream, out=self.gw[k])
            np.dot(self.ones, upstream, out=self.gb[k])
            if k == 0 and not to_input:
                break
            below = np.dot(upstream, self.w[k].T, out=self.upstream[k])
            if k:
                below *= np.greater(self.inputs[k], 0, out=self.alive[k])
            upstream = below
        return upstream


class SoftmaxCrossEntropy:
    """The mean of -log softmax(scores)[label] over a batch."""

    def __init__(self, step: ByHand, labels: np.ndarray) -> None:
        self.rows, self.labels = np.arange(len(labels)), labels
        self.at_label = (self.rows, labels)

    def __call__(self, scores: np.ndarray) -> float:
        """The mean loss; the scores are overwritten by d loss / d scores."""
        scores -= scores.max(axis=1, keepdims=True)
        right = scores[self.at_label]
        np.exp(scores, out=scores)
        total = scores.sum(axis=1, keepdims=True)
        loss = float(np.log(total).sum() - right.sum()) / len(self.rows)
        scores /= total
        scores[self.at_label] -= 1
        scores *= 1 / len(self.rows)
        return loss


def _views(flat: np.ndarray, like: Arrays) -> Arrays:
    """Parts of the flat array in the shapes of the given ones."""
    views, start = {}, 0
    for name, array in like.items():
        views[name] = flat[start : start + array.size].reshape(array.shape)
        start += array.size
    return views
