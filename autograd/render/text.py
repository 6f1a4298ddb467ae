"""tree: a graph as text, for the terminal."""

from __future__ import annotations

from ..applications import application, outdated
from ..errors import ArgumentError
from ..expressions import text
from ..graph import need_root
from ..names import Names, bracketed
from ..number import counted, figure
from ..value import Value

LONGEST_LINE = 79


class Shown(str):
    """Text that is shown as it is, also where a REPL or a notebook shows the result of a line."""

    def __repr__(self) -> str:
        return str(self)


def tree(root: Value, limit: int = 60) -> Shown:
    """The graph below the root as text, a node to a line, what it is made of below it, indented.

    A node that is used more than once is written out once; elsewhere it is only named, with "(above)".

    >>> x = Value(3.0, "x")
    >>> y = x * x + 1
    >>> tree(y)
    v2 = 10.00 = v1 + 1
      v1 = 9.00 = x * x
        x = 3.00
        x (above)
    """
    need_root(root, "tree")
    if not isinstance(limit, int) or limit < 1:
        raise ArgumentError(f"tree: limit is {limit!r}; it needs to be a whole number, 1 or more")
    names = Names(root)
    lines: list[str] = []
    seen: set[Value] = set()
    waiting: list[tuple[Value, int]] = [(root, 0)]
    while waiting and len(lines) < limit:
        node, level = waiting.pop()
        if node in seen:
            lines.append(_line(f"{names[node]} (above)", level))
            continue
        seen.add(node)
        lines.append(_line(_words(node, names), level))
        waiting += [(arg, level + 1) for arg in reversed(list(node.args)) if isinstance(arg, Value)]
    if waiting:
        left = len(names.order) - len(seen)
        more = counted(left, "more node") if left else "no other nodes"
        lines.append(f"... {more}; tree(..., limit=) shows more")
    if note := outdated(names):
        lines.append(f"note: {note}")
    return Shown("\n".join(lines))


def _words(node: Value, names: Names) -> str:
    grad = f", grad {figure(node.grad)}" if node.grad else ""
    number = f"{names[node]} = {figure(node.data)}"
    if node.op is None:
        return number + grad
    return f"{number} = {text(application(node, names).formula(), lambda x, _: bracketed(x.key.name))}{grad}"


def _line(words: str, level: int) -> str:
    """The words, indented as far as the line allows."""
    line = "  " * min(level, 20) + words
    return line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 3]}..."
