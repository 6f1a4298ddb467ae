"""Task 7: each operation forward, and its `_backward` alone, with several upstream gradients and preset gradients."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from demos.exercises.checking.calls import Raised
from demos.exercises.checking.judge import finding_of
from demos.exercises.checking.numbers import unlike
from demos.exercises.checking.words import shown, shown_apart
from demos.exercises.checks.parts.classes import asking, need_engine, need_unchanged, need_value, numbers
from demos.exercises.checks.parts.engines import OPS, Case, cases, diagnose, right_value
from demos.exercises.verdict import CheckFailed, Finding

HINTS = (
    "Keep b where it is and let a grow by 1: by how much does a + b grow, and by how much a * b? That is the local "
    "derivative with respect to a, and it is to be multiplied by the gradient of the result.",
    "The local derivatives: 1 and 1 for a + b; b and a for a * b; n * a ** (n - 1) for a ** n; exp(a) for exp(a); and "
    "for relu 1 where a is above 0, else 0. Every line reads `something.grad += out.grad * ...`.",
    "For the product: self.grad += out.grad * other.data and other.grad += out.grad * self.data. For exp the "
    "derivative is there already, as out.data. For relu, (self.data > 0) counts as 1 or 0.",
)


def check(Value: Any) -> None:
    """Nothing if each operation of the class hands back the right gradients; raises CheckFailed."""
    need_engine("Value", Value)
    for op in OPS:
        diagnose(op, cases(op), lambda case: _handed_back(Value, case), _asked)


def _asked(case: Case) -> str:
    return f"c = {case.formula.text}, c.grad = {shown(case.upstream)}, c._backward()\nwith {case.given} before"


def _handed_back(Value: Any, case: Case) -> list[float]:
    """The gradients of the arguments after `_backward` of the result, whose own gradient was set."""
    asked = _asked(case)
    with asking(asked):
        arguments = case.arguments(Value)
        result = case.formula.of(arguments)
    _need_result(Value, result, case)
    grads = numbers(asked, arguments, "grad")
    if unlike(list(grads.values()), list(case.presets), 1e-6):
        raise CheckFailed(_changed_too_early(case, grads))
    with _plain_numbers(asked), asking(asked):
        result.grad = case.upstream
        result._backward()
    before = dict(zip([*case.names, "c"], [*case.numbers, right_value(case)], strict=True))
    need_unchanged(asked, {**arguments, "c": result}, before)
    return list(numbers(asked, arguments, "grad").values())


@contextmanager
def _plain_numbers(asked: str) -> Iterator[None]:
    """Inside, an error that comes of a Value among plain numbers becomes CheckFailed."""
    try:
        yield
    except Raised as raised:
        words, line = str(raised), _line_of(raised.error)
        asks_a_number = any(f"'{kind}' object has no attribute 'data'" in words for kind in ("float", "int"))
        if line is None or (not asks_a_number and not ("unsupported operand" in words and "Value" in words)):
            raise
        name = "Value instead of data"
        cause = "A Value meets a plain number there: `other`, for instance, stands where `other.data` is meant."
        if asks_a_number and line.tb_next is None:  # otherwise it is an operation, called from there, that asks
            name, cause = "numbers, not Values", "A plain number is asked for its data, which only Values have."
        advice = "data and grad are plain numbers; compute with those. The exponent of a power is one already."
        alone = TracebackType(None, line.tb_frame, line.tb_lasti, line.tb_lineno)
        place = finding_of(raised.error.with_traceback(alone)).place
        raise CheckFailed(Finding(name, asked, "", words, cause, advice, place, status="error")) from None


def _line_of(error: BaseException) -> TracebackType | None:
    """Where the error went through the function that was called from here; None if it did not."""
    at, line = error.__traceback__, None
    while at is not None:
        if at.tb_frame.f_code.co_filename == __file__:
            line = at.tb_next
        at = at.tb_next
    return line


def _need_result(Value: Any, result: Any, case: Case) -> None:
    """Nothing, if this is a Value with the right number and a function `_backward`; else CheckFailed."""
    op, asked = case.formula.op, f"c = {case.formula.text} with {case.given}"
    need_value("Value", Value, result, asked)
    data, want = numbers(asked, {"c": result}, "data")["c"], right_value(case)
    if unlike(data, want, 1e-9):
        cause = f"{op}: already the result is wrong, on the way forward."
        advice = f"Compute {case.formula.text} from the data of the arguments; the task's own lines do."
        _, expected, got = shown_apart(want, data)
        expected, got = f"c.data = {expected}", f"c.data = {got}"
        raise CheckFailed(Finding("wrong result", asked, expected, got, cause, advice))
    kept = getattr(result, "_backward", None)
    if not callable(kept):
        name, got = "called too early", "None"
        cause = f"{op}: `out._backward = backward()` calls the function at once, and keeps what it returns, None."
        if kept is not None:
            name, got = "not a function", f"something of the type {type(kept).__name__}"
            cause = f"{op}: something else than the function is kept."
        advice = "Keep the function itself: out._backward = backward, without brackets."
        raise CheckFailed(Finding(name, asked, "a function c._backward", got, cause, advice))


def _changed_too_early(case: Case, grads: dict[str, float]) -> Finding:
    got = ", ".join(f"{name}.grad = {shown(grad)}" for name, grad in grads.items())
    return Finding(
        "adds in the forward pass",
        f"c = {case.formula.text} with {case.given}",
        "gradients as they were, until c._backward() is called",
        got,
        f"{case.formula.op}: gradients change while the result is computed, when its own gradient is not known yet.",
        "Put the lines into the function that is called later, and keep that as out._backward.",
    )
