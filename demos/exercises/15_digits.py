"""Train a net to read digits

An image of 8 x 8 pixels comes as a row of 64 grey levels, from 0 for
background to 1 for ink; its label is the digit, 0 to 9. A reader turns an
image into ten scores, one for each digit, and the largest one says what it
reads.

Write `train`, which makes such a reader from images and their labels: a net
with 64 inputs and 10 outputs, trained by gradient descent on the
cross-entropy. It is shown 400 images, and is then to read at least 85 % of
others that it has not seen. The net itself may be the reader: it is a function
of an image already.

>>> from demos.data import digits
>>> data = digits()
>>> read = train(data.train_images[:400], data.train_labels[:400])
>>> len(read(data.test_images[0]))
10

What you need is there: `from nets import MLP, SGD, batches, cross_entropy`,
and `from autograd import jit, mean, vmap` for the loop of your own, step by
step:

    for each batch:  set the gradients to 0,
                     compute the mean loss of the batch,
                     go backward,
                     take a step.

One pass through `batches(images, labels, 20, rng)` gives pairs (xs, ys), each
of 20 images and their labels, in random order; `help(batches)` tells the rest.
Compile the loss with `jit`, or it takes many times as long: the check waits 20
seconds, and one is enough. Or leave the loop to `nets.fit`: few lines remain.
With seeds for the net and the batches, each run comes out the same.

To think about: how many per cent does somebody read who guesses?

The lesson beside it: `python -m demos digits`.
"""

from collections.abc import Callable
from typing import Any

import numpy as np


def train(images: np.ndarray, labels: np.ndarray) -> Callable[[np.ndarray], Any]:
    """A reader, from an image to ten scores; `images` is (n, 64), `labels` is (n,)."""
    raise NotImplementedError
