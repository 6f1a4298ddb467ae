"""tree: a graph as text, for the terminal."""

from __future__ import annotations

from ..applications import application
from ..errors import ArgumentError
from ..expressions import text
from ..names import Names
from ..number import figure
from ..value import Value

LONGEST_LINE = 79


def tree(root: Value, limit: int = 60) -> str:
    """The graph below the root as text, a node to a line, what it is made of below it, indented.

    A node that is used more than once is written out once; elsewhere it is only named, with "(above)".

    >>> x = Value(3.0, "x")
    >>> y = x * x + 1
    >>> print(tree(y))
    v2 = 10.00 = v1 + 1
      v1 = 9.00 = x * x
        x = 3.00
        x (above)
    """
    if not isinstance(root, Value):
        raise ArgumentError(f"tree takes a Value, got {root!r}; was it computed from Values?")
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
        more = f"{left:,} more node{'' if left == 1 else 's'}" if left else "no other nodes"
        lines.append(f"... {more}; tree(..., limit=) shows more")
    return "\n".join(lines)


def _words(node: Value, names: Names) -> str:
    grad = f", grad {figure(node.grad)}" if node.grad else ""
    number = f"{names[node]} = {figure(node.data)}"
    if node.op is None:
        return number + grad
    return f"{number} = {text(application(node, names).formula(), lambda x, _: x.key.name)}{grad}"


def _line(words: str, level: int) -> str:
    """The words, indented as far as the line allows."""
    line = "  " * min(level, 20) + words
    return line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 3]}..."
