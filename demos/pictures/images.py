"""Images and counts: weights of a layer or of attention, digits and their probabilities, the confusion matrix."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import ArgumentError

from .paper import (
    BLUE,
    GREY,
    ORANGE,
    SMALL,
    Axes,
    Figure,
    axes,
    bar_beside,
    diverging,
    names_of,
    numbers,
    panels,
)


def weight_images(
    weights: Any,
    shape: tuple[int, int],
    *,
    names: Sequence[str] | None = None,
    columns: int | None = None,
    title: str = "",
    ax: Axes = None,
) -> Figure:
    """The weights of each neuron as an image of this shape, (height, width), all in one scale of colours.

    `weights` has a row for each neuron, such as `[neuron.w for neuron in layer.neurons]`. White is 0, orange below
    and blue above it; in grey the one is not to be told from the other. With `names`, each image has one above it.
    """
    height, width = shape
    rows = numbers("weights", weights, "shape (n, pixels): a row for each neuron", None, None)
    count, pixels = rows.shape
    if pixels != height * width or not count:
        needs = f"one or more rows of {height} x {width} = {height * width} for images of shape {shape}"
        raise ArgumentError(f"weights has {count} rows of {pixels} numbers; it needs {needs}")
    named = names_of("image", names, count, "") if names is not None else [""] * count
    columns = min(count, columns or math.ceil(math.sqrt(1.4 * count)))
    down = -(-count // columns)
    right, above = 0.95, 0.22 if names is not None else 0.06
    across = min((8 - right) / columns, 1.6)
    size = (max(across * columns + right, 3.5), (across * height / width + above) * down + (0.6 if title else 0.4))
    ax = axes(ax, size)
    squares = panels(ax, down, columns, gap=(0.06, above), right=right)
    most = float(np.abs(rows[np.isfinite(rows)]).max(initial=0.0)) or 1.0
    for square, row, name in zip(squares, rows, named, strict=False):
        image = square.imshow(row.reshape(shape), cmap=diverging(), vmin=-most, vmax=most)
        square.set(xticks=[], yticks=[])
        square.spines[:].set_color(GREY)
        square.set_title(name, fontsize=SMALL, pad=2)
    for square in squares[count:]:
        square.remove()
    bar_beside(ax, image, "weight", right)
    ax.set_title(title, pad=20 if names is not None else 8)
    return ax.figure


def confusion_matrix(counts: np.ndarray, *, names: Sequence[str] | None = None, ax: Axes = None) -> Figure:
    """Counts of shape (classes, classes): rows are the true classes, columns what they were taken for.

    A square is the darker the larger its part of its row; zeros stay empty. Classes are numbered from 0, or named.
    """
    table = numbers("counts", counts, "shape (classes, classes)", None, None)
    classes = len(table)
    if table.shape != (classes, classes) or not classes:
        raise ArgumentError(f"counts has shape {table.shape}; it needs as many columns as rows, and one at least")
    if not np.all(np.isfinite(table)) or np.any(table < 0) or np.any(table != np.floor(table)):
        wrong = table[~(np.isfinite(table) & (table >= 0) & (table == np.floor(table)))][0]
        raise ArgumentError(f"counts holds {wrong:g}; it needs whole numbers of at least 0")
    table = table.astype(np.int64)
    labels = [str(k) for k in range(classes)] if names is None else names_of("class", names, classes, "")
    mistakes = np.where(np.eye(classes, dtype=bool), 0, table)
    shade = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    side = min(8.0, max(4.5, 2.0 + 0.45 * classes))
    ax = axes(ax, (side + 0.5, side))
    ax.imshow(np.sqrt(shade), cmap="Blues", vmin=0, vmax=1.15)
    size = _fitting(ax, classes, max(len(f"{n}") for n in table.flat))
    for (row, column), count in np.ndenumerate(table):
        if count:
            colour = "white" if np.sqrt(shade[row, column]) > 0.63 else "black"
            strong = count >= max(3, mistakes.max() / 2) and row != column
            weight = "bold" if strong else "normal"
            ax.text(column, row, str(count), ha="center", va="center", color=colour, weight=weight, fontsize=size)
    inches = ax.get_window_extent().width / ax.figure.dpi
    long = classes * (max(map(len, labels)) + 2) > 10 * inches
    ax.set(xticks=range(classes), yticks=range(classes), xlabel="taken for", ylabel="is")
    ax.set_xticklabels(labels, rotation=90 if long else 0, fontsize=10 if classes <= 12 else SMALL)
    ax.set_yticklabels(labels, fontsize=10 if classes <= 12 else SMALL)
    right = np.trace(table) / max(table.sum(), 1)
    ax.set_title(f"{right:.1%} of {table.sum():,} right\n{mistakes.sum():,} mistakes off the diagonal", fontsize=11)
    return ax.figure


def _fitting(ax: Axes, classes: int, letters: int) -> float:
    """The size, in points, of numbers with so many letters in the squares of a matrix."""
    box = ax.get_window_extent()
    square = 72 / ax.figure.dpi * min(box.width, box.height) / classes
    return min(12.0, 0.55 * square, 1.25 * square / letters)


def weight_grid(
    weights: Any,
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    title: str = "",
    ax: Axes = None,
) -> Figure:
    """Weights from 0 to 1 as a grid, such as those of attention: who looks (down) at whom (across).

    `weights` has a row for each name in `rows`, with a number for each in `columns`; a word stands for its letters. A
    square is the darker the larger its weight, which is written in it in hundredths; one of 0 stays empty.
    """
    table = numbers("weights", weights, f"shape ({len(rows)}, {len(columns)})", len(rows), len(columns))
    if not table.size:
        raise ArgumentError(f"weights has shape {table.shape}; it needs a row and a column at least")
    if not np.all((table >= 0) & (table <= 1 + 1e-9)):
        raise ArgumentError(f"weights holds {table[~((table >= 0) & (table <= 1 + 1e-9))][0]:g}; it needs 0 .. 1")
    down, across = table.shape
    inch = min(0.7, 6.5 / max(down, across))
    ax = axes(ax, (max(inch * across + 1.0, 4.5), max(inch * down, 1.5) + 1.0))
    ax.imshow(table, cmap="Blues", vmin=0, vmax=1.15)
    size = _fitting(ax, max(down, across), 3)
    for (row, column), weight in np.ndenumerate(table):
        if weight:
            colour = "white" if weight > 0.63 else "black"
            ax.text(column, row, f"{100 * weight:.0f}", ha="center", va="center", color=colour, fontsize=size)
    ax.set(xticks=range(across), yticks=range(down), xticklabels=list(columns), yticklabels=list(rows))
    ax.tick_params(length=0, top=False, labeltop=True, labelbottom=False)
    ax.set_title(title, fontsize=11, pad=10)
    return ax.figure


def digit_sheet(
    images: Any,
    labels: Sequence[int],
    probabilities: Any,
    columns: int = 4,
    *,
    ax: Axes = None,
) -> Figure:
    """Images of shape (n, height, width), each beside the probabilities of its classes, of shape (n, classes).

    The bar of the true class is blue, that of a wrong guess orange.
    """
    shown = numbers("images", images, "shape (n, height, width)", None, None, None)
    chances = numbers("probabilities", probabilities, f"shape ({len(shown)}, classes)", len(shown), None)
    if len(labels) != len(shown) or not len(shown):
        raise ArgumentError(
            f"there are {len(shown)} images and {len(labels)} labels; it needs one label for each image"
        )
    columns = min(columns, len(shown))
    rows = -(-len(shown) // columns)
    ax = axes(ax, (min(8.0, max(2.6 * columns, 4.2)), 1.45 * rows + 0.8))
    places = panels(ax, rows, 2 * columns, gap=(0.12, 0.3), widths=[1.1, 1] * columns)
    for i, (image, label, row) in enumerate(zip(shown, labels, chances, strict=True)):
        picture, bars = places[2 * i : 2 * i + 2]
        picture.imshow(image, cmap="gray_r", vmin=0, vmax=1)
        picture.axis("off")
        _bars(bars, row, label)
    for place in places[2 * len(shown) :]:
        place.remove()
    ax.set_title("The probability of each class\n(blue: the true one; orange: a wrong answer)", fontsize=11, pad=22)
    return ax.figure


def _bars(ax: Axes, row: Any, label: int) -> None:
    """Draws the probabilities of one image as bars, with the guess above them."""
    guess, classes = int(np.argmax(row)), len(row)
    colours = [BLUE if k == label else ORANGE if k == guess else GREY for k in range(classes)]
    ax.barh(range(classes), row, color=colours)
    ax.set(xlim=(0, 1), ylim=(classes - 0.4, -0.6), xticks=[], yticks=range(classes))
    ax.tick_params(axis="y", labelsize=SMALL - 1, length=0, pad=1)
    ax.spines[["top", "right", "bottom"]].set_visible(False)
    wrong = guess != label
    title = f"{guess} ({row[guess]:.0%})" + (f", is {label}" if wrong else "")
    ax.set_title(title, fontsize=SMALL, color=ORANGE if wrong else "black", pad=2)
