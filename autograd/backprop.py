"""backward: the chain rule from a root down to every number that went into it.

Reverse mode is dynamic programming over the graph (Rumelhart, Hinton & Williams, "Learning representations by
back-propagating errors", Nature 323, 1986): each node's gradient is complete before it is passed on, so that each
edge is walked once. Each local derivative stands in the op's record; `partials` reads it.
"""

from collections.abc import Container, Iterator, Sequence
from typing import Any

import numpy as np

from . import ops
from .errors import DomainError, NotANumberError, node_and_line
from .graph import rows_of
from .record import RowOp
from .rows import Operands, add_gradients, entries, numbers
from .value import Value
from .watch import inspector, watcher

_ADD, _MUL = ops.add, ops.mul
_NO_DERIVATIVE = (ZeroDivisionError, OverflowError, DomainError)


def backward(root: Value) -> None:
    """Adds d root / d leaf into the `grad` of every leaf below; each inner node's `grad` becomes d root / d node.

    Calling it again adds into the leaves once more, as PyTorch does; set their `grad` to 0.0 in between.
    A gradient of exactly 0 is not passed on, so what lies behind it is not asked for a derivative it may not have.

    Raises DomainError where a derivative does not exist (sqrt at 0); gradients are then incomplete.

    >>> x = Value(2.0)
    >>> y = x * x * x
    >>> y.backward()
    >>> x.grad
    12.0
    """
    if (watching := watcher.get()) is not None:
        watching.need(root, "backward()")
    if (inspecting := inspector.get()) is not None:
        inspecting.inspect(root)
    if root.op is None:
        root.grad += 1.0
        return
    order = _reset_and_order(root)
    root.grad = 1.0
    order.reverse()
    pass_on(order)


Value.backward = backward


@np.errstate(over="ignore", invalid="ignore")  # what overflows in an array is infinite, as it is in a float
def pass_on(nodes: list[Value]) -> None:
    """Adds, for each of these inner nodes in turn, its gradient times each partial to the gradient of the argument.

    The commonest ops, + and *, are written out; any other op of one or two arguments would do the same by its record.
    """
    node = None
    try:
        for node in nodes:
            op: Any = node.op
            upstream, a, b = node.grad, node._a, node._b
            if op is _ADD:
                if a.__class__ is not float:
                    a.grad += upstream
                if b.__class__ is not float:
                    b.grad += upstream
            elif upstream == 0.0:
                continue
            elif op is _MUL:
                if b.__class__ is float:
                    a.grad += upstream * b
                elif a.__class__ is float:
                    b.grad += upstream * a
                else:
                    x = a._data
                    a.grad += upstream * b._data
                    b.grad += upstream * x
            elif a.__class__ is Operands:
                _pass_on_rows(node)
            elif b is None:
                a.grad += upstream * op.partials[0](node._data, a._data)
            else:
                x = a if a.__class__ is float else a._data
                y = b if b.__class__ is float else b._data
                if a.__class__ is not float:
                    a.grad += upstream * op.partials[0](node._data, x, y)
                if b.__class__ is not float:
                    b.grad += upstream * op.partials[1](node._data, x, y)
    except _NO_DERIVATIVE as error:
        if node is not None and node.op is not None and node.op.compound:
            raise
        raise _no_derivative(node) from error
    except TypeError:
        _refuse_gradients_that_are_no_numbers(node)
        raise


def _pass_on_rows(node: Value) -> None:
    """`pass_on` for a node with Operands."""
    if isinstance(node.op, RowOp):
        rows = node._a.rows
        row_partials = node.op.partials(node._data, *map(numbers, rows))
        for row, partials_of_row in zip(rows, row_partials, strict=True):
            add_gradients(row, node.grad, partials_of_row)
    else:
        for arg, partial in partials(node):
            arg.grad += node.grad * partial


def partials(node: Value, among: Container[Value] | None = None) -> Iterator[tuple[Value, float]]:
    """The arguments of an inner node that are Values (or `among` these), each with d node / d argument as a number.

    An argument that is not asked for is not asked for a derivative that it may not have.
    """
    return _partials(node, node._data, [numbers(row) for row in rows_of(node)], among)


def value_partials(node: Value, among: Container[Value] | None = None) -> Iterator[tuple[Value, Value | float]]:
    """The same with each partial as a Value, a node that can be differentiated, or a float where it is constant."""
    return _partials(node, node, rows_of(node), among)


def no_number_to_add_to(who: str, arg: Value, grad: Any) -> NotANumberError:
    """The error to raise where a gradient is to be added to what is no number, such as None."""
    return NotANumberError(
        f"{who}: there is a gradient to be added to {grad!r}{node_and_line(arg.label)}; "
        "set grad to 0.0 before, as zero_grad() does"
    )


# --- inside --------------------------------------------------------------------------------------------------


def _reset_and_order(root: Value) -> list[Value]:
    """The inner nodes below root in topological order, their gradients set to 0.

    It is `topological_order` without a set: the two zeros that a call writes are float objects of its own, so a node
    whose gradient is one of these very objects has been opened, or is done, that is in order after all below it.
    """
    opened, done = float("0"), float("0")
    order: list[Value] = []
    stack: list[Any] = [root]
    pop, push, append = stack.pop, stack.append, order.append
    while stack:
        node = pop()
        state = node.grad
        if state is opened:  # met for the second time: all below it is done by now
            node.grad = done
            append(node)
            continue
        while state is not done:  # from node to argument, without going by the stack where only one is not done
            a, b = node._a, node._b
            # Inner nodes are of class Value exactly; other classes are leaves, floats or Operands.
            if a.__class__ is Value and a.op is not None and a.grad is not done:
                node.grad = opened
                push(node)
                if b.__class__ is Value and b.op is not None and b.grad is not done:
                    push(b)
                node = a
            elif b.__class__ is Value and b.op is not None and b.grad is not done:
                node.grad = opened
                push(node)
                node = b
            elif a.__class__ is Operands:
                node.grad = opened
                push(node)
                stack += _waiting(a, done)
                break
            else:
                node.grad = done
                append(node)
                break
            state = node.grad
    return order


def _waiting(operands: Operands, done: float) -> list[Value]:
    """The inner nodes among the operands that are not done, the first one last, as it is to be popped first."""
    waiting = [
        x
        for row in operands.rows
        if row.__class__ is tuple
        for x in row
        if x.__class__ is Value and x.op is not None and x.grad is not done
    ]
    waiting.reverse()
    return waiting


def _partials(
    node: Value, out: Any, values: Sequence[Any], among: Container[Value] | None
) -> Iterator[tuple[Value, Any]]:
    """Pairs of argument and partial, the partials evaluated at `out` and `values`; none for constants."""
    op: Any = node.op

    def asked(arg: Any) -> bool:
        return arg.__class__ is not float and (among is None or arg in among)

    try:
        if isinstance(op, RowOp):
            for row, row_partials in zip(rows_of(node), op.partials(out, *values), strict=True):
                for arg, partial in zip(entries(row), entries(row_partials), strict=True):
                    if asked(arg):
                        yield arg, partial
        else:
            for arg, partial in zip(node.args, op.partials, strict=True):
                if asked(arg):
                    yield arg, partial(out, *values[0])
    except _NO_DERIVATIVE as error:
        if op.compound:
            raise
        raise _no_derivative(node) from error


def _refuse_gradients_that_are_no_numbers(node: Any) -> None:
    for arg in node.args:
        if isinstance(arg, Value) and not isinstance(arg.grad, (float, int)):
            raise no_number_to_add_to("backward", arg, arg.grad) from None


def _no_derivative(node: Any) -> DomainError:
    """What to raise where an op has a value, but no finite derivative."""
    at = ", ".join(f"{x:g}" for x in numbers(tuple(node.args)))
    mend = "Keep its argument away from there, e.g. sqrt(x + 1e-12)"
    if node.op is ops.pow:
        mend += "; a constant exponent should be a plain number"
    return DomainError(f"{node.op.name}: it has no finite derivative at ({at}){node_and_line(node.label)}. {mend}.")
