"""Parameters read and write flat arrays both ways, whoever else holds them."""

import copy
import gc
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import ArgumentError, FlatParameters, NotANumberError, Parameter, ParameterVector, Value, dot, grad, sum
from autograd.storage import Span

copiers = pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))], ids=["deepcopy", "pickle"]
)


def test_parameter_is_a_leaf_like_a_value():
    p, x = Parameter(2.0, label="p"), Value(3.0)
    ((p * x + p) ** 2).backward()
    assert (p.grad, x.grad) == (64.0, 32.0)
    assert grad(p * x, [p, x]) == [3.0, 2.0]
    assert p.op is None and p.args == ()


def test_data_and_grad_read_and_write_the_flat_array_both_ways():
    p, ws = Parameter(1.0), ParameterVector([2.0, 3.0])
    flat = FlatParameters([p, *ws])
    assert flat.data.tolist() == [1.0, 2.0, 3.0] and flat.grad.tolist() == [0.0] * 3
    flat.data = [10, 20, 30]
    flat.grad = np.array([1.0, 2.0, 3.0])
    assert (p.data, ws[0].data, ws[1].data) == (10.0, 20.0, 30.0) and ws[1].grad == 3.0
    p.data, ws[1].data = -1.0, -3.0
    p.grad = ws[0].grad = 7
    assert flat.data.tolist() == [-1.0, 20.0, -3.0] and flat.grad.tolist() == [7.0, 7.0, 3.0]
    flat.grad = 0.0
    flat.data = flat.data - 0.5
    flat.data = flat.data + 1.0
    assert [w.data for w in ws] == [20.5, -2.5] and p.grad == 0.0
    assert all(type(x) is float for w in (p, *ws) for x in (w.data, w.grad))


def test_backward_writes_into_the_flat_array_and_dot_reads_it():
    ws, b = ParameterVector([1.0, 2.0]), Parameter(0.5)
    flat = FlatParameters([b, *ws])
    y = dot(ws, np.array([3.0, 4.0]), b)
    y.backward()
    assert flat.grad.tolist() == [1.0, 3.0, 4.0]
    flat.data = [1.0, 1.0, 1.0]
    assert dot(ws, np.array([3.0, 4.0]), b).data == 8.0


def test_flat_parameters_keep_the_order_given_also_where_it_is_not_that_in_memory():
    ws = ParameterVector([1.0, 2.0, 3.0, 4.0])
    flat = FlatParameters([ws[3], ws[0], ws[2]])
    assert flat.data.tolist() == [4.0, 1.0, 3.0]
    flat.data = [40.0, 10.0, 30.0]
    flat.grad = [4.0, 1.0, 3.0]
    assert [w.data for w in ws] == [10.0, 2.0, 30.0, 40.0] and [w.grad for w in ws] == [1.0, 0.0, 3.0, 4.0]
    flat.data = flat.data - 1.0
    assert [w.data for w in ws] == [9.0, 2.0, 29.0, 39.0]


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 0]], ids=["side by side", "apart"])
def test_arrays_read_from_flat_parameters_are_not_written_by_mistake(order):
    ws = ParameterVector([1.0, 2.0, 3.0])
    flat = FlatParameters([ws[i] for i in order])
    for name in ("data", "grad", "frozen"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(flat, name)[0] = 1
    assert [w.data for w in ws] == [1.0, 2.0, 3.0]


def test_arrays_read_twice_are_the_same_until_a_join_moves_the_parameters():
    ws, extra = ParameterVector([1.0, 2.0, 3.0]), Parameter(4.0)
    flat = FlatParameters(ws)
    before = flat.data
    assert flat.data is before and flat.grad is flat.grad and flat.frozen is flat.frozen
    joined = FlatParameters([extra, *ws])
    joined.data, joined.grad = [5.0, 6.0, 7.0, 8.0], 1.0
    ws[2].frozen = True
    assert flat.data is not before and flat.data.tolist() == [6.0, 7.0, 8.0]
    assert flat.grad.tolist() == [1.0] * 3 and flat.frozen.tolist() == [False, False, True]


def test_a_second_optimiser_leaves_the_first_ones_parameters_side_by_side():
    ws, extra = ParameterVector([1.0, 2.0, 3.0]), Parameter(4.0)
    first = FlatParameters([*ws])
    FlatParameters([ws[2], extra, ws[0]])
    assert first.data.base is not None and first.data.tolist() == [1.0, 2.0, 3.0]


def test_two_overlapping_flat_parameters_see_each_others_writes():
    a, b, c = Parameter(1.0), ParameterVector([2.0, 3.0]), Parameter(4.0)
    first = FlatParameters([a, *b])
    first.data = first.data * 10
    second = FlatParameters([c, *b])
    third = FlatParameters([b[1], a])
    second.data = [400.0, 200.0, 300.0]
    assert first.data.tolist() == [10.0, 200.0, 300.0] and third.data.tolist() == [300.0, 10.0]
    first.grad = [1.0, 2.0, 3.0]
    assert second.grad.tolist() == [0.0, 2.0, 3.0] and third.grad.tolist() == [3.0, 1.0]
    third.data = [-3.0, -1.0]
    assert first.data.tolist() == [-1.0, 200.0, -3.0] and (a.data, b[1].data, c.data) == (-1.0, -3.0, 400.0)


@given(st.lists(st.lists(st.integers(0, 7), min_size=1, max_size=6), min_size=1, max_size=5))
def test_any_overlapping_flat_parameters_agree_with_a_plain_list_of_numbers(picks):
    ws, vs = ParameterVector([0.0, 1.0, 2.0]), ParameterVector([3.0, 4.0])
    parameters = [*ws, Parameter(5.0), *vs, Parameter(6.0), Parameter(7.0)]
    model, flats = [p.data for p in parameters], []
    for n, chosen in enumerate(picks):
        order = list(dict.fromkeys(chosen))
        flats.append((order, FlatParameters([parameters[i] for i in chosen])))
        new = [100.0 * (n + 1) + i for i in order]
        flats[n // 2][1].grad = float(n)
        flats[-1][1].data = new
        for i, x in zip(order, new, strict=True):
            model[i] = x
        assert [p.data for p in parameters] == model
        for seen, flat in flats:
            assert flat.data.tolist() == [model[i] for i in seen]
            assert flat.grad.tolist() == [parameters[i].grad for i in seen]


def test_shared_parameter_stands_once_where_it_came_first():
    p, q = Parameter(1.0), Parameter(1.0)
    flat = FlatParameters([p, q, p])
    assert len(flat) == len(flat.data) == 2 and flat.parameters[0] is p and flat.parameters[1] is q


def test_flat_parameters_of_none_are_empty_arrays():
    flat = FlatParameters(iter([]))
    assert len(flat) == 0 and flat.data.shape == flat.grad.shape == flat.frozen.shape == (0,)
    flat.grad = 0.0
    flat.data = flat.data - flat.grad


def test_flat_parameters_outlive_the_list_and_the_vector_they_came_from():
    flat = FlatParameters(ParameterVector([1.0, 2.0]))
    other = FlatParameters([flat.parameters[1], Parameter(5.0)])
    gc.collect()
    other.data = [7.0, 8.0]
    assert flat.data.tolist() == [1.0, 7.0]


def test_frozen_is_kept_in_the_flat_array():
    p, ws = Parameter(1.0), ParameterVector([2.0, 3.0])
    ws[1].frozen = True
    flat = FlatParameters([p, *ws])
    assert flat.frozen.tolist() == [False, False, True] and ws[1].frozen is True and p.frozen is False
    p.frozen = True
    ws[1].frozen = False
    assert flat.frozen.tolist() == [True, False, False]


def test_every_parameter_made_is_noticed_in_the_count_of_spans():
    p, ws = Parameter(1.0), ParameterVector([1.0, 2.0])
    makers = [
        lambda: Parameter(1.0),
        lambda: ParameterVector([]),
        lambda: copy.copy(p),
        lambda: copy.deepcopy(ws),
        lambda: pickle.loads(pickle.dumps(ws[0])),
    ]
    for make in makers:
        before = Span.made
        make()
        assert Span.made == before + 1
    p.data, ws[0].grad = 2.0, 3.0
    FlatParameters([p, *ws]).data = 0.0
    assert Span.made == before + 1


def test_labels_of_a_vector_are_numbered():
    assert [w.label for w in ParameterVector([1, 2], label="w")] == ["w.0", "w.1"]
    assert [w.label for w in ParameterVector([1, 2])] == ["", ""]
    assert isinstance(ParameterVector([1.0]), tuple) and len(ParameterVector([])) == 0


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([Value(1.5)], r"got Value\(1.5\); make it Parameter\(1.5\)"),
        ([Parameter(1.0), 2.0], "got 2.0; give a flat list"),
        (["a"], "got 'a'; give a flat list"),
        ([None], "got None; give a flat list"),
        ([[Parameter(1.0)]], r"got \[Parameter\(1.0\)\]; give a flat list"),
    ],
)
def test_anything_but_parameters_is_refused(given, message):
    with pytest.raises(ArgumentError, match=f"only Parameters can be trained, {message}"):
        FlatParameters(given)


def test_array_of_another_length_is_refused_and_changes_nothing():
    flat = FlatParameters(ParameterVector([1.0, 2.0, 3.0]))
    with pytest.raises(ValueError, match="broadcast"):
        flat.data = [1.0, 2.0]
    assert flat.data.tolist() == [1.0, 2.0, 3.0]


def test_gradient_and_vector_take_only_numbers():
    with pytest.raises(NotANumberError, match=r"Parameter\.grad takes one real number, got the str"):
        Parameter(1.0).grad = "2"
    with pytest.raises(NotANumberError, match="Parameter takes one real number, got None"):
        ParameterVector([1.0, None])


# --- copies --------------------------------------------------------------------------------------------------


@copiers
def test_copy_shares_within_itself_and_not_with_the_original(copied):
    ws, p = ParameterVector([1.0, 2.0], label="w"), Parameter(3.0)
    p.grad, p.frozen = 5.0, True
    flat = FlatParameters([p, *ws])
    flat.data = flat.data
    model = {"ws": ws, "first": ws[0], "p": p, "again": p, "flat": flat, "y": dot(ws, [p, 1.0])}
    twin = copied(model)
    assert type(twin["ws"]) is ParameterVector and twin["first"] is twin["ws"][0] and twin["p"] is twin["again"]
    assert (twin["p"].grad, twin["p"].frozen, twin["first"].label) == (5.0, True, "w.0")
    assert twin["flat"].data.tolist() == [3.0, 1.0, 2.0]
    twin["flat"].data = [30.0, 10.0, 20.0]
    assert [w.data for w in twin["ws"]] == [10.0, 20.0] and twin["p"].data == 30.0
    twin["flat"].grad = 0.0
    twin["y"].backward()
    assert twin["flat"].grad.tolist() == [10.0, 30.0, 1.0]
    assert flat.data.tolist() == [3.0, 1.0, 2.0] and flat.grad.tolist() == [5.0, 0.0, 0.0]
    twin["p"].frozen = False
    assert p.frozen


def test_shallow_copy_of_a_parameter_has_a_number_of_its_own():
    p = Parameter(1.0, label="p")
    p.grad, p.frozen = 2.0, True
    twin = copy.copy(p)
    assert type(twin) is Parameter and (twin.data, twin.grad, twin.frozen, twin.label) == (1.0, 2.0, True, "p")
    twin.data, twin.grad, twin.frozen = 5.0, 6.0, False
    assert (p.data, p.grad, p.frozen) == (1.0, 2.0, True)


def test_dropped_parameters_leave_nothing_for_the_garbage_collector():
    gc.collect()
    gc.disable()
    try:
        ws, p = ParameterVector([1.0, 2.0]), Parameter(3.0)
        flat = FlatParameters([p, *ws])
        flat.data = flat.data + 1
        y = dot(ws, [p, p]) * sum(ws)
        y.backward()
        del ws, p, flat, y
        assert gc.collect() == 0
    finally:
        gc.enable()
