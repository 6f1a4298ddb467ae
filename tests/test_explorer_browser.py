"""The explorer's page in a real Chromium: it tells what the engine computes, and computes it anew by itself."""

import math
import os
import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograd import (
    TABLE,
    Domain,
    DomainError,
    Op,
    Parameter,
    ParameterVector,
    Value,
    debug,
    draw,
    jit,
    label,
    logsumexp,
    maximum,
    pick,
    relu,
    steps,
    sum,
    tanh,
    topological_order,
    where,
)
from autograd.graph import rows_of
from autograd.number import figure
from autograd.rows import entries
from autograd.steps import Start
from autograd.value import apply_rows
from nets import MLP, Neuron
from tests.strategies import follow, recipes, small

EXACT = {"rel": 0.0, "abs": 0.0}
NEAR = {"rel": 1e-9, "abs": 1e-12}
"""What the browser computes anew: its exp and tanh have other last bits than Python's."""


@pytest.fixture(scope="module")
def browser():
    """One Chromium for all tests; without one they are skipped, except by CI."""
    chromium = shutil.which("chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        sync_playwright = None
    if chromium is None or sync_playwright is None:
        give_up = pytest.fail if os.environ.get("CI") else pytest.skip
        give_up("these tests need Debian's chromium and pip install playwright")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture(scope="module")
def tab(browser, tmp_path_factory):
    """A tab for pages that must neither complain nor ask for anything from outside."""
    tab = Tab(browser.new_page(viewport={"width": 1200, "height": 800}), tmp_path_factory.mktemp("pages"))
    yield tab
    tab.page.close()


@pytest.fixture(autouse=True)
def nothing_is_wrong(tab):
    tab.complaints.clear()
    tab.requests.clear()
    yield
    assert tab.complaints == []
    assert [url for url in tab.requests if url.partition(":")[0] not in ("file", "data", "about")] == []


class Tab:
    """A page of a graph, and how its readers use it."""

    def __init__(self, page, folder):
        self.page, self.folder = page, folder
        self.complaints, self.requests = [], []
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))

    def open(self, root, **how):
        self.page.goto(draw(root, **how).save(self.folder / "graph.html").as_uri())
        return self

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def text(self, css):
        return self.page.text_content(css)

    def texts(self, css):
        return self.page.evaluate("css => [...document.querySelectorAll(css)].map(x => x.textContent)", css)

    def lit(self, what):
        return set(self.page.evaluate(f"[...document.querySelectorAll('.{what}.lit')].map(x => x.id)"))

    def numbers(self, name):
        """What the page holds of each node in full precision, in the order of the nodes; None for what is to come."""
        read = "name => GRAPH.nodes.map((_, i) => document.getElementById(`n${i}`).dataset[name])"
        return [float(x) if x else None for x in self.page.evaluate(read, name)]

    def change(self, i, words):
        self.page.evaluate("i => document.getElementById(`n${i}`).focus()", i)
        self.press("Enter")
        self.page.fill("#number", words)
        self.press("Enter")


def anew(root, changed=()):
    """The same graph once more, with other numbers in the leaves that are changed."""
    numbers = dict(changed)
    copies = {}
    for node in topological_order(root):
        if node.op is None:
            copies[node] = Value(numbers.get(node, node.data), node.label)
            copies[node].grad = node.grad
        else:
            rows = [tuple(copies.get(x, x) for x in entries(row)) for row in rows_of(node)]
            copies[node] = node.op(*rows[0]) if isinstance(node.op, Op) else apply_rows(node.op, tuple(rows))
            copies[node].label = node.label
    return copies[root]


def assert_shows(tab, root, **tolerance):
    """The page, at its end, shows the values of the graph and the gradients that backward() leaves."""
    expected = anew(root)
    expected.backward()
    order = topological_order(expected)
    assert tab.numbers("value") == pytest.approx([node.data for node in order], nan_ok=True, **tolerance)
    assert tab.numbers("grad") == pytest.approx([node.grad for node in order], nan_ok=True, **tolerance)


def op_at_its_samples(op):
    """All samples of an op in one graph, each with a factor of its own."""
    terms = []
    for k, sample in enumerate(op.domain.samples):
        rows = [[x] for x in sample] if isinstance(op, Op) else sample
        rows = [[Value(x, f"{'abc'[at]}{k}.{i}") for i, x in enumerate(row)] for at, row in enumerate(rows)]
        if op.name == "pick":
            rows[1] = sample[1]
        made = op(*(x for [x] in rows)) if isinstance(op, Op) else apply_rows(op, tuple(map(tuple, rows)))
        terms.append(made * (k - 1.5))
    return sum(terms)


def with_gradients_of_before():
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    a.grad, b.grad = 5.0, -0.25
    return a * b + a


def shared():
    a = Value(1.1, "a")
    b = a * a
    c = b * a + b
    return (c * c - b / a).tanh() + a


def of(build, *numbers):
    names = build.__code__.co_varnames
    return lambda: build(*(Value(x, name) for x, name in zip(numbers, names, strict=True)))


GRAPHS = {
    "x*x": of(lambda x: x * x, 3.0),
    "shared": shared,
    "leaf": of(lambda a: a, 2.0),
    "tie of maximum": of(lambda a, b: maximum(a, b) * 3, 2.0, 2.0),
    "kinks": of(lambda a: relu(a) + abs(a) + a.step(), 0.0),
    "where": of(lambda a, b: where(a, a * b, b.tanh()), 0.0, 0.7),
    "0 ** 2": of(lambda a: a**2, 0.0),
    "0 ** 0": of(lambda a, b: a**b * 3, 0.0, 0.0),
    "0 ** p": of(lambda a, b: a**b, 0.0, 2.0),
    "negative base": of(lambda a: a**3 + 2**a, -1.5),
    "constants": of(lambda a, b: sum([a, 2.0, b, 1e-9]) * 1e6 - 1 / a + (1 - b), 2.0, 0.3),
    "one vector twice": lambda: (lambda w: sum([w[0] * w[1], *w]))(ParameterVector([0.1, 0.2, 0.3], label="w")),
    "long sum": of(lambda a, b: sum([a * 0.1, a, 3.0, b, a * a, a]), 0.7, -0.2),
    "pick of a Value": of(lambda a, b, index: pick([a, b, a * b], index), 0.7, -0.2, 2.0),
    "softmax": of(lambda a, b, c: (a - logsumexp([a, b, c])).exp(), 0.7, -0.2, 1.0),
    "neuron": lambda: Neuron(3, "tanh", seed=1)([Value(0.1, "x0"), -0.7, Value(0.3, "x2")]) * 1.1,
    "mlp": lambda: MLP(2, [4, 4, 1], seed=1)([Value(0.1, "x0"), Value(-0.7, "x1")]),
    "gradients of before": with_gradients_of_before,
    "zero is not passed on": of(lambda a, b: (a.sqrt() + b) * 0.0 + b, 0.0, 0.7),
    "overflow": of(lambda a, b: a * a * b, 1e200, 2.0),
    "infinite": of(lambda a, b: (a * b - b).relu() * a, math.inf, 2.0),
    "small and large": of(lambda a, b: a * b + a / 3 + b / 3, 1.25e-7, 123456.789),
}
OPS = {op.name: (lambda op=op: op_at_its_samples(op)) for op in TABLE.values()}
graphs = pytest.mark.parametrize("build", GRAPHS.values(), ids=GRAPHS)
graphs_and_ops = pytest.mark.parametrize("build", [*GRAPHS.values(), *OPS.values()], ids=[*GRAPHS, *OPS])


# --- it shows what the engine computed -----------------------------------------------------------------------


@graphs_and_ops
def test_at_the_end_are_the_numbers_of_the_engine_and_on_the_way_its_sentences(tab, build):
    root = build()
    tab.open(root)
    told = steps(root)
    assert tab.texts("#steps li") == list(map(str, told))
    tab.press("End")
    assert tab.text("#sentence") == str(told[-1])
    assert_shows(tab, root, **EXACT)


def test_right_arrow_goes_through_every_step_with_its_sentence_and_lights_what_it_is_about(tab):
    root = shared()
    tab.open(root)
    told = steps(root)
    index = {node: i for i, node in enumerate(told.names.order)}
    for at, step in enumerate(told, 1):
        tab.press("ArrowRight")
        i = index[step.node]
        assert tab.text("#sentence") == str(step)
        assert tab.text("#where") == f"{step.phase}, step {at} of {len(told)}"
        if step.phase == "forward":
            edges = {f"e{i}_{k}" for k, x in enumerate(step.node.args) if isinstance(x, Value)}
            assert (tab.lit("edge"), tab.lit("node")) == (edges, {f"n{i}"})
        elif isinstance(step, Start):
            assert (tab.lit("edge"), tab.lit("node")) == (set(), {f"n{i}"})
        else:
            assert (tab.lit("edge"), tab.lit("node")) == ({f"e{i}_{step.position}"}, {f"n{i}", f"n{index[step.arg]}"})
    assert tab.page.is_disabled("#next")
    tab.press("ArrowRight")
    assert tab.text("#sentence") == str(told[-1])
    assert_shows(tab, root, **EXACT)


def test_numbers_appear_when_their_step_is_there_and_go_when_one_steps_back(tab):
    root = (lambda x: x * x + x)(Value(3.0, "x"))
    tab.open(root)
    told = steps(root)
    index = {node: i for i, node in enumerate(told.names.order)}
    values, grads = [3.0, None, None], [None, None, None]
    states = [(values, grads)]
    for step in told:
        values, grads = list(values), list(grads)
        if step.phase == "forward":
            values[index[step.node]] = step.value
        else:
            grads[index[step.node if isinstance(step, Start) else step.arg]] = step.after
        states.append((values, grads))
    for state in states:
        assert (tab.numbers("value"), tab.numbers("grad")) == state
        tab.press("ArrowRight")
    for state in reversed(states):
        assert (tab.numbers("value"), tab.numbers("grad")) == state
        tab.press("ArrowLeft")
    assert "Nothing is computed yet" in tab.text("#sentence")


def test_slider_buttons_home_end_and_the_list_lead_to_the_same_steps(tab):
    root = shared()
    tab.open(root)
    sentences = list(map(str, steps(root)))
    tab.page.focus("#slider")
    tab.press("End")
    assert tab.text("#sentence") == sentences[-1]
    assert_shows(tab, root, **EXACT)
    tab.press("ArrowLeft")
    assert tab.text("#sentence") == sentences[-2]
    tab.press("Home")
    assert "Nothing is computed yet" in tab.text("#sentence")
    for button, at in [("#next", 0), ("#next", 1), ("#last", -1), ("#back", -2)]:
        tab.page.click(button)
        assert tab.text("#sentence") == sentences[at]
    tab.page.click("#first")
    assert tab.page.is_disabled("#back")
    tab.page.click("#steps li:nth-child(3)")
    assert tab.text("#sentence") == sentences[2] == tab.text("#steps [aria-current]")
    tab.page.evaluate("document.activeElement.blur()")
    tab.press("End")
    assert tab.text("#sentence") == sentences[-1]


def test_play_goes_on_by_itself_and_stops_at_the_end(tab):
    tab.page.clock.install()
    try:
        tab.open((lambda x: x * x)(Value(3.0, "x")))
        tab.page.click("#play")
        tab.page.clock.run_for(10_000)
        assert tab.text("#where") == "backward, step 4 of 4"
        assert tab.text("#play") == "play"
    finally:
        tab.page.clock.resume()


@graphs
def test_colours_at_the_end_are_those_of_the_picture(tab, build):
    root = build()
    for node in topological_order(root):
        node.grad = 0.0
    root.backward()
    picture = draw(root).svg()
    tab.open(root)
    tab.press("End")
    look = """source => {
        const still = new DOMParser().parseFromString(source, "text/html");
        const look = (page, i) => {
            const shape = page.getElementById(`n${i}`).querySelector("path, polygon");
            return [shape.getAttribute("fill"), Number(shape.getAttribute("stroke-width") ?? 1)];
        };
        return GRAPH.nodes.map((_, i) => [look(document, i), look(still, i)]);
    }"""
    for shown, expected in tab.page.evaluate(look, picture):
        assert shown == expected
    finite = all(math.isfinite(x) for node in topological_order(root) for x in (node.data, node.grad))
    assert (tab.page.query_selector(".node.broken") is None) == finite


def test_gradients_after_backward_are_those_of_the_graph_not_twice_as_large(tab):
    root = shared()
    root.backward()
    tab.open(root)
    tab.press("End")
    assert tab.numbers("grad") == [node.grad for node in topological_order(root)]
    root.backward()  # adds into the leaves, so that this is no longer what one pass leaves
    tab.open(root)
    tab.press("End")
    assert_shows(tab, root, **EXACT)


# --- it computes by itself -----------------------------------------------------------------------------------


@graphs_and_ops
def test_changed_leaf_gives_the_numbers_and_sentences_that_the_engine_gives(tab, build):
    root = build()
    tab.open(root)
    tab.press("End")
    leaves = [(i, x) for i, x in enumerate(topological_order(root)) if x.op is None and x.label != "index"]
    for i, leaf in leaves[:8]:
        number = 1.5 if abs(leaf.data) > 1e100 else leaf.data * 1.0625 + 0.03125
        tab.change(i, repr(number))
        try:
            expected = anew(root, {leaf: number})
            assert_shows(tab, expected, **NEAR)
            assert tab.texts("#steps li") == list(map(str, steps(expected)))
        except DomainError:
            assert "it has no finite derivative at" in tab.text("#trouble")
        if math.isfinite(leaf.data):
            tab.change(i, repr(leaf.data))
        else:
            tab.page.click("#reset")
        assert_shows(tab, root, **NEAR)
        assert tab.texts("#steps li") == list(map(str, steps(root)))


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(recipes(3, kinked=True), st.tuples(small, small, small), st.tuples(small, small, small))
def test_random_graph_is_computed_anew_as_the_engine_does(tab, recipe, numbers, others):
    leaves = [Value(x, name) for x, name in zip(numbers, "abc", strict=True)]
    root = follow(recipe, tuple(leaves))
    tab.open(root)
    tab.press("End")
    assert_shows(tab, root, **EXACT)
    place = {node: i for i, node in enumerate(topological_order(root))}
    for leaf, other in zip(leaves, others, strict=True):
        if leaf in place:
            tab.change(place[leaf], repr(other))
    changed = dict(zip(leaves, others, strict=True))
    assert_shows(tab, anew(root, changed), **NEAR)  # the same graph: the page knows of no `if` that Python went by


EXCEPTIONS = [
    ("0 ** p", "b", 0.0),
    ("0 ** 0", "a", 1.5),
    ("0 ** 0", "b", 2.0),
    ("tie of maximum", "a", 3.0),
    ("kinks", "a", -1.0),
    ("where", "a", 1.0),
    ("pick of a Value", "index", 0.0),
    ("constants", "b", 0.0),
    ("shared", "a", 1e-3),
]


@pytest.mark.parametrize(("name", "leaf", "number"), EXCEPTIONS)
def test_to_and_from_points_where_something_else_is_agreed_upon(tab, name, leaf, number):
    root = GRAPHS[name]()
    order = topological_order(root)
    [(i, node)] = [(i, node) for i, node in enumerate(order) if node.label == leaf]
    tab.open(root)
    tab.press("End")
    tab.change(i, repr(number))
    expected = anew(root, {node: number})
    assert_shows(tab, expected, **NEAR)
    assert tab.texts("#steps li") == list(map(str, steps(expected)))


def test_reset_brings_the_first_numbers_back(tab):
    root = shared()
    tab.open(root)
    assert tab.page.is_disabled("#reset")
    tab.press("End")
    tab.change(0, "2.5")
    assert "changed" in tab.page.get_attribute("#n0", "class")
    tab.page.click("#reset")
    assert tab.page.is_disabled("#reset") and "changed" not in tab.page.get_attribute("#n0", "class")
    assert_shows(tab, root, **EXACT)


def test_change_keeps_the_step_that_one_looks_at(tab):
    tab.open((lambda a, b: a * b + b)(Value(2.0, "a"), Value(3.0, "b")))
    tab.press("ArrowRight", "ArrowRight", "ArrowRight")
    tab.change(0, "-4")
    assert tab.text("#where") == "backward, step 3 of 7"
    tab.press("ArrowLeft")
    assert tab.text("#sentence") == "v2 = v1 + b = -12.00 + 3.00 = -9.00"


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ("abc", '"abc" is not a number; write one like -1.5 or 2e-3'),
        ("1,5", '"1,5" is not a number; write 1.5'),
        ("", "nothing is not a number; write one like -1.5 or 2e-3"),
        ("0x10", '"0x10" is not a number; write one like -1.5 or 2e-3'),
        ("1e999", "1e999 is beyond the largest float, 1.8e308"),
        ("<b>", '"<b>" is not a number; write one like -1.5 or 2e-3'),
    ],
)
def test_wrong_number_is_refused_in_words_and_changes_nothing(tab, words, refusal):
    root = shared()
    tab.open(root)
    tab.press("End")
    tab.change(0, words)
    assert tab.text("#refusal") == refusal
    assert tab.page.is_visible("#editor")
    tab.press("Escape")
    assert tab.page.is_hidden("#editor")
    assert_shows(tab, root, **EXACT)


@pytest.mark.parametrize(("words", "number"), [(" 1.5 ", 1.5), ("-.5", -0.5), ("+2e-3", 0.002), ("\u22123", -3.0)])
def test_numbers_may_be_written_in_several_ways(tab, words, number):
    tab.open(Value(2.0, "a") * 1.0)
    tab.change(0, words)
    assert tab.numbers("value")[0] == number


def test_all_can_be_done_by_keyboard(tab):
    tab.open((lambda a, b: a * b)(Value(2.0, "a"), Value(3.0, "b")))
    for _ in range(20):
        tab.press("Tab")
        if tab.page.evaluate("document.activeElement.id") == "n1":
            break
    assert tab.page.evaluate("document.activeElement.id") == "n1"
    assert tab.text("#history b") == "b" and tab.page.is_visible("#history")
    tab.press("Enter")
    tab.press("Control+a", "7", "Escape")
    assert tab.numbers("value")[1] == 3.0
    assert tab.page.evaluate("document.activeElement.id") == "n1"
    tab.press("ArrowRight", "Enter")
    tab.press("Control+a", "7", "ArrowLeft", "Home", "Enter")  # these move the cursor, not the steps
    assert tab.text("#where") == "forward, step 1 of 4"
    tab.press("End")
    assert tab.numbers("value") == [2.0, 7.0, 14.0] and tab.numbers("grad") == [7.0, 2.0, 1.0]


def test_mouse_opens_the_field_and_leaving_it_takes_the_number(tab):
    tab.open((lambda a, b: a * b)(Value(2.0, "a"), Value(3.0, "b")))
    tab.press("End")
    tab.page.click("#n0")
    assert tab.text("#which") == "a" and tab.page.input_value("#number") == "2"
    tab.page.fill("#number", "5")
    tab.page.click("h1")
    assert tab.numbers("value") == [5.0, 3.0, 15.0] and tab.page.is_hidden("#editor")
    tab.page.click("#n0")
    tab.page.fill("#number", "five")
    tab.page.click("h1")
    assert tab.numbers("value") == [5.0, 3.0, 15.0] and tab.page.is_hidden("#editor")
    tab.page.click("#n2")
    assert tab.page.is_hidden("#editor")


TROUBLES = [
    (lambda a: a.log() * 2, "-1", "log: argument is -1.00; it needs to be > 0"),
    (lambda a: a.log() * 2, "0", "log: argument is 0.00; it needs to be > 0"),
    (lambda a: 1 / a, "0", "div: arguments are 1.00 and 0.00; the divisor must not be 0"),
    (lambda a: a.exp(), "1000", "exp: argument is 1000.00; the result is beyond the largest float, 1.8e308"),
    (lambda a: a.sqrt(), "0", "sqrt: it has no finite derivative at (0.00)"),
    (lambda a: sum([a, a, a]), "1e308", "sum: arguments are 1e308 and 1e308 and 1e308; the result is beyond the"),
    (lambda a: pick([a, a], a), "0.5", "pick: arguments are 0.50 and 0.50 and 0.50; the index (the last of them) must"),
]


@pytest.mark.parametrize(("build", "words", "trouble"), TROUBLES)
def test_number_that_an_op_does_not_have_is_told_in_words_and_marked(tab, build, words, trouble):
    root = build(Value(1.0, "a"))
    tab.open(root)
    tab.press("End")
    assert tab.text("#trouble") == ""
    tab.change(0, words)
    assert tab.text("#trouble").startswith(trouble)
    assert tab.page.evaluate("document.querySelectorAll('.node.broken').length") > 0
    tab.change(0, "1")
    assert tab.text("#trouble") == ""
    assert_shows(tab, root, **NEAR)


def test_steps_end_where_the_engine_would_refuse_to_go_on(tab):
    a = Value(1.0, "a")
    tab.open((a * 2.0).log() * a)
    tab.press("End")
    tab.change(0, "-3")
    assert tab.texts("#steps li") == ["v1 = a * 2 = -3.00 * 2 = -6.00", "v2 = log(v1) = log(-6.00) = nan"]
    assert "grad ?" in tab.text("#n0")


# --- what there is to be seen --------------------------------------------------------------------------------


def test_mouse_on_a_node_shows_its_history(tab):
    x = Value(3.0, "x")
    root = x * x
    label(y=root)
    tab.open(root)
    tab.press("ArrowRight", "ArrowRight", "ArrowRight")
    sentences = list(map(str, steps(root)))
    tab.page.hover("#n0")
    assert tab.text("#history p") == "x = 3, gradient 3"
    assert tab.texts("#history li") == sentences[2:]
    assert tab.texts("#history li.ahead") == sentences[3:]
    tab.page.hover("#n1")
    assert tab.text("#history p") == "y = 9, gradient 1"
    assert tab.texts("#history li") == sentences[:2]
    tab.page.hover("h1")
    assert tab.page.is_hidden("#history")


NASTY = [
    'say "hi"',
    "{a}",
    "a < b",
    "</script><script>alert(1)</script>",
    "<!--",
    "a\u2028b \U0001f600 \u00fc",
    "a\nb\\n",
    "&amp;",
    "@@svg@@",
    "`${1}`",
    "__proto__",
]


@pytest.mark.parametrize("name", NASTY)
def test_names_of_any_kind_are_shown_as_they_are(tab, name):
    a = Value(2.0, name)
    root = a * a
    root.label = f"{name}!"
    tab.open(root)
    told = steps(root)
    assert tab.texts("#steps li") == list(map(str, told))
    assert tab.text("h1") == told.names[root]
    tab.press("End")
    tab.change(0, "3")
    assert tab.text("#which") == told.names[a]
    assert tab.numbers("grad") == [6.0, 1.0]


def test_boxes_say_the_names_formulas_and_numbers_once_each(tab):
    tab.open((lambda x: x * x)(Value(3.0, "x")))
    assert tab.texts(".node text") == ["x = 3.00,\u00a0 grad ?", "v1 = x * x", "= ?,\u00a0 grad ?"]
    tab.press("End")
    assert tab.texts(".node text") == ["x = 3.00,\u00a0 grad 6.00", "v1 = x * x", "= 9.00,\u00a0 grad 1.00"]


def test_text_keeps_inside_its_box_whatever_the_numbers(tab):
    root = MLP(2, [4, 4, 1], seed=1)([Value(0.1, "x0"), Value(-0.7, "x1")])
    tab.open(root)
    tab.press("End")
    outside = """() => [...document.querySelectorAll(".node")].flatMap(group => {
        const box = group.querySelector("path, polygon").getBBox();
        return [...group.querySelectorAll("text")].map(x => x.getBBox())
            .filter(text => text.x < box.x || text.x + text.width > box.x + box.width)
            .map(text => [group.id, text.x - box.x, text.width - box.width]);
    })"""
    assert tab.page.evaluate(outside) == []
    for number in ("-0.0001234", "1.2345e-200", "-123456.789", "-1e300"):
        tab.change(0, number)
        assert tab.page.evaluate(outside) == []


@pytest.mark.parametrize("width", [1200, 600, 360])
def test_page_is_never_wider_than_its_window(tab, width):
    tab.page.set_viewport_size({"width": width, "height": 700})
    try:
        tab.open(MLP(2, [4, 4, 1], seed=1)([Value(0.1, "x0"), Value(-0.7, "x1")]))
        tab.press("End")
        assert tab.page.evaluate("document.documentElement.scrollWidth") <= width
        lit = tab.page.evaluate("[...document.querySelectorAll('.node.lit')].at(-1).getBoundingClientRect().toJSON()")
        main = tab.page.evaluate("document.querySelector('main').getBoundingClientRect().toJSON()")
        assert main["top"] <= lit["top"] and lit["bottom"] <= main["bottom"]
        assert tab.page.evaluate("getComputedStyle(document.querySelector('.node text')).fontSize") == "11px"
        scale = tab.page.evaluate("document.querySelector('main svg').getScreenCTM().a")
        assert scale * 11 > 9
    finally:
        tab.page.set_viewport_size({"width": 1200, "height": 800})


def test_nothing_moves_where_less_motion_is_asked_for(tab):
    tab.open((lambda a, b: a * b)(Value(2.0, "a"), Value(-3.0, "b")))
    tab.press("ArrowRight")
    animation = "getComputedStyle(document.querySelector('.edge.lit path')).animationName"
    assert tab.page.evaluate(animation) == "flow"
    tab.page.emulate_media(reduced_motion="reduce")
    assert tab.page.evaluate(animation) == "none"
    tab.page.emulate_media(reduced_motion="no-preference")


def test_sentence_is_read_out_and_every_control_has_a_name(tab):
    tab.open((lambda a, b: a * b)(Value(2.0, "a"), Value(-3.0, "b")))
    tab.press("ArrowRight")
    assert tab.page.get_attribute("#sentence", "aria-live") == "polite"
    assert tab.page.get_attribute("#slider", "aria-valuetext") == "v1 = a * b = 2.00 * -3.00 = -6.00"
    for name in (
        "to the beginning",
        "one step back",
        "one step on",
        "to the end",
        "play",
        "reset",
        "a = 2.00; change it",
    ):
        assert tab.page.get_by_role("button", name=name, exact=True).count() == 1


def test_line_that_made_a_node_is_told(tab):
    with debug():
        root = Value(2.0, "a") * 3.0
    tab.open(root)
    assert tab.texts("#steps li") == list(map(str, steps(root)))
    tab.page.hover("#n1")
    assert ".py:" in tab.text("#steps li") and ".py:" in tab.text("#history p")


def test_partials_on_the_edges_follow_the_numbers(tab):
    tab.open((lambda a, b: a * b)(Value(2.0, "a"), Value(-3.0, "b")), partials=True)
    assert tab.texts(".edge text") == ["-3.00", "2.00"]
    tab.change(0, "7")
    assert tab.texts(".edge text") == ["-3.00", "7.00"]
    tab.page.click("#reset")
    assert tab.texts(".edge text") == ["-3.00", "2.00"]


def test_partials_keep_the_places_of_their_operands(tab):
    tab.open((lambda a, b: a - b * b)(Value(2.0, "a"), Value(-3.0, "b")), partials=True)
    assert sorted(tab.texts(".edge text")) == ["-3.00", "-3.00", "1: 1.00", "2: -1.00"]
    tab.change(1, "7")
    assert sorted(tab.texts(".edge text")) == ["1: 1.00", "2: -1.00", "7.00", "7.00"]


def test_expanded_graph_is_stepped_through_as_it_is_drawn(tab):
    root = Neuron(3, seed=1)([Value(0.1, "x0"), Value(-0.7, "x1"), Value(0.3, "x2")])
    drawing = draw(root, expand=True)
    tab.page.goto(drawing.save(tab.folder / "graph.html").as_uri())
    assert tab.texts("#steps li") == list(map(str, steps(drawing.root)))


# --- what cannot be stepped through, or not be changed -------------------------------------------------------


@pytest.fixture
def own():
    """Makes ops that leave the table again."""
    made = []

    def make(name, value, partial, **more):
        domain = Domain("it needs a real number", lambda *xs: True, ((0.5,),))
        made.append(Op(name, value=value, partials=(partial,), array=None, latex="", domain=domain, doc=name, **more))
        return made[-1]

    yield make
    for op in made:
        del TABLE[op.name]


@jit
def product_and_sum(x, y):
    return tanh(x * y) + x


@pytest.mark.parametrize("kind", ["no javascript", "no formula", "jitted"])
def test_what_a_browser_cannot_compute_is_stepped_through_but_not_changed(tab, own, kind):
    a = Value(0.5, "a")
    if kind == "jitted":
        root, reason = product_and_sum(a, 2.0) * a, "jit"
    elif kind == "no formula":
        root, reason = own("my_sin", math.sin, lambda out, x: math.cos(x), javascript="Math.sin({0})")(a) * a, "my_sin"
    else:
        root, reason = own("square", lambda x: x * x, lambda out, x: 2 * x)(a) * a, "square"
    tab.open(root)
    assert tab.texts("#steps li") == list(map(str, steps(root)))
    tab.press("End")
    root.backward()
    assert tab.numbers("grad") == [node.grad for node in topological_order(root)]
    tab.page.click("#n0")
    assert tab.page.is_hidden("#editor")
    assert tab.text("#trouble").startswith("The leaves cannot be changed here: a browser cannot compute ")
    assert reason in tab.text("#trouble")


def test_op_of_the_users_with_javascript_is_computed(tab, own):
    cube = own("my-cube", lambda x: x * x * x, lambda out, x: 3.0 * x * x, javascript="{0} * {0} * {0}")
    root = cube(Value(0.5, "a")) * 2
    tab.open(root)
    tab.press("End")
    tab.change(0, "2")
    assert tab.numbers("value") == [2.0, 8.0, 16.0] and tab.numbers("grad") == [24.0, 2.0, 1.0]


def test_mistake_in_the_javascript_of_a_record_leaves_the_steps(tab, own):
    root = own("bad", lambda x: x, lambda out, x: 1.0, javascript="{0} +* {0}")(Value(0.5, "a")) * 2
    tab.open(root)
    tab.press("End")
    assert_shows(tab, root, **EXACT)
    tab.page.click("#n0")
    assert "JavaScript" in tab.text("#trouble")
    assert [words for words in tab.complaints if "SyntaxError" in words or "Unexpected" in words]
    tab.complaints.clear()


def test_folded_picture_is_shown_without_steps_and_says_how_to_get_them(tab):
    root = MLP(2, [4, 4, 1], seed=1)([Value(0.1), Value(-0.7)])
    tab.open(root, depth=1)
    assert tab.page.is_hidden("#controls") and tab.page.is_hidden("#sentence") and tab.page.is_visible("main svg")
    assert f"limit={len(topological_order(root))}" in tab.text("#note")


def test_graph_without_a_derivative_is_shown_with_the_reason(tab):
    tab.open(Value(0.0, "a").sqrt() * 2)
    assert tab.page.is_hidden("#controls") and tab.page.is_visible("main svg")
    assert "sqrt: it has no finite derivative at (0)" in tab.text("#note")


def test_program_is_shown_without_steps(tab):
    product_and_sum(Value(0.5), Value(2.0))
    tab.open(product_and_sum.program)
    assert tab.page.is_hidden("#controls") and tab.page.is_hidden("#note") and tab.page.is_visible("main svg")


def test_steps_in_a_notebook_are_a_page_in_a_frame(tab):
    root = (lambda a, b: a * b + a)(Value(2.0, "a"), Value(-3.0, "b"))
    told = steps(root)
    root.backward()  # the steps stay those of before
    (tab.folder / "notebook.html").write_text(f"<!doctype html><title>notebook</title>{told._repr_html_()}")
    tab.page.goto((tab.folder / "notebook.html").as_uri())
    frame = tab.page.frame_locator("iframe")
    frame.locator("#next").click()
    for _ in range(len(told)):
        tab.press("ArrowRight")
    assert frame.locator("#sentence").text_content() == str(told[-1])
    assert frame.locator("#steps li").all_text_contents() == list(map(str, told))
    grads = [frame.locator(f"#n{i}").get_attribute("data-grad") for i in range(4)]
    assert list(map(float, grads)) == [node.grad for node in topological_order(root)]
    frame.locator("#n0").click()
    frame.locator("#number").fill("5")
    tab.press("Enter")
    assert frame.locator("#n1").get_attribute("data-grad") == "5"


def test_parameters_are_changed_like_any_leaf(tab):
    p = Parameter(2.0, "p")
    tab.open(p * p)
    tab.press("End")
    tab.change(0, "5")
    assert tab.numbers("grad") == [10.0, 1.0] and (p.data, p.grad) == (2.0, 0.0)


FIGURES = [0.0, -0.0, 1.0625, 1.1875, -1.0625, 0.125, 1234.5678, 1.0005, 1.0015, 999.95, 9999.5, 1e-4, 9.9999e-5]
FIGURES += [0.001, 1e6, 1000500.0, 1001500.0, 999999.5, 5e-324, 1.7976931348623157e308, math.inf, -math.inf, math.nan]


@pytest.fixture(scope="module")
def any_page(tab):
    return tab.open(Value(1.0, "a") * 2.0)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats() | small | st.integers(-(2**20), 2**20).map(lambda n: n / 64), min_size=200))
def test_numbers_are_written_as_in_python(any_page, numbers):
    numbers = [*FIGURES, *numbers]
    assert any_page.page.evaluate("numbers => numbers.map(figure)", numbers) == list(map(figure, numbers))
