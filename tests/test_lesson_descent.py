"""The lesson descent: costs, batches, noise, racers, annealing and the explosion do what the prose says of them."""

import math
import os

import numpy as np
import pytest

from demos import runner

PICTURES = ["annealing.png", "batches.png", "costs.png", "escape.png", "explosion.png", "race.png"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("descent")


@pytest.fixture(scope="module")
def lesson(folder):
    """The names that the lesson leaves behind."""
    return runner.run("descent", ["--quick", "--out", str(folder)])


def steps_of(lesson, surface, name):
    return len(lesson["won"][lesson[surface], name][1]) - 1


def test_it_writes_its_pictures(lesson, folder):
    assert sorted(os.listdir(folder)) == PICTURES
    assert all((folder / name).read_bytes().startswith(b"\x89PNG") for name in PICTURES)


@pytest.mark.parametrize("z", [-8.0, -4.0, -1.0, 1.0, 4.0])
def test_the_slopes_of_both_costs_are_those_of_the_formulas(lesson, z):
    y = 1 / (1 + math.exp(-z))
    assert lesson["slopes"]["quadratic", z] == pytest.approx((y - 1) * y * (1 - y), rel=1e-9)
    assert lesson["slopes"]["cross-entropy", z] == pytest.approx(y - 1, rel=1e-9)


def test_a_surely_wrong_neuron_turns_round_sooner_by_cross_entropy(lesson):
    said = {name: np.array(line) for name, line in lesson["learning"].items()}
    quadratic, entropy = ((said[name] < 0.5).argmax() for name in ("quadratic", "cross-entropy"))
    assert all(line[0] > 0.98 for line in said.values())
    assert 0 < entropy < quadratic / 10


def test_small_batches_come_further_in_as_many_epochs_each_with_its_best_rate(lesson):
    ends = {size: lesson["ends"][size, lr] for size, lr in lesson["best"].items()}
    assert ends[20] < ends[200] and ends[1] < ends[200] < math.log(2)


def test_single_examples_bear_no_large_rate(lesson):
    ends = lesson["ends"]
    assert ends[1, 2.0] > math.log(2) > ends[200, 2.0] > ends[20, 2.0]


def test_the_cost_of_the_readings_has_two_minima_and_the_walkers_begin_beside_the_shallow_one(lesson):
    slope = np.sign(np.diff(lesson["landscape"]))
    shallow_last = lesson["degrees"][1:-1][np.diff(slope) > 0]
    assert len(shallow_last) == 2 and shallow_last[0] < lesson["ridge"] < shallow_last[1] < lesson["START"]
    deep, shallow = np.interp(shallow_last, lesson["degrees"], lesson["landscape"])
    assert deep < shallow - 0.5


def test_a_walker_by_the_full_batch_stays_in_the_shallow_minimum_and_most_by_single_readings_get_out(lesson):
    escaped, walkers = lesson["escaped"], lesson["options"].walkers
    assert escaped[30] == 0 and escaped[1] > 0.8 * walkers
    assert escaped[30] <= escaped[10] < escaped[3] < escaped[1]


def test_the_full_batch_has_come_to_rest_in_the_shallow_minimum(lesson):
    ends, readings = lesson["walks"][30][-1], lesson["readings"]
    off = ends[0] - readings
    assert np.ptp(ends) < 1e-9 and abs((2 * off / (1 + off**2)).mean()) < 1e-9


def test_walkers_computed_together_go_the_ways_that_they_go_alone(lesson):
    w, readings, options = lesson["START"], lesson["readings"], lesson["options"]
    for step in range(lesson["STEPS"]):
        off = w - readings
        w -= options.rate * (1 - step / lesson["STEPS"]) * (2 * off / (1 + off**2)).mean()
    assert lesson["walks"][30][-1] == pytest.approx(w, abs=1e-9)


def test_every_racer_arrives_within_the_steps_allowed(lesson):
    for (surface, _), (_, path) in lesson["won"].items():
        assert surface(*path[-1]) <= surface(*path[0]) / 1000 * (1 + 1e-9)


def test_momentum_beats_plain_descent_and_neither_minds_that_the_valley_is_turned(lesson):
    for name in ("plain", "momentum"):
        assert steps_of(lesson, "straight", name) == steps_of(lesson, "turned", name)
    assert steps_of(lesson, "straight", "momentum") < steps_of(lesson, "straight", "plain") / 2


def test_adaptive_rates_gain_most_along_the_axes(lesson):
    for name in ("Adagrad", "RMSProp"):
        assert 5 * steps_of(lesson, "straight", name) < steps_of(lesson, "turned", name)
    assert steps_of(lesson, "straight", "Adagrad") < steps_of(lesson, "straight", "plain") / 5
    assert abs(steps_of(lesson, "straight", "Adam") - steps_of(lesson, "turned", "Adam")) < 10


def test_the_annealed_rate_goes_from_a_tenth_to_a_ten_thousandth_and_ends_nearest_the_least_cost(lesson):
    rates, excess = lesson["rates"]["from 0.1 to 0.0001"], lesson["excess"]
    assert (rates[0], rates[-1]) == pytest.approx((0.1, 0.0001))
    late = {name: np.mean(above[-5:]) for name, above in excess.items()}
    assert late["from 0.1 to 0.0001"] < 0.01 * late["constant 0.1"] < 0.1 * late["constant 0.0001"]
    assert min(min(above) for above in excess.values()) >= 0


def test_too_large_a_rate_goes_through_infinity_to_nan_and_a_little_too_large_one_grows(lesson):
    costs = lesson["exploded"]
    assert 0 < lesson["first_inf"] < lesson["first_nan"] < len(costs) and math.isnan(costs[-1])
    assert lesson["by_rate"]["rate 0.39"][-1] < 0.1 < 0.5 < lesson["by_rate"]["rate 0.41"][-1]


def test_the_engine_says_where_the_numbers_broke_and_fit_keeps_finite_parameters(lesson):
    assert lesson["diverged"].startswith("TrainingDiverged: training diverged at step")
    assert "Try a learning rate of 1" in lesson["diverged"] and np.isfinite(lesson["kept"]).all()
    assert (
        lesson["not_finite"].startswith("NotFiniteError: mul: the result is inf (")
        and "descent.py:" in lesson["not_finite"]
    )
    assert lesson["refused"].startswith("DomainError: log: argument is 0.0")


@pytest.mark.parametrize("options", [["--seed", "3"], ["--epochs", "1", "--walkers", "1", "--rate", "40"]])
def test_other_settings_work_and_fit_80_columns(options, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    left = runner.run("descent", ["--quick", "--out", "results", *options])
    shown = capsys.readouterr().out.splitlines()
    assert max(map(len, shown)) <= 80 and any(line.startswith("Written to") for line in shown)
    assert sorted(os.listdir("results")) == PICTURES
    assert left["escaped"][30] == 0


def test_one_seed_gives_one_lesson_and_another_another(lesson, tmp_path):
    again = runner.run("descent", ["--quick", "--out", str(tmp_path)])
    other = runner.run("descent", ["--quick", "--out", str(tmp_path), "--seed", "5"])
    assert again["ends"] == lesson["ends"] and again["escaped"] == lesson["escaped"]
    assert other["ends"] != lesson["ends"]
    assert other["escaped"][1] > 0.8 * other["options"].walkers
