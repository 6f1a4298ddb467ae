"""One operation of an engine alone: what it adds to the gradients of its arguments, and which slip adds what it did."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from itertools import product
from typing import Any, NamedTuple

from autograd import Value, grad
from demos.exercises.checking.calls import Raised
from demos.exercises.checking.comparison import Seen
from demos.exercises.checking.numbers import close, common_factor, unlike
from demos.exercises.checking.words import shown
from demos.exercises.verdict import CheckFailed, Finding

from .slips import ADDING, PARTIAL, UPSTREAM, Edge, Slip


class Formula(NamedTuple):
    """One operation on `a`, or on `a` and `b`: how it is written, and which argument stands at which position."""

    op: str
    text: str
    apply: Callable[..., Any]
    positions: str = "a"
    exponent: float = math.nan

    def of(self, arguments: Mapping[str, Any]) -> Any:
        """The result, with these arguments by name."""
        return self.apply(*(arguments[name] for name in self.positions))


def _power(exponent: float, text: str) -> Formula:
    return Formula("pow", text, lambda a: a**exponent, exponent=exponent)


FORMULAS = [
    Formula("add", "a + b", lambda a, b: a + b, "ab"),
    Formula("add", "a + a", lambda a, b: a + b, "aa"),
    Formula("mul", "a * b", lambda a, b: a * b, "ab"),
    Formula("mul", "a * a", lambda a, b: a * b, "aa"),
    _power(2, "a ** 2"),
    _power(3, "a ** 3"),
    _power(-1, "a ** -1"),
    _power(0.5, "a ** 0.5"),
    Formula("exp", "a.exp()", lambda a: a.exp()),
    Formula("relu", "a.relu()", lambda a: a.relu()),
]
OPS = ("add", "mul", "pow", "exp", "relu")
"""In the order in which they are checked."""
NUMBERS = {"exp": (0.5, -1.2), "relu": (2.0, -3.0, 0.0, 0.3), "pow": (2.5, 0.7, -1.5)}
"""What `a` is in turn; where nothing is said, these are the two arguments:"""
PAIRS = ((3.0, -2.0), (-0.4, 1.7), (0.0, 2.5))


class Case(NamedTuple):
    """A formula, the numbers in it, and the gradients that its result and its arguments have beforehand."""

    formula: Formula
    numbers: tuple[float, ...]
    upstream: float
    presets: tuple[float, ...]

    @property
    def names(self) -> list[str]:
        """The arguments, each once: `a`, or `a` and `b`."""
        return sorted(set(self.formula.positions))

    @property
    def given(self) -> str:
        """The numbers in words: `a.data = 3.0, b.data = -2.0; a.grad = 0.0, b.grad = 0.0`."""
        return f"{_assigned(self.names, 'data', self.numbers)}; {_assigned(self.names, 'grad', self.presets)}"

    def arguments(self, make: Callable[[float], Any]) -> dict[str, Any]:
        """The arguments by name, as `make` makes them of numbers, with their gradients preset."""
        made = {name: make(x) for name, x in zip(self.names, self.numbers, strict=True)}
        for argument, preset in zip(made.values(), self.presets, strict=True):
            argument.grad = preset
        return made


def cases(op: str) -> list[Case]:
    """Upstream gradient 1 and presets 0 first, then others of either, then both."""
    situations = [(1.0, (0.0, 0.0)), (2.5, (0.0, 0.0)), (1.0, (0.6, -1.1)), (-1.5, (-0.7, 0.9)), (0.0, (0.3, 0.2))]
    formulas = [each for each in FORMULAS if each.op == op]
    numbers = [(x,) for x in NUMBERS[op]] if op in NUMBERS else list(PAIRS)
    return [
        Case(formula, xs[:count], upstream, presets[:count])
        for upstream, presets in situations
        for formula in formulas
        for xs in numbers
        if not (xs[0] < 0 and formula.exponent == 0.5)
        for count in [len(set(formula.positions))]
    ]


def right_grads(case: Case) -> list[float]:
    """The gradient of each argument afterwards: the preset, and the upstream gradient times each partial."""
    return _grads(case, Reading(RIGHT))


def right_value(case: Case) -> float:
    """The data of the result, by the engine."""
    return _partials(case)[0]


def diagnose(op: str, wanted: Iterable[Case], run: Callable[[Case], list[float]], asked: Callable[[Case], str]) -> None:
    """Nothing if all gradients are right; else CheckFailed, which names the slip that gives what came.

    `wanted` are cases of one operation, `run` returns the gradients of the arguments afterwards, and `asked` puts a
    case into words. The case that is shown is the first in which the named slip is to be seen alone; where two slips
    give the same in all cases, the one that stands first in its table is named. An error in `run` comes out, if no case
    before it was wrong.
    """
    observed: list[tuple[Case, list[float]]] = []
    failure: CheckFailed | Raised | None = None
    for case in wanted:
        try:
            observed.append((case, run(case)))
        except (CheckFailed, Raised) as error:
            failure = error
            break
    wrong = [(case, got) for case, got in observed if unlike(got, right_grads(case), 1e-7)]
    if wrong:
        raise CheckFailed(_finding(op, observed, wrong, asked))
    if failure is not None:
        raise failure


class Reading(NamedTuple):
    """What may be written for the upstream gradient, the partial and the adding; at one of two positions, or all."""

    written: tuple[Slip, Slip, Slip]
    only: int | None = None

    @property
    def slips(self) -> list[Slip]:
        """What is wrong in it."""
        return [slip for slip in self.written if slip.name]

    @property
    def first_alone(self) -> Reading:
        """The same with no more than the first slip."""
        first = self.slips[0]
        upstream, partial, adding = (
            mine if mine is first else right for mine, right in zip(self.written, RIGHT, strict=True)
        )
        return Reading((upstream, partial, adding), self.only)


RIGHT = (UPSTREAM[0], PARTIAL[0], ADDING[0])
Observed = Sequence[tuple[Case, list[float]]]
"""Cases, and what came of each."""


def _finding(op: str, observed: Observed, wrong: Observed, asked: Callable[[Case], str]) -> Finding:
    """The mistake behind what came, and the case that shows it best."""
    case, got = wrong[0]
    reading = _reading(op, observed)
    if reading is None:
        slips: Sequence[Slip | Seen] = [_factor(observed) or _unexplained(case, got)]
        where = ""
    else:
        slips = reading.slips
        where = (
            "" if reading.only is None else f" This is so for the {('first', 'second')[reading.only]} argument only."
        )
        alone = reading.first_alone
        case, got = next(((each, came) for each, came in wrong if close(came, _grads(each, alone))), (case, got))
    causes = [f"{op}: {_lowered(slips[0].cause)}{where}"]
    causes += [f"And besides, {slip.name}: {_lowered(slip.cause)}" for slip in slips[1:]]
    expected, came_out = _assigned(case.names, "grad", right_grads(case)), _assigned(case.names, "grad", got)
    return Finding(slips[0].name, asked(case), expected, came_out, "\n".join(causes), slips[0].advice)


def _lowered(words: str) -> str:
    return words[:1].lower() + words[1:]


def _reading(op: str, observed: Observed) -> Reading | None:
    """One slip that gives what was observed, or two; None if there are no such slips.

    As long as each upstream gradient is 1, nothing tells what was put in its place from a factor in the partial. So it
    is not taken for one of two slips then.
    """
    places = (None, 0, 1) if op in ("add", "mul") else (None,)
    readings = [Reading(slips, only) for only in places for slips in product(UPSTREAM, PARTIAL, ADDING)]
    always_1 = all(case.upstream == 1 for case, _ in observed)
    for reading in sorted(readings, key=lambda reading: len(reading.slips)):
        most = 1 if always_1 and reading.written[0].name else 2
        possible = 1 <= len(reading.slips) <= most and all(slip.only in ("", op) for slip in reading.slips)
        if possible and all(close(got, _grads(case, reading)) for case, got in observed):
            return reading
    return None


def _factor(observed: Observed) -> Seen | None:
    """That all was multiplied by one number; None if it was not."""
    factor = common_factor(*([x for change in changes for x in change] for changes in _changes(observed)))
    if factor is None:
        return None
    words = f"What is added is {shown(factor)} times what it should be, in all cases."
    return Seen("factor", words, "Where does that factor come from?")


def _changes(observed: Sequence[tuple[Case, list[float]]]) -> tuple[list[list[float]], list[list[float]]]:
    """What was added in each case, and what should have been."""
    got = [[new - old for new, old in zip(grads, case.presets, strict=True)] for case, grads in observed]
    want = [[new - old for new, old in zip(right_grads(case), case.presets, strict=True)] for case, _ in observed]
    return got, want


def _unexplained(case: Case, got: list[float]) -> Seen:
    """The slope that a single wrong number would stand for."""
    right = right_grads(case)
    at = next(i for i, (g, w) in enumerate(zip(got, right, strict=True)) if unlike(g, w, 1e-7))
    derivative = f"d({case.formula.text})/d{case.names[at]}"
    came, want = ((grads[at] - case.presets[at]) / (case.upstream or math.nan) + 0.0 for grads in (got, right))
    words = f"For each unit of upstream gradient, {shown(came)} was added in place of {derivative} = {shown(want)}."
    if not case.upstream:
        words = "Something is added although the upstream gradient is 0."
    return Seen("wrong derivative", words, f"Work out {derivative} on paper, for these numbers.")


def _grads(case: Case, reading: Reading) -> list[float]:
    """The gradient of each argument afterwards, if this is what is written."""
    grads = dict(zip(case.names, case.presets, strict=True))
    numbers = dict(zip(case.names, case.numbers, strict=True))
    out, partials = _partials(case)
    done: set[str] = set()
    for at, name in enumerate(case.formula.positions):
        edge = Edge(
            at,
            numbers[name],
            out,
            case.formula.exponent,
            case.upstream,
            partials,
            grads[name],
            name not in done,
            grads[case.formula.positions[0]],
        )
        upstream, partial, adding = reading.written if reading.only in (None, at) else RIGHT
        grads[name] = adding.wrong(edge) + upstream.wrong(edge) * partial.wrong(edge)
        done.add(name)
    return list(grads.values())


@cache
def _partials(case: Case) -> tuple[float, tuple[float, ...]]:
    """The result, and its derivative at each position, by the engine."""
    numbers = dict(zip(case.names, case.numbers, strict=True))
    arguments = [Value(numbers[name]) for name in case.formula.positions]
    result = case.formula.apply(*arguments)
    return result.data, tuple(grad(result, argument) for argument in arguments)


def _assigned(names: Sequence[str], field: str, numbers: Sequence[float]) -> str:
    """Such as `a.grad = 1.0, b.grad = 2.0`."""
    return ", ".join(f"{name}.{field} = {shown(number)}" for name, number in zip(names, numbers, strict=True))
