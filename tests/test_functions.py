"""sum, dot, pick, logsumexp and softmax over every kind of row: lists, tuples, generators, parameters, arrays."""

import math
import operator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import (
    ArgumentError,
    DomainError,
    NotANumberError,
    Parameter,
    ParameterVector,
    Value,
    dot,
    grad,
    leaves,
    logsumexp,
    ops,
    pick,
    softmax,
    sum,
)
from tests.strategies import small

NUMBERS = [0.5, -1.0, 2.0]
ROWS = {
    "list of floats": lambda: list(NUMBERS),
    "tuple of NumPy numbers": lambda: tuple(np.float32(x) for x in NUMBERS),
    "generator": lambda: (x for x in NUMBERS),
    "array": lambda: np.array(NUMBERS),
    "float32 array": lambda: np.array(NUMBERS, dtype=np.float32),
    "strided array": lambda: np.repeat(NUMBERS, 2)[::2],
    "Values": lambda: [Value(x) for x in NUMBERS],
    "generator of Values": lambda: (Value(x) for x in NUMBERS),
    "mixture": lambda: [Value(0.5), -1, Parameter(2.0)],
    "parameters": lambda: [Parameter(x) for x in NUMBERS],
    "ParameterVector": lambda: ParameterVector(NUMBERS),
    "slice of a ParameterVector": lambda: ParameterVector([9.0, *NUMBERS])[1:],
    "object array": lambda: np.array([Value(x) for x in NUMBERS]),
}
PLAIN = list(ROWS)[:6]
rows = pytest.mark.parametrize("row", ROWS)
FUNCTIONS = {
    "sum": (sum, lambda xs: [1.0] * 3),
    "logsumexp": (logsumexp, lambda xs: np.exp(xs) / np.exp(xs).sum()),
    "pick": (lambda xs: pick(xs, 2), lambda xs: [0.0, 0.0, 1.0]),
    "dot": (lambda xs: dot(xs, [1.0, 2.0, 3.0], 0.25), lambda xs: [1.0, 2.0, 3.0]),
    "dot of constants first": (lambda xs: dot(np.array([1.0, 2.0, 3.0]), xs), lambda xs: [1.0, 2.0, 3.0]),
    "softmax": (lambda xs: softmax(xs)[0], lambda xs: None),
}


@rows
@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_kind_of_row_gives_the_same_number_and_slopes(name, row):
    function, slopes = FUNCTIONS[name]
    made = ROWS[row]()
    if not isinstance(made, (list, tuple, np.ndarray)):
        made = list(made)
    result = function(made)
    assert float(result) == pytest.approx(function(NUMBERS), rel=1e-14)
    assert type(result) is (float if row in PLAIN else Value)
    if row in PLAIN or (expected := slopes(np.array(NUMBERS))) is None:
        return
    result.backward()
    for x, slope in zip(made, expected, strict=True):
        if isinstance(x, Value):
            assert x.grad == pytest.approx(slope) and type(x.grad) is float


@rows
def test_rows_are_read_once_so_that_generators_work(row):
    for name, (function, _) in FUNCTIONS.items():
        assert float(function(ROWS[row]())) == pytest.approx(function(NUMBERS), rel=1e-14), name


@rows
@pytest.mark.parametrize("other", ROWS)
def test_dot_of_every_two_kinds_of_row_agrees(row, other):
    assert float(dot(ROWS[row](), ROWS[other]())) == pytest.approx(5.25, rel=1e-14)


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.int64, object])
@pytest.mark.parametrize("writeable_base", [True, False])
def test_arrays_are_copied_so_that_changing_them_afterwards_changes_nothing(kind, writeable_base):
    array = np.array([1, 2, 3], dtype=kind)
    view = array[:]
    view.flags.writeable = writeable_base
    ws = [Value(1.0), Value(1.0), Value(1.0)]
    node = dot(ws, view)
    array[:] = 100
    node.backward()
    assert [w.grad for w in ws] == [1.0, 2.0, 3.0]
    assert list(node.args[3:6]) == [1.0, 2.0, 3.0]


def test_list_is_copied_so_that_changing_it_afterwards_changes_nothing():
    x, other = Value(2.0), Value(5.0)
    xs = [x, x]
    node = sum(xs)
    xs[:] = [other]
    node.backward()
    assert x.grad == 2.0 and other.grad == 0.0


def test_each_is_one_node_however_long_the_row():
    xs = [Value(float(i)) for i in range(100)]
    for node in (sum(xs), dot(xs, xs, xs[0]), logsumexp(xs), pick(xs, 99)):
        assert leaves(node) == xs or len(leaves(node)) == 100
        assert all(arg.__class__ is float or arg.op is None for arg in node.args)


def test_empty_rows():
    assert sum([]) == 0.0 and type(sum([])) is float
    assert sum(ParameterVector([])).data == 0.0
    assert dot([], []) == 0.0 and dot([], [], bias=2) == 2.0
    bias = Value(3.0)
    assert grad(dot([], [], bias), bias) == 1.0
    for function in (logsumexp, softmax):
        for empty in ([], np.array([]), ParameterVector([])):
            with pytest.raises(ArgumentError, match="at least one score"):
                function(empty)
    with pytest.raises(DomainError, match="pick"):
        pick([], 0)


@pytest.mark.parametrize("ws", [[1.0], [Value(1.0)] * 3, np.ones(3), ParameterVector([1.0])], ids=repr)
def test_unequal_lengths_are_refused_with_both(ws):
    with pytest.raises(ArgumentError, match=f"dot: {len(ws)} weights but 2 inputs"):
        dot(ws, [Value(1.0), 2.0])


@pytest.mark.parametrize("xs", [Value(1.0), 3.0, "12", None], ids=repr)
def test_what_is_no_sequence_is_refused(xs):
    for function, _ in FUNCTIONS.values():
        with pytest.raises(NotANumberError, match="takes a sequence of numbers"):
            function(xs)


@pytest.mark.parametrize(
    "xs", [np.ones((2, 2)), np.array(1.0), np.array([1j, 2]), np.array(["a"]), [[1.0]], [None], ["1"], [1j]], ids=repr
)
def test_row_that_holds_anything_but_real_numbers_is_refused(xs):
    with pytest.raises((ArgumentError, NotANumberError), match="sum takes"):
        sum(xs)


@pytest.mark.parametrize("index", [3, -1, 0.5, math.nan, math.inf, Value(3.0)], ids=repr)
@pytest.mark.parametrize("make", [Value, float], ids=["Values", "floats"])
def test_pick_refuses_an_index_that_is_not_there(index, make):
    with pytest.raises(DomainError, match=r"^pick: .*test_functions.py:\d+"):
        pick([make(x) for x in NUMBERS], index)


@pytest.mark.parametrize("index", [1, 1.0, True, np.int64(1), np.array(1), Value(1.0)], ids=repr)
def test_pick_takes_any_whole_number_and_no_gradient_goes_to_it(index):
    xs = [Value(5.0), Value(7.0)]
    node = pick(xs, index)
    node.backward()
    assert node.data == 7.0 and [x.grad for x in xs] == [0.0, 1.0]
    if isinstance(index, Value):
        assert index.grad == 0.0


# --- size ----------------------------------------------------------------------------------------------------

HUGE = [1e200, 1e200]
OPPOSED = [1e200, -1e200]


@pytest.mark.parametrize(
    "make",
    [
        lambda: dot(HUGE, OPPOSED),
        lambda: dot(np.array(HUGE), np.array(OPPOSED)),
        lambda: dot([Value(x) for x in HUGE], OPPOSED),
        lambda: dot(ParameterVector(HUGE), np.array(OPPOSED)),
        lambda: dot(ParameterVector(HUGE * 10), np.array(OPPOSED * 10)),
        lambda: dot(ParameterVector(HUGE), ParameterVector(OPPOSED)),
    ],
)
def test_finite_numbers_that_overflow_to_nan_on_the_way_are_a_domain_error(make):
    with pytest.raises(DomainError, match=r"^dot: arguments.*beyond the largest float"):
        make()


def test_numbers_that_overflow_to_infinity_do_so_without_a_warning():
    for ws, xs in ((HUGE, HUGE), (np.array(HUGE), np.array(HUGE)), (ParameterVector(HUGE), np.array(HUGE))):
        assert float(dot(ws, xs)) == math.inf
    assert sum([1e308, 1e308]) == math.inf


def test_nan_that_was_given_comes_back():
    assert math.isnan(sum([math.nan, 1.0])) and math.isnan(float(dot([Value(math.nan)], [1.0])))


def test_softmax_sums_to_one_and_its_slopes_to_zero():
    scores = [Value(x) for x in (1000.0, 999.0, -1000.0)]
    probabilities = softmax(scores)
    assert math.fsum(map(float, probabilities)) == pytest.approx(1.0, rel=1e-12)
    for p in probabilities:
        slopes = grad(p, scores)
        assert math.fsum(slopes) == pytest.approx(0.0, abs=1e-12) and all(map(math.isfinite, slopes))
    assert grad(probabilities[0], scores[1]) == pytest.approx(-math.e / (1 + math.e) ** 2)


# --- against the elementary sum ------------------------------------------------------------------------------


@given(st.lists(st.tuples(small, small), max_size=6), small)
def test_dot_agrees_with_the_elementary_sum_in_value_and_all_gradients(pairs, bias):
    ws, xs, b = [Value(w) for w, _ in pairs], [Value(x) for _, x in pairs], Value(bias)
    elementary = b + 0.0
    for product in map(operator.mul, ws, xs):
        elementary = elementary + product
    for node in (dot(ws, xs, b), dot(iter(ws), tuple(xs), b)):
        assert node.data == pytest.approx(elementary.data, rel=1e-12, abs=1e-12)
        assert grad(node, [*ws, *xs, b]) == grad(elementary, [*ws, *xs, b])
    over_parameters = ParameterVector([w for w, _ in pairs])
    node = dot(over_parameters, xs, b)
    node.backward()
    assert node.data == pytest.approx(elementary.data, rel=1e-12, abs=1e-12)
    assert [p.grad for p in over_parameters] == [x for _, x in pairs]


@given(st.lists(small, min_size=1, max_size=6))
def test_dot_of_a_row_with_itself_has_twice_the_row_as_gradient(numbers):
    for row in ([Value(x) for x in numbers], ParameterVector(numbers)):
        node = dot(row, row)
        node.backward()
        assert [x.grad for x in row] == [2 * x for x in numbers]
        slopes = grad(dot(row, row), list(row), create_graph=True)
        assert [grad(slope, x) for slope, x in zip(slopes, row, strict=True)] == [2.0] * len(numbers)


@given(st.lists(small, min_size=1, max_size=6))
def test_logsumexp_agrees_with_the_elementary_form_to_second_order(numbers):
    xs = [Value(x) for x in numbers]
    elementary = ops.log(sum(ops.exp(x) for x in xs))
    assert logsumexp(xs).data == pytest.approx(elementary.data, rel=1e-12, abs=1e-12)
    for got, expected in zip(
        grad(logsumexp(xs), xs, create_graph=True), grad(elementary, xs, create_graph=True), strict=True
    ):
        assert got.data == pytest.approx(expected.data, rel=1e-12, abs=1e-12)
        assert grad(got, xs) == pytest.approx(grad(expected, xs), rel=1e-10, abs=1e-10)


def test_sum_has_a_start_as_pythons_own_has():
    b = Value(0.5)
    total = sum([Value(1.0), 2.0], b)
    assert total.data == 3.5 and len(total.args) == 3 and grad(total, b) == 1.0
    assert sum([1.0, 2.0], 3) == 6.0 and len(sum([b, b]).args) == 2
