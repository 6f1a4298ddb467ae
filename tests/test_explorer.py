"""The explorer's page as text: what is in it, that nothing can break out of it, and where there is none.

What the page does is tested in tests/test_explorer_browser.py.
"""

import json
import math
import re

import pytest

import autograd.render.explorer as explorer
from autograd import Op, Value, draw, jit, label, ops, steps, tanh, topological_order
from autograd.applications import application
from autograd.errors import RenderError
from autograd.expressions import as_it_is_here, partial_formulas, text, value_formula, variable
from autograd.render.script import JavaScript, Script, literal, words
from autograd.value import apply_rows
from nets import MLP
from tests.tables import every_op, every_op_at_its_samples


def product():
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    root = a * b
    label(L=root)
    return root


def script_of(page):
    """The data of the page, and its functions."""
    data, functions = re.findall(r'<script>"use strict";\n(.*?)</script>', page, re.DOTALL)
    return json.loads(data.removeprefix("const GRAPH = ").removesuffix(";")), functions


def rows_of(op, sample):
    return [list(sample)] if isinstance(op, Op) else [list(row) for row in sample]


# --- the page ------------------------------------------------------------------------------------------------


def test_page_has_the_nodes_with_arguments_first_and_what_the_engine_computed():
    graph, _ = script_of(draw(product()).html())
    a, b, root = graph["nodes"]
    assert (a["name"], a["kind"], a["value"], a["before"]) == ("a", None, 2.0, 0.0)
    assert (b["name"], b["value"]) == ("b", -3.0)
    assert (root["name"], root["operands"], root["value"], root["partials"]) == ("L", [0, 1], -6.0, [-3.0, 2.0])
    assert graph["kinds"][root["kind"]]["op"] == "mul"
    assert graph["fixed"] == ""


def test_only_the_ops_in_use_are_shipped_and_each_function_once():
    a = b = Value(0.5, "a")
    for _ in range(5):
        b = (b * a).tanh() + 0.5
    graph, functions = script_of(draw(b).html())
    assert sorted({kind["op"] for kind in graph["kinds"]}) == ["add", "mul", "tanh"]
    assert len(graph["kinds"]) == 3
    assert re.findall(r'"(\w+)": \(', functions) == ["mul", "tanh", "add"]
    partials = re.findall(r"\(out, x\) => (.*?)[,\]]", functions)
    assert sorted(partials) == sorted(set(partials))


def test_boxes_and_arrows_of_the_picture_have_the_ids_that_the_page_looks_for():
    x = Value(3.0, "x")
    page = draw(x * x + 1).html()
    for each in ("n0", "n1", "n2", "e1_0", "e1_1", "e2_0"):
        assert len(re.findall(f'<g id="{each}"', page)) == 1


def test_page_asks_for_nothing_from_outside():
    page = draw(product()).html()
    assert "://" not in re.sub(r'xmlns(:xlink)?="[^"]*"', "", page)  # but for the names of the language it is in
    assert "default-src 'none'" in page
    for word in ("fetch(", "XMLHttpRequest", "WebSocket", "eval(", "import(", "new Function", "stylesheet"):
        assert word not in page


def test_page_is_the_same_in_every_run():
    assert draw(product()).html() == draw(product()).html()


def test_saving_as_html_writes_the_page(tmp_path):
    drawing = draw(product())
    path = drawing.save(tmp_path / "page.html")
    assert path.read_text("utf-8") == drawing.html()


def test_nothing_is_changed_by_making_a_page():
    root = product()
    root.backward()
    before = [(node.data, node.grad, node.label) for node in steps(root).names.order]
    draw(root).html()
    assert [(node.data, node.grad, node.label) for node in steps(root).names.order] == before


@pytest.mark.parametrize(
    "name", ["</script><script>alert(1)</script>", "<!--", '"', "'", "a\u2028b", "@@svg@@", "\\", "<svg onload=x>"]
)
def test_no_name_breaks_out_of_the_page(name):
    root = Value(2.0, name) * Value(3.0, "b")
    root.label = name + "!"
    page, plain = draw(root).html(), draw(product()).html()
    for tag in ("<script", "</script", "<!--", "<svg", "<title"):
        extra = page.count(tag) - plain.count(tag)
        assert extra == 0, tag
    graph, _ = script_of(page)
    assert graph["nodes"][0]["name"] == " ".join(name.split())


def test_literal_is_javascript_that_ends_no_script_and_breaks_no_line():
    assert literal({"a": '</script>"\u2028'}) == '{"a": "\\u003c/script>\\"\\u2028"}'
    assert literal([math.inf, -math.inf, math.nan, -0.0, 1e-300]) == "[Infinity, -Infinity, NaN, -0.0, 1e-300]"


def test_size_of_the_page_of_a_net_is_moderate():
    root = MLP(2, [4, 4, 1], seed=1)([Value(0.1), Value(-0.7)])
    assert len(draw(root).html()) < 250_000


# --- which gradients it begins with --------------------------------------------------------------------------


def beginnings(page):
    return [node["before"] for node in script_of(page)[0]["nodes"] if node["kind"] is None]


def test_page_begins_with_the_gradients_that_the_leaves_have():
    root = product()
    root.args[0].grad = 5.0
    assert beginnings(draw(root).html()) == [5.0, 0.0]
    root.backward()
    assert beginnings(draw(root).html()) == [2.0, 2.0]  # not what one pass would leave, so it is kept


def test_page_of_a_graph_that_backward_has_gone_through_begins_before_it():
    root = product()
    root.backward()
    assert beginnings(draw(root).html()) == [0.0, 0.0]
    leaf = Value(2.0, "a")
    leaf.backward()
    assert beginnings(draw(leaf).html()) == [0.0]


# --- JavaScript ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda a, b: a**b, 'OPS["pow"](x[0], x[1])'),
        (lambda a, b: 1.0 - a * (b + 1e-9), "1.0 - x[0] * (x[1] + 1e-09)"),
        (lambda a, b: a - (a > b), "x[0] - +(x[0] > x[1])"),
        (lambda a, b: (a == b) * (a != 0.0), "+(x[0] === x[1]) * +(x[0] !== 0.0)"),
        (lambda a, b: -(0.0 - a) * -3.0, "-(0.0 - x[0]) * -3.0"),
        (lambda a, b: ops.sigmoid(a) / ops.cos(b), 'OPS["sigmoid"](x[0]) / OPS["cos"](x[1])'),
    ],
)
def test_formulas_are_written_in_javascript(build, words):
    assert JavaScript().write(build(variable(0, 1.5), variable(1, 0.5))) == words


@every_op
def test_every_op_of_the_table_can_be_computed_by_the_page(op):
    assert op.javascript
    script = Script()
    for sample in op.domain.samples:
        rows = [tuple(map(Value, row)) for row in rows_of(op, sample)]
        root = op(*rows[0]) if isinstance(op, Op) else apply_rows(op, tuple(rows))
        script.kind(application(root, steps(root).names))
    assert script.missing == ""
    assert f'"{op.name}": (' in script.written()


@every_op_at_its_samples
def test_words_are_the_formulas_that_python_writes(op, sample):
    rows = rows_of(op, sample)
    names = iter(range(100))
    variables = [[variable(next(names), x) for x in row] for row in rows]
    out = variable(-1, op.evaluate(rows[0] if isinstance(op, Op) else rows))
    formulas = [value_formula(op, variables), *map(as_it_is_here, partial_formulas(op, out, variables))]

    def named(x, misread):
        return f"<{x.key} {int(misread)}>"

    for formula in formulas:
        found = words(formula)
        if not isinstance(found, str):
            found = "".join(part if isinstance(part, str) else f"<{part[0]} {part[1]}>" for part in found)
        assert found == text(formula, named)


# --- where there is nothing to step through ------------------------------------------------------------------


def test_folded_picture_has_a_page_without_steps_and_a_note():
    root = MLP(2, [4, 4, 1], seed=1)([Value(0.1), Value(-0.7)])
    count = len(topological_order(root))
    for how in ({"depth": 1}, {"limit": 10}):
        page = draw(root, **how).html()
        assert "GRAPH =" not in page and "<svg" in page
        assert f"with a box for each node: draw(..., limit={count}) without depth does that" in page
    assert "GRAPH =" in draw(root, limit=count).html()


def test_graph_too_large_to_be_drawn_in_full_is_not_recommended_to_be():
    x = Value(1.0, "x")
    for _ in range(explorer.LARGEST_DRAWN):
        x = x * 1.0
    assert "draw a smaller one, such as that of one example" in draw(x).html()


@jit
def doubled(x):
    return tanh(x) * 2.0


def test_program_has_a_page_without_steps():
    doubled(Value(0.5))
    page = draw(doubled.program).html()
    assert "GRAPH =" not in page and "<svg" in page and "<h1>program</h1>" in page


def test_without_graphviz_the_page_is_refused_and_the_steps_are_text(monkeypatch):
    def missing(source, kind):
        raise RenderError("there is no Graphviz to draw with")

    monkeypatch.setattr("autograd.render.drawing.rendered", missing)
    root = product()
    with pytest.raises(RenderError, match="no Graphviz"):
        draw(root).html()
    assert steps(root)._repr_html_() == (
        "<pre>L = a * b = 2.00 * -3.00 = -6.00\n"
        "dL/dL = 1.00   (L.grad 0.00 -&gt; 1.00)\n"
        "dL/da += dL/dL * dL/da = 1.00 * b = 1.00 * -3.00 = -3.00   (a.grad 0.00 -&gt; -3.00)\n"
        "dL/db += dL/dL * dL/db = 1.00 * a = 1.00 * 2.00 = 2.00   (b.grad 0.00 -&gt; 2.00)</pre>"
    )


def test_steps_of_a_large_graph_are_text_in_a_notebook():
    x = Value(1.0, "x")
    for _ in range(explorer.LARGEST_INLINE):
        x = x + 1.0
    shown = steps(x)._repr_html_()
    assert shown.startswith("<pre>") and "more steps" in shown


def test_steps_of_a_small_graph_are_a_frame_in_a_notebook():
    shown = steps(product())._repr_html_()
    assert shown.startswith('<iframe sandbox="allow-scripts"')
    assert shown.count("<") == 2  # the page is an attribute, in which no tag is left
