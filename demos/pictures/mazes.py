"""A maze seen from above: what its cells are worth to an agent, and where it would go from each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import ArgumentError

from .paper import SMALL, Axes, Figure, axes, diverging, numbers, panels

DIRECTIONS = ((-1, 0), (0, 1), (1, 0), (0, -1))
"""Up, right, down, left: what a move adds to row and column."""


def maze(
    walls: Any,
    values: Any,
    goal: tuple[int, int],
    *,
    marked: Sequence[tuple[int, int]] = (),
    marked_name: str = "marked",
    title: str = "",
    ax: Axes = None,
) -> Figure:
    """The value of each cell as a colour and its best move as an arrow, in a maze of (height, width) cells.

    `walls` is True where there is a wall. `values` has shape (height, width, 4): what a move up, right, down and left
    is worth in each cell; the highest counts, the first of equals. Where all four are equal stands a question mark.
    Cells (row, column) that are `marked` get a dashed frame.
    """
    blocked = numbers("walls", walls, "shape (height, width), True where there is a wall", None, None) != 0
    height, width = blocked.shape
    needs = f"shape ({height}, {width}, 4): the values of moving up, right, down and left"
    worth = numbers("values", values, needs, height, width, 4)
    for what, (row, column) in [("goal", goal), *(("marked", cell) for cell in marked)]:
        if not (0 <= row < height and 0 <= column < width) or blocked[row, column]:
            raise ArgumentError(f"{what} is ({row}, {column}); it needs a free cell of the {height} x {width} maze")
    right, below = 0.95, 0.6
    inch = min(6.0 / width, 6.0 / height)
    ax = axes(ax, (max(width * inch, 3.0) + right, height * inch + below + 0.6))
    [square] = panels(ax, 1, 1, right=right)
    best = np.ma.masked_array(worth.max(axis=2), blocked)
    best[goal] = 0.0  # there nothing more can come
    most = float(np.abs(best).max() or 1.0)
    colours = diverging().with_extremes(bad="#333333")
    image = square.imshow(best, cmap=colours, vmin=-most, vmax=most)
    _arrows(square, worth, ~blocked, goal)
    _signs(square, goal, marked, marked_name)
    square.set(xticks=[], yticks=[])
    bar = ax.figure.colorbar(image, cax=square.inset_axes([1.04, 0, 0.04, 1], label="<colorbar>"))
    bar.set_label("value")
    bar.ax.tick_params(labelsize=SMALL)
    square.set_title(title)
    return ax.figure


def _arrows(ax: Axes, worth: Any, free: Any, goal: tuple[int, int]) -> None:
    """The best move of each free cell but the goal."""
    known = np.ptp(worth, axis=2) > 0
    for row, column in np.argwhere(free):
        if (row, column) == goal:
            continue
        if not known[row, column]:
            ax.text(column, row, "?", ha="center", va="center", fontsize=SMALL, weight="bold")
            continue
        down, across = DIRECTIONS[worth[row, column].argmax()]
        ax.annotate(
            "",
            (column + 0.36 * across, row + 0.36 * down),
            (column - 0.36 * across, row - 0.36 * down),
            arrowprops={"arrowstyle": "->", "linewidth": 1.2, "shrinkA": 0, "shrinkB": 0},
        )


def _signs(ax: Axes, goal: tuple[int, int], marked: Sequence[tuple[int, int]], marked_name: str) -> None:
    """A star on the goal, frames around the marked cells, and below what they mean."""
    star = ax.scatter(goal[1], goal[0], s=110, marker="*", color="#f0e442", edgecolors="black", label="goal")
    handles = [star]
    if marked:
        from matplotlib.patches import Rectangle

        for row, column in marked:
            frame = Rectangle((column - 0.46, row - 0.46), 0.92, 0.92, fill=False, linewidth=1.4, linestyle="--")
            handles[1:] = [ax.add_patch(frame)]
        frame.set_label(marked_name)
    ax.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, -0.01), ncols=2, fontsize=SMALL, frameon=False)
