"""The benchmark: `python -m tests.benchmarks --help`."""

import argparse
import os
import platform
import sys
from collections.abc import Callable, Sequence
from typing import NamedTuple

from . import deep
from .compiled import report
from .debugging import debug_report
from .engines import Engine, installed
from .measure import Disagreement, Effort, Times, bytes_of, compare_gradients, times
from .net_jobs import example_job, moons_job
from .seeing import seeing_report
from .tables import table
from .workloads import Job, chain_job, dag_job, random_dag

DESCRIPTION = "Times glassgrad beside other scalar autograd engines, as far as they are installed."
EPILOG = """\
workloads:
  a  random DAG of + * ** relu with 10,000 and 100,000 nodes: ns and bytes per node
  b  the two-moons step: MLP(2, [16, 16, 1]) on 100 points, hinge + L2, backward, SGD update
  c  a 784-16-10 and a 784-50-10 net, forward and backward for one example
  d  a chain of 1,000,000 ops against a chain of 1,000: ns per op
  e  steps compiled by jit beside hand-written NumPy, jax.jit and PyTorch, all on one thread: microseconds
  f  what compiling costs: seconds, peak memory, growth with the graph, what 10,000 steps leave behind
  g  what debug() costs: inside it, and outside it in a process that has used it
  h  looking at graphs: pictures, pages, steps, paths, text: seconds

Figures are medians; `best` is the fastest run. `gc` says whether Python's garbage collector was on, as it is by
default. The first engine is run again next to each other one, and all gradients are compared before anything is
timed. For the others: pip install micrograd xad torch jax
"""
HEADER = ("engine", "gc", "forward", "backward", "both", "best", "x slower than glassgrad")
COLLECTOR = (True, False)


class Plan(NamedTuple):
    """What --quick changes."""

    effort: Effort
    dag_sizes: tuple[int, ...]


FULL = Plan(Effort(6.0), (10_000, 100_000))
QUICK = Plan(Effort(0.5, least=2), (10_000,))


def main(argv: Sequence[str] | None = None) -> int:
    """The exit status: 0, or 1 if the engines' gradients disagree, 130 after Ctrl-C."""
    options = _parsed(argv)
    try:
        return deep.run_deep(lambda: _run(options))
    except Disagreement as error:
        print(f"benchmark: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("benchmark: interrupted", file=sys.stderr, flush=True)
        os._exit(130)  # not waiting for the thread that still computes
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parsed(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="fewer repeats, and no 100,000 nodes")
    parser.add_argument("--only", choices=sorted(WORKLOADS), help="run this workload alone")
    return parser.parse_args(argv)


def _run(options: argparse.Namespace) -> int:
    engines, missing = installed()
    plan = QUICK if options.quick else FULL
    _show(f"Python {platform.python_version()}, {os.cpu_count()} CPUs, {platform.machine()} {platform.system()}")
    for name in missing:
        _show(f"skipped: {name} is not installed")
    _show("")
    for workload in [options.only] if options.only else sorted(WORKLOADS):
        WORKLOADS[workload](engines, plan)
    return 0


def _show(text: str) -> None:
    print(text, flush=True)


# --- the workloads: each prints its tables -------------------------------------------------------------------


def _dags(engines: Sequence[Engine], plan: Plan) -> None:
    for size in plan.dag_sizes:
        dag = random_dag(size)
        jobs = [dag_job(engine, dag) for engine in engines]
        compare_gradients(jobs)
        memory = {job.engine: [_bytes(n, size) for n in bytes_of(job)] for job in jobs}
        rows = [(*row, *memory[engine]) for engine, row in _rows(jobs, plan, size, 1e9)]
        title = f"(a) random DAG of {size:,} nodes, {dag.shares()}: ns per node; bytes per node"
        _show(table(title, (*HEADER, "B forward", "B backward"), rows))


def _moons(engines: Sequence[Engine], plan: Plan) -> None:
    title = "(b) two-moons step, MLP(2, [16, 16, 1]) on 100 points: ms per step (backward with the SGD update)"
    _net_table(title, [moons_job(engine) for engine in engines if engine.differentiates], plan)


def _examples(engines: Sequence[Engine], plan: Plan) -> None:
    for hidden in (16, 50):
        title = f"(c) one example through 784-{hidden}-10, squared error (micrograd has no exp): ms"
        _net_table(title, [example_job(engine, hidden) for engine in engines if engine.differentiates], plan)


def _net_table(title: str, jobs: Sequence[Job], plan: Plan) -> None:
    compare_gradients(jobs)
    _show(table(title, HEADER, [row for _, row in _rows(jobs, plan, 1, 1e3)]))


def _chains(engines: Sequence[Engine], plan: Plan) -> None:
    short, long = 1_000, 1_000_000
    engines = [engine for engine in engines if engine.differentiates]
    compare_gradients([chain_job(engine, short) for engine in engines])
    rows = []
    for on in COLLECTOR:
        at_short = times([chain_job(engine, short) for engine in engines], on, plan.effort)
        at_long = times([chain_job(engine, long) for engine in engines if engine.iterative], on, plan.effort)
        per_op = {t.engine: 1e9 * t.both / long for t in at_long}
        own = per_op[engines[0]]
        for t in at_short:
            ns = 1e9 * t.both / short
            x = per_op.get(t.engine)
            figures = (_figure(x), f"{x / ns:.2f}", f"{x / own:.1f}") if x else (_failure(t.engine), "", "")
            rows.append((*_name(t, on), _figure(ns), *figures))
    header = ("engine", "gc", f"{short:,} ops", f"{long:,} ops", "long / short", HEADER[-1])
    _show(table(f"(d) chain of {short:,} ops and of {long:,}, forward and backward: ns per op", header, rows))


def _compiled_steps(engines: Sequence[Engine], plan: Plan) -> None:
    for text in report.steps_report(plan.effort.seconds):
        _show(text)


def _compiling(engines: Sequence[Engine], plan: Plan) -> None:
    for text in report.costs_report():
        _show(text)


def _debugging(engines: Sequence[Engine], plan: Plan) -> None:
    for text in debug_report(plan.effort.seconds):
        _show(text)


def _seeing(engines: Sequence[Engine], plan: Plan) -> None:
    for text in seeing_report():
        _show(text)


WORKLOADS: dict[str, Callable[[Sequence[Engine], Plan], None]] = {
    "a": _dags,
    "b": _moons,
    "c": _examples,
    "d": _chains,
    "e": _compiled_steps,
    "f": _compiling,
    "g": _debugging,
    "h": _seeing,
}


# --- rows ----------------------------------------------------------------------------------------------------


def _rows(jobs: Sequence[Job], plan: Plan, parts: int, unit: float) -> list[tuple[Engine, tuple[str, ...]]]:
    """For each state of the collector and each engine, its row of times per part in that unit of a second."""
    rows = []
    for on in COLLECTOR:
        measured = times(jobs, on, plan.effort)
        for t in measured:
            figures = [_figure(x * unit / parts) for x in (t.forward, t.backward, t.both, t.best)]
            rows.append((t.engine, (*_name(t, on), *figures, f"{t.both / measured[0].both:.1f}")))
    return rows


def _name(t: Times, on: bool) -> tuple[str, str]:
    return t.engine.name, "on" if on else "off"


def _figure(x: float) -> str:
    """Three digits or more."""
    return f"{x:,.0f}" if x >= 100 else f"{x:.1f}" if x >= 10 else f"{x:.2f}"


def _bytes(n: int | None, nodes: int) -> str:
    return "?" if n is None else f"{n / nodes:.0f}"


def _failure(engine: Engine) -> str:
    """What a chain that is deeper than the recursion limit ends in."""
    try:
        compare_gradients([chain_job(engine, deep.RECURSION_LIMIT + 2)])
    except RecursionError as error:
        return type(error).__name__
    return "too deep"


if __name__ == "__main__":
    sys.exit(main())
