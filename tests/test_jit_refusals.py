"""What jit refuses, and what it says: numbers that Python needs, numbers baked in, numbers that go wrong."""

import inspect
import math
from typing import Any

import numpy as np
import pytest

from autograd import (
    AutogradError,
    DomainError,
    Parameter,
    ParameterVector,
    TraceError,
    Value,
    dot,
    exp,
    grad,
    jit,
    log,
    logsumexp,
    mean,
    pick,
    sqrt,
    sum,
    vmap,
)
from nets import MLP

w = Parameter(2.0, "w")

# --- what cannot be traced -----------------------------------------------------------------------------------


def branches(x: Any) -> Any:
    return w if x > 1.0 else x


def asks_for_truth(x: Any) -> Any:
    return w * x if x else w


def joins_conditions(x: Any) -> Any:
    return (x > 1.0 and x < 3.0) * w


def offers_alternatives(x: Any) -> Any:
    return (x > 1.0 or x < 3.0) * w


def negates(x: Any) -> Any:
    return w * (not x > 1.0)


def takes_the_largest(x: Any) -> Any:
    return max(x, w)


def takes_the_smallest(x: Any) -> Any:
    return min([x, w, x * w])


def sorts(x: Any) -> Any:
    return sorted([x, w])[0]


def loops_while(x: Any) -> Any:
    while x < 10.0:
        x = x * w
    return x


def makes_a_float(x: Any) -> Any:
    return math.sin(x) * w


def makes_an_int(x: Any) -> Any:
    return int(x) * w


def rounds(x: Any) -> Any:
    return round(x) * w


def counts(x: Any) -> Any:
    return sum([w for _ in range(x)])


def looks_up(x: Any) -> Any:
    return [w, w * w, w + 1.0][x]


def goes_backward(x: Any) -> Any:
    y = w * x
    y.backward()
    return y


def branches_on_a_parameter(x: Any) -> Any:
    return w * x if w > 0.0 else x


REFUSED = {
    branches: ("bool()", "where(condition, a, b)"),
    asks_for_truth: ("bool()", "where(condition, a, b)"),
    joins_conditions: ("bool()", "and"),
    offers_alternatives: ("bool()", "or"),
    negates: ("bool()", "where(condition, a, b)"),
    takes_the_largest: ("bool()", "maximum"),
    takes_the_smallest: ("bool()", "minimum"),
    sorts: ("bool()", "maximum"),
    loops_while: ("bool()", "where"),
    makes_a_float: ("float()", "calculate with the Value itself"),
    makes_an_int: ("int()", "pick(values, index)"),
    rounds: ("round()", "calculate with the Value itself"),
    counts: ("index", "count loops by len() or a number from outside"),
    looks_up: ("index", "pick(values, index)"),
    goes_backward: ("backward()", "call it on the result"),
    branches_on_a_parameter: ("bool()", "where(condition, a, b)"),
}


@pytest.mark.parametrize("function", REFUSED, ids=lambda f: f.__name__)
def test_what_cannot_be_traced_is_refused_naming_the_line_and_the_op_to_use(function):
    what, instead = REFUSED[function]
    with pytest.raises(TraceError) as caught:
        jit(function)(2.0)
    message = str(caught.value)
    assert what in message and instead in message
    lines, first = inspect.getsourcelines(function)
    assert any(f"test_jit_refusals.py:{first + k}" in message for k in range(1, len(lines)))


@pytest.mark.parametrize("function", REFUSED, ids=lambda f: f.__name__)
def test_the_same_is_refused_for_one_example_of_a_batch(function):
    with pytest.raises(TraceError):
        jit(lambda xs: mean(vmap(function)(xs)))(np.array([2.0, 1.0]))


def test_a_refused_number_is_named_by_its_argument():
    with pytest.raises(TraceError, match=r"node 'speed'"):
        jit(lambda speed: float(speed) * w)(2.0)
    with pytest.raises(TraceError, match=r"node 'xs\[1\]'"):
        jit(lambda xs: float(xs[1]) * w)([1.0, 2.0])


def test_nothing_is_watched_any_more_after_a_refusal():
    with pytest.raises(TraceError):
        jit(branches)(2.0)
    assert branches(2.0) is w
    assert (Value(1.0) < Value(2.0)) is True


def test_constants_may_be_asked_anything():
    def f(x: Any) -> Any:
        c = Value(3.0)
        return w * x * (2.0 if c > 1.0 and c else 1.0) * int(c) * float(c) * [1.0, 2.0][int(c) - 2]

    assert jit(f)(1.0).data == 2.0 * 2.0 * 3 * 3.0 * 2.0


def test_an_error_of_the_users_own_passes_through_as_it_is():
    def f(xs: Any) -> Any:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        jit(f)([1.0])
    with pytest.raises(IndexError):
        jit(lambda xs: xs[5] * w)([1.0, 2.0])


# --- what is baked in ----------------------------------------------------------------------------------------


def test_reading_data_inside_is_allowed_and_the_second_call_checks_it():
    seen = []

    def harmless(x: Any) -> Any:
        y = w * x
        seen.append(y.data)
        return y

    f = jit(harmless)
    assert f(1.0).data == 2.0
    with pytest.warns(UserWarning, match="harmless changes 'seen'"):
        assert f(3.0).data == 6.0
    assert seen[0] == 2.0


def test_assignments_inside_are_refused():
    p = Parameter(3.0)

    def moves(x: Any) -> Any:
        p.data = p.data * 0.5
        return w * x

    def forgets(x: Any) -> Any:
        p.grad = 0.0
        return w * x

    for function, what in ((moves, ".data"), (forgets, ".grad")):
        with pytest.raises(TraceError, match=rf"assignment to \{what} of the number .*assign after the call"):
            jit(function)(1.0)
    assert p.data == 3.0


def test_a_refusal_that_is_caught_inside_or_turned_into_another_error_comes_out():
    def swallows(x: Any) -> Any:
        try:
            return w * float(x)
        except TypeError:
            return w

    with pytest.raises(TraceError, match=r"float\(\) of the number"):
        jit(swallows)(1.0)
    with pytest.raises(TraceError, match="an index of the number"):
        jit(lambda x: w * np.array([1.0, 2.0])[x])(1.0)


def test_second_derivatives_through_a_mean_over_a_batch_agree():
    ps = ParameterVector([0.3, -0.2])
    xs = np.random.default_rng(0).normal(size=(4, 2))

    def penalty(xs: Any) -> Any:
        total = mean(vmap(lambda row: dot(row, ps).tanh())(xs))
        return sum([g * g for g in grad(total, list(ps), create_graph=True)])

    f = jit(penalty)
    for _ in range(3):
        assert f(xs).data == pytest.approx(penalty(xs).data, rel=1e-12)


def test_a_number_read_by_data_and_used_is_an_error_that_names_the_first_node_that_differs():
    def f(x: Any) -> Any:
        y = (w * x).tanh()
        return y * 3.0 + y.data * w

    compiled = jit(f)
    assert compiled(1.0).data == pytest.approx(f(1.0).data, rel=1e-14)
    with pytest.raises(TraceError) as caught:
        compiled(0.5)
    message = str(caught.value)
    assert "first node that differs" in message and "op=mul" in message
    assert "0.761594" in message and "0.964028" in message  # what it is, and what was baked
    assert "label='x'" not in message.partition("first node that differs")[2].partition(";")[0]


def test_the_disagreement_is_reported_at_each_call_until_it_is_mended():
    f = jit(lambda x: w * x + (w * x).data)
    f(1.0)
    for _ in range(2):
        with pytest.raises(TraceError):
            f(2.0)


def test_check_false_trusts_the_program():
    f = jit(lambda x: w * x + (w * x).data, check=False)
    assert [f(1.0).data, f(2.0).data] == [4.0, 6.0]


def test_a_branch_on_data_is_caught_by_the_second_call():
    def f(x: Any) -> Any:
        return w * x if (w * x).data > 0.0 else w * w * x

    compiled = jit(f)
    compiled(1.0)
    with pytest.raises(TraceError, match=r"first node that differs is Value\(.*op=mul"):
        compiled(-1.0)


def test_a_number_outside_that_has_been_rebound_is_seen():
    scale = 3.0

    def f(x: Any) -> Any:
        return w * x * scale

    compiled = jit(f)
    for scale in (3.0, 3.0, 4.0, 5.0, 4.0):
        assert compiled(1.0).data == 2.0 * scale


def test_numbers_in_an_array_outside_are_constants_and_the_second_call_checks_them():
    scales = np.array([3.0, 1.0])
    compiled = jit(lambda x: w * x * float(scales[0]))
    assert compiled(1.0).data == 6.0
    scales[0] = 4.0
    with pytest.raises(TraceError, match=r"looked up outside"):
        compiled(1.0)


def test_a_batch_is_checked_at_once():
    f = jit(lambda xs: mean(vmap(lambda x: w * x + (w * x).data)(xs)))
    with pytest.raises(TraceError, match="does not do what the function does"):
        f(np.array([1.0, 2.0, 3.0, 4.0]))


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
def test_the_check_stands_infinite_results_and_nan(number):
    f = jit(lambda x: [w * x, w * w])
    f(1.0)
    assert str(f(number)[0].data) == str(number)
    assert f(5.0)[0].data == 10.0


# --- numbers that go wrong -----------------------------------------------------------------------------------

BAD: dict[str, Any] = {
    "log of a negative number": (lambda x: log(w * x), -1.0),
    "log of 0": (lambda x: log(w * x) * w, 0.0),
    "exp too large": (lambda x: exp(w * x), 1000.0),
    "division by 0": (lambda x: w / (w * x), 0.0),
    "root of a negative number": (lambda x: sqrt(w * x), -1.0),
    "power of a negative number": (lambda x: (w * x) ** 0.5, -1.0),
    "power of 0": (lambda x: (w * x) ** -1.0, 0.0),
    "power as variable": (lambda x: (w * x) ** (w * 0.3), -1.0),
    "hidden in a sum": (lambda x: dot([log(w * x), w], [x, 2.0]), -1.0),
    "hidden behind a finite result": (lambda x: 1.0 / (1.0 + exp(w * x)), 1000.0),
    "index too large": (lambda x: pick([w, w * w, w + 1.0], x), 3.0),
    "index below 0": (lambda x: pick([w, w * w, w + 1.0], x), -1.0),
    "index between": (lambda x: pick([w, w * w, w + 1.0], x), 0.5),
    "index NaN": (lambda x: pick([w, w * w, w + 1.0], x), math.nan),
    "index enormous": (lambda x: pick([w, w * w, w + 1.0], x), 1e300),
    "sum beyond the largest float": (lambda x: logsumexp([w * x, w]) / (w - x), 2.0),
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("batched", [False, True])
def test_a_number_that_goes_wrong_is_reported_by_the_engines_own_error(name, batched):
    function, bad = BAD[name]
    with pytest.raises(DomainError) as expected:
        function(bad)
    if batched:
        f, good = jit(lambda xs: mean(vmap(function)(xs))), np.array([1.0, 1.0, 1.0])
        wrong = np.array([1.0, 1.0, bad])
    else:
        f, good, wrong = jit(function), 1.0, bad
    right = f(good).data
    for _ in range(5):
        with pytest.raises(DomainError) as caught:
            f(wrong)
        assert str(caught.value) == str(expected.value)
        assert f(good).data == right
    assert right == pytest.approx(function(1.0).data, rel=1e-13)


def test_a_bad_number_in_the_first_call_is_reported_while_tracing():
    f = jit(lambda x: log(w * x))
    with pytest.raises(DomainError, match=r"log: argument is -2\.0"):
        f(-1.0)
    assert f(1.0).data == pytest.approx(math.log(2.0))


def test_the_label_of_the_node_is_in_the_message():
    p = Parameter(1.0, "rate")
    f = jit(lambda x: log(p) * x)
    f(1.0)
    p.data = -3.0
    with pytest.raises(DomainError, match=r"log: argument is -3\.0 \(node 'rate', test_jit_refusals\.py:\d+\)"):
        f(1.0)


def test_overflow_of_a_product_is_infinite_as_it_is_without_jit():
    f = jit(lambda x: w * x * x)
    f(1.0)
    for _ in range(5):
        assert f(1e200).data == math.inf
        assert f(2.0).data == 8.0


def test_a_nan_among_the_parameters_comes_out_as_it_does_without_jit():
    model = MLP(2, [3, 1], activation="tanh", seed=1)
    f = jit(lambda xs: model(xs))
    f([1.0, 2.0])
    model.layers[0].neurons[1].b.data = math.nan
    for _ in range(5):
        assert math.isnan(f([1.0, 2.0]).data) and math.isnan(model([1.0, 2.0]).data)
    model.layers[0].neurons[1].b.data = 0.5
    assert f([1.0, 2.0]).data == pytest.approx(model([1.0, 2.0]).data, rel=1e-13)


@pytest.mark.parametrize("batched", [False, True])
def test_a_derivative_that_does_not_exist_is_reported_by_the_engines_own_error(batched):
    def root(x: Any) -> Any:
        return sqrt(w * x)

    f = jit(lambda xs: mean(vmap(root)(xs))) if batched else jit(root)
    good, wrong = (np.array([1.0, 2.0]), np.array([1.0, 0.0])) if batched else (1.0, 0.0)
    f(good)
    for _ in range(4):
        y = f(wrong)
        with pytest.raises(DomainError, match=r"^sqrt: it has no finite derivative at \(0\)"):
            y.backward()
        z = f(good)
        w.grad = 0.0
        z.backward()
        assert w.grad == pytest.approx(z.data / 4.0)


def test_where_does_not_hide_a_bad_branch_as_it_does_not_without_jit():
    from autograd import where

    f = jit(lambda x: where(w * x > 0.0, log(w * x), 0.0))
    f(1.0)
    with pytest.raises(DomainError, match=r"log: argument is -2\.0"):
        f(-1.0)
    assert f(3.0).data == pytest.approx(math.log(6.0))


def test_every_error_is_one_of_the_engine():
    assert issubclass(TraceError, AutogradError) and issubclass(TraceError, TypeError)
