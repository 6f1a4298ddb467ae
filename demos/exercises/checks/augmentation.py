"""Task 18: shifted images agree with the engine's own; each original and neighbour is there, with its label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from demos.exercises.checking.calls import Raised, called, need_function
from demos.exercises.checking.comparison import Mistake, agree
from demos.exercises.checking.numbers import plain, unlike
from demos.exercises.checking.words import shown
from demos.exercises.verdict import CheckFailed, Finding
from nets import augment

Grid = list[list[int]]

HINTS = (
    "Ask of each pixel of the new image where its ink comes from: after a shift to the right by 1, what stands in "
    "column 3 was in column 2.",
    "New pixel (row, column) is old pixel (row - down, column - right), if that is inside the image, and 0 otherwise. "
    "Mind that Python reads image[-1] as the last row.",
    "For `augmented` go through the images, and for each through the moves (0, 0), (1, 0), (-1, 0), (0, 1), (0, -1): "
    "append the shifted image to one list and its label to the other.",
)


def check(shifted: Any, augmented: Any) -> None:
    """Nothing if both are right; raises CheckFailed."""
    advice = "Draw the image on squared paper, and move it."
    agree("shifted", shifted, _shifted, _cases(), OF_THE_SHIFT, advice=advice)
    need_function("augmented", augmented, 2)
    for count in (1, 2, 3):
        _check_augmented(augmented, count)


def _shifted(image: Grid, right: int, down: int) -> Grid:
    return augment.shift([image], down=down, right=right)[0].astype(int).tolist()


def _cases() -> list[tuple[Grid, int, int]]:
    """Images of no symmetry, and moves in all directions, also beyond the border."""
    small: Grid = [[1, 2, 3], [4, 5, 6]]
    square: Grid = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    moves = [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (2, -1), (-1, 2), (5, 0), (0, -5), (-3, 0), (3, 3)]
    drawn = np.random.default_rng(18).integers(1, 10, (4, 5)).tolist()
    return [(image, *move) for image in (small, square, drawn, [[1, 2], [3, 4], [5, 6]]) for move in moves]


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


def _one_row(image: Grid, right: int, down: int) -> Grid:
    """The image moved into rows that are all the same list."""
    height, width = len(image), len(image[0])
    new = [[0] * width] * height
    for r, c in np.ndindex(height, width):
        if 0 <= r - down < height and 0 <= c - right < width:
            new[r][c] = image[r - down][c - right]
    return new


WRAPS = "What leaves on one side comes in on the other, as with np.roll, or with places below 0, which Python counts "

OF_THE_SHIFT = [
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
        lambda image, right, down: _shifted([[0] * len(image[0]), *([0, *row[1:]] for row in image[1:])], right, down),
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
        lambda image, right, down: _shifted(image, down, right),
        "It moves down by `right`, and to the right by `down`.",
        "A column moves with `right`, a row with `down`: image[row][column].",
    ),
    Mistake(
        "opposite direction",
        lambda image, right, down: _shifted(image, -right, -down),
        "It moves to the left and up: + in place of -.",
        "After a shift to the right by 1, what stands in column 3 was in column 2.",
    ),
    Mistake(
        "opposite direction",
        lambda image, right, down: _shifted(image, right, -down),
        "To the right is right, but down and up are exchanged.",
        "Rows are counted from the top: down is to larger rows.",
    ),
    Mistake(
        "opposite direction",
        lambda image, right, down: _shifted(image, -right, down),
        "Down is right, but right and left are exchanged.",
        "After a shift to the right by 1, what stands in column 3 was in column 2.",
    ),
    Mistake(
        "moves one way only",
        lambda image, right, down: _shifted(image, right, 0),
        "`down` is not used.",
        "The row changes too.",
    ),
    Mistake(
        "moves one way only",
        lambda image, right, down: _shifted(image, 0, down),
        "`right` is not used.",
        "The column changes too.",
    ),
]

MOVES = {
    "the image itself": (0, 0),
    "the shift to the right": (1, 0),
    "the shift to the left": (-1, 0),
    "the shift down": (0, 1),
    "the shift up": (0, -1),
}
LABELS = ["cat", "dog", "cow"]


def _given(count: int) -> tuple[list[Grid], list[str]]:
    """Images that are all different, as are their neighbours, with a label for each."""
    return np.arange(1, 4 * count + 1).reshape(count, 2, 2).tolist(), LABELS[:count]


def _check_augmented(augmented: Any, count: int) -> None:
    """That all images are there, and each with its label."""
    images, labels = _given(count)
    where = f"augmented({shown(images)}, {shown(labels)})"
    came, their_labels = _pair(augmented, images, labels, where)
    if unlike([images, labels], _given(count), 0.0):
        raise CheckFailed(
            Finding(
                "changes its arguments",
                where,
                "the given lists are afterwards what they were before",
                f"{shown(images)} and {shown(labels)}",
                "It writes into what it was given, by append, by += or through a row.",
                "Make new lists and return those.",
            )
        )
    given = dict(zip(labels, images, strict=True))
    finding = _on_images(came, images, where) or _on_labels(came, their_labels, given, where)
    if finding is not None:
        raise CheckFailed(finding)


def _pair(augmented: Any, images: list[Grid], labels: list[str], where: str) -> tuple[list[Any], list[Any]]:
    """What `augmented` returns, as two lists."""
    try:
        result = called("augmented", augmented, images, labels)
    except Raised as error:
        raise Raised(where, error.error) from None
    expected = "two lists, images and labels"
    if result is None:
        raise CheckFailed(Finding("returns nothing", where, expected, "None", "There is no `return`.", "Return both."))
    try:
        came, their_labels = result
        return [plain(image) for image in came], [plain(label) for label in their_labels]
    except (TypeError, ValueError):
        cause, advice = "Something else than a pair came back.", "Return both lists, the images and then the labels."
        raise CheckFailed(Finding("wrong shape", where, expected, shown(result), cause, advice)) from None


def _key(image: Any) -> str:
    """The same text for images with the same numbers."""
    return repr(np.array(image, dtype=float).tolist())


def _wanted(images: Sequence[Grid], which: dict[str, tuple[int, int]]) -> Counter[str]:
    return Counter(_key(_shifted(image, *move)) for image in images for move in which.values())


def _on_images(came: list[Any], images: list[Grid], where: str) -> Finding | None:
    """A finding if the images are not the originals and their neighbours."""
    try:
        got = Counter(map(_key, came))
        strange = [image for image in came if np.ndim(image) != 2]
    except (TypeError, ValueError):
        strange = came
    if strange:
        advice = "Each entry of the list is one image, and that is a list of rows of numbers: append puts it there."
        return Finding("wrong shape", where, "a list of images", f"a list with {shown(strange[0])} in it", "", advice)
    wanted = _wanted(images, MOVES)
    if got == wanted:
        return None
    missing = [name for name, move in MOVES.items() if not got & _wanted(images, {name: move})]
    name, cause = "wrong result", "Some of them are neither one of the given images nor a neighbour of one."
    advice = "Use `shifted` with (1, 0), (-1, 0), (0, 1) and (0, -1), each time on the original."
    if got == _wanted(images[:1], MOVES):
        name, cause = "returns too early", "Only the first image and its neighbours are there: is `return` in the loop?"
        advice = "Return after the loop."
    elif missing == ["the image itself"]:
        name, cause = "original missing", "The neighbours are there, but the images themselves are not."
        advice = "Add the images as they were."
    elif missing:
        name, cause = "neighbour missing", f"Missing: {', '.join(missing)}."
    elif not wanted - got:
        name, cause = "too many", "All that is wanted is there, and something besides."
        advice = "Only shifts by one pixel, in one direction at a time, and each once."
    expected = f"{5 * len(images)} images: each that is given, and its 4 neighbours"
    return Finding(name, where, expected, f"a list of {len(came)}", cause, advice)


def _on_labels(came: list[Any], their_labels: list[Any], given: dict[str, Grid], where: str) -> Finding | None:
    """A finding if the labels are not those of the images."""
    if len(their_labels) != len(came):
        name = "labels not repeated" if len(their_labels) == len(given) else "wrong length"
        got = f"{len(came)} images, and {len(their_labels)} in the list of labels"
        advice = "Whenever you append an image, append its label."
        return Finding(name, where, "as many labels as images", got, "A copy needs a label too.", advice)
    strange = [label for label in their_labels if all(unlike(label, each, 0.0) for each in given)]
    if strange:
        expected, got = "labels of the list that was given", f"{shown(strange[0])}, which is not in it"
        advice = "Append the label itself, once for each image."
        return Finding("wrong shape", where, expected, got, "Something else stands in the place of a label.", advice)
    right = {_key(_shifted(image, *move)): label for label, image in given.items() for move in MOVES.values()}
    for place, (image, label) in enumerate(zip(came, their_labels, strict=True)):
        wanted = right[_key(image)]
        if unlike(label, wanted, 0.0):
            return Finding(
                "labels in another order",
                f"{where}: entry {place} (counted from 0)",
                f"{wanted!r} for the image {shown(image)}",
                shown(label),
                "Images and labels are lined up differently, as if the one went image by image, and the other move by "
                "move.",
                "Go through both in the same loops.",
            )
    return None
