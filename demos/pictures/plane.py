"""The grid of points over a plane at which a function of two numbers is known."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd import ArgumentError, DomainError

from .paper import Floats, numbers


@dataclass(frozen=True, eq=False)
class Plane:
    """A grid of points: all pairs of a number of `across`, (n,), and one of `up`, (m,), which both ascend.

    >>> plane = Plane.between((0, 2), (0, 1), size=3)
    >>> plane.points[:4].tolist()
    [[0.0, 0.0], [1.0, 0.0], [2.0, 0.0], [0.0, 0.5]]
    >>> plane.values(lambda point: point[0] * point[1])[2].tolist()
    [0.0, 1.0, 2.0]
    """

    across: Floats
    up: Floats

    def __post_init__(self) -> None:
        for name in ("across", "up"):
            side = numbers(f"Plane: {name}", getattr(self, name), "numbers in a row", None)
            if len(side) < 2 or not np.all(np.isfinite(side)) or not np.all(np.diff(side) > 0):
                raise ArgumentError(f"Plane: {name} is {side}; it needs two or more finite numbers that ascend")
            object.__setattr__(self, name, side)

    @classmethod
    def around(cls, points: Any, margin: float = 0.25, size: int = 120) -> Plane:
        """The plane of size x size points around those given, (n, 2), with a margin in parts of their longer extent."""
        given = numbers("Plane.around: points", points, "shape (n, 2): two numbers for each point", None, 2)
        given = given[np.all(np.isfinite(given), axis=1)]
        if not len(given):
            raise ArgumentError("Plane.around: there is no point with two finite numbers; it needs one or more")
        low, high = given.min(axis=0), given.max(axis=0)
        room = margin * ((high - low).max() or 2.0)
        low, high = low - room, high + room
        return cls.between((low[0], high[0]), (low[1], high[1]), size)

    @classmethod
    def between(cls, across: tuple[float, float], up: tuple[float, float], size: int = 120) -> Plane:
        """The plane of size x size points from across[0] to across[1] and from up[0] to up[1]."""
        return cls(np.linspace(*across, size), np.linspace(*up, size))

    @property
    def points(self) -> Floats:
        """All points in rows, (m * n, 2), those of the lowest row first: what a function is to be evaluated at."""
        return np.stack(np.meshgrid(self.across, self.up), axis=-1).reshape(-1, 2)

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """Its left, right, lower and upper end."""
        return self.across[0], self.across[-1], self.up[0], self.up[-1]

    def values(self, given: Any, what: str = "Plane.values") -> Floats:
        """A number for each point, of shape (m, n), or several of shape (m, n, k).

        `given` is an array or list with a row for each of `points`, or a function of a point that gives such a row;
        where the function meets a number too large or an argument it does not take, it is NaN. A function is called
        m * n times: for a net `jit(vmap(model), grad=False)(plane.points)` is the faster way.
        """
        shape = len(self.up), len(self.across)
        count = shape[0] * shape[1]
        needs = f"a row for each of the plane's {count:,} points"
        try:
            array = np.asarray(self._evaluated(given) if callable(given) else given, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise ArgumentError(f"{what} cannot be read as numbers ({error}); it needs {needs}") from None
        if array.shape[:1] == (count,) and array.ndim in (1, 2):
            array = array.reshape(*shape, *array.shape[1:])
        if array.shape[:2] != shape or array.ndim not in (2, 3) or array.size == 0:
            raise ArgumentError(f"{what} has shape {array.shape}; it needs {needs}, as evaluated at plane.points")
        return array[:, :, 0] if array.ndim == 3 and array.shape[2] == 1 else array

    def _evaluated(self, function: Callable[[Any], Any]) -> Any:
        """What the function gives for each point, NaN where it fails by its numbers."""
        results: list[Any] = []
        for point in self.points.tolist():
            try:
                y = function(point)
                results.append([float(each) for each in y] if isinstance(y, Iterable) else float(y))
            except (ArithmeticError, DomainError):
                results.append(None)
        width = max((len(y) for y in results if isinstance(y, list)), default=0)
        nothing = [np.nan] * width if width else np.nan
        return [nothing if y is None else y for y in results]
