"""Decide by weights and a threshold

Do I go on vacation? It depends on three facts, each of which holds (1) or does
not (0): tickets are cheap, leave is granted, the weather is nice. Each has a
weight, which says how much it matters. I go if the weights of the facts that
hold add up to more than a threshold.

Write `decide`, a perceptron, for any number of facts:

>>> decide([1, 1, 0], [3.0, 6.0, 2.0], 7.0)         # with leave: 9 is above 7
1
>>> decide([1, 0, 1], [3.0, 6.0, 2.0], 7.0)         # without: 5 is not
0

The lesson beside it: `python -m demos perceptron`.
"""

from collections.abc import Sequence


def decide(facts: Sequence[float], weights: Sequence[float], threshold: float) -> int:
    """1 if the weighted sum of the facts is above the threshold, else 0."""
    raise NotImplementedError
