"""gradcheck must fail when something is wrong, name the op at fault and no other, and leave everything as it was."""

import contextlib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import (
    TABLE,
    ArgumentError,
    DomainError,
    GradientError,
    Op,
    Parameter,
    ParameterVector,
    Value,
    backprop,
    dot,
    gradcheck,
    ops,
    relu,
    sum,
    tanh,
)
from tests.strategies import follow, recipes
from tests.tables import every_op_at_its_samples, flat, movable, of_values

# --- what is right passes ------------------------------------------------------------------------------------


@given(recipes(inputs=3, longest=6), st.tuples(*[st.sampled_from([-1.5, -0.4, 0.3, 0.8, 2.0])] * 3))
def test_random_graphs_of_right_ops_pass(recipe, at):
    assert gradcheck(lambda *xs: follow(recipe, xs), at).checked == 3


def test_counts_what_it_compared():
    found = gradcheck(lambda x, y: x * x * y, [1.0, 2.0], order=2)
    assert found.checked == 6 and 0 <= found.worst < 1e-6 and found.kinks == ()
    assert gradcheck(lambda: Value(1.0), []).checked == 0


def test_function_of_no_arguments_is_checked_in_the_values_it_uses():
    ws, b = ParameterVector([0.5, -0.2]), Parameter(0.1)
    assert gradcheck(lambda: tanh(dot(ws, [1.0, 2.0], b)), [*ws, b], order=2).checked == 12


@pytest.mark.parametrize("at", [1e-6, 1e-3, 1.0, 1e3, 1e6])
def test_small_and_large_arguments_are_no_false_alarm(at):
    gradcheck(ops.log, [at])
    gradcheck(lambda x: x * x, [at], order=2)
    gradcheck(ops.sqrt, [at])
    gradcheck(lambda x: 1 / x, [at])


# --- planted partials ----------------------------------------------------------------------------------------


@pytest.fixture
def plant(monkeypatch):
    """A function that gives a record, or any module's attribute, something wrong for the length of one test."""
    changed = []

    def change(thing, name, wrong):
        if isinstance(thing, tuple(type(op) for op in TABLE.values())):
            changed.append((thing, name, getattr(thing, name)))
            object.__setattr__(thing, name, wrong)  # records are frozen
        else:
            monkeypatch.setattr(thing, name, wrong)

    yield change
    for thing, name, right in reversed(changed):
        object.__setattr__(thing, name, right)


MISTAKES = {
    "sign": (lambda partial: lambda *at: -1.0 * partial(*at), "sign is flipped"),
    "factor": (lambda partial: lambda *at: 2.7 * partial(*at), "factor of 2.7"),
    "formula": (lambda partial: lambda *at: partial(*at) + 0.37 * at[1] * at[1] + 0.21, ""),
}


def _wrong(op, i, mistake):
    """The partials of op with a mistake in its i-th, for a RowOp in the first of the i-th row."""
    if isinstance(op, Op):
        return tuple(mistake(partial) if j == i else partial for j, partial in enumerate(op.partials))
    right = op.partials

    def rows(out, *values):
        made = [list(row) for row in right(out, *values)]
        made[i][-1] = mistake(lambda *at: made[i][-1])(out, values[i][-1])
        return made

    return rows


@pytest.mark.parametrize("kind", MISTAKES)
@every_op_at_its_samples
def test_planted_wrong_partial_is_named_with_its_op_and_no_other(op, sample, kind, plant):
    mistake, words = MISTAKES[kind]
    partials = op.partials
    xs = flat(op, sample)[: movable(op, sample)]
    rows = len(partials) if isinstance(op, Op) else len(sample) - (op.name == "pick")
    f = of_values(op, sample)
    outer = ops.softplus if op is not ops.softplus else ops.cos  # another op, since two flipped signs cancel
    for i in range(rows):
        right = _slope_of_last_in_row(op, sample, i)
        if right == 0.0 and kind != "formula":
            continue  # 0 has no sign and no factor
        plant(op, "partials", _wrong(op, i, mistake))
        with pytest.raises(GradientError) as caught:
            gradcheck(lambda *at: outer(f(*at)), xs)
        message = str(caught.value)
        assert f"op {op.name!r}" in message
        assert words in message or "of its record" in message
        assert message.count("op '") == 1
        plant(op, "partials", partials)


def _slope_of_last_in_row(op, sample, i):
    """The right partial of the operand that `_wrong` spoils."""
    xs = [Value(x) for x in flat(op, sample)]
    of_values(op, sample)(*xs[: movable(op, sample)]).backward()
    return xs[i if isinstance(op, Op) else len([x for row in sample[: i + 1] for x in row]) - 1].grad


def test_swapped_partials_are_told_so(plant):
    first, second = ops.div.partials
    plant(ops.div, "partials", (second, first))
    with pytest.raises(GradientError, match=r"op 'div'.*argument 0.*partial in argument 1; the two may be swapped"):
        gradcheck(lambda a, b: ops.exp(a / b), [1.0, 2.0])


def test_message_has_label_point_expected_and_got(plant):
    plant(ops.tanh, "partials", (lambda out, x: -(1.0 - out * out),))

    def f(x):
        y = tanh(x)
        y.label = "squashed"
        return y * 2

    with pytest.raises(
        GradientError, match=r"op 'tanh' \(node 'squashed'\).*at \(0.5\).*expected 0.786448, got -0.786448"
    ):
        gradcheck(f, [Value(0.5, label="x")])


def test_wrong_op_deep_in_a_net_is_named_alone(plant):
    plant(ops.relu, "partials", (lambda out, x: 0.5 * (x > 0),))
    ws = [ParameterVector([0.5, 0.3]), ParameterVector([0.2, 0.9])]

    def net():
        hidden = [relu(dot(w, [1.0, 2.0])) for w in ws]
        return ops.sigmoid(sum(hidden)) * ops.exp(hidden[0] * 0.1)

    with pytest.raises(GradientError, match=r"op 'relu'.*factor of 0.5") as caught:
        gradcheck(net, [*ws[0], *ws[1]])
    assert str(caught.value).count("op '") == 1


def test_wrong_partial_of_a_partial_is_found_at_second_order(plant):
    plant(ops.sin, "partials", (lambda out, x: float(ops.cos(float(x))),))  # right number, cut from the graph
    gradcheck(ops.sin, [0.4])
    with pytest.raises(GradientError):
        gradcheck(ops.sin, [0.4], order=2)


# --- planted backward ----------------------------------------------------------------------------------------


def _broken_pass_on(name, how):
    """`pass_on` that handles one op wrongly, as a hand-written backward does."""
    right = backprop.pass_on

    def pass_on(nodes):
        for node in nodes:
            upstream = node.grad
            if node.op.name == name and how == "missing chain factor":
                node.grad = 1.0
            elif node.op.name == name:
                for x in node.args:
                    if isinstance(x, Value):
                        x.grad = 0.0
            right([node])
            node.grad = upstream

    return pass_on


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("missing chain factor", "upstream gradient of 3.*missing chain factor"),
        ("overwritten", "onto a gradient of 5.*overwritten instead of accumulated"),
    ],
)
@pytest.mark.parametrize("name", ["tanh", "div", "dot"])
def test_planted_wrong_backward_is_named_with_its_op(name, how, words, plant):
    plant(backprop, "pass_on", _broken_pass_on(name, how))

    def f(x, y):
        made = {"tanh": lambda: tanh(x), "div": lambda: x / y, "dot": lambda: dot([x, y], [2.0, y])}[name]()
        return made + ops.exp(made) * 2 + x * y

    with pytest.raises(GradientError, match=f"op '{name}'.*{words}") as caught:
        gradcheck(f, [0.7, 1.3])
    assert str(caught.value).count("op '") == 1


@pytest.mark.parametrize(("name", "sign"), [("add", 1), ("mul", -1)])
def test_wrong_backward_of_the_ops_written_out_by_hand_is_named(name, sign, plant):
    right = backprop.pass_on

    def pass_on(nodes):
        for node in nodes:
            right([node])
            if node.op.name == name and isinstance(node.args[0], Value):
                node.args[0].grad += 0.5 * node.grad

    plant(backprop, "pass_on", pass_on)
    with pytest.raises(GradientError, match=f"op '{name}'.*argument 0"):
        gradcheck(lambda x, y: tanh(x * y) if name == "mul" else tanh(x + y), [0.7, 1.3])


# --- not the ops' fault --------------------------------------------------------------------------------------


def test_jump_is_told_apart_from_a_kink(capsys):
    gradcheck(ops.step, [0.0])
    assert capsys.readouterr().out == "jump in argument 0 at 0; the engine takes 0 by convention\n"


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x * float(x),
        lambda x: x + x.data**2,
        lambda x: x * Value(float(x)),
    ],
)
def test_dependence_hidden_from_the_graph_is_told_apart_from_a_wrong_op(f):
    with pytest.raises(GradientError, match=r"partials are right.*float\(x\)"):
        gradcheck(f, [1.5])


@pytest.mark.parametrize(
    ("f", "left", "right", "taken"),
    [
        (relu, "0", "1", "0"),
        (ops.abs, "-1", "1", "0"),
        (lambda x: ops.leaky_relu(x), "0.01", "1", "0.01"),
        (lambda x: ops.leaky_relu(x, 0.25), "0.25", "1", "0.25"),
        (lambda x: ops.maximum(x, 2 * x), "1", "2", "1.5"),
        (lambda x: 3 * relu(x) + x, "1", "4", "1"),
    ],
)
def test_kink_prints_its_slopes_and_the_convention_instead_of_an_alarm(f, left, right, taken, capsys):
    found = gradcheck(lambda x: f(x), [Value(0.0, label="x")])
    (kink,) = found.kinks
    assert capsys.readouterr().out == kink + "\n"
    assert kink.startswith(f"kink in argument 0 ('x') at 0: slope {left} on the left, {right} on the right; ")
    assert kink.endswith(f"the engine takes {taken} by convention")


def test_wrong_slope_at_a_kink_is_an_error_all_the_same(plant):
    plant(ops.relu, "partials", (lambda out, x: 3.0,))
    with pytest.raises(GradientError, match="op 'relu'"):
        gradcheck(relu, [0.0])


@pytest.mark.parametrize(
    ("f", "xs", "message"),
    [
        (lambda x: x * random.random(), [1.0], "another value each time"),
        (lambda x: 3.0, [1.0], r"return one Value, got 3\.0"),
        (lambda x: [x], [1.0], "return one Value"),
        (lambda: Value(1.0), [1.0], r"needs no arguments.*got 1\.0"),
    ],
)
def test_function_that_cannot_be_checked_is_refused(f, xs, message):
    with pytest.raises(ArgumentError, match=message):
        gradcheck(f, xs)


def test_order_other_than_one_or_two_is_refused():
    with pytest.raises(ArgumentError, match="order is 3"):
        gradcheck(lambda x: x, [1.0], order=3)


def test_edge_of_a_domain_is_checked_from_the_inside():
    assert gradcheck(lambda x: x**2.5, [0.0]).checked == 1
    with pytest.raises(DomainError, match="sqrt"):
        gradcheck(ops.sqrt, [0.0])


# --- afterwards ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spoil",
    [
        lambda x: x,
        lambda x: x * float(x),
        lambda x: ops.log(x - 1.5),
        lambda x: ops.sqrt(x - 1.5),
        lambda x: x * random.random(),
        lambda x: 1 / 0 if x != 1.5 else x,
    ],
    ids=["right", "hidden", "domain", "no slope", "random", "crash"],
)
@pytest.mark.parametrize("make", [Value, Parameter], ids=["value", "parameter"])
def test_values_and_gradients_are_as_before_whether_it_passes_or_fails(spoil, make):
    x, bystander = make(1.5, "x"), make(2.0)
    x.grad, bystander.grad = 7.0, -3.0
    with contextlib.suppress(GradientError, ArgumentError, DomainError, ZeroDivisionError):
        gradcheck(lambda: spoil(x) * bystander, [x], order=2)
    assert (x.data, x.grad, x.label) == (1.5, 7.0, "x")
    assert (bystander.data, bystander.grad) == (2.0, -3.0)
