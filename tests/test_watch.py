"""The hooks for whoever watches numbers being read: compared, needed by Python, looked at, drawn, made."""

import operator
from typing import Any

import numpy as np
import pytest

from autograd import Parameter, ParameterVector, Value, dot, relu, sum, uniform, where
from autograd.watch import watcher


class Notes:
    """A watcher that writes down what it is told."""

    def __init__(self) -> None:
        self.lines: list[tuple[Any, ...]] = []

    def compare(self, sign: str, a: Any, b: Any) -> Any:
        self.lines.append(("compare", sign, a, b))
        return "compared"

    def read(self, node: Any) -> None:
        self.lines.append(("read", node))

    def need(self, node: Any, what: str) -> None:
        self.lines.append(("need", node, what))

    def draw(self, rng: Any) -> Any:
        self.lines.append(("draw", rng))
        return 0.25

    def made(self, leaf: Any) -> None:
        self.lines.append(("made", leaf))


@pytest.fixture
def notes():
    taken = Notes()
    token = watcher.set(taken)
    yield taken
    watcher.reset(token)


def same(lines: list[tuple[Any, ...]], expected: list[tuple[Any, ...]]) -> bool:
    """Whether the notes are these, Values being the very same ones."""
    return len(lines) == len(expected) and all(
        len(a) == len(b) and all(x is y or (not isinstance(x, Value) and x == y) for x, y in zip(a, b, strict=True))
        for a, b in zip(lines, expected, strict=True)
    )


SIGNS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


@pytest.mark.parametrize("sign", SIGNS)
def test_comparisons_are_answered_by_the_watcher(sign):
    x, y = Value(1.0), Value(2.0)
    taken = Notes()
    token = watcher.set(taken)
    try:
        assert SIGNS[sign](x, y) == "compared"
        assert SIGNS[sign](x, 3) == "compared"
        assert SIGNS[sign](x, np.float64(3.0)) == "compared"
    finally:
        watcher.reset(token)
    assert same(taken.lines[:1], [("compare", sign, x, y)])
    assert [line[1] for line in taken.lines] == [sign] * 3
    assert SIGNS[sign](x, y) is SIGNS[sign](1.0, 2.0)


def test_comparing_with_what_is_no_number_is_not_the_watchers_business(notes):
    x = Value(1.0)
    notes.lines.clear()
    assert (x == "a") is False
    assert (x != None) is True  # noqa: E711
    with pytest.raises(TypeError):
        x < "a"  # noqa: B015
    assert notes.lines == []


NEEDS: dict[str, Any] = {
    "bool()": bool,
    "float()": float,
    "int()": int,
    "round()": round,
}


@pytest.mark.parametrize("what", NEEDS)
def test_what_python_needs_the_number_for_is_told(what, notes):
    x = Value(2.0)
    notes.lines.clear()
    assert NEEDS[what](x) == NEEDS[what](2.0)
    assert same(notes.lines, [("need", x, what)])


def test_an_index_is_told_before_it_is_refused(notes):
    x = Value(1.0)
    notes.lines.clear()
    with pytest.raises(TypeError, match=r"a Value is no index"):
        [1.0, 2.0][x]  # type: ignore[call-overload]
    assert same(notes.lines, [("need", x, "an index")])


def test_backward_is_told_before_it_goes(notes):
    x = Value(1.0)
    y = x * 2.0
    notes.lines.clear()
    y.backward()
    assert same(notes.lines, [("need", y, "backward()")])


def test_a_watcher_that_raises_stops_what_was_asked():
    class Refusing(Notes):
        def need(self, node: Any, what: str) -> None:
            raise KeyError(what)

    x = Value(1.0)
    token = watcher.set(Refusing())
    try:
        with pytest.raises(KeyError, match="float"):
            float(x)
        with pytest.raises(KeyError, match="backward"):
            (x * x).backward()
    finally:
        watcher.reset(token)
    assert x.grad == 0.0 and float(x) == 1.0


def test_reading_data_is_told_and_gives_the_number(notes):
    x, p = Value(1.0), Parameter(3.0)
    y = x + p
    notes.lines.clear()
    assert (x.data, p.data, y.data) == (1.0, 3.0, 4.0)
    assert same(notes.lines, [("read", x), ("read", p), ("read", y)])


def test_arithmetic_and_printing_are_not_told(notes):
    x, ws = Value(1.0), ParameterVector([1.0, 2.0])
    notes.lines.clear()
    y = dot(ws, [x, 3.0]) + relu(x) * sum(ws) - where(1.0, x, 2.0) ** 2
    assert f"{y}" and f"{y:.2f}" and repr(y)
    assert notes.lines == []


def test_assignments_to_numbers_and_gradients_of_parameters_are_told(notes):
    x, ws = Value(1.0), ParameterVector([1.0, 2.0])
    notes.lines.clear()
    x.data = 5.0
    ws[0].grad = 0.0
    assert same(notes.lines, [("need", x, "assignment to .data"), ("need", ws[0], "assignment to .grad")])


def test_new_leaves_are_told_and_inner_nodes_are_not(notes):
    x = Value(1.0)
    y = x * 2.0 + 1.0
    assert same(notes.lines, [("made", x)])
    assert y.op is not None


def test_numbers_are_drawn_by_the_watcher(notes):
    rng = np.random.default_rng(0)
    before = rng.bit_generator.state
    assert uniform(rng) == 0.25
    assert same(notes.lines, [("draw", rng)])
    assert rng.bit_generator.state == before


def test_without_a_watcher_all_of_it_is_plain_python():
    x = Value(2.0)
    assert watcher.get() is None
    assert (x < 3.0, x >= 3.0, bool(x), float(x), int(x), round(x), x.data) == (True, False, True, 2.0, 2, 2, 2.0)
    assert max(x, Value(1.0)) is x and sorted([x, Value(1.0)])[1] is x
