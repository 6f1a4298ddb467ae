"""Graphs to look at: as pictures, as text, as formulas."""

from .drawing import Drawing, draw
from .text import tree

__all__ = ["Drawing", "draw", "tree"]
