"""Split, measure, stop early

A net with enough weights learns its training examples by heart. Whether it has
learned anything else shows in the error on examples that were kept apart.
Write the three tools for that.

`split` puts examples apart at random: `share` of them, rounded, for the test,
the others for training, each example in just one of the two parts and with its
own label; xs and ys stay as they are. `rng` is a NumPy generator, the only
source of chance: rng.permutation(5) is 0 .. 4 in random order. Whoever
passes the same seed gets the same parts again.

>>> import numpy as np
>>> rng = np.random.default_rng(0)
>>> train, test = split(["a", "b", "c", "d", "e"], [0, 1, 2, 3, 4], 0.4, rng)
>>> len(train[0]), len(train[1]), len(test[0]), len(test[1])
(3, 3, 2, 2)

`error_rate` is the part of the examples that `predict`, a function of one x,
gets wrong.

>>> error_rate(abs, [1, -2, 3, -4], [1, -2, 3, 5])      # wrong for -2 and -4
0.5

`early_stop` reads off the losses on the validation examples, one after each
epoch, which net to keep. Training stops after `patience` epochs in succession
without a new smallest loss, as if nobody knew what would come later; kept is
the net of the epoch with the smallest loss until then, of equal ones the
first. Epochs count from 0.

>>> early_stop([0.5, 0.6, 0.4, 0.7, 0.8, 0.1], patience=2)      # stops at 0.8
2

(L. Prechelt, "Early stopping - but when?", 1998, compares rules for when to
stop.)

The lesson beside it: `python -m demos overfitting`.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np


def split(
    xs: Sequence[Any], ys: Sequence[Any], share: float, rng: np.random.Generator
) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """((train_xs, train_ys), (test_xs, test_ys)), shuffled; the test part has `share` of the examples."""
    raise NotImplementedError


def error_rate(predict: Callable[[Any], Any], xs: Sequence[Any], ys: Sequence[Any]) -> float:
    """The part of the examples, from 0 to 1, for which predict(x) is not y."""
    raise NotImplementedError


def early_stop(losses: Sequence[float], patience: int) -> int:
    """The epoch, counted from 0, whose net is kept."""
    raise NotImplementedError
