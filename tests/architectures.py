"""Nets of all sorts in scalar code, small: what `jit` has to recover as array programs.

Each is written as one would write it for a single example; `loss` loops over the examples, `mapped` gives them to
`vmap`. The numbers of an example are lists or arrays of plain numbers without jit, and traced ones with it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd import (
    FlatParameters,
    Parameter,
    ParameterVector,
    dot,
    logsumexp,
    maximum,
    mean,
    pick,
    softmax,
    sum,
    vmap,
    where,
)
from nets import MLP


@dataclass
class Architecture:
    """A model with its loss for one example, and how to make a batch of examples from a seed."""

    one: Callable[..., Any]
    batch: Callable[[np.random.Generator, int], tuple[np.ndarray, ...]]
    parameters: list[Parameter]
    penalty: Callable[[], Any] = lambda: 0.0

    def __post_init__(self) -> None:
        FlatParameters(self.parameters)  # laid out in this order, as an optimiser does

    def loss(self, *batches: Any) -> Any:
        """The mean over the examples, in a loop."""
        return mean([self.one(*example) for example in zip(*batches, strict=True)]) + self.penalty()

    def mapped(self, *batches: Any) -> Any:
        """The same by `vmap`."""
        return mean(vmap(self.one)(*batches)) + self.penalty()

    def examples(self, seed: int, count: int) -> tuple[np.ndarray, ...]:
        return self.batch(np.random.default_rng(seed), count)


def cells(rng: np.random.Generator, rows: int, columns: int, name: str = "") -> list[ParameterVector]:
    """A matrix of parameters, row by row."""
    return [ParameterVector(rng.normal(0.0, 0.5, columns), label=name) for _ in range(rows)]


def all_of(*things: Any) -> list[Parameter]:
    """The parameters in nested lists."""
    found: list[Parameter] = []
    for thing in things:
        found += [thing] if isinstance(thing, Parameter) else all_of(*thing)
    return list(dict.fromkeys(found))


def linear(weights: Sequence[Any], xs: Sequence[Any]) -> list[Any]:
    return [dot(w, xs) for w in weights]


def cross_entropy(scores: Sequence[Any], label: Any) -> Any:
    return logsumexp(scores) - pick(scores, label)


def points(columns: int) -> Callable[..., Any]:
    """Batches of rows of numbers and a target each."""
    return lambda rng, n: (rng.normal(size=(n, columns)), rng.normal(size=n))


def labelled(shape: tuple[int, ...], classes: int) -> Callable[..., Any]:
    """Batches of blocks of numbers and a whole label each."""
    return lambda rng, n: (rng.normal(size=(n, *shape)), rng.integers(0, classes, n))


# --- layers --------------------------------------------------------------------------------------------------


def elementary_mlp() -> Architecture:
    """A net of w * x and + alone."""
    rng = np.random.default_rng(1)
    layers = [(cells(rng, 5, 3), ParameterVector([0.1] * 5)), (cells(rng, 4, 5), ParameterVector([0.2] * 4)),
              (cells(rng, 1, 4), ParameterVector([0.3]))]  # fmt: skip

    def one(xs: Any, y: Any) -> Any:
        for k, (weights, biases) in enumerate(layers):
            zs = []
            for w, b in zip(weights, biases, strict=True):
                z = b
                for weight, x in zip(w, xs, strict=True):
                    z = z + weight * x
                zs.append(z.tanh() if k < 2 else z)
            xs = zs
        return (xs[0] - y) ** 2

    return Architecture(one, points(3), all_of(layers))


def mlp() -> Architecture:
    """The MLP of `nets`, whose neurons are dots."""
    model = MLP(3, [6, 5, 1], seed=1)
    return Architecture(lambda xs, y: (model(xs) - y) ** 2, points(3), model.parameters())


def classifier() -> Architecture:
    """Softmax and cross-entropy."""
    model = MLP(4, [6, 3], activation="tanh", seed=2)
    return Architecture(lambda xs, label: cross_entropy(model(xs), label), labelled((4,), 3), model.parameters())


def softmax_classifier() -> Architecture:
    """The probabilities written out, and the logarithm of one of them."""
    model = MLP(4, [5, 3], activation="tanh", seed=2)

    def one(xs: Any, label: Any) -> Any:
        return -pick(softmax(model(xs)), label).log()

    return Architecture(one, labelled((4,), 3), model.parameters())


def hinge_with_penalty() -> Architecture:
    """The moons loss: hinge, and L2 over all parameters."""
    model = MLP(2, [8, 8, 1], seed=3)

    def one(xs: Any, y: Any) -> Any:
        return (1.0 - y * model(xs)).relu()

    def batch(rng: np.random.Generator, n: int) -> tuple[np.ndarray, ...]:
        return rng.normal(size=(n, 2)), rng.choice([-1.0, 1.0], n)

    return Architecture(one, batch, model.parameters(), lambda: 1e-2 * sum([p * p for p in model.parameters()]))


def tied_weights() -> Architecture:
    """An autoencoder that decodes with the weights that it encodes with, read the other way."""
    rng = np.random.default_rng(4)
    w, back = cells(rng, 3, 5), ParameterVector([0.0] * 5)

    def one(xs: Any) -> Any:
        hidden = [z.tanh() for z in linear(w, xs)]
        shown = [sum([w[i][j] * hidden[i] for i in range(3)]) + back[j] for j in range(5)]
        return sum([(a - b) ** 2 for a, b in zip(shown, xs, strict=True)])

    return Architecture(one, lambda rng, n: (rng.normal(size=(n, 5)),), all_of(w, back))


def shared_weights() -> Architecture:
    """One layer applied three times."""
    rng = np.random.default_rng(5)
    w, b, out = cells(rng, 4, 4), ParameterVector([0.1] * 4), ParameterVector([0.5] * 4)

    def one(xs: Any, y: Any) -> Any:
        for _ in range(3):
            xs = [dot(row, xs, bias).tanh() for row, bias in zip(w, b, strict=True)]
        return (dot(out, xs) - y) ** 2

    return Architecture(one, points(4), all_of(w, b, out))


def residual() -> Architecture:
    """Blocks that add to what goes by them."""
    rng = np.random.default_rng(6)
    blocks, out = [cells(rng, 4, 4) for _ in range(3)], ParameterVector([0.5] * 4)

    def one(xs: Any, y: Any) -> Any:
        for w in blocks:
            xs = [x + z.relu() for x, z in zip(xs, linear(w, xs), strict=True)]
        return (dot(out, xs) - y) ** 2

    return Architecture(one, points(4), all_of(blocks, out))


def matrix_chain() -> Architecture:
    """Matrix times matrix times vector, in elementary operations."""
    rng = np.random.default_rng(7)
    matrices = [cells(rng, 4, 4) for _ in range(3)]

    def one(xs: Any) -> Any:
        for rows in matrices:
            xs = [sum([w * x for w, x in zip(row, xs, strict=True)]) for row in rows]
        return sum([x * x for x in xs])

    return Architecture(one, lambda rng, n: (rng.normal(size=(n, 4)),), all_of(matrices))


def polynomial() -> Architecture:
    """Powers of each number with their coefficients."""
    c = ParameterVector([0.3, -0.5, 0.2, 0.1])

    def one(xs: Any) -> Any:
        return sum([c[0] + c[1] * x + c[2] * x**2 + c[3] * x**3 for x in xs]) / len(xs)

    return Architecture(one, lambda rng, n: (rng.normal(size=(n, 6)),), list(c))


def choosing() -> Architecture:
    """One of two branches for each number, as the data say."""
    rng = np.random.default_rng(8)
    w, left, right = cells(rng, 5, 3), ParameterVector([0.5] * 5), ParameterVector([-0.3] * 5)

    def one(xs: Any, y: Any) -> Any:
        zs = linear(w, xs)
        chosen = [where(z > 0.1, z * a, z * z * b) for z, a, b in zip(zs, left, right, strict=True)]
        return (sum(chosen) - where(y > 0.0, 1.0, -1.0)) ** 2

    return Architecture(one, points(3), all_of(w, left, right))


# --- images --------------------------------------------------------------------------------------------------


def convolution(padding: int = 0, side: int = 6, filters: int = 2) -> Architecture:
    """Filters of 3 x 3, relu, and a dense layer."""
    rng = np.random.default_rng(9)
    kernels, biases = cells(rng, filters, 9), ParameterVector([0.1] * filters)
    wide = side - 2 + 2 * padding
    dense = cells(rng, 3, filters * wide * wide)

    def one(image: Any, label: Any) -> Any:
        maps = []
        for k, b in zip(kernels, biases, strict=True):
            for r in range(wide):
                for c in range(wide):
                    z = b
                    for i in range(3):
                        for j in range(3):
                            y, x = r + i - padding, c + j - padding
                            if 0 <= y < side and 0 <= x < side:
                                z = z + k[3 * i + j] * image[y][x]
                    maps.append(z.relu())
        return cross_entropy(linear(dense, maps), label)

    return Architecture(one, labelled((side, side), 3), all_of(kernels, biases, dense))


def padded_convolution() -> Architecture:
    return convolution(padding=1)


def feature_maps(kernel: Sequence[Any], image: Any, side: int) -> list[list[Any]]:
    return [
        [sum([kernel[3 * i + j] * image[r + i][c + j] for i in range(3) for j in range(3)]) for c in range(side - 2)]
        for r in range(side - 2)
    ]


def max_pooling() -> Architecture:
    """The largest of each 2 x 2 numbers."""
    rng = np.random.default_rng(10)
    [kernel], out = cells(rng, 1, 9), ParameterVector(rng.normal(size=4))

    def one(image: Any, y: Any) -> Any:
        h = feature_maps(kernel, image, 6)
        pooled = [
            maximum(maximum(h[r][c], h[r][c + 1]), maximum(h[r + 1][c], h[r + 1][c + 1]))
            for r in (0, 2)
            for c in (0, 2)
        ]
        return (dot(out, pooled) - y) ** 2

    return Architecture(one, lambda rng, n: (rng.normal(size=(n, 6, 6)), rng.normal(size=n)), all_of(kernel, out))


def mean_pooling() -> Architecture:
    """The mean of each 2 x 2 numbers."""
    rng = np.random.default_rng(11)
    [kernel], out = cells(rng, 1, 9), ParameterVector(rng.normal(size=4))

    def one(image: Any, y: Any) -> Any:
        h = [[z.tanh() for z in row] for row in feature_maps(kernel, image, 6)]
        pooled = [mean([h[r + i][c + j] for i in (0, 1) for j in (0, 1)]) for r in (0, 2) for c in (0, 2)]
        return (dot(out, pooled) - y) ** 2

    return Architecture(one, lambda rng, n: (rng.normal(size=(n, 6, 6)), rng.normal(size=n)), all_of(kernel, out))


# --- sequences -----------------------------------------------------------------------------------------------


def recurrent(steps: int = 5) -> Architecture:
    """An RNN over the concatenation of input and state."""
    rng = np.random.default_rng(12)
    w, b, out = cells(rng, 4, 3 + 4), ParameterVector([0.1] * 4), ParameterVector([0.5] * 4)

    def one(sequence: Any, y: Any) -> Any:
        h = [0.0] * 4
        for x in sequence:
            xh = [*x, *h]
            h = [dot(row, xh, bias).tanh() for row, bias in zip(w, b, strict=True)]
        return (dot(out, h) - y) ** 2

    return Architecture(one, lambda rng, n: (rng.normal(size=(n, steps, 3)), rng.normal(size=n)), all_of(w, b, out))


def lstm(steps: int = 4) -> Architecture:
    """Four gates over the concatenation of input and state."""
    rng = np.random.default_rng(13)
    size = 3
    w, b, out = cells(rng, 4 * size, 2 + size), ParameterVector([0.1] * (4 * size)), ParameterVector([0.5] * size)

    def one(sequence: Any, y: Any) -> Any:
        h, c = [0.0] * size, [0.0] * size
        for x in sequence:
            xh = (*x, *h)
            z = [dot(row, xh, bias) for row, bias in zip(w, b, strict=True)]
            i, f, o = ([v.sigmoid() for v in z[k * size : (k + 1) * size]] for k in range(3))
            g = [v.tanh() for v in z[3 * size :]]
            c = [f[k] * c[k] + i[k] * g[k] for k in range(size)]
            h = [o[k] * c[k].tanh() for k in range(size)]
        return (dot(out, h) - y) ** 2

    return Architecture(one, lambda rng, n: (rng.normal(size=(n, steps, 2)), rng.normal(size=n)), all_of(w, b, out))


def embedding(words: int = 6, length: int = 3) -> Architecture:
    """Vectors looked up by the number of a word."""
    rng = np.random.default_rng(14)
    table, out = cells(rng, words, 4), cells(rng, words, 4)

    def one(tokens: Any, label: Any) -> Any:
        vectors = [[pick([row[k] for row in table], token) for k in range(4)] for token in tokens]
        middle = [sum([v[k] for v in vectors]) / length for k in range(4)]
        return cross_entropy(linear(out, middle), label)

    def batch(rng: np.random.Generator, n: int) -> tuple[np.ndarray, ...]:
        return rng.integers(0, words, (n, length)), rng.integers(0, words, n)

    return Architecture(one, batch, all_of(table, out))


def causal_attention(steps: int = 5, size: int = 4) -> Architecture:
    """One head that looks back: the sums grow with the position."""
    rng = np.random.default_rng(15)
    query, key, value = (cells(rng, size, size) for _ in range(3))

    def one(sequence: Any) -> Any:
        keys: list[Any] = []
        values: list[Any] = []
        losses = []
        for x in sequence:
            q = linear(query, x)
            keys.append(linear(key, x))
            values.append(linear(value, x))
            weights = softmax([dot(q, k) * size**-0.5 for k in keys])
            out = [sum([w * v[j] for w, v in zip(weights, values, strict=True)]) for j in range(size)]
            losses.append(sum([o * o for o in out]))
        return sum(losses) / len(losses)

    return Architecture(one, lambda rng, n: (rng.normal(size=(n, steps, size)),), all_of(query, key, value))


def rms_norm(xs: Sequence[Any]) -> list[Any]:
    scale = (sum([x * x for x in xs]) / len(xs) + 1e-5) ** -0.5
    return [x * scale for x in xs]


def transformer(steps: int = 4, size: int = 4, heads: int = 2, words: int = 5) -> Architecture:
    """One block of a GPT in scalar code, on a sequence of tokens, each to be foretold from those before."""
    rng = np.random.default_rng(16)
    wte, wpe, unembed = cells(rng, words, size), cells(rng, steps, size), cells(rng, words, size)
    query, key, value, out = (cells(rng, size, size) for _ in range(4))
    up, down = cells(rng, 2 * size, size), cells(rng, size, 2 * size)
    each = size // heads

    def one(tokens: Any, targets: Any) -> Any:
        keys: list[Any] = []
        values: list[Any] = []
        losses = []
        for t in range(steps):
            x = [pick([row[k] for row in wte], tokens[t]) + wpe[t][k] for k in range(size)]
            before, x = x, rms_norm(x)
            q = linear(query, x)
            keys.append(linear(key, x))
            values.append(linear(value, x))
            heard: list[Any] = []
            for h in range(heads):
                part = slice(h * each, (h + 1) * each)
                weights = softmax([sum([a * b for a, b in zip(q[part], k[part], strict=True)]) * 0.5 for k in keys])
                heard += [sum([w * v[h * each + j] for w, v in zip(weights, values, strict=True)]) for j in range(each)]
            x = [a + b for a, b in zip(linear(out, heard), before, strict=True)]
            before, x = x, rms_norm(x)
            x = [a + b for a, b in zip(linear(down, [z.relu() for z in linear(up, x)]), before, strict=True)]
            losses.append(cross_entropy(linear(unembed, x), targets[t]))
        return sum(losses) / len(losses)

    def batch(rng: np.random.Generator, n: int) -> tuple[np.ndarray, ...]:
        return rng.integers(0, words, (n, steps)), rng.integers(0, words, (n, steps))

    return Architecture(one, batch, all_of(wte, wpe, unembed, query, key, value, out, up, down))


ALL: dict[str, Callable[[], Architecture]] = {
    make.__name__: make
    for make in (
        elementary_mlp, mlp, classifier, softmax_classifier, hinge_with_penalty, tied_weights, shared_weights, residual,
        matrix_chain, polynomial, choosing, convolution, padded_convolution, max_pooling, mean_pooling, recurrent,
        lstm, embedding, causal_attention, transformer,
    )
}  # fmt: skip
