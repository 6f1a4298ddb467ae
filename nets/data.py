"""Data for small experiments: seeded point sets in the plane, batches, a split, and scaling.

NumPy only. Every point set comes back as `(xs, ys)`: xs is a float64 array of shape (n, 2), ys an int64 array
of shape (n,) that holds the classes 0 .. k-1. The classes differ in size by one example at most, the order is
shuffled, and one seed gives the same bits each time. Files are read by `nets.readers`.
"""

import math
import operator
from collections.abc import Callable, Iterator, Sequence
from numbers import Real
from typing import Any, TypeVar, cast, overload

import numpy as np
import numpy.typing as npt

from nets.errors import DataError

__all__ = ["batches", "blobs", "circles", "moons", "spirals", "split", "standardise", "xor"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Points = tuple[Floats, Ints]
Xs = TypeVar("Xs", bound=Sequence[Any] | npt.NDArray[Any])
Ys = TypeVar("Ys", bound=Sequence[Any] | npt.NDArray[Any])


def moons(n: int = 100, noise: float = 0.1, seed: int = 0) -> Points:
    """Two interleaving half circles: (xs, ys) with 2 classes.

    With t running evenly from 0 to pi, class 0 lies on (cos t, sin t) and class 1 on (1 - cos t, 1/2 - sin
    t). `noise` is the standard deviation of the normal noise added to both coordinates. Source: the
    conventions of scikit-learn's `make_moons`.

    >>> xs, ys = moons(4, noise=0)
    >>> sorted(zip(ys.tolist(), xs.round(2).tolist()))
    [(0, [-1.0, 0.0]), (0, [1.0, 0.0]), (1, [0.0, 0.5]), (1, [2.0, 0.5])]
    """

    def half_circle(label: int, size: int) -> Floats:
        t = np.linspace(0, np.pi, size)
        if label == 0:
            return np.column_stack([np.cos(t), np.sin(t)])
        return np.column_stack([1 - np.cos(t), 0.5 - np.sin(t)])

    return _point_set(half_circle, n, 2, noise, seed)


def circles(n: int = 100, noise: float = 0.05, factor: float = 0.5, seed: int = 0) -> Points:
    """A small circle inside a large one: (xs, ys) with 2 classes.

    Class 0 lies on r (cos t, sin t) with r = 1, class 1 with r = `factor` (0 <= factor < 1); t runs evenly
    round from 0 and stops short of 2 pi. `noise` is the standard deviation of the normal noise on both
    coordinates. Source: the conventions of scikit-learn's `make_circles`.

    >>> xs, ys = circles(100, noise=0, factor=0.25)
    >>> [float(np.hypot(*x).round(6)) for x in (xs[ys == 0][0], xs[ys == 1][0])]
    [1.0, 0.25]
    """
    inner_radius = _number("factor", factor)
    if not 0 <= inner_radius < 1:
        raise DataError(f"factor is {factor!r}; it needs to be at least 0 and less than 1, the outer radius.")

    def circle(label: int, size: int) -> Floats:
        t = np.linspace(0, 2 * np.pi, size, endpoint=False)
        return (1.0, inner_radius)[label] * np.column_stack([np.cos(t), np.sin(t)])

    return _point_set(circle, n, 2, noise, seed)


def spirals(n: int = 100, classes: int = 2, noise: float = 0.02, turns: float = 1.0, seed: int = 0) -> Points:
    """Spiral arms that wind about the origin: (xs, ys) with `classes` classes.

    Arm c is r (cos a, sin a) with a = 2 pi (turns r + c / classes), and r = 1/m, 2/m .. 1 for its m examples,
    so no two arms share a point. Neighbouring arms lie 1 / (turns * classes) apart; `noise`, the standard
    deviation of the normal noise on both coordinates, should stay well below half of that. Source: the
    two-spirals task of K. Lang and M. Witbrock, "Learning to tell two spirals apart" (1988), which has three
    turns; here with Archimedean arms of radius 1.

    >>> xs, ys = spirals(90, classes=3, noise=0)
    >>> np.bincount(ys).tolist(), float(np.hypot(xs[:, 0], xs[:, 1]).max().round(6))
    ([30, 30, 30], 1.0)
    """
    arms = _whole_number("classes", classes, at_least=1)
    winding = _number("turns", turns)
    if winding <= 0:
        raise DataError(f"turns is {turns!r}; it needs to be more than 0.")

    def arm(label: int, size: int) -> Floats:
        radius = np.arange(1, size + 1) / size
        angle = 2 * np.pi * (winding * radius + label / arms)
        return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])

    return _point_set(arm, n, arms, noise, seed)


def xor(n: int = 100, noise: float = 0.1, seed: int = 0) -> Points:
    """Points about the corners (0, 0), (0, 1), (1, 0), (1, 1) of the unit square: (xs, ys) with 2 classes.

    The class of a point is the exclusive or of the two bits of its corner, and each class divides its points
    evenly between its two corners. `noise` is the standard deviation of the normal noise on both coordinates.
    Needs n >= 4, for with fewer corners it is another problem. Source of the example, as one that no
    single linear unit can learn: M. Minsky and S. Papert, "Perceptrons" (1969).

    >>> xs, ys = xor(4, noise=0)
    >>> sorted(zip(xs.tolist(), ys.tolist()))
    [([0.0, 0.0], 0), ([0.0, 1.0], 1), ([1.0, 0.0], 1), ([1.0, 1.0], 0)]
    """
    corners = np.array([[[0, 0], [1, 1]], [[0, 1], [1, 0]]], dtype=np.float64)

    def own_corners(label: int, size: int) -> Floats:
        return corners[label, np.arange(size) % 2]

    _whole_number("n", n, at_least=4, because="one example for each corner")
    return _point_set(own_corners, n, 2, noise, seed)


def blobs(n: int = 100, classes: int = 3, spread: float = 0.2, seed: int = 0) -> Points:
    """Round clouds of points, evenly spaced about the unit circle: (xs, ys) with `classes` classes.

    Cloud c is normal with mean (cos a, sin a), a = 2 pi c / classes, and standard deviation `spread` in both
    coordinates. Fixed centres, unlike those of scikit-learn's `make_blobs`, keep the clouds apart at every
    seed.

    >>> xs, ys = blobs(4, classes=4, spread=0)
    >>> np.abs(xs[np.argsort(ys)].round(6)).tolist()
    [[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]]
    """
    clouds = _whole_number("classes", classes, at_least=1)

    def centre(label: int, size: int) -> Floats:
        angle = 2 * np.pi * label / clouds
        return np.tile([np.cos(angle), np.sin(angle)], (size, 1))

    return _point_set(centre, n, clouds, spread, seed, noise_name="spread")


def batches(xs: Xs, ys: Ys, batch_size: int, rng: np.random.Generator | None = None) -> Iterator[tuple[Xs, Ys]]:
    """A generator of (xs, ys) pairs of `batch_size` examples that meets every example once.

    The last pair may be shorter. Arrays give arrays (copies, so a batch may be changed), lists give lists,
    tuples give tuples. The examples keep their order, or are shuffled anew at each call if `rng` is given,
    for instance `numpy.random.default_rng(0)`. Wrong arguments are refused at the call, before the first
    batch is asked for.

    >>> for batch in batches([10, 11, 12], ["a", "b", "c"], 2):
    ...     print(batch)
    ([10, 11], ['a', 'b'])
    ([12], ['c'])
    """
    n = _common_length(xs, ys)
    size = _whole_number("batch_size", batch_size, at_least=1)
    if rng is not None and not isinstance(rng, np.random.Generator):
        raise DataError(
            f"rng is {rng!r}; it needs to be a NumPy generator, such as numpy.random.default_rng(0), or None."
        )
    order = np.arange(n) if rng is None else rng.permutation(n)
    starts = range(0, n, size)
    # A generator expression, not `yield`: with `yield` in this body the checks above would wait for the first
    # next().
    return ((_take(xs, order[i : i + size]), _take(ys, order[i : i + size])) for i in starts)


def split(xs: Xs, ys: Ys, fraction: float = 0.2, seed: int = 0) -> tuple[tuple[Xs, Ys], tuple[Xs, Ys]]:
    """((train_xs, train_ys), (test_xs, test_ys)): the examples shuffled and cut in two disjoint parts.

    The test part has `fraction` (between 0 and 1) of the n examples, rounded to the nearest number and kept
    within 1 .. n - 1, so that neither part is empty. Arrays give arrays, lists give lists.

    >>> (train_xs, train_ys), (test_xs, test_ys) = split(list("abcde"), [0, 1, 2, 3, 4], fraction=0.4)
    >>> len(train_xs), len(test_xs), sorted(train_ys + test_ys)
    (3, 2, [0, 1, 2, 3, 4])
    """
    n = _common_length(xs, ys)
    share = _number("fraction", fraction)
    if not 0 < share < 1:
        raise DataError(f"fraction is {fraction!r}; it needs to be more than 0 and less than 1, such as 0.2.")
    if n < 2:
        raise DataError("There is 1 example; a split needs at least 2, one for each part.")
    test_size = min(max(math.floor(n * share + 0.5), 1), n - 1)
    order = _seeded(seed).permutation(n)
    train, test = order[test_size:], order[:test_size]
    return (_take(xs, train), _take(ys, train)), (_take(xs, test), _take(ys, test))


@overload
def standardise(train: npt.ArrayLike) -> Floats: ...
@overload
def standardise(train: npt.ArrayLike, *others: npt.ArrayLike) -> tuple[Floats, ...]: ...
def standardise(train: npt.ArrayLike, *others: npt.ArrayLike) -> Floats | tuple[Floats, ...]:
    """`train` and the `others` scaled by train's column means and standard deviations; one array if alone.

    Shapes (n, d), with d the same for all; n may differ. Each column of train comes out with mean 0 and
    standard deviation 1 (that of the population, divided by n). A constant column is centred and not divided.
    The others are scaled by train's numbers, not their own, so nothing about the test set leaks into
    training.

    >>> train, test = standardise([[1.0, 7.0], [3.0, 7.0]], [[5.0, 8.0]])
    >>> train.tolist(), test.tolist()
    ([[-1.0, 0.0], [1.0, 0.0]], [[3.0, 1.0]])
    """
    table = _table("train", train)
    tables = [table, *(_table(f"array {i}", other) for i, other in enumerate(others, start=2))]
    for i, other in enumerate(tables[1:], start=2):
        if other.shape[1] != table.shape[1]:
            raise DataError(
                f"array {i} has {other.shape[1]} columns and train has {table.shape[1]}; they need to agree."
            )
    mean, deviation = _centre_and_scale(table)
    scaled = tuple((each - mean) / deviation for each in tables)
    return scaled if others else scaled[0]


def _point_set(
    shape: Callable[[int, int], Floats],
    n: int,
    classes: int,
    noise: float,
    seed: int,
    noise_name: str = "noise",
) -> Points:
    """The points `shape(label, size)` of every class, shuffled, each moved by normal noise."""
    total = _whole_number("n", n, at_least=classes, because=f"one example for each of the {classes} classes")
    deviation = _number(noise_name, noise)
    if deviation < 0:
        raise DataError(f"{noise_name} is {noise!r}; it is a standard deviation and needs to be at least 0.")
    rng = _seeded(seed)
    sizes = [total // classes + (label < total % classes) for label in range(classes)]
    xs = np.concatenate([shape(label, size) for label, size in enumerate(sizes)])
    ys = np.repeat(np.arange(classes, dtype=np.int64), sizes)
    xs = xs + deviation * rng.standard_normal(xs.shape)
    order = rng.permutation(total)
    return xs[order], ys[order]


def _whole_number(name: str, number: Any, at_least: int, because: str = "") -> int:
    try:
        whole = operator.index(number)
    except TypeError:
        whole = None
    if whole is None or isinstance(number, bool):
        raise DataError(f"{name} is {number!r} ({type(number).__name__}); it needs to be a whole number.")
    if whole < at_least:
        reason = f", {because}" if because else ""
        raise DataError(f"{name} is {whole}; it needs to be at least {at_least}{reason}.")
    return whole


def _number(name: str, number: Any) -> float:
    try:
        value = math.nan if isinstance(number, bool) or not isinstance(number, Real) else float(number)
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        raise DataError(f"{name} is {number!r} ({type(number).__name__}); it needs to be a finite number.")
    return value


def _seeded(seed: int) -> np.random.Generator:
    return np.random.default_rng(_whole_number("seed", seed, at_least=0))


def _common_length(xs: Any, ys: Any) -> int:
    for name, items in (("xs", xs), ("ys", ys)):
        if not (isinstance(items, (list, tuple)) or (isinstance(items, np.ndarray) and items.ndim)):
            kind = type(items).__name__
            raise DataError(f"{name} is of type {kind}; it needs to be an array or a list of examples.")
    if len(xs) != len(ys):
        raise DataError(f"xs holds {len(xs)} examples and ys {len(ys)}; each example needs its answer.")
    if not len(xs):
        raise DataError("xs and ys are empty; there needs to be at least one example.")
    return len(xs)


def _take(items: Xs, positions: npt.NDArray[np.intp]) -> Xs:
    if isinstance(items, np.ndarray):
        return cast(Xs, items[positions])
    picked = [items[i] for i in positions]
    return cast(Xs, tuple(picked) if isinstance(items, tuple) else picked)


def _table(name: str, values: npt.ArrayLike) -> Floats:
    try:
        table = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"{name} is not a table of numbers: {error}") from error
    if table.ndim != 2 or not table.size:
        raise DataError(f"{name} has shape {table.shape}; it needs to be (n, d), neither of them 0.")
    if not np.isfinite(table).all():
        row, column = np.argwhere(~np.isfinite(table))[0]
        raise DataError(
            f"{name}[{row}, {column}] is {table[row, column]}; it needs to be finite. "
            "Leave such rows out, or fill them in."
        )
    return table


def _centre_and_scale(table: Floats) -> tuple[Floats, Floats]:
    """Each column's mean and standard deviation; for a constant column its very number, and 1."""
    with np.errstate(over="ignore", invalid="ignore"):
        mean, deviation = table.mean(axis=0), table.std(axis=0)
    if not np.isfinite(deviation).all():
        column = int(np.argmin(np.isfinite(deviation)))
        raise DataError(f"train[:, {column}] holds numbers too large to square; scale them down first.")
    # Rounding can leave a constant column of 0.1 a mean that is not 0.1 and a deviation of 1e-17, so compare
    # first.
    constant = (table == table[0]).all(axis=0)
    mean = np.where(constant, table[0], mean)
    return mean, np.where(constant | (deviation == 0), 1.0, deviation)
