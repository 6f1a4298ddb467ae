"""The lesson convnet: shared weights sum their gradients, maps move along, and moved digits are read better."""

import os

import numpy as np
import pytest

from demos import runner
from nets import accuracy, evaluate

PICTURES = ["accuracy.png", "kernels.png", "maps.png", "places.png", "probabilities.png"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("convnet")


@pytest.fixture(scope="module")
def lesson(folder):
    """The names that the lesson leaves behind."""
    return runner.run("convnet", ["--quick", "--out", str(folder)])


def test_it_writes_its_pictures(lesson, folder):
    assert sorted(os.listdir(folder)) == PICTURES
    assert all((folder / name).read_bytes().startswith(b"\x89PNG") for name in PICTURES)


def test_the_loops_give_what_the_layer_gives_and_find_the_edges(lesson):
    assert lesson["apart"] < 1e-15
    assert np.shape(lesson["by_hand"]) == (4, 4)
    assert all(row[0] > 0.5 and abs(row[2]) < 0.1 and row[3] < -0.5 for row in lesson["by_hand"])


def test_the_loops_and_the_trained_filters_agree_before_the_relu(lesson):
    image = lesson["test"][0][0]
    for neuron, seen in zip(lesson["first"].neurons, lesson["first"](image), strict=True):
        kernel = np.array([w.data for w in neuron.w]).reshape(3, 3)
        by_loops = np.maximum(lesson["slide"](image, kernel, neuron.b.data), 0)
        assert np.array(lesson["floats"](seen)) == pytest.approx(by_loops, abs=1e-12)


def test_the_gradient_of_a_shared_weight_sums_all_four_places(lesson):
    assert len(lesson["uses"]) == 4 and len(set(lesson["uses"])) == 4
    assert lesson["uses"][-1].endswith("-> 1.02)")
    assert lesson["first_weight"].grad == pytest.approx(lesson["by_places"], abs=1e-12)
    assert lesson["by_places"] == pytest.approx(1.02)


def test_each_digit_is_moved_whole_by_two_pixels_at_most(lesson):
    images, labels = lesson["train"]
    assert images.shape == (len(labels), 12, 12)
    assert images.sum(axis=(1, 2)) == pytest.approx(lesson["data"].train_images.sum(axis=1))
    image = lesson["data"].test_images[:1]
    [frame] = lesson["placed"](image, [1], [4])
    assert np.array_equal(frame[1:9, 4:], image.reshape(8, 8)) and frame.sum() == pytest.approx(image.sum())


def test_the_two_nets_have_as_many_weights_and_steps(lesson):
    weights = lesson["weights"]
    assert weights["MLP"] == pytest.approx(weights["convnet"], rel=0.02)
    assert weights["wide MLP"] == pytest.approx(10 * weights["convnet"], rel=0.02)
    assert len({len(history.steps) for history in lesson["histories"].values()}) == 1


def test_the_convnet_reads_moved_digits_far_better_than_an_mlp_of_as_many_weights(lesson):
    reached = lesson["reached"]
    assert reached["convnet"] > 0.7 and reached["convnet"] > reached["MLP"] + 0.25
    for name in ("convnet", "MLP"):
        measured = evaluate(lesson["nets"][name], lesson["test"], {"accuracy": accuracy})["accuracy"]
        assert measured == reached[name]


def test_the_convnet_is_better_at_every_single_place(lesson):
    assert lesson["both"]["convnet"].shape == (5, 5)
    assert (lesson["both"]["convnet"] > lesson["both"]["MLP"] + 0.1).all()
    assert np.concatenate(lesson["chances"]).sum(axis=1) == pytest.approx(np.ones(8))


def test_the_maps_move_along_with_the_digit(lesson):
    assert lesson["drift"] < 1e-12 and lesson["maps"].shape == (2, 8, 10, 10)
    assert np.abs(lesson["maps"][0] - lesson["maps"][1]).max() > 0.5


def test_each_pooling_makes_the_change_smaller(lesson):
    changes = lesson["changes"]
    assert changes["pooled"] < 0.8 * changes["8 filters"]
    assert changes["pooled again"] < 0.8 * changes["16 filters"]
    assert changes["pooled again"] < 0.6 * changes["the image"]


def test_another_seed_fits_80_columns_and_teaches_the_same(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    left = runner.run("convnet", ["--quick", "--seed", "3", "--out", "results"])
    shown = capsys.readouterr().out.splitlines()
    assert max(map(len, shown)) <= 80 and any(line.startswith("Written to results") for line in shown)
    assert left["reached"]["convnet"] > left["reached"]["MLP"] + 0.25
    assert left["changes"]["pooled again"] < 0.6 * left["changes"]["the image"]
    assert sorted(os.listdir("results")) == PICTURES


def test_a_single_epoch_works(tmp_path):
    left = runner.run("convnet", ["--epochs", "1", "--lr", "0.001", "--out", str(tmp_path)])
    assert left["epochs"] == [1] and sorted(os.listdir(tmp_path)) == PICTURES


def test_a_rate_at_which_it_diverges_is_told_in_one_line(tmp_path, capsys):
    assert runner.main(["convnet", "--quick", "--lr", "1e300", "--out", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith("convnet: ")
