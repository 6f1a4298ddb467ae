"""Stage 1: run the function once on its arguments' numbers and keep the scalar graph that comes of it.

Arguments become leaves that remember which argument, and which number of it, they stand for. An argument is at first
handed over whole and unopened: given to `vmap` it becomes a batch, of which one example is traced; looked into in
any other way it is opened, and the trace starts again with a leaf for each of its numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..errors import TraceError, node_and_line
from ..graph import leaves
from ..ops import equal, step
from ..record import Domain, Op
from ..value import Value
from ..watch import watcher
from .draws import Draw, restore, state
from .structure import Container, Copied, Numbers, Single, Static, build, is_constant_block, nested, taken_apart
from .whole import Opened, Whole, opens_when_looked_at, part_of

ADVICE = {
    "bool()": "use where(condition, a, b), maximum, minimum or step instead of if, and, or, in, max and min",
    "float()": "calculate with the Value itself, and keep it in a list, as an array of floats cannot hold it",
    "int()": "use pick(values, index) where an index was wanted, step where a decision was",
    "round()": "calculate with the Value itself; a result may be looked at after the call",
    "an index": "use pick(values, index) instead of values[index]; count loops by len() or a number from outside",
    "backward()": "call it on the result, or use grad(..., create_graph=True) inside",
    "assignment to .data": "assign after the call, as an optimiser does",
    "assignment to .grad": "assign after the call, as an optimiser does",
}


@dataclass(frozen=True)
class Source:
    """Where a leaf's number comes from in each call: which of the `kind` ("input", "value", "draw", "size"), where."""

    kind: str
    part: int
    position: int
    batched: bool = False


class Batch:
    """What `vmap` returns while it is traced: the results for all examples, of which one stands here."""

    def __init__(self, tracer: Tracer, result: Any) -> None:
        self.tracer, self.result = tracer, result

    def __sum__(self) -> Any:
        return self._of_one() * self.tracer.size_leaf() if self._constant() else self.tracer.sum_over_batch(self.result)

    def __mean__(self) -> Any:
        return self.result if self._constant() else self.__sum__() / self.tracer.size_leaf()

    def _constant(self) -> bool:
        return not isinstance(self._of_one(), Value)

    def _of_one(self) -> Any:
        if not isinstance(self.result, (Value, float, int)):
            raise Opened(None)
        return self.result


opens_when_looked_at(Batch)


class _BatchSum(Op):
    """The op of a sum over the batch: (example's number, number of examples). It stands in no table."""

    name = "batch_sum"
    latex = r"\sum_{{batch}} {0}"
    doc = "the sum over all examples, of which this is one"
    domain = Domain("it needs real numbers", lambda *xs: True, ())
    defaults = ()

    def __init__(self) -> None:
        self.__dict__["value"] = lambda x, size: x * size
        self.__dict__["partials"] = (self._partial, lambda out, x, size: x)

    @staticmethod
    def _partial(out: Any, x: Any, size: Any) -> Any:
        if watcher.get() is not None:  # each example has a derivative of its own, so each has to be traced
            raise Opened(None)
        return size


BATCH_SUM: Any = _BatchSum()


@dataclass
class Trace:
    """A function's scalar graph for one set of arguments."""

    outputs: list[Any]
    """The results: Values, and floats where they do not hang on anything."""
    structure: Any
    """The description of what they stand in."""
    sources: dict[Value, Source]
    batch: frozenset[int]
    """The parts of the arguments that were handed to `vmap` whole."""
    size: int
    """The number of examples in the batch while it was traced."""
    made: set[Value]
    """The leaves made inside, which are constants."""
    lengths: list[int]
    """How many numbers each part of the arguments has."""
    draws: list[Draw]
    """The random numbers drawn, in order."""
    baked: list[Value] = field(default_factory=list)
    """The nodes whose number was looked at."""


def trace(function: Callable[..., Any], description: Any, parts: Sequence[Any], names: Sequence[str]) -> Trace:
    """The trace of `function` on the arguments of that description.

    Raises TraceError where Python itself would need one of the numbers.
    """
    closed = {part for part, x in enumerate(parts) if isinstance(x, np.ndarray) and len(x)}
    while True:
        tracer = Tracer(parts, names, closed)
        try:
            return tracer.run(function, description)
        except Opened as opened:
            closed = set() if opened.part is None else closed - {opened.part}
        except Exception as error:
            if tracer.refused is not None and error is not tracer.refused:  # something has made another error of it
                raise tracer.refused from error
            if not closed:
                raise
            closed = set()


class Tracer:
    """The watcher while a trace is taken."""

    def __init__(self, parts: Sequence[Any], names: Sequence[str], closed: set[int]) -> None:
        self.parts, self.names, self.closed = parts, names, closed
        self.kinds: list[Any] = []
        self.sources: dict[Value, Source] = {}
        self.examples: dict[int, Any] = {}
        self.mapping = False
        self.size = 0
        self.made_leaves: set[Value] = set()
        self.draws: list[Draw] = []
        self.states: list[tuple[Any, Any]] = []
        self.mappings = 0
        self.drawn = [0, 0]
        self.baked: list[Value] = []
        self.refused: TraceError | None = None

    def run(self, function: Callable[..., Any], description: Any) -> Trace:
        """The trace; Opened if it has to be started again with an argument opened."""
        build(description, self.kinds.append)
        numbered = iter(range(len(self.kinds)))
        with watching(self):
            args, kwargs = build(description, lambda kind: self._argument(kind, next(numbered)))
            try:
                result = function(*args, **kwargs)
            finally:  # the program draws these numbers again
                for rng, before in self.states:
                    restore(rng, before)
        if self.refused is not None:  # the function has caught it, and gone on
            raise self.refused
        outputs: list[Any] = []
        structure = self._described(result, outputs)
        return Trace(
            outputs, structure, self.sources, frozenset(self.examples), self.size,
            self.made_leaves, [int(np.size(part)) for part in self.parts], self.draws, self.baked,
        )  # fmt: skip

    def map(self, function: Callable[..., Any], wholes: Sequence[Whole]) -> Batch:
        """The results of function for all examples: those of the first one, with batched leaves."""
        parts = [part_of(whole) for whole in wholes]
        sizes = {len(self.parts[part]) for part in parts}
        if len(sizes) > 1 or self.mapping or (self.size and self.size not in sizes):
            raise Opened(None)
        self.size = sizes.pop()
        args = [self._example(part) for part in parts]
        self.mapping = True
        self.mappings += 1
        try:
            return Batch(self, function(*args))
        finally:
            self.mapping = False

    # --- as a watcher ---

    @staticmethod
    def compare(sign: str, a: Any, b: Any) -> Any:
        if sign in ("<", "<="):
            a, b = b, a
        if sign in ("<", ">"):
            return step(a - b)
        if sign in ("<=", ">="):
            return step(a - b) + equal(a, b)
        return equal(a, b) if sign == "==" else 1.0 - equal(a, b)

    def read(self, node: Value) -> None:
        self.baked.append(node)

    def need(self, node: Value, what: str) -> None:
        if self._varies(node):
            named = f"{node._data:g}{node_and_line(node.label)}"
            self.refused = TraceError(
                f"jit: {what} of the number {named} cannot be compiled, as it differs from call to call; {ADVICE[what]}"
            )
            raise self.refused

    def made(self, leaf: Value) -> None:
        self.made_leaves.add(leaf)

    def draw(self, rng: Any) -> Value:
        if all(rng is not known for known, _ in self.states):
            self.states.append((rng, state(rng)))
        leaf = Value(float(rng.random()), label="random")
        position = self.drawn[self.mapping]
        self.sources[leaf] = Source("draw", 0, position, self.mapping)
        self.drawn[self.mapping] += 1
        self.draws.append(Draw(rng, self.mappings if self.mapping else 0, position))
        return leaf

    # --- what Batch asks for ---

    def sum_over_batch(self, node: Value) -> Value:
        """A node for the sum of all examples' nodes; its number is that of as many first examples."""
        return BATCH_SUM(node, self.size_leaf())

    def size_leaf(self) -> Value:
        """A leaf for the number of examples."""
        for leaf, source in self.sources.items():
            if source.kind == "size":
                return leaf
        leaf = Value(float(self.size), label="batch size")
        self.sources[leaf] = Source("size", 0, 0)
        return leaf

    # --- inside ---

    def _varies(self, node: Value) -> bool:
        """Whether the number hangs on an argument, a parameter, or another leaf that outlives the call."""
        return any(leaf in self.sources or leaf not in self.made_leaves for leaf in leaves(node))

    def _argument(self, kind: Any, part: int) -> Any:
        x = self.parts[part]
        if part in self.closed:
            return Whole(part)
        if isinstance(kind, Numbers):
            return nested(kind.kinds, self._leaves(x, part, False))
        leaf = Value(x._data if isinstance(kind, Single) else float(x), label=self.names[part])
        self.sources[leaf] = Source("value" if isinstance(kind, Single) else "input", part, 0)
        return leaf

    def _example(self, part: int) -> Any:
        """The first example of a batched argument."""
        if part not in self.examples:
            kinds = self.kinds[part].kinds[1:]
            self.examples[part] = nested(kinds, self._leaves(self.parts[part][0], part, True))
        return self.examples[part]

    def _leaves(self, numbers: np.ndarray, part: int, batched: bool) -> np.ndarray:
        """An array of leaves for these numbers."""
        block = np.empty(np.shape(numbers), dtype=object)
        flat, name = block.reshape(-1), self.names[part]
        for position, (at, x) in enumerate(zip(np.ndindex(block.shape), np.ravel(numbers).tolist(), strict=True)):
            leaf = Value(x, label=f"{name}[{']['.join(map(str, at))}]" if at else name)
            self.sources[leaf] = Source("input", part, position, batched)
            flat[position] = leaf
        return block

    def _described(self, result: Any, outputs: list[Any]) -> Any:
        """The description of the result, its numbers being appended to outputs."""
        if type(result) is Whole:
            raise Opened(part_of(result))
        if isinstance(result, Batch):
            return Container(Batch, (), (self._described(result.result, outputs),))
        if is_constant_block(result):
            return Copied(result)
        parts: list[Any] = []
        description = taken_apart(result, parts)
        if isinstance(description, Container):
            items = tuple(self._described(part, outputs) for part in parts)
            return Container(description.kind, description.names, items)
        if isinstance(description, Static):
            _refuse_hidden_numbers(result)
        outputs += parts
        return description


@contextmanager
def watching(tracer: Tracer) -> Iterator[None]:
    """A context in which the tracer is the watcher."""
    if watcher.get() is not None:
        raise TraceError("jit: a jitted function was traced while another one is; call the function itself instead")
    try:
        watcher.set(tracer)
        yield
    finally:
        watcher.set(None)


def _refuse_hidden_numbers(thing: Any) -> None:
    """Raises TraceError for a part of the result in which there may be Values that cannot be found."""
    holds = any(isinstance(x, Value) for x in getattr(thing, "__dict__", {}).values())
    if holds or (hasattr(thing, "__iter__") and not isinstance(thing, (str, bytes, np.ndarray))):
        raise TraceError(
            f"jit: the function returns a {type(thing).__name__}, in which no numbers are looked for; "
            "return them in lists, tuples, dicts or dataclasses"
        )
