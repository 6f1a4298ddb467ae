"""Learn prices by the delta rule

A linear neuron says y = w_1 x_1 + w_2 x_2 + ... + b, where its target t should
have come out. The delta rule (B. Widrow and M. E. Hoff, "Adaptive switching
circuits", 1960) changes each weight by

    lr * x_k * (t - y),

with a small number lr, the learning rate: the larger an input was, the more
its weight had to do with the error. The bias is like a weight whose input is
always 1. All changes use the same y, that of the neuron before the step.

Write `delta_step`, one step for one example, which returns the new weights and
the new bias. Here y is 3 and t is 7:

>>> delta_step([1.0, 1.0], 0.0, [1.0, 2.0], 7.0, 0.125)
([1.5, 2.0], 0.5)

Then write `learn`, which begins with these weights and this bias and goes
through all lunches, in their order, `sweeps` times. It takes a step for each
lunch, from where the step before it has led:

>>> lunches = [[2, 5, 3], [1, 0, 2], [3, 1, 0], [0, 2, 1]]
>>> totals = [24.0, 8.0, 16.0, 6.0]
>>> prices, fee = learn([2.0, 2.0, 2.0], 0.0, lunches, totals, 0.05, 400)
>>> [round(price, 3) for price in prices], round(fee, 3)
([4.5, 2.0, 1.5], 0.5)

The lesson beside it: `python -m demos dining_hall`.
"""

from collections.abc import Sequence


def delta_step(
    weights: Sequence[float], bias: float, inputs: Sequence[float], target: float, lr: float
) -> tuple[list[float], float]:
    """The weights and the bias after one step of the delta rule on one example."""
    raise NotImplementedError


def learn(
    weights: Sequence[float],
    bias: float,
    lunches: Sequence[Sequence[float]],
    totals: Sequence[float],
    lr: float,
    sweeps: int,
) -> tuple[Sequence[float], float]:
    """The weights and the bias after so many sweeps through all lunches, with a step for each lunch."""
    raise NotImplementedError
