"""The sigmoid and its slope, for any z

A neuron with a threshold jumps from 0 to 1. The sigmoid goes there smoothly,

    sigmoid(z)  = 1 / (1 + exp(-z)),
    sigmoid'(z) = y * (1 - y)   with y = sigmoid(z),

so that every small change of a weight shows in the output. Write both, for
numbers z as large as 1000 and as small as -1000. `math.exp(1000)` is an
OverflowError, since the result is beyond the largest float; but a sigmoid lies
between 0 and 1, and with a little care nothing has to overflow. Nor may there
be a 0 / 0 or an inf / inf on the way. The check is content with results that
are within 0.000001 of the right ones.

>>> sigmoid(0.0)
0.5
>>> sigmoid(1000.0), sigmoid(-1000.0)
(1.0, 0.0)
>>> sigmoid_derivative(0.0)
0.25

The lesson beside it: `python -m demos sigmoid_neuron`.
"""


def sigmoid(z: float) -> float:
    """1 / (1 + exp(-z)), between 0 and 1."""
    raise NotImplementedError


def sigmoid_derivative(z: float) -> float:
    """The slope of the sigmoid at z."""
    raise NotImplementedError
