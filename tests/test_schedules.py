"""Schedules: the rate at the start, on the way, at the end and beyond, and what they refuse."""

import itertools
import math

import numpy as np
import pytest

from autograd import ArgumentError
from nets.schedules import Constant, Cosine, Exponential, Linear, Step

VALUES = [
    (Constant(0.1), {0: 0.1, 10: 0.1, 10**9: 0.1}),
    (Step(1.0, every=3), {0: 1.0, 2: 1.0, 3: 0.1, 5: 0.1, 6: 0.01}),
    (Step(2.0, every=1, factor=0.5), {0: 2.0, 1: 1.0, 2: 0.5, 10: 2 / 1024}),
    (Exponential(2.0, factor=0.5), {0: 2.0, 1: 1.0, 4: 0.125}),
    (Exponential(2.0, factor=1.0), {0: 2.0, 100: 2.0}),
    (Linear(1.0, 0.0, steps=4), {0: 1.0, 1: 0.75, 2: 0.5, 3: 0.25, 4: 0.0, 5: 0.0, 10**9: 0.0}),
    (Linear(0.1, 0.5, steps=2), {0: 0.1, 1: 0.3, 2: 0.5, 3: 0.5}),
    (Cosine(1.0, 0.0, steps=4), {0: 1.0, 1: (1 + math.sqrt(0.5)) / 2, 2: 0.5, 4: 0.0, 5: 0.0, 10**9: 0.0}),
    (Cosine(1.0, 0.2, steps=6), {0: 1.0, 2: 0.8, 3: 0.6, 4: 0.4, 6: 0.2, 7: 0.2}),
    (Linear(1.0, 0.5, steps=1), {0: 1.0, 1: 0.5}),
]


@pytest.mark.parametrize(("schedule", "values"), VALUES, ids=lambda x: repr(x) if not isinstance(x, dict) else "")
def test_rates_at_the_start_on_the_way_at_the_end_and_beyond(schedule, values):
    for step, rate in values.items():
        assert schedule(step) == pytest.approx(rate, rel=1e-14, abs=1e-16)


@pytest.mark.parametrize("schedule", [Linear(0.05, 0.0005, steps=7), Cosine(0.05, 0.0005, steps=7)])
def test_annealing_goes_down_at_every_step_and_ends_exactly(schedule):
    rates = [schedule(step) for step in range(9)]
    assert all(a > b for a, b in itertools.pairwise(rates[:8]))
    assert rates[0] == 0.05 and rates[7] == rates[8] == 0.0005


def test_numpy_numbers_are_numbers():
    assert Linear(np.float64(1.0), np.float32(0.0), steps=np.int64(2))(1) == 0.5


@pytest.mark.parametrize("wrong", [-0.1, math.nan, math.inf, "0.1", None, True, 1j, [0.1]])
def test_rates_and_factors_need_a_finite_number_of_at_least_0(wrong):
    makers = [
        ("lr", Constant),
        ("start", lambda x: Step(x, every=2)),
        ("factor", lambda x: Step(1.0, every=2, factor=x)),
        ("start", lambda x: Exponential(x, 0.5)),
        ("factor", lambda x: Exponential(1.0, x)),
        ("end", lambda x: Linear(1.0, x, steps=3)),
        ("start", lambda x: Cosine(x, 0.0, steps=3)),
    ]
    for name, make in makers:
        with pytest.raises(ArgumentError, match=f"{name} is .*; it needs a finite number of at least 0"):
            make(wrong)


@pytest.mark.parametrize("wrong", [0, -1, 1.5, 2.0, "3", None, True, math.nan])
def test_counts_of_steps_need_a_whole_number_of_at_least_1(wrong):
    for name, make in [
        ("every", lambda x: Step(1.0, every=x)),
        ("steps", lambda x: Linear(1.0, 0.0, steps=x)),
        ("steps", lambda x: Cosine(1.0, 0.0, steps=x)),
    ]:
        with pytest.raises(ArgumentError, match=f"{name} is .*; it needs a whole number of at least 1"):
            make(wrong)


def test_schedules_are_equal_by_their_numbers_and_cannot_be_changed():
    schedule = Linear(1.0, 0.0, steps=4)
    assert schedule == Linear(1.0, 0.0, steps=4) and schedule != Cosine(1.0, 0.0, steps=4)
    with pytest.raises(AttributeError):
        schedule.start = 2.0
