"""vmap: a function of one example, applied to a batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import ArgumentError
from ..watch import watcher
from .trace import Tracer
from .whole import Opened, Whole, part_of


def vmap(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that applies `function` to each example: row by row over arguments that begin with the batch.

    It returns the list of the results, as a loop would. In a jitted function, given whole arguments, one example is
    traced with a batch dimension: compiling takes no longer for a larger batch and is done once for all sizes. Over
    the results take `mean` or `autograd.sum`, or return them; anything else (a loop, len, Python's sum) traces every
    example, for each size anew.

    >>> vmap(lambda x, y: x * y)([1.0, 2.0], [3.0, 4.0])
    [3.0, 8.0]
    """
    if not callable(function):
        raise ArgumentError(f"vmap takes a function of one example, got {function!r}")

    def mapped(*batches: Any) -> Any:
        tracer = watcher.get()
        wholes = [batch for batch in batches if type(batch) is Whole]
        if wholes and isinstance(tracer, Tracer):
            if len(wholes) < len(batches):
                raise Opened(part_of(wholes[0]))
            return tracer.map(function, wholes)
        for batch in batches:
            if not hasattr(batch, "__len__"):
                raise ArgumentError(f"vmap: an argument is {batch!r}; each needs to be a list or array of examples")
        lengths = {len(batch) for batch in batches}
        if len(lengths) != 1:
            told = f"have {' and '.join(map(str, sorted(lengths)))} examples" if lengths else "are none"
            raise ArgumentError(f"vmap: the arguments {told}; it needs at least one, and as many examples in each")
        return [function(*rows) for rows in zip(*batches, strict=True)]

    return mapped
