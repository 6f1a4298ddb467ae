"""Graphs of a million nodes: forward, backward and freed at once, without recursion or the garbage collector."""

import copy
import gc

import pytest

from autograd import Parameter, Value, dot, exp, grad, gradcheck, jvp, logsumexp, sum, tanh, topological_order


@pytest.fixture
def no_collector():
    """Only reference counts free anything; calling it takes away what pytest itself has left lying."""
    gc.disable()
    yield gc.collect
    gc.enable()


def values_alive():
    # By type(): isinstance would ask objects that answer with garbage of their own.
    return len([None for x in gc.get_objects() if issubclass(type(x), Value)])


CHAINS = {
    "add and mul": lambda x, n: _repeat(x, n // 2, lambda y: (y + 1.0) * 0.5, extra=n % 2),
    "unary": lambda x, n: _repeat(x, n, tanh),
    "rows": lambda x, n: _repeat(x, n, lambda y: dot([y], [1.0], 0.0)),
}


def _repeat(y, times, step, extra=0):
    for _ in range(times + extra):
        y = step(y)
    return y


@pytest.mark.parametrize(("kind", "length"), [("add and mul", 10**6), ("unary", 10**5), ("rows", 10**5)])
def test_long_chain_goes_forward_and_backward_and_is_freed_when_dropped(no_collector, kind, length):
    x = Value(0.5)
    no_collector()
    before = values_alive()
    root = CHAINS[kind](x, length)
    assert values_alive() == before + length
    root.backward()
    assert root.grad == 1.0 and x.grad == pytest.approx({"add and mul": 0.0, "unary": 0.0, "rows": 1.0}[kind], abs=1e-3)
    del root
    assert values_alive() == before
    assert gc.collect() == 0


def test_gradient_of_a_long_chain_as_values_is_freed_too(no_collector):
    x = Value(0.5)
    no_collector()
    before = values_alive()
    slope = grad(_repeat(x, 20_000, lambda y: tanh(y + x)), x, create_graph=True)
    assert values_alive() > before + 40_000
    del slope
    assert values_alive() == before and gc.collect() == 0


@pytest.mark.parametrize(
    "use",
    [
        lambda x: (x * x + exp(x)).backward(),
        lambda x: grad(grad(tanh(x) ** 3, x, create_graph=True), x),
        lambda x: jvp(lambda a: sum([a, a]) / 3, [x], [1.0]),
        lambda x: logsumexp([x, dot([x, 1.0], [2.0, x])]).backward(),
        lambda x: gradcheck(lambda a: a * a, [x], order=2),
        lambda x: topological_order(x * x),
        lambda x: copy.deepcopy(x * x),
        lambda x: (x * Parameter(3.0)).backward(),
    ],
    ids=["backward", "grad", "jvp", "rows", "gradcheck", "order", "copy", "parameter"],
)
def test_nothing_is_left_for_the_garbage_collector(no_collector, use):
    x = Value(0.5)
    no_collector()
    before = values_alive()
    use(x)
    assert values_alive() == before
    assert gc.collect() == 0
