"""clip_gradients: the direction is kept, the length is bounded, and what must not be touched is not."""

import math

import pytest

from autograd import ArgumentError, FlatParameters, Parameter, Value
from nets import MLP, clip_gradients


def with_gradients(*gradients):
    parameters = [Parameter(1.0) for _ in gradients]
    for p, g in zip(parameters, gradients, strict=True):
        p.grad = g
    return parameters


def gradients(parameters):
    return [p.grad for p in parameters]


def test_a_longer_gradient_gets_the_norm_and_keeps_its_direction():
    parameters = with_gradients(6.0, -8.0, 0.0)
    assert clip_gradients(parameters, 2.5) == pytest.approx(10.0)
    assert gradients(parameters) == pytest.approx([1.5, -2.0, 0.0])


@pytest.mark.parametrize("norm", [5.0, 7.0])
def test_a_gradient_that_is_not_longer_stays_to_the_last_bit(norm):
    parameters = with_gradients(3.0, -4.0)
    assert clip_gradients(parameters, norm) == 5.0
    assert gradients(parameters) == [3.0, -4.0]


def test_the_norm_is_that_of_all_parameters_together_and_each_counts_once():
    model = MLP(2, [3, 1], seed=0)
    model([1.0, 2.0]).backward()
    before = gradients(model.parameters())
    length = math.sqrt(math.fsum(g * g for g in before))
    assert clip_gradients(model.parameters() * 2, length / 4) == pytest.approx(length)
    assert gradients(model.parameters()) == pytest.approx([g / 4 for g in before])


def test_frozen_parameters_neither_count_nor_change():
    parameters = with_gradients(3.0, -4.0, 100.0)
    parameters[2].frozen = True
    assert clip_gradients(parameters, 1.0) == pytest.approx(5.0)
    assert gradients(parameters) == pytest.approx([0.6, -0.8, 100.0])


@pytest.mark.parametrize("scale", [1e-300, 1e200, 1e300])
def test_gradients_whose_squares_are_no_numbers_are_clipped_as_well(scale):
    parameters = with_gradients(3.0 * scale, 4.0 * scale)
    assert clip_gradients(parameters, 2.5 * scale) == pytest.approx(5.0 * scale)
    assert gradients(parameters) == pytest.approx([1.5 * scale, 2.0 * scale])


@pytest.mark.parametrize("wrong", [math.inf, -math.inf, math.nan])
def test_an_infinite_gradient_is_told_and_left_for_the_caller_to_see(wrong):
    parameters = with_gradients(1.0, wrong)
    found = clip_gradients(parameters, 0.5)
    assert not math.isfinite(found)
    assert gradients(parameters) == pytest.approx([1.0, wrong], nan_ok=True)


def test_zeros_and_no_parameters_have_the_norm_0():
    assert clip_gradients(with_gradients(0.0, 0.0), 1.0) == clip_gradients([], 1.0) == 0.0


def test_an_optimisers_flat_parameters_are_taken_as_they_are():
    flat = FlatParameters(with_gradients(3.0, 4.0))
    assert clip_gradients(flat, 1.0) == 5.0
    assert flat.grad == pytest.approx([0.6, 0.8])


@pytest.mark.parametrize("norm", [0.0, -1.0, math.inf, math.nan, "1"])
def test_a_norm_that_is_no_finite_number_above_0_is_refused(norm):
    with pytest.raises(ArgumentError, match="clip_gradients: norm is"):
        clip_gradients(with_gradients(1.0), norm)


def test_values_that_cannot_be_trained_are_refused():
    with pytest.raises(ArgumentError, match="only Parameters can be trained"):
        clip_gradients([Value(1.0)], 1.0)
