"""Recurrent nets: layers that read a sequence row by row and carry a state from each row to the next."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, TypeAlias

import numpy as np

from autograd import ArgumentError, ParameterVector, sigmoid, tanh

from .checks import generator, whole
from .errors import ShapeError
from .layers import ACTIVATIONS
from .module import Module
from .sequences import in_order, matrix, product, row, sequence

Numbers: TypeAlias = "list[Any] | tuple[Any, ...]"


class Recurrent(Module):
    """Base of the recurrent layers: reading a whole sequence is one `step` after the other."""

    nin: int
    size: int

    def __call__(self, xs: Any, state: Any = None) -> tuple[list[list[Any]], Any]:
        rows = sequence(xs, self.nin, self)
        state = self._state(state)
        outputs: list[list[Any]] = []
        for x in rows:
            h, state = self._step(x, state)
            outputs.append(h)
        return outputs, state

    def step(self, x: Any, state: Any = None) -> tuple[list[Any], Any]:
        """One step: the output for the row x, and the state after it. Without a state it is the first one."""
        x = row(x, self.nin, f"{self!r} takes a row of {self.nin} numbers in a step; what it got")
        return self._step(x, self._state(state))

    @abstractmethod
    def _step(self, x: tuple[Any, ...], state: Any) -> tuple[list[Any], Any]:
        """What `step` gives, for a row and a state that were checked."""

    @abstractmethod
    def _state(self, state: Any) -> Any:
        """The state that was given, checked; or the one to start from, all zeros, if it is None."""

    def _carried(self, numbers: Any, name: str) -> Numbers:
        """One vector of a state, checked."""
        return row(numbers, self.size, f"{self!r}: the {name} of the state")


class RNN(Recurrent):
    """A recurrent layer: its `size` neurons see a row of the sequence and their own outputs for the row before.

        h_t = activation(W [x_t, h_(t-1)] + b)

    where [x, h] is x followed by h. Source: Elman, "Finding structure in time", Cognitive Science 14, 1990.

    `outputs, state = rnn(xs)` takes a sequence of rows of `nin` numbers. The outputs are the list of all h_t, each of
    `size` numbers, and the state is the last of them. The state before the first row is zeros, or `rnn(xs, state)`
    goes on from one that came back. `h, state = rnn.step(x, state)` is a single step.

    `activation` is the name of one in ACTIVATIONS. Weights start normally distributed with variance
    1 / (nin + size), drawn from `rng` or `seed` (LeCun et al., "Efficient BackProp", 1998), biases at 0.

    >>> rnn = RNN(1, 2, seed=1)
    >>> outputs, state = rnn([[1.0], [0.0], [0.0]])
    >>> [[round(float(y), 3) for y in h] for h in outputs]
    [[0.197, -0.637], [-0.028, -0.061], [-0.025, -0.03]]
    >>> state is outputs[-1]
    True

    Raises ShapeError for a row or a state of another width, ArgumentError for an unknown activation.
    """

    def __init__(
        self,
        nin: int,
        size: int,
        activation: str = "tanh",
        rng: np.random.Generator | None = None,
        seed: int | None = None,
    ) -> None:
        self.nin, self.size = whole("an RNN's number of inputs", nin), whole("an RNN's size", size)
        if not isinstance(activation, str) or activation not in ACTIVATIONS:
            raise ArgumentError(f"there is no activation {activation!r}; there are {', '.join(ACTIVATIONS)}")
        self.activation = activation
        self.w = matrix(generator(rng, seed), self.size, self.nin + self.size)
        self.b = ParameterVector([0.0] * self.size)

    def _step(self, x: tuple[Any, ...], state: Any) -> tuple[list[Any], Any]:
        h = [ACTIVATIONS[self.activation](z) for z in product(self.w, (*x, *state), self.b)]
        return h, h

    def _state(self, state: Any) -> Numbers:
        return (0.0,) * self.size if state is None else self._carried(state, "h")

    def config(self) -> dict[str, Any]:
        return {"nin": self.nin, "size": self.size, "activation": self.activation}

    def __repr__(self) -> str:
        return f"RNN({self.nin}, {self.size}, {self.activation!r})"


GATES = {"input": sigmoid, "forget": sigmoid, "output": sigmoid, "candidate": tanh}
"""The four parts of an LSTM in the order of its parameters, and what each does to its weighted sums."""


class LSTM(Recurrent):
    """Long short-term memory: a recurrent layer with `size` cells c whose gates, from 0 to 1, guard what they hold.

        i_t = sigmoid(W_i [x_t, h_(t-1)] + b_i)      the input gate: how much is written
        f_t = sigmoid(W_f [x_t, h_(t-1)] + b_f)      the forget gate: how much is kept
        o_t = sigmoid(W_o [x_t, h_(t-1)] + b_o)      the output gate: how much is shown
        g_t = tanh(W_g [x_t, h_(t-1)] + b_g)         the candidate: what would be written
        c_t = f_t c_(t-1) + i_t g_t
        h_t = o_t tanh(c_t)

    cell by cell. On the way from c_t straight to c_(t-1) a gradient is multiplied by f_t, which may stay near 1 for
    many steps. Sources: Hochreiter and Schmidhuber, "Long short-term memory", Neural Computation 9, 1997; the forget
    gate is that of Gers, Schmidhuber and Cummins, "Learning to forget", Neural Computation 12, 2000.

    `outputs, state = lstm(xs)` takes a sequence of rows of `nin` numbers. The outputs are the list of all h_t, each of
    `size` numbers, and the state is the last pair (h_t, c_t). The state before the first row is zeros, or
    `lstm(xs, state)` goes on from one that came back. `h, state = lstm.step(x, state)` is a single step.

    Weights start normally distributed with variance 1 / (nin + size), drawn from `rng` or `seed`. Biases start at 0,
    those of the forget gate at 1, so that a new net remembers (Jozefowicz, Zaremba and Sutskever, "An empirical
    exploration of recurrent network architectures", 2015).

    >>> lstm = LSTM(1, 2, seed=1)
    >>> outputs, (h, c) = lstm([[1.0], [0.0], [0.0]])
    >>> [[round(float(y), 3) for y in row] for row in outputs]
    [[-0.09, -0.03], [-0.081, -0.039], [-0.056, -0.049]]
    >>> h is outputs[-1], [round(float(x), 3) for x in c]
    (True, [-0.111, -0.097])
    >>> [lstm.named_parameters()[k][0] for k in (0, -1)]
    ['w.input.0.0', 'b.candidate.1']

    Raises ShapeError for a row or a state of another width.
    """

    def __init__(self, nin: int, size: int, rng: np.random.Generator | None = None, seed: int | None = None) -> None:
        self.nin, self.size = whole("an LSTM's number of inputs", nin), whole("an LSTM's size", size)
        rng = generator(rng, seed)
        # All weights, then all biases: side by side the four matrices are one, which is what jit looks for.
        self.w = {gate: matrix(rng, self.size, self.nin + self.size) for gate in GATES}
        self.b = {gate: ParameterVector([1.0 if gate == "forget" else 0.0] * self.size) for gate in GATES}

    def _step(self, x: tuple[Any, ...], state: Any) -> tuple[list[Any], Any]:
        h, c = state
        xh = (*x, *h)
        sums = {gate: product(self.w[gate], xh, self.b[gate]) for gate in GATES}
        i, f, o, g = ([squash(z) for z in sums[gate]] for gate, squash in GATES.items())
        c = [f[k] * c[k] + i[k] * g[k] for k in range(self.size)]
        h = [o[k] * tanh(c[k]) for k in range(self.size)]
        return h, (h, c)

    def _state(self, state: Any) -> tuple[Numbers, Numbers]:
        if state is None:
            return (0.0,) * self.size, (0.0,) * self.size
        pair = tuple(state) if in_order(state) else ()
        if len(pair) != 2:
            got = f"{len(pair)} of them" if pair else f"a {type(state).__name__}"
            raise ShapeError(f"{self!r}: a state is a pair (h, c) of {self.size} numbers each, got {got}")
        return self._carried(pair[0], "h"), self._carried(pair[1], "c")

    def config(self) -> dict[str, Any]:
        return {"nin": self.nin, "size": self.size}

    def __repr__(self) -> str:
        return f"LSTM({self.nin}, {self.size})"
