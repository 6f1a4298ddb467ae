"""From the program of a jitted function to a Picture: its arguments, and a box for each line."""

from __future__ import annotations

import textwrap

from ..jit import Listing
from ..number import counted
from .picture import Arrow, Box, Picture

WIDTH = 44
"""Letters in a line of a box."""


def program_picture(program: Listing) -> Picture:
    """The arrays of a program, arguments first; parameters stand in the formulas only."""
    arguments = {name: Box(f"a{i}", name, (shape,), 0.0, "leaf") for i, (name, shape) in enumerate(_used(program))}
    lines = {}
    for i, line in enumerate(program.parts):
        formula = textwrap.wrap(f"= {line.formula}", WIDTH, break_long_words=False, break_on_hyphens=False)
        count = (counted(line.nodes, "node"),) if line.nodes else ()
        lines[line.name] = Box(f"l{i}", line.name, (line.shape, *formula, *count), 0.0, "many", str(line))
    boxes = {**arguments, **lines}
    arrows = [
        Arrow(f"r{i}_{boxes[name].id}", boxes[name].id, lines[line.name].id)
        for i, line in enumerate(program.parts)
        for name in line.reads
        if name in boxes
    ]
    nodes = sum(line.nodes for line in program.parts)
    note = f"{counted(nodes, 'node')} in {counted(len(lines), 'array')}."
    return Picture(tuple(boxes.values()), tuple(arrows), note, nodes)


def _used(program: Listing) -> list[tuple[str, str]]:
    """The arguments that some line reads, with their shapes."""
    read = {name for line in program.parts for name in line.reads}
    return [(name, shape) for name, shape in program.arguments().items() if name in read]
