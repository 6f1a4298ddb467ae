"""The LSTM: one input, 16 hidden units, 20 steps, squared error of a linear output after the last step, SGD.

Source: Hochreiter & Schmidhuber, "Long short-term memory", 1997, with the forget gate of Gers et al., 2000.
"""

from typing import Any

import numpy as np

from autograd import Parameter, ParameterVector, dot, mean, sigmoid, tanh, vmap

from .by_hand import ByHand
from .problem import Descent, Problem, Scalar

HIDDEN, STEPS, BATCH = 16, 20, 16
GATES = 4 * HIDDEN
"""Input, forget and output gates and the candidates, in this order."""
SIGMOIDS = 3 * HIDDEN
RATE = 0.01


def lstm_problem() -> Problem:
    """The problem."""
    rng = np.random.default_rng(1)
    return Problem(
        title=f"LSTM {HIDDEN}, {STEPS} steps, batch {BATCH}",
        scalar=_scalar,
        data=(rng.normal(size=(BATCH, STEPS)), rng.normal(size=BATCH)),
        by_hand=LstmByHand,
        jax_loss=_jax_loss,
        torch_loss=_torch_loss,
        descent=Descent(RATE),
    )


def _scalar() -> Scalar:
    rng = np.random.default_rng(2)
    gates = [ParameterVector(rng.normal(size=1 + HIDDEN) / HIDDEN**0.5) for _ in range(GATES)]
    offsets = [Parameter(float(HIDDEN <= k < 2 * HIDDEN)) for k in range(GATES)]  # the forget gates start open
    readout, bias = ParameterVector(rng.normal(size=HIDDEN) / HIDDEN**0.5), Parameter(0.0)

    def example_loss(xs: Any, target: Any) -> Any:
        h, c = [0.0] * HIDDEN, [0.0] * HIDDEN
        for t in range(STEPS):
            sums = [dot(w, [xs[t], *h], b) for w, b in zip(gates, offsets, strict=True)]
            enter, keep, show = ([sigmoid(s) for s in sums[k : k + HIDDEN]] for k in (0, HIDDEN, 2 * HIDDEN))
            candidates = [tanh(s) for s in sums[SIGMOIDS:]]
            c = [k * old + e * new for k, old, e, new in zip(keep, c, enter, candidates, strict=True)]
            h = [s * tanh(x) for s, x in zip(show, c, strict=True)]
        return (dot(readout, h, bias) - target) ** 2

    def loss(xs: Any, ys: Any) -> Any:
        return mean(vmap(example_loss)(xs, ys))

    parameters = {
        "gates": np.array([list(w) for w in gates], dtype=object).T,
        "offsets": np.array(offsets, dtype=object),
        "readout": np.array(list(readout), dtype=object),
        "bias": np.array([bias], dtype=object),
    }
    rows = [*zip(gates, offsets, strict=True), (readout, bias)]
    return Scalar(loss, parameters, [p for row, b in rows for p in (*row, b)])


class LstmByHand(ByHand):
    """In NumPy: one product per step and direction, and one over all steps for the gradient of the gates' weights.

    sigmoid(z) is (1 + tanh(z / 2)) / 2, so that all gates of a step are one call of tanh.
    """

    def prepare(self) -> None:
        xs, self.targets = self.data
        self.xs = xs.T
        self.inputs = self.empty(STEPS, BATCH, 1 + HIDDEN)
        self.inputs[0, :, 1:] = 0
        self.gates, self.upstream = self.empty(STEPS, BATCH, GATES), self.empty(STEPS, BATCH, GATES)
        self.slopes = self.empty(STEPS, BATCH, GATES)
        self.cells, self.squashed = np.zeros((STEPS + 1, BATCH, HIDDEN), self.dtype), self.empty(STEPS, BATCH, HIDDEN)
        self.last, self.product = self.empty(BATCH, HIDDEN), self.empty(BATCH, HIDDEN)
        self.ones = np.ones(STEPS * BATCH, self.dtype)

    def loss(self) -> float:
        weights, gradients = self.weights, self.gradients
        self._forward()
        error = self.last @ weights["readout"]
        error += weights["bias"]
        error -= self.targets
        loss = error.dot(error) / BATCH
        error *= 2 / BATCH
        np.dot(error, self.last, out=gradients["readout"])
        gradients["bias"][0] = error.sum()
        self._backward(np.multiply.outer(error, weights["readout"]))
        upstream = self.upstream.reshape(STEPS * BATCH, GATES)
        np.dot(self.inputs.reshape(STEPS * BATCH, 1 + HIDDEN).T, upstream, out=gradients["gates"])
        np.dot(self.ones, upstream, out=gradients["offsets"])
        return loss

    def _forward(self) -> None:
        w, b, product = self.weights["gates"], self.weights["offsets"], self.product
        self.inputs[:, :, 0] = self.xs
        for t in range(STEPS):
            z = np.dot(self.inputs[t], w, out=self.gates[t])
            z += b
            sigmoids = z[:, :SIGMOIDS]
            sigmoids *= 0.5
            np.tanh(z, out=z)
            sigmoids *= 0.5
            sigmoids += 0.5
            cell = np.multiply(z[:, HIDDEN : 2 * HIDDEN], self.cells[t], out=self.cells[t + 1])
            cell += np.multiply(z[:, :HIDDEN], z[:, SIGMOIDS:], out=product)
            squashed = np.tanh(cell, out=self.squashed[t])
            h = self.inputs[t + 1, :, 1:] if t + 1 < STEPS else self.last
            np.multiply(z[:, 2 * HIDDEN : SIGMOIDS], squashed, out=h)

    def _backward(self, dh: np.ndarray) -> None:
        """Writes d loss / d sums of the gates into `upstream`; dh is d loss / d the last hidden units."""
        self._prepare_slopes()
        to_hidden, product = np.ascontiguousarray(self.weights["gates"][1:].T), self.product
        dc = np.zeros_like(dh)
        for t in range(STEPS - 1, -1, -1):
            gates, up = self.gates[t], self.upstream[t]
            dc += np.multiply(dh, self.through_cell[t], out=product)
            np.multiply(dc, gates[:, SIGMOIDS:], out=up[:, :HIDDEN])
            np.multiply(dc, self.cells[t], out=up[:, HIDDEN : 2 * HIDDEN])
            np.multiply(dh, self.squashed[t], out=up[:, 2 * HIDDEN : SIGMOIDS])
            np.multiply(dc, gates[:, :HIDDEN], out=up[:, SIGMOIDS:])
            up *= self.slopes[t]
            if t:
                np.dot(up, to_hidden, out=dh)
                dc *= gates[:, HIDDEN : 2 * HIDDEN]

    def _prepare_slopes(self) -> None:
        """What needs no step by step: the derivatives of all gates and of the squashed cells."""
        gates, slopes = self.gates, self.slopes
        np.multiply(gates, gates, out=slopes)
        np.subtract(gates[:, :, :SIGMOIDS], slopes[:, :, :SIGMOIDS], out=slopes[:, :, :SIGMOIDS])
        np.subtract(1, slopes[:, :, SIGMOIDS:], out=slopes[:, :, SIGMOIDS:])
        self.through_cell = 1 - self.squashed * self.squashed
        self.through_cell *= gates[:, :, 2 * HIDDEN : SIGMOIDS]


def _jax_loss(jax: Any, weights: Any, xs: Any, targets: Any) -> Any:
    jnp = jax.numpy

    def advance(state: Any, x: Any) -> Any:
        h, c = state
        sums = jnp.concatenate([x[:, None], h], axis=1) @ weights["gates"] + weights["offsets"]
        enter, keep, show = jnp.split(jax.nn.sigmoid(sums[:, :SIGMOIDS]), 3, axis=1)
        c = keep * c + enter * jnp.tanh(sums[:, SIGMOIDS:])
        return (show * jnp.tanh(c), c), None

    start = jnp.zeros((len(xs), HIDDEN), xs.dtype)
    (h, _), _ = jax.lax.scan(advance, (start, start), xs.T)
    return ((h @ weights["readout"] + weights["bias"] - targets) ** 2).mean()


def _torch_loss(torch: Any, weights: Any, xs: Any, targets: Any) -> Any:
    start = torch.zeros((1, len(xs), HIDDEN), dtype=xs.dtype)
    order = [weights["gates"][:, k : k + HIDDEN] for k in (0, HIDDEN, SIGMOIDS, 2 * HIDDEN)]
    w = torch.cat(order, dim=1).T
    b = weights["offsets"]
    b = torch.cat([b[: 2 * HIDDEN], b[SIGMOIDS:], b[2 * HIDDEN : SIGMOIDS]])
    arrays = [w[:, :1], w[:, 1:], b, torch.zeros_like(b)]
    outputs, _, _ = torch.lstm(xs.T[:, :, None], (start, start), arrays, True, 1, 0.0, True, False, False)
    return ((outputs[-1] @ weights["readout"] + weights["bias"] - targets) ** 2).mean()
