"""Formulas: what an op, or one of its partials, says when it is applied to names instead of numbers.

A record holds arithmetic only, so its lines can be run on Expressions as they are on floats, Values and arrays.
What comes back is written down by a Writer: here as Python would write it, elsewhere as LaTeX and as JavaScript.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from . import ops
from .number import constant, number
from .record import Op, Primitive, RowOp

ATOM, POWER, SIGNED, PRODUCT, SUM = 5, 4, 3, 2, 1
"""How tightly an expression holds together; one that holds less tightly than its surroundings goes in brackets."""

LONGEST_ROW = 4
"""Sums and rows of more terms than this are shortened in the middle."""


def _operator(op: Primitive) -> Any:
    return lambda self, other: apply(op, (self, other))


def _reflected(op: Primitive) -> Any:
    return lambda self, other: apply(op, (other, self))


def _comparison(sign: str) -> Any:
    return lambda self, other: Expression(sign, (self, other))


class Expression:
    """A formula: an op (or the sign of a comparison) and its arguments, which are Expressions and floats.

    Without an op it is a variable: `key` says which, and `number` is what it stands for.

    >>> x = variable("x", 3.0)
    >>> text(1 - x * x)
    '1 - x * x'
    >>> text(ops.tanh(x) ** 2)
    'tanh(x) ** 2'
    """

    __slots__ = ("args", "key", "number", "op")

    def __init__(self, op: Primitive | str | None, args: tuple[Any, ...], key: Any = None, number: Any = None) -> None:
        self.op, self.args, self.key, self.number = op, args, key, number

    @staticmethod
    def __apply_op__(op: Primitive, args: tuple[Any, ...]) -> Any:
        return apply(op, args)

    __add__, __radd__ = _operator(ops.add), _reflected(ops.add)
    __sub__, __rsub__ = _operator(ops.sub), _reflected(ops.sub)
    __mul__, __rmul__ = _operator(ops.mul), _reflected(ops.mul)
    __truediv__, __rtruediv__ = _operator(ops.div), _reflected(ops.div)
    __pow__, __rpow__ = _operator(ops.pow), _reflected(ops.pow)
    __lt__, __le__ = _comparison("<"), _comparison("<=")
    __gt__, __ge__ = _comparison(">"), _comparison(">=")
    __eq__, __ne__ = _comparison("=="), _comparison("!=")

    def __neg__(self) -> Any:
        return apply(ops.neg, (self,))

    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        raise TypeError("a formula is neither true nor false; a record with an `if` in it has none")


COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


def variable(key: Any, number: float) -> Expression:
    """The formula that is one variable."""
    return Expression(None, (), key, number)


def apply(op: Primitive, args: tuple[Any, ...]) -> Any:
    """The formula op(*args), or a simpler one: nothing is added to 0 or multiplied by 1, constants are computed."""
    args = tuple(arg if isinstance(arg, Expression) else number(arg, op.name) for arg in args)
    if not any(isinstance(arg, Expression) for arg in args):
        return op.evaluate(args)
    if op in _SHORTER:
        constants = tuple(None if isinstance(arg, Expression) else arg for arg in args)
        for pattern, result in _SHORTER[op]:
            if pattern == constants and not (op is ops.mul and 0.0 in pattern and _infinite_or_nan(args)):
                return args[result] if isinstance(result, int) else result
    return Expression(op, args)


def _infinite_or_nan(args: tuple[Any, ...]) -> bool:
    """Whether a variable is among them that makes NaN of a product with 0."""
    return any(isinstance(x, Expression) and x.number is not None and not math.isfinite(x.number) for x in args)


_SHORTER: dict[Primitive, tuple[tuple[tuple[float | None, float | None], int | float], ...]] = {
    ops.add: (((0.0, None), 1), ((None, 0.0), 0)),
    ops.sub: (((None, 0.0), 0),),
    ops.mul: (((1.0, None), 1), ((None, 1.0), 0), ((0.0, None), 0.0), ((None, 0.0), 0.0)),
    ops.div: (((None, 1.0), 0),),
    ops.pow: (((None, 1.0), 0), ((None, 0.0), 1.0)),
}
"""What is shorter when some arguments are these constants: the argument at that position (an int), or a constant."""


def value_formula(op: Primitive, rows: Sequence[Sequence[Any]]) -> Any:
    """The formula of an op's value, for the arguments in rows (an Op has one row of them)."""
    if op is ops.DOT:
        ws, xs, (bias,) = rows
        return total([*(_product(w, x) for w, x in zip(ws, xs, strict=True)), bias])
    if op is ops.SUM:
        return total(rows[0])
    return Expression(op, tuple(rows[0]) if len(rows) == 1 else tuple(x for row in rows for x in row))


def _product(w: Any, x: Any) -> Any:
    """w * x, also where one of them is 1; only what is 0 is left out."""
    product = apply(ops.mul, (w, x))
    return Expression(ops.mul, (w, x)) if product is w or product is x else product


def total(terms: Sequence[Any]) -> Any:
    """The formula of a sum, without what is 0; a long one keeps its first terms and the last, with dots between."""
    terms = [term for term in terms if isinstance(term, Expression) or term != 0.0]
    if len(terms) > LONGEST_ROW:
        terms = [*terms[: LONGEST_ROW - 2], DOTS, terms[-1]]
    result: Any = 0.0
    for term in terms:
        result = result + term
    return result


DOTS = Expression("...", ())


def partial_formulas(op: Primitive, out: Expression, rows: Sequence[Sequence[Any]]) -> list[Any]:
    """The formula of each partial, in the order of the arguments; None where a record does not give one."""
    assert isinstance(op, (Op, RowOp))
    nothing = [None] * sum(map(len, rows))
    if op.compound:
        return nothing
    try:
        if isinstance(op, RowOp):
            return [partial for row in op.partials(out, *rows) for partial in row]
        return [partial(out, *rows[0]) for partial in op.partials]
    except Exception:  # a record with more in it than arithmetic may fail in any way
        return nothing


def as_it_is_here(x: Any) -> Any:
    """The formula without the exceptions that are made for single points: each `a == b` is the number it is here.

    So the slope of x ** p is p * x ** (p - 1), and not also what is agreed upon at 0 ** 0.
    """
    if not isinstance(x, Expression) or x.op is None:
        return x
    if isinstance(x.op, str):
        return 1.0 * (_number(x.args[0]) == _number(x.args[1])) if x.op == "==" else x
    return apply(x.op, tuple(as_it_is_here(arg) for arg in x.args))


def substituted(x: Any, meant: Mapping[Any, Any]) -> Any:
    """The formula with other formulas, or numbers, in place of its variables, by their keys."""
    if not isinstance(x, Expression):
        return x
    if x.op is None:
        return meant[x.key]
    args = tuple(substituted(arg, meant) for arg in x.args)
    return Expression(x.op, args) if isinstance(x.op, str) else apply(x.op, args)


def _number(x: Any) -> float:
    """What a formula comes to."""
    if not isinstance(x, Expression):
        return float(x)
    if x.op is None:
        return float(x.number)
    numbers = tuple(_number(arg) for arg in x.args)
    return 1.0 * COMPARISONS[x.op](*numbers) if isinstance(x.op, str) else x.op.evaluate(numbers)


class Writer:
    """Writes formulas as Python would; a subclass writes them in another language.

    `name` says how a variable is written, given the variable and whether a sign would be misread in its place.
    """

    def __init__(self, name: Callable[[Expression, bool], str]) -> None:
        self.name = name

    def write(self, x: Any, least: int = 0) -> str:
        """The formula, in brackets if it holds together less tightly than `least`."""
        words, tightness = self._written(x, least)
        return self.bracketed(words) if tightness < least else words

    def bracketed(self, words: str) -> str:
        return f"({words})"

    def constant(self, x: float) -> str:
        """A number that stands in the formula."""
        return constant(x)

    def comparison(self, sign: str, a: str, b: str) -> str:
        """1 if it is so, else 0: Iverson's bracket."""
        return f"[{a} {sign} {b}]"

    def infix(self, op: Primitive, args: Sequence[Any]) -> tuple[str, int]:
        """An op that is written with a sign, and how tightly that holds together."""
        holds, left, right = TIGHTNESS[op.sign]
        return f"{self.write(args[0], left)} {op.sign} {self.write(args[1], right)}", holds

    def function(self, op: Primitive, args: Sequence[str]) -> str:
        """An op that is written with its name."""
        if len(args) > LONGEST_ROW:
            args = [*args[: LONGEST_ROW - 2], "...", args[-1]]
        return f"{op.name}({', '.join(args)})"

    def _written(self, x: Any, least: int) -> tuple[str, int]:
        if not isinstance(x, Expression):
            return self.constant(x), SIGNED if x < 0 else ATOM
        if x.op is None:
            return self.name(x, least > SIGNED), ATOM
        if isinstance(x.op, str):
            return self.comparison(x.op, *map(self.write, x.args)) if x.args else x.op, ATOM
        if x.op is ops.neg:
            return f"-{self.write(x.args[0], POWER)}", SIGNED
        if x.op.sign:
            return self.infix(x.op, x.args)
        return self.function(x.op, [self.write(arg) for arg in x.args]), ATOM


TIGHTNESS = {
    "+": (SUM, SUM, SUM),
    "-": (SUM, SUM, PRODUCT),
    "*": (PRODUCT, PRODUCT, SIGNED),
    "/": (PRODUCT, PRODUCT, SIGNED),
    "**": (POWER, ATOM, SIGNED),
}
"""For each sign how tightly it holds its sides together, and what it asks of the left and of the right side."""


def text(x: Any, name: Callable[[Expression, bool], str] | None = None) -> str:
    """The formula as Python would write it; variables by their keys unless `name` says otherwise."""
    return Writer(name or (lambda variable, _: str(variable.key))).write(x)
