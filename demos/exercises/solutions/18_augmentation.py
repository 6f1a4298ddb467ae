"""Each pixel asks where its ink came from; each image brings its neighbours and its label along."""

from collections.abc import Sequence
from typing import Any

Image = Sequence[Sequence[float]]


def shifted(image: Image, right: int, down: int) -> Image:
    """The image moved so many pixels to the right and down; 0 comes in."""
    height, width = len(image), len(image[0])

    def ink(row: int, column: int) -> float:
        return image[row][column] if 0 <= row < height and 0 <= column < width else 0

    return [[ink(row - down, column - right) for column in range(width)] for row in range(height)]


def augmented(images: Sequence[Image], labels: Sequence[Any]) -> tuple[Sequence[Image], Sequence[Any]]:
    """(images, labels) with each image and its four neighbours."""
    moves = [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)]
    return (
        [shifted(image, right, down) for image in images for right, down in moves],
        [label for label in labels for _ in moves],
    )
