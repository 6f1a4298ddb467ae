"""tree: a graph as text, each node told once, bounded in length and width."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import ArgumentError, Names, Parameter, Value, dot, draw, logsumexp, sum, topological_order, tree, where
from autograd.number import figure
from autograd.render.text import LONGEST_LINE
from nets import MLP
from tests.strategies import follow, recipes

everything = 10**6

graphs = recipes(3, kinked=True).map(lambda recipe: follow(recipe, (Value(0.5, "a"), Value(-1.5), Value(2.0, "c"))))


def name_in(line):
    return line.strip().removesuffix(" (above)").partition(" =")[0]


def depth_of(line):
    return (len(line) - len(line.lstrip())) // 2


# --- what it says ---


@given(graphs)
def test_every_node_is_told_once_and_every_edge_is_a_line_below(root):
    names = Names(root)
    lines = tree(root, everything).split("\n")
    told = [name_in(line) for line in lines if not line.endswith(" (above)")]
    assert sorted(told) == sorted(names[node] for node in names.order)
    edges = [(names[node], names[arg]) for node in names.order for arg in node.args if isinstance(arg, Value)]
    found, above = [], []
    for line in lines:
        del above[depth_of(line) :]
        if above:
            found.append((above[-1], name_in(line)))
        above.append(name_in(line))
    assert sorted(found) == sorted(edges)


@given(graphs)
def test_operands_stand_below_in_their_order(root):
    names = Names(root)
    lines = tree(root, everything).split("\n")
    for at, line in enumerate(lines):
        if line.endswith(" (above)"):
            continue
        below = []
        for other in lines[at + 1 :]:
            if depth_of(other) <= depth_of(line):
                break
            if depth_of(other) == depth_of(line) + 1:
                below.append(name_in(other))
        assert below == [names[arg] for arg in names.node(name_in(line)).args if isinstance(arg, Value)]


@given(graphs)
def test_what_is_called_above_stands_above(root):
    told = set()
    for line in tree(root, everything).split("\n"):
        assert line.endswith(" (above)") is (name_in(line) in told)
        told.add(name_in(line))


@given(graphs)
def test_values_and_gradients_are_told(root):
    root.backward()
    names = Names(root)
    for line in tree(root, everything).split("\n"):
        if line.endswith(" (above)"):
            continue
        node = names.node(name_in(line))
        assert f" = {figure(node.data)}" in line
        assert line.endswith(f", grad {figure(node.grad)}") is (node.grad != 0.0) or line.endswith("...")


x, y = Value(2.0, "x"), Value(-3.0, "y")


@pytest.mark.parametrize(
    ("root", "lines"),
    [
        (x, ["x = 2.00"]),
        (Value(2.0), ["v1 = 2.00"]),
        (x - y, ["v1 = 5.00 = x - y", "  x = 2.00", "  y = -3.00"]),
        (x * x, ["v1 = 4.00 = x * x", "  x = 2.00", "  x (above)"]),
        (2.0 - x, ["v1 = 0.00 = 2 - x", "  x = 2.00"]),
        (where(x > 0, y, 1.0), ["v1 = -3.00 = where(1, y, 1)", "  y = -3.00"]),
        (dot([x], [y], 1.0), ["v1 = -5.00 = x * y + 1", "  x = 2.00", "  y = -3.00"]),
        (
            logsumexp([x] * 5),
            ["v1 = 3.609 = logsumexp(x, x, ..., x)", "  x = 2.00", *["  x (above)"] * 4],
        ),
        (x * math.inf, ["v1 = inf = x * inf", "  x = 2.00"]),
        (
            ((x + 1.0) * x).tanh(),
            [
                "v3 = 1.00 = tanh(v2)",
                "  v2 = 6.00 = v1 * x",
                "    v1 = 3.00 = x + 1",
                "      x = 2.00",
                "    x (above)",
            ],
        ),
    ],
    ids=lambda case: "" if isinstance(case, list) else case.op.name if case.op else "leaf",
)
def test_tree_of_small_graphs(root, lines):
    assert tree(root).split("\n") == lines


def test_name_that_would_be_misread_stands_in_brackets():
    apart = Value(1.0, "a - b")
    assert tree(apart * 2.0) == "v1 = 2.00 = (a - b) * 2\n  a - b = 1.00"
    assert draw(apart * 2.0).picture.boxes[-1].lines[0] == "= (a - b) * 2"


def test_gradients_follow_the_numbers():
    p = Parameter(2.0, "p")
    root = p * p
    root.backward()
    assert tree(root) == "v1 = 4.00 = p * p, grad 1.00\n  p = 2.00, grad 4.00\n  p (above)"


def test_parameters_are_called_by_their_path():
    assert "  layers.0.neurons.0.w.0 = " in tree(MLP(1, [1], seed=1)([3.0]))


def test_gradient_that_was_set_to_none_is_not_told():
    a = Value(1.0, "a")
    a.grad = None
    assert tree(a + 1.0) == "v1 = 2.00 = a + 1\n  a = 1.00"


# --- bounds ---


@given(graphs, st.integers(1, 30))
def test_no_more_lines_than_allowed_and_one_that_says_what_is_missing(root, limit):
    whole = tree(root, everything).split("\n")
    lines = tree(root, limit).split("\n")
    assert lines[:limit] == whole[:limit]
    if len(whole) <= limit:
        assert lines == whole
    else:
        told = [line for line in lines[:limit] if not line.endswith(" (above)")]
        left = len(topological_order(root)) - len(told)
        more = "no other nodes" if not left else "1 more node" if left == 1 else f"{left} more nodes"
        assert lines[limit:] == [f"... {more}; tree(..., limit=) shows more"]


def test_graph_with_exponentially_many_paths_is_told_once():
    node = x
    for _ in range(200):
        node = node * node
    assert len(tree(node, everything).split("\n")) == 401


def test_deep_chain_is_told_in_part_and_indented_no_further_than_can_be_read():
    node = x
    for _ in range(100_000):
        node = -node
    lines = tree(node).split("\n")
    assert len(lines) == 61 and lines[-1].startswith("... 99,941 more nodes")
    assert max(map(len, lines)) <= LONGEST_LINE


def test_wide_sum_is_told_in_part():
    root = sum([Value(float(k)) for k in range(100_000)])
    assert len(tree(root).split("\n")) == 61


def test_long_names_are_cut():
    a = Value(1.0, "name " * 40)
    lines = tree(a * a + a).split("\n")
    assert all(len(line) == LONGEST_LINE and line.endswith("...") for line in lines)


@pytest.mark.parametrize("wrong", [3.0, None, "x", [x]])
def test_what_is_no_graph_is_refused(wrong):
    with pytest.raises(ArgumentError, match="tree takes a Value, the root of a graph, got"):
        tree(wrong)


@pytest.mark.parametrize("wrong", [0, -1, 1.5, None, "all"])
def test_wrong_limit_is_refused(wrong):
    with pytest.raises(ArgumentError, match=r"limit is .*; it needs to be a whole number, 1 or more"):
        tree(x, wrong)


def test_numbers_that_have_changed_since_they_were_used_are_told():
    x = Value(2.0, "x")
    root = x + 1.0
    x.data = 3.0
    assert tree(root).splitlines()[-1].startswith("note: v1 = 3.00 was computed from other numbers than")


def test_tree_is_shown_as_it_is_in_a_repl():
    root = Value(2.0, "x") + 1.0
    assert repr(tree(root)) == str(tree(root)) == "v1 = 3.00 = x + 1\n  x = 2.00"
