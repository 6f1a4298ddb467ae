"""Neuron, Layer, Sequential and MLP: their values and gradients against NumPy, and what they refuse."""

import math
import subprocess
import sys

import numpy as np
import pytest

import autograd
from autograd import ArgumentError, Value, gradcheck, topological_order
from nets import ACTIVATIONS, MLP, Layer, Neuron, Sequential, ShapeError, squared_error

IN_NUMPY = {
    "linear": lambda z: z,
    "step": lambda z: np.where(z > 0, 1.0, 0.0),
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "relu": lambda z: np.where(z > 0, z, 0.0),
    "leaky_relu": lambda z: np.where(z > 0, z, 0.01 * z),
    "softplus": lambda z: np.log(1 + np.exp(z)),
}
XS = np.array([0.7, -1.3, 0.2])

every_activation = pytest.mark.parametrize("activation", list(IN_NUMPY))


def matrix(layer):
    """The layer's weights as an array of shape (nout, nin), with zeros where it is not connected, and its biases."""
    weights = np.zeros((len(layer.neurons), layer.neurons[0].nin))
    for row, neuron in zip(weights, layer.neurons, strict=True):
        row[slice(None) if neuron.connections is None else neuron.connections] = [w.data for w in neuron.w]
    return weights, np.array([neuron.b.data for neuron in layer.neurons])


def forward(model, xs):
    """The outputs of an MLP by matrix products."""
    for layer in model.layers:
        weights, biases = matrix(layer)
        xs = IN_NUMPY[layer.neurons[0].activation](weights @ xs + biases)
    return xs


def with_biases(model, seed=5):
    """The model with random biases, which start at 0."""
    rng = np.random.default_rng(seed)
    for path, parameter in model.named_parameters():
        if path.endswith(".b") or path == "b":
            parameter.data = rng.normal()
    return model


# --- values and gradients ------------------------------------------------------------------------------------


def test_the_activations_are_those_of_the_tests():
    assert list(ACTIVATIONS) == ["linear", "step", "sigmoid", "tanh", "relu", "leaky_relu", "softplus"]
    assert set(IN_NUMPY) == set(ACTIVATIONS)


@every_activation
def test_outputs_agree_with_matrix_products(activation):
    model = with_biases(MLP(3, [5, 4, 2], activation, output=activation, seed=3))
    np.testing.assert_allclose([float(y) for y in model(XS)], forward(model, XS), rtol=1e-13, atol=1e-15)
    layer = model.layers[0]
    np.testing.assert_allclose(
        [float(y) for y in layer(XS)], IN_NUMPY[activation](np.dot(*matrix(layer)[:1], XS) + matrix(layer)[1])
    )
    assert float(layer.neurons[2](XS)) == float(layer(XS)[2])


@every_activation
def test_gradients_of_a_whole_model_agree_with_finite_differences(activation):
    model = with_biases(MLP(3, [4, 3, 2], activation, seed=3))
    found = gradcheck(lambda: squared_error(model(XS), [0.3, -0.4]), model.parameters())
    assert found.checked == 16 + 15 + 8 and found.kinks == ()
    inputs = [Value(x) for x in XS]
    assert gradcheck(lambda: squared_error(model(inputs), [0.3, -0.4]), inputs).checked == 3


def test_a_function_may_be_the_activation():
    neuron = Neuron(3, activation=lambda z: z * z, seed=1)
    assert float(neuron(XS)) == pytest.approx(float(np.dot([w.data for w in neuron.w], XS)) ** 2)
    assert float(Neuron(3, autograd.sin, seed=1)(XS)) == pytest.approx(np.sin(np.dot([w.data for w in neuron.w], XS)))


def test_a_neuron_is_one_dot_node_and_its_activation():
    model = MLP(3, [4, 2], "tanh", seed=0)
    outputs = model([Value(x) for x in XS])
    inner = [node.op.name for node in topological_order(*outputs) if node.op is not None]
    assert sorted(inner) == ["dot"] * 6 + ["tanh"] * 4
    assert outputs[0].op.name == "dot" and len(outputs[0].args) == 2 * 4 + 1


def test_one_output_gives_a_value_and_more_a_list():
    assert isinstance(MLP(3, [4, 1], seed=0)(XS), Value)
    assert isinstance(Sequential([Layer(3, 1, seed=0)])(XS), Value)
    assert isinstance(Sequential([Layer(3, 2, seed=0), Neuron(2, seed=0)])(XS), Value)
    outputs = MLP(3, [4, 2], seed=0)(XS)
    assert isinstance(outputs, list) and [type(y) for y in outputs] == [Value, Value]
    assert isinstance(Layer(3, 1, seed=0)(XS), list)


def test_sequential_passes_on_what_each_layer_gives():
    first, second = Layer(3, 2, "tanh", seed=1), Layer(2, 2, "relu", seed=2)
    nested = Sequential([first, Sequential([second]), lambda ys: [y * 2 for y in ys]])
    assert [float(y) for y in nested(XS)] == [2 * float(y) for y in second(first(XS))]
    assert nested.parameters() == first.parameters() + second.parameters()


# --- inputs --------------------------------------------------------------------------------------------------

FORMS = {
    "list": list,
    "tuple": tuple,
    "generator": lambda xs: (x for x in xs),
    "floats": lambda xs: xs.tolist(),
    "float array": lambda xs: xs,
    "strided view": lambda xs: np.repeat(xs, 2)[::2],
    "object array": lambda xs: xs.astype(object),
    "Values": lambda xs: [Value(x) for x in xs],
    "array of Values": lambda xs: np.array([Value(x) for x in xs]),
    "Values among floats": lambda xs: [Value(xs[0]), *xs[1:].tolist()],
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_input_gives_the_same_output_and_gradients(form):
    model, plain = (with_biases(MLP(3, [5, 1], "tanh", seed=3)) for _ in range(2))
    expected = plain(XS.tolist())
    got = model(FORMS[form](XS))
    assert float(got) == pytest.approx(float(expected), rel=1e-12)
    got.backward()
    expected.backward()
    assert [p.grad for p in model.parameters()] == pytest.approx([p.grad for p in plain.parameters()], rel=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.int64, np.uint8, bool])
def test_number_arrays_of_any_dtype_are_inputs(dtype):
    xs = np.array([1, 0, 1]).astype(dtype)
    model = MLP(3, [2, 1], "tanh", seed=0)
    assert float(model(xs)) == pytest.approx(float(model([1.0, 0.0, 1.0])), rel=1e-12)
    assert type(model(xs).data) is float


@pytest.mark.parametrize("connections", [None, [0, 2]])
def test_changing_the_inputs_after_the_call_changes_nothing_in_backward(connections):
    xs = XS.copy()
    neuron = Neuron(3, "linear", seed=0, connections=connections)
    out = neuron(xs)
    xs[:] = 1e6
    out.backward()
    assert [w.grad for w in neuron.w] == XS[slice(None) if connections is None else connections].tolist()


WRONG_INPUTS = [
    ([1.0], "takes 3 inputs, got 1"),
    ([], "takes 3 inputs, got 0"),
    ([1.0] * 4, "takes 3 inputs, got 4"),
    ((1.0, 2.0), "takes 3 inputs, got 2"),
    (np.ones(4), "takes 3 inputs, got 4"),
    ([Value(1.0), Value(2.0)], "takes 3 inputs, got 2"),
    (np.ones((3, 1)), r"takes 3 inputs in a flat row, got an array of shape \(3, 1\)"),
    (np.ones((1, 3)), r"takes 3 inputs in a flat row, got an array of shape \(1, 3\)"),
    (np.float64(1.0), r"takes a list of 3 inputs, got the single np.float64\(1.0\); write \[...\] around it"),
    (1.0, "takes a list of 3 inputs, got the single 1.0"),
    (Value(1.0), r"takes a list of 3 inputs, got the single Value\(1.0\)"),
    (None, "takes a list of 3 inputs, got the single None"),
]


@pytest.mark.parametrize(
    "make",
    [lambda: Neuron(3), lambda: Layer(3, 2), lambda: MLP(3, [2, 1]), lambda: Layer(3, 2, connections=[[0], [1]])],
)
def test_a_wrong_number_of_inputs_states_expected_and_got(make):
    for xs, message in WRONG_INPUTS:
        with pytest.raises(ShapeError, match=message):
            make()(xs)
    with pytest.raises(ShapeError, match="takes 3 inputs, got 2"):
        make()(x for x in [1.0, 2.0])


@pytest.mark.parametrize("xs", [[None, 1, 2], ["1", 2, 3], [[1], [2], [3]], [1j, 2, 3], np.array(["a", "b", "c"])])
def test_inputs_that_are_no_numbers_are_refused(xs):
    with pytest.raises(TypeError, match="takes one real number, got"):
        MLP(3, [2, 1], seed=0)(xs)


@pytest.mark.parametrize("xs", ["abc", {1.0, 2.0, 3.0}, {1.0: 1, 2.0: 2, 3.0: 3}])
def test_inputs_without_an_order_of_numbers_are_refused(xs):
    with pytest.raises(ShapeError, match=r"takes a list of 3 inputs in order, got a (str|set|dict)"):
        MLP(3, [2, 1], seed=0)(xs)


def test_an_int_beyond_the_floats_is_refused():
    with pytest.raises(TypeError, match="too large for a float"):
        Neuron(2, seed=0)([10**400, 1])


def test_an_activation_that_leaves_the_graph_is_refused():
    with pytest.raises(ArgumentError, match=r"tanh.* makes a plain number of a Value; use one such as autograd.tanh"):
        MLP(2, [3, 1], activation=math.tanh)


def test_an_activation_given_as_a_function_starts_like_its_name():
    assert Neuron(3, autograd.relu, seed=1).w[0].data == Neuron(3, "relu", seed=1).w[0].data


def test_a_single_output_is_one_input_of_the_next_layer():
    hidden = Layer(2, 1, "tanh", seed=1)
    flat = Sequential([hidden, Layer(1, 3, seed=2)])
    nested = Sequential([Sequential([hidden]), flat.layers[1]])
    assert [float(y) for y in nested([0.3, -0.2])] == [float(y) for y in flat([0.3, -0.2])]


def test_layers_that_do_not_fit_together_name_the_one_that_is_asked():
    with pytest.raises(ShapeError, match=r"Layer\(4, 1, 'relu'\) takes 4 inputs, got 3"):
        Sequential([Layer(2, 3, seed=0), Layer(4, 1, seed=0)])([1.0, 2.0])


# --- sparse connections --------------------------------------------------------------------------------------


def test_a_mask_and_a_list_of_indices_wire_the_same_neuron():
    by_index = Neuron(4, seed=1, connections=[1, 3])
    for mask in ([False, True, False, True], np.array([False, True, False, True])):
        by_mask = Neuron(4, seed=1, connections=mask)
        assert by_mask.connections == [1, 3] and by_mask.state_dict() == by_index.state_dict()
        assert float(by_mask(range(4))) == float(by_index(range(4)))
    assert len(by_index.w) == 2 and "2 connections" in repr(by_index)


def test_indices_keep_the_order_in_which_they_are_given():
    neuron = Neuron(3, "linear", seed=1, connections=[2, 0])
    assert float(neuron(XS)) == pytest.approx(neuron.w[0].data * XS[2] + neuron.w[1].data * XS[0])


def test_inputs_that_are_not_connected_get_no_gradient_and_do_not_matter():
    layer = Layer(4, 2, "tanh", seed=1, connections=[[0, 1], [1]])
    xs = [Value(x) for x in (0.5, -0.4, 0.3, 0.2)]
    first, second = layer(xs)
    assert xs[2] not in topological_order(first, second) and xs[0] not in topological_order(second)
    (first + second).backward()
    assert xs[0].grad != 0.0 and xs[1].grad != 0.0 and (xs[2].grad, xs[3].grad) == (0.0, 0.0)
    assert float(layer([0.5, -0.4, 9.0, -9.0])[0]) == float(layer([0.5, -0.4, 0.3, 0.2])[0])


@pytest.mark.parametrize("connections", [[[0, 2], [], [1]], np.array([[1, 0, 1], [0, 0, 0], [0, 1, 0]], dtype=bool)])
def test_a_sparse_layer_has_one_weight_per_connection_and_agrees_with_a_masked_matrix(connections):
    layer = with_biases(Layer(3, 3, "tanh", seed=2, connections=connections))
    assert len(layer.parameters()) == 3 + 3 and "sparse" in repr(layer)
    weights, biases = matrix(layer)
    assert np.count_nonzero(weights) == 3
    np.testing.assert_allclose([float(y) for y in layer(XS)], np.tanh(weights @ XS + biases), rtol=1e-13)
    assert gradcheck(lambda: squared_error(layer(XS), [0.1, 0.2, 0.3]), layer.parameters()).checked == 6


def test_a_single_neuron_of_a_layer_may_be_sparse():
    layer = Layer(3, 2, seed=1, connections=[None, [0]])
    assert [len(neuron.w) for neuron in layer.neurons] == [3, 1]


@pytest.mark.parametrize(
    ("connections", "message"),
    [
        ([3], "index from 0 to 2"),
        ([-1], "index from 0 to 2"),
        ([0.0], "index from 0 to 2"),
        ([True, 0], "index from 0 to 2, or all booleans"),
        ("012", "index from 0 to 2"),
        ([[0, 1]], "index from 0 to 2"),
        ([1, 1], "stands there twice"),
        ([True, False], "a mask of 2 booleans does not fit 3 inputs"),
        (1, "connections is 1; a neuron needs a list"),
        (True, "connections is True"),
    ],
)
def test_connections_that_do_not_fit_are_refused(connections, message):
    with pytest.raises(ShapeError, match=message):
        Neuron(3, connections=connections)
    with pytest.raises(ShapeError, match=message):
        Layer(3, 2, connections=[[0], connections])


@pytest.mark.parametrize(
    ("connections", "message"),
    [
        ([[0]], "for 1 neurons, but there are 2"),
        (np.ones((3, 2), dtype=bool), "for 3 neurons, but there are 2"),
        (5, "connections is 5; give a list"),
        ([True, False], "connections is True"),
    ],
)
def test_a_layer_needs_one_entry_of_connections_for_each_neuron(connections, message):
    with pytest.raises(ShapeError, match=message):
        Layer(3, 2, connections=connections)


# --- randomness ----------------------------------------------------------------------------------------------


def test_one_seed_gives_one_model_to_the_bit_in_every_process():
    code = "from nets import MLP; print([x.hex() for x in MLP(3, [4, 1], 'tanh', seed=7).state_dict().values()])"
    here = str([x.hex() for x in MLP(3, [4, 1], "tanh", seed=7).state_dict().values()])
    there = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert there == here
    assert MLP(3, [4, 1], seed=8).state_dict() != MLP(3, [4, 1], seed=7).state_dict()


@pytest.mark.parametrize(
    "make", [lambda **k: Neuron(3, **k), lambda **k: Layer(3, 2, **k), lambda **k: MLP(3, [2, 2], **k)]
)
def test_rng_and_seed_name_the_same_numbers_and_rng_goes_on(make):
    rng = np.random.default_rng(7)
    first, second = make(rng=rng).state_dict(), make(rng=rng).state_dict()
    assert first == make(seed=7).state_dict() and second != first
    assert make().state_dict() != make().state_dict()
    with pytest.raises(ArgumentError, match="rng or seed, not both"):
        make(rng=rng, seed=1)
    with pytest.raises(ArgumentError, match="rng is 3; it needs a NumPy generator"):
        make(rng=3)
    for seed in (-1, "a", 1.5):
        with pytest.raises(ArgumentError, match=f"seed is {seed!r}; it needs a whole number"):
            make(seed=seed)


@pytest.mark.parametrize(
    ("activation", "gain"), [("relu", 2), ("leaky_relu", 2), ("softplus", 2), ("tanh", 1), ("linear", 1)]
)
def test_weights_start_with_the_variance_that_the_activation_asks_for_and_biases_at_0(activation, gain):
    neuron = Neuron(20_000, activation, seed=0)
    weights = np.array([w.data for w in neuron.w])
    assert weights.var() == pytest.approx(gain / 20_000, rel=0.05) and abs(weights.mean()) < 5 * weights.std() / 141
    assert neuron.b.data == 0.0


# --- arguments -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [0, -1, 1.5, True, "3", None, [3]])
def test_counts_that_are_no_whole_number_above_0_are_refused(n):
    for make in (
        lambda: Neuron(n),
        lambda: Layer(2, n),
        lambda: Layer(n, 2),
        lambda: MLP(n, [2]),
        lambda: MLP(2, [3, n]),
    ):
        with pytest.raises(ArgumentError, match="it needs a whole number of at least 1"):
            make()


@pytest.mark.parametrize("nouts", [16, "16", None, []])
def test_mlp_needs_a_list_of_widths(nouts):
    with pytest.raises(ShapeError, match=r"it needs the width of each layer, such as \[16, 16, 1\]"):
        MLP(2, nouts)


def test_widths_may_come_as_an_array_or_a_generator():
    models = [MLP(2, widths, seed=0) for widths in ([3, 1], (3, 1), np.array([3, 1]), (w for w in (3, 1)))]
    assert {repr(model) for model in models} == {"MLP(2, [3, 1], 'relu', 'linear')"}


@pytest.mark.parametrize("activation", ["tnah", None, 3, ["relu"]])
def test_an_unknown_activation_lists_the_known_ones(activation):
    with pytest.raises(ArgumentError, match="there are linear, step, sigmoid, tanh, relu, leaky_relu, softplus"):
        Neuron(2, activation)


def test_sequential_takes_a_list_of_layers_only():
    with pytest.raises(ArgumentError, match="Sequential takes layers, got 3"):
        Sequential([Layer(2, 2), 3])
    with pytest.raises(ArgumentError, match=r"takes a list of layers, got Layer\(2, 2, 'relu'\)"):
        Sequential(Layer(2, 2))
