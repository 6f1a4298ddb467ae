"""draw(..., expand=True): each `dot` and `sum` as the products and additions that it consists of."""

from collections import Counter

import pytest
from hypothesis import given

from autograd import Parameter, Value, dot, draw, leaves, logsumexp, maximum, pick, sum, topological_order, where
from autograd.render.expand import expanded
from nets import MLP, Neuron
from tests.strategies import follow, recipes

NUMBERS = (0.5, -1.5, 2.0)

ROWS = {"sum", "dot"}


def ops_of(root):
    return [node.op.name for node in topological_order(root) if node.op is not None]


def by_hand(root):
    """The root of a graph of the same leaves in which each dot and sum was really built with + and *."""
    made = {}
    for node in topological_order(root):
        rows = [[made.get(x, x) for x in row] for row in getattr(node.args, "rows", (node.args,))]
        if node.op is None:
            made[node] = node
        elif node.op.name in ROWS:
            made[node] = added(node.op.name, rows)
        elif node.op.name == "logsumexp":
            made[node] = logsumexp(rows[0])
        else:
            made[node] = node.op(*rows[0])
    return made[root]


def added(op, rows):
    products = [w * x for w, x in zip(rows[0], rows[1], strict=True)] if op == "dot" else []
    terms = [term for term in [*products, *rows[-1]] if isinstance(term, Value) or term]
    total = terms[0] if len(terms) > 1 or products else terms[0] + 0.0
    for term in terms[1:]:
        total = total + term
    return total


@given(recipes(3, kinked=True))
def test_values_and_gradients_are_those_of_really_building_it(recipe):
    root = follow(recipe, tuple(map(Value, NUMBERS)))
    root.backward()
    shown = [(node.op, node.data, node.grad) for node in topological_order(expanded(root))]
    for leaf in leaves(root):
        leaf.grad = 0.0
    built = by_hand(root)
    built.backward()
    for (op, *found), node in zip(shown, topological_order(built), strict=True):
        assert op is node.op
        assert found == pytest.approx([node.data, node.grad], rel=1e-9, abs=1e-12)


@given(recipes(3, kinked=True))
def test_neither_dot_nor_sum_is_left_and_the_leaves_are_the_very_same(recipe):
    root = follow(recipe, tuple(map(Value, NUMBERS)))
    shown = expanded(root)
    assert not ROWS & set(ops_of(shown))
    assert set(leaves(shown)) == set(leaves(root))
    assert (shown.data, shown.grad, shown.label) == (root.data, root.grad, root.label)
    kept = sorted(name for name in ops_of(root) if name not in {*ROWS, "add", "mul"})
    assert sorted(name for name in ops_of(shown) if name not in {"add", "mul"}) == kept


def test_neuron_becomes_its_products_and_additions():
    neuron = Neuron(3, "tanh", seed=1)
    root = neuron([Value(1.0, "a"), 2.0, Value(3.0, "c")])
    root.backward()
    assert ops_of(root) == ["dot", "tanh"]
    shown = expanded(root)
    assert sorted(ops_of(shown)) == ["add"] * 3 + ["mul"] * 3 + ["tanh"]
    [weighted, _] = [node for node in topological_order(root) if node.op is not None]
    parts = [node for node in topological_order(shown) if node.op is not None and node.op.name in ("add", "mul")]
    assert {part.grad for part in parts} == {weighted.grad} and weighted.grad != 0.0


a, b = Value(2.0, "a"), Parameter(3.0, "b")


@pytest.mark.parametrize(
    ("root", "ops"),
    [
        (sum([a]), ["add"]),
        (sum([a, 0.0]), ["add"]),
        (sum([a, b]), ["add"]),
        (sum([a, a]), ["add"]),
        (sum([1.0, a, 2.0]), ["add", "add"]),
        (dot([a], [b]), ["mul"]),
        (dot([a], [0.0]), ["mul"]),
        (dot([], [], bias=a), ["add"]),
        (dot([], [], bias=b), ["add"]),
        (dot([0.0], [5.0], bias=b), ["add"]),
        (dot([2.0], [5.0], bias=b), ["add"]),
        (dot([a, a], [a, b]), ["mul", "mul", "add"]),
        (dot([a], [b], bias=1.0), ["mul", "add"]),
        (dot([a], [1.0], bias=a), ["mul", "add"]),
        (sum([dot([a], [b]), sum([a, b])]), ["mul", "add", "add"]),
    ],
)
def test_small_sums_are_expanded_to_nodes_of_their_own(root, ops):
    root.label, root.grad = "root", 0.25
    shown = expanded(root)
    assert sorted(ops_of(shown)) == sorted(ops)
    assert (shown.data, shown.label, shown.grad) == (root.data, "root", 0.25)
    assert shown is not root and shown.op is not None
    assert (a.label, b.label, a.data, b.data) == ("a", "b", 2.0, 3.0)
    assert set(leaves(shown)) == set(leaves(root))
    assert draw(root, expand=True).picture.boxes[-1].title == "root"


def test_number_of_the_root_is_kept_to_the_bit_though_it_was_added_in_another_order():
    numbers = [1e16, 1.0, -1e16, 1.0]
    root = dot([Value(x) for x in numbers], [Value(1.0)] * 4, bias=Value(0.1))
    root._data = 0.1 + 2.0  # as NumPy might have added
    assert expanded(root).data == root.data


@pytest.mark.parametrize(
    "root",
    [
        logsumexp([a, b, 1.0]),
        pick([a, b, a], 2),
        where(a, b, 0.0),
        maximum(a, b),
        2.0 - a,
        a**b,
        -(a * a),
    ],
)
def test_other_ops_keep_their_operands_in_order(root):
    shown = expanded(root)
    assert shown is not root and shown.op is root.op
    kept = [x.data if isinstance(x, Value) else x for x in shown.args]
    assert kept == [x.data if isinstance(x, Value) else x for x in root.args]
    assert shown.data == root.data


def test_expanding_changes_nothing_in_the_graph():
    model = MLP(2, [3, 1], seed=1)
    root = model([Value(1.0), Value(-1.0)])
    root.backward()
    before = [(id(node), node.data, node.grad, node.op, node.label) for node in topological_order(root)]
    expanded(root)
    assert [(id(node), node.data, node.grad, node.op, node.label) for node in topological_order(root)] == before


def test_long_chain_is_expanded():
    root = Value(1.0)
    for _ in range(20_000):
        root = sum([root, 1.0])
    assert expanded(root).data == 20_001.0


def test_expanded_graph_is_drawn_in_the_frames_of_its_model():
    model = MLP(2, [2, 1], activation="tanh", seed=1)
    picture = draw(model([Value(1.0), Value(2.0)]), expand=True).picture
    frames = [box.inside.title for box in picture.boxes if box.inside is not None]
    assert Counter(frames) == {"neurons.0 Neuron": 8 + 7, "neurons.1 Neuron": 8}
