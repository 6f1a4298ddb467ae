"""Walk: where we are in the steps of a graph, and what to say there. It neither reads nor prints; `walk` does that."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from textwrap import wrap
from typing import Any, NamedTuple

from ..errors import ArgumentError
from ..number import figure
from ..steps import Backward, Forward, Start, Step, Steps
from ..value import Value


class Line(NamedTuple):
    """A line to be shown, and what it is, for its colour."""

    text: str
    kind: str = ""


class Walk:
    """Where in the steps we are: `do(line)` moves on and returns the lines to show.

    >>> from autograd import steps
    >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
    >>> walking = Walk(steps(a * b))
    >>> for line in walking.do("n"):
    ...     print(line.text)
    step 1 of 4, forward
      v1 = a * b = 2.00 * -3.00 = -6.00
    <BLANKLINE>
                 value   gradient
      a           2.00       0.00
      b          -3.00       0.00
    > v1         -6.00       0.00   = a * b
    """

    def __init__(self, found: Steps) -> None:
        self.steps = found
        self.at = 0
        """How many steps have been made."""
        self.asked = False
        """Whether the number of the next step is being asked for."""
        self.over = False
        self.width = 80
        self._about: dict[Value, list[int]] = defaultdict(list)
        self._made: dict[Value, tuple[int, Forward]] = {}
        self._gradients: dict[Value, list[tuple[int, float]]] = {}
        for at, step in enumerate(found, 1):
            for node in {step.node, _changed(step)}:
                self._about[node].append(at)
            if isinstance(step, Forward):
                self._made[step.node] = (at, step)
            elif isinstance(step, (Start, Backward)):
                self._gradients.setdefault(_changed(step), [(0, step.before)]).append((at, step.after))

    @property
    def prompt(self) -> str:
        """What to ask for the next line with."""
        return "your number> " if self.asked else "walk> "

    def opening(self, width: int = 80) -> list[Line]:
        """What to show at the beginning."""
        self.width = width
        name, forward = self.steps.names[self.steps.root], len(self._made)
        title = f"steps of {name}: {forward:,} forward, {len(self.steps) - forward:,} backward"
        keys = "Enter: next step; ?: predict its number; h: all keys; q: end"
        return [Line(_cut(title, width), "title"), *_wrapped(keys, width), *self._view()]

    def do(self, line: str, width: int = 80) -> list[Line]:
        """Does what the line says, as COMMANDS tells it, and returns what to show in a terminal of that width."""
        self.width = width
        words, _, name = " ".join(line.split()).partition(" ")
        key = WORDS.get(words.lower(), words.lower())
        try:
            if self.asked and key != "q":
                return self._answered(line.strip())
            if key not in COMMANDS:
                raise ArgumentError(
                    f"there is no key {words!r}; there are {', '.join(COMMANDS)}, and h tells what they do"
                )
            return COMMANDS[key][0](self, name)
        except ArgumentError as why:
            return _wrapped(str(why), width)

    # --- commands: each returns what to show, or raises ArgumentError, which says why not ---

    def _next(self, _: str) -> list[Line]:
        self._need_a_next_step()
        return self._go(self.at + 1)

    def _back(self, _: str) -> list[Line]:
        if not self.at:
            raise ArgumentError("this is the beginning; n goes on")
        return self._go(self.at - 1)

    def _ask(self, _: str) -> list[Line]:
        self._need_a_next_step()
        self.asked = True
        question = _sentence(self.steps[self.at].question(), self.width)
        return [self._title(self.at + 1), *question, Line("type a number, or Enter to see it", "dim")]

    def _answered(self, typed: str) -> list[Line]:
        """The verdict on a prediction, and the step that was hidden."""
        verdict = [] if typed in ("", "n") else [_verdict(typed, self.steps[self.at].result)]
        self.asked = False
        return [*verdict, *self._go(self.at + 1)]

    def _go_to(self, name: str) -> list[Line]:
        try:
            about = self._about.get(self._node("g", name), [])
        except ArgumentError:
            if name.isdecimal() and len(name) < 16 and int(name) <= len(self.steps):
                return self._go(int(name))
            raise
        if not about:
            raise ArgumentError(f"no step is about {name}: no gradient is passed on to it")
        later = bisect_right(about, self.at)
        return self._go(about[later % len(about)])

    def _until(self, name: str) -> list[Line]:
        node = self._node("u", name)
        done = [self._made[node][0]] if node in self._made else []
        done += [at for at, _ in self._gradients.get(node, [])[-1:]]
        for at in done:
            if at > self.at:
                return self._go(at)
        if not done:
            raise ArgumentError(f"no step is about {name}: no gradient is passed on to it")
        raise ArgumentError(f"{name} is done: its last number came in step {done[-1]:,}")

    def _until_nan(self, _: str) -> list[Line]:
        for at in range(self.at + 1, len(self.steps) + 1):
            step = self.steps[at - 1]
            number = step.after if isinstance(step, (Start, Backward)) else step.result
            if not math.isfinite(number):
                return self._go(at)
        raise ArgumentError("there is no NaN and no infinity in the steps from here on")

    def _list(self, _: str) -> list[Line]:
        first = max(1, min(self.at - 4, len(self.steps) - 9))
        around = enumerate(self.steps[first - 1 : first + 9], first)
        return [_marked(at == self.at, f"{at:>5}  {step}", self.width) for at, step in around]

    def _help(self, _: str) -> list[Line]:
        return [
            line
            for _, keys, words in COMMANDS.values()
            for line in _wrapped(f"{keys:<9} {words}", self.width, " " * 10, "")
        ]

    def _quit(self, _: str) -> list[Line]:
        self.over = True
        return []

    def _need_a_next_step(self) -> None:
        if self.at == len(self.steps):
            raise ArgumentError("that was the last step; b goes back, q ends")

    def _node(self, key: str, name: str) -> Value:
        if not name:
            raise ArgumentError(f"{key} needs the name of a node, as in: {key} {self.steps.names[self.steps.root]}")
        return self.steps.names.node(name)

    # --- what is shown ---

    def _go(self, at: int) -> list[Line]:
        self.at = at
        return self._view()

    def _view(self) -> list[Line]:
        """The step that was made last, and the nodes it is about; at the beginning what is given."""
        if not self.at:
            return [Line("given:"), *self._table(_some([x for x in self.steps.names.order if x.op is None]))]
        step = self.steps[self.at - 1]
        changed = _changed(step)
        table = self._table([*_some(_operands(step), changed), step.node], changed)
        end = _wrapped("that was the last step: all gradients are complete" * (self.at == len(self.steps)), self.width)
        return [self._title(self.at), *_sentence(str(step), self.width), Line(""), *table, *end]

    def _title(self, at: int) -> Line:
        return Line(f"step {at:,} of {len(self.steps):,}, {self.steps[at - 1].phase}", "title")

    def _table(self, nodes: Sequence[Value | None], changed: Value | None = None) -> Iterator[Line]:
        """A line for each node, with dots for None."""
        names = ["..." if node is None else _cut(self.steps.names[node], min(24, self.width - 24)) for node in nodes]
        longest = max(5, *map(len, names))
        yield Line(f"  {'':{longest}} {'value':>10} {'gradient':>10}", "dim")
        for name, node in zip(names, nodes, strict=True):
            if node is None:
                yield Line(f"  {name}")
                continue
            made = f"   = {self._made[node][1].formula}" if node in self._made else ""
            row = f"{name:{longest}} {figure(node.data):>10} {self._gradient(node):>10}{made}"
            yield _marked(node is changed, row, self.width)

    def _gradient(self, node: Value) -> str:
        """The gradient of the node after the steps made so far."""
        history = self._gradients.get(node, [(0, node.grad if node.op is None else 0.0)])
        gradient: Any = history[bisect_right(history, self.at, key=lambda change: change[0]) - 1][1]
        return figure(gradient) if isinstance(gradient, (float, int)) else str(gradient)


COMMANDS: dict[str, tuple[Callable[[Walk, str], list[Line]], str, str]] = {
    "n": (Walk._next, "n, Enter", "the next step"),
    "b": (Walk._back, "b", "back to the step before"),
    "?": (Walk._ask, "?", "the next step with its number hidden, to be predicted"),
    "g": (Walk._go_to, "g NAME", "the next step about that node, round and round (g 12: step 12)"),
    "u": (Walk._until, "u NAME", "run until that node is done: its value, and later on its gradient"),
    "nan": (Walk._until_nan, "nan", "run until a value or a gradient is NaN or infinite"),
    "l": (Walk._list, "l", "list the steps around here"),
    "h": (Walk._help, "h", "this help"),
    "q": (Walk._quit, "q", "end; so do Ctrl-C and the end of the input"),
}
"""For each key what it does, and what is said of it."""

WORDS = {"": "n", "next": "n", "back": "b", "list": "l", "help": "h", "quit": "q", "exit": "q"}
"""What else can be typed for a key."""


def _changed(step: Step) -> Value:
    """The node whose value or gradient the step gives."""
    return step.arg if isinstance(step, Backward) else step.node


def _operands(step: Step) -> list[Value]:
    """The nodes among the operands, each once."""
    if not isinstance(step, (Forward, Backward)):
        return []
    return list(dict.fromkeys(x.node for x in step.application.operands if x.node is not None))


def _some(nodes: list[Value], changed: Value | None = None) -> list[Value | None]:
    """The nodes; of many the first ones and the one that has changed, with None for what is left out."""
    if len(nodes) <= 8:
        return [*nodes]
    later = [node for node in nodes[4:] if node is changed]  # Values are equal if their numbers are
    return [*nodes[:4], None, *([*later, None] if later else [])]


# --- words ---------------------------------------------------------------------------------------------------


def _verdict(typed: str, result: float) -> Line:
    """Whether a prediction is right: to the digits that were typed, if they are two or more, or else to 1 %."""
    try:
        guess = float(typed)
    except ValueError:
        raise ArgumentError(f"{typed!r} is no number; type one such as -0.75, or Enter to see it") from None
    off = abs(guess - result)
    allowed = max(0.01 * abs(result), _half_a_digit(typed)) if math.isfinite(result) else 0.0
    if guess == result or (guess != guess and result != result) or off <= allowed:
        return Line(f"right: {figure(result)}", "right")
    if guess == -result:
        return Line(f"not quite: it is {figure(result)}, with the other sign", "wrong")
    return Line(
        f"not quite: it is {figure(result)}" + (f", off by {figure(off)}" if math.isfinite(off) else ""), "wrong"
    )


def _half_a_digit(typed: str) -> float:
    """Half of what a 1 in the last digit that was typed is worth; 0 where a single digit would allow for too much."""
    _, digits, exponent = Decimal(typed).as_tuple()
    if not isinstance(exponent, int) or not math.isfinite(float(typed)):
        return 0.0
    if not any(digits):
        return min(0.005, float(f"5e{exponent - 1}"))
    return float(f"5e{exponent - 1}") if len(digits) > 1 else 0.0


def _sentence(sentence: str, width: int) -> list[Line]:
    """The sentence on as many lines as it needs, broken before an equals sign where that will do."""
    lines = [" "]
    for piece in re.split(r" (?==\s|  \()", sentence):
        if len(lines[-1]) + 1 + len(piece) <= width or lines == [" "]:
            lines[-1] += " " + piece
        else:
            lines.append("    " + piece.strip())
    return [each for line in lines for each in _wrapped(line, width, "    ", "sentence")]


def _wrapped(words: str, width: int, indent: str = "", kind: str = "dim") -> list[Line]:
    return [Line(line, kind) for line in wrap(words, width, subsequent_indent=indent, break_on_hyphens=False)]


def _marked(mark: bool, words: str, width: int) -> Line:
    return Line(_cut(f"{'>' if mark else ' '} {words}", width), "mark" if mark else "")


def _cut(words: str, width: int) -> str:
    return words if len(words) <= width else f"{words[: width - 3]}..."
