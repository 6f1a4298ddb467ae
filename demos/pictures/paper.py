"""What the pictures are drawn on and with: figures, axes inside axes, colours; and the check of what is to be drawn."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from autograd import ArgumentError
from demos.runner import MissingExtra

Figure: TypeAlias = Any
Axes: TypeAlias = Any
"""Those of matplotlib, which need not be there until something is drawn."""

Floats = npt.NDArray[np.float64]

BLUE, ORANGE, GREY = "#0072b2", "#d55e00", "#999999"
"""Colours that the colour-blind can tell apart (Okabe & Ito, "Color universal design", 2008)."""

COLOURS = (BLUE, ORANGE, "#009e73", "#cc79a7", "#56b4e9", "black", "#e69f00")
"""Those of lines, in their order."""

CLASSES = (ORANGE, BLUE, *COLOURS[2:])
"""Those of classes. As in the pictures that `draw` makes, orange is below 0 or class 0, blue above 0 or class 1."""

DASHES = ("-", "--", "-.", ":", (0, (7, 1.5, 1, 1.5, 1, 1.5)))
MARKERS = ("o", "^", "s", "D", "v", "P", "X", "<", ">", "*")
"""These differ too, for who prints in grey."""

SMALL = 8
"""Points; small letters, for a picture 8 inches wide. On a page (16 cm) they are 6.3 points high."""


def ready() -> None:
    """Raises MissingExtra if matplotlib is not installed; for a lesson to ask before it trains, not after."""
    figure_of((1, 1))


def keep(figure: Figure, path: Path) -> None:
    """Saves a Figure, and shows it as well where the lesson runs in a notebook."""
    figure.savefig(path)
    if "ipykernel" in sys.modules:
        from IPython.display import Image, display

        display(Image(filename=path, width=760))


def frames(rows: int = 1, columns: int = 1, size: tuple[float, float] | None = None) -> list[Axes]:
    """Empty axes on a new figure, row by row: the `ax` of as many pictures. Their `figure` is for `keep`.

    `size` is the width and height of the whole figure in inches; without it, it is as wide as a page.
    """
    figure = figure_of(size or (8, 8 / columns * 0.75 * rows))
    figure.subplots_adjust(0.02, 0.02, 0.98, 0.92)  # near to what the engine makes of it when it is drawn
    figure.set_layout_engine("tight")
    return list(figure.subplots(rows, columns, squeeze=False).flat)


def figure_of(size: tuple[float, float]) -> Figure:
    """A Figure of its own, apart from pyplot's, so that no window or global state is needed."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingExtra('this lesson draws with matplotlib: pip install "glassgrad[demos]"') from None
    return Figure(figsize=size, dpi=150)


def axes(ax: Axes, size: tuple[float, float]) -> Axes:
    """`ax`, or if it is None the axes of a new figure of this size, in inches."""
    if ax is None:
        return frames(size=size)[0]
    if not hasattr(ax, "inset_axes"):
        raise ArgumentError(f"ax is {ax!r}; it needs one axes of a figure, such as frames(1, 2)[0]")
    return ax


def panels(
    ax: Axes,
    rows: int,
    columns: int,
    gap: tuple[float, float] = (0.1, 0.1),
    right: float = 0.0,
    heights: Sequence[float] = (),
    widths: Sequence[float] = (),
) -> list[Axes]:
    """Axes inside `ax`, row by row, which itself becomes empty.

    `gap` is the space between columns and that above each row, for its title; `right` the space left over on the
    right; all in inches. `heights` and `widths` say how the rows and columns differ.
    """
    ax.axis("off")
    box = ax.get_window_extent()
    dpi = ax.figure.dpi
    across, up = gap[0] * dpi / box.width, gap[1] * dpi / box.height
    lefts, wide = _cut(1 - right * dpi / box.width, across, widths or [1.0] * columns)
    tops, high = _cut(1.0, up, heights or [1.0] * rows)
    return [
        ax.inset_axes([left, 1 - top - height, width, height])
        for top, height in zip(tops, high, strict=True)
        for left, width in zip(lefts, wide, strict=True)
    ]


def _cut(length: float, gap: float, shares: Sequence[float]) -> tuple[list[float], list[float]]:
    """Where pieces begin and how long they are, in these proportions and with gaps between them."""
    gap = min(gap, 0.5 * length / len(shares))
    usable = length - gap * (len(shares) - 1)
    sizes = [usable * share / sum(shares) for share in shares]
    return [sum(sizes[:i]) + i * gap for i in range(len(shares))], sizes


def bar_beside(ax: Axes, mappable: Any, label: str, left: float) -> None:
    """Draws a colour bar into the empty strip of this width, in inches, at the right of `ax`."""
    inch = ax.figure.dpi / ax.get_window_extent().width
    place = ax.inset_axes([1 - (left - 0.2) * inch, 0.0, 0.15 * inch, 1.0], label="<colorbar>")
    bar = ax.figure.colorbar(mappable, cax=place)
    bar.set_label(label)
    bar.ax.tick_params(labelsize=SMALL)


def diverging() -> Any:
    """A colour map from orange (below 0) through white to blue (above 0); grey is NaN."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("orange to blue", [ORANGE, "white", BLUE]).with_extremes(bad=GREY)


def styles(count: int) -> list[dict[str, Any]]:
    """Colour, dashes and marker for each of so many lines; the rounds are of unequal lengths, so no two are alike."""
    return [
        {"color": colour, "linestyle": dashes, "marker": marker}
        for colour, dashes, marker in islice(zip(cycle(COLOURS), cycle(DASHES), cycle(MARKERS), strict=False), count)
    ]


def size_for(left: float, right: float, bottom: float, top: float, beside: float = 0.8) -> tuple[float, float]:
    """Inches of a figure that shows these ranges in one scale, with so much beside it."""
    across, up = right - left, top - bottom
    inch = max(across / 6.5, up / 5.0)
    return max(across / inch, 3.0) + beside, max(up / inch, 2.0) + 0.9


def numbers(what: str, given: Any, needs: str, *shape: int | None) -> Floats:
    """The given numbers as an array, if it has this shape; None stands for any length."""
    try:
        array = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ArgumentError(f"{what} cannot be read as numbers ({error}); it needs {needs}") from None
    if array.ndim != len(shape) or any(n not in (None, m) for n, m in zip(shape, array.shape, strict=True)):
        raise ArgumentError(f"{what} has shape {array.shape}; it needs {needs}")
    return array


def labelled(what: str, given: Any, alone: str) -> dict[str, Any]:
    """The given mapping of names to things; a thing by itself is called `alone`."""
    if not isinstance(given, Mapping):
        return {alone: given}
    if not given:
        raise ArgumentError(f"{what} is empty; it needs at least one name with what belongs to it")
    return {str(name): each for name, each in given.items()}


def names_of(what: str, given: Sequence[str] | None, count: int, default: str) -> list[str]:
    """The names given, if there are `count` of them; without any, `default` with a number."""
    if given is None:
        return [f"{default} {i}" for i in range(count)]
    if len(given) != count:
        raise ArgumentError(f"names has {len(given)} entries; it needs {count}, one for each {what}")
    return [str(name) for name in given]
