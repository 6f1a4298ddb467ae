"""glassgrad's engine: scalar Values, and reverse-mode differentiation that one can see through."""

from . import copying as copying  # importing it teaches pickle and deepcopy about graphs
from .check import gradcheck
from .derivatives import grad, hessian, jvp, value_and_grad
from .errors import ArgumentError, AutogradError, DomainError, GradientError, NotANumberError
from .functions import dot, logsumexp, pick, softmax, sum
from .graph import depth, leaves, topological_order
from .ops import (
    abs,
    add,
    cos,
    div,
    exp,
    leaky_relu,
    log,
    maximum,
    minimum,
    mul,
    neg,
    pow,
    relu,
    sigmoid,
    sin,
    softplus,
    sqrt,
    step,
    sub,
    tanh,
    where,
)
from .parameter import FlatParameters, Parameter, ParameterVector
from .record import TABLE, Domain, Op, RowOp
from .value import Value

__all__ = [
    "TABLE",
    "ArgumentError",
    "AutogradError",
    "Domain",
    "DomainError",
    "FlatParameters",
    "GradientError",
    "NotANumberError",
    "Op",
    "Parameter",
    "ParameterVector",
    "RowOp",
    "Value",
    "abs",
    "add",
    "cos",
    "depth",
    "div",
    "dot",
    "exp",
    "grad",
    "gradcheck",
    "hessian",
    "jvp",
    "leaky_relu",
    "leaves",
    "log",
    "logsumexp",
    "maximum",
    "minimum",
    "mul",
    "neg",
    "pick",
    "pow",
    "relu",
    "sigmoid",
    "sin",
    "softmax",
    "softplus",
    "sqrt",
    "step",
    "sub",
    "sum",
    "tanh",
    "topological_order",
    "value_and_grad",
    "where",
]
