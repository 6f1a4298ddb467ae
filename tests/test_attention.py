"""SelfAttention: against PyTorch's numbers, NumPy and finite differences; as an array program; and what it refuses."""

import json

import numpy as np
import pytest

from autograd import ArgumentError, Value, gradcheck, jit, mean, sum, vmap
from nets import SGD, SelfAttention, Sequential, ShapeError, load, save
from tests.reference.make_sequences import ATTENTION, FILE, by_glassgrad, by_torch, flat

ANSWERS = json.loads(FILE.read_text())
XS = [[0.7, -1.3, 0.1, 0.5], [0.2, 0.4, -0.9, 0.0], [-0.6, 1.1, 0.3, -0.4]]

LAYERS = {
    "one head": lambda: SelfAttention(4, seed=1),
    "two heads": lambda: SelfAttention(4, 2, seed=1),
    "four heads": lambda: SelfAttention(4, 4, seed=1),
    "one head to all": lambda: SelfAttention(4, causal=False, seed=1),
    "two heads to all": lambda: SelfAttention(4, 2, causal=False, seed=1),
}
each = pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)


def array(nested):
    return np.array(nested, dtype=float)


def squares(layer, xs=XS):
    return sum([y * y for y in flat(layer(xs))])


def in_numpy(layer, xs):
    """Outputs and weights by matrix products."""
    xs, d = np.array(xs), layer.width // layer.heads
    q, k, v = (xs @ array(m).T for m in (layer.query, layer.key, layer.value))
    taken, weights = [], []
    for head in range(layer.heads):
        part = slice(head * d, (head + 1) * d)
        scores = q[:, part] @ k[:, part].T / np.sqrt(d)
        if layer.causal:
            scores[np.triu_indices(len(xs), 1)] = -np.inf
        a = np.exp(scores)
        weights.append(a / a.sum(axis=1, keepdims=True))
        taken.append(weights[-1] @ v[:, part])
    return np.concatenate(taken, axis=1) @ array(layer.out).T, weights


# --- the numbers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ATTENTION)
def test_outputs_weights_and_gradients_are_those_that_pytorch_gave(name):
    ours = by_glassgrad(ATTENTION[name])
    assert ours["back"] == pytest.approx(ANSWERS[name]["back"], rel=1e-11, abs=1e-13)
    assert ours["gradient"] == pytest.approx(ANSWERS[name]["gradient"], rel=1e-9, abs=1e-11)


@pytest.mark.parametrize("name", ATTENTION)
def test_pytorch_gives_the_stored_numbers(name):
    pytest.importorskip("torch")
    theirs = by_torch(ATTENTION[name])
    for what, answer in ANSWERS[name].items():
        assert theirs[what] == pytest.approx(answer, rel=1e-9, abs=1e-11)


@each
def test_outputs_and_weights_agree_with_matrix_products(make):
    layer = make()
    outputs, weights = in_numpy(layer, XS)
    np.testing.assert_allclose(array(layer(XS)), outputs, rtol=1e-12)
    np.testing.assert_allclose(array(layer.weights(XS)), weights, rtol=1e-12)


@each
def test_gradients_agree_with_finite_differences(make):
    layer = make()
    assert gradcheck(lambda: squares(layer), layer.parameters()).checked == 4 * 16
    inputs = [[Value(x) for x in row] for row in XS]
    assert gradcheck(lambda: squares(layer, inputs), flat(inputs)).checked == 12
    first = gradcheck(lambda: layer.weights(inputs)[0][2][1], flat(inputs))
    assert first.checked == 12


def test_second_derivatives_agree_with_finite_differences():
    layer = SelfAttention(2, 2, seed=1)
    found = gradcheck(lambda: squares(layer, [[0.5, -1.0], [0.3, 0.8]]), layer.parameters(), order=2)
    assert found.checked >= 16


def test_scores_of_any_size_do_not_overflow():
    layer = SelfAttention(4, seed=1)
    big = [[1e4 * x for x in row] for row in XS]
    assert np.isfinite(array(layer(big))).all()
    assert array(layer.weights(big)).sum(axis=2) == pytest.approx(1.0)


# --- what attention is -----------------------------------------------------------------------------------------


def test_a_causal_row_knows_nothing_of_those_after_it():
    layer = SelfAttention(4, 2, seed=1)
    inputs = [[Value(x) for x in row] for row in XS]
    sum(layer(inputs)[1]).backward()
    assert all(x.grad != 0.0 for x in flat(inputs[:2])) and all(x.grad == 0.0 for x in inputs[2])
    assert array(layer(XS[:2])).tolist() == array(layer(XS)[:2]).tolist()
    assert (np.triu(array(layer.weights(XS)), 1) == 0.0).all()


def test_a_row_that_sees_all_depends_on_those_after_it():
    layer = SelfAttention(4, causal=False, seed=1)
    inputs = [[Value(x) for x in row] for row in XS]
    sum(layer(inputs)[0]).backward()
    assert all(x.grad != 0.0 for x in flat(inputs))
    assert (array(layer.weights(XS)) > 0.0).all()


def test_without_a_causal_order_rows_that_change_places_take_their_outputs_along():
    layer = SelfAttention(4, 2, causal=False, seed=1)
    np.testing.assert_allclose(array(layer(XS[::-1])), array(layer(XS))[::-1], rtol=1e-12)


@each
def test_weights_are_a_row_of_probabilities_for_each_row_and_head(make):
    layer = make()
    weights = array(layer.weights(XS))
    assert weights.shape == (layer.heads, 3, 3)
    np.testing.assert_allclose(weights.sum(axis=2), 1.0, rtol=1e-14)


def test_queries_of_zero_look_at_all_alike():
    layer = SelfAttention(4, seed=1)
    for vector in layer.query:
        for parameter in vector:
            parameter.data = 0.0
    np.testing.assert_allclose(array(layer.weights(XS)[0]), [[1, 0, 0], [1 / 2, 1 / 2, 0], [1 / 3] * 3], rtol=1e-14)


# --- sequences, names and files --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "form", [np.array, lambda xs: np.array(xs, dtype=object), lambda xs: (iter(x) for x in xs), lambda xs: tuple(xs)]
)
def test_every_form_of_a_sequence_gives_the_same_outputs(form):
    layer = SelfAttention(4, seed=1)
    assert array(layer(form(XS))).tolist() == array(layer(XS)).tolist()


def test_a_sequence_may_be_of_one_row_or_none():
    layer = SelfAttention(4, 2, seed=1)
    np.testing.assert_allclose(array(layer(XS[:1])), in_numpy(layer, XS[:1])[0], rtol=1e-12)
    assert layer([]) == [] and layer.weights([]) == [[], []]


def test_parameters_are_four_matrices_called_by_what_they_make():
    names = [name for name, _ in SelfAttention(4, 2, seed=1).named_parameters()]
    assert len(names) == 64
    assert [names[k] for k in (0, 16, 32, 63)] == ["query.0.0", "key.0.0", "value.0.0", "out.3.3"]


def test_a_seed_gives_the_same_weights_of_variance_1_over_width():
    assert SelfAttention(4, seed=4).state_dict() == SelfAttention(4, rng=np.random.default_rng(4)).state_dict()
    assert SelfAttention(4, seed=4).state_dict() != SelfAttention(4, seed=5).state_dict()
    assert array(SelfAttention(50, seed=0).key).var() == pytest.approx(0.02, rel=0.1)


@each
def test_a_saved_layer_comes_back_to_the_bit(make, tmp_path):
    layer = make()
    twin = load(save(layer, tmp_path / "layer.npz"))
    assert repr(twin) == repr(layer) and twin.state_dict() == layer.state_dict()
    assert array(twin(XS)).tolist() == array(layer(XS)).tolist()


def test_layers_of_attention_are_stacked_by_sequential():
    first, second = SelfAttention(4, seed=1), SelfAttention(4, 2, seed=2)
    assert array(Sequential([first, second])(XS)).tolist() == array(second(first(XS))).tolist()


# --- under jit -----------------------------------------------------------------------------------------------


def gradients(result, layer):
    layer.zero_grad()
    result.backward()
    return [p.grad for p in layer.parameters()]


@each
def test_jit_gives_the_same_numbers_and_gradients(make):
    layer = make()
    one = jit(lambda xs: squares(layer, xs))
    many = jit(lambda batch: mean(vmap(lambda xs: squares(layer, xs))(batch)))
    descent = SGD(layer.parameters(), lr=0.01)
    rng = np.random.default_rng(0)
    for size in (3, 5, 1):
        batch = rng.normal(size=(size, 5, 4))
        plain, total = mean([squares(layer, xs) for xs in batch]), many(batch)
        assert total.data == pytest.approx(plain.data, rel=1e-12)
        assert gradients(total, layer) == pytest.approx(gradients(plain, layer), rel=1e-10, abs=1e-13)
        single, expected = one(batch[0]), squares(layer, batch[0])
        assert single.data == pytest.approx(expected.data, rel=1e-12)
        assert gradients(single, layer) == pytest.approx(gradients(expected, layer), rel=1e-10, abs=1e-13)
        descent.step()
    assert many.cache_info().misses == 1 and one.cache_info().misses == 1


@each
def test_weights_may_be_asked_for_under_jit(make):
    layer = make()
    weights = jit(vmap(layer.weights), grad=False)(np.array([XS, XS[::-1]]))
    np.testing.assert_allclose(weights, [array(layer.weights(xs)) for xs in (XS, XS[::-1])], rtol=1e-12)


@each
def test_the_program_is_dense_and_no_longer_for_a_longer_sequence(make):
    """Five lines: queries, keys and values as one product, scores, what is taken, the last matrix, the loss."""
    layer, calls = make(), set()
    for steps in (4, 7, 12):
        f = jit(lambda batch: mean(vmap(lambda xs: squares(layer, xs))(batch)))
        f(np.random.default_rng(0).normal(size=(3, steps, 4)))
        calls.add(f.stats.array_calls)
        assert len(f.program.lines) <= 5 and " | " not in str(f.program)
        assert f.stats.gathers == 0 or layer.causal
    assert len(calls) == 1


# --- refusals ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("xs", "told"),
    [
        (1.0, r"takes a sequence of rows of 4 numbers, got 1.0; write \[\[...\], \[...\]\]"),
        (None, "got a NoneType"),
        ([1.0, 2.0, 3.0, 4.0], "row 0 is the single 1.0"),
        ([XS[0], [1.0, 2.0, 3.0]], "row 1 has length 3; it needs 4 numbers"),
        (np.ones((3, 5)), "row 0 has length 5; it needs 4 numbers"),
        ([[XS[0]] * 4], "row 0 holds a list; it needs 4 numbers"),
    ],
)
def test_what_is_no_sequence_of_rows_is_refused(xs, told):
    layer = SelfAttention(4, 2, seed=1)
    for call in (layer, layer.weights):
        with pytest.raises(ShapeError, match=told) as error:
            call(xs)
        assert str(error.value).startswith("SelfAttention(4, heads=2, causal=True)")


def test_heads_share_the_width_evenly():
    with pytest.raises(ShapeError, match="3 heads cannot share a width of 4; it needs to be a multiple of 3"):
        SelfAttention(4, 3)


@pytest.mark.parametrize("n", [0, -1, 1.5, True, "3", None])
def test_counts_that_are_no_whole_number_above_0_are_refused(n):
    for make in (lambda: SelfAttention(n), lambda: SelfAttention(4, n)):
        with pytest.raises(ArgumentError, match="it needs a whole number of at least 1"):
            make()
