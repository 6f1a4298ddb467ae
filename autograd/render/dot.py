"""From a Picture to the source that Graphviz draws it from."""

from __future__ import annotations

import html
import textwrap
from collections import Counter, defaultdict
from dataclasses import replace
from itertools import count
from typing import Any

from ..errors import RenderError
from .picture import Arrow, Box, Cluster, Picture

BLUE, ORANGE = (0, 114, 178), (213, 94, 0)
"""The gradient's colours, positive and negative (Okabe & Ito, "Color universal design", 2008)."""

APART = {"minlen": "2"}
"""For an arrow into a frame, to a box that others in the frame feed: leaves these room beside the arrow's tail."""

FONT = "Helvetica,Arial,sans-serif"

JOINERS = "\u200c\u200d"
"""What joins letters, as in Hindi, and emoji; Python does not count it as printable."""

MISREAD = str.maketrans({"\\": "&#92;&#92;", "]": "&#93;"})
"""What means something to Graphviz even in text: `\\N` is the name of the box, and old ones trip over a bracket."""

PAGE = (75, 50)
"""Letters in a line, and lines on a page, of the size of those in the boxes."""

LEGIBLE = 1 / 3
"""Letters smaller than by this factor cannot be read on a page."""

SHAPES = {
    "leaf": {"style": "rounded,filled"},
    "node": {"style": "filled"},
    "many": {"style": "filled", "peripheries": "2"},
    "broken": {"style": "filled", "fillcolor": "#f0e442", "penwidth": "3"},
}


def digraph(picture: Picture) -> Any:
    """The picture as a `graphviz.Digraph`; RenderError if that package is missing."""
    try:
        from graphviz import Digraph
    except ImportError:
        raise RenderError("the Python package graphviz is missing; pip install graphviz") from None
    graph = Digraph("graph")
    graph.attr(rankdir=picture.direction or _direction(picture), newrank="true", nodesep="0.12", ranksep="0.4")
    graph.attr(bgcolor="white", fontname=FONT, fontsize="11")
    graph.attr("node", shape="box", fontname=FONT, fontsize="11", margin="0.09,0.05", height="0.2", width="0.2")
    graph.attr("edge", fontname=FONT, fontsize="9", arrowsize="0.6", color="#555555", fontcolor="#555555")
    if picture.note:
        note = "".join(f'{_escaped(line)}<BR ALIGN="LEFT"/>' for line in textwrap.wrap(picture.note, 90))
        graph.attr(label=f"<{note}>", labelloc="t", labeljust="l")
    _put_boxes(graph, picture)
    frame = {box.id: box.inside for box in picture.boxes}
    fed = {arrow.head for arrow in picture.arrows if frame[arrow.tail] is frame[arrow.head]}
    for arrow in picture.arrows:
        apart = arrow.head in fed and frame[arrow.tail] is not frame[arrow.head]
        graph.edge(arrow.tail, arrow.head, **_arrow(arrow), **(APART if apart else {}))
    return graph


def _direction(picture: Picture) -> str:
    """From left to right, or from top to bottom if only that can be read on a page."""
    if not picture.boxes:
        return "LR"
    place = {box.id: at for at, box in enumerate(picture.boxes)}
    level = dict.fromkeys(place, 0)  # how many arrows there are to the end, on the longest way
    for arrow in sorted(picture.arrows, key=lambda arrow: -place[arrow.head]):
        if place[arrow.tail] < place[arrow.head]:
            level[arrow.tail] = max(level[arrow.tail], level[arrow.head] + 1)
    sizes = Counter(level.values())
    long, broad = len(sizes), max(sizes.values())
    wide = max(len(max((box.title + line for line in box.lines), key=len)) for box in picture.boxes) + 4
    high = max(len(box.lines) for box in picture.boxes) + 1
    sideways = min(PAGE[0] / (long * (wide + 4)), PAGE[1] / (broad * high), 1.0)
    down = min(PAGE[0] / (broad * wide), PAGE[1] / (long * (high + 2)), 1.0)
    return "TB" if sideways < LEGIBLE and down > 2 * sideways else "LR"


def _put_boxes(graph: Any, picture: Picture) -> None:
    """The boxes, each inside its cluster, the clusters inside one another."""
    boxes: dict[Cluster | None, list[Box]] = defaultdict(list)
    inner: dict[Cluster | None, list[Cluster]] = defaultdict(list)
    for box in picture.boxes:
        boxes[box.inside].append(box)
        cluster = box.inside
        while cluster is not None and cluster not in inner[cluster.inside]:
            inner[cluster.inside].append(cluster)
            cluster = cluster.inside
    numbers = count()

    def fill(part: Any, cluster: Cluster | None) -> None:
        for box in boxes[cluster]:
            part.node(box.id, **_box(box))
        for each in reversed(inner[cluster]):  # Graphviz puts the first one at the bottom
            titles = [each.title]
            while not boxes[each] and len(inner[each]) == 1:  # a frame around nothing but a frame
                [each] = inner[each]
                titles.append(each.title)
            if len(boxes[each]) == 1 and not inner[each]:  # a frame around a single box
                [box] = boxes[each]
                part.node(box.id, **_box(replace(box, title=" / ".join([*titles, box.title]))))
                continue
            with part.subgraph(name=f"cluster_{next(numbers)}") as frame:
                frame.attr(label=_lines([" / ".join(titles)]), style="rounded", color="#aaaaaa", fontcolor="#555555")
                frame.attr(fontsize="10", labeljust="r", margin="8")  # on the left, arrows come in
                fill(frame, each)

    fill(graph, None)


def _box(box: Box) -> dict[str, str]:
    return {
        "label": _lines(list(box.lines), box.title),
        "id": box.id,
        "fillcolor": _tint(box.shade),
        "penwidth": f"{0.8 + 1.2 * abs(box.shade):.2f}",
        "tooltip": _escaped((box.hint or box.title).replace("\\", "\\\\")),  # Graphviz reads it twice
        **SHAPES[box.style],
    }


def _arrow(arrow: Arrow) -> dict[str, str]:
    attributes = {"id": arrow.id}
    if arrow.label:
        attributes["label"] = _lines([f"{arrow.place}: {arrow.label}" if arrow.place else arrow.label])
    elif arrow.place:
        attributes["headlabel"] = _lines([arrow.place])
        attributes["labeldistance"] = "1.4"
    if arrow.count > 1:
        attributes["penwidth"] = "1.5"
    return attributes


def _lines(lines: list[str], title: str = "") -> str:
    """Lines of plain text as an HTML-like label, in which nothing of the text is taken for markup."""
    rows = [_escaped(line) for line in lines] or [""]
    if title:
        rows[0] = f"<B>{_escaped(title)}</B> {rows[0]}"
    return f"<{'<BR/>'.join(rows) or ' '}>"


def _escaped(line: str) -> str:
    """One line of text in which Graphviz, and XML after it, find nothing but letters."""
    letters = (letter if letter.isprintable() or letter in JOINERS else " " for letter in line)
    return html.escape("".join(letters)).translate(MISREAD) or " "


def _tint(shade: float) -> str:
    """White for 0, towards blue above and towards orange below; never so dark that black text is hard to read."""
    strength = min(abs(shade), 1.0) * 0.55
    colour = BLUE if shade > 0 else ORANGE
    return "#" + "".join(f"{round(255 + (part - 255) * strength):02x}" for part in colour)
