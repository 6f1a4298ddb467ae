"""The lesson overfitting: a net learns by heart, and each of six cures makes its test error smaller."""

import os

import numpy as np
import pytest

from demos import runner

PICTURES = ["augmented.png", "by_heart.png", "cures.png", "polynomials.png"]
CURES = ["fewer connections", "more data", "augmentation", "dropout", "weight decay", "early stopping"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("overfitting")


@pytest.fixture(scope="module")
def lesson(folder):
    """The names that the lesson leaves behind."""
    return runner.run("overfitting", ["--quick", "--out", str(folder)])


def test_it_writes_its_pictures(lesson, folder):
    assert sorted(os.listdir(folder)) == PICTURES
    assert all((folder / name).read_bytes().startswith(b"\x89PNG") for name in PICTURES)


def test_the_polynomial_through_all_points_is_the_worst_elsewhere(lesson):
    (_, stiff), (near, right), (at_points, wild) = (lesson["off"][degree] for degree in (1, 3, 15))
    assert at_points < 1e-6 < near < right < stiff < wild


def test_the_wide_net_learns_the_wrong_labels_and_gets_worse_in_the_test_meanwhile(lesson):
    known, tested, _ = lesson["plain"].mean(axis=0).T
    assert known[-1] < 0.04 and tested[-1] > known[-1] + 0.13
    early = tested[: len(tested) // 3]
    assert tested[-1] > early.min() + 0.03


def test_one_label_in_five_is_wrong_and_none_of_the_test(lesson):
    images, labels = lesson["draws"][0].more
    whole = lesson["data"]
    right = dict(zip(map(np.ndarray.tobytes, whole.train_images), whole.train_labels, strict=True))
    wrong = np.mean([right[image.tobytes()] != label for image, label in zip(images, labels, strict=True)])
    assert wrong == pytest.approx(0.2, abs=0.05) and len(images) == 1000
    assert lesson["test"][1] is lesson["data"].test_labels


def test_each_cure_makes_the_test_error_smaller_and_learns_less_by_heart(lesson):
    assert list(lesson["cures"]) == CURES
    known, tested = lesson["final"]["no cure"]
    for name in CURES:
        assert lesson["final"][name][1] < tested - 0.01, name
        assert lesson["final"][name][0] > known + 0.03, name


def test_more_data_is_the_best_cure(lesson):
    others = [tested for name, (_, tested) in lesson["final"].items() if name != "more data"]
    assert lesson["final"]["more data"][1] < min(others)


def test_the_sparse_net_has_few_parameters_and_sees_every_other_pixel(lesson):
    draw = lesson["draws"][0]
    assert len(lesson["sparse"](draw).parameters()) == 330 and len(lesson["wide"](draw).parameters()) == 7510
    board = lesson["chessboard"].reshape(8, 8)
    assert (board[:, 1:] != board[:, :-1]).all() and (board[1:] != board[:-1]).all()


def test_augmented_examples_begin_with_the_given_ones_and_keep_their_labels(lesson):
    images, labels = lesson["draws"][0].few
    more, same = lesson["augmented"]((images, labels), copies=3)
    assert len(more) == len(same) == 4 * len(images)
    assert np.array_equal(more[: len(images)], images) and np.array_equal(same, np.tile(labels, 4))
    assert (more[len(images) :] != np.tile(images, (3, 1))).any(axis=1).all()


def test_early_stopping_keeps_what_did_best_on_the_watched_images_so_far(lesson):
    run = np.array([[0.5, 0.5, 0.5], [0.3, 0.4, 0.2], [0.1, 0.6, 0.3], [0.0, 0.3, 0.1]])
    assert lesson["kept"](run).tolist() == run[[0, 1, 1, 3]].tolist()


def test_dropout_is_off_when_errors_are_measured(lesson):
    draw = lesson["draws"][0]
    net, plain = lesson["dropping"](draw).eval(), lesson["wide"](draw)
    image = draw.few[0][0]
    assert [float(score) for score in net(image)] == [float(score) for score in plain(image)]


def test_another_seed_works_fits_80_columns_and_teaches_the_same(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    left = runner.run("overfitting", ["--quick", "--seed", "3", "--out", "results"])
    shown = capsys.readouterr().out.splitlines()
    assert max(map(len, shown)) <= 80 and shown[-1].startswith("Written to")
    assert all(left["final"][name][1] < left["final"]["no cure"][1] for name in CURES)
    assert sorted(os.listdir("results")) == PICTURES


@pytest.mark.parametrize("options", [["--few", "1", "--steps", "1"], ["--few", "30", "--steps", "30", "--wrong", "1"]])
def test_small_settings_work(options, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    left = runner.run("overfitting", ["--draws", "1", "--hidden", "4", "--out", "results", *options])
    assert np.isfinite(list(left["final"].values())).all()
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("option", "message"), [("--few=300", "--few is 300; five times"), ("--wrong=1.5", "--wrong is 1.5; it needs")]
)
def test_settings_that_do_not_fit_are_told_in_one_line(option, message, tmp_path, capsys):
    assert runner.main(["overfitting", "--quick", "--out", str(tmp_path), option]) == 1
    assert message in capsys.readouterr().err
