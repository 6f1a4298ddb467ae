"""Task 19: a convolution agrees with its definition, and the kernel's gradient with the engine's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from autograd import Value
from autograd import sum as total
from demos.exercises.checking.comparison import Mistake, agree

HINTS = (
    "At how many places can a window of 2 columns stand in an image of 5? Write down the first and the last column "
    "that it covers at each of them. Then a loop for each of r, c, i and j.",
    "There are len(image) - len(kernel) + 1 rows of places, and columns alike. Backwards: kernel[i][j] was multiplied "
    "by image[r + i][c + j] to make y[r][c], so this use brings upstream[r][c] * image[r + i][c + j]. There are as "
    "many uses as places.",
    "Begin with a 0 for each i, j; then for each place r, c: gradient[i][j] += upstream[r][c] * image[r + i][c + j]. "
    "Compare this sum with that of convolve: it is convolve(image, upstream).",
)

Image: TypeAlias = "Sequence[Sequence[Any]]"


def check(convolve: Any, kernel_gradient: Any) -> None:
    """Nothing if both are right; raises CheckFailed."""
    advice = "Lay the kernel on the upper left corner of this image and work out y[0][0] on paper; then y[0][1]."
    agree("convolve", convolve, _convolved, _images(), OF_CONVOLVE, advice=advice)
    advice = "Take one weight, kernel[0][0]: on which pixel does it lie when the window is at the place r, c?"
    agree("kernel_gradient", kernel_gradient, _by_engine, _upstreams(), OF_GRADIENT, advice=advice)


def _convolved(image: Image, kernel: Image) -> Any:
    """By windows and arrays, not by the loops that an answer has."""
    windows: Any = np.lib.stride_tricks.sliding_window_view(np.array(image), _size(kernel))
    return np.einsum("rcij,ij->rc", windows, np.array(kernel)).tolist()


def _by_engine(image: Image, upstream: Image) -> list[list[float]]:
    """What backward() leaves in the weights of a kernel when E is the sum of upstream * y."""
    rows, columns = _size(upstream)
    kernel = [[Value(0.0) for _ in image[0][columns - 1 :]] for _ in image[rows - 1 :]]
    y = _slide(image, kernel, (rows, columns), _size(kernel))
    total([upstream[r][c] * y[r][c] for r in range(rows) for c in range(columns)]).backward()
    return [[w.grad for w in row] for row in kernel]


def _images() -> list[tuple[Image, Image]]:
    """An image and a kernel: a small one, one weight, square ones, wide and high ones, one with fractions."""
    rng = np.random.default_rng(19)
    sizes = [((2, 2), (1, 1)), ((3, 3), (2, 2)), ((2, 3), (1, 2)), ((3, 2), (2, 1)), ((1, 4), (1, 3)), ((4, 1), (2, 1))]
    sizes += [
        ((3, 5), (2, 2)),
        ((5, 3), (2, 2)),
        ((4, 4), (1, 3)),
        ((4, 4), (3, 1)),
        ((5, 7), (3, 2)),
        ((3, 2), (3, 2)),
    ]
    small = ([[1, 2, 3], [4, 5, 6]], [[10, 1]])
    fractions = rng.normal(size=(6, 8)).tolist(), rng.normal(size=(3, 4)).tolist()
    return [small, *((_digits(rng, image), _digits(rng, kernel)) for image, kernel in sizes), fractions]


def _upstreams() -> list[tuple[Image, Image]]:
    """An image and the gradient of each place."""
    rng = np.random.default_rng(20)
    small = [[1, 2, 3], [4, 5, 6]]
    by_hand = [(small, [[1, 0], [0, 0]]), (small, [[1, 1], [1, 1]])]
    return by_hand + [(image, _digits(rng, _size(_convolved(image, kernel)))) for image, kernel in _images()]


def _digits(rng: np.random.Generator, size: Any) -> list[list[int]]:
    """From -9 to 9, none of them 0."""
    return (rng.integers(1, 10, size) * rng.choice([-1, 1], size)).tolist()


def _slide(image: Image, window: Image, places: tuple[int, int], size: tuple[int, int]) -> list[list[Any]]:
    """The four loops with these ends, whether they fit or not."""
    return [
        [
            sum(window[i][j] * image[r + i][c + j] for i in range(size[0]) for j in range(size[1]))
            for c in range(places[1])
        ]
        for r in range(places[0])
    ]


def _with_sides(taken: Callable[..., tuple[int, int, int, int]]) -> Callable[[Image, Image], Any]:
    """The loops of somebody who takes the sides of image and window, H, W, h, w, for what `taken` makes of them."""

    def slide(image: Image, window: Image) -> Any:
        height, width, h, w = taken(*_size(image), *_size(window))
        return _slide(image, window, (height - h + 1, width - w + 1), (h, w))

    return slide


def _size(rows: Image) -> tuple[int, int]:
    return len(rows), len(rows[0])


def _mirrored(rows: Image) -> Image:
    """Rows as columns."""
    return [list(column) for column in zip(*rows, strict=True)]


def _turned(rows: Image) -> Image:
    """Turned by half a turn."""
    return [list(row[::-1]) for row in rows[::-1]]


def _image_mirrored(image: Image, window: Image) -> Any:
    h, w = _size(window)
    return _slide(_mirrored(image), window, (len(image) - h + 1, len(image[0]) - w + 1), (h, w))


def _window_mirrored(image: Image, window: Image) -> Any:
    h, w = _size(window)
    return _slide(image, _mirrored(window), (len(image) - h + 1, len(image[0]) - w + 1), (h, w))


def _rows_shared(image: Image, window: Image) -> Any:
    right = _convolved(image, window)
    return [[sum(column) for column in zip(*right, strict=True)]] * len(right)


def _last_product(image: Image, window: Image) -> Any:
    """The loops of somebody who writes = where += is meant."""
    h, w = _size(window)
    return [[window[-1][-1] * x for x in row[w - 1 :]] for row in image[h - 1 :]]


def _padded(image: Image, kernel: Image, around: bool) -> Any:
    """As many places as pixels, with zeros on all sides of the image, or after it only."""
    sides = [(side // 2, side - 1 - side // 2) if around else (0, side - 1) for side in _size(kernel)]
    return _convolved(np.pad(np.array(image), sides).tolist(), kernel)


def _mean(image: Image, window: Image) -> Any:
    return [[x / np.size(window) for x in row] for row in _convolved(image, window)]


def _without_last(rows: Image) -> Image:
    """With zeros in the last row and the last column."""
    inner: Any = np.array(rows)
    inner[-1, :] = inner[:, -1] = 0
    return inner.tolist()


def _about_sides(window: str) -> list[Mistake]:
    """What can go wrong with rows and columns; `window` is the second argument in words."""
    lengths = "len(image) is the number of rows, len(image[0]) that of columns."
    fit = "A window of 2 columns has 2 places in an image of 3, and 3 in an image of 4. Which formula gives that?"
    ends = "The last {} missing: range(n) ends before n."
    row_end, column_end = ends.format("row of the result is"), ends.format("column of the result is")
    both_ends = ends.format("row and the last column are")
    beyond = "The window goes one step too far, over the lower or the right edge."
    over = "There are as many places as pixels, so at the last ones the window hangs over the edge."
    one_side = "The height of {} is taken for its width, or the other way round, as if it were square."
    square_image, square = one_side.format("the image"), one_side.format(window)
    both_ways = f"Measure {window} both ways: the number of rows, and that of columns."
    swapped = "Row and column stand in the place of each other."
    one_list = "All rows are one and the same list, [[0] * n] * m, so that everything is added into it."
    after = "Is `return` inside the loop? Take its indentation back."
    row_first = "The row comes first, rows[r][c]. It goes with i, the column with j."
    table = [
        ("off by one", _with_sides(lambda H, W, h, w: (H - 1, W - 1, h, w)), both_ends, fit),
        ("off by one", _with_sides(lambda H, W, h, w: (H - 1, W, h, w)), row_end, fit),
        ("off by one", _with_sides(lambda H, W, h, w: (H, W - 1, h, w)), column_end, fit),
        ("off by one", _with_sides(lambda H, W, h, w: (H + 1, W + 1, h, w)), beyond, fit),
        ("window leaves the image", _with_sides(lambda H, W, h, w: (H + h - 1, W + w - 1, h, w)), over, fit),
        ("taken as square", _with_sides(lambda H, W, h, w: (H, H, h, w)), square_image, lengths),
        ("taken as square", _with_sides(lambda H, W, h, w: (W, W, h, w)), square_image, lengths),
        ("taken as square", _with_sides(lambda H, W, h, w: (H, W, h, h)), square, both_ways),
        ("taken as square", _with_sides(lambda H, W, h, w: (H, W, w, w)), square, both_ways),
        ("rows and columns exchanged", _with_sides(lambda H, W, h, w: (W, H, w, h)), swapped, lengths),
        ("rows and columns exchanged", _with_sides(lambda H, W, h, w: (W, H, h, w)), swapped, lengths),
        ("rows and columns exchanged", lambda *both: _mirrored(_convolved(*both)), swapped, row_first),
        ("rows and columns exchanged", _image_mirrored, swapped, row_first),
        ("rows and columns exchanged", _window_mirrored, swapped, row_first),
        ("same list again", _rows_shared, one_list, "Make a new list for each row: [[0] * n for _ in range(m)]."),
        (
            "flat list",
            lambda *both: np.ravel(_convolved(*both)),
            "All numbers stand in one list.",
            "Make a list of rows.",
        ),
        ("returns too early", lambda *both: _convolved(*both)[:1], "Only the first row is there.", after),
    ]
    return [Mistake(*row) for row in table]


OF_CONVOLVE = [
    Mistake(
        "flipped kernel",
        lambda image, kernel: _convolved(image, _turned(kernel)),
        "The kernel is turned by half a turn. In mathematics this is the convolution; neural nets do without.",
        "kernel[0][0] belongs to the upper left pixel of the window.",
    ),
    Mistake(
        "= instead of +=",
        _last_product,
        "Only the last product of each window is left, where all should have been added up.",
        "Begin with 0 at each place, and add with +=.",
    ),
    Mistake(
        "not set to 0",
        lambda image, kernel: np.cumsum(_convolved(image, kernel)).reshape(np.shape(_convolved(image, kernel))),
        "To each number all those before it are added: the sum goes on from place to place.",
        "Set the sum to 0 at each place, inside the loops over r and c.",
    ),
    Mistake(
        "mean instead of sum",
        _mean,
        "Each sum was divided by the number of weights.",
        "Leave the sum as it is.",
    ),
    Mistake(
        "padding",
        lambda image, kernel: _padded(image, kernel, around=True),
        "There are as many places as pixels, with zeros around the image.",
        "Take only the places at which the whole window lies in the image.",
    ),
    Mistake(
        "padding",
        lambda image, kernel: _padded(image, kernel, around=False),
        "There are as many places as pixels: at the lower and the right edge parts of the window hang over.",
        "Take only the places at which the whole window lies in the image.",
    ),
    *_about_sides("the kernel"),
]

OF_GRADIENT = [
    Mistake(
        "= instead of +=",
        _last_product,
        "Only the last place is left. The weight was used at all of them, and each use has a part in its gradient.",
        "Begin with 0 for each weight, and add the parts with +=.",
    ),
    Mistake(
        "mean instead of sum",
        _mean,
        "The parts of all places were added up and then divided by the number of places.",
        "A shared weight gets the sum over its uses: if it changes by a little, all places change.",
    ),
    Mistake(
        "forgot to multiply by the upstream gradient",
        lambda image, upstream: _convolved(image, [[1] * len(row) for row in upstream]),
        "The pixels were added up as they are. That is right only if each dE/dy is 1.",
        "Multiply each pixel by the upstream gradient of the place that saw it.",
    ),
    Mistake(
        "flipped kernel",
        lambda image, upstream: _turned(_convolved(image, upstream)),
        "All numbers are right, but the kernel is turned by half a turn: first is last, and upper is lower.",
        "gradient[0][0] belongs to the weight that sees the upper left pixel of each window.",
    ),
    Mistake(
        "flipped upstream",
        lambda image, upstream: _convolved(image, _turned(upstream)),
        "The upstream gradients are taken in the reverse order: that of the last place goes to the first window.",
        "upstream[r][c] belongs to the window whose upper left pixel is image[r][c].",
    ),
    Mistake(
        "off by one",
        lambda image, upstream: _convolved(image, _without_last(upstream)),
        "The last row and the last column of places are left out: range(n) ends before n.",
        "r and c go through all of upstream.",
    ),
    *_about_sides("upstream"),
]
