"""The table of primitives: everything about an op stands in its one record.

To add an op, add one record where its kin stand, and its name to `__init__.py`. The numeric backward pass, higher
derivatives, forward mode, `gradcheck`, the domain errors and the tests are all derived from it.

Laws for partials: only operators, comparisons and other ops, so that the same line runs on floats, Values and
arrays. A choice is a comparison, which counts as 1 or 0 (Iverson's bracket); its derivative is 0, so a comparison
of Values may be a plain bool. At a kink the convention can be read off the comparison.
"""

import builtins
import math
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from .record import Domain, Op, RowOp
from .rows import entries

# --- domains -------------------------------------------------------------------------------------------------

REALS = Domain("it needs a real number", lambda *xs: True, ((-2.0,), (-0.5,), (0.3,), (1.7,)))
REAL_PAIRS = Domain("it needs real numbers", REALS.accepts, ((-2.0, 0.7), (0.3, -1.4), (1.7, 2.2), (-0.6, -0.9)))
CHOICES = Domain("it needs real numbers", REALS.accepts, ((1.0, 0.3, -2.0), (-2.0, 1.7, 0.4)))
POSITIVE = Domain(
    "it needs to be > 0",
    lambda x: x > 0,
    ((0.1,), (0.8,), (1.0,), (3.5,)),
    "Did you mean log of a softmax output? That is score - logsumexp(scores), which does not underflow.",
)
NOT_NEGATIVE = Domain(
    "it needs to be >= 0",
    lambda x: x >= 0,
    ((0.1,), (0.8,), (3.5,)),
    "Take the root of a square or of abs(x), or leave the case out.",
)
EXPONENT = Domain(
    "it needs to be below 709.79, where the result passes the largest float",
    lambda x: x < 709.79,
    REALS.samples,
    "Subtract the largest score first, or use logsumexp, softmax or sigmoid, which do not overflow.",
)
DIVISOR = Domain(
    "the divisor must not be 0",
    lambda a, b: b != 0,
    ((1.0, 2.0), (-0.7, 0.4), (2.5, -1.5)),
    "Add a small number such as 1e-8 to it, or leave the case out.",
)
POWER = Domain(
    "0 has no negative powers, and a negative number has only whole ones",
    lambda x, p: x > 0 or (x == 0 and p >= 0) or (x < 0 and p == math.floor(p)),
    ((0.5, 2.0), (1.5, -1.3), (2.0, 0.5), (0.9, 3.0)),
    "Keep the base above 0, as in (x * x + 1e-12) ** p, or use a whole exponent.",
)
ROW = Domain("it needs real numbers", REALS.accepts, (((0.3, -1.2, 2.5),), ((1.0,),), ((-0.4, 0.9),)))
DOT_ROWS = Domain(
    "it needs real numbers",
    REALS.accepts,
    (((0.3, -1.2), (0.4, 2.5), (0.7,)), ((2.0,), (-0.7,), (0.4,))),
)
PICK_ROWS = Domain(
    "the index (the last of them) must be a whole number from 0 to the number of values less 1",
    lambda *args: args[-1] == math.floor(args[-1]) and 0 <= args[-1] < len(args) - 1,
    (((0.3, -1.2, 2.5), (1.0,)), ((0.9,), (0.0,))),
)

# --- arithmetic ----------------------------------------------------------------------------------------------

add = Op(
    "add",
    value=operator.add,
    partials=(lambda out, a, b: 1.0, lambda out, a, b: 1.0),
    array=np.add,
    latex="{0} + {1}",
    domain=REAL_PAIRS,
    doc="a + b",
    sign="+",
    javascript="{0} + {1}",
)
sub = Op(
    "sub",
    value=operator.sub,
    partials=(lambda out, a, b: 1.0, lambda out, a, b: -1.0),
    array=np.subtract,
    latex="{0} - {1}",
    domain=REAL_PAIRS,
    doc="a - b",
    sign="-",
    javascript="{0} - {1}",
)
mul = Op(
    "mul",
    value=operator.mul,
    partials=(lambda out, a, b: b, lambda out, a, b: a),
    array=np.multiply,
    latex=r"{0} \cdot {1}",
    domain=REAL_PAIRS,
    doc="a * b",
    sign="*",
    javascript="{0} * {1}",
)
div = Op(
    "div",
    value=operator.truediv,
    partials=(lambda out, a, b: 1.0 / b, lambda out, a, b: -out / b),
    array=np.divide,
    latex=r"\frac{{{0}}}{{{1}}}",
    domain=DIVISOR,
    doc="a / b",
    sign="/",
    javascript="{0} / {1}",
)
neg = Op(
    "neg",
    value=operator.neg,
    partials=(lambda out, x: -1.0,),
    array=np.negative,
    latex="-{0}",
    domain=REALS,
    doc="-x",
    javascript="-{0}",
)
pow = Op(
    "pow",
    value=math.pow,
    # Where p and x are 0 the exponent stays 0, so that 0 * x**0 = 0 stands for the 0 * x**-1 that x = 0 does not have.
    # In the exponent: 0**p is constant for p > 0, so that log(1) = 0 stands for log(0).
    partials=(lambda out, x, p: p * x ** (p - 1.0 + (p == 0) * (x == 0)), lambda out, x, p: out * log(x + (x == 0))),
    array=np.power,
    latex="{{{0}}}^{{{1}}}",
    domain=POWER,
    doc="x ** p; 0 ** 0 is 1",
    sign="**",
    javascript="Math.pow({0}, {1})",
)
abs = Op(
    "abs",
    value=builtins.abs,
    partials=(lambda out, x: 1.0 * (x > 0) - (x < 0),),
    array=np.abs,
    latex=r"\left|{0}\right|",
    domain=REALS,
    doc="|x|; slope 0 at 0",
    javascript="Math.abs({0})",
)
maximum = Op(
    "maximum",
    value=lambda a, b: b if b > a or b != b else a,
    partials=(lambda out, a, b: 0.5 * (1.0 + (a > b) - (a < b)), lambda out, a, b: 0.5 * (1.0 + (b > a) - (b < a))),
    array=np.maximum,
    latex=r"\max({0}, {1})",
    domain=REAL_PAIRS,
    doc="the larger of a and b; a tie shares the gradient half and half",
    javascript="Math.max({0}, {1})",
)
minimum = Op(
    "minimum",
    value=lambda a, b: b if b < a or b != b else a,
    partials=(lambda out, a, b: 0.5 * (1.0 + (a < b) - (a > b)), lambda out, a, b: 0.5 * (1.0 + (b < a) - (b > a))),
    array=np.minimum,
    latex=r"\min({0}, {1})",
    domain=REAL_PAIRS,
    doc="the smaller of a and b; a tie shares the gradient half and half",
    javascript="Math.min({0}, {1})",
)
step = Op(
    "step",
    value=lambda x: 1.0 if x > 0 else 0.0,
    partials=(lambda out, x: 0.0,),
    array=lambda x: 1.0 * (x > 0),
    latex="[{0} > 0]",
    domain=REALS,
    doc="1 if x > 0 else 0; slope 0 everywhere",
    javascript="{0} > 0 ? 1 : 0",
)
equal = Op(
    "equal",
    value=lambda a, b: 1.0 if a == b else 0.0,
    partials=(lambda out, a, b: 0.0, lambda out, a, b: 0.0),
    array=lambda a, b: 1.0 * (a == b),
    latex="[{0} = {1}]",
    domain=REAL_PAIRS,
    doc="1 if a == b else 0; slope 0 everywhere",
    javascript="{0} === {1} ? 1 : 0",
)
where = Op(
    "where",
    value=lambda c, a, b: a if c else b,
    partials=(lambda out, c, a, b: 0.0, lambda out, c, a, b: 1.0 * (c != 0), lambda out, c, a, b: 1.0 - (c != 0)),
    array=np.where,
    latex=r"({1} \text{{ if }} {0} \text{{ else }} {2})",
    domain=CHOICES,
    doc="a where the condition c is not 0, else b",
    javascript="{0} !== 0 ? {1} : {2}",
)

# --- functions of one number ---------------------------------------------------------------------------------


def _sigmoid(x: float) -> float:
    """1 / (1 + e^-x), with an exponent that is never above 0."""
    if x >= 0:
        return 1.0 / (1.0 + math.exp(-x))
    e = math.exp(x)
    return e / (1.0 + e)


exp = Op(
    "exp",
    value=math.exp,
    partials=(lambda out, x: out,),
    array=np.exp,
    latex="e^{{{0}}}",
    domain=EXPONENT,
    doc="e ** x",
    javascript="Math.exp({0})",
)
log: Op = Op(
    "log",
    value=math.log,
    partials=(lambda out, x: 1.0 / x,),
    array=np.log,
    latex=r"\ln({0})",
    domain=POSITIVE,
    doc="natural logarithm",
    javascript="Math.log({0})",
)
sqrt = Op(
    "sqrt",
    value=math.sqrt,
    partials=(lambda out, x: 0.5 / out,),
    array=np.sqrt,
    latex=r"\sqrt{{{0}}}",
    domain=NOT_NEGATIVE,
    doc="square root",
    javascript="Math.sqrt({0})",
)
sin = Op(
    "sin",
    value=math.sin,
    partials=(lambda out, x: cos(x),),
    array=np.sin,
    latex=r"\sin({0})",
    domain=REALS,
    doc="sine, x in radians",
    javascript="Math.sin({0})",
)
cos: Op = Op(
    "cos",
    value=math.cos,
    partials=(lambda out, x: -sin(x),),
    array=np.cos,
    latex=r"\cos({0})",
    domain=REALS,
    doc="cosine, x in radians",
    javascript="Math.cos({0})",
)
tanh = Op(
    "tanh",
    value=math.tanh,
    partials=(lambda out, x: 1.0 - out * out,),
    array=np.tanh,
    latex=r"\tanh({0})",
    domain=REALS,
    doc="hyperbolic tangent",
    javascript="Math.tanh({0})",
)
sigmoid = Op(
    "sigmoid",
    value=_sigmoid,
    partials=(lambda out, x: out * (1.0 - out),),
    array=lambda x: np.exp(-np.logaddexp(0.0, -x)),
    latex=r"\sigma({0})",
    domain=REALS,
    doc="logistic function 1 / (1 + e ** -x)",
    javascript="{0} >= 0 ? 1 / (1 + Math.exp(-{0})) : Math.exp({0}) / (1 + Math.exp({0}))",
)
softplus = Op(
    "softplus",
    value=lambda x: max(x, 0.0) + math.log1p(math.exp(-builtins.abs(x))),
    partials=(lambda out, x: sigmoid(x),),
    array=lambda x: np.logaddexp(0.0, x),
    latex=r"\ln(1 + e^{{{0}}})",
    domain=REALS,
    doc="log(1 + e ** x)",
    javascript="Math.max({0}, 0) + Math.log1p(Math.exp(-Math.abs({0})))",
)
relu = Op(
    "relu",
    value=lambda x: 0.0 if x <= 0 else x,
    partials=(lambda out, x: 1.0 * (x > 0),),
    array=lambda x: np.maximum(x, 0.0),
    latex=r"\mathrm{{relu}}({0})",
    domain=REALS,
    doc="x if x > 0 else 0; slope 0 at 0",
    javascript="{0} <= 0 ? 0 : {0}",
)
leaky_relu = Op(
    "leaky_relu",
    value=lambda x, slope: slope * x if x <= 0 else x,
    partials=(lambda out, x, slope: 1.0 * (x > 0) + slope * (x <= 0), lambda out, x, slope: x * (x <= 0)),
    array=lambda x, slope: np.where(x <= 0, slope * x, x),
    latex=r"\mathrm{{lrelu}}_{{{1}}}({0})",
    domain=REAL_PAIRS,
    doc="x if x > 0 else slope * x; the slope is 0.01 unless given",
    javascript="{0} <= 0 ? {1} * {0} : {0}",
    defaults=(0.01,),
)

# --- ops over rows -------------------------------------------------------------------------------------------


def _dot(ws: Any, xs: Any, bias: Sequence[float]) -> float:
    """The sum of w * x, plus the bias (a row of one).

    Two arrays are multiplied and summed by NumPy, not by `@`, whose BLAS gives other last bits on other machines.
    """
    if isinstance(ws, np.ndarray) and isinstance(xs, np.ndarray):
        with np.errstate(over="ignore", invalid="ignore"):  # an overflow is infinite, as it is for floats
            return float(np.add.reduce(ws * xs)) + bias[0]
    return builtins.sum(map(operator.mul, entries(ws), entries(xs))) + bias[0]


def _logsumexp(xs: Sequence[float]) -> float:
    """log(sum(e^x)), with the largest x taken out first, so that nothing overflows."""
    xs = entries(xs)
    top = max(xs)
    if math.isinf(top):
        return top
    return top + math.log(builtins.sum(math.exp(x - top) for x in xs))


SUM = RowOp(
    "sum",
    value=lambda xs: builtins.sum(entries(xs), 0.0),
    partials=lambda out, xs: ([1.0] * len(xs),),
    array=lambda xs: np.sum(xs, axis=0),
    latex=r"\sum({0})",
    domain=ROW,
    doc="x_1 + ... + x_n as one node",
    javascript="{0}.reduce((sum, x) => sum + x, 0)",
)
DOT = RowOp(
    "dot",
    value=_dot,
    partials=lambda out, ws, xs, bias: (xs, ws, [1.0]),
    array=lambda ws, xs, bias: np.einsum("i...,i...->...", ws, xs) + bias[0],
    latex=r"\mathrm{{dot}}({0})",
    domain=DOT_ROWS,
    doc="w_1 * x_1 + ... + w_n * x_n + bias as one node",
    javascript="{0}.reduce((sum, w, i) => sum + w * {1}[i], 0) + {2}[0]",
)
LOGSUMEXP = RowOp(
    "logsumexp",
    value=_logsumexp,
    partials=lambda out, xs: ([exp(x - out) for x in xs],),
    array=lambda xs: np.logaddexp.reduce(xs, axis=0),
    latex=r"\mathrm{{logsumexp}}({0})",
    domain=ROW,
    doc="log(e ** x_1 + ... + e ** x_n), safe at any size",
    javascript=(
        "(top => Number.isFinite(top) ? top + Math.log({0}.reduce((sum, x) => sum + Math.exp(x - top), 0)) : top)"
        "(Math.max(...{0}))"
    ),
)
PICK = RowOp(
    "pick",
    value=lambda values, index: values[int(index[0])],
    partials=lambda out, values, index: ([1.0 * (index[0] == i) for i in range(len(values))], [0.0]),
    array=lambda values, index: np.take_along_axis(np.asarray(values), np.asarray(index, dtype=int)[:1], axis=0)[0],
    latex=r"\mathrm{{pick}}({0})",
    domain=PICK_ROWS,
    doc="values[index]",
    javascript="{0}[{1}[0]]",
)
