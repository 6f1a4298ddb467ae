"""Losses and accuracy: against their formulas in NumPy, where they do not overflow, and what they refuse."""

import math

import numpy as np
import pytest

from autograd import ArgumentError, Parameter, Value, grad, gradcheck, logsumexp, softmax
from nets import (
    MLP,
    ShapeError,
    accuracy,
    binary_cross_entropy,
    cross_entropy,
    hinge,
    l2_penalty,
    mse,
    squared_error,
)

SCORES = [0.3, -1.2, 2.5]
TARGETS = [1.0, -0.5, 2.0]


def bce_formula(z, t):
    p = 1 / (1 + np.exp(-z))
    return -t * np.log(p) - (1 - t) * np.log(1 - p)


def cross_entropy_formula(scores, target):
    e = np.exp(scores)
    return -np.log(e[target] / e.sum())


def squares(ys, ts):
    return np.sum((np.array(ys) - np.array(ts)) ** 2)


LAWS = {
    "squared_error": (squared_error, [(SCORES, TARGETS)], lambda ys, ts: squares(ys, ts) / 2),
    "squared_error of one": (lambda ys, t: squared_error(ys[0], t), [([0.3], 1.5)], lambda ys, t: (ys[0] - t) ** 2 / 2),
    "mse": (mse, [(SCORES, TARGETS), ([2.0], [5.0])], lambda ys, ts: squares(ys, ts) / len(ys)),
    "hinge": (
        lambda ys, t: hinge(ys[0], t),
        [([0.3], 1), ([0.3], -1), ([1.5], 1), ([-2.0], -1), ([-2.0], 1)],
        lambda ys, t: max(0.0, 1 - t * ys[0]),
    ),
    "binary_cross_entropy": (
        lambda ys, t: binary_cross_entropy(ys[0], t),
        [([0.3], 1), ([0.3], 0), ([-2.0], 1), ([1.7], 0.25)],
        lambda ys, t: bce_formula(ys[0], t),
    ),
    "cross_entropy": (cross_entropy, [(SCORES, k) for k in range(3)] + [(SCORES, np.int64(1))], cross_entropy_formula),
    "l2_penalty": (lambda ys, s: l2_penalty(ys, s), [(SCORES, 0.1)], lambda ys, s: s * squares(ys, [0] * 3)),
}


@pytest.mark.parametrize("name", LAWS)
def test_losses_agree_with_their_formulas_and_with_finite_differences(name):
    loss, cases, formula = LAWS[name]
    for ys, target in cases:
        leaves = [Value(y) for y in ys]
        out = loss(leaves, target)
        assert isinstance(out, Value) and float(out) == pytest.approx(float(formula(ys, target)), rel=1e-13)
        assert float(loss(ys, target)) == float(out), "plain numbers give the same number"
        found = gradcheck(lambda leaves=leaves, target=target: loss(leaves, target), leaves, order=2)
        assert found.kinks == ()


def test_squared_error_has_the_half_and_mse_the_mean():
    y = Value(3.0)
    squared_error(y, 1.0).backward()
    assert y.grad == 2.0, "y - t"
    ys = [Value(3.0), Value(1.0), Value(1.0), Value(1.0)]
    mse(ys, [1.0] * 4).backward()
    assert [y.grad for y in ys] == [1.0, 0.0, 0.0, 0.0], "2 (y - t) / n"


def test_hinge_is_flat_once_the_margin_is_1():
    for score, label, slope in [(0.99, 1, -1.0), (1.01, 1, 0.0), (-0.99, -1, 1.0), (-1.01, -1, 0.0)]:
        leaf = Value(score)
        hinge(leaf, label).backward()
        assert leaf.grad == slope


@pytest.mark.parametrize(
    ("loss", "scores", "target", "value", "gradient"),
    [
        (lambda ys, t: binary_cross_entropy(ys[0], t), [1000.0], 1, 0.0, [0.0]),
        (lambda ys, t: binary_cross_entropy(ys[0], t), [1000.0], 0, 1000.0, [1.0]),
        (lambda ys, t: binary_cross_entropy(ys[0], t), [-1000.0], 1, 1000.0, [-1.0]),
        (lambda ys, t: binary_cross_entropy(ys[0], t), [-1000.0], 0, 0.0, [0.0]),
        (cross_entropy, [1000.0, -1000.0], 0, 0.0, [0.0, 0.0]),
        (cross_entropy, [1000.0, -1000.0], 1, 2000.0, [1.0, -1.0]),
        (cross_entropy, [1000.0, 1000.0], 1, math.log(2), [0.5, -0.5]),
        (cross_entropy, [-1000.0, -1000.0], 1, math.log(2), [0.5, -0.5]),
        (lambda ys, t: hinge(ys[0], t), [-1000.0], 1, 1001.0, [-1.0]),
    ],
)
def test_losses_are_exact_at_a_thousand(loss, scores, target, value, gradient):
    leaves = [Value(y) for y in scores]
    out = loss(leaves, target)
    out.backward()
    assert float(out) == pytest.approx(value, abs=1e-12)
    assert [leaf.grad for leaf in leaves] == pytest.approx(gradient, abs=1e-12)


def test_the_gradient_of_cross_entropy_is_softmax_less_one_hot():
    leaves = [Value(y) for y in SCORES]
    cross_entropy(leaves, 2).backward()
    p = np.exp(SCORES) / np.exp(SCORES).sum()
    assert [leaf.grad for leaf in leaves] == pytest.approx((p - [0, 0, 1]).tolist())
    assert [float(q) for q in softmax(leaves)] == pytest.approx(p.tolist())
    assert float(logsumexp(leaves)) == pytest.approx(np.log(np.exp(SCORES).sum()))


def test_l2_penalty_adds_its_gradient_to_the_parameters():
    model = MLP(2, [2, 1], seed=1)
    l2_penalty(model.parameters(), 0.25).backward()
    assert [p.grad for p in model.parameters()] == pytest.approx([0.5 * p.data for p in model.parameters()])
    assert l2_penalty([Parameter(3.0)], 0).data == 0.0


def test_accuracy_counts_the_largest_score_or_the_sign():
    assert accuracy([Value(0.1), Value(0.7), Value(0.2)], 1) == 1.0
    assert accuracy([0.1, 0.7, 0.2], np.int64(2)) == 0.0
    assert accuracy(np.array([0.1, 0.7]), 1) == 1.0
    assert [accuracy(Value(0.3), t) for t in (1, -1, 0)] == [1.0, 0.0, 0.0]
    assert [accuracy(-0.3, t) for t in (1, -1, 0)] == [0.0, 1.0, 1.0]


V = Value(0.5)
REFUSED = [
    (hinge, V, 0, ArgumentError, r"the label is 0; it needs -1 or 1 \(from 0 or 1: 2 \* label - 1\)"),
    (hinge, V, 2, ArgumentError, "the label is 2"),
    (hinge, V, None, ArgumentError, "the label is None"),
    (hinge, V, np.array([1, 1]), ArgumentError, "the label is array"),
    (hinge, [V, V], 1, ShapeError, "takes one score, got 2 in a list; end the net with one output"),
    (hinge, None, 1, ShapeError, "takes one score, got None"),
    (binary_cross_entropy, V, 2, ArgumentError, "the target is 2; it needs a number from 0 to 1"),
    (binary_cross_entropy, V, -1, ArgumentError, "the target is -1"),
    (binary_cross_entropy, V, math.nan, ArgumentError, "the target is nan"),
    (binary_cross_entropy, V, "1", ArgumentError, "the target is '1'"),
    (binary_cross_entropy, V, [1], ArgumentError, r"the target is \[1\]"),
    (binary_cross_entropy, [V], 1, ShapeError, "takes one score, got 1 in a list"),
    (cross_entropy, [V, V], 2, ArgumentError, "the target is 2; it needs the index of a class, from 0 to 1"),
    (cross_entropy, [V, V], -1, ArgumentError, "the target is -1"),
    (cross_entropy, [V, V], 0.5, ArgumentError, "the target is 0.5"),
    (cross_entropy, [V, V], math.nan, ArgumentError, "the target is nan"),
    (cross_entropy, [V, V], math.inf, ArgumentError, "the target is inf"),
    (cross_entropy, [V, V], True, ArgumentError, "the target is True"),
    (cross_entropy, [V, V], None, ArgumentError, "the target is None"),
    (cross_entropy, [V, V], "cat", ArgumentError, "the target is 'cat'"),
    (cross_entropy, [V, V], [0, 1], ArgumentError, r"the target is \[0, 1\]"),
    (cross_entropy, V, 0, ShapeError, r"takes a list of scores, one for each class, got Value\(0.5\)"),
    (cross_entropy, 1.0, 0, ShapeError, "takes a list of scores, one for each class, got 1.0"),
    (cross_entropy, [], 0, ShapeError, r"takes a list of scores, one for each class, got \[\]"),
    (squared_error, [V, V], [1.0], ShapeError, "squared_error: 2 outputs but 1 targets"),
    (squared_error, V, [1.0, 2.0], ShapeError, "squared_error: 1 outputs but 2 targets"),
    (squared_error, [V, V], 1.0, ShapeError, "squared_error: 2 outputs but 1 targets"),
    (squared_error, V, "1", TypeError, "the str '1'"),
    (squared_error, V, None, TypeError, "None"),
    (mse, [V, V], [1.0] * 3, ShapeError, "mse: 2 outputs but 3 targets"),
    (mse, [], [], ShapeError, "mse: 0 outputs"),
    (l2_penalty, MLP(1, [1], seed=0), 0.1, ArgumentError, r"pass model.parameters\(\)"),
    (l2_penalty, V, 0.1, ArgumentError, "takes a list of parameters, got Value"),
    (l2_penalty, [V], -0.1, ArgumentError, "the strength is -0.1; it needs a number of at least 0"),
    (l2_penalty, [V], "0.1", ArgumentError, "the strength is '0.1'"),
]


@pytest.mark.parametrize(("loss", "output", "target", "kind", "message"), REFUSED)
def test_outputs_and_targets_that_do_not_fit_are_refused(loss, output, target, kind, message):
    with pytest.raises(kind, match=message):
        loss(output, target)


@pytest.mark.parametrize(
    ("loss", "at"),
    [
        (lambda t: squared_error(0.5, t), 0.3),
        (lambda t: mse([0.5, 1.0], [t, 2.0]), 0.3),
        (lambda t: hinge(Value(0.25), t), 1.0),
        (lambda t: binary_cross_entropy(0.5, t), 0.3),
        (lambda t: l2_penalty([3.0], t), 0.1),
    ],
    ids=["squared_error", "mse", "hinge", "binary_cross_entropy", "l2_penalty"],
)
def test_a_target_or_strength_that_is_a_value_stays_in_the_graph(loss, at):
    t = Value(at)
    slope = grad(loss(t), t)
    if at == 1.0:  # hinge takes no labels next to 1, so its slope, -score, is known rather than measured
        assert slope == -0.25
    else:
        h = 1e-6
        assert slope == pytest.approx((float(loss(Value(at + h))) - float(loss(Value(at - h)))) / (2 * h), rel=1e-6)
