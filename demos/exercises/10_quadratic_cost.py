"""The quadratic cost and its slope

A net gives an output for each example, a list of numbers, and a target says
what should have come out. The cost says in one number how far the outputs y
are from the targets t, for n examples x:

    C = 1/(2n) * sum over x of |y_x - t_x|^2

|v|^2 is the squared length of a vector, the sum of its squared components
(M. Nielsen, "Neural Networks and Deep Learning", chapter 1, 2015). The 1/n
makes the costs of few and of many examples comparable. The 1/2 is there
because the derivative of a square brings a 2.

Write `cost`, and `cost_gradient`: the derivative of C with respect to each
component of each output, in lists of the same shape as the outputs. Derive it
on paper first: of all the squares in C, in how many does one component occur?

>>> outputs = [[1.0, 3.0], [2.0, 2.0]]
>>> targets = [[1.0, 1.0], [3.0, 2.0]]
>>> cost(outputs, targets)          # squared lengths 4 and 1: 5 / (2 * 2)
1.25
>>> cost_gradient(outputs, targets)
[[0.0, 1.0], [-0.5, 0.0]]

The lessons beside it: `python -m demos backprop`, `python -m demos descent`.
"""

from collections.abc import Sequence


def cost(outputs: Sequence[Sequence[float]], targets: Sequence[Sequence[float]]) -> float:
    """C for these outputs and targets, one of each for every example."""
    raise NotImplementedError


def cost_gradient(outputs: Sequence[Sequence[float]], targets: Sequence[Sequence[float]]) -> list[list[float]]:
    """dC/dy for each component y of each output."""
    raise NotImplementedError
