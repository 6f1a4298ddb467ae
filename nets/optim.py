"""Optimisers: from gradients to new parameters, on the whole parameter vector at once."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import TypeAlias

import numpy as np

from autograd import ArgumentError, FlatParameters, Parameter

Rate: TypeAlias = float | Callable[[int], float]
"""A learning rate: a number, or a function of the step such as those in `schedules`."""

SMALLEST = 1e-300
"""What eps has to be at least: with 0 the adaptive optimisers would divide a gradient of 0 by 0."""


class Optimizer(ABC):
    """Base of the optimisers: data -= learning_rate * direction(gradient), for all parameters that are not frozen.

    A subclass says what the direction is. A parameter that stands there twice is moved once.
    """

    def __init__(self, parameters: Iterable[Parameter], lr: Rate) -> None:
        if not isinstance(parameters, Iterable):
            raise ArgumentError(f"{type(self).__name__} takes parameters, got {parameters!r}; pass model.parameters()")
        self.flat = FlatParameters(parameters)
        if not len(self.flat):
            raise ArgumentError(f"{type(self).__name__}: there are no parameters to train; pass model.parameters()")
        self.steps = 0
        self.lr = lr

    @property
    def lr(self) -> Rate:
        """The learning rate as it was given: a number or a schedule. May be assigned between steps."""
        return self._lr

    @lr.setter
    def lr(self, lr: Rate) -> None:
        self._rate(lr)
        self._lr = lr

    @property
    def learning_rate(self) -> float:
        """The learning rate of the next step, as a number."""
        return self._rate(self._lr)

    def _rate(self, lr: Rate) -> float:
        """What `lr` is at the next step; ArgumentError if it is no finite number of at least 0."""
        who = type(self).__name__
        if not callable(lr):
            return _between(who, "lr", lr, 0.0, math.inf)
        if isinstance(lr, type):
            raise ArgumentError(f"{who}: lr is the class {lr.__name__}; make one: {lr.__name__}(...)")
        return _between(who, f"lr at step {self.steps}", lr(self.steps), 0.0, math.inf)

    def zero_grad(self) -> None:
        """Sets the gradients to 0."""
        self.flat.grad = 0.0

    def step(self) -> None:
        """Moves the parameters once. They are written in one go: an interrupt finds all of them moved or none."""
        change = self.learning_rate * self.direction(self.flat.grad)
        change[self.flat.frozen] = 0.0
        self.flat.data = self.flat.data - change
        self.steps += 1

    @abstractmethod
    def direction(self, gradient: np.ndarray) -> np.ndarray:
        """A new array of the gradient's shape (n,): what to subtract at a learning rate of 1."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self.flat)} parameters, lr={self._lr!r})"


class SGD(Optimizer):
    """Stochastic gradient descent: the direction is v <- momentum * v + g, or g itself without momentum.

    With `nesterov` it is g + momentum * v, a look ahead (Nesterov 1983, in the form of Sutskever et al., "On the
    importance of initialization and momentum in deep learning", 2013). Momentum: Polyak, 1964. `weight_decay`
    adds weight_decay * p to each gradient, which is the gradient of weight_decay / 2 * p^2.

    >>> w = Parameter(1.0)
    >>> w.grad = 0.5
    >>> SGD([w], lr=0.1).step()
    >>> w.data
    0.95
    """

    def __init__(
        self,
        parameters: Iterable[Parameter],
        lr: Rate = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr)
        self.momentum = _between("SGD", "momentum", momentum, 0.0, 1.0)
        self.weight_decay = _between("SGD", "weight_decay", weight_decay, 0.0, math.inf)
        self.nesterov = nesterov
        if nesterov and momentum == 0.0:
            raise ArgumentError("SGD: nesterov looks ahead along the momentum, which is 0; give momentum=0.9 or so")
        self._velocity = np.zeros(len(self.flat))

    def direction(self, gradient: np.ndarray) -> np.ndarray:
        gradient = gradient + self.weight_decay * self.flat.data
        if self.momentum == 0.0:
            return gradient
        self._velocity = self.momentum * self._velocity + gradient
        return gradient + self.momentum * self._velocity if self.nesterov else self._velocity.copy()


class Adam(Optimizer):
    """Adaptive moments: m / (sqrt(v) + eps), with m and v the running means of g and g^2, corrected for their start.

    Source: Kingma & Ba, "Adam: a method for stochastic optimization", 2015, algorithm 1.
    """

    def __init__(
        self,
        parameters: Iterable[Parameter],
        lr: Rate = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
    ) -> None:
        super().__init__(parameters, lr)
        if not isinstance(betas, (tuple, list)) or len(betas) != 2:
            raise ArgumentError(f"Adam: betas is {betas!r}; it needs two numbers, such as (0.9, 0.999)")
        self.betas = tuple(_between("Adam", "each of betas", beta, 0.0, 1.0) for beta in betas)
        self.eps = _between("Adam", "eps", eps, SMALLEST, math.inf)
        self._mean = np.zeros(len(self.flat))
        self._square = np.zeros(len(self.flat))

    def direction(self, gradient: np.ndarray) -> np.ndarray:
        b1, b2 = self.betas
        self._mean = b1 * self._mean + (1 - b1) * gradient
        self._square = b2 * self._square + (1 - b2) * gradient * gradient
        mean = self._mean / (1 - b1 ** (self.steps + 1))
        square = self._square / (1 - b2 ** (self.steps + 1))
        return mean / (np.sqrt(square) + self.eps)


class RMSProp(Optimizer):
    """g / (sqrt(v) + eps), with v the running mean of g^2.

    Source: Tieleman & Hinton, "Lecture 6.5: rmsprop", Neural networks for machine learning, Coursera, 2012.
    """

    def __init__(self, parameters: Iterable[Parameter], lr: Rate = 0.01, decay: float = 0.9, eps: float = 1e-8) -> None:
        super().__init__(parameters, lr)
        self.decay = _between("RMSProp", "decay", decay, 0.0, 1.0)
        self.eps = _between("RMSProp", "eps", eps, SMALLEST, math.inf)
        self._square = np.zeros(len(self.flat))

    def direction(self, gradient: np.ndarray) -> np.ndarray:
        self._square = self.decay * self._square + (1 - self.decay) * gradient * gradient
        return gradient / (np.sqrt(self._square) + self.eps)


class Adagrad(Optimizer):
    """g / (sqrt(s) + eps), with s the sum of all g^2 so far.

    Source: Duchi, Hazan & Singer, "Adaptive subgradient methods", JMLR 12, 2011.
    """

    def __init__(self, parameters: Iterable[Parameter], lr: Rate = 0.01, eps: float = 1e-10) -> None:
        super().__init__(parameters, lr)
        self.eps = _between("Adagrad", "eps", eps, SMALLEST, math.inf)
        self._sum = np.zeros(len(self.flat))

    def direction(self, gradient: np.ndarray) -> np.ndarray:
        self._sum = self._sum + gradient * gradient
        return gradient / (np.sqrt(self._sum) + self.eps)


def _between(who: str, name: str, x: float, low: float, high: float) -> float:
    """x, if it is a number with low <= x < high."""
    if isinstance(x, bool) or not isinstance(x, (int, float, np.number)) or not low <= x < high:
        bound = f"at least {low:g}" + (f" and below {high:g}" if high < math.inf else ", and finite")
        raise ArgumentError(f"{who}: {name} is {x!r}; it needs a number of {bound}")
    return float(x)
