"""RNN and LSTM: against PyTorch's numbers, NumPy and finite differences; as array programs; and what they refuse."""

import json
import math

import numpy as np
import pytest

from autograd import ArgumentError, Value, draw, gradcheck, jit, mean, sum, topological_order, tree, vmap
from autograd.jit.program import Contract
from nets import ACTIVATIONS, LSTM, RNN, SGD, Layer, ShapeError, load, save
from tests.reference.make_sequences import FILE, RECURRENT, by_glassgrad, by_torch, flat

ANSWERS = json.loads(FILE.read_text())
XS = [[0.7, -1.3], [0.2, 0.4], [-0.6, 1.1]]

LAYERS = {
    "rnn": lambda: RNN(2, 3, seed=1),
    "sigmoid rnn": lambda: RNN(2, 3, "sigmoid", seed=1),
    "lstm": lambda: LSTM(2, 3, seed=1),
}
each = pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)
every_kind = pytest.mark.parametrize("kind", [RNN, LSTM])


def numbers(nested):
    return [float(x) for x in flat(nested)]


def squares(layer, xs=XS, state=None):
    """A loss that everything that comes back has a part in."""
    return sum([y * y for y in flat(list(layer(xs, state)))])


def moved(layer, seed=5):
    """The layer with biases too that are no round numbers."""
    rng = np.random.default_rng(seed)
    for parameter in layer.parameters():
        parameter.data += rng.normal(0.0, 0.3)
    return layer


# --- the numbers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", RECURRENT)
def test_outputs_states_and_gradients_are_those_that_pytorch_gave(name):
    ours = by_glassgrad(RECURRENT[name])
    assert ours["back"] == pytest.approx(ANSWERS[name]["back"], rel=1e-12, abs=1e-14)
    assert ours["gradient"] == pytest.approx(ANSWERS[name]["gradient"], rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("name", RECURRENT)
def test_pytorch_gives_the_stored_numbers(name):
    pytest.importorskip("torch")
    theirs = by_torch(RECURRENT[name])
    for what, answer in ANSWERS[name].items():
        assert theirs[what] == pytest.approx(answer, rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_an_rnn_follows_its_equation(activation):
    rnn = moved(RNN(2, 3, activation, seed=2))
    w, b = np.array(rnn.w, dtype=float), np.array(rnn.b, dtype=float)
    h = np.zeros(3)
    for x, ours in zip(XS, rnn(XS)[0], strict=True):
        h = np.array([ACTIVATIONS[activation](z) for z in w @ np.concatenate([x, h]) + b])
        np.testing.assert_allclose(numbers(ours), h, rtol=1e-12)


def test_an_lstm_follows_its_equations():
    lstm = moved(LSTM(2, 3, seed=2))
    h, c = np.zeros(3), np.zeros(3)
    for t, x in enumerate(XS):
        z = {
            gate: np.array(lstm.w[gate], dtype=float) @ np.concatenate([x, h]) + np.array(lstm.b[gate], dtype=float)
            for gate in ("input", "forget", "output", "candidate")
        }
        i, f, o = (1 / (1 + np.exp(-z[gate])) for gate in ("input", "forget", "output"))
        c = f * c + i * np.tanh(z["candidate"])
        h = o * np.tanh(c)
        outputs, (ours, cells) = lstm(XS[: t + 1])
        np.testing.assert_allclose([numbers(outputs[-1]), numbers(ours), numbers(cells)], [h, h, c], rtol=1e-12)


@each
def test_gradients_agree_with_finite_differences(make):
    layer = moved(make())
    assert gradcheck(lambda: squares(layer), layer.parameters()).checked == len(layer.parameters())
    _, state = layer(XS)
    inputs = [[Value(x) for x in row] for row in XS]
    start = [Value(float(x)) for x in flat(state)]
    given = start if isinstance(layer, RNN) else (start[:3], start[3:])
    found = gradcheck(lambda: squares(layer, inputs, given), [*flat(inputs), *start])
    assert found.checked == 6 + len(start)


@every_kind
def test_second_derivatives_agree_with_finite_differences(kind):
    layer = moved(kind(1, 1, seed=1))
    found = gradcheck(lambda: squares(layer, [[0.5], [-1.0]]), layer.parameters(), order=2)
    assert found.checked >= len(layer.parameters())


def test_an_open_forget_gate_keeps_a_gradient_that_a_plain_rnn_loses():
    """The gradient of the last state in the first input, 30 steps before it."""
    slopes = {}
    for kind in (RNN, LSTM):
        layer = kind(1, 1, seed=3)
        if kind is LSTM:
            layer.b["forget"][0].data = 6.0  # f = 0.998
        first = Value(1.0)
        outputs, _ = layer([[first], *[[0.0]] * 30])
        outputs[-1][0].backward()
        slopes[kind] = abs(first.grad)
    assert slopes[LSTM] > 1e-3 and slopes[RNN] < 1e-6


# --- sequences and states ------------------------------------------------------------------------------------


@each
def test_reading_on_from_a_state_is_reading_at_once(make):
    layer = make()
    outputs, state = layer(XS)
    first, middle = layer(XS[:1])
    rest, last = layer(XS[1:], middle)
    assert numbers(first + rest) == numbers(outputs)
    assert numbers([last]) == numbers([state])


@each
def test_steps_one_by_one_are_the_whole_sequence(make):
    layer = make()
    state, hs = None, []
    for x in XS:
        h, state = layer.step(x, state)
        hs.append(h)
    outputs, last = layer(XS)
    assert numbers(hs) == numbers(outputs) and numbers([state]) == numbers([last])


def test_what_comes_back():
    outputs, state = RNN(2, 3, seed=1)(XS)
    assert [len(h) for h in outputs] == [3, 3, 3] and state is outputs[-1]
    outputs, (h, c) = LSTM(2, 3, seed=1)(XS)
    assert [len(h) for h in outputs] == [3, 3, 3] and h is outputs[-1] and len(c) == 3
    assert isinstance(outputs[0], list) and isinstance(outputs[0][0], Value)


@each
def test_an_empty_sequence_gives_no_outputs_and_the_state_it_started_from(make):
    layer = make()
    _, state = layer(XS)
    assert numbers([layer([])[1]]) == [0.0] * len(flat([state]))
    outputs, same = layer([], state)
    assert outputs == [] and flat([same]) == flat([state])


FORMS = {
    "array": np.array,
    "float32": lambda xs: np.array(xs, dtype=np.float32).astype(np.float64),
    "object array": lambda xs: np.array(xs, dtype=object),
    "rows that are arrays": lambda xs: [np.array(x) for x in xs],
    "tuples": lambda xs: tuple(map(tuple, xs)),
    "generator": lambda xs: (iter(x) for x in xs),
    "Values": lambda xs: [[Value(x) for x in row] for row in xs],
}


@every_kind
@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_sequence_gives_the_same_outputs(kind, form):
    layer = kind(2, 3, seed=1)
    given = FORMS[form](XS)
    tolerance = 1e-6 if form == "float32" else 1e-14
    assert numbers(layer(given)[0]) == pytest.approx(numbers(layer(XS)[0]), rel=tolerance)


@every_kind
def test_whole_numbers_and_booleans_are_inputs(kind):
    layer = kind(2, 3, seed=1)
    expected = numbers(layer([[1.0, 0.0]])[0])
    for row in ([1, 0], [True, False], np.array([1, 0]), np.array([True, False]), np.array([1, 0], dtype=np.uint8)):
        assert numbers(layer([row])[0]) == expected


# --- in numbers, nodes and names -----------------------------------------------------------------------------


def test_sizes_and_paths():
    rnn, lstm = RNN(2, 3, seed=1), LSTM(2, 3, seed=1)
    assert len(rnn.parameters()) == 3 * 5 + 3 and len(lstm.parameters()) == 4 * (3 * 5 + 3)
    names = [name for name, _ in rnn.named_parameters()]
    assert names[0] == "w.0.0" and names[-1] == "b.2"
    names = [name for name, _ in lstm.named_parameters()]
    assert names[0] == "w.input.0.0" and names[15] == "w.forget.0.0" and names[-1] == "b.candidate.2"
    assert lstm.w["forget"][1][0].label == "w.forget.1.0"


def test_a_step_is_few_nodes():
    def ops(layer):
        outputs, _ = layer(XS[:2])
        return sorted(node.op.name for node in topological_order(*flat(outputs)) if node.op is not None)

    assert ops(RNN(2, 3, seed=1)) == ["dot"] * 6 + ["tanh"] * 6
    counts = {"dot": 24, "sigmoid": 18, "tanh": 12, "mul": 18, "add": 6}
    assert ops(LSTM(2, 3, seed=1)) == sorted(name for name, count in counts.items() for _ in range(count))


def test_the_unrolled_net_can_be_drawn_and_read():
    outputs, _ = RNN(1, 1, seed=1)([[1.0], [0.5]])
    assert "v3 = 0.2614 = w.0.0 * 0.5 + w.0.1 * v2 + b.0" in tree(outputs[-1][0])
    assert "<B>w.0.1</B>" in draw(outputs[-1][0]).source


@every_kind
def test_a_seed_gives_the_same_weights_and_a_generator_goes_on(kind):
    assert kind(2, 3, seed=4).state_dict() == kind(2, 3, seed=4).state_dict()
    assert kind(2, 3, seed=4).state_dict() == kind(2, 3, rng=np.random.default_rng(4)).state_dict()
    assert kind(2, 3, seed=4).state_dict() != kind(2, 3, seed=5).state_dict()
    with pytest.raises(ArgumentError, match="rng or seed, not both"):
        kind(2, 3, rng=np.random.default_rng(4), seed=4)


def test_weights_start_with_variance_1_over_n_and_only_forget_gates_start_open():
    lstm = LSTM(60, 40, seed=0)
    weights = np.array([p.data for name, p in lstm.named_parameters() if name.startswith("w.")])
    assert weights.var() == pytest.approx(0.01, rel=0.05)
    biases = {gate: {float(b) for b in lstm.b[gate]} for gate in lstm.b}
    assert biases == {"input": {0.0}, "forget": {1.0}, "output": {0.0}, "candidate": {0.0}}
    rnn = RNN(60, 40, seed=0)
    assert np.array(rnn.w, dtype=float).var() == pytest.approx(0.01, rel=0.1)
    assert {float(b) for b in rnn.b} == {0.0}


@each
def test_a_saved_layer_comes_back_to_the_bit(make, tmp_path):
    layer = moved(make())
    twin = load(save(layer, tmp_path / "layer.npz"))
    assert repr(twin) == repr(layer) and twin.state_dict() == layer.state_dict()
    assert numbers(twin(XS)[0]) == numbers(layer(XS)[0])


# --- under jit -----------------------------------------------------------------------------------------------


def gradients(result, layer):
    layer.zero_grad()
    result.backward()
    return [p.grad for p in layer.parameters()]


@each
def test_jit_gives_the_same_numbers_and_gradients(make):
    layer = moved(make())
    one = jit(lambda xs: squares(layer, xs))
    many = jit(lambda batch: mean(vmap(lambda xs: squares(layer, xs))(batch)))
    descent = SGD(layer.parameters(), lr=0.01)
    rng = np.random.default_rng(0)
    for size in (3, 5, 1):
        batch = rng.normal(size=(size, 4, 2))
        plain = mean([squares(layer, xs) for xs in batch])
        total = many(batch)
        assert total.data == pytest.approx(plain.data, rel=1e-12)
        assert gradients(total, layer) == pytest.approx(gradients(plain, layer), rel=1e-10, abs=1e-13)
        single, expected = one(batch[0]), squares(layer, batch[0])
        assert single.data == pytest.approx(expected.data, rel=1e-12)
        assert gradients(single, layer) == pytest.approx(gradients(expected, layer), rel=1e-10, abs=1e-13)
        descent.step()
    assert many.cache_info().misses == 1 and one.cache_info().misses == 1


@each
def test_outputs_and_state_come_out_of_a_jitted_call_as_arrays_and_go_in_again(make):
    layer = make()
    read = jit(lambda xs, state: layer(xs, state), grad=False)
    _, start = layer(XS)
    state = np.array(start, dtype=float)
    for xs in (np.array(XS), np.array(XS) ** 2, -np.array(XS)):
        expected, after = layer(xs, state)
        outputs, state = read(xs, state)
        np.testing.assert_allclose(outputs, np.array(expected, dtype=float), rtol=1e-12)
        np.testing.assert_allclose(state, np.array(after, dtype=float), rtol=1e-12)
    assert read.cache_info().misses == 1


@each
def test_vmap_maps_over_sequences(make):
    layer = make()
    batch = np.random.default_rng(0).normal(size=(4, 5, 2))
    outputs = jit(vmap(lambda xs: layer(xs)[0]), grad=False)(batch)
    np.testing.assert_allclose(outputs, [np.array(layer(xs)[0], dtype=float) for xs in batch], rtol=1e-12)


def products(f):
    """The contractions of two factors in the forward program that sum over something."""
    return [
        i
        for i in f._last.program.forward
        if isinstance(i, Contract)
        and len(i.factors) == 2
        and any(size != 1 and not stride for size, stride in zip(i.sizes, i.out.strides, strict=True))
    ]


@each
@pytest.mark.parametrize("steps", [3, 6])
def test_a_step_is_one_product_with_the_row_and_one_with_the_state(make, steps):
    """For an LSTM that is the product of all four gates."""
    layer, read = make(), Layer(3, 1, "linear", seed=2)
    f = jit(lambda batch: mean(vmap(lambda xs: read(layer(xs)[0][-1])[0])(batch)))
    f(np.random.default_rng(0).normal(size=(4, steps, 2)))
    assert len(products(f)) == steps + (steps - 1) + 1  # no state before the first; one for the reading
    assert f.stats.gathers == 0 and " | " not in str(f.program)


def test_the_program_of_an_rnn_reads_like_its_equation():
    rnn = RNN(2, 3, seed=1)
    f = jit(lambda batch: mean(vmap(lambda xs: sum(rnn(xs)[0][-1]))(batch)))
    f(np.ones((4, 2, 2)))
    assert "tanh(batch[:, 1] @ w.T + h1 @ w.T + b)" in str(f.program)


# --- refusals ------------------------------------------------------------------------------------------------


@each
@pytest.mark.parametrize(
    ("xs", "told"),
    [
        (1.0, r"takes a sequence of rows of 2 numbers, got 1.0; write \[\[...\], \[...\]\]"),
        (None, "takes a sequence of rows of 2 numbers, got a NoneType"),
        ("ab", "takes a sequence of rows of 2 numbers, got a str"),
        ({1: [1.0, 2.0]}, "got a dict"),
        ([1.0, 2.0], r"row 0 is the single 1.0; write \[...\] around it"),
        ([[1.0, 2.0], [1.0, 2.0, 3.0]], "row 1 has length 3; it needs 2 numbers"),
        ([[1.0, 2.0], []], "row 1 has length 0; it needs 2 numbers"),
        (np.ones((3, 4)), "row 0 has length 4; it needs 2 numbers"),
        (np.ones((3, 2, 2)), "row 0 holds a ndarray; it needs 2 numbers"),
        ([[1.0, None]], "row 0 holds a NoneType; it needs 2 numbers"),
        ([[1.0, "2"]], "row 0 holds a str; it needs 2 numbers"),
        ([{1.0, 2.0}], "row 0 is a set"),
        (Value(1.0), "got Value"),
        (np.array(1.0), "got a ndarray"),
        ([np.array(1.0)], "row 0 is a ndarray"),
    ],
)
def test_what_is_no_sequence_of_rows_is_refused(make, xs, told):
    with pytest.raises(ShapeError, match=told) as error:
        make()(xs)
    assert "(2, 3" in str(error.value)


@each
def test_a_step_takes_a_row(make):
    layer = make()
    for x, told in (([1.0], "has length 1; it needs 2 numbers"), (1.0, "is the single 1.0"), (XS, "holds a list")):
        with pytest.raises(ShapeError, match=told):
            layer.step(x if told != "holds a list" else XS[:2])


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ([1.0, 2.0], r"RNN\(2, 3, 'tanh'\): the h of the state has length 2; it needs 3 numbers"),
        (0.0, "the h of the state is the single 0.0"),
        (([0.0] * 3, [0.0] * 3), "the h of the state has length 2"),
        ([[0.0] * 3] * 3, "the h of the state holds a list"),
    ],
)
def test_an_rnn_refuses_another_state(state, told):
    for call in (lambda rnn: rnn(XS, state), lambda rnn: rnn.step(XS[0], state)):
        with pytest.raises(ShapeError, match=told):
            call(RNN(2, 3, seed=1))


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ([0.0] * 3, r"LSTM\(2, 3\): a state is a pair \(h, c\) of 3 numbers each, got 3 of them"),
        (0.0, "got a float"),
        ([], "got a list"),
        (np.zeros((3, 3)), "got 3 of them"),
        (([0.0] * 3, [0.0]), "the c of the state has length 1; it needs 3 numbers"),
        (([0.0] * 4, [0.0] * 3), "the h of the state has length 4; it needs 3 numbers"),
        ((0.0, 0.0), "the h of the state is the single 0.0"),
    ],
)
def test_an_lstm_refuses_another_state(state, told):
    for call in (lambda lstm: lstm(XS, state), lambda lstm: lstm.step(XS[0], state)):
        with pytest.raises(ShapeError, match=told):
            call(LSTM(2, 3, seed=1))


@every_kind
@pytest.mark.parametrize("n", [0, -1, 1.5, True, "3", None])
def test_counts_that_are_no_whole_number_above_0_are_refused(kind, n):
    for make in (lambda: kind(n, 2), lambda: kind(2, n)):
        with pytest.raises(ArgumentError, match="it needs a whole number of at least 1"):
            make()


@pytest.mark.parametrize("activation", ["tnah", None, math.tanh, ["tanh"]])
def test_an_unknown_activation_lists_the_known_ones(activation):
    with pytest.raises(ArgumentError, match="there are linear, step, sigmoid, tanh, relu, leaky_relu, softplus"):
        RNN(2, 3, activation)
