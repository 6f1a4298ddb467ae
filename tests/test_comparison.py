"""Answers compared with what is right: what counts as the same, and what is said of a difference."""

import math
from fractions import Fraction

import numpy as np
import pytest

from autograd import Value
from demos.exercises import CheckFailed
from demos.exercises.checking.calls import Raised
from demos.exercises.checking.comparison import Mistake, agree
from demos.exercises.checking.numbers import flat, unlike
from demos.exercises.checking.words import shown, shown_apart

NUMBERS = [([1.0, 2.0, 4.0],), ([0.5, -1.0, 3.0],), ([2.0, 0.0, -7.0],)]


def doubled(xs):
    return [2 * x for x in xs]


def finding(given, right=doubled, cases=NUMBERS, mistakes=()):
    with pytest.raises(CheckFailed) as caught:
        agree("doubled", given, right, cases, mistakes, advice="look again")
    return caught.value.finding


# --- what passes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given",
    [
        doubled,
        lambda xs: tuple(x + x for x in xs),
        lambda xs: 2 * np.array(xs),
        lambda xs: [Value(x) * 2 for x in xs],
        lambda xs: [np.float32(2 * x) for x in xs],
        lambda xs: [int(2 * x) if x == int(x) else 2 * x for x in xs],
        lambda xs, unused=0: [2 * x * (1 + 1e-9) for x in xs],
        lambda xs: (2 * x for x in xs),
        lambda xs: [Fraction(2 * x) for x in xs],
    ],
)
def test_right_answer_passes_in_whatever_form_it_is_given(given):
    agree("doubled", given, doubled, NUMBERS, advice="look again")


def test_nan_agrees_with_nan_and_infinity_with_infinity():
    agree("f", lambda x: x, lambda x: x, [(math.nan,), (math.inf,), (-math.inf,)], advice="look again")


def test_rounding_beside_zero_is_no_difference():
    agree("f", lambda x: (0.1 + 0.2) * x - 0.3 * x, lambda x: 0.0, [(1.0,), (3.0,)], advice="look again")


def test_true_counts_as_one():
    agree("f", lambda x: x > 0, lambda x: int(x > 0), [(1,), (-1,)], advice="look again")


# --- what is said of a mistake -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "diagnosis"),
    [
        (lambda xs: None, "returns nothing"),
        (lambda xs: 3.0, "not a list"),
        (lambda xs: {2 * x for x in xs}, "not a list"),
        (lambda xs: [2 * x for x in xs[1:]], "wrong length"),
        (lambda xs: [-2 * x for x in xs], "sign"),
        (lambda xs: [4 * x for x in xs], "factor"),
        (lambda xs: [2 * x + 1 for x in xs], "offset"),
        (lambda xs: [2 * x for x in reversed(xs)], "reversed"),
        (lambda xs: [math.nan for x in xs], "nan"),
        (lambda xs: [2 * x for x in xs[:-1]] + [0.0], "wrong result"),
        (lambda xs: [2.00003 * x for x in xs], "factor"),
        (lambda xs: [[2 * x] for x in xs], "wrong shape"),
        (lambda xs: ["a", "b", "c"], "wrong result"),
        (lambda xs: [10**400] * 3, "wrong result"),
        (lambda xs: [None] * 3, "wrong result"),
    ],
)
def test_what_is_wrong_is_seen_from_outside(given, diagnosis):
    found = finding(given)
    assert found.diagnosis == diagnosis and found.advice
    assert found.where.startswith("doubled([1.0, 2.0, 4.0])") and found.expected and found.got


def test_rounded_numbers_are_told_apart_from_a_factor():
    with pytest.raises(CheckFailed) as caught:
        agree("f", np.float32, lambda x: x, [(0.1,), (0.7,)], advice="look again", tolerance=1e-9)
    assert caught.value.finding.diagnosis == "not precise enough"


def test_list_that_contains_itself_is_a_wrong_result_like_others():
    def endless(xs):
        xs = list(xs)
        xs[0] = xs
        return xs

    assert "[...]" in finding(endless).got


def test_number_is_wanted_where_a_list_or_text_comes():
    total = sum
    assert finding(lambda xs: [1.0], total).diagnosis == "not a number"
    assert finding(lambda xs: "1", total).diagnosis == "not a number"


def test_planted_mistake_is_named_before_anything_else():
    mistake = Mistake("squared", lambda xs: [x * x for x in xs], "it squares", "do not")
    found = finding(lambda xs: [x**2 for x in xs], mistakes=[mistake])
    assert (found.diagnosis, found.cause, found.advice) == ("squared", "it squares", "do not")
    assert finding(lambda xs: [x**3 for x in xs], mistakes=[mistake]).diagnosis == "wrong result"


def test_mistake_has_to_agree_in_every_case():
    only_first = Mistake("first", lambda xs: [0.0] * 3, "")
    assert finding(lambda xs: [0.0] * 3 if xs[0] == 1.0 else doubled(xs), mistakes=[only_first]).diagnosis != "first"


def test_error_is_explained_by_a_mistake_that_raises_the_same():
    reciprocal = Mistake("divides", lambda x: 1 / x, "it divides")
    cases = [(2.0,), (0.0,)]
    assert finding(lambda x: x**-1, lambda x: x, cases, [reciprocal]).diagnosis == "divides"
    with pytest.raises(Raised) as caught:
        agree("f", lambda x: {}[x], lambda x: x, cases, [reciprocal], advice="")
    assert isinstance(caught.value.error, KeyError) and caught.value.call == "f(2.0)"


def test_simplest_case_that_fails_is_told():
    found = finding(lambda xs: doubled(xs) if xs[0] == 1.0 else xs)
    assert found.where.startswith("doubled([0.5, -1.0, 3.0])") and found.where.endswith("[0]")


def test_arguments_have_to_stay_what_they_were():
    def in_place(xs):
        for i in range(len(xs)):
            xs[i] *= 2
        return xs

    found = finding(in_place)
    assert found.diagnosis == "changes its arguments"
    assert "xs is still [1.0, 2.0, 4.0]" in found.expected and "[2.0, 4.0, 8.0]" in found.got


@pytest.mark.parametrize("given", [None, 3, "doubled", [1]])
def test_what_cannot_be_called_is_no_function(given):
    assert finding(given).diagnosis == "not a function"


def test_function_of_other_arguments_is_told_with_its_first_line():
    found = finding(lambda: 1)
    assert found.diagnosis == "wrong arguments" and "of 1 argument" in found.expected


# --- numbers and words ---------------------------------------------------------------------------------------


def test_close_numbers_are_shown_with_the_digits_that_differ():
    assert shown_apart(1.0, 1.0 + 1e-8)[1:] == ("1.0", "1.00000001")
    assert shown_apart(1 / 3, 1 / 3 + 1e-8)[1:] == ("0.333333333", "0.333333343")
    assert shown_apart(1 / 3, 1 / 3 + 1e-11)[1:] == ("0.333333333333", "0.333333333343")
    assert shown_apart(1, True)[1:] == ("1", "True")


def test_place_of_a_difference_is_found_in_nested_lists():
    place, want, got = shown_apart([[1.0, 2.0], [3.0, 4.0]], [[1.0, 2.0], [3.0, 5.0]])
    assert place == "[1][1]"
    assert want.startswith("4.0 in") and got.startswith("5.0 in")


def test_anything_can_be_shown_in_short():
    class Rude:
        def __repr__(self):
            raise ValueError

    things = [Rude(), 10**5000, [[[[[1]]]]], "x" * 1000, np.zeros((3, 3)), {"a": Value(1.0)}, lambda: 0, float]
    assert all(len(shown(thing)) < 200 for thing in things)


def test_no_numbers_are_found_in_what_holds_something_else():
    assert flat([1, [2.0, Value(3.0)], np.array([4])]) == [1.0, 2.0, 3.0, 4.0]
    assert flat([1, "2"]) == flat(None) == []


def test_things_that_cannot_be_compared_differ():
    class Rude:
        def __eq__(self, other):
            raise ValueError

    assert unlike(Rude(), Rude(), 1e-9) and unlike({"a": 1}, {"b": 1}, 1e-9) and not unlike({"a": 1}, {"a": 1.0}, 1e-9)
