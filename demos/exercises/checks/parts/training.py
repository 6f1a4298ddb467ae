"""The two moons, learned by a small net that is made of any class of Values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from nets import moons

POINTS = 24
HIDDEN = 8
RATE = 6.0


class Trained(NamedTuple):
    """The loss before each step, and how many of the points lie on the right side in the end."""

    losses: list[Any]
    right: int
    points: int


def train(kind: Any, steps: int) -> Trained:
    """What comes of so many steps of gradient descent, each on all points, with the mean of (p - t)^2 as the loss."""
    xs, ts = moons(POINTS, noise=0.1, seed=1)
    examples = list(zip(xs.tolist(), ts.tolist(), strict=True))
    rng = np.random.default_rng(5)
    hidden = [[kind(w) for w in row] for row in rng.normal(size=(HIDDEN, 3)).tolist()]
    output = [kind(w) for w in rng.normal(scale=0.5, size=HIDDEN + 1).tolist()]
    losses = []
    for _ in range(steps):
        errors = [(_probability(hidden, output, x) - float(t)) ** 2 for x, t in examples]
        loss = sum(errors[1:], errors[0]) / float(len(errors))
        losses.append(loss.data)
        for p in [*output, *(p for neuron in hidden for p in neuron)]:
            p.grad = 0.0
        loss.backward()
        for p in [*output, *(p for neuron in hidden for p in neuron)]:
            p.data = p.data - RATE * p.grad
    right = sum((_probability(hidden, output, x).data > 0.5) == t for x, t in examples)
    return Trained(losses, right, len(examples))


def _probability(hidden: list[list[Any]], output: list[Any], x: Sequence[float]) -> Any:
    """The net's output: relu neurons, a weighted sum, a sigmoid made of exp and a power."""
    score = output[-1]
    for v, (w1, w2, b) in zip(output, hidden, strict=False):
        score = score + v * (w1 * x[0] + w2 * x[1] + b).relu()
    return ((-score).exp() + 1.0) ** -1
