"""The notes that nodes carry inside `debug()`: which line made them, and what numbers they were made of.

A node has no room for a note, and a table of notes would have to know when a node is dropped. So the note rides on
the node's label, as a str that knows more: it lives and dies with the node, and takes no part in the arithmetic.
"""

from __future__ import annotations

import itertools
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from .errors import user_line
from .graph import rows_of
from .record import Primitive
from .rows import Numbers, numbers
from .storage import Span
from .value import Value

label_slot: Any = vars(Value)["label"]
"""Where the labels lie; `debug()` puts a property in front of it, whose setter every node that is made comes by."""


def line_of(node: Value) -> str:
    """The line that made the node, such as `moons.py:31`; empty unless it was made inside `debug()`.

    A label that is given to a node after the block replaces what is known of its line.
    """
    note = note_of(node)
    return "" if note is None else note.line


class Note(str):
    """A node's label, together with what was known when the node was made."""

    __slots__ = ("line", "made", "node", "op", "seen")

    line: str
    node: int
    op: Primitive | None
    """The id and the op of the node, by which a note is known that has come to another node with the label."""
    made: int
    """Which of all noted nodes it is, counted in the order in which they were made."""
    seen: tuple[Numbers, ...]
    """The numbers of its operands, row by row, as they were when they were used."""

    def __reduce__(self) -> tuple[Any, ...]:
        return str, (str(self),)

    def relabelled(self, label: str) -> Note:
        """The same note as another label."""
        note = Note(label)
        for name in Note.__slots__:
            setattr(note, name, getattr(self, name))
        return note


def note_of(node: Value) -> Note | None:
    """The node's own note; one that came by copying the label of another node does not count."""
    try:
        label = label_slot.__get__(node)
    except AttributeError:  # a Parameter's label lies elsewhere
        return None
    return label if label.__class__ is Note and label.node == id(node) and label.op is node.op else None


def taken(node: Value, label: str) -> Note:
    """A note for a node that is just being made, from its op and operands."""
    note = Note(label)
    note.line, note.made = user_line(), next(_counter)
    note.node, note.op = id(node), node.op
    note.seen = tuple(map(_snapshot, rows_of(node)))
    return note


_counter = itertools.count()
_lately: WeakKeyDictionary[Span, np.ndarray] = WeakKeyDictionary()
"""The numbers that each row of parameters had when they were last noted, to be shared by all nodes that used them."""


def _snapshot(row: Any) -> Numbers:
    """The numbers of a row, which stay as they are now."""
    now = numbers(row)
    if not isinstance(now, np.ndarray):
        return tuple(now)
    if now is row:  # constants
        return now
    span = getattr(row, "span", None)
    if span is None:
        return now.copy()
    known = _lately.get(span)
    if known is None or not np.array_equal(known, now):
        known = _lately[span] = now.copy()
    return known
