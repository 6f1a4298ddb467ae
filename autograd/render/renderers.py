"""From DOT source to a picture, by whichever Graphviz there is: the `dot` executable, or the one in pygraphviz."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.util import find_spec

from ..errors import RenderError

HOW_TO_INSTALL = (
    "Either of two ways helps: install Graphviz with its executable `dot` (apt install graphviz, brew install "
    "graphviz), or pip install pygraphviz, which brings a Graphviz of its own"
)

PYGRAPHVIZ = """\
import sys
sys.path = [place for place in sys.path if place]
import pygraphviz
graph = pygraphviz.AGraph(string=sys.stdin.buffer.read().decode())
sys.stdout.buffer.write(graph.draw(format=sys.argv[1], prog="dot"))
"""
"""What another Python runs: as a library, Graphviz is not safe in threads, and prints what it pleases.

It looks for modules where they are installed only, not in the folder it is called from, which may hold a `random.py`.
"""


def rendered(source: str, kind: str) -> bytes:
    """The picture in the format `kind`, such as "svg" or "png"; RenderError if there is nothing to render it with."""
    if shutil.which("dot"):
        return _by_dot(source, kind)
    if can_render():
        return _by_pygraphviz(source, kind)
    raise RenderError(f"there is no Graphviz to draw with. {HOW_TO_INSTALL}")


def can_render() -> bool:
    """Whether there is a Graphviz."""
    return bool(shutil.which("dot") or find_spec("pygraphviz"))


def _by_dot(source: str, kind: str) -> bytes:
    import graphviz

    try:
        return graphviz.Source(source).pipe(format=kind, quiet=True)
    except (graphviz.CalledProcessError, graphviz.ExecutableNotFound, OSError) as error:
        raise _failed(kind, getattr(error, "stderr", None) or str(error).encode()) from None


def _by_pygraphviz(source: str, kind: str) -> bytes:
    command = [sys.executable, "-c", PYGRAPHVIZ, kind]
    run = subprocess.run(command, input=source.encode(), capture_output=True, check=False)
    if run.returncode or not run.stdout:
        raise _failed(kind, run.stderr)
    return run.stdout


def _failed(kind: str, said: bytes) -> RenderError:
    """The error to raise when Graphviz has given up, with the last line of what it said."""
    why = said.decode(errors="replace").strip().rpartition("\n")[2] or "it gave nothing"
    return RenderError(f"Graphviz could not draw this as {kind}: {why}. {HOW_TO_INSTALL}")
