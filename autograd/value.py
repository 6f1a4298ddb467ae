"""Value: one number in a computation graph, with the arithmetic that links a new node to its arguments."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np

from . import ops
from .errors import ArgumentError, NotANumberError
from .number import number
from .record import Op, Primitive, RowOp
from .rows import Operands, Row, numbers
from .watch import watcher

_new = object.__new__
_ADD, _MUL = ops.add, ops.mul
_NO_NUMBER = (ValueError, ZeroDivisionError, OverflowError)


def _function(op: Op) -> Callable[[Value], Value]:
    """The method for an op of one argument."""
    value = op.value

    def method(self: Value) -> Value:
        try:
            data = value(self._data)
        except _NO_NUMBER:
            raise op.domain_error((self,)) from None
        out = _new(Value)
        out._data = data
        out.grad = 0.0
        out.op = op
        out._a = self
        out._b = None
        out.label = ""
        return out

    return _named(method, op.name, f"{op.doc[0].upper()}{op.doc[1:]}.")


def _operator(op: Op) -> Callable[[Value, Any], Value]:
    """The method for an operator: self op other; NotImplemented next to an array, which then goes elementwise."""
    value = op.value

    def method(self: Value, other: Any) -> Value:
        if other.__class__ is Value:
            y = other._data
        elif other.__class__ is float:
            y = other
        else:
            other = _side(other, op)
            if other is NotImplemented:
                return NotImplemented
            y = other if other.__class__ is float else other._data
        try:
            data = value(self._data, y)
        except _NO_NUMBER:
            raise op.domain_error((self, other)) from None
        out = _new(Value)
        out._data = data
        out.grad = 0.0
        out.op = op
        out._a = self
        out._b = other
        out.label = ""
        return out

    return _named(method, f"__{op.name}__", f"The op {op.name}: {op.doc}.")


def _reversed(op: Op) -> Callable[[Value, Any], Value]:
    """The method for the same operator with self on the right."""

    def method(self: Value, other: Any) -> Value:
        other = _side(other, op)
        return NotImplemented if other is NotImplemented else _applied(op, (other, self))

    return _named(method, f"__r{op.name}__", f"The op {op.name} with self on the right: {op.doc}.")


def _comparison(sign: str, compare: Callable[[float, float], bool]) -> Callable[[Value, Any], Any]:
    """The method for a comparison of numbers; while a trace is taken it is a node of the graph that is 1 or 0."""

    def method(self: Value, other: Any) -> Any:
        y = _comparable(other)
        if y is None:
            return NotImplemented
        watching = watcher.get()
        return compare(self._data, y) if watching is None else watching.compare(sign, self, other)

    return _named(method, f"__{compare.__name__}__", f"self {sign} other, as numbers.")


def _named(method: Any, name: str, doc: str) -> Any:
    method.__name__, method.__qualname__, method.__doc__ = name, f"Value.{name}", doc
    return method


class Value:
    """One number and, once `backward()` has run on a root above it, its gradient.

    `Value(3.0, label="x")` is a leaf. Arithmetic on Values makes inner nodes, which know their `op` and their
    ordered `args` (Values, and plain floats for constants). Numbers may stand on either side of an operator.

    >>> x = Value(3.0, label="x")
    >>> y = x * x + 2
    >>> y
    Value(11.0, op=add)
    >>> y.backward()
    >>> x
    Value(3.0, grad=6.0, label='x')

    Comparisons, `float`, `round`, `format`, `max`, `min` and `sorted` work on the number; hashing is by identity.
    Raises NotANumberError (a TypeError) for anything but one real number.
    """

    # The arguments stand in two slots rather than in a tuple, so that a node is one object for the garbage
    # collector; an op with three or more arguments keeps its Operands in `_a`. The number is `_data` inside the
    # engine and `data` outside, where assignments are checked. An inner node is always exactly of class Value.
    __slots__ = ("_a", "_b", "_data", "grad", "label", "op")

    grad: float
    label: str
    op: Primitive | None
    _data: float
    _a: Any
    _b: Any

    backward: ClassVar[Callable[[Value], None]]  # stands in backprop.py, which sets it
    __deepcopy__: ClassVar[Callable[[Value, dict[int, Any]], Value]]  # stands in copying.py

    def __init__(self, data: Any, label: str = "") -> None:
        self._data = number(data)
        self.grad = 0.0
        self.op = None
        self._a = self._b = None
        self.label = checked_label(label)
        if (watching := watcher.get()) is not None:
            watching.made(self)

    @property
    def data(self) -> float:
        """The number. It may be assigned (`p.data -= 0.1 * p.grad`); what was computed from it stays as it was."""
        if (watching := watcher.get()) is not None:
            watching.read(self)
        return self._data

    @data.setter
    def data(self, data: Any) -> None:
        if (watching := watcher.get()) is not None:
            watching.need(self, "assignment to .data")
        self._data = number(data, "Value.data")

    @property
    def args(self) -> Sequence[Any]:
        """The ordered arguments of the op: Values, and floats for constants; `x * x` has x twice."""
        if self._a is None:
            return ()
        if self._a.__class__ is Operands:
            return self._a
        return (self._a,) if self._b is None else (self._a, self._b)

    # --- arithmetic: add and mul are written out, being most of every graph; they agree with their records ---

    def __add__(self, other: Any) -> Value:
        if other.__class__ is Value:
            data = self._data + other._data
        elif other.__class__ is float:
            data = self._data + other
        else:
            return _plus(self, other)
        out = _new(Value)
        out._data = data
        out.grad = 0.0
        out.op = _ADD
        out._a = self
        out._b = other
        out.label = ""
        return out

    def __mul__(self, other: Any) -> Value:
        if other.__class__ is Value:
            data = self._data * other._data
        elif other.__class__ is float:
            data = self._data * other
        else:
            return _times(self, other)
        out = _new(Value)
        out._data = data
        out.grad = 0.0
        out.op = _MUL
        out._a = self
        out._b = other
        out.label = ""
        return out

    __radd__ = _reversed(ops.add)
    __rmul__ = _reversed(ops.mul)
    __sub__, __rsub__ = _operator(ops.sub), _reversed(ops.sub)
    __truediv__, __rtruediv__ = _operator(ops.div), _reversed(ops.div)
    __pow__, __rpow__ = _operator(ops.pow), _reversed(ops.pow)
    __neg__: Callable[[Value], Value] = _function(ops.neg)
    __abs__: Callable[[Value], Value] = _function(ops.abs)

    def __pos__(self) -> Value:
        return self

    # --- the functions of one number as methods; NumPy calls them for arrays of Values ---

    exp = _function(ops.exp)
    log = _function(ops.log)
    sqrt = _function(ops.sqrt)
    sin = _function(ops.sin)
    cos = _function(ops.cos)
    tanh = _function(ops.tanh)
    sigmoid = _function(ops.sigmoid)
    softplus = _function(ops.softplus)
    relu = _function(ops.relu)
    step = _function(ops.step)

    def leaky_relu(self, slope: Value | float = 0.01) -> Value:
        """x if x > 0 else slope * x."""
        return ops.leaky_relu(self, slope)

    # --- as a number ---

    def __float__(self) -> float:
        return self._needed("float()")

    def __int__(self) -> int:
        return int(self._needed("int()"))

    def __bool__(self) -> bool:
        return self._needed("bool()") != 0.0

    def __round__(self, digits: int | None = None) -> float:
        return round(self._needed("round()"), digits)

    def __index__(self) -> int:
        self._needed("an index")
        raise NotANumberError(f"a Value is no index, got {self!r}; use pick(values, index), or int(...) of it")

    def _needed(self, what: str) -> float:
        """The number, which Python needs for `what`."""
        if (watching := watcher.get()) is not None:
            watching.need(self, what)
        return self._data

    def __format__(self, spec: str) -> str:
        return format(self._data, spec) if spec else repr(self)

    __lt__, __le__ = _comparison("<", operator.lt), _comparison("<=", operator.le)
    __gt__, __ge__ = _comparison(">", operator.gt), _comparison(">=", operator.ge)
    __eq__, __ne__ = _comparison("==", operator.eq), _comparison("!=", operator.ne)
    __hash__ = object.__hash__

    def __repr__(self) -> str:
        parts = [_short(self._data)]
        if self.grad != 0.0:
            parts.append(f"grad={_short(self.grad)}")
        if self.op is not None:
            parts.append(f"op={self.op.name}")
        if self.label:
            parts.append(f"label={self.label!r}")
        return f"{type(self).__name__}({', '.join(parts)})"

    # --- protocols ---

    def __copy__(self) -> Value:
        return relinked(self, self._a, self._b)

    @staticmethod
    def __apply_op__(op: Op, args: tuple[Any, ...]) -> Value:
        """A node for op(*args), of which at least one is a Value: what calling an Op record comes to."""
        return _applied(op, args if len(args) == 1 else tuple(operand(arg, op.name) for arg in args))

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """NumPy's functions and operators act elementwise: `np.exp(v)`, and `array * v` is an array of Values."""
        wrapped = [_for_numpy(x) for x in inputs]
        return getattr(ufunc, method)(*wrapped, **options)


_plus, _times = _operator(_ADD), _operator(_MUL)


def checked_label(label: Any) -> str:
    """The label, if it is a str; a second number that was meant to be a second Value is none."""
    if not isinstance(label, str):
        raise ArgumentError(f"a Value takes one number and a str as its label, got the label {label!r}")
    return label


def operand(x: Any, what: str) -> Any:
    """x as it may stand among `args`: a Value as it is, any other real number as a float."""
    return x if isinstance(x, Value) else number(x, what)


def apply_rows(op: RowOp, rows: tuple[Row, ...]) -> Value:
    """The node op(*rows), with a Value somewhere in the rows; DomainError if op has no number for them."""
    operands = Operands(rows)
    return _linked(op, op.evaluate([numbers(row) for row in rows], operands), operands, None)


def _applied(op: Op, args: tuple[Any, ...]) -> Value:
    """The node op(*args); DomainError if op has no number for them. Three or more arguments become Operands."""
    data = op.evaluate(numbers(args), args)
    if len(args) > 2:
        return _linked(op, data, Operands((args,)), None)
    a, b = (*args, None)[:2]
    return _linked(op, data, a, b)


def relinked(node: Value, a: Any, b: Any) -> Value:
    """A copy of a leaf, or of an inner node with other arguments in its two slots; a leaf keeps its class."""
    out = _new(type(node))
    out._data, out.grad, out.label, out.op = node._data, node.grad, node.label, node.op
    out._a, out._b = a, b
    if hasattr(node, "__dict__"):  # that of a user's subclass
        out.__dict__.update(node.__dict__)
    return out


def _linked(op: Primitive, data: float, a: Any, b: Any) -> Value:
    """A new inner node."""
    out = _new(Value)
    out._data = data
    out.grad = 0.0
    out.op = op
    out._a = a
    out._b = b
    out.label = ""
    return out


def _side(x: Any, op: Op) -> Any:
    """One side of an operator as an operand; NotImplemented for an array, which knows how to go elementwise."""
    if x.__class__ is int:  # the commonest, as in x ** 2, so it goes first
        return number(x, op.name)
    if isinstance(x, np.ndarray) and x.ndim:
        return NotImplemented
    return operand(x, op.name)


def _comparable(x: Any) -> float | None:
    """The number to compare with, or None if x is none."""
    if isinstance(x, Value):
        return x._data
    return float(x) if isinstance(x, (float, np.floating, np.integer, np.bool_)) else x if isinstance(x, int) else None


def _for_numpy(x: Any) -> Any:
    """A Value as a 0-d object array that holds it; any other input of a NumPy function as it is."""
    if not isinstance(x, Value):
        return float(x) if isinstance(x, np.longdouble) else x  # a longdouble would ask the Value again, for ever
    array = np.empty((), dtype=object)
    array[()] = x
    return array


def _short(x: Any) -> str:
    """Six significant digits, so that a doctest does not hang on the last bit; anything but a number as it is."""
    return repr(float(f"{x:.6g}")) if isinstance(x, (float, int)) else repr(x)
