"""The NaN explosion: find it, mend it

Below, `train` goes down in a valley, C = 1/2 (1 w_1^2 + 50 w_2^2). Its
curvature is 1 along the first weight, 50 along the second. With a rate of 0.1
the loss ends as nan, "not a number": the weights grow beyond the largest float
to inf, and inf - inf is nan. Whatever is computed with a nan is nan again.

1. Find it. Write `first_not_finite`: at which index of a list of losses is the
   first that is inf, -inf or nan?
2. Explain it. In C = c/2 w^2 a step of descent is w <- w - rate * c w: it
   multiplies w by a factor. As long as that is between -1 and 1, w shrinks.
   Work out which rates are small enough, and write `largest_rate` for several
   curvatures.
3. Mend it, even where the rate is too large. Write `clip`, which returns a new
   list: a gradient that is longer than `longest` is shortened to that length
   and keeps its direction. Any other stays as it is, also one of zeros. The
   length of a vector g is sqrt(g_1^2 + g_2^2 + ...). (R. Pascanu, T. Mikolov
   and Y. Bengio, "On the difficulty of training recurrent neural networks",
   2013.)

>>> losses = train(rate=0.1)
>>> losses[-1], losses[first_not_finite(losses)]    # first inf, then nan
(nan, inf)
>>> largest_rate([1.0, 50.0])
0.04
>>> train(rate=0.039)[-1] < 1e-9
True
>>> clip([3.0, -4.0], longest=2.5)
[1.5, -2.0]
>>> max(train(rate=0.1, longest=1.0)) < 100         # explodes no more
True

The lessons beside it: `python -m demos descent`, `python -m demos recurrent`.
"""

import math
from collections.abc import Sequence

CURVATURES = [1.0, 50.0]


def train(rate: float, longest: float = math.inf, steps: int = 1000) -> list[float]:
    """The loss before each step, from w = (1, 1) on. Nothing is wrong with this loop."""
    w, losses = [1.0, 1.0], []
    for _ in range(steps):
        losses.append(0.5 * sum(c * w_k * w_k for c, w_k in zip(CURVATURES, w, strict=True)))
        gradient = [c * w_k for c, w_k in zip(CURVATURES, w, strict=True)]
        if longest < math.inf:
            gradient = clip(gradient, longest)
        w = [w_k - rate * slope for w_k, slope in zip(w, gradient, strict=True)]
    return losses


def first_not_finite(losses: Sequence[float]) -> int | None:
    """The index of the first loss that is inf, -inf or nan; None if there is none."""
    raise NotImplementedError


def largest_rate(curvatures: Sequence[float]) -> float:
    """The rate below which descent shrinks every weight, if these (all above 0) are the curvatures along them."""
    raise NotImplementedError


def clip(gradient: Sequence[float], longest: float) -> list[float]:
    """The gradient, shortened to the length `longest` if it is longer."""
    raise NotImplementedError
