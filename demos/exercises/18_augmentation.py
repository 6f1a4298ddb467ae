"""More images out of few

A 7 that stands one pixel further to the right is a 7 still. A net that was
only shown it here does not know that, as each pixel has its own weight. So it
is shown shifted copies as well: augmentation, as good as new examples and
free. (P. Simard, D. Steinkraus and J. Platt, 2003, read handwriting with
shifted, turned and distorted copies.)

An image is a list of rows, each a list of grey levels, and 0 is background.
Write `shifted`, which moves it by so many pixels to the right and down, or to
the left and up if they are below 0. What leaves the image is lost, background
comes in on the other side, and nothing wraps round, even if the whole image
leaves. What is given stays as it is.

>>> shifted([[1, 2, 3],
...          [4, 5, 6]], 1, 0)
[[0, 1, 2], [0, 4, 5]]
>>> shifted([[1, 2, 3],
...          [4, 5, 6]], 0, -1)
[[4, 5, 6], [0, 0, 0]]

And `augmented`, for many images and their labels: the images themselves and of
each its four neighbours, shifted by one pixel to the right, to the left, down
and up, in any order you like. The labels come in the order of their images.

>>> images, labels = augmented([[[0, 0, 0], [0, 9, 0], [0, 0, 0]]], ["dot"])
>>> len(images), labels
(5, ['dot', 'dot', 'dot', 'dot', 'dot'])

To think about: may images be mirrored to get still more? For cats and dogs,
for a 0, for a 2?

The lesson beside it: `python -m demos overfitting`.
"""

from collections.abc import Sequence
from typing import Any

Image = Sequence[Sequence[float]]


def shifted(image: Image, right: int, down: int) -> Image:
    """The image moved so many pixels to the right and down; 0 comes in."""
    raise NotImplementedError


def augmented(images: Sequence[Image], labels: Sequence[Any]) -> tuple[Sequence[Image], Sequence[Any]]:
    """(images, labels) with each image and its four neighbours."""
    raise NotImplementedError
