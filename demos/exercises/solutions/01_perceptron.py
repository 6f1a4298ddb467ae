"""A weighted sum, compared with the threshold."""

from collections.abc import Sequence


def decide(facts: Sequence[float], weights: Sequence[float], threshold: float) -> int:
    """1 if the weighted sum of the facts is above the threshold, else 0."""
    total = sum(w * x for w, x in zip(weights, facts, strict=True))
    return 1 if total > threshold else 0
