"""Task 20: the states agree with `nets.RNN`, and the gradients with what the engine leaves in its parameters."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import permutations
from typing import Any

import numpy as np

from demos.exercises.checking.comparison import Mistake, agree
from nets import RNN

HINTS = (
    "For `states`: keep h in a variable that starts at 0.0, and append it to a list after each x. For `gradients`: how "
    "would you go back through a net of three layers?",
    "Put h_0 in front, hs = [0.0, *states(xs, w, u, b)]: then hs[t] is h_t, and x_t is xs[t - 1]. Begin with "
    "dh = hs[-1] - target, and let t run from T down to 1. In z_t the number u is multiplied by h_(t-1), and b by 1.",
    "In each step: dz = dh * (1 - hs[t] ** 2); dw += dz * xs[t - 1]; du += dz * hs[t - 1]; db += dz; and for the step "
    "before, dh = dz * u.",
)


def check(states: Any, gradients: Any) -> None:
    """Nothing if both are right; raises CheckFailed."""
    advice = "Compute h_1 on paper, and h_2 from it."
    agree("states", states, _states, [case[:4] for case in _cases()], OF_STATES, advice=advice)
    advice = "Take one step only, T = 1, and then two; print dE/dz_t of each, and compare with the chain rule on paper."
    agree("gradients", gradients, _by_engine, _cases(), OF_GRADIENTS, advice=advice)


def _cases() -> list[tuple[Any, ...]]:
    """One step, two, three as in the lesson, more."""
    rng = np.random.default_rng(20)
    others = [
        (rng.normal(size=steps).tolist(), *rng.uniform(0.3, 1.2, 2).tolist(), *rng.normal(scale=0.5, size=2).tolist())
        for steps in (1, 2, 2, 3, 5, 8)
    ]
    first = ([2.0], 0.5, 0.8, -0.2, 0.0), ([2.0, 1.0], 0.5, 0.8, -0.2, 0.0), ([1.0, 0.0, 1.0], 1.0, 0.8, -0.2, 1.0)
    return [*first, *others, ([0.5, -1.0, 0.3, 0.2], 0.7, -0.9, 0.1, -0.5)]


def _net(xs: Sequence[float], w: float, u: float, b: float) -> tuple[list[Any], list[Any]]:
    """The parameters w, u, b of an RNN of one neuron, and what it says to these numbers."""
    net = RNN(1, 1)
    for parameter, number in zip(net.parameters(), (w, u, b), strict=True):
        parameter.data = number
    outputs, _ = net([[x] for x in xs])
    return net.parameters(), [h for (h,) in outputs]


def _states(xs: Sequence[float], w: float, u: float, b: float) -> list[float]:
    return [h.data for h in _net(xs, w, u, b)[1]]


def _by_engine(xs: Sequence[float], w: float, u: float, b: float, target: float) -> list[float]:
    parameters, hs = _net(xs, w, u, b)
    (0.5 * (hs[-1] - target) ** 2).backward()
    return [p.grad for p in parameters]


def _read(step: Callable[..., float]) -> Callable[..., list[float]]:
    """The states of somebody whose step, from x, h, w, u and b, is this one."""

    def states(xs: Sequence[float], w: float, u: float, b: float) -> list[float]:
        said = [0.0]
        for x in xs:
            said.append(step(x, said[-1], w, u, b))
        return said[1:]

    return states


def _parts(
    xs: Sequence[float],
    w: float,
    u: float,
    b: float,
    target: float,
    *,
    through: Callable[[float, float], float] = lambda dh, h: dh * (1 - h * h),
    back: Callable[[float, float], float] = lambda dz, u: dz * u,
    way: Callable[[Any], Any] = reversed,
) -> np.ndarray:
    """What each step adds to dw, du and db, a row for each. The last three are what a mistake may change."""
    hs = [0.0, *_states(xs, w, u, b)]
    dh, rows = hs[-1] - target, []
    for x, before, h in way(list(zip(xs, hs, hs[1:], strict=False))):
        dz = through(dh, h)
        rows.append((dz * x, dz * before, dz))
        dh = back(dz, u)
    return np.array(rows[::-1])


def _with(**changed: Any) -> Callable[..., Any]:
    """The gradients of somebody who goes back in another way: through tanh, to the step before, or in another order."""
    return lambda *case: _parts(*case, **changed).sum(axis=0)


def _past_replaced(*case: Any) -> Any:
    """With h_t where h_(t-1) belongs."""
    parts = _parts(*case)
    dw, _, db = parts.sum(axis=0)
    return dw, parts[:, 2] @ _states(*case[:4]), db


def _past_wrapped(*case: Any) -> Any:
    """With h_T where h_0 belongs."""
    parts = _parts(*case)
    dw, du, db = parts.sum(axis=0)
    return dw, du + parts[0, 2] * _states(*case[:4])[-1], db


def _each_by_itself(xs: Sequence[float], w: float, u: float, b: float, target: float) -> Any:
    """With h_t - target at each step, as if each state were compared with the target, and nothing came from later."""
    hs = np.array([0.0, *_states(xs, w, u, b)])
    dz = (hs[1:] - target) * (1 - hs[1:] ** 2)
    return dz @ np.array(xs), dz @ hs[:-1], dz.sum()


OF_RESULT = "The slope is 1 - tanh(z)^2, and tanh(z) is the state h itself; here it is 1 - tanh(h)^2."

OF_STATES = [
    Mistake(
        "no memory",
        _read(lambda x, h, w, u, b: math.tanh(w * x + b)),
        "Each state depends on its own x alone, as if the one before were 0.",
        "After each step put the new state in h, so that the next one hears it.",
    ),
    Mistake("forgot tanh", _read(lambda x, h, w, u, b: w * x + u * h + b), "It is the sum itself.", "Take tanh of it."),
    Mistake("bias forgotten", _read(lambda x, h, w, u, b: math.tanh(w * x + u * h)), "b is missing.", "Add it to z."),
    Mistake(
        "weights exchanged",
        _read(lambda x, h, w, u, b: math.tanh(u * x + w * h + b)),
        "u is multiplied by x, and w by the state before.",
        "w goes with x, u with the state.",
    ),
    Mistake(
        "only the last step",
        lambda *case: _states(*case)[-1],
        "Only the last state comes back, as one number.",
        "Append each state to a list, and return the list.",
    ),
    Mistake(
        "off by one",
        lambda *case: [0.0, *_states(*case)],
        "The list begins with h_0, which was not asked for.",
        "Return as many states as there are numbers in xs.",
    ),
    Mistake(
        "off by one",
        lambda *case: [0.0, *_states(*case)[:-1]],
        "The list begins with h_0, and the last state is missing: h is appended before the step.",
        "Append h after it was computed anew.",
    ),
]

OF_GRADIENTS = [
    Mistake(
        "only the last step",
        lambda *case: _parts(*case)[-1],
        "Only what w, u and b do in the last step is counted. They were used in all steps before as well.",
        "Go on to T - 1 with dE/dh_(T-1) = dE/dz_T * u, and so on down to 1. Is there a `return` inside the loop?",
    ),
    Mistake(
        "nothing is added",
        lambda *case: np.zeros(3),
        "All three are 0: the loop over the steps does not run, or what it computes is not added.",
        "range(T, 0) is empty; to count downwards it takes a third argument, -1. Print t inside the loop.",
    ),
    Mistake(
        "= instead of +=",
        lambda *case: _parts(*case)[0],
        "Only the part of the first step is left, the last to be computed: each part overwrites the one before.",
        "Begin with dw = du = db = 0.0, and add the part of each step with +=.",
    ),
    *(
        Mistake(
            "= instead of +=",
            lambda *case, at=at: np.where(np.arange(3) == at, _parts(*case)[0], _parts(*case).sum(axis=0)),
            f"The other two are right. Of {name} only the part of the first step is left, the last to be computed.",
            "Add its parts with +=, too.",
        )
        for at, name in enumerate(("dw", "du, which is 0 as h_0 is,", "db"))
    ),
    Mistake(
        "mean instead of sum",
        lambda *case: _parts(*case).mean(axis=0),
        "The parts of the steps are right, but their sum was divided by the number of steps.",
        "A shared weight gets the sum over its uses.",
    ),
    Mistake(
        "off by one",
        lambda *case: _parts(*case)[1:].sum(axis=0),
        "The first step is left out.",
        "range(T - 1, 0, -1) ends before 0.",
    ),
    *(
        Mistake(
            name,
            _with(through=through),
            cause,
            "dE/dz_t is dE/dh_t * (1 - h_t^2), where the brackets are the slope of tanh.",
        )
        for name, through, cause in (
            ("forgot the slope", lambda dh, h: dh, "The way back leads through tanh, whose slope is missing."),
            ("brackets", lambda dh, h: dh * 1 - h * h, "Without brackets only the 1 is multiplied: * comes before -."),
            ("tanh taken twice", lambda dh, h: dh * (1 - math.tanh(h) ** 2), OF_RESULT),
            ("slope of the sigmoid", lambda dh, h: dh * h * (1 - h), "h (1 - h) is for a sigmoid; here it is tanh."),
            ("forgot the square", lambda dh, h: dh * (1 - h), "It is 1 - h_t in place of 1 - h_t^2."),
            ("plus for minus", lambda dh, h: dh * (1 + h * h), "It is 1 + h_t^2 in place of 1 - h_t^2."),
        )
    ),
    Mistake(
        "forgot the factor u",
        _with(back=lambda dz, u: dz),
        "dE/dz_t is handed to the step before as it is, but h_(t-1) was multiplied by u on its way into z_t.",
        "Multiply by u on the way back, too.",
    ),
    Mistake(
        "weights exchanged",
        lambda *case: _parts(*case, back=lambda dz, u: dz * case[1]).sum(axis=0),
        "On the way back it is multiplied by w, but from state to state leads u.",
        "Which weight is h_(t-1) multiplied by in z_t?",
    ),
    Mistake(
        "forgot to multiply by the upstream gradient",
        _with(back=lambda dz, u: u),
        "Only u is handed to the step before; what came from later is lost.",
        "dE/dh_(t-1) is the product of dE/dz_t and u.",
    ),
    Mistake(
        "forgot to multiply by the upstream gradient",
        lambda *case: _parts(*case, back=lambda dz, u: _states(*case[:4])[-1] - case[4]).sum(axis=0),
        "Each step begins anew with h_T - target, as if the last state depended on each h_t directly.",
        "h_T - target is dE/dh_T alone. For earlier steps it is dE/dz * u of the step after.",
    ),
    Mistake(
        "error at each step",
        _each_by_itself,
        "Each state is compared with the target, and nothing comes back from the steps after it.",
        "E looks at h_T alone. What comes to earlier states comes through the later ones.",
    ),
    Mistake(
        "off by one",
        _past_replaced,
        "dw and db are right. In du stands h_t, but step t has multiplied u by the state before.",
        "Use h_(t-1) for du, which is 0 at the first step.",
    ),
    Mistake(
        "off by one",
        _past_wrapped,
        "dw and db are right. At the first step h_0 = 0 belongs into du, but hs[-1] in Python is the last entry, h_T.",
        "Put 0.0 in front of the list of states.",
    ),
    Mistake(
        "wrong order",
        _with(way=iter),
        "It goes from the first step to the last. But E looks at h_T, so the gradient comes from the end.",
        "Let t run from T down to 1.",
    ),
    Mistake(
        "wrong order",
        lambda *case: (case[0][::-1] @ _parts(*case)[:, 2], *_parts(*case).sum(axis=0)[1:]),
        "du and db are right. In dw the numbers of xs are taken from first to last, while t goes backwards.",
        "At step t it is x_t, which is xs[t - 1].",
    ),
    *(
        Mistake(
            "wrong order",
            lambda *case, order=order: _parts(*case).sum(axis=0)[list(order)],
            "The three numbers are right, but not in their order.",
            "Return dw, du, db.",
        )
        for order in list(permutations(range(3)))[1:]
    ),
    Mistake(
        "sign",
        lambda *case: -_parts(*case).sum(axis=0),
        "It begins with target - h_T, but the slope of 1/2 (h_T - target)^2 is h_T - target.",
        "The gradient points to where E grows: a state above its target has a positive one.",
    ),
    Mistake(
        "forgot the target",
        lambda xs, w, u, b, target: _parts(xs, w, u, b, 0.0).sum(axis=0),
        "It begins with h_T, as if the target were always 0.",
        "The slope of 1/2 (h_T - target)^2 in h_T is h_T - target.",
    ),
    Mistake(
        "factor",
        lambda *case: 2 * _parts(*case).sum(axis=0),
        "All numbers are twice what they should be: the 1/2 in front of the square is forgotten.",
        "The slope of 1/2 d^2 is d.",
    ),
]
