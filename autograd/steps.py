"""steps: the forward and the backward pass as a list of records, one for each number computed and each edge walked.

The backward steps are those of `backward`, in its order and arithmetic, so performing them gives the same bits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, SupportsIndex, overload

import numpy as np

from . import ops
from .applications import Application, application, outdated
from .backprop import no_number_to_add_to, partials
from .expressions import SIGNED, Expression, Writer, text
from .graph import need_root
from .names import Names, bracketed, derivative
from .number import figure
from .value import Value

SHOWN = 40
"""How many steps are printed of a longer list."""

BLANK = "____"
"""What stands in a question in place of a number."""


class Step:
    """What all steps have: the node and the op that they are about, and its operands. `str(step)` says it all."""

    phase: ClassVar[str]

    @property
    def node(self) -> Value:
        """The node that the op made."""
        raise NotImplementedError

    @property
    def name(self) -> str:
        """What the node is called."""
        raise NotImplementedError

    @property
    def op(self) -> str:
        """The name of the op."""
        return ""

    @property
    def operands(self) -> tuple[str, ...]:
        """What the operands are called; a constant by its number."""
        return ()

    @property
    def values(self) -> tuple[float, ...]:
        """The numbers of the operands."""
        return ()

    @property
    def line(self) -> str:
        """The user's line that made the node, such as `moons.py:31`; empty unless it was made in `with debug():`."""
        return ""

    @property
    def result(self) -> float:
        """The number that comes out: a value, or what is added to a gradient."""
        raise NotImplementedError

    def question(self) -> str:
        """The sentence up to the number that is to be computed, with a blank: `c = a * b = 2.00 * -3.00 = ____`."""
        raise NotImplementedError

    def perform(self) -> None:
        """Nothing; does to the graph what the step says. A number that was computed is there already."""

    def __repr__(self) -> str:
        return str(self)


@dataclass(frozen=True, repr=False)
class _OfApplication(Step):
    """A step about an op and its operands."""

    application: Application

    @property
    def node(self) -> Value:
        return self.application.node

    @property
    def name(self) -> str:
        return self.application.name

    @property
    def op(self) -> str:
        return self.application.op.name

    @property
    def operands(self) -> tuple[str, ...]:
        return tuple(x.name for x in self.application.operands)

    @property
    def values(self) -> tuple[float, ...]:
        return tuple(x.value for x in self.application.operands)

    @property
    def line(self) -> str:
        return self.application.line


@dataclass(frozen=True, repr=False)
class Forward(_OfApplication):
    """A number is computed: `c = a * b = 2.00 * -3.00 = -6.00`."""

    phase = "forward"

    @property
    def value(self) -> float:
        """The number that came out."""
        return self.application.value

    @property
    def result(self) -> float:
        return self.value

    @property
    def formula(self) -> str:
        """The op with its operands by name, such as `a * b`."""
        return text(self.application.formula(), _by_name)

    def question(self) -> str:
        return self._sentence(BLANK)

    def __str__(self) -> str:
        return self._sentence(figure(self.value))

    def _sentence(self, value: str) -> str:
        formula = self.application.formula()
        links = [text(formula, _by_name), text(formula, _by_number)]
        if links[-1] == figure(self.value):  # the sum of one number is that number
            links.pop()
        return _chain(self.name, "=", [*links, value]) + (f"   ({self.line})" if self.line else "")


@dataclass(frozen=True, repr=False)
class Start(Step):
    """The backward pass begins at the root, whose derivative in itself is 1; old gradients of inner nodes go."""

    phase = "backward"
    root: Value
    root_name: str
    before: float
    after: float
    inner: tuple[Value, ...]
    """The nodes whose gradients of before are forgotten."""

    @property
    def node(self) -> Value:
        return self.root

    @property
    def name(self) -> str:
        return self.root_name

    @property
    def result(self) -> float:
        return 1.0

    def perform(self) -> None:
        for node in self.inner:
            node.grad = 0.0
        self.root.grad = self.after

    def question(self) -> str:
        return self._sentence(BLANK, BLANK)

    def __str__(self) -> str:
        return self._sentence(figure(self.result), figure(self.after))

    def _sentence(self, result: str, after: str) -> str:
        return f"{derivative(self.name, self.name)} = {result}   {_moved(self.name, self.before, after)}"


@dataclass(frozen=True, repr=False)
class Backward(_OfApplication):
    """A gradient is passed on along one edge: `dL/da += dL/dc * dc/da = ...`."""

    phase = "backward"
    root: str
    """What the root is called."""
    position: int
    """Which operand the gradient goes to."""
    upstream: float
    """d root / d node, which is complete."""
    partial: float
    """d node / d operand."""
    contribution: float
    """upstream * partial, which is added to the gradient of the operand."""
    before: float
    """The gradient of the operand before, and after."""
    after: float

    @property
    def arg(self) -> Value:
        """The node that the gradient is passed on to."""
        node = self.application.operands[self.position].node
        assert node is not None
        return node

    @property
    def arg_name(self) -> str:
        """What that node is called."""
        return self.application.operands[self.position].name

    @property
    def formula(self) -> str:
        """The partial by names, such as `1 - t * t`."""
        formula = self.application.partial(self.position)
        return derivative(self.name, self.arg_name) if formula is None else text(formula, _by_name)

    def perform(self) -> None:
        self.arg.grad = self.after

    @property
    def result(self) -> float:
        return self.contribution

    def question(self) -> str:
        return self._sentence(BLANK, BLANK)

    def __str__(self) -> str:
        return self._sentence(figure(self.contribution), figure(self.after))

    def _sentence(self, contribution: str, after: str) -> str:
        upstream, formula = figure(self.upstream), self.application.partial(self.position)
        links = [f"{derivative(self.root, self.name)} * {derivative(self.name, self.arg_name)}"]
        if formula is not None:
            links += [f"{upstream} * {_factor(formula, _by_name)}", f"{upstream} * {_factor(formula, _by_number)}"]
        if formula is None or (isinstance(formula, Expression) and contribution != BLANK):
            links.append(f"{upstream} * {figure(self.partial)}")
        chain = _chain(derivative(self.root, self.arg_name), "+=", [*links, contribution])
        return f"{chain}   {_moved(self.arg_name, self.before, after)}"


class Steps(list[Step]):
    """The steps in order; printed one to a line. In a notebook they can be stepped through."""

    _repr_html_: ClassVar[Callable[[Steps], str]]  # stands in render/explorer.py, which sets it

    def __init__(self, root: Value, names: Names, steps: Iterable[Step], notes: tuple[str, ...] = ()) -> None:
        super().__init__(steps)
        self.root, self.names = root, names
        self.notes = notes
        """What is to be known before one reads them: numbers that have changed, gradients that are there already."""

    @property
    def forward(self) -> Steps:
        """The numbers computed, in order."""
        return Steps(self.root, self.names, (step for step in self if step.phase == "forward"))

    @property
    def backward(self) -> Steps:
        """The edges walked back, in order; the first step starts at the root."""
        return Steps(self.root, self.names, (step for step in self if step.phase == "backward"))

    def perform(self) -> None:
        """Nothing; does what `root.backward()` does, step by step."""
        for step in self:
            step.perform()

    @overload
    def __getitem__(self, index: SupportsIndex) -> Step: ...
    @overload
    def __getitem__(self, index: slice) -> Steps: ...
    def __getitem__(self, index: SupportsIndex | slice) -> Step | Steps:
        if isinstance(index, slice):
            return Steps(self.root, self.names, super().__getitem__(index))
        return super().__getitem__(index)

    def __str__(self) -> str:
        return "\n".join([*self._notes(), *map(str, self)])

    def __repr__(self) -> str:
        if len(self) <= SHOWN:
            return str(self)
        first, last = self[: SHOWN - 10], self[-10:]
        left = f"... {len(self) - SHOWN:,} more steps ..."
        return "\n".join([*self._notes(), *map(str, first), left, *map(str, last)])

    def _notes(self) -> list[str]:
        return [f"note: {note}" for note in self.notes]


def steps(root: Value) -> Steps:
    """The steps from the leaves to the root and back to the leaves, as records; nothing is changed.

    The backward steps start from the gradients that the leaves have now, as `backward` does.

    >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
    >>> c = a * b
    >>> c.label = "c"
    >>> for step in steps(c):
    ...     print(step)
    c = a * b = 2.00 * -3.00 = -6.00
    dc/dc = 1.00   (c.grad 0.00 -> 1.00)
    dc/da += dc/dc * dc/da = 1.00 * b = 1.00 * -3.00 = -3.00   (a.grad 0.00 -> -3.00)
    dc/db += dc/dc * dc/db = 1.00 * a = 1.00 * 2.00 = 2.00   (b.grad 0.00 -> 2.00)

    Raises ArgumentError for anything but a Value, DomainError where a derivative does not exist, NotANumberError
    where a gradient is to be added to what is no number, TraceError while `jit` traces.
    """
    need_root(root, "steps")
    names = Names(root)
    applications = [application(node, names) for node in names.order if node.op is not None]
    found: list[Step] = [Forward(applied) for applied in applications]
    with np.errstate(over="ignore", invalid="ignore"):  # as in backward
        found += _backward_steps(root, names, applications)
    notes = (outdated(names), _begun(names))
    return Steps(root, names, found, tuple(note for note in notes if note))


def _begun(names: Names) -> str:
    """What to say of leaves that have gradients before the first step; empty if none has."""
    begun = [names[node] for node in names.order if node.op is None and node.grad]
    if not begun:
        return ""
    more = f" and {len(begun) - 3:,} more" if len(begun) > 3 else ""
    verb = "have gradients" if len(begun) > 1 else "has a gradient"
    return f"{', '.join(begun[:3])}{more} {verb} already, to which these steps add; set grad to 0.0 to begin anew"


def _backward_steps(root: Value, names: Names, applications: list[Application]) -> Iterator[Step]:
    """The start at the root, then for each edge along which `backward` passes a gradient on what it adds."""
    grads = {node: node.grad if node.op is None else 0.0 for node in names.order}
    before, inner = grads[root], tuple(applied.node for applied in applications)
    grads[root] = after = _sum(before, 1.0, root)
    yield Start(root, names[root], before, after, inner)
    for applied in reversed(applications):
        node = applied.node
        upstream = grads[node]
        if upstream == 0.0 and node.op is not ops.add:  # a gradient of 0 is not passed on
            continue
        positions = [at for at, x in enumerate(applied.operands) if x.node is not None]
        for at, (arg, partial) in zip(positions, partials(node), strict=True):
            before = grads[arg]
            contribution = upstream * partial
            grads[arg] = after = _sum(before, contribution, arg)
            yield Backward(applied, names[root], at, upstream, partial, contribution, before, after)


def _sum(before: float, contribution: float, arg: Value) -> float:
    try:
        return before + contribution
    except TypeError:
        raise no_number_to_add_to("steps", arg, before) from None


# --- words ---------------------------------------------------------------------------------------------------


def _by_name(x: Expression, misread: bool) -> str:
    return bracketed(x.key.name)


def _by_number(x: Expression, misread: bool) -> str:
    number = figure(x.number)
    return f"({number})" if misread and x.number < 0 else number


def _factor(formula: Any, name: Any) -> str:
    """A formula as the right side of a product."""
    return Writer(name).write(formula, SIGNED)


def _chain(left: str, sign: str, links: Sequence[str]) -> str:
    """left = one = the other = ..., without what would be said twice."""
    different = [link for at, link in enumerate(links) if at == 0 or link != links[at - 1]]
    return f"{left} {sign} {' = '.join(different)}"


def _moved(name: str, before: float, after: str) -> str:
    return f"({bracketed(name)}.grad {figure(before)} -> {after})"
