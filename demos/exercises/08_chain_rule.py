"""The chain rule by hand, step by step

Backprop can be done with pencil and paper. Here is a calculation in small
steps, with x = 3, w = -2 and b = 11:

    v1 = w * x
    v2 = v1 + b
    v3 = v2 ** 2
    y  = v3 * x

How does y answer to a small change of each of these numbers? Begin at the end,
with dy/dy = 1, and go back step by step. The chain rule leads from the result
of a step to each of its arguments:

    dy/d(argument) = dy/d(result) * d(result)/d(argument)

The first factor is the upstream gradient, which is in the table already. The
second is the local derivative, that of this one step alone. If a number is an
argument of more than one step, y changes along each of these paths, and their
products are added up.

Fill in TABLE from top to bottom, with a number or an expression such as 2 * 3
for each None; names such as w are not known there. The check tells which entry
is the first that is not right.

>>> TABLE["v1"], TABLE["dy/dy"]
(-6, 1)

The lesson beside it: `python -m demos chain_rule`. When the table is complete,
build y of Values, and let `steps(y)` of `autograd` write the same table.
"""

from typing import Any

TABLE: dict[str, Any] = {
    "v1": None,
    "v2": None,
    "v3": None,
    "y": None,
    "dy/dy": None,
    "dy/dv3": None,
    "dy/dv2": None,
    "dy/dv1": None,
    "dy/db": None,
    "dy/dw": None,
    "dy/dx": None,
}
