"""Task 9: the gradients of small graphs, each node in its turn; then graphs that are deep, or have very many paths."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle
from typing import Any, NamedTuple

import numpy as np

from demos.exercises.checking.calls import Raised, need_function
from demos.exercises.checking.numbers import unlike
from demos.exercises.checking.words import shown
from demos.exercises.checks.parts.classes import an_end, any_depth, asking, each_edge_once, numbers
from demos.exercises.checks.parts.missteps import Misstep, misstep
from demos.exercises.checks.parts.orders import Edges, gradients, same
from demos.exercises.verdict import CheckFailed, Finding

HINTS = (
    "On paper: y = c + c with c = b + b and b = a + a. In which order do you get the gradients, and what do you have "
    "to know of c before you can tell that of b?",
    "Two parts. First a list of all nodes, each once and after its arguments: walk down, and append a node when all "
    "below it are in. Then go through the list from its end, and at each node add grad * partial to each argument.",
    "For the list without recursion keep a stack of pairs (node, done). Pop one. If it is done, append the node to "
    "the list. Otherwise, if it was not seen before, push (node, True), and on top of that (arg, False) for each of "
    "its args.",
)

DEEP = 10_000
"""Ten times as deep as Python lets functions call each other, unless told otherwise."""
NUMBERS = (2.5, -0.5, 2.5)
"""What stands in data, over and over; nothing depends on it, and several nodes have the same."""
ADVICE = "Go through this graph by hand, from the root down, and print what is added where."


class Node:
    """What the task's file gives."""

    def __init__(self, data: float, args: tuple[Node, ...], partials: tuple[float, ...]) -> None:
        self.data = data
        self.grad = 0.0
        self.args = args
        self.partials = partials


class Graph(NamedTuple):
    """A graph to be gone through from its root, which need not be the last node."""

    edges: Edges
    root: str
    text: str
    """As a student reads it."""


def check(backward: Any) -> None:
    """Nothing if `backward` finds all gradients of any graph; raises CheckFailed."""
    need_function("backward", backward, 1)
    _small(backward)
    _one_after_the_other(backward)
    _many_paths(backward)
    _deep(backward)


def _small(backward: Any) -> None:
    """All small graphs; what is said is the first that is wrong, and the mistake that gives all that came."""
    outcomes: list[tuple[Graph, dict[str, float]]] = []
    failure = None
    for graph in _graphs():
        try:
            with an_end(graph.text):
                outcomes.append((graph, _gradients(backward, graph)))
        except (CheckFailed, Raised) as error:
            failure = error
            break
    wrong = [(graph, got) for graph, got in outcomes if not same(got, gradients(graph.edges, graph.root))]
    if wrong:
        found = misstep([(graph.edges, graph.root, got) for graph, got in outcomes])
        raise CheckFailed(_finding(*wrong[0], found))
    if failure is not None:
        raise failure


def _finding(graph: Graph, got: dict[str, float], found: Misstep | None) -> Finding:
    want = gradients(graph.edges, graph.root)
    name, cause, advice = (found.name, found.cause, found.advice) if found else ("wrong result", "", ADVICE)
    return Finding(name, graph.text, _words(want), _words(got), cause, advice)


def _one_after_the_other(backward: Any) -> None:
    """Going through a second graph leaves the gradients of the first as they were."""
    text = "u made of x, with partial 3; backward(u); then v made of w, with partial 2; backward(v)"
    kind = _kind_of_node(backward)
    x, w = kind(2.5, (), ()), kind(-0.5, (), ())
    with asking(text):
        backward(kind(7.5, (x,), (3.0,)))
        backward(kind(-1.0, (w,), (2.0,)))
    got = numbers(text, {"x": x, "w": w}, "grad")
    if unlike(list(got.values()), [3.0, 2.0], 1e-9):
        cause = (
            "What was kept from the first graph takes part once more: a list that lives outside of the function, or "
        )
        cause += "a default such as `order=[]`, which is made once, and shared by all calls."
        advice = "Make the list and the set anew inside of the function."
        raise CheckFailed(Finding("stale gradients", text, "x.grad = 3.0, w.grad = 2.0", _words(got), cause, advice))


def _many_paths(backward: Any) -> None:
    """14 diamonds in a row have few edges and many paths; 60 have more paths than anybody can walk."""
    text = "backward(y) on a row of 14 diamonds: 56 edges, but 16,384 paths to x"
    with each_edge_once(text):
        _large(backward, _diamonds(14, text))
    _large(backward, _diamonds(60, "backward(y) on a row of 60 diamonds"))


def _deep(backward: Any) -> None:
    text = f"backward(y) on a chain of {DEEP:,} nodes, each made of the one before it"
    names = [f"v{i}" for i in range(DEEP)]
    chain: Edges = {name: ((names[i - 1], -1.0),) if i else () for i, name in enumerate(names)}
    with any_depth(text):
        _large(backward, Graph(chain, names[-1], text))


def _large(backward: Any, graph: Graph) -> None:
    """Nothing; CheckFailed, which names one node, if a gradient is wrong."""
    got, want = _gradients(backward, graph), gradients(graph.edges, graph.root)
    wrong = next((name for name in reversed(want) if unlike(got[name], want[name], 1e-9)), None)
    if wrong is not None:
        expected, came = _words({wrong: want[wrong]}), _words({wrong: got[wrong]})
        raise CheckFailed(Finding("wrong result", graph.text, expected, came, advice=ADVICE))


def _gradients(backward: Any, graph: Graph) -> dict[str, float]:
    """What the answer leaves in `grad` of each node. What was not to be touched must be as before."""
    nodes: dict[str, Any] = {}
    kind = _kind_of_node(backward)
    for (name, edges), data in zip(graph.edges.items(), cycle(NUMBERS), strict=False):
        args = tuple(nodes[arg] for arg, _ in edges)
        nodes[name] = kind(data, args, tuple(partial for _, partial in edges))
    made = {name: (node.data, node.args, node.partials) for name, node in nodes.items()}
    with asking(graph.text):
        returned = backward(nodes[graph.root])
    for name, node in nodes.items():
        for field, before in zip(("data", "args", "partials"), made[name], strict=True):
            if getattr(node, field, None) is not before:
                advice = "Write to grad alone."
                got = f"{name}.{field} was changed"
                raise CheckFailed(
                    Finding("changes its arguments", graph.text, "a graph as before, with gradients", got, "", advice)
                )
    grads = numbers(graph.text, nodes, "grad")
    if returned is not None and not any(grads.values()):
        cause = "The gradients are returned, perhaps; but in the nodes nothing has changed."
        advice = "Write each gradient to the grad of its node. Nobody looks at what backward returns."
        got = f"all grad are 0, and a {type(returned).__name__} was returned"
        raise CheckFailed(Finding("returns instead of storing", graph.text, "gradients in grad", got, cause, advice))
    return grads


def _kind_of_node(backward: Any) -> Any:
    """The class Node of the answer's own file, which may have been given more fields; else ours."""
    kind: Any = getattr(backward, "__globals__", {}).get("Node")
    try:
        made = kind(1.0, (), ())
        usable = (made.data, made.grad, tuple(made.args), tuple(made.partials)) == (1.0, 0.0, (), ())
    except Exception:  # in a notebook, Node may be anything
        usable = False
    return kind if usable else Node


def _graphs() -> Iterator[Graph]:
    """From a single edge on; then random ones, whose root is now and then below other nodes."""
    yield _graph(y=[("x", 3.0)], x=[])
    yield _graph(y=[("u", 3.0)], u=[("x", -2.0)], x=[])
    yield _graph(y=[("x", 5.0), ("w", 2.0)], w=[], x=[])
    yield _graph(y=[("x", 3.0), ("x", 4.0)], x=[])
    yield _graph(y=[("u", 5.0), ("v", 7.0)], v=[("x", 3.0)], u=[("x", 2.0)], x=[])
    yield _graph(y=[("u", 3.0), ("u", 4.0)], u=[("x", 2.0)], x=[])
    yield _graph(y=[("u", 2.0), ("v", 3.0)], v=[("s", 7.0)], u=[("s", 5.0)], s=[("x", 2.0)], x=[])
    yield _graph(y=[("s", 2.0), ("u", 3.0)], u=[("v", 5.0)], v=[("s", -1.0)], s=[("x", 4.0)], x=[])
    yield _graph(y=[("u", 3.0), ("s", 2.0)], u=[("v", 5.0)], v=[("s", -1.0)], s=[("x", 4.0)], x=[])
    yield _graph("u", y=[("u", 3.0)], u=[("x", 2.0)], x=[])
    rng = np.random.default_rng(9)
    for size in (5, 6, 8, 12):
        names = [f"v{i}" for i in range(size)]
        edges = {
            name: [(names[arg], float(rng.integers(1, 4))) for arg in rng.integers(0, i, size=2)] if i else []
            for i, name in enumerate(names)
        }
        yield _graph(names[-1 - size % 2], **dict(reversed(edges.items())))


def _graph(root: str = "y", **from_the_top: list[tuple[str, float]]) -> Graph:
    """A graph, written from the root down."""
    lines = [f"backward({root}), where"]
    for name, edges in from_the_top.items():
        if edges:
            args = ", ".join(arg for arg, _ in edges)
            partials = ", ".join(f"{partial:g}" for _, partial in edges)
            lines.append(f"{name} is made of {args}, with partial{'s' * (len(edges) > 1)} {partials}")
    return Graph({name: tuple(edges) for name, edges in reversed(from_the_top.items())}, root, "\n".join(lines))


def _diamonds(count: int, text: str) -> Graph:
    """A row of them from x up to y; all partials are 1/2, so every gradient of a corner is 1."""
    edges: dict[str, tuple[tuple[str, float], ...]] = {"x": ()}
    below = "x"
    for i in range(1, count + 1):
        edges[f"a{i}"] = edges[f"b{i}"] = ((below, 0.5),)
        below = "y" if i == count else f"c{i}"
        edges[below] = ((f"a{i}", 1.0), (f"b{i}", 1.0))
    return Graph(edges, "y", text)


def _words(grads: dict[str, float]) -> str:
    return ", ".join(f"{name}.grad = {shown(grad)}" for name, grad in reversed(grads.items()))
