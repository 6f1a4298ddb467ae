"""Module: which parameters it finds, under which paths, and what it does with all of them at once."""

import copy
import pickle

import pytest

from autograd import ArgumentError, FlatParameters, Parameter, ParameterVector, Value
from nets import ACTIVATIONS, MLP, SGD, Layer, LoadError, Module, Neuron, Sequential, squared_error


class Holder(Module):
    """A module whose attributes are what it is given."""

    def __init__(self, **attributes):
        self.__dict__.update(attributes)


def paths(module):
    return [path for path, _ in module.named_parameters()]


# --- finding parameters --------------------------------------------------------------------------------------


def test_paths_follow_the_attributes_and_keep_their_order():
    expected = [
        f"layers.{layer}.neurons.{neuron}.{own}"
        for layer, (nout, nin) in enumerate([(4, 2), (1, 4)])
        for neuron in range(nout)
        for own in [*(f"w.{i}" for i in range(nin)), "b"]
    ]
    model = MLP(2, [4, 1], seed=0)
    assert paths(model) == expected
    assert "layers.0.neurons.3.w.1" in expected
    assert [p for _, p in model.named_parameters()] == model.parameters()
    assert model.parameters()[10] is model.layers[0].neurons[3].w[1]


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"b": Parameter(1), "a": Parameter(2)}, ["b", "a"]),
        ({"items": [Parameter(1), [Parameter(2)], (Parameter(3),)]}, ["items.0", "items.1.0", "items.2.0"]),
        ({"parts": {"left": Parameter(1), 2: Parameter(2)}}, ["parts.left", "parts.2"]),
        ({"w": ParameterVector([1, 2])}, ["w.0", "w.1"]),
        ({"leaf": Value(1)}, ["leaf"]),
        ({"inner": Value(1) * 2, "name": "text", "n": 3, "none": None}, []),
        ({"part": Holder(w=Parameter(1)), "w": Parameter(2)}, ["part.w", "w"]),
        ({"parts": {"a": [Holder(w=Parameter(1))]}}, ["parts.a.0.w"]),
    ],
)
def test_parameters_are_found_in_attributes_lists_dicts_and_modules(attributes, expected):
    assert paths(Holder(**attributes)) == expected


def test_a_shared_parameter_stands_once_under_its_first_path():
    shared, equal = Parameter(1.0), Parameter(1.0)
    module = Holder(first=shared, again=[shared], other=equal, part=Holder(w=shared))
    assert paths(module) == ["first", "other"]
    part = Holder(w=Parameter(1.0))
    assert paths(Holder(a=part, b=[part])) == ["a.w"]
    vector = ParameterVector([1.0, 2.0])
    module = Holder(last=vector[1], all=vector, again=[vector])
    assert paths(module) == ["last", "all.0"] and module.parameters() == [vector[1], vector[0]]


def test_cycles_of_modules_lists_and_dicts_end():
    module, items, table = Holder(w=Parameter(1.0)), [Parameter(2.0)], {}
    items.append(items)
    table["self"] = table
    module.itself, module.items, module.table, module.part = module, items, table, Holder(up=module)
    assert paths(module) == ["w", "items.0"]
    assert [path for path, _ in module.named_modules()] == ["part"]


def test_named_modules_are_outer_before_inner_and_leave_itself_out():
    model = Sequential([Layer(2, 2, seed=0), MLP(2, [1], seed=0)])
    assert [path for path, _ in model.named_modules()] == [
        "layers.0",
        "layers.0.neurons.0",
        "layers.0.neurons.1",
        "layers.1",
        "layers.1.layers.0",
        "layers.1.layers.0.neurons.0",
    ]


# --- all at once ---------------------------------------------------------------------------------------------


def test_zero_grad_clears_every_gradient():
    model = Holder(net=MLP(2, [3, 1], "tanh", seed=0), leaf=Value(2.0))
    (model.net([1.0, 2.0]) * model.leaf).backward()
    assert all(p.grad != 0.0 for p in model.parameters())
    model.zero_grad()
    assert [p.grad for p in model.parameters()] == [0.0] * 14


def test_zero_grad_and_freeze_work_on_whole_vectors_and_reach_single_parameters_too(monkeypatch):
    vector, apart, single, leaf = ParameterVector([1.0, 2.0]), ParameterVector([3.0, 4.0]), Parameter(5.0), Value(6.0)
    module = Holder(vector=vector, again=[vector], part=[apart[1]], single=single, leaf=leaf)
    for p in (*vector, *apart, single, leaf):
        p.grad = 1.0
    touched = []
    grad, frozen = Parameter.grad, Parameter.frozen
    with monkeypatch.context() as patched:
        for name, own in (("grad", grad), ("frozen", frozen)):
            patched.setattr(Parameter, name, own.setter(lambda p, x, own=own: (touched.append(p), own.fset(p, x))))
        module.zero_grad()
        module.freeze()
    assert touched == [apart[1], single] * 2
    assert [p.grad for p in (*vector, *apart, single, leaf)] == [0.0, 0.0, 1.0, 0.0, 0.0, 0.0]
    assert [p.frozen for p in (*vector, *apart, single)] == [True, True, False, True, True]


def test_train_and_eval_reach_every_module_inside():
    model = Holder(parts={"deep": [MLP(2, [2, 1], seed=0)]})
    everywhere = [model, *(module for _, module in model.named_modules())]
    assert len(everywhere) == 7 and all(module.training for module in everywhere)
    assert model.eval() is model and not any(module.training for module in everywhere)
    assert model.train() is model and all(module.training for module in everywhere)


def test_freeze_keeps_parameters_from_the_optimiser_until_it_is_taken_back():
    model = MLP(2, [2, 1], "tanh", seed=0)
    model.layers[0].freeze()
    before = model.state_dict()
    optimizer = SGD(model.parameters(), lr=0.1)
    model([1.0, 2.0]).backward()
    optimizer.step()
    moved = {path for path, x in model.state_dict().items() if x != before[path]}
    assert moved == {path for path in before if path.startswith("layers.1")}
    assert model.layers[0].freeze(False) is model.layers[0]
    optimizer.step()
    assert all(x != before[path] for path, x in model.state_dict().items())


# --- state ---------------------------------------------------------------------------------------------------


def test_state_dict_carries_every_number_to_another_model():
    model, other = MLP(3, [4, 2], seed=1), MLP(3, [4, 2], seed=2)
    state = model.state_dict()
    assert state["layers.0.neurons.0.w.0"] == model.layers[0].neurons[0].w[0].data
    other.load_state_dict(state)
    assert other.state_dict() == state


BAD_STATES = [
    (lambda s: s.pop("layers.0.neurons.1.b"), r"missing: layers\.0\.neurons\.1\.b; nothing was changed"),
    (lambda s: s.update(extra=1.0), "unknown to this model: extra; nothing was changed"),
    (lambda s: s.update({7: 1.0}), "unknown to this model: 7"),
    (
        lambda s: s.update({"layers.0.neurons.0.b": "1"}),
        r"layers\.0\.neurons\.0\.b: .*the str '1'.*nothing was changed",
    ),
    (lambda s: s.update({"layers.0.neurons.0.b": None}), r"layers\.0\.neurons\.0\.b: .*None"),
    (lambda s: s.update({"layers.0.neurons.0.b": [1.0]}), r"layers\.0\.neurons\.0\.b: .*a list"),
    (lambda s: [s.pop(path) for path in list(s)], "and 3 more"),
]


@pytest.mark.parametrize(("spoil", "message"), BAD_STATES)
def test_a_state_that_does_not_fit_changes_nothing(spoil, message):
    model = MLP(2, [2], seed=1)
    state = {path: x + 1.0 for path, x in model.state_dict().items()}
    spoil(state)
    before = model.state_dict()
    with pytest.raises(LoadError, match=message):
        model.load_state_dict(state)
    assert model.state_dict() == before


def test_a_state_that_is_no_dict_is_refused():
    with pytest.raises(LoadError, match=r"as from state_dict\(\); got list"):
        MLP(2, [1], seed=0).load_state_dict([1.0, 2.0, 3.0])


# --- summary and messages ------------------------------------------------------------------------------------


def test_summary_lists_the_modules_directly_inside_and_the_total():
    model = MLP(784, [32, 10], seed=0)
    model.layers[1].freeze()
    lines = model.summary().splitlines()
    assert [line.split()[0] for line in lines] == ["module", "layers.0", "layers.1", "total", "330"]
    assert [line.split()[-1] for line in lines[1:4]] == ["25,120", "330", "25,450"]
    assert "Layer(784, 32, 'relu')" in lines[1] and lines[-1] == "330 of them frozen"
    assert [line.split()[0] for line in Holder(parts={"a": Neuron(2, seed=0)}).summary().splitlines()][1] == "parts.a"


@pytest.mark.parametrize(
    "model",
    [
        MLP(2, [4] * 30, seed=0),
        Holder(**{"a_very_long_name_of_an_attribute_" * 3: Neuron(2, seed=0)}),
        Sequential([MLP(2, [2] * 20, "leaky_relu", seed=0), Layer(2, 1, seed=0)]),
    ],
)
def test_summary_is_at_most_80_columns_wide(model):
    lines = model.summary().splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[-1].split()[-1] == f"{len(model.parameters()):,}"


def test_what_a_subclass_leaves_out_is_named_when_it_is_needed():
    with pytest.raises(ArgumentError, match="Holder defines no __call__; write what it computes"):
        Holder()([1.0])
    with pytest.raises(ArgumentError, match=r"Holder cannot be saved.*define config\(\)"):
        Holder().config()


# --- copies --------------------------------------------------------------------------------------------------

COPIERS = [
    pytest.param(copy.deepcopy, id="deepcopy"),
    pytest.param(lambda model: pickle.loads(pickle.dumps(model)), id="pickle"),
]


@pytest.mark.parametrize("copied", COPIERS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_copy_computes_the_same_and_has_parameters_of_its_own(copied, activation):
    model = Sequential([MLP(2, [3, 2], activation, seed=1), Layer(2, 1, "linear", seed=2, connections=[[1]])])
    before = model.state_dict()
    twin = copied(model)
    assert twin.state_dict() == before and float(twin([1.0, -2.0])) == float(model([1.0, -2.0]))
    assert not set(twin.parameters()) & set(model.parameters())

    squared_error(twin([1.0, -2.0]), 3.0).backward()
    assert any(p.grad != 0.0 for p in twin.parameters()) and all(p.grad == 0.0 for p in model.parameters())
    SGD(twin.parameters(), lr=0.1).step()
    assert twin.state_dict() != before and model.state_dict() == before


@pytest.mark.parametrize("copied", COPIERS)
def test_a_copy_still_lives_in_one_flat_array_and_keeps_what_is_shared_and_frozen(copied):
    shared = Neuron(2, seed=1)
    model = Holder(a=shared, b=[shared], net=MLP(2, [3, 1], seed=1).freeze())
    FlatParameters(model.parameters())
    twin = copied(model)
    assert twin.a is twin.b[0] and [p.frozen for p in twin.parameters()] == [False] * 3 + [True] * 13
    flat = FlatParameters(twin.parameters())
    assert flat.data.base is not None, "side by side in one array, so that reading them makes no copy"
    flat.data = flat.data + 1.0
    assert [p.data - q.data for p, q in zip(twin.parameters(), model.parameters(), strict=True)] == pytest.approx(
        [1.0] * 16
    )


@pytest.mark.parametrize("copied", COPIERS)
def test_a_model_copied_together_with_its_optimiser_is_moved_by_the_copy(copied):
    model = MLP(2, [2, 1], "tanh", seed=1)
    twin, optimizer = copied((model, SGD(model.parameters(), lr=0.1, momentum=0.9)))
    before = model.state_dict()
    twin([1.0, 2.0]).backward()
    optimizer.step()
    assert model.state_dict() == before and twin.state_dict() != before
