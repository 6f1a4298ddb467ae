"""Laws of nets.augment: shifts, turns and light, alone and at random."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nets import augment
from nets.augment import brighten, rotate, shift, vary
from nets.errors import DataError

seeds = st.integers(0, 1000)


def pictures(seed: int = 0, n: int = 3, height: int = 5, width: int = 7) -> np.ndarray:
    return np.random.default_rng(seed).random((n, height, width))


def shifted_by_hand(picture: np.ndarray, down: int, right: int) -> np.ndarray:
    moved = np.zeros_like(picture)
    for (row, column), ink in np.ndenumerate(picture):
        if 0 <= row + down < picture.shape[0] and 0 <= column + right < picture.shape[1]:
            moved[row + down, column + right] = ink
    return moved


# --- each alone ----------------------------------------------------------------------------------------------


@given(seeds, st.integers(-8, 8), st.integers(-8, 8))
def test_a_shift_by_whole_pixels_moves_each_pixel_there(seed, down, right):
    given = pictures(seed)
    by_hand = [shifted_by_hand(picture, down, right) for picture in given]
    assert np.array_equal(shift(given, down, right), by_hand)


@given(seeds, st.floats(0, 1), st.floats(0, 1))
def test_a_shift_by_a_part_of_a_pixel_mixes_the_neighbours_in_proportion(seed, down, right):
    given = pictures(seed)
    mixed = (1 - right) * shift(given, down, 0) + right * shift(given, down, 1)
    assert shift(given, down, right) == pytest.approx(mixed, abs=1e-12)
    assert shift(given, down) == pytest.approx((1 - down) * given + down * shift(given, 1), abs=1e-12)


def test_ink_inside_is_kept_by_a_small_shift_and_turn():
    given = np.zeros((1, 21, 21))
    given[0, 7:14, 7:14] = pictures(1, 1, 7, 7)
    assert shift(given, 0.3, -0.6).sum() == pytest.approx(given.sum())
    assert rotate(given, 25).sum() == pytest.approx(given.sum(), rel=0.03)


@pytest.mark.parametrize("quarters", [-3, -1, 0, 1, 2, 3, 4])
@pytest.mark.parametrize("side", [4, 5])
def test_quarter_turns_are_exact_and_counterclockwise(quarters, side):
    given = pictures(2, 3, side, side)
    assert rotate(given, 90 * quarters) == pytest.approx(np.rot90(given, quarters, axes=(1, 2)), abs=1e-12)


def test_a_turn_and_back_blurs_but_comes_back():
    rows, columns = np.indices((21, 21)) - 10
    given = np.exp(-((rows - 2) ** 2 + columns**2) / 12.0)[np.newaxis]
    assert np.abs(rotate(rotate(given, 20), -20) - given).max() < 0.1
    assert np.abs(rotate(given, 40) - given).max() > 0.2


def test_light_multiplies_and_full_ink_is_the_most():
    given = np.array([[[0.0, 0.4, 0.8]]])
    assert brighten(given, 1.5) == pytest.approx(np.array([[[0.0, 0.6, 1.0]]]))
    assert brighten(given, 0.5) == pytest.approx(np.array([[[0.0, 0.2, 0.4]]]))
    assert not brighten(given, 0).any()


def test_pictures_beyond_full_ink_are_not_made_darker_than_they_are():
    assert brighten([[[3.0]]], 1.0).item() == 3.0


@pytest.mark.parametrize("change", [lambda x, a: shift(x, a, a), rotate, brighten])
def test_an_amount_for_each_picture_is_that_of_each_alone(change):
    given, amounts = pictures(3), np.array([0.5, 1.0, 2.25])
    alone = [change(given[i : i + 1], amounts[i])[0] for i in range(3)]
    assert np.array_equal(change(given, amounts), alone)


# --- at random -----------------------------------------------------------------------------------------------


def test_one_seed_gives_the_same_bits_and_another_seed_others():
    given = pictures(4)
    assert vary(given, seed=3).tobytes() == vary(given, seed=3).tobytes()
    assert vary(given, seed=3).tobytes() != vary(given, seed=4).tobytes()


def test_each_of_equal_pictures_comes_out_in_another_way():
    varied = vary(np.repeat(pictures(5, 1), 20, axis=0))
    assert len({picture.tobytes() for picture in varied}) == 20


@pytest.mark.parametrize("part", ["pixels", "degrees", "brightness"])
def test_each_part_can_vary_alone_and_without_any_nothing_changes(part):
    given, still = pictures(6), {"pixels": 0, "degrees": 0, "brightness": 0}
    assert np.array_equal(vary(given, **still), given)
    assert not np.allclose(vary(given, **{**still, part: 0.5}), given)


def test_how_much_is_spread_evenly_as_far_as_asked():
    dots = np.zeros((4000, 9, 9))
    dots[:, 4, 4] = 0.5
    ink = vary(dots, pixels=0, degrees=0, brightness=0.2).sum(axis=(1, 2)) / 0.5
    assert 0.8 <= ink.min() < 0.81 and 1.19 < ink.max() <= 1.2 and abs(ink.mean() - 1) < 0.01
    moved = vary(dots, pixels=2, degrees=0, brightness=0)
    rows = moved.sum(axis=2) @ np.arange(9) / 0.5 - 4
    assert -2 <= rows.min() < -1.95 and 1.95 < rows.max() <= 2 and abs(rows.mean()) < 0.1


def test_nothing_given_is_changed():
    given = pictures(7)
    before = given.copy()
    for changed in (shift(given), rotate(given, 0), brighten(given, 1), vary(given)):
        assert changed.dtype == np.float64 and changed.shape == given.shape
        assert not np.shares_memory(changed, given)
    assert np.array_equal(given, before)


# --- refusals ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [shift, lambda x: rotate(x, 1), lambda x: brighten(x, 1), vary])
@pytest.mark.parametrize("wrong", [np.zeros((3, 64)), np.zeros((0, 8, 8)), 1.0, "ink", [[[1.0], [2.0, 3.0]]]])
def test_what_are_no_pictures_is_refused(change, wrong):
    with pytest.raises(DataError, match=r"images (has shape .*reshape|cannot be read as numbers)"):
        change(wrong)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda x: shift(x, down=np.nan), "down is nan; it needs to be a finite number, or 3: one each"),
        (lambda x: shift(x, right=[1.0, 2.0]), r"right is \[1.0, 2.0\]; it needs"),
        (lambda x: rotate(x, "far"), "degrees is 'far'; it needs"),
        (lambda x: brighten(x, np.inf), "factor is inf; it needs"),
        (lambda x: brighten(x, [1.0, -0.5, 1.0]), "factor is -0.5; it needs to be at least 0"),
        (lambda x: vary(x, pixels=-1), "pixels is -1; it needs to be a finite number of at least 0"),
        (lambda x: vary(x, degrees=np.inf), "degrees is inf; it needs"),
        (lambda x: vary(x, brightness=True), "brightness is True; it needs"),
        (lambda x: vary(x, brightness=1.5), "brightness is 1.5; it needs to be at most 1"),
        (lambda x: vary(x, seed=-1), "seed is -1; it needs to be a whole number of at least 0"),
        (lambda x: vary(x, seed=1.5), "seed is 1.5; it needs"),
    ],
)
def test_amounts_that_do_not_fit_are_refused(change, message):
    with pytest.raises(DataError, match=message):
        change(pictures())


def test_the_module_is_there_under_nets():
    assert augment.__all__ == ["brighten", "rotate", "shift", "vary"]
