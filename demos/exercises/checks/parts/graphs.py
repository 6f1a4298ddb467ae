"""An engine's `backward` on graphs: the order in which it goes, several results of one number, depth, many paths."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from autograd import Value as Ours
from demos.exercises.checking.numbers import unlike
from demos.exercises.checking.words import shown
from demos.exercises.verdict import CheckFailed, Finding

from .classes import an_end, any_depth, asking, each_edge_once, numbers
from .missteps import misstep
from .orders import Edges
from .programs import SMALL, Program, random_programs, run

DEEP = 10_000
ADVICE = "Go through it by hand, from y back, and print what is added where."


def need_order(Value: Any) -> None:
    """Small graphs of + and *. Nothing is said of wrong numbers that no wrong order explains."""
    observed = [(program, _leaf_grads(Value, program)) for program in SMALL]
    wrong = [(program, got) for program, got in observed if unlike(got, _leaf_grads(Ours, program), 1e-9)]
    found = misstep([(*_edges(program), got) for program, got in observed])
    if wrong and found:
        raise _differing(*wrong[0], (found.name, found.cause, found.advice))


def need_graphs(Value: Any) -> None:
    """The same, and random ones of all operations."""
    for program in (*SMALL, *random_programs()):
        got = _leaf_grads(Value, program)
        if unlike(got, _leaf_grads(Ours, program), 1e-7):
            cause = "Each operation is right when it is alone, so look at the order and at what is used several times."
            raise _differing(program, got, ("wrong result", cause, ADVICE))


def need_independence(Value: Any) -> None:
    """Two results made of one number: one after the other, with its gradient set to 0 in between; then both at once."""
    asked = "(a * 3.0).backward(), then a.grad = 0.0, then (a * 5.0).backward()"
    with asking(asked):
        a = Value(2.0)
        (a * 3.0).backward()
        a.grad = 0.0
        (a * 5.0).backward()
    cause = "What was computed before takes part once more: `backward` goes over more than what y was made of."
    _need_slope(asked, a, 5.0, "stale gradients", cause)
    asked = "y = a * 3.0, z = a * 5.0, y.backward(), z.backward()"
    with asking(asked):
        a = Value(2.0)
        y, z = a * 3.0, a * 5.0
        y.backward()
        z.backward()
    cause = "What z was made of is not known any more, or takes part twice, when y was gone back from before."
    _need_slope(asked, a, 8.0, "graph forgotten", cause)


def need_depth(Value: Any) -> None:
    """Many paths, then a deep graph, then both."""
    asked = "y = x, and 14 times over y = y * 0.5 + y * 0.5; then y.backward()"
    with each_edge_once(asked):
        _slope(Value, asked, lambda y, x: y * 0.5 + y * 0.5, 14, 1.0)
    asked = f"y = x, and {DEEP:,} times over y = y + x; then y.backward()"
    with any_depth(asked):
        _slope(Value, asked, operator.add, DEEP, DEEP + 1.0)
    asked = "y = x, and 60 times over y = y * 0.5 + y * 0.5; then y.backward()"
    _slope(Value, asked, lambda y, x: y * 0.5 + y * 0.5, 60, 1.0)


def _leaf_grads(Value: Any, program: Program) -> dict[str, float]:
    """What stands in `grad` of each leaf after `backward` of the last value."""
    with an_end(program.text), asking(program.text):
        values = run(program, Value)
        list(values.values())[-1].backward()
    return numbers(program.text, {name: values[name] for name in program.leaves}, "grad")


def _edges(program: Program) -> tuple[Edges, str]:
    """The graph of a program of + and *, and its root."""
    values = {name: value.data for name, value in run(program, Ours).items()}
    edges: dict[str, tuple[tuple[str, float], ...]] = dict.fromkeys(program.leaves, ())
    for step in program.steps:
        left, right = step.args
        partials = (1.0, 1.0) if step.form.text == "{} + {}" else (values[right], values[left])
        edges[step.name] = ((left, partials[0]), (right, partials[1]))
    return edges, program.steps[-1].name


def _differing(program: Program, got: dict[str, float], words: tuple[str, str, str]) -> CheckFailed:
    name, cause, advice = words
    both = (_leaf_grads(Ours, program), got)
    expected, came = map(grads_in_words, both)
    return CheckFailed(Finding(name, program.text, expected, came, cause, advice))


def _need_slope(asked: str, a: Any, want: float, name: str, cause: str) -> None:
    got = numbers(asked, {"a": a}, "grad")["a"]
    if unlike(got, want, 1e-9):
        advice = "Begin at self, and go from each value to its own arguments."
        expected, came = f"a.grad = {shown(want)}", f"a.grad = {shown(got)}"
        raise CheckFailed(Finding(name, asked, expected, came, cause, advice))


def _slope(Value: Any, asked: str, further: Callable[[Any, Any], Any], times: int, want: float) -> None:
    """Nothing, if the slope after so many steps is what it should be; else CheckFailed."""
    with asking(asked):
        x = Value(1.0)
        y = x
        for _ in range(times):
            y = further(y, x)
        y.backward()
    got = numbers(asked, {"x": x}, "grad")["x"]
    if unlike(got, want, 1e-9):
        expected, came = f"x.grad = {shown(want)}", f"x.grad = {shown(got)}"
        raise CheckFailed(Finding("wrong result", asked, expected, came, advice="Try it with 2, 3, 4 times first."))


def grads_in_words(grads: Mapping[str, float]) -> str:
    return ", ".join(f"{name}.grad = {shown(grad)}" for name, grad in grads.items())
