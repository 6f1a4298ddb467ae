"""Embedding: its rows, their gradients, PyTorch's numbers, as an array program, and what it refuses."""

import copy
import pickle
import re

import numpy as np
import pytest

from autograd import ArgumentError, DomainError, Value, gradcheck, jit, mean, sum, vmap
from nets import SGD, Embedding, Layer, Sequential, cross_entropy, fit, load, save
from tests.reference.make_layers import EMBEDDINGS, assert_same, by_glassgrad, by_torch, stored


def table():
    return Embedding(5, 3, seed=1)


def numbers(row):
    return [float(x) for x in row]


@pytest.mark.parametrize("name", EMBEDDINGS)
def test_rows_and_gradients_are_those_that_pytorch_gave(name):
    assert_same(by_glassgrad(EMBEDDINGS[name]), stored(name))


@pytest.mark.parametrize("name", EMBEDDINGS)
def test_pytorch_gives_the_stored_numbers(name):
    pytest.importorskip("torch")
    assert_same(by_torch(EMBEDDINGS[name]), stored(name))


@pytest.mark.parametrize("index", [2, 2.0, np.int64(2), np.float32(2.0), np.uint8(2)])
def test_a_plain_index_gives_the_parameters_of_its_row(index):
    layer = table()
    assert layer(index) == list(layer.rows[2])
    assert [p.label for p in layer(index)] == ["rows.2.0", "rows.2.1", "rows.2.2"]


def test_a_value_picks_from_each_column():
    layer = table()
    row = layer(Value(2.0))
    assert [x.op.name for x in row] == ["pick"] * 3
    assert numbers(row) == numbers(layer(2))
    assert row[1].args[:-1] == tuple(each[1] for each in layer.rows)


@pytest.mark.parametrize("make", [int, Value])
def test_the_gradient_goes_to_the_row_alone(make):
    layer = table()
    sum([x * k for k, x in enumerate(layer(make(2)), start=1)]).backward()
    assert [[p.grad for p in row] for row in layer.rows] == [
        [0.0] * 3,
        [0.0] * 3,
        [1.0, 2.0, 3.0],
        [0.0] * 3,
        [0.0] * 3,
    ]


@pytest.mark.parametrize("indices", [[3, 0, 3], (3, 0, 3), np.array([3, 0, 3]), [Value(3), 0, Value(3)]])
def test_indices_give_their_rows(indices):
    layer = table()
    assert [numbers(row) for row in layer(indices)] == [numbers(layer.rows[k]) for k in (3, 0, 3)]


def test_indices_may_be_nested():
    assert np.shape(table()(np.zeros((2, 4), dtype=int))) == (2, 4, 3)


@pytest.mark.parametrize("order", [1, 2])
def test_gradients_agree_with_finite_differences(order):
    layer = Embedding(3, 2, seed=1)

    def loss():
        first, second = layer(0), layer(Value(2.0))
        return sum([(a * b).tanh() for a, b in zip(first, second, strict=True)])

    assert gradcheck(loss, layer.parameters(), order=order).checked == (6 if order == 1 else 6 + 36)


def test_numbers_start_normally_distributed():
    layer = Embedding(100, 50, seed=1)
    start = np.array(list(layer.state_dict().values()))
    assert start.std() == pytest.approx(1.0, rel=0.05) and abs(start.mean()) < 0.05
    assert Embedding(100, 50, rng=np.random.default_rng(1)).state_dict() == layer.state_dict()


@pytest.mark.parametrize("index", [-1, 5, 1.5, "a", None, True, float("nan"), {1}, [1, 5], np.array([0.5])])
def test_an_index_that_is_none_is_refused(index):
    with pytest.raises(ArgumentError, match=r"Embedding\(5, 3\): the index is .*; it needs a whole number from 0 to 4"):
        table()(index)


@pytest.mark.parametrize("index", [-1.0, 5.0, 1.5])
def test_a_value_that_is_no_index_is_refused(index):
    with pytest.raises(DomainError, match="it needs a whole number from 0 to 4"):
        table()(Value(index))


@pytest.mark.parametrize("make", [lambda: Embedding(0, 3), lambda: Embedding(5, 0), lambda: Embedding("5", 3)])
def test_sizes_that_are_none_are_refused(make):
    with pytest.raises(ArgumentError, match=r"Embedding: (count|width) is .*; it needs a whole number of at least 1"):
        make()


def test_a_table_comes_back_from_its_file_and_from_copies(tmp_path):
    layer = table()
    for twin in (load(save(layer, tmp_path / "table")), copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        assert repr(twin) == "Embedding(5, 3)" and twin.state_dict() == layer.state_dict()


# --- in a net ------------------------------------------------------------------------------------------------


def test_a_net_on_the_mean_of_rows_is_compiled_to_dense_array_operations():
    layer, out = Embedding(6, 4, seed=1), Layer(4, 6, "linear", seed=2)

    def one(tokens, label):
        rows = layer(tokens)
        return cross_entropy(out([sum([row[k] for row in rows]) / len(rows) for k in range(4)]), label)

    rng = np.random.default_rng(1)
    tokens, labels = rng.integers(0, 6, (5, 3)), rng.integers(0, 6, 5)
    parameters = [*layer.parameters(), *out.parameters()]
    totals = []
    f = jit(lambda tokens, labels: mean(vmap(one)(tokens, labels)))
    for total in (f(tokens, labels), mean([one(t, y) for t, y in zip(tokens, labels, strict=True)])):
        for p in parameters:
            p.grad = 0.0
        total.backward()
        totals.append([float(total), *(p.grad for p in parameters)])
    assert totals[0] == pytest.approx(totals[1], rel=1e-10, abs=1e-13)
    assert len(f.program.lines) <= 2 and f.stats.gathers <= 4
    assert len(re.findall(r"sum\(pick\(\S+, tokens \(batch, 3\)\)\) / 3\) @ ", str(f.program))) == 1


def test_fit_teaches_a_table_followed_by_a_layer_what_comes_after_each_token():
    net = Sequential([Embedding(6, 4, seed=1), Layer(4, 6, "linear", seed=2)])
    tokens = np.arange(6)
    fit(net, cross_entropy, (tokens, (tokens * 5 + 1) % 6), SGD(net.parameters(), lr=0.5), epochs=200, batch_size=6)
    assert [int(np.argmax(numbers(net(token)))) for token in range(6)] == [(token * 5 + 1) % 6 for token in range(6)]
