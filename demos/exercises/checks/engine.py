"""Task 23: an engine, from the numbers that it computes, over single operations and graphs, to a net that it trains."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from autograd import Value as Ours
from demos.exercises.checking.calls import Raised
from demos.exercises.checking.classes import any_depth, each_edge_once, need_engine, need_value, numbers, told
from demos.exercises.checking.engines import OPS, Case, cases, diagnose
from demos.exercises.checking.numbers import unlike
from demos.exercises.checking.orders import Edges, misstep
from demos.exercises.checking.programs import SMALL, Program, random_programs, run
from demos.exercises.checking.training import train
from demos.exercises.checking.words import shown
from demos.exercises.verdict import CheckFailed, Finding

HINTS = (
    "Go in steps, and check after each: first + and * on numbers, then what a result has to remember, then `backward` "
    "of one operation, then the order for many. Tasks 7 and 9 were about the two halves of it.",
    "Let each operation return Value(number, arguments, partials): for a * b the arguments (a, b) and the partials "
    "(b.data, a.data). Then `backward` knows all it needs, and no operation has a way back of its own.",
    "`backward`: collect all nodes, each once and after its arguments, with a list as a stack. Set self.grad to 1. Go "
    "through the nodes from the end, and for each pair of argument and partial: arg.grad += node.grad * partial.",
)

DEEP = 10_000
STEPS = 60
ADVICE = "Go through it by hand, from y back, and print what is added where."


def check(Value: Any) -> None:
    """Nothing if the class is an engine that trains a net; raises CheckFailed at the first law that does not hold."""
    need_engine("Value", Value)
    _forward(Value)
    _seed(Value)
    _single_operations(Value, [case for op in OPS for case in cases(op) if case.upstream == 1])
    _orders(Value)
    _single_operations(Value, [case for op in OPS for case in cases(op) if case.upstream != 1])
    _graphs(Value)
    _several_results(Value)
    _large_graphs(Value)
    _training(Value)


FORWARD: dict[str, Callable[[Any, Any], Any]] = {
    "a + b": operator.add,
    "a * b": operator.mul,
    "a ** 2": lambda a, b: a**2,
    "b ** 3": lambda a, b: b**3,
    "a ** -1": lambda a, b: a**-1,
    "a ** 0.5": lambda a, b: a**0.5,
    "b.exp()": lambda a, b: b.exp(),
    "a.relu()": lambda a, b: a.relu(),
    "b.relu()": lambda a, b: b.relu(),
    "a + 2.0": lambda a, b: a + 2.0,
    "a * 2": lambda a, b: a * 2,
    "2 + a": lambda a, b: 2 + a,
    "2.0 * a": lambda a, b: 2.0 * a,
    "-a": lambda a, b: -a,
    "a - b": operator.sub,
    "2.0 - a": lambda a, b: 2.0 - a,
    "a / b": operator.truediv,
    "1.0 / b": lambda a, b: 1.0 / b,
}

WITH_A_NUMBER = ("a + 2.0", "a * 2", "2 + a", "2.0 * a")


def _forward(Value: Any) -> None:
    """The numbers that are computed, and that they are Values."""
    for text, formula in FORWARD.items():
        asked = f"y = {text} with a.data = 3.0, b.data = -2.0"
        with _numbers_as_operands(asked, text), told(asked):
            y = formula(Value(3.0), Value(-2.0))
        need_value("Value", Value, y, asked)
        got, want = numbers(asked, {"y": y}, "data")["y"], formula(Ours(3.0), Ours(-2.0)).data
        if unlike(got, want, 1e-9):
            expected, came = f"y.data = {shown(want)}", f"y.data = {shown(got)}"
            cause = "Already the way forward computes another number."
            raise CheckFailed(Finding("wrong result", asked, expected, came, cause, f"Compute {text} on paper."))


@contextmanager
def _numbers_as_operands(asked: str, text: str) -> Iterator[None]:
    """Inside, the errors that a number in place of a Value leads to become CheckFailed."""
    try:
        yield
    except Raised as error:
        if text not in WITH_A_NUMBER or not isinstance(error.error, (AttributeError, TypeError)):
            raise
        cause = "One of the two is a plain number here, which has no `data` and remembers nothing."
        advice = "Begin by making a Value of it, unless it is one already."
        raise CheckFailed(Finding("number as operand", asked, "a Value", str(error), cause, advice)) from None


def _seed(Value: Any) -> None:
    """Only whether nothing at all arrives; what arrives is looked at later."""
    asked = "y = a + b, y.backward()"
    with told(asked):
        values = {"a": Value(3.0), "b": Value(-2.0)}
        values["y"] = values["a"] + values["b"]
        values["y"].backward()
    if not any(numbers(asked, values, "grad").values()):
        cause = "All gradients stay 0, that of y as well: everything is a multiple of it, and it was never set."
        advice = "dy/dy = 1. Begin with that."
        expected, got = "a.grad = 1.0, b.grad = 1.0, y.grad = 1.0", "0.0 for all of them"
        raise CheckFailed(Finding("forgot the seed", asked, expected, got, cause, advice))


def _single_operations(Value: Any, wanted: list[Case]) -> None:
    """Each operation alone. Where the upstream gradient is not 1 it comes from a product, which was checked before."""
    for op in OPS:
        of_this = [case for case in wanted if case.formula.op == op]
        diagnose(op, of_this, lambda case: _handed_back(Value, case), _asked)


def _asked(case: Case) -> str:
    after = "y.backward()" if case.upstream == 1 else f"(y * {shown(case.upstream)}).backward()"
    return f"y = {case.formula.text}, {after}\nwith {case.given} before"


def _handed_back(Value: Any, case: Case) -> list[float]:
    """The gradients of the arguments afterwards."""
    asked = _asked(case)
    with told(asked):
        arguments = {name: Value(x) for name, x in zip(case.names, case.numbers, strict=True)}
        for argument, preset in zip(arguments.values(), case.presets, strict=True):
            argument.grad = preset
        y = case.formula.apply(*(arguments[name] for name in case.formula.positions))
        (y if case.upstream == 1 else y * case.upstream).backward()
    return list(numbers(asked, arguments, "grad").values())


def _orders(Value: Any) -> None:
    """Small graphs of + and *. Nothing is said of wrong numbers that no wrong order explains."""
    observed = [(program, _leaf_grads(Value, program)) for program in SMALL]
    wrong = [(program, got) for program, got in observed if unlike(got, _leaf_grads(Ours, program), 1e-9)]
    found = misstep([(*_edges(program), got) for program, got in observed])
    if wrong and found:
        raise _differing(*wrong[0], (found.name, found.cause, found.advice))


def _graphs(Value: Any) -> None:
    """The same, and random ones of all operations."""
    for program in (*SMALL, *random_programs()):
        got = _leaf_grads(Value, program)
        if unlike(got, _leaf_grads(Ours, program), 1e-7):
            cause = "Each operation is right when it is alone, so look at the order and at what is used several times."
            raise _differing(program, got, ("wrong result", cause, ADVICE))


def _leaf_grads(Value: Any, program: Program) -> dict[str, float]:
    """What stands in `grad` of each leaf after `backward` of the last value."""
    with told(program.text):
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
    expected, came = (", ".join(f"{leaf}.grad = {shown(x)}" for leaf, x in grads.items()) for grads in both)
    return CheckFailed(Finding(name, program.text, expected, came, cause, advice))


def _several_results(Value: Any) -> None:
    """Two results made of one number, gone back from one after the other, with its gradient set to 0 in between."""
    asked = "(a * 3.0).backward(), then a.grad = 0.0, then (a * 5.0).backward()"
    with told(asked):
        a = Value(2.0)
        (a * 3.0).backward()
        a.grad = 0.0
        (a * 5.0).backward()
    got = numbers(asked, {"a": a}, "grad")["a"]
    if unlike(got, 5.0, 1e-9):
        cause = "What was computed before takes part once more: `backward` goes over more than what y was made of."
        advice = "Begin at self, and go from each value to its own arguments."
        raise CheckFailed(Finding("stale gradients", asked, "a.grad = 5.0", f"a.grad = {shown(got)}", cause, advice))


def _large_graphs(Value: Any) -> None:
    """Many paths, then a deep graph, then both."""
    asked = "y = x, and 14 times over y = y * 0.5 + y * 0.5; then y.backward()"
    with each_edge_once(asked):
        _slope(Value, asked, lambda y, x: y * 0.5 + y * 0.5, 14, 1.0)
    asked = f"y = x, and {DEEP:,} times over y = y + x; then y.backward()"
    with any_depth(asked):
        _slope(Value, asked, operator.add, DEEP, DEEP + 1.0)
    asked = "y = x, and 60 times over y = y * 0.5 + y * 0.5; then y.backward()"
    _slope(Value, asked, lambda y, x: y * 0.5 + y * 0.5, 60, 1.0)


def _slope(Value: Any, asked: str, further: Callable[[Any, Any], Any], times: int, want: float) -> None:
    """Nothing, if the slope after so many steps is what it should be; else CheckFailed."""
    with told(asked):
        x = Value(1.0)
        y = x
        for _ in range(times):
            y = further(y, x)
        y.backward()
    got = numbers(asked, {"x": x}, "grad")["x"]
    if unlike(got, want, 1e-9):
        expected, came = f"x.grad = {shown(want)}", f"x.grad = {shown(got)}"
        raise CheckFailed(Finding("wrong result", asked, expected, came, advice="Try it with 2, 3, 4 times first."))


def _training(Value: Any) -> None:
    """The loss of each step is that of the same training with the course's engine."""
    asked = f"{STEPS} steps of gradient descent on the two moons"
    with told(asked):
        trained = train(Value, STEPS)
    wanted = train(Ours, STEPS)
    differing = (i for i in range(STEPS) if unlike(trained.losses[i], wanted.losses[i], 1e-6))
    first = next(differing, None)
    if first is not None:
        raise CheckFailed(
            Finding(
                "training differs",
                f"{asked}: the loss of step {first + 1}",
                f"{shown(wanted.losses[first])}; at the end {wanted.right} of {wanted.points} points on their side",
                f"{shown(trained.losses[first])}; at the end {trained.right} of {trained.points}",
                "Single graphs are right, so something stays behind from one graph to the next.",
                "Do two steps by hand: compute, go back, change data, set grad to 0. What differs the second time?",
            )
        )
