"""The table of ops: laws that hold for every record, and the single facts that a record states."""

import copy
import math
import pickle

import numpy as np
import pytest

import autograd
from autograd import (
    TABLE,
    DomainError,
    NotANumberError,
    Op,
    Value,
    grad,
    gradcheck,
    hessian,
    jvp,
    logsumexp,
    ops,
    softmax,
)
from tests.tables import apply, every_op, every_op_at_its_samples, every_scalar_op, flat, movable, of_values

REFERENCE = {
    "add": lambda a, b: math.fsum([a, b]),
    "sub": lambda a, b: math.fsum([a, -b]),
    "mul": lambda a, b: math.prod([a, b]),
    "div": lambda a, b: float(np.float64(a) / np.float64(b)),
    "neg": lambda x: 0.0 - x,
    "pow": lambda x, p: math.exp(p * math.log(x)),
    "abs": math.fabs,
    "maximum": max,
    "minimum": min,
    "step": lambda x: float(np.heaviside(x, 0.0)),
    "equal": lambda a, b: float(not a - b),
    "where": lambda c, a, b: (b, a)[c != 0],
    "exp": lambda x: math.e**x,
    "log": lambda x: math.log2(x) / math.log2(math.e),
    "sqrt": lambda x: x**0.5,
    "sin": lambda x: np.sin(x),
    "cos": lambda x: np.cos(x),
    "tanh": lambda x: 1 - 2 / (math.exp(2 * x) + 1),
    "sigmoid": lambda x: 0.5 * (1 + math.tanh(x / 2)),
    "softplus": lambda x: math.log(1 + math.exp(x)),
    "relu": lambda x: (x + abs(x)) / 2,
    "leaky_relu": lambda x, slope: (0, x)[x > 0] + slope * (x, 0)[x > 0],
    "sum": lambda *xs: math.fsum(xs),
    "dot": lambda ws, xs, bias: float(np.dot(ws, xs)) + bias[0],
    "logsumexp": lambda *xs: math.log(math.fsum(map(math.exp, xs))),
    "pick": lambda *flat: flat[int(flat[-1])],
}


def central_difference(f, xs, i, h=1e-5):
    """d f / d xs[i], with a step that has nothing to do with gradcheck's."""
    up, down = list(xs), list(xs)
    up[i] += h
    down[i] -= h
    return (float(f(*up)) - float(f(*down))) / (2 * h)


# --- laws of the table ---------------------------------------------------------------------------------------


@every_op_at_its_samples
def test_value_is_that_of_another_formula(op, sample):
    expected = REFERENCE[op.name](*(sample if op.name == "dot" else flat(op, sample)))
    assert float(apply(op, sample, flat(op, sample))) == pytest.approx(expected, rel=1e-12, abs=1e-15)


@every_op_at_its_samples
def test_plain_numbers_in_give_plain_numbers_out(op, sample):
    result = apply(op, sample, flat(op, sample))
    from_numpy = apply(op, sample, [np.float64(x) for x in flat(op, sample)])
    assert type(result) is float
    assert type(from_numpy) is float and from_numpy == result


@every_op_at_its_samples
def test_values_in_give_a_value_with_the_same_number(op, sample):
    number = apply(op, sample, flat(op, sample))
    node = apply(op, sample, [Value(x) for x in flat(op, sample)])
    assert type(node) is Value and node.op is op
    assert node.data == number and type(node.data) is float


@every_op
def test_array_form_agrees_with_the_scalar_form(op):
    longest = max(op.domain.samples, key=lambda sample: len(flat(op, sample)))
    samples = [s for s in op.domain.samples if len(flat(op, s)) == len(flat(op, longest))]
    expected = [float(apply(op, s, flat(op, s))) for s in samples]
    if isinstance(op, Op):
        got = op.array(*(np.array(column) for column in zip(*samples, strict=True)))
    else:  # rows of arrays: the last axis is the batch
        got = op.array(*(np.array(rows).T for rows in zip(*samples, strict=True)))
    np.testing.assert_allclose(got, expected, rtol=1e-14)


@every_scalar_op
def test_calling_an_op_on_arrays_goes_elementwise(op):
    columns = [np.array(column) for column in zip(*op.domain.samples, strict=True)]
    expected = [op(*sample) for sample in op.domain.samples]
    np.testing.assert_allclose(op(*columns), expected, rtol=1e-14)
    nodes = op(*(np.array([Value(x) for x in column]) for column in columns))
    assert [node.data for node in nodes] == expected
    assert all(node.op is op for node in nodes)


@every_op_at_its_samples
def test_first_partials_agree_with_central_differences(op, sample):
    xs = flat(op, sample)
    for create_graph in (False, True):
        leaves = [Value(x) for x in xs]
        gradients = grad(apply(op, sample, leaves), leaves, create_graph=create_graph)
        for i in range(movable(op, sample)):
            expected = central_difference(lambda *at: apply(op, sample, at), xs, i)
            assert float(gradients[i]) == pytest.approx(expected, rel=1e-6, abs=1e-8)


@every_op_at_its_samples
def test_second_partials_agree_with_central_differences_of_the_first(op, sample):
    xs = flat(op, sample)

    def slope(i):
        def derivative(*at):
            leaves = [Value(x) for x in at]
            return grad(apply(op, sample, leaves), leaves)[i]

        return derivative

    for i in range(movable(op, sample)):
        leaves = [Value(x) for x in xs]
        first = grad(apply(op, sample, leaves), leaves, create_graph=True)[i]
        second = grad(first, leaves)
        for j in range(movable(op, sample)):
            assert second[j] == pytest.approx(central_difference(slope(i), xs, j), rel=1e-6, abs=1e-8)


@every_op_at_its_samples
def test_gradcheck_finds_every_record_right_to_second_order(op, sample):
    n = movable(op, sample)
    found = gradcheck(of_values(op, sample), flat(op, sample)[:n], order=2)
    assert found.checked == n * (1 + n)
    assert found.kinks == ()


@every_op_at_its_samples
def test_forward_mode_agrees_with_reverse_mode(op, sample):
    xs = flat(op, sample)
    leaves = [Value(x) for x in xs]
    apply(op, sample, leaves).backward()
    for i, leaf in enumerate(leaves):
        _, slope = jvp(lambda *at: apply(op, sample, at), xs, [float(j == i) for j in range(len(xs))])
        assert slope == leaf.grad


@every_op
def test_latex_and_doc_are_filled_in(op):
    written = op.latex.format("A", "B", "C")
    assert "{0}" not in written and written
    assert written.count("{") == written.count("}")
    assert repr(op) == f"<op {op.name}: {op.doc}>" and op.doc


@every_op
def test_table_holds_each_record_under_its_name_and_in_public(op):
    assert TABLE[op.name] is op
    assert op.name in autograd.__all__


def test_table_has_the_ops_of_the_issue():
    asked = "add sub mul neg div pow exp log sqrt tanh sigmoid softplus relu leaky_relu sin cos abs maximum minimum"
    assert {*asked.split(), "step", "where", "sum", "dot", "pick", "logsumexp"} <= set(TABLE)


def test_reference_covers_the_table():
    assert set(REFERENCE) == set(TABLE)


# --- size ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "low", "high"),
    [
        (ops.sigmoid, (0.0, 0.0), (1.0, 0.0)),
        (ops.softplus, (0.0, 0.0), (1000.0, 1.0)),
        (ops.tanh, (-1.0, 0.0), (1.0, 0.0)),
        (lambda x: logsumexp([x, 0.0]), (0.0, 0.0), (1000.0, 1.0)),
        (lambda x: softmax([x, 0.0])[0], (0.0, 0.0), (1.0, 0.0)),
        (lambda x: softmax([x, x])[0], (0.5, 0.0), (0.5, 0.0)),
    ],
    ids=["sigmoid", "softplus", "tanh", "logsumexp", "softmax", "softmax-tie"],
)
def test_safe_at_plus_and_minus_a_thousand_in_value_and_slopes(f, low, high):
    for at, (value, slope) in ((-1000.0, low), (1000.0, high)):
        x = Value(at)
        y = f(x)
        first = grad(y, x, create_graph=True)
        assert (y.data, first.data, grad(first, x)) == pytest.approx((value, slope, 0.0), abs=1e-12)
        assert f(at) == y.data


def test_sigmoid_and_softplus_keep_their_digits_far_out():
    assert ops.sigmoid(-40.0) == pytest.approx(math.exp(-40), rel=1e-15)
    assert ops.softplus(-40.0) == pytest.approx(math.exp(-40), rel=1e-15)
    assert ops.sigmoid.array(np.array([-1000.0, 1000.0])).tolist() == [0.0, 1.0]
    assert ops.softplus.array(np.array([-1000.0, 1000.0])).tolist() == [0.0, 1000.0]


# --- domains -------------------------------------------------------------------------------------------------

REFUSED = {
    "log of 0": ("log", "0.0", "> 0", ops.log, 0.0),
    "log of a negative": ("log", "-1.5", "> 0", ops.log, -1.5),
    "sqrt of a negative": ("sqrt", "-1.0", ">= 0", ops.sqrt, -1.0),
    "negative power of 0": ("pow", "0.0 (node 'speed') and -1.0", "no negative powers", lambda x: x**-1, 0.0),
    "negative power of -0": ("pow", "-0.0 (node 'speed') and -1.0", "no negative powers", lambda x: x**-1, -0.0),
    "root of a negative": ("pow", "-8.0 (node 'speed') and 0.3", "only whole", lambda x: x ** (1 / 3), -8.0),
    "root of a negative number": ("pow", "-8.0 and 0.5", "only whole", lambda x: (-8) ** x, 0.5),
    "division by 0": ("div", "1.0 and 0.0", "must not be 0", lambda x: 1 / x, 0.0),
    "0 by 0": ("div", "0.0 (node 'speed') and 0.0", "must not be 0", lambda x: x / 0, 0.0),
    "overflow of exp": ("exp", "1000.0", "passes the largest float", ops.exp, 1000.0),
    "overflow of pow": ("pow", "10.0 (node 'speed') and 400.0", "beyond the largest float", lambda x: x**400, 10.0),
    "sine of infinity": ("sin", "inf", "finite", ops.sin, math.inf),
}
refused = pytest.mark.parametrize(("name", "argument", "need", "f", "at"), REFUSED.values(), ids=REFUSED)


@refused
def test_domain_error_says_op_argument_label_line_and_need(name, argument, need, f, at):
    with pytest.raises(DomainError) as caught:
        f(Value(at, label="speed"))
    message = str(caught.value)
    assert message.startswith(f"{name}: argument")
    for part in (argument, "node 'speed'", "test_ops.py:", need):
        assert part in message
    assert isinstance(caught.value, ValueError)


@refused
def test_domain_error_of_an_array_of_values_is_the_same(name, argument, need, f, at):
    with pytest.raises(DomainError, match=f"^{name}: argument.*'speed'.*{need}"):
        f(np.array([Value(at, label="speed")]))


@pytest.mark.parametrize(
    "f",
    [
        lambda: ops.log(0),
        lambda: ops.log(-1),
        lambda: ops.sqrt(-1.0),
        lambda: ops.pow(0, -2),
        lambda: ops.pow(-2, 0.5),
        lambda: ops.div(1, 0),
        lambda: ops.exp(710),
    ],
)
def test_plain_numbers_are_refused_as_values_are(f):
    with pytest.raises(DomainError, match=r"test_ops.py:\d+"):
        f()


@pytest.mark.parametrize(
    ("f", "hint"),
    [
        (lambda: Value(-1.0).log(), "softmax"),
        (lambda: Value(-1.0).sqrt(), "abs"),
        (lambda: Value(1.0) / 0, "1e-8"),
        (lambda: Value(0.0) ** -1, "above 0"),
        (lambda: Value(1e3).exp(), "logsumexp"),
    ],
)
def test_domain_error_says_how_to_mend_it(f, hint):
    with pytest.raises(DomainError, match=hint):
        f()


@every_scalar_op
def test_finite_numbers_never_give_nan_or_a_complex(op):
    hard = [0.0, -0.0, 1.0, -1.0, 0.5, -1e-300, 1e-300, 1e308, -1e308, 5e-324, 710.0, -750.0, 1 / 3, 1e16]
    answered = 0
    for i in range(len(hard) ** len(op.partials)):
        args = [Value(hard[i // len(hard) ** k % len(hard)]) for k in range(len(op.partials))]
        try:
            out = op(*args)
        except DomainError:
            continue
        answered += 1
        assert type(out.data) is float and not math.isnan(out.data), args
    assert answered


# --- powers --------------------------------------------------------------------------------------------------


def derivatives(f, at, order=3):
    """f and its derivatives at a number, up to that order."""
    x = Value(at)
    y = f(x)
    found = [y.data]
    for _ in range(order):
        y = grad(y, x, create_graph=True)
        found.append(y.data)
    return found


@pytest.mark.parametrize(
    ("f", "at", "expected"),
    [
        (lambda x: x**0, 0.0, [1, 0, 0, 0]),
        (lambda x: x**0, -2.0, [1, 0, 0, 0]),
        (lambda x: x**1, 0.0, [0, 1, 0, 0]),
        (lambda x: x**2, 0.0, [0, 0, 2, 0]),
        (lambda x: x**2, -2.0, [4, -4, 2, 0]),
        (lambda x: x**3, 0.0, [0, 0, 0, 6]),
        (lambda x: x**3, -2.0, [-8, 12, -12, 6]),
        (lambda x: x**-1, -2.0, [-1 / 2, -1 / 4, -1 / 4, -3 / 8]),
        (lambda x: x**0.5, 4.0, [2, 1 / 4, -1 / 32, 3 / 256]),
        (lambda x: x * x * x, -2.0, [-8, 12, -12, 6]),
        (lambda x: 2**x, 3.0, [8 * math.log(2) ** k for k in range(4)]),
        (lambda x: 1**x, 3.0, [1, 0, 0, 0]),
        (lambda x: 0**x, 3.0, [0, 0, 0, 0]),
        (lambda x: x**x, 1.0, [1, 1, 2, 3]),
    ],
)
def test_powers_are_right_to_third_order(f, at, expected):
    assert derivatives(f, at) == pytest.approx(expected, rel=1e-12, abs=1e-15)


def test_power_of_two_values_has_a_slope_in_base_and_exponent():
    base, exponent = Value(2.0), Value(3.0)
    (base**exponent).backward()
    assert base.grad == pytest.approx(12.0)
    assert exponent.grad == pytest.approx(8 * math.log(2))


@pytest.mark.parametrize("exponent", [-1.0, 0.0, 1.0, 2.0])
def test_mixed_second_derivative_of_a_power_is_right_at_whole_exponents_too(exponent):
    expected = 3.0 ** (exponent - 1) * (1 + exponent * math.log(3.0))
    (_, mixed), (other_way, _) = hessian(lambda x, p: x**p, [3.0, exponent])
    assert mixed == pytest.approx(expected) and other_way == pytest.approx(expected)


def test_negative_base_has_no_slope_in_a_value_exponent_and_says_so():
    base, exponent = Value(-2.0), Value(2.0)
    y = base**exponent
    assert y.data == 4.0
    with pytest.raises(DomainError, match=r"pow.*no finite derivative.*plain number"):
        y.backward()


# --- conventions at kinks ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "slope"),
    [
        (ops.relu, 0.0),
        (ops.abs, 0.0),
        (ops.step, 0.0),
        (ops.leaky_relu, 0.01),
        (lambda x: ops.leaky_relu(x, 0.2), 0.2),
        (lambda x: ops.maximum(x, 0.0), 0.5),
        (lambda x: ops.minimum(0.0, x), 0.5),
        (lambda x: ops.maximum(x, x), 1.0),
        (lambda x: ops.minimum(x, x), 1.0),
    ],
)
def test_slope_at_a_kink_is_the_convention_of_the_record_in_every_mode(f, slope):
    for zero in (0.0, -0.0):
        x = Value(zero)
        f(x).backward()
        assert x.grad == slope
        assert grad(f(x), x, create_graph=True).data == slope
        assert jvp(f, [zero], [1.0])[1] == slope


def test_where_takes_its_gradient_on_the_chosen_side_only():
    x, y = Value(2.0), Value(-3.0)
    for condition, slopes in ((True, [1.0, 0.0]), (x < y, [0.0, 1.0]), (Value(7.0), [1.0, 0.0]), (0, [0.0, 1.0])):
        assert grad(ops.where(condition, x, y), [x, y]) == slopes


def test_where_and_step_keep_a_nan_of_the_other_side_out():
    x = Value(-1.0)
    y = ops.where(x > 0, ops.sqrt(ops.maximum(x, 0.0)), x * 2)
    y.backward()
    assert (y.data, x.grad) == (-2.0, 2.0)


# --- adding a record -----------------------------------------------------------------------------------------


@pytest.fixture
def new_op():
    """A function that makes a record for the length of one test."""
    made = []

    def make(name, value, *partials, **rest):
        about = {"array": value, "latex": "{0}", "domain": ops.REALS, "doc": "new", **rest}
        made.append(name)
        return Op(name, value=value, partials=partials, **about)

    yield make
    for name in made:
        TABLE.pop(name, None)


def test_one_new_record_works_in_every_mode(new_op):
    square = new_op("square", lambda x: x * x, lambda out, x: 2 * x, latex="{0}^2")
    x = Value(3.0)
    y = square(x) * x
    y.backward()
    assert (y.data, x.grad) == (27.0, 27.0)
    assert derivatives(square, 3.0) == [9.0, 6.0, 2.0, 0.0]
    assert jvp(square, [3.0], [2.0]) == (9.0, 12.0)
    assert square(3) == 9.0 and type(square(3)) is float
    assert square(np.array([1.0, 2.0])).tolist() == [1.0, 4.0]
    assert repr(y.args[0]) == "Value(9.0, grad=3.0, op=square)"
    assert gradcheck(lambda x: square(x) + x, [3.0], order=2).checked == 2


@pytest.mark.parametrize(
    ("op", "arrays", "need"),
    [
        (ops.log, [np.array([1.0, -1.0])], "> 0"),
        (ops.sqrt, [np.array([4, -4])], ">= 0"),
        (ops.div, [np.array([1, 0]), np.array([1, 0])], "must not be 0"),
        (ops.pow, [np.array([8.0, -8.0]), 1 / 3], "only whole"),
        (ops.exp, [np.array([[0.0], [1000.0]])], "passes the largest float"),
    ],
)
def test_numbers_in_an_array_are_refused_like_a_number_alone(op, arrays, need):
    with pytest.raises(DomainError, match=f"^{op.name}: argument.*{need}"):
        op(*arrays)


def test_arrays_of_whole_numbers_are_computed_in_floats():
    small = np.array([3, 200], dtype=np.uint8)
    assert ops.sub(small, np.array([5, 100], dtype=np.uint8)).tolist() == [-2.0, 100.0]
    assert ops.add(small, small).tolist() == [6.0, 400.0]
    assert ops.pow(np.array([2, 4]), -1).tolist() == [0.5, 0.25]
    assert ops.mul(np.array([1e200]), 1e200).tolist() == [math.inf]  # as with floats
    with pytest.raises(NotANumberError, match="exp takes real numbers"):
        ops.exp(np.array(["a"]))


def test_array_form_of_pick_takes_any_number_of_values():
    values = np.arange(200.0).reshape(100, 2)
    assert ops.PICK.array(values, np.array([[7, 99]])).tolist() == [14.0, 199.0]


def test_record_whose_partials_are_no_tuple_says_what_to_write():
    with pytest.raises(TypeError, match=r"half: partials needs a tuple of functions.*write \(f,\)"):
        Op("half", lambda x: x / 2, (lambda out, x: 0.5), np.negative, "", ops.REALS, "")
    assert "half" not in TABLE


def test_new_record_of_three_arguments_names_the_node_it_refuses(new_op):
    ratio = new_op(
        "ratio",
        lambda a, b, c: a * b / c,
        lambda out, a, b, c: b / c,
        lambda out, a, b, c: a / c,
        lambda out, a, b, c: -out / c,
    )
    gradcheck(ratio, [1.0, 2.0, 3.0], order=2)
    with pytest.raises(DomainError, match=r"^ratio: .*0.0 \(node 'mass'\), at test_ops.py"):
        ratio(1.0, 2.0, Value(0.0, label="mass"))


def test_two_records_cannot_have_one_name(new_op):
    with pytest.raises(ValueError, match=r"'exp' stands in the table already"):
        Op("exp", math.exp, (lambda out, x: out,), np.exp, "", ops.REALS, "")
    assert TABLE["exp"] is ops.exp


def test_op_called_with_too_few_or_too_many_arguments_says_how_many_it_takes():
    for args in ((), (1.0,), (1.0, 2.0, 3.0)):
        with pytest.raises(TypeError, match=r"maximum takes 2 argument\(s\), got"):
            ops.maximum(*args)


def test_record_is_one_object_that_survives_pickling():
    for op in TABLE.values():
        assert pickle.loads(pickle.dumps(op)) is op
        assert copy.deepcopy(op) is op
