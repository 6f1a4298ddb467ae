"""Numbers that change while a net trains: losses, errors, learning rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograd import ArgumentError
from nets import History

from .paper import BLUE, GREY, ORANGE, Axes, Figure, Floats, axes, labelled, numbers, panels, styles


def curves(
    lines: Mapping[str, Sequence[float]],
    at: Sequence[float] | None = None,
    *,
    xlabel: str = "step",
    ylabel: str = "loss",
    title: str = "",
    log: bool | None = None,
    top: float | None = None,
    ax: Axes = None,
) -> Figure:
    """Lines to compare, by name: the losses of several learning rates, say, or training and test error.

    The i-th number of a line is drawn at `at[i]`, or at i. `log` says whether the axis upwards is logarithmic; without
    it, it is if all numbers are above 0 and the largest is 20 times the smallest. What is above `top` is cut, and the
    legend tells from where on; so it does for NaN and infinity. Without `top`, lines that explode to more than 1,000
    times the highest start are cut at about 10 times that.
    """
    given = {name: numbers(f"the line {name!r}", line, "numbers in a row", None) for name, line in lines.items()}
    if not given:
        raise ArgumentError("there are no lines; it needs a name and numbers for each, such as {'SGD': history.loss}")
    ticks = _positions(at, given)
    finite = {name: np.where(np.isfinite(line), line, np.nan) for name, line in given.items()}
    top = _ceiling(finite) if top is None else top
    ax = axes(ax, (8, 4.5))
    for (name, line), style in zip(finite.items(), styles(len(given)), strict=True):
        gone = np.flatnonzero(~np.isfinite(given[name]) | (line > (np.inf if top is None else top)))
        if len(gone):
            what = f"above {top:g}" if np.isfinite(line[gone[0]]) else "not finite"
            name = f"{name} ({what} from {xlabel} {ticks[gone[0]]:g} on)"
        few = max(1, len(line) // 8)
        ax.plot(ticks[: len(line)], line, **style, label=name, linewidth=1.8, markersize=5, markevery=few)
    _scale(ax, np.concatenate(list(finite.values())), log, top)
    ax.set(xlabel=xlabel, ylabel=ylabel, title=title)
    ax.grid(alpha=0.3, which="both")
    if list(given) != [""]:
        ax.legend(frameon=True, framealpha=0.85, edgecolor="none")
    return ax.figure


def loss_curve(
    losses: Sequence[float],
    steps_per_epoch: int = 1,
    validation: Sequence[float] = (),
    *,
    ylabel: str = "loss",
    title: str = "Loss",
    ax: Axes = None,
) -> Figure:
    """The loss of each step's batch, its running mean, and the validation loss after each epoch.

    Steps count from 0: a loss stands at the number of steps done before it was measured.
    """
    if isinstance(losses, History):
        raise ArgumentError("loss_curve shows losses, got a History; write training_curves(history)")
    row = numbers("losses", losses, "numbers in a row, one for each step", None)
    after = numbers("validation", validation, "numbers in a row, one for each epoch", None)
    if steps_per_epoch < 1:
        raise ArgumentError(f"steps_per_epoch is {steps_per_epoch!r}; it needs a whole number of at least 1")
    ax = axes(ax, (8, 4.5))
    ax.plot(range(len(row)), row, color=GREY, linewidth=0.5, alpha=0.6, label="batch")
    window = max(1, min(len(row) // 4, max(len(row) // 40, steps_per_epoch // 5)))
    if len(row):
        mean = np.convolve(row, np.ones(window) / window, mode="valid")
        ax.plot(range(window - 1, len(row)), mean, color=BLUE, linewidth=2, label=_mean_of(window))
    if len(after):
        ends = steps_per_epoch * np.arange(1, len(after) + 1)
        ax.plot(ends, after, "o--", color=ORANGE, label="validation, after each epoch")
    _scale(ax, np.concatenate([row, after]), True, None)
    ax.set(xlabel="step", ylabel=ylabel, title=title)
    ax.grid(alpha=0.3, which="both")
    ax.legend(frameon=True, framealpha=0.85, edgecolor="none")
    return ax.figure


def learning_rate_curve(rates: Any, *, title: str = "Learning rate", ax: Axes = None) -> Figure:
    """The learning rate of each step, such as `history.learning_rate`; or of several schedules, by name."""
    ax = axes(ax, (8, 3))
    figure = curves(labelled("rates", rates, ""), ylabel="learning rate", title=title, ax=ax)
    if ax.get_yscale() == "linear":
        ax.set_ylim(bottom=0.0)
    return figure


def training_curves(history: History, *, ylabel: str = "loss", title: str = "Loss", ax: Axes = None) -> Figure:
    """The losses that `fit` went through, as in `loss_curve`, and below them the learning rate of each step."""
    if not isinstance(history, History):
        raise ArgumentError(f"training_curves shows the History that fit returns, got {type(history).__name__}")
    ax = axes(ax, (8, 6))
    above, below = panels(ax, 2, 1, gap=(0.1, 0.2), heights=(3, 1.2))
    first_epoch = sum(step.epoch == 0 for step in history.steps)
    loss_curve(history.loss, max(1, first_epoch), history.metrics.get("loss", ()), ylabel=ylabel, title=title, ax=above)
    learning_rate_curve(history.learning_rate, title="", ax=below)
    above.set(xlabel="")
    above.tick_params(labelbottom=False)
    below.sharex(above)
    return ax.figure


def _mean_of(window: int) -> str:
    return f"mean of {window} batches" if window > 1 else "mean of 1 batch"


def _positions(at: Sequence[float] | None, lines: Mapping[str, Floats]) -> Floats:
    """Where the numbers of the lines stand, checked against their lengths."""
    if at is None:
        return np.arange(max(map(len, lines.values())), dtype=np.float64)
    places = numbers("at", at, "numbers in a row", None)
    for name, line in lines.items():
        if len(line) != len(places):
            raise ArgumentError(f"the line {name!r} has {len(line)} numbers, but `at` {len(places)}; it needs as many")
    return places


def _ceiling(lines: Mapping[str, Floats]) -> float | None:
    """Ten times the highest start, if a line climbs to more than a thousand times it; else None."""
    starts = [line[0] for line in lines.values() if len(line) and line[0] > 0]
    highest = max((line[np.isfinite(line)].max(initial=-np.inf) for line in lines.values()), default=-np.inf)
    return float(f"{10 * max(starts):.0e}") if starts and highest > 1000 * max(starts) else None


def _scale(ax: Axes, shown: Floats, log: bool | None, top: float | None) -> None:
    """Makes the axis upwards logarithmic if asked to, or if None where that reads best, and ends it at `top`."""
    from matplotlib.ticker import LogLocator, MaxNLocator

    shown = shown[np.isfinite(shown) & (shown <= (np.inf if top is None else top))]
    low, high = shown.min(initial=np.inf), shown.max(initial=-np.inf) if top is None else top
    if log is None:
        log = len(shown) > 0 and low > 0 and high > 20 * low
    if log:
        low = shown[shown > 0].min(initial=np.inf)
        if top is not None and low < np.inf:
            ax.set_ylim(low / 1.3, top)
        ax.set_yscale("log")
        bottom, end = ax.get_ylim()
        decades = np.log10(end / bottom)
        room = 3.5 * ax.get_window_extent().height / ax.figure.dpi  # for as many numbers
        many = LogLocator(subs=(1, 2, 5) if 3 * decades <= room else (1,), numticks=max(2, int(room)))
        ax.yaxis.set_major_locator(MaxNLocator(max(2, int(room / 2))) if decades < 0.9 else many)
        ax.yaxis.set_major_formatter("{x:g}")
        ax.yaxis.set_minor_formatter("")
    elif top is not None and len(shown):
        ax.set_ylim(low - 0.05 * (top - low), top)
