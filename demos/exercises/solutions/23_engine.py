"""Each operation keeps its arguments and its partials; `backward` goes over these edges in a topological order."""

from __future__ import annotations

import math
from collections.abc import Sequence


class Value:
    """A number that remembers what it was made of, and its gradient."""

    def __init__(self, data: float, args: Sequence[Value] = (), partials: Sequence[float] = ()) -> None:
        self.data = data
        self.grad = 0.0
        self.args = args
        self.partials = partials

    def __add__(self, other: Value | float) -> Value:
        """self + other"""
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other: Value | float) -> Value:
        """self * other"""
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, exponent: float) -> Value:
        """self ** exponent, where the exponent is a plain number"""
        return Value(self.data**exponent, (self,), (exponent * self.data ** (exponent - 1),))

    def exp(self) -> Value:
        """e ** self"""
        result = math.exp(self.data)
        return Value(result, (self,), (result,))

    def relu(self) -> Value:
        """self where it is above 0, else 0"""
        return Value(max(self.data, 0.0), (self,), (float(self.data > 0),))

    def backward(self) -> None:
        """Adds d self / d a to the grad of each Value a that this one was made of."""
        self.grad = 1.0
        for node in reversed(self._arguments_first()):
            for arg, partial in zip(node.args, node.partials, strict=True):
                arg.grad += node.grad * partial

    def _arguments_first(self) -> list[Value]:
        """All that it was made of and itself, each once and after its own arguments."""
        order: list[Value] = []
        seen: set[Value] = set()
        waiting = [(self, False)]
        while waiting:
            node, arguments_done = waiting.pop()
            if arguments_done:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                waiting.append((node, True))  # comes up again when all that is put on top of it is done
                waiting.extend((arg, False) for arg in node.args)
        return order

    # The rest is given: what numbers on the left, - and / come to.

    def __radd__(self, other: float) -> Value:
        return self + other

    def __rmul__(self, other: float) -> Value:
        return self * other

    def __neg__(self) -> Value:
        return self * -1.0

    def __sub__(self, other: Value | float) -> Value:
        return self + -other

    def __rsub__(self, other: float) -> Value:
        return -self + other

    def __truediv__(self, other: Value | float) -> Value:
        return self * other**-1.0

    def __rtruediv__(self, other: float) -> Value:
        return self**-1.0 * other
