"""Layers for images: convolution, pooling, and what makes a flat list of the result.

An image is nested lists, channels x height x width (an array does as well), and one of height x width has one channel.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np

from autograd import Value, maximum, mean

from .checks import is_number, whole
from .errors import ShapeError
from .layers import Activation, Layer
from .module import Module

Image: TypeAlias = list[list[list[Any]]]
"""Numbers or Values by channel, row and column."""


class Conv2d(Layer):
    """A Layer that looks at an image through a small window, with the same neurons at every place of it.

    The filter k, which is `neurons[k]`, gives one image, whose pixel in row r and column c is

        y[k][r][c] = activation(b[k] + sum over m, i, j of w[k][m, i, j] * x[m][stride * r + i][stride * c + j])

    for the channels m and the rows and columns i, j of a window of `size` x `size`; its `w` holds these weights in
    that order. Here x is the image with `padding` rows and columns of zeros on every side of it. (A cross-correlation,
    to be exact: a convolution would turn the window by half a turn, which learned weights do not care about.)

    An image of `channels` x height x width gives `filters` images as nested lists, filters x rows x columns, of
    (height + 2 padding - size) // stride + 1 rows, and columns alike. Weights start as a Neuron's do. Source: LeCun
    et al., "Backpropagation applied to handwritten zip code recognition", Neural Computation 1, 1989.

    >>> edges = Conv2d(1, 1, 2, "linear", seed=1)
    >>> edges.load_state_dict({"neurons.0.w.0": -1, "neurons.0.w.1": 1, "neurons.0.w.2": -1, "neurons.0.w.3": 1,
    ...                        "neurons.0.b": 0})
    >>> [[[pixel.data for pixel in row] for row in image] for image in edges([[0, 0, 9, 9], [0, 0, 9, 9]])]
    [[[0.0, 18.0, 0.0]]]

    Raises ShapeError for another number of channels, and for an image that is smaller than the window.
    """

    def __init__(
        self,
        channels: int,
        filters: int,
        size: int = 3,
        activation: Activation = "relu",
        stride: int = 1,
        padding: int = 0,
        rng: np.random.Generator | None = None,
        seed: int | None = None,
    ) -> None:
        self.channels = whole("Conv2d: channels", channels)
        self.size = whole("Conv2d: size", size)
        self.stride = whole("Conv2d: stride", stride)
        self.padding = whole("Conv2d: padding", padding, least=0)
        super().__init__(self.channels * self.size**2, whole("Conv2d: filters", filters), activation, rng, seed)

    def __call__(self, xs: Any) -> list[Any]:
        image = _image(xs, self, self.size - 2 * self.padding)
        if len(image) != self.channels:
            raise ShapeError(
                f"{self!r} takes an image of {_channels(self.channels)}, got one of {_channels(len(image))}"
            )
        look = super().__call__
        places = [
            [look([x for channel in window for row in channel for x in row]) for window in across]
            for across in _windows(_padded(image, self.padding), self.size, self.stride)
        ]
        return [[[outputs[k] for outputs in across] for across in places] for k in range(len(self.neurons))]

    def config(self) -> dict[str, Any]:
        return {
            "channels": self.channels,
            "filters": len(self.neurons),
            "size": self.size,
            "activation": self.neurons[0].activation,
            "stride": self.stride,
            "padding": self.padding,
        }

    def __repr__(self) -> str:
        more = f", stride={self.stride}" if self.stride != 1 else ""
        more += f", padding={self.padding}" if self.padding else ""
        return f"Conv2d({self.channels}, {len(self.neurons)}, {self.size}, {self.neurons[0].activation!r}{more})"


class _Pool(Module):
    """One number for each window of each channel; a subclass says which."""

    def __init__(self, size: int = 2, stride: int | None = None) -> None:
        self.size = whole(f"{type(self).__name__}: size", size)
        self.stride = self.size if stride is None else whole(f"{type(self).__name__}: stride", stride)

    def __call__(self, xs: Any) -> Image:
        return [
            [
                [self._pooled([x for row in window[0] for x in row]) for window in across]
                for across in _windows([channel], self.size, self.stride)
            ]
            for channel in _image(xs, self, self.size)
        ]

    @abstractmethod
    def _pooled(self, numbers: list[Any]) -> Any:
        """The number for those in a window."""

    def config(self) -> dict[str, Any]:
        return {"size": self.size, "stride": self.stride}

    def __repr__(self) -> str:
        stride = f", stride={self.stride}" if self.stride != self.size else ""
        return f"{type(self).__name__}({self.size}{stride})"


class MaxPool2d(_Pool):
    """The largest number in each window of `size` x `size`, for each channel by itself.

    Windows begin every `stride` rows and columns, which is the size unless given: they lie side by side. An image of
    channels x height x width gives one of channels x ((height - size) // stride + 1) rows, and columns alike; what is
    left at the lower and right edge is not looked at. The gradient goes to the largest alone; where some are equal they
    share it, in halves of halves. Source: Scherer, Müller and Behnke, "Evaluation of pooling operations in
    convolutional architectures for object recognition", ICANN, 2010.

    >>> MaxPool2d(2)([[1, 2, 0, 0], [3, 4, 0, 5]])
    [[[4.0, 5.0]]]

    Raises ShapeError for an image that is smaller than the window.
    """

    def _pooled(self, numbers: list[Any]) -> Any:
        while len(numbers) > 1:  # in pairs, as in a tournament, which is as deep as its rounds and no deeper
            rest = numbers[len(numbers) // 2 * 2 :]
            numbers = [maximum(a, b) for a, b in zip(numbers[::2], numbers[1::2], strict=False)] + rest
        return numbers[0]


class AvgPool2d(_Pool):
    """The mean of the numbers in each window of `size` x `size`, for each channel by itself.

    Windows and shapes are those of MaxPool2d. Source: the subsampling of LeCun et al., "Gradient-based learning applied
    to document recognition", Proceedings of the IEEE 86, 1998, without its learned coefficient and bias.

    >>> AvgPool2d(2)([[1, 2, 0, 0], [3, 4, 0, 5]])
    [[[2.5, 1.25]]]

    Raises ShapeError for an image that is smaller than the window.
    """

    def _pooled(self, numbers: list[Any]) -> Any:
        return mean(numbers)


class Flatten(Module):
    """The numbers in nested lists, or in an array, as one flat list: channel by channel, row by row.

    >>> Flatten()([[[1, 2], [3, 4]], [[5, 6], [7, 8]]])
    [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]

    Raises ShapeError for what is no list, or holds something else than numbers.
    """

    def __call__(self, xs: Any) -> list[Any]:
        flat = _listed(xs, self, "nested lists of numbers")
        if not isinstance(flat, list):
            raise ShapeError(f"{self!r} takes nested lists of numbers, got the single {xs!r}; write [...] around it")
        while any(isinstance(item, list) for item in flat):
            flat = [x for item in flat for x in (item if isinstance(item, list) else [item])]
        return flat

    def config(self) -> dict[str, Any]:
        return {}


def _image(xs: Any, module: Module, least: int) -> Image:
    """The image in nested lists, channels x height x width; its sides are not shorter than the least."""
    image = _listed(xs, module, "an image")
    shape = _shape(image)
    if shape is None or len(shape) not in (2, 3):
        got = "lists of different lengths" if shape is None else f"numbers of shape {shape}"
        raise ShapeError(f"{module!r} takes an image, channels x height x width or height x width, got {got}")
    least = max(least, 1)
    if min(shape[-2:]) < least:
        got = f"{shape[-2]} x {shape[-1]}"
        raise ShapeError(f"{module!r} takes an image of at least {least} x {least}, to fill its window; got {got}")
    return [image] if len(shape) == 2 else image


def _channels(count: int) -> str:
    return f"{count} channel{'' if count == 1 else 's'}"


def _listed(xs: Any, module: Module, what: str) -> Any:
    """A number as a float or Value; numbers in order, however deep, as nested lists of these."""
    if is_number(xs):
        return xs if isinstance(xs, (Value, float)) else Value(xs).data
    if isinstance(xs, np.ndarray):
        if xs.dtype.kind in "fiub":
            return xs.astype(np.float64).tolist()
        xs = xs.tolist()
    if isinstance(xs, (str, bytes, dict, set, frozenset)) or not isinstance(xs, Iterable):
        raise ShapeError(f"{module!r} takes {what}, got {xs!r} where a number or a list of numbers is needed")
    return [_listed(x, module, what) for x in xs]


def _shape(nested: Any) -> tuple[int, ...] | None:
    """The lengths of nested lists, from outer to inner; None if they are not all alike."""
    if not isinstance(nested, list):
        return ()
    shapes = set(map(_shape, nested)) or {()}
    inner = shapes.pop()
    return None if shapes or inner is None else (len(nested), *inner)


def _padded(image: Image, padding: int) -> Image:
    """The image with so many rows and columns of zeros around it."""
    side, above = [0.0] * padding, [[0.0] * (len(image[0][0]) + 2 * padding)] * padding
    return [above + [side + row + side for row in channel] + above for channel in image]


def _windows(image: Image, size: int, stride: int) -> list[list[Image]]:
    """The parts of the image that a window shows, by row and column of the places where it stands."""
    height, width = len(image[0]), len(image[0][0])
    strips = ([channel[r : r + size] for channel in image] for r in range(0, height - size + 1, stride))
    return [
        [[[row[c : c + size] for row in rows] for rows in strip] for c in range(0, width - size + 1, stride)]
        for strip in strips
    ]
