"""Timing and memory: how long and how large one engine's graph is, beside the others in the same run."""

import gc
import math
import statistics
import sys
import time
import tracemalloc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from .engines import Engine
from .workloads import Job

TOLERANCE = 1e-9
"""Gradients agree if they differ by no more than this, relative to the larger one."""


class Disagreement(Exception):
    """Two engines gave different gradients for one workload."""


@dataclass(frozen=True)
class Times:
    """Seconds of one engine in one state of the garbage collector: medians, and the fastest whole run."""

    engine: Engine
    forward: float
    backward: float
    both: float
    best: float


@dataclass(frozen=True)
class Effort:
    """How often to repeat: until the seconds are spent, but at least and at most so many times."""

    seconds: float
    least: int = 3
    most: int = 41


def compare_gradients(jobs: Sequence[Job]) -> None:
    """Nothing, if all engines that differentiate give the gradients that the first one gives; else Disagreement."""
    first, *others = [job for job in jobs if job.engine.differentiates]
    expected = _gradients(first)
    for job in others:
        for at, (ours, theirs) in enumerate(zip(expected, _gradients(job), strict=True)):
            if not math.isclose(ours, theirs, rel_tol=TOLERANCE, abs_tol=1e-300):
                names = f"{first.engine.name} {ours!r}, {job.engine.name} {theirs!r}"
                raise Disagreement(f"the gradients differ in leaf {at} of {len(expected)}: {names}")


def times(jobs: Sequence[Job], collector: bool, effort: Effort) -> list[Times]:
    """The times of each job, in their order, with Python's garbage collector on or off.

    In each round the first one runs before each of the others, so that what else the machine does meets all alike.
    """
    samples: dict[Job, list[tuple[float, float]]] = {job: [] for job in jobs}
    deadline = time.perf_counter() + effort.seconds
    for round_ in range(effort.most):
        if round_ >= effort.least and time.perf_counter() > deadline:
            break
        for job in _interleaved(jobs):
            samples[job].append(_timed(job, collector))
    return [_summary(job, samples[job]) for job in jobs]


def bytes_of(job: Job) -> tuple[int | None, int | None]:
    """The bytes of a graph after forward and after backward, without the list that holds it; None if unknown."""
    gc.collect()
    with job.engine.recording():
        tracemalloc.start()
        try:
            hidden = job.engine.hidden_bytes()
            graph = job.forward()
            holder = sys.getsizeof(graph)
            built = _traced(job.engine, hidden, holder)
            job.backward(graph)
            gone_through = _traced(job.engine, hidden, holder)
        finally:
            tracemalloc.stop()
    return built, gone_through


def _gradients(job: Job) -> list[float]:
    with job.engine.recording():
        graph = job.forward()
        job.backward(graph)
        return job.gradients(graph)


def _interleaved(jobs: Sequence[Job]) -> Iterator[Job]:
    """The first, the second, the first, the third, and so on."""
    first, *others = jobs
    if not others:
        yield first
    for job in others:
        yield first
        yield job


def _timed(job: Job, collector: bool) -> tuple[float, float]:
    """Seconds of forward and of backward; freeing the graph is not in them."""
    gc.collect()
    with job.engine.recording(), _collector(collector):
        start = time.perf_counter()
        graph = job.forward()
        middle = time.perf_counter()
        job.backward(graph)
        end = time.perf_counter()
    del graph
    return middle - start, end - middle


@contextmanager
def _collector(on: bool) -> Iterator[None]:
    """A context with Python's garbage collector on or off; it is on afterwards."""
    if not on:
        gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _summary(job: Job, samples: Sequence[tuple[float, float]]) -> Times:
    forward, backward = zip(*samples, strict=True)
    both = [sum(sample) for sample in samples]
    median = statistics.median
    return Times(job.engine, median(forward), median(backward), median(both), min(both))


def _traced(engine: Engine, hidden_before: int | None, holder: int) -> int | None:
    """What Python and the engine allocated since `hidden_before` was read, less the holder."""
    hidden: Any = engine.hidden_bytes()
    if hidden is None or hidden_before is None:
        return None
    return tracemalloc.get_traced_memory()[0] - holder + hidden - hidden_before
