"""Graphs to look at: as pictures, as text, as formulas."""

from .drawing import Drawing, draw
from .latex import latex
from .text import tree

__all__ = ["Drawing", "draw", "latex", "tree"]
