"""RMSNorm and LayerNorm: against PyTorch's numbers and finite differences; as array programs; and what they refuse."""

import copy
import pickle
import re

import numpy as np
import pytest

from autograd import ArgumentError, Value, gradcheck, jit, mean, sum, vmap
from nets import SGD, Layer, LayerNorm, RMSNorm, Sequential, ShapeError, fit, load, save, squared_error
from tests.reference.make_layers import NORMS, assert_same, by_glassgrad, by_torch, stored

XS = np.array([0.7, -1.3, 0.2, 2.0])

each = pytest.mark.parametrize("kind", [RMSNorm, LayerNorm])


def numbers(xs):
    return np.array([float(x) for x in xs])


def moved(norm):
    """The norm with gains and biases that are no round numbers."""
    rng = np.random.default_rng(5)
    for parameter in norm.parameters():
        parameter.data += rng.normal(0.0, 0.3)
    return norm


# --- the numbers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NORMS)
def test_outputs_and_gradients_are_those_that_pytorch_gave(name):
    assert_same(by_glassgrad(NORMS[name]), stored(name))


@pytest.mark.parametrize("name", NORMS)
def test_pytorch_gives_the_stored_numbers(name):
    pytest.importorskip("torch")
    assert_same(by_torch(NORMS[name]), stored(name))


def test_what_comes_out_of_rms_norm_has_a_mean_square_of_one():
    out = numbers(RMSNorm(4, eps=0.0)(XS * 100.0))
    assert np.mean(out**2) == pytest.approx(1.0, rel=1e-12)
    assert np.all(np.sign(out) == np.sign(XS))


def test_what_comes_out_of_layer_norm_has_mean_zero_and_variance_one():
    out = numbers(LayerNorm(4, eps=0.0)(XS * 100.0 + 7.0))
    assert np.mean(out) == pytest.approx(0.0, abs=1e-12) and np.var(out) == pytest.approx(1.0, rel=1e-12)


@each
def test_the_scale_of_the_inputs_does_not_matter(kind):
    norm = moved(kind(4, eps=0.0))
    np.testing.assert_allclose(numbers(norm(XS * 1e6)), numbers(norm(XS)), rtol=1e-12)


@each
def test_equal_inputs_do_not_divide_by_zero(kind):
    assert np.all(np.isfinite(numbers(kind(3)([0.0, 0.0, 0.0]))))
    assert numbers(LayerNorm(3)([4.0, 4.0, 4.0])).tolist() == [0.0, 0.0, 0.0]


@each
@pytest.mark.parametrize("order", [1, 2])
def test_gradients_agree_with_finite_differences(kind, order):
    norm, xs = moved(kind(3)), [Value(x) for x in XS[:3]]
    variables = [*norm.parameters(), *xs]
    found = gradcheck(lambda: sum([y * y.tanh() for y in norm(xs)]), variables, order=order)
    assert found.checked == len(variables) * (1 if order == 1 else 1 + len(variables))


# --- inputs --------------------------------------------------------------------------------------------------


@each
@pytest.mark.parametrize(
    "form",
    [list, tuple, iter, np.copy, lambda xs: xs.astype(object), lambda xs: list(map(Value, xs)), lambda xs: xs.tolist()],
)
def test_every_form_of_input_gives_the_same_output(kind, form):
    norm = moved(kind(4))
    np.testing.assert_allclose(numbers(norm(form(XS))), numbers(norm(XS.tolist())), rtol=1e-14)


@each
@pytest.mark.parametrize("dtype", [np.float32, np.int64, np.uint8, bool])
def test_number_arrays_of_any_dtype_are_inputs(kind, dtype):
    xs = np.array([1, 0, 1]).astype(dtype)
    np.testing.assert_array_equal(numbers(kind(3)(xs)), numbers(kind(3)([1.0, 0.0, 1.0])))


@each
@pytest.mark.parametrize(
    ("xs", "message"),
    [
        ([1.0, 2.0], "takes 3 inputs, got 2"),
        ([], "takes 3 inputs, got 0"),
        (np.ones(4), "takes 3 inputs, got 4"),
        (1.0, r"takes a list of 3 inputs, got 1\.0"),
        (Value(1.0), r"takes a list of 3 inputs, got Value\(1\.0\)"),
        (None, "takes a list of 3 inputs, got None"),
        ("abc", "takes a list of 3 inputs, got 'abc'"),
        ({1.0, 2.0, 3.0}, "takes a list of 3 inputs, got {"),
        (np.ones((3, 2)), "takes 3 numbers in a flat list, got a list in it"),
        ([1.0, "2", 3.0], "takes 3 numbers in a flat list, got a str in it"),
        (np.float64(1.0), "takes a list of 3 inputs"),
        (np.array(1.0), "takes a list of 3 inputs"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_was_got_and_what_is_needed(kind, xs, message):
    with pytest.raises(ShapeError, match=rf"{kind.__name__}\(3\) {message}"):
        kind(3)(xs)


@each
def test_widths_and_eps_that_are_none_are_refused(kind):
    with pytest.raises(ArgumentError, match=r"Norm: width is 0; it needs a whole number of at least 1"):
        kind(0)
    for eps in (-1e-5, float("inf"), "small"):
        with pytest.raises(ArgumentError, match=r"Norm: eps is .*; it needs a finite number of at least 0"):
            kind(3, eps)


@each
def test_a_norm_comes_back_from_its_file_and_from_copies(kind, tmp_path):
    norm = moved(kind(4, eps=0.25))
    for twin in (load(save(norm, tmp_path / "norm")), copy.deepcopy(norm), pickle.loads(pickle.dumps(norm))):
        assert repr(twin) == f"{kind.__name__}(4)" and twin.eps == 0.25
        assert numbers(twin(XS)).tolist() == numbers(norm(XS)).tolist()


def test_parameters_are_called_gain_and_bias():
    assert [path for path, _ in RMSNorm(2).named_parameters()] == ["gain.0", "gain.1"]
    assert [path for path, _ in LayerNorm(2).named_parameters()] == ["gain.0", "gain.1", "bias.0", "bias.1"]


# --- in a net ------------------------------------------------------------------------------------------------


def net_with(norm):
    return Sequential([Layer(3, 4, "tanh", seed=1), norm, Layer(4, 1, "linear", seed=2)])


@each
def test_a_net_is_compiled_to_the_same_numbers_by_dense_array_operations(kind):
    net = net_with(moved(kind(4)))
    rng = np.random.default_rng(1)
    xs, ys = rng.normal(size=(5, 3)), rng.normal(size=5)
    f = jit(lambda xs, ys: mean(vmap(lambda x, y: squared_error(net(x), y))(xs, ys)))
    totals = []
    for total in (f(xs, ys), mean([squared_error(net(x), y) for x, y in zip(xs, ys, strict=True)])):
        net.zero_grad()
        total.backward()
        totals.append([float(total), *(p.grad for p in net.parameters())])
    assert totals[0] == pytest.approx(totals[1], rel=1e-10, abs=1e-13)
    program = str(f.program)
    assert len(f.program.lines) <= 5 and f.stats.gathers == 0, program
    assert len(re.findall(r"layers\.1\.gain", program)) == 1


@each
def test_fit_trains_a_net_with_a_norm(kind):
    net = net_with(kind(4))
    rng = np.random.default_rng(1)
    xs = rng.normal(size=(60, 3))
    history = fit(net, squared_error, (xs, xs[:, 0] - xs[:, 1]), SGD(net.parameters(), lr=0.05), epochs=30)
    assert history.epochs[-1].loss < 0.1 * history.epochs[0].loss
    assert all(p.data not in (0.0, 1.0) for p in net.layers[1].parameters())
