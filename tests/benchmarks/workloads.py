"""Graphs to build and go backward through, the same on every engine: a random DAG and a chain."""

import math
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .engines import Engine

WINDOW = 50
"""A node's arguments are drawn from the WINDOW nodes before it and the WINDOW leaves."""

LEAF_SHARE = 0.25
"""How often the second argument is a leaf."""

CANDIDATES = 6
"""How many draws of the arguments are simulated; the one whose numbers are nearest to 1 becomes a node."""

ADD, MUL, POW, RELU = range(4)
SYMBOLS = ("+", "*", "**", "relu")
FREQUENCIES = (1, 1, 1, 1)
EXPONENTS = (0.5, 2.0)

Step = tuple[int, int, Any]
"""An op, the index of its first argument, and that of the second (an exponent for POW, unused for RELU)."""


@dataclass(frozen=True)
class Job:
    """One engine's share of a workload, in two parts that are timed apart."""

    engine: Engine
    forward: Callable[[], Any]
    """Makes the graph, and returns what holds it."""
    backward: Callable[[Any], None]
    gradients: Callable[[Any], list[float]]
    """The gradients in the leaves, after backward."""


@dataclass(frozen=True)
class Dag:
    """A recipe for a graph: the numbers of its leaves, then one step for each further node, the last the root."""

    leaves: list[float]
    steps: list[Step]

    def __len__(self) -> int:
        return len(self.leaves) + len(self.steps)

    def shares(self) -> str:
        """How much of it each op is, in words."""
        counts = Counter(op for op, _, _ in self.steps)
        return ", ".join(f"{100 * counts[op] / len(self.steps):.0f} % {SYMBOLS[op]}" for op in range(4))


def random_dag(nodes: int, seed: int = 0) -> Dag:
    """A recipe for a random graph of that many nodes, each of which the root depends on.

    All numbers and partials are positive, so with s(node) the sum of a node's derivatives in all leaves, d root /
    d node is at most s(root) / s(node), and nothing cancels. The arguments are chosen to keep both the values and
    s near 1, so that the gradients are finite numbers other than 0 at any depth.
    """
    rng = random.Random(seed)
    grown = [(rng.uniform(0.1, 0.9), 1.0) for _ in range(WINDOW)]
    leaves = [value for value, _ in grown]
    steps: list[Step] = []
    unused = set(range(WINDOW))
    while len(grown) + len(unused) <= nodes:
        _append(_random_step(rng, grown, unused), grown, steps, unused)
    while len(unused) > 1:
        a, b = sorted(unused)[:2]
        _append((ADD, a, b), grown, steps, unused)
    return Dag(leaves, steps)


def dag_job(engine: Engine, dag: Dag) -> Job:
    """Building the DAG and going backward through it; the graph is the list of its nodes."""
    return Job(
        engine,
        forward=lambda: grow(dag, engine),
        backward=lambda nodes: engine.backward(nodes[-1]),
        gradients=lambda nodes: [engine.gradient(leaf) for leaf in nodes[:WINDOW]],
    )


def grow(dag: Dag, engine: Engine) -> list[Any]:
    """The nodes of the DAG on that engine, in order."""
    nodes = engine.leaves(dag.leaves)
    relu, append = engine.relu, nodes.append
    for op, a, b in dag.steps:
        if op == ADD:
            append(nodes[a] + nodes[b])
        elif op == MUL:
            append(nodes[a] * nodes[b])
        elif op == POW:
            append(nodes[a] ** b)
        else:
            append(relu(nodes[a]))
    return nodes


def chain_job(engine: Engine, ops: int) -> Job:
    """A chain of that many ops, + and * in turn, and backward through it; the graph is its leaf and its root."""

    def forward() -> list[Any]:
        (leaf,) = engine.leaves([1.0])
        node = leaf
        for _ in range(ops // 2):
            node = node * 0.999 + 0.001
        return [leaf, node]

    return Job(
        engine,
        forward,
        backward=lambda ends: engine.backward(ends[1]),
        gradients=lambda ends: [engine.gradient(ends[0])],
    )


def _random_step(rng: random.Random, grown: Sequence[tuple[float, float]], unused: set[int]) -> Step:
    """A step with a random op. A node that nothing uses becomes an argument before it leaves the window."""
    (op,) = rng.choices(range(4), FREQUENCIES)
    oldest = len(grown) - WINDOW
    steps: list[Step] = []
    for _ in range(CANDIDATES):
        a = oldest if oldest in unused else rng.randrange(oldest, len(grown))
        b = rng.randrange(WINDOW) if rng.random() < LEAF_SHARE else rng.randrange(oldest, len(grown))
        steps.append((op, a, rng.choice(EXPONENTS) if op == POW else b))
    return min(steps, key=lambda step: sum(abs(math.log(x)) for x in _simulated(step, grown)))


def _simulated(step: Step, grown: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The step's value, and the sum of its derivatives in all leaves."""
    op, a, b = step
    x, dx = grown[a]
    if op == RELU:
        return x, dx
    if op == POW:
        return x**b, b * x ** (b - 1) * dx
    y, dy = grown[b]
    return (x + y, dx + dy) if op == ADD else (x * y, y * dx + x * dy)


def _append(step: Step, grown: list[tuple[float, float]], steps: list[Step], unused: set[int]) -> None:
    op, a, b = step
    unused.discard(a)
    if op in (ADD, MUL):
        unused.discard(b)
    unused.add(len(grown))
    grown.append(_simulated(step, grown))
    steps.append(step)
