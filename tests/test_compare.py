"""Three ways to one derivative: they agree where they should, and the table says so where they do not."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import (
    ArgumentError,
    DomainError,
    Parameter,
    Value,
    compare,
    dot,
    grad,
    jit,
    ops,
    relu,
    sum,
    topological_order,
    where,
)
from nets import MLP
from tests.strategies import follow, recipes, small
from tests.tables import every_op_at_its_samples, flat, movable, of_values

points = st.tuples(small, small, small)


def close(a, b):
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)


def narrow(text):
    """Whether the text fits 80 columns, without blanks at the ends of its lines."""
    return all(len(line) <= 80 and line == line.rstrip() for line in str(text).split("\n"))


def errors(found, kind):
    """The errors of the differences of that kind that there are, the longest step first."""
    return [error for step in found.steps if (error := found.error(getattr(step, kind))) is not None]


# --- the three ways ------------------------------------------------------------------------------------------


@given(recipes(inputs=3, kinked=True), points)
def test_forward_mode_agrees_with_reverse_mode(recipe, at):
    xs = tuple(map(Value, at))
    root = follow(recipe, xs)
    found = compare(root, xs[0])
    assert found.reverse == grad(root, xs[0]) and close(found.forward, found.reverse)
    assert narrow(found)


@given(recipes(inputs=3, longest=6), st.tuples(*[st.sampled_from([-1.5, -0.4, 0.3, 0.8])] * 3))
def test_the_best_difference_comes_close_on_smooth_graphs(recipe, at):
    xs = tuple(map(Value, at))
    found = compare(follow(recipe, xs), xs[0])
    assert all("too rough" not in note and "kink" not in note and "jump" not in note for note in found.notes)
    if found.steps:
        assert min(errors(found, "central")) < 1e-6
        assert found.best_h in [step.h for step in found.steps]


@every_op_at_its_samples
def test_every_op_is_compared_in_every_operand(op, sample):
    xs = list(map(Value, flat(op, sample)[: movable(op, sample)]))
    root = of_values(op, sample)(*xs)
    for x in xs:
        found = compare(root, x)
        assert close(found.forward, found.reverse)
        assert min(errors(found, "central")) < 1e-6 * max(1.0, abs(found.reverse))
        assert narrow(found)


def test_parameters_of_a_model_are_compared_and_nothing_is_written():
    model = MLP(2, [3, 1], "tanh", seed=1)
    loss = (model([0.3, Value(-0.2)]) - 1.0) ** 2
    loss.backward()
    before = [(node.data, node.grad) for node in topological_order(loss)]
    for p in model.parameters():
        found = compare(loss, p)
        assert close(found.reverse, p.grad) and close(found.forward, p.grad) and min(errors(found, "central")) < 1e-8
    assert [(node.data, node.grad) for node in topological_order(loss)] == before


def test_inner_node_is_moved_as_if_it_were_an_input():
    a = Value(2.0, label="a")
    b = a * a
    found = compare(b * a, b)
    assert found.reverse == found.forward == 2.0
    assert close(found.steps[0].central, 2.0)


def test_root_in_itself_has_slope_1():
    x = Value(0.5)
    found = compare(x, x)
    assert found.reverse == found.forward == 1.0 and close(found.steps[0].central, 1.0)


# --- the differences -----------------------------------------------------------------------------------------


def test_differences_are_the_quotients_of_the_textbook():
    found = compare((x := Value(2.0)) ** 2, x)
    for step in found.steps[:4]:
        h = step.h
        assert step.right == ((2.0 + h) ** 2 - 4.0) / h
        assert step.left == (4.0 - (2.0 - h) ** 2) / h
        assert step.central == ((2.0 + h) ** 2 - (2.0 - h) ** 2) / (2 * h)
        assert step.one_sided == step.right


def test_truncation_falls_as_h_and_as_h_squared_and_rounding_grows_as_h_falls():
    x = Value(1.0, label="x")
    found = compare(x.exp(), x)
    one_sided, central = errors(found, "one_sided"), errors(found, "central")
    for i in range(1, 4):
        assert one_sided[i] == pytest.approx(one_sided[i - 1] / 10, rel=0.1)
        assert central[i] == pytest.approx(central[i - 1] / 100, rel=0.1)
    assert one_sided[-1] > 1e-3 and central[-1] > 1e-3
    assert found.best_h in (1e-5, 1e-6)
    assert min(central) < 1e-9 < min(one_sided) < 1e-6


@pytest.mark.parametrize(
    ("at", "longest"), [(0.0, 0.1), (1e-9, 0.1), (2.0, 0.1), (-5.0, 1.0), (1e6, 1e5), (-1e300, 1e299)]
)
def test_steps_are_powers_of_ten_that_grow_with_x_and_always_move_it(at, longest):
    found = compare((x := Value(at)) * 1e-3, x)
    assert [step.h for step in found.steps] == [float(f"1e{round(math.log10(longest)) - i}") for i in range(15)]
    assert all(at - step.h < at < at + step.h for step in found.steps)


def test_domain_leaves_gaps_where_a_difference_cannot_be_taken():
    x = Value(0.005, label="x")
    found = compare(x.log(), x)
    first, second, third = found.steps[:3]
    assert (first.left, first.central, second.central) == (None, None, None)
    assert first.right is not None and third.central is not None
    assert " - " in str(found).splitlines()[6] and narrow(found)


def test_at_either_end_of_a_domain_the_side_that_is_there_is_taken():
    x = Value(0.0, label="x")
    right = compare(x**1.5, x)
    assert {step.central for step in right.steps} == {None} and right.steps[3].one_sided == right.steps[3].right
    left = compare((-x) ** 1.5, x)
    assert {step.right for step in left.steps} == {None} and left.steps[3].one_sided == left.steps[3].left
    assert right.best_h == left.best_h == 1e-15 and "one-sided difference" in str(right)


# --- what is told --------------------------------------------------------------------------------------------


def test_kink_is_told_with_both_slopes():
    x = Value(0.0, label="x")
    (note,) = compare(relu(x) * 3 + x, x).notes
    slopes = "the slope is 1.00 on the left and 4.00 on the right of x"
    assert note == f"A kink: {slopes}; by convention the engine takes 1.00."


def test_kink_in_a_curved_function_is_told_all_the_same():
    x = Value(0.0, label="x")
    (note,) = compare(relu(x) * 3 + x * x * 100, x).notes
    assert note.startswith("A kink: the slope is ")


def test_jump_is_told():
    x = Value(0.0, label="x")
    (note,) = compare(x.step() + x, x).notes
    assert note.startswith("A jump: next to x") and note.endswith("takes 1.00.")


@pytest.mark.parametrize("f", [lambda x: x * x * 1e4, lambda x: (x * 1e5).sin(), lambda x: x + 1e9, lambda x: x * 0])
def test_steep_curved_and_noisy_functions_are_no_kinks(f):
    x = Value(0.3)
    assert not any("kink" in note or "jump" in note for note in compare(f(x), x).notes)


def test_wrong_partial_is_doubted(monkeypatch):
    x = Value(0.5)
    assert "partial of an op is wrong" not in str(compare(x.sin(), x))
    monkeypatch.setitem(vars(ops.sin), "partials", (lambda out, x: -ops.cos(x),))
    found = compare(x.sin(), x)
    assert found.forward == found.reverse < 0 < found.steps[3].central
    assert "No step comes close" in str(found).replace("\n", " ")


def test_forward_mode_says_where_it_is_asked_for_a_slope_that_reverse_mode_is_not():
    x = Value(0.0, label="x")
    found = compare(where(x > 0, x.sqrt(), 0.0) + x, x)
    assert (found.reverse, found.forward) == (1.0, None)
    assert "sqrt: it has no finite derivative" in found.notes[-1] and narrow(found)


def test_forward_mode_passes_no_tangent_of_0_on():
    x = Value(-1.0)
    found = compare(where(0.0, relu(x).sqrt(), x), x)
    assert found.reverse == found.forward == 1.0


def test_root_that_does_not_depend_on_x_is_told():
    x = Value(2.0, label="x")
    found = compare(Value(1.0, label="c") + 1.0, x)
    assert (found.reverse, found.forward, found.steps, found.best_h) == (0.0, 0.0, (), None)
    assert "does not depend on x" in str(found)


def test_table_of_a_cube():
    x = Value(2.0, label="x")
    y = x * x * x
    y.label = "y"
    text = str(compare(y, x))
    assert text == repr(compare(y, x))
    assert text.splitlines()[:8] == [
        "dy/dx at x = 2.00",
        "  reverse mode               12.00",
        "  forward mode               12.00  the same",
        "  central difference         12.00  off by 2.118e-10 at its best, h = 1e-5",
        "",
        "        h   one-sided     off by     central     off by  1e-10              1e1",
        "     0.10       12.61       0.61       12.01       0.01 |               +   o",
        "     0.01       12.06     0.0601       12.00       1e-4 |           +     o",
    ]


def test_plot_is_a_v_lying_on_its_side():
    x = Value(1.0, label="x")
    lines = str(compare(x.exp(), x)).splitlines()[6:21]
    columns = [line.partition("|")[2] for line in lines]
    plus = [max(column.find("+"), column.find("*")) for column in columns]
    assert all(max(c.find("o"), c.find("*")) >= 0 for c in columns) and min(plus) >= 0
    best = plus.index(min(plus))
    assert 3 <= best <= 6 and plus[0] > plus[1] > plus[2] > plus[best] and plus[-1] > plus[8] > plus[best]


def test_error_of_0_stands_at_the_left_end_of_the_plot():
    x = Value(0.0)
    assert {line.partition("|")[2] for line in str(compare(x, x)).splitlines()[6:21]} == {"*"}


@pytest.mark.parametrize("scale", [1e-300, 1e-100, 1.0, 1e100, 1e300])
@pytest.mark.parametrize("at", [-1e-200, 0.0, -123456.789, 1e150])
def test_numbers_of_any_size_fit_the_table(scale, at):
    x = Value(at, label="x" * 100)
    y = ((x + 1.0).sin() - x * 0.999) * min(scale, 1e300 / max(1.0, abs(at)))
    y.label = "a label with spaces in it " * 5
    assert narrow(compare(y, x))


# --- refusals ------------------------------------------------------------------------------------------------


def test_numbers_that_are_not_finite_are_refused():
    x = Value(1e200, label="x")
    y = x * x
    y.label = "y"
    with pytest.raises(ArgumentError, match="compare: y is inf; it needs to be a finite number"):
        compare(y, x)
    with pytest.raises(ArgumentError, match="compare: x is nan"):
        compare((nan := Value(math.nan, label="x")) * 0 + 1, nan)


def test_graph_that_was_left_behind_by_its_numbers_is_refused():
    w = Parameter(1.0, label="w")
    y = w * 3
    y.label = "y"
    w.data = 2.0
    with pytest.raises(ArgumentError, match=r"y is 3\.0, but the numbers below it give 6\.0 now.*compute y again"):
        compare(y, w)


def test_derivative_that_does_not_exist_is_the_error_of_backward():
    x = Value(0.0)
    with pytest.raises(DomainError, match="no finite derivative"):
        compare(x.sqrt(), x)


def test_wrong_arguments_are_refused():
    x = Value(1.0)
    with pytest.raises(ArgumentError, match=r"compare: root is 3.0"):
        compare(3.0, x)
    with pytest.raises(ArgumentError, match="swap the two"):
        compare(x, x * 2)


def test_result_of_a_jitted_function_is_refused():
    x = Value(1.0)
    with pytest.raises(ArgumentError, match=r"f\.__wrapped__"):
        compare(jit(lambda v: v * v)(x), x)


def test_chain_of_20_000_is_compared():
    x = Value(0.5)
    root = x
    for _ in range(20_000):
        root = root + 0.25
    found = compare(sum([root, dot([root], [2.0])]), x)
    assert found.reverse == found.forward == 3.0 and close(found.steps[0].central, 3.0)
