"""The lesson on backpropagation: what it says by hand, by the engine and by paths is the same, and its net learns."""

import math
import os

import pytest

from autograd import topological_order
from demos import runner

FILES = ["graph.html", "layers.png", "loss.png", "paths.png"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("backprop")


@pytest.fixture(scope="module")
def lesson(folder):
    """The names that the lesson leaves behind."""
    return runner.run("backprop", ["--quick", "--out", str(folder)])


def test_the_numbers_by_hand_are_those_of_the_engine_for_every_node_of_the_net(lesson):
    assert lesson["by_hand"].keys() == lesson["by_engine"].keys() and len(lesson["by_hand"]) == 33
    named = {node.label for node in topological_order(lesson["E"]) if node.label}
    assert named == {*lesson["by_hand"], "E"}
    for name, slope in lesson["by_hand"].items():
        assert slope == pytest.approx(lesson["by_engine"][name], rel=1e-12, abs=1e-16)
    assert max(map(abs, lesson["by_hand"].values())) > 0.1


def test_a_slope_by_hand_is_what_differences_say(lesson):
    forward, (x, t) = lesson["forward"], lesson["examples"][5]

    def error(p):
        v = forward(p, x)
        return 0.5 * sum((v[f"y(2)_{j}"] - t[j - 1]) ** 2 for j in (1, 2))

    for name, number in lesson["start"].items():
        more, less = (error({**lesson["start"], name: number + h}) for h in (1e-5, -1e-5))
        assert lesson["by_hand"][name] == pytest.approx((more - less) / 2e-5, abs=1e-9)


def test_the_weights_of_an_input_of_0_have_no_slope_but_the_input_has(lesson):
    assert [name for name, slope in lesson["by_hand"].items() if slope == 0.0] == ["w(1)_21", "w(1)_22", "w(1)_23"]
    assert lesson["by_hand"]["y(0)_2"] != 0.0


def test_the_sum_over_paths_agrees_and_each_layer_makes_three_times_as_many(lesson):
    assert lesson["explained"].agrees and lesson["explained"].count == len(lesson["explained"].paths) == 2
    for hidden in (1, 2, 3):
        parameters, paths, arrows, products = lesson["multiplications"](hidden)
        assert parameters == 12 * hidden + 8 and paths == 2 * 3 ** (hidden - 1)
        assert arrows < products
    assert [row[1] for row in lesson["counted"]] == [2, 6, 54]


def test_arrows_are_counted_as_they_can_be_seen_in_the_3_3_2_net(lesson):
    weighed, inside = 12 + 8 + 6, 3 + 2  # from parameters and from the hidden layer, and from each z to its y
    in_the_error = 2 + 2 + 2 + 1
    length = 2 + 2 + 4  # z, y of the first layer; of the second; and y - t, its square, the sum, its half
    first, second = 12 * 2 * length, 8 * 1 * (length - 2)
    assert lesson["multiplications"](1) == (20, 2, weighed + inside + in_the_error, first + second)


def test_the_gradient_of_a_batch_is_the_sum_of_those_of_its_examples(lesson):
    sums, added, at_once = lesson["ways"].values()
    assert sums.keys() == added.keys() == at_once.keys() == lesson["parameters"].keys()
    assert lesson["batch_difference"] < 1e-15
    for name in sums:
        assert at_once[name] == pytest.approx(math.fsum(d[name] for d in lesson["singly"]), rel=1e-12)


def test_the_net_learns_to_add_three_bits(lesson):
    assert lesson["right"] == 8
    assert lesson["errors"][-1] < 0.01 < 1 < lesson["errors"][0]
    assert [t for _, t in lesson["examples"]] == [(0, 0), (1, 0), (1, 0), (0, 1), (1, 0), (0, 1), (0, 1), (1, 1)]


def test_it_writes_its_pictures_and_a_page_to_step_through(lesson, folder):
    assert sorted(os.listdir(folder)) == FILES
    for name in FILES[1:]:
        assert (folder / name).read_bytes().startswith(b"\x89PNG")
    assert "w(1)_11" in (folder / "graph.html").read_text(encoding="utf-8")


def test_another_seed_and_an_absurd_rate_work_too_within_80_columns(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    names = runner.run("backprop", ["--seed", "1", "--rate", "3000", "--epochs", "5"])
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80
    assert names["largest_difference"] < 1e-15 and names["batch_difference"] < 1e-15
    assert sorted(os.listdir(tmp_path / "out" / "backprop")) == FILES
