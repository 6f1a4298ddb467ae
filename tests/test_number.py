"""`number` itself: what it returns, and the words it refuses with. What passes through Value is in test_value.py."""

import numpy as np
import pytest

from autograd import NotANumberError
from autograd.number import figure, number


@pytest.mark.parametrize("x", [1, 1.0, True, np.float32(1), np.int64(1), np.bool_(True), np.array(1), np.longdouble(1)])
def test_real_numbers_become_python_floats(x):
    assert number(x) == 1.0 and type(number(x)) is float


def test_float_is_the_very_same_object():
    x = 0.1
    assert number(x) is x


@pytest.mark.parametrize("x", ["1", b"1", None, 1j, [1], np.ones(1), np.array(1j), np.array("1"), {}, int, 10**309])
def test_everything_else_is_refused_in_the_words_of_who_asked(x):
    with pytest.raises(NotANumberError, match=r"^the learning rate takes one real number"):
        number(x, "the learning rate")


@pytest.mark.parametrize(
    ("x", "shown"),
    [
        (4, "4.00"),
        (-0.25, "-0.25"),
        (0.97381, "0.9738"),
        (-0.0, "0.00"),
        (999_999.5, "999999.50"),
        (1e6, "1e6"),
        (-1.5e-7, "-1.5e-7"),
        (0.0001, "0.0001"),
        (float("-inf"), "-inf"),
    ],
)
def test_figures_show_four_digits_and_two_decimals_at_least(x, shown):
    assert figure(x) == shown
