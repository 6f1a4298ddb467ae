"""backward, grad, jvp and what is made of them, on small graphs with known answers and on random ones."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import (
    ArgumentError,
    DomainError,
    NotANumberError,
    Parameter,
    ParameterVector,
    Value,
    backprop,
    dot,
    exp,
    grad,
    hessian,
    jvp,
    ops,
    pick,
    relu,
    sqrt,
    sum,
    tanh,
    topological_order,
    value_and_grad,
)
from tests.strategies import follow, recipes, small

points = st.tuples(small, small, small)

# --- backward ------------------------------------------------------------------------------------------------


def test_gradient_of_a_repeated_argument_sums_both_edges():
    for make in (lambda x: x * x, lambda x: sum([x, x, x]) * x / 3, lambda x: dot([x], [x]), lambda x: x**2):
        x = Value(3.0)
        make(x).backward()
        assert x.grad == pytest.approx(6.0)
    x = Value(3.0)
    (x - x).backward()
    assert x.grad == 0.0


def test_reused_nodes_count_once_for_each_use():
    a = Value(1.0)
    b = a + a
    c = b + b
    c.backward()
    assert (c.data, a.grad, b.grad, c.grad) == (4.0, 4.0, 2.0, 1.0)


def test_diamond_adds_both_branches_before_it_goes_on():
    x = Value(2.0)
    top = x * 3
    root = (top + 1) * (top * top)  # 9x^2 (3x + 1)
    root.backward()
    assert x.grad == 81 * 4 + 18 * 2


def test_second_backward_adds_to_leaves_and_never_passes_stale_inner_gradients_on():
    x = Value(2.0)
    square = x * x
    root = square * square
    root.backward()
    assert (x.grad, square.grad) == (32.0, 8.0)
    root.backward()
    assert (x.grad, square.grad, root.grad) == (64.0, 8.0, 1.0)


def test_backward_of_two_roots_over_one_inner_node_adds_in_the_leaf_only():
    x = Value(2.0)
    inner = x * x
    (inner * 3).backward()
    (inner * 5).backward()
    assert x.grad == 12.0 + 20.0 and inner.grad == 5.0


def test_backward_on_an_inner_node_after_the_root_is_that_of_the_inner_node_alone():
    x = Value(2.0)
    inner = x * x
    root = inner * 10
    root.backward()
    x.grad = 0.0
    inner.backward()
    assert (x.grad, inner.grad, root.grad) == (4.0, 1.0, 1.0)


@pytest.mark.parametrize("leaf", [Value(2.0), Parameter(2.0)], ids=["value", "parameter"])
def test_backward_on_a_leaf_counts_itself(leaf):
    leaf.backward()
    leaf.backward()
    assert leaf.grad == 2.0


def test_gradients_that_were_planted_on_inner_nodes_do_not_matter():
    x = Value(2.0)
    inner = x * x
    root = inner + inner
    inner.grad = root.grad = 1e9
    root.backward()
    assert x.grad == 8.0


def test_gradient_is_always_a_python_float():
    x, w, p = Value(2.0), ParameterVector([1.0, 2.0]), Parameter(3.0)
    root = (
        dot([x, p], np.array([1.0, 2.0])) * dot(w, np.array([1.0, 2.0])) + dot(w, [x, p]) + sum(w) + np.float64(2) * x
    )
    root.backward()
    for node in topological_order(root):
        assert type(node.grad) is type(node.data) is float
    assert [type(g) for g in grad(root, [x, p, *w])] == [float] * 4
    assert type(jvp(lambda *xs: dot(xs, np.array([1.0, 2.0])), [1, 2], np.array([1, 0]))[1]) is float


def test_zero_gradient_does_not_ask_for_a_slope_that_does_not_exist():
    x = Value(0.0)
    root = sqrt(x) * 0.0 + x
    root.backward()
    assert x.grad == 1.0
    assert grad(root, x) == 1.0
    assert grad(root, x, create_graph=True).data == 1.0


# --- failures ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "derive",
    [
        lambda f: f(Value(0.0, "x")).backward(),
        lambda f: (lambda x: grad(f(x), x))(Value(0.0)),
        lambda f: (lambda x: grad(f(x), x, create_graph=True))(Value(0.0)),
        lambda f: jvp(f, [0.0], [1.0]),
        lambda f: value_and_grad(f)(0.0),
        lambda f: hessian(f, [0.0]),
    ],
    ids=["backward", "grad", "create_graph", "jvp", "value_and_grad", "hessian"],
)
@pytest.mark.parametrize(("name", "f"), [("sqrt", sqrt), ("pow", lambda x: x**0.5)], ids=["sqrt", "pow"])
def test_slope_that_does_not_exist_is_a_domain_error_naming_the_op(name, f, derive):
    def labelled(x):
        y = f(x)
        y.label = "root"
        return y * 2 + 1

    with pytest.raises(DomainError, match=rf"^{name}: it has no finite derivative at \(0.*node 'root', test_backprop"):
        derive(labelled)


def test_backward_that_failed_leaves_a_graph_on_which_a_later_one_is_right():
    x = Value(0.0)
    shared = x * 3 + 4
    root = sqrt(x) + shared * shared
    with pytest.raises(DomainError):
        root.backward()
    x.grad = 0.0
    (shared * shared).backward()
    assert x.grad == 24.0
    x.grad, x.data = 0.0, 0.0
    safe = sqrt(x + 4) + shared * shared
    safe.backward()
    assert x.grad == 24.25


def test_backward_interrupted_anywhere_leaves_a_graph_on_which_a_later_one_is_right(monkeypatch):
    x = Value(0.5)
    root = exp(tanh(x) * 2) + tanh(x)
    expected = grad(root, x)
    pass_on, inner = backprop.pass_on, [node for node in topological_order(root) if node.op is ops.tanh]
    for victim in inner:

        def interrupted(nodes, victim=victim):
            pass_on(list(itertools.takewhile(lambda node: node is not victim, nodes)))
            raise KeyboardInterrupt

        monkeypatch.setattr(backprop, "pass_on", interrupted)
        with pytest.raises(KeyboardInterrupt):
            root.backward()
        monkeypatch.setattr(backprop, "pass_on", pass_on)
        x.grad = 0.0
        root.backward()
        assert x.grad == expected


def test_what_is_not_asked_for_need_not_have_a_derivative():
    x, z = Value(3.0), Value(0.0)
    assert grad(x * z.sqrt(), x) == 0.0 and grad(x * (z.sqrt() + 2), x, create_graph=True).data == 2.0
    base, exponent = Value(-2.0), Value(2.0)
    assert grad(base**exponent, base) == -4.0
    assert jvp(lambda x, y: x.sqrt() * y, [0.0, 1.0], [0.0, 1.0]) == (0.0, 0.0)
    with pytest.raises(DomainError, match="pow: it has no finite derivative"):
        grad(base**exponent, exponent)


def test_gradient_that_overflows_in_an_array_is_infinite_without_a_warning():
    ws = ParameterVector([1e200, 2.0])
    y = dot(ws, [1e200, 1.0]) * 1e200
    assert y.data == math.inf
    y.backward()  # under pytest every warning is an error
    assert ws[0].grad == math.inf and ws[1].grad == 1e200


def test_gradient_of_exactly_zero_is_not_passed_on_by_any_op():
    a = Value(1.0)
    y = (a * Value(math.inf)) * Value(0.0)
    y.backward()
    assert a.grad == 0.0 == grad(y, a)


@pytest.mark.parametrize("build", [lambda x: x + 1.0, lambda x: tanh(x), lambda x: x**2, lambda x: dot([x], [2.0])])
def test_a_leaf_whose_gradient_is_no_number_is_named(build):
    x = Value(0.5, label="weight")
    x.grad = None
    with pytest.raises(
        NotANumberError, match=r"added to None \(node 'weight', test_backprop.py:\d+\); set grad to 0.0"
    ):
        build(x).backward()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: grad(3.0, [x]), "grad differentiates a Value, got 3.0"),
        (lambda x: grad([x], [x]), "grad differentiates a Value, got"),
        (lambda x: grad(x * 2, [2.0]), "differentiates in Values, got 2.0"),
        (lambda x: jvp(lambda a: a, [x], []), "1 xs but 0 tangents"),
        (lambda x: jvp(lambda a: None, [x], [1.0]), "one number: .*None.*return"),
        (lambda x: value_and_grad(lambda a: None)(x), "one number: .*None.*return"),
        (lambda x: value_and_grad(lambda a: [a])(x), "one number: .*list"),
        (lambda x: hessian(lambda a: "a", [x]), "one number: .*str 'a'"),
    ],
)
def test_wrong_call_is_refused_with_what_was_got(call, message):
    with pytest.raises(ArgumentError, match=message):
        call(Value(2.0))


def test_tangent_that_is_no_number_is_refused():
    with pytest.raises(NotANumberError, match="tangent takes one real number, got None"):
        jvp(lambda x: x, [1.0], [None])


# --- grad ----------------------------------------------------------------------------------------------------


def test_grad_leaves_every_gradient_as_it_is():
    x = Value(2.0)
    y = x * x
    root = y * y
    x.grad, y.grad, root.grad = 1.0, 2.0, 3.0
    assert grad(root, [x, y]) == [32.0, 8.0]
    grad(root, x, create_graph=True)
    jvp(lambda a: a * a, [x], [1.0])
    assert (x.grad, y.grad, root.grad) == (1.0, 2.0, 3.0)


def test_grad_of_what_does_not_depend_on_x_is_zero():
    x, other = Value(2.0), Value(3.0)
    assert grad(other * 2, [x, other]) == [0.0, 2.0]
    (zero,) = grad(other * 2, [x], create_graph=True)
    assert type(zero) is Value and zero.data == 0.0 and grad(zero, [x]) == [0.0]


def test_grad_in_the_root_in_inner_nodes_and_twice_in_one_x():
    x = Value(2.0)
    y = x * x
    root = y * 3
    assert grad(root, [root, y, x, x]) == [1.0, 3.0, 12.0, 12.0]
    assert grad(x, x) == 1.0 and grad(x, [x], create_graph=True)[0].data == 1.0


def test_create_graph_differentiates_to_any_order():
    x = Value(0.7)
    y = ops.sin(x * 2)
    for order in range(1, 8):
        y = grad(y, x, create_graph=True)
        assert y.data == pytest.approx(2**order * math.sin(1.4 + order * math.pi / 2), rel=1e-12)


def test_gradient_of_a_gradient_goes_through_backward_too():
    x, w = Value(2.0), Value(3.0)
    slope = grad(w * x**3, x, create_graph=True)
    (slope * slope).backward()  # (3 w x^2)^2
    assert slope.data == 36.0
    assert x.grad == pytest.approx(2 * 36 * 36.0) and w.grad == pytest.approx(2 * 36 * 12.0)


def test_derivative_of_a_branchy_op_is_constant_where_it_is_flat():
    x = Value(2.0)
    slope = grad(relu(x) + ops.step(x) + ops.abs(x), x, create_graph=True)
    assert slope.data == 2.0 and grad(slope, x) == 0.0


# --- hessian, value_and_grad, jvp ----------------------------------------------------------------------------


def test_hessian_is_right_and_symmetric():
    h = hessian(lambda x, y: x**3 * y + exp(x * y), [1.0, 0.5])
    e = math.exp(0.5)
    expected = [[3.0 + 0.25 * e, 3.0 + 1.5 * e], [3.0 + 1.5 * e, e]]
    for row, expected_row in zip(h, expected, strict=True):
        assert row == pytest.approx(expected_row)


def test_hessian_of_a_line_and_of_a_constant_is_zero():
    assert hessian(lambda x, y: x * 2 + y, [1.0, 2.0]) == [[0.0, 0.0], [0.0, 0.0]]
    assert hessian(lambda x: 3.0, [1.0]) == [[0.0]]
    assert hessian(lambda: Value(1.0), []) == []


def test_value_and_grad_takes_numbers_and_values_and_touches_neither():
    x = Value(3.0)
    x.grad = 7.0
    assert value_and_grad(lambda a, b: a * b + 1)(x, 2) == (7.0, [2.0, 3.0])
    assert x.grad == 7.0
    assert value_and_grad(lambda a: 5)(1.0) == (5.0, [0.0])


def test_jvp_of_a_list_gives_lists_and_constants_do_not_move():
    assert jvp(lambda x, y: [x * y, y, 4.0], [2.0, 3.0], [1.0, 10.0]) == ([6.0, 3.0, 4.0], [23.0, 10.0, 0.0])
    assert jvp(lambda x: 4, [2.0], [1.0]) == (4.0, 0.0)
    assert jvp(lambda: Value(1.0), [], []) == (1.0, 0.0)


# --- random graphs -------------------------------------------------------------------------------------------


@given(recipes(inputs=3, kinked=True), points)
def test_backward_grad_and_forward_mode_agree_on_random_graphs(recipe, at):
    xs = tuple(map(Value, at))
    root = follow(recipe, xs)
    by_grad = grad(root, xs)
    by_graph = grad(root, xs, create_graph=True)
    root.backward()
    for i, x in enumerate(xs):
        _, slope = jvp(lambda *inputs: follow(recipe, inputs), at, [float(j == i) for j in range(3)])
        assert x.grad == pytest.approx(by_grad[i], rel=1e-12, abs=1e-12)
        assert x.grad == pytest.approx(by_graph[i].data, rel=1e-9, abs=1e-9)
        assert x.grad == pytest.approx(slope, rel=1e-9, abs=1e-9)


@given(recipes(inputs=3), points)
def test_gradients_of_random_graphs_agree_with_central_differences(recipe, at):
    xs = tuple(map(Value, at))
    gradients = grad(follow(recipe, xs), xs)
    for i in range(3):
        numbers = [[*at[:i], at[i] + h, *at[i + 1 :]] for h in (-1e-5, 1e-5)]
        low, high = (follow(recipe, tuple(map(Value, point))).data for point in numbers)
        assert gradients[i] == pytest.approx((high - low) / 2e-5, rel=1e-4, abs=1e-4)


@given(recipes(inputs=2, longest=6), small, small)
def test_hessians_of_random_graphs_are_symmetric_and_agree_with_differences_of_gradients(recipe, a, b):
    h = hessian(lambda *xs: follow(recipe, xs), [a, b])
    assert h[0][1] == pytest.approx(h[1][0], rel=1e-7, abs=1e-7)
    slopes = value_and_grad(lambda *xs: follow(recipe, xs))
    for j, (low, high) in enumerate((((a - 1e-5, b), (a + 1e-5, b)), ((a, b - 1e-5), (a, b + 1e-5)))):
        below, above = slopes(*low)[1], slopes(*high)[1]
        for i in range(2):
            assert h[i][j] == pytest.approx((above[i] - below[i]) / 2e-5, rel=1e-3, abs=1e-3)


@given(recipes(inputs=3, kinked=True), points)
def test_second_backward_on_random_graphs_doubles_the_leaves(recipe, at):
    xs = tuple(map(Value, at))
    root = follow(recipe, xs)
    root.backward()
    once = [x.grad for x in xs]
    root.backward()
    assert [x.grad for x in xs] == pytest.approx([2 * g for g in once], rel=1e-12)


@given(recipes(inputs=3, kinked=True), points)
def test_parameters_get_the_gradients_that_values_get(recipe, at):
    xs, ps = tuple(map(Value, at)), ParameterVector(at)
    follow(recipe, xs).backward()
    follow(recipe, ps).backward()
    assert [p.grad for p in ps] == [x.grad for x in xs]


def test_pick_sends_its_gradient_to_the_picked_value_alone():
    xs = [Value(1.0), Value(2.0), Value(3.0)]
    (pick(xs, 1) * 5).backward()
    assert [x.grad for x in xs] == [0.0, 5.0, 0.0]
