"""The tables of workloads (e) and (f): steps side by side, and what compiling costs."""

from collections.abc import Iterator
from typing import Any

from ..tables import table
from .contenders import present
from .costs import CASES, FLAT, GROWTH
from .one_thread import in_one_thread
from .problems import PROBLEMS

CONTENDERS = ("eager", "numpy", "jax", "torch", "jit")
RATIOS = (("jit", "numpy"), ("jit", "jax"), ("jit", "torch"), ("eager", "jit"), ("micrograd", "jit"))
MEGABYTE = 1e6


def steps_report(seconds: float) -> Iterator[str]:
    """What is missing, then two tables: times, and ratios of those to the times of jit."""
    yield from present().skipped
    rows = [row for name in PROBLEMS for row in in_one_thread(["--step", name, "--seconds", str(seconds)])]
    title = "(e) a training step on one thread, float64 and float32: microseconds, medians"
    yield table(title, ("step", "", *CONTENDERS), [(*_name(row), *_times(row)) for row in rows])
    title = "    the same as ratios: how many times as long as the other it takes"
    header = ("step", "", *(f"{a}/{b}" for a, b in RATIOS))
    yield table(title, header, [(*_name(row), *_ratios(row)) for row in rows])


def costs_report() -> Iterator[str]:
    """The tables of compiling, of its growth with the graph, and of memory over many steps."""
    header = ("step", "nodes", "calls", "trace ms", "compile ms", "peak MB", "arrays MB")
    yield table("(f) what compiling costs, on one thread", header, [_cost(name) for name in CASES])
    growth = [_cost(name, by_node=True) for name in GROWTH]
    yield table("    and how the first of these grows with the graph", (*header, "ns/node"), growth)
    rows = [(name, *_growth(in_one_thread(["--cost", name]))) for name in FLAT]
    columns = ("memory over", "resident grew by", "Python's grew by")
    yield table("    and what compiled steps leave behind", columns, rows)


def _name(row: dict[str, Any]) -> tuple[str, str]:
    return row["title"], row["dtype"].replace("float", "f")


def _times(row: dict[str, Any]) -> Iterator[str]:
    for contender in CONTENDERS:
        microseconds = row["microseconds"].get(contender)
        yield "-" if microseconds is None else f"{microseconds:,.0f}"


def _ratios(row: dict[str, Any]) -> Iterator[str]:
    by_name = row["microseconds"]
    for a, b in RATIOS:
        ratio = by_name[a] / by_name[b] if a in by_name and b in by_name else None
        yield "-" if ratio is None else f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:.2f}"


def _cost(name: str, by_node: bool = False) -> tuple[str, ...]:
    figures = in_one_thread(["--cost", name])
    nodes, trace, rest = figures["nodes"], figures["trace_seconds"], figures["compile_seconds"]
    counts = (f"{nodes:,}", f"{figures['array_calls']:,}")
    megabytes = (f"{figures[key] / MEGABYTE:,.1f}" for key in ("peak_bytes", "program_bytes"))
    per_node = (f"{1e9 * (trace + rest) / nodes:,.0f}",) if by_node else ()
    return name, *counts, f"{1e3 * trace:,.0f}", f"{1e3 * rest:,.0f}", *megabytes, *per_node


def _growth(figures: dict[str, Any]) -> tuple[str, str]:
    resident, traced = (f"{figures[key] / 1e3:,.1f} kB" for key in ("resident", "traced"))
    return resident, traced
