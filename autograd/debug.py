"""debug: a block in which every node remembers its line, and no NaN, infinity or stale value goes unnoticed.

Outside it nothing is checked and nothing paid for: the code that makes nodes is the same, to the byte. Whatever makes
a node gives it its label last of all; inside, a property stands in front of the labels, and takes a note then.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from math import isfinite
from typing import Any, TypeVar

from . import findings
from .errors import DomainError, NotFiniteError, TraceError
from .notes import Note, label_slot, taken
from .record import Primitive
from .value import Value
from .watch import as_it_stands, inspector, watcher

T = TypeVar("T")


@contextmanager
def debug() -> Iterator[None]:
    """A context, or with `@debug()` a decorator, in which nodes know their line and gradients are checked first.

    `backward()` and `grad` then look at the graph before they write anything. They raise StaleError for a value that
    was changed after it was used, and NotFiniteError for the first NaN, or infinity out of finite numbers, in the
    order in which the numbers were made; if there is none, for the first gradient that would be one. A number that
    went wrong and was never differentiated is reported at the end of the block.

    A result whose own number is assigned before it is used counts as meant, as tricks with gradients do that.

    Jitted functions run as they stand, so that each of their nodes is seen. Blocks may be nested, and other threads
    are not affected. Raises TraceError inside a jitted function.

    >>> a, b = Value(2.0, "a"), Value(3.0, "b")
    >>> with debug():  # doctest: +ELLIPSIS
    ...     c = a * b
    ...     a.data = 10.0
    ...     c.backward()
    Traceback (most recent call last):
    autograd.errors.StaleError: 'a' was 2.00 when mul used it (...), and is 10.00 now: ...
    >>> a.grad, b.grad
    (0.0, 0.0)
    """
    if watcher.get() is not None:
        raise TraceError("jit: debug() inside a jitted function would see its trace only; put it around the call")
    if isinstance(inspector.get(), _Block):
        yield
        return
    block = _Block()
    with _SWAP, _set_to(inspector, block), _set_to(as_it_stands, True):
        yield
    if block.unseen:
        raise NotFiniteError(f"{block.unseen} No root above it was differentiated inside debug().")


class _Block:
    """The inspector inside debug()."""

    def __init__(self) -> None:
        self.unseen = ""
        """What is to be said of the first number that went wrong, if no inspection has told of one yet.

        Words only, as the node is to be freed when it is dropped.
        """

    def inspect(self, root: Value, xs: Iterable[Value] | None = None) -> None:
        try:
            findings.inspect(root, xs)
        except NotFiniteError:
            self.unseen = ""
            raise

    def look_at(self, node: Value) -> None:
        """Told of each node once it is made."""
        if not self.unseen and findings.went_wrong(node):
            self.unseen = findings.told(node)


@contextmanager
def _set_to(variable: ContextVar[T], value: T) -> Iterator[None]:
    before = variable.get()
    try:
        variable.set(value)
        yield
    finally:
        variable.set(before)  # by value, as a generator may be closed in another context than the one it began in


# --- what stands in other places as long as any thread is inside debug() -----------------------------------------


def _label(node: Value) -> Any:
    label = label_slot.__get__(node)
    return str(label) if label.__class__ is Note else label


def _set_label(node: Value, label: Any) -> None:
    """Sets the label. The first one is given to a node that has just been made, and takes the note; others keep it."""
    try:
        known = label_slot.__get__(node)
    except AttributeError:
        block = inspector.get()
        if isinstance(block, _Block) and hasattr(node, "op"):  # a copy of a node has no op yet
            label_slot.__set__(node, taken(node, label))
            block.look_at(node)
        else:
            label_slot.__set__(node, label)
    else:
        keep = known.__class__ is Note and isinstance(label, str)
        label_slot.__set__(node, known.relabelled(label) if keep else label)


_domain_error = Primitive.domain_error


def _traced_domain_error(op: Primitive, operands: Sequence[Any]) -> DomainError:
    """The error for these operands; of those that are not finite it says at which op and line they became so."""
    error = _domain_error(op, operands)
    if not isinstance(inspector.get(), _Block):
        return error
    infinite = [x for x in operands if isinstance(x, Value) and not isfinite(x._data)]
    bad = findings.first_gone_wrong(*infinite)
    return error if bad is None else DomainError(f"{error} It was this one: {findings.told(bad)}")


class _Swap:
    """A context in which `Value.label` and `Primitive.domain_error` are ours, until the last thread has left it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0

    def __enter__(self) -> None:
        with self._lock:
            self._inside += 1
        try:
            self._put(property(_label, _set_label, doc="The label."), _traced_domain_error)
        except BaseException:  # Ctrl-C
            self.__exit__()
            raise

    def __exit__(self, *error: object) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                self._put(label_slot, _domain_error)

    @staticmethod
    def _put(label: Any, domain_error: Any) -> None:
        for kind, name, thing in ((Value, "label", label), (Primitive, "domain_error", domain_error)):
            setattr(kind, name, thing)


_SWAP = _Swap()
