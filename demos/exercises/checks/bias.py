"""Task 2: the bias is the threshold on the other side, and gates are judged by what they say in all cases."""

from __future__ import annotations

import reprlib
from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np

from demos.exercises.checking.comparison import Mistake, agree
from demos.exercises.checking.judge import NOT_WRITTEN
from demos.exercises.checking.numbers import flat, plain
from demos.exercises.checking.words import shown
from demos.exercises.checks.parts.sums import products, sum_mistakes
from demos.exercises.verdict import CheckFailed, Finding

HINTS = (
    "What has to be taken away from both sides of `sum > threshold`, so that 0 stays on the right?",
    "The bias is the threshold with the opposite sign. For a gate write down all cases, and the sum in each: where the "
    "gate should say 1 it has to be above 0, where it should say 0 it must not.",
    "as_bias returns -threshold; fires starts with total = bias and adds each w * x. AND: with the weights 1 and 1 the "
    "sum is 0, 1, 1 or 2, so the bias has to bring only the 2 above 0. NAND: turn all three signs of AND.",
)

TRUTH = {
    "AND": (0, 0, 0, 1),
    "NOT": (1, 0),
    "NAND": (1, 1, 1, 0),
    "OR": (0, 1, 1, 1),
    "NOR": (1, 0, 0, 0),
}


def check(as_bias: Any, fires: Any, AND: Any, NOT: Any, NAND: Any) -> None:
    """Nothing if the functions are right and the gates say what they should; raises CheckFailed."""
    advice = "Take the threshold away from both sides of `sum > threshold`. What is added on the left then?"
    agree("as_bias", as_bias, lambda t: -t, [(t,) for t in (7.0, 1.0, 0.5, -2.0, 0.0)], OF_BIAS, advice=advice)
    advice = "Work out w_1 * x_1 + w_2 * x_2 + ... + b for this case on paper."
    agree("fires", fires, lambda x, w, b: _fires(_total(x, w), b), _cases(), OF_FIRES, advice=advice)
    for name, gate in (("AND", AND), ("NOT", NOT), ("NAND", NAND)):
        _check_gate(name, gate)


def _total(facts: Sequence[float], weights: Sequence[float]) -> float:
    return sum(products(facts, weights))


def _fires(total: float, bias: float) -> int:
    return int(total + bias > 0)


def _cases() -> list[tuple[Any, ...]]:
    """The vacation; sums that are just 0; other numbers of facts, with whole numbers, so that no sum is rounded."""
    rng = np.random.default_rng(2)
    vacation = [(list(facts), [3.0, 6.0, 2.0], -7.0) for facts in product((0, 1), repeat=3)]
    level = [([1, 1, 0], [3.0, 4.0, 2.0], -7.0), ([0, 0], [1.0, 1.0], 0.0)]
    others = [
        (rng.integers(0, 2, size=n).tolist(), rng.integers(-5, 6, size=n).astype(float).tolist(), float(bias))
        for n in (1, 2, 4, 5, 6, 8)
        for bias in rng.integers(-4, 5, size=8)
    ]
    return vacation + level + others


OF_BIAS = [
    Mistake(
        "sign",
        lambda threshold: threshold,
        "This is the threshold itself. Brought to the other side of >, a number changes its sign.",
        "A high threshold makes it hard to say 1. Does adding this number make it harder?",
    ),
    Mistake(
        "sign",
        lambda threshold: -abs(threshold),
        "The result is never above 0, but a threshold may be below 0, and then its bias is above.",
        "Change the sign of the threshold, whichever it has.",
    ),
]

OF_FIRES = [
    Mistake(
        "at the threshold",
        lambda x, w, b: int(_total(x, w) + b >= 0),
        ">= where > is meant: the sum has to be above 0, and here it is just 0.",
        "Compare with >.",
    ),
    Mistake(
        "bias forgotten",
        lambda x, w, b: int(_total(x, w) > 0),
        "The weighted sum alone is compared with 0: the bias plays no part.",
        "Add the bias to the sum.",
    ),
    Mistake(
        "sign",
        lambda x, w, b: int(_total(x, w) > b),
        "The sum is compared with the bias as if that were still the threshold, or the bias is subtracted.",
        "Add the bias to the sum, then compare with 0.",
    ),
    Mistake(
        "bias times the inputs",
        lambda x, w, b: int(sum((v + b) * each for v, each in zip(w, x, strict=True)) > 0),
        "The bias is multiplied by each fact, as if it were part of each weight.",
        "Add the bias to the finished sum, outside of the loop or the brackets.",
    ),
    Mistake(
        "bias once per input",
        lambda x, w, b: int(_total(x, w) + b * len(x) > 0),
        "The bias is added once for each fact.",
        "Add it a single time, outside of the loop or the brackets.",
    ),
    *sum_mistakes(_fires, "fact", "weight"),
    Mistake(
        "= instead of +=",
        lambda x, w, b: int(products(x, w)[-1] > 0),
        "Only the last product is left: each turn of the loop writes over the bias and what was added to it.",
        "Add to the total with +=.",
    ),
    *(
        Mistake(
            "other way round",
            wrong,
            "It says 1 where the sum is below 0.",
            "Which of the two should be larger for a 1?",
        )
        for wrong in (lambda x, w, b: int(_total(x, w) + b < 0), lambda x, w, b: int(_total(x, w) + b <= 0))
    ),
    Mistake(
        "-1 instead of 0",
        lambda x, w, b: 2 * _fires(_total(x, w), b) - 1,
        "It says -1 where the sum is not above 0.",
        "Return 0 there.",
    ),
    Mistake(
        "no decision",
        lambda x, w, b: _total(x, w) + b,
        "The sum itself is returned.",
        "Compare it with 0: return 1 or 0.",
    ),
]


def _check_gate(name: str, given: Any) -> None:
    """Nothing if these weights and this bias make the gate, CheckFailed otherwise."""
    wanted = TRUTH[name]
    cases = list(product((0, 1), repeat=len(wanted).bit_length() - 1))
    weights, bias = _numbers(name, given, len(cases[0]))
    sums = [_total(facts, weights) + bias for facts in cases]
    says = tuple(int(total > 0) for total in sums)
    if says == wanted:
        return
    at = next(i for i, (said, want) in enumerate(zip(says, wanted, strict=True)) if said != want)
    terms = " + ".join(f"{shown(w)} * {x}" for w, x in zip(weights, cases[at], strict=True))
    diagnosis, cause, advice = _wrong_gate(wanted, weights, bias)
    raise CheckFailed(
        Finding(
            diagnosis,
            f"fires({list(cases[at])}, *{name}) with {name} = ({shown(weights)}, {shown(bias)})",
            f"{wanted[at]}",
            f"{says[at]}: {terms} + {shown(bias)} is {shown(sums[at])}, {'' if says[at] else 'not '}above 0",
            cause,
            advice,
        )
    )


def _numbers(name: str, given: Any, count: int) -> tuple[list[float], float]:
    """The weights and the bias of a gate; CheckFailed if it consists of something else."""
    form = f"({[1.0] * count}, 1.0)"
    if given is None:
        raise CheckFailed(
            Finding(
                NOT_WRITTEN,
                name,
                "weights and a bias",
                "None",
                "This is the place that waits for your numbers.",
                f"They are of the form {form}; in place of the 1.0, put the numbers that make {name}.",
            )
        )
    parts = plain(given)
    weights, bias = parts if isinstance(parts, list) and len(parts) == 2 else (None, None)
    shaped = isinstance(weights, list) and len(flat(weights)) == len(weights) == count and len(flat([bias])) == 1
    if not shaped or isinstance(bias, list):
        raise CheckFailed(
            Finding(
                "not weights and bias",
                name,
                f"a list of {count} weight{'s' * (count > 1)}, and a bias",
                reprlib.repr(given),
                f"A gate is a pair: first the list of its weights, one for each fact ({name} has {count}), "
                "then its bias, which is one number.",
                f"Write it in the form {form}.",
            )
        )
    return flat(weights), flat([bias])[0]


def _wrong_gate(wanted: tuple[int, ...], weights: list[float], bias: float) -> tuple[str, str, str]:
    """The name of a mistake, its cause and what to try, by what would make a gate of these numbers."""

    def says(sign_of_weights: int, sign_of_bias: int) -> tuple[int, ...]:
        cases = product((0, 1), repeat=len(weights))
        return tuple(int(sign_of_weights * _total(facts, weights) + sign_of_bias * bias > 0) for facts in cases)

    if tuple(1 - said for said in says(-1, -1)) == wanted:
        cause = "The sum is just 0 where the gate should say 1, and only what is above 0 counts."
        return "at the threshold", cause, "Move the bias a little upwards: there is room between two whole numbers."
    if says(1, -1) == wanted:
        cause = "With the opposite sign of the bias it would be right: as a threshold, the number is well chosen."
        return "sign", cause, "Which sign has a bias that makes it harder to say 1?"
    if says(-1, 1) == wanted:
        cause = "With the opposite sign of the weights it would be right."
        return "sign", cause, "A fact that speaks for a 0 needs a weight below 0."
    if says(-1, -1) == wanted:
        cause = "It says the opposite in every case."
        return "other way round", cause, "Turn the signs of the weights and of the bias."
    advice = "Write down the sum for every case: above 0 where the gate should say 1, and not above 0 elsewhere."
    if len(set(says(1, 1))) == 1:
        return "always the same", f"It says {says(1, 1)[0]} in every case.", advice
    is_now = [name for name, truth in TRUTH.items() if truth == says(1, 1)]
    cause = f"In all cases together this is {is_now[0]}." if is_now else ""
    return "another gate" if is_now else "wrong result", cause, advice
