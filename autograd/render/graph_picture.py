"""From a graph of Values to a Picture of it that can be read: in full, folded, or in part."""

from __future__ import annotations

import math
from collections import Counter, defaultdict, deque
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from .. import ops
from ..applications import Application, application, outdated
from ..backprop import partials
from ..errors import DomainError
from ..expressions import Expression, text
from ..graph import value_args
from ..names import Names, bracketed
from ..number import counted, figure
from ..record import RowOp
from ..steps import Forward
from ..storage import Scope
from ..value import Value
from .fold import Keys, Scopes, by_likeness, by_scope, depth_of, homes
from .picture import Arrow, Box, Cluster, Picture

LONGEST_FORMULA = 26
"""A longer formula is not written into a box; the name of the op is."""

LONGEST_NAME = 40
"""A longer name is cut in its middle; it is told in full when the mouse rests on the box."""

PART = 80
"""How many boxes are drawn of a graph that cannot be folded into as many as are allowed."""

LARGEST_FOLDED = 200_000
"""A graph of more nodes is not folded, but drawn in part, from the root on."""

ORDERLESS = {ops.add, ops.mul, ops.maximum, ops.minimum, ops.equal, ops.SUM, ops.DOT, ops.LOGSUMEXP}
"""Ops whose operands may change places, those of `dot` in pairs."""


def graph_picture(root: Value, depth: int | None, limit: int, show_partials: bool) -> Picture:
    """The graph below the root, folded to `depth` levels of its model, and further if it needs more than `limit` boxes.

    If it needs more even so, the boxes nearest to the root are drawn.
    """
    names = Names(root)
    home = homes(names.order) if len(names.order) <= LARGEST_FOLDED else dict.fromkeys(names.order, ())
    keys, note = _folded(names.order, home, depth, limit)
    groups: dict[Hashable, list[Value]] = defaultdict(list)
    for node in names.order:
        groups[keys[node]].append(node)
    nearest = _nearest(keys[root], keys, groups, len(groups) if len(groups) <= limit else min(limit, PART))
    if len(nearest) < len(groups):
        note = f"Shown are the {len(nearest)} boxes nearest to the root. {note}"
    shown = {key: nodes for key, nodes in groups.items() if key in nearest}
    painter = _Painter(names, home, keys, shown, show_partials)
    boxes = tuple(painter.box(key) for key in shown)
    arrows = tuple(painter.arrows())
    if note:
        note = f"{len(names.order):,} nodes. {note}draw(..., depth=, limit=) shows more or less."
    if changed := outdated(names):
        note = f"Note: {changed}. {note}".rstrip()
    return Picture(boxes, arrows, note, len(names.order))


def _folded(order: Sequence[Value], home: Mapping[Value, Scopes], depth: int | None, limit: int) -> tuple[Keys, str]:
    """What the box of each node is, and what has been folded: as little as the limit allows."""
    for folding in _foldings(order, home, depth):
        if len(set(folding[0].values())) <= limit or len(order) > LARGEST_FOLDED:
            break
    return folding


def _foldings(order: Sequence[Value], home: Mapping[Value, Scopes], depth: int | None) -> Iterator[tuple[Keys, str]]:
    """Ways to fold the graph, from the most to the fewest boxes, each with what is to be said of it."""
    levels = depth_of(home)
    depths = range(levels, 0, -1) if depth is None else [min(depth, levels)]
    for at in depths or [0]:
        yield by_scope(home, at), f"Folded at depth {at} of {levels}. " if at < levels else ""
    for at in range(max(levels - 1, 0), -1, -1) if depth is None else depths:
        folded = f"Folded at depth {at} of {levels}. " if at < levels else ""
        yield by_likeness(order, by_scope(home, at)), f"{folded}Nodes that are alike share a box. "


def _nearest(start: Hashable, keys: Keys, groups: Mapping[Hashable, Sequence[Value]], limit: int) -> set[Hashable]:
    """The boxes nearest to the first one, going from what is made to what it is made of."""
    found = {start}
    waiting = deque([start])
    while waiting:
        for node in groups[waiting.popleft()]:
            for arg in value_args(node):
                if keys[arg] not in found:
                    if len(found) >= limit:
                        return found
                    found.add(keys[arg])
                    waiting.append(keys[arg])
    return found


class _Painter:
    """Makes the boxes and arrows of one picture."""

    def __init__(
        self,
        names: Names,
        home: Mapping[Value, Scopes],
        keys: Keys,
        groups: Mapping[Hashable, Sequence[Value]],
        show_partials: bool,
    ) -> None:
        self.names, self.home, self.keys, self.groups, self.show_partials = names, home, keys, groups, show_partials
        self.index = {node: i for i, node in enumerate(names.order)}
        self.clusters: dict[Scope, Cluster] = {}
        grads = [abs(_grad(node)) for nodes in groups.values() for node in nodes]
        self.largest = max((grad for grad in grads if math.isfinite(grad)), default=0.0)

    # --- boxes ---

    def box(self, key: Hashable) -> Box:
        """The box of the nodes that have this key."""
        nodes = self.groups[key]
        if isinstance(key, Scope):
            box = self._of_scope(key, nodes)
        elif len(nodes) > 1:
            box = self._of_many(nodes)
        else:
            box = self._of_node(nodes[0])
        hidden = {self.keys[arg] for node in nodes for arg in value_args(node)} - self.groups.keys()
        more = (f"... {counted(len(hidden), 'more input')}",) if hidden else ()
        sound = all(math.isfinite(node.data) and math.isfinite(_grad(node)) for node in nodes)
        return replace(box, id=self._id(key), lines=(*box.lines, *more), style=box.style if sound else "broken")

    def _of_node(self, node: Value) -> Box:
        value, grad = figure(node.data), f"grad {figure(_grad(node))}"
        inside, title, shade = self._cluster(self.home[node]), self._name(node), self._shade(_grad(node))
        if node.op is None:
            hint = f"{self.names[node]} = {value}"
            return Box("", title, (f"= {value},  {grad}",), shade, "leaf", hint, inside)
        applied = application(node, self.names)
        lines = (f"= {self._formula(applied)}", f"= {value},  {grad}")
        return Box("", title, lines, shade, "node", str(Forward(applied)), inside)

    def _of_scope(self, scope: Scope, nodes: Sequence[Value]) -> Box:
        parameters = [node for node in nodes if node.op is None]
        around = next(self.home[node][: self.home[node].index(scope)] for node in nodes)
        lines = (
            scope.kind,
            f"{counted(len(parameters), 'parameter')}, {counted(len(nodes) - len(parameters), 'operation')}",
            f"grad {_range(map(_grad, parameters))}",
        )
        title = _below(scope.path, around)
        return Box("", title, lines, self._strongest(parameters), "many", title, self._cluster(around))

    def _of_many(self, nodes: Sequence[Value]) -> Box:
        what = "leaves" if nodes[0].op is None else f"times {nodes[0].op.name}"
        lines = (_range(node.data for node in nodes), f"grad {_range(map(_grad, nodes))}")
        [inside, *others] = {self.home[node] for node in nodes}
        cluster = None if others else self._cluster(inside)
        return Box("", f"{len(nodes):,}", (what, *lines), self._strongest(nodes), "many", "", cluster)

    def _formula(self, applied: Application) -> str:
        """The op with its operands, or how many they are."""
        words = text(applied.formula(), lambda x, misread: self._short(x))
        if isinstance(applied.op, RowOp) and applied.op.name not in words:
            words = f"{applied.op.name}: {words}"
        return words if len(words) <= LONGEST_FORMULA else f"{applied.op.name} of {len(applied.rows[0])}"

    def _short(self, x: Expression) -> str:
        return bracketed(self._name(x.key.node))

    def _name(self, node: Value) -> str:
        """What the node is called inside its frame; a long name is cut in the middle."""
        name = _below(self.names[node], self.home[node])
        return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 13]}...{name[-10:]}"

    def _shade(self, grad: float) -> float:
        """The strength of the colour grows with the root of the gradient, so that small ones are seen as well."""
        if not (self.largest and math.isfinite(grad)):
            return 0.0
        return math.copysign(math.sqrt(abs(grad) / self.largest), grad)

    def _strongest(self, nodes: Sequence[Value]) -> float:
        return self._shade(max(filter(math.isfinite, map(_grad, nodes)), key=abs, default=0.0))

    def _cluster(self, scopes: Scopes) -> Cluster | None:
        """The frame of these parts, from outer to inner."""
        cluster = None
        for at, scope in enumerate(scopes):
            if scope not in self.clusters:
                title = f"{_below(scope.path, scopes[:at])} {scope.kind}".strip()
                self.clusters[scope] = Cluster(title, cluster)
            cluster = self.clusters[scope]
        return cluster

    def _id(self, key: Hashable) -> str:
        first = self.index[self.groups[key][0]]
        return f"n{first}" if isinstance(key, Value) else f"g{first}"

    # --- arrows ---

    def arrows(self) -> Iterator[Arrow]:
        """An arrow for each edge between single nodes; one for all edges between two boxes of which one has many."""
        together: Counter[tuple[str, str]] = Counter()
        for node in (node for nodes in self.groups.values() for node in nodes):
            head = self.keys[node]
            slopes = self._partials(node) if self.show_partials and node.op is not None else {}
            for at, arg in enumerate(node.args):
                if not isinstance(arg, Value):
                    continue
                tail = self.keys[arg]
                if tail is head or tail not in self.groups:  # == would compare numbers
                    continue
                ends = (self._id(tail), self._id(head))
                if tail is arg and head is node:
                    yield Arrow(f"e{self.index[node]}_{at}", *ends, slopes.get(at, ""), _place(node, at))
                else:
                    together[ends] += 1
        for (tail, end), count in together.items():
            yield Arrow(f"e{tail}{end}", tail, end, count=count)

    def _partials(self, node: Value) -> dict[int, str]:
        """The partial in each operand that is a Value, by its position."""
        positions = [at for at, arg in enumerate(node.args) if isinstance(arg, Value)]
        try:
            return {at: figure(partial) for at, (_, partial) in zip(positions, partials(node), strict=True)}
        except DomainError:
            return dict.fromkeys(positions, "?")


def _below(name: str, scopes: Scopes) -> str:
    """The name without the path of the innermost of the parts that it lies in."""
    path = scopes[-1].path if scopes else ""
    return name.removeprefix(f"{path}.") if path else name


def _place(node: Value, at: int) -> str:
    """Which operand it is, counted from 1, where exchanging the operands would make a difference."""
    ordered = node.op not in ORDERLESS and len(list(value_args(node))) > 1
    return str(at + 1) if ordered else ""


def _grad(node: Value) -> float:
    """Its gradient, which someone may have set to None."""
    return node.grad or 0.0


def _range(numbers: Iterable[float]) -> str:
    """The smallest and the largest of the numbers; nan if that is among them."""
    found = list(numbers)
    proper = [x for x in found if x == x]
    parts = [" ... ".join(dict.fromkeys(map(figure, (min(proper), max(proper)))))] if proper else []
    if len(proper) < len(found):
        parts.append("nan")
    return ", ".join(parts) or "none"
