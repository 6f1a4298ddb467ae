"""What the lesson on compiling shows: graphs and programs, where products read, how long ways to compute take."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

from autograd import ArgumentError, Drawing

from .paper import BLUE, GREY, ORANGE, Axes, Figure, axes, numbers, panels


def staircases(positions: Mapping[str, Sequence[int]], period: int, *, ax: Axes = None) -> Figure:
    """Positions against the order in which they are read, a strip for each name; a line after each `period`."""
    rows = {name: numbers(f"positions of {name!r}", row, "numbers in a row", None) for name, row in positions.items()}
    lengths = {len(row) for row in rows.values()}
    if len(lengths) != 1 or 0 in lengths:
        raise ArgumentError(f"positions are rows of {sorted(lengths)} numbers; it needs one or more, all of one length")
    [length] = lengths
    ax = axes(ax, (8, 1.4 * len(rows) + 0.9))
    strips = panels(ax, len(rows), 1, gap=(0.1, 0.15))
    for strip, (name, row), colour in zip(strips, rows.items(), cycle([BLUE, ORANGE, "black"]), strict=False):
        for cut in range(period, length, period):
            strip.axvline(cut - 0.5, color=GREY, linewidth=0.8)
        strip.step(range(length), row, where="mid", color=colour, linewidth=0.8, alpha=0.6)
        strip.plot(range(length), row, "s", color=colour, markersize=5)
        strip.set(ylabel=name, xlim=(-0.5, length - 0.5), ylim=(-0.8, max(row) + 0.8))
        strip.set_xticks(range(0, length, max(1, period // 2)), [])
        strip.yaxis.get_major_locator().set_params(integer=True)
        strip.spines[["top", "right"]].set_visible(False)
    strips[-1].set(xlabel="i, the products in the order in which they were made")
    strips[-1].xaxis.set_major_formatter("{x:.0f}")
    ax.set_title("Where the i-th product finds its factors, and the sum it goes into", fontsize=11)
    return ax.figure


def time_bars(seconds: Mapping[str, float], operations: int, *, ax: Axes = None) -> Figure:
    """The seconds that so many scalar operations take, a bar for each way to do them, on a logarithmic axis."""
    ax = axes(ax, (8, 1.5 + 0.5 * len(seconds)))
    microseconds = [1e6 * s for s in seconds.values()]
    shortest, longest = min(microseconds), max(microseconds)
    ax.barh(range(len(seconds)), microseconds, height=0.55, color=[BLUE, ORANGE, GREY][: len(seconds)])
    for at, each in enumerate(microseconds):
        words = f" {each:,.0f} µs: {operations / each:,.{0 if operations > 10 * each else 1}f} operations per µs"
        ax.text(each, at, words, va="center", fontsize=9)
    left = shortest / 10
    ax.set(xscale="log", xlim=(left, longest * (longest / left) ** 0.6), ylim=(len(seconds) - 0.4, -0.6))
    ax.set(yticks=range(len(seconds)), yticklabels=list(seconds), xlabel="microseconds (logarithmic)")
    ax.xaxis.set_major_formatter("{x:,.0f}")
    ax.set_title(f"{operations:,} scalar operations and their gradients: {longest / shortest:,.0f} times as fast")
    ax.spines[["top", "right"]].set_visible(False)
    return ax.figure


def drawings(side_by_side: Mapping[str, Drawing], *, ax: Axes = None) -> Figure:
    """What `draw` has drawn, one beside the other under its title, all letters of one size."""
    images = [_image(drawing) for drawing in side_by_side.values()]
    if not images:
        raise ArgumentError("drawings takes a title and a drawing for each of them, got none")
    tallest = max(image.shape[0] for image in images)
    widths = [image.shape[1] for image in images]
    ax = axes(ax, (8, 8 * tallest / sum(widths) + 0.4))
    for place, title, image in zip(panels(ax, 1, len(images), widths=widths), side_by_side, images, strict=True):
        place.imshow(image)
        place.set_ylim(tallest, 0)
        place.set_title(title)
        place.axis("off")
    return ax.figure


def _image(drawing: Drawing) -> Any:
    """The drawing as an array of pixels."""
    from matplotlib.image import imread

    with tempfile.TemporaryDirectory() as folder:
        return imread(drawing.save(Path(folder) / "drawing.png"))
