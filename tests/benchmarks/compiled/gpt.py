"""A GPT of one block that reads one name of 7 letters: 16 dimensions, 4 heads, Adam.

The model is that of the scalar GPTs of about 200 lines: token and position embeddings, rmsnorm, causal attention, a
relu MLP four times as wide, no biases; cross-entropy of the next token at each of the 8 positions. Source: Radford et
al., "Language models are unsupervised multitask learners", 2019; rmsnorm: Zhang & Sennrich, 2019.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

import autograd
from autograd import ParameterVector, dot, logsumexp, mean, pick, softmax

from .by_hand import ByHand, SoftmaxCrossEntropy
from .dense import jax_cross_entropy
from .problem import Descent, Problem, Scalar

NAME = "charlie"
VOCABULARY = 27
"""The letters, and the mark before and after a name."""
DIMENSIONS, HEADS, INNER, POSITIONS = 16, 4, 64, len(NAME) + 1
PER_HEAD = DIMENSIONS // HEADS
SCALE = PER_HEAD**-0.5
EPS = 1e-5

Matrix = Sequence[ParameterVector]
"""One ParameterVector for each output."""


def gpt_problem() -> Problem:
    """The problem."""
    letters = [VOCABULARY - 1, *(ord(letter) - ord("a") for letter in NAME), VOCABULARY - 1]
    return Problem(
        title=f"GPT {DIMENSIONS}, 1 block, {len(NAME)} letters",
        scalar=_scalar,
        data=(np.array(letters[:-1]), np.array(letters[1:])),
        by_hand=GptByHand,
        jax_loss=_jax_loss,
        torch_loss=_torch_loss,
        descent=Descent(0.001, adam=True),
    )


# --- on Values -----------------------------------------------------------------------------------------------


def _scalar() -> Scalar:
    rng = np.random.default_rng(2)

    def matrix(nout: int, nin: int) -> Matrix:
        return [ParameterVector(rng.normal(0.0, 0.2, nin)) for _ in range(nout)]

    token_columns = matrix(DIMENSIONS, VOCABULARY)
    places = matrix(POSITIONS, DIMENSIONS)
    wq, wk, wv, wo = (matrix(DIMENSIONS, DIMENSIONS) for _ in range(4))
    fc1, fc2, head = matrix(INNER, DIMENSIONS), matrix(DIMENSIONS, INNER), matrix(VOCABULARY, DIMENSIONS)

    def scores(token: Any, position: int, keys: list[Any], values: list[Any]) -> list[Any]:
        embedded = [pick(column, token) for column in token_columns]
        x = _rmsnorm(_plus(embedded, places[position]))
        normed = _rmsnorm(x)
        q = _linear(wq, normed)
        keys.append(_linear(wk, normed))
        values.append(_linear(wv, normed))
        x = _plus(_linear(wo, _attention(q, keys, values)), x)
        hidden = [z.relu() for z in _linear(fc1, _rmsnorm(x))]
        return _linear(head, _plus(_linear(fc2, hidden), x))

    def loss(tokens: Any, targets: Any) -> Any:
        keys: list[Any] = []
        values: list[Any] = []
        losses = []
        for position in range(POSITIONS):
            logits = scores(tokens[position], position, keys, values)
            losses.append(logsumexp(logits) - pick(logits, targets[position]))
        return mean(losses)

    parameters = {
        "tokens": _array(token_columns).T,
        "places": _array(places),
        "qkv": _array([*wq, *wk, *wv]).T,
        "wo": _array(wo).T,
        "fc1": _array(fc1).T,
        "fc2": _array(fc2).T,
        "head": _array(head).T,
    }
    matrices = (token_columns, places, wq, wk, wv, wo, fc1, fc2, head)
    return Scalar(loss, parameters, [p for matrix in matrices for row in matrix for p in row])


def _array(matrix: Matrix) -> np.ndarray:
    return np.array([list(row) for row in matrix], dtype=object)


def _linear(matrix: Matrix, xs: Sequence[Any]) -> list[Any]:
    return [dot(row, xs) for row in matrix]


def _plus(xs: Sequence[Any], ys: Sequence[Any]) -> list[Any]:
    return [x + y for x, y in zip(xs, ys, strict=True)]


def _rmsnorm(xs: Sequence[Any]) -> list[Any]:
    scale = (autograd.sum([x * x for x in xs]) / len(xs) + EPS) ** -0.5
    return [x * scale for x in xs]


def _attention(q: Sequence[Any], keys: Sequence[Any], values: Sequence[Any]) -> list[Any]:
    """What each head reads out of the values so far, one head after the other."""
    out = []
    for h in range(HEADS):
        own = slice(h * PER_HEAD, (h + 1) * PER_HEAD)
        weights = softmax([dot(q[own], key[own]) * SCALE for key in keys])
        out += [dot(weights, column) for column in zip(*(value[own] for value in values), strict=True)]
    return out


# --- by hand -------------------------------------------------------------------------------------------------


class GptByHand(ByHand):
    """In NumPy: all positions at once, with a mask over what comes later."""

    def prepare(self) -> None:
        self.tokens, targets = self.data
        self.cross_entropy = SoftmaxCrossEntropy(self, targets)
        self.later = np.triu(np.full((POSITIONS, POSITIONS), -np.inf, self.dtype), 1)
        self.upstream_qkv = self.empty(3, HEADS, POSITIONS, PER_HEAD)

    def loss(self) -> float:
        weights, gradients = self.weights, self.gradients
        x, norm_embedded = _normed(weights["tokens"][self.tokens] + weights["places"])
        normed, norm_attention = _normed(x)
        read, attention = self._attend(normed)
        y = read @ weights["wo"]
        y += x
        wide, norm_mlp = _normed(y)
        hidden = np.maximum(wide @ weights["fc1"], 0)
        z = hidden @ weights["fc2"]
        z += y
        scores = z @ weights["head"]
        loss = self.cross_entropy(scores)

        np.dot(z.T, scores, out=gradients["head"])
        dz = scores @ weights["head"].T
        np.dot(hidden.T, dz, out=gradients["fc2"])
        dhidden = dz @ weights["fc2"].T
        dhidden *= hidden > 0
        np.dot(wide.T, dhidden, out=gradients["fc1"])
        dy = _through_norm(dhidden @ weights["fc1"].T, wide, norm_mlp)
        dy += dz
        np.dot(read.T, dy, out=gradients["wo"])
        dqkv = self._through_attention(dy @ weights["wo"].T, *attention)
        np.dot(normed.T, dqkv, out=gradients["qkv"])
        dx = _through_norm(dqkv @ weights["qkv"].T, normed, norm_attention)
        dx += dy
        dx = _through_norm(dx, x, norm_embedded)
        gradients["places"][:] = dx
        gradients["tokens"][:] = 0
        np.add.at(gradients["tokens"], self.tokens, dx)
        return loss

    def _attend(self, normed: np.ndarray) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
        """What the heads read, of shape (positions, dimensions), with q, k, v and the attention weights."""
        qkv = (normed @ self.weights["qkv"]).reshape(POSITIONS, 3, HEADS, PER_HEAD).transpose(1, 2, 0, 3)
        q, k, v = qkv
        share = q @ k.transpose(0, 2, 1)
        share *= SCALE
        share += self.later
        share -= share.max(axis=2, keepdims=True)
        np.exp(share, out=share)
        share /= share.sum(axis=2, keepdims=True)
        return (share @ v).transpose(1, 0, 2).reshape(POSITIONS, DIMENSIONS), (qkv, share)

    def _through_attention(self, dread: np.ndarray, qkv: np.ndarray, share: np.ndarray) -> np.ndarray:
        (q, k, v), (dq, dk, dv) = qkv, self.upstream_qkv
        dread = dread.reshape(POSITIONS, HEADS, PER_HEAD).transpose(1, 0, 2)
        np.matmul(share.transpose(0, 2, 1), dread, out=dv)
        dshare = dread @ v.transpose(0, 2, 1)
        dshare -= (dshare * share).sum(axis=2, keepdims=True)
        dshare *= share
        dshare *= SCALE
        np.matmul(dshare, k, out=dq)
        np.matmul(dshare.transpose(0, 2, 1), q, out=dk)
        return self.upstream_qkv.transpose(2, 0, 1, 3).reshape(POSITIONS, 3 * DIMENSIONS)


def _normed(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """x over its root mean square in each row, and one over that root."""
    scale = np.einsum("td,td->t", x, x)[:, np.newaxis]
    scale /= DIMENSIONS
    scale += EPS
    np.sqrt(scale, out=scale)
    np.divide(1, scale, out=scale)
    return x * scale, scale


def _through_norm(upstream: np.ndarray, normed: np.ndarray, scale: np.ndarray) -> np.ndarray:
    along = np.einsum("td,td->t", upstream, normed)[:, np.newaxis]
    along /= DIMENSIONS
    out = upstream - normed * along
    out *= scale
    return out


# --- in jax and torch ----------------------------------------------------------------------------------------


def _jax_loss(jax: Any, weights: Any, tokens: Any, targets: Any) -> Any:
    jnp = jax.numpy

    def rmsnorm(x: Any) -> Any:
        return x * jax.lax.rsqrt((x * x).mean(axis=1, keepdims=True) + EPS)

    x = rmsnorm(weights["tokens"][tokens] + weights["places"])
    q, k, v = (rmsnorm(x) @ weights["qkv"]).reshape(POSITIONS, 3, HEADS, PER_HEAD).transpose(1, 2, 0, 3)
    share = q @ k.transpose(0, 2, 1) * SCALE
    share = jax.nn.softmax(jnp.where(jnp.tri(POSITIONS, dtype=bool), share, -jnp.inf), axis=2)
    x = x + (share @ v).transpose(1, 0, 2).reshape(POSITIONS, DIMENSIONS) @ weights["wo"]
    x = x + jax.nn.relu(rmsnorm(x) @ weights["fc1"]) @ weights["fc2"]
    return jax_cross_entropy(jax, x @ weights["head"], targets)


def _torch_loss(torch: Any, weights: Any, tokens: Any, targets: Any) -> Any:
    functional = torch.nn.functional

    def rmsnorm(x: Any) -> Any:
        return functional.rms_norm(x, (DIMENSIONS,), eps=EPS)

    x = rmsnorm(functional.embedding(tokens, weights["tokens"]) + weights["places"])
    qkv = (rmsnorm(x) @ weights["qkv"]).reshape(POSITIONS, 3, HEADS, PER_HEAD).permute(1, 2, 0, 3)
    read = functional.scaled_dot_product_attention(*qkv.unbind(), is_causal=True)
    x = x + read.transpose(0, 1).reshape(POSITIONS, DIMENSIONS) @ weights["wo"]
    x = x + torch.relu(rmsnorm(x) @ weights["fc1"]) @ weights["fc2"]
    return functional.cross_entropy(x @ weights["head"], targets)
