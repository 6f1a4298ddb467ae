"""Laws of nets.data and nets.readers."""

import gzip
import itertools
import pathlib
import struct
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nets.data import batches, blobs, circles, moons, spirals, split, standardise, xor
from nets.errors import DataError
from nets.readers import read_csv, read_idx

SETS = {"moons": moons, "circles": circles, "spirals": spirals, "xor": xor, "blobs": blobs}
each_set = pytest.mark.parametrize("make", SETS.values(), ids=SETS)

# ---------------------------------------------------------------- point sets


@each_set
@pytest.mark.parametrize("n", [4, 5, 100, 101])
def test_points_come_as_n_pairs_with_classes_that_differ_by_one_at_most(make, n):
    xs, ys = make(n)
    sizes = np.bincount(ys)
    assert xs.shape == (n, 2) and xs.dtype == np.float64 and np.isfinite(xs).all()
    assert ys.shape == (n,) and ys.dtype == np.int64
    assert sizes.min() >= 1 and sizes.max() - sizes.min() <= 1


@each_set
def test_one_seed_gives_the_same_bits_and_another_seed_others(make):
    (xs, ys), (same_xs, same_ys), (other_xs, _) = make(50, seed=3), make(50, seed=3), make(50, seed=4)
    assert xs.tobytes() == same_xs.tobytes() and ys.tobytes() == same_ys.tobytes()
    assert xs.tobytes() != other_xs.tobytes()


@each_set
def test_classes_are_shuffled_among_each_other(make):
    _, ys = make(100)
    assert np.count_nonzero(np.diff(ys)) > 20


def on_a_moon(x: np.ndarray, label: int) -> bool:
    centre = (0, 0) if label == 0 else (1, 0.5)
    above = x[1] >= -1e-9 if label == 0 else x[1] <= 0.5 + 1e-9
    return bool(np.isclose(np.hypot(*(x - centre)), 1) and above)


def on_a_circle(x: np.ndarray, label: int) -> bool:
    return bool(np.isclose(np.hypot(*x), (1, 0.5)[label]))


def on_an_arm(x: np.ndarray, label: int) -> bool:
    radius = np.hypot(*x)
    angle = 2 * np.pi * (radius + label / 2)
    return bool(0 < radius <= 1 + 1e-9 and np.allclose(x, radius * np.array([np.cos(angle), np.sin(angle)])))


def on_a_corner(x: np.ndarray, label: int) -> bool:
    return set(x) <= {0.0, 1.0} and int(x[0]) ^ int(x[1]) == label


def on_a_centre(x: np.ndarray, label: int) -> bool:
    angle = 2 * np.pi * label / 3
    return bool(np.allclose(x, [np.cos(angle), np.sin(angle)]))


CURVES = [
    (moons, "noise", on_a_moon),
    (circles, "noise", on_a_circle),
    (spirals, "noise", on_an_arm),
    (xor, "noise", on_a_corner),
    (blobs, "spread", on_a_centre),
]
each_curve = pytest.mark.parametrize(("make", "noise", "lies_on"), CURVES, ids=SETS)


@each_curve
def test_without_noise_every_point_lies_on_the_curve_of_its_class(make, noise, lies_on):
    xs, ys = make(37, **{noise: 0})
    assert all(lies_on(x, label) for x, label in zip(xs, ys, strict=True))


@each_curve
def test_noise_is_the_standard_deviation_of_the_distance_along_each_axis(make, noise, lies_on):
    exact, _ = make(4000, **{noise: 0}, seed=1)
    noisy, _ = make(4000, **{noise: 0.3}, seed=1)
    assert np.allclose((noisy - exact).std(axis=0), 0.3, rtol=0.05)


@pytest.mark.parametrize("make", [moons, circles, spirals])
def test_without_noise_no_two_points_of_a_curve_coincide(make):
    xs, _ = make(60, noise=0)
    assert len(np.unique(xs.round(9), axis=0)) == 60


def test_four_points_of_xor_are_the_four_corners():
    xs, _ = xor(4, noise=0)
    assert sorted(map(tuple, xs)) == [(0, 0), (0, 1), (1, 0), (1, 1)]


def test_spirals_wind_as_often_as_turns_says():
    xs, ys = spirals(2000, noise=0, turns=3)
    arm = xs[ys == 0]
    arm = arm[np.argsort(np.hypot(*arm.T))]
    angles = np.unwrap(np.arctan2(arm[:, 1], arm[:, 0]))
    assert np.isclose((angles[-1] - angles[0]) / (2 * np.pi), 3, atol=0.01)


WRONG_SETS = [
    (lambda make: make(1), "at least"),
    (lambda make: make(0), "at least"),
    (lambda make: make(-5), "at least"),
    (lambda make: make(10.0), r"n is 10.0 \(float\)"),
    (lambda make: make("10"), r"n is '10' \(str\)"),
    (lambda make: make(True), r"n is True"),
    (lambda make: make(10, seed=-1), "seed is -1"),
    (lambda make: make(10, seed=None), r"seed is None \(NoneType\)"),
    (lambda make: make(10, seed=0.5), "seed is 0.5"),
]


@each_set
@pytest.mark.parametrize(("call", "message"), WRONG_SETS)
def test_sets_of_no_sense_are_refused(make, call, message):
    with pytest.raises(DataError, match=message):
        call(make)


@each_curve
@pytest.mark.parametrize("amount", [-0.1, float("nan"), float("inf"), "0.1", None, True, 10**400, 1j])
def test_noise_that_is_no_standard_deviation_is_refused(make, noise, lies_on, amount):
    with pytest.raises(DataError, match=f"^{noise} is "):
        make(10, **{noise: amount})


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: spirals(3, classes=4), "n is 3; it needs to be at least 4, one example for each of the 4 classes"),
        (lambda: blobs(2), "n is 2; it needs to be at least 3"),
        (lambda: blobs(10, classes=0), "classes is 0"),
        (lambda: spirals(10, classes=2.0), "classes is 2.0"),
        (lambda: spirals(10, turns=0), "turns is 0"),
        (lambda: circles(10, factor=1), "factor is 1"),
        (lambda: circles(10, factor=-0.5), "factor is -0.5"),
        (lambda: xor(3), "one example for each corner"),
    ],
)
def test_parameters_of_one_set_are_refused_with_their_name(call, message):
    with pytest.raises(DataError, match=message):
        call()


# ---------------------------------------------------------------- batches and split


@given(n=st.integers(1, 60), size=st.integers(1, 70), seed=st.none() | st.integers(0, 9))
@settings(deadline=None)
def test_batches_meet_every_example_once_beside_its_answer(n, size, seed):
    rng = None if seed is None else np.random.default_rng(seed)
    pairs = list(batches(np.arange(n), list(range(n)), size, rng))
    assert [len(xs) for xs, _ in pairs] == [min(size, n - start) for start in range(0, n, size)]
    assert all(xs.tolist() == ys for xs, ys in pairs)
    met = list(itertools.chain.from_iterable(ys for _, ys in pairs))
    assert sorted(met) == list(range(n))
    assert rng is not None or met == list(range(n))


def test_batches_are_shuffled_anew_by_the_generator_and_the_same_by_the_same_seed():
    rng, again = np.random.default_rng(0), np.random.default_rng(0)
    first, second, repeated = (
        next(batches(range_, range_, 50, g))[0]
        for range_, g in [(list(range(50)), rng), (list(range(50)), rng), (list(range(50)), again)]
    )
    assert first == repeated != second


KINDS: dict[str, Callable] = {"list": list, "tuple": tuple, "array": np.asarray}


@pytest.mark.parametrize(("xs_kind", "ys_kind"), list(itertools.product(KINDS, KINDS)))
def test_batches_and_parts_are_of_the_type_of_what_was_given(xs_kind, ys_kind):
    xs, ys = KINDS[xs_kind]([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), KINDS[ys_kind]([0, 1, 2])
    pairs = [*batches(xs, ys, 2), *split(xs, ys)]
    assert all(type(a) is type(xs) and type(b) is type(ys) for a, b in pairs)


def test_examples_in_a_list_are_passed_on_and_not_copied():
    examples = [object(), object()]
    ((xs, ys),) = batches(examples, examples, 2)
    assert all(a is b is c for a, b, c in zip(xs, ys, examples, strict=True))


def test_a_batch_of_an_array_may_be_changed_without_harm_to_the_data():
    data = np.zeros((4, 2))
    for xs, _ in batches(data, data, 2):
        xs += 1
    assert not data.any()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, 2, 3], [1, 2], 2), "xs holds 3 examples and ys 2"),
        ((np.zeros((3, 2)), np.zeros(4), 2), "xs holds 3 examples and ys 4"),
        (([], [], 2), "empty"),
        (([1], [1], 0), "batch_size is 0"),
        (([1], [1], -1), "batch_size is -1"),
        (([1], [1], 1.5), "batch_size is 1.5"),
        (([1], [1], 1, 7), "rng is 7"),
        ((iter([1]), [1], 1), "xs is of type list_iterator"),
        (([1], "a", 1), "ys is of type str"),
        ((np.float64(1), [1], 1), "xs is of type float64"),
        ((np.array(1), [1], 1), "xs is of type ndarray"),
    ],
)
def test_batches_refuse_wrong_arguments_at_the_call(arguments, message):
    with pytest.raises(DataError, match=message):
        batches(*arguments)


@given(n=st.integers(2, 80), fraction=st.floats(0.001, 0.999), seed=st.integers(0, 9))
@settings(deadline=None)
def test_parts_of_a_split_are_disjoint_complete_and_not_empty(n, fraction, seed):
    (train_xs, train_ys), (test_xs, test_ys) = split(np.arange(n), list(range(n)), fraction, seed)
    assert train_xs.tolist() == train_ys and test_xs.tolist() == test_ys
    assert sorted(train_ys + test_ys) == list(range(n))
    assert 1 <= len(test_ys) <= n - 1
    assert abs(len(test_ys) - n * fraction) <= 0.5 or len(test_ys) in (1, n - 1)


def test_a_split_is_shuffled_by_its_seed():
    items = list(range(50))
    (train, _), _ = split(items, items, seed=0)
    assert train != sorted(train)
    assert split(items, items, seed=0) == split(items, items, seed=0) != split(items, items, seed=1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, 2, 3], [1, 2]), "xs holds 3 examples and ys 2"),
        (([], []), "empty"),
        (([1], [1]), "1 example"),
        (([1, 2], [1, 2], 0), "fraction is 0"),
        (([1, 2], [1, 2], 1.0), "fraction is 1.0"),
        (([1, 2], [1, 2], float("nan")), "fraction is nan"),
        (([1, 2], [1, 2], "half"), "fraction is 'half'"),
        (([1, 2], [1, 2], 0.5, -1), "seed is -1"),
    ],
)
def test_split_refuses_wrong_arguments(arguments, message):
    with pytest.raises(DataError, match=message):
        split(*arguments)


# ---------------------------------------------------------------- standardise


@given(
    st.integers(1, 4).flatmap(
        lambda d: st.lists(st.lists(st.floats(-1e6, 1e6), min_size=d, max_size=d), min_size=1, max_size=20)
    )
)
@settings(deadline=None)
def test_standardised_columns_have_mean_zero_and_deviation_one_or_are_constant(rows):
    table = np.array(rows)
    scaled = standardise(table)
    spread = np.ptp(table, axis=0)
    for column in range(table.shape[1]):
        if spread[column] == 0:
            assert not scaled[:, column].any()
        elif spread[column] > 1e-6 * np.abs(table[:, column]).max() and spread[column] > 1e-100:
            assert abs(scaled[:, column].mean()) < 1e-6 and abs(scaled[:, column].std() - 1) < 1e-6
    assert np.isfinite(scaled).all()


def test_the_others_are_scaled_by_the_numbers_of_train():
    train, test = standardise([[0.0], [2.0]], [[10.0]])
    assert train.tolist() == [[-1.0], [1.0]] and test.tolist() == [[9.0]]


def test_a_constant_column_is_exactly_zero_whatever_its_mean_rounds_to():
    table = np.full((10, 2), 0.1)
    assert (table.mean(axis=0) != 0.1).all(), "these numbers do not show what they are here to show"
    train, test = standardise(table, [[0.1, 0.6]])
    assert not train.any() and test.tolist() == [[0.0, 0.5]]


def test_what_is_given_to_standardise_stays_as_it_is():
    table = np.array([[1.0, 2.0], [3.0, 4.0]])
    standardise(table, table)
    assert table.tolist() == [[1.0, 2.0], [3.0, 4.0]]


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        (([1.0, 2.0],), r"train has shape \(2,\)"),
        ((np.zeros((0, 2)),), r"train has shape \(0, 2\)"),
        (([[1.0, 2.0]], [[1.0]]), "array 2 has 1 columns and train has 2"),
        (([[1.0, float("nan")]],), r"train\[0, 1\] is nan"),
        (([[1.0]], [[float("inf")]]), r"array 2\[0, 0\] is inf"),
        (([["a"]],), "train is not a table of numbers"),
        (([[1.0], [1.0, 2.0]],), "train is not a table of numbers"),
        (([[1e300], [-1e300]],), "too large"),
    ],
)
def test_standardise_refuses_what_is_not_a_table_of_finite_numbers(arrays, message):
    with pytest.raises(DataError, match=message):
        standardise(*arrays)


# ---------------------------------------------------------------- IDX

IDX_CODES = {"u1": 0x08, "i1": 0x09, "i2": 0x0B, "i4": 0x0C, "f4": 0x0D, "f8": 0x0E}


def idx_bytes(array: np.ndarray) -> bytes:
    """An IDX file, written by the description of the format."""
    code = IDX_CODES[array.dtype.str[1:]]
    header = struct.pack(f">HBB{array.ndim}I", 0, code, array.ndim, *array.shape)
    return header + array.astype(array.dtype.newbyteorder(">")).tobytes()


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("shape", [(6,), (2, 3), (1, 2, 3), (0,), (0, 5)], ids=str)
@pytest.mark.parametrize("kind", IDX_CODES)
def test_every_type_of_idx_file_comes_back_as_it_was_written(tmp_path, kind, shape, packed):
    size = int(np.prod(shape))
    array = np.arange(-2, size - 2).astype(kind).reshape(shape)  # wraps round in uint8
    file = tmp_path / "numbers"
    file.write_bytes(gzip.compress(idx_bytes(array)) if packed else idx_bytes(array))
    read = read_idx(file)
    assert read.dtype == np.dtype(kind) and read.dtype.isnative
    assert np.array_equal(read, array) and read.shape == shape


GOOD = idx_bytes(np.arange(6, dtype="u1").reshape(2, 3))
PACKED = gzip.compress(GOOD, mtime=0)
MALFORMED_IDX = {
    "empty": (b"", "ends after 0 bytes"),
    "three bytes": (GOOD[:3], "ends after 3 bytes"),
    "bad magic": (b"\x01" + GOOD[1:], "not an IDX file"),
    "a web page": (b"<!DOCTYPE html>", r"begins with b'<!DO'"),
    "unknown type": (GOOD[:2] + b"\x07" + GOOD[3:], "type code is 0x07"),
    "no dimensions": (b"\0\0\x08\0", "0 dimensions"),
    "too many dimensions": (b"\0\0\x08\xff" + b"\0\0\0\1" * 255, "255 dimensions"),
    "truncated header": (GOOD[:9], "take 8 bytes, but 5 are left"),
    "no bytes": (GOOD[:12], "promises 2 x 3 numbers, 6 bytes, but 0 follow"),
    "too few bytes": (GOOD[:-1], "6 bytes, but 5 follow"),
    "trailing bytes": (GOOD + b"\0", "6 bytes, but more follow"),
    "absurd dimensions": (
        b"\0\0\x08\x02" + b"\xff" * 8 + b"123",
        "4294967295 x 4294967295 numbers, more than any memory",
    ),
    "large dimensions": (b"\0\0\x08\x02" + b"\x7f\xff\xff\xff" * 2 + b"123", "bytes, but 3 follow"),
    "empty and absurd": (b"\0\0\x08\x04" + b"\0" * 4 + b"\xff" * 12, "more than any memory"),
    "gzip, cut short": (PACKED[:-10], "gzip file is damaged"),
    "gzip, cut in its header": (PACKED[:5], "gzip file is damaged"),
    "gzip, wrong checksum": (PACKED[:-8] + b"\0" * 4 + PACKED[-4:], "gzip file is damaged"),
    "gzip, damaged stream": (PACKED[:10] + b"\xff" * 8 + PACKED[18:], "gzip file is damaged"),
    "gzip, trailing bytes": (PACKED + b"more", "gzip file is damaged"),
    "gzip of too few bytes": (gzip.compress(GOOD[:-1]), "6 bytes, but 5 follow"),
    "gzip of too many bytes": (gzip.compress(GOOD + b"\0"), "6 bytes, but more follow"),
    "gzip of absurd dimensions": (gzip.compress(b"\0\0\x08\x02" + b"\x7f\xff\xff\xff" * 2), "bytes, but 0 follow"),
}


@pytest.mark.parametrize(("content", "message"), MALFORMED_IDX.values(), ids=MALFORMED_IDX)
def test_a_malformed_idx_file_is_refused_by_name_and_fault(tmp_path, content, message):
    file = tmp_path / "some-idx-file"
    file.write_bytes(content)
    with pytest.raises(DataError, match=message) as caught:
        read_idx(file)
    assert str(file) in str(caught.value)


@pytest.mark.parametrize("whole", [GOOD, PACKED], ids=["plain", "gzip"])
def test_an_idx_file_cut_anywhere_is_refused(tmp_path, whole):
    file = tmp_path / "cut"
    for length in range(len(whole)):
        file.write_bytes(whole[:length])
        with pytest.raises(DataError):
            read_idx(file)


@given(st.binary(max_size=40))
@settings(deadline=None)
def test_any_bytes_are_an_array_or_a_data_error(tmp_path_factory, content):
    file = tmp_path_factory.getbasetemp() / "any-bytes"
    for prefix in (b"", b"\0\0", b"\0\0\x08\x01", b"\x1f\x8b"):
        file.write_bytes(prefix + content)
        try:
            array = read_idx(file)
        except DataError:
            continue
        assert 4 + 4 * array.ndim + array.nbytes == len(prefix + content)


@pytest.mark.parametrize("read", [read_idx, read_csv])
def test_a_file_that_is_not_there_stays_a_file_not_found_error(tmp_path, read):
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "nothing")


# ---------------------------------------------------------------- CSV


@pytest.fixture
def csv_file(tmp_path: pathlib.Path) -> Callable[[str | bytes], pathlib.Path]:
    def write(content: str | bytes) -> pathlib.Path:
        file = tmp_path / "table.csv"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    return write


TABLE = "a,b,c\n1,2,3\n4,5,6\n"


@pytest.mark.parametrize(
    ("content", "options"),
    [
        (TABLE, {}),
        (TABLE, {"header": True}),
        (TABLE, {"target": 2}),
        (TABLE, {"target": "c"}),
        ("1,2,3\n4,5,6", {}),
        ("1,2,3\n4,5,6", {"header": False}),
        ("9,9,9\n1,2,3\n4,5,6", {"header": True}),
        ("3,1,2\n6,4,5", {"target": 0}),
        ("1,3,2\n4,6,5", {"target": -2}),
        ("a, c ,b\n1,3,2\n4,6,5", {"target": "c"}),
        ("1;2;3\n4;5;6", {"delimiter": ";"}),
        ("\n1,2,3\r\n\r\n 4 , 5 , 6 \n   \n", {}),
        ('"1","2.0","3e0"\n4,+5,.6e1', {}),
        (b"\xef\xbb\xbfc,a,b\n3,1,2\n6,4,5\n", {"target": "c"}),
        (gzip.compress(TABLE.encode()), {}),
    ],
)
def test_a_table_comes_apart_into_columns_and_target(csv_file, content, options):
    xs, ys = read_csv(csv_file(content), **options)
    assert xs.tolist() == [[1, 2], [4, 5]] and ys.tolist() == [3, 6]
    assert xs.dtype == ys.dtype == np.float64


MALFORMED_CSV = {
    "empty": ("", {}, "empty"),
    "blank lines": ("\n\n  \n", {}, "empty"),
    "header alone": ("a,b\n", {}, "no rows"),
    "row too short": ("1,2\n3\n", {}, "line 2: 1 cells, but the first row has 2"),
    "row too long": ("a,b\n1,2\n3,4,5\n", {}, "line 3: 3 cells"),
    "word": ("1,2\n3,four\n", {}, "line 2, column 2: 'four'"),
    "empty cell": ("1,2\n\n,4\n", {}, "line 3, column 1: ''"),
    "row of empty cells": ("1,2\n,\n", {}, "line 2, column 1: ''"),
    "NaN": ("1,2\n3,NaN\n", {}, "line 2, column 2: 'NaN'"),
    "NaN in the first row": ("nan,nan\n1,2\n", {}, "line 1, column 1: 'nan'"),
    "infinity": ("1,-inf\n3,4\n", {}, "line 1, column 2: '-inf'"),
    "too large for a float": ("1,1e999\n", {}, "line 1, column 2"),
    "digits grouped as in Python": ("1,1_000\n", {"header": False}, "'1_000'"),
    "names taken for numbers": (TABLE, {"header": False}, "line 1, column 1: 'a'"),
    "half a header": ("1,2,three\n4,5,6\n", {}, "line 1: numbers stand beside 'three'"),
    "one column": ("1\n2\n", {}, "1 column"),
    "other delimiter": ("1;2\n3;4\n", {}, "no rows|1 column"),
    "target too far": (TABLE, {"target": 3}, "target is 3, but the 3 columns are 0 to 2"),
    "target too far back": (TABLE, {"target": -4}, "target is -4"),
    "target not there": (TABLE, {"target": "d"}, "no column is called 'd'. There are: 'a', 'b', 'c'"),
    "target misspelt": ("price,age\n1,2\n", {"target": "prize"}, "Did you mean 'price'"),
    "target twice": ("a,a,b\n1,2,3\n", {"target": "a"}, "2 columns are called 'a'"),
    "name without header": ("1,2\n", {"target": "a"}, "no header"),
    "target of no sense": (TABLE, {"target": 1.5}, "target is 1.5"),
    "target true": (TABLE, {"target": True}, "target is True"),
    "header of no sense": (TABLE, {"header": "yes"}, "header is 'yes'"),
    "delimiter of no sense": (TABLE, {"delimiter": ", "}, "delimiter is ', '"),
    "open quote": ('1,2\n3,"4\n', {}, "not CSV"),
    "not UTF-8": (b"1,2\n3,\xff\n", {}, "not UTF-8"),
    "gzip, cut short": (gzip.compress(TABLE.encode())[:-10], {}, "gzip file is damaged"),
}


@pytest.mark.parametrize(("content", "options", "message"), MALFORMED_CSV.values(), ids=MALFORMED_CSV)
def test_a_malformed_table_is_refused_by_place_and_fault(csv_file, content, options, message):
    with pytest.raises(DataError, match=message):
        read_csv(csv_file(content), **options)


@given(st.text(alphabet='01.,;"\n\rae-_ \0é', max_size=30))
@settings(deadline=None)
def test_any_text_is_a_table_or_a_data_error(tmp_path_factory, content):
    file = tmp_path_factory.getbasetemp() / "any-text"
    file.write_bytes(content.encode())
    try:
        xs, ys = read_csv(file)
    except DataError:
        return
    assert xs.ndim == 2 and xs.shape[1] >= 1 and len(xs) == len(ys) >= 1
    assert np.isfinite(xs).all() and np.isfinite(ys).all()
