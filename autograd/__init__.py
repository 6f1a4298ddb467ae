"""glassgrad's engine: scalar Values, and reverse-mode differentiation that one can see through."""

from . import copying as copying  # importing it teaches pickle and deepcopy about graphs
from .check import gradcheck
from .collector import collector_paused
from .debug import debug
from .derivatives import grad, hessian, jvp, value_and_grad
from .errors import (
    ArgumentError,
    AutogradError,
    DomainError,
    GradientError,
    NotANumberError,
    NotFiniteError,
    RenderError,
    StaleError,
    TraceError,
)
from .explain import compare, explain
from .functions import dot, logsumexp, mean, pick, softmax, sum, uniform
from .graph import depth, leaves, topological_order
from .jit import Jitted, jit, vmap
from .names import Names, label
from .ops import (
    abs,
    add,
    cos,
    div,
    equal,
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
from .parameter import FlatParameters, Parameter, ParameterVector, belongs
from .record import TABLE, Domain, Op, RowOp
from .render import Drawing, draw, latex, tree, walk
from .steps import Steps, steps
from .storage import Scope
from .value import Value

__all__ = [
    "TABLE",
    "ArgumentError",
    "AutogradError",
    "Domain",
    "DomainError",
    "Drawing",
    "FlatParameters",
    "GradientError",
    "Jitted",
    "Names",
    "NotANumberError",
    "NotFiniteError",
    "Op",
    "Parameter",
    "ParameterVector",
    "RenderError",
    "RowOp",
    "Scope",
    "StaleError",
    "Steps",
    "TraceError",
    "Value",
    "abs",
    "add",
    "belongs",
    "collector_paused",
    "compare",
    "cos",
    "debug",
    "depth",
    "div",
    "dot",
    "draw",
    "equal",
    "exp",
    "explain",
    "grad",
    "gradcheck",
    "hessian",
    "jit",
    "jvp",
    "label",
    "latex",
    "leaky_relu",
    "leaves",
    "log",
    "logsumexp",
    "maximum",
    "mean",
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
    "steps",
    "sub",
    "sum",
    "tanh",
    "topological_order",
    "tree",
    "uniform",
    "value_and_grad",
    "vmap",
    "walk",
    "where",
]
