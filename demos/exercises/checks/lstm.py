"""Task 21: a step agrees with that of `nets.LSTM`; a cell with weights set by hand keeps what it was told."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from statistics import fmean
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from demos.exercises.checking.calls import called, need_function
from demos.exercises.checking.comparison import Mistake, agree
from demos.exercises.checking.numbers import flat, plain
from demos.exercises.checking.words import shown
from demos.exercises.verdict import CheckFailed, Finding
from nets import LSTM

HINTS = (
    "First the four sums z, then f, i, g and o from them, then the new c, and last h, which uses the new c. To "
    "remember: which gate has to stand where while noise comes, and where at x = 10?",
    'w, u, b = weights["forget"] takes the three numbers apart. To remember: set u to 0 everywhere, so that h does not '
    "matter. f has to be so near to 1 that f to the power of 50 is above 0.95; the input gate has to tell 10 from 1.",
    "c = f * c + i * g, then return o * tanh(c), c. To remember: sigmoid(10) is near enough to 1 for the forget gate. "
    "For the input gate choose w and b with w * 1 + b far below 0 and w * 10 + b far above, such as -16 and 20; the "
    "candidate is tanh(w * x), which is 1 at x = 10.",
)

Weights: TypeAlias = "Mapping[str, Sequence[float]]"

GATES = ("forget", "input", "candidate", "output")
NEAR, LONG, PULSE = 0.05, 50, 10.0


def check(lstm_step: Any, remembering: Any) -> None:
    """Nothing if the step is right and the weights remember; raises CheckFailed."""
    advice = "Print f, i, g and o for this case. Which of them is not what its line says?"
    agree("lstm_step", lstm_step, _by_layer, _cases(), OF_STEP, advice=advice)
    need_function("remembering", remembering, 0)
    weights = _checked(called("remembering", remembering))
    for noise in _noises():
        _remembers(weights, noise)


def _cases() -> list[tuple[Any, ...]]:
    """A gate that is shut or open, then anything, with the names in this order and in the reverse."""
    shut, wide, half, g = (0.0, 0.0, -40.0), (0.0, 0.0, 40.0), (0.0, 0.0, 0.0), (0.0, 0.0, 1.0)
    by_hand = [(wide, shut, g, wide), (shut, wide, g, wide), (half, half, g, wide), (wide, half, g, half)]
    rng = np.random.default_rng(21)
    drawn = [tuple(tuple(row) for row in rng.normal(size=(4, 3)).tolist()) for _ in range(8)]
    return [
        *((0.5, 0.3, 0.7, dict(zip(GATES, rows, strict=True))) for rows in by_hand),
        *((*rng.normal(size=3).tolist(), dict(zip(GATES, rows, strict=True))) for rows in drawn[:4]),
        *((*rng.normal(size=3).tolist(), dict(zip(GATES[::-1], rows, strict=True))) for rows in drawn[4:]),
    ]


def _by_layer(x: float, h: float, c: float, weights: Weights) -> tuple[float, float]:
    layer = LSTM(1, 1)
    layer.load_state_dict(
        {f"w.{gate}.0.{k}": weights[gate][k] for gate in GATES for k in (0, 1)}
        | {f"b.{gate}.0": weights[gate][2] for gate in GATES}
    )
    (h_new,), (_, (c_new,)) = layer.step([x], ([h], [c]))
    return h_new.data, c_new.data


def _sigmoid(z: float) -> float:
    return (1 + math.tanh(z / 2)) / 2


class Parts(NamedTuple):
    """The gates and the candidate of one step."""

    f: float
    i: float
    g: float
    o: float


def _parts(
    x: float,
    h: float,
    weights: Weights,
    gate: Callable[[float], float] = _sigmoid,
    candidate: Callable[[float], float] = math.tanh,
) -> Parts:
    f, i, g, o = (w * x + u * h + b for w, u, b in (weights[name] for name in GATES))
    return Parts(gate(f), gate(i), candidate(g), gate(o))


def _with_parts(parts: Callable[..., Parts]) -> Callable[..., Any]:
    """The step of somebody for whom these, from x, h, c and the weights, are f, i, g and o."""

    def step(x: float, h: float, c: float, weights: Weights) -> tuple[float, float]:
        f, i, g, o = parts(x, h, c, weights)
        return _told(o, f * c + i * g)

    return step


def _hearing(heard: Callable[..., tuple[float, float]]) -> Callable[..., Any]:
    """The step of somebody who multiplies w and u by these two, made of x, h and c."""
    return _with_parts(lambda x, h, c, weights: _parts(*heard(x, h, c), weights))


def _joined(join: Callable[..., Any]) -> Callable[..., Any]:
    """The step of somebody who makes the new h and c in this way of f, i, g, o and the old c."""
    return lambda x, h, c, weights: join(*_parts(x, h, weights), c)


def _told(o: float, c: float) -> tuple[float, float]:
    """h and c."""
    return o * math.tanh(c), c


def _checked(given: Any) -> Weights:
    """The weights, each three numbers; CheckFailed if they are something else."""
    like = 'a dict with the names "forget", "input", "candidate" and "output", and three numbers for each'
    advice = 'Such as "forget": (0.0, 0.0, 1.0) for w, u and b; the numbers are yours to choose.'
    given = plain(given)
    if given is None:
        cause = "There is no `return` on the way that was taken, so Python returns None."
        raise CheckFailed(Finding("returns nothing", "remembering()", like, "None", cause, advice))
    if not isinstance(given, dict):
        raise CheckFailed(Finding("not a dict", "remembering()", like, shown(given), advice=advice))
    missing = [name for name in GATES if name not in given]
    if missing:
        cause = f"There is no entry for {', '.join(missing)}."
        raise CheckFailed(Finding("missing weights", "remembering()", like, shown(given), cause, advice))
    for name in GATES:
        row = given[name]
        if not isinstance(row, list) or len(row) != 3 or not all(map(math.isfinite, flat(row) or [math.nan])):
            where = f'remembering()["{name}"]'
            wanted = "three numbers, none of them inf or nan"
            raise CheckFailed(Finding("not three numbers", where, wanted, shown(row), advice=advice))
    return {name: flat(given[name]) for name in GATES}


def _noises() -> list[list[float]]:
    """What is read before and after x = 10: the loudest there is, then random numbers."""
    rng = np.random.default_rng(21)
    return [[1.0] * 2 * LONG, [-1.0] * 2 * LONG, *rng.uniform(-1, 1, size=(5, 2 * LONG)).tolist()]


def _remembers(weights: Weights, noise: list[float]) -> None:
    """Nothing if c is near 0 until x = 10 comes, and near 1 from then on; else raises CheckFailed."""
    h = c = 0.0
    steps = []
    for x in (*noise[:LONG], PULSE, *noise[LONG:]):
        parts = _parts(x, h, weights)
        h, c = _told(parts.o, parts.f * c + parts.i * parts.g)
        steps.append((parts, c))
    before, (pulse, filled), after = steps[:LONG], steps[LONG], steps[LONG + 1 :]
    _expect_near(0, before, "while it reads noise")
    if not _near(filled, 1):
        cause = f"The input gate stands at {pulse.i:.3g} then, and the candidate is {pulse.g:.3g}; c is their product."
        advice = "Both should be near 1 at x = 10. What is z = w * x + b of each?"
        name = "nothing is written" if _near(filled, 0) else "wrong content"
        raise CheckFailed(Finding(name, "remembering(): c after x = 10", *_expected(1, filled), cause, advice))
    _expect_near(1, after, "while it reads noise after x = 10")


def _expect_near(want: float, steps: list[tuple[Parts, float]], when: str) -> None:
    """Nothing if c stays near this; else raises CheckFailed, which names the gate that has the larger part in it."""
    at, c = max(enumerate((c for _, c in steps), start=1), key=lambda step: abs(step[1] - want))
    if _near(c, want):
        return
    where = f"remembering(): c {when}, step {at}"
    kept = math.prod(parts.f for parts, _ in steps[:at])
    written = sum(abs(parts.i * parts.g) for parts, _ in steps[:at])
    if want * (1 - kept) > written:
        mean = fmean(parts.f for parts, _ in steps[:at])
        cause = f"The forget gate stands at {mean:.4g} on average. After {at} steps {kept:.2g} of the content is left."
        advice = f"How near to 1 has f to be, so that f to the power of {LONG} is above {1 - NEAR}? What is z there?"
        raise CheckFailed(Finding("forgets", where, *_expected(want, c), cause, advice))
    widest = max(parts.i for parts, _ in steps[:at])
    cause = f"The input gate stands at up to {widest:.3g} then, and what comes in at each step adds up."
    advice = "With x between -1 and 1 its z has to be far below 0, with x = 10 far above."
    raise CheckFailed(Finding("noise gets in", where, *_expected(want, c), cause, advice))


def _near(c: float, want: float) -> bool:
    return abs(c - want) <= NEAR


def _expected(want: float, got: float) -> tuple[str, str]:
    return f"within {NEAR} of {want}", shown(got)


TO_SUM = "sigmoid(z) is for the three gates, which go from 0 to 1; tanh(z) is for the candidate, from -1 to 1."
EXCHANGED = "The {} gate does the work of the {} gate, and the other way round."
EACH_WORK = "f is multiplied by the old content, i by the candidate, and o by tanh of the new content."
EACH_Z = "z = w * x + u * h + b, for each of the four."

OF_STEP = [
    *(
        Mistake("gates exchanged", _joined(join), EXCHANGED.format(one, other), EACH_WORK)
        for one, other, join in (
            ("forget", "input", lambda f, i, g, o, c: _told(o, i * c + f * g)),
            ("input", "output", lambda f, i, g, o, c: _told(i, f * c + o * g)),
            ("forget", "output", lambda f, i, g, o, c: _told(f, o * c + i * g)),
        )
    ),
    Mistake(
        "forgot the input gate",
        _joined(lambda f, i, g, o, c: _told(o, f * c + g)),
        "The candidate is added as it is, so that each step writes.",
        "c = f * c + i * g: nothing is written where i is 0.",
    ),
    Mistake(
        "forgot the forget gate",
        _joined(lambda f, i, g, o, c: _told(o, c + i * g)),
        "The old content is kept as it is. That is the cell of 1997, which could not forget.",
        "Multiply the old content by f.",
    ),
    Mistake(
        "forgot the output gate",
        _joined(lambda f, i, g, o, c: (math.tanh(f * c + i * g), f * c + i * g)),
        "All of the content is shown at each step.",
        "h = o * tanh(c).",
    ),
    Mistake(
        "forgot tanh",
        _joined(lambda f, i, g, o, c: (o * (f * c + i * g), f * c + i * g)),
        "c is right, but h is o * c.",
        "The content may grow; tanh keeps the output between -1 and 1. h = o * tanh(c).",
    ),
    Mistake(
        "old content",
        _joined(lambda f, i, g, o, c: (o * math.tanh(c), f * c + i * g)),
        "c is right, but h is computed from the content before this step.",
        "Compute the new c first, and h from it.",
    ),
    Mistake(
        "wrong order",
        _joined(lambda f, i, g, o, c: _told(o, f * c + i * g)[::-1]),
        "Both numbers are right, but c stands before h.",
        "Return h, c.",
    ),
    *(
        Mistake("one number", _joined(join), f"This is {which} alone.", "Return both: h, c.")
        for which, join in (
            ("the new c", lambda f, i, g, o, c: f * c + i * g),
            ("the new h", lambda f, i, g, o, c: _told(o, f * c + i * g)[0]),
        )
    ),
    Mistake(
        "forgot tanh",
        _with_parts(lambda x, h, c, weights: _parts(x, h, weights, candidate=lambda z: z)),
        "The candidate is z itself.",
        "g = tanh(z): what is written at a step lies between -1 and 1.",
    ),
    Mistake(
        "names ignored",
        _with_parts(lambda x, h, c, weights: _parts(x, h, dict(zip(GATES, weights.values(), strict=True)))),
        "The weights are taken in the order in which they stand in the dict. Here that is another one.",
        'Ask for them by name: weights["forget"].',
    ),
    Mistake(
        "sigmoid for tanh",
        _joined(lambda f, i, g, o, c: (o * _sigmoid(f * c + i * g), f * c + i * g)),
        "c is right, but h is o * sigmoid(c).",
        "h = o * tanh(c).",
    ),
    Mistake(
        "sigmoid for tanh",
        _with_parts(lambda x, h, c, weights: _parts(x, h, weights, candidate=_sigmoid)),
        "The candidate is a sigmoid, so it can never be below 0.",
        TO_SUM,
    ),
    Mistake(
        "tanh for sigmoid",
        _with_parts(lambda x, h, c, weights: _parts(x, h, weights, gate=math.tanh)),
        "The gates are tanh, so they can be below 0, and a gate at z = 0 is shut.",
        TO_SUM,
    ),
    Mistake("weights exchanged", _hearing(lambda x, h, c: (h, x)), "w is multiplied by h, and u by x.", EACH_Z),
    Mistake("forgot the last output", _hearing(lambda x, h, c: (x, 0.0)), "The four see x alone.", EACH_Z),
    Mistake("c instead of h", _hearing(lambda x, h, c: (x, c)), "They see the content c in place of h.", EACH_Z),
    Mistake("h instead of x", _hearing(lambda x, h, c: (h, h)), "Both weights are multiplied by h.", EACH_Z),
    Mistake(
        "bias forgotten",
        _with_parts(lambda x, h, c, weights: _parts(x, h, {name: (*weights[name][:2], 0.0) for name in GATES})),
        "b is not added.",
        EACH_Z,
    ),
]
