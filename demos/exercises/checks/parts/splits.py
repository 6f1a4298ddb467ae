"""The laws of a split into training and test examples: each in one part, with its label, by chance, and again so."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from demos.exercises.checking.calls import Raised, called, need_function
from demos.exercises.checking.numbers import plain, unlike
from demos.exercises.checking.words import shown
from demos.exercises.verdict import CheckFailed, Finding


def check_split(split: Any) -> None:
    """Nothing if split(xs, ys, share, rng) keeps the laws; raises CheckFailed."""
    need_function("split", split, 4)
    for size, share in ((5, 0.4), (10, 0.2), (7, 0.4), (40, 0.25), (32, 0.75)):
        _check_parts(split, size, share)
    _check_chance(split)


class Parts(NamedTuple):
    """What a split came to, as plain lists: places in xs and the labels that were put with them."""

    train: list[Any]
    train_labels: list[Any]
    test: list[Any]
    test_labels: list[Any]


def _labels(size: int) -> list[str]:
    """The label of each place: all of one class, then all of another, as files often have them."""
    return [f"{'cat' if 2 * i < size else 'dog'} {i}" for i in range(size)]


def _check_parts(split: Any, size: int, share: float) -> None:
    """That every example is in one part, with its label, and that the parts have their sizes."""
    xs, ys = list(range(size)), _labels(size)
    where = f"split({shown(xs)}, {shown(ys)}, {share}, rng)"
    parts = _parts(split, xs, ys, share, np.random.default_rng(size), where)
    if xs != list(range(size)) or ys != _labels(size):
        raise CheckFailed(
            Finding(
                "changes its arguments",
                where,
                "xs and ys are afterwards what they were before",
                f"xs is {shown(xs)}, ys is {shown(ys)}",
                "rng.shuffle and pop, for example, work on the list itself.",
                "Make new lists: shuffle the places 0 .. n - 1.",
            )
        )
    for law in (_each_once, partial(_sizes, split, share), _labels_kept, _at_random):
        finding = law(parts, size, where)
        if finding is not None:
            raise CheckFailed(finding)


def _parts(split: Any, xs: list[Any], ys: list[Any], share: float, rng: np.random.Generator, where: str) -> Parts:
    """What `split` returns; CheckFailed if it is not two pairs of lists."""
    try:
        result = called("split", split, xs, ys, share, rng)
    except Raised as error:
        raise Raised(where, error.error) from None
    expected = "(train_xs, train_ys), (test_xs, test_ys)"
    if result is None:
        raise CheckFailed(Finding("returns nothing", where, expected, "None", "There is no `return`.", "Return both."))
    try:
        (train, train_labels), (test, test_labels) = result
        parts = Parts(*(plain(list(each)) for each in (train, train_labels, test, test_labels)))
    except (TypeError, ValueError):
        cause = "Something else than two pairs of lists came back."
        advice = "Return two pairs: xs and ys for training, and xs and ys for the test."
        raise CheckFailed(Finding("wrong shape", where, expected, shown(result), cause, advice)) from None
    return parts


def _each_once(parts: Parts, size: int, where: str) -> Finding | None:
    """A finding if an example is not in just one part once."""
    strange = [x for part in (parts.train, parts.test) for x in part if x not in range(size)]
    if strange:
        cause, advice = "Something else stands in their place.", "Are these the xs, and not the ys or pairs of both?"
        if all(isinstance(x, str) and x.isdecimal() for x in strange):
            cause = "Numbers have become text: NumPy makes text of all that is in an array of numbers and words."
            advice = "Shuffle places instead of pairs, or give the list of pairs to rng.shuffle."
        expected, got = "examples of xs in the first list of each pair", f"{shown(strange)}, which are not in xs"
        return Finding("wrong shape", where, expected, got, cause, advice)
    train, test = Counter(parts.train), Counter(parts.test)
    expected = "each example in one of the two parts, and once"
    both, neither = sorted(train & test), [x for x in range(size) if x not in train and x not in test]
    twice = sorted(x for part in (train, test) for x, times in part.items() if times > 1)
    if twice:
        cause = "Places were drawn one by one, and some came up again, as with rng.integers or rng.choice."
        return Finding("drawn twice", where, expected, f"{shown(twice)} twice or more", cause, "Use rng.permutation.")
    if both:
        return Finding(
            "overlap",
            where,
            expected,
            f"{shown(both)} in both parts",
            "The two parts were drawn without regard to each other, or one of them is all that there is. Whoever tests "
            "on what was trained with measures how much was learned by heart.",
            "Draw one order, and cut it in two.",
        )
    if neither:
        cause = "The parts do not begin where the other ends, or a part is cut at its end."
        advice = "What is not in the one part has to be in the other: order[:size] and order[size:]."
        return Finding("something lost", where, expected, f"{shown(neither)} in neither part", cause, advice)
    return None


def _sizes(split: Any, share: float, parts: Parts, size: int, where: str) -> Finding | None:
    """A finding if the parts do not have their sizes."""
    wanted, got = round(share * size), len(parts.test)
    expected = f"{wanted} for the test ({share} of {size}), {size - wanted} for training"
    found = f"{got} for the test, {len(parts.train)} for training"
    if got == wanted:
        return None
    if got == size - wanted and _exchanged(split):
        cause, advice = (
            "The share is that of the test part; here training has it.",
            "Exchange the two, or use 1 - share.",
        )
        return Finding("parts exchanged", where, expected, found, cause, advice)
    if got == int(share * size):
        cause, advice = "int(...) and // leave out the fraction.", "Use round(...), which goes to the nearest number."
        return Finding("rounded down", where, expected, found, cause, advice)
    advice = "Take round(share * len(xs)) for the test. With a draw for each example the number would be up to chance."
    return Finding("wrong share", where, expected, found, advice=advice)


def _exchanged(split: Any) -> bool:
    """Whether of many examples, too, the test part has what training should have: few may be so by chance."""
    xs, ys, where = list(range(40)), _labels(40), "split(xs, ys, 0.25, rng) with 40 examples"
    return len(_parts(split, xs, ys, 0.25, np.random.default_rng(40), where).test) == 30


def _labels_kept(parts: Parts, size: int, where: str) -> Finding | None:
    """A finding if an example has the label of another one."""
    pairs = [*zip(parts.train, parts.train_labels, strict=False), *zip(parts.test, parts.test_labels, strict=False)]
    labels = _labels(size)
    if len(parts.train) != len(parts.train_labels) or len(parts.test) != len(parts.test_labels):
        counts = " and ".join(f"{len(a)} xs with {len(b)} ys" for a, b in (parts[:2], parts[2:]))
        return Finding("wrong length", where, "as many ys as xs in each part", counts, advice="Cut both alike.")
    strange = [y for _, y in pairs if y not in labels]
    if strange:
        expected, got = "labels of ys in the second list of each pair", f"{shown(strange)}, which are not in ys"
        advice = "Are these the ys, and not places or the xs once more?"
        return Finding("wrong shape", where, expected, got, "Something else stands in their place.", advice)
    astray = [(x, y) for x, y in pairs if unlike(y, labels[int(x)], 0.0)]
    if not astray:
        return None
    x, y = astray[0]
    return Finding(
        "shuffled apart",
        where,
        f"{x} comes with its label {labels[int(x)]!r}",
        f"{x} with {shown(y)}; {len(astray)} of {size} have the label of another",
        "xs and ys were put in different orders, so the labels are now nonsense.",
        "Draw one order, and use it for both.",
    )


def _at_random(parts: Parts, size: int, where: str) -> Finding | None:
    """A finding if the test part is the beginning or the end, where that can hardly be chance."""
    count = len(parts.test)
    if size < 30 or sorted(parts.test) not in (list(range(count)), list(range(size - count, size))):
        return None
    return Finding(
        "not shuffled",
        where,
        "a test part drawn from everywhere",
        f"the {'first' if 0 in parts.test else 'last'} {count}: {shown(sorted(parts.test))}",
        "The examples were cut as they lie. Files are often sorted: then a class is in one part only.",
        "Draw a random order first, then cut.",
    )


def _check_chance(split: Any) -> None:
    """That the same seed gives the same parts, and another seed others."""
    xs, ys, where = list(range(40)), _labels(40), "split(xs, ys, 0.25, rng), called twice"
    first, again, other = (
        _parts(split, list(xs), list(ys), 0.25, np.random.default_rng(seed), where) for seed in (1, 1, 2)
    )
    got = f"test parts {shown(first.test)} and "
    if unlike(again, first, 0.0):
        raise CheckFailed(
            Finding(
                "not reproducible",
                where,
                "the same parts, as both times rng was made with the same seed",
                got + shown(again.test),
                "Chance comes from somewhere else: np.random, random, or a generator of its own.",
                "Draw with rng.permutation, and with nothing else.",
            )
        )
    if sorted(other.test) == sorted(first.test):
        raise CheckFailed(
            Finding(
                "always the same",
                where,
                "other parts for an rng with another seed",
                got + shown(other.test),
                "The given rng is not used. A generator made inside, with a seed of its own, begins anew each time.",
                "Draw with rng.permutation.",
            )
        )
