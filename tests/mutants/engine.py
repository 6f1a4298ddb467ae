"""Wrong answers to task 23."""

import re

from demos.exercises import find

STUB = find("engine").stub.read_text(encoding="utf-8")
GIVEN = STUB[STUB.index("    def __radd__") :]

PUSH = "arg.grad += node.grad * partial"
BACK = """\
        self.grad = 1.0
        for node in reversed(self._arguments_first()):
            for arg, partial in zip(node.args, node.partials, strict=True):
                arg.grad += node.grad * partial
"""
NAIVE = """\
        self.grad = 1.0
        self.pass_on()

    def pass_on(self):
        for arg, partial in zip(self.args, self.partials):
            arg.grad += self.grad * partial
        for arg in self.args:
            arg.pass_on()
"""
BREADTH_FIRST = """\
        self.grad = 1.0
        waiting, seen = [self], {self}
        while waiting:
            node = waiting.pop(0)
            for arg, partial in zip(node.args, node.partials):
                arg.grad += node.grad * partial
                if arg not in seen:
                    seen.add(arg)
                    waiting.append(arg)
"""
PATHS = """\
        self.pass_on(1.0)

    def pass_on(self, upstream):
        self.grad += upstream
        for arg, partial in zip(self.args, self.partials):
            arg.pass_on(upstream * partial)
"""
PATHS_IN_A_LOOP = """\
        waiting = [(self, 1.0)]
        while waiting:
            node, upstream = waiting.pop()
            node.grad += upstream
            for arg, partial in zip(node.args, node.partials):
                waiting.append((arg, upstream * partial))
"""
RECURSIVE_ORDER = """\
        order, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
                for arg in node.args:
                    visit(arg)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            for arg, partial in zip(node.args, node.partials):
                arg.grad += node.grad * partial
"""
RESET = BACK.replace(
    "        self.grad", "        for node in self._arguments_first():\n            node.grad = 0.0\n        self.grad"
)
MEMO = """\
        if (self, other) in Value.products:
            return Value.products[self, other]
        key = self, other
        other = other if isinstance(other, Value) else Value(other)
        Value.products[key] = Value(self.data * other.data, (self, other), (other.data, self.data))
        return Value.products[key]
"""
MUL = """\
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))
"""
ADD = "        other = other if isinstance(other, Value) else Value(other)\n        return Value(self.data + other.data"
WRAPPED = (
    """\
from __future__ import annotations

import autograd


class Value:
    def __init__(self, data):
        self.inner = data if isinstance(data, autograd.Value) else autograd.Value(data)

    data = property(lambda self: self.inner.data)
    grad = property(lambda self: self.inner.grad)

    def __add__(self, other):
        return Value(self.inner + (other.inner if isinstance(other, Value) else other))

"""
    + GIVEN
)
CLOSURES = (
    '''\
from __future__ import annotations

import math


class Value:
    """Each result carries its way back, and each way back calls those below."""

    def __init__(self, data, args=()):
        self.data, self.grad, self.args, self._backward = data, 0.0, args, lambda: None

    def _made(self, data, args, way_back):
        out = Value(data, args)

        def backward():
            way_back(out.grad, out.data)
            for arg in args:
                arg._backward()

        out._backward = backward
        return out

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)

        def way_back(grad, data):
            self.grad += grad
            other.grad += grad

        return self._made(self.data + other.data, (self, other), way_back)

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)

        def way_back(grad, data):
            self.grad += grad * other.data
            other.grad += grad * self.data

        return self._made(self.data * other.data, (self, other), way_back)

    def __pow__(self, exponent):
        def way_back(grad, data):
            self.grad += grad * exponent * self.data ** (exponent - 1)

        return self._made(self.data**exponent, (self,), way_back)

    def exp(self):
        def way_back(grad, data):
            self.grad += grad * data

        return self._made(math.exp(self.data), (self,), way_back)

    def relu(self):
        def way_back(grad, data):
            self.grad += grad * (data > 0)

        return self._made(max(self.data, 0.0), (self,), way_back)

    def backward(self):
        self.grad = 1.0
        self._backward()

'''
    + GIVEN
)

TAPE = {
    "    def __init__": "    tape = []\n\n    def __init__",
    "        self.args = args\n": "        self.args = args\n        Value.tape.append(self)\n",
    "reversed(self._arguments_first())": "reversed(Value.tape)",
}
SHARED = {
    "args: Sequence[Value] = (), partials: Sequence[float] = ()": "args=[], partials=[]",
    "(self.data + other.data, (self, other), (1.0, 1.0))": "(self.data + other.data)",
    "(self.data * other.data, (self, other), (other.data, self.data))": "(self.data * other.data).of(self, other)",
    "    def exp(self)": """\
    def of(self, *args):
        self.args += args
        self.partials += [arg.data for arg in reversed(args)]
        return self

    def exp(self)""",
    "        waiting = [(self, False)]\n": "        waiting = [(self, False)]\n        seen = []\n",
    "elif node not in seen:\n                seen.add(node)": "else:\n                seen.append(node)",
}
CALLS_ITSELF = """\
        self.grad = 1.0
        for arg, partial in zip(self.args, self.partials):
            arg.grad += self.grad * partial
            arg.backward()
"""
CLEARED = {**TAPE, "reversed(self._arguments_first())": "[Value.tape.pop() for _ in range(len(Value.tape))]"}

MUTANTS = [
    ("= instead of +=", {PUSH: "arg.grad = node.grad * partial"}),
    ("forgot to multiply by the upstream gradient", {PUSH: "arg.grad += partial"}),
    ("forgot the local derivative", {PUSH: "arg.grad += node.grad"}),
    ("forgot the seed", {"        self.grad = 1.0\n": ""}),
    ("sign", {PUSH: "arg.grad -= node.grad * partial"}),
    ("stops below the root", {"reversed(self._arguments_first())": "self._arguments_first()"}),
    (
        "node counted once",
        {"zip(node.args, node.partials, strict=True)": "dict(zip(node.args, node.partials)).items()"},
    ),
    ("recursion instead of a topological order", {BACK: NAIVE}),
    ("recursion instead of a topological order", CLOSURES),
    ("breadth-first order", {BACK: BREADTH_FIRST}),
    ("path by path", {BACK: PATHS}),
    ("path by path", {BACK: PATHS_IN_A_LOOP}),
    ("recursion too deep", {BACK: RECURSIVE_ORDER}),
    ("gradients reset", {BACK: RESET}),
    ("arguments swapped", {"(other.data, self.data)": "(self.data, other.data)"}),
    ("factor", {"(exponent * self": "(2 * exponent * self"}),
    ("forgot the exponent", {"(exponent * self": "(self"}),
    ("exponent not lowered", {"(exponent - 1),": "exponent,"}),
    ("argument instead of result", {"(self,), (result,)": "(self,), (self.data,)"}),
    ("argument as a factor", {"(self,), (result,)": "(self,), (self.data * result,)"}),
    ("at the threshold", {"self.data > 0": "self.data >= 0"}),
    ("forgot the local derivative", {"float(self.data > 0)": "1.0"}),
    ("nothing is added", {"(self, other), (other.data, self.data))": "(self, other), (0.0, 0.0))"}),
    ("wrong result", {"max(self.data, 0.0)": "abs(self.data)"}),
    ("number as operand", {ADD: "        return Value(self.data + other.data"}),
    ("not a Value", {"return Value(result, (self,), (result,))": "return result"}),
    ("returns nothing", {"return Value(result, (self,), (result,))": "Value(result, (self,), (result,))"}),
    ("not a number", {PUSH: "arg.grad = arg * partial"}),
    ("stale gradients", TAPE),
    ("graph forgotten", CLEARED),
    ("took too long", SHARED),
    ("recursion without end", {BACK: NAIVE.replace("for arg in self.args:", "for arg in self.args or [self]:")}),
    ("recursion instead of a topological order", {BACK: CALLS_ITSELF}),
    ("nothing is added", {BACK: BACK.replace("        self.grad = 1.0\n", "") + "        self.grad = 1.0\n"}),
    ("forgot the seed", {BACK: BACK + "        self.grad = 0.0\n"}),
    ("one grad for all", re.sub(r"\b(self|other|out)\.grad\b", "Value.grad", CLOSURES)),
    ("argument not remembered", CLOSURES.replace("for arg in args:", "for arg in args[:1]:")),
    ("called too early", CLOSURES.replace("out._backward = backward\n", "out._backward = backward()\n")),
    ("missing method", {"    def __rmul__": "    def __rmult__"}),
    (
        "not a new Value",
        {"        return Value(max": "        if self.data > 0:\n            return self\n        return Value(max"},
    ),
    (
        "changes its arguments",
        {
            "        return Value(max(self.data, 0.0)": "        if self.data < 0:\n            self.data = 0.0\n"
            "        return Value(self.data"
        },
    ),
    (
        "unhashable",
        {"    def __add__": "    def __eq__(self, other):\n        return self.data == other.data\n\n    def __add__"},
    ),
    ("wrong start", {"        self.data = data": "        self.data = round(data, 3)"}),
    ("number as operand", {"self.data**exponent,": "self.data**exponent.data,"}),
    ("training differs", {MUL: MEMO, "    def __init__": "    products = {}\n\n    def __init__"}),
    ("the engine's own", "from autograd import Value\n"),
    ("the engine's own", WRAPPED),
]
