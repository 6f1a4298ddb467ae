"""The partials of the ops' records as formulas: a list of steps over symbols, found by running the line once.

A partial is a function of numbers, Values or arrays. Run on Values while comparisons are recorded as nodes, it leaves
a graph, which is read off here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

from ..errors import DomainError
from ..graph import topological_order
from ..value import Value
from ..watch import watcher
from .trace import Tracer


@dataclass(frozen=True)
class Step:
    """An op on floats, on symbols ("symbol", k) or on what earlier steps gave ("step", number)."""

    number: int
    op: Any
    args: tuple[Any, ...]


@dataclass(frozen=True)
class Formula:
    """Steps in order, and which of them (or which float or symbol) is the result.

    Symbol 0 is the op's own result, symbol k its k-th argument.
    """

    steps: tuple[Step, ...]
    result: Any


@cache
def partial_formula(op: Any, k: int, constants: tuple[float | None, ...]) -> Formula:
    """The formula of d op / d argument k, where those arguments that are constants are given as floats."""
    for sample in op.domain.samples:
        args = [float(x) if c is None else c for x, c in zip(sample, constants, strict=True)]
        try:
            watcher.set(Tracer((), (), set()))
            symbols: list[Any] = [Value(op.value(*args))]
            symbols += [Value(x) if c is None else c for x, c in zip(args, constants, strict=True)]
            return _read(op.partials[k](*symbols), symbols)
        except (DomainError, ValueError, ZeroDivisionError, OverflowError):
            continue
        finally:
            watcher.set(None)
    return Formula((), math.nan)  # as for the exponent of a negative number: there is no such derivative


def _read(result: Any, symbols: list[Any]) -> Formula:
    """The graph below the result as steps."""
    if not isinstance(result, Value):
        return Formula((), float(result))
    names: dict[Value, Any] = {symbol: ("symbol", i) for i, symbol in enumerate(symbols) if isinstance(symbol, Value)}
    steps: list[Step] = []
    for node in topological_order(result):
        if node in names:
            continue
        args = tuple(arg if isinstance(arg, float) else names[arg] for arg in node.args)
        steps.append(Step(len(steps), node.op, args))
        names[node] = ("step", len(steps) - 1)
    return Formula(tuple(steps), names[result])
