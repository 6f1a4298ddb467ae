"""Softmax and cross-entropy

A net that reads digits ends in ten scores s, one for each class. Softmax makes
probabilities of them: all above 0, and their sum is 1.

    p_i = exp(s_i) / (exp(s_1) + ... + exp(s_n))

The cross-entropy says how surprising the right class, the label, is. With the
natural logarithm,

    E = -log p_label.

It is 0 if p_label is 1, and grows without bound as that goes to 0. Its
derivative in the scores is simple, and worth deriving once on paper:

    dE/ds_i = p_i - 1   for the label,
    dE/ds_i = p_i       for every other class.

Write all three, for scores as large as 1000 and as small as -1000.
`math.exp(1000)` is an OverflowError, exp(-1000) is rounded to 0, and log(0)
does not exist; yet the results are ordinary numbers. Two things help. Adding
one number to all scores changes no probability. And -log p_label can be
computed without p_label: what is the logarithm of a fraction?

>>> softmax([1.0, 1.0])
[0.5, 0.5]
>>> softmax([1000.0, 0.0, -1000.0])
[1.0, 0.0, 0.0]
>>> cross_entropy([0.0, -1000.0], label=1)        # sure of the wrong class
1000.0
>>> cross_entropy_gradient([1.0, 1.0], label=0)
[-0.5, 0.5]

The lessons beside it: `python -m demos descent`, `python -m demos digits`.
"""

from collections.abc import Sequence


def softmax(scores: Sequence[float]) -> list[float]:
    """The probability of each class; they add up to 1."""
    raise NotImplementedError


def cross_entropy(scores: Sequence[float], label: int) -> float:
    """-log of the probability that softmax gives to the label, the index of the right class."""
    raise NotImplementedError


def cross_entropy_gradient(scores: Sequence[float], label: int) -> list[float]:
    """The derivative of the cross-entropy in each score."""
    raise NotImplementedError
