"""Folding: which part of a model a node belongs to, which nodes share a box, and that no edge is lost by it."""

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Parameter, Value, dot, draw, logsumexp, maximum, mean, sum, topological_order
from autograd.graph import value_args
from autograd.render.fold import by_likeness, by_scope, depth_of, homes
from nets import MLP, Layer, Module, Neuron, hinge
from tests.strategies import follow, recipes


def paths(root):
    """The path and kind of the innermost part that each inner node belongs to, in the order of computation."""
    order = topological_order(root)
    home = homes(order)
    return [
        f"{home[node][-1].path} {home[node][-1].kind}".strip() if home[node] else ""
        for node in order
        if node.op is not None
    ]


def titles(cluster):
    """The titles of the frames around something, from outer to inner."""
    return [] if cluster is None else [*titles(cluster.inside), cluster.title]


class Line(Module):
    """Written with + and * on single parameters."""

    def __init__(self):
        self.slope, self.offset = Parameter(2.0), Parameter(1.0)

    def __call__(self, x):
        return (self.slope * x + self.offset).tanh()


class Recurrent(Module):
    """Three neurons that are used again in each step."""

    def __init__(self):
        self.cells = [Neuron(1 + 3, "tanh", seed=k) for k in range(3)]
        self.out = Neuron(3, "linear", seed=9)

    def __call__(self, xs):
        state = [0.0] * 3
        for x in xs:
            state = [cell([x, *state]) for cell in self.cells]
        return self.out(state)


class Tied(Module):
    """Two parts that share a parameter."""

    def __init__(self):
        self.first, self.second = Line(), Line()
        self.second.slope = self.first.slope

    def __call__(self, x):
        return self.second(self.first(x))


# --- where nodes belong ---


def test_neuron_is_its_sum_and_its_activation():
    model = MLP(2, [2, 1], activation="tanh", seed=1)
    root = model([Value(1.0), Value(2.0)])
    first, second = "layers.0.neurons.0 Neuron", "layers.0.neurons.1 Neuron"
    assert paths(root) == [first, first, second, second, "layers.1.neurons.0 Neuron"]


def test_arithmetic_on_parameters_belongs_to_their_part():
    line = Line()
    assert paths(line(Value(3.0))) == ["Line"] * 3
    neuron = Neuron(2, seed=1)
    a, b = Value(1.0), Value(2.0)
    by_hand = (neuron.w[0] * a + neuron.w[1] * b + neuron.b).relu()
    assert paths(by_hand) == ["Neuron"] * 5


def test_what_joins_two_parts_belongs_to_what_is_around_both():
    model = Layer(1, 2, seed=1)
    w, b = model.neurons[0].w[0], model.neurons[1].b
    assert paths(w * b) == ["Layer"]
    assert paths(model.neurons[0]([Value(1.0)]) + model.neurons[1]([Value(1.0)]))[-1] == ""


@pytest.mark.parametrize(
    "after",
    [
        lambda y: (y - 1.0) ** 2,
        lambda y: y * Value(2.0, "label"),
        lambda y: sum([y]),
        lambda y: logsumexp([y, y]),
        lambda y: y * y,
        lambda y: maximum(y, 0.0),
    ],
)
def test_loss_is_outside_of_the_model(after):
    assert set(paths(after(Line()(3.0)))[3:]) == {""}


def test_value_that_is_used_twice_is_the_last_of_its_part():
    y = Line()(3.0)
    assert paths(y.exp() + y) == ["Line"] * 3 + ["", ""]


def test_neuron_that_is_used_again_is_one_part():
    root = Recurrent()([1.0, 2.0, 3.0, 4.0])
    found = Counter(paths(root))
    assert found == {**{f"cells.{k} Neuron": 8 for k in range(3)}, "out Neuron": 1}


def test_penalty_of_a_parameter_belongs_to_its_part_and_the_sum_of_all_to_the_whole_loss():
    model = Layer(1, 2, seed=1)
    root = sum([p * p for p in model.parameters()])
    assert paths(root) == ["neurons.0 Neuron"] * 2 + ["neurons.1 Neuron"] * 2 + [""]


def test_two_models_in_one_graph_are_two_parts():
    first, second = Line(), Line()
    picture = draw(second(first(Value(1.0, "x"))), depth=0).picture
    assert sorted(box.lines[0] for box in picture.boxes) == ["= 1.00,  grad 0.00", "Line", "Line"]
    assert {arrow.tail for arrow in picture.arrows} & {arrow.head for arrow in picture.arrows}  # one after the other
    assert len(picture.arrows) == 2


def test_shared_parameter_stands_in_the_part_that_it_is_called_by():
    model = Tied()
    [scope] = [scope for scope in model.first.slope.scopes if scope.path]
    assert model.first.slope.label == f"{scope.path}.slope"
    products = paths(model(Value(1.0)))[::3]
    assert products == [f"{scope.path} Line"] * 2


def test_parameter_outside_of_models_belongs_nowhere():
    assert paths(Parameter(2.0, "p") * Value(1.0)) == [""]
    assert depth_of(homes(topological_order(Parameter(2.0)))) == depth_of({}) == 0


# --- frames and depth ---


@pytest.mark.parametrize(
    ("depth", "kinds"),
    [
        (0, ["MLP"]),
        (1, ["Layer", "Layer"]),
        (2, ["Neuron"] * 3),
        (3, []),
        (99, []),
        (None, []),
    ],
)
def test_depth_says_how_many_levels_are_opened(depth, kinds):
    model = MLP(2, [2, 1], seed=1)
    picture = draw(model([Value(1.0), Value(2.0)]), depth=depth).picture
    folded = [box.lines[0] for box in picture.boxes if box.style == "many"]
    assert folded == kinds
    levels = f"Folded at depth {depth} of 3. " if kinds else ""
    assert levels in picture.note and bool(picture.note) is bool(kinds)


def test_boxes_stand_in_the_frames_of_their_parts():
    model = MLP(1, [1, 1], activation="tanh", seed=1)
    found = [(box.title, titles(box.inside)) for box in draw(model([Value(1.0, "x")]) * 2.0).picture.boxes]
    first, second = (["MLP", f"layers.{k} Layer", "neurons.0 Neuron"] for k in range(2))
    of_first, of_second = ("w.0", "b", "v1", "v2"), ("w.0", "b", "v3")
    inside = [*((title, first) for title in of_first), *((title, second) for title in of_second)]
    assert sorted(found) == sorted([("x", []), ("v4", []), *inside])


def test_folded_part_tells_its_size_and_its_gradients_and_takes_the_colour_of_the_strongest():
    neuron = Neuron(2, "linear", seed=1)
    neuron([0.5, -2.0]).backward()
    [box] = draw(neuron([0.5, -2.0]), depth=0).picture.boxes
    assert box.lines == ("Neuron", "3 parameters, 1 operation", "grad -2.00 ... 1.00")
    assert box.shade == -1.0


def test_parts_around_a_folded_one_are_its_frames():
    model = MLP(1, [1, 1], seed=1)
    boxes = draw(model([1.0]), depth=2).picture.boxes
    assert sorted((box.title, *titles(box.inside)) for box in boxes) == [
        ("neurons.0", "MLP", "layers.0 Layer"),
        ("neurons.0", "MLP", "layers.1 Layer"),
    ]


# --- no node and no edge is lost ---


def counted(picture):
    """How many nodes the boxes of a folded picture stand for, by what they say."""
    total = 0
    for box in picture.boxes:
        if box.style != "many":
            total += 1
        elif sizes := re.match(r"([\d,]+) parameters?, ([\d,]+) operations?", box.lines[1]):
            total += int(sizes[1]) + int(sizes[2])
        else:
            total += int(box.title)
    return total


def check_folding(root, picture, keys):
    """Asserts that boxes stand for all nodes and arrows for all edges between nodes of different boxes."""
    order = topological_order(root)
    assert counted(picture) == len(order)
    first = {}
    for i, node in enumerate(order):
        first.setdefault(id(keys[node]), i)
    edges = Counter()
    for node in order:
        for arg in value_args(node):
            if keys[arg] is not keys[node]:
                edges[first[id(keys[arg])], first[id(keys[node])]] += 1
    found = Counter()
    for arrow in picture.arrows:
        found[int(arrow.tail[1:]), int(arrow.head[1:])] += arrow.count
    assert found == edges
    assert len({arrow.id for arrow in picture.arrows}) == len(picture.arrows)


def moons(examples=4):
    model = MLP(2, [3, 1], seed=1)
    data = [hinge(model([k, 1.0 - k]), 1.0) for k in range(examples)]
    return mean(data) + 1e-2 * sum([p * p for p in model.parameters()])


@pytest.mark.parametrize("make", [moons, lambda: Recurrent()([1.0, 2.0, 3.0]), lambda: Tied()(Value(1.0))])
@pytest.mark.parametrize("depth", range(4))
def test_folded_parts_stand_for_every_node_and_edge(make, depth):
    root = make()
    keys = by_scope(homes(topological_order(root)), depth)
    check_folding(root, draw(root, depth=depth).picture, keys)


@given(recipes(4, kinked=True, longest=20), st.integers(1, 8))
def test_boxes_of_what_is_alike_stand_for_every_node_and_edge(recipe, limit):
    root = follow(recipe, tuple(Value(0.1 * k) for k in range(4)))
    order = topological_order(root)
    picture = draw(root, limit=limit).picture
    if "nearest" not in picture.note:
        keys = by_likeness(order, by_scope(homes(order), 0)) if picture.note else {node: node for node in order}
        check_folding(root, picture, keys)


# --- what is alike ---


def test_nodes_of_one_op_that_go_to_the_same_box_share_one():
    xs = [Value(float(k), f"x{k}") for k in range(400)]
    picture = draw(logsumexp([x.tanh() for x in xs])).picture
    [leaves, middle, root] = picture.boxes
    assert (leaves.title, *leaves.lines) == ("400", "leaves", "0.00 ... 399.00", "grad 0.00")
    assert (middle.title, *middle.lines) == ("400", "times tanh", "0.00 ... 1.00", "grad 0.00")
    assert root.lines[0] == "= logsumexp of 400"
    assert [arrow.count for arrow in picture.arrows] == [400, 400]
    assert picture.note == "801 nodes. Nodes that are alike share a box. draw(..., depth=, limit=) shows more or less."


def test_chain_of_additions_is_one_box():
    total = Value(0.0, "start")
    for k in range(400):
        total = total + Value(float(k)) * 2.0
    boxes = draw(total.tanh()).picture.boxes
    assert sorted(box.lines[0] for box in boxes[:-1]) == ["= 0.00,  grad 0.00", "leaves", "times add", "times mul"]
    assert boxes[-1].lines[0] == "= tanh(v1200)"


def test_addition_outside_of_a_part_is_not_drawn_into_it():
    line = Line()
    x, z = Value(1.0, "x"), Value(2.0, "z")
    root = (x + z) + line.offset
    for limit in (1, 2, 3, 4):
        assert draw(root, depth=0, limit=limit).picture.boxes
    boxes = draw(root, depth=0, limit=3).picture.boxes
    assert [(box.title, box.lines[0]) for box in boxes] == [("2", "leaves"), ("v1", "= x + z"), ("", "Line")]


def test_large_net_folds_by_itself_to_the_deepest_level_that_fits():
    root = sum(MLP(8, [16, 16, 4], seed=1)([0.5] * 8))
    nodes = len(topological_order(root))
    picture = draw(root).picture
    assert picture.note.startswith(f"{nodes} nodes. Folded at depth 2 of 3. draw(..., depth=, limit=)")
    assert [box.lines[0] for box in picture.boxes[:-1]] == ["Neuron"] * 36
    assert len(draw(root, limit=10).picture.boxes) == 4
    assert len(draw(root, limit=nodes).picture.boxes) == nodes


def test_folding_of_one_depth_keeps_it():
    root = moons()
    boxes = draw(root, depth=1, limit=8).picture.boxes
    assert [box.lines[0] for box in boxes if "parameters" in box.lines[1]] == ["Layer", "Layer"]
    assert len(boxes) <= 8


def test_dot_of_two_models_belongs_to_neither():
    first, second = Neuron(2, seed=1), Neuron(2, seed=2)
    assert paths(dot(first.w, second.w)) == [""]
