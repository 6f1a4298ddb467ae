"""latex: what a graph computes, or one of its derivatives, as a formula."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from typing import Any

from .. import ops
from ..derivatives import gradients
from ..errors import ArgumentError
from ..expressions import (
    ATOM,
    LONGEST_ROW,
    POWER,
    PRODUCT,
    SIGNED,
    TIGHTNESS,
    Expression,
    Writer,
    as_it_is_here,
    partial_formulas,
    substituted,
    value_formula,
    variable,
)
from ..graph import need_root, rows_of, topological_order
from ..names import Names
from ..number import constant
from ..record import Primitive, RowOp
from ..rows import entries
from ..value import Value
from .text import Shown

LARGEST = 60
"""A formula with more ops than this is cut: what lies deeper is written by its name, or as dots."""

LARGEST_GRAPH = 1000
"""A derivative along a graph of more nodes than this is not written; of a value so many are looked at."""

_LETTERS = """alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi
psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"""

GREEK = frozenset(_LETTERS.split())

SIGNS = {"<": "<", "<=": r"\leq", ">": ">", ">=": r"\geq", "==": "=", "!=": r"\neq"}


class Formula(Shown):
    """A formula in LaTeX, which a notebook typesets."""

    def _repr_latex_(self) -> str:
        return f"${self}$"


def latex(root: Value, wrt: Value | None = None) -> Formula:
    r"""The formula of the root in LaTeX, or that of its derivative with respect to the node `wrt`.

    Leaves stand there by their labels, and by their numbers if they have none. A derivative is what the chain rule
    makes of the partials in the table of ops; where one depends on a case (relu), the case stands in brackets that are
    1 or 0 (Iverson's). A long formula is cut.

    >>> x, w = Value(2.0, "x"), Value(-3.0, "w_1")
    >>> y = (w * x).tanh()
    >>> latex(y)
    \tanh(w_{1} \cdot x)
    >>> latex(y, wrt=x)
    \left(1 - \tanh(w_{1} \cdot x)^{2}\right) \cdot w_{1}

    Raises ArgumentError if an argument is no Value, or the derivative too long to be written.
    """
    need_root(root, "latex")
    names = Names(root)
    if wrt is None:
        return _written(_formulas(root, names)[root])
    if not isinstance(wrt, Value):
        raise ArgumentError(f"latex: wrt is {wrt!r:.100}; it needs to be a Value that the root was computed from")
    if wrt not in names and root in topological_order(wrt):
        raise ArgumentError("latex: wrt was computed from the root; swap the two")
    if len(names.order) > LARGEST_GRAPH:
        raise ArgumentError(
            f"latex: a derivative through a graph of {len(names.order):,} nodes is too long to be written; "
            "take that of a node nearer to what it is taken with respect to"
        )
    formulas = _formulas(root, names)
    found = gradients(root, [wrt], lambda node, among: _partials(node, formulas, among))
    return _written(found.get(wrt, 0.0))


def _formulas(root: Value, names: Names) -> dict[Value, Any]:
    """The formula of every node near the root, in which those further away are variables."""
    order = names.order[-LARGEST_GRAPH:]  # in topological order, so no node stands before what it is made of
    formulas: dict[Value, Any] = {}
    for node in order:
        if node.op is None:
            formulas[node] = _variable(node, names)
            continue
        for arg in node.args:
            if isinstance(arg, Value) and arg not in formulas:
                formulas[arg] = _variable(arg, names)
        formula = value_formula(node.op, _in_rows(node, formulas))
        if isinstance(formula, Expression) and formula.key is None:
            formula.key = names[node]
        formulas[node] = formula
    return formulas


def _variable(node: Value, names: Names) -> Expression:
    return variable(names[node] if node.label or node.op else node.data, node.data)


def _in_rows(node: Value, formulas: dict[Value, Any]) -> list[list[Any]]:
    return [[formulas[x] if isinstance(x, Value) else x for x in entries(row)] for row in rows_of(node)]


def _partials(node: Value, formulas: dict[Value, Any], among: Container[Value]) -> Iterator[tuple[Value, Any]]:
    """The arguments among these, each with the formula of its partial, as `backprop.partials` gives numbers.

    The partial is written for variables first, and made short, before the formulas of the arguments are put in.
    """
    assert node.op is not None
    numbers = [[x.data if isinstance(x, Value) else x for x in entries(row)] for row in rows_of(node)]
    meant = {(i, j): x for i, row in enumerate(_in_rows(node, formulas)) for j, x in enumerate(row)}
    variables = [[variable((i, j), x) for j, x in enumerate(row)] for i, row in enumerate(numbers)]
    rows = [[v if isinstance(meant[v.key], Expression) else v.number for v in row] for row in variables]
    found = partial_formulas(node.op, variable("out", node.data), rows)
    for arg, formula in zip(node.args, found, strict=True):
        if isinstance(arg, Value) and arg in among:
            if formula is None:
                raise ArgumentError(f"latex: the record of {node.op.name} gives its derivative in no formula")
            yield arg, substituted(as_it_is_here(formula), {**meant, "out": formulas[node]})


# --- writing -------------------------------------------------------------------------------------------------


def _written(formula: Any) -> Formula:
    """The formula in LaTeX, as deep as it may be without becoming too long."""
    return Formula(_Latex(_depth(formula)).write(formula))


def _depth(formula: Any) -> int:
    """How many levels of the formula can be written with no more ops than allowed; one at least."""
    depth = size = 0
    level = [formula]
    while level:
        level = [x for x in level if isinstance(x, Expression) and x.op is not None]
        size += len(level)
        if size > LARGEST and depth:
            break
        depth += 1
        level = [arg for x in level for arg in x.args]
    return depth


class _Latex(Writer):
    """Writes formulas in LaTeX, down to a depth."""

    def __init__(self, depth: int) -> None:
        super().__init__(lambda x, _: _name(x.key))
        self.left = depth

    def bracketed(self, words: str) -> str:
        return rf"\left({words}\right)"

    def constant(self, x: float) -> str:
        return _number(x)

    def comparison(self, sign: str, a: str, b: str) -> str:
        return f"[{a} {SIGNS[sign]} {b}]"

    def infix(self, op: Primitive, args: Sequence[Any]) -> tuple[str, int]:
        a, b = args
        if op is ops.pow:
            return f"{self.write(a, ATOM)}^{{{self.write(b)}}}", POWER
        if op is ops.div:
            return rf"\frac{{{self.write(a)}}}{{{self.write(b)}}}", POWER
        if op is ops.mul and a is b:
            return f"{self.write(a, ATOM)}^{{2}}", POWER
        if op is ops.mul and (factor := a if _is_minus_one(b) else b if _is_minus_one(a) else None) is not None:
            return f"-{self.signless(factor, PRODUCT)}", SIGNED
        if op is ops.mul:
            return rf"{self.write(a, PRODUCT)} \cdot {self.write(b, POWER)}", PRODUCT
        holds, left, right = TIGHTNESS[op.sign]
        return f"{self.write(a, left)} {op.sign} {self.signless(b, right)}", holds

    def signless(self, x: Any, least: int) -> str:
        """The formula as it stands behind a sign, in brackets if it begins with a minus."""
        words = self.write(x, least)
        return self.bracketed(words) if words.startswith("-") else words

    def function(self, op: Primitive, args: Sequence[str]) -> str:
        if not isinstance(op, RowOp):
            return op.latex.format(*args)
        if len(args) > LONGEST_ROW:
            args = [*args[: LONGEST_ROW - 2], r"\dots", args[-1]]
        return op.latex.format(", ".join(args))

    def _written(self, x: Any, least: int) -> tuple[str, int]:
        if isinstance(x, Expression) and x.op is not None:
            if x.op == "...":
                return r"\dots", ATOM
            if not self.left:
                return (r"\dots" if x.key is None else _name(x.key)), ATOM
        self.left -= 1
        words, holds = super()._written(x, least)
        self.left += 1
        return words, min(holds, _tightness(x))


def _tightness(x: Any) -> int:
    """How tightly it holds together at most: 5e-6 is a product in LaTeX, and an unnamed leaf may have a sign."""
    if isinstance(x, Expression) and x.op is not None:
        return POWER if x.op is ops.exp else ATOM
    words = _name(x.key if isinstance(x, Expression) else x)
    return PRODUCT if r" \cdot " in words else SIGNED if words[0] == "-" else ATOM


def _is_minus_one(x: Any) -> bool:
    return not isinstance(x, Expression) and x == -1.0


def _name(name: str | float) -> str:
    r"""A variable's name in LaTeX: one letter as it is, w_1 and w1 with a subscript, alpha as \alpha, words upright.

    >>> [_name(name) for name in ("x", "w_1", "v12", "alpha", "price of a burger", 3.0)]
    ['x', 'w_{1}', 'v_{12}', '\\alpha', '\\text{price of a burger}', '3']
    """
    if not isinstance(name, str):
        return _number(name)
    parts = re.fullmatch(r"([A-Za-z]+)(?:_?(\d+))?", name)
    if parts is None or (len(parts[1]) > 1 and parts[1] not in GREEK):
        return rf"\text{{{_escaped(name)}}}"
    letter = rf"\{parts[1]}" if parts[1] in GREEK else parts[1]
    return f"{letter}_{{{parts[2]}}}" if parts[2] else letter


def _number(x: float) -> str:
    """A number in LaTeX."""
    if x != x:
        return r"\mathrm{nan}"
    digits, _, exponent = constant(x).replace("inf", r"\infty").partition("e")
    return rf"{digits} \cdot 10^{{{exponent}}}" if exponent else digits


def _escaped(words: str) -> str:
    """Text in which nothing is a command."""
    special = {"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}"}
    printable = (c if c.isprintable() else " " for c in words)
    return "".join(special.get(c, rf"\{c}" if c in "#$%&_{}" else c) for c in printable)
