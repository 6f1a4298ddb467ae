"""Weighted sums that come out wrong: a perceptron, one with a bias and a linear neuron invite the same mistakes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from demos.exercises.checking.comparison import Mistake

Numbers = Sequence[float]


def products(xs: Numbers, ws: Numbers) -> list[float]:
    """Each input times its weight."""
    return [w * x for w, x in zip(ws, xs, strict=True)]


def sum_mistakes(answer: Callable[[float, float], Any], x: str, w: str) -> list[Mistake]:
    """The mistakes in the sum, for a function of (inputs, weights, number).

    `answer` makes what it returns of the sum and of that number. `x` and `w` are what the task calls one input and one
    weight.
    """

    def with_sum(total: Callable[[Numbers, Numbers], float]) -> Callable[..., Any]:
        return lambda xs, ws, number: answer(total(xs, ws), number)

    return [
        Mistake(name, with_sum(total), cause.format(x=x, w=w), advice.format(x=x, w=w))
        for name, total, cause, advice in _SUMS
    ]


_SUMS: list[tuple[str, Callable[[Any, Any], float], str, str]] = [
    (
        "forgot the weights",
        lambda xs, ws: sum(xs),
        "The {x}s are added up as they are, without any {w}.",
        "Multiply each {x} by its {w} before adding.",
    ),
    (
        "forgot the input",
        lambda xs, ws: sum(ws),
        "Each {w} is added once, whatever the {x}s are.",
        "Multiply each {w} by its {x} before adding.",
    ),
    (
        "plus for times",
        lambda xs, ws: sum(xs) + sum(ws),
        "Each {x} is added to its {w}.",
        "Multiply the two, and add up the products.",
    ),
    (
        "all pairs",
        lambda xs, ws: sum(xs) * sum(ws),
        "Each {x} is multiplied by the {w}s of all, not only by its own.",
        "Go through both lists side by side, in one loop.",
    ),
    (
        "= instead of +=",
        lambda xs, ws: products(xs, ws)[-1],
        "Only the last product counts: each turn of the loop writes over what the one before it had found.",
        "Add to the total with +=.",
    ),
    (
        "value as index",
        lambda xs, ws: sum(xs[x] * ws[x] for x in xs),
        "The loop goes through the {x}s themselves, and they are used as if they were places in the lists.",
        "Go through the places with range(len(...)), or through both lists with zip.",
    ),
    (
        "value as index",
        lambda xs, ws: sum(x * ws[x] for x in xs),
        "The loop goes through the {x}s themselves, and they are used as places in the list of {w}s.",
        "Go through the places with range(len(...)), or through both lists with zip.",
    ),
    (
        "returns too early",
        lambda xs, ws: products(xs, ws)[0],
        "Only the first product counts: `return` stands inside the loop.",
        "Return after the loop: take the indentation back.",
    ),
    (
        "off by one",
        lambda xs, ws: sum(products(xs, ws)[1:]),
        "The first {x} is left out.",
        "The first entry of a list has the index 0.",
    ),
    (
        "off by one",
        lambda xs, ws: sum(products(xs, ws)[:-1]),
        "The last {x} is left out.",
        "range(n) ends with n - 1: which n goes through all of them?",
    ),
    (
        "mean instead of sum",
        lambda xs, ws: sum(products(xs, ws)) / len(xs),
        "The sum is divided by the number of {x}s.",
        "Leave out the division.",
    ),
]
