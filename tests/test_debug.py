"""debug(): lines of nodes; the first NaN, infinity or stale value is told of; nothing is left behind outside."""

import asyncio
import copy
import gc
import math
import pickle
import sys
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import (
    TABLE,
    AutogradError,
    Domain,
    DomainError,
    NotFiniteError,
    Op,
    Parameter,
    ParameterVector,
    StaleError,
    TraceError,
    Value,
    debug,
    dot,
    exp,
    grad,
    gradcheck,
    hessian,
    jit,
    jvp,
    log,
    logsumexp,
    mean,
    pick,
    softmax,
    sqrt,
    sum,
    vmap,
    where,
)
from autograd.findings import inspect
from autograd.notes import line_of, note_of
from autograd.record import Primitive
from nets import MLP, SGD, fit, squared_error
from tests.strategies import follow, recipes, small
from tests.tables import every_op_at_its_samples, of_values

INF, NAN, HUGE = math.inf, math.nan, 1e200


def here(back=0):
    """The line it is called from, or one so many lines above, as a note would have it."""
    return f"test_debug.py:{sys._getframe(1).f_lineno - back}"


def told(error, *parts):
    """Whether the message of a caught error has these parts, in this order."""
    message, at = str(error.value), 0
    for part in parts:
        at = message.find(part, at)
        assert at >= 0, f"{part!r} is missing, or not in this place, in: {message}"
        at += len(part)
    return True


# --- lines ---------------------------------------------------------------------------------------------------


OPERATORS = {
    "add": lambda x: x + x,
    "add number": lambda x: x + 1,
    "reflected add": lambda x: 1 + x,
    "sub": lambda x: x - x,
    "reflected sub": lambda x: 1.0 - x,
    "mul": lambda x: x * x,
    "reflected mul": lambda x: 2 * x,
    "div": lambda x: x / 2,
    "reflected div": lambda x: 2 / x,
    "pow": lambda x: x**2,
    "reflected pow": lambda x: 2**x,
    "neg": lambda x: -x,
    "abs": lambda x: abs(x),
    "numpy exp": lambda x: np.exp(x),
    "numpy scalar": lambda x: np.float64(2.0) * x,
    "numpy array": lambda x: (np.array([1.0, 2.0]) * x)[1],
    "numpy array of Values": lambda x: np.tanh(np.array([x, x]))[0],
    "numpy sum": lambda x: np.array([x, x]).sum(),
    "python sum": lambda x: __builtins_sum([x, x]),
    "sum": lambda x: sum([x, 1.0]),
    "mean": lambda x: mean([x, 1.0]),
    "dot": lambda x: dot([x], [2.0], 1.0),
    "pick": lambda x: pick([x, 1.0], 0),
    "logsumexp": lambda x: logsumexp([x, 1.0]),
    "softmax": lambda x: softmax([x, 1.0])[0],
    "where": lambda x: where(x > 0, x, 1.0),
    "leaky relu": lambda x: x.leaky_relu(),
    "compared in jit": lambda x: jit(lambda a: a * 2.0)(x),
    "gradient": lambda x: grad(x**3, x, create_graph=True),
    "leaf": lambda x: Value(1.0),
}
__builtins_sum = __builtins__["sum"] if isinstance(__builtins__, dict) else __builtins__.sum
METHODS = ["exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid", "softplus", "relu", "step", "leaky_relu"]
OPERATORS |= {f"method {name}": (lambda x, name=name: getattr(x, name)()) for name in METHODS}


@pytest.mark.parametrize("make", OPERATORS.values(), ids=OPERATORS)
def test_node_knows_the_line_that_made_it_however_it_was_made(make):
    x = Value(0.5)
    with debug():
        node = make(x)
    assert line_of(node) == f"test_debug.py:{make.__code__.co_firstlineno}"
    assert line_of(x) == "" and line_of(make(x)) == ""


@every_op_at_its_samples
def test_every_op_of_the_table_makes_nodes_that_know_their_line(op, sample):
    f = of_values(op, sample)
    xs = [Value(x) for row in sample for x in (row if isinstance(row, tuple) else (row,))]
    with debug():
        node = f(*xs[: len(xs) - (op.name == "pick")])
    assert node.op is op and line_of(node).startswith("tables.py:")


def test_op_that_a_user_adds_is_noted_and_inspected_like_any_other():
    blow = Op(
        "blow_up",
        value=lambda x: INF if x > 0 else x,
        partials=(lambda out, x: 1.0,),
        array=np.abs,
        latex="{0}",
        domain=Domain("any", lambda x: True, ((0.0,),)),
        doc="inf",
    )
    try:
        with pytest.raises(NotFiniteError) as error, debug():
            y, line = blow(Value(2.0, "x")), here()
            (y * 0.5).backward()
        assert told(error, "blow_up: the result is inf", line, "2.00 (node 'x')", "reaches the root")
    finally:
        del TABLE["blow_up"]


def test_labels_are_plain_strings_and_take_the_note_with_them():
    with debug():
        node, line = Value(2.0, "x") * 3.0, here()
        node.label = "y"
        assert type(node.label) is str
        for label in ("", "z"):
            node.label = label
            assert node.label == label and line_of(node) == line
    assert node.label == "z" and repr(node) == "Value(6.0, op=mul, label='z')" and line_of(node) == line
    node.label = "outside"
    assert node.label == "outside" and line_of(node) == ""


def test_note_is_of_one_node_not_of_others_that_get_its_label():
    with debug():
        a = Value(1.0) + 1.0
        a.label = "a"
    b = Value(2.0) * 3.0
    b.label = a.label
    assert line_of(a) and not line_of(b) and b.label == "a"
    with debug():
        b.backward()


def test_copies_and_pickles_hold_no_note():
    with debug():
        y = Value(2.0, "x") * 3.0
        y.label = "y"
        inside = [copy.copy(y), copy.deepcopy(y), pickle.loads(pickle.dumps(y))]
    for other in [*inside, copy.copy(y), copy.deepcopy(y), pickle.loads(pickle.dumps(y))]:
        assert (other.data, other.label, note_of(other)) == (6.0, "y", None)
        with debug():
            other.backward()
    assert b"notes" not in pickle.dumps(y)


# --- stale values --------------------------------------------------------------------------------------------


def test_value_changed_after_it_was_used_is_told_with_both_numbers_the_node_and_its_line():
    a, b = Value(2.0, "a"), Value(3.0, "b")
    with pytest.raises(StaleError) as error, debug():
        c, line = a * b, here()
        c.label = "c"
        a.data = 10
        c.backward()
    assert told(error, "'a' was 2.00 when mul used it", f"(node 'c', {line})", "is 10.00 now", "again")
    assert (a.grad, b.grad, c.grad) == (0.0, 0.0, 0.0)
    assert isinstance(error.value, AutogradError)


def test_grad_and_hessian_refuse_stale_values_too():
    a = Value(2.0, "a")
    with debug():
        c = a * a
        a.data = 3.0
        for use in (lambda: grad(c, a), lambda: grad(c, [a], create_graph=True)):
            with pytest.raises(StaleError, match=r"'a' was 2\.00"):
                use()
        assert hessian(lambda x: x * x, [2.0]) == [[2.0]]


def test_first_use_in_the_order_of_making_is_told():
    a, b = Value(1.0, "a"), Value(2.0, "b")
    with pytest.raises(StaleError) as error, debug():
        first = b.exp()
        second = a * 2.0
        a.data = b.data = 5.0
        (second + first).backward()
    assert told(error, "'b' was 2.00 when exp used it")


def test_change_of_an_inner_node_without_a_label_is_told():
    with pytest.raises(StaleError) as error, debug():
        h, line = Value(1.0) + 1.0, here()
        y = h * 2.0
        h.data = 0.0
        y.backward()
    assert told(error, f"the result of add ({line}) was 2.00 when mul used it", "is 0.00 now")


def test_small_change_is_told_in_as_many_digits_as_it_takes():
    a = Value(0.5, "a")
    with pytest.raises(StaleError) as error, debug():
        c = a + 1.0
        a.data = 0.5000001
        c.backward()
    assert told(error, "'a' was 0.5 ", "0.5000001 now")


def _vector():
    ws = ParameterVector([0.5, 1.0, 1.5], label="w")
    return ws, lambda: setattr(ws[1], "data", 7.0), lambda: dot(ws, [1.0, 2.0, 3.0])


def _inputs():
    xs = [Value(0.5), Value(1.0, "w.1"), Value(1.5)]
    return xs, lambda: setattr(xs[1], "data", 7.0), lambda: dot([1.0, 2.0, 3.0], xs, xs[0])


def _bias():
    bias = Parameter(1.0, label="w.1")
    return bias, lambda: setattr(bias, "data", 7.0), lambda: dot([1.0], [Value(2.0)], bias)


def _where():
    x = Value(1.0, "w.1")
    return x, lambda: setattr(x, "data", 7.0), lambda: where(Value(1.0), 2.0, x)


@pytest.mark.parametrize("case", [_vector, _inputs, _bias, _where])
def test_change_within_a_row_is_told(case):
    _, change, compute = case()
    with debug():
        compute().backward()
        y = compute()
        y.backward()
        change()
        compute().backward()  # computed anew, it is in order
        with pytest.raises(StaleError, match=r"'w\.1' was 1\.00 .* is 7\.00 now"):
            y.backward()


def test_graph_from_before_an_optimizer_step_is_stale():
    model = MLP(2, [3, 1], seed=0)
    optimizer = SGD(model.parameters(), lr=0.1)
    with debug():
        loss = squared_error(model([0.5, -1.0]), 1.0)
        loss.backward()
        optimizer.step()
        with pytest.raises(StaleError, match=" when dot used it "):
            loss.backward()
        squared_error(model([0.5, -1.0]), 1.0).backward()


def test_nothing_is_stale_that_was_set_to_the_same_number_or_used_only_afterwards():
    a, nan = Value(2.0), Value(NAN)
    with debug():
        c = where(1.0, a * 3.0, nan)
        a.data, nan.data = 2.0, float("nan")
        c.backward()
        c.backward()
        a.data = 4.0
        assert grad(a * a, a) == 8.0
    assert a.grad == 6.0


def test_node_made_outside_is_not_asked_what_it_was_made_of():
    a = Value(2.0)
    c = a * a
    a.data = 3.0
    with debug():
        c.backward()


# --- NaN and infinity, forward -------------------------------------------------------------------------------


def test_first_number_gone_wrong_is_told_in_the_order_of_making_not_of_the_graph():
    a, b = Value(HUGE, "a"), Value(0.5, "b")
    with pytest.raises(NotFiniteError) as error, debug():
        late = b * 1.0
        first, line = a * a, here()
        first.label = "first"
        second = b + INF - INF
        loss = late + second + first
        loss.label = "loss"
        loss.backward()
    assert told(
        error, "mul: the result is inf", f"(node 'first', {line})", "are 1e200 (node 'a') and 1e200 (node 'a')",
        "Scale", "It reaches the root 'loss', which is nan",
    )  # fmt: skip
    assert a.grad == b.grad == 0.0 and isinstance(error.value, ValueError)


def test_nan_is_told_with_its_infinite_arguments():
    x = Value(-INF, "mask")
    with pytest.raises(NotFiniteError) as error, debug():
        y, line = 0.0 * (x + 3.0), here()
        (Value(1.0) + y).backward()
    assert told(error, "mul: the result is nan", line, "0.00 and -inf (add, ", "finite", "which is nan")


def test_number_gone_wrong_in_a_branch_that_is_not_selected_does_not_reach_the_root():
    x = Value(2.0, "x")
    with pytest.raises(NotFiniteError) as error, debug():
        where(x > 0, x, x * 1e308).backward()
        where(x > 0, x, x * 1e308 * 10.0).backward()
    assert told(error, "mul: the result is inf", "does not reach the root, which is 2.00")


def test_nan_that_was_put_in_is_told_at_its_first_use():
    x = Value(NAN, "pixel")
    with pytest.raises(NotFiniteError) as error, debug():
        (x * 2.0).exp().backward()
    assert told(error, "mul: the result is nan", "nan (node 'pixel')", "from the start")


def test_infinity_that_was_put_in_may_be_passed_on():
    scores = [Value(1.0), Value(2.0), Value(3.0)]
    with debug():
        masked = [s + m for s, m in zip(scores, [0.0, 0.0, -INF], strict=True)]
        (-log(softmax(masked)[0])).backward()
        logsumexp(masked).backward()
    assert scores[2].grad == 0.0 and scores[0].grad != 0.0


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Value(-INF, "mask") + 1.0, "'mask' is -inf from the start; it reaches the root, which is -inf"),
        (lambda: Value(1.0) + INF, "the constant inf is an argument of add ("),
        (lambda: Value(INF, "x"), "'x' is inf from the start"),
    ],
)
def test_root_that_is_not_finite_is_refused_though_no_op_went_wrong(make, words):
    with pytest.raises(NotFiniteError) as error, debug():
        make().backward()
    assert told(error, words)


def test_of_many_arguments_those_that_matter_are_shown():
    xs = [Value(float(i)) for i in range(100)]
    xs[70] = Value(INF, "culprit")
    with pytest.raises(NotFiniteError) as error, debug():
        dot(xs, [0.0] * 100).backward()
    assert told(error, "dot: the result is nan", "among its 201 arguments are inf (node 'culprit')")
    assert len(str(error.value)) < 400


def test_domain_error_for_an_infinite_argument_says_where_that_came_from():
    with pytest.raises(DomainError) as error, debug():
        big, line = Value(HUGE, "x") * HUGE, here()
        (big + 1.0).sin()
    assert told(error, "sin: argument is inf", "It was this one: mul: the result is inf", line, "(node 'x')")
    with pytest.raises(DomainError) as error, debug():
        (Value(HUGE) * HUGE * -1.0).relu().__sub__(1.0).log()
    assert "this one" not in str(error.value)


def test_number_that_went_wrong_and_was_not_differentiated_is_told_at_the_end():
    with pytest.raises(NotFiniteError) as error, debug():
        y, line = Value(HUGE, "x") * HUGE, here()
        y * 0.0
        Value(1.0).exp().backward()
    assert told(error, "mul: the result is inf", line, "(node 'x')", "No root above it was differentiated")


def test_number_that_was_told_of_once_is_not_told_of_again_at_the_end():
    with debug():
        with pytest.raises(NotFiniteError):
            (Value(HUGE) * HUGE).backward()
        Value(1.0).exp().backward()


def test_error_within_the_block_is_not_hidden_by_what_is_told_at_its_end():
    with pytest.raises(KeyError), debug():
        Value(HUGE) * HUGE
        raise KeyError


# --- NaN and infinity, backward only -------------------------------------------------------------------------


def test_infinite_gradient_of_finite_numbers_is_told_and_none_is_written():
    y, w = Value(1e-200, "y"), Value(2.0, "w")
    with pytest.raises(NotFiniteError) as error, debug():
        q, line = 1.0 / y, here()
        q.label = "q"
        loss = q * 1e-250 * w
        loss.label = "loss"
        loss.backward()
    assert told(
        error, "div: the gradient of 'y' is -inf", f"(node 'q', {line})", "2e-250 from above",
        "d div / d y = -inf", "1e200", "1.00 and 1e-200 (node 'y')", "backward from the root 'loss'",
    )  # fmt: skip
    assert y.grad == w.grad == 0.0


def test_nan_in_a_gradient_of_a_finite_root_is_told():
    x, p = Value(INF, "x"), Value(-1.0, "p")
    with pytest.raises(NotFiniteError) as error, debug():
        y, line = x**p, here()
        (y + 1.0).backward()
    assert told(error, "pow: the gradient of 'p' is nan", line, "inf (node 'x')", "which is 1.00")


def test_gradients_that_overflow_only_when_added_are_told():
    x = Value(1e-10, "x")
    with pytest.raises(NotFiniteError) as error, debug():
        (x * 1.5e308 + x * 1.5e308).backward()
    assert told(error, "mul: the gradient of 'x' is inf", "on top of 1.5e308")


def test_grad_asks_only_for_the_derivatives_it_needs():
    x, y = Value(0.0, "x"), Value(3.0, "y")
    with debug():
        z = sqrt(x) * 2.0 + y * y
        assert grad(z, y) == 6.0
        with pytest.raises(DomainError, match=rf"no finite derivative.* made at {here(2)}"):
            z.backward()
    assert y.grad == 0.0


# --- the block -----------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _everything_is_as_it_was():
    before = dict(vars(Value)), dict(vars(Primitive))
    yield
    assert (dict(vars(Value)), dict(vars(Primitive))) == before
    assert list(vars(Value)) == list(before[0])


def test_outside_nothing_is_noted_or_checked():
    with debug(), debug():
        pass
    a = Value(2.0)
    c = a * HUGE * HUGE
    a.data = 3.0
    c.backward()
    assert note_of(c) is None and type(vars(Value)["label"].__get__(c)) is str


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError, GeneratorExit])
def test_block_that_is_left_by_an_error_leaves_nothing_behind(error):
    with pytest.raises(error), debug():
        with pytest.raises(error), debug():
            raise error
        assert line_of(Value(1.0))
        raise error
    assert not line_of(Value(1.0))


def test_interrupt_while_the_block_is_entered_leaves_nothing_behind(monkeypatch):
    from autograd.debug import _Swap

    put = _Swap._put

    def interrupted(label, domain_error):
        put(label, domain_error)
        if isinstance(label, property):
            raise KeyboardInterrupt

    monkeypatch.setattr(_Swap, "_put", staticmethod(interrupted))
    with pytest.raises(KeyboardInterrupt), debug():
        pass
    monkeypatch.undo()
    with debug():
        assert line_of(Value(1.0))


def test_decorated_function_runs_inside_debug_each_time():
    @debug()
    def square(x):
        return x * x

    assert line_of(square(Value(2.0))) and line_of(square(Value(2.0))) and not line_of(Value(2.0))
    with pytest.raises(NotFiniteError):
        square(Value(HUGE))


def test_inner_block_leaves_the_telling_to_the_outermost():
    with pytest.raises(NotFiniteError, match="differentiated"), debug():
        with debug():
            Value(HUGE) * HUGE
        assert line_of(Value(1.0))


def test_other_threads_are_as_they_were():
    inside, done = threading.Event(), threading.Event()
    seen = {}

    def other():
        inside.wait()
        x = Value(HUGE, "x")
        y = x * x
        x.label, y.label = "x2", "y"
        x.data = 1.0
        y.backward()
        seen.update(line=line_of(y), labels=(x.label, y.label), type=type(y.label))
        with debug():
            seen["own"] = line_of(Value(1.0) + 1.0)
        done.set()

    thread = threading.Thread(target=other)
    thread.start()
    with debug():
        inside.set()
        done.wait()
        assert line_of(Value(1.0) + 1.0)
    thread.join()
    assert seen["line"] == "" and seen["labels"] == ("x2", "y") and seen["type"] is str
    assert seen["own"].startswith("test_debug.py:")


def test_many_threads_may_enter_and_leave_at_once():
    errors = []

    def work():
        try:
            for _ in range(50):
                with debug():
                    x = Value(1.0)
                    (x * x).backward()
                    assert line_of(x) and x.grad == 2.0
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_task_that_waits_inside_does_not_put_others_inside():
    async def debugging(ready, go):
        with debug():
            ready.set()
            await go.wait()
            return line_of(Value(1.0))

    async def main():
        ready, go = asyncio.Event(), asyncio.Event()
        task = asyncio.create_task(debugging(ready, go))
        await ready.wait()
        plain = line_of(Value(1.0))
        go.set()
        return plain, await task

    plain, noted = asyncio.run(main())
    assert plain == "" and noted


def test_nodes_are_freed_when_they_are_dropped_also_inside():
    def alive():
        return len([None for x in gc.get_objects() if issubclass(type(x), Value)])

    model = MLP(2, [4, 1], seed=0)
    optimizer = SGD(model.parameters(), lr=0.01)

    def descend():
        optimizer.zero_grad()
        squared_error(model([0.5, -1.0]), 1.0).backward()
        optimizer.step()

    gc.collect()
    gc.disable()
    try:
        with debug():
            descend()
            before = alive()
            for _ in range(20):
                descend()
                assert alive() == before
            assert gc.collect() == 0
    finally:
        gc.enable()


def test_long_chain_is_inspected_without_recursion():
    x = Value(0.5)
    with debug():
        y = x
        for _ in range(20_000):
            y = (y + 1.0) * 0.5
        y.backward()
        assert line_of(y) == here(2)


@given(recipes(3, kinked=True), st.tuples(small, small, small))
def test_numbers_and_gradients_are_the_same_to_the_bit(recipe, numbers):
    def both():
        xs = tuple(map(Value, numbers))
        y = follow(recipe, xs)
        if not isinstance(y, Value):
            return y
        slopes = grad(y, xs, create_graph=True)
        y.backward()
        return [y.data.hex(), *(x.grad.hex() for x in xs), *(slope.data.hex() for slope in slopes)]

    outside = both()
    with debug():
        assert both() == outside


# --- together with the rest ----------------------------------------------------------------------------------


def test_jitted_function_runs_as_it_stands_so_that_its_nodes_are_seen():
    w = Parameter(2.0, "w")
    f = jit(lambda x: (w * x + 1.0) ** 2)
    assert f(3.0).op.name == "jit"
    with debug():
        y = f(3.0)
        assert y.op.name == "pow" and line_of(y) == here(4)
        with pytest.raises(NotFiniteError, match="mul: the result is inf"):
            jit(lambda x: w * x * x)(HUGE).backward()
    assert f(3.0).op.name == "jit"


def test_result_of_a_jitted_function_from_outside_is_inspected_too():
    w = Parameter(2.0, "w")
    y = jit(lambda x: w * x)(3.0)
    with debug():
        (y * 2.0).backward()
    assert w.grad == 6.0


def test_debug_inside_a_jitted_function_is_refused():
    @jit
    def f(x):
        with debug():
            return x * 2.0

    with pytest.raises(TraceError, match="around the call"):
        f(Value(1.0))


def test_graph_made_inside_goes_on_outside_in_jit_and_in_checks():
    x = Value(0.5, "x")
    with debug():
        y = x * 2.0 + 1.0
        gradcheck(lambda a: a * exp(a), [0.3], order=2)
        assert jvp(lambda a: a * a, [3.0], [1.0]) == (9.0, 6.0)
    f = jit(lambda a: a * y + y)
    f(2.0).backward()
    assert y.grad == 3.0


@pytest.mark.parametrize("compiled", [True, False])
def test_fit_takes_the_same_steps_inside(compiled):
    def train():
        model = MLP(2, [3, 1], seed=0)
        data = ([[0.0, 1.0], [1.0, 0.5], [0.3, 0.2], [0.9, 0.1]], [0.0, 1.0, 0.5, 0.2])
        history = fit(
            model, squared_error, data, SGD(model.parameters(), lr=0.1), epochs=3, batch_size=2, validation=data,
            jit=compiled,
        )  # fmt: skip
        return history.loss + [epoch.metrics["loss"] for epoch in history.epochs]

    outside = train()
    with debug():
        assert train() == pytest.approx(outside, rel=1e-9)


def test_first_bad_number_of_a_training_is_told_instead_of_a_divergence():
    model = MLP(1, [1], seed=0)
    data = ([[1e200], [1.0]], [1e200, 0.0])
    with pytest.raises(NotFiniteError, match="the result is inf"), debug():
        fit(model, squared_error, data, SGD(model.parameters(), lr=0.1))


def test_inspection_alone_needs_no_block():
    a = Value(2.0)
    inspect(a * a)
    with pytest.raises(NotFiniteError):
        inspect(a * HUGE * HUGE)


# --- where ---------------------------------------------------------------------------------------------------


SMALLEST = 5e-324
POISONS = {
    "log": (log, SMALLEST),
    "sqrt": (sqrt, 0.0),
    "sqrt of a square": (lambda x: sqrt(x * x), 0.0),
    "div": (lambda x: 1.0 / x, 1e-200),
    "div by itself": (lambda x: x / x, SMALLEST),
    "pow": (lambda x: x**0.5, 0.0),
    "pow of a Value": (lambda x: x ** Value(0.5), 0.0),
    "negative pow": (lambda x: x**-1.0, 1e-200),
    "overflow": (lambda x: x * 1e308 * 1e308, 4.0),
    "nan": (lambda x: x * 1e308 * 1e308 * 0.0, 4.0),
}
"""Functions and where they have an infinite derivative, or none, or no finite value."""

BRANCHES = {
    "then": (lambda f: lambda c, x: where(c, f(x), x * x + 3.0 * x), 0.0),
    "else": (lambda f: lambda c, x: where(c, x * x + 3.0 * x, f(x)), 1.0),
}
poisons = pytest.mark.parametrize(("f", "at"), POISONS.values(), ids=POISONS)
branches = pytest.mark.parametrize(("choose", "condition"), BRANCHES.values(), ids=BRANCHES)


@poisons
@branches
@pytest.mark.parametrize("computed", [False, True], ids=["given", "computed"])
def test_branch_that_is_not_selected_never_poisons_a_gradient_of_any_order(f, at, choose, condition, computed):
    x = Value(at)
    c = x * 0.0 + condition if computed else Value(condition)
    y = choose(f)(c, x)
    y.backward()
    assert x.grad == 2.0 * at + 3.0 and y.data == at * at + 3.0 * at
    slope = grad(y, x, create_graph=True)
    second = grad(slope, x, create_graph=True)
    assert (slope.data, second.data, grad(second, x)) == (2.0 * at + 3.0, 2.0, 0.0)


@poisons
@branches
def test_branch_that_is_not_selected_never_poisons_a_compiled_gradient(f, at, choose, condition):
    p, x, c = Parameter(at), Value(at), Value(condition)
    of_argument, of_parameter = jit(choose(f)), jit(lambda c: choose(f)(c, p))
    for _ in range(3):
        p.grad = x.grad = 0.0
        of_argument(c, x).backward()
        of_parameter(c).backward()
        assert x.grad == p.grad == 2.0 * at + 3.0


@branches
def test_branch_that_is_not_selected_never_poisons_one_example_of_a_batch(choose, condition):
    w = Parameter(1.0)
    f = choose(log)
    total = jit(lambda cs, xs: sum(vmap(lambda c, x: f(c, w * x))(cs, xs)))
    for _ in range(3):
        w.grad = 0.0
        total(np.array([condition, 1.0 - condition]), np.array([SMALLEST, 2.0])).backward()
        assert w.grad == pytest.approx(1.0)


@branches
@pytest.mark.parametrize("name", ["log", "div", "overflow", "nan"])
def test_branch_that_is_not_selected_never_poisons_a_tangent(choose, condition, name):
    f, at = POISONS[name]
    assert jvp(lambda x: choose(f)(condition, x), [at], [1.0])[1] == 2.0 * at + 3.0


@poisons
@branches
def test_debug_lets_an_infinite_derivative_pass_that_is_not_selected(f, at, choose, condition):
    x = Value(at)
    if math.isfinite(f(at)):
        with debug():
            choose(f)(Value(condition), x).backward()
        assert x.grad == 2.0 * at + 3.0
