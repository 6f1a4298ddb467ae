"""The data of stages 2 and 3: a scalar graph as numbered values, and the forms in which they are made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from ..parameter import FlatParameters
from ..value import Value

Ids: TypeAlias = np.ndarray


@dataclass
class Leaves:
    """An array that is there before the program runs: the parameters, an argument, the constants and so on."""

    kind: str
    """ "parameter", "leaf", "input", "draw", "size" or "constant"."""
    part: int = 0
    batched: bool = False
    size: int = 0


@dataclass
class Map:
    """An op applied to values."""

    op: Any
    args: tuple[int, ...]


@dataclass
class Sum:
    """The sum of products a * b and of addends, each given one by one or as rows of ids."""

    a: list[int] = field(default_factory=list)
    b: list[int] = field(default_factory=list)
    addends: list[int] = field(default_factory=list)
    product_rows: list[tuple[Ids, Ids]] = field(default_factory=list)
    addend_rows: list[Ids] = field(default_factory=list)

    def take(self, other: Sum) -> None:
        """Appends the terms of the other one."""
        self.a += other.a
        self.b += other.b
        self.addends += other.addends
        self.product_rows += other.product_rows
        self.addend_rows += other.addend_rows


@dataclass
class OverRow:
    """An op over one row of values and, for `pick`, an index."""

    op: Any
    row: Ids
    index: int = -1


@dataclass
class OverBatch:
    """The sum of a value over all examples."""

    arg: int


@dataclass
class Foreign:
    """A row op that has no array form here: it is evaluated by its record, node by node."""

    op: Any
    rows: tuple[Ids, ...]


Form: TypeAlias = Any
"""A Map, Sum, OverRow, OverBatch or Foreign."""


@dataclass
class Flat:
    """The graph: arrays of leaves, and a form for each inner value, arguments before what is made of them."""

    leaves: list[Leaves]
    array_of: list[int]
    """The index in `leaves` of the array a leaf lies in, by id; -1 for an inner value."""
    position: list[int]
    """Where it lies there."""
    forms: dict[int, Form]
    batched: list[bool]
    constants: list[float]
    outputs: list[int]
    parameters: FlatParameters
    """In the order in which they lie; their ids are their positions in the stretch from the first to the last."""
    outer: list[Value]
    """Leaves outside of any storage that outlive the call."""
    values: list[int]
    """The parts of the arguments that are Values; their numbers come before those of `outer`."""
    scalar_nodes: int
    weights: dict[int, int]
    """How many nodes of the graph an inner value stands for, where it is more than one."""
