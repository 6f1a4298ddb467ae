"""Random numbers in jitted functions: drawn anew in each call, the same as without jit."""

import random
from typing import Any

import numpy as np
import pytest

from autograd import ArgumentError, DomainError, Parameter, TraceError, grad, jit, log, mean, sum, uniform, vmap, where

GENERATORS = {
    "numpy": np.random.default_rng,
    "python": random.Random,
    "old numpy": np.random.RandomState,
}
every_generator = pytest.mark.parametrize("make", GENERATORS.values(), ids=GENERATORS)

XS = [1.0, 2.0, 3.0, 4.0, 5.0]


def dropout(rng: Any, other: Any, w: Any) -> Any:
    return lambda xs: sum([where(uniform(rng) < 0.5, x * w, 0.0) for x in xs]) + 0.1 * w * uniform(rng)


def dropout_by_example(rng: Any, other: Any, w: Any) -> Any:
    return lambda xs: mean(vmap(lambda x: where(uniform(rng) < 0.5, x * w, 0.0) + w * uniform(rng))(xs))


def alike_and_by_example(rng: Any, other: Any, w: Any) -> Any:
    def f(xs: Any) -> Any:
        before = uniform(rng)
        return before * mean(vmap(lambda x: x * w * uniform(rng) - uniform(rng))(xs)) + uniform(rng) * w

    return f


def two_maps(rng: Any, other: Any, w: Any) -> Any:
    def f(xs: Any) -> Any:
        first = mean(vmap(lambda x: x * w * uniform(rng))(xs))
        return first * 10.0 + mean(vmap(lambda x: x * w * uniform(rng))(xs))

    return f


def two_generators(rng: Any, other: Any, w: Any) -> Any:
    return lambda xs: sum([x * w * uniform(rng) + uniform(other) * uniform(rng) for x in xs]) * uniform(other)


def two_generators_by_example(rng: Any, other: Any, w: Any) -> Any:
    return lambda xs: mean(vmap(lambda x: x * w * uniform(rng) + uniform(other) * w * uniform(rng))(xs))


FUNCTIONS = [dropout, dropout_by_example, alike_and_by_example, two_maps, two_generators, two_generators_by_example]


@every_generator
@pytest.mark.parametrize("make_function", FUNCTIONS)
@pytest.mark.parametrize("check", [True, False])
def test_a_seed_gives_the_numbers_it_gives_without_jit(make, make_function, check):
    w = Parameter(2.0)
    compiled = jit(make_function(make(1), make(2), w), check=check)
    plain = make_function(make(1), make(2), w)
    ours, theirs = [], []
    for _ in range(4):
        for f, found in ((compiled, ours), (plain, theirs)):
            w.grad = 0.0
            y = f(XS)
            y.backward()
            found.append((y.data, w.grad))
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)
    assert len({number for number, _ in ours}) > 1


@every_generator
def test_the_generator_goes_on_as_it_does_without_jit(make):
    w, ours, theirs = Parameter(2.0), make(1), make(1)
    f, plain = jit(dropout_by_example(ours, None, w)), dropout_by_example(theirs, None, w)
    for xs in (XS, XS, XS[:2], XS):
        f(xs), plain(xs)
        assert ours.random() == theirs.random()
    assert f.cache_info().misses == 1


def test_backward_after_a_later_call_uses_the_numbers_of_its_own_call():
    w, rng = Parameter(2.0), np.random.default_rng(1)
    f = jit(lambda x: w * x * uniform(rng))
    first, second = f(1.0), f(1.0)
    assert first.data != second.data
    assert grad(first, w) == pytest.approx(first.data / 2.0)
    assert grad(second, w) == pytest.approx(second.data / 2.0)


def test_backward_after_a_later_call_draws_nothing():
    w, rng = Parameter(2.0), np.random.default_rng(1)
    f = jit(lambda x: w * x * uniform(rng))
    first, _ = f(1.0), f(1.0)
    before = rng.bit_generator.state
    first.backward()
    assert rng.bit_generator.state == before


def test_a_domain_error_is_that_of_the_numbers_drawn_and_the_next_call_draws_on():
    w, ours, theirs = Parameter(2.0), np.random.default_rng(1), np.random.default_rng(1)

    def near(rng: Any) -> Any:
        return lambda x: log(x - uniform(rng)) * w

    f, plain = jit(near(ours)), near(theirs)
    for x in (2.0, 3.0, 0.0, 2.0):
        if x:
            assert f(x).data == pytest.approx(plain(x).data, rel=1e-12)
            continue
        with pytest.raises(DomainError) as caught:
            f(x)
        with pytest.raises(DomainError) as expected:
            plain(x)
        assert str(caught.value).partition("(")[0] == str(expected.value).partition("(")[0]


def test_a_mask_of_drawn_numbers_cuts_the_gradient():
    ws, rng = [Parameter(1.0) for _ in range(20)], np.random.default_rng(1)
    f = jit(lambda x: sum([where(uniform(rng) < 0.5, w * x, 0.0) for w in ws]))
    for _ in range(3):
        for w in ws:
            w.grad = 0.0
        y = f(3.0)
        y.backward()
        kept = sum([w.grad for w in ws])
        assert {w.grad for w in ws} == {0.0, 3.0}
        assert y.data == kept


def test_a_number_drawn_without_uniform_is_caught_by_the_second_call():
    w, rng = Parameter(2.0), np.random.default_rng(1)
    f = jit(lambda x: w * x * rng.random())
    f(1.0)
    with pytest.raises(TraceError, match=r"rng\.random\(\).*autograd\.uniform\(rng\)"):
        f(1.0)
    unchecked = jit(lambda x: w * x * rng.random(), check=False)
    assert unchecked(1.0).data == unchecked(1.0).data


def test_without_jit_uniform_is_the_generators_own_number():
    for make in GENERATORS.values():
        assert uniform(make(3)) == make(3).random()


def test_what_is_no_generator_is_refused_also_inside():
    with pytest.raises(ArgumentError, match=r"uniform draws from a generator, got 3"):
        jit(lambda x: x * uniform(3))(1.0)
