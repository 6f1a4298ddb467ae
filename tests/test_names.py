"""Names for nodes, `label`, and the names that parameters have from their model."""

import pickle
from abc import ABC, abstractmethod

import pytest

from autograd import ArgumentError, Names, Parameter, ParameterVector, Value, label, topological_order
from nets import MLP, Layer, Module, Sequential


def names_of(root):
    names = Names(root)
    return [names[node] for node in names.order]


def test_nodes_are_called_by_label_or_numbered_in_the_order_of_computation():
    a, b = Value(2.0, "a"), Value(3.0)
    assert names_of((a * b).tanh() + a) == ["a", "v1", "v2", "v3", "v4"]


def test_no_two_nodes_have_one_name():
    xs = [Value(1.0, "x"), Value(2.0, "x"), Value(3.0, "x#2"), Value(4.0, "x"), Value(5.0, "v1"), Value(6.0)]
    total = xs[0]
    for x in xs[1:]:
        total = total + x
    found = names_of(total)
    assert len(set(found)) == len(found) == 11
    assert names_of(total) == found
    assert found[:3] == ["x", "x#2", "v2"]


def test_labels_are_brought_onto_one_line_and_blank_ones_are_none():
    a, b = Value(1.0, " two\nlines "), Value(2.0, "  \n")
    assert names_of(a + b) == ["two lines", "v1", "v2"]


def test_control_characters_in_a_label_do_not_reach_the_terminal():
    assert names_of(Value(1.0, "red \x1b[31m\x07 bell")) == ["red [31m bell"]


def test_label_that_is_no_string_is_shown_as_one():
    a = Value(1.0)
    a.label = 7
    assert names_of(a + 1.0) == ["7", "v1"]


def test_node_is_found_by_its_name():
    a = Value(1.0, "a")
    names = Names(a * a)
    assert names.node("a") is a and names.node("v1") is names.order[-1]
    assert a in names and Value(1.0) not in names
    with pytest.raises(ArgumentError, match=r"no node of this graph is called 'z'; there are v1, a$"):
        names.node("z")


def test_names_of_what_is_no_graph_are_refused():
    with pytest.raises(ArgumentError, match="walked from a Value, got 3"):
        Names(3)


def test_keywords_label_values():
    x, y = Value(1.0, "old"), Value(2.0)
    label(x=x, y=y)
    assert (x.label, y.label) == ("x", "y")


def test_node_whose_label_was_taken_away_is_numbered():
    x = Value(1.0, "x")
    x.label = None
    assert Names(x)[x] == "v1"


def test_labels_from_locals_name_what_has_no_name():
    def inside():
        a = Value(1.0)
        b = Value(2.0, "kept")
        again = a  # the first name stays
        ys = [a + b, [b * 2.0], (Value(3.0),)]
        _hidden = Value(4.0)
        number, words = 3.0, "words"
        label(locals())
        assert again is a and number and words
        return a, b, ys, _hidden

    a, b, ys, hidden = inside()
    assert (a.label, b.label, hidden.label) == ("a", "kept", "")
    assert (ys[0].label, ys[1][0].label, ys[2][0].label) == ("ys[0]", "ys[1][0]", "ys[2][0]")


def test_keys_that_are_no_strings_are_names_as_they_are_printed():
    x, ys = Value(1.0), [Value(2.0)]
    label({0: x, ("a", 1): ys})
    assert (x.label, ys[0].label) == ("0", "('a', 1)[0]")


def test_list_that_holds_itself_is_labelled_too():
    xs = [Value(1.0)]
    xs.append(xs)
    label({"xs": xs})
    assert xs[0].label == "xs[0]"


def test_wrong_arguments_of_label_change_nothing():
    x = Value(1.0)
    with pytest.raises(ArgumentError, match="label: y is 3; only a Value has a label"):
        label(x=x, y=3)
    with pytest.raises(ArgumentError, match=r"label takes names, as in .*, got|; got Value"):
        label(x)
    assert x.label == ""


# --- parameters, by their path in their model ---


def test_parameters_are_called_by_their_path_in_the_model():
    model = MLP(2, [3, 1], seed=1)
    assert [p.label for p in model.parameters()] == [path for path, _ in model.named_parameters()]
    assert model.layers[0].neurons[2].w[1].label == "layers.0.neurons.2.w.1"
    assert "layers.1.neurons.0.b" in {node.label for node in topological_order(model([1.0, 2.0]))}


def test_path_is_that_in_the_outermost_module():
    inner = Layer(2, 1, seed=1)
    assert inner.neurons[0].b.label == "neurons.0.b"
    outer = Sequential([inner])
    assert inner.neurons[0].b.label == "layers.0.neurons.0.b"
    assert [scope.kind for scope in inner.neurons[0].b.scopes] == ["Sequential", "Layer", "Neuron"]
    assert [scope.path for scope in inner.neurons[0].w[0].scopes] == ["", "layers.0", "layers.0.neurons.0"]
    assert outer.layers[0] is inner


def test_two_models_have_different_scopes_though_their_paths_are_the_same():
    first, second = Layer(1, 1, seed=1), Layer(1, 1, seed=1)
    ours, theirs = (layer.neurons[0].b.scopes[0] for layer in (first, second))
    assert ours != theirs and ours.path == theirs.path
    assert ours is first.neurons[0].w[0].scopes[0]


def test_label_that_was_given_stays():
    class Line(Module):
        def __init__(self):
            self.slope = Parameter(2.0, label="price")
            self.rest = ParameterVector([1.0, 2.0], label="r")
            self.plain = [Parameter(1.0)]

    line = Line()
    assert [p.label for p in line.parameters()] == ["price", "r.0", "r.1", "plain.0"]
    line.plain[0].label = "mine"
    Sequential([line, line])
    assert line.plain[0].label == "mine"


def test_shared_parameter_is_called_by_its_first_path():
    class Twins(Module):
        def __init__(self):
            self.first, self.second = Layer(1, 1, seed=1), Layer(1, 1, seed=2)
            self.second.neurons[0].b = self.first.neurons[0].b

    twins = Twins()
    assert [p.label for p in twins.parameters()] == [path for path, _ in twins.named_parameters()]
    assert twins.second.neurons[0].b.label == "first.neurons.0.b"


@pytest.mark.parametrize("whole_first", [True, False])
def test_number_of_a_vector_that_is_kept_by_itself_too_leaves_the_vector_its_names(whole_first):
    class Line(Module):
        def __init__(self):
            ws = ParameterVector([1.0, 2.0])
            first, whole = {"first": ws[1]}, {"ws": ws}
            vars(self).update(whole | first if whole_first else first | whole)

    class Listed(Module):
        def __init__(self):
            self.line = Line()
            self.trained = list(reversed(self.line.parameters()))

    assert [p.label for p in Line().ws] == ["ws.0", "ws.1"]
    assert [p.label for p in Listed().line.ws] == ["line.ws.0", "line.ws.1"]


def test_numbers_of_a_vector_that_is_kept_as_a_list_are_called_by_their_paths():
    class Line(Module):
        def __init__(self):
            self.ws = list(ParameterVector([1.0, 2.0]))

    line = Line()
    assert [p.label for p in line.ws] == [path for path, _ in line.named_parameters()] == ["ws.0", "ws.1"]


def test_module_may_be_an_abstract_base_class():
    class Policy(Module, ABC):
        @abstractmethod
        def __call__(self, x): ...

    class Greedy(Policy):
        def __init__(self):
            self.best = Parameter(1.0)

        def __call__(self, x):
            return self.best * x

    with pytest.raises(TypeError, match="abstract"):
        Policy()
    assert Greedy().best.label == "best"


def test_names_and_scopes_survive_pickling():
    model = MLP(2, [2, 1], seed=1)
    model.layers[0].neurons[0].w[0].label = "first"
    twin = pickle.loads(pickle.dumps(model))
    assert [p.label for p in twin.parameters()] == [p.label for p in model.parameters()]
    scopes = [p.scopes for p in twin.layers[0].neurons[1].w]
    assert scopes[0] is scopes[1] and scopes[0][-1].kind == "Neuron"


def test_parameter_outside_of_models_has_no_name_and_no_scopes():
    assert (Parameter(1.0).label, Parameter(1.0).scopes) == ("", ())
