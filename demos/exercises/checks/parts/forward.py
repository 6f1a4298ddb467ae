"""The way forward of an engine: its methods, the numbers that they compute, and what they leave alone."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from autograd import Value as Ours
from demos.exercises.checking.calls import Raised
from demos.exercises.checking.numbers import unlike
from demos.exercises.checking.words import shown_apart
from demos.exercises.verdict import CheckFailed, Finding

from .classes import asking, need_unchanged, need_value, numbers

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

WITH_A_NUMBER = {
    **dict.fromkeys(("a + 2.0", "a * 2", "2 + a", "2.0 * a"), "Make a Value of it first, unless it is one already."),
    **dict.fromkeys(("a ** 2", "b ** 3", "a ** -1", "a ** 0.5"), "The exponent is a number already; take it as it is."),
}
OPERATORS = ("add", "mul", "pow", "radd", "rmul", "neg", "sub", "rsub", "truediv", "rtruediv")


def need_methods(Value: Any) -> None:
    """Nothing, if all that the task asks for and gives is there."""
    missing = [name for name in ("exp", "relu", "backward") if not hasattr(Value(1.0), name)]
    missing += [f"__{name}__" for name in OPERATORS if getattr(Value, f"__{name}__", None) is None]
    if missing:
        cause = "It was renamed or deleted. Python asks for __radd__ in 2 + a, for __rmul__ in 2 * a, and so on."
        expected, got = f"Value.{missing[0]}", f"a class without {', '.join(missing)}"
        advice = "Define it. What stands below `backward` in the stub is given, and can be copied from there."
        raise CheckFailed(Finding("missing method", "class Value", expected, got, cause, advice))


@contextmanager
def equal_told(Value: Any) -> Iterator[None]:
    """Inside, what is wrong is told together with what may be behind it: Values that are equal, but not the same."""
    try:
        yield
    except Raised as error:
        if "unhashable" not in str(error):
            raise
        cause = "A class with an __eq__ of its own, as a dataclass is, has no hash."
        advice = "@dataclass(eq=False), or no __eq__; or keep id(node) in place of the node."
        wanted = "Values that a set or a dict can hold"
        raise CheckFailed(Finding("unhashable", error.call, wanted, str(error), cause, advice)) from None
    except CheckFailed as error:
        if not _equal(Value):
            raise
        words = "Two Values with equal numbers count as equal, by an __eq__ or as a dataclass has it. Then `in` takes "
        words += "one for the other, and that may be all that is wrong."
        cause = "\n".join(part for part in (error.finding.cause, words) if part)
        raise CheckFailed(replace(error.finding, cause=cause)) from None


def _equal(Value: Any) -> bool:
    """Whether two Values with the same numbers are equal."""
    try:
        return bool(Value(3.0) == Value(3.0))
    except Exception:  # what the answer's own __eq__ raises
        return False


def need_forward(Value: Any) -> None:
    """The numbers that are computed, and that they are Values."""
    for text, formula in FORWARD.items():
        asked = f"y = {text} with a.data = 3.0, b.data = -2.0"
        with asking(asked):
            given = {"a": Value(3.0), "b": Value(-2.0)}
        with _numbers_as_operands(asked, text), functions_kept(asked), asking(asked):
            y = formula(*given.values())
        need_value("Value", Value, y, asked)
        need_unchanged(asked, given, {"a": 3.0, "b": -2.0})
        same = next((name for name in given if y is given[name]), None)
        if same is not None:
            cause = "Then the gradients of the result and of the argument are one number, and one overwrites the other."
            advice = "Return a new Value that remembers the argument."
            raise CheckFailed(Finding("not a new Value", asked, "a new Value", f"{same} itself", cause, advice))
        got, want = numbers(asked, {"y": y}, "data")["y"], formula(Ours(3.0), Ours(-2.0)).data
        if unlike(got, want, 1e-9):
            _, expected, came = shown_apart(want, got)
            cause = "Already the way forward computes another number."
            advice = f"Compute {text} on paper."
            finding = Finding("wrong result", asked, f"y.data = {expected}", f"y.data = {came}", cause, advice)
            raise CheckFailed(finding)


@contextmanager
def _numbers_as_operands(asked: str, text: str) -> Iterator[None]:
    """Inside, the errors that a number in place of a Value leads to become CheckFailed."""
    try:
        yield
    except Raised as error:
        if text not in WITH_A_NUMBER or not isinstance(error.error, (AttributeError, TypeError)):
            raise
        cause = "One of the two is a plain number here, which has no `data` and remembers nothing."
        raise CheckFailed(
            Finding("number as operand", asked, "a Value", str(error), cause, WITH_A_NUMBER[text])
        ) from None


@contextmanager
def functions_kept(asked: str) -> Iterator[None]:
    """Inside, the error that None is called becomes CheckFailed."""
    try:
        yield
    except Raised as error:
        if "'NoneType' object is not callable" not in str(error):
            raise
        cause = "`out._backward = backward()`, with brackets, calls it at once, and keeps what it returns: None."
        advice = "Keep the function itself, without brackets."
        finding = Finding("called too early", asked, "functions that can be called later", str(error), cause, advice)
        raise CheckFailed(finding) from None
