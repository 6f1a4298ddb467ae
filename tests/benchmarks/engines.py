"""One small adapter per autograd engine, so that one workload runs on all of them.

The engines build graphs with Python's own operators; an adapter says the rest: how to make a leaf, how to go
backward, where the gradient stands.
"""

import importlib.util
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar


class Engine:
    """What a workload asks of an engine; this base fits engines whose nodes know how to go backward."""

    name: ClassVar[str]
    package: ClassVar[str]
    differentiates: ClassVar[bool] = True
    iterative: ClassVar[bool] = True
    """Whether the depth of a graph is not limited by Python's stack."""

    leaf: Callable[[float], Any]
    relu: Callable[[Any], Any]

    @contextmanager
    def recording(self) -> Iterator[None]:
        """A context in which graphs are built and gone through."""
        yield

    def leaves(self, numbers: Sequence[float]) -> list[Any]:
        """One leaf for each number; it starts a new graph."""
        return [self.leaf(x) for x in numbers]

    def backward(self, root: Any) -> None:
        """Computes the gradient of root in all leaves below it."""
        root.backward()

    def gradient(self, leaf: Any) -> float:
        """The gradient of the last root in the leaf."""
        return float(leaf.grad)

    def hidden_bytes(self) -> int | None:
        """Memory of the graph that tracemalloc does not see; None if that is not known."""
        return 0


class Glassgrad(Engine):
    """This project."""

    name, package = "glassgrad", "autograd"

    def __init__(self) -> None:
        from autograd import Value

        self.leaf, self.relu = Value, Value.relu


class Micrograd(Engine):
    """micrograd 0.1.0: a closure and a set per node, a recursive backward pass; + * ** relu only."""

    name = package = "micrograd"
    iterative = False

    def __init__(self) -> None:
        from micrograd.engine import Value

        self.leaf, self.relu = Value, Value.relu


class Xad(Engine):
    """xad: a tape in C++ driven from Python."""

    name = package = "xad"

    def __init__(self) -> None:
        import xad.adj_1st
        import xad.math

        maximum = xad.math.max
        self.leaf, self.relu = xad.adj_1st.Real, lambda x: maximum(x, 0.0)
        self._new_tape = xad.adj_1st.Tape
        self._tape = self._new_tape()

    @contextmanager
    def recording(self) -> Iterator[None]:
        self._tape = self._new_tape()
        self._tape.activate()
        try:
            yield
        finally:
            self._tape.deactivate()

    def leaves(self, numbers: Sequence[float]) -> list[Any]:
        leaves = super().leaves(numbers)
        for leaf in leaves:
            self._tape.registerInput(leaf)
        self._tape.newRecording()
        return leaves

    def backward(self, root: Any) -> None:
        self._tape.registerOutput(root)
        root.derivative = 1.0
        self._tape.computeAdjoints()

    def gradient(self, leaf: Any) -> float:
        return leaf.derivative

    def hidden_bytes(self) -> int:
        return self._tape.getMemory()


class Torch(Engine):
    """PyTorch with tensors of no dimension, in double precision."""

    name = package = "torch"

    def __init__(self) -> None:
        import torch

        self.leaf = lambda x: torch.tensor(x, dtype=torch.float64, requires_grad=True)
        self.relu = torch.relu

    def hidden_bytes(self) -> None:
        return None


class Number:
    """A float that knows + * ** relu and records nothing."""

    __slots__ = ("data",)

    def __init__(self, data: float) -> None:
        self.data = data

    def __add__(self, other: Any) -> "Number":
        return Number(self.data + (other.data if other.__class__ is Number else other))

    def __mul__(self, other: Any) -> "Number":
        return Number(self.data * (other.data if other.__class__ is Number else other))

    def __pow__(self, exponent: float) -> "Number":
        return Number(self.data**exponent)

    def relu(self) -> "Number":
        return Number(0.0 if self.data <= 0 else self.data)


class BareFloat(Engine):
    """No autograd at all: what the wrapper objects cost, as the floor."""

    name, package = "bare float", "math"
    differentiates = False

    def __init__(self) -> None:
        self.leaf, self.relu = Number, Number.relu

    def backward(self, root: Any) -> None:
        """Nothing: there is nothing recorded."""


ALL: tuple[type[Engine], ...] = (Glassgrad, Micrograd, Xad, Torch, BareFloat)
"""The first one is what the others are compared with."""


def installed() -> tuple[list[Engine], list[str]]:
    """An adapter for each engine that is installed, and the names of those that are not."""
    present = [kind for kind in ALL if importlib.util.find_spec(kind.package) is not None]
    return [kind() for kind in present], [kind.name for kind in ALL if kind not in present]
