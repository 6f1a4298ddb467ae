"""What goes wrong where an operation hands a gradient back to an argument: `argument.grad += upstream * partial`.

Three things can be wrong there, the upstream gradient, the partial and the adding. Each has a table, and each slip is
one line of it, which holds for all operations. The first line of a table is what is right.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple


class Edge(NamedTuple):
    """One position of an operation, as its gradient is handed back: what a slip may look at."""

    at: int
    data: float
    out: float
    exponent: float
    upstream: float
    partials: tuple[float, ...]
    old: float
    first: bool
    """Whether nothing has been added to this argument yet."""
    mine: float
    """What stands in the grad of the first argument now: `self.grad`, where `self` is that argument."""

    @property
    def partial(self) -> float:
        """The right one."""
        return self.partials[self.at]


class Slip(NamedTuple):
    """One thing that goes wrong at an edge: its name, the number that is put there, the cause and what to try next."""

    name: str
    wrong: Callable[[Edge], float]
    cause: str
    advice: str
    only: str = ""
    """The one operation at which it can happen; empty if at any."""


UPSTREAM = [
    Slip("", lambda e: e.upstream, "", ""),
    Slip(
        "forgot to multiply by the upstream gradient",
        lambda e: 1.0,
        "The local derivative alone is added. That is right only as long as the gradient of the result is 1.",
        "Chain rule: multiply by the grad of the result, which says how the end depends on it.",
    ),
    Slip(
        "data instead of grad",
        lambda e: e.out,
        "The local derivative is multiplied by the data of the result, where its grad is meant.",
        "What comes from above stands in the grad of the result.",
    ),
    Slip(
        "not the upstream gradient",
        lambda e: e.old,
        "The local derivative is multiplied by the grad of the argument itself, where that of the result is meant.",
        "What comes from above stands in the grad of the result.",
    ),
    Slip(
        "not the upstream gradient",
        lambda e: e.mine,
        "The local derivatives of both arguments are multiplied by the grad of the first one, where that of the result "
        "is meant.",
        "Where `self` is an argument, self.grad is not what comes from above: that is the grad of the result.",
    ),
]

PARTIAL = [
    Slip("", lambda e: e.partial, "", ""),
    Slip(
        "nothing is added",
        lambda e: 0.0,
        "No gradient arrives. Either there is no way back from the result, or it is never called, or it uses a grad of "
        "the result that was read too early, while it was still 0.",
        "Where the gradient is added, print the grad of the result. Is that line reached?",
    ),
    Slip(
        "sign",
        lambda e: -e.partial,
        "The derivative is right, but for the sign.",
        "When the argument grows, does the result grow?",
    ),
    Slip(
        "forgot the exponent",
        lambda e: e.partial / e.exponent,
        "a ** (n - 1) is there, and the factor n is missing.",
        "The exponent comes down in front: d(a ** n)/da = n * a ** (n - 1).",
        "pow",
    ),
    Slip(
        "exponent not lowered",
        lambda e: e.partial * e.data,
        "n * a ** n in place of n * a ** (n - 1).",
        "The exponent becomes less by one.",
        "pow",
    ),
    Slip(
        "exponent lowered first",
        lambda e: (e.exponent - 1) * e.data ** (e.exponent - 1),
        "The factor in front is n - 1, where n is meant.",
        "The exponent comes down as it is, and only then becomes less by one.",
        "pow",
    ),
    Slip(
        "brackets",
        lambda e: e.exponent * e.data**e.exponent - 1,
        "Powers come before minus: n * a ** n - 1 is (n * a ** n) - 1.",
        "Put n - 1 into brackets.",
        "pow",
    ),
    Slip(
        "right for squares only",
        lambda e: 2 * e.data,
        "2 * a is the derivative of a ** 2, and stands here for each exponent.",
        "d(a ** n)/da = n * a ** (n - 1), with the n that was given.",
        "pow",
    ),
    Slip(
        "at the threshold",
        lambda e: 1.0 * (e.data >= 0),
        "At 0 the slope is taken as 1. The convention here, as in most engines, is relu'(0) = 0.",
        "Compare with >, so that 0 belongs to the flat side.",
        "relu",
    ),
    Slip(
        "forgot the local derivative",
        lambda e: 1.0,
        "The slope is 1 everywhere. Either there is no condition, or it is out.data >= 0, which is always true, as the "
        "result is never below 0.",
        "The slope is 1 only where the argument is above 0; compare with >.",
        "relu",
    ),
    Slip(
        "condition reversed",
        lambda e: 1.0 * (e.data < 0),
        "It passes the gradient on where the argument is below 0.",
        "Where is the graph of relu flat, and where does it rise?",
        "relu",
    ),
    Slip(
        "condition reversed",
        lambda e: 1.0 * (e.data <= 0),
        "It passes the gradient on where the argument is not above 0.",
        "Where is the graph of relu flat, and where does it rise?",
        "relu",
    ),
    Slip(
        "forgot the local derivative",
        lambda e: 1.0,
        "The gradient of the result is passed on as it is, as if the slope were 1 everywhere.",
        "How much does the result change, at this argument, when the argument changes a little?",
    ),
    Slip(
        "condition on the gradient",
        lambda e: 1.0 * (e.upstream > 0),
        "Whether it passes on is decided by the sign of the gradient that comes in.",
        "The slope of relu depends on the data: is the argument above 0?",
        "relu",
    ),
    Slip(
        "arguments swapped",
        lambda e: e.partials[1 - e.at],
        "Each argument gets what belongs to the other one: in a product its own number, and not its partner's.",
        "d(a * b)/da is b. How much does 3 * b grow when b grows by 1?",
        "mul",
    ),
    Slip(
        "one argument forgotten",
        lambda e: e.partial * (e.at == 0),
        "Only the first argument gets a gradient.",
        "The result depends on both arguments, so both have a derivative.",
    ),
    Slip(
        "one argument forgotten",
        lambda e: e.partial * (e.at == 1),
        "Only the second argument gets a gradient.",
        "The result depends on both arguments, so both have a derivative.",
    ),
    Slip(
        "node counted once",
        lambda e: e.partial * e.first,
        "a + a and a * a hand two parts to a, and only one of them arrives.",
        "Go through the arguments by position, repeated ones too; a set or a dict of them holds each once.",
    ),
    Slip(
        "argument instead of result",
        lambda e: e.data,
        "The derivative is taken to be the argument's own data.",
        "exp is its own derivative: d(exp(a))/da = exp(a), the data of the result.",
        "exp",
    ),
    Slip(
        "argument as a factor",
        lambda e: e.data * e.out,
        "It is a * exp(a), as if the argument came down in front, as an exponent does where a power is differentiated.",
        "exp is its own derivative: d(exp(a))/da = exp(a), the data of the result.",
        "exp",
    ),
    Slip(
        "power rule for exp",
        lambda e: e.data * math.exp(e.data - 1),
        "a * exp(a - 1) would be the rule for powers; but here a is the exponent, and not the base.",
        "exp is its own derivative.",
        "exp",
    ),
    Slip(
        "value instead of slope",
        lambda e: e.out,
        "The data of the result stands where its derivative is meant.",
        "How much does the result change when the argument changes a little?",
    ),
]

ADDING = [
    Slip("", lambda e: e.old, "", ""),
    Slip(
        "= instead of +=",
        lambda e: 0.0,
        "What stood in grad before is lost. An argument that is used twice needs both parts.",
        "Add to the grad of the argument: +=.",
    ),
    Slip(
        "= instead of +=",
        lambda e: 0.0 if e.partial else e.old,
        "Where the slope is 1, what stood in grad before is lost.",
        "Add to the grad of the argument: +=.",
        "relu",
    ),
    Slip(
        "brackets",
        lambda e: e.old - 1.0,
        "Powers come before minus: what ends in a ** n - 1 has 1 subtracted in the end.",
        "Put n - 1 into brackets.",
        "pow",
    ),
    Slip(
        "gradients reset",
        lambda e: 0.0 if e.first else e.old,
        "The grad of the arguments is set to 0 first, so what another result has handed to them is lost.",
        "Only add. Setting to 0 is for whoever starts a new step of training.",
    ),
]
