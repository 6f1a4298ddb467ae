"""The formulas of a graph as JavaScript, and their words as data: what a page needs to compute and to tell steps."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import count, product
from typing import Any, TypeVar

from .. import ops
from ..applications import Application, Operand
from ..errors import DomainError
from ..expressions import (
    ATOM,
    SIGNED,
    Expression,
    Writer,
    apply,
    as_it_is_here,
    partial_formulas,
    value_formula,
    variable,
)
from ..record import Op, Primitive, RowOp

Made = TypeVar("Made")

OUT = -1
"""Where the value of a node stands among its operands."""

MOST_CASES = 3
"""A formula with more equations in it than this is told as it is at first, whatever the leaves are changed to."""


class NoJavaScriptError(Exception):
    """Something that a browser cannot compute; says what."""


class JavaScript(Writer):
    """Writes formulas in JavaScript; the ops that are called in them go into `calls`."""

    def __init__(self) -> None:
        super().__init__(lambda x, misread: "out" if x.key == OUT else f"x[{x.key}]")
        self.calls: list[Primitive] = []

    def constant(self, x: float) -> str:
        return json.dumps(float(x))

    def comparison(self, sign: str, a: str, b: str) -> str:
        return f"+({a} {sign}{'=' if sign in ('==', '!=') else ''} {b})"

    def infix(self, op: Primitive, args: Sequence[Any]) -> tuple[str, int]:
        if op is ops.pow:
            return self.function(op, [self.write(arg) for arg in args]), ATOM
        return super().infix(op, args)

    def function(self, op: Primitive, args: Sequence[str]) -> str:
        if isinstance(op, RowOp):
            raise NoJavaScriptError(f"a partial with {op.name} in it")
        self.calls.append(op)
        return f"OPS[{literal(op.name)}]({', '.join(args)})"


class Script:
    """What the page needs to compute and to tell nodes: functions, and kinds of nodes that have them in common."""

    def __init__(self) -> None:
        self.kinds: list[dict[str, Any]] = []
        self.missing = ""
        """What cannot be computed in a browser, so that leaves cannot be changed; empty if all can."""
        self._ops: dict[str, str] = {}
        self._functions: dict[str, int] = {}
        self._known: dict[Any, int] = {}

    def kind(self, applied: Application) -> int:
        """The position in `kinds` of what nodes with this op, and with these constants in these places, share."""
        places = tuple(tuple(map(_kind_of_operand, row)) for row in applied.rows)
        key: tuple[Any, ...] = (applied.op, places, math.isfinite(applied.value))
        if not applied.op.javascript:  # the page cannot see for itself which equations hold
            key += (applied.node,)
        if key not in self._known:
            self._known[key] = len(self.kinds)
            self.kinds.append(self._kind(applied))
        return self._known[key]

    def written(self) -> str:
        """The ops and functions as JavaScript."""
        table = ", ".join(f"{literal(name)}: {code}" for name, code in self._ops.items())
        functions = ",\n".join(self._functions)
        code = f"const OPS = {{{table}}};\nconst FUNCTIONS = [\n{functions}];"
        return re.sub("<(?=/script|!--)", "< ", code, flags=re.IGNORECASE)

    def _kind(self, applied: Application) -> dict[str, Any]:
        op, places = applied.op, count()
        rows = [[_in_formulas(x, next(places)) for x in row] for row in applied.rows]
        self._try(partial(self._op, op))
        partials = partial_formulas(op, variable(OUT, applied.value), rows)
        moving = [x.node is not None for x in applied.operands]
        return {
            "op": op.name,
            "rows": None if isinstance(op, Op) else [len(row) for row in rows],
            "needs": "" if op.domain.accepts is ops.REALS.accepts else op.domain.needs,
            "words": words(value_formula(op, rows)),
            "partials": [self._partial(op, x) if moves else None for x, moves in zip(partials, moving, strict=True)],
        }

    def _partial(self, op: Primitive, formula: Any) -> dict[str, Any]:
        """The function of a partial, and its words in each case of the equations in it."""
        function = self._try(partial(self._function, formula, op))
        equations = list(_equations(formula))
        cases = [self._try(partial(self._function, each, op)) for each in equations]
        if None in cases or len(cases) > MOST_CASES:
            return {"function": function, "cases": [], "words": [_words_of_case(formula, None)]}
        truths = [dict(zip(map(id, equations), bits, strict=True)) for bits in product((0.0, 1.0), repeat=len(cases))]
        return {"function": function, "cases": cases, "words": [_words_of_case(formula, each) for each in truths]}

    def _function(self, formula: Any, op: Primitive) -> int:
        """The number of the function that computes the formula of operands x and value out."""
        if formula is None:
            raise NoJavaScriptError(f"the partials of {op.name}")
        writer = JavaScript()
        try:
            code = f"(out, x) => {writer.write(formula)}"
        except RecursionError:
            raise NoJavaScriptError(f"the partials of {op.name}") from None
        for called in writer.calls:
            self._op(called)
        return self._functions.setdefault(code, len(self._functions))

    def _op(self, op: Primitive) -> None:
        if not op.javascript:
            raise NoJavaScriptError(f"{op.name}, whose record says nothing of JavaScript")
        code = re.sub(r"\{(\d+)\}", r"$\1", op.javascript)
        count = 1 + max((int(at) for at in re.findall(r"\{(\d+)\}", op.javascript)), default=-1)
        self._ops[op.name] = f"({', '.join(f'${at}' for at in range(count))}) => {code}"

    def _try(self, write: Callable[[], Made]) -> Made | None:
        """What it gives; None, and a note in `missing`, if it cannot be written."""
        try:
            return write()
        except NoJavaScriptError as error:
            self.missing = self.missing or str(error)
            return None


def _kind_of_operand(x: Operand) -> Any:
    """A constant, or whether the number of a node is finite, on which depends what a formula leaves out."""
    return repr(x.value) if x.node is None else math.isfinite(x.value)


def _in_formulas(x: Operand, at: int) -> Any:
    """What stands for the operand at that position: constants stand for themselves."""
    return x.value if x.node is None else variable(at, x.value)


def literal(x: Any) -> str:
    """x as JavaScript that may stand in a page: nothing in it ends the script."""
    return json.dumps(x).replace("<", "\\u003c")


# --- words ---------------------------------------------------------------------------------------------------


def words(formula: Any, least: int = 0) -> Any:
    """The formula as a list of texts and, for each variable, [its position, whether a sign would be misread there].

    What has no variable in it is a single text.
    """
    written = Writer(lambda x, misread: f"\0{x.key},{int(misread)}\0").write(formula, least)
    if not isinstance(formula, Expression):
        return written
    parts = written.split("\0")
    return [[int(n) for n in part.split(",")] if at % 2 else part for at, part in enumerate(parts) if part]


def _words_of_case(formula: Any, truths: dict[int, float] | None) -> Any:
    """The formula as the right side of a product, when of its equations these hold; None if there is none."""
    try:
        here = as_it_is_here(formula) if truths is None else _decided(formula, truths)
        return None if here is None else words(here, SIGNED)
    except (DomainError, RecursionError):  # as in Application.partial
        return None


def _equations(x: Any) -> Iterator[Expression]:
    """Each `a == b` in the formula."""
    waiting = [x]
    while waiting:
        x = waiting.pop()
        if isinstance(x, Expression):
            if x.op == "==":
                yield x
            elif not isinstance(x.op, str):
                waiting += x.args


def _decided(x: Any, truths: dict[int, float]) -> Any:
    """What `as_it_is_here` gives where these equations, by their ids, are true or false."""
    if not isinstance(x, Expression) or x.op is None:
        return x
    if isinstance(x.op, str):
        return truths.get(id(x), x)
    return apply(x.op, tuple(_decided(arg, truths) for arg in x.args))
