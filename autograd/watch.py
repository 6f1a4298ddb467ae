"""Who watches the numbers of Values being read: nobody, or the trace that `jit` is taking; and who inspects graphs.

While a function is traced, its numbers stand for all the numbers that later calls will bring. What a program reads of
a number, rather than computes with it, cannot follow: the watcher refuses it or keeps a note.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any, Protocol


class Watcher(Protocol):
    """What is told of reads and of new leaves while it stands in `watcher`."""

    def compare(self, sign: str, a: Any, b: Any) -> Any:
        """What `a < b` (or another sign) comes to: a node that is 1 or 0."""

    def read(self, node: Any) -> None:
        """The number of the node is looked at, as by `.data`."""

    def need(self, node: Any, what: str) -> None:
        """Python itself needs the number, as `if`, `float` and `range` do."""

    def draw(self, rng: Any) -> Any:
        """A number drawn from `rng`, to be drawn anew in each call."""

    def made(self, leaf: Any) -> None:
        """A leaf was made."""


class Inspector(Protocol):
    """What is told of each graph that is to be differentiated while it stands in `inspector`."""

    def inspect(self, root: Any, xs: Iterable[Any] | None = None) -> None:
        """Looks at all below the root before a gradient in the xs, or in all leaves, is computed; may refuse it."""


watcher: ContextVar[Watcher | None] = ContextVar("watcher", default=None)

inspector: ContextVar[Inspector | None] = ContextVar("inspector", default=None)

as_it_stands: ContextVar[bool] = ContextVar("as_it_stands", default=False)
"""Whether jitted functions run without being compiled, as they do when their results are checked."""
