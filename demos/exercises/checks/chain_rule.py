"""Task 8: a table of steps is compared with the engine, entry by entry, and the first wrong number is explained."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from autograd import Value
from demos.exercises.checking.judge import NOT_WRITTEN
from demos.exercises.checking.numbers import plain, unlike
from demos.exercises.checking.words import shown
from demos.exercises.verdict import CheckFailed, Finding

HINTS = (
    "Forward first: each of the four steps takes numbers that are above it in the table. Then dy/dy is 1, and each "
    "entry below needs only one step of the calculation: the one that its number is an argument of.",
    "The local derivatives: of w * x with respect to w it is x, and the other way round; of v1 + b it is 1 with "
    "respect to both; of v2 ** 2 it is 2 * v2. Multiply each by the upstream gradient, the entry of the step's result.",
    "dy/dv3 = dy/dy * x, dy/dv2 = dy/dv3 * 2 * v2, dy/dv1 = dy/db = dy/dv2 * 1, dy/dw = dy/dv1 * x. To x lead two "
    "paths, one from y and one from v1: dy/dx = dy/dy * v3 + dy/dv1 * w.",
)

GIVEN = {"x": 3.0, "w": -2.0, "b": 11.0}

Numbers = Mapping[str, float]


class Wrong(NamedTuple):
    """A typical mistake in one entry: its name, the number that comes of it, and the likely cause."""

    name: str
    number: Callable[[Numbers], float]
    cause: str


class Entry(NamedTuple):
    """One entry of the table: what it follows from, the same in words, what to think of next, typical mistakes."""

    name: str
    rule: Callable[[Numbers], float]
    words: str
    advice: str
    mistakes: Sequence[Wrong]


def check(TABLE: Any) -> None:
    """Nothing if every entry is right; raises CheckFailed for the first that is not."""
    if not isinstance(TABLE, Mapping):
        raise CheckFailed(
            Finding(
                "not a table",
                "TABLE",
                "a dict with an entry for each step",
                shown(TABLE),
                advice="Leave TABLE as it is in the task, and write a number in the place of each None.",
            )
        )
    wanted = _by_engine()
    numbers = dict(GIVEN)
    for entry in ENTRIES:
        numbers[entry.name] = _number(TABLE, entry)
        if unlike(numbers[entry.name], wanted[entry.name], 1e-7):
            raise CheckFailed(_explained(TABLE, entry, numbers, wanted))


def _by_engine() -> dict[str, float]:
    """The right table."""
    x, w, b = (Value(GIVEN[name]) for name in "xwb")
    v1 = w * x
    v2 = v1 + b
    v3 = v2**2
    y = v3 * x
    y.backward()
    nodes = {"v1": v1, "v2": v2, "v3": v3, "y": y, "b": b, "w": w, "x": x}
    return {name: node.data for name, node in nodes.items()} | {f"dy/d{name}": nodes[name].grad for name in nodes}


def _place(name: str) -> str:
    return f'TABLE["{name}"]'


def _number(table: Mapping[str, Any], entry: Entry) -> float:
    """The number that stands in this entry; CheckFailed if there is none."""
    place, done = _place(entry.name), [each.name for each in ENTRIES].index(entry.name)
    so_far = f"The {done} entries above it are right. " if done > 1 else ""
    if entry.name not in table:
        others = [key for key in table if isinstance(key, str) and key not in [each.name for each in ENTRIES]]
        nearest = difflib.get_close_matches(entry.name, others, n=1, cutoff=0.4)
        finding = Finding(
            "missing entry",
            place,
            f'an entry called "{entry.name}"',
            f'"{nearest[0]}", which looks like it' if nearest else "no such entry",
            "It was renamed or deleted.",
            "Write the name as it is in the task.",
        )
        raise CheckFailed(finding)
    given = plain(table[entry.name])
    if given is None:
        waits = "This entry waits for its number."
        raise CheckFailed(Finding(NOT_WRITTEN, place, "a number", "None", so_far + waits, entry.advice))
    try:
        if isinstance(given, str):
            raise TypeError
        return float(given)
    except (TypeError, ValueError, OverflowError):
        advice = "Write it without quotes." if isinstance(given, str) else "Write the number itself, such as 2 * 3."
        kind = f"It is of the type {type(given).__name__}."
        raise CheckFailed(Finding("not a number", place, "a number", shown(given), kind, advice)) from None


def _explained(table: Mapping[str, Any], entry: Entry, numbers: dict[str, float], wanted: Numbers) -> Finding:
    """What is wrong with the first entry that is not right, and which of those below it are wrong because of it."""
    sign = Wrong("sign", lambda right: -right[entry.name], "The number is right, but for the sign.")
    known = [each for each in (*entry.mistakes, sign) if not unlike(numbers[entry.name], each.number(wanted), 1e-6)]
    follow = _that_follow(table, entry, numbers, wanted)
    anew = f" Then compute {', '.join(follow)} anew: nothing is wrong there but the number from here." if follow else ""
    return Finding(
        known[0].name if known else "wrong result",
        _place(entry.name),
        entry.words,
        shown(table[entry.name]),
        known[0].cause if known else "",
        entry.advice + anew,
    )


def _that_follow(table: Mapping[str, Any], entry: Entry, numbers: dict[str, float], wanted: Numbers) -> list[str]:
    """The entries further down that are wrong only because of this one: they follow by their rule from those above."""
    numbers, names = dict(numbers), []
    for each in ENTRIES[ENTRIES.index(entry) + 1 :]:
        try:
            number = numbers[each.name] = _number(table, each)
        except CheckFailed:
            break
        if unlike(number, each.rule(numbers), 1e-7):
            break  # a mistake of its own, and what is below may come of that
        if unlike(number, wanted[each.name], 1e-7):
            names.append(each.name)
    return names


NO_UPSTREAM = "forgot to multiply by the upstream gradient"
NO_LOCAL = "forgot the local derivative"
ONE_PATH = "= instead of +="
TWO_PATHS = "x is an argument of v1 = w * x and of y = v3 * x. In code this is what = does in place of +=."
NOT_A_PRODUCT = "The local derivative of a sum is 1: if one of its arguments grows, the sum grows by as much."

IN_A_SUM = [
    Wrong(NO_UPSTREAM, lambda n: 1.0, "1 is the local derivative alone."),
    Wrong("sum taken for product", lambda n: n["dy/dv2"] * n["b"], NOT_A_PRODUCT),
    Wrong("sum taken for product", lambda n: n["dy/dv2"] * n["v1"], NOT_A_PRODUCT),
    Wrong("plus for times", lambda n: n["dy/dv2"] + 1, "Upstream and local derivative are added."),
]

ENTRIES = [
    Entry(
        "v1",
        lambda n: n["w"] * n["x"],
        "w times x",
        "Multiply w and x, and mind the sign.",
        [Wrong("plus for times", lambda n: n["w"] + n["x"], "This is w + x.")],
    ),
    Entry(
        "v2",
        lambda n: n["v1"] + n["b"],
        "v1 plus b",
        "Take v1 from the line above, and add b.",
        [
            Wrong("sign", lambda n: n["v1"] - n["b"], "This is v1 - b."),
            Wrong("sign", lambda n: n["b"] - n["v1"], "This is b - v1: v1 is below 0, so b + v1 is less than b."),
            Wrong("times for plus", lambda n: n["v1"] * n["b"], "This is v1 * b."),
        ],
    ),
    Entry(
        "v3",
        lambda n: n["v2"] ** 2,
        "the square of v2",
        "Multiply v2 by itself.",
        [
            Wrong("doubled, not squared", lambda n: n["v2"] * 2, "This is 2 * v2."),
            Wrong("^ for **", lambda n: int(n["v2"]) ^ 2, "In Python ^ is not the power; that is **."),
        ],
    ),
    Entry(
        "y",
        lambda n: n["v3"] * n["x"],
        "v3 times x",
        "Multiply v3, from the line above, by x.",
        [
            Wrong("plus for times", lambda n: n["v3"] + n["x"], "This is v3 + x."),
            Wrong("wrong argument", lambda n: n["v2"] * n["x"], "This is v2 * x."),
        ],
    ),
    Entry(
        "dy/dy",
        lambda n: 1.0,
        "how much y changes for each 1 that y changes",
        "Every gradient is a multiple of this one. If y grows by 0.1, by how much does y grow?",
        [
            Wrong("forgot the seed", lambda n: 0.0, "From 0 at the end, all gradients would come out as 0."),
            Wrong("value instead of slope", lambda n: n["y"], "This is y itself."),
        ],
    ),
    Entry(
        "dy/dv3",
        lambda n: n["dy/dy"] * n["x"],
        "dy/dy times the local derivative of v3 * x with respect to v3",
        "Look at y = v3 * x. If v3 grows by 1 and x stays, by how much does y grow?",
        [
            Wrong(
                "arguments swapped",
                lambda n: n["v3"],
                "v3 is the local derivative with respect to x, the other factor.",
            ),
            Wrong("value instead of slope", lambda n: n["y"], "This is v3 * x itself."),
            Wrong(NO_LOCAL, lambda n: n["dy/dy"], "This is dy/dy, passed on as it was."),
        ],
    ),
    Entry(
        "dy/dv2",
        lambda n: n["dy/dv3"] * 2 * n["v2"],
        "dy/dv3 times the local derivative of v2 ** 2 with respect to v2",
        "The local derivative of a square has the exponent as a factor, and one power less. Multiply it by dy/dv3.",
        [
            Wrong(NO_UPSTREAM, lambda n: 2 * n["v2"], "This is dv3/dv2, the local derivative alone."),
            Wrong("forgot the exponent", lambda n: n["dy/dv3"] * n["v2"], "The factor 2 of the square is missing."),
            Wrong("only the exponent", lambda n: n["dy/dv3"] * 2, "The exponent is there, the power of v2 is not."),
            Wrong(
                "exponent not lowered",
                lambda n: n["dy/dv3"] * 2 * n["v2"] ** 2,
                "The exponent is there as a factor, but the power of v2 is still the second.",
            ),
            Wrong("value instead of slope", lambda n: n["dy/dv3"] * n["v3"], "dy/dv3 is multiplied by v2 ** 2 itself."),
            Wrong(NO_LOCAL, lambda n: n["dy/dv3"], "This is dy/dv3, passed on as it was."),
            Wrong("plus for times", lambda n: n["dy/dv3"] + 2 * n["v2"], "Upstream and local derivative are added."),
        ],
    ),
    Entry(
        "dy/dv1",
        lambda n: n["dy/dv2"],
        "dy/dv2 times the local derivative of v1 + b with respect to v1",
        "Look at v2 = v1 + b. If v1 grows by 1 and b stays, by how much does v2 grow? Multiply that by dy/dv2.",
        IN_A_SUM,
    ),
    Entry(
        "dy/db",
        lambda n: n["dy/dv2"],
        "dy/dv2 times the local derivative of v1 + b with respect to b",
        "Look at v2 = v1 + b. If b grows by 1 and v1 stays, by how much does v2 grow? Multiply that by dy/dv2.",
        [
            *IN_A_SUM,
            Wrong("taken as a constant", lambda n: 0.0, "b is a number like the others: if it changes, y changes."),
        ],
    ),
    Entry(
        "dy/dw",
        lambda n: n["dy/dv1"] * n["x"],
        "dy/dv1 times the local derivative of w * x with respect to w",
        "Look at v1 = w * x. If w grows by 1 and x stays, by how much does v1 grow? Multiply that by dy/dv1.",
        [
            Wrong(NO_UPSTREAM, lambda n: n["x"], "This is dv1/dw, the local derivative alone."),
            Wrong(
                "arguments swapped",
                lambda n: n["dy/dv1"] * n["w"],
                "dy/dv1 is multiplied by w, which is the local derivative with respect to x, the other factor.",
            ),
            Wrong(NO_LOCAL, lambda n: n["dy/dv1"], "This is dy/dv1, passed on as it was."),
            Wrong("plus for times", lambda n: n["dy/dv1"] + n["x"], "Upstream and local derivative are added."),
        ],
    ),
    Entry(
        "dy/dx",
        lambda n: n["dy/dy"] * n["v3"] + n["dy/dv1"] * n["w"],
        "a product for y = v3 * x, and one for v1 = w * x, added up",
        "Write down both products first, upstream gradient times local derivative, then add them.",
        [
            Wrong(ONE_PATH, lambda n: n["v3"], f"This is the path from y alone. {TWO_PATHS}"),
            Wrong(ONE_PATH, lambda n: n["dy/dv1"] * n["w"], f"This is the path through v1 alone. {TWO_PATHS}"),
            Wrong(NO_UPSTREAM, lambda n: n["v3"] + n["w"], "In the path through v1, dy/dv1 is missing."),
            Wrong(NO_UPSTREAM, lambda n: n["w"], "w is dv1/dx, a local derivative alone, and of one path only."),
            Wrong(NO_LOCAL, lambda n: n["v3"] + n["dy/dv1"], "In the path through v1, dy/dv1 is added as it is."),
            Wrong("sign", lambda n: n["v3"] - n["dy/dv1"] * n["w"], "w is below 0, so its path is, too."),
            Wrong(
                "arguments swapped",
                lambda n: n["v3"] + n["dy/dv1"] * n["x"],
                "In the path through v1 stands x, which is the local derivative with respect to w, the other factor.",
            ),
            Wrong(
                "arguments swapped",
                lambda n: n["x"] + n["dy/dv1"] * n["w"],
                "In the path from y stands x, which is the local derivative with respect to v3, the other factor.",
            ),
            Wrong("mean instead of sum", lambda n: (n["v3"] + n["dy/dv1"] * n["w"]) / 2, "This is half of the sum."),
            Wrong("times for plus", lambda n: n["v3"] * n["dy/dv1"] * n["w"], "The two paths are multiplied."),
        ],
    ),
]
