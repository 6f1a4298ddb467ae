"""Is a compiled program still doing what the function does? Its second call is compared with the function itself."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import TraceError
from ..graph import topological_order
from ..value import Value
from . import draws
from .compiled import Call, Compiled
from .structure import numbers_in
from .trace import Trace, trace

TOLERANCE = {"float64": 1e-9, "float32": 1e-3}
"""How far results may differ, relative to the largest of them."""


def check(compiled: Compiled, result: Any) -> None:
    """Nothing if the function gives that result for the last call too; TraceError, naming what differs, if not.

    Of a batch the first two examples are compared.
    """
    call = compiled.current
    if compiled.trace.batch and compiled.size(call.parts) > 2:
        parts = [part[:2] if i in compiled.trace.batch else part for i, part in enumerate(call.parts)]
        call = Call(parts)
        with draws.kept(compiled.trace.draws):
            result = compiled.results.numbers(compiled.compute(call)[0])
    around = compiled.guard
    mine, own = _numbers(result), _numbers(compiled.eager(call))
    if not around.unchanged():
        name = getattr(compiled.function, "__name__", "the function")
        warnings.warn(f"{name} changes {around.change()} when it runs; compiled, it does not", stacklevel=6)
    tolerance = TOLERANCE[compiled.dtype.name]
    scale = float(np.max(np.abs(own[np.isfinite(own)]), initial=0.0))
    if len(mine) != len(own) or not np.allclose(mine, own, rtol=tolerance, atol=tolerance * scale, equal_nan=True):
        raise TraceError(_told(compiled, call.parts, mine, own))


def first_difference(before: Trace, after: Trace) -> str:
    """The first node, arguments first, in which two traces of one function differ; empty if there is none."""
    firsts, seconds = (topological_order(*[x for x in t.outputs if isinstance(x, Value)]) for t in (before, after))
    for a, b in zip(firsts, seconds, strict=False):
        if a.op is not b.op or len(a.args) != len(b.args):
            return f"{b!r}, which was {a!r}"
        for x, y in zip(a.args, b.args, strict=True):
            if isinstance(x, float) and isinstance(y, float) and x != y:
                return f"{b!r}, of which one number is {y:g} and was {x:g}"
        if a.op is None and a in before.made and a not in before.sources and a._data != b._data:
            return f"{b!r}, which was {a!r}"
    return ""


def _numbers(result: Any) -> np.ndarray:
    return np.array([getattr(x, "_data", x) for x in numbers_in(result)], dtype=np.float64)


def _told(compiled: Compiled, parts: Sequence[Any], mine: np.ndarray, own: np.ndarray) -> str:
    """What to say of a program that gives other numbers than the function."""
    name = getattr(compiled.function, "__name__", "the function")
    node = first_difference(compiled.trace, trace(compiled.function, compiled.description, parts, compiled.names))
    differs = f"; the first node that differs is {node}" if node else ""
    looked = f"; the numbers read by .data were {compiled.trace.baked[:3]}" if compiled.trace.baked else ""
    return (
        f"jit: the compiled program does not do what the function does: it gives {mine[:3]} where {name} gives "
        f"{own[:3]}{differs}{looked}. A number that is read by .data, drawn by rng.random(), or looked up outside "
        "stays what it was when compiled: calculate with the Value, draw with autograd.uniform(rng), pass it as an "
        "argument; or check=False"
    )
