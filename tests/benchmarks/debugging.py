"""What `debug()` costs: inside it, and outside it in a process that has used it, beside one that never has.

Two processes of one state differ by some per cent as their memory lies differently. So there are several of each
state, which take turns, run by run, and each ratio comes with that of two states that are the same.
"""

import gc
import multiprocessing
import statistics
import time
import timeit
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from .engines import Glassgrad
from .net_jobs import moons_job
from .tables import table
from .workloads import Job, dag_job, random_dag

STATES = ("never used", "never used again", "used and left", "inside")
"""What the processes have done with debug(); the second state is the first one once more."""

JOBS: dict[str, Callable[[], Job]] = {
    "random DAG of 10,000 nodes": lambda: dag_job(Glassgrad(), random_dag(10_000)),
    "two-moons step": lambda: moons_job(Glassgrad()),
}
EACH = 3
"""So many processes of each state."""


def debug_report(seconds: float) -> list[str]:
    """A table of milliseconds, forward and backward together, and the ratio to the first state; the price of the hook.

    The time outside debug() is to stay within 2 % of what it was.
    """
    rows = []
    for name in JOBS:
        runs = _measured(name, seconds)
        first = statistics.median(map(statistics.median, runs[STATES[0]]))
        for state in STATES:
            medians = [statistics.median(times) for times in runs[state]]
            middle, best = statistics.median(medians), min(map(min, runs[state]))
            ratios = middle / first, best / min(map(min, runs[STATES[0]]))
            rows.append((name, state, f"{1e3 * middle:.2f}", f"{1e3 * best:.2f}", *(f"{x:.3f}" for x in ratios)))
    header = ("workload", "debug()", "median", "best", "ratio of medians", "ratio of best")
    title = f"(g) what debug() costs, {EACH} processes of each kind in turn: ms, forward and backward"
    return [table(title, header, rows), _price_of_the_hook()]


def _price_of_the_hook() -> str:
    """What each call of backward or grad pays for asking whether anyone inspects graphs."""
    from autograd.watch import inspector

    ns = min(timeit.repeat(inspector.get, number=100_000)) / 100_000 * 1e9
    return f"asking for an inspector, once in each call of backward() and grad(): {ns:.0f} ns\n"


def _measured(name: str, seconds: float) -> dict[str, list[list[float]]]:
    """The seconds of every run of that job: one list for each process of each state."""
    spawn = multiprocessing.get_context("spawn")
    workers = []
    for state in STATES * EACH:
        ours, theirs = spawn.Pipe()
        process = spawn.Process(target=_work, args=(theirs, name, state), daemon=True)
        process.start()
        workers.append((state, ours, process, []))
    try:
        for _, pipe, _, _ in workers:
            pipe.recv()
        deadline = time.perf_counter() + seconds
        while time.perf_counter() < deadline or len(workers[0][3]) < 3:
            for _, pipe, _, times in workers:
                pipe.send(True)
                times.append(pipe.recv())
    finally:
        for _, pipe, process, _ in workers:
            pipe.close()
            process.join()
    return {state: [times for each, _, _, times in workers if each == state] for state in STATES}


def _work(pipe: Any, name: str, state: str) -> None:
    """What a process does: one run for each message, until the other end is closed."""
    from autograd import debug

    job = JOBS[name]()
    if state == "used and left":
        with debug():
            job.backward(job.forward())
    with debug() if state == "inside" else nullcontext():
        _run(job, 3)
        pipe.send(True)
        try:
            while pipe.recv():
                pipe.send(_run(job, 1))
        except EOFError:
            pass


def _run(job: Job, times: int) -> float:
    """Seconds of the last of so many runs, the garbage collector being off; freeing the graph is not in them."""
    took = 0.0
    for _ in range(times):
        gc.collect()
        gc.disable()
        start = time.perf_counter()
        graph = job.forward()
        job.backward(graph)
        took = time.perf_counter() - start
        gc.enable()
        del graph
    return took
