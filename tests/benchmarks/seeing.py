"""How long it takes to look at a graph: to draw it, to list its steps, to print it."""

import statistics
import time
from collections.abc import Callable

from autograd import Value, draw, explain, steps, tree
from nets import MLP

from .engines import Glassgrad
from .tables import table
from .workloads import grow, random_dag


def seeing_report() -> list[str]:
    """A table of seconds, the medians of some runs."""
    net = MLP(2, [4, 4, 1], seed=1)([Value(0.5, "x0"), Value(-1.0, "x1")])
    dag, large = (grow(random_dag(size), Glassgrad())[-1] for size in (10_000, 1_000_000))
    for root in (net, dag):
        root.backward()
    leaf = next(node for node in steps(dag).names.order if node.op is None)
    looks: list[tuple[str, Callable[[], object]]] = [
        ("draw the graph of an MLP 2-4-4-1, as SVG", lambda: draw(net).svg()),
        ("the same as a page to step through", lambda: steps(net)._repr_html_()),
        ("steps of a random DAG of 10,000 nodes", lambda: steps(dag)),
        ("the same, printed", lambda: str(steps(dag))),
        ("draw it, as SVG", lambda: draw(dag).svg()),
        ("explain its gradient in one leaf", lambda: str(explain(dag, leaf))),
        ("draw a part of one of 1,000,000 nodes, as SVG", lambda: draw(large).svg()),
        ("its beginning as text", lambda: tree(large)),
    ]
    rows = [(name, f"{_seconds(look):.3f}") for name, look in looks]
    return [table("(h) looking at graphs", ("", "seconds"), rows)]


def _seconds(look: Callable[[], object], repeats: int = 5) -> float:
    taken = []
    for _ in range(repeats):
        started = time.perf_counter()
        look()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)
