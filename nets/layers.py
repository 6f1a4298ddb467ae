"""Neurons, and layers and nets of them, fully or sparsely connected."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np

import autograd
from autograd import ArgumentError, Parameter, ParameterVector, Value

from .checks import generator, is_number, whole
from .errors import ShapeError
from .module import Module

Activation: TypeAlias = str | Callable[[Any], Any]


def linear(z: Any) -> Any:
    """z itself; a function with a name, so that a neuron can be pickled."""
    return z


ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "linear": linear,
    "step": autograd.step,
    "sigmoid": autograd.sigmoid,
    "tanh": autograd.tanh,
    "relu": autograd.relu,
    "leaky_relu": autograd.leaky_relu,
    "softplus": autograd.softplus,
}
"""What a neuron may do to its weighted sum z, by name; a function of one number may be given instead."""

FEW = 32
"""Fewer constant inputs than this are summed faster one by one than as an array."""


class Neuron(Module):
    """One neuron: activation(w_1 x_1 + ... + w_n x_n + b), the sum being a single `dot` node.

    `connections` says which inputs it is wired to: their indices, or a mask of `nin` booleans; it has one weight
    for each of those. Weights start normally distributed with variance 2 / n before a relu, a leaky relu or a
    softplus (He et al., "Delving deep into rectifiers", 2015) and 1 / n otherwise (LeCun et al., "Efficient
    BackProp", 1998), drawn from `rng` or from `seed`; the bias starts at 0.

    >>> neuron = Neuron(2, activation="tanh", seed=1)
    >>> neuron
    Neuron(2, 'tanh')
    >>> neuron([1.0, -1.0])
    Value(-0.324445, op=tanh)

    Raises ShapeError for another number of inputs or connections that do not fit, ArgumentError for an unknown
    activation.
    """

    def __init__(
        self,
        nin: int,
        activation: Activation = "relu",
        rng: np.random.Generator | None = None,
        seed: int | None = None,
        connections: Iterable[Any] | None = None,
    ) -> None:
        self.nin = whole("a Neuron's number of inputs", nin)
        self.activation = activation
        self.connections = None if connections is None else _indices(connections, self.nin)
        self._activate = _activation(activation)
        wired = self.nin if self.connections is None else len(self.connections)
        gain = 2.0 if self._activate in (autograd.relu, autograd.leaky_relu, autograd.softplus) else 1.0
        weights = generator(rng, seed).normal(0.0, (gain / max(wired, 1)) ** 0.5, wired)
        self.w = ParameterVector(weights)
        self.b = Parameter(0.0)

    def __call__(self, xs: Any) -> Value:
        return self._respond(_inputs(xs, self.nin, self))

    def _respond(self, xs: Sequence[Any]) -> Value:
        """The output for inputs that `_inputs` has checked."""
        if self.connections is not None:
            xs = _selected(xs, self.connections)
        return self._activate(autograd.dot(self.w, xs, self.b))

    def config(self) -> dict[str, Any]:
        return {"nin": self.nin, "activation": self.activation, "connections": self.connections}

    def __repr__(self) -> str:
        wires = "" if self.connections is None else f", {len(self.connections)} connections"
        return f"Neuron({self.nin}, {self.activation!r}{wires})"


class Layer(Module):
    """`nout` neurons that see the same `nin` inputs; calling it gives the list of their outputs.

    `connections` has one entry for each neuron (see Neuron): a list of lists of indices, or a mask of shape
    (nout, nin).

    >>> [round(float(y), 6) for y in Layer(2, 3, seed=1)([1.0, -1.0])]
    [0.0, 1.633594, 0.458981]
    """

    def __init__(
        self,
        nin: int,
        nout: int,
        activation: Activation = "relu",
        rng: np.random.Generator | None = None,
        seed: int | None = None,
        connections: Iterable[Any] | None = None,
    ) -> None:
        rng = generator(rng, seed)
        nout = whole("a Layer's number of neurons", nout)
        if not isinstance(connections, (Iterable, type(None))):
            raise ShapeError(f"Layer: connections is {connections!r}; give a list with one entry for each neuron")
        wires = [None] * nout if connections is None else list(connections)
        if len(wires) != nout:
            raise ShapeError(f"Layer: connections for {len(wires)} neurons, but there are {nout}; give one entry each")
        self.neurons = [Neuron(nin, activation, rng, connections=wire) for wire in wires]

    def __call__(self, xs: Any) -> list[Value]:
        xs = _inputs(xs, self.neurons[0].nin, self)
        return [neuron._respond(xs) for neuron in self.neurons]

    def config(self) -> dict[str, Any]:
        first = self.neurons[0]
        wires = [neuron.connections for neuron in self.neurons]
        return {
            "nin": first.nin,
            "nout": len(self.neurons),
            "activation": first.activation,
            "connections": None if all(wire is None for wire in wires) else wires,
        }

    def __repr__(self) -> str:
        first = self.neurons[0]
        sparse = ", sparse" if any(neuron.connections is not None for neuron in self.neurons) else ""
        return f"Layer({first.nin}, {len(self.neurons)}, {first.activation!r}{sparse})"


class Sequential(Module):
    """Layers one after the other, each taking what the one before gives; a single output comes without its list.

    >>> net = Sequential([Layer(2, 4, "tanh", seed=1), Layer(4, 1, "linear", seed=2)])
    >>> net([0.5, -0.5])
    Value(0.273764, op=dot)
    """

    def __init__(self, layers: Iterable[Callable[[Any], Any]]) -> None:
        if not isinstance(layers, Iterable):
            raise ArgumentError(f"Sequential takes a list of layers, got {layers!r}; write Sequential([...])")
        self.layers = list(layers)
        for layer in self.layers:
            if not callable(layer):
                raise ArgumentError(
                    f"Sequential takes layers, got {layer!r}; write Sequential([Layer(...), Layer(...)])"
                )

    def __call__(self, xs: Any) -> Any:
        out: Any = xs
        for layer in self.layers:
            out = layer([out] if isinstance(out, Value) and layer is not self.layers[0] else out)
        return out[0] if isinstance(out, list) and len(out) == 1 else out

    def config(self) -> dict[str, Any]:
        return {"layers": self.layers}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self.layers)} layers)"


class MLP(Sequential):
    """A multilayer perceptron: `nin` inputs, then layers of the widths `nouts`, the last one being the output.

    Hidden layers use `activation`, the last one `output`. With one output a call returns a Value, with more a list.

    >>> model = MLP(2, [16, 16, 1], seed=1337)
    >>> len(model.parameters())
    337
    >>> model([0.5, -0.5])
    Value(-0.329519, op=dot)
    """

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        activation: Activation = "relu",
        output: Activation = "linear",
        rng: np.random.Generator | None = None,
        seed: int | None = None,
    ) -> None:
        rng = generator(rng, seed)
        if isinstance(nouts, str) or not isinstance(nouts, Iterable) or not len(nouts := list(nouts)):
            raise ShapeError(f"MLP: nouts is {nouts!r}; it needs the width of each layer, such as [16, 16, 1]")
        widths = [nin, *nouts]
        kinds = [activation] * (len(nouts) - 1) + [output]
        super().__init__(Layer(a, b, kind, rng) for a, b, kind in zip(widths[:-1], widths[1:], kinds, strict=True))
        self.nin, self.nouts = int(nin), [int(nout) for nout in nouts]
        self.activation, self.output = activation, output

    def config(self) -> dict[str, Any]:
        return {"nin": self.nin, "nouts": self.nouts, "activation": self.activation, "output": self.output}

    def __repr__(self) -> str:
        return f"MLP({self.nin}, {self.nouts}, {self.activation!r}, {self.output!r})"


def _activation(activation: Activation) -> Callable[[Any], Any]:
    """The function; one that gives a plain number for a Value is refused, as nothing could be learned through it."""
    if callable(activation):
        if isinstance(activation(Value(0.5)), Value):
            return activation
        raise ArgumentError(f"activation {activation!r} makes a plain number of a Value; use one such as autograd.tanh")
    if not isinstance(activation, str) or activation not in ACTIVATIONS:
        raise ArgumentError(f"there is no activation {activation!r}; there are {', '.join(ACTIVATIONS)}")
    return ACTIVATIONS[activation]


def _indices(connections: Iterable[Any], nin: int) -> list[int]:
    """The indices of the inputs that are connected, from indices or from a mask of nin booleans."""
    if not isinstance(connections, Iterable):
        raise ShapeError(f"connections is {connections!r}; a neuron needs a list of indices or {nin} booleans")
    entries = list(connections)
    if entries and all(isinstance(entry, (bool, np.bool_)) for entry in entries):
        if len(entries) != nin:
            raise ShapeError(f"a mask of {len(entries)} booleans does not fit {nin} inputs")
        return [i for i, connected in enumerate(entries) if connected]
    counted = (isinstance(entry, (int, np.integer)) and not isinstance(entry, bool) for entry in entries)
    if not all(counted) or not all(0 <= entry < nin for entry in entries):
        raise ShapeError(f"connections {entries!r}: each needs to be an index from 0 to {nin - 1}, or all booleans")
    if len(set(entries)) < len(entries):
        raise ShapeError(f"connections {entries!r}: an input stands there twice; one weight is enough for it")
    return [int(entry) for entry in entries]


def _inputs(xs: Any, nin: int, module: Module) -> Any:
    """The inputs, checked once for all neurons of a layer: constants as one read-only array, else a tuple."""
    if isinstance(xs, Value) or not isinstance(xs, Iterable):
        raise ShapeError(f"{module!r} takes a list of {nin} inputs, got the single {xs!r}; write [...] around it")
    if isinstance(xs, (set, frozenset, dict, str)):
        raise ShapeError(f"{module!r} takes a list of {nin} inputs in order, got a {type(xs).__name__}")
    row: Any = xs if isinstance(xs, np.ndarray) else tuple(xs)
    if isinstance(row, np.ndarray) and row.ndim != 1:
        raise ShapeError(f"{module!r} takes {nin} inputs in a flat row, got an array of shape {row.shape}")
    if len(row) != nin:
        raise ShapeError(f"{module!r} takes {nin} inputs, got {len(row)}")
    if isinstance(row, tuple) and not all(is_number(x) and not isinstance(x, Value) for x in row):
        return row
    if isinstance(row, np.ndarray) and row.dtype.kind not in "fiub":
        return tuple(row)
    try:
        if nin < FEW:
            return tuple(map(float, row))
        constants = np.array(row, dtype=np.float64)
    except OverflowError:  # an int beyond the floats, of which the neuron will tell
        return row
    constants.flags.writeable = False
    return constants


def _selected(xs: Any, indices: list[int]) -> Any:
    return xs[indices] if isinstance(xs, np.ndarray) else tuple(xs[i] for i in indices)
