"""Each line is the chain rule for one argument: gain the gradient of the result times the local derivative."""

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
            self.grad += out.grad
            other.grad += out.grad

        out._backward = backward
        return out

    def __mul__(self, other: Value) -> Value:
        """self * other"""
        out = Value(self.data * other.data)

        def backward() -> None:
            self.grad += out.grad * other.data
            other.grad += out.grad * self.data

        out._backward = backward
        return out

    def __pow__(self, exponent: float) -> Value:
        """self ** exponent, where the exponent is a plain number"""
        out = Value(self.data**exponent)

        def backward() -> None:
            self.grad += out.grad * exponent * self.data ** (exponent - 1)

        out._backward = backward
        return out

    def exp(self) -> Value:
        """e ** self"""
        out = Value(math.exp(self.data))

        def backward() -> None:
            self.grad += out.grad * out.data

        out._backward = backward
        return out

    def relu(self) -> Value:
        """self where it is above 0, else 0"""
        out = Value(max(self.data, 0.0))

        def backward() -> None:
            self.grad += out.grad * (self.data > 0)

        out._backward = backward
        return out
