"""Which nodes share a box: those of one part of a model, and those that are alike.

The engine knows nothing of neurons, but parameters know the parts of the model that they belong to. A node computed
from the parameters of one part belongs to that part, and so does what is computed from it alone (an activation).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from typing import TypeAlias

from .. import ops
from ..graph import value_args
from ..record import RowOp
from ..storage import Scope
from ..value import Value

Scopes: TypeAlias = "tuple[Scope, ...]"
Keys: TypeAlias = "dict[Value, Hashable]"
"""For each node what its box is: itself, a Scope, or another thing that the nodes of one box have in common."""


def homes(order: Sequence[Value]) -> dict[Value, Scopes]:
    """For each node the parts of the model that it belongs to, from outer to inner; in topological order."""
    uses = Counter(arg for node in order for arg in value_args(node))
    home: dict[Value, Scopes] = {}
    for node in order:
        args = list(value_args(node))
        parameters = [scopes for arg in args if (scopes := getattr(arg, "scopes", ()))]
        if node.op is None:
            home[node] = getattr(node, "scopes", ())
        elif parameters:
            home[node] = _common(parameters)
        elif not isinstance(node.op, RowOp) and all(uses[arg] == 1 for arg in args) and _made_here(node, args):
            home[node] = _same([home[arg] for arg in args])
        else:
            home[node] = ()
    return home


def depth_of(home: Mapping[Value, Scopes]) -> int:
    """How many levels of parts there are."""
    return max(map(len, home.values()), default=0)


def by_scope(home: Mapping[Value, Scopes], depth: int) -> Keys:
    """A box for each part that lies `depth` levels deep, and one for each node outside of these."""
    return {node: scopes[depth] if len(scopes) > depth else node for node, scopes in home.items()}


def by_likeness(order: Sequence[Value], keys: Keys) -> Keys:
    """The same with one box for all nodes of the same op whose results go to the same boxes.

    A sum that is only added to another one is a part of that one, so that a chain of additions is one box.
    """
    users: dict[Value, list[Value]] = defaultdict(list)
    goes_to: dict[Value, set[Hashable]] = defaultdict(set)
    alike: Keys = {}
    known: dict[Hashable, Hashable] = {}  # one object for each key, so that keys may be compared by identity
    for node in reversed(order):
        key = keys[node]
        if key is node:
            key = (node.op, type(node), frozenset(goes_to[node]))
            key = known.setdefault(key, key)
            if node.op is ops.add and _adds_alone(users[node], keys):
                key = alike[users[node][0]]
        alike[node] = key
        for arg in value_args(node):
            goes_to[arg].add(key)
            users[arg].append(node)
    sizes = Counter(alike.values())
    return {node: node if sizes[alike[node]] == 1 else alike[node] for node in order}


def _adds_alone(users: Sequence[Value], keys: Keys) -> bool:
    """Whether these are a single addition, outside of the parts that are folded."""
    return len(users) == 1 and users[0].op is ops.add and keys[users[0]] is users[0]


def _made_here(node: Value, args: Sequence[Value]) -> bool:
    """Whether it is a function of one number or joins several: a label or a constant comes in from outside."""
    return len(args) == len(node.args) and all(arg.op is not None for arg in args)


def _same(scopes: Sequence[Scopes]) -> Scopes:
    return scopes[0] if all(other == scopes[0] for other in scopes) else ()


def _common(scopes: Sequence[Scopes]) -> Scopes:
    """The parts, from the outermost on, that all have in common."""
    shared = 0
    while all(len(one) > shared and one[shared] is scopes[0][shared] for one in scopes):
        shared += 1
    return scopes[0][:shared]
