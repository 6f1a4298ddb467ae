"""Learning rates that change with the step; any of them, or any function of the step, may be given as `lr`.

Annealing the rate is what lets descent begin fast and end precisely (Robbins & Monro, "A stochastic approximation
method", 1951). Steps count from 0.
"""

import math
from dataclasses import dataclass, fields

from .checks import between, whole


@dataclass(frozen=True)
class Schedule:
    """Base of the schedules: checks that rates are finite and not negative, and counts are at least 1."""

    def __post_init__(self) -> None:
        for field in fields(self):
            what, given = f"{type(self).__name__}: {field.name}", getattr(self, field.name)
            if field.type in (int, "int"):
                whole(what, given)
            else:
                between(what, given, 0.0)


@dataclass(frozen=True)
class Constant(Schedule):
    """The same rate at every step."""

    lr: float

    def __call__(self, step: int) -> float:
        return self.lr


@dataclass(frozen=True)
class Step(Schedule):
    """`start`, multiplied by `factor` once every `every` steps.

    >>> [Step(1.0, every=2, factor=0.5)(step) for step in range(5)]
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """

    start: float
    every: int
    factor: float = 0.1

    def __call__(self, step: int) -> float:
        return self.start * self.factor ** (step // self.every)


@dataclass(frozen=True)
class Exponential(Schedule):
    """`start` * `factor` ** step.

    >>> Exponential(1.0, factor=0.5)(3)
    0.125
    """

    start: float
    factor: float

    def __call__(self, step: int) -> float:
        return self.start * self.factor**step


@dataclass(frozen=True)
class Linear(Schedule):
    """In a straight line from `start` at step 0 to `end` at step `steps`, and `end` from there on.

    >>> Linear(1.0, 0.0, steps=4)(1)
    0.75
    """

    start: float
    end: float
    steps: int

    def __call__(self, step: int) -> float:
        done = min(step / self.steps, 1.0)
        return self.start * (1.0 - done) + self.end * done


@dataclass(frozen=True)
class Cosine(Schedule):
    """Along half a cosine wave from `start` at step 0 to `end` at step `steps`, and `end` from there on.

    Source: Loshchilov & Hutter, "SGDR: Stochastic gradient descent with warm restarts", 2017, equation 5.

    >>> Cosine(1.0, 0.0, steps=4)(2)
    0.5
    """

    start: float
    end: float
    steps: int

    def __call__(self, step: int) -> float:
        done = min(step / self.steps, 1.0)
        return self.end + (self.start - self.end) * (1.0 + math.cos(math.pi * done)) / 2.0
