"""An image that is moved, by the nets' own augmentation, and the mistakes that are made in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from demos.exercises.checking.comparison import Mistake
from nets import augment

Grid = list[list[int]]


def shift(image: Grid, right: int, down: int) -> Grid:
    """The image moved so many pixels to the right and down, as the nets' own augmentation moves it."""
    return augment.shift([image], down=down, right=right)[0].astype(int).tolist()


def _padded(image: Grid, right: int, down: int, mode: str) -> Grid:
    """The image moved, with what comes in taken from the image itself."""
    height, width = len(image), len(image[0])
    rows, columns = np.indices((height, width))
    if mode == "wrap":
        return np.array(image)[(rows - down) % height, (columns - right) % width].tolist()
    return np.array(image)[np.clip(rows - down, 0, height - 1), np.clip(columns - right, 0, width - 1)].tolist()


def _negative_places(image: Grid, right: int, down: int) -> Grid:
    """The image moved by one who only asks whether a place is beyond the end: Python reads -1 as the last."""
    height, width = len(image), len(image[0])
    return [
        [image[r - down][c - right] if r - down < height and c - right < width else 0 for c in range(width)]
        for r in range(height)
    ]


def _negative_targets(image: Grid, right: int, down: int) -> Grid:
    """The image moved by one who writes each pixel to its new place, and only asks whether that is beyond the end."""
    height, width = len(image), len(image[0])
    new = [[0] * width for _ in range(height)]
    for r in range(height):
        for c in range(width):
            if r + down < height and c + right < width:
                new[r + down][c + right] = image[r][c]
    return new


def _sliced_across(image: list[list[Any]], right: int, blank: Any = 0) -> list[list[Any]]:
    """Each row moved by slices whose ends are not looked at: row[: 3 - 5] ends 2 before the end."""
    return [
        [blank] * right + row[: len(row) - right] if right >= 0 else row[-right:] + [blank] * -right for row in image
    ]


def _sliced_down(image: Grid, down: int, width: int) -> Grid:
    """The same for the rows of the image, with rows of that width coming in."""
    return _sliced_across([image], down, [0] * width)[0]


def _square(side: Callable[[Grid], int]) -> Callable[..., Grid]:
    """The mistake of taking this for both the height and the width."""

    def wrong(image: Grid, right: int, down: int) -> Grid:
        size = range(side(image))
        return [
            [image[r - down][c - right] if r - down in size and c - right in size else 0 for c in size] for r in size
        ]

    return wrong


def _one_row(image: Grid, right: int, down: int) -> Grid:
    """The image moved into rows that are all the same list."""
    height, width = len(image), len(image[0])
    new = [[0] * width] * height
    for r, c in np.ndindex(height, width):
        if 0 <= r - down < height and 0 <= c - right < width:
            new[r][c] = image[r - down][c - right]
    return new


WRAPS = "What leaves on one side comes in on the other, as with np.roll, or with places below 0, which Python counts "

SHIFT_MISTAKES = [
    Mistake(
        "wraps round",
        lambda image, right, down: _padded(image, right, down, "wrap"),
        WRAPS + "from the end.",
        "Put 0 where the place in the old image is not inside it.",
    ),
    Mistake(
        "wraps round",
        _negative_places,
        WRAPS + "from the end.",
        "Ask for both borders: 0 <= row < height, and the same for columns.",
    ),
    Mistake(
        "wraps round",
        _negative_targets,
        WRAPS + "from the end.",
        "Ask for both borders: 0 <= row < height, and the same for columns.",
    ),
    *(
        Mistake(
            "slices past the end",
            wrong,
            "Where the whole image leaves, a slice such as row[: width - right] has an end below 0, and Python counts "
            "that from the end of the row.",
            "A move by more than the width is one by the width: min(right, width).",
        )
        for wrong in (
            lambda image, right, down: _sliced_down(_sliced_across(image, right), down, len(image[0])),
            lambda image, right, down: _sliced_across(_sliced_down(image, down, len(image[0])), right),
        )
    ),
    *(
        Mistake(
            "taken as square",
            _square(side),
            "The height of the image is taken for its width, or the other way round, as if it were square.",
            "len(image) is the number of rows, len(image[0]) that of columns.",
        )
        for side in (len, lambda image: len(image[0]))
    ),
    Mistake(
        "rows and columns exchanged",
        lambda image, right, down: np.transpose(shift(image, right, down)).tolist(),
        "What should be rows are columns: the image is mirrored at its diagonal.",
        "The outer list holds the rows: the loop over the columns stands inside that over the rows.",
    ),
    Mistake(
        "nothing moves",
        lambda image, right, down: image,
        "The image comes back as it was.",
        "Make a new list of rows, and fill it from other places of the old one.",
    ),
    Mistake(
        "same list again",
        _one_row,
        "All rows are the same: [[0] * width] * height is one row, many times over.",
        "Make a new row in each round: [[0] * width for _ in range(height)].",
    ),
    Mistake(
        "off by one",
        lambda image, right, down: shift([[0] * len(image[0]), *([0, *row[1:]] for row in image[1:])], right, down),
        "What stood in row 0 or column 0 is left out: 0 < in place of 0 <=.",
        "Rows and columns are counted from 0.",
    ),
    Mistake(
        "repeats the border",
        lambda image, right, down: _padded(image, right, down, "edge"),
        "The row or column at the border is repeated where background should come in.",
        "Put 0 where the place in the old image is not inside it.",
    ),
    Mistake(
        "right and down exchanged",
        lambda image, right, down: shift(image, down, right),
        "It moves down by `right`, and to the right by `down`.",
        "A column moves with `right`, a row with `down`: image[row][column].",
    ),
    Mistake(
        "opposite direction",
        lambda image, right, down: shift(image, -right, -down),
        "It moves to the left and up: + in place of -.",
        "After a shift to the right by 1, what stands in column 3 was in column 2.",
    ),
    Mistake(
        "opposite direction",
        lambda image, right, down: shift(image, right, -down),
        "To the right is right, but down and up are exchanged.",
        "Rows are counted from the top: down is to larger rows.",
    ),
    Mistake(
        "opposite direction",
        lambda image, right, down: shift(image, -right, down),
        "Down is right, but right and left are exchanged.",
        "After a shift to the right by 1, what stands in column 3 was in column 2.",
    ),
    Mistake(
        "moves one way only",
        lambda image, right, down: shift(image, right, 0),
        "`down` is not used.",
        "The row changes too.",
    ),
    Mistake(
        "moves one way only",
        lambda image, right, down: shift(image, 0, down),
        "`right` is not used.",
        "The column changes too.",
    ),
]
