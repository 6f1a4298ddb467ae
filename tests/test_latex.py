"""latex: formulas that TeX can set, and that mean what the graph computes; read back here by a small reader."""

import math
import re

import pytest
from hypothesis import assume, given, settings

from autograd import (
    TABLE,
    ArgumentError,
    Domain,
    Names,
    Op,
    Parameter,
    Value,
    dot,
    equal,
    jit,
    latex,
    leaky_relu,
    leaves,
    logsumexp,
    maximum,
    minimum,
    pick,
    relu,
    sigmoid,
    softplus,
    sqrt,
    sum,
    tanh,
    topological_order,
    where,
)
from autograd.render.latex import LARGEST, LARGEST_GRAPH, _name
from nets import MLP
from tests.strategies import follow, recipes

NUMBERS = (0.5, -1.5, 2.0)

# --- reading a formula back ---

TOKEN = re.compile(r"\s*(\\text\{(?:[^{}\\]|\\.)*\}|\\left[(|]|\\right[)|]|\\[A-Za-z]+|\d+\.?\d*|.)", re.DOTALL)

FUNCTIONS = {
    r"\ln": math.log,
    r"\sin": math.sin,
    r"\cos": math.cos,
    r"\tanh": math.tanh,
    r"\sigma": lambda x: 1 / (1 + math.exp(-x)),
    r"\max": max,
    r"\min": min,
    "relu": lambda x: max(x, 0.0),
    "logsumexp": lambda *xs: math.log(math.fsum(map(math.exp, xs))),
    "pick": lambda *xs: xs[int(xs[-1])],
    "lrelu": lambda slope, x: x if x > 0 else slope * x,
}

COMPARISONS = {
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    "=": lambda a, b: a == b,
    r"\leq": lambda a, b: a <= b,
    r"\geq": lambda a, b: a >= b,
    r"\neq": lambda a, b: a != b,
}


class Reader:
    """What a formula comes to, read as a mathematician does; strict where TeX is, or where a reader would stumble."""

    def __init__(self, formula, numbers):
        self.tokens, self.at, self.numbers = TOKEN.findall(formula.strip()), 0, numbers

    def read(self):
        result = self.sum()
        assert self.at == len(self.tokens), f"left over: {self.tokens[self.at :]}"
        return result

    def next(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, *wanted):
        token = self.next()
        assert not wanted or token in wanted, f"{token!r} where one of {wanted} belongs"
        self.at += 1
        return token

    def sum(self):
        total = self.product(may_have_sign=True)
        while self.next() in ("+", "-"):
            sign = 1 if self.take() == "+" else -1
            total += sign * self.product()
        return total

    def product(self, may_have_sign=False):
        if may_have_sign and self.next() == "-":
            self.take()
            return -self.product()
        total = self.power()
        while self.next() == r"\cdot":
            self.take()
            total *= self.power()
        return total

    def power(self):
        base = self.atom()
        if self.next() == "^":
            base = base ** self.braced()
            assert self.next() != "^", "double superscript"
        return base

    def braced(self):
        self.take("^", "_") if self.next() in ("^", "_") else None
        self.take("{")
        inside = self.sum()
        self.take("}")
        return inside

    def atom(self):
        token = self.take()
        if token == "{":
            self.at -= 1
            return self.braced()
        if token in (r"\left(", r"\left|"):
            inside = self.sum()
            self.take(r"\right)" if token[-1] == "(" else r"\right|")
            return inside if token[-1] == "(" else abs(inside)
        if token == "(":
            return self.choice()
        if token == "[":
            a = self.sum()
            result = 1.0 * COMPARISONS[self.take(*COMPARISONS)](a, self.sum())
            self.take("]")
            return result
        if token == r"\frac":
            return self.braced() / self.braced()
        if token == r"\sqrt":
            return math.sqrt(self.braced())
        if token == "e":
            exponent = self.braced()
            assert self.next() != "^", "double superscript"
            return math.exp(exponent)
        if token == r"\infty":
            return math.inf
        if token == r"\mathrm":
            self.take("{")
            token = ""
            while self.next() != "}":
                token += self.take()
            self.take("}")
        if token in FUNCTIONS:
            below = [self.braced()] if self.next() == "_" else []
            return FUNCTIONS[token](*below, *self.arguments())
        return float(token) if token[0].isdigit() else self.variable(token)

    def choice(self):
        a = self.sum()
        self.take(r"\text{ if }")
        condition = self.sum()
        self.take(r"\text{ else }")
        b = self.sum()
        self.take(")")
        return a if condition else b

    def arguments(self):
        self.take("(")
        found = [self.sum()]
        while self.take(",", ")") == ",":
            found.append(self.sum())
        return found

    def variable(self, token):
        if self.next() == "_":
            self.take()
            self.take("{")
            token = f"{token}_{{{self.take()}}}"
            self.take("}")
        return self.numbers[token]


def value_of(formula, root):
    """The number of a formula, in which the nodes of the graph stand by their names."""
    names = Names(root)
    return Reader(formula, {_name(names[node]): node.data for node in names.order}).read()


def close(number):
    """Constants are written with six digits."""
    return pytest.approx(number, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("wrong", ["a +", "a + -b", "a^{2}^{2}", r"a \cdot -b", "a b", "e^{a}^{2}", r"\left(a", "(a)"])
def test_reader_refuses_what_could_be_misread(wrong):
    with pytest.raises((AssertionError, KeyError, IndexError)):
        Reader(wrong, {"a": 1.0, "b": 2.0}).read()


# --- meaning ---


def named_leaves():
    return tuple(Value(x, name) for x, name in zip(NUMBERS, ("a", "b", "c"), strict=True))


@given(recipes(3, kinked=True))
def test_formula_of_a_value_comes_to_that_value(recipe):
    root = follow(recipe, named_leaves())
    assert value_of(latex(root), root) == close(root.data)


@given(recipes(3, kinked=True))
def test_formula_in_which_leaves_stand_by_their_numbers_comes_to_the_same(recipe):
    root = follow(recipe, (Value(0.5), Value(-1.5), Value(2e-6)))
    assert value_of(latex(root), root) == close(root.data)


@given(recipes(3, kinked=True, longest=5))
def test_formula_of_a_derivative_comes_to_the_gradient(recipe):
    root = follow(recipe, named_leaves())
    root.backward()
    for leaf in leaves(root):
        formula = latex(root, wrt=leaf)
        assume(r"\dots" not in formula)
        assert value_of(formula, root) == close(leaf.grad)


# --- each op ---

x, y, z = Value(0.5, "x"), Value(-2.0, "y"), Value(3.0, "z")

FORMULAS = {
    "add": (x + y, "x + y", "1"),
    "sub": (y - x, "y - x", "-1"),
    "mul": (x * y, r"x \cdot y", "y"),
    "div": (y / x, r"\frac{y}{x}", r"\frac{-\frac{y}{x}}{x}"),
    "neg": (-x, "-x", "-1"),
    "pow": (x**3, "x^{3}", r"3 \cdot x^{2}"),
    "abs": (abs(x), r"\left|x\right|", "[x > 0] - [x < 0]"),
    "maximum": (
        maximum(x, y),
        r"\max(x, y)",
        r"0.5 \cdot \left(1 + [x > y] - [x < y]\right)",
    ),
    "minimum": (
        minimum(x, y),
        r"\min(x, y)",
        r"0.5 \cdot \left(1 + [x < y] - [x > y]\right)",
    ),
    "step": (x.step(), "[x > 0]", "0"),
    "equal": (equal(x, y), "[x = y]", "0"),
    "where": (where(z, x, y), r"(x \text{ if } z \text{ else } y)", r"[z \neq 0]"),
    "exp": (x.exp(), "e^{x}", "e^{x}"),
    "log": (x.log(), r"\ln(x)", r"\frac{1}{x}"),
    "sqrt": (sqrt(x), r"\sqrt{x}", r"\frac{0.5}{\sqrt{x}}"),
    "sin": (x.sin(), r"\sin(x)", r"\cos(x)"),
    "cos": (x.cos(), r"\cos(x)", r"-\sin(x)"),
    "tanh": (tanh(x), r"\tanh(x)", r"1 - \tanh(x)^{2}"),
    "sigmoid": (sigmoid(x), r"\sigma(x)", r"\sigma(x) \cdot \left(1 - \sigma(x)\right)"),
    "softplus": (softplus(x), r"\ln(1 + e^{x})", r"\sigma(x)"),
    "relu": (relu(x), r"\mathrm{relu}(x)", "[x > 0]"),
    "leaky_relu": (leaky_relu(x), r"\mathrm{lrelu}_{0.01}(x)", r"[x > 0] + 0.01 \cdot [x \leq 0]"),
    "sum": (sum([x, y, 2.0]), r"x + y + 2", "1"),
    "dot": (dot([x, y], [z, 2.0], 1.0), r"x \cdot z + y \cdot 2 + 1", "z"),
    "logsumexp": (logsumexp([x, y]), r"\mathrm{logsumexp}(x, y)", r"e^{x - \mathrm{logsumexp}(x, y)}"),
    "pick": (pick([x, y], 0), r"\mathrm{pick}(x, y, 0)", "1"),
}


@pytest.mark.parametrize("name", TABLE)
def test_formulas_of_every_op(name):
    root, formula, derivative = FORMULAS[name]
    assert root.op is TABLE[name]
    assert latex(root) == formula
    assert latex(root, wrt=x) == derivative
    if name != "where":  # whose condition is a bracket here
        assert value_of(formula, root) == close(root.data)


unnamed = Value(-2.0)


@pytest.mark.parametrize(
    ("root", "formula"),
    [
        (unnamed**2, r"\left(-2\right)^{2}"),
        (x * unnamed, r"x \cdot \left(-2\right)"),
        (x + unnamed, r"x + \left(-2\right)"),
        (x - (-2.0), r"x - \left(-2\right)"),
        (x - (y - z), r"x - \left(y - z\right)"),
        (x - y - z, "x - y - z"),
        (x - (-y), r"x - \left(-y\right)"),
        (-(x + y), r"-\left(x + y\right)"),
        (-(x**2), "-x^{2}"),
        ((-x) ** 2, r"\left(-x\right)^{2}"),
        ((-x) * -1.0, r"-\left(-x\right)"),
        ((x**2) ** 3, r"\left(x^{2}\right)^{3}"),
        (x ** (z**2), "x^{z^{2}}"),
        (x.exp() ** 2, r"\left(e^{x}\right)^{2}"),
        ((x / y) ** 2, r"\left(\frac{x}{y}\right)^{2}"),
        (x / y / z, r"\frac{\frac{x}{y}}{z}"),
        ((x + y) * (x + y), r"\left(x + y\right) \cdot \left(x + y\right)"),
        ((x + y) / (x - y), r"\frac{x + y}{x - y}"),
        (x * 1e-7, r"x \cdot \left(1 \cdot 10^{-7}\right)"),
        (Value(1e-7) ** 2, r"\left(1 \cdot 10^{-7}\right)^{2}"),
        (x * math.inf, r"x \cdot \infty"),
        (x + Value(math.nan), r"x + \mathrm{nan}"),
        (x * -1.0, "-x"),
        (x * x, "x^{2}"),
        (sum([x, y, z, x, y]), r"x + y + \dots + y"),
        (logsumexp([x, y] * 4), r"\mathrm{logsumexp}(x, y, \dots, y)"),
        (dot([], [], bias=x), "x"),
        (x, "x"),
        (unnamed, "-2"),
    ],
)
def test_brackets_stand_where_they_are_needed(root, formula):
    assert latex(root) == formula


def test_derivative_in_an_inner_node_holds_that_node_as_what_it_is():
    u = x * y
    assert latex(u.tanh(), wrt=u) == r"1 - \tanh(x \cdot y)^{2}"


def test_derivative_in_itself_is_one_and_in_another_graph_zero():
    u = x * y
    assert latex(x, wrt=x) == latex(u, wrt=u) == "1"
    assert latex(x * y, wrt=z) == "0"


def test_derivative_of_a_net_goes_along_all_paths():
    w, v = Parameter(2.0, "w"), Parameter(0.5, "v")
    root = v * (w * x).tanh()
    formula = latex(root, wrt=w)
    root.backward()
    assert value_of(formula, root) == close(w.grad)


# --- names ---


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("x", "x"),
        ("w1", "w_{1}"),
        ("w_1", "w_{1}"),
        ("w_", r"\text{w\_}"),
        ("theta", r"\theta"),
        ("Omega_12", r"\Omega_{12}"),
        ("loss", r"\text{loss}"),
        ("layers.0.w.1", r"\text{layers.0.w.1}"),
        ("a_b", r"\text{a\_b}"),
        ("50% of $x^2$ & ~{y}", r"\text{50\% of \$x\textasciicircum{}2\$ \& \textasciitilde{}\{y\}}"),
        ("back\\slash", r"\text{back\textbackslash{}slash}"),
        ("\\input{file}", r"\text{\textbackslash{}input\{file\}}"),
        ("výška", r"\text{výška}"),
        ("bell\x07", r"\text{bell}"),
    ],
)
def test_labels_are_written_so_that_nothing_in_them_is_a_command(label, shown):
    assert latex(Value(1.0, label)) == shown


def test_labels_that_are_the_same_are_told_apart():
    assert latex(Value(1.0, "x") + Value(2.0, "x")) == r"x + \text{x\#2}"


# --- long formulas ---


def braces_match(formula):
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", formula):
        depth += 1 if brace == "{" else -1
        assert depth >= 0
    return depth == 0 and formula.count(r"\left") == formula.count(r"\right")


def test_long_formula_is_cut_to_names():
    root = MLP(3, [8, 8, 1], activation="tanh", seed=1)([x, y, z])
    formula = latex(root)
    assert braces_match(formula) and len(formula) < 4000 and r"\dots" in formula


def test_cut_formula_still_comes_to_the_value():
    node = x
    for k in range(100):
        node = (node * 0.9 + y / (2.0 + k)).tanh()
    formula = latex(node)
    assert formula.count(r"\tanh") <= LARGEST and "v_{" in formula
    assert value_of(formula, node) == close(node.data)


@pytest.mark.parametrize(
    ("op", "times"),
    [
        (lambda v: -v, 100_000),
        (lambda v: v.tanh(), 100_000),
        (lambda v: 0.5 * v + 1.0, 50_000),
        (lambda v: v * v, 900),
        (lambda v: v - v, 900),
    ],
)
def test_deep_or_shared_graph_is_cut(op, times):
    node = Value(0.5, "x")
    for _ in range(times):
        node = op(node)
    formula = latex(node)
    assert braces_match(formula) and len(formula) < 4000


def test_derivative_through_a_jitted_call_is_refused_as_no_formula_is_known():
    f = jit(lambda a: a * a)
    root = f(Value(3.0, "a")) * x
    assert latex(root, wrt=x) == latex(root.args[0])
    with pytest.raises(ArgumentError, match="the record of jit gives its derivative in no formula"):
        latex(root, wrt=root.args[0].args[0])


def test_derivative_of_a_deep_graph_is_cut_or_refused():
    node = x
    for _ in range(LARGEST_GRAPH - 1):
        node = node.sin()
    formula = latex(node, wrt=x)
    assert braces_match(formula) and r"\dots" in formula and len(formula) < 20_000
    with pytest.raises(ArgumentError, match=r"a derivative through a graph of 1,001 nodes is too long to be written"):
        latex(node.sin(), wrt=x)


def test_derivative_with_exponentially_many_paths_is_cut():
    node = x
    for _ in range(200):
        node = node * node + y
    assert len(latex(node, wrt=x)) < 20_000


# --- wrong arguments ---


@pytest.mark.parametrize("wrong", [(3.0,), (x, 3.0), (None,), (x, "x"), ([x],)])
def test_what_is_no_value_is_refused(wrong):
    with pytest.raises(ArgumentError, match=r"latex takes a Value, the root|latex: wrt is 3.0|latex: wrt is 'x'"):
        latex(*wrong)


def test_swapped_arguments_are_refused():
    with pytest.raises(ArgumentError, match="latex: wrt was computed from the root; swap the two"):
        latex(x, wrt=x * 2.0)


def test_formula_is_typeset_in_a_notebook_and_shown_as_it_is_in_a_repl():
    formula = latex(x * y)
    assert formula._repr_latex_() == f"${formula}$" and repr(formula) == str(formula) == r"x \cdot y"


def test_op_whose_record_gives_no_formula_is_refused_in_a_derivative_only(monkeypatch):
    monkeypatch.setattr("autograd.record.TABLE", dict(TABLE))
    ramp = Op(
        "test_ramp",
        value=lambda x: x if x > 0 else 0.0,
        partials=(lambda out, x: 1.0 if x > 0 else 0.0,),
        array=lambda x: x,
        latex=r"\mathrm{{ramp}}({0})",
        domain=Domain("", lambda x: True, ((1.0,),)),
        doc="ramp",
    )
    assert latex(ramp(x)) == r"\mathrm{ramp}(x)"
    with pytest.raises(ArgumentError, match="the record of test_ramp gives its derivative in no formula"):
        latex(ramp(x), wrt=x)


# --- typesetting ---


def set_by_matplotlib(formulas):
    """Sets the formulas as matplotlib's mathtext does, which knows no other text commands than those of letters."""
    mathtext = pytest.importorskip("matplotlib.mathtext")
    parser = mathtext.MathTextParser("path")
    for formula in formulas:
        parser.parse(f"${formula}$")


def test_formulas_of_every_op_can_be_set():
    set_by_matplotlib([formula for _, *formulas in FORMULAS.values() for formula in formulas])


@settings(max_examples=20)
@given(recipes(3, kinked=True, longest=6))
def test_formulas_of_graphs_can_be_set(recipe):
    root = follow(recipe, named_leaves())
    set_by_matplotlib([latex(root), *(latex(root, wrt=leaf) for leaf in leaves(root))])


@given(recipes(3, kinked=True))
def test_braces_match(recipe):
    root = follow(recipe, named_leaves())
    assert all(braces_match(latex(node)) for node in topological_order(root))
