"""Self-attention: every row of a sequence looks at the rows of the same sequence and takes what it needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import dot, softmax

from .checks import generator, whole
from .errors import ShapeError
from .module import Module
from .sequences import matrix, product, sequence


class SelfAttention(Module):
    """Scaled dot-product self-attention with `heads` heads, over rows of `width` numbers.

    Each row x_t becomes a query, a key and a value. In every head, with d = width / heads of their numbers,

        a_ts = softmax over s of (q_t . k_s) / sqrt(d)
        y_t = sum over s of a_ts v_s

    and the y of all heads, one after the other, go through a last matrix:

        q_t = Q x_t,   k_t = K x_t,   v_t = V x_t,   out_t = O [y_t of head 0, y_t of head 1, ...]

    A head of a `causal` attention looks at rows s <= t only, itself and those before it; otherwise at all of them.
    Source: Vaswani et al., "Attention is all you need", 2017, sections 3.2.1 to 3.2.3; without biases, as there.

    `attention(xs)` takes a list of rows and gives a list of as many rows, of `width` numbers each. Order matters to it
    only by what `causal` hides: let the rows say where they stand. `attention.weights(xs)` are the a_ts, to be drawn.
    Weights start normally distributed with variance 1 / width, drawn from `rng` or `seed`.

    >>> attention = SelfAttention(2, seed=1)
    >>> xs = [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]
    >>> [[round(float(y), 3) for y in row] for row in attention(xs)]
    [[-0.137, -0.079], [-0.142, -0.02], [-0.199, -0.005]]
    >>> [head] = attention.weights(xs)
    >>> [[round(float(a), 3) for a in row] for row in head]
    [[1.0, 0.0, 0.0], [0.657, 0.343, 0.0], [0.392, 0.221, 0.386]]

    Raises ShapeError for a row of another width, or a width that the heads cannot share.
    """

    def __init__(
        self,
        width: int,
        heads: int = 1,
        causal: bool = True,
        rng: np.random.Generator | None = None,
        seed: int | None = None,
    ) -> None:
        self.width = whole("a SelfAttention's width", width)
        self.heads = whole("a SelfAttention's number of heads", heads)
        if self.width % self.heads:
            raise ShapeError(
                f"SelfAttention: {heads} heads cannot share a width of {width}; it needs to be a multiple of {heads}"
            )
        self.causal = bool(causal)
        rng = generator(rng, seed)
        self.query, self.key, self.value, self.out = (matrix(rng, self.width, self.width) for _ in range(4))

    def __call__(self, xs: Any) -> list[list[Any]]:
        rows = sequence(xs, self.width, self)
        values = [product(self.value, x) for x in rows]
        weights = self._weights(rows)
        return [product(self.out, self._taken([head[t] for head in weights], values)) for t in range(len(rows))]

    def weights(self, xs: Any) -> list[list[list[Any]]]:
        """How much each row looks at each: weights[head][t][s] is a_ts. Each row sums to 1; what is hidden has 0."""
        rows = sequence(xs, self.width, self)
        return [[[*seen, *[0.0] * (len(rows) - len(seen))] for seen in head] for head in self._weights(rows)]

    def _weights(self, rows: Sequence[tuple[Any, ...]]) -> list[list[list[Any]]]:
        """The a_ts of each head and each t, for those s that t sees."""
        queries = [product(self.query, x) for x in rows]
        keys = [product(self.key, x) for x in rows]
        scale = (self.width // self.heads) ** -0.5
        heads = []
        for part in self._parts():
            mine = [k[part] for k in keys]
            seen = [mine[: t + 1] if self.causal else mine for t in range(len(rows))]
            heads.append([softmax([dot(q[part], k) * scale for k in ks]) for q, ks in zip(queries, seen, strict=True)])
        return heads

    def _taken(self, weights: Sequence[Sequence[Any]], values: Sequence[Sequence[Any]]) -> list[Any]:
        """What one row takes: the values it sees, weighted by each head in its part of the columns."""
        taken = []
        for seen, part in zip(weights, self._parts(), strict=True):
            columns = zip(*(v[part] for v in values[: len(seen)]), strict=True)
            taken += [dot(seen, column) for column in columns]
        return taken

    def _parts(self) -> list[slice]:
        """The columns of each head."""
        d = self.width // self.heads
        return [slice(head * d, (head + 1) * d) for head in range(self.heads)]

    def config(self) -> dict[str, Any]:
        return {"width": self.width, "heads": self.heads, "causal": self.causal}

    def __repr__(self) -> str:
        return f"SelfAttention({self.width}, heads={self.heads}, causal={self.causal})"
