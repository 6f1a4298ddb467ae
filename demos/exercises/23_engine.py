"""Write an engine, and train with it

All that makes a net learn fits into one class: numbers that remember what they
were made of, and the chain rule, from the end back to every number that went
in. Write it. What it has to do:

- `Value(3.0)` has `data`, the number, and `grad`, which is 0.0. Both can be
  assigned.
- `a + b`, `a * b`, `a ** n`, `a.exp()` and `a.relu()` make new Values, and
  change no data. In + and * one of the two may be a plain number; n is always
  one, such as 2, -1 or 0.5. The slope of relu at 0 is 0.
- After `y.backward()`, dy/da has been added to the `grad` of each number a
  that y was made of. It is added to what was there: `a * a` and `a + a * b`
  need that, and so do two results made of the same a. In `y.grad` stands 1.
- A graph may be 10,000 operations deep, and a number may be reached by
  billions of paths. Go over each edge once, and without a function that calls
  itself.
- Nobody calls `backward` twice on the same graph, or changes `data` between
  computing forward and going back.

How the graph is kept is up to you, and so is whether a way back is a function
that each result carries, as in task 7, or a pair of arguments and partials, as
in task 9. Subtraction and division are given, in terms of your + * and **.

Then your class trains a net: two inputs, eight relu neurons and a sigmoid
learn to tell the two moons apart, and every loss on the way has to be what the
engine of this course finds.

>>> a, b = Value(2.0), Value(-3.0)
>>> y = (a * b + 7.0) ** 2 + a.exp() * 0.0      # dy/da = 2 * (a * b + 7) * b
>>> y.backward()
>>> y.data, a.grad, b.grad
(1.0, -6.0, 4.0)

The lessons beside it: `python -m demos backprop`, and `python -m demos moons`.
"""

from __future__ import annotations


class Value:
    """A number that remembers what it was made of, and its gradient."""

    def __init__(self, data: float) -> None:
        self.data = data
        self.grad = 0.0

    def __add__(self, other: Value | float) -> Value:
        """self + other"""
        raise NotImplementedError

    def __mul__(self, other: Value | float) -> Value:
        """self * other"""
        raise NotImplementedError

    def __pow__(self, exponent: float) -> Value:
        """self ** exponent, where the exponent is a plain number"""
        raise NotImplementedError

    def exp(self) -> Value:
        """e ** self"""
        raise NotImplementedError

    def relu(self) -> Value:
        """self where it is above 0, else 0"""
        raise NotImplementedError

    def backward(self) -> None:
        """Adds d self / d a to the grad of each Value a that this one was made of."""
        raise NotImplementedError

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
