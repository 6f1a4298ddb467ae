"""Makes layers.json: what PyTorch says of convolution, pooling, embedding and norms. Needs torch; the tests do not.

    python -m tests.reference.make_layers

Parameters and inputs are sines of 1, 2, 3 and so on, so that only what comes out has to be stored.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from autograd import Value, grad, sum
from nets import AvgPool2d, Conv2d, Embedding, Flatten, LayerNorm, MaxPool2d, Module, RMSNorm

FILE = Path(__file__).with_name("layers.json")


@dataclass(frozen=True)
class Case:
    """A layer, the shape of its inputs, and the same in PyTorch.

    `theirs` takes torch, a flat tensor of parameters and the inputs, and gives the tensor that comes back. With
    `indices` the inputs are these, and have no gradient.
    """

    make: Callable[[], Module]
    shape: tuple[int, ...]
    theirs: Callable[[Any, Any, Any], Any]
    indices: tuple[int, ...] = ()

    def layer(self) -> Module:
        layer = self.make()
        for parameter, number in zip(layer.parameters(), self.numbers(), strict=True):
            parameter.data = number
        return layer

    def numbers(self) -> list[float]:
        """Those of the parameters."""
        return sines(len(self.make().parameters()), 1)

    def given(self) -> np.ndarray:
        """The inputs."""
        return np.array(self.indices or sines(math.prod(self.shape), 500)).reshape(self.shape)


def sines(count: int, first: int) -> list[float]:
    return [math.sin(first + k) for k in range(count)]


def convolution(channels: int, filters: int, size: int, stride: int, padding: int) -> Callable[..., Any]:
    def theirs(torch: Any, parameters: Any, image: Any) -> Any:
        rows = parameters.reshape(filters, -1)  # a filter's weights, then its bias
        weights = rows[:, :-1].reshape(filters, channels, size, size)
        return torch.conv2d(image.reshape(1, channels, *image.shape[-2:]), weights, rows[:, -1], stride, padding).tanh()

    return theirs


CONVOLUTIONS = {
    "a filter on a grey image": Case(lambda: Conv2d(1, 1, 2, "tanh"), (3, 4), convolution(1, 1, 2, 1, 0)),
    "filters on channels": Case(lambda: Conv2d(2, 3, 3, "tanh"), (2, 4, 5), convolution(2, 3, 3, 1, 0)),
    "stride": Case(lambda: Conv2d(1, 2, 2, "tanh", stride=3), (1, 6, 7), convolution(1, 2, 2, 3, 0)),
    "padding": Case(lambda: Conv2d(2, 2, 3, "tanh", padding=1), (2, 3, 2), convolution(2, 2, 3, 1, 1)),
    "stride and padding": Case(
        lambda: Conv2d(1, 2, 3, "tanh", stride=2, padding=2), (1, 4, 5), convolution(1, 2, 3, 2, 2)
    ),
}
POOLS = {
    "largest": Case(lambda: MaxPool2d(), (2, 4, 6), lambda torch, _, x: torch.max_pool2d(x, 2)),
    "largest with an edge left": Case(lambda: MaxPool2d(3), (1, 7, 5), lambda torch, _, x: torch.max_pool2d(x, 3)),
    "largest, overlapping": Case(lambda: MaxPool2d(3, 1), (1, 4, 5), lambda torch, _, x: torch.max_pool2d(x, 3, 1)),
    "mean": Case(lambda: AvgPool2d(), (2, 4, 6), lambda torch, _, x: torch.nn.functional.avg_pool2d(x, 2)),
    "mean, overlapping": Case(
        lambda: AvgPool2d(3, 2), (1, 6, 5), lambda torch, _, x: torch.nn.functional.avg_pool2d(x, 3, 2)
    ),
    "flat": Case(Flatten, (2, 2, 3), lambda torch, _, x: torch.flatten(x)),
}
EMBEDDINGS = {
    "embedding": Case(
        lambda: Embedding(5, 3),
        (4,),
        lambda torch, parameters, x: torch.nn.functional.embedding(x, parameters.reshape(5, 3)),
        indices=(3, 0, 3, 4),
    )
}
NORMS = {
    "rms": Case(lambda: RMSNorm(4), (4,), lambda torch, gain, x: torch.rms_norm(x, (4,), gain, 1e-5)),
    "rms, large eps": Case(lambda: RMSNorm(3, 0.5), (3,), lambda torch, gain, x: torch.rms_norm(x, (3,), gain, 0.5)),
    "layer": Case(lambda: LayerNorm(4), (4,), lambda torch, p, x: torch.layer_norm(x, (4,), p[:4], p[4:], 1e-5)),
    "layer, large eps": Case(
        lambda: LayerNorm(3, 0.5), (3,), lambda torch, p, x: torch.layer_norm(x, (3,), p[:3], p[3:], 0.5)
    ),
}
CASES = CONVOLUTIONS | POOLS | EMBEDDINGS | NORMS


def by_torch(case: Case) -> dict[str, Any]:
    """What comes back, its shape, and the gradients of the sum of its squares, by PyTorch."""
    import torch

    parameters = torch.tensor(case.numbers(), dtype=torch.float64, requires_grad=True)
    inputs = torch.tensor(case.given(), requires_grad=not case.indices)
    back = case.theirs(torch, parameters, inputs)
    back = back[0] if back.ndim == 4 else back
    wanted = [tensor for tensor in (parameters, inputs) if tensor.requires_grad and tensor.numel()]
    gradients = torch.autograd.grad((back * back).sum(), wanted)
    return {
        "shape": list(back.shape),
        "back": back.reshape(-1).tolist(),
        "gradient": torch.cat([tensor.reshape(-1) for tensor in gradients]).tolist(),
    }


def by_glassgrad(case: Case) -> dict[str, Any]:
    """The same by the layer itself."""
    layer = case.layer()
    given = case.given() if case.indices else np.vectorize(Value, otypes=[object])(case.given())
    back = np.array(layer(given), dtype=object)
    numbers = list(back.flat)
    inputs = [*layer.parameters(), *([] if case.indices else given.flat)]
    return {
        "shape": list(back.shape),
        "back": [float(y) for y in numbers],
        "gradient": grad(sum([y * y for y in numbers]), inputs),
    }


def stored(name: str) -> dict[str, Any]:
    """What PyTorch said of the case when the file was made."""
    answer: dict[str, Any] = json.loads(FILE.read_text())[name]
    return answer


def assert_same(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    """Fails unless shape, numbers and gradients agree."""
    assert ours["shape"] == theirs["shape"]
    for part in ("back", "gradient"):
        np.testing.assert_allclose(ours[part], theirs[part], rtol=1e-10, atol=1e-13)


if __name__ == "__main__":
    answers = {name: by_torch(case) for name, case in CASES.items()}
    FILE.write_text("{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in answers.items()) + "\n}\n")
    print(f"{FILE}: {FILE.stat().st_size:,} bytes")
