"""An LSTM cell that remembers

A cell has two numbers: its content c, which it keeps to itself, and its output
h. At each step it reads x and its own last output. Four small neurons see
both, each with weights w, u and a bias b, by z = w * x + u * h + b:

    forget      f = sigmoid(z)      how much of the content is kept
    input       i = sigmoid(z)      how much is written
    candidate   g = tanh(z)         what would be written
    output      o = sigmoid(z)      how much is shown

Then the new content and the new output are

    c = f * c + i * g,        h = o * tanh(c).

(Hochreiter and Schmidhuber, "Long short-term memory", 1997; the forget gate is
from Gers, Schmidhuber and Cummins, "Learning to forget", 2000.) Write
`lstm_step`. `weights` is a dict, in any order, with (w, u, b) for the name of
each of the four.

>>> shut, wide, half = (0.0, 0.0, -40.0), (0.0, 0.0, 40.0), (0.0, 0.0, 0.0)
>>> keeps = {"forget": wide, "input": shut, "candidate": half, "output": shut}
>>> lstm_step(1.0, 0.3, 0.7, keeps)[1]
0.7
>>> writes = {"forget": half, "input": wide, "output": half}
>>> writes["candidate"] = (1.0, 1.0, 0.0)
>>> h, c = lstm_step(1.0, 0.3, 0.7, writes)
>>> round(h, 4), round(c, 4)
(0.4186, 1.2117)

Then be the one who trains it: choose the twelve numbers in `remembering`, so
that a cell that starts with h = c = 0

- stays empty while it reads noise, numbers between -1 and 1 (c within 0.05 of
  0 for 50 steps),
- is filled when x = 10 comes, once (c within 0.05 of 1 after it),
- and still knows that after 50 more steps of noise (c within 0.05 of 1).

The lesson beside it: `python -m demos lstm`.
"""

from math import tanh

Weights = dict[str, tuple[float, float, float]]


def sigmoid(z: float) -> float:
    """1 / (1 + exp(-z)), in a form that no z is too large for. Given."""
    return (1 + tanh(z / 2)) / 2


def lstm_step(x: float, h: float, c: float, weights: Weights) -> tuple[float, float]:
    """The new h and the new c."""
    raise NotImplementedError


def remembering() -> Weights:
    """The weights (w, u, b) of "forget", "input", "candidate" and "output"."""
    raise NotImplementedError
