"""Walking a graph: order, leaves, depth; the same in every run, and without recursion."""

import os
import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from autograd import Parameter, ParameterVector, Value, depth, dot, leaves, topological_order
from autograd.backprop import _reset_and_order
from autograd.graph import value_args
from tests.strategies import follow, recipes, small


@given(recipes(inputs=3, kinked=True))
def test_order_has_each_node_once_and_arguments_before_what_is_made_of_them(recipe):
    root = follow(recipe, (Value(0.5), Value(-0.25), Value(1.0)))
    order = topological_order(root)
    place = {node: i for i, node in enumerate(order)}
    assert len(place) == len(order) and order[-1] is root
    for node in order:
        assert all(place[arg] < place[node] for arg in value_args(node))


@given(recipes(inputs=3, kinked=True))
def test_two_builds_of_one_graph_are_walked_in_the_same_order(recipe):
    def walked():
        order = topological_order(follow(recipe, (Value(0.5), Value(-0.25), Value(1.0))))
        place = {node: i for i, node in enumerate(order)}
        return [(node.op, [place[arg] for arg in value_args(node)]) for node in order]

    assert walked() == walked()


def test_order_goes_by_the_order_of_the_arguments():
    a, b, c = Value(1.0), Value(2.0), Value(3.0)
    first = a * b
    root = dot([first, c], [c, b], bias=a)
    assert [node.data for node in topological_order(root)] == [1.0, 2.0, 2.0, 3.0, 13.0]


def test_order_of_two_roots_has_what_they_share_once():
    a = Value(2.0)
    shared = a * a
    one, two = shared + 1, shared - 1
    assert [node.data for node in topological_order(one, two)] == [2.0, 4.0, 5.0, 3.0]
    assert topological_order() == []
    assert topological_order(one, one, a) == topological_order(one)


def test_constants_are_no_nodes_and_every_edge_is_an_argument():
    a = Value(2.0)
    assert list(value_args(dot([a, 2.0, a], [1.0, a, a]))) == [a, a, a, a]
    assert topological_order(a * 3 + 1)[0] is a and len(topological_order(a * 3 + 1)) == 3


def test_leaves_are_what_no_op_made():
    a, p, ws = Value(1.0), Parameter(2.0), ParameterVector([1.0, 2.0])
    assert leaves(dot(ws, [a, p]) * p) == [*ws, a, p]
    assert leaves(a) == [a]


def test_depth_is_the_longest_way():
    a = Value(1.0)
    b = a + 1
    assert [depth(node) for node in (a, b, b * a, (b * b) * a)] == [0, 1, 2, 3]


def test_chain_of_a_million_is_walked():
    root = Value(0.0)
    for _ in range(10**6):
        root = root + 1.0
    assert depth(root) == 10**6
    assert len(topological_order(root)) == 10**6 + 1


TRAINING = """
import random
from autograd import *
rng = random.Random(1)
rows = [ParameterVector([rng.gauss(0, 1) for _ in range(3)]) for _ in range(4)]
last = ParameterVector([rng.gauss(0, 1) for _ in range(4)])
bias = Parameter(0.1)
flat = FlatParameters([p for row in [*rows, last] for p in row] + [bias])
for step_number in range(20):
    flat.grad = 0.0
    losses = []
    for _ in range(5):
        x = [rng.uniform(-1, 1) for _ in range(3)]
        hidden = [tanh(dot(row, x)) + relu(dot(row, x)) for row in rows]
        scores = [dot(last, hidden, bias), dot(hidden, hidden)]
        losses.append(logsumexp(scores) - pick(scores, rng.randrange(2)) + softmax(scores)[0] ** 2)
    sum(losses).backward()
    flat.data = flat.data - 0.05 * flat.grad
second = grad(grad(losses[0], bias, create_graph=True), list(last))
print(flat.data.tobytes().hex(), flat.grad.tobytes().hex(), [s.hex() for s in second])
"""


def test_small_training_gives_the_same_bits_in_two_processes_whatever_the_hash_seed():
    printed = [
        subprocess.run(
            [sys.executable, "-W", "error", "-c", TRAINING],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "4242")
    ]
    assert printed[0] == printed[1] and len(printed[0]) > 500


@given(recipes(inputs=3, kinked=True, longest=20), st.tuples(small, small, small))
def test_backward_goes_through_the_topological_order_from_its_end(recipe, numbers):
    root = follow(recipe, tuple(map(Value, numbers)))
    inner = [node for node in topological_order(root) if node.op is not None]
    assert _reset_and_order(root) == inner or root.op is None
