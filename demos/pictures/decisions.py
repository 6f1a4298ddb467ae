"""What a net says of each point of its input plane: its decisions, and what its neurons do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

import numpy as np

from autograd import ArgumentError

from .paper import (
    CLASSES,
    MARKERS,
    SMALL,
    Axes,
    Figure,
    Floats,
    axes,
    bar_beside,
    diverging,
    labelled,
    names_of,
    numbers,
    panels,
    size_for,
)
from .plane import Plane

BAR = 0.95
"""Inches at the right for a colour bar and its numbers."""

TINTS = (0.16, 0.34, 0.25, 0.42)
"""How much of its colour each region gets; they differ so that regions do in grey."""


def regions(
    plane: Plane,
    scores: Any,
    xs: Any = None,
    ys: Any = None,
    *,
    names: Sequence[str] | None = None,
    margin: float = 0.0,
    legend: bool = True,
    xlabel: str = "first number of a point",
    ylabel: str = "second number",
    title: str = "",
    ax: Axes = None,
) -> Figure:
    """The regions that a classifier takes for each class, and the points xs, (n, 2), with classes ys, (n,), on them.

    `scores` has a row for each of `plane.points`, or is a function of a point, such as a model. A row of one score
    says class 1 where it is above 0, else class 0; a row of several says the class of the highest, the first of
    equals. With a `margin`, dashed lines show where a single score is + and - that. Where a score is NaN it is white.
    """
    spread = plane.values(scores, "scores")
    classes = spread.shape[2] if spread.ndim == 3 else 2
    points = _points(xs, ys, classes)
    named = names_of("class", names, classes, "class")
    ax = axes(ax, size_for(*plane.extent))
    _decisions(ax, plane, spread, margin)
    _scatter(ax, points, 26)
    ax.set(xlabel=xlabel, ylabel=ylabel, title=title)
    if legend:
        _legend(ax, named, loc="best", framealpha=0.9)
    return ax.figure


def regions_over_time(
    plane: Plane,
    scores: Mapping[str, Any],
    xs: Any = None,
    ys: Any = None,
    *,
    names: Sequence[str] | None = None,
    columns: int = 3,
    title: str = "",
    ax: Axes = None,
) -> Figure:
    """The regions at several times of a training, side by side: `scores` of `regions` for each, by its name."""
    spread = {name: plane.values(each, f"scores of {name!r}") for name, each in labelled("scores", scores, "").items()}
    counts = {each.shape[2] if each.ndim == 3 else 2 for each in spread.values()}
    if len(counts) > 1:
        raise ArgumentError(f"scores are of {' and of '.join(map(str, sorted(counts)))} classes; it needs one number")
    [classes] = counts
    points = _points(xs, ys, classes)
    named = names_of("class", names, classes, "class")
    ax, squares = _squares(ax, plane, len(spread), columns, right=0.0)
    for square, (name, each) in zip(squares, spread.items(), strict=False):
        _decisions(square, plane, each, 0.0)
        _scatter(square, points, 10)
        square.set_title(name, fontsize=SMALL + 1, pad=3)
    _legend(ax, named, loc="upper center", bbox_to_anchor=(0.5, -0.01), ncols=min(classes, 5))
    ax.set_title(title, pad=24)
    return ax.figure


def activities(
    plane: Plane,
    outputs: Any,
    xs: Any = None,
    ys: Any = None,
    *,
    names: Sequence[str] | None = None,
    columns: int = 4,
    title: str = "",
    ax: Axes = None,
) -> Figure:
    """What each neuron of a layer gives over the input plane, a square for each, all in one scale of colours.

    `outputs` has a row for each of `plane.points`, with a number for each neuron; or is a function of a point, such as
    a layer. The thick line is where a neuron gives 0, or begins to give more, if it never gives less; the thin ones are
    at thirds of the largest activity of all, dashed below 0. Points xs of class ys lie on top: white circles for class
    0, black marks for the others.
    """
    spread = plane.values(outputs, "outputs")
    spread = spread[:, :, None] if spread.ndim == 2 else spread
    points = _points(xs, ys, None)
    named = names_of("neuron", names, spread.shape[2], "neuron")
    most = float(np.abs(spread[np.isfinite(spread)]).max(initial=0.0)) or 1.0
    ax, squares = _squares(ax, plane, len(named), columns, right=BAR)
    colours = diverging()
    for i, (square, name) in enumerate(zip(squares, named, strict=False)):
        shown = np.ma.masked_invalid(spread[:, :, i])
        mesh = square.pcolormesh(plane.across, plane.up, shown, shading="nearest", cmap=colours, vmin=-most, vmax=most)
        _lines(square, plane, shown, [k / 3 * most for k in (-2, -1, 1, 2)], linewidths=0.6)
        _lines(square, plane, shown, [0.0 if shown.count() and shown.min() < 0 else 0.01 * most], linewidths=1.5)
        for k, of_class in enumerate(points):
            look = {"color": "black", "edgecolors": "white"} if k else {"color": "white", "edgecolors": "black"}
            square.scatter(*of_class.T, s=10, marker=MARKERS[k % len(MARKERS)], linewidths=0.5, **look)
        square.set_title(name, fontsize=SMALL + 1, pad=3)
    bar_beside(ax, mesh, "activity", BAR)
    ax.set_title(title, pad=24)
    return ax.figure


def _squares(ax: Axes, plane: Plane, count: int, columns: int, right: float) -> tuple[Axes, list[Axes]]:
    """`ax` or that of a new figure, and axes in it, as many as are needed, each showing the whole plane, no ticks."""
    if columns < 1:
        raise ArgumentError(f"columns is {columns!r}; it needs a whole number of at least 1")
    columns = min(columns, count)
    rows = -(-count // columns)
    left, end, bottom, top = plane.extent
    shape = min(max((top - bottom) / (end - left), 0.4), 1.6)
    width = min((8 - right) / columns, 3.5)
    ax = axes(ax, (max(columns * width + right, 4), rows * (width * shape + 0.2) + 0.8))
    squares = panels(ax, rows, columns, gap=(0.1, 0.25), right=right)
    for square in squares[count:]:
        square.remove()
    for square in squares[:count]:
        square.set(xticks=[], yticks=[], xlim=(left, end), ylim=(bottom, top), aspect="equal")
    return ax, squares[:count]


def _decisions(ax: Axes, plane: Plane, spread: Floats, margin: float) -> None:
    """Fills the region of each class, with a line around it."""
    for lead, colour, tint in zip(_leads(spread), cycle(CLASSES), cycle(TINTS), strict=False):
        shown = np.ma.masked_invalid(lead)
        if shown.count() and shown.max() > 0:
            ax.contourf(plane.across, plane.up, shown, levels=[0, shown.max() * 1.01], colors=[colour], alpha=tint)
            _lines(ax, plane, shown, [0.0], linewidths=1.8)
    if margin and spread.ndim == 2:
        _lines(ax, plane, np.ma.masked_invalid(spread), [-margin, margin], linewidths=0.9, linestyles="--")
    left, end, bottom, top = plane.extent
    ax.set(xlim=(left, end), ylim=(bottom, top), aspect="equal")


def _leads(spread: Floats) -> list[Floats]:
    """For each class by how much its score is above the best of the others: above 0 for the one that is chosen."""
    scores = np.stack([np.zeros_like(spread), spread], axis=2) if spread.ndim == 2 else spread
    known = np.all(np.isfinite(scores), axis=2)
    scores = np.where(known[:, :, None], scores, 0.0)
    chosen = scores.argmax(axis=2)
    least = 1e-9 * (np.abs(scores).max() or 1.0)  # so that equals, as of untrained zeros, are decided too
    leads = []
    for k in range(scores.shape[2]):
        lead = scores[:, :, k] - np.delete(scores, k, axis=2).max(axis=2)
        lead = np.where(chosen == k, np.maximum(lead, least), np.minimum(lead, -least))
        leads.append(np.where(known, lead, np.nan))
    return leads


def _lines(ax: Axes, plane: Plane, shown: Any, levels: Sequence[float], **style: Any) -> None:
    """Black lines at those levels that occur."""
    inside = [level for level in levels if shown.count() and shown.min() < level < shown.max()]
    if inside:
        ax.contour(plane.across, plane.up, shown, levels=inside, colors="black", **style)


def _points(xs: Any, ys: Any, classes: int | None) -> list[Floats]:
    """The points of each class, from points (n, 2) and their classes (n,); none if both are None."""
    if xs is None and ys is None:
        return []
    if xs is None or ys is None:
        raise ArgumentError(
            f"{'xs' if xs is None else 'ys'} is None; points need both: xs, (n, 2), and classes ys, (n,)"
        )
    points = numbers("xs", xs, "shape (n, 2): two numbers for each point", None, 2)
    labels = numbers("ys", ys, f"shape ({len(points)},): the class of each of the {len(points)} points", len(points))
    wrong = labels[(labels < 0) | (labels != np.floor(labels)) | (labels >= (np.inf if classes is None else classes))]
    if len(wrong):
        upto = "1, ..." if classes is None else f"{classes - 1}"
        hint = "; of -1 and 1, make (ys > 0) * 1" if wrong[0] == -1 else ""
        raise ArgumentError(f"ys has the class {wrong[0]:g}; it needs whole numbers from 0 to {upto}{hint}")
    return [points[labels == k] for k in range(int(labels.max(initial=0)) + 1)]


def _scatter(ax: Axes, points: list[Floats], size: float) -> None:
    for k, xs in enumerate(points):
        ax.scatter(*xs.T, s=size, edgecolors="black", linewidths=0.5, **_style(k))


def _style(k: int) -> dict[str, Any]:
    return {"color": CLASSES[k % len(CLASSES)], "marker": MARKERS[k % len(MARKERS)]}


def _legend(ax: Axes, names: list[str], **where: Any) -> None:
    """The names of the classes beside their markers, which have the colours of their regions."""
    from matplotlib.lines import Line2D

    marks = [
        Line2D([], [], linestyle="", markeredgecolor="black", markeredgewidth=0.5, label=name, **_style(k))
        for k, name in enumerate(names)
    ]
    ax.legend(handles=marks, **where)
