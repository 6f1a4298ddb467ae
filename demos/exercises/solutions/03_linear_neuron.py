"""A weighted sum and a bias, and how far it is from the targets."""

from collections.abc import Sequence


def bill(portions: Sequence[float], prices: Sequence[float], fee: float) -> float:
    """The total of one lunch: each portion at its price, and the fee."""
    return fee + sum(w * x for w, x in zip(prices, portions, strict=True))


def errors(
    lunches: Sequence[Sequence[float]], totals: Sequence[float], prices: Sequence[float], fee: float
) -> list[float]:
    """For each lunch, its total minus what `bill` says."""
    return [t - bill(x, prices, fee) for x, t in zip(lunches, totals, strict=True)]
