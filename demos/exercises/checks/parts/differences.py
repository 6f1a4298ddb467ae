"""Finite differences, functions to try them on, and the mistakes that are made in them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd import Value, exp, grad, sin
from demos.exercises.checking.comparison import Mistake


@dataclass(frozen=True)
class Named:
    """A function that a report shows by its name."""

    name: str
    function: Callable[..., Any]

    def __post_init__(self) -> None:
        self.function.__qualname__ = self.name  # what Python calls it in a TypeError that a student reads

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self.function(*arguments, **named)

    def __repr__(self) -> str:
        return self.name


Named.__name__ = "function"  # what Python calls it in a TypeError that a student reads


def forward_difference(f: Any, x: float, h: float) -> float:
    return (f(x + h) - f(x)) / h


def central_difference(f: Any, x: float, h: float) -> float:
    return (f(x + h) - f(x - h)) / (2 * h)


def _of_floats(function: Callable[[float], float], x: Any) -> Any:
    """The function of a number, or of an array, with the same bits: some try all steps at once."""
    return np.vectorize(function)(x) if isinstance(x, np.ndarray) else function(x)


SQUARE = Named("square", lambda x: x * x)
CUBE = Named("cube", lambda x: x * x * x)
INVERSE = Named("inverse", lambda x: 1 / x)
THIRD = Named("third", lambda x: x / 3)
SINE = Named("sin", lambda x: sin(x) if isinstance(x, Value) else _of_floats(math.sin, x))
EXP = Named("exp", lambda x: exp(x) if isinstance(x, Value) else _of_floats(math.exp, x))
FORWARD, CENTRAL = Named("forward_difference", forward_difference), Named("central_difference", central_difference)


def slope_of(f: Named, x: float) -> float:
    """The slope of f at x, by backprop."""
    at = Value(x)
    return float(grad(f(at), at))


def slopes() -> list[tuple[Any, ...]]:
    """Functions, places and steps to try both differences with."""
    points = [(SQUARE, 3.0), (CUBE, 2.0), (CUBE, -1.0), (INVERSE, 2.0), (SINE, 0.0), (SINE, 1.0), (EXP, 0.5)]
    return [(f, x, h) for h in (0.1, 0.5, 0.001) for f, x in points]


H_IGNORED = Mistake(
    "h is not used",
    lambda f, x, h: slope_of(f, x),
    "This is the slope itself, or what comes out with a much smaller step: the h that is given plays no part.",
    "Go as far as h says, though that is far, and a smaller step would come nearer to the slope.",
)

FORWARD_MISTAKES = [
    H_IGNORED,
    Mistake(
        "plus for minus",
        lambda f, x, h: (f(x + h) + f(x)) / h,
        "The two values of f are added.",
        "How far f moves is a difference.",
    ),
    Mistake(
        "forgot to divide",
        lambda f, x, h: f(x + h) - f(x),
        "This is how far f moves. A slope is that for each 1 that x moves.",
        "Divide by the step.",
    ),
    Mistake(
        "brackets",
        lambda f, x, h: f(x + h) - f(x) / h,
        "Without brackets only f(x) is divided: / comes before -.",
        "Put the difference into brackets.",
    ),
    Mistake(
        "sign",
        lambda f, x, h: -forward_difference(f, x, h),
        "It is f(x) - f(x + h), the start minus the end.",
        "Where f rises, the slope is above 0.",
    ),
    Mistake(
        "backward difference",
        lambda f, x, h: forward_difference(f, x, -h),
        "The step goes to x - h, to the left. That is the backward difference.",
        "Compare f(x) with f(x + h).",
    ),
    Mistake(
        "central difference",
        central_difference,
        "This is the central difference, with steps to both sides.",
        "Take one step to the right, from f(x) itself.",
    ),
    Mistake(
        "factor",
        lambda f, x, h: forward_difference(f, x, h) / 2,
        "It is divided by 2 h, but x and x + h are h apart.",
        "Divide by h.",
    ),
    Mistake(
        "times for divided by",
        lambda f, x, h: (f(x + h) - f(x)) * h,
        "The difference is multiplied by h.",
        "Divide by h.",
    ),
]

CENTRAL_MISTAKES = [
    H_IGNORED,
    Mistake(
        "plus for minus",
        lambda f, x, h: (f(x + h) + f(x - h)) / (2 * h),
        "The two values of f are added.",
        "How far f moves is a difference.",
    ),
    Mistake(
        "forgot to divide",
        lambda f, x, h: (f(x + h) - f(x - h)) / 2,
        "It is divided by 2, but x - h and x + h are 2 h apart.",
        "Divide by the whole distance.",
    ),
    Mistake(
        "backward difference",
        lambda f, x, h: forward_difference(f, x, -h),
        "This is the backward difference, with a step to the left only.",
        "Compare f(x + h) with f(x - h).",
    ),
    Mistake(
        "factor",
        lambda f, x, h: 2 * central_difference(f, x, h),
        "It is divided by h, but x - h and x + h are 2 h apart: the result is twice the slope.",
        "Divide by the whole distance.",
    ),
    Mistake(
        "brackets",
        lambda f, x, h: (f(x + h) - f(x - h)) / 2 * h,
        "/ 2 * h divides by 2 and then multiplies by h.",
        "Put 2 * h into brackets.",
    ),
    Mistake(
        "brackets",
        lambda f, x, h: f(x + h) - f(x - h) / (2 * h),
        "Without brackets only f(x - h) is divided: / comes before -.",
        "Put the difference into brackets.",
    ),
    Mistake(
        "forgot to divide",
        lambda f, x, h: f(x + h) - f(x - h),
        "This is how far f moves. A slope is that for each 1 that x moves.",
        "Divide by the distance between x - h and x + h.",
    ),
    Mistake(
        "sign",
        lambda f, x, h: -central_difference(f, x, h),
        "It is f(x - h) - f(x + h), the start minus the end.",
        "Where f rises, the slope is above 0.",
    ),
    Mistake(
        "forward difference",
        forward_difference,
        "This is the forward difference, with a step to one side only.",
        "Compare f(x + h) with f(x - h).",
    ),
    Mistake(
        "one side only",
        lambda f, x, h: forward_difference(f, x, h) / 2,
        "It is divided by 2 h, but the step goes to one side only, from f(x) to f(x + h).",
        "Compare f(x + h) with f(x - h).",
    ),
    Mistake(
        "half the step",
        lambda f, x, h: central_difference(f, x, h / 2),
        "It goes half a step to either side. That is a central difference too, but with another h than was asked for.",
        "Go a whole h to the right and a whole h to the left.",
    ),
]
