"""Small computations as data: they run on any class of Values, and can be read in a report."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from autograd import Value


class Form(NamedTuple):
    """An operation: how it is written, with a gap for each argument, and what computes it."""

    text: str
    apply: Callable[..., Any]


class Step(NamedTuple):
    """One line: the name of the result, the operation, and the names of its arguments."""

    name: str
    form: Form
    args: tuple[str, ...]


class Program(NamedTuple):
    """Leaves with their numbers, and lines; the last of them is what is asked for."""

    leaves: dict[str, float]
    steps: list[Step]

    @property
    def text(self) -> str:
        """As it would be typed, up to `backward`."""
        leaves = ", ".join(f"{name} = Value({number})" for name, number in self.leaves.items())
        lines = [f"{step.name} = {step.form.text.format(*step.args)}" for step in self.steps]
        return f"{leaves}\n{'; '.join(lines)}; {self.steps[-1].name}.backward()"


def run(program: Program, kind: Callable[[float], Any]) -> dict[str, Any]:
    """All values by name, leaves first, made of this class."""
    values = {name: kind(number) for name, number in program.leaves.items()}
    for step in program.steps:
        values[step.name] = step.form.apply(*(values[name] for name in step.args))
    return values


ADD, MUL = Form("{} + {}", operator.add), Form("{} * {}", operator.mul)
FORMS = [
    ADD,
    MUL,
    Form("{} - {}", operator.sub),
    Form("{} ** 2", lambda a: a**2),
    Form("{}.relu()", lambda a: a.relu()),
    Form("{}.exp()", lambda a: a.exp()),
    Form("{} * 0.5", lambda a: a * 0.5),
    Form("1.0 - {}", lambda a: 1.0 - a),
    Form("1.0 / ({} + 3.0)", lambda a: 1.0 / (a + 3.0)),
]


def random_programs() -> Iterator[Program]:
    """Of all operations, shorter ones first; the numbers stay below 2.5, so that none of them drowns the others."""
    rng = np.random.default_rng(23)
    for size in (3, 4, 6, 8, 12, 16, 24):
        leaves = {"a": round(float(rng.uniform(0.5, 2)), 2), "b": round(float(rng.uniform(-2, -0.5)), 2)}
        values = {name: Value(number) for name, number in leaves.items()}
        steps: list[Step] = []
        while len(steps) < size:
            form = FORMS[rng.integers(len(FORMS))]
            recent = list(values)[-5:]
            args = tuple(recent[i] for i in rng.integers(len(recent), size=form.text.count("{}")))
            result = form.apply(*(values[name] for name in args))
            if abs(result.data) < 2.5:
                name = "y" if len(steps) == size - 1 else f"v{len(steps) + 1}"
                values[name] = result
                steps.append(Step(name, form, args))
        yield Program(leaves, steps)


def _lines(*lines: tuple[str, str, Form, str]) -> Program:
    """A program from lines such as ("y", "a", ADD, "b")."""
    leaves = {"a": 2.0, "b": -3.0}
    used = {name for _, left, _, right in lines for name in (left, right)}
    steps = [Step(name, form, (left, right)) for name, left, form, right in lines]
    return Program({name: number for name, number in leaves.items() if name in used}, steps)


SMALL = [
    _lines(("u", "a", MUL, "b"), ("y", "u", ADD, "a")),
    _lines(("u", "a", ADD, "a"), ("y", "u", ADD, "u")),
    _lines(("u", "a", MUL, "a"), ("y", "u", MUL, "u")),
    _lines(("u", "a", MUL, "b"), ("v", "u", ADD, "a"), ("y", "u", MUL, "v")),
    _lines(("u", "a", MUL, "b"), ("v", "u", ADD, "a"), ("y", "v", MUL, "u")),
    _lines(("u", "a", MUL, "a"), ("v", "u", ADD, "b"), ("w", "v", MUL, "a"), ("y", "u", ADD, "w")),
    _lines(("u", "a", MUL, "a"), ("v", "u", ADD, "b"), ("w", "v", MUL, "a"), ("y", "w", ADD, "u")),
    _lines(("s", "a", MUL, "b"), ("u", "s", ADD, "a"), ("v", "s", MUL, "b"), ("y", "u", MUL, "v")),
]
"""Diamonds, values that are used twice, and values that are reached by a short and by a long way."""
