"""Graphs to look at: as pictures, as pages and dialogues to step through, as text, as formulas."""

from . import explorer as explorer  # importing it gives Drawing its pages, and Steps theirs
from .drawing import Drawing as Drawing
from .drawing import draw as draw
from .latex import latex as latex
from .text import tree as tree
from .walk import walk as walk
