"""jit where readers of the code found it wrong: each case agrees with the function itself, or says why it cannot."""

import asyncio
import copy
import math
import pickle
import threading
import types
from typing import Any

import numpy as np
import pytest

from autograd import (
    ArgumentError,
    DomainError,
    Parameter,
    ParameterVector,
    TraceError,
    Value,
    dot,
    jit,
    log,
    maximum,
    mean,
    pick,
    relu,
    sum,
    vmap,
    where,
)
from nets import MLP

w = Parameter(2.0)


@jit
def doubled(x: Any) -> Any:
    return w * x


NAN = math.nan
COMPARISONS = {
    "<": lambda x: where(x < 0.0, 1.0, 2.0) * w,
    "<=": lambda x: where(x <= 0.0, 1.0, 2.0) * w,
    ">": lambda x: where(x > 0.0, 1.0, 2.0) * w,
    ">=": lambda x: where(x >= 0.0, 1.0, 2.0) * w,
    "==": lambda x: where(x == 0.0, 1.0, 2.0) * w,
    "!=": lambda x: where(x != 0.0, 1.0, 2.0) * w,
}


@pytest.mark.parametrize("sign", COMPARISONS)
def test_comparisons_with_nan_and_infinity_are_pythons(sign):
    function = COMPARISONS[sign]
    compiled = jit(function)
    for x in (1.0, 0.0, -1.0, NAN, math.inf, -math.inf, 0.0):
        assert compiled(x).data == function(x).data


@pytest.mark.parametrize("x", [NAN, math.inf])
def test_a_product_with_0_is_no_number_where_its_factor_is_none(x):
    def function(x: Any) -> Any:
        return sum([0.0 * x, w, dot([w, w], [0.0, x])])

    compiled = jit(function)
    assert [compiled(1.0).data, compiled(2.0).data] == [4.0, 6.0]
    assert str(compiled(x).data) == str(function(x).data)


def test_gradients_of_a_result_survive_a_call_that_fails():
    p = Parameter(2.0)
    f = jit(lambda x: log(p * x) * p)
    f(1.0)
    f(1.5)
    y = f(2.0)
    with pytest.raises(DomainError):
        f(-1.0)
    y.backward()
    assert p.grad == pytest.approx(math.log(4.0) + 1.0)


def test_threads_that_share_a_jitted_function_get_their_own_numbers():
    ws = ParameterVector(np.linspace(-1.0, 1.0, 20))
    f = jit(lambda xs: sum(vmap(lambda x: dot(ws, x).tanh())(xs)))
    batches = [np.random.default_rng(k).normal(size=(200, 20)) for k in range(4)]
    expected = [f(batch).data for batch in batches]
    wrong = []

    def work(k: int) -> None:
        for _ in range(100):
            if f(batches[k]).data != expected[k]:
                wrong.append(k)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_batch_may_stand_anywhere_in_the_result():
    def function(xs: Any) -> Any:
        scores = vmap(lambda x: w * x)(xs)
        return {"scores": scores, "nested": [[scores]], "plain": [1.0, 2.0]}

    xs = np.array([1.0, 2.0])
    compiled = jit(function)
    for _ in range(3):
        result = compiled(xs)
        assert [y.data for y in result["scores"]] == [2.0, 4.0] == [y.data for y in result["nested"][0][0]]
        result["plain"][0] = 99.0  # it is the caller's own
    assert compiled(xs)["plain"] == [1.0, 2.0]


def test_examples_that_do_not_hang_on_the_batch_are_summed_as_often():
    f = jit(lambda xs: sum(vmap(lambda x: w * w)(xs)) * w + mean(vmap(lambda x: [1.0, 2.0][0])(xs)))
    for size in (3, 5):
        assert f(np.ones((size, 2))).data == 8.0 * size + 1.0


def test_boolean_arrays_are_static_and_arrive_as_they_are():
    f = jit(lambda flags: sum([w * 2.0 if flag else w * 3.0 for flag in flags]))
    for _ in range(3):
        assert f(np.array([True, False, True])).data == 14.0


def test_an_attribute_of_a_module_may_be_changed():
    settings: Any = types.ModuleType("settings_of_a_user")
    settings.scale = 1.0
    f = jit(lambda x: w * settings.scale * x)
    assert [f(1.0).data, f(3.0).data] == [2.0, 6.0]
    settings.scale = 4.0
    assert f(1.0).data == 8.0


class Net:
    rate = 1.0

    def forward(self, x: Any) -> Any:
        return w * x * RATE * self.rate


RATE = 1.0


def test_what_methods_read_may_be_changed(monkeypatch):
    net = Net()
    f = jit(lambda x: net.forward(x))
    assert [f(1.0).data, f(3.0).data] == [2.0, 6.0]
    monkeypatch.setitem(globals(), "RATE", 5.0)
    assert f(1.0).data == 10.0
    monkeypatch.setattr(Net, "rate", 2.0)
    assert f(1.0).data == 20.0


def test_a_function_that_counts_its_calls_is_compiled_once():
    class Counting:
        calls = 0

        def __call__(self, x: Any) -> Any:
            self.calls += 1
            return w * x

    counting = Counting()
    f = jit(lambda x: counting(x))
    f(1.0)
    with pytest.warns(UserWarning, match="changes 'calls' when it runs"):
        f(2.0)
    for x in (3.0, 4.0, 5.0):
        assert f(x).data == 2.0 * x
    assert f.cache_info().misses == 1


def test_what_changes_outside_from_call_to_call_is_told_by_name():
    level = [0.0]
    f = jit(lambda x: w * x * level[0])
    with pytest.warns(UserWarning, match="compiled again and again, which is slow: .* as 'level' has changed"):
        for k in range(20):
            level[0] = float(k)
            assert f(1.0).data == 2.0 * k


def test_what_was_computed_before_is_read_like_a_leaf():
    p = Parameter(3.0)
    outside = p * 2.0
    jitted_before = jit(lambda x: p * x)(5.0)
    f = jit(lambda x: x * outside + jitted_before)
    y = f(10.0)
    y.backward()
    assert (y.data, p.grad) == (75.0, 25.0)
    p.data = 100.0
    assert f(10.0).data == 75.0


def test_the_check_leaves_the_users_own_arguments_alone():
    def grows(xs: Any) -> Any:
        xs.append(1.0)
        return sum([w * x for x in xs])

    f = jit(grows)
    given = [1.0, 2.0]
    assert [f(given).data for _ in range(3)] == [8.0, 8.0, 8.0]
    assert given == [1.0, 2.0]


def test_a_second_call_with_the_same_numbers_does_not_spend_the_check():
    p = Parameter(1.0)
    f = jit(lambda x: p * x + (p * x).data)
    assert [f(2.0).data, f(2.0).data] == [4.0, 4.0]
    p.data = 5.0
    with pytest.raises(TraceError, match="does not do what the function does"):
        f(2.0)


def test_a_jitted_function_is_copied_and_pickled_as_functions_are():
    doubled(1.0)
    assert pickle.loads(pickle.dumps(doubled)) is doubled
    model = MLP(2, [3, 1], seed=1)
    model.go = jit(model.__call__)
    model.go([1.0, 2.0])
    again = copy.deepcopy(model)
    assert again.go([1.0, 2.0]).data == model.go([1.0, 2.0]).data
    again.layers[0].neurons[0].b.data = 5.0
    assert again.go([1.0, 2.0]).data != model.go([1.0, 2.0]).data


def test_async_functions_are_refused():
    async def later(x: Any) -> Any:
        await asyncio.sleep(0)
        return w * x

    with pytest.raises(ArgumentError, match="is async; jit what it calls instead"):
        jit(later)


@pytest.mark.parametrize(
    "options", [{"dtype": None}, {"dtype": "int8"}, {"dtype": np.array}, {"grad": "no"}, {"check": 1}]
)
def test_wrong_options_are_refused_before_there_is_a_function(options):
    with pytest.raises(ArgumentError, match="jit: "):
        jit(**options)


def test_what_works_on_numbers_alone_is_told_so():
    with pytest.raises(TraceError, match=r"works on numbers, but not on the Values .* TypeError: unsupported operand"):
        jit(lambda x: w * (x % 2))(3.0)
    with pytest.raises(ZeroDivisionError):
        jit(lambda x: w / 0 if x is None else 1 / 0)(3.0)


def test_an_index_outside_a_shorter_row_is_an_error_even_if_it_is_hidden():
    def function(i: Any) -> Any:
        return maximum(pick([w, w * 2.0], i), -100.0).step() + maximum(pick([w, w, w], i), -100.0).step()

    compiled = jit(function)
    assert [compiled(0.0).data, compiled(1.0).data] == [2.0, 2.0]
    with pytest.raises(DomainError, match="pick: the index is 2"):
        compiled(2.0)


def test_relu_of_a_negative_number_is_0_and_not_minus_0():
    f = jit(lambda x: relu(w * x))
    assert [math.copysign(1.0, f(x).data) for x in (-1.0, -2.0, -math.inf)] == [1.0, 1.0, 1.0]


def test_a_power_without_a_derivative_has_a_value_nevertheless():
    u = Value(1.0)
    f = jit(lambda x: (-2.0) ** (x * u))
    assert [f(2.0).data, f(3.0).data] == [4.0, -8.0]
    with pytest.raises(DomainError, match="pow: it has no finite derivative"):
        f(4.0).backward()
