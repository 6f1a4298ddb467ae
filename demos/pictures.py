"""Pictures of training, by matplotlib. Each function that draws returns a Figure; `keep` saves one."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np

from .runner import MissingExtra

BLUE, ORANGE, GREY = "#0072b2", "#d55e00", "#999999"
"""Colours that the colour-blind can tell apart (Okabe & Ito, "Color universal design", 2008)."""


def ready() -> None:
    """Raises MissingExtra if matplotlib is not installed; for a lesson to ask before it trains, not after."""
    _figure((1, 1))


def keep(figure: Any, path: Path) -> None:
    """Saves a Figure, and shows it as well where the lesson runs in a notebook."""
    figure.savefig(path)
    if "ipykernel" in sys.modules:
        from IPython.display import Image, display

        display(Image(filename=path, width=760))


def loss_curve(losses: Sequence[float], steps_per_epoch: int, validation: Sequence[float] = (), ax: Any = None) -> Any:
    """The loss of each step, its running mean, and the validation loss after each epoch."""
    ax = _axes(ax, (8, 4.5))
    from matplotlib.ticker import LogLocator

    steps = np.arange(1, len(losses) + 1)
    ax.plot(steps, losses, color=GREY, linewidth=0.5, alpha=0.6, label="batch")
    window = max(1, min(len(losses) // 4, steps_per_epoch // 5))
    if len(losses):
        mean = np.convolve(losses, np.ones(window) / window, mode="valid")
        ax.plot(steps[window - 1 :], mean, color=BLUE, linewidth=2, label=f"mean of {window} batches")
    if len(validation):
        ends = steps_per_epoch * np.arange(1, len(validation) + 1)
        ax.plot(ends, validation, "o--", color=ORANGE, label="validation, after each epoch")
    ax.set(xlabel="step", ylabel="cross-entropy", title="Loss", yscale="log")
    ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    ax.yaxis.set_major_formatter("{x:g}")
    ax.yaxis.set_minor_formatter("")
    ax.grid(alpha=0.3, which="both")
    ax.legend(frameon=False)
    return ax.figure


def confusion_matrix(counts: np.ndarray, ax: Any = None) -> Any:
    """Counts of shape (classes, classes): rows are the true classes, columns what was read. Zeros stay empty."""
    ax = _axes(ax, (6.5, 6))
    mistakes = np.where(np.eye(len(counts), dtype=bool), 0, counts)
    shade = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    ax.imshow(np.sqrt(shade), cmap="Blues", vmin=0, vmax=1.15)
    for (row, column), count in np.ndenumerate(counts):
        if count:
            colour = "white" if row == column and shade[row, column] > 0.4 else "black"
            strong = count >= max(3, mistakes.max() / 2) and row != column
            ax.text(column, row, str(count), ha="center", va="center", color=colour, weight="bold" if strong else None)
    right = np.trace(counts) / max(counts.sum(), 1)
    ax.set(xticks=range(len(counts)), yticks=range(len(counts)), xlabel="read as", ylabel="is")
    ax.set_title(f"{right:.1%} of {counts.sum():,} right; {mistakes.sum():,} mistakes off the diagonal")
    return ax.figure


def digit_sheet(images: np.ndarray, labels: Sequence[int], probabilities: np.ndarray, columns: int = 4) -> Any:
    """Images of shape (n, height, width), each beside its ten probabilities, of shape (n, 10).

    The bar of the true class is blue, that of a wrong guess orange.
    """
    figure = _figure((2.6 * columns, 1.55 * -(-len(images) // columns) + 0.5))
    rows = -(-len(images) // columns)
    grid = figure.add_gridspec(
        rows, 2 * columns, width_ratios=[1, 1.1] * columns, left=0.01, right=0.985, top=0.9, bottom=0.05,
        wspace=0.12, hspace=0.32,
    )  # fmt: skip
    for i, (image, label, row) in enumerate(zip(images, labels, probabilities, strict=True)):
        picture = figure.add_subplot(grid[i // columns, 2 * (i % columns)])
        picture.imshow(image, cmap="gray_r", vmin=0, vmax=1)
        picture.axis("off")
        bars = figure.add_subplot(grid[i // columns, 2 * (i % columns) + 1])
        guess = int(np.argmax(row))
        colours = [BLUE if k == label else ORANGE if k == guess else GREY for k in range(10)]
        bars.barh(range(10), row, color=colours)
        bars.set(xlim=(0, 1), ylim=(9.6, -0.6), xticks=[], yticks=range(10))
        bars.tick_params(axis="y", labelsize=6, length=0, pad=1)
        bars.spines[["top", "right", "bottom"]].set_visible(False)
        wrong = guess != label
        title = f"{guess} ({row[guess]:.0%})" + (f", is {label}" if wrong else "")
        bars.set_title(title, fontsize=8, color=ORANGE if wrong else "black", pad=2)
    figure.suptitle(
        "Test digits and the probability of each class (blue: the true class; orange: a wrong answer)", fontsize=11
    )
    return figure


def staircases(positions: Mapping[str, Sequence[int]], period: int) -> Any:
    """Positions against the order in which they are read, a strip for each name; a line after each `period`."""
    figure = _figure((8, 1.4 * len(positions) + 0.9))
    figure.set_layout_engine("constrained")
    strips = figure.subplots(len(positions), 1, sharex=True, squeeze=False)[:, 0]
    length = len(next(iter(positions.values())))
    for strip, (name, row), colour in zip(strips, positions.items(), cycle([BLUE, ORANGE, "black"]), strict=False):
        for cut in range(period, length, period):
            strip.axvline(cut - 0.5, color=GREY, linewidth=0.8)
        strip.step(range(length), row, where="mid", color=colour, linewidth=0.8, alpha=0.6)
        strip.plot(range(length), row, "s", color=colour, markersize=5)
        strip.set(ylabel=name, xlim=(-0.5, length - 0.5), ylim=(-0.8, max(row) + 0.8))
        strip.yaxis.get_major_locator().set_params(integer=True)
        strip.spines[["top", "right"]].set_visible(False)
    strips[-1].set(xlabel="i, the products in the order in which they were made", xticks=range(0, length, period // 2))
    figure.suptitle("Where the i-th product finds its factors, and the sum it goes into", fontsize=11)
    return figure


def time_bars(seconds: Mapping[str, float], operations: int, ax: Any = None) -> Any:
    """The seconds that so many scalar operations take, a bar for each way to do them, on a logarithmic axis."""
    ax = _axes(ax, (8, 1.5 + 0.5 * len(seconds)))
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


def regions(
    across: np.ndarray, up: np.ndarray, scores: np.ndarray, xs: np.ndarray, ys: np.ndarray, ax: Any = None
) -> Any:
    """The regions where scores, of shape (len(up), len(across)), are above and below 0, and points of classes 0 and 1.

    The line is where the score is 0; on the dashed lines it is +1 and -1, the margin that a hinge loss asks for.
    """
    ax = _axes(ax, (7.5, 5.2))
    ax.contourf(across, up, scores, levels=[-np.inf, 0, np.inf], colors=[BLUE, ORANGE], alpha=0.18)
    ax.contour(
        across, up, scores, levels=[-1, 0, 1], colors="black", linewidths=[0.8, 1.8, 0.8], linestyles=["--", "-", "--"]
    )
    for label, colour, marker in ((0, BLUE, "o"), (1, ORANGE, "^")):
        which = np.asarray(ys) == label
        ax.scatter(
            *xs[which].T, color=colour, marker=marker, s=26, edgecolors="black", linewidths=0.5, label=f"class {label}"
        )
    ax.set(aspect="equal", xlabel="first number of a point", ylabel="second number")
    ax.set_title("What the net takes for which moon (dashed: the margin of 1)")
    ax.legend(frameon=True, loc="lower left")
    return ax.figure


def _figure(size: tuple[float, float]) -> Any:
    """A Figure of its own, apart from pyplot's, so that no window or global state is needed."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingExtra('this lesson draws with matplotlib: pip install "glassgrad[demos]"') from None
    return Figure(figsize=size, dpi=150)


def _axes(ax: Any, size: tuple[float, float]) -> Any:
    """`ax`, or the axes of a new figure."""
    if ax is not None:
        return ax
    figure = _figure(size)
    figure.set_layout_engine("tight")
    return figure.add_subplot()
