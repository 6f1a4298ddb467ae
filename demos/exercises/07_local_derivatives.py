"""Each operation and its way back

Every operation is asked for its result on the way forward, and on the way back
for one thing more: by how much does the result c change if an argument changes
a little? That is the local derivative dc/da. When c.grad is known, the slope
of whatever is computed in the end with respect to c, the chain rule gives to
each argument its share:

    a.grad  gains  c.grad * dc/da

It gains it: a may be used elsewhere too, or twice in the same place, as in the
product a * a, and what comes from there has been added already, or will be.
Where c is computed, nobody knows c.grad yet; so each operation only leaves a
function `_backward` with its result, which does the adding when it is called,
later on, without arguments.

The class below computes forward. Fill in the five functions, a line for each
argument. The exponent of a power is a plain number and gets no gradient. At 0,
relu has no slope, as it bends there; the convention is relu'(0) = 0.

>>> a, b = Value(3.0), Value(-2.0)
>>> c = a * b
>>> c.grad = 10.0               # say the end depends on c so strongly
>>> c._backward()
>>> a.grad, b.grad
(-20.0, 30.0)

The lessons beside it: `python -m demos chain_rule`, and then
`python -m demos backprop`.
"""

from __future__ import annotations

import math


class Value:
    """A number, its gradient, and how an operation hands that gradient back to what the number was made of."""

    def __init__(self, data: float) -> None:
        self.data = data
        self.grad = 0.0
        self._backward = lambda: None

    def __add__(self, other: Value) -> Value:
        """self + other"""
        out = Value(self.data + other.data)

        def backward() -> None:
            raise NotImplementedError

        out._backward = backward
        return out

    def __mul__(self, other: Value) -> Value:
        """self * other"""
        out = Value(self.data * other.data)

        def backward() -> None:
            raise NotImplementedError

        out._backward = backward
        return out

    def __pow__(self, exponent: float) -> Value:
        """self ** exponent, where the exponent is a plain number"""
        out = Value(self.data**exponent)

        def backward() -> None:
            raise NotImplementedError

        out._backward = backward
        return out

    def exp(self) -> Value:
        """e ** self"""
        out = Value(math.exp(self.data))

        def backward() -> None:
            raise NotImplementedError

        out._backward = backward
        return out

    def relu(self) -> Value:
        """self where it is above 0, else 0"""
        out = Value(max(self.data, 0.0))

        def backward() -> None:
            raise NotImplementedError

        out._backward = backward
        return out
