"""Steps of neural nets: this project's `nets`, micrograd's `nn`, and for other engines a net of plain loops.

All start from the same weights and compute the same loss. micrograd knows neither exp nor log, so the loss of the
classifier is the squared error for all of them.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

from autograd import sum as node_sum
from nets.data import moons
from nets.layers import MLP
from nets.losses import hinge, l2_penalty, squared_error
from nets.optim import SGD

from .engines import Engine, Glassgrad, Micrograd
from .workloads import Job

ALPHA = 1e-4
LEARNING_RATE = 0.05

Net = Callable[[Sequence[Any]], Any]
Loss = Callable[[Net, list[Any]], Any]
"""From a net and its parameters to the root of a graph."""


def moons_job(engine: Engine) -> Job:
    """One step of MLP(2, [16, 16, 1]) on all of 100 points: hinge and L2; the SGD update counts as backward."""
    features, labels = moons(100, seed=1)
    xs, ys = features.tolist(), [2 * int(label) - 1 for label in labels]
    start = MLP(2, [16, 16, 1], seed=1)
    if isinstance(engine, Glassgrad):
        return _own_job(engine, start, partial(_own_moons_loss, xs=xs, ys=ys), LEARNING_RATE)
    return _foreign_job(engine, start, partial(_moons_loss, engine.relu, xs, ys), LEARNING_RATE)


def example_job(engine: Engine, hidden: int) -> Job:
    """Forward and backward of a 784-hidden-10 net for one example."""
    image = [((37 * i) % 101) / 101 for i in range(784)]
    targets = [float(i == 4) for i in range(10)]
    start = MLP(784, [hidden, 10], seed=1)
    if isinstance(engine, Glassgrad):
        return _own_job(engine, start, lambda net, _: squared_error(net(image), targets))
    return _foreign_job(engine, start, lambda net, _: _squared_error(net(image), targets))


# --- this project: the loss as a user of `nets` writes it ----------------------------------------------------


def _own_job(engine: Engine, net: MLP, loss: Loss, rate: float | None = None) -> Job:
    parameters = net.parameters()
    optimizer = SGD(parameters, rate or 1.0)

    def forward() -> Any:
        optimizer.zero_grad()
        return loss(net, parameters)

    def backward(root: Any) -> None:
        root.backward()
        if rate is not None:
            optimizer.step()

    return Job(engine, forward, backward, lambda root: [p.grad for p in parameters])


def _own_moons_loss(net: Net, parameters: list[Any], xs: Sequence[Any], ys: Sequence[int]) -> Any:
    losses = [hinge(net(x), y) for x, y in zip(xs, ys, strict=True)]
    return node_sum(losses) * (1.0 / len(losses)) + l2_penalty(parameters, ALPHA)


# --- the others: the loss as micrograd's demo writes it ------------------------------------------------------


def _foreign_job(engine: Engine, start: MLP, loss: Loss, rate: float | None = None) -> Job:
    widths, numbers = [start.nin, *start.nouts], [p.data for p in start.parameters()]
    if isinstance(engine, Micrograd):
        return _micrograd_job(engine, widths, numbers, loss, rate)
    return _loops_job(engine, widths, numbers, loss, rate)


def _micrograd_job(engine: Engine, widths: list[int], numbers: list[float], loss: Loss, rate: float | None) -> Job:
    from micrograd.nn import MLP as MicrogradMLP

    net = MicrogradMLP(widths[0], widths[1:])
    parameters = net.parameters()
    for p, number in zip(parameters, numbers, strict=True):
        p.data = number

    def forward() -> Any:
        net.zero_grad()
        return loss(lambda xs: net(list(map(engine.leaf, xs))), parameters)

    def backward(root: Any) -> None:
        root.backward()
        if rate is not None:
            for p in parameters:
                p.data -= rate * p.grad

    return Job(engine, forward, backward, lambda root: [p.grad for p in parameters])


def _loops_job(engine: Engine, widths: list[int], numbers: list[float], loss: Loss, rate: float | None) -> Job:
    """The graph is the root and the leaves, which are made anew from the numbers in each step."""
    numbers = list(numbers)

    def forward() -> tuple[Any, list[Any]]:
        leaves = engine.leaves(numbers)
        return loss(_net_of_loops(engine, widths, leaves), leaves), leaves

    def gradients(graph: tuple[Any, list[Any]]) -> list[float]:
        return [engine.gradient(leaf) for leaf in graph[1]]

    def backward(graph: tuple[Any, list[Any]]) -> None:
        engine.backward(graph[0])
        if rate is not None:
            numbers[:] = [x - rate * g for x, g in zip(numbers, gradients(graph), strict=True)]

    return Job(engine, forward, backward, gradients)


def _net_of_loops(engine: Engine, widths: list[int], leaves: list[Any]) -> Net:
    """An MLP on an engine that has no nets; its parameters stand in the order of micrograd's."""
    layers = list(_layers(widths, iter(leaves)))

    def net(xs: Sequence[Any]) -> Any:
        for layer in layers:
            sums = [_plain_sum([w * x for w, x in zip(ws, xs, strict=True)], bias) for ws, bias in layer]
            xs = sums if layer is layers[-1] else [engine.relu(s) for s in sums]
        return xs[0] if len(xs) == 1 else xs

    return net


def _layers(widths: list[int], leaves: Iterator[Any]) -> Iterator[list[tuple[list[Any], Any]]]:
    """For each layer the weights and the bias of each neuron."""
    for nin, nout in pairwise(widths):
        yield [([next(leaves) for _ in range(nin)], next(leaves)) for _ in range(nout)]


def _moons_loss(relu: Callable[[Any], Any], xs: Sequence[Any], ys: Sequence[int], net: Net, ps: list[Any]) -> Any:
    losses = [relu(net(x) * -y + 1.0) for x, y in zip(xs, ys, strict=True)]
    return _plain_sum(losses[1:], losses[0]) * (1.0 / len(losses)) + _sum_of_squares(ps) * ALPHA


def _squared_error(outputs: Sequence[Any], targets: Sequence[float]) -> Any:
    return _sum_of_squares([y + -t for y, t in zip(outputs, targets, strict=True)]) * 0.5


def _sum_of_squares(xs: Sequence[Any]) -> Any:
    squares = [x * x for x in xs]
    return _plain_sum(squares[1:], squares[0])


def _plain_sum(xs: Sequence[Any], start: Any) -> Any:
    """start + x_1 + ... + x_n, one addition after the other."""
    total = start
    for x in xs:
        total = total + x
    return total
