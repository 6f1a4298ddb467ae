"""A Bellman target without a gradient

Nobody tells a net that walks through a maze what a move is worth; it says so
itself. `value` is what it expected of the move that was just made. Then came a
reward and the next cell, for whose moves the net gives `next_values`. So more
is known now than before, and the expectation is held against this target
(C. Watkins, "Learning from Delayed Rewards", 1989; Sutton and Barto,
"Reinforcement Learning", 2018, section 6.5):

    target = reward + discount * (the largest of the next values)

If the walk has ended with this move, there is no next one, whatever the net
says about it: the target is the reward.

>>> round(target(-0.02, False, [0.1, 0.5, -0.3, 0.2], 0.95), 6)
0.455
>>> target(0.98, True, [0.1, 0.5, -0.3, 0.2], 0.95)
0.98

Write `target` for plain numbers. Then write `loss`, 1/2 (target - value)^2,
which gets Values from the net. The target is what the net shall come to, so it
must hold still: it is a plain number, and the gradient goes to `value` alone.
(So it is called a *semi-gradient*; Sutton and Barto, section 9.3.)

>>> from autograd import Value
>>> value, next_values = Value(0.3), [Value(0.1), Value(0.5)]
>>> loss(value, -0.02, False, next_values, 0.95).backward()
>>> round(value.grad, 6), [v.grad for v in next_values]
(-0.155, [0.0, 0.0])

The first is -(target - value) = -(0.455 - 0.3).

The lesson beside it: `python -m demos maze`.
"""

from collections.abc import Sequence

from autograd import Value


def target(reward: float, ended: bool, next_values: Sequence[float], discount: float) -> float:
    """What `value` should have been, as far as is known now."""
    raise NotImplementedError


def loss(value: Value, reward: float, ended: bool, next_values: Sequence[Value], discount: float) -> Value:
    """1/2 (target - value)^2, a Value whose gradient goes to `value` alone."""
    raise NotImplementedError
