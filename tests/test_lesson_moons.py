"""The lesson on two moons: its nets learn them, its losses differ as it says, its sparse layer has few wires."""

import os

import numpy as np
import pytest

from demos import runner
from nets import binary_cross_entropy, evaluate, hinge

FILES = [
    "first_layer.png",
    "losses.png",
    "losses_compared.png",
    "mistakes.png",
    "regions.png",
    "second_layer.png",
    "sizes.png",
    "sparse.png",
    "training.png",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("moons")


@pytest.fixture(scope="module")
def lesson(folder):
    """The names that the lesson leaves behind."""
    return runner.run("moons", ["--quick", "--out", str(folder)])


def test_by_either_loss_the_net_learns_to_tell_new_points_apart(lesson):
    for name, model in lesson["models"].items():
        scores = np.array([float(model(x)) for x in lesson["new_xs"][:200]])
        assert ((scores > 0) == lesson["new_ys"][:200]).mean() > 0.93
        history = lesson["histories"][name]
        assert history.metrics["accuracy"][-1] > 0.94 and history.epochs[-1].loss < 0.2 * history.epochs[0].loss
    assert lesson["mistakes"]["hinge"][-1] == pytest.approx(
        100 - 100 * lesson["histories"]["hinge"].metrics["accuracy"][-1]
    )


def test_hinge_is_content_with_most_points_and_cross_entropy_with_none(lesson):
    assert lesson["free"]["hinge"] > 100 and lesson["free"]["cross-entropy"] == 0
    assert lesson["sizes_of_scores"]["cross-entropy"] > 1.5 * lesson["sizes_of_scores"]["hinge"]
    measured = evaluate(lesson["models"]["hinge"], (lesson["xs"], 2 * lesson["ys"] - 1), {"loss": hinge})
    assert measured["loss"] < 0.1


def test_the_losses_are_drawn_as_they_are(lesson):
    for score, hinged, crossed in zip(lesson["scale"], *lesson["costs"].values(), strict=True):
        assert hinged == pytest.approx(max(0.0, 1 - score))
        assert crossed == pytest.approx(-np.log(1 / (1 + np.exp(-score)))) and crossed > 0
    assert lesson["LOSSES"] == {"hinge": hinge, "cross-entropy": binary_cross_entropy}


def test_the_regions_over_time_begin_untrained_and_end_with_the_trained_net(lesson):
    for name, film in lesson["films"].items():
        assert list(film) == ["untrained", *(f"after epoch {n}" for n in (1, 3, 8, 22, 60))]
        first, *_, last = film.values()
        scores = np.array([float(lesson["models"][name](x)) for x in lesson["plane"].points[::1000]])
        assert last[::1000] == pytest.approx(scores)
        assert ((first > 0) != (last > 0)).mean() > 0.1


def test_a_first_neuron_parts_the_plane_by_a_straight_line_and_a_second_may_bend_it(lesson):
    points = lesson["plane"].points
    for activity, neuron in zip(lesson["outputs"]["first"].T, lesson["first"].neurons, strict=True):
        assert np.arctanh(activity) == pytest.approx(points @ [w.data for w in neuron.w] + neuron.b.data, abs=1e-6)
    with_one = np.column_stack([points, np.ones(len(points))])
    bent = []
    for activity in lesson["outputs"]["second"].T:
        side = np.sign(activity)
        line = np.linalg.lstsq(with_one, np.arctanh(np.clip(activity, -0.999999, 0.999999)), rcond=None)[0]
        bent.append((np.sign(with_one @ line) != side).mean() > 0.02)
    assert any(bent)


def test_the_score_is_a_sum_over_the_second_layer(lesson):
    assert lesson["score_difference"] < 1e-12 and np.abs(lesson["by_sum"]).max() > 1


def test_more_neurons_do_better_than_a_straight_line(lesson):
    by_size = lesson["by_size"]
    assert {name: len(t.model.parameters()) for name, t in by_size.items()} == {
        "2-1": 3,
        "2-2-1": 9,
        "2-4-1": 17,
        "2-16-1": 65,
        "2-4-4-1": 37,
        "2-16-16-1": 337,
    }
    assert by_size["2-1"].unknown < 0.9 and by_size["2-1"].unknown + 0.05 < by_size["2-16-16-1"].unknown


def test_a_sparse_layer_has_fewer_parameters_and_is_nearly_as_good(lesson):
    full, *fewer = lesson["by_wires"].values()
    for wires, trained in zip((4, 2, 1), fewer, strict=True):
        assert len(trained.model.parameters()) == 48 + 16 * (wires + 1) + 17
        assert trained.unknown > full.unknown - 0.02
        assert all(len(set(neuron.connections)) == wires for neuron in trained.model.layers[1].neurons)
    counts = [np.count_nonzero(matrix, axis=1).tolist() for matrix in lesson["matrices"]]
    assert counts == [[16] * 16, [4] * 16, [1] * 16]


def test_it_writes_its_pictures(lesson, folder):
    assert sorted(os.listdir(folder)) == FILES
    for name in FILES:
        assert (folder / name).read_bytes().startswith(b"\x89PNG")


def test_another_seed_works_too_within_80_columns(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    names = runner.run("moons", ["--quick", "--seed", "3", "--starts", "2", "--hidden", "5"])
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80
    assert sorted(os.listdir(tmp_path / "out" / "moons")) == FILES
    assert names["by_wires"]["4 of 16 wires"].unknown > 0.9


def test_one_seed_gives_one_lesson(lesson, tmp_path):
    again = runner.run("moons", ["--quick", "--out", str(tmp_path)])
    for name, model in again["models"].items():
        assert model.state_dict() == lesson["models"][name].state_dict()
    assert [t[2:] for t in again["by_size"].values()] == [t[2:] for t in lesson["by_size"].values()]
