"""Optimisers: from gradients to new parameters, on the whole parameter vector at once."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

import numpy as np

from autograd import ArgumentError, FlatParameters, Parameter

from .checks import between

Rate: TypeAlias = float | Callable[[int], float]
"""A learning rate: a number, or a function of the step such as those in `schedules`."""

SMALLEST = 1e-300
"""What eps has to be at least: with 0 the adaptive optimisers would divide a gradient of 0 by 0."""


@dataclass(frozen=True)
class Move:
    """Where an optimiser is about to go: the new numbers of all its parameters, and its new memory."""

    data: np.ndarray
    memory: np.ndarray


class Optimizer(ABC):
    """Base of the optimisers: data -= learning_rate * direction(gradient, memory).

    A subclass says what the direction is, and how many numbers it remembers for each parameter from step to step.
    A parameter that stands there twice is moved once; a frozen one stays, and so does what is remembered of it.
    """

    remembers: ClassVar[int] = 0

    def __init__(self, parameters: Iterable[Parameter], lr: Rate) -> None:
        if not isinstance(parameters, Iterable):
            raise ArgumentError(f"{type(self).__name__} takes parameters, got {parameters!r}; pass model.parameters()")
        self.flat = FlatParameters(parameters)
        if not len(self.flat):
            raise ArgumentError(f"{type(self).__name__}: there are no parameters to train; pass model.parameters()")
        self._memory = np.zeros((self.remembers, len(self.flat)))
        self._scratch = np.empty(len(self.flat))
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
        return self._rate(self._lr) if callable(self._lr) else float(self._lr)

    def _rate(self, lr: Rate) -> float:
        """What `lr` is at the next step; ArgumentError if it is no finite number of at least 0."""
        who = type(self).__name__
        if not callable(lr):
            return between(f"{who}: lr", lr, 0.0)
        if isinstance(lr, type):
            raise ArgumentError(f"{who}: lr is the class {lr.__name__}; make one: {lr.__name__}(...)")
        try:
            rate = lr(self.steps)
        except OverflowError:
            rate = math.inf
        return between(f"{who}: lr at step {self.steps}", rate, 0.0)

    def zero_grad(self) -> None:
        """Sets the gradients to 0."""
        self.flat.grad = 0.0

    @np.errstate(over="ignore", invalid="ignore")  # what overflows is infinite, as with floats
    def step(self) -> None:
        """Moves the parameters once. They are written in one go: an interrupt finds all of them moved or none."""
        direction, memory = self._planned()
        self.flat.subtract(np.multiply(direction, self.learning_rate, self._scratch))
        self._memory, self.steps = memory, self.steps + 1

    @np.errstate(over="ignore", invalid="ignore")
    def propose(self) -> Move:
        """The next step, worked out and not yet taken; so it can be looked at before `commit`."""
        direction, memory = self._planned()
        return Move(self.flat.data - self.learning_rate * direction, memory)

    def commit(self, move: Move) -> None:
        """Takes the step."""
        self.flat.data, self._memory, self.steps = move.data, move.memory, self.steps + 1

    def _planned(self) -> tuple[np.ndarray, np.ndarray]:
        """The direction of the next step, 0 for a frozen parameter, and the memory after it."""
        gradient, frozen = self.flat.grad, self.flat.frozen
        some_frozen = np.count_nonzero(frozen) > 0
        if some_frozen:
            gradient = np.where(frozen, 0.0, gradient)
        direction, memory = self.direction(gradient, self._memory)
        memory = np.asarray(memory, np.float64).reshape(self._memory.shape)
        if some_frozen:
            return np.where(frozen, 0.0, direction), np.where(frozen, self._memory, memory)
        # What is remembered must not be the gradients themselves, which the next step overwrites.
        return direction, memory.copy() if memory.base is not None and memory.base is gradient.base else memory

    @abstractmethod
    def direction(self, gradient: np.ndarray, memory: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What to subtract at a learning rate of 1, of shape (n,), and the new memory, of shape (remembers, n).

        It changes nothing, neither its arguments nor the optimiser.
        """

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

    remembers = 1

    def __init__(
        self,
        parameters: Iterable[Parameter],
        lr: Rate = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr)
        self.momentum = between("SGD: momentum", momentum, 0.0, 1.0)
        self.weight_decay = between("SGD: weight_decay", weight_decay, 0.0)
        self.nesterov = nesterov
        if nesterov and momentum == 0.0:
            raise ArgumentError("SGD: nesterov looks ahead along the momentum, which is 0; give momentum=0.9 or so")

    def direction(self, gradient: np.ndarray, memory: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        if self.weight_decay:
            gradient = gradient + self.weight_decay * self.flat.data
        if not self.momentum:
            return gradient, memory
        velocity = self.momentum * memory[0] + gradient
        return gradient + self.momentum * velocity if self.nesterov else velocity, velocity[np.newaxis]


class Adam(Optimizer):
    """Adaptive moments: m / (sqrt(v) + eps), with m and v the running means of g and g^2, corrected for their start.

    Source: Kingma & Ba, "Adam: a method for stochastic optimization", 2015, algorithm 1.
    """

    remembers = 2

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
        self.betas = tuple(between("Adam: each of betas", beta, 0.0, 1.0) for beta in betas)
        self.eps = between("Adam: eps", eps, SMALLEST)

    def direction(self, gradient: np.ndarray, memory: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        b1, b2 = self.betas
        mean = b1 * memory[0] + (1 - b1) * gradient
        square = b2 * memory[1] + (1 - b2) * gradient * gradient
        step = self.steps + 1
        return mean / (1 - b1**step) / (np.sqrt(square / (1 - b2**step)) + self.eps), np.array([mean, square])


class RMSProp(Optimizer):
    """g / (sqrt(v) + eps), with v the running mean of g^2.

    Source: Tieleman & Hinton, "Lecture 6.5: rmsprop", Neural networks for machine learning, Coursera, 2012.
    """

    remembers = 1

    def __init__(self, parameters: Iterable[Parameter], lr: Rate = 0.01, decay: float = 0.9, eps: float = 1e-8) -> None:
        super().__init__(parameters, lr)
        self.decay = between("RMSProp: decay", decay, 0.0, 1.0)
        self.eps = between("RMSProp: eps", eps, SMALLEST)

    def direction(self, gradient: np.ndarray, memory: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        square = self.decay * memory[0] + (1 - self.decay) * gradient * gradient
        return gradient / (np.sqrt(square) + self.eps), square[np.newaxis]


class Adagrad(Optimizer):
    """g / (sqrt(s) + eps), with s the sum of all g^2 so far.

    Source: Duchi, Hazan & Singer, "Adaptive subgradient methods", JMLR 12, 2011.
    """

    remembers = 1

    def __init__(self, parameters: Iterable[Parameter], lr: Rate = 0.01, eps: float = 1e-10) -> None:
        super().__init__(parameters, lr)
        self.eps = between("Adagrad: eps", eps, SMALLEST)

    def direction(self, gradient: np.ndarray, memory: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        total = memory[0] + gradient * gradient
        return gradient / (np.sqrt(total) + self.eps), total[np.newaxis]
