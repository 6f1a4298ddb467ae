"""Computing a graph again with other numbers: the same bits as building it anew, and nothing written."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import (
    ArgumentError,
    DomainError,
    Op,
    Parameter,
    ParameterVector,
    TraceError,
    Value,
    dot,
    jit,
    log,
    sum,
    topological_order,
)
from autograd.explain.replay import between, dependents, recomputed
from nets import MLP
from tests.strategies import follow, recipes, small
from tests.tables import every_op_at_its_samples, flat, movable, of_values

points = st.tuples(small, small, small)


def replayed(root, changes):
    """The number of every node of the graph with these changes."""
    order = topological_order(root)
    now = {node: node.data for node in order} | recomputed(dependents(order, changes), changes)
    return {node: now[node] for node in order}


@given(recipes(inputs=3, kinked=True), points)
def test_replay_without_a_change_gives_the_bits_that_stand_there(recipe, at):
    xs = tuple(map(Value, at))
    root = follow(recipe, xs)
    found = replayed(root, {x: x.data for x in xs})
    assert found == {node: node.data for node in topological_order(root)}


@given(recipes(inputs=3), points, points)
def test_replay_at_other_numbers_is_the_graph_built_anew_with_them(recipe, at, there):
    xs = tuple(map(Value, at))
    root, anew = follow(recipe, xs), follow(recipe, tuple(map(Value, there)))
    found = replayed(root, dict(zip(xs, there, strict=True)))
    assert list(found) == topological_order(root)
    assert [x.hex() for x in found.values()] == [node.data.hex() for node in topological_order(anew)]


@every_op_at_its_samples
def test_every_op_is_replayed_from_any_sample_to_this_one(op, sample):
    there = flat(op, sample)[: movable(op, sample)]
    xs = [Value(x + 0.0625) for x in there]
    root = of_values(op, sample)(*xs)
    expected = of_values(op, sample)(*map(Value, there)).data
    assert replayed(root, dict(zip(xs, there, strict=True)))[root] == expected


@pytest.mark.parametrize("inputs", [(0.1, 0.2, 0.3), np.array([0.1, 0.2, 0.3])], ids=["floats", "array"])
def test_rows_of_parameters_are_summed_as_they_were(inputs):
    ws, b = ParameterVector([0.1, 0.7, -0.3]), Parameter(0.25)
    root = dot(ws, inputs, b) * dot(inputs, ws)
    found = replayed(root, {ws[1]: 1.9, b: -1.0})
    anew = ParameterVector([0.1, 1.9, -0.3])
    assert found[root] == (dot(anew, inputs, Parameter(-1.0)) * dot(inputs, anew)).data
    assert replayed(root, {})[root] == root.data


def test_model_is_replayed_as_if_its_parameters_had_been_other_ones():
    model, other = MLP(2, [3, 1], seed=1), MLP(2, [3, 1], seed=2)
    x = Value(0.3)
    root, anew = model([x, -0.2]), other([0.5, -0.2])
    found = replayed(root, {x: 0.5} | {p: q.data for p, q in zip(model.parameters(), other.parameters(), strict=True)})
    assert found[root] == anew.data


def test_nothing_is_written():
    w = ParameterVector([1.0, 2.0])
    x = Value(3.0)
    root = dot(w, [x, x]) * x
    root.backward()
    before = [(node.data, node.grad) for node in topological_order(root)]
    replayed(root, {x: 5.0, w[0]: -1.0})
    assert [(node.data, node.grad) for node in topological_order(root)] == before


def test_changed_inner_node_no_longer_follows_its_arguments():
    a = Value(2.0)
    b = a * a
    root = b + a
    assert replayed(root, {b: 10.0}) == {a: 2.0, b: 10.0, root: 12.0}
    assert replayed(root, {b: 10.0, a: 3.0})[root] == 13.0
    assert replayed(root, {root: 1.0})[root] == 1.0


def test_what_does_not_depend_on_a_change_is_not_computed_again(monkeypatch):
    a, b = Value(2.0), Value(5.0)
    root = a.exp() + b.sin()
    asked = []
    evaluate = Op.evaluate
    monkeypatch.setattr(Op, "evaluate", lambda op, *args: asked.append(op.name) or evaluate(op, *args))
    replayed(root, {b: 1.0})
    assert asked == ["sin", "add"]


def test_change_of_a_node_of_another_graph_changes_nothing():
    a, other = Value(2.0), Value(1.0)
    root = a * a
    assert replayed(root, {other: 7.0}) == {a: 2.0, root: 4.0}


def test_dependents_of_several_nodes_are_those_and_what_is_made_of_them():
    a, b, c = Value(1.0), Value(2.0), Value(3.0)
    ab, bc = a + b, b + c
    root = ab * bc
    order = topological_order(root)
    assert dependents(order, [a]) == [a, ab, root]
    assert dependents(order, [c, ab]) == [ab, c, bc, root]
    assert recomputed(dependents(order, [c]), {c: 0.0}) == {c: 0.0, bc: 2.0, root: 6.0}


def test_constant_that_equals_a_changed_node_stays_a_constant():
    a = Value(2.0)
    root = sum([a, 2.0, 2.0]) * 2.0
    assert replayed(root, {a: 0.0})[root] == 8.0


def test_chain_of_100_000_is_replayed():
    x = Value(0.0)
    root = x
    for _ in range(100_000):
        root = root + 1.0
    assert replayed(root, {x: 5.0})[root] == 100_005.0


def test_number_outside_the_domain_is_the_error_of_the_op():
    x = Value(1.0)
    with pytest.raises(DomainError, match=r"log: argument is -1.0.*needs to be > 0"):
        replayed(log(x), {x: -1.0})


def test_result_of_a_jitted_function_cannot_be_replayed():
    x, y = Value(1.0), Value(2.0)
    jitted = jit(lambda a: a * a)(x)
    root = jitted + y
    assert replayed(root, {y: 5.0})[root] == 6.0
    with pytest.raises(ArgumentError, match=r"f\.__wrapped__"):
        replayed(root, {x: 5.0})


def test_between_refuses_what_is_no_value_swapped_arguments_and_a_trace():
    x = Value(1.0)
    y = x * 2
    assert between(y, x, "ask") == [x, y] and between(y, y, "ask") == [y] and between(y, Value(1.0), "ask") == []
    with pytest.raises(ArgumentError, match=r"ask: root is 2.0; it needs to be a Value, as in ask\(loss, w\)"):
        between(2.0, x, "ask")  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="ask: x is 'x'"):
        between(y, "x", "ask")  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="ask: what was given second was computed from the first; swap"):
        between(x, y, "ask")

    @jit
    def traced(v):
        between(v * 2, v, "ask")
        return v

    with pytest.raises(TraceError, match="ask shows the numbers of one call"):
        traced(x)
