"""What is wrong with a graph before it is differentiated: a value that is stale, a number or gradient not finite."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from math import isfinite
from typing import Any

import numpy as np

from .backprop import partials
from .derivatives import nodes_between
from .errors import DomainError, NotFiniteError, StaleError
from .graph import rows_of, topological_order, value_args
from .notes import line_of, note_of
from .number import figure
from .record import TOO_LARGE
from .rows import Numbers, numbers
from .value import Value


def inspect(root: Value, xs: Iterable[Value] | None = None) -> None:
    """Nothing if all below root is in order; nothing is written.

    Raises StaleError for a value that was changed after a noted node used it, NotFiniteError for the first NaN or
    infinity in the order in which the numbers were made, or else for the first one among the gradients (in the xs, if
    they are given), DomainError where a derivative does not exist.
    """
    order = topological_order(root)
    made = _in_order_of_making(order)
    for node in made:
        _refuse_if_stale(node)
    if (bad := next(filter(went_wrong, made), None)) is not None:
        raise NotFiniteError(f"{told(bad)} {_way_to_root(bad, root, order)}.")
    if not isfinite(root._data):
        raise NotFiniteError(_origin_told(made, root))
    _refuse_gradients(order, root, xs)


def went_wrong(node: Value) -> bool:
    """Whether an op gave a NaN, or an infinity out of finite numbers; an infinity that is passed on is nobody's fault.

    So -inf may stand in a mask of attention scores.
    """
    x = node._data
    if x - x == 0.0 or node.op is None:
        return False
    return x != x or all(map(isfinite, chain.from_iterable(numbers(row) for row in rows_of(node))))


def first_gone_wrong(*roots: Value) -> Value | None:
    """The node below the roots that went wrong first; None if none did."""
    return next(filter(went_wrong, _in_order_of_making(topological_order(*roots))), None)


def told(node: Value) -> str:
    """What happened at a node that went wrong, and how to mend it."""
    assert node.op is not None
    x, args = node._data, node.args
    if x == x:
        mend = f"It is beyond the largest float, 1.8e308. {TOO_LARGE}"
    elif any(_number(arg) != _number(arg) for arg in args):
        mend = "The NaN was among its arguments from the start: mend the data."
    else:
        mend = "inf - inf and 0 * inf are no numbers: keep its arguments finite."
    return f"{node.op.name}: the result is {x}{_where(node)}; {_arguments(args)}. {mend}"


# --- forward -------------------------------------------------------------------------------------------------


def _in_order_of_making(order: Sequence[Value]) -> list[Value]:
    """The nodes in the order in which they were made; one without a note stands behind its arguments."""
    when: dict[Value, int] = {}
    for node in order:
        note = note_of(node)
        when[node] = max((when[arg] for arg in value_args(node)), default=-1) if note is None else note.made
    return sorted(order, key=when.__getitem__)


def _refuse_if_stale(node: Value) -> None:
    note = note_of(node)
    if note is None or node.op is None:
        return
    for row, seen in zip(rows_of(node), note.seen, strict=True):
        now = numbers(row)
        if now is not seen and (at := _first_difference(seen, now)) is not None:
            before, after = _told_apart(float(seen[at]), float(now[at]))
            raise StaleError(
                f"{_name(row[at])} was {before} when {node.op.name} used it{_where(node)}, and is {after} now: the "
                "gradient would be that of neither. Compute again what was made of it, or change it before it is used."
            )


def _first_difference(before: Numbers, after: Numbers) -> int | None:
    """Where two rows of numbers differ first; a NaN is equal to a NaN."""
    if isinstance(before, np.ndarray):
        if np.array_equal(before, after, equal_nan=True):
            return None
    elif list(before) == after:
        return None
    pairs = enumerate(zip(before, after, strict=True))
    return next((at for at, (x, y) in pairs if x != y and (x == x or y == y)), None)


def _way_to_root(bad: Value, root: Value, order: Iterable[Value]) -> str:
    """Whether the NaN or infinity is passed on up to the root."""
    reached = {bad}
    for node in order:
        if not isfinite(node._data) and any(arg in reached for arg in value_args(node)):
            reached.add(node)
    return f"It {'reaches' if root in reached else 'does not reach'} {_root(root)}"


def _origin_told(made: Iterable[Value], root: Value) -> str:
    """What to say of a root that is not finite though no op went wrong: where it was put in."""
    for node in made:
        if node.op is None and not isfinite(node._data):
            return f"{_name(node)} is {node._data} from the start; it reaches {_root(root)}. Mend the data."
        if constants := [arg for arg in node.args if not isinstance(arg, Value) and not isfinite(arg)]:
            assert node.op is not None
            used = f"the constant {constants[0]} is an argument of {node.op.name}{_where(node)}"
            return f"{used}; it reaches {_root(root)}. Mend the data."
    return f"No op below gave what stands in {_root(root)}: look where it was assigned to .data."


# --- backward ------------------------------------------------------------------------------------------------


@np.errstate(over="ignore", invalid="ignore")
def _refuse_gradients(order: Sequence[Value], root: Value, xs: Iterable[Value] | None) -> None:
    """Goes backward without writing a gradient, edge by edge, to see whether all would be finite."""
    among = None if xs is None else nodes_between(xs, order)
    gradients: dict[Value, float] = {root: 1.0}
    for node in reversed(order):
        upstream = gradients.get(node, 0.0)
        if node.op is None or upstream == 0.0:
            continue
        try:
            for arg, partial in partials(node, among):
                before = gradients.get(arg, 0.0)
                gradients[arg] = before + upstream * partial
                if not isfinite(gradients[arg]):
                    raise NotFiniteError(_gradient_told(node, arg, upstream, partial, before, root))
        except DomainError as error:
            line = line_of(node)
            known = not line or line in str(error)
            raise DomainError(str(error) if known else f"{error} The node was made at {line}.") from error


def _gradient_told(node: Value, arg: Value, upstream: float, partial: float, before: float, root: Value) -> str:
    """What to say where a gradient is not finite for the first time."""
    assert node.op is not None
    part, argument = upstream * partial, str(arg.label) or "argument"
    added = "" if not isfinite(part) else f", which comes on top of {figure(before)}"
    return (
        f"{node.op.name}: the gradient of {_name(arg)} is {before + part}{_where(node)}; it is {figure(upstream)} from "
        f"above times d {node.op.name} / d {argument} = {figure(partial)}{added}; the result is {figure(node._data)}, "
        f"{_arguments(node.args)}. All else is finite so far on the way backward from {_root(root)}. "
        "Keep the argument away from there, e.g. by adding 1e-12."
    )


# --- words ---------------------------------------------------------------------------------------------------


def _where(node: Value) -> str:
    """A parenthesis such as ` (node 'p', moons.py:31)`, made of what is known; the line is that of the note."""
    known = ", ".join(filter(None, (f"node {str(node.label)!r}" if node.label else "", line_of(node))))
    return f" ({known})" if known else ""


def _name(x: Any) -> str:
    """What to call an operand."""
    if x.label:
        return repr(str(x.label))
    kind = "a leaf" if x.op is None else f"the result of {x.op.name}"
    return f"{kind} ({line})" if (line := line_of(x)) else kind


def _operand(x: Any) -> str:
    """An operand's number, and in a parenthesis what is known of it."""
    if not isinstance(x, Value):
        return figure(x)
    known = (f"node {str(x.label)!r}",) if x.label else (x.op.name if x.op else "leaf", line_of(x))
    return f"{figure(x._data)} ({', '.join(filter(None, known))})"


def _root(root: Value) -> str:
    named = f" {str(root.label)!r}" if root.label else ""
    return f"the root{named}, which is {figure(root._data)}"


def _arguments(args: Sequence[Any]) -> str:
    """The operands with their numbers; of many, those that are not finite, or the largest."""
    shown = list(args)
    if len(shown) > 6:
        shown = sorted(args, key=lambda x: (isfinite(_number(x)), -abs(_number(x))))[:3]
    words = [_operand(x) for x in shown]
    if len(shown) < len(args):
        return f"among its {len(args)} arguments are {', '.join(words)}"
    return f"its argument is {words[0]}" if len(words) == 1 else f"its arguments are {' and '.join(words)}"


def _number(x: Any) -> float:
    return x._data if isinstance(x, Value) else x


def _told_apart(a: float, b: float) -> tuple[str, str]:
    """Two numbers for a reader, with as many digits as it takes to see that they differ."""
    return (figure(a), figure(b)) if figure(a) != figure(b) else (repr(a), repr(b))
