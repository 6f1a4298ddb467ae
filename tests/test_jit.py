"""jit as the user sees it: what a call gives back, what it may be given, and what is kept of it."""

import copy
import dataclasses
import gc
import pickle
import tracemalloc
from collections import deque, namedtuple
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from autograd import (
    TABLE,
    ArgumentError,
    AutogradError,
    Op,
    Parameter,
    ParameterVector,
    RowOp,
    TraceError,
    Value,
    abs,
    cos,
    dot,
    grad,
    jit,
    maximum,
    mean,
    minimum,
    pick,
    relu,
    softmax,
    step,
    sum,
    tanh,
    uniform,
    vmap,
    where,
)
from autograd.record import Domain
from nets import MLP, SGD


def gradients(result: Any, leaves: Any) -> list[float]:
    """The gradients of a result in these leaves."""
    for leaf in leaves:
        leaf.grad = 0.0
    result.backward()
    return [leaf.grad for leaf in leaves]


# --- results -------------------------------------------------------------------------------------------------


def test_result_is_a_value_like_any_other():
    w = Parameter(2.0, "w")
    y = jit(lambda x: w * x)(3.0)
    assert type(y) is Value
    assert (y.data, float(y), int(y), f"{y:.2f}", repr(y)) == (6.0, 6.0, 6, "6.00", "Value(6.0, op=jit)")
    assert y > 5.0 and y == 6.0 and max(y, 1.0) is y
    y.backward()
    assert (w.grad, y.grad) == (3.0, 1.0)


def test_results_go_on_in_arithmetic_with_other_values():
    w, v = Parameter(2.0), Value(5.0)
    f, g = jit(lambda x: w * x), jit(lambda x: w * w * x)
    y, z = f(3.0), g(1.0)
    root = y * y * v + (z - y).tanh() * 2.0
    root.backward()
    u, t = Parameter(2.0), Value(5.0)
    expected = (u * 3.0) * (u * 3.0) * t + (u * u * 1.0 - u * 3.0).tanh() * 2.0
    expected.backward()
    assert root.data == pytest.approx(expected.data, rel=1e-14)
    assert (w.grad, v.grad) == (pytest.approx(u.grad, rel=1e-13), t.grad)


def test_two_results_of_one_function_live_at_once():
    w = Parameter(2.0)
    f = jit(lambda x: w * w * x)
    a, b = f(3.0), f(5.0)
    assert (a.data, b.data) == (12.0, 20.0)
    assert gradients(a, [w]) == [12.0]
    assert gradients(b, [w]) == [20.0]
    assert gradients(a * b, [w]) == [12.0 * 20.0 + 12.0 * 20.0]


def test_backward_twice_adds_twice():
    w = Parameter(2.0)
    y = jit(lambda x: w * w * x)(3.0)
    y.backward()
    y.backward()
    assert w.grad == 24.0


def test_backward_after_a_later_call_gives_the_gradients_of_its_own_call():
    w = ParameterVector([1.0, 2.0])
    f = jit(lambda xs: dot(w, xs) * w[0])
    first = f([3.0, 4.0])
    f([5.0, 6.0])
    f([7.0, 8.0])
    assert gradients(first, w) == [3.0 + 11.0, 4.0]


def test_backward_after_parameters_moved_and_another_call_is_refused():
    w = Parameter(2.0)
    f = jit(lambda x: w * w * x)
    first = f(3.0)
    w.data = 4.0
    second = f(1.0)
    with pytest.raises(ArgumentError, match=r"call it again and go backward from the new result"):
        first.backward()
    assert gradients(second, [w]) == [8.0]


def test_backward_after_parameters_moved_is_what_it_is_without_jit():
    ours, theirs = Parameter(2.0), Parameter(2.0)
    for w, f in ((ours, jit(lambda x: ours * x)), (theirs, lambda x: theirs * x)):
        y = f(3.0)
        w.data = 4.0
        y.backward()
    assert ours.grad == theirs.grad == 3.0


def test_inputs_changed_in_place_after_the_call_do_not_change_its_gradients():
    w = Parameter(2.0)
    xs = np.array([1.0, 2.0])
    y = jit(lambda xs: sum([w * x * x for x in xs]))(xs)
    xs[:] = 100.0
    assert gradients(y, [w]) == [5.0]


def test_grad_of_a_result_outside_of_the_function_agrees():
    w = Parameter(2.0)
    y = jit(lambda x: w * w * x)(3.0)
    assert grad(y * y, w) == 2 * 12.0 * 12.0
    with pytest.raises(ArgumentError, match=r"create_graph=True.*call grad inside it"):
        grad(y, w, create_graph=True)


def test_pickling_a_result_is_refused_and_says_what_to_keep():
    w = Parameter(2.0)
    y = jit(lambda x: w * x)(3.0)
    with pytest.raises(ArgumentError, match=r"cannot be pickled.*float\(\.\.\.\)"):
        pickle.dumps(y)


def test_a_copied_result_keeps_its_number_and_its_gradients():
    w = Parameter(2.0)
    y = copy.copy(jit(lambda x: w * x)(3.0))
    assert y.data == 6.0
    assert gradients(y, [w]) == [3.0]


def test_a_result_that_is_an_argument_itself_has_gradient_one():
    v, w = Value(2.0), Parameter(3.0)
    kept, made, number = jit(lambda v, x: [v, w * v, x])(v, 5.0)
    assert (float(kept), float(made), float(number)) == (2.0, 6.0, 5.0)
    assert gradients(made, [v, w]) == [3.0, 2.0]
    assert gradients(kept, [v, w]) == [1.0, 0.0]


def test_a_result_that_is_a_parameter_itself_has_gradient_one():
    w, u = Parameter(3.0), Parameter(4.0)
    same, product = jit(lambda x: (w, w * u * x))(5.0)
    assert gradients(same, [w, u]) == [1.0, 0.0]
    assert gradients(product, [w, u]) == [20.0, 15.0]
    alone = jit(lambda x: w)(5.0)
    assert gradients(alone, [w]) == [1.0]


def test_the_same_node_returned_twice_counts_once_in_each():
    w = Parameter(3.0)

    def twice(x: Any) -> Any:
        y = w * x
        return y, y, y * y

    a, b, c = jit(twice)(2.0)
    assert [gradients(y, [w]) for y in (a, b, c)] == [[2.0], [2.0], [24.0]]
    assert gradients(a + b, [w]) == [4.0]


@dataclasses.dataclass
class Point:
    x: Any
    rest: Any
    kind: str = "near"


Pair = namedtuple("Pair", "first second")


def test_nested_results_come_in_the_containers_they_were_made_in():
    w = Parameter(2.0)

    def make(x: Any) -> Any:
        return {"list": [w * x, [w + x]], "tuple": (w - x, "word", None), "point": Point(w, {1: x * w}), "number": 7.0}

    ours, theirs = jit(make)(3.0), make(3.0)
    assert list(ours) == list(theirs)
    assert isinstance(ours["list"], list) and isinstance(ours["tuple"], tuple) and isinstance(ours["point"], Point)
    assert [ours["list"][0].data, ours["list"][1][0].data, ours["tuple"][0].data] == [6.0, 5.0, -1.0]
    assert ours["tuple"][1:] == ("word", None) and ours["number"] == 7.0
    assert (ours["point"].x.data, ours["point"].rest[1].data, ours["point"].kind) == (2.0, 6.0, "near")
    assert gradients(ours["point"].rest[1], [w]) == [3.0]


def test_namedtuple_results_keep_their_names():
    w = Parameter(2.0)
    pair = jit(lambda x: Pair(w * x, [w]))(3.0)
    assert isinstance(pair, Pair) and pair.first.data == 6.0 and pair.second[0].data == 2.0


CONSTANT: dict[str, Any] = {
    "list": [1, 2.0],
    "matrix": [[1.0, 2.0], [3.0, 4.0]],
    "array": np.array([1.0, 2.0]),
    "number": 3.0,
    "bool": True,
    "word": "a",
}


@pytest.mark.parametrize("name", CONSTANT)
@pytest.mark.parametrize("grad", [True, False])
def test_constant_blocks_of_numbers_may_be_part_of_the_result(name, grad):
    w, constant = Parameter(2.0), CONSTANT[name]
    alone, beside = jit(lambda x: constant, grad=grad), jit(lambda x: (w * x, constant), grad=grad)
    for x in (1.0, 3.0):
        product, same = beside(x)
        assert float(product) == 2.0 * x
        np.testing.assert_array_equal(same, constant)
        np.testing.assert_array_equal(alone(x), constant)


def test_arrays_of_values_come_back_as_arrays():
    w = Parameter(2.0)
    f = jit(lambda xs: np.array([[w * x, w + x] for x in xs]))
    for xs in ([1.0, 2.0], [3.0, 4.0]):
        table = f(xs)
        assert isinstance(table, np.ndarray) and table.shape == (2, 2)
        assert [float(y) for y in table.flat] == [2 * xs[0], 2 + xs[0], 2 * xs[1], 2 + xs[1]]
        assert gradients(table[1, 0], [w]) == [xs[1]]
    numbers = jit(lambda xs: np.array([w * x for x in xs]), grad=False)([1.0, 2.0])
    assert numbers.dtype == np.float64
    np.testing.assert_array_equal(numbers, [2.0, 4.0])


UNKNOWN: dict[str, Any] = {
    "set": lambda y: {y},
    "generator": lambda y: (z for z in [y]),
    "namespace": lambda y: SimpleNamespace(y=y),
    "deque": lambda y: deque([y]),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_result_in_a_container_that_is_not_known_is_refused_and_never_stale(name):
    w = Parameter(2.0)
    f = jit(lambda x: UNKNOWN[name](w * x), check=False)
    try:
        f(1.0)
        result = f(5.0)
    except AutogradError as error:
        assert "list" in str(error)
    else:
        held = list(vars(result).values() if name == "namespace" else result)
        assert [y.data for y in held] == [10.0]


def test_none_as_result_is_none():
    assert jit(lambda x: None)(1.0) is None


def test_without_grad_results_are_floats_and_arrays():
    w = Parameter(2.0)
    assert type(jit(lambda x: w * x, grad=False)(3.0)) is float
    table = jit(lambda xs: [[w * x, w + x] for x in xs], grad=False)([1.0, 2.0, 3.0])
    assert isinstance(table, np.ndarray)
    np.testing.assert_array_equal(table, [[2.0, 3.0], [4.0, 4.0], [6.0, 5.0]])
    assert jit(lambda xs: {"a": w * xs[0], "b": "word"}, grad=False)([1.0]) == {"a": 2.0, "b": "word"}


def test_arrays_that_come_back_are_not_written_by_later_calls():
    w = Parameter(2.0)
    f = jit(lambda xs: [w * x for x in xs], grad=False)
    first = f([1.0, 2.0])
    f([5.0, 6.0])
    np.testing.assert_array_equal(first, [2.0, 4.0])


# --- arguments -----------------------------------------------------------------------------------------------


def total(row: Any, w: Any) -> Any:
    return sum([x * w for x in row])


def block(first: Any, second: Any) -> tuple[Any, Any]:
    return np.array(first), np.array(second)


ARGUMENTS: dict[str, tuple[Any, Any, Any]] = {
    "list": (total, [1.0, 2.0], [3.0, 4.0]),
    "tuple of ints": (total, (1, 2), (3, 4)),
    "dict": (lambda xs, w: xs["a"] * w + xs["b"][0], {"a": 1.0, "b": [2.0]}, {"a": 3.0, "b": [4.0]}),
    "dataclass": (lambda p, w: p.x * w + p.rest[0] * w, Point(1.0, [2.0]), Point(3.0, [4.0])),
    "namedtuple": (lambda p, w: p.first * w + p.second[1], Pair(1.0, (2.0, 3.0)), Pair(4.0, (5.0, 6.0))),
    "ragged": (lambda rows, w: total(rows[0], w) + total(rows[1], w), [[1.0], [2.0, 3.0]], [[4.0], [5.0, 6.0]]),
    "array": (lambda xs, w: (xs * xs).sum() * w, *block([1.0, 2.0], [3.0, 4.0])),
    "matrix": (lambda xs, w: (xs.T @ xs).sum() * w, *block(np.ones((2, 3)), np.arange(6.0).reshape(2, 3))),
    "array of ints": (lambda xs, w: xs.mean() * w * len(xs), *block([0, 1, 2], [2, 3, 4])),
    "array of float32": (lambda xs, w: xs[::-1][0] * w, *np.arange(6, dtype="f4").reshape(2, 3)),
    "elementwise function": (lambda xs, w: np.exp(xs)[0] * w, *block([1.0, 2.0], [3.0, 4.0])),
    "transposed": (lambda xs, w: xs[1, 0] * w, np.arange(6.0).reshape(2, 3).T, np.ones((2, 3)).T),
    "NumPy scalar": (lambda x, w: x * w, np.float64(2.0), np.int64(3)),
    "array without dimensions": (lambda x, w: x * w, np.array(2.0), np.array(3.0)),
    "int, then float": (lambda x, w: x * w, 2, 3.5),
    "empty list": (lambda xs, w: sum(xs) + w, [], []),
    "empty array": (lambda xs, w: xs.sum() + w, np.empty((0, 2)), np.empty((0, 2))),
    "list of arrays": (lambda rows, w: rows[0][1] * w, [np.ones(2), np.zeros(2)], [np.zeros(2), np.ones(2)]),
    "numbers beside words": (lambda pairs, w: pairs[1][0] * w, [(1.0, "a"), (2.0, "b")], [(3.0, "a"), (4.0, "b")]),
    "object array": (
        lambda vs, w: (vs * vs).sum() * w,
        np.array([Value(2.0), 3.0], dtype=object),
        np.array([Value(4.0), 5.0], dtype=object),
    ),
}


@pytest.mark.parametrize(("function", "first", "second"), ARGUMENTS.values(), ids=ARGUMENTS)
def test_any_structure_of_numbers_may_be_an_argument(function, first, second):
    w = Parameter(2.0)
    f = jit(lambda xs: function(xs, w))
    for argument in (first, second, first):
        y, expected = f(argument), function(argument, w)
        assert float(y) == pytest.approx(float(expected), rel=1e-13)
        assert gradients(y, [w]) == pytest.approx(gradients(expected, [w]), rel=1e-13)


def test_keyword_arguments_and_defaults():
    w = Parameter(2.0)

    def f(x: Any, scale: Any = 3.0, *, shift: Any = 0.0) -> Any:
        return w * x * scale + shift

    compiled = jit(f)
    calls: list[Any] = [((1.0,), {}), ((1.0, 5.0), {}), ((1.0,), {"scale": 4.0})]
    calls += [((2.0,), {"shift": 1.0, "scale": 6.0}), ((2.0,), {"scale": 1.5, "shift": 2.0})]
    for args, kwargs in calls:
        assert float(compiled(*args, **kwargs)) == float(f(*args, **kwargs))


def test_arguments_that_are_no_numbers_are_static():
    w = Parameter(2.0)

    @jit
    def f(x: Any, kind: Any, flag: bool = True, names: Any = ()) -> Any:
        y = w * x if kind == "times" else w + x
        return y * len(names) if flag and "on" in names else y

    assert [float(f(3.0, kind)) for kind in ("times", "plus", "times")] == [6.0, 5.0, 6.0]
    assert [float(f(3.0, "plus", False, ["on"])), float(f(3.0, "plus", True, ["on", "off"]))] == [5.0, 10.0]
    assert f.cache_info().misses == 4


def test_a_model_as_argument_is_used_as_it_is():
    one, two = MLP(2, [3, 1], seed=1), MLP(2, [3, 1], seed=2)
    f = jit(lambda model, xs: model(xs) * 2.0)
    for model in (one, two, one, two):
        y, expected = f(model, [1.0, -1.0]), model([1.0, -1.0]) * 2.0
        assert y.data == pytest.approx(expected.data, rel=1e-13)
        assert gradients(y, model.parameters()) == pytest.approx(gradients(expected, model.parameters()), rel=1e-12)


def test_value_arguments_get_their_gradients():
    w = Parameter(2.0)
    f = jit(lambda v, x: w * v * v * x)
    for number in (3.0, 5.0, -1.0):
        v = Value(number)
        assert gradients(f(v, 2.0), [v, w]) == [2 * 2.0 * number * 2.0, number * number * 2.0]
    assert f.cache_info().misses == 1


def test_values_in_lists_and_the_same_value_given_twice_get_their_gradients():
    v, u = Value(3.0), Parameter(4.0)
    f = jit(lambda vs, x: vs[0] * vs[1] * vs[1] * x)
    assert gradients(f([v, u], 2.0), [v, u]) == [32.0, 48.0]
    assert gradients(f([v, v], 2.0), [v]) == [3 * 9.0 * 2.0]
    assert gradients(f([u, v], 2.0), [v, u]) == [2 * 4.0 * 3.0 * 2.0, 18.0]


def test_an_inner_node_as_argument_passes_the_gradient_on():
    x = Value(3.0)
    f = jit(lambda v: v * v)
    assert gradients(f(x * 2.0) + x, [x]) == [8 * 3.0 + 1.0]


def test_a_parameter_given_as_argument_and_used_from_outside_gets_both_gradients():
    w = Parameter(3.0)
    f = jit(lambda v: v * w * w)
    assert gradients(f(w), [w]) == [27.0]


# --- the cache -----------------------------------------------------------------------------------------------


def test_a_new_shape_or_structure_compiles_again_and_the_same_does_not():
    w = Parameter(2.0)
    f = jit(lambda xs: sum([w * x for x in xs]))
    for arguments, misses in [([1.0, 2.0], 1), ([5.0, 6.0], 1), ([1.0, 2.0, 3.0], 2), ((1.0, 2.0), 3), (np.ones(2), 4),
                              ([3.0, 4.0], 4), (np.zeros(2), 4), ([Value(1.0), 2.0], 5)]:  # fmt: skip
        expected = sum([w * x for x in arguments])
        assert float(f(arguments)) == float(expected)
        assert f.cache_info().misses == misses
    info = f.cache_info()
    assert (info.hits, info.misses, info.currsize) == (3, 5, 5)
    f.cache_clear()
    assert f.cache_info()[:2] == (0, 0) and f.cache_info().currsize == 0
    assert float(f([1.0, 2.0])) == 6.0
    assert f.cache_info().misses == 1


def test_the_cache_has_a_limit():
    f = jit(lambda xs: sum([x * 2.0 for x in xs]))
    limit = f.cache_info().maxsize
    for n in range(1, limit + 1):
        assert float(f([1.0] * n)) == 2.0 * n
    with pytest.warns(UserWarning, match=r"compiled again and again, which is slow: .* pad them"):
        assert float(f([1.0] * (limit + 1))) == 2.0 * (limit + 1)
    assert float(f([1.0] * (limit + 2))) == 2.0 * (limit + 2)  # which is told once
    assert f.cache_info().currsize <= limit
    assert float(f([1.0])) == 2.0


def test_equal_static_arguments_of_different_types_do_not_share_a_program():
    w = Parameter(3.0)
    f = jit(lambda x, kind: w * x if kind is True else w + x)
    assert [float(f(2.0, True)), float(f(2.0, False)), float(f(2.0, None))] == [6.0, 5.0, 5.0]


def test_looking_inside_before_the_first_call_says_what_to_do():
    f = jit(lambda x: x)
    for look in ("program", "stats", "graph"):
        with pytest.raises(ArgumentError, match=r"has not been called yet; call it once"):
            getattr(f, look)


def test_stats_and_graph_are_of_the_traced_function():
    w = Parameter(2.0, "w")
    f = jit(lambda xs: sum([w * x for x in xs]).tanh())
    f([1.0, 2.0, 3.0])
    assert f.stats.nodes == 5
    assert f.stats.array_calls > 0 and f.stats.bytes > 0 and f.stats.trace_seconds > 0 and f.stats.compile_seconds > 0
    assert f.graph.op is tanh and f.graph.args[0].op is TABLE["sum"] and f.graph.args[0].args[0].args[0] is w


# --- how it is put on ----------------------------------------------------------------------------------------


def test_jit_keeps_name_and_doc_and_takes_options_as_decorator():
    @jit(check=False, dtype="float32")
    def f(x: Any) -> Any:
        """Twice x."""
        return x * 2.0

    assert (f.__name__, f.__doc__, f(2.0), repr(f)[:7]) == ("f", "Twice x.", 4.0, "<jitted")
    assert f.__wrapped__(3.0) == 6.0


class Machine:
    def __init__(self, number: float) -> None:
        self.w = Parameter(number)

    @jit
    def run(self, x: Any) -> Any:
        return self.w * x


def test_jit_on_a_method_uses_each_instance_for_itself():
    one, two = Machine(2.0), Machine(3.0)
    for _ in range(2):
        assert [one.run(5.0).data, two.run(5.0).data, one.run(7.0).data] == [10.0, 15.0, 14.0]
    assert gradients(two.run(4.0), [one.w, two.w]) == [0.0, 4.0]
    bound = jit(MLP(2, [2, 1], seed=1).__call__)
    assert bound([1.0, 2.0]).data == pytest.approx(MLP(2, [2, 1], seed=1)([1.0, 2.0]).data, rel=1e-13)


def test_jit_inside_jit_becomes_part_of_the_outer_program():
    w = Parameter(2.0)
    inner = jit(lambda x: w * x)
    outer = jit(lambda xs: sum([inner(x) * inner(1.0) for x in xs]))
    for xs in ([1.0, 2.0], [3.0, 4.0]):
        y = outer(xs)
        assert y.data == 4.0 * sum(xs)
        assert gradients(y, [w]) == [4.0 * sum(xs)]
    assert outer.stats.nodes == 7
    assert inner(5.0).data == 10.0


def test_results_of_one_jitted_function_go_into_another():
    w = Parameter(2.0)
    double, square = jit(lambda x: w * x), jit(lambda v: v * v)
    assert gradients(square(double(3.0)), [w]) == [2 * 6.0 * 3.0]


# --- float32 -------------------------------------------------------------------------------------------------


def test_float32_calculates_in_float32_and_leaves_parameters_as_they_are():
    third = 1.0 / 3.0
    w = Parameter(third)
    f = jit(lambda x: w * x, dtype="float32")
    y = f(1.0)
    assert y.data == float(np.float32(third)) != third
    w.grad = 0.0
    y.backward()
    assert (w.grad, w.data) == (1.0, third)
    w.data = 0.1
    assert f(1.0).data == float(np.float32(0.1))


def test_float32_trains_a_net_as_float64_does():
    xs = np.random.default_rng(0).normal(size=(8, 2))
    numbers = []
    for dtype in ("float64", "float32"):
        model = MLP(2, [5, 1], seed=3)
        descent = SGD(model.parameters(), lr=0.05)

        def loss(xs: Any, model: Any = model) -> Any:
            return mean([(model(x) - 1.0) ** 2 for x in xs])

        compiled = jit(loss, dtype=dtype)
        for _ in range(10):
            total = compiled(xs)
            model.zero_grad()
            total.backward()
            descent.step()
        numbers.append([total.data, *model.state_dict().values()])
    np.testing.assert_allclose(numbers[1], numbers[0], rtol=1e-4, atol=1e-5)


# --- comparisons, where, second derivatives ------------------------------------------------------------------

COMPARISONS = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}


@pytest.mark.parametrize("sign", COMPARISONS)
def test_comparisons_are_traced_and_agree_with_those_of_numbers(sign):
    w = Parameter(1.0)

    def function(a: Any, b: Any) -> Any:
        chosen = COMPARISONS[sign](a, b)
        return where(chosen, w * 3.0, w * w) + 10.0 * chosen + where(COMPARISONS[sign](a, 0.5), w, 0.0)

    compiled = jit(function)
    for a, b in [(1.0, 2.0), (2.0, 1.0), (1.0, 1.0), (0.5, 0.5), (-0.0, 0.0)]:
        y, expected = compiled(a, b), function(a, b)
        assert y.data == expected.data
        assert gradients(y, [w]) == gradients(expected, [w])
    assert compiled.cache_info().misses == 1


def test_where_with_a_masked_bad_branch_is_safe_if_it_is_safe_without_jit():
    w = Parameter(2.0)

    def function(xs: Any) -> Any:
        return sum([where(x > 0.0, (where(x > 0.0, x, 1.0) * w).log(), 0.0) for x in xs])

    compiled = jit(lambda xs: function([x * w for x in xs]))
    for xs in ([1.0, 2.0], [-1.0, 3.0], [0.0, -5.0]):
        y, expected = compiled(xs), function([x * w for x in xs])
        assert y.data == pytest.approx(expected.data, rel=1e-13)
        assert gradients(y, [w]) == pytest.approx(gradients(expected, [w]), rel=1e-13)


KINKED = {
    "relu": relu,
    "abs": abs,
    "maximum": lambda x: maximum(x * x, x),
    "minimum": lambda x: minimum(x * x, x),
    "where": lambda x: where(x > 0.5, x * x * x, x * x),
    "step": lambda x: step(x) * x * x,
    "leaky": lambda x: x.leaky_relu(0.1) * x,
}


@pytest.mark.parametrize("name", KINKED)
def test_second_derivatives_inside_agree_with_their_masks(name):
    ws = ParameterVector([0.7, -0.4, 1.3])

    def penalty(xs: Any) -> Any:
        y = sum([KINKED[name](w * x) * w for w, x in zip(ws, xs, strict=True)])
        return sum([slope * slope for slope in grad(y, list(ws), create_graph=True)])

    compiled = jit(penalty)
    for xs in ([1.0, 1.0, 1.0], [-1.0, 2.0, 0.3], [2.0, -2.0, -1.0]):
        y, expected = compiled(xs), penalty(xs)
        assert y.data == pytest.approx(expected.data, rel=1e-12)
        assert gradients(y, ws) == pytest.approx(gradients(expected, ws), rel=1e-11)
    assert compiled.cache_info().misses == 1


def test_second_derivatives_of_softmax_and_pick_agree():
    ws = ParameterVector([0.7, -0.4, 1.3])

    def penalty(x: Any, index: Any) -> Any:
        y = pick(softmax([w * x for w in ws]), index).log()
        return sum([slope * slope for slope in grad(y, list(ws), create_graph=True)])

    compiled = jit(penalty)
    for x, index in ((1.0, 0), (0.5, 2), (-1.0, 1)):
        y, expected = compiled(x, index), penalty(x, index)
        assert y.data == pytest.approx(expected.data, rel=1e-12)
        assert gradients(y, ws) == pytest.approx(gradients(expected, ws), rel=1e-11)


def test_infinite_inputs_give_what_they_give_without_jit():
    w = Parameter(2.0)
    for op in (relu, tanh, lambda x: x.sigmoid(), lambda x: maximum(x, 0.0), lambda x: minimum(x, 1.0), step):

        def function(x: Any, op: Any = op) -> Any:
            return op(x * w)

        compiled = jit(function)
        for x in (1.0, float("inf"), float("-inf")):
            assert compiled(x).data == pytest.approx(function(x).data, rel=1e-13, abs=1e-300)


# --- printing, memory, own ops -------------------------------------------------------------------------------


def test_printing_a_traced_number_shows_the_sample():
    w, shown = Parameter(2.0), []

    @jit
    def f(x: Any) -> Any:
        y = w * x
        shown.append(f"{y:.1f} {y} {y!r}")
        return y

    assert f(3.0).data == 6.0
    with pytest.warns(UserWarning, match="f changes 'shown' when it runs; compiled, it does not"):
        assert f(4.0).data == 8.0
    assert f(5.0).data == 10.0
    assert shown[0] == "6.0 Value(6.0, op=mul) Value(6.0, op=mul)"


def test_memory_stays_flat_over_thousands_of_steps():
    model = MLP(2, [4, 1], seed=1)
    descent = SGD(model.parameters(), lr=0.01)
    xs = np.random.default_rng(0).normal(size=(6, 2))
    loss = jit(lambda xs: mean([(model(x) - 1.0) ** 2 for x in xs]))

    def run(times: int) -> None:
        for _ in range(times):
            total = loss(xs)
            model.zero_grad()
            total.backward()
            descent.step()

    run(20)
    gc.collect()
    tracemalloc.start()
    run(10)
    before = tracemalloc.get_traced_memory()[0]
    run(2000)
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 4000


@pytest.fixture
def own_ops():
    known = dict(TABLE)
    yield
    TABLE.clear()
    TABLE.update(known)


def test_an_op_of_ones_own_compiles_from_its_record(own_ops):
    anywhere = Domain("it needs real numbers", lambda *xs: True, ((0.5, 1.0), (-1.0, 2.0)))
    bump = Op(
        "bump",
        value=lambda x, p: x * x * p,
        partials=(lambda out, x, p: 2.0 * x * p, lambda out, x, p: x * x),
        array=lambda x, p: x * x * p,
        latex="bump",
        domain=anywhere,
        doc="x^2 p",
    )
    ws = ParameterVector([0.5, -1.0, 2.0])

    def function(xs: Any) -> Any:
        return sum([bump(w, x * w) * cos(w) for w, x in zip(ws, xs, strict=True)])

    compiled = jit(function)
    for xs in ([1.0, 2.0, 3.0], [-1.0, 0.5, 0.0]):
        y, expected = compiled(xs), function(xs)
        assert y.data == pytest.approx(expected.data, rel=1e-13)
        assert gradients(y, ws) == pytest.approx(gradients(expected, ws), rel=1e-12)


def test_a_row_op_of_ones_own_compiles_from_its_record(own_ops):
    from autograd.value import apply_rows

    anywhere = Domain("it needs real numbers", lambda *xs: True, (((0.5, 1.0), (2.0,)),))
    power = RowOp(
        "power_sum",
        value=lambda xs, p: float(np.sum(np.asarray(xs) ** 2)) * p[0],
        partials=lambda out, xs, p: ([2.0 * x * p[0] for x in xs], [out / p[0]]),
        array=lambda xs, p: np.sum(np.square(xs), axis=0) * p[0],
        latex="p",
        domain=anywhere,
        doc="p (x_1^2 + ... + x_n^2)",
    )
    ws = ParameterVector([0.5, -1.0, 2.0])

    def one(x: Any) -> Any:
        return apply_rows(power, ((ws[0] * x, ws[1], ws[2] * ws[0]), (ws[1] * x,))).tanh()

    for function in (lambda xs: sum([one(x) for x in xs]), lambda xs: mean(vmap(one)(xs))):
        compiled = jit(function)
        for xs in ([0.3, 0.2, -0.3], [-0.1, 0.5, 0.4]):
            y, expected = compiled(xs), function(xs)
            assert y.data == pytest.approx(expected.data, rel=1e-13)
            assert gradients(y, ws) == pytest.approx(gradients(expected, ws), rel=1e-12)


# --- wrong arguments -----------------------------------------------------------------------------------------

WRONG = {
    "jit a number": lambda: jit(3),
    "jit to int32": lambda: jit(lambda x: x, dtype="int32"),
    "jit to nonsense": lambda: jit(lambda x: x, dtype="nonsense"),
    "vmap a number": lambda: vmap(3),
    "vmap without arguments": lambda: vmap(lambda x: x)(),
    "vmap over a number": lambda: vmap(lambda x: x)(3.0),
    "vmap over unequal lengths": lambda: vmap(lambda x, y: x)([1.0], [2.0, 3.0]),
    "vmap in jit over unequal lengths": lambda: jit(vmap(lambda x, y: x * y))(np.ones(2), np.ones(3)),
    "vmap in jit over a number": lambda: jit(lambda x: vmap(lambda x: x)(x))(2.0),
    "mean of none": lambda: mean([]),
    "mean of a number": lambda: mean(3.0),
    "mean of one example's list in jit": lambda: jit(lambda xs: mean(vmap(lambda x: [x, x])(xs)))(np.ones(2)),
    "uniform from a number": lambda: uniform(3),
    "uniform from None": lambda: uniform(None),
}


@pytest.mark.parametrize("call", WRONG.values(), ids=WRONG)
def test_wrong_arguments_are_refused_by_an_error_of_the_engine(call):
    with pytest.raises(AutogradError) as caught:
        call()
    assert not isinstance(caught.value, TraceError)
    assert len(str(caught.value)) > 20
