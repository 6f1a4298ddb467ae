"""Steps: performed, they are what backward() does; told, they are sentences that can be checked by hand."""

import math
import re
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import (
    TABLE,
    ArgumentError,
    Domain,
    DomainError,
    FlatParameters,
    NotANumberError,
    Op,
    Parameter,
    ParameterVector,
    RowOp,
    Steps,
    TraceError,
    Value,
    debug,
    dot,
    draw,
    explain,
    jit,
    label,
    latex,
    logsumexp,
    maximum,
    pick,
    relu,
    sqrt,
    steps,
    sum,
    tanh,
    topological_order,
    tree,
    walk,
    where,
)
from autograd.number import figure
from autograd.steps import BLANK, SHOWN, Start
from autograd.value import apply_rows
from nets import MLP, Neuron
from tests.strategies import follow, recipes, small

gradients_of_before = st.sampled_from([0.0, -0.0, 2.5, -1e-3, 1e300])


def bits(root):
    """The gradients below root as words that differ where any bit of a number does."""
    return [repr(node.grad) for node in topological_order(root)]


def plant(root, gradients):
    for node, gradient in zip(topological_order(root), gradients, strict=True):
        node.grad = gradient


def assert_steps_do_what_backward_does(root):
    before = [node.grad for node in topological_order(root)]
    found = steps(root)
    root.backward()
    expected = bits(root)
    plant(root, before)
    found.perform()
    assert bits(root) == expected
    plant(root, before)
    for step in found:
        if step.phase == "backward" and not isinstance(step, Start):
            assert repr(step.arg.grad) == repr(step.before)
            assert repr(step.node.grad) == repr(step.upstream)
        step.perform()
    assert bits(root) == expected


# --- what they do --------------------------------------------------------------------------------------------


@given(recipes(3, kinked=True), st.tuples(small, small, small), st.lists(gradients_of_before, min_size=3, max_size=3))
def test_performing_the_steps_gives_the_bits_of_backward(recipe, numbers, gradients):
    inputs = tuple(map(Value, numbers))
    root = follow(recipe, inputs)
    for node in topological_order(root):
        node.grad = 7.0
    for x, gradient in zip(inputs, gradients, strict=True):
        x.grad = gradient
    assert_steps_do_what_backward_does(root)


@jit
def product_and_sum(x, y):
    return tanh(x * y) + x


def chain_of_reuse():
    a = Value(1.1, "a")
    b = a * a
    c = b * a + b
    return (c * c - b / a).tanh() + a


GRAPHS = {
    "x*x": lambda: (lambda x: x * x)(Value(3.0)),
    "reuse": chain_of_reuse,
    "leaf": lambda: Value(2.0, "a"),
    "parameter": lambda: Parameter(2.0, "p"),
    "vector and array": lambda: dot(ParameterVector([0.1, 0.2, 0.3]), np.array([1.0, 0.0, -3.0])).tanh() * 3,
    "one vector twice": lambda: (lambda w: dot(w, w) * 0.1)(ParameterVector([0.1, 0.2, 0.3])),
    "two vectors": lambda: dot(ParameterVector([0.1, 0.7]), ParameterVector([0.3, 1.9]), bias=Value(0.1)).tanh(),
    "vector and tuple": lambda: (lambda x: dot(ParameterVector([0.1, 0.7]), [x, x * x], bias=x).exp())(Value(0.3)),
    "constants among values": lambda: (lambda x: dot([x, 0.5, x], [2.0, x, -0.0]))(Value(0.3)),
    "flat parameters": lambda: sum(FlatParameters([Parameter(0.1), Parameter(0.2)])) * 0.3,
    "long sum": lambda: (lambda x: sum([x * 0.1, x, 3.0, x, x * x, x]))(Value(0.7)),
    "logsumexp of a vector": lambda: logsumexp(ParameterVector([0.1, 0.2, 0.3])) * 1.7,
    "pick": lambda: (lambda x: pick([x, x * x, 3.0], 1))(Value(0.3)),
    "where": lambda: (lambda x: where(x > 0, x * x, x.tanh()))(Value(0.3)),
    "neuron": lambda: Neuron(3, seed=1)([Value(0.1), -0.7, Value(0.3)]) * 1.1,
    "mlp": lambda: MLP(2, [3, 1], seed=1)([Value(0.1), -0.7]).tanh(),
    "jitted call": lambda: (lambda x, y: product_and_sum(x * y, y) * product_and_sum(y, x))(Value(0.3), Value(0.7)),
    "zero gradient": lambda: (lambda x: sqrt(x) * 0.0 + x)(Value(0.0)),
    "zero through a sum": lambda: (lambda x, y: (x + y) * 0.0 + y)(Value(0.3), Value(0.7)),
    "infinity": lambda: (lambda x, y: (x * y - y).relu() * x)(Value(math.inf), Value(2.0)),
    "nan": lambda: (lambda x, y: maximum(x * y, y) * x + y.tanh())(Value(math.nan), Value(-2.0)),
    "infinities in a vector": lambda: logsumexp(ParameterVector([1.0, math.inf, -math.inf])) * -2,
    "overflow": lambda: dot(ParameterVector([1e300, 1.0]), np.array([1e300, 1.0])) * 1e300,
}
graphs = pytest.mark.parametrize("build", GRAPHS.values(), ids=GRAPHS)


@graphs
@pytest.mark.parametrize("gradient", [0.0, -0.0, 0.1])
def test_steps_through_rows_parameters_and_jitted_calls_give_the_bits_of_backward(build, gradient):
    root = build()
    for node in topological_order(root):
        node.grad = gradient
    assert_steps_do_what_backward_does(root)


@graphs
def test_steps_and_their_sentences_change_nothing(build):
    root = build()
    order = topological_order(root)
    for i, node in enumerate(order):
        node.grad = float(i)

    def everything():
        return [(id(x), repr(x.data), x.grad, x.op, tuple(map(repr, x.args)), x.label) for x in topological_order(root)]

    before = everything()
    assert str(steps(root)) and [step.question() for step in steps(root)]
    assert everything() == before


@graphs
def test_each_number_is_computed_once_and_before_the_first_gradient_is_passed_on(build):
    root = build()
    found = steps(root)
    inner = [node for node in topological_order(root) if node.op is not None]
    assert [step.node for step in found.forward] == inner
    assert [step.phase for step in found] == ["forward"] * len(inner) + ["backward"] * len(found.backward)
    assert isinstance(found.backward[0], Start) and found.backward[0].node is root


def test_gradients_of_before_are_the_beginning_for_leaves_and_forgotten_for_inner_nodes():
    a = Value(2.0, "a")
    b = a * 3
    c = b * b
    label(b=b, c=c)
    a.grad, b.grad, c.grad = 5.0, 6.0, 7.0
    found = steps(c)
    assert [(step.before, step.after) for step in found.backward] == [(0.0, 1.0), (0.0, 6.0), (6.0, 12.0), (5.0, 41.0)]
    found.perform()
    assert (a.grad, b.grad, c.grad) == (41.0, 12.0, 1.0)


def test_records_cannot_be_changed():
    a = Value(2.0, "a")
    for step in steps(a * a):
        for name in ("application", "root", "before", "after", "contribution", "phase", "name"):
            with pytest.raises((FrozenInstanceError, AttributeError)):
                setattr(step, name, None)
    with pytest.raises(FrozenInstanceError):
        steps(a * a)[0].application.value = 3.0


def test_records_say_what_they_are_about():
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    forward, start, to_a, to_b = steps(a * b)
    assert (forward.name, forward.op, forward.operands, forward.values) == ("v1", "mul", ("a", "b"), (2.0, -3.0))
    assert (forward.value, forward.formula, forward.line) == (-6.0, "a * b", "")
    assert (start.name, start.op, start.operands, start.values, start.after) == ("v1", "", (), (), 1.0)
    assert (to_a.arg, to_a.arg_name, to_a.upstream, to_a.partial, to_a.contribution) == (a, "a", 1.0, -3.0, -3.0)
    assert (to_b.arg, to_b.formula, to_b.root, to_b.position) == (b, "a", "v1", 1)
    assert [step.result for step in (forward, start, to_a, to_b)] == [-6.0, 1.0, -3.0, 2.0]


@pytest.mark.parametrize("length", [10_000, 100_000])
def test_long_chain_is_walked_without_recursion(length):
    x = y = Value(1.0, "x")
    for _ in range(length):
        y = y + 1.0
    found = steps(y)
    assert len(found) == 2 * length + 1
    found.perform()
    assert x.grad == 1.0
    assert len(repr(found).splitlines()) == SHOWN + 1


# --- what they say -------------------------------------------------------------------------------------------


def names(a, b):
    return Value(a, "a"), Value(b, "b")


def issue():
    a, b = names(2.0, -3.0)
    c = a * b
    L = c * 4.0
    label(c=c, L=L)
    return L


def of_two(op, *numbers):
    return lambda: op(*names(*numbers))


SENTENCES = [
    (
        issue,
        [
            "c = a * b = 2.00 * -3.00 = -6.00",
            "L = c * 4 = -6.00 * 4 = -24.00",
            "dL/dL = 1.00   (L.grad 0.00 -> 1.00)",
            "dL/dc += dL/dL * dL/dc = 1.00 * 4 = 4.00   (c.grad 0.00 -> 4.00)",
            "dL/da += dL/dc * dc/da = 4.00 * b = 4.00 * -3.00 = -12.00   (a.grad 0.00 -> -12.00)",
            "dL/db += dL/dc * dc/db = 4.00 * a = 4.00 * 2.00 = 8.00   (b.grad 0.00 -> 8.00)",
        ],
    ),
    (
        of_two(lambda a, b: a.tanh(), 0.5, 0.0),
        [
            "v1 = tanh(a) = tanh(0.50) = 0.4621",
            "dv1/dv1 = 1.00   (v1.grad 0.00 -> 1.00)",
            "dv1/da += dv1/dv1 * dv1/da = 1.00 * (1 - v1 * v1) = 1.00 * (1 - 0.4621 * 0.4621) = 1.00 * 0.7864 = 0.7864"
            "   (a.grad 0.00 -> 0.7864)",
        ],
    ),
    (
        of_two(lambda a, b: a * a, -3.0, 0.0),
        [
            "v1 = a * a = -3.00 * -3.00 = 9.00",
            "dv1/dv1 = 1.00   (v1.grad 0.00 -> 1.00)",
            "dv1/da += dv1/dv1 * dv1/da = 1.00 * a = 1.00 * -3.00 = -3.00   (a.grad 0.00 -> -3.00)",
            "dv1/da += dv1/dv1 * dv1/da = 1.00 * a = 1.00 * -3.00 = -3.00   (a.grad -3.00 -> -6.00)",
        ],
    ),
    (
        of_two(lambda a, b: -b, 0.0, -3.0),
        [
            "v1 = -b = -(-3.00) = 3.00",
            "dv1/dv1 = 1.00   (v1.grad 0.00 -> 1.00)",
            "dv1/db += dv1/dv1 * dv1/db = 1.00 * -1 = -1.00   (b.grad 0.00 -> -1.00)",
        ],
    ),
    (
        of_two(lambda a, b: b**2, 0.0, -3.0),
        [
            "v1 = b ** 2 = (-3.00) ** 2 = 9.00",
            "dv1/dv1 = 1.00   (v1.grad 0.00 -> 1.00)",
            "dv1/db += dv1/dv1 * dv1/db = 1.00 * (2 * b) = 1.00 * (2 * -3.00) = 1.00 * -6.00 = -6.00"
            "   (b.grad 0.00 -> -6.00)",
        ],
    ),
    (
        of_two(lambda a, b: a / b, 3.0, -2.0),
        [
            "v1 = a / b = 3.00 / -2.00 = -1.50",
            "dv1/dv1 = 1.00   (v1.grad 0.00 -> 1.00)",
            "dv1/da += dv1/dv1 * dv1/da = 1.00 * (1 / b) = 1.00 * (1 / -2.00) = 1.00 * -0.50 = -0.50"
            "   (a.grad 0.00 -> -0.50)",
            "dv1/db += dv1/dv1 * dv1/db = 1.00 * (-v1 / b) = 1.00 * (-(-1.50) / -2.00) = 1.00 * -0.75 = -0.75"
            "   (b.grad 0.00 -> -0.75)",
        ],
    ),
    (
        of_two(lambda a, b: relu(b), 0.0, -3.0),
        [
            "v1 = relu(b) = relu(-3.00) = 0.00",
            "dv1/dv1 = 1.00   (v1.grad 0.00 -> 1.00)",
            "dv1/db += dv1/dv1 * dv1/db = 1.00 * [b > 0] = 1.00 * [-3.00 > 0] = 1.00 * 0.00 = 0.00"
            "   (b.grad 0.00 -> 0.00)",
        ],
    ),
    (
        of_two(lambda a, b: dot([a, b, 2.0], [b, 0.0, a], bias=1.0), 2.0, -3.0),
        [
            "v1 = a * b + 2 * a + 1 = 2.00 * -3.00 + 2 * 2.00 + 1 = -1.00",
            "dv1/dv1 = 1.00   (v1.grad 0.00 -> 1.00)",
            "dv1/da += dv1/dv1 * dv1/da = 1.00 * b = 1.00 * -3.00 = -3.00   (a.grad 0.00 -> -3.00)",
            "dv1/db += dv1/dv1 * dv1/db = 1.00 * 0 = 0.00   (b.grad 0.00 -> 0.00)",
            "dv1/db += dv1/dv1 * dv1/db = 1.00 * a = 1.00 * 2.00 = 2.00   (b.grad 0.00 -> 2.00)",
            "dv1/da += dv1/dv1 * dv1/da = 1.00 * 2 = 2.00   (a.grad -3.00 -> -1.00)",
        ],
    ),
    (of_two(lambda a, b: a, 2.0, 0.0), ["da/da = 1.00   (a.grad 0.00 -> 1.00)"]),
]  # fmt: skip


@pytest.mark.parametrize(("build", "sentences"), SENTENCES, ids=[words[0] for _, words in SENTENCES])
def test_sentences(build, sentences):
    found = steps(build())
    assert list(map(str, found)) == sentences
    assert str(found) == "\n".join(sentences)


def node_of(op, sample):
    letters = iter("abcdefgh")
    if isinstance(op, Op):
        return op(*(Value(x, next(letters)) for x in sample))
    return apply_rows(op, tuple(tuple(Value(x, next(letters)) for x in row) for row in sample))


SAMPLES = [(op, sample) for op in TABLE.values() for sample in op.domain.samples]
each_sample = pytest.mark.parametrize(("op", "sample"), SAMPLES, ids=[f"{op.name}{s}" for op, s in SAMPLES])


@each_sample
def test_every_op_says_its_value_and_its_partials(op, sample):
    forward, start, *backward = steps(node_of(op, sample))
    out = figure(forward.value)
    assert re.fullmatch(rf"v1 = .*\ba\b.* = (.* = )?{re.escape(out)}", str(forward))
    assert str(start) == "dv1/dv1 = 1.00   (v1.grad 0.00 -> 1.00)"
    assert len(backward) == len(forward.operands)
    for step, letter in zip(backward, "abcdefgh", strict=False):
        number = figure(step.partial)
        begin = f"dv1/d{letter} += dv1/dv1 * dv1/d{letter} = 1.00 * "
        end = f" = {number}   ({letter}.grad 0.00 -> {number})"
        assert str(step).startswith(begin) and str(step).endswith(end)
        middle = str(step)[len(begin) : -len(end)]
        assert middle and "None" not in middle and "Expression" not in middle


@each_sample
def test_question_is_the_sentence_with_blanks_for_what_comes_out(op, sample):
    for step in steps(node_of(op, sample)):
        question = step.question()
        assert question.count(BLANK) == (1 if step.phase == "forward" else 2)
        assert re.fullmatch(re.escape(question).replace(BLANK, r"(\S+|\S+ \* \S+ = \S+)"), str(step))
        assert f"= {BLANK}" in question


def test_question_does_not_give_the_partial_unless_there_is_no_formula_to_compute_it_from():
    a, b = Value(0.5, "a"), Value(-3.0, "b")
    assert steps(tanh(a))[-1].question() == (
        f"dv1/da += dv1/dv1 * dv1/da = 1.00 * (1 - v1 * v1) = 1.00 * (1 - 0.4621 * 0.4621) = {BLANK}"
        f"   (a.grad 0.00 -> {BLANK})"
    )
    asked = steps(product_and_sum(a, b))[-1].question()
    assert asked == f"dv1/db += dv1/dv1 * dv1/db = 1.00 * 0.09035 = {BLANK}   (b.grad 0.00 -> {BLANK})"


def test_question_does_not_give_the_answer_where_the_value_is_its_operand():
    assert steps(sum([Value(2.0, "a")]))[0].question() == f"v1 = a = {BLANK}"


def test_names_that_are_formulas_stand_in_brackets():
    x, w = Value(2.0, "x"), Value(-3.0, "w")
    product = x * w
    product.label = "x*w"
    out = product * product
    out.label = "o"
    found = list(map(str, steps(out)))
    assert found[:2] == ["x*w = x * w = 2.00 * -3.00 = -6.00", "o = (x*w) * (x*w) = -6.00 * -6.00 = 36.00"]
    assert found[-1].startswith("do/dw += do/d(x*w) * d(x*w)/dw = -12.00 * x = ")
    assert found[3].endswith("((x*w).grad 0.00 -> -6.00)")


def test_names_of_parameters_and_of_list_items_need_no_brackets():
    xs = [Value(1.0), Value(2.0)]
    label({"xs": xs})
    words = str(steps(Neuron(2, seed=1)(xs)))
    assert "w.0 * xs[0] + w.1 * xs[1] + b" in words and "dw.0 += " in words


def test_long_rows_are_shortened_and_zeros_left_out():
    xs = [Value(float(i), f"x{i}") for i in range(9)]
    assert steps(sum(xs))[0].formula == "x0 + x1 + ... + x8"
    pixels = [0.0, 0.0, 0.5, 0.0, 1.0, 0.25, 0.0, 2.0, 0.0]
    assert steps(dot(xs, pixels, bias=Value(1.0, "b")))[0].formula == "x2 * 0.5 + x4 * 1 + ... + b"


def test_zero_times_infinity_is_not_left_out_of_a_sum():
    a = Value(math.inf, "a")
    assert str(steps(dot([a, 1.0], [0.0, 2.0]))[0]) == "v1 = a * 0 + 2 = inf * 0 + 2 = nan"


def test_infinite_and_nan_numbers_are_written_out():
    a = Value(math.inf, "a")
    root = a * 0
    assert str(steps(root)[0]) == "v1 = a * 0 = inf * 0 = nan"
    assert str(steps(root * a)[-1]).endswith(" = inf * 0 = nan   (a.grad nan -> nan)")


@pytest.mark.parametrize("look", [draw, lambda x: explain(x, x), latex, steps, tree, walk])
def test_looking_at_a_graph_inside_a_jitted_function_is_refused_as_its_numbers_are_those_of_one_call(look):
    f = jit(lambda x: look(x * x))
    with pytest.raises(TraceError, match=r"shows the numbers of one call; use it where .*, or on its .graph"):
        f(Value(2.0))


def test_jitted_call_is_told_by_its_numbers():
    x, y = Value(0.5, "x"), Value(2.0, "y")
    found = steps(product_and_sum(x, y))
    assert str(found[0]) == "v1 = jit(x, y) = jit(0.50, 2.00) = 1.262"
    assert str(found[2]) == "dv1/dx += dv1/dv1 * dv1/dx = 1.00 * 1.84 = 1.84   (x.grad 0.00 -> 1.84)"
    assert found[2].formula == "dv1/dx"


# --- ops of the user's ---------------------------------------------------------------------------------------


@pytest.fixture
def own():
    """Makes ops that leave the table again."""
    made = []

    def make(kind, name, value, partials):
        domain = Domain("it needs a real number", lambda *xs: True, ((0.5,),))
        made.append(kind(name, value=value, partials=partials, array=None, latex="", domain=domain, doc=name))
        return made[-1]

    yield make
    for op in made:
        del TABLE[op.name]


@pytest.mark.parametrize(
    "partial",
    [
        lambda out, x: math.cos(x),
        lambda out, x: np.cos(x),
        lambda out, x: x.__cos__() if hasattr(x, "__cos__") else {0.5: math.cos(0.5)}[x],
        lambda out, x: math.cos(0.5) if x > 0 else 0.0,
    ],
    ids=["math", "numpy", "lookup", "if"],
)
def test_partial_that_has_no_formula_is_told_by_its_number(own, partial):
    a = Value(0.5, "a")
    found = steps(own(Op, "my_sin", math.sin, (partial,))(a))
    assert str(found[0]) == "v1 = my_sin(a) = my_sin(0.50) = 0.4794"
    assert str(found[2]) == "dv1/da += dv1/dv1 * dv1/da = 1.00 * 0.8776 = 0.8776   (a.grad 0.00 -> 0.8776)"
    assert found[2].formula == "dv1/da"


def test_partial_with_a_formula_too_deep_to_write_is_told_by_its_number(own):
    def partials(out, xs):
        total = 0.0
        for x in xs:
            total = total + x * x
        return ([x / total for x in xs],)

    op = own(RowOp, "deep", lambda xs: math.fsum(xs), partials)
    root = apply_rows(op, (tuple(Value(1.0) for _ in range(3000)),))
    assert str(steps(root)[-1]).startswith("dv3001/dv3000 += dv3001/dv3001 * dv3001/dv3000 = 1.00 * 0.0003333 = ")
    assert_steps_do_what_backward_does(root)


# --- lists of steps, lines, failures -------------------------------------------------------------------------


def test_step_by_itself_is_shown_as_its_sentence():
    found = steps(Value(2.0, "a") * 3.0)
    assert repr(found[0]) == str(found[0]) == "v1 = a * 3 = 2.00 * 3 = 6.00"
    assert [repr(step) for step in found] == list(map(str, found))


def test_repr_shows_a_short_list_in_full_and_the_ends_of_a_long_one():
    x = y = Value(1.0, "x")
    short = steps(x * x)
    assert isinstance(short, Steps) and repr(short) == str(short)
    for _ in range(50):
        y = y * 2.0
    lines = repr(steps(y)).splitlines()
    assert len(lines) == SHOWN + 1 == 41
    assert lines[0].startswith("v1 = x * 2") and lines[30] == "... 61 more steps ..."
    assert lines[-1].startswith("dv50/dx += ")


def test_line_is_shown_of_a_node_that_was_made_inside_debug():
    a = Value(2.0, "a")
    with debug():
        b = a * 3
        b.label = "b"
    forward, _, backward = steps(b)
    assert re.fullmatch(r"test_steps.py:\d+", forward.line) and backward.line == forward.line
    assert str(forward) == f"b = a * 3 = 2.00 * 3 = 6.00   ({forward.line})"
    assert steps(a * 3)[0].line == ""


@pytest.mark.parametrize("root", [3, None, "L", [Value(1.0)]])
def test_steps_of_what_is_no_value_are_refused(root):
    with pytest.raises(ArgumentError, match="steps takes a Value, the root of a graph, got"):
        steps(root)


def test_derivative_that_does_not_exist_is_refused_as_in_backward_and_nothing_changed():
    x = Value(0.0, "x")
    root = sqrt(x) * 2
    for differentiate in (steps, Value.backward):
        with pytest.raises(DomainError, match=r"sqrt: it has no finite derivative at \(0\)"):
            differentiate(root)
    root = sqrt(x) * 2
    with pytest.raises(DomainError):
        steps(root)
    assert [node.grad for node in topological_order(root)] == [0.0] * 3


@pytest.mark.parametrize("build", [lambda a: a, lambda a: a * 2], ids=["root", "leaf"])
def test_gradient_that_is_no_number_is_refused(build):
    a = Value(1.0, "a")
    a.grad = None
    with pytest.raises(NotANumberError, match=r"gradient to be added to None \(node 'a', test_steps"):
        steps(build(a))


# --- what is said before them ---


def test_gradients_that_are_there_already_are_told_before_the_steps():
    a, b = Value(2.0, "a"), Value(3.0, "b")
    root = a * b
    assert steps(root).notes == ()
    root.backward()
    note = "a, b have gradients already, to which these steps add; set grad to 0.0 to begin anew"
    assert steps(root).notes == (note,)
    assert str(steps(root)).startswith(f"note: {note}\nv1 = a * b")


def test_numbers_that_have_changed_since_they_were_used_are_told():
    a = Value(2.0, "a")
    root = (a * a).tanh()
    a.data = 3.0
    [note] = steps(root).notes
    assert note == "v1 = 4.00 was computed from other numbers than its operands have now: compute v2 again"


def test_root_that_can_be_mended_is_refused_with_how():
    x = Value(1.0)
    for wrong, mend in (([x, x], "give one of them, or their sum"), (len, r"call it first, as in steps\(model\(x\)\)")):
        with pytest.raises(ArgumentError, match=mend):
            steps(wrong)


def test_part_of_the_steps_is_printed_like_the_whole():
    a = Value(2.0, "a")
    found = steps(a * 3.0)
    assert repr(found[:1]) == repr(found.forward) == "v1 = a * 3 = 2.00 * 3 = 6.00"
    assert found[1:] == found.backward and found[-1] is found.backward[-1]
