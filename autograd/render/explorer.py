"""A page to step through a graph in the browser, and to change its leaves: `draw(...).html()`, `steps(...)`.

The page gets the numbers that the engine computed, and the records of the ops as JavaScript: so it tells the same
steps in the same words, and computes them anew when a leaf is changed. It needs nothing but itself, no network.
The graph stays what it is: a branch that Python took when it was built is not taken anew.
"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from dataclasses import replace
from importlib.resources import files
from typing import Any

from ..applications import outdated
from ..errors import AutogradError, RenderError
from ..names import Names, bracketed
from ..notes import line_of
from ..steps import Backward, Forward, Start, Steps, steps
from ..value import Value
from .dot import digraph
from .drawing import Drawing, draw
from .picture import Picture
from .script import Script, literal

LARGEST_INLINE = 300
"""The steps of a graph with more nodes are shown in a notebook as text."""

LARGEST_DRAWN = 2000
"""A graph with more nodes is not recommended to be drawn in full."""

ROOM = len("= -0.000,  grad -0.000")
"""So many letters fit into each box, however short its numbers are at first."""


def page(drawing: Drawing) -> str:
    """The drawing as an HTML page that needs no other file; one can step through it if each box is a single node."""
    told, note = _steps_of(drawing)
    if told is None:
        title = "program" if drawing.root is None else Names(drawing.root)[drawing.root]
        return _filled(title, drawing.svg(), note)
    return _page_of(told, _beginnings(told), drawing)


def steps_in_a_frame(told: Steps) -> str:
    """The steps as a frame for a notebook: a page to step through, or text if they are many or nothing can draw."""
    if len(told.names.order) <= LARGEST_INLINE:
        try:
            drawing = draw(told.root, limit=LARGEST_INLINE)
            return _framed(_page_of(told, _recorded(told), drawing))
        except RenderError:
            pass
    return f"<pre>{html.escape(repr(told))}</pre>"


Drawing.html = page
Steps._repr_html_ = steps_in_a_frame


# --- the page ------------------------------------------------------------------------------------------------


def _steps_of(drawing: Drawing) -> tuple[Steps | None, str]:
    """The steps of the graph that is drawn, or why there are none."""
    picture = drawing.picture
    if drawing.root is None:
        return None, ""
    if len(picture.boxes) < picture.nodes:
        how = "draw a smaller one, such as that of one example"
        if picture.nodes <= LARGEST_DRAWN:
            how = f"draw(..., limit={picture.nodes}) without depth does that"
        return None, f"One can step through a graph that is drawn in full, with a box for each node: {how}."
    try:
        return steps(drawing.root), ""
    except AutogradError as error:
        return None, f"There are no steps to go through. {error}"


def _page_of(told: Steps, beginnings: dict[Value, float], drawing: Drawing) -> str:
    script = Script()
    graph = _graph(told, beginnings, script)
    graph["labelled"] = any(arrow.label for arrow in drawing.picture.arrows)
    shown = drawing
    if str(digraph(drawing.picture).source) == drawing.source:  # it has not been changed by hand
        shown = Drawing(_with_room(drawing.picture), lambda: drawing.words, drawing.root)
    return _filled(
        told.names[told.root], shown.svg(), outdated(told.names), f"const GRAPH = {literal(graph)};", script.written()
    )


def _filled(title: str, svg: str, note: str, graph: str = "", functions: str = "") -> str:
    """The template with its gaps filled, all at once, so that nothing in a name is taken for a gap."""
    gaps = {
        "title": html.escape(title),
        "note": html.escape(note),
        "svg": svg,
        "graph": graph,
        "functions": functions,
    }
    template = files(__package__).joinpath("explorer.html").read_text("utf-8")
    return re.sub("@@([a-z]+)@@", lambda gap: gaps[gap[1]], template)


def _framed(content: str) -> str:
    """The page in a frame as high as its picture asks for."""
    size = re.search(r'<svg width="[\d.]+pt" height="([\d.]+)pt"', content)
    height = min(max(360 + 4 / 3 * float(size[1] if size else 300), 460), 900)
    style = f"width: 100%; height: {height:.0f}px; border: 1px solid #ccc"
    return f'<iframe sandbox="allow-scripts" style="{style}" srcdoc="{html.escape(content)}"></iframe>'


def _with_room(picture: Picture) -> Picture:
    """The picture with room in its boxes for longer numbers; a blank is about half as wide as a digit."""
    boxes = []
    for box in picture.boxes:
        numbers = box.lines[-1]
        missing = max(ROOM - len(numbers), 2)
        boxes.append(replace(box, lines=(*box.lines[:-1], numbers + "  " * missing)))
    return replace(picture, boxes=tuple(boxes))


# --- the graph -----------------------------------------------------------------------------------------------


def _graph(told: Steps, beginnings: dict[Value, float], script: Script) -> dict[str, Any]:
    """Nodes, arguments first, and the kinds of them, each with its formulas."""
    order = told.names.order
    index = {node: i for i, node in enumerate(order)}
    applied = {step.node: step.application for step in told.forward if isinstance(step, Forward)}
    values = {x.node: x.value for each in applied.values() for x in each.operands if x.node is not None}
    partials: dict[Value, dict[int, float]] = defaultdict(dict)
    for step in told.backward:
        if isinstance(step, Backward):
            partials[step.node][step.position] = step.partial
    nodes = []
    for node in order:
        name = told.names[node]
        about = {"name": name, "called": bracketed(name), "line": line_of(node), "value": values.get(node, node.data)}
        if node.op is None:
            about |= {"kind": None, "before": float(beginnings.get(node, node.grad) or 0.0)}
        else:
            operands = applied[node].operands
            about |= {
                "value": applied[node].value,
                "kind": script.kind(applied[node]),
                "operands": [{"number": x.value} if x.node is None else index[x.node] for x in operands],
                "partials": [partials[node].get(at) for at in range(len(operands))],  # None: it was not asked for
            }
        nodes.append(about)
    return {"nodes": nodes, "kinds": script.kinds, "fixed": script.missing}


def _recorded(told: Steps) -> dict[Value, float]:
    """The gradients that the leaves began with in these steps; those that got nothing are not among them."""
    found: dict[Value, float] = {}
    for step in told.backward:
        if isinstance(step, Backward):
            found.setdefault(step.arg, step.before)
        elif isinstance(step, Start):
            found.setdefault(step.node, step.before)
    return found


def _beginnings(told: Steps) -> dict[Value, float]:
    """The gradients that the leaves began with; none if what is there now comes from these very steps.

    So the page of a graph that backward() has gone through ends with the gradients that the picture shows, and that
    of another graph with those that backward() would leave.
    """
    anew: dict[Value, float] = defaultdict(float)
    for step in told.backward:
        anew[step.arg if isinstance(step, Backward) else step.node] += step.result
    done = all(_same(node.grad, anew[node]) for node in told.names.order)
    return dict.fromkeys(told.names.order, 0.0) if done else _recorded(told)


def _same(a: float, b: float) -> bool:
    return a == b or (a != a and b != b)
