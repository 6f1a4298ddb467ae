"""The tables behind tasks 7, 9 and 23: each planted slip is named, and so is each wrong order."""

import math
import sys

import pytest

from autograd import Value, topological_order
from demos.exercises import CheckFailed
from demos.exercises.checks.engine import STEPS
from demos.exercises.checks.parts.classes import an_end, each_edge_once
from demos.exercises.checks.parts.engines import OPS, cases, diagnose, right_grads
from demos.exercises.checks.parts.missteps import misstep
from demos.exercises.checks.parts.orders import gradients
from demos.exercises.checks.parts.programs import random_programs, run
from demos.exercises.checks.parts.training import train

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
        assert error.finding.cause.startswith(f"{op}: ")
        return error.finding.diagnosis
    return ""


@pytest.mark.parametrize("op", OPS)
@pytest.mark.parametrize("mistake", WAYS)
def test_each_slip_at_each_operation_is_named(op, mistake):
    expected = "" if (op, mistake) in ALIKE else mistake
    assert diagnosis(op, WAYS[mistake], PARTIALS[op]) == expected


@pytest.mark.parametrize("op", ["add", "mul"])
@pytest.mark.parametrize("at", [0, 1])
@pytest.mark.parametrize("mistake", [NOT_MULTIPLIED, "= instead of +=", "sign", "data instead of grad"])
def test_a_slip_at_one_of_two_arguments_is_named_and_placed(op, at, mistake):
    def run(case):
        grads = dict(zip(case.names, case.presets, strict=True))
        numbers = dict(zip(case.names, case.numbers, strict=True))
        x, y = (numbers[name] for name in case.formula.positions)
        slopes = PARTIALS[op](x, y, math.nan)
        for i, name in enumerate(case.formula.positions):
            out = x * y if op == "mul" else x + y
            grads[name] = WAYS[mistake if i == at else ""](grads[name], case.upstream, slopes[i], out)
        return list(grads.values())

    with pytest.raises(CheckFailed) as caught:
        diagnose(op, cases(op), run, lambda case: case.given)
    assert caught.value.finding.diagnosis == mistake
    assert f"{('first', 'second')[at]} argument only" in caught.value.finding.cause


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


def test_wrong_order_is_recognised_where_the_arguments_come_from_a_set():
    """Recursion from node to argument, where y goes to v first in one graph, and to u first in the other."""
    edges = {"x": (), "s": (("x", 2.0),), "u": (("s", 5.0),), "v": (("s", 7.0),), "y": (("u", 2.0), ("v", 3.0))}
    top = {"y": 1.0, "u": 2.0, "v": 3.0, "s": 31.0}
    found = misstep([(edges, "y", {**top, "x": x}) for x in (2 * (21.0 + 31.0), 2 * (10.0 + 31.0))])
    assert found.name == "recursion instead of a topological order"


def test_a_small_graph_without_an_end_is_stopped():
    with pytest.raises(CheckFailed, match="took too long"), an_end("it"):
        while True:
            len("")


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
    assert trained.right == trained.points == 24
    assert trained.losses[-1] < 0.02 < trained.losses[0] / 10
