"""The lesson keras_style: ten lines train a net, and what each one hides is what the lesson says."""

import ast
import os

import numpy as np
import pytest

from demos import runner

PICTURES = ["loss.png", "net.png", "neuron.png", "weights.png"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("keras_style")


@pytest.fixture(scope="module")
def lesson(folder):
    """The names that the lesson leaves behind."""
    return runner.run("keras_style", ["--quick", "--out", str(folder)])


def test_it_writes_its_pictures(lesson, folder):
    assert sorted(os.listdir(folder)) == PICTURES
    assert all((folder / name).read_bytes().startswith(b"\x89PNG") for name in PICTURES)


def test_the_ten_lines_are_ten():
    text = (runner.FOLDER / "keras_style.py").read_text(encoding="utf-8")
    _, _, cell = text.partition("## The ten lines")
    code = cell.split("# %%\n")[1].partition("# %% [markdown]")[0].strip().splitlines()
    assert len(code) == 10 and ast.parse("\n".join(code))
    assert any("model.fit(" in line for line in code) and any("model.evaluate(" in line for line in code)


def test_the_ten_lines_train_a_net_that_reads_digits(lesson):
    assert lesson["scores"]["accuracy"] > 0.8 and len(lesson["history"].epochs) == 2
    assert lesson["right"] / 2000 == pytest.approx(lesson["scores"]["accuracy"])


def test_weights_start_with_the_spread_that_the_docstrings_state(lesson):
    assert lesson["same_as_mlp"]
    for measured, stated in lesson["spreads"]:
        assert measured == pytest.approx(stated, rel=0.1)
    assert lesson["spreads"][0][1] == pytest.approx((2 / 784) ** 0.5)


def test_each_neuron_is_a_dot_and_a_relu_and_the_last_ten_a_dot_alone(lesson):
    assert lesson["counts"] == {"dot": 110, "relu": 100} and lesson["leaves"] == 79_510
    assert len(lesson["nodes"]) == 79_510 + 210


def test_the_loss_is_minus_the_log_of_the_right_digits_probability(lesson):
    assert lesson["by_numpy"] == pytest.approx(lesson["by_engine"], rel=1e-12)
    assert lesson["by_engine"] == pytest.approx(2.3, abs=1.0)


def test_gradients_are_probability_less_target_and_0_where_nothing_came_through(lesson):
    assert lesson["bias_gradients"] == pytest.approx(lesson["probabilities"] - lesson["wanted"], abs=1e-12)
    assert lesson["zeros"] == 78_400 - lesson["awake"] * lesson["ink"] > 0
    silent_pixels = lesson["four"] == 0
    assert not lesson["gradients"][:, silent_pixels].any()


def test_a_step_by_hand_is_a_step_of_the_optimiser(lesson):
    assert lesson["by_hand"] == pytest.approx(lesson["by_optimiser"], rel=1e-12)
    assert lesson["velocity"] != pytest.approx(lesson["bias_gradient"]) and lesson["two_steps"] < lesson["by_engine"]


def test_the_loop_by_hand_ends_with_the_parameters_of_fit_to_the_last_bit(lesson):
    assert lesson["apart"] == 0.0 and lesson["equal"] == len(lesson["trained"]) == 79_510
    assert lesson["losses"] == lesson["history"].loss
    assert lesson["moved"] > 0.1


def test_what_the_table_points_at_is_there(lesson):
    for _, _, name, path in lesson["where_to_look"]:
        assert name in runner.LESSONS and (runner.FOLDER.parent / path).exists()


@pytest.mark.parametrize("options", [["--seed", "3"], ["--hidden", "1", "--train-size", "1"], ["--hidden", "7"]])
def test_other_settings_work_and_fit_80_columns(options, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    left = runner.run("keras_style", ["--quick", "--train-size", "300", "--out", "results", *options])
    shown = capsys.readouterr().out.splitlines()
    assert max(map(len, shown)) <= 80 and shown[-1].startswith("Written to")
    assert left["apart"] == 0.0 and np.isfinite(left["trained"]).all()
    assert sorted(os.listdir("results")) == PICTURES


def test_more_images_than_there_are_are_refused(tmp_path):
    with pytest.raises(runner.AutogradError, match="--train-size is 10001; there are 10000 images"):
        runner.run("keras_style", ["--train-size", "10001", "--out", str(tmp_path)])
