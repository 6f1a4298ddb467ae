"""The threshold on the other side, and three gates."""

from collections.abc import Sequence


def as_bias(threshold: float) -> float:
    """The bias that does what the threshold did."""
    return -threshold


def fires(facts: Sequence[float], weights: Sequence[float], bias: float) -> int:
    """1 if the weighted sum of the facts and the bias are together above 0, else 0."""
    total = bias + sum(w * x for w, x in zip(weights, facts, strict=True))
    return 1 if total > 0 else 0


AND = ([1.0, 1.0], -1.5)
NOT = ([-1.0], 0.5)
NAND = ([-2.0, -2.0], 3.0)
