"""The lesson on attention: what its one head, its mask and its tiny GPT show, asserted."""

import math
import os

import numpy as np
import pytest

from demos import runner

PICTURES = ["head.png", "name.png", "training.png"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("attention")


@pytest.fixture(scope="module")
def lesson(folder):
    """The names that the lesson leaves behind."""
    return runner.run("attention", ["--quick", "--out", str(folder)])


def test_it_writes_its_pictures(lesson, folder):
    assert sorted(os.listdir(folder)) == PICTURES
    assert all((folder / name).read_bytes().startswith(b"\x89PNG") for name in PICTURES)


def test_the_numbers_by_hand_are_those_of_the_layer(lesson):
    assert lesson["hand_difference"] < 1e-15
    weights = np.array(lesson["by_hand"])
    assert weights.shape == (4, 4) and weights.sum(axis=1) == pytest.approx(np.ones(4))
    assert np.abs(np.array(lesson["outputs"]) - weights @ lesson["ROWS"]).max() < 1e-15


def test_a_vowel_looks_at_consonants_and_a_consonant_at_vowels(lesson):
    m, i, n, a = lesson["by_hand"]
    for vowel in (i, a):
        assert min(vowel[0], vowel[2]) > 2 * max(vowel[1], vowel[3])
    for consonant in (m, n):
        assert min(consonant[1], consonant[3]) > 2 * max(consonant[0], consonant[2])


def test_the_mask_hides_later_rows_and_the_shares_still_add_up_to_1(lesson):
    weights = lesson["floats"](lesson["looking_back"].weights(lesson["ROWS"])[0])
    assert np.triu(weights, 1).max() == 0.0 < np.tril(weights)[np.tril_indices(4)].min()
    assert weights.sum(axis=1) == pytest.approx(np.ones(4))
    assert lesson["changes"]["causal"][:3].tolist() == [0.0, 0.0, 0.0]
    assert lesson["changes"]["every row"].min() > 0.1 and lesson["changes"]["causal"][3] > 0.1


def test_undivided_scores_spread_by_the_root_of_d_and_flatten_softmax(lesson):
    assert list(lesson["spreads"]) == [2, 16, 128, 1024]
    for d, (spread, *_) in lesson["spreads"].items():
        assert spread == pytest.approx(math.sqrt(d), rel=0.1)
    _, undivided, slopes, divided, divided_slopes = zip(*lesson["spreads"].values(), strict=True)
    assert list(undivided) == sorted(undivided) and undivided[-1] > 0.95
    assert list(slopes) == sorted(slopes, reverse=True) and slopes[-1] < 0.03
    assert max(divided) < 0.4 and min(divided_slopes) > 0.15


def test_without_positions_shuffled_rows_give_shuffled_outputs(lesson):
    assert lesson["unplaced"] < 1e-15 and lesson["placed"] > 0.1


def test_the_names_kept_back_are_not_among_those_learned_from(lesson):
    kept_back, learned_from = set(lesson["validation_names"]), set(lesson["train_names"])
    assert len(kept_back) == 500 and len(learned_from) == 4500 and not kept_back & learned_from


def test_a_name_is_read_from_its_dot_to_its_end_and_the_rest_is_masked(lesson):
    letters, following, mask = lesson["encode"](["anna", "christopher"])
    spelled = ["".join(lesson["LETTERS"][k] for k in row) for row in (letters[0], following[0])]
    assert spelled == [".anna.......", "anna........"]
    assert np.count_nonzero(mask, axis=1).tolist() == [5, 12] and mask.sum() == pytest.approx(2)


def test_what_the_mask_fills_up_does_not_touch_the_loss(lesson):
    letters, following, mask = lesson["encode"](["anna", "bob"])
    before = lesson["losses"](letters, following, mask)
    letters[:, 6:], following[:, 5:] = 9, 7
    assert lesson["losses"](letters, following, mask) == pytest.approx(before, rel=1e-12)


def test_the_table_of_counts_holds_probabilities_of_the_next_letter(lesson):
    table, letters = lesson["table"], lesson["LETTERS"]
    assert table.sum(axis=1) == pytest.approx(np.ones(27)) and table.min() > 0
    assert letters[table[letters.index("q")].argmax()] == "u"
    pairs = [(a, b) for name in lesson["validation_names"] for a, b in zip(f".{name}", f"{name}.", strict=True)]
    loss = np.mean([-math.log(table[letters.index(a), letters.index(b)]) for a, b in pairs])
    assert lesson["bigram_loss"] == pytest.approx(loss, rel=1e-12)


def test_training_leads_from_worse_than_guessing_to_better_than_the_bigram_table(lesson):
    compared = lesson["compared"]
    assert compared["the net, untrained"] > compared["all letters alike"] > compared["bigram table"]
    assert compared["the net, trained"] < compared["bigram table"] - 0.15


def test_the_net_knows_nothing_of_later_letters(lesson):
    one, other = lesson["probabilities"](lesson["encode"](["marianne", "mariette"])[0])
    assert one[:5] == pytest.approx(other[:5], abs=1e-12) and np.abs(one[5] - other[5]).max() > 0.01
    assert one.sum(axis=1) == pytest.approx(np.ones(12))


def test_sampled_names_are_real_ones_more_often_after_training(lesson):
    before, after = lesson["found"]
    assert len(lesson["before"]) == len(lesson["after"]) == 1000 and before < 10 < 25 < after
    assert lesson["sample"](1000) == lesson["after"]


def test_a_letter_looks_most_at_the_one_before(lesson):
    assert lesson["looks"].sum() == pytest.approx(1) and lesson["looks"].argmax() == 1


@pytest.mark.parametrize("options", [["--seed", "3"], ["--steps", "1", "--batch", "1", "--width", "3"]])
def test_other_settings_work_and_fit_80_columns(options, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    runner.run("attention", ["--quick", "--out", "results", *options])
    shown = capsys.readouterr().out.splitlines()
    assert max(map(len, shown)) <= 80 and shown[-1].startswith("Written to")
    assert sorted(os.listdir("results")) == PICTURES


def test_a_batch_of_more_names_than_there_are_is_refused(tmp_path, capsys):
    assert runner.main(["attention", "--batch", "4501", "--out", str(tmp_path)]) == 1
    assert "--batch is 4501; there are 4500 names to learn from" in capsys.readouterr().err
