"""draw: what stands in a picture, its colours, its text through a real Graphviz, and the files it is saved as."""

import math
import os
import re
import shutil
import stat
import sys
import webbrowser
import xml.etree.ElementTree as ElementTree
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd.render.drawing
import autograd.render.graph_picture
from autograd import (
    ArgumentError,
    Names,
    Value,
    draw,
    jit,
    leaky_relu,
    logsumexp,
    maximum,
    pick,
    sqrt,
    sum,
    topological_order,
    tree,
    where,
)
from autograd.backprop import partials
from autograd.errors import RenderError
from autograd.graph import value_args
from autograd.number import figure
from autograd.render.dot import BLUE, ORANGE, _tint
from autograd.render.renderers import can_render
from nets import MLP, Module, Neuron
from tests import architectures
from tests.strategies import follow, recipes

SVG = "{http://www.w3.org/2000/svg}"
TOOLTIP = "{http://www.w3.org/1999/xlink}title"

graphs = recipes(3, kinked=True).map(lambda recipe: follow(recipe, (Value(0.5, "a"), Value(-1.5, "b"), Value(2.0))))

needs_graphviz = pytest.mark.skipif(not can_render(), reason="there is no Graphviz")


def boxes_by_title(root, **options):
    return {box.title: box for box in draw(root, **options).picture.boxes}


def ends(arrows):
    return Counter((arrow.tail, arrow.head) for arrow in arrows)


# --- what is drawn ---


@given(graphs)
def test_every_node_has_a_box_and_every_edge_an_arrow(root):
    picture, names = draw(root).picture, Names(root)
    index = {node: f"n{i}" for i, node in enumerate(names.order)}
    assert [(box.id, box.title) for box in picture.boxes] == [(index[node], names[node]) for node in names.order]
    edges = Counter((index[arg], index[node]) for node in names.order for arg in value_args(node))
    assert ends(picture.arrows) == edges
    assert len({arrow.id for arrow in picture.arrows}) == len(picture.arrows)
    assert (picture.nodes, picture.note) == (len(names.order), "")


@given(graphs)
def test_boxes_tell_value_and_gradient(root):
    root.backward()
    picture = draw(root).picture
    for node, box in zip(topological_order(root), picture.boxes, strict=True):
        assert box.lines[-1] == f"= {figure(node.data)},  grad {figure(node.grad)}"
        assert box.style == ("leaf" if node.op is None else "node")
        assert len(box.lines) == (1 if node.op is None else 2)


x, y = Value(2.0, "x"), Value(-3.0, "y")


@pytest.mark.parametrize(
    ("node", "formula"),
    [
        (x + y, "= x + y"),
        (x * 0.5, "= x * 0.5"),
        (2 - x, "= 2 - x"),
        (x / y, "= x / y"),
        (x**3, "= x ** 3"),
        (-x, "= -x"),
        (x.tanh(), "= tanh(x)"),
        (where(x > 0, x, y), "= where(1, x, y)"),
        (sum([x, y, 1.0]), "= sum: x + y + 1"),
        (sum([x, x, x, x, y]), "= sum: x + x + ... + y"),
        (pick([x, y], 1), "= pick(x, y, 1)"),
        (logsumexp([x] * 9), "= logsumexp(x, x, ..., x)"),
        (logsumexp([x, Value(1.0, "a long name")] * 2), "= logsumexp of 4"),
        (logsumexp([x, y]), "= logsumexp(x, y)"),
    ],
    ids=lambda case: case if isinstance(case, str) else "",
)
def test_box_tells_the_op_and_its_operands(node, formula):
    [*_, box] = draw(node).picture.boxes
    assert (box.title, box.lines[0]) == ("v1", formula)


def test_both_arrows_of_a_square_are_drawn():
    arrows = draw(x * x).picture.arrows
    assert [(arrow.tail, arrow.head, arrow.count) for arrow in arrows] == [("n0", "n1", 1)] * 2
    assert draw(x * x).source.count("n0 -> n1") == 2


@pytest.mark.parametrize(
    ("node", "places"),
    [
        (x - y, ["1", "2"]),
        (x / y, ["1", "2"]),
        (x**2.0, [""]),
        ((x * x) ** y, ["1", "2"]),
        (where(x, y, 0.0), ["1", "2"]),
        (leaky_relu(x, Value(0.1)), ["1", "2"]),
        (x + y, ["", ""]),
        (x * y, ["", ""]),
        (maximum(x, y), ["", ""]),
        (5 - x, [""]),
    ],
)
def test_arrows_are_numbered_where_the_order_of_operands_matters(node, places):
    assert [arrow.place for arrow in draw(node).picture.arrows][-len(places) :] == places


def test_place_of_an_operand_stands_before_its_partial_so_that_they_do_not_overlap():
    source = draw(Value(3.0) - Value(1.0), partials=True).source
    assert "label=<1: 1.00>" in source and "label=<2: -1.00>" in source and "headlabel" not in source


@given(graphs)
def test_arrows_carry_the_partials_of_backprop(root):
    order = topological_order(root)
    found = {arrow.id: arrow.label for arrow in draw(root, partials=True).picture.arrows}
    for i, node in enumerate(order):
        if node.op is not None:
            at = [at for at, arg in enumerate(node.args) if isinstance(arg, Value)]
            slopes = [figure(partial) for _, partial in partials(node)]
            assert [found[f"e{i}_{position}"] for position in at] == slopes
    assert not any(arrow.label for arrow in draw(root).picture.arrows)


def test_partial_that_does_not_exist_is_a_question_mark():
    [arrow] = draw(sqrt(Value(0.0)), partials=True).picture.arrows
    assert arrow.label == "?"


def test_graph_of_a_single_leaf_is_one_box():
    picture = draw(Value(3.0, "alone")).picture
    assert [(box.title, box.lines) for box in picture.boxes] == [("alone", ("= 3.00,  grad 0.00",))]
    assert picture.arrows == ()


def test_long_name_is_cut_in_the_box_and_told_in_full_in_the_hint():
    name = "weight of " + "very " * 30 + "long name"
    [box] = draw(Value(1.0, name)).picture.boxes
    assert box.title == "weight of very very very ve... long name" and box.hint.startswith(name)


def test_gradient_that_was_set_to_none_counts_as_zero():
    a = Value(2.0, "a")
    a.grad = None
    assert boxes_by_title(a * 3.0)["a"].lines == ("= 2.00,  grad 0.00",)


def test_drawing_printed_is_the_tree():
    node = x * y
    assert repr(draw(node)) == tree(node)


@pytest.mark.parametrize("expand", [False, True])
def test_source_is_the_same_for_two_builds(expand):
    def source(**options):
        model = MLP(2, [4, 1], activation="tanh", seed=1)
        loss = sum([(model([k, 1.0]) - k) ** 2 for k in (0.1, 0.2, 0.3)])
        loss.backward()
        return draw(loss, expand=expand, **options).source

    for options in ({}, {"depth": 0}, {"depth": 1}, {"depth": 2}, {"limit": 20}, {"limit": 3}):
        assert source(**options) == source(**options)


def test_drawing_changes_nothing():
    model = Neuron(2, seed=1)
    root = model([x, y]).tanh()
    root.backward()
    before = [(id(node), node.data, node.grad, node.label, tuple(node.args)) for node in topological_order(root)]
    for options in ({}, {"expand": True, "partials": True}, {"depth": 0}, {"limit": 2}):
        assert draw(root, **options).source
    after = [(id(node), node.data, node.grad, node.label, tuple(node.args)) for node in topological_order(root)]
    assert after == before


# --- the direction ---


def strip(length):
    node = x
    for _ in range(length):
        node = node.tanh()
    return node


@pytest.mark.parametrize(
    ("root", "options", "direction"),
    [
        (x * y, {}, "LR"),
        (strip(3), {}, "LR"),
        (strip(50), {}, "TB"),
        (sum([Value(1.0) for _ in range(50)]), {}, "LR"),
        (strip(50), {"direction": "LR"}, "LR"),
        (x * y, {"direction": "BT"}, "BT"),
    ],
)
def test_picture_goes_from_left_to_right_unless_that_would_be_a_long_strip(root, options, direction):
    assert f"rankdir={direction}" in draw(root, **options).source


# --- wrong arguments ---


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"depth": -1}, "depth is -1; it needs to be a whole number, 0 or more"),
        ({"depth": 1.5}, "depth is 1.5"),
        ({"limit": 0}, "limit is 0; it needs to be a whole number, 1 or more"),
        ({"limit": None}, "limit is None"),
        ({"limit": "many"}, "limit is 'many'"),
        ({"direction": "down"}, "direction is 'down'; it needs to be one of LR"),
    ],
)
def test_wrong_options_are_refused(options, message):
    with pytest.raises(ArgumentError, match=re.escape(message)):
        draw(x, **options)


def test_what_is_no_graph_is_refused_with_what_to_draw_instead():
    with pytest.raises(ArgumentError, match=r"got 3.0; was it computed from Values\?"):
        draw(3.0)
    with pytest.raises(ArgumentError, match=r"draw its .program or its .graph"):
        draw(jit(lambda x: x))
    with pytest.raises(ArgumentError, match=r"got \[Value\(2.0.*\]; give one of them"):
        draw([x, y])


# --- colours ---


def luminance(colour):
    """Relative luminance as in the Web Content Accessibility Guidelines 2.1."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("shade", [-1.0, 1.0, -0.5, 0.5])
def test_black_text_on_every_tint_has_the_contrast_that_wcag_asks_for(shade):
    assert (luminance(_tint(shade)) + 0.05) / 0.05 >= 4.5


def test_tint_goes_from_white_towards_blue_or_orange():
    assert _tint(0.0) == _tint(-0.0) == "#ffffff"
    for sign, colour in ((1, BLUE), (-1, ORANGE)):
        tints = [luminance(_tint(sign * shade)) for shade in (0.0, 0.1, 0.3, 0.6, 1.0)]
        assert tints == sorted(tints, reverse=True) and len(set(tints)) == 5
        parts = [int(_tint(sign)[at : at + 2], 16) for at in (1, 3, 5)]
        assert sorted(range(3), key=parts.__getitem__) == sorted(range(3), key=colour.__getitem__)


def test_shade_has_the_sign_of_the_gradient_and_grows_with_it():
    leaves = [Value(1.0, f"x{k}") for k in range(4)]
    sum([leaf * slope for leaf, slope in zip(leaves, (2.0, 0.02, -1.0, 0.0), strict=True)]).backward()
    root = sum(leaves)
    shades = [boxes_by_title(root)[f"x{k}"].shade for k in range(4)]
    assert shades[0] == 1.0 and 0.0 < shades[1] < 0.2 and -1.0 < shades[2] < -0.5 and shades[3] == 0.0
    widths = re.findall(r"penwidth=([\d.]+)", draw(root).source)
    assert float(widths[0]) > float(widths[2]) > float(widths[1]) > float(widths[3])


def test_colours_are_those_of_the_boxes_that_are_shown():
    node = leaf = Value(1.0, "x")
    for _ in range(400):
        node = node * 2.0
    node.backward()
    assert leaf.grad == 2.0**400
    assert max(abs(box.shade) for box in draw(node).picture.boxes) == 1.0


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_marked(bad):
    a, b = Value(bad, "a"), Value(1.0, "b")
    b.grad = bad
    c = Value(1.0, "c")
    c.grad = 2.0
    found = boxes_by_title(sum([a, b, c]))
    assert [found[name].style for name in "abc"] == ["broken", "broken", "leaf"]
    assert found["c"].shade == 1.0
    assert figure(bad) in found["a"].lines[0] and figure(bad) in found["b"].lines[0]


@pytest.mark.parametrize("at", [0, 1, 2])
def test_box_of_many_with_a_nan_among_them_is_marked_wherever_it_stands(at):
    leaves = [Value(float(k)) for k in range(3)]
    leaves[at].data = leaves[at].grad = math.nan
    leaves[(at + 1) % 3].grad = -1.0
    [folded, _] = draw(sum(leaves), limit=2).picture.boxes
    numbers = [leaf.data for leaf in leaves if leaf.data == leaf.data]
    assert folded.style == "broken"
    assert folded.lines[1:] == (f"{min(numbers):.2f} ... {max(numbers):.2f}, nan", "grad -1.00 ... 0.00, nan")
    assert folded.shade == -1.0


# --- through a real Graphviz ---

NASTY = [
    '"quoted"',
    "'single'",
    r"\N \G \E \T \H \l \n \\ end\ ".strip(),
    "{a|b}",
    "<b>bold</b>",
    "</TABLE>",
    "<",
    ">",
    "]",
    "[0]",
    "&amp; & &lt; &#65; &eacute;",
    "<!-- comment -->",
    "--> ]]>",
    "příliš žluťoučký αβγ",
    "🦊 and 👨\u200d👩\u200d👧",
    "שלום עולם",
    "%s %d {}",
    "a;b->c",
    "//",
    "#",
    "node",
    "$x^2$",
]
"""Labels that mean something to Graphviz, HTML, XML, Python or TeX, and are to be shown as they are."""

UNPRINTABLE = {"two\nlines": "two lines", "a\ttab": "a tab", "bell\x07nul\x00": "bell nul ", "\ud800 \uffff": "   "}
"""What cannot stand in a picture, and what stands there instead: blanks."""


def texts(svg):
    """The lines of each box, and what is shown when the mouse rests on it, by its id."""
    found = {}
    for group in ElementTree.fromstring(svg).iter(f"{SVG}g"):
        if group.get("class") == "node":
            words = ["".join(text.itertext()) for text in group.iter(f"{SVG}text")]
            [hint] = [link.get(TOOLTIP) for link in group.iter(f"{SVG}a")]
            found[group.get("id")] = ([word.replace("\u00a0", " ") for word in words], hint.replace("\u00a0", " "))
    return found


@needs_graphviz
def test_labels_are_shown_as_they_are():
    leaves = [Value(1.0, label) for label in NASTY]
    root = sum(leaves)
    found = texts(draw(root).svg())
    assert [found[f"n{i}"][0] for i in range(len(NASTY))] == [[name, " = 1.00,  grad 0.00"] for name in NASTY]
    assert [found[f"n{i}"][1] for i in range(len(NASTY))] == [f"{name} = 1.00" for name in NASTY]


@needs_graphviz
def test_what_cannot_be_printed_becomes_blank():
    root = sum([Value(1.0, label) for label in UNPRINTABLE])
    found = texts(draw(root).svg())
    for i, shown in enumerate(UNPRINTABLE.values()):
        assert found[f"n{i}"][0][0].split() == shown.split()


@needs_graphviz
def test_names_stand_in_formulas_frames_and_partials_as_they_are():
    class Odd(Module):
        def __init__(self):
            self.parts = {name: Neuron(1, "tanh", seed=1) for name in ("<i>]\\N", '"&amp;"')}

        def __call__(self, a):
            return sum([neuron([a]) for neuron in self.parts.values()])

    root = Odd()(Value(1.0, "<u>\\L]")) * Value(2.0, "]")
    words = "".join(ElementTree.fromstring(draw(root, partials=True).svg()).itertext()).replace("\u00a0", " ")
    for shown in ("parts.<i>]\\N Neuron", 'parts."&amp;" Neuron', "<u>\\L]", " * (])"):
        assert shown in words


@needs_graphviz
@pytest.mark.parametrize(("kind", "start"), [("png", b"\x89PNG"), ("pdf", b"%PDF"), ("svg", b"<?xml"), ("dot", b"dig")])
def test_drawing_is_saved_in_every_format(kind, start, tmp_path, capfd):
    written = draw(x * y).save(tmp_path / f"picture.{kind.upper()}")
    assert written == tmp_path / f"picture.{kind.upper()}"
    assert written.read_bytes().startswith(start)
    assert capfd.readouterr() == ("", "")


@needs_graphviz
def test_page_holds_the_picture(tmp_path):
    page = draw(x * y).save(str(tmp_path / "page.html")).read_text("utf-8")
    assert page.lstrip().lower().startswith("<!doctype html>") and 'id="n2"' in page


@needs_graphviz
def test_drawing_in_threads_gives_the_same_picture():
    drawing = draw(x * y + 1.0)
    with ThreadPoolExecutor(4) as pool:
        pictures = set(pool.map(lambda _: drawing.svg(), range(4)))
    assert pictures == {drawing._repr_svg_()}


@needs_graphviz
def test_module_of_the_users_in_the_way_is_not_imported(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    if not can_render():
        pytest.skip("there is no pygraphviz")
    (tmp_path / "pygraphviz.py").write_text("raise SystemExit('this is not pygraphviz')")
    monkeypatch.chdir(tmp_path)
    assert draw(x).svg().startswith("<svg")


def test_digraph_may_be_changed_before_it_is_saved(tmp_path):
    drawing = draw(x * y)
    drawing.digraph.attr(label="by hand")
    assert "by hand" in drawing.save(tmp_path / "changed.dot").read_text("utf-8")
    assert type(drawing.digraph).__name__ == "Digraph"


def test_large_picture_is_not_shown_by_itself(monkeypatch):
    monkeypatch.setattr(autograd.render.drawing, "LARGEST_INLINE", 2)
    assert draw(x * y)._repr_svg_() is None


# --- with this Graphviz, or that, or none ---


@pytest.fixture
def dot(tmp_path, monkeypatch):
    """Makes a `dot` that does what the lines of shell say, the only one on the path."""

    def make(script):
        file = tmp_path / "dot"
        file.write_text(f"#!/bin/sh\ncd '{tmp_path}'\n{script}\n")
        file.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
        return tmp_path

    return make


@pytest.fixture
def no_graphviz(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setitem(sys.modules, "pygraphviz", None)


unix = pytest.mark.skipif(os.name != "posix", reason="the executable is a shell script")


@unix
def test_executable_is_used_if_there_is_one(dot, capfd):
    folder = dot("echo $@ > asked; cat > given; echo a warning >&2; echo '<svg>drawn</svg>'")
    drawing = draw(x * y)
    assert drawing.svg() == "<svg>drawn</svg>\n"
    assert "-Tsvg" in (folder / "asked").read_text() and (folder / "given").read_text() == drawing.source
    assert capfd.readouterr() == ("", "")


@unix
@pytest.mark.parametrize(
    "script", ["cat > given; echo 'no layout engine' >&2; exit 3", "echo no layout engine >&2; exit 1"]
)
def test_executable_that_fails_is_quoted(dot, script):
    dot(script)
    with pytest.raises(RenderError, match="could not draw this as svg: no layout engine") as caught:
        draw(x * y).svg()
    assert str(caught.value).endswith(tree(x * y))


@unix
def test_executable_that_is_none_is_an_error_of_ours(dot, monkeypatch):
    folder = dot("")
    (folder / "dot").write_bytes(b"\x00\x01 no program")
    monkeypatch.setenv("PATH", str(folder))  # else the next `dot` would be tried
    with pytest.raises(RenderError, match="could not draw"):
        draw(x * y).svg()


@pytest.mark.usefixtures("no_graphviz")
@pytest.mark.parametrize("kind", ["svg", "png", "pdf", "html"])
def test_without_graphviz_the_error_names_two_ways_and_shows_the_tree(kind, tmp_path):
    drawing = draw(x * y)
    with pytest.raises(RenderError) as caught:
        drawing.save(tmp_path / f"picture.{kind}")
    message = str(caught.value)
    assert "graphviz" in message and "`dot`" in message and "pip install pygraphviz" in message
    assert message.endswith(tree(x * y))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("no_graphviz")
def test_without_graphviz_a_notebook_shows_the_tree_and_source_can_be_had(tmp_path):
    drawing = draw(x * y)
    assert drawing._repr_svg_() is None and repr(drawing) == tree(x * y)
    assert drawing.save(tmp_path / "picture.dot").read_text("utf-8") == drawing.source


def test_without_the_package_graphviz_too_it_is_an_error_of_ours(monkeypatch):
    monkeypatch.setitem(sys.modules, "graphviz", None)
    with pytest.raises(RenderError, match="pip install graphviz"):
        draw(x * y).svg()
    assert draw(x * y)._repr_svg_() is None


# --- files ---


@pytest.mark.parametrize("name", ["picture.jpeg", "picture", ".svg", "svg", ""])
def test_unknown_ending_is_refused_with_those_there_are(name, tmp_path):
    with pytest.raises(ArgumentError, match=r"saved as \.svg, \.png, \.pdf, \.dot, \.html; got the name"):
        draw(x).save(tmp_path / name if name else "")


def test_missing_folder_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no folder .*missing to save a.dot in; make it first"):
        draw(x).save(tmp_path / "missing" / "a.dot")


def test_new_file_may_be_read_by_whom_an_ordinary_one_may(tmp_path):
    ordinary = tmp_path / "ordinary"
    ordinary.write_text("")
    assert stat.S_IMODE(draw(x).save(tmp_path / "a.dot").stat().st_mode) == stat.S_IMODE(ordinary.stat().st_mode)


def test_file_is_replaced_as_a_whole_or_kept(tmp_path, monkeypatch):
    file = tmp_path / "a.dot"
    draw(x).save(file)
    draw(x * y).save(file)
    assert file.read_text("utf-8") == draw(x * y).source

    def refuse(*_):
        raise PermissionError("not allowed")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(PermissionError):
        draw(x).save(file)
    assert [path.name for path in tmp_path.iterdir()] == ["a.dot"]
    assert file.read_text("utf-8") == draw(x * y).source


@pytest.mark.usefixtures("no_graphviz")
def test_file_is_kept_when_rendering_fails(tmp_path):
    file = tmp_path / "a.svg"
    file.write_text("of before")
    with pytest.raises(RenderError):
        draw(x).save(file)
    assert file.read_text() == "of before"


@needs_graphviz
@pytest.mark.parametrize("opens", [True, False])
def test_show_opens_a_file_that_exists_or_says_where_it_is(opens, monkeypatch, capsys, tmp_path):
    asked = []
    monkeypatch.setattr(webbrowser, "open", lambda url: asked.append(url) or opens)
    monkeypatch.setattr("tempfile.mkdtemp", lambda prefix: str(tmp_path))
    draw(x * y).show()
    [url] = asked
    file = tmp_path / "graph.svg"
    assert url == file.as_uri() and Path(file).read_text("utf-8").startswith("<?xml")
    assert (str(file) in capsys.readouterr().out) is not opens


# --- large graphs ---


@given(graphs, st.integers(1, 12))
def test_no_more_boxes_than_allowed_are_drawn_and_the_note_says_so(root, limit):
    picture = draw(root, limit=limit).picture
    assert len(picture.boxes) <= limit
    assert (picture.note == "") == (len(topological_order(root)) <= limit)
    assert len({box.id for box in picture.boxes}) == len(picture.boxes)
    shown = {box.id for box in picture.boxes}
    assert all({arrow.tail, arrow.head} <= shown for arrow in picture.arrows)
    if picture.note:
        assert picture.note.startswith(f"{len(topological_order(root)):,} nodes. ")


def test_boxes_nearest_to_the_root_are_drawn_where_folding_does_not_help():
    node = Value(1.0, "x")
    for k in range(1000):
        node = (node * 1.001).sin() if k % 2 else node.tanh()
    picture = draw(node, limit=50).picture
    assert len(picture.boxes) == 50 and picture.boxes[-1].title == "v1500"
    assert picture.note.startswith("1,501 nodes. Shown are the 50 boxes nearest to the root.")
    assert picture.boxes[0].lines[-1] == "... 1 more input"


def test_huge_graph_is_drawn_in_part(monkeypatch):
    monkeypatch.setattr(autograd.render.graph_picture, "LARGEST_FOLDED", 5000)
    node = leaf = Value(1.0, "x")
    for _ in range(3000):
        node = node * 0.5 + leaf
    picture = draw(node).picture
    assert len(picture.boxes) == autograd.render.graph_picture.PART
    assert picture.note.startswith("6,001 nodes. Shown are the 80 boxes nearest to the root. draw(..., depth=, limit=)")
    assert {"x", "v6000"} <= {box.title for box in picture.boxes}


# --- programs ---


@pytest.fixture(scope="module")
def compiled():
    architecture = architectures.mlp()
    f = jit(architecture.loss)
    f(*architecture.examples(1, 4))
    return f


def test_program_is_drawn_with_a_box_for_each_line_and_argument(compiled):
    program, picture = compiled.program, draw(compiled.program).picture
    lines = {line.name: line for line in program.parts}
    boxes = {box.title: box for box in picture.boxes}
    assert boxes.keys() == lines.keys() | program.arguments().keys()
    for name, line in lines.items():
        assert boxes[name].lines[0] == line.shape and boxes[name].hint == str(line)
        formula = " ".join(part for part in boxes[name].lines[1:] if not part.endswith(" nodes"))
        assert formula == f"= {line.formula}"
    titles = {box.id: box.title for box in picture.boxes}
    arrows = {(titles[arrow.tail], titles[arrow.head]) for arrow in picture.arrows}
    assert arrows == {(read, line.name) for line in program.parts for read in line.reads}
    assert picture.nodes == math.fsum(line.nodes for line in program.parts)
    assert repr(draw(program)) == str(program)


def test_program_without_an_array_is_an_empty_picture():
    f = jit(lambda a: a)
    f(Value(1.0))
    assert draw(f.program).picture.boxes == () and "rankdir" in draw(f.program).source


@needs_graphviz
def test_program_is_rendered(compiled):
    assert draw(compiled.program).svg().startswith("<svg")


def test_scalar_graph_of_a_jitted_function_is_drawn(compiled):
    graph = compiled.graph
    assert draw(graph).picture.nodes == len(topological_order(graph))


def test_numbers_that_have_changed_since_they_were_used_are_told_in_the_picture():
    x = Value(2.0, "x")
    root = x + 1.0
    assert draw(root).picture.note == ""
    x.data = 3.0
    assert draw(root).picture.note.startswith("Note: v1 = 3.00 was computed from other numbers than")


def test_expanded_graph_counts_as_computed_from_its_numbers():
    root = Neuron(40, seed=1)([0.1 * i for i in range(40)])
    assert draw(root, expand=True).picture.note == ""


# --- the picture in the README -------------------------------------------------------------------------------


@needs_graphviz
def test_picture_in_the_readme_is_that_of_its_neuron():
    x, w, b = Value(2.0, "x"), Value(-3.0, "w"), Value(6.9, "b")
    y = (w * x + b).tanh()
    y.label = "y"
    y.backward()
    kept = (Path(__file__).parent.parent / "demos" / "images" / "neuron.svg").read_text(encoding="utf-8")
    assert texts(kept) == texts(draw(y, partials=True).svg())
