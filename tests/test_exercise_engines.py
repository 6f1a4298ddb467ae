"""The tables behind tasks 7, 9 and 23: each planted slip is named, whoever is right passes, however it is written."""

import math
import sys

import pytest

from autograd import Value, topological_order
from demos.exercises import CheckFailed, find
from demos.exercises.checking.classes import each_edge_once
from demos.exercises.checking.engines import OPS, cases, diagnose, right_grads
from demos.exercises.checking.judge import judge_source
from demos.exercises.checking.missteps import misstep
from demos.exercises.checking.orders import gradients
from demos.exercises.checking.programs import random_programs, run
from demos.exercises.checking.training import train
from demos.exercises.checks.engine import STEPS

NOT_MULTIPLIED = "forgot to multiply by the upstream gradient"
WAYS = {
    "": lambda old, upstream, partial, out: old + upstream * partial,
    NOT_MULTIPLIED: lambda old, upstream, partial, out: old + partial,
    "= instead of +=": lambda old, upstream, partial, out: upstream * partial,
    "sign": lambda old, upstream, partial, out: old - upstream * partial,
    "factor": lambda old, upstream, partial, out: old + 3 * upstream * partial,
    "nothing is added": lambda old, upstream, partial, out: old,
    "data instead of grad": lambda old, upstream, partial, out: old + out * partial,
    "not the upstream gradient": lambda old, upstream, partial, out: old + old * partial,
    "forgot the local derivative": lambda old, upstream, partial, out: old + upstream,
    "value instead of slope": lambda old, upstream, partial, out: old + upstream * out,
}
"""What is planted at every argument of an operation."""

ALIKE = {("add", "forgot the local derivative"), ("exp", "value instead of slope")}
"""These are no mistakes: the slope of a sum is 1, and exp is its own slope."""

PARTIALS = {
    "add": lambda x, y, n: (1.0, 1.0),
    "mul": lambda x, y, n: (y, x),
    "pow": lambda x, y, n: (n * x ** (n - 1),),
    "exp": lambda x, y, n: (math.exp(x),),
    "relu": lambda x, y, n: (1.0 if x > 0 else 0.0,),
}
WRONG_PARTIALS = [
    ("mul", "arguments swapped", lambda x, y, n: (x, y)),
    ("mul", "one argument forgotten", lambda x, y, n: (y, 0.0)),
    ("mul", "one argument forgotten", lambda x, y, n: (0.0, x)),
    ("add", "one argument forgotten", lambda x, y, n: (1.0, 0.0)),
    ("add", "wrong derivative", lambda x, y, n: (x, y)),
    ("pow", "forgot the exponent", lambda x, y, n: (x ** (n - 1),)),
    ("pow", "exponent not lowered", lambda x, y, n: (n * x**n,)),
    ("pow", "exponent lowered first", lambda x, y, n: ((n - 1) * x ** (n - 1),)),
    ("pow", "wrong derivative", lambda x, y, n: (n * x ** (n + 1),)),
    ("exp", "argument instead of result", lambda x, y, n: (x,)),
    ("exp", "power rule for exp", lambda x, y, n: (x * math.exp(x - 1),)),
    ("relu", "at the threshold", lambda x, y, n: (1.0 if x >= 0 else 0.0,)),
    ("relu", "forgot the local derivative", lambda x, y, n: (1.0,)),
]


def handed_back(case, way, partials):
    """What comes of an engine that adds in this way, with these partials."""
    grads = dict(zip(case.names, case.presets, strict=True))
    numbers = dict(zip(case.names, case.numbers, strict=True))
    x, y = (numbers[case.formula.positions[at]] for at in (0, -1))
    out = case.formula.apply(*(Value(numbers[name]) for name in case.formula.positions)).data
    slopes = partials(x, y, case.formula.exponent)
    for name, slope in zip(case.formula.positions, slopes, strict=True):
        grads[name] = way(grads[name], case.upstream, slope, out)
    return list(grads.values())


def diagnosis(op, way, partials):
    """What is said of that engine; empty if nothing."""
    try:
        diagnose(op, cases(op), lambda case: handed_back(case, way, partials), lambda case: case.given)
    except CheckFailed as error:
        assert error.finding.cause.startswith(f"{op}: ") or error.finding.diagnosis == "wrong derivative"
        return error.finding.diagnosis
    return ""


@pytest.mark.parametrize("op", OPS)
@pytest.mark.parametrize("mistake", WAYS)
def test_each_slip_at_each_operation_is_named(op, mistake):
    expected = "" if (op, mistake) in ALIKE else mistake
    assert diagnosis(op, WAYS[mistake], PARTIALS[op]) == expected


@pytest.mark.parametrize(("op", "mistake", "partials"), WRONG_PARTIALS)
def test_each_wrong_partial_is_named(op, mistake, partials):
    assert diagnosis(op, WAYS[""], partials) == mistake


@pytest.mark.parametrize("op", OPS)
def test_two_slips_at_once_are_both_told(op):
    def way(old, upstream, partial, out):
        return partial

    with pytest.raises(CheckFailed) as caught:
        diagnose(op, cases(op), lambda case: handed_back(case, way, PARTIALS[op]), lambda case: case.given)
    assert caught.value.finding.diagnosis == NOT_MULTIPLIED
    assert "= instead of +=" in caught.value.finding.cause


@pytest.mark.parametrize("op", OPS)
def test_right_gradients_are_those_of_a_second_formula(op):
    for case in cases(op):
        assert right_grads(case) == pytest.approx(handed_back(case, WAYS[""], PARTIALS[op]))


def test_gradients_of_a_graph_are_those_of_the_engine():
    for program in random_programs():
        values = run(program, Value)
        root = list(values.values())[-1]
        root.backward()
        nodes = topological_order(root)
        name = {node: str(i) for i, node in enumerate(nodes)}
        edges = {name[node]: tuple((name[arg], slope(node, at)) for at, arg in inner(node)) for node in nodes}
        found = gradients(edges, name[root])
        assert [found[name[node]] for node in nodes] == pytest.approx([node.grad for node in nodes])


def inner(node):
    """The arguments that are nodes, with their positions."""
    return [(at, arg) for at, arg in enumerate(node.args) if isinstance(arg, Value)]


def slope(node, at):
    """d node / d argument, by central differences."""

    def moved(h):
        numbers = [arg.data if isinstance(arg, Value) else arg for arg in node.args]
        numbers[at] += h
        return node.op(*map(Value, numbers)).data

    return (moved(1e-6) - moved(-1e-6)) / 2e-6


def test_right_gradients_are_no_misstep_and_unknown_ones_neither():
    edges = {"x": (), "u": (("x", 2.0),), "y": (("u", 3.0), ("u", 4.0))}
    assert misstep([(edges, "y", {"x": 5.5, "u": -1.0, "y": 1.0})]) is None
    assert gradients(edges, "y") == {"x": 14.0, "u": 7.0, "y": 1.0}


def test_equals_is_recognised_in_whatever_order_the_nodes_were_gone_over():
    edges = {"x": (), "u": (("x", 2.0),), "v": (("x", 3.0),), "y": (("u", 5.0), ("v", 7.0))}
    for last in (10.0, 21.0):
        found = misstep([(edges, "y", {"x": last, "u": 5.0, "v": 7.0, "y": 1.0})])
        assert found.name == "= instead of +="


def test_counting_of_calls_stops_an_answer_and_leaves_the_profiler_as_it_was():
    before = sys.getprofile()
    with pytest.raises(CheckFailed, match="path by path"), each_edge_once("it", 100):
        for _ in range(200):
            len("")
    with each_edge_once("it", 100):
        len("")
    assert sys.getprofile() is before


def test_the_net_of_task_23_learns_the_moons():
    trained = train(Value, STEPS)
    assert trained.right == trained.points == 40
    assert trained.losses[-1] < 0.02 < trained.losses[0] / 10


# --- right answers, written in other ways ----------------------------------------------------------------------------

CLOSURES = '''
from __future__ import annotations

import math


class Value:
    """Each result carries its way back; arguments are a set."""

    def __init__(self, data, args=()):
        self.data, self.grad, self._prev, self._backward = data, 0, set(args), lambda: None

    def __repr__(self):
        return f"Value({self.data}, {self._prev})"

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other))

        def backward():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other))

        def backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = backward
        return out

    def __pow__(self, n):
        out = Value(self.data**n, (self,))

        def backward():
            self.grad += n * self.data ** (n - 1) * out.grad

        out._backward = backward
        return out

    def exp(self):
        out = Value(math.exp(self.data), (self,))

        def backward():
            self.grad += out.data * out.grad

        out._backward = backward
        return out

    def relu(self):
        out = Value(0 if self.data < 0 else self.data, (self,))

        def backward():
            self.grad += (out.data > 0) * out.grad

        out._backward = backward
        return out
'''
BY_COUNTING_USES = """
    def backward(self):
        uses, waiting, seen = {}, [self], {self}
        while waiting:
            for arg in waiting.pop()._prev:
                uses[arg] = uses.get(arg, 0) + 1
                if arg not in seen:
                    seen.add(arg)
                    waiting.append(arg)
        self.grad, ready = 1.0, [self]
        while ready:
            node = ready.pop()
            node._backward()
            for arg in node._prev:
                uses[arg] -= 1
                if not uses[arg]:
                    ready.append(arg)
"""
OP_TABLE = '''
from __future__ import annotations

import heapq
import itertools

import numpy as np

OPS = {
    "+": (np.add, lambda out, a, b: (1, 1)),
    "*": (np.multiply, lambda out, a, b: (b, a)),
    "**": (np.power, lambda out, a, n: (n * a ** (n - 1), 0)),
    "exp": (np.exp, lambda out, a: (out,)),
    "relu": (lambda a: np.maximum(a, 0), lambda out, a: (a > 0,)),
}


class Value:
    """NumPy's numbers, operations by name, and the order in which the Values were made."""

    __slots__ = ("args", "at", "data", "grad", "op")
    made = itertools.count()

    def __init__(self, data, op=None, args=()):
        self.data, self.grad, self.op, self.args, self.at = np.float64(data), np.float64(0), op, args, next(Value.made)

    def apply(op, *args):
        args = tuple(arg if isinstance(arg, Value) else Value(arg) for arg in args)
        return Value(OPS[op][0](*(arg.data for arg in args)), op, args)

    def __add__(self, other):
        return Value.apply("+", self, other)

    def __mul__(self, other):
        return Value.apply("*", self, other)

    def __pow__(self, n):
        return Value.apply("**", self, n)

    def exp(self):
        return Value.apply("exp", self)

    def relu(self):
        return Value.apply("relu", self)

    def backward(self):
        self.grad, waiting, seen = np.float64(1), [(-self.at, self)], {self.at}
        while waiting:
            node = heapq.heappop(waiting)[1]
            if node.op:
                partials = OPS[node.op][1](node.data, *(arg.data for arg in node.args))
                for arg, partial in zip(node.args, partials):
                    arg.grad = arg.grad + node.grad * partial
                    if arg.at not in seen:
                        seen.add(arg.at)
                        heapq.heappush(waiting, (-arg.at, arg))
'''
KAHN = """
class Node:
    def __init__(self, data, args=(), partials=()):
        self.data, self.grad, self.args, self.partials, self.uses = data, 0.0, args, partials, 0


def backward(root):
    waiting, seen = [root], {id(root)}
    while waiting:
        for arg in waiting.pop().args:
            arg.uses += 1
            if id(arg) not in seen:
                seen.add(id(arg))
                waiting.append(arg)
    root.grad = 1
    ready = [root]
    for node in ready:
        for i in range(len(node.args)):
            assert isinstance(node.args[i], Node)
            node.args[i].grad = node.args[i].grad + node.partials[i] * node.grad
            node.args[i].uses -= 1
            if node.args[i].uses == 0:
                ready.append(node.args[i])
"""


def given():
    """What the stub of task 23 gives: the other operators."""
    stub = find("engine").stub.read_text(encoding="utf-8")
    return "\n" + stub[stub.index("    def __radd__") :]


@pytest.mark.parametrize(
    ("task", "source"),
    [
        pytest.param("local_derivatives", CLOSURES, id="closures"),
        pytest.param("local_derivatives", CLOSURES.replace("= data, 0,", "= data * 1.0, 0.0,"), id="floats"),
        pytest.param("backward", KAHN, id="counting uses, with a Node that has one more field"),
        pytest.param("engine", CLOSURES + BY_COUNTING_USES + given(), id="closures, counting uses"),
        pytest.param("engine", OP_TABLE + given(), id="a table of ops"),
    ],
)
def test_right_answers_that_are_written_otherwise_pass(task, source):
    assert repr(judge_source(find(task), source.encode(), "mine.py")).endswith("passed")
