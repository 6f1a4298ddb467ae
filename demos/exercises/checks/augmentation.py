"""Task 18: shifted images agree with the engine's own; each original and neighbour is there, with its label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from demos.exercises.checking.calls import Raised, called, need_function
from demos.exercises.checking.comparison import agree
from demos.exercises.checking.numbers import plain, unlike
from demos.exercises.checking.words import shown
from demos.exercises.checks.parts.shifts import SHIFT_MISTAKES, Grid, shift
from demos.exercises.verdict import CheckFailed, Finding

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
    agree("shifted", shifted, shift, _cases(), SHIFT_MISTAKES, advice=advice)
    need_function("augmented", augmented, 2)
    for count in (1, 2, 3):
        _check_augmented(augmented, count)


def _cases() -> list[tuple[Grid, int, int]]:
    """Images of no symmetry, and moves in all directions, also beyond the border."""
    small: Grid = [[1, 2, 3], [4, 5, 6]]
    square: Grid = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    moves = [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (2, -1), (-1, 2), (5, 0), (0, -5), (-3, 0), (3, 3)]
    drawn = np.random.default_rng(18).integers(1, 10, (4, 5)).tolist()
    return [(image, *move) for image in (small, square, drawn, [[1, 2], [3, 4], [5, 6]]) for move in moves]


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
    return Counter(_key(shift(image, *move)) for image in images for move in which.values())


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
    right = {_key(shift(image, *move)): label for label, image in given.items() for move in MOVES.values()}
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
