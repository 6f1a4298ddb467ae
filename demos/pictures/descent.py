"""The loss as a function of two parameters, and the way that descent takes on it."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import ArgumentError

from .paper import SMALL, Axes, Figure, Floats, axes, labelled, numbers, size_for, styles
from .plane import Plane

WIDE = 2000.0
"""The ratio of losses from which on levels are multiples; that of a bowl, a hundred times as steep one way, is 800."""


def contours(
    plane: Plane,
    losses: Any,
    paths: Any = None,
    *,
    xlabel: str = "first parameter",
    ylabel: str = "second parameter",
    title: str = "",
    log: bool | None = None,
    ax: Axes = None,
) -> Figure:
    """Lines of equal loss over two parameters, darker where it is larger, and the paths that descent takes there.

    `losses` has a number for each of `plane.points`, or is a function of two numbers. A path has shape (points, 2); of
    several, `paths` gives each by its name. Descent begins at the large marker. An arrow shows where it leaves the
    plane for good, a cross where its next number is NaN or infinite. Where the loss is so, the plane is white.

    The levels grow as those of a bowl do, whose lines are then evenly spaced; with `log` each is a multiple of the one
    before, which without a word is done where the loss spans more than about three orders of magnitude. Both axes have
    one scale unless the sides differ by more than 3 to 1, so that a path along the gradient is seen to cross the lines
    at right angles.
    """
    heights = _heights(plane, losses)
    ways = _ways(paths)
    left, end, bottom, top = plane.extent
    alike = 1 / 3 <= (end - left) / (top - bottom) <= 3
    ax = axes(ax, size_for(*plane.extent, beside=1.9) if alike else (7.5, 5.5))
    shown, levels = np.ma.masked_invalid(heights), _levels(heights, log)
    greys = [str(1 - 0.45 * i / len(levels)) for i in range(len(levels) - 1)]
    bands = ax.contourf(plane.across, plane.up, shown, levels, colors=greys)
    ax.contour(plane.across, plane.up, shown, levels[1:-1], colors="#777777", linewidths=0.6)
    bar = ax.figure.colorbar(bands, ax=ax, ticks=levels[::2], format=_short, label="loss")
    bar.ax.tick_params(labelsize=SMALL)
    for (name, way), style in zip(ways.items(), styles(len(ways)), strict=True):
        _draw_way(ax, plane, way, name, style)
    ax.set(xlim=(left, end), ylim=(bottom, top), xlabel=xlabel, ylabel=ylabel, title=title)
    if alike:
        ax.set_aspect("equal")
    if any(ways):
        ax.legend(framealpha=0.9)
    return ax.figure


def surface(
    plane: Plane,
    losses: Any,
    paths: Any = None,
    *,
    xlabel: str = "first parameter",
    ylabel: str = "second parameter",
    title: str = "",
    log: bool = False,
    view: tuple[float, float] = (35.0, -60.0),
    ax: Axes = None,
) -> Figure:
    """The loss over two parameters as a surface in space, and the paths of descent on it; arguments as of `contours`.

    With `log` its height is the logarithm of the loss. `view` is the height and the direction that it is looked at
    from, in degrees. An `ax` that is flat gets one in space inside it.
    """
    heights = _heights(plane, losses)
    ways = _ways(paths)
    ax = axes(ax, (7.5, 6))
    space = ax
    if ax.name != "3d":
        ax.axis("off")
        space = ax.inset_axes([0, 0, 1, 1], projection="3d")
    across, up = np.meshgrid(plane.across, plane.up)
    floor = _floor(heights) if log else None
    rise, what = (heights, "loss") if floor is None else (np.log10(np.maximum(heights, floor)), "log10 of the loss")
    space.computed_zorder = False  # so that a path is not hidden by what it runs on
    space.plot_surface(across, up, rise, cmap=_light_greys(), rcount=60, ccount=60, linewidth=0, antialiased=True)
    lines = np.ma.masked_invalid(rise)
    if lines.min() < lines.max():
        space.contour(across, up, lines, _levels(rise, False)[1:-1], colors="#777777", linewidths=0.6)
    for (name, way), style in zip(ways.items(), styles(len(ways)), strict=True):
        inside = _height_at(plane, rise, way)
        look = {"color": style["color"], "marker": style["marker"], "markeredgecolor": "black", "markeredgewidth": 0.4}
        marks = _apart(plane, way)
        space.plot(*way.T, inside, **style, label=name, markersize=3.5, markevery=marks, linewidth=1.6, zorder=5)
        space.plot(*way[:1].T, inside[:1], **look, linestyle="", markersize=8, zorder=6)
    left, end, bottom, top = plane.extent
    space.set(xlim=(left, end), ylim=(bottom, top), xlabel=xlabel, ylabel=ylabel, zlabel=what)
    for axis in (space.xaxis, space.yaxis, space.zaxis):
        axis.get_major_locator().set_params(nbins=5)
        axis.set_tick_params(labelsize=SMALL)
        axis.labelpad = 7
    space.view_init(*view)
    ax.set_title(title)
    if any(ways):
        space.legend(loc="upper right")
    return ax.figure


def _heights(plane: Plane, losses: Any) -> Floats:
    """The loss at each point, (m, n); NaN where it is not finite."""
    heights = plane.values((lambda point: losses(*point)) if callable(losses) else losses, "losses")
    if heights.ndim != 2:
        raise ArgumentError(f"losses has shape {heights.shape}; it needs one number for each of the plane's points")
    if not np.any(np.isfinite(heights)):
        raise ArgumentError("losses is nowhere finite; it needs a plane on which there is something to see")
    return np.where(np.isfinite(heights), heights, np.nan)


def _ways(paths: Any) -> dict[str, Floats]:
    """Each path by its name, the one without a name by the empty one."""
    if paths is None:
        return {}
    ways = {}
    for name, given in labelled("paths", paths, "").items():
        what = f"the path {name!r}" if name else "the path"
        way = numbers(what, given, "shape (points, 2): two parameters at each point", None, 2)
        if not len(way) or not np.all(np.isfinite(way[0])):
            raise ArgumentError(f"{what} begins with {way[:1].tolist()}; it needs a point of two finite numbers")
        ways[name] = way
    return ways


def _levels(heights: Floats, log: bool | None) -> Floats:
    """Where the lines of equal loss are drawn, from its least to its greatest."""
    least, most = np.nanmin(heights), np.nanmax(heights)
    if least == most:
        return np.array([least - 1.0, least, least + 1.0])
    floor = None if log is False or (log is None and least < 0) else _floor(heights)
    if floor is None or (log is None and most < WIDE * floor):
        levels = least + (most - least) * np.linspace(0, 1, 13) ** 2
    else:
        levels = np.array([min(least, floor / 2), *np.geomspace(floor, most, 12)])
    levels[-1] = most
    return levels


def _floor(heights: Floats) -> float | None:
    """The loss, above 0, that only a hundredth of the plane is below; None if it is the greatest there is."""
    if np.nanmin(heights) < 0:
        raise ArgumentError(f"losses has {np.nanmin(heights):g} in it; for log it needs numbers of at least 0")
    floor = float(np.percentile(heights[heights > 0], 1))
    return floor if floor < np.nanmax(heights) else None


def _short(x: float, _: Any = None) -> str:
    """A number in few letters, without powers of ten where that is possible."""
    return f"{x:,.0f}" if 1000 <= abs(x) < 1e6 else f"{x:.3g}"


def _draw_way(ax: Axes, plane: Plane, way: Floats, name: str, style: dict[str, Any]) -> None:
    """Draws a path, its beginning, and how it ends if that is not on the plane."""
    finite = np.all(np.isfinite(way), axis=1)
    broken = not np.all(finite)
    way = _near(plane, way[: np.argmin(finite)] if broken else way)
    edge = {"markeredgecolor": "black", "markeredgewidth": 0.4}
    ax.plot(*way.T, **style, **edge, label=name, linewidth=1.6, markersize=4, markevery=_apart(plane, way))
    ax.plot(*way[:1].T, color=style["color"], marker=style["marker"], markersize=9, **edge)
    out = _way_out(plane, way)
    if out is not None:
        inner, border = out
        arrow = {"arrowstyle": "-|>", "color": style["color"], "linewidth": 2.2, "mutation_scale": 22}
        ax.annotate("", border, inner, arrowprops={**arrow, "shrinkA": 0, "shrinkB": 0})
    elif broken:
        ax.plot(*way[-1:].T, color="black", marker="x", markersize=10, markeredgewidth=2.5)


def _apart(plane: Plane, way: Floats) -> list[int]:
    """Which points of a path get a marker: the first, and each that is not too near to the one before."""
    left, end, bottom, top = plane.extent
    places = way / (end - left, top - bottom)
    marked = [0]
    for i, place in enumerate(places):
        if np.abs(place - places[marked[-1]]).max() > 0.012:
            marked.append(i)
    return marked


def _near(plane: Plane, way: Floats) -> Floats:
    """The path up to its first point beyond all bounds, which is moved towards the one before: pixels have limits."""
    left, end, bottom, top = plane.extent
    bound = 1e6 * max(map(abs, (left, end, bottom, top, end - left, top - bottom)))
    far = np.flatnonzero(np.abs(way).max(axis=1) > bound)
    if not len(far):
        return way
    way = way[: far[0] + 1].copy()
    before = way[-2] if len(way) > 1 else way[-1]
    way[-1] = before + (way[-1] / bound - before / bound) / np.abs(way[-1] / bound).max() * bound
    return way


def _way_out(plane: Plane, way: Floats) -> tuple[Floats, Floats] | None:
    """A point near the border and the one on it, where the path leaves the plane for good; None if it does not."""
    left, end, bottom, top = plane.extent
    low, high = np.array([left, bottom]), np.array([end, top])
    if np.all((low <= way[-1]) & (way[-1] <= high)):
        return None
    for start, stop in zip(way[-2::-1], way[:0:-1], strict=True):
        crossed = _clipped(start, stop, low, high)
        if crossed is not None:
            inner, border = crossed
            length = float(np.linalg.norm((border - inner) / (high - low)))
            return border + (inner - border) * min(1.0, 0.05 / max(length, 1e-12)), border
    return None


def _clipped(start: Floats, stop: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats] | None:
    """The part of a segment that lies in a box, or None (Liang & Barsky, "A new concept for line clipping", 1984)."""
    move = stop - start
    first, last = 0.0, 1.0
    for at, step, least, most in np.stack([start, move, low, high], axis=1).tolist():
        if step == 0:
            if not least <= at <= most:
                return None
            continue
        sides = (least - at) / step, (most - at) / step
        first, last = max(first, min(sides)), min(last, max(sides))
    return (start + first * move, start + last * move) if first < last else None


def _height_at(plane: Plane, rise: Floats, way: Floats) -> Floats:
    """The surface's height below each point of a path, linear between the grid's points; NaN off the plane."""
    columns = np.interp(way[:, 0], plane.across, np.arange(len(plane.across)), left=np.nan, right=np.nan)
    rows = np.interp(way[:, 1], plane.up, np.arange(len(plane.up)), left=np.nan, right=np.nan)
    known = np.isfinite(columns) & np.isfinite(rows)
    i = np.minimum(rows[known].astype(int), len(plane.up) - 2)
    j = np.minimum(columns[known].astype(int), len(plane.across) - 2)
    u, v = rows[known] - i, columns[known] - j
    heights = np.full(len(way), np.nan)
    heights[known] = (1 - u) * ((1 - v) * rise[i, j] + v * rise[i, j + 1]) + u * (
        (1 - v) * rise[i + 1, j] + v * rise[i + 1, j + 1]
    )
    return heights


def _light_greys() -> Any:
    """A colour map from white to a middle grey, on which coloured lines stand out."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("light greys", ["#f0f0f0", "#707070"])
