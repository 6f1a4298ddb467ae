"""The lesson sigmoid_neuron: its slope, the delta rule's extra factor, confidences that hold, and saturation."""

import math
import os

import numpy as np
import pytest

from demos import runner

PICTURES = ["confidence.png", "kinds.png", "saturation.png"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("sigmoid_neuron")


@pytest.fixture(scope="module")
def lesson(folder):
    """The names that the lesson leaves behind."""
    return runner.run("sigmoid_neuron", ["--quick", "--out", str(folder)])


def test_it_writes_its_pictures(lesson, folder):
    assert sorted(os.listdir(folder)) == PICTURES
    assert all((folder / name).read_bytes().startswith(b"\x89PNG") for name in PICTURES)


def test_the_logit_is_the_logarithm_of_the_odds(lesson):
    assert len(lesson["confidences"]) == 6
    for z, y in lesson["confidences"].items():
        assert math.log(y / (1 - y)) == pytest.approx(z, abs=1e-12)


def test_the_long_way_and_the_op_agree(lesson):
    assert lesson["long_way"].data == pytest.approx(lesson["y"].data, abs=1e-15)


def test_the_slope_is_y_times_1_minus_y_in_all_three_ways(lesson):
    assert len(lesson["slopes"]) == 6
    for formula, backprop, difference in lesson["slopes"]:
        assert backprop == pytest.approx(formula, rel=1e-12)
        assert difference == pytest.approx(formula, rel=1e-6)
    assert max(formula for formula, _, _ in lesson["slopes"]) == 0.25


def test_the_delta_rule_with_its_factor_gives_the_numbers_of_backprop(lesson):
    assert lesson["by_rule"] == pytest.approx(lesson["by_backprop"], rel=1e-10)
    without = lesson["inputs"].T @ (lesson["ts"] - lesson["ys"])
    assert np.all(np.abs(without) > 2 * np.abs(lesson["by_backprop"]))


def test_training_finds_about_the_weights_that_the_answers_were_drawn_with(lesson):
    assert lesson["learned"] == pytest.approx(lesson["TRUTH"], abs=0.8)
    assert lesson["history"].loss[-1] < 0.6 * lesson["history"].loss[0]


def test_a_confidence_comes_true_about_as_often_as_it_says(lesson):
    assert sum(count for count, _, _ in lesson["kept"]) == 5000 and len(lesson["kept"]) == 5
    for count, mean, share in lesson["kept"]:
        assert count > 100 and share == pytest.approx(mean, abs=0.08)
    shares = [share for _, _, share in lesson["kept"]]
    assert shares == sorted(shares)


def test_with_cross_entropy_the_factor_cancels(lesson):
    for z, (squared, cross_entropy) in lesson["pulls"].items():
        y = 1 / (1 + math.exp(-z))
        assert cross_entropy == pytest.approx(y - 1, rel=1e-12)
        assert squared == pytest.approx((y - 1) * y * (1 - y), rel=1e-9)
    assert abs(lesson["pulls"][-10.0][0]) < 1e-4 < 0.99 < abs(lesson["pulls"][-10.0][1])


def test_the_saturated_neuron_wakes_up_much_later_with_squared_error(lesson):
    assert lesson["awake"]["squared error"] > 20 * lesson["awake"]["cross-entropy"]
    assert all(path[0] < 0.01 and path[-1] > 0.9 for path in lesson["rescued"].values())


def test_the_four_kinds_have_the_outputs_and_slopes_that_are_told(lesson):
    outputs, inclines, line = lesson["outputs"], lesson["inclines"], np.array(lesson["line"])
    assert list(outputs) == list(inclines) == ["linear", "sigmoid", "tanh", "relu"]
    assert outputs["linear"] == line.tolist() and outputs["relu"] == np.maximum(line, 0).tolist()
    assert lesson["stretched"] < 1e-14
    assert inclines["linear"] == [1.0] * len(line) and inclines["relu"] == (line > 0).astype(float).tolist()
    assert max(inclines["sigmoid"]) == 0.25 and max(inclines["tanh"]) == 1.0
    assert inclines["tanh"] == pytest.approx((1 - np.array(outputs["tanh"]) ** 2).tolist(), abs=1e-14)


@pytest.mark.parametrize("options", [["--seed", "3"], ["--decisions", "1", "--epochs", "1"], ["--decisions", "20"]])
def test_other_settings_work_and_fit_80_columns(options, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    runner.run("sigmoid_neuron", ["--quick", "--out", "results", *options])
    shown = capsys.readouterr().out.splitlines()
    assert max(map(len, shown)) <= 80 and shown[-1].startswith("Written to")
    assert sorted(os.listdir("results")) == PICTURES
