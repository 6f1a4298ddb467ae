"""Makes sequences.json: what PyTorch says of recurrent nets and of self-attention. Needs torch; the tests do not.

    python -m tests.reference.make_sequences

Parameters, inputs and states are sines of 1, 2, 3 and so on, so that only what comes out has to be stored.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograd import Value, grad, sum
from nets import LSTM, RNN, Module, SelfAttention

FILE = Path(__file__).with_name("sequences.json")
STEPS = 4


def sines(count: int, first: int) -> list[float]:
    return [math.sin(first + k) for k in range(count)]


def grid(rows: int, columns: int, first: int) -> list[list[float]]:
    return [sines(columns, first + row * columns) for row in range(rows)]


@dataclass(frozen=True)
class Case:
    """A layer, the width of its rows, the vectors in its state, and the same in PyTorch.

    `theirs` takes a flat tensor of parameters, the rows and the state, and gives the tensors that come back.
    """

    make: Callable[[], Module]
    width: int
    states: int
    theirs: Callable[..., tuple[Any, ...]]

    def layer(self) -> Any:
        layer = self.make()
        for parameter, number in zip(layer.parameters(), sines(len(layer.parameters()), 1), strict=True):
            parameter.data = number
        return layer

    def given(self) -> tuple[list[list[float]], list[list[float]]]:
        """The rows, and the vectors of the state."""
        return grid(STEPS, self.width, 500), grid(self.states, 3, 600)


def rnn(activation: str) -> Callable[..., tuple[Any, ...]]:
    def theirs(parameters: Any, xs: Any, state: Any) -> tuple[Any, ...]:
        import torch

        w, b = parameters[:15].reshape(3, 5), parameters[15:]
        net = torch.nn.RNN(2, 3, nonlinearity=activation, dtype=torch.float64)
        return torch.func.functional_call(net, _recurrent(w, b), (xs, state))

    return theirs


def lstm(parameters: Any, xs: Any, state: Any) -> tuple[Any, ...]:
    import torch

    theirs = [0, 1, 3, 2]  # PyTorch has the candidate before the output gate
    w = parameters[:60].reshape(4, 3, 5)[theirs].reshape(12, 5)
    b = parameters[60:].reshape(4, 3)[theirs].reshape(12)
    net = torch.nn.LSTM(2, 3, dtype=torch.float64)
    outputs, (h, c) = torch.func.functional_call(net, _recurrent(w, b), (xs, (state[:1], state[1:])))
    return outputs, h, c


def _recurrent(w: Any, b: Any) -> dict[str, Any]:
    """The weights by PyTorch's names; it has two biases where one is enough."""
    return {"weight_ih_l0": w[:, :2], "weight_hh_l0": w[:, 2:], "bias_ih_l0": b, "bias_hh_l0": 0.0 * b}


def attention(heads: int, causal: bool) -> Callable[..., tuple[Any, ...]]:
    def theirs(parameters: Any, xs: Any, state: Any) -> tuple[Any, ...]:
        import torch

        weights = {
            "in_proj_weight": parameters[:48].reshape(12, 4),
            "out_proj.weight": parameters[48:].reshape(4, 4),
        }
        hidden = torch.ones(STEPS, STEPS, dtype=torch.bool).triu(1) if causal else None
        net = torch.nn.MultiheadAttention(4, heads, bias=False, dtype=torch.float64)
        options = {"attn_mask": hidden, "average_attn_weights": False}
        return torch.func.functional_call(net, weights, (xs, xs, xs), options)

    return theirs


RECURRENT = {
    "rnn": Case(lambda: RNN(2, 3), 2, 1, rnn("tanh")),
    "rnn of relus": Case(lambda: RNN(2, 3, "relu"), 2, 1, rnn("relu")),
    "lstm": Case(lambda: LSTM(2, 3), 2, 2, lstm),
}
ATTENTION = {
    "attention": Case(lambda: SelfAttention(4), 4, 0, attention(1, True)),
    "attention of two heads": Case(lambda: SelfAttention(4, 2), 4, 0, attention(2, True)),
    "attention to all": Case(lambda: SelfAttention(4, 2, causal=False), 4, 0, attention(2, False)),
}
CASES = RECURRENT | ATTENTION


def by_torch(case: Case) -> dict[str, list[float]]:
    """What comes back, flat, and the gradients of the sum of its squares, by PyTorch."""
    import torch

    numbers = (sines(len(case.make().parameters()), 1), *case.given())
    tensors = [torch.tensor(each, dtype=torch.float64, requires_grad=True) for each in numbers]
    back = torch.cat([tensor.reshape(-1) for tensor in case.theirs(*tensors)])
    gradients = torch.autograd.grad((back * back).sum(), tensors[: 3 if case.states else 2])
    return {"back": back.tolist(), "gradient": torch.cat([tensor.reshape(-1) for tensor in gradients]).tolist()}


def by_glassgrad(case: Case) -> dict[str, list[float]]:
    """The same by the layer itself."""
    layer = case.layer()
    xs, state = ([[Value(x) for x in row] for row in rows] for rows in case.given())
    if isinstance(layer, SelfAttention):
        back = [layer(xs), layer.weights(xs)]
    else:
        back = list(layer(xs, state[0] if len(state) == 1 else state))
    numbers = flat(back)
    inputs = [*layer.parameters(), *flat(xs), *flat(state)]
    return {"back": [float(y) for y in numbers], "gradient": grad(sum([y * y for y in numbers]), inputs)}


def flat(nested: Any) -> list[Any]:
    return [x for part in nested for x in flat(part)] if isinstance(nested, (list, tuple)) else [nested]


if __name__ == "__main__":
    answers = {name: by_torch(case) for name, case in CASES.items()}
    FILE.write_text(json.dumps(answers, indent=1) + "\n")
    print(f"{FILE}: {FILE.stat().st_size:,} bytes")
