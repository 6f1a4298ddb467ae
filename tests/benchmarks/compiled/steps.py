"""Microseconds per step of each contender, checked and timed side by side."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..measure import Effort, times
from .agreement import STEPS, compare, compare_starts
from .contenders import Contender, Eager, Micrograd, installed, present
from .problem import Problem

BATCH_SECONDS = 0.02
"""How long a contender is timed at a stretch, at least; a single step is too short for the clock."""


@dataclass(frozen=True)
class Medians:
    """One row: microseconds per step by the contender's name, in one precision."""

    title: str
    dtype: str
    microseconds: dict[str, float]


def medians(problem: Problem, effort: Effort, slow_effort: Effort) -> list[Medians]:
    """The rows for float64 and float32. Raises Disagreement where the contenders do not take the same step."""
    slow = _slow(problem, slow_effort)
    rows = []
    for dtype in ("float64", "float32"):
        fast = [kind(problem, dtype) for kind in present().kinds]
        compare(Eager(problem, "float64"), fast)
        rows.append(Medians(problem.title, dtype, {**slow, **_timed(fast, effort)}))
    return rows


def _slow(problem: Problem, effort: Effort) -> dict[str, float]:
    """The times of those who build a graph of scalars anew in each step."""
    eager = Eager(problem, "float64")
    others: list[Contender] = [Micrograd(problem, "float64")] if problem.micrograd and installed(Micrograd) else []
    compare_starts(eager, others)
    return _timed([eager, *others], effort)


def _timed(contenders: Sequence[Contender], effort: Effort) -> dict[str, float]:
    steps = [_steps_per_batch(contender) for contender in contenders]
    jobs = [contender.job(n) for contender, n in zip(contenders, steps, strict=True)]
    measured = times(jobs, True, effort)
    return {t.engine.name: 1e6 * t.both / n for t, n in zip(measured, steps, strict=True)}


def _steps_per_batch(contender: Contender) -> int:
    """How many steps last BATCH_SECONDS, once the first ones have compiled, and compared, what there is."""
    for _ in range(STEPS):
        contender.step()
    n = 1
    while (seconds := _seconds(contender, n)) < BATCH_SECONDS:
        n = max(2 * n, int(1.1 * n * BATCH_SECONDS / max(seconds, 1e-9))) if seconds > BATCH_SECONDS / 20 else 4 * n
    return n


def _seconds(contender: Contender, steps: int) -> float:
    step: Any = contender.step
    start = time.perf_counter()
    for _ in range(steps):
        step()
    return time.perf_counter() - start
