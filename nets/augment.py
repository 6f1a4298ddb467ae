"""More pictures out of few: each shifted, turned or made brighter a little, so that what it shows stays the same.

NumPy only. Pictures come and go as float64 arrays of shape (n, height, width), 0 being background; none is changed in
place. How much is one number for all pictures, or an array of n, one for each. Wrong arguments raise DataError.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from nets.errors import DataError

__all__ = ["brighten", "rotate", "shift", "vary"]

Floats = npt.NDArray[np.float64]


def shift(images: npt.ArrayLike, down: Any = 0.0, right: Any = 0.0) -> Floats:
    """The pictures moved by so many pixels; what leaves is lost, and background follows.

    A part of a pixel divides its ink between neighbours, in proportion (bilinear interpolation).

    >>> shift([[[0.0, 1.0, 0.0]]], right=0.25).tolist()
    [[[0.0, 0.75, 0.25]]]
    """
    pictures = _pictures(images)
    downs, rights = _amounts("down", down, pictures), _amounts("right", right, pictures)
    rows, columns = np.indices(pictures.shape[1:], dtype=np.float64)
    return _sampled(pictures, rows - downs, columns - rights)


def rotate(images: npt.ArrayLike, degrees: Any) -> Floats:
    """The pictures turned about their middle, counterclockwise for degrees above 0, by bilinear interpolation.

    >>> rotate([[[1.0, 2.0], [3.0, 4.0]]], 90).round(6).tolist()
    [[[2.0, 4.0], [1.0, 3.0]]]
    """
    pictures = _pictures(images)
    angles = np.radians(_amounts("degrees", degrees, pictures))
    height, width = pictures.shape[1:]
    middle_row, middle_column = (height - 1) / 2, (width - 1) / 2
    rows, columns = np.indices((height, width), dtype=np.float64)
    rows, columns = rows - middle_row, columns - middle_column
    sine, cosine = np.sin(angles), np.cos(angles)
    return _sampled(
        pictures, middle_row + columns * sine + rows * cosine, middle_column + columns * cosine - rows * sine
    )


def brighten(images: npt.ArrayLike, factor: Any) -> Floats:
    """The pictures times `factor`, at least 0; what would be above 1, full ink, is cut to 1.

    >>> brighten([[[0.25, 0.75]]], 1.5).tolist()
    [[[0.375, 1.0]]]
    """
    pictures = _pictures(images)
    factors = _amounts("factor", factor, pictures)
    if (factors < 0).any():
        raise DataError(f"factor is {factors.min():g}; it needs to be at least 0.")
    return np.asarray(np.minimum(pictures * factors, np.maximum(pictures, 1.0)))


def vary(
    images: npt.ArrayLike, pixels: float = 1.0, degrees: float = 10.0, brightness: float = 0.2, seed: int = 0
) -> Floats:
    """The pictures, each turned, shifted and made brighter or darker at random.

    The angle is drawn evenly from -degrees .. degrees, the shifts down and right from -pixels .. pixels, the factor
    from 1 - brightness .. 1 + brightness. One seed gives the same bits each time. That a net learns more from such
    copies: P. Simard, D. Steinkraus and J. Platt, "Best practices for convolutional neural networks applied to
    visual document analysis" (2003).

    >>> vary([[[0.0, 1.0], [0.0, 0.0]]], pixels=0, degrees=0, brightness=0).tolist()
    [[[0.0, 1.0], [0.0, 0.0]]]
    """
    pictures = _pictures(images)
    most = {"pixels": pixels, "degrees": degrees, "brightness": brightness}
    for name, amount in most.items():
        number = isinstance(amount, (int, float, np.integer, np.floating)) and not isinstance(amount, bool)
        if not number or not 0 <= amount < math.inf:
            raise DataError(f"{name} is {amount!r}; it needs to be a finite number of at least 0.")
    if brightness > 1:
        raise DataError(f"brightness is {brightness!r}; it needs to be at most 1, or some pictures would be negative.")
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise DataError(f"seed is {seed!r}; it needs to be a whole number of at least 0.")
    angle, down, right, light = np.random.default_rng(seed).uniform(-1.0, 1.0, (4, len(pictures)))
    moved = shift(rotate(pictures, degrees * angle), pixels * down, pixels * right)
    return brighten(moved, 1.0 + brightness * light)


def _sampled(pictures: Floats, rows: Floats, columns: Floats) -> Floats:
    """The ink at these places between the pixels, each of shape (n, height, width); 0 beyond the border."""
    height, width = pictures.shape[1:]
    which = np.arange(len(pictures))[:, np.newaxis, np.newaxis]
    above, left = np.floor(rows), np.floor(columns)
    ink = np.zeros(pictures.shape)
    for row, column in ((above, left), (above, left + 1), (above + 1, left), (above + 1, left + 1)):
        share = (1.0 - np.abs(rows - row)) * (1.0 - np.abs(columns - column))
        inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
        i, j = np.where(inside, row, 0).astype(int), np.where(inside, column, 0).astype(int)
        ink += np.where(inside, share * pictures[which, i, j], 0.0)
    return ink


def _pictures(images: npt.ArrayLike) -> Floats:
    try:
        pictures = np.asarray(images, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"images cannot be read as numbers: {error}") from error
    if pictures.ndim != 3 or not pictures.size:
        needs = "(n, height, width), none of them 0; flat rows become that by images.reshape(-1, height, width)"
        raise DataError(f"images has shape {pictures.shape}; it needs to be {needs}.")
    return pictures


def _amounts(name: str, given: Any, pictures: Floats) -> Floats:
    """One finite number for each picture, as shape (n or 1, 1, 1)."""
    try:
        amounts = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        amounts = np.array(np.nan)
    if amounts.shape not in ((), (len(pictures),)) or not np.isfinite(amounts).all():
        raise DataError(f"{name} is {given!r}; it needs to be a finite number, or {len(pictures)}: one each.")
    return amounts.reshape(-1, 1, 1)
