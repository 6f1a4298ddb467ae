"""The target is made of plain numbers: what has no graph gets no gradient."""

from collections.abc import Sequence

from autograd import Value


def target(reward: float, ended: bool, next_values: Sequence[float], discount: float) -> float:
    """What `value` should have been, as far as is known now."""
    if ended:
        return reward
    return reward + discount * max(next_values)


def loss(value: Value, reward: float, ended: bool, next_values: Sequence[Value], discount: float) -> Value:
    """1/2 (target - value)^2, a Value whose gradient goes to `value` alone."""
    numbers = [v.data for v in next_values]
    return 0.5 * (target(reward, ended, numbers, discount) - value) ** 2
