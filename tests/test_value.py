"""Value as a number: what it accepts, how it mixes with numbers and arrays, compares, prints and hashes."""

import builtins
import decimal
import fractions
import math

import numpy as np
import pytest

from autograd import ArgumentError, NotANumberError, Parameter, Value, grad, sum

ACCEPTED = [
    3,
    3.0,
    True,
    np.float64(3),
    np.float32(3),
    np.float16(3),
    np.longdouble(3),
    np.int8(3),
    np.uint64(3),
    np.bool_(True),
    np.array(3.0),
    np.array(3),
    np.array(True),
    math.inf,
    -0.0,
]
accepted = pytest.mark.parametrize("x", ACCEPTED, ids=lambda x: f"{type(x).__name__}-{x}")

REFUSED = [
    ("1.5", r"str '1.5'.*float\("),
    (1j, r"complex 1j.*x\.real"),
    (np.complex64(1), "complex64"),
    (None, "None.*return"),
    ([1.0], "list.*one (Value|Parameter) per element"),
    ((1.0,), "tuple.*one (Value|Parameter) per element"),
    ({1.0}, "set.*one (Value|Parameter) per element"),
    (range(2), "range.*one (Value|Parameter) per element"),
    (np.ones(3), r"shape \(3,\).*one (Value|Parameter) per element"),
    (np.ones((1, 1)), r"shape \(1, 1\)"),
    (np.array([]), r"shape \(0,\)"),
    (10**400, "too large for a float"),
    (fractions.Fraction(1, 2), "Fraction"),
    (decimal.Decimal(1), "Decimal"),
    (object(), "object"),
    (print, "builtin_function"),
]
refused = pytest.mark.parametrize(("x", "message"), REFUSED, ids=lambda x: str(x)[:20])

OPERATORS = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "**": lambda a, b: a**b,
}
operators = pytest.mark.parametrize("apply", OPERATORS.values(), ids=OPERATORS)


# --- what it takes -------------------------------------------------------------------------------------------


@accepted
def test_accepted_number_is_kept_as_a_python_float(x):
    for made in (Value(x), Parameter(x)):
        assert type(made.data) is float and made.data == float(x)
        made.data = 0.5
        made.data = x
        assert type(made.data) is float and made.data == float(x)


@refused
def test_refused_thing_is_named_with_what_to_do(x, message):
    leaf, parameter = Value(1.0), Parameter(1.0)
    for attempt in (
        lambda: Value(x),
        lambda: Parameter(x),
        lambda: setattr(leaf, "data", x),
        lambda: setattr(parameter, "data", x),
    ):
        with pytest.raises(NotANumberError, match=message) as caught:
            attempt()
        assert isinstance(caught.value, TypeError)
    assert leaf.data == parameter.data == 1.0


def test_value_of_a_value_is_refused_since_it_would_cut_the_graph():
    with pytest.raises(NotANumberError, match=r"it is one already.*float\(v\)"):
        Value(Value(1.0))


def test_refusal_names_the_users_line():
    with pytest.raises(NotANumberError, match=r"test_value\.py:\d+"):
        Value("one")


@pytest.mark.parametrize("x", ["1", None, 1j, [1.0], decimal.Decimal(1)], ids=repr)
@operators
def test_arithmetic_refuses_what_value_refuses(apply, x):
    for pair in ((Value(1.0), x), (x, Value(1.0))):
        with pytest.raises(NotANumberError, match="takes one real number"):
            apply(*pair)


# --- arithmetic ----------------------------------------------------------------------------------------------


@accepted
@operators
def test_any_number_on_either_side_gives_a_value(apply, x):
    if math.isinf(x) or x == 0:
        x = type(x)(2)
    left, right = apply(Value(2.5), x), apply(x, Value(2.5))
    assert type(left) is type(right) is Value
    assert left.data == apply(2.5, float(x)) and right.data == apply(float(x), 2.5)
    assert left.args[1].__class__ is right.args[0].__class__ is float


@operators
def test_array_on_either_side_goes_elementwise(apply):
    v, array = Value(2.0), np.array([[1.0, 2.0, 3.0], [0.5, 1.5, 2.5]])
    for got, expected in ((apply(v, array), apply(2.0, array)), (apply(array, v), apply(array, 2.0))):
        assert isinstance(got, np.ndarray) and got.dtype == object and got.shape == array.shape
        assert all(type(x) is Value for x in got.flat)
        np.testing.assert_allclose(got.astype(float), expected)
    assert grad(sum(apply(v, array).flat), v) == pytest.approx(
        (float(apply(2.0 + 1e-6, array).sum()) - float(apply(2.0 - 1e-6, array).sum())) / 2e-6, rel=1e-6
    )


@pytest.mark.parametrize(
    "array", [np.arange(3), np.array([True, False]), np.float32([1, 2]), np.longdouble([1, 2]), np.array([])], ids=repr
)
def test_array_of_any_number_type_and_length_is_multiplied_elementwise(array):
    for got in (Value(2.0) * array, array * Value(2.0)):
        assert got.shape == array.shape and got.dtype == object
        assert [float(x) for x in got] == [2.0 * float(x) for x in array]


def test_array_of_values_times_a_matrix_is_a_row_of_differentiable_values():
    xs = [Value(1.0), Value(2.0)]
    weights = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    ys = np.array(xs) @ weights
    assert [y.data for y in ys] == [9.0, 12.0, 15.0]
    assert [grad(y, xs) for y in ys] == weights.T.tolist()
    assert float(np.array(xs) @ np.array(xs)) == 5.0


def test_numpy_functions_act_on_values():
    x = Value(0.5)
    for function in (np.exp, np.log, np.sqrt, np.sin, np.cos, np.tanh, np.abs, np.negative):
        y = function(x)
        assert type(y) is Value and y.data == pytest.approx(float(function(0.5)), rel=1e-15)
        (z,) = function(np.array([x]))
        assert type(z) is Value and z.op is y.op
    assert np.add(x, 1.0).data == 1.5
    assert np.sum([x, x]).data == 1.0 and np.mean([x, x]).data == 0.5


def test_numpy_array_of_values_can_be_read_back_as_numbers():
    assert np.array([Value(1.0), Value(2.0)], dtype=float).tolist() == [1.0, 2.0]
    assert np.array([Value(1.0), Value(2.0)]).dtype == object


def test_builtin_sum_adds_values():
    xs = [Value(1.0), Value(2.0), 3.0]
    total = builtins.sum(xs)
    total.backward()
    assert total.data == 6.0 and xs[0].grad == xs[1].grad == 1.0


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (lambda x: -x, -2.0),
        (lambda x: +x, 2.0),
        (lambda x: abs(-x), 2.0),
        (lambda x: x.exp(), math.exp(2)),
        (lambda x: x.log(), math.log(2)),
        (lambda x: x.sqrt(), math.sqrt(2)),
        (lambda x: x.sin(), math.sin(2)),
        (lambda x: x.cos(), math.cos(2)),
        (lambda x: x.tanh(), math.tanh(2)),
        (lambda x: x.sigmoid(), 1 / (1 + math.exp(-2))),
        (lambda x: x.softplus(), math.log(1 + math.exp(2))),
        (lambda x: (-x).relu(), 0.0),
        (lambda x: (-x).leaky_relu(), -0.02),
        (lambda x: (-x).leaky_relu(0.5), -1.0),
        (lambda x: x.step(), 1.0),
    ],
)
def test_method_gives_a_value_with_that_number(f, expected):
    for x in (Value(2.0), Parameter(2.0)):
        y = f(x)
        assert isinstance(y, Value) and y.data == pytest.approx(expected)


def test_in_place_operators_make_new_nodes_and_leave_the_old_ones():
    x = y = Value(2.0)
    y += 1
    y *= x
    assert x.data == 2.0 and x.op is None and grad(y, x) == 5.0


# --- as a number ---------------------------------------------------------------------------------------------


def test_reads_as_a_number():
    v = Value(2.567)
    assert float(v) == 2.567 and int(v) == 2 and math.floor(v) == 2
    assert f"{v:.2f}" == "2.57" and f"{v:>8.1f}" == "     2.6" and f"{v}" == str(v) == repr(v)
    assert round(v, 1) == 2.6 and round(v) == 3 and type(round(v)) is int
    assert bool(v) and not Value(0.0)
    assert math.sqrt(Value(4.0)) == 2.0


def test_order_is_that_of_the_numbers():
    small, large = Value(1.0), Value(2.0)
    for other in (2, 2.0, np.float64(2), np.int64(2), np.float32(2), large):
        assert small < other and small <= other and not small > other and not small >= other
        assert other > small and other >= small and not other < small and not other <= small
        assert small != other and not (small == other)  # noqa: SIM201
    assert small == 1 and small == Value(1.0) and small <= 1 and small >= True
    assert max(small, large, 1.5) is large and min(large, small) is small
    assert sorted([large, small, Value(-1.0)]) == [-1, 1, 2]
    assert small < 10**400


@pytest.mark.parametrize("other", ["1", None, 1j, np.complex64(1 + 2j), [1.0], object()], ids=repr)
def test_equals_nothing_that_is_not_a_real_number(other):
    assert not (Value(1.0) == other)  # noqa: SIM201
    assert Value(1.0) != other


@pytest.mark.parametrize("other", ["1", None, [1.0]], ids=repr)
def test_has_no_order_with_what_is_not_a_number(other):
    with pytest.raises(TypeError, match="not supported"):
        Value(1.0) < other  # noqa: B015


def test_nan_is_equal_to_nothing_and_in_no_order():
    nan = Value(math.nan)
    assert nan != nan and not (nan == nan) and not nan < 1 and not nan > 1  # noqa: SIM201


def test_hash_is_identity_so_equal_values_are_two_keys():
    a, b = Value(1.0), Value(1.0)
    names = {a: "a", b: "b"}
    a.data = 5.0
    assert a != b and len({a, b, a}) == 2
    assert names[a] == "a" and names[b] == "b"
    p, q = Parameter(1.0), Parameter(1.0)
    assert p == q and len({p, q}) == 2


# --- as a node -----------------------------------------------------------------------------------------------


def test_square_written_as_a_product_has_x_twice_among_its_args():
    x = Value(3.0)
    assert (x * x).args == (x, x) and all(arg is x for arg in (x * x).args)


def test_args_keep_their_order_and_constants_are_floats():
    x = Value(3.0)
    assert (x - 1).args[0] is x and (x - 1).args[1] == 1.0
    assert (1 - x).args[1] is x and type((1 - x).args[0]) is float
    assert x.args == () and x.op is None
    total = sum([x, 2, x])
    assert list(total.args) == [x, 2.0, x] and len(total.args) == 3
    assert total.args[0] is x and total.args[-1] is x and total.args[1:] == (2.0, x)
    assert repr(total.args) == "(Value(3.0), 2.0, Value(3.0))"


def test_inner_nodes_have_no_label_until_they_are_given_one():
    x = Value(3.0, label="x")
    y = x * x + 1
    assert x.label == "x" and y.label == "" and y.args[0].label == ""
    y.label = "y"
    assert repr(y) == "Value(10.0, op=add, label='y')"


@pytest.mark.parametrize("made", [Value(1.0), Value(1.0) + 1, Parameter(1.0)], ids=["leaf", "inner", "parameter"])
def test_has_no_dict_so_that_a_misspelled_attribute_is_an_error(made):
    assert not hasattr(made, "__dict__")
    for name in ("gard", "Data"):
        with pytest.raises(AttributeError):
            setattr(made, name, 0.0)
    with pytest.raises(AttributeError):
        made.args = ()


def test_assigning_data_leaves_what_was_computed_before():
    x = Value(3.0)
    y = x * 2
    x.data = 10
    x.data -= 0.5
    assert x.data == 9.5 and y.data == 6.0


def test_repr_is_short_and_rounds_to_six_digits():
    x = Value(1 / 3, label="x")
    y = x / 3
    y.backward()
    assert repr(x) == "Value(0.333333, grad=0.333333, label='x')"
    assert repr(y) == "Value(0.111111, grad=1.0, op=div)"
    assert repr(Value(-0.0)) == "Value(-0.0)" and repr(Value(math.inf)) == "Value(inf)"
    assert repr(Value(1e-20)) == "Value(1e-20)" and repr(Value(2)) == "Value(2.0)"
    assert repr(Parameter(2)) == "Parameter(2.0)"


def test_subclass_of_value_is_a_leaf_like_any_other():
    class Celsius(Value):
        __slots__ = ()

    x = Celsius(2.0)
    for y in (x * x * 3, sum([x, x, x]) * 4, 6 * x.exp().log() + x * 6):
        x.grad = 0.0
        y.backward()
        assert x.grad == pytest.approx(12.0) and type(y) is Value
        assert grad(y, x) == pytest.approx(12.0)


def test_what_is_no_str_is_refused_as_a_label():
    with pytest.raises(ArgumentError, match=r"one number and a str as its label, got the label 3"):
        Value(1.0, 3)
    with pytest.raises(ArgumentError, match="got the label 3"):
        Parameter(1.0, 3)
    x = Value(1.0)
    x.label = x.grad = None  # slots take anything, and printing goes on
    assert repr(x) == "Value(1.0, grad=None)"
