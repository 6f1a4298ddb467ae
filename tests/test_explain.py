"""Gradients as sums over paths, against walking every path; the naive recursion, against recursing."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import (
    ArgumentError,
    DomainError,
    ParameterVector,
    Value,
    dot,
    explain,
    grad,
    relu,
    sqrt,
    sum,
    topological_order,
    where,
)
from autograd.backprop import partials
from nets import MLP, Neuron
from tests.strategies import follow, recipes, small
from tests.tables import every_op_at_its_samples, flat, movable, of_values

points = st.tuples(small, small, small)


def all_paths(root, x):
    """The product of every path from x to root, multiplied from x on, by walking each of them."""
    found = []

    def walk(node, below):
        if node is x:
            found.append(math.prod(reversed(below)))
        elif node.op is not None:
            for arg, partial in partials(node):
                walk(arg, [*below, partial])

    walk(root, [])
    return found


def recursed(root, x):
    """x's gradient by the recursion that hands a gradient on whenever a node is reached."""
    gradients = dict.fromkeys([*topological_order(root), x], 0.0)
    gradients[root] = 1.0

    def naive(node):
        if node.op is not None and node is not x:
            for arg, partial in partials(node):
                gradients[arg] += gradients[node] * partial
                naive(arg)

    naive(root)
    return gradients[x]


def made(recipe, at):
    xs = tuple(map(Value, at))
    return follow(recipe, xs), xs[0]


def narrow(text):
    return all(len(line) <= 80 and line == line.rstrip() for line in str(text).split("\n"))


def close(a, b):
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)


def abc():
    """c = b + b, b = a + a: the smallest graph that the naive recursion gets wrong."""
    a = Value(1.0, label="a")
    b = a + a
    c = b + b
    b.label, c.label = "b", "c"
    return a, b, c


# --- paths ---------------------------------------------------------------------------------------------------


@given(recipes(inputs=3, kinked=True, longest=7), points, st.integers(1, 12))
def test_the_largest_paths_are_those_found_by_walking_all(recipe, at, most):
    root, x = made(recipe, at)
    expected = sorted(all_paths(root, x), key=abs, reverse=True)
    found = explain(root, x, most=most)
    assert found.count == len(expected)
    assert [abs(path.product) for path in found.paths] == [abs(product) for product in expected[:most]]
    assert close(math.fsum([*(path.product for path in found.paths), found.rest]), found.total)
    assert narrow(found)


@given(recipes(inputs=3, kinked=True, longest=7), points)
def test_paths_add_up_to_the_gradient(recipe, at):
    root, x = made(recipe, at)
    found = explain(root, x, most=10**6)
    assert len(found.paths) == found.count and found.rest == 0.0
    assert close(math.fsum(path.product for path in found.paths), grad(root, x)) and found.total == grad(root, x)
    root.backward()
    assert explain(root, x).agrees


@given(recipes(inputs=3, longest=8), points)
def test_path_leads_from_x_to_root_and_its_product_is_that_of_its_partials(recipe, at):
    root, x = made(recipe, at)
    for path in explain(root, x).paths:
        assert path.nodes[0] is x and path.nodes[-1] is root
        assert len(path.partials) == len(path.nodes) - 1
        assert math.prod(path.partials) == path.product
        for arg, node, partial in zip(path.nodes, path.nodes[1:], path.partials, strict=False):
            assert any(other is arg and each == partial for other, each in partials(node))


@every_op_at_its_samples
def test_every_op_has_one_path_for_each_operand(op, sample):
    xs = list(map(Value, flat(op, sample)[: movable(op, sample)]))
    root = of_values(op, sample)(*xs)
    root.backward()
    for x in xs:
        found = explain(root, x)
        assert found.count == 1 and found.total == found.paths[0].product == x.grad and found.agrees


def test_repeated_argument_is_a_path_for_each_edge():
    x = Value(3.0)
    assert [path.product for path in explain(x * x, x).paths] == [3.0, 3.0]
    assert [path.product for path in explain(dot([x, 2.0, x], [1.0, x, -5.0]), x).paths] == [-5.0, 2.0, 1.0]


def test_path_from_a_node_to_itself_has_product_1():
    x = Value(3.0, label="x")
    found = explain(x, x)
    assert found.count == 1 and found.total == found.paths[0].product == 1.0 and found.paths[0].nodes == (x,)


def test_weight_of_a_neuron_has_one_path_to_its_output():
    neuron = Neuron(3, "tanh", seed=1)
    x = Value(0.5, label="x")
    out = neuron([x, 0.25, x])
    assert explain(out, neuron.parameters()[1]).count == 1
    assert explain(out, x).count == 2
    vector = ParameterVector([1.0, 2.0])
    assert explain(dot(vector, vector), vector[1]).total == 4.0


def test_weight_of_a_model_has_a_path_through_each_neuron_of_the_later_layers():
    model = MLP(2, [3, 4, 1], "tanh", seed=1)
    loss = (model([0.3, -0.2]) - 1.0) ** 2
    loss.backward()
    for p in model.parameters():
        assert explain(loss, p).agrees
    found = explain(loss, model.parameters()[0])
    assert found.count == 4 and narrow(found)


def test_paths_without_gradient_come_last():
    x = Value(2.0)
    found = explain(sum([relu(x - 3), x * 0.0, -x, 5 * x]), x)
    assert [path.product for path in found.paths] == [5.0, -1.0, 0.0, 0.0]


def test_infinite_and_nan_partials_come_first_and_leave_the_others_in_order():
    x = Value(1.0)
    found = explain(sum([x * 2, x * math.nan, x * -3, x * math.inf]), x)
    assert [str(path.product) for path in found.paths] == ["nan", "inf", "-3.0", "2.0"]
    assert narrow(found)


def test_gradients_that_cancel_leave_their_paths_in_the_sum():
    x = Value(3.0)
    y = x * x
    found = explain(y - y, x)
    assert sorted(path.product for path in found.paths) == [-3.0, -3.0, 3.0, 3.0] and found.total == 0.0


def test_partial_that_does_not_exist_counts_as_0_where_backward_does_not_ask_for_it():
    x = Value(0.0)
    root = where(x > 0, x.sqrt(), x)
    root.backward()
    found = explain(root, x)
    assert (found.total, x.grad, found.count) == (1.0, 1.0, 2) and found.agrees
    with pytest.raises(DomainError, match="sqrt: it has no finite derivative"):
        explain(sqrt(x), x)


# --- large graphs --------------------------------------------------------------------------------------------


def test_paths_that_nobody_could_walk_are_counted_and_the_largest_are_found():
    x = Value(1.0, label="x")
    root = x
    for _ in range(300):
        root = dot([root, root], [0.5, 0.25])
    found = explain(root, x, most=3)
    assert found.count == 2**300
    assert [path.product for path in found.paths] == [0.5**300, 0.5**300 / 2, 0.5**300 / 2]
    assert close(found.total, 0.75**300) and "about 2.0e90 paths" in str(found) and narrow(found)


@pytest.mark.parametrize(("doublings", "told"), [(485, "about 1.0e146 paths"), (20_000, "about 4.0e6020 paths")])
def test_number_of_paths_is_told_however_long_it_is(doublings, told):
    x = Value(0.0, label="x")
    root = x
    for _ in range(doublings):
        root = root + root
    found = explain(root * 0.0, x, most=2)
    assert found.count == 2**doublings
    assert told in str(found) and narrow(found)


@pytest.mark.parametrize("order", ["topological", "naive"])
def test_chain_of_100_000_is_explained_with_its_middle_left_out(order):
    x = Value(0.5, label="x")
    root = x
    for _ in range(100_000):
        root = root + 1.0
    found = explain(root, x, order=order)
    assert narrow(found) and len(str(found)) < 1000
    assert ("99,990 more" in str(found)) == (order == "topological")


# --- against x.grad ------------------------------------------------------------------------------------------


def test_gradient_of_x_is_judged():
    a, _, c = abc()

    def verdict():
        found = explain(c, a)
        return found.agrees, str(found).split("c\n")[-1].replace("\n", " ")

    assert verdict() == (False, "a.grad is 0.00: backward() has not run on c, or a.grad was set to 0.0 since.")
    c.backward()
    assert verdict() == (True, "a.grad is 4.00: it agrees.")
    c.backward()
    agrees, said = verdict()
    assert not agrees and said.startswith("a.grad is 8.00, 2 times as much: did backward() run 2 times")
    (a * 3).backward()
    agrees, said = verdict()
    assert not agrees and said.startswith("a.grad is 11.00, which is something else: gradients of other roots")
    a.grad = None
    assert verdict() == (False, "a.grad is None, which is no number.")
    a.grad = -4.0
    assert not verdict()[0]


def test_explaining_writes_nothing():
    a, _, c = abc()
    c.backward()
    before = [(node.data, node.grad) for node in topological_order(c)]
    explain(c, a), explain(c, a, order="naive")
    assert [(node.data, node.grad) for node in topological_order(c)] == before


# --- the naive recursion -------------------------------------------------------------------------------------


@given(recipes(inputs=3, kinked=True, longest=7), points)
def test_naive_order_comes_to_what_the_recursion_comes_to(recipe, at):
    root, x = made(recipe, at)
    found = explain(root, x, order="naive")
    assert found.naive == recursed(root, x)
    assert close(found.right, grad(root, x))
    assert found.passes >= found.edges
    assert found.culprit or close(found.naive, found.right)
    assert narrow(found)


def test_naive_order_counts_the_first_gradient_of_b_twice():
    a, _, c = abc()
    found = explain(c, a, order="naive")
    assert (found.naive, found.right, found.culprit, found.handed) == (6.0, 4.0, "b", (1.0, 2.0))
    assert (found.edges, found.passes) == (4, 6)
    assert (
        str(found)
        == repr(found)
        == (
            "dc/da by the naive recursion: 6.00; right is 4.00.\n"
            "It passes the gradient of b on each of the 2 times that b is reached, when it\n"
            "stands at 1.00, 2.00. That is 3.00 in all, where the gradient of b is 2.00: what\n"
            "came first is counted again each time.\n"
            "In topological order a node waits until its gradient is complete and passes it\n"
            "on once: 4 steps here instead of 6."
        )
    )


def test_naive_order_blames_the_node_nearest_to_the_root():
    x = Value(2.0, label="x")
    low = x * x
    high = low * low
    high.label = "high"
    assert explain(high * high, x, order="naive").culprit == "high"


def test_naive_order_is_right_where_each_node_is_used_once():
    x = Value(0.5, label="x")
    found = explain((x * 3 + 1).tanh().exp(), x, order="naive")
    assert found.naive == found.right and not found.culprit and found.passes == found.edges
    assert "used once" in str(found)
    tree = sum([x * i for i in range(5)])  # x itself is used often, which is no harm: it passes nothing on
    assert explain(tree, x, order="naive").naive == 10.0


def test_naive_order_may_be_right_by_accident():
    x = Value(-1.0, label="x")
    y = relu(x)
    found = explain(y + y, x, order="naive")
    assert found.naive == found.right == 0.0 and found.culprit and "happens to be right" in str(found)
    late = x * 2
    found = explain(where(1.0, late, 0.0) + where(0.0, late, 0.0), x, order="naive")
    assert found.naive > found.right == 2.0
    found = explain(where(0.0, late, 0.0) + where(1.0, late, 0.0), x, order="naive")
    assert found.naive == found.right == 2.0 and not found.culprit and "its gradient is 0 until" in str(found)


def test_naive_order_is_given_up_where_it_would_never_end():
    x = Value(1.0, label="x")
    root = x
    for _ in range(60):
        root = root + root
    found = explain(root, x, order="naive")
    assert found.naive is None and found.right == 2.0**60
    assert "given up after 200,000 steps" in str(found) and "each of the 120 edges" in str(found).replace("\n", " ")
    assert narrow(found)


def test_naive_order_is_not_given_up_on_a_graph_that_has_many_edges_itself():
    x = Value(1.0)
    tree = sum([x * 1.0 for _ in range(150_000)])
    found = explain(tree, x, order="naive")
    assert found.naive == found.right == 150_000 and found.passes == found.edges == 300_000


# --- what is printed, and refused ----------------------------------------------------------------------------


def test_sum_over_paths_as_text():
    a = Value(2.0, label="a")
    b = a * a
    loss = b * 3 - a
    b.label, loss.label = "b", "L"
    loss.backward()
    assert (
        str(explain(loss, a, most=2))
        == repr(explain(loss, a, most=2))
        == (
            "dL/da = 11.00, the sum over 3 paths from a to L, each the product of the numbers\n"
            "on its arrows, the largest first:\n"
            "       6.00  a -(2.00)-> b -(3.00)-> v1 -(1.00)-> L\n"
            "       6.00  a -(2.00)-> b -(3.00)-> v1 -(1.00)-> L\n"
            "      -1.00  the other 1 path together\n"
            "a.grad is 11.00: it agrees."
        )
    )


def test_numbers_that_have_changed_since_they_were_used_are_told():
    a = Value(2.0, "a")
    root = (a * a).tanh()
    assert explain(root, a).note == ""
    a.data = 7.0
    assert str(explain(root, a)).splitlines()[-2].startswith("note: v1 = 4.00 was computed from other numbers than")


def test_no_path_is_told_in_either_order():
    x = Value(2.0, label="x")
    other = Value(1.0, label="c") + 1.0
    found = explain(other, x)
    assert (found.count, found.paths, found.total, found.rest) == (0, (), 0.0, 0.0)
    assert "no path from x to v1" in str(found)
    assert "no path from x to v1" in str(explain(other, x, order="naive"))


def test_long_labels_fit_the_page():
    rng = random.Random(1)
    x = Value(0.5, label="a very long label " * 9)
    root = x
    for _ in range(12):
        root = root.tanh() * rng.uniform(-1e9, 1e-9) + root
        root.label = "another-one-without-any-blank-in-it" * 3
    for order in ("topological", "naive"):
        assert narrow(explain(root, x, order=order))


def test_wrong_arguments_are_refused():
    x = Value(1.0)
    y = x * 2
    with pytest.raises(ArgumentError, match='order is \'fast\'; it needs to be "topological" or "naive"'):
        explain(y, x, order="fast")
    for most in (0, -1, 2.5, "3"):
        with pytest.raises(ArgumentError, match=r"most is .*whole number from 1"):
            explain(y, x, most=most)
    with pytest.raises(ArgumentError, match=r"explain: x is 1\.0"):
        explain(y, 1.0)
    with pytest.raises(ArgumentError, match="explain: what was given second was computed from the first; swap"):
        explain(x, y)
