"""Picture: boxes, arrows and clusters, before they are given to Graphviz. It knows nothing of Values or programs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class Cluster:
    """A frame around boxes; `inside` is the frame around it. Two frames may have one title."""

    title: str
    inside: Cluster | None = None


@dataclass(frozen=True)
class Box:
    """A box with lines of text, the title being the beginning of the first one."""

    id: str
    title: str
    lines: tuple[str, ...] = ()
    shade: float = 0.0
    """Its colour: from -1, strongly orange, over 0, white, to 1, strongly blue."""
    style: str = "node"
    """What it is: "leaf", "node", "many" (it stands for many nodes) or "broken" (a number in it is NaN or infinite)."""
    hint: str = ""
    """What is shown when the mouse rests on it."""
    inside: Cluster | None = None


@dataclass(frozen=True)
class Arrow:
    """An arrow between two boxes, by their ids."""

    id: str
    tail: str
    head: str
    label: str = ""
    place: str = ""
    """Which operand of the head it is, where that matters."""
    count: int = 1
    """How many edges it stands for."""


@dataclass(frozen=True)
class Picture:
    """What is drawn, and what is to be said of it."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    note: str = ""
    """What the picture leaves out, and how to see it."""
    nodes: int = 0
    """How many nodes it is a picture of; 0 if it is not known."""
    direction: str = ""
    """Which way the arrows go: "LR", "TB", "RL" or "BT"; left to right and so on. Empty: as it fits a page."""
