"""Task 17: dropout by its laws: what becomes of a number, of a share of many, of draws beside and after each other.

Nothing is asked about the order of the draws. Shares are judged at six standard deviations, which chance exceeds once
in 500 million times; and as the generators have seeds, an answer that passes once always passes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import Value, sum
from demos.exercises.checking.calls import Raised, called, need_function
from demos.exercises.checking.numbers import flat, plain, unlike
from demos.exercises.checking.words import shown
from demos.exercises.verdict import CheckFailed, Finding

HINTS = (
    "Begin with evaluation, which is one line. In training each number needs a draw of its own: rng.random() < rate is "
    "True with probability rate.",
    "Go through xs; where the draw says so, put 0, otherwise x / (1 - rate). At rate 0.5 that is twice x.",
    "if not training: return list(xs). Otherwise [0.0 if rng.random() < rate else x / (1 - rate) for x in xs].",
)

MANY = 4000
DEVIATIONS = 6


def check(dropout: Any) -> None:
    """Nothing if `dropout` keeps the laws; raises CheckFailed."""
    need_function("dropout", dropout, 4)
    _check_evaluation(dropout)
    _check_training(dropout)
    _check_chance(dropout)
    _check_gradient(dropout)


def _run(dropout: Any, xs: Sequence[Any], rate: float, seed: int | np.random.Generator, training: bool) -> list[Any]:
    """What comes out, as a list as long as `xs`; CheckFailed if that is not so."""
    where, given, rng = _call(xs, rate, training), list(xs), np.random.default_rng(seed)
    try:
        result = called("dropout", dropout, given, rate, rng, training)
    except Raised as error:
        raise Raised(where, error.error) from None
    expected = f"a list of {len(xs)} numbers"
    if result is None:
        cause, advice = "There is no `return` on the way that was taken.", "Return the new list."
        raise CheckFailed(Finding("returns nothing", where, expected, "None", cause, advice))
    if unlike(given, list(xs), 0.0):
        before, after = f"xs is still {shown(xs)} afterwards", f"xs is {shown(given)}"
        cause, advice = "It writes into the list that it was given.", "Make a new list and return it."
        raise CheckFailed(Finding("changes its arguments", where, before, after, cause, advice))
    cause = ""
    if not isinstance(result, (list, tuple, np.ndarray)) or getattr(result, "ndim", 1) == 0:
        name, advice = "not a list", "Return a list, a tuple or an array."
    elif len(result) != len(xs):
        name, advice = "wrong length", "What is dropped becomes 0 and stays in its place."
        if len(result) == 1 and flat(result[0]) == flat(result) and len(flat(result)) == 1:
            name, cause = "returns too early", "Only the first number comes back: `return` stands inside the loop."
            advice = "Return after the loop."
    elif all(isinstance(plain(y), bool) for y in result):
        name, advice = "not a number", "These say which ones go or stay. Now let them decide what becomes of each x."
    elif not all(isinstance(plain(y), (int, float)) for y in result):
        strange = next(y for y in result if not isinstance(plain(y), (int, float)))
        name, cause = "not a number", f"Among them is {shown(strange)}."
        advice = "Each entry of the list is to be one number."
    elif not np.isfinite(flat(result)).all():
        name, advice = "nan", "Was something divided by 0, or multiplied by infinity?"
    else:
        return list(result)
    raise CheckFailed(Finding(name, where, expected, shown(result), cause, advice))


def _call(xs: Sequence[Any], rate: float, training: bool) -> str:
    return f"dropout({shown(xs)}, {rate}, rng, training={training})"


def _factors(xs: Sequence[float], ys: Sequence[Any]) -> np.ndarray:
    """What each number was multiplied by, rounded."""
    return np.round(np.array(flat(ys)) / np.array(xs), 9) + 0.0  # which makes -0 a 0


def _check_evaluation(dropout: Any) -> None:
    """That evaluation changes nothing."""
    xs = [1.0, -2.0, 3.0, 0.5, -1.5, 2.5]
    for rate in (0.5, 0.2, 0.0):
        came = _run(dropout, xs, rate, 3, training=False)
        if not unlike(came, xs, 1e-9):
            continue
        factors = _factors(xs, came)
        name, cause = "wrong result", ""
        if (factors == 0).any():
            again = _factors(xs, _run(dropout, xs, rate, 3, training=True))
            if (again == 1).all():
                name, cause = "other way round", "It drops in evaluation and not in training."
            else:
                name, cause = "drops in evaluation", "The noise is for training; a trained net has all its neurons."
        elif (factors == factors[0]).all():
            name = "scales in evaluation"
            cause = (
                f"All numbers are {shown(factors[0])} times what they were. The scaling is done in training already."
            )
        advice = "If `training` is False, return the numbers as they are."
        raise CheckFailed(Finding(name, _call(xs, rate, False), shown(xs), shown(came), cause, advice))


def _check_training(dropout: Any) -> None:
    """That in training the right share of numbers becomes 0, and the others are scaled."""
    for count, rate in ((MANY, 0.2), (MANY, 0.5), (MANY, 0.9), (6, 0.0)):
        xs = _numbers(count)
        came = _run(dropout, xs, rate, count, training=True)
        factors = _factors(xs, came)
        where, dropped = _call(xs, rate, True), int(np.sum(factors == 0))
        finding = _on_share(dropout, dropped, count, rate, where) or _on_factors(xs, came, factors, rate, where)
        if finding is not None:
            raise CheckFailed(finding)


def _numbers(count: int) -> list[float]:
    """Numbers between 1 and 3, of both signs."""
    rng = np.random.default_rng(count)
    return np.round(rng.uniform(1, 3, count) * rng.choice([-1, 1], count), 2).tolist()


def _counts(dropout: Any) -> set[int]:
    """How many of six numbers are dropped in a call: all that happens in forty."""
    xs = _numbers(6)
    return {int(np.sum(_factors(xs, _run(dropout, xs, 0.5, seed, training=True)) == 0)) for seed in range(40)}


def _is_far(part: int, count: int, probability: float) -> bool:
    """Whether so many of `count` are more or fewer than chance explains."""
    return abs(part - count * probability) > DEVIATIONS * math.sqrt(count * probability * (1 - probability))


def _on_share(dropout: Any, dropped: int, count: int, rate: float, where: str) -> Finding | None:
    """A finding if too many became 0, or too few."""
    if not _is_far(dropped, count, rate):
        return None
    expected, got = f"about {count * rate:g} of {count} numbers become 0", f"{dropped} of them"
    name, advice = "wrong share", "Each number is dropped where a draw of its own, rng.random(), is below rate."
    counts = _counts(dropout)
    if dropped in (0, count) and counts == {0, 6}:
        name, cause = "one draw for all", "One draw decides for all numbers: now all go, and now none."
        advice = "Draw anew for each number."
    elif dropped == 0 and counts == {0}:
        name, cause = "nothing dropped", "No number becomes 0."
    elif not _is_far(dropped, count, 1 - rate):
        name = "keep and drop exchanged"
        cause = f"As many became 0 as should stay: `rate`, here {rate}, is the probability to be dropped."
    else:
        cause = f"A part of {dropped / count:.3f} was dropped instead of {rate}."
    return Finding(name, where, expected, got, cause, advice)


def _on_factors(xs: list[float], came: list[Any], factors: np.ndarray, rate: float, where: str) -> Finding | None:
    """A finding if what stays is not scaled by 1 / (1 - rate)."""
    scale = 1 / (1 - rate)
    off = np.flatnonzero((factors != 0) & ~np.isclose(factors, scale, rtol=1e-6))
    if not len(off):
        return None
    x, y, factor = xs[off[0]], came[off[0]], factors[off[0]]
    kept = factors[factors != 0]
    if (kept == factor).all():
        name, cause = _scale(float(factor), rate)
    elif np.allclose(flat(came), np.where(factors == 0, 0, np.array(xs) - rate)):
        name, cause = "brackets", "x / 1 - rate is (x / 1) - rate: division comes before subtraction."
    else:
        name, cause = "wrong scale", "What stays is not multiplied by the same number everywhere."
    return Finding(
        name,
        where,
        f"{shown(x)} becomes 0 or {shown(x * scale)}, which is {shown(x)} / (1 - {rate})",
        f"{shown(x)} became {shown(y)}",
        cause,
        "A share of 1 - rate stays. What has each of them to be, so that the mean is as before?",
    )


def _scale(factor: float, rate: float) -> tuple[str, str]:
    """Name and cause, where all that stays was multiplied by this."""
    scale = 1 / (1 - rate)
    for name, wrong, what in (
        ("forgot to scale", 1.0, "left as it is. Then the sums of the next layer are smaller in training"),
        ("wrong scale", 1 - rate, "multiplied by 1 - rate, and so is smaller still"),
        ("wrong scale", rate, "multiplied by `rate`"),
        ("wrong scale", 1 / rate if rate else math.inf, "divided by `rate`, the share of those that go"),
        ("scaled twice", scale * scale, "divided by 1 - rate twice"),
    ):
        if math.isclose(factor, wrong, rel_tol=1e-6):
            return name, f"What stays is {what}."
    return "wrong scale", f"What stays is {shown(factor)} times what it was."


def _check_chance(dropout: Any) -> None:
    """That each draw is one of its own, and that they all come from `rng`."""
    xs, rng = _numbers(20), np.random.default_rng(17)
    masks = np.array([_factors(xs, _run(dropout, xs, 0.5, rng, training=True)) == 0 for _ in range(200)])
    where = f"{_call(xs, 0.5, True)}, 200 times"
    again = [_factors(xs, _run(dropout, xs, 0.5, 5, training=True)) == 0 for _ in range(2)]
    if (masks == masks[0]).all():
        finding = Finding(
            "always the same",
            where,
            "other numbers are dropped each time",
            f"always those in places {shown(np.flatnonzero(masks[0]))}",
            "The given rng is not used. A generator made inside, with a seed of its own, begins anew each time.",
            "Draw with rng.random().",
        )
    elif (again[0] != again[1]).any():
        finding = Finding(
            "not reproducible",
            f"{_call(xs, 0.5, True)}, twice",
            "the same places, as both times rng was made with the same seed",
            " and then ".join(shown(np.flatnonzero(mask)) for mask in again),
            "Chance comes from somewhere else: np.random, random, or a generator of its own.",
            "Draw with rng.random(), and with nothing else.",
        )
    else:
        found = _on_independence(masks, where)
        if found is None:
            return
        finding = found
    raise CheckFailed(finding)


def _on_independence(masks: np.ndarray, where: str) -> Finding | None:
    """A finding if the draws of one call, or one place over many calls, hang together."""
    counts, size = masks.sum(axis=1), masks.shape[1]
    if set(counts.tolist()) <= {0, size}:
        cause, got = (
            "One draw decides for all numbers.",
            f"all at once in {np.sum(counts == size)} calls of {len(masks)}",
        )
        return Finding("one draw for all", where, "each is dropped by itself", got, cause, "Draw for each number anew.")
    if (counts == counts[0]).all():
        cause = "A fixed number of places is chosen. Then they are not independent: where one goes another has to stay."
        expected, got = "each is dropped by itself, so now more and now fewer", f"{counts[0]} of {size} in each call"
        return Finding(
            "fixed count", where, expected, got, cause, "Draw for each number by itself: rng.random() < rate."
        )
    for place, times in enumerate(masks.sum(axis=0)):
        if _is_far(int(times), len(masks), 0.5):
            expected, got = f"each place about {len(masks) // 2} times", f"place {place} was dropped {times} times"
            cause = "Some places are dropped more often than others."
            return Finding("not independent", where, expected, got, cause, "Treat all numbers alike.")
    for distance in range(1, size):
        alike = int(np.sum(masks[:, distance:] == masks[:, :-distance]))
        if _is_far(alike, masks[:, distance:].size, 0.5):
            share = alike / masks[:, distance:].size
            expected = f"numbers {distance} apart share their fate in about half of all cases"
            cause, advice = "One draw decides for several numbers.", "Draw for each number by itself."
            return Finding("not independent", where, expected, f"in {share:.0%} of them", cause, advice)
    return None


def _check_gradient(dropout: Any) -> None:
    """That gradients go through what stays."""
    numbers = _numbers(12)
    for training in (False, True):
        xs = [Value(x) for x in numbers]
        came = _run(dropout, xs, 0.25, 4, training)
        expected = _factors(numbers, came).tolist()
        total = sum([y for y in np.ravel(np.array(came, dtype=object)).tolist() if isinstance(y, Value)])
        if isinstance(total, Value):
            total.backward()
        got = [x.grad for x in xs]
        if unlike(got, expected, 1e-6):
            raise CheckFailed(
                Finding(
                    "gradient lost",
                    f"the gradients of the sum of {_call(numbers, 0.25, training)}, with each number a Value",
                    shown(expected),
                    shown(got),
                    "The graph was cut: float(x), x.data or an array of floats is a number without a past.",
                    "Only use arithmetic on x itself: x / (1 - rate), or 0.",
                )
            )
