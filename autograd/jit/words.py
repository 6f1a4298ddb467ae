"""A program in words: one line for each array worth a name, with its shape, its formula and what it stands for.

An array that is read once is written into the formula that reads it. Contractions are shown as `@` where they are one
matrix product, else by the letters of their loops, as np.einsum takes them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..number import counted
from .compiled import Compiled
from .guard import parameter_names
from .program import BATCH, Apply, Call, Contract, LogSumExp, Move, OverLoops, Pick, View, positions

LONGEST = 72
"""No formula is written into another one if it would become longer than this."""


@dataclass(frozen=True)
class Line:
    """One array of a program: what it is called, its shape, how it is made, of how many scalar nodes and of what."""

    name: str
    shape: str
    formula: str
    nodes: int
    reads: tuple[str, ...]
    """The arguments of the function, and the other lines, that it is made of; parameters are not among them."""

    def __str__(self) -> str:
        made_of = f"   # {counted(self.nodes, 'node')}" if self.nodes else ""
        return f"{self.name} {self.shape} = {self.formula}{made_of}"


class Listing:
    """The program of a compiled function, to be printed or drawn; `lines` are its lines as text."""

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        self.parts = _Writer(compiled).lines()
        self.lines = list(map(str, self.parts))

    def arguments(self) -> dict[str, str]:
        """The shape of each argument of the function that is an array, by its name."""
        inputs = [of for of in self.compiled.program.arrays if of.kind == "input"]
        shapes = {of.part: _place(self.compiled.input_shapes[of.part], of.batched, None) for of in inputs}
        return {self.compiled.names[part]: shape.strip() for part, shape in shapes.items()}

    def __str__(self) -> str:
        return "\n".join(self.lines)

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return f"<pre style='font-family: monospace'>{str(self).replace('&', '&amp;').replace('<', '&lt;')}</pre>"


class _Writer:
    def __init__(self, compiled: Compiled) -> None:
        self.compiled, self.program = compiled, compiled.program
        self.names = _names_by_position(compiled)
        self.uses = Counter(a for i in self.program.forward for a in _reads(i))
        self.outputs = {o.array for o in self.program.outputs}
        self.writes: dict[int, list[Any]] = defaultdict(list)
        for i in self.program.forward:
            self.writes[i.out_array].append(i)
        self.text: dict[int, str] = {}
        self.nodes: dict[int, int] = {}
        self.lined: set[int] = set()
        """The arrays that have a line."""
        self.named = 0

    def lines(self) -> list[Line]:
        """The lines in the order of the program."""
        result: list[Line] = []
        last = {i.out_array: at for at, i in enumerate(self.program.forward)}
        for at, i in enumerate(self.program.forward):
            array = i.out_array
            if last[array] != at:
                continue
            formula, nodes = self._formula(array)
            self.nodes[array] = nodes
            if len(formula) <= LONGEST and not self._deserves_a_name(array, formula):
                self.text[array] = formula
                continue
            self.text[array] = self._name(array)
            self.nodes[array] = 0
            reads = self._sources(array)
            self.lined.add(array)
            result.append(Line(self.text[array], self._shape(array), formula, nodes, reads))
        return result

    def _sources(self, array: int) -> tuple[str, ...]:
        """The arguments and the lines that an array is made of, by way of what is written into its formula."""
        found: dict[str, None] = {}
        waiting = [array]
        while waiting:
            for read in (a for i in self.writes[waiting.pop()] for a in _reads(i)):
                of = self.program.arrays[read]
                if read in self.lined:
                    found[self.text[read]] = None
                elif of.kind == "input":
                    found[self.compiled.names[of.part]] = None
                elif of.kind == "value":
                    waiting.append(read)
        return tuple(found)

    def _deserves_a_name(self, array: int, formula: str) -> bool:
        """Whether it is read more than once, is a result, or is a layer that the next product is made of."""
        if self.uses[array] != 1 or array in self.outputs or len(self._blocks(array)) > 1:
            return True
        [reader] = [i for i in self.program.forward if array in _reads(i)]
        if not isinstance(reader, Contract) or len(reader.factors) == 1 or not ("@" in formula or "einsum" in formula):
            return False
        return any(size != 1 and not stride for size, stride in zip(reader.sizes, reader.out.strides, strict=True))

    def _name(self, array: int) -> str:
        if len(self.outputs) == 1 and array in self.outputs and self.program.arrays[array].size == 1:
            return "result"
        self.named += 1
        return f"h{self.named}"

    def _shape(self, array: int) -> str:
        """The sizes of the loops that write the array, as a tuple."""
        of = self.program.arrays[array]
        sizes = self._sizes(array)
        shape = (("batch",) if of.batched else ()) + tuple(s for s in sizes if s != 1)
        return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"

    def _sizes(self, array: int) -> tuple[int, ...]:
        """The sizes of the loops; an array made element by element of another has the sizes of that."""
        of, first = self.program.arrays[array], self.writes[array][0]
        if not isinstance(first, OverLoops) or len(self._blocks(array)) > 1:
            return (of.size,)
        if isinstance(first, Apply):
            like = [a for a in _reads(first) if a in self.writes and self.program.arrays[a].size == of.size]
            if like:
                return self._sizes(like[0])
        return tuple(s for s, stride in zip(first.sizes, first.out.strides, strict=True) if stride and s != BATCH)

    def _blocks(self, array: int) -> set[Any]:
        """The different stretches of the array that instructions write."""
        return {getattr(getattr(i, "out", None), "base", None) for i in self.writes[array]}

    def _formula(self, array: int) -> tuple[str, int]:
        """What the array holds, and how many scalar nodes that stands for."""
        weights = self.compiled.flat.weights
        nodes = sum(weights.get(i, 1) for i in self.program.arrays[array].ids)
        terms: list[str] = []
        for i in self.writes[array]:
            nodes += sum(self.nodes.pop(a, 0) for a in set(_reads(i)))
            terms.append(self._instruction(i))
        moved = any(isinstance(i, Move) for i in self.writes[array])
        joint = " | " if moved or len(self._blocks(array)) > 1 else " + "
        terms = list(dict.fromkeys(terms))
        shown = terms if len(terms) <= 6 else [*terms[:3], f"... ({len(terms)} in all)"]
        return joint.join(shown), nodes

    def _instruction(self, i: Any) -> str:
        if isinstance(i, Apply):
            args = [self._operand(view, i.sizes) for view in i.args]
            if i.op.sign:
                return f" {i.op.sign} ".join(map(_bracketed, args))
            return f"-{_bracketed(args[0])}" if i.op.name == "neg" else f"{i.op.name}({', '.join(args)})"
        if isinstance(i, Contract):
            return self._contraction(i)
        if isinstance(i, LogSumExp):
            return f"logsumexp({self._operand(i.x, i.sizes)})"
        if isinstance(i, Pick):
            within = i.step * np.arange(i.count)
            at = np.add.outer(positions(i.values, i.sizes), within).reshape(-1)
            return f"pick({self._array(i.values.array, at)}, {self._operand(i.index, i.sizes)})"
        if isinstance(i, Move):
            source = self._array(i.source, i.source_at)
            verb = "scatter" if i.add else "gather" if i.source_at is not None else ""
            return f"{verb}({source})" if verb else source
        assert isinstance(i, Call)
        return f"{i.op.name}({', '.join(self._array(row) for row in i.rows)})"

    def _contraction(self, i: Contract) -> str:
        loops = [at for at, size in enumerate(i.sizes) if size != 1]
        summed = [at for at in loops if not i.out.strides[at]]
        shown = [self._operand(view, i.sizes) for view in i.factors]
        if len(i.factors) == 1:
            return f"sum({shown[0]})" if summed else shown[0]
        if not summed:
            return " * ".join(map(_bracketed, shown))
        a, b = ({at for at in loops if view.strides[at]} for view in i.factors)
        alone = (a ^ b) & set(summed)
        if alone and a & b & set(summed):
            return self._einsum(i, loops, shown)
        if alone:
            return f"sum({' * '.join(map(_bracketed, shown))})"
        both = a & b & set(loops) - set(summed)
        rows, columns, inner = a - b, b - a, a & b & set(summed)
        if both or len(inner) != 1 or len(rows) > 1 + (0 in rows and i.sizes[0] == BATCH) or len(columns) > 1:
            if not rows and not columns and not both:
                return f"sum({_bracketed(shown[0])} * {_bracketed(shown[1])})"
            return self._einsum(i, loops, shown)
        if min(columns, default=99) < min(rows, default=99):
            (a, b), shown, factors = (b, a), shown[::-1], i.factors[::-1]
            rows, columns = columns, rows
        else:
            factors = i.factors
        [m] = inner
        left = _bracketed(shown[0])
        if rows and factors[0].strides[min(rows)] in range(1, factors[0].strides[m]):
            left += ".T"
        right = _bracketed(shown[1])
        if columns and factors[1].strides[min(columns)] > factors[1].strides[m]:
            right += ".T"
        return f"{left} @ {right}"

    def _einsum(self, i: Contract, loops: list[int], shown: list[str]) -> str:
        letters = dict(zip(loops, "abcdefghijklmnopqrstuvwxyz", strict=False))
        parts = ["".join(letters[at] for at in loops if view.strides[at]) for view in i.factors]
        out = "".join(letters[at] for at in loops if i.out.strides[at])
        return f"einsum('{','.join(parts)}->{out}', {', '.join(shown)})"

    def _operand(self, view: View, sizes: Sequence[int]) -> str:
        array = self.program.arrays[view.array]
        if array.kind == "constant":
            scalar = self.program.scalar(view)
            if scalar is not None:
                return f"{scalar:g}"
            moved = [s for s, stride in zip(sizes, view.strides, strict=True) if stride]
            return f"constants({', '.join(map(str, moved))})"
        return self._array(view.array, positions(view, sizes))

    def _array(self, array: int, at: Any = None) -> str:
        of = self.program.arrays[array]
        if of.kind == "parameter":
            return _common([self.names.get(int(p), "p") for p in (range(of.size) if at is None else at)])
        if of.kind == "input":
            return self.compiled.names[of.part] + _place(self.compiled.input_shapes[of.part], of.batched, at)
        if of.kind in ("draw", "size", "leaf"):
            return {"draw": "random", "size": "batch", "leaf": "leaves"}[of.kind]
        name = self.text.get(array, f"a{array}")
        if at is not None and name.isidentifier() and len(at) and len(set(at.tolist())) < of.size:
            low, high = int(at.min()), int(at.max()) + 1
            stretch = f"{low}:{high}" if high - low > 1 else str(low)
            return f"{name}[{stretch}]" if (low, high) != (0, of.size) else name
        return name


def _place(shape: tuple[int, ...], batched: bool, at: Any) -> str:
    """The shape of an argument, or which part of it is read, if all that is read of an axis is one of its places.

    >>> _place((5, 3), False, np.array([3, 4, 5])), _place((8, 3), True, None)
    ('[1]', ' (batch, 3)')
    """
    if not shape:
        return ""
    own = shape[1:] if batched else shape
    axes = np.unravel_index(at, own) if at is not None and own else ()
    fixed = [
        str(axis[0]) if len(set(axis.tolist())) == 1 and size > 1 else ":"
        for axis, size in zip(axes, own, strict=False)
    ]
    if any(index != ":" for index in fixed):
        indices = [":"] * batched + fixed
        while indices[-1] == ":":
            indices.pop()
        return f"[{', '.join(indices)}]"
    return f" {('batch', *own) if batched else shape}".replace("'", "")


def _bracketed(text: str) -> str:
    """The text in brackets if it is a sum, product or quotient."""
    depth = 0
    for at, letter in enumerate(text):
        depth += (letter in "([") - (letter in ")]")
        if depth == 0 and letter in "+-*/@|" and text[at - 1 : at] == " ":
            return f"({text})"
    return text


def _reads(i: Any) -> tuple[int, ...]:
    """The arrays that an instruction reads, once for each operand."""
    index = (i.index.array,) if isinstance(i, Pick) else ()
    return (*i.operand_arrays, *index)


def _names_by_position(compiled: Compiled) -> dict[int, str]:
    """The name of each parameter by its position in the parameters' array."""
    known = parameter_names(compiled.guard)
    flat = compiled.flat.parameters
    return {int(at): known.get(p, p.label or "p") for at, p in zip(flat.places(), flat, strict=True)}


def _common(names: Sequence[str]) -> str:
    """One name for several parameters: what all of their paths share, without the counters that differ.

    >>> _common(["layers.0.neurons.0.w.0", "layers.0.neurons.1.w.0"])
    'layers.0.w.0'
    >>> _common(["layers.0.neurons.0.w.0", "layers.0.neurons.1.w.1"])
    'layers.0.w'
    >>> _common(["ws.0.0", "ws.1.1"])
    'ws'
    """
    first = names[0].split(".")
    paths = [name.split(".") for name in dict.fromkeys(names)]
    if any(len(path) != len(first) for path in paths):
        return "parameters"
    shared: list[str] = []
    for at, keys in enumerate(zip(*paths, strict=True)):
        if len(set(keys)) == 1:
            shared.append(keys[0])
        elif not all(key.isdigit() for key in keys):
            return "parameters"
        elif shared and not all(map(str.isdigit, first[at:])):
            shared.pop()  # the list whose members these are, as a name of their own follows
    return ".".join(shared) or "parameters"
