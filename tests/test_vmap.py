"""vmap and mean: a loop over examples, which jit traces once for batches of any size."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import (
    ArgumentError,
    NotANumberError,
    Parameter,
    ParameterVector,
    TraceError,
    Value,
    dot,
    grad,
    jit,
    log,
    mean,
    pick,
    sum,
    vmap,
)
from nets import MLP

ws = ParameterVector([0.5, -1.5, 2.0], label="w")
XS = np.random.default_rng(0).normal(size=(5, 3))


def score(x: Any) -> Any:
    return dot(ws, x).tanh()


def gradients(result: Any, leaves: Any) -> list[float]:
    for leaf in leaves:
        leaf.grad = 0.0
    result.backward()
    return [leaf.grad for leaf in leaves]


def assert_same(ours: Any, theirs: Any, leaves: Any = ws) -> None:
    assert ours.data == pytest.approx(theirs.data, rel=1e-12)
    assert gradients(ours, leaves) == pytest.approx(gradients(theirs, leaves), rel=1e-11, abs=1e-13)


# --- without jit ---------------------------------------------------------------------------------------------


def test_vmap_is_the_list_of_the_functions_results():
    assert vmap(lambda x: x * 2.0)([1.0, 2.0, 3.0]) == [2.0, 4.0, 6.0]
    assert vmap(lambda x, y: (x + y, y))(np.arange(3), [3.0, 4.0, 5.0]) == [(3.0, 3.0), (5.0, 4.0), (7.0, 5.0)]
    assert vmap(lambda x: x)([]) == []


def test_vmap_keeps_the_graph_of_each_example():
    results = vmap(score)(XS)
    assert [result.op.name for result in results] == ["tanh"] * 5
    assert gradients(results[2], ws) == gradients(score(XS[2]), ws)


def test_vmap_needs_as_many_examples_of_each():
    with pytest.raises(ArgumentError, match=r"vmap: the arguments have 2 and 3 examples"):
        vmap(lambda x, y: x)([1.0, 2.0], [1.0, 2.0, 3.0])


def test_vmap_takes_a_function():
    with pytest.raises(ArgumentError, match=r"vmap takes a function of one example, got 3"):
        vmap(3)  # type: ignore[arg-type]


def test_mean_is_the_sum_divided_by_the_number():
    assert mean([1.0, 2.0, 6.0]) == 3.0
    assert mean(x for x in (1, 2, 6)) == 3.0
    assert mean(np.array([1.0, 2.0, 6.0])) == 3.0
    x, y = Value(1.0), Value(5.0)
    assert gradients(mean([x, y, x, 2.0]), [x, y]) == [0.5, 0.25]
    assert mean(ws).data == pytest.approx(1.0 / 3.0)


def test_mean_of_none_and_of_what_is_no_sequence_is_refused():
    with pytest.raises(ArgumentError, match=r"mean: it needs at least one number, got none"):
        mean([])
    with pytest.raises(NotANumberError, match=r"mean takes a sequence of numbers, got 3\.0"):
        mean(3.0)  # type: ignore[arg-type]
    with pytest.raises(NotANumberError):
        mean(["a"])


# --- in a jitted function ------------------------------------------------------------------------------------

REDUCED: dict[str, Any] = {
    "mean": lambda xs: mean(vmap(score)(xs)),
    "sum": lambda xs: sum(vmap(score)(xs)),
    "sum from a start": lambda xs: sum(vmap(score)(xs), ws[0]),
    "sum from a number": lambda xs: sum(vmap(score)(xs), 3.0),
    "sum and mean": lambda xs: sum(vmap(score)(xs)) * mean(vmap(lambda x: x[0] * ws[1])(xs)),
    "of a function of the mean": lambda xs: (mean(vmap(score)(xs)) * ws[0]).tanh() + ws[1],
    "with the parameters outside": lambda xs: mean(vmap(score)(xs)) + 0.1 * sum([w * w for w in ws]),
    "constant results": lambda xs: mean(vmap(lambda x: 3.0)(xs)) * ws[0] + sum(vmap(lambda x: 2.0)(xs)) * ws[1],
    "results without the example": lambda xs: mean(vmap(lambda x: ws[0] * ws[1])(xs)) + sum(vmap(lambda x: ws[2])(xs)),
    "results that are parameters": lambda xs: sum(vmap(lambda x: ws[0])(xs)),
    "results that are examples": lambda xs: sum(vmap(lambda x: x[1])(xs)) * ws[0],
    "of the mean of a model": lambda xs: mean(vmap(lambda x: (x[0] * ws[0] - x[1]) ** 2)(xs)) ** 0.5,
    "looked into": lambda xs: sum([y * y for y in vmap(score)(xs)]),
    "indexed": lambda xs: vmap(score)(xs)[0] * 2.0 + vmap(score)(xs)[-1],
    "measured": lambda xs: sum(vmap(score)(xs)) / len(vmap(score)(xs)),
    "zipped": lambda xs: sum([a * b for a, b in zip(vmap(score)(xs), vmap(score)(xs), strict=True)]),
    "the argument looked into as well": lambda xs: mean(vmap(score)(xs)) * xs[0][1],
    "the argument's length": lambda xs: sum(vmap(score)(xs)) / len(xs),
    "in a loop": lambda xs: sum([mean(vmap(lambda x, k=k: dot(ws, x) * k)(xs)) for k in (1.0, 2.0, 3.0)]),
    "of vmap": lambda xs: mean(vmap(lambda x: sum(vmap(lambda y: y * ws[0])(x)))(xs)),
    "over a piece": lambda xs: mean(vmap(score)(xs[1:3])),
    "several results": lambda xs: sum([a * b for a, b in vmap(lambda x: (x[0] * ws[0], x[1]))(xs)]),
    "numpy's mean": lambda xs: np.mean(vmap(score)(xs)),
    "the builtin sum": lambda xs: __builtins__["sum"](vmap(score)(xs)),
}


@pytest.mark.parametrize("name", REDUCED)
def test_whatever_is_done_with_vmap_agrees_with_the_loop(name):
    f = jit(REDUCED[name])
    for size in (5, 3, 5, 4):
        xs = np.random.default_rng(size).normal(size=(size, 3))
        assert_same(f(xs), REDUCED[name](xs))


def test_a_batch_of_any_size_runs_without_compiling_again():
    f = jit(REDUCED["mean"])
    for size in (4, 1, 100, 3, 4, 7, 2, 50):
        xs = np.random.default_rng(size).normal(size=(size, 3))
        assert_same(f(xs), REDUCED["mean"](xs))
    assert f.cache_info().misses == 1


def test_lists_and_arrays_are_batches_each_with_a_program():
    f = jit(REDUCED["mean"])
    for xs in (XS, XS.tolist(), XS.tolist()[:2], XS[:2], tuple(map(tuple, XS[:3].tolist()))):
        assert_same(f(xs), REDUCED["mean"](xs))
    assert f.cache_info().misses == 3


def test_a_new_shape_of_the_example_compiles_again():
    f = jit(lambda xs: mean(vmap(lambda x: sum([v * ws[0] for v in x]))(xs)))
    for width, misses in ((2, 1), (3, 2), (2, 2)):
        xs = np.ones((4, width))
        assert f(xs).data == pytest.approx(0.5 * width)
        assert f.cache_info().misses == misses


def test_an_empty_batch_is_refused_as_it_is_without_jit():
    f = jit(REDUCED["mean"])
    f(XS)
    with pytest.raises(ArgumentError, match="at least one"):
        f(np.empty((0, 3)))
    assert float(jit(REDUCED["sum from a number"])(np.empty((0, 3)))) == 3.0


def test_what_is_traced_does_not_depend_on_the_size_of_the_batch():
    small, large = jit(REDUCED["mean"]), jit(REDUCED["mean"])
    small(XS)
    large(np.ones((5000, 3)))
    assert small.stats.nodes == large.stats.nodes < 10
    assert small.stats.array_calls == large.stats.array_calls
    assert str(small.program) == str(large.program)


def test_several_batches_are_gone_through_together():
    table = ParameterVector([1.0, 2.0, 3.0])

    def loss(xs: Any, labels: Any, weights: Any) -> Any:
        return mean(vmap(lambda x, i, k: pick(table, i) * k * (dot(ws, x) - k))(xs, labels, weights))

    f = jit(loss)
    for size in (4, 2, 6):
        rng = np.random.default_rng(size)
        batches = rng.normal(size=(size, 3)), rng.integers(0, 3, size), rng.normal(size=size)
        assert_same(f(*batches), loss(*batches), [*ws, *table])
    assert f.cache_info().misses == 1


def test_an_argument_beside_the_batch_is_the_same_for_all_examples():
    def loss(xs: Any, scale: Any, shift: Any) -> Any:
        return mean(vmap(lambda x: dot(ws, x) * scale + shift[0] * shift[1])(xs))

    f = jit(loss)
    for size in (4, 2):
        assert_same(f(XS[:size], 2.0 * size, [1.0, 3.0]), loss(XS[:size], 2.0 * size, [1.0, 3.0]))
    assert f.cache_info().misses == 1


def test_batches_of_different_sizes_that_are_not_gone_through_together_agree():
    def loss(xs: Any, ys: Any) -> Any:
        return mean(vmap(score)(xs)) + mean(vmap(lambda y: y * y * ws[0])(ys))

    f = jit(loss)
    for a, b in ((4, 2), (3, 3), (2, 5), (5, 2)):
        assert_same(f(XS[:a], XS[:b, 0]), loss(XS[:a], XS[:b, 0]))


def test_value_arguments_beside_a_batch_get_their_gradients():
    f = jit(lambda xs, v: mean(vmap(lambda x: x[0] * v * v)(xs)))
    v = Value(3.0)
    for size in (5, 2):
        y = f(XS[:size], v)
        assert gradients(y, [v]) == pytest.approx([6.0 * XS[:size, 0].mean()])
    assert f.cache_info().misses == 1


def test_results_come_back_as_the_list_of_each_examples_own():
    f = jit(lambda xs: vmap(lambda x: (dot(ws, x), {"first": x[0] * ws[0], "word": "a"}))(xs))
    for xs in (XS, XS[:2], XS[:1]):
        results = f(xs)
        assert isinstance(results, list) and len(results) == len(xs)
        for x, (whole, parts) in zip(xs, results, strict=True):
            assert_same(whole, dot(ws, x))
            assert_same(parts["first"], x[0] * ws[0])
            assert parts["word"] == "a"


def test_gradients_of_results_of_examples_add_up():
    f = jit(lambda xs: vmap(score)(xs))
    assert_same(sum([y * y for y in f(XS)]), sum([y * y for y in vmap(score)(XS)]))


def test_results_beside_those_of_the_examples_come_back_with_them():
    f = jit(lambda xs: (mean(vmap(score)(xs)), vmap(score)(xs), ws[0] * 2.0))
    for xs in (XS, XS[:2]):
        total, each, twice = f(xs)
        assert_same(total, mean(vmap(score)(xs)))
        assert [y.data for y in each] == pytest.approx([score(x).data for x in xs])
        assert_same(twice, ws[0] * 2.0)


def test_without_grad_results_are_an_array_with_a_row_for_each_example():
    model = MLP(3, [4, 2], activation="tanh", seed=1)
    f = jit(lambda xs: vmap(model)(xs), grad=False)
    for size in (5, 2, 1):
        results = f(XS[:size])
        assert isinstance(results, np.ndarray) and results.shape == (size, 2)
        np.testing.assert_allclose(results, [[float(y) for y in model(x)] for x in XS[:size]], rtol=1e-12)
    assert jit(lambda xs: vmap(score)(xs), grad=False)(XS).shape == (5,)


def test_the_same_batch_under_two_names_agrees():
    f = jit(lambda xs, ys: mean(vmap(lambda x, y: dot(ws, x) * y[0])(xs, ys)))
    assert_same(f(XS, XS), mean([dot(ws, x) * x[0] for x in XS]))


def test_one_batch_given_twice_to_one_vmap_agrees():
    f = jit(lambda xs: mean(vmap(lambda x, y: dot(ws, x) * y[0])(xs, xs)))
    for size in (5, 3):
        assert_same(f(XS[:size]), mean([dot(ws, x) * x[0] for x in XS[:size]]))


def test_images_keep_their_rows_and_columns():
    def brightness(image: Any) -> Any:
        return sum([image[r][c] * ws[r] * (c + 1.0) for r in range(3) for c in range(4)])

    f = jit(lambda images: mean(vmap(brightness)(images)))
    for size in (2, 4):
        images = np.random.default_rng(size).normal(size=(size, 3, 4))
        assert_same(f(images), mean([brightness(image) for image in images]))


def test_second_derivatives_for_each_example_agree():
    def steepness(x: Any) -> Any:
        slopes = grad(score(x), list(ws), create_graph=True)
        return sum([slope * slope for slope in slopes])

    f = jit(lambda xs: mean(vmap(steepness)(xs)))
    for size in (4, 2):
        assert_same(f(XS[:size]), mean([steepness(x) for x in XS[:size]]))


def test_errors_of_one_example_name_its_number():
    f = jit(lambda xs: mean(vmap(lambda x: log(x[0]) * ws[0])(xs)))
    good = np.abs(XS) + 1.0
    f(good)
    bad = good.copy()
    bad[3, 0] = -0.25
    with pytest.raises(ValueError, match=r"log: argument is -0\.25"):
        f(bad)
    assert_same(f(good), mean([log(x[0]) * ws[0] for x in good]))


def test_what_cannot_be_traced_is_refused_for_an_example_too():
    with pytest.raises(TraceError, match=r"test_vmap\.py:\d+\).*where\(condition, a, b\)"):
        jit(lambda xs: mean(vmap(lambda x: ws[0] if x[0] > 0.0 else x[1])(xs)))(XS)


def test_leaves_outside_are_read_anew_for_each_call():
    v = Value(2.0)
    f = jit(lambda xs: mean(vmap(lambda x: x[0] * v)(xs)))
    for number in (2.0, 3.0):
        v.data = number
        assert gradients(f(XS), [v]) == pytest.approx([XS[:, 0].mean()])
        assert f(XS).data == pytest.approx(number * XS[:, 0].mean())


def test_parameters_made_for_each_call_by_hand_are_constants_of_the_example():
    f = jit(lambda xs: mean(vmap(lambda x: Parameter(2.0) * x[0] * ws[0])(xs)))
    assert_same(f(XS), mean([x[0] * 2.0 * ws[0] for x in XS]))


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_numbers_instead_of_rows_are_examples_too(first, second, seed):
    f = jit(lambda xs: sum(vmap(lambda x: (x * ws[0]).sin() * ws[1])(xs)))
    for size in (first, second):
        xs = np.random.default_rng(seed).normal(size=size)
        assert_same(f(xs), sum([(Value(x) * ws[0]).sin() * ws[1] for x in xs]))
    assert f.cache_info().misses == 1
