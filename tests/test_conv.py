"""Conv2d, pooling and Flatten: against NumPy, PyTorch's numbers and finite differences; as array programs; refusals."""

import copy
import pickle
import re

import numpy as np
import pytest

from autograd import ArgumentError, Value, draw, gradcheck, jit, mean, sum, topological_order, vmap
from nets import (
    SGD,
    AvgPool2d,
    Conv2d,
    Flatten,
    Layer,
    MaxPool2d,
    Sequential,
    ShapeError,
    cross_entropy,
    evaluate,
    fit,
    load,
    save,
)
from tests.reference.make_layers import CONVOLUTIONS, POOLS, assert_same, by_glassgrad, by_torch, stored

RNG = np.random.default_rng(3)
GREY = RNG.normal(size=(4, 5))
COLOURED = RNG.normal(size=(2, 5, 4))

LAYERS = {
    "convolution": lambda: Conv2d(2, 3, 3, "tanh", seed=1),
    "stride and padding": lambda: Conv2d(2, 2, 2, "sigmoid", stride=2, padding=1, seed=1),
    "max pool": lambda: MaxPool2d(2),
    "overlapping max pool": lambda: MaxPool2d(3, 1),
    "mean pool": lambda: AvgPool2d(2, 1),
    "flatten": Flatten,
}
each = pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)


def numbers(image):
    """The numbers in nested lists as an array."""
    return np.vectorize(float)(np.array(image, dtype=object))


def leaves(image):
    return np.vectorize(Value, otypes=[object])(image)


def squares(image):
    """A loss that every number of the image has a part in."""
    return sum([y * y for y in Flatten()(image)])


def moved(layer):
    """The layer with biases too that are no round numbers."""
    rng = np.random.default_rng(5)
    for parameter in layer.parameters():
        parameter.data += rng.normal(0.0, 0.3)
    return layer


def classifier(*front, inputs):
    return Sequential([*front, Flatten(), Layer(inputs, 3, "linear", seed=2)])


# --- the numbers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CONVOLUTIONS | POOLS)
def test_shapes_outputs_and_gradients_are_those_that_pytorch_gave(name):
    assert_same(by_glassgrad((CONVOLUTIONS | POOLS)[name]), stored(name))


@pytest.mark.parametrize("name", CONVOLUTIONS | POOLS)
def test_pytorch_gives_the_stored_numbers(name):
    pytest.importorskip("torch")
    assert_same(by_torch((CONVOLUTIONS | POOLS)[name]), stored(name))


def test_a_filter_is_one_neuron_that_looks_at_every_window():
    layer = moved(Conv2d(2, 3, 2, "tanh", stride=2, padding=1, seed=1))
    around = np.pad(COLOURED, ((0, 0), (1, 1), (1, 1)))
    for neuron, image in zip(layer.neurons, layer(COLOURED), strict=True):
        for r, row in enumerate(image):
            for c, pixel in enumerate(row):
                window = around[:, 2 * r : 2 * r + 2, 2 * c : 2 * c + 2].ravel()
                assert float(pixel) == pytest.approx(float(neuron(window)), rel=1e-13)


def test_a_pixel_is_one_dot_node_and_its_activation():
    outputs = Flatten()(Conv2d(1, 2, 3, seed=1)(leaves(GREY)))
    names = [node.op.name for node in topological_order(*outputs) if node.op is not None]
    assert sorted(names) == ["dot"] * 12 + ["relu"] * 12


def test_a_filter_has_one_weight_for_each_place_in_its_window_however_large_the_image():
    layer = Conv2d(3, 4, 5, seed=1)
    assert len(layer.parameters()) == 4 * (3 * 5 * 5 + 1)
    assert [path for path, _ in Conv2d(1, 1, 2).named_parameters()] == [
        *(f"neurons.0.w.{k}" for k in range(4)),
        "neurons.0.b",
    ]


def test_a_wide_window_of_constants_gives_what_one_of_values_does():
    layer = moved(Conv2d(2, 2, 4, "linear", seed=1))  # 32 numbers are summed as an array
    np.testing.assert_allclose(numbers(layer(COLOURED)), numbers(layer(leaves(COLOURED))), rtol=1e-12)


def test_weights_start_as_a_neurons_do():
    layer = Conv2d(2, 200, 3, "relu", seed=1)
    weights = np.array([[w.data for w in neuron.w] for neuron in layer.neurons])
    assert weights.std() == pytest.approx((2 / 18) ** 0.5, rel=0.05) and abs(weights.mean()) < 0.02
    assert {neuron.b.data for neuron in layer.neurons} == {0.0}
    again = Conv2d(2, 200, 3, "relu", rng=np.random.default_rng(1))
    assert layer.state_dict() == again.state_dict()


@pytest.mark.parametrize("make", [lambda: MaxPool2d(2), lambda: AvgPool2d(2), Flatten])
def test_plain_numbers_give_plain_numbers(make):
    given = [[[1, 2], [3, True]]]
    assert {type(y) for y in Flatten()(make()(given))} == {float}


def test_pools_are_the_largest_and_the_mean_of_each_window():
    blocks = COLOURED[:, :4].reshape(2, 2, 2, 2, 2)
    np.testing.assert_array_equal(numbers(MaxPool2d(2)(COLOURED)), blocks.max(axis=(2, 4)))
    np.testing.assert_allclose(numbers(AvgPool2d(2)(COLOURED)), blocks.mean(axis=(2, 4)), rtol=1e-14)


def test_equal_numbers_share_the_gradient_of_the_largest():
    image = leaves(np.array([[1.0, 1.0], [1.0, 1.0]]))
    MaxPool2d(2)(image)[0][0][0].backward()
    assert [x.grad for x in image.flat] == [0.25] * 4
    image = leaves(np.array([[2.0, 0.0], [0.0, 2.0]]))
    MaxPool2d(2)(image)[0][0][0].backward()
    assert [x.grad for x in image.flat] == [0.5, 0.0, 0.0, 0.5]


def test_a_window_of_one_pools_nothing():
    for pool in (MaxPool2d(1), AvgPool2d(1)):
        np.testing.assert_array_equal(numbers(pool(COLOURED)), COLOURED)


@pytest.mark.parametrize("nested", [[1.0, [2.0, [3.0]], 4.0], np.arange(1.0, 5.0).reshape(2, 1, 2), (1, (2, 3), [4])])
def test_flatten_keeps_the_order(nested):
    assert Flatten()(nested) == [1.0, 2.0, 3.0, 4.0]


# --- derivatives ---------------------------------------------------------------------------------------------


@each
def test_gradients_agree_with_finite_differences(make):
    layer, image = moved(make()), leaves(COLOURED)
    variables = [*layer.parameters(), *image.flat]
    found = gradcheck(lambda: squares(layer(image)), variables)
    assert found.checked == len(variables) and found.kinks == ()


@pytest.mark.parametrize("make", [lambda: Conv2d(1, 1, 2, "tanh", seed=1), lambda: MaxPool2d(2), lambda: AvgPool2d(2)])
def test_second_derivatives_agree_with_finite_differences(make):
    layer, image = moved(make()), leaves(GREY[:2, :3])
    variables = [*layer.parameters(), *image.flat]
    assert gradcheck(lambda: squares(layer(image)), variables, order=2).checked == len(variables) * (len(variables) + 1)


# --- inputs --------------------------------------------------------------------------------------------------

FORMS = {
    "lists": lambda image: image.tolist(),
    "tuples of arrays": tuple,
    "generators": lambda image: ((x for x in row) for row in image),
    "float32": lambda image: image.astype(np.float32).astype(np.float64),
    "array of objects": lambda image: image.astype(object),
    "array of Values": leaves,
    "one channel": lambda image: image[None],
    "list of one channel": lambda image: [image.tolist()],
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("make", [lambda: Conv2d(1, 2, 3, seed=1), lambda: MaxPool2d(2), lambda: AvgPool2d(2)])
def test_a_grey_image_in_any_form_has_one_channel(form, make):
    image = GREY.astype(np.float32).astype(np.float64)
    np.testing.assert_allclose(numbers(make()(FORMS[form](image))), numbers(make()(image)), rtol=1e-12)


def test_changing_the_image_after_the_call_changes_nothing_in_backward():
    image, layer = GREY.copy(), Conv2d(1, 1, 4, "linear", seed=1)
    out = layer(image)[0][0][0]
    image[:] = 1e6
    out.backward()
    assert [w.grad for w in layer.neurons[0].w] == GREY[:, :4].ravel().tolist()


WRONG = [
    (lambda: Conv2d(3, 2), COLOURED, r"Conv2d\(3, 2, 3, 'relu'\) takes an image of 3 channels, got one of 2 channels"),
    (lambda: Conv2d(2, 2), GREY, "takes an image of 2 channels, got one of 1 channel$"),
    (lambda: Conv2d(1, 2), np.ones((2, 5)), "an image of at least 3 x 3, to fill its window; got 2 x 5"),
    (lambda: Conv2d(1, 2, 5, padding=1), np.ones((3, 2)), "at least 3 x 3, to fill its window; got 3 x 2"),
    (lambda: Conv2d(1, 2, padding=2), [[], []], "at least 1 x 1, to fill its window; got 2 x 0"),
    (lambda: MaxPool2d(3), COLOURED[:, :2], r"MaxPool2d\(3\) takes an image of at least 3 x 3, .*got 2 x 4"),
    (lambda: AvgPool2d(6, 1), COLOURED, r"AvgPool2d\(6, stride=1\) takes an image of at least 6 x 6, .*got 5 x 4"),
    (lambda: Conv2d(1, 2), np.ones(9), r"channels x height x width or height x width, got numbers of shape \(9,\)"),
    (lambda: MaxPool2d(2), np.ones((1, 1, 4, 4)), r"got numbers of shape \(1, 1, 4, 4\)"),
    (lambda: MaxPool2d(2), [], r"got numbers of shape \(0,\)"),
    (lambda: AvgPool2d(2), 1.0, r"got numbers of shape \(\)"),
    (lambda: Conv2d(1, 2), [[1.0, 2.0], [3.0]], "got lists of different lengths"),
    (lambda: MaxPool2d(2), [[[1.0]], [2.0]], "got lists of different lengths"),
    (lambda: Conv2d(1, 2), [[1.0, "2"]], "takes an image, got '2' where a number or a list of numbers is needed"),
    (lambda: MaxPool2d(2), None, "takes an image, got None"),
    (lambda: AvgPool2d(2), {1: [2.0]}, "takes an image, got {1"),
    (lambda: Conv2d(1, 2), np.ones((4, 4), dtype=complex), r"takes an image, got \(1\+0j\)"),
    (Flatten, 1.0, r"takes nested lists of numbers, got the single 1.0; write \[...\] around it"),
    (Flatten, [[None]], "takes nested lists of numbers, got None"),
]


@pytest.mark.parametrize(("make", "image", "message"), WRONG)
def test_what_does_not_fit_is_refused_with_what_was_got_and_what_is_needed(make, image, message):
    with pytest.raises(ShapeError, match=message):
        make()(image)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Conv2d(0, 1), "Conv2d: channels is 0; it needs a whole number of at least 1"),
        (lambda: Conv2d(1, 1.5), r"Conv2d: filters is 1\.5"),
        (lambda: Conv2d(1, 1, 0), "Conv2d: size is 0"),
        (lambda: Conv2d(1, 1, stride=0), "Conv2d: stride is 0"),
        (lambda: Conv2d(1, 1, padding=-1), "Conv2d: padding is -1; it needs a whole number of at least 0"),
        (lambda: Conv2d(1, 1, activation="rleu"), "there is no activation 'rleu'"),
        (lambda: MaxPool2d(0), "MaxPool2d: size is 0"),
        (lambda: AvgPool2d(2, 0), "AvgPool2d: stride is 0"),
    ],
)
def test_sizes_that_are_none_are_refused(make, message):
    with pytest.raises(ArgumentError, match=message):
        make()


# --- in a net ------------------------------------------------------------------------------------------------

NETS = {
    # name: the net, lines of its program, gathers and scatters, what is to be found in it (once each)
    "convolution": (
        lambda: classifier(Conv2d(1, 2, seed=1), inputs=2 * 36),
        3,
        2,
        [r"relu\(einsum\('[^']+', xs \(batch, 8, 8\), layers\.0\.w\) \+ layers\.0\.b\)", r"einsum\('[^']+', h1, "],
    ),
    "strides": (
        lambda: classifier(Conv2d(1, 2, stride=2, seed=1), Conv2d(2, 3, 2, seed=2), inputs=3 * 4),
        4,
        3,
        [r"einsum\('[^']+', xs \(batch, 8, 8\), layers\.0\.w\)", r"einsum\('[^']+', h1, layers\.1\.w\)"],
    ),
    "padding": (
        lambda: classifier(Conv2d(1, 2, padding=1, seed=1), inputs=2 * 64),
        3,
        3,
        [r"relu\(gather\(xs \(batch, 8, 8\)\) @ layers\.0\.w\.T \+ layers\.0\.b\)", r"einsum\('[^']+', h1, "],
    ),
    "largest": (
        lambda: classifier(Conv2d(1, 2, seed=1), MaxPool2d(2), inputs=2 * 9),
        4,
        2,
        [r"einsum\('[^']+', xs \(batch, 8, 8\), layers\.0\.w\)", r"= maximum\(h1", r" maximum\(h2"],
    ),
    "mean": (
        lambda: classifier(Conv2d(1, 2, seed=1), AvgPool2d(2), inputs=2 * 9),
        3,
        2,
        [r"einsum\('[^']+', xs \(batch, 8, 8\), layers\.0\.w\)", r"\(sum\(h1\) / 4\) @ layers\.3\.w\.T"],
    ),
}
every_net = pytest.mark.parametrize("name", NETS)


def examples(count, seed=0, shape=(8, 8)):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(count, *shape)), rng.integers(0, 3, count)


@every_net
def test_a_net_is_compiled_to_the_same_numbers(name):
    net = NETS[name][0]()

    def looped(xs, ys):
        return mean([cross_entropy(net(x), y) for x, y in zip(xs, ys, strict=True)])

    def mapped(xs, ys):
        return mean(vmap(lambda x, y: cross_entropy(net(x), y))(xs, ys))

    def gradient(total):
        net.zero_grad()
        total.backward()
        return [p.grad for p in net.parameters()]

    for seed in range(2):
        xs, ys = examples(3, seed)
        expected = looped(xs, ys)
        slopes = gradient(expected)
        for compiled in (jit(looped), jit(mapped)):
            total = compiled(xs, ys)
            assert float(total) == pytest.approx(float(expected), rel=1e-12)
            assert gradient(total) == pytest.approx(slopes, rel=1e-10, abs=1e-13)


@every_net
def test_a_net_is_recovered_as_dense_array_operations(name):
    make, lines, gathers, patterns = NETS[name]
    net = make()
    f = jit(lambda xs, ys: mean(vmap(lambda x, y: cross_entropy(net(x), y))(xs, ys)))
    f(*examples(3))
    program = str(f.program)
    assert len(f.program.lines) <= lines and f.stats.gathers <= gathers
    for pattern in patterns:
        assert len(re.findall(pattern, program)) == 1, f"{pattern}\n{program}"


def test_jit_gives_the_images_of_a_batch_as_arrays():
    layer = moved(Conv2d(1, 2, 3, "tanh", padding=1, seed=1))
    images = RNG.normal(size=(3, 4, 5))
    found = jit(vmap(layer), grad=False)(images)
    np.testing.assert_allclose(found, [numbers(layer(image)) for image in images], rtol=1e-12)


def test_fit_teaches_a_convnet_to_tell_lying_bars_from_standing_ones():
    def bars(count, seed):
        rng = np.random.default_rng(seed)
        images, kinds = rng.normal(0.0, 0.1, (count, 6, 6)), rng.integers(0, 2, count)
        for image, kind in zip(images, kinds, strict=True):
            (image if kind else image.T)[rng.integers(0, 6)] += 1.0
        return images, kinds

    net = Sequential([Conv2d(1, 4, 3, seed=1), MaxPool2d(4), Flatten(), Layer(4, 2, "linear", seed=2)])
    fit(net, cross_entropy, bars(200, 1), SGD(net.parameters(), lr=0.2), epochs=20, batch_size=20)
    right = evaluate(net, bars(100, 2), {"right": lambda scores, kind: (scores[1] > scores[0]) == bool(kind)})
    assert right["right"] > 0.97


@each
def test_a_layer_comes_back_from_its_file_and_from_copies(make, tmp_path):
    layer = moved(make())
    again = load(save(layer, tmp_path / "layer.npz"))
    for twin in (again, copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        assert repr(twin) == repr(layer) and twin.state_dict() == layer.state_dict()
        np.testing.assert_array_equal(numbers(twin(COLOURED)), numbers(layer(COLOURED)))


def test_a_layer_tells_what_it_was_made_with():
    assert repr(Conv2d(1, 8)) == "Conv2d(1, 8, 3, 'relu')"
    assert repr(Conv2d(2, 8, 5, "tanh", stride=2, padding=1)) == "Conv2d(2, 8, 5, 'tanh', stride=2, padding=1)"
    assert (repr(MaxPool2d()), repr(AvgPool2d(3, 1)), repr(Flatten())) == (
        "MaxPool2d(2)",
        "AvgPool2d(3, stride=1)",
        "Flatten()",
    )


def test_a_whole_net_comes_back_from_its_file(tmp_path):
    net = classifier(Conv2d(1, 2, padding=1, seed=1), MaxPool2d(2), inputs=2 * 16)
    xs, _ = examples(1)
    again = load(save(net, tmp_path / "net.npz"))
    assert [float(y) for y in again(xs[0])] == [float(y) for y in net(xs[0])]


def test_a_picture_shows_the_layer_as_a_box():
    source = draw(squares(Conv2d(1, 2, 2, seed=1)(GREY[:2, :3]))).source
    assert "Conv2d" in source
