"""What compiling costs, in seconds and bytes; each figure is taken in a process of its own."""

import gc
import os
import resource
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograd import jit

from .contenders import Compiled
from .dense import classifier_problem
from .moons import moons_problem
from .problem import Problem

Figures = dict[str, Any]


def compiling(problem: Problem) -> Figures:
    """Seconds of tracing and of compiling, what came of them, and by how much the process grew at its largest."""
    scalar = problem.scalar()
    before = peak_bytes()
    loss = jit(scalar.loss)
    loss(*problem.data).backward()
    stats = loss.stats
    return {
        "nodes": stats.nodes,
        "array_calls": stats.array_calls,
        "trace_seconds": stats.trace_seconds,
        "compile_seconds": stats.compile_seconds,
        "program_bytes": stats.bytes,
        "peak_bytes": peak_bytes() - before,
    }


def growing(steps: int) -> Figures:
    """The bytes by which the process, and what Python counts in it, grew over so many compiled moons steps each."""
    contender = Compiled(moons_problem(), "float64")
    _take(contender, steps // 10)
    resident = resident_bytes()
    _take(contender, steps)
    grown = resident_bytes() - resident
    tracemalloc.start()
    _take(contender, steps // 10)
    traced, _ = tracemalloc.get_traced_memory()
    _take(contender, steps)
    return {"steps": steps, "resident": grown, "traced": tracemalloc.get_traced_memory()[0] - traced}


def peak_bytes() -> int:
    """The most memory that this process has had so far.

    Where Linux tells the peak of the program alone, that is it: a child's ru_maxrss begins at its parent's.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return 1024 * int(line.split()[1])
    unit = 1 if sys.platform == "darwin" else 1024
    return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def resident_bytes() -> int:
    """The memory of this process now; its peak where the system does not tell."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if statm.exists() else peak_bytes()


def _take(contender: Compiled, steps: int) -> None:
    for _ in range(steps):
        contender.step()
    gc.collect()


def _elementary(points: int) -> Callable[[], Figures]:
    return lambda: compiling(moons_problem(points, elementary=True))


CASES: dict[str, Callable[[], Figures]] = {
    "moons, * and + alone": _elementary(100),
    "MLP 784-50-10, batch 32, vmap": lambda: compiling(classifier_problem([784, 50, 10], 32)),
    "MLP 784-50-10, batch 32, a list": lambda: compiling(classifier_problem([784, 50, 10], 32, lifted=False)),
}
"""Figures of `compiling` by the row's name."""

GROWTH: dict[str, Callable[[], Figures]] = {
    f"moons, {points:,} points": _elementary(points) for points in (15, 153, 1_530)
}
"""The same step with about 10,000, 100,000 and 1,000,000 nodes."""

FLAT: dict[str, Callable[[], Figures]] = {
    f"{steps:,} moons steps": lambda steps=steps: growing(steps)  # type: ignore[misc]
    for steps in (10_000,)
}
"""Figures of `growing` by the row's name."""
