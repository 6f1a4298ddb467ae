"""A bias in place of the threshold

A perceptron says 1 if the weighted sum of its facts is above its threshold,

    w_1 x_1 + w_2 x_2 + ... > threshold.

Bring the threshold to the other side, and all perceptrons ask the same
question, "above 0?":

    w_1 x_1 + w_2 x_2 + ... + b > 0.

The number b is the bias. It is added once, whatever the facts are. Write
`as_bias`, which makes a bias of a threshold, and `fires`, the perceptron with
a bias. This is the one that goes on vacation if the sum is above 7:

>>> weights, bias = [3.0, 6.0, 2.0], as_bias(7.0)
>>> fires([1, 1, 0], weights, bias), fires([1, 0, 1], weights, bias)
(1, 0)

Then choose numbers. A perceptron can be a logic gate: AND says 1 if both of
its facts hold, NOT says 1 if its only fact does not, and NAND says the
opposite of AND. Write each as (list of weights, bias); there are many that do.

>>> [fires([a, b], *AND) for a in (0, 1) for b in (0, 1)]
[0, 0, 0, 1]

NAND is worth having: every function of 0s and 1s can be built of NAND alone,
as well as of NOR alone (H. M. Sheffer, "A set of five independent postulates
for Boolean algebras", 1913).

The lesson beside it: `python -m demos perceptron`.
"""

from collections.abc import Sequence
from typing import Any


def as_bias(threshold: float) -> float:
    """The bias that does what the threshold did."""
    raise NotImplementedError


def fires(facts: Sequence[float], weights: Sequence[float], bias: float) -> int:
    """1 if the weighted sum of the facts and the bias are together above 0, else 0."""
    raise NotImplementedError


AND: Any = None
NOT: Any = None
NAND: Any = None
