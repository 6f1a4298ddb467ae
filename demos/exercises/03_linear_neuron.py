"""The bill of the dining hall

For lunch you take some burgers, some fries and some sodas. The cashier adds up
their prices and a fee for the tray, which everybody pays once, and tells you
the total. That is what a linear neuron computes,

    y = w_1 x_1 + w_2 x_2 + ... + b,

where the inputs x are the portions, the weights w are the prices, and the bias
b is the fee. Write `bill`, for any number of dishes:

>>> bill([2, 5, 3], [4.5, 2.0, 1.5], 0.5)       # 9 + 10 + 4.5, and the fee
24.0

Now suppose that the prices are only guessed, while the totals of some lunches
are known. How far off is the guess? The total of a lunch is its target t, and
the error of the neuron is t - y: above 0 where the guess is too low. Write
`errors`, which returns one for each lunch, in their order:

>>> errors([[2, 5, 3], [1, 0, 2]], [24.0, 8.0], [2.0, 2.0, 2.0], 0.5)
[3.5, 1.5]

The lesson beside it: `python -m demos dining_hall`.
"""

from collections.abc import Sequence


def bill(portions: Sequence[float], prices: Sequence[float], fee: float) -> float:
    """The total of one lunch: each portion at its price, and the fee."""
    raise NotImplementedError


def errors(
    lunches: Sequence[Sequence[float]], totals: Sequence[float], prices: Sequence[float], fee: float
) -> list[float]:
    """For each lunch, its total minus what `bill` says."""
    raise NotImplementedError
