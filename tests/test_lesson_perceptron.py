"""The lesson on the perceptron: what it shows, asserted."""

import os

import numpy as np
import pytest

from demos import runner

PICTURES = ["layers.png", "line.png", "step_and_sigmoid.png", "xor.png"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("perceptron")


@pytest.fixture(scope="module")
def lesson(folder):
    """The names that the lesson leaves behind."""
    return runner.run("perceptron", ["--quick", "--out", str(folder)])


def test_it_writes_its_pictures(lesson, folder):
    assert sorted(os.listdir(folder)) == PICTURES
    for path in folder.iterdir():
        assert path.read_bytes().startswith(b"\x89PNG")


def test_its_output_fits_80_columns_and_another_seed_works_too(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    names = runner.run("perceptron", ["--quick", "--seed", "7", "--out", "results"])
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 80
    assert "They give 14 of the 16 tables. None gives (0, 1, 1, 0) or (1, 0, 0, 1)." in out
    assert names["mistakes"][-1] == 0 and 0 < names["corrections"] <= names["bound"]
    assert names["descents"]["step"][1] == 0.0 and names["descents"]["sigmoid"][0][-1] < 0.01


def test_bias_and_threshold_say_the_same_and_leave_is_a_must(lesson):
    assert lesson["by_neuron"] == lesson["by_threshold"]
    assert [facts for facts, yes in zip(lesson["cases"], lesson["by_neuron"], strict=True) if yes] == [
        (0, 1, 1),
        (1, 1, 0),
        (1, 1, 1),
    ]
    assert lesson["eagerness"] == {10: 1, 7: 3, 4: 5, 1: 7}


def test_the_layered_decision_needs_both_of_the_first_facts_and_one_of_the_others(lesson):
    assert lesson["decisions"] == [[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [0, 1, 1, 1]]


def test_no_perceptron_gives_xor_and_two_layers_do(lesson):
    assert lesson["missing"] == [(0, 1, 1, 0), (1, 0, 0, 1)] and lesson["right"].max() == 3
    assert sum(lesson["found"].values()) == 5000
    said = [lesson["two_layers"](x).data for x in lesson["CASES"]]
    assert said == lesson["XOR"].tolist() == [0, 1, 1, 0]


def test_the_rule_divides_what_a_line_divides_within_the_bound(lesson):
    learner, xs, ys = lesson["learner"], lesson["xs"], lesson["ys"]
    assert len(xs) == 60 and 0 < ys.sum() < 60
    assert [learner(x).data for x in xs] == ys.tolist()
    assert sum(lesson["mistakes"]) == lesson["corrections"] == len(lesson["states"]) - 1
    assert 1 < lesson["corrections"] <= lesson["bound"]
    assert np.array_equal(lesson["states"][-1], [p.data for p in learner.parameters()])


def test_the_rule_never_comes_to_rest_on_xor(lesson):
    assert len(lesson["xor_mistakes"]) == 100 and min(lesson["xor_mistakes"]) > 0


def test_a_step_stays_or_flips_where_a_sigmoid_moves(lesson):
    _, hard, soft = zip(*lesson["tuning"], strict=True)
    assert hard == (1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0)
    assert list(soft) == sorted(set(soft), reverse=True)


def test_the_slope_of_a_step_is_0_and_that_of_a_sigmoid_is_not(lesson):
    assert set(lesson["slopes"]["step"]) == {0.0}
    ys = np.array(lesson["outputs"]["sigmoid"])
    assert lesson["slopes"]["sigmoid"] == pytest.approx(ys * (1 - ys)) and min(lesson["slopes"]["sigmoid"]) > 0


def test_gradient_descent_leaves_the_steps_as_they_are_and_teaches_the_sigmoids_xor(lesson):
    losses, steepest, _ = lesson["descents"]["step"]
    assert steepest == 0.0 and len(set(losses)) == 1 and losses[0] > 0
    losses, steepest, said = lesson["descents"]["sigmoid"]
    assert steepest > 0.0 and losses[-1] < 0.01 < losses[0]
    assert np.round(said).tolist() == [0, 1, 1, 0]
