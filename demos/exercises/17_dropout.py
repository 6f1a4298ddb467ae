"""Drop numbers at random, keep the mean

Dropout fights overfitting with noise: in each step of training some neurons,
drawn anew, are silent, so that none can rely on another (Srivastava et al.,
"Dropout: a simple way to prevent neural networks from overfitting", 2014).
Write it in the inverted form, which leaves evaluation alone. In training, for
each x by itself,

    with probability `rate`:       0
    otherwise:                     x / (1 - rate)

so that the mean of what comes out is x:

    rate * 0 + (1 - rate) * x / (1 - rate) = x.

In evaluation each x stays as it is. Return a new list: `xs` is not to change.
`rng` is a NumPy generator, and the only source of chance: rng.random()
draws a number from 0 to 1, below 0.3 with probability 0.3. Whoever passes the
same seed drops the same places again.

>>> import numpy as np
>>> rng = np.random.default_rng(0)
>>> dropout([1.0, -2.0, 3.0], 0.5, rng, training=False)
[1.0, -2.0, 3.0]
>>> noisy = dropout([1.0, 1.0, 1.0, 1.0], 0.5, rng, training=True)
>>> all(y in (0.0, 2.0) for y in noisy)     # which ones are 0 is up to chance
True

The numbers may be `Value`s of the engine; their gradients are then, likewise,
0 or 1 / (1 - rate): only use arithmetic.

To think about: 100 inputs and rate 0.2. How many are dropped? Always as many?

The lesson beside it: `python -m demos overfitting`.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np


def dropout(xs: Sequence[Any], rate: float, rng: np.random.Generator, training: bool) -> Sequence[Any]:
    """The numbers, in training each of them 0 with probability `rate` and scaled up otherwise."""
    raise NotImplementedError
