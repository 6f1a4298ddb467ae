"""draw: a graph, or the program of a jitted function, as a picture."""

from __future__ import annotations

import os
import tempfile
import uuid
import webbrowser
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from ..errors import ArgumentError, RenderError
from ..graph import need_root
from ..jit import Jitted, Listing
from ..value import Value
from .dot import digraph
from .expand import expanded
from .graph_picture import graph_picture
from .picture import Picture
from .program_picture import program_picture
from .renderers import rendered
from .text import tree

DIRECTIONS = ("LR", "TB", "RL", "BT")

FORMATS = ("svg", "png", "pdf", "dot", "html")

LARGEST_INLINE = 1000
"""A picture of more boxes is not shown in a notebook by itself."""

SHARP = {"dpi": "150", "size": "200,200"}
"""For PNG files: dots per inch; more than 200 inches would be more dots than such a file can have."""


def draw(
    root: Any,
    *,
    depth: int | None = None,
    expand: bool = False,
    partials: bool = False,
    limit: int = 300,
    direction: str | None = None,
) -> Drawing:
    """A Drawing of the graph below a Value, or of the program of a jitted function (`draw(f.program)`).

    A box is one node: its label, its op, its value and its gradient, blue where that is positive and orange where it
    is negative, the stronger the larger. Neurons, layers and models are frames; `depth` says how many levels of them
    are opened. With `expand` each `dot` and `sum` is drawn as the products and additions it is made of, with
    `partials` each edge carries its local derivative. More than `limit` boxes are folded, and the picture says so.
    The arrows go from left to right, or from top to bottom where that would be a strip too long for a page, or as
    `direction` says: "LR", "TB", "RL" or "BT".

    >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
    >>> draw(a * b)
    v1 = -6.00 = a * b
      a = 2.00
      b = -3.00

    Raises ArgumentError for anything that is no graph.
    """
    if depth is not None:
        _need_whole("depth", depth, 0)
    _need_whole("limit", limit, 1)
    if direction is not None and direction not in DIRECTIONS:
        raise ArgumentError(f"draw: direction is {direction!r}; it needs to be one of {', '.join(DIRECTIONS)}")
    if isinstance(root, Listing):
        return Drawing(replace(program_picture(root), direction=direction or ""), lambda: str(root))
    if isinstance(root, Jitted):
        raise ArgumentError(f"draw takes a Value or a program, got {root!r}; draw its .program or its .graph")
    need_root(root, "draw")
    whole = expanded(root) if expand else root
    picture = graph_picture(whole, depth, limit, partials)
    return Drawing(replace(picture, direction=direction or ""), lambda: tree(whole), whole)


def _need_whole(name: str, given: object, least: int) -> None:
    if not isinstance(given, int) or given < least:
        raise ArgumentError(f"draw: {name} is {given!r}; it needs to be a whole number, {least} or more")


class Drawing:
    """A picture of a graph: shown by itself in a notebook, saved by `save`, opened by `show`.

    Printed it is the graph as text.
    """

    html: ClassVar[Callable[[Drawing], str]]  # stands in explorer.py, which sets it

    def __init__(self, picture: Picture, words: Callable[[], str], root: Value | None = None) -> None:
        self.picture, self.root = picture, root
        self._words = words

    @cached_property
    def words(self) -> str:
        """The graph or program as text."""
        return self._words()

    @cached_property
    def digraph(self) -> Any:
        """The picture as a `graphviz.Digraph`, to be changed at will."""
        return digraph(self.picture)

    @property
    def source(self) -> str:
        """The picture in DOT, the language of Graphviz."""
        return str(self.digraph.source)

    def svg(self) -> str:
        """The picture as SVG, to be put into a page; RenderError if there is no Graphviz."""
        drawn = self._rendered("svg").decode()
        return drawn[drawn.index("<svg") :]

    def save(self, path: str | os.PathLike[str]) -> Path:
        """The path of the file it was written to: .svg, .png, .pdf, .dot, or .html, a page to step through.

        Raises ArgumentError for another ending, FileNotFoundError if there is no such folder, RenderError if there is
        nothing to draw with; a file that was there before is then as it was.
        """
        if not isinstance(path, (str, os.PathLike)):
            raise ArgumentError(f"a drawing is saved under the name of a file, got {path!r}")
        target = Path(path).expanduser()
        kind = target.suffix.lower().removeprefix(".")
        if kind not in FORMATS:
            raise ArgumentError(f"a drawing is saved as .{', .'.join(FORMATS)}; got the name {str(path)!r}")
        write_whole(target, self._as(kind))
        return target

    def show(self) -> None:
        """Nothing; opens the picture in the browser, or says where it is if there is none."""
        folder = Path(tempfile.mkdtemp(prefix="glassgrad-"))
        file = self.save(folder / "graph.svg")
        if not webbrowser.open(file.as_uri()):
            print(f"no browser was found; the picture is {file}")

    def _as(self, kind: str) -> bytes:
        if kind == "dot":
            return self.source.encode()
        if kind == "html":
            return self.html().encode()
        return self._rendered(kind)

    def _rendered(self, kind: str) -> bytes:
        try:
            graph = self.digraph.copy()
            if kind == "png":
                graph.attr(**SHARP)
            return rendered(graph.source, kind)
        except RenderError as error:
            raise RenderError(f"{error}. As text it is:\n{self.words}") from None

    def _repr_svg_(self) -> str | None:
        if len(self.picture.boxes) > LARGEST_INLINE:
            return None
        try:
            return self.svg()
        except RenderError:  # a notebook shows the text then
            return None

    def __repr__(self) -> str:
        return self.words


def write_whole(path: Path, content: bytes) -> None:
    """Nothing; the file holds all of the content, or what it held before."""
    if not path.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {path.parent} to save {path.name} in; make it first")
    temporary = path.with_name(f".glassgrad-{uuid.uuid4().hex}")
    try:
        with open(temporary, "xb") as file:
            file.write(content)
        os.replace(temporary, path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise type(error)(f"cannot write {path.name} into the folder {path.parent}: {error.strerror}") from None
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
