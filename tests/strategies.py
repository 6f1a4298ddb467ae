"""Hypothesis strategies: numbers, and random graphs whose values and gradients stay of ordinary size."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from autograd import Op, dot, logsumexp, ops, sum

Recipe = tuple[tuple[str, tuple[int, ...]], ...]
"""Steps of (name, positions): the op of that name on what stands at those positions, inputs first."""

small = st.floats(-2.0, 2.0).map(lambda x: round(x, 3))
"""Numbers with three decimals, so that a failing example can be read and a kink is hit exactly or not nearly."""


def _tamed(op: Op) -> Callable[..., Any]:
    """op with its result between -1 and 1, by tanh, so that no depth of graph makes it large."""
    return lambda *args: op(*args).tanh()


SMOOTH: dict[str, tuple[int, Callable[..., Any]]] = {
    "add": (2, _tamed(ops.add)),
    "sub": (2, _tamed(ops.sub)),
    "mul": (2, _tamed(ops.mul)),
    "div": (2, lambda a, b: (a / (b * b + 1.0)).tanh()),
    "pow": (2, lambda a, b: ((a * a + 0.5) ** b.tanh()).tanh()),
    "number_pow": (1, lambda a: 2 ** a.tanh()),
    "square": (1, lambda a: (a**2).tanh()),
    "cube": (1, lambda a: (a**3).tanh()),
    "neg": (1, ops.neg),
    "exp": (1, lambda a: a.tanh().exp()),
    "log": (1, lambda a: (a * a + 0.5).log()),
    "sqrt": (1, lambda a: (a * a + 0.5).sqrt()),
    "sin": (1, ops.sin),
    "cos": (1, ops.cos),
    "tanh": (1, ops.tanh),
    "sigmoid": (1, ops.sigmoid),
    "softplus": (1, ops.softplus),
    "sum": (3, lambda *xs: sum(xs).tanh()),
    "dot": (4, lambda a, b, c, d: dot((a, b), (c, d), bias=a).tanh()),
    "constants": (2, lambda a, b: dot((a, 0.5, b), (2.0, a, -1.0)).tanh()),
    "logsumexp": (3, lambda *xs: logsumexp(xs).tanh()),
}
"""Ops with how many operands they take; every derivative is continuous, so that finite differences hold."""

KINKED: dict[str, tuple[int, Callable[..., Any]]] = {
    "relu": (1, ops.relu),
    "leaky_relu": (1, ops.leaky_relu),
    "abs": (1, ops.abs),
    "step": (1, ops.step),
    "maximum": (2, ops.maximum),
    "minimum": (2, ops.minimum),
    "where": (3, lambda c, a, b: ops.where(c > 0, a, b)),
}


@st.composite
def recipes(draw: st.DrawFn, inputs: int, kinked: bool = False, longest: int = 12) -> Recipe:
    """Graphs over that many inputs; operands are drawn from all that went before, so they are shared and repeated."""
    menu = {**SMOOTH, **KINKED} if kinked else SMOOTH
    steps = []
    for i in range(draw(st.integers(1, longest))):
        name = draw(st.sampled_from(sorted(menu)))
        positions = st.integers(0, inputs + i - 1)
        steps.append((name, tuple(draw(positions) for _ in range(menu[name][0]))))
    return tuple(steps)


def follow(recipe: Recipe, inputs: tuple[Any, ...]) -> Any:
    """The last number of the recipe, made of these inputs."""
    made = list(inputs)
    for name, positions in recipe:
        _, apply = (SMOOTH | KINKED)[name]
        made.append(apply(*(made[at] for at in positions)))
    return made[-1]
