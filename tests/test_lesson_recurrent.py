"""The lesson recurrent: gradients through time, what memory learns, and what clipping saves."""

import os

import numpy as np
import pytest

from demos import runner

PICTURES = ["clipping.png", "gradients.png", "names.png", "parity.png", "unrolled.png"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("recurrent")


@pytest.fixture(scope="module")
def lesson(folder):
    """The names that the lesson leaves behind."""
    return runner.run("recurrent", ["--quick", "--out", str(folder)])


def test_it_writes_its_pictures(lesson, folder):
    assert sorted(os.listdir(folder)) == PICTURES
    assert all((folder / name).read_bytes().startswith(b"\x89PNG") for name in PICTURES)


def test_the_gradient_of_a_shared_weight_is_the_sum_over_its_uses(lesson):
    uses, shared = lesson["uses"], lesson["shared"]
    assert uses.shape == (3, 3) and uses.sum(axis=0) == pytest.approx(shared, rel=1e-12)
    assert uses[0, 1] == 0.0 and np.abs(shared).min() > 0.1
    told = str(lesson["paths"])
    assert "the sum over 3 paths from u to h3" in told and told.endswith("it agrees.")


def test_parity_is_learned_on_short_sequences(lesson):
    assert lesson["right"][8] == 1.0 and lesson["right"][16] > 0.9
    assert lesson["parity_losses"][0] > 0.6 and lesson["parity_losses"][-1] < 0.05


def test_without_a_bend_gradients_go_with_the_powers_of_the_factor(lesson):
    for factor, line in lesson["lengths"]["linear"].items():
        assert line == pytest.approx([factor ** (29 - t) for t in range(30)], rel=1e-9)


def test_the_bend_only_makes_them_shorter(lesson):
    for factor, line in lesson["lengths"]["tanh"].items():
        straight = np.array(lesson["lengths"]["linear"][factor])
        assert np.all(np.array(line) <= straight * (1 + 1e-9)) and line[0] < straight[0]
    assert lesson["lengths"]["tanh"][0.5][0] < 1e-8


def test_counting_explodes_without_clipping_and_learns_with_it(lesson):
    (losses, gradients), (clipped, before) = lesson["counts"].values()
    assert len(losses) < 600 and not losses[-1] < 1e9 and max(gradients) > 1e4
    assert len(clipped) == 600 and max(clipped) < 1000 and np.mean(clipped[-50:]) < 2.0
    assert losses[0] == clipped[0] and max(before) > 10


def test_letters_are_foretold_better_than_by_counting_them(lesson):
    assert lesson["test_loss"] < lesson["in_pairs"] < lesson["alone"] < np.log(27)
    assert lesson["name_losses"][0] == pytest.approx(np.log(27), abs=0.3)


def test_the_sampled_names_are_of_letters_and_the_same_each_time(lesson):
    assert len(lesson["trained"].split()) >= 9 and lesson["trained"].replace(" ", "").isalpha()
    assert lesson["sample"]() == lesson["trained"] != lesson["untrained"]


def test_padding_has_no_part_in_the_loss(lesson):
    weights = lesson["weights"]
    assert [len(name) + 1 for name in lesson["known"]] == weights.sum(axis=1).tolist()
    assert np.all(lesson["following"][weights == 0] == 0)


@pytest.mark.parametrize("options", [["--seed", "3"], ["--depth", "2", "--bits", "1", "--parity-steps", "1"]])
def test_other_settings_work_and_fit_80_columns(options, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    left = runner.run("recurrent", ["--quick", "--steps", "5", "--out", "results", *options])
    shown = capsys.readouterr().out.splitlines()
    assert max(map(len, shown)) <= 80 and "Written to results" in shown[-2]
    assert np.mean(left["counts"]["clipped to 1"][0][-50:]) < 3.0
    assert sorted(os.listdir("results")) == PICTURES
