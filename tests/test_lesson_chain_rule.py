"""The lesson on the chain rule: what it shows, asserted."""

import os

import pytest

from demos import runner

FILES = ["doubled.png", "graph.html", "graph.png", "slope.png", "used_three_times.png"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("chain_rule")


@pytest.fixture(scope="module")
def lesson(folder):
    """The names that the lesson leaves behind."""
    return runner.run("chain_rule", ["--quick", "--out", str(folder)])


def test_it_writes_its_pictures_and_a_page_to_step_through(lesson, folder):
    assert sorted(os.listdir(folder)) == FILES
    for path in folder.glob("*.png"):
        assert path.read_bytes().startswith(b"\x89PNG")
    page = (folder / "graph.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>") and '"price"' in page


def test_its_output_fits_80_columns_and_another_seed_works_too(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    names = runner.run("chain_rule", ["--quick", "--seed", "7", "--out", "results"])
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 80
    assert "All four slopes equal to the last bit in 50 of 50 rides" in out
    assert names["equal"] == 50


def test_trying_comes_nearer_to_the_slope_the_smaller_the_change(lesson):
    apart = [abs(ratio - lesson["by_hand"]["price"]) for ratio in lesson["tried"]]
    assert apart == sorted(apart, reverse=True) and apart[0] == 4.0 and apart[-1] < 1e-3


def test_the_engine_finds_the_slopes_computed_by_hand_to_the_last_bit(lesson):
    assert lesson["by_hand"] == {"price": -12.0, "km": -18.0, "base": -6.0, "paid": 6.0}
    assert lesson["by_engine"] == lesson["by_hand"]
    assert lesson["equal"] == len(lesson["rides"]) == 50


def test_the_line_touches_the_curve_and_stays_below_it(lesson):
    above = [lesson["loss_at"](p) - line for p, line in zip(lesson["prices"], lesson["touching"], strict=True)]
    assert min(above) == pytest.approx(0.0, abs=1e-12) and above[60] == min(above) and max(above) > 8


def test_the_gradients_of_all_uses_add(lesson):
    assert [path.product for path in lesson["adding"].paths] == [3.0, 3.0, 1.0]
    assert lesson["adding"].agrees and lesson["adding"].total == 7.0
    assert lesson["twice"] == 14.0 and lesson["x"].grad == 7.0


def test_the_naive_recursion_counts_twice_and_takes_exponentially_many_steps(lesson):
    assert (lesson["right_order"].total, lesson["right_order"].count) == (4.0, 4)
    assert (lesson["naive_order"].naive, lesson["naive_order"].right, lesson["naive_order"].culprit) == (6.0, 4.0, "b")
    for times, right, steps, naive, naive_steps in lesson["doublings"]:
        assert right == 2.0**times and steps == 2 * times and naive_steps == 2 ** (times + 1) - 2
        assert naive == right if times == 1 else naive > right


def test_steps_against_the_slope_make_the_loss_smaller(lesson):
    losses = [loss for _, _, loss in lesson["losses"]]
    assert losses[0] == 9.0 and losses[-1] < 0.01
    assert losses == sorted(losses, reverse=True)
