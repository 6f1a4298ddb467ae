"""A function compiled for one structure of arguments: loading them, running the program, and what comes back.

The result of a call is a Value like any other. Its op is the call itself: `backward` asks it for its partials, and it
runs the backward program to give them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from ..collector import collector_paused
from ..derivatives import grad
from ..errors import ArgumentError
from ..record import Domain, RowOp
from ..rows import Operands
from ..value import Value
from ..watch import as_it_stands
from . import draws
from .differentiate import differentiate
from .flatten import flatten
from .forms import Flat
from .group import group
from .guard import Guard, parameter_names
from .lower import lower
from .numpy_backend import Bound, OutsideError
from .program import LEAF, PARAMETER, SIZE, Program
from .results import Results
from .structure import arguments, numbers_in, statics
from .trace import trace

SIZES_KEPT = 4
"""How many sizes of the batch keep their arrays: a training loop has two, the last batch of an epoch being smaller."""


@dataclass(frozen=True)
class Stats:
    """What a compiled function is made of."""

    nodes: int
    """Scalar nodes in the traced graph (of one example, where there is a batch)."""
    array_calls: int
    """Array calls of a step, forward and backward."""
    matrix_products: int
    gathers: int
    bytes: int
    """The size of the program's arrays."""
    trace_seconds: float
    compile_seconds: float


@dataclass
class Call:
    """What is remembered of one call, so that its gradients can still be had after another one."""

    parts: Sequence[Any]
    drawn: list[Any] = field(default_factory=list)
    """Each generator that was drawn from, and its state before."""


class Compiled:
    """A function's program for one structure of arguments."""

    def __init__(self, function: Callable[..., Any], description: Any, parts: Sequence[Any], names: Sequence[str],
                 dtype: Any, differentiable: bool) -> None:  # fmt: skip
        self.function, self.dtype, self.names = function, np.dtype(dtype), names
        self.description = description
        self.lock = threading.RLock()
        with collector_paused():
            started = time.perf_counter()
            self.trace = trace(function, description, parts, names)
            traced = time.perf_counter()
            self.look_around()
            self.flat = flatten(self.trace, lambda: parameter_names(self.guard), self.guard.computed)
            self.program = _program(self.flat, differentiable)
            self.compile_seconds = time.perf_counter() - traced
            self.trace_seconds = traced - started
        self.differentiable = bool(self.program.gradients)
        self.input_shapes = [np.shape(part) for part in parts]
        self.results = Results(self.trace, self.program)
        self.inputs = [
            (i, array) for i, array in enumerate(self.program.arrays) if array.kind == "input" and array.size
        ]
        self.bounds: dict[int, Bound] = {}
        self.latest: Call | None = None
        self.current = Call(())
        self.runs = 0
        """How many calls have been compared, or need not be."""
        self.settled = False
        """Whether a call with other numbers than the first one's has been compared."""
        self.first: list[np.ndarray] = []
        """The numbers of the first call, which a call to be checked has to differ from."""

    @property
    def stats(self) -> Stats:
        """Figures of the program."""
        bound = next(iter(self.bounds.values()), None) or self._bound(max(self.trace.size, 1))
        code = [*self.program.forward, *self.program.backward]
        return Stats(
            nodes=self.flat.scalar_nodes,
            array_calls=sum(bound.calls),
            matrix_products=bound.matrix_products,
            gathers=sum(type(i).__name__ in ("Move", "Pick") for i in code),
            bytes=bound.bytes,
            trace_seconds=self.trace_seconds,
            compile_seconds=self.compile_seconds,
        )

    @property
    def graph(self) -> list[Value]:
        """The roots of the scalar graph for the last call's arguments, traced anew, with parameters as they are now."""
        with draws.kept(self.trace.draws):
            for rng, before in self.current.drawn:
                draws.restore(rng, before)
            traced = trace(self.function, self.description, self.current.parts, self.names)
        return [output for output in traced.outputs if isinstance(output, Value)]

    def look_around(self) -> None:
        """Takes the surroundings as they are now for those that the program fits; calls may change them."""
        self.guard = Guard(self.function, statics(self.description))

    def settle(self) -> None:
        """Ends the comparing, and drops the graph: the garbage collector would walk all of it again and again."""
        self.settled = True
        self.trace.outputs, self.trace.sources, self.trace.made, self.trace.baked = [], {}, set(), []
        self.first = []

    def differs_from_first(self, parts: Sequence[Any]) -> bool:
        """Whether arguments or parameters are others than in the first call; that is kept, if there is none yet."""
        numbers = [np.array(getattr(part, "_data", part)) for part in parts]
        numbers.append(self.flat.parameters.stretch().copy())
        numbers.append(np.array([leaf._data for leaf in self.flat.outer]))
        if not self.first:
            self.first = numbers
        return not all(map(np.array_equal, numbers, self.first))

    def run(self, parts: Sequence[Any]) -> Any:
        """The function's result for these arguments."""
        with self.lock:
            self.current = call = Call(parts)
            bound, told = self.compute(call)
            if not self.differentiable:
                return self.results.numbers(bound)
            if told is not None:
                return told
            return self.results.values(bound, lambda output, data: self._node(call, output, data))

    # --- forward ---

    def compute(self, call: Call) -> tuple[Bound, Any]:
        """Runs the program forward for a call.

        If a number goes wrong the function itself is asked: it raises the engine's own error, or else its result is
        the second thing returned, which is None where all is well.
        """
        self.latest = None
        bound = self._bound(self.size(call.parts))
        self._load(bound, call)
        try:
            bound.forward()
            if self.results.finite(bound) and not (self.program.finite_only and bound.reads_infinite()):
                self.latest = call
                return bound, None
        except (FloatingPointError, OutsideError):
            pass
        told = self.eager(call)
        bound.forward_at_any_rate()
        return bound, told

    def eager(self, call: Call) -> Any:
        """The function's own result for a call, with the random numbers that the program had."""
        args, kwargs = arguments(self.description, call.parts)
        before_this = as_it_stands.set(True)
        try:
            with draws.kept(self.trace.draws):
                for rng, before in call.drawn:
                    draws.restore(rng, before)
                return self.function(*args, **kwargs)
        finally:
            as_it_stands.reset(before_this)
            self.look_around()

    def size(self, parts: Sequence[Any]) -> int:
        """The number of examples in a batch; 1 where there is none."""
        for part in self.trace.batch:
            return len(parts[part])
        return 1

    def _bound(self, size: int) -> Bound:
        """The program on arrays for that size of the batch, and on the parameters where they lie now."""
        stretch = self.flat.parameters.stretch()
        bound = self.bounds.get(size)
        if bound is None or not bound.reads(stretch):
            if len(self.bounds) >= SIZES_KEPT:
                del self.bounds[next(iter(self.bounds))]
            bound = self.bounds[size] = Bound(self.program, size, self.dtype, stretch)
        return bound

    def _load(self, bound: Bound, call: Call) -> None:
        """Puts the call's numbers where the program reads them."""
        data, parts = bound.data, call.parts
        for i, array in self.inputs:
            part = parts[array.part]
            target = data[i]
            if not isinstance(part, np.ndarray):
                target[0] = part
            elif part.shape == target.shape:
                np.copyto(target, part, "same_kind")
            else:
                np.copyto(target, part.reshape(target.shape), "same_kind")
        leaves = data[LEAF]
        for k, part_number in enumerate(self.flat.values):
            leaves[k] = parts[part_number]._data
        for k, leaf in enumerate(self.flat.outer, len(self.flat.values)):
            leaves[k] = leaf._data
        if self.trace.size:
            data[SIZE][0] = bound.batch
        if self.trace.draws:
            self._draw(bound, call)

    def _draw(self, bound: Bound, call: Call) -> None:
        """Draws the random numbers of a call, or those it had when it was run before."""
        generators = draws.generators(self.trace.draws)
        now = [(rng, draws.state(rng)) for rng in generators]
        again = bool(call.drawn)
        for rng, before in call.drawn:
            draws.restore(rng, before)
        if not again:
            call.drawn = now
        arrays = {a.batched: bound.data[i] for i, a in enumerate(self.program.arrays) if a.kind == "draw"}
        draws.fill(self.trace.draws, arrays.get(False), arrays.get(True))
        if again:
            for rng, state in now:
                draws.restore(rng, state)

    # --- gradients ---

    def _node(self, call: Call, output: int, data: float) -> Value:
        """The Value that a result comes as."""
        rows: list[Any] = []
        leaves = tuple(call.parts[part] for part in self.flat.values) + tuple(self.flat.outer)
        if leaves:
            rows.append(leaves)
        if len(self.flat.parameters):
            rows.append(self.flat.parameters)
        node = Value.__new__(Value)
        node._data, node.grad, node.label = data, 0.0, ""
        node.op = _JittedCall(self, call, output)
        node._a, node._b = Operands(tuple(rows)), None
        return node

    def gradients(self, call: Call, output: int, data: float) -> tuple[np.ndarray, ...]:
        """The derivatives of one result of a call: in the leaves if there are any, in the parameters if any."""
        with self.lock:
            if self.latest is call:
                bound = self.bounds[self.size(call.parts)]
            else:
                bound, _ = self.compute(call)
                if not np.isclose(self.results.number(bound, output), data, rtol=1e-9, atol=1e-12, equal_nan=True):
                    raise ArgumentError(
                        "backward: the numbers that this result was computed from have been changed, and another call "
                        "of the jitted function has been made since; call it again and go backward from the new result"
                    )
            self.results.seed(bound, output)
            try:
                bound.backward()
            except FloatingPointError:
                return self._told_gradients(call, output)
            gradients: list[np.ndarray] = []
            if self.program.arrays[LEAF].size:
                gradients.append(bound.data[self.program.gradients[LEAF]])
            if len(self.flat.parameters):
                gradients.append(self._of_parameters(bound.data[self.program.gradients[PARAMETER]]))
            return tuple(gradients)

    def _of_parameters(self, gradient: np.ndarray) -> np.ndarray:
        """The gradients of the parameters among those of the whole stretch they lie in."""
        if len(gradient) == len(self.flat.parameters):
            return gradient
        return gradient[self.flat.parameters.places()]

    def _told_gradients(self, call: Call, output: int) -> tuple[np.ndarray, ...]:
        """The gradients as the engine itself finds them, or its error."""
        results = list(numbers_in(self.eager(call)))
        leaves = [*(call.parts[part] for part in self.flat.values), *self.flat.outer]
        parameters = list(self.flat.parameters)
        found = grad(results[output], [*leaves, *parameters])
        rows = [np.array(found[: len(leaves)]), np.array(found[len(leaves) :])]
        return tuple(row for row in rows if len(row))


def _program(flat: Flat, differentiable: bool) -> Program:
    """The program of a flat graph, with its backward part if there is anything to differentiate in."""
    program = lower(flat, group(flat))
    flat.forms = {}  # they have served, and are many
    if differentiable and any(program.arrays[array].size for array in (PARAMETER, LEAF)):
        differentiate(program)
    return program


class _JittedCall(RowOp):
    """The op of a jitted function's result: one call of it, and which of its results. It stands in no table."""

    name = "jit"
    compound = True
    latex = r"\mathrm{{jit}}({0})"
    doc = "the result of a jitted function"
    domain = Domain("it needs what the function needs", lambda *xs: True, ())
    gradients: Callable[[float], tuple[Any, ...]]

    def __init__(self, compiled: Compiled, call: Call, output: int) -> None:
        self.__dict__["gradients"] = partial(compiled.gradients, call, output)  # the base class is frozen

    def partials(self, out: Any, *rows: Any) -> tuple[Sequence[Any], ...]:
        """The derivatives in each row: running the backward program."""
        if isinstance(out, Value):
            raise ArgumentError(
                "grad(..., create_graph=True) cannot go through the result of a jitted function; call grad inside it"
            )
        return self.gradients(out)

    def __reduce__(self) -> tuple[Any, ...]:
        raise ArgumentError("the result of a jitted function cannot be pickled or copied; keep its number, float(...)")
