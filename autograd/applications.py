"""Applications: an op together with its operands, by name and by number, as steps, trees and pictures show them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from .errors import DomainError
from .expressions import Expression, as_it_is_here, partial_formulas, value_formula, variable
from .graph import rows_of
from .names import Names
from .notes import line_of
from .number import constant, figure
from .record import Primitive, RowOp
from .rows import entries, numbers
from .value import Value

LARGEST = 200_000
"""So many nodes are computed again to see whether they still follow from their operands."""


def application(node: Value, names: Names) -> Application:
    """What an inner node was made of."""
    assert node.op is not None
    rows = tuple(tuple(_operand(x, names) for x in entries(row)) for row in rows_of(node))
    return Application(node, names[node], node.op, rows, node.data, line_of(node))


def _operand(x: Any, names: Names) -> Operand:
    return Operand(constant(x), x, None) if x.__class__ is float else Operand(names[x], x.data, x)


def outdated(names: Names) -> str:
    """What to say of a graph in which a number was changed after others were computed from it; empty if none was.

    A very large graph is not looked through.
    """
    for node in names.order if len(names.order) <= LARGEST else ():
        if node.op is not None and not node.op.compound and not _follows(node):
            root = names[names.order[-1]]
            return (
                f"{names[node]} = {figure(node.data)} was computed from other numbers than its operands have now: "
                f"compute {root} again"
            )
    return ""


def _follows(node: Value) -> bool:
    """Whether the op gives the node's number for those that its operands have now."""
    op: Any = node.op
    inputs = [numbers(row) for row in rows_of(node)]
    try:
        again = op.evaluate(inputs if isinstance(op, RowOp) else inputs[0])
    except DomainError:
        return False
    same = math.isclose(again, node.data, rel_tol=1e-9, abs_tol=1e-12)  # not to the bit: sums may be in another order
    return same or (again != again and node.data != node.data)


@dataclass(frozen=True)
class Application:
    """One op applied to its operands: what the steps of one node have in common."""

    node: Value
    name: str
    op: Primitive
    rows: tuple[tuple[Operand, ...], ...]
    value: float
    line: str
    """The user's line that made the node, such as `moons.py:31`; empty if it is not known."""

    @property
    def operands(self) -> tuple[Operand, ...]:
        """All operands, row after row."""
        return self.rows[0] if len(self.rows) == 1 else tuple(x for row in self.rows for x in row)

    def out(self) -> Expression:
        """The node as a variable of formulas."""
        return variable(Operand(self.name, self.value, self.node), self.value)

    def variables(self) -> list[list[Any]]:
        """The operands as they stand in formulas, row after row: constants as numbers."""
        return [[x.value if x.node is None else variable(x, x.value) for x in row] for row in self.rows]

    def formula(self) -> Any:
        """The value as a formula of the operands."""
        return value_formula(self.op, self.variables())

    def partial(self, position: int) -> Any:
        """The partial in the operand at that position as a formula; None if the record gives none."""
        try:
            return as_it_is_here(self._partials[position])
        except (DomainError, RecursionError):  # it has more to it than a sentence can tell
            return None

    @cached_property  # a row gives the formulas of all its operands at once, and each has a step of its own
    def _partials(self) -> list[Any]:
        return partial_formulas(self.op, self.out(), self.variables())


@dataclass(frozen=True)
class Operand:
    """What stands in one place of an op: a node and its name, or a constant, which is called by its number."""

    name: str
    value: float
    node: Value | None = field(repr=False)
