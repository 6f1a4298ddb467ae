"""Names for nodes, the same in every tree, step, formula and picture of a graph; and `label`, which gives them.

A node is called by its label. One that has none is called v1, v2, ... in the order in which the numbers are computed,
as in the lists of Wengert ("A simple automatic derivative evaluation program", Communications of the ACM 7(8), 1964).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any
from unicodedata import category

from .errors import ArgumentError
from .graph import topological_order
from .value import Value


class Names:
    """A name for every node below the roots, no name twice: `names[node]`.

    >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
    >>> c = a * b + a
    >>> names = Names(c)
    >>> [names[node] for node in names.order]
    ['a', 'b', 'v1', 'v2']
    """

    def __init__(self, *roots: Value) -> None:
        self.order: list[Value] = topological_order(*roots)
        """The nodes, arguments before what is made of them."""
        self._names: dict[Value, str] = {}
        taken: dict[str, Iterator[int]] = {}
        unlabelled = []
        for node in self.order:
            if name := _on_one_line(str(node.label or "")):
                self._names[node] = _untaken(name, taken)
            else:
                unlabelled.append(node)
        numbered = (name for n in count(1) if (name := f"v{n}") not in taken)
        self._names.update(zip(unlabelled, numbered, strict=False))

    def __getitem__(self, node: Value) -> str:
        return self._names[node]

    def __contains__(self, node: object) -> bool:
        return node in self._names

    def node(self, name: str) -> Value:
        """The node of that name; an ArgumentError that tells some of the names if there is none."""
        for node, each in self._names.items():
            if each == name:
                return node
        some = ", ".join(list(dict.fromkeys(self._names[node] for node in reversed(self.order)))[:8])
        more = ", ..." if len(self.order) > 8 else ""
        raise ArgumentError(f"no node of this graph is called {name!r}; there are {some}{more}")


def label(names: Mapping[Any, Any] | None = None, /, **values: Value) -> None:
    """Nothing; gives Values their labels, which trees, steps and pictures then show.

    `label(loss=y)` labels that one. `label(locals())` labels, by the names of the variables, all Values that have no
    label yet, those in lists and tuples by their index; names that begin with an underscore are left out.

    >>> x = Value(2.0)
    >>> ys = [x + 1, x * x]
    >>> label({"x": x, "ys": ys})
    >>> x, ys[1]
    (Value(2.0, label='x'), Value(4.0, op=mul, label='ys[1]'))

    Raises ArgumentError for a keyword whose value is no Value.
    """
    for name, value in values.items():
        if not isinstance(value, Value):
            raise ArgumentError(f"label: {name} is {value!r}; only a Value has a label")
    if names is not None and not isinstance(names, Mapping):
        raise ArgumentError(f"label takes names, as in label(x=x) or label(locals()); got {names!r}")
    for name, value in (names or {}).items():
        if not str(name).startswith("_"):
            for each, path in _values_in(value, str(name)):
                each.label = each.label or path
    for name, value in values.items():
        value.label = name


def derivative(of: str, by: str) -> str:
    """How the derivative of one node in another is written, by their names: `dL/da`."""
    return f"d{bracketed(of)}/d{bracketed(by)}"


def bracketed(name: str) -> str:
    """The name as it can stand in a formula: one such as `x * w` in brackets."""
    return name if _ONE_WORD.fullmatch(name) else f"({name})"


_ONE_WORD = re.compile(r"\w[\w.#\[\]()]*")
"""Such as x, layers.0.b, ys[1] and w(1)_23."""


def _values_in(x: Any, path: str) -> Iterator[tuple[Value, str]]:
    """The Values that x is or, as a list or tuple of any depth, holds, each with its path."""
    waiting = [(x, path)]
    seen = set()
    while waiting:
        x, path = waiting.pop()
        if isinstance(x, Value):
            yield x, path
        elif isinstance(x, (list, tuple)) and id(x) not in seen:
            seen.add(id(x))
            waiting += [(item, f"{path}[{i}]") for i, item in reversed(list(enumerate(x)))]


def _on_one_line(label: str) -> str:
    """The label with a blank for every control character, such as the end of a line."""
    return " ".join("".join(" " if category(letter) in ("Cc", "Cs") else letter for letter in label).split())


def _untaken(name: str, taken: dict[str, Iterator[int]]) -> str:
    """The name, with a number behind it if another node has it already."""
    if name not in taken:
        taken[name] = count(2)
        return name
    return _untaken(next(other for n in taken[name] if (other := f"{name}#{n}") not in taken), taken)
