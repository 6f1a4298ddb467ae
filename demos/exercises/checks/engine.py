"""Task 23: an engine, from the numbers that it computes, over single operations and graphs, to a net that it trains."""

from __future__ import annotations

from typing import Any

from autograd import Value as Ours
from demos.exercises.checking.numbers import unlike
from demos.exercises.checking.words import shown
from demos.exercises.checks.parts.classes import an_end, asking, need_engine, need_unchanged, numbers
from demos.exercises.checks.parts.engines import OPS, Case, cases, diagnose, right_grads
from demos.exercises.checks.parts.forward import equal_told, functions_kept, need_forward, need_methods
from demos.exercises.checks.parts.graphs import grads_in_words, need_depth, need_graphs, need_independence, need_order
from demos.exercises.checks.parts.training import train
from demos.exercises.verdict import CheckFailed, Finding

HINTS = (
    "Go in steps, and check after each: first + and * on numbers, then what a result has to remember, then `backward` "
    "of one operation, then the order for many. Tasks 7 and 9 were about the two halves of it.",
    "Let each operation return Value(number, arguments, partials): for a * b the arguments (a, b) and the partials "
    "(b.data, a.data). Then `backward` knows all it needs, and no operation has a way back of its own.",
    "`backward`: collect all nodes, each once and after its arguments, with a list as a stack. Set self.grad to 1. Go "
    "through the nodes from the end, and for each pair of argument and partial: arg.grad += node.grad * partial.",
)

STEPS = 60


def check(Value: Any) -> None:
    """Nothing if the class is an engine that trains a net; raises CheckFailed at the first law that does not hold."""
    need_engine("Value", Value)
    need_methods(Value)
    with equal_told(Value):
        need_forward(Value)
        _seed(Value)
        _single_operations(Value, [case for op in OPS for case in cases(op) if case.upstream == 1])
        need_order(Value)
        _single_operations(Value, [case for op in OPS for case in cases(op) if case.upstream != 1])
        _remembered(Value)
        need_graphs(Value)
        need_independence(Value)
        need_depth(Value)
        _training(Value)


def _seed(Value: Any) -> None:
    """Only whether anything arrives, and whether all begins with 1; what arrives is looked at later."""
    asked = "y = a * b with a.data = 3.0, b.data = -2.0; y.backward()"
    values = {"a": Value(3.0), "b": Value(-2.0)}
    with functions_kept(asked), an_end(asked), asking(asked):
        values["y"] = values["a"] * values["b"]
        values["y"].backward()
        twice = Value(3.0)
        (twice + twice).backward()
    got = numbers(asked, values, "grad")
    doubled = numbers("y = a + a; y.backward()", {"a": twice}, "grad")["a"]
    name, cause, advice = "", "", "dy/dy = 1. Begin with that."
    if not any(got.values()):
        name = "forgot the seed"
        cause = "All gradients stay 0, that of y as well: everything is a multiple of it, and it was never set, or in "
        cause += "the end it is 0 again."
    elif {*got.values(), doubled} == {1.0}:
        name = "recursion instead of a topological order"
        cause = "All gradients are 1: `backward` is called for each argument too, and sets its grad to 1 each time."
        advice = "Only y begins with 1. Put all below it in an order in which each comes before its arguments."
    elif got["y"] != 1 and len(set(got.values())) == 1:
        name = "one grad for all"
        cause = "There is a single grad, which belongs to the class: Value.grad, or a list that all share."
        advice = "Give each Value its own: self.grad = 0.0 in __init__."
    elif got["y"] == 1 and not any((got["a"], got["b"], doubled)):
        name = "nothing is added"
        cause = "y.grad is 1, but nothing comes down from it. It is set too late, or no way back is ever called."
        advice = "Begin with y.grad = 1. Then let each operation hand on what stands in the grad of its result."
    elif got["y"] != 1:
        name = "forgot the seed"
        cause = "The grad of y itself is not 1 in the end."
    if name:
        expected = "a.grad = -2.0, b.grad = 3.0, y.grad = 1.0"
        raise CheckFailed(Finding(name, asked, expected, grads_in_words(got), cause, advice))


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
    with asking(asked):
        arguments = case.arguments(Value)
        y = case.formula.of(arguments)
        (y if case.upstream == 1 else y * case.upstream).backward()
    need_unchanged(asked, arguments, dict(zip(case.names, case.numbers, strict=True)))
    return list(numbers(asked, arguments, "grad").values())


def _remembered(Value: Any) -> None:
    """Each operation on results: what these were made of gets its gradient too."""
    for case in (case for op in OPS for case in cases(op) if case.upstream == 1 and not any(case.presets)):
        text = case.formula.text
        lines = ", ".join(f"{name} = {name}0 * 1.0" for name in case.names)
        asked = f"{lines}, y = {text}, y.backward()\nwith {case.given}"
        with an_end(asked), asking(asked):
            leaves = {f"{name}0": Value(x) for name, x in zip(case.names, case.numbers, strict=True)}
            made = {name: leaves[f"{name}0"] * 1.0 for name in case.names}
            case.formula.of(made).backward()
        got = numbers(asked, leaves, "grad")
        want = dict(zip(leaves, right_grads(case), strict=True))
        if unlike(got, want, 1e-7):
            cause = (
                f"{case.formula.op}: its arguments get their gradients, as was seen before, but what these were made "
            )
            cause += "of does not: on the way back they are not found, or not in time."
            advice = "Does the result remember all its arguments, where `backward` looks for them?"
            raise CheckFailed(
                Finding("argument not remembered", asked, grads_in_words(want), grads_in_words(got), cause, advice)
            )


def _training(Value: Any) -> None:
    """The loss of each step is that of the same training with the course's engine."""
    asked = f"{STEPS} steps of gradient descent on the two moons"
    with asking(asked):
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
