"""The table of ops as the tests see it: each record at each of its samples, as a function of a flat list."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from autograd import TABLE, Op, Value, dot, logsumexp, pick, sum
from autograd.record import Primitive

BUILDERS: dict[str, Callable[..., Any]] = {
    "sum": sum,
    "dot": lambda ws, xs, bias: dot(ws, xs, bias[0]),
    "logsumexp": logsumexp,
    "pick": lambda values, index: pick(values, index[0]),
}
"""How the public functions take the rows of each RowOp."""


def apply(op: Primitive, sample: tuple[Any, ...], flat: Any) -> Any:
    """The public function of op on the flat list of operands, in rows as long as those of the sample."""
    if isinstance(op, Op):
        return op(*flat)
    entries = iter(flat)
    return BUILDERS[op.name](*(list(itertools.islice(entries, len(row))) for row in sample))


def flat(op: Primitive, sample: tuple[Any, ...]) -> list[float]:
    return list(sample) if isinstance(op, Op) else [x for row in sample for x in row]


def movable(op: Primitive, sample: tuple[Any, ...]) -> int:
    """How many of the operands may move a little: all but pick's index."""
    return len(flat(op, sample)) - (op.name == "pick")


def of_values(op: Primitive, sample: tuple[Any, ...]) -> Callable[..., Value]:
    """op as a function of the operands that may move."""
    fixed = flat(op, sample)[movable(op, sample) :]
    return lambda *xs: apply(op, sample, [*xs, *fixed])


def _cases() -> Iterator[Any]:
    for op in TABLE.values():
        for i, sample in enumerate(op.domain.samples):
            yield pytest.param(op, sample, id=f"{op.name}-{i}")


every_op_at_its_samples = pytest.mark.parametrize(("op", "sample"), list(_cases()))
every_op = pytest.mark.parametrize("op", [pytest.param(op, id=op.name) for op in TABLE.values()])
every_scalar_op = pytest.mark.parametrize(
    "op", [pytest.param(op, id=op.name) for op in TABLE.values() if isinstance(op, Op)]
)
"""The ops that take numbers rather than rows."""
