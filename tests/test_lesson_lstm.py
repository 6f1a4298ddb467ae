"""The lesson lstm: the cell by hand, what gates remember and a plain state forgets, and names from scores."""

import os

import numpy as np
import pytest

from demos import runner

PICTURES = ["names.png", "remember.png"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("lstm")


@pytest.fixture(scope="module")
def lesson(folder):
    """The names that the lesson leaves behind."""
    return runner.run("lstm", ["--quick", "--out", str(folder)])


def test_it_writes_its_pictures(lesson, folder):
    assert sorted(os.listdir(folder)) == PICTURES
    assert all((folder / name).read_bytes().startswith(b"\x89PNG") for name in PICTURES)


def test_the_cell_by_hand_and_the_layer_agree_to_the_last_digits(lesson):
    assert [row["h"] for row in lesson["by_hand"]] == pytest.approx(lesson["by_layer"], rel=1e-14)
    assert lesson["apart"] < 1e-15 < 1e-2 < min(abs(y) for y in lesson["by_layer"])


def test_an_open_forget_gate_keeps_the_gradient_that_the_others_lose(lesson):
    plain, closing, kept = lesson["fading"].values()
    assert len(kept) == 50 and plain[-1] == closing[-1] == kept[-1] == 1.0
    assert plain[0] < 1e-6 and closing[0] < 1e-2 < 0.05 < kept[0]


def test_the_lstm_remembers_for_fifty_steps_where_the_rnn_guesses(lesson):
    plain, closing, kept = (right for _, right in lesson["results"].values())
    assert kept > 0.95 and plain < 0.65 and closing < 0.65
    assert lesson["results"]["RNN"][0][-1] > 0.5 > 0.1 > lesson["results"]["LSTM, bias 3.9"][0][-1]


def test_the_task_needs_the_first_coin_alone(lesson):
    rows, ys = lesson["coins"](np.random.default_rng(5), 40)
    assert rows.shape == (40, 50, 2) and set(np.unique(rows[:, :, 1])) == {-4.0, 4.0}
    assert np.array_equal(ys, (rows[:, 0, 1] > 0) * 1.0)
    assert rows[:, 0, 0].sum() == rows[:, :, 0].sum() == 40


def test_both_learn_to_spell_with_about_as_many_parameters(lesson):
    sizes = [len(speller.parameters) for speller in lesson["spellers"].values()]
    assert abs(sizes[0] - sizes[1]) < 0.05 * sizes[0]
    for losses, on_new_names in lesson["spelling"].values():
        assert losses[0] == pytest.approx(np.log(27), abs=0.3) and on_new_names < 2.6


def test_temperature_makes_names_tame_or_wild(lesson):
    cold, as_it_is, hot = (max(chances) for chances in lesson["first"].values())
    assert cold > as_it_is > hot > 1 / 27
    for temperature, ten in lesson["drawn"].items():
        assert len(ten) == 10 and all(len(name) <= 15 and name.isalpha() for name in ten if name)
        assert lesson["at_temperature"](temperature) == ten


@pytest.mark.parametrize("options", [["--seed", "3"], ["--length", "1"]])
def test_other_settings_work_and_fit_80_columns(options, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    left = runner.run("lstm", ["--quick", "--name-steps", "5", "--out", "results", *options])
    shown = capsys.readouterr().out.splitlines()
    assert max(map(len, shown)) <= 80 and shown[-1].startswith("Written to results")
    assert [right for _, right in left["results"].values()][2] > 0.95
    assert sorted(os.listdir("results")) == PICTURES
