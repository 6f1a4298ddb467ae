"""Formulas of values and partials: they say what the records compute."""

import math

import pytest

from autograd import TABLE, Op, Value, ops
from autograd.expressions import (
    Expression,
    apply,
    as_it_is_here,
    partial_formulas,
    text,
    total,
    value_formula,
    variable,
)

SAMPLES = [(op, sample) for op in TABLE.values() for sample in op.domain.samples]
each_sample = pytest.mark.parametrize(("op", "sample"), SAMPLES, ids=[f"{op.name}{s}" for op, s in SAMPLES])
PYTHON = {name: getattr(ops, name) for name in TABLE if hasattr(ops, name)}


def rows_of(op, sample):
    return [list(sample)] if isinstance(op, Op) else [list(row) for row in sample]


def as_variables(rows):
    letters = iter("abcdefghij")
    return [[variable(next(letters), x) for x in row] for row in rows]


def computed(formula, variables, out=math.nan):
    """What the formula's text comes to in Python, which it is meant to be read as."""
    names = {v.key: v.number for row in variables for v in row} | {"out": out} | PYTHON
    words = text(formula)
    for bracket in ("[", "]"):
        words = words.replace(bracket, {"[": "(1.0 * (", "]": "))"}[bracket])
    return eval(words, {}, names)


@each_sample
def test_formula_of_a_value_computes_the_value(op, sample):
    rows = rows_of(op, sample)
    variables = as_variables(rows)
    if op.name in ("logsumexp", "pick"):
        assert text(value_formula(op, variables)).startswith(f"{op.name}(a")
        return
    assert computed(value_formula(op, variables), variables) == pytest.approx(
        op.evaluate(rows[0] if len(rows) == 1 and isinstance(op, Op) else rows)
    )


@each_sample
def test_formulas_of_partials_compute_the_partials(op, sample):
    rows = rows_of(op, sample)
    variables = as_variables(rows)
    row_op = not isinstance(op, Op)
    out = op.evaluate(rows if row_op else rows[0])
    formulas = partial_formulas(op, variable("out", out), variables)
    if row_op:
        numbers = [x for row in op.partials(out, *rows) for x in row]
    else:
        numbers = [
            partial(out, *rows[0]) if i == 0 or rows[0][0] >= 0 else None for i, partial in enumerate(op.partials)
        ]
    assert len(formulas) == len(numbers)
    for formula, expected in zip(formulas, numbers, strict=True):
        if expected is not None:
            assert computed(as_it_is_here(formula), variables, out) == pytest.approx(expected)


def test_exceptional_points_are_shown_as_what_holds_here():
    x, p = variable("x", 0.0), variable("p", 0.0)
    at_zero, _ = partial_formulas(ops.pow, variable("out", 1.0), [[x, p]])
    assert text(as_it_is_here(at_zero)) == "p * x ** (p - 1 + 1)"
    assert "[p == 0] * [x == 0]" in text(at_zero)


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda a, b: (a + b) * a, "(a + b) * a"),
        (lambda a, b: a + b * a, "a + b * a"),
        (lambda a, b: a - (b - a), "a - (b - a)"),
        (lambda a, b: a - b - a, "a - b - a"),
        (lambda a, b: a / (b * a), "a / (b * a)"),
        (lambda a, b: (-a) ** 2, "(-a) ** 2"),
        (lambda a, b: -(a**b), "-a ** b"),
        (lambda a, b: a ** (b**2), "a ** b ** 2"),
        (lambda a, b: (a**b) ** 2, "(a ** b) ** 2"),
        (lambda a, b: 2.0 ** -a, "2 ** -a"),
        (lambda a, b: a * -3.0 + 0.25, "a * -3 + 0.25"),
        (lambda a, b: ops.sigmoid(a - b) - (a > b), "sigmoid(a - b) - [a > b]"),
    ],
)  # fmt: skip
def test_brackets_stand_where_they_are_needed(build, words):
    a, b = variable("a", 1.5), variable("b", 0.5)
    assert text(build(a, b)) == words
    if "[" not in words:
        assert eval(words, {}, {"a": 1.5, "b": 0.5, **PYTHON}) == build(1.5, 0.5)


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda a: 0 + a, "a"),
        (lambda a: a - 0, "a"),
        (lambda a: 1 * a * 1.0, "a"),
        (lambda a: 0 * a + 3, "3"),
        (lambda a: a / 1, "a"),
        (lambda a: a**1, "a"),
        (lambda a: a**0, "1"),
        (lambda a: apply(ops.mul, (2.0, 4.0)) * a, "8 * a"),
    ],
)
def test_what_adds_and_multiplies_nothing_is_left_out(build, words):
    assert text(build(variable("a", 2.0))) == words


def test_long_rows_are_shortened_in_the_middle():
    xs = [variable(f"x{i}", 1.0) for i in range(9)]
    assert text(total(xs)) == "x0 + x1 + ... + x8"
    assert text(value_formula(ops.LOGSUMEXP, [xs])) == "logsumexp(x0, x1, ..., x8)"


def test_sign_in_place_of_a_variable_is_told_where_it_would_be_misread():
    a = variable("a", -2.0)
    words = text(a**2 + a * a, lambda v, misread: f"({v.number:g})" if misread else f"{v.number:g}")
    assert words == "(-2) ** 2 + -2 * -2"


def test_record_with_more_than_arithmetic_in_it_has_no_formula():
    def partial(out, x):
        return math.cos(x)

    class Odd:
        partials = (partial,)

    op = Op.__new__(Op)
    object.__setattr__(op, "partials", Odd.partials)
    assert partial_formulas(op, variable("out", 1.0), [[variable("x", 1.0)]]) == [None]


def test_expression_is_no_value():
    assert isinstance(variable("x", 1.0) + 1.0, Expression)
    with pytest.raises(TypeError):
        Value(variable("x", 1.0))
