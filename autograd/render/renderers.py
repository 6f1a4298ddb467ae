"""From DOT source to a picture, by whichever Graphviz there is: the `dot` executable, or the one in pygraphviz."""

from __future__ import annotations

import shutil

from ..errors import RenderError

HOW_TO_INSTALL = (
    "either of two ways helps: the executable `dot` (apt install graphviz, brew install graphviz), or "
    'pip install "glassgrad[draw]", whose pygraphviz brings its own Graphviz'
)


def rendered(source: str, kind: str) -> bytes:
    """The picture in the format `kind`, such as "svg" or "png"; RenderError if there is nothing to render it with."""
    if shutil.which("dot"):
        return _by_executable(source, kind)
    return _by_pygraphviz(source, kind)


def can_render() -> bool:
    """Whether there is a Graphviz."""
    if shutil.which("dot"):
        return True
    try:
        import pygraphviz  # noqa: F401
    except ImportError:
        return False
    return True


def _by_executable(source: str, kind: str) -> bytes:
    import graphviz

    try:
        return graphviz.Source(source).pipe(format=kind)
    except (graphviz.ExecutableNotFound, graphviz.CalledProcessError) as error:
        raise RenderError(f"Graphviz could not draw this as {kind}: {error}") from None


def _by_pygraphviz(source: str, kind: str) -> bytes:
    try:
        import pygraphviz
    except ImportError:
        raise RenderError(f"there is no Graphviz to draw with; {HOW_TO_INSTALL}") from None
    drawn = pygraphviz.AGraph(string=source).draw(format=kind, prog="dot")
    if not drawn:
        raise RenderError(f"pygraphviz could not draw this as {kind}; {HOW_TO_INSTALL}")
    return bytes(drawn)
