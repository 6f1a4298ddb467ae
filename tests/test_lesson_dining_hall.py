"""The lesson dining_hall: a linear neuron learns prices, and descent on its bowl is what the prose says."""

import os

import numpy as np
import pytest

from demos import runner

PICTURES = ["bowl.png", "contours.png", "rates.png", "valley.png"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("dining_hall")


@pytest.fixture(scope="module")
def lesson(folder):
    """The names that the lesson leaves behind."""
    return runner.run("dining_hall", ["--quick", "--out", str(folder)])


def test_it_writes_its_pictures(lesson, folder):
    assert sorted(os.listdir(folder)) == PICTURES
    assert all((folder / name).read_bytes().startswith(b"\x89PNG") for name in PICTURES)


def test_one_lunch_makes_the_error_smaller_and_two_prices_worse(lesson):
    before, after, first = np.array(lesson["GUESS"]), lesson["once"], lesson["first"]
    assert after - before == pytest.approx([0.2, 0.5, 0.3])
    assert abs(lesson["paid"] - after @ first) < abs(lesson["paid"] - before @ first)
    worse = np.abs(after - lesson["PRICES"]) > np.abs(before - lesson["PRICES"])
    assert worse.tolist() == [False, True, True]


def test_the_delta_rule_gives_the_numbers_of_backprop(lesson):
    assert lesson["by_rule"] == pytest.approx(lesson["by_backprop"], rel=1e-14)
    assert np.abs(lesson["by_rule"]).min() > 1


def test_the_prices_are_learned_and_agree_with_the_solved_system(lesson):
    assert lesson["solved"] == pytest.approx(lesson["PRICES"], abs=1e-12)
    assert lesson["path"][-1] == pytest.approx(lesson["solved"], abs=1e-3)
    assert lesson["errors"][-1] < 1e-6 * lesson["errors"][0]


def test_each_step_is_perpendicular_to_its_contour_and_few_point_to_the_minimum(lesson):
    assert len(lesson["angles"]) == 5 and lesson["angles"] == pytest.approx([90.0] * 5, abs=0.02)
    assert max(float(row[2]) for row in lesson["rows"]) > 20


def test_a_direction_that_is_not_the_gradients_is_not_perpendicular_to_the_contour(lesson):
    point = lesson["slow_path"][0]
    contour = lesson["along_contour"](point, lesson["two"])
    to_minimum = lesson["PRICES"][:2] - point
    assert abs(to_minimum @ contour) / np.linalg.norm(to_minimum) / np.linalg.norm(contour) > 0.3


def test_the_middle_rate_learns_best_and_the_large_one_diverges(lesson):
    small, right, large = (lesson["runs"][name] for name in ("too small", "right", "too large"))
    assert right[-1] < 1e-6 < 1.0 < small[-1] < small[0]
    assert large[-1] > 100 * large[0]


@pytest.mark.parametrize(("part", "diverges"), [(0.99, False), (1.01, True)])
def test_the_largest_rate_is_where_descent_begins_to_diverge(lesson, part, diverges):
    eps = part * lesson["limit"]
    _, errors = lesson["descend"](lesson["portions"], lesson["totals"], eps, 200)
    assert (errors[-1] > errors[0]) == diverges


def test_in_the_valley_the_sum_of_the_prices_is_learned_long_before_each(lesson):
    weights, few = lesson["valley_path"], lesson["few"]
    assert weights[few].sum() == pytest.approx(6.5, abs=0.2)
    assert abs(weights[few][0] - 4.5) > 0.5 > 5 * abs(lesson["free_path"][few][0] - 4.5)
    ratios = [high / low for low, high in lesson["curvatures"].values()]
    assert ratios[1] > 5 * ratios[0]


@pytest.mark.parametrize("options", [["--seed", "3"], ["--lunches", "1", "--steps", "1"], ["--lunches", "2"]])
def test_other_settings_work_and_fit_80_columns(options, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    left = runner.run("dining_hall", ["--quick", "--out", "results", *options])
    shown = capsys.readouterr().out.splitlines()
    assert max(map(len, shown)) <= 80 and shown[-1].startswith("Written to")
    assert np.abs(left["portions"] @ left["solved"] - left["totals"]).max() < 1e-9
    assert sorted(os.listdir("results")) == PICTURES
