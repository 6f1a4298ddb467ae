"""jit and parameters: found by themselves, read and written where they lie, whatever becomes of them."""

import copy
import functools
from typing import Any

import numpy as np
import pytest

from autograd import FlatParameters, Parameter, ParameterVector, Value, dot, jit, mean, sum, uniform, where
from nets import MLP, SGD, Adam, Layer, Module, Sequential

XS = [[1.0, -2.0], [0.5, 0.3]]


def gradients(result: Any, leaves: Any) -> list[float]:
    """The gradients of a result in these leaves."""
    for leaf in leaves:
        leaf.grad = 0.0
    result.backward()
    return [leaf.grad for leaf in leaves]


def assert_same(ours: Any, theirs: Any, leaves: Any) -> None:
    """Fails unless the two results have the same number and the same gradients in the leaves."""
    assert ours.data == pytest.approx(theirs.data, rel=1e-12, abs=1e-14)
    np.testing.assert_allclose(gradients(ours, leaves), gradients(theirs, leaves), rtol=1e-11, atol=1e-13)


def error(model: Any, xs: Any) -> Any:
    return mean([(model(x) - 1.0) ** 2 for x in xs])


def make_net(seed: int = 1) -> MLP:
    return MLP(2, [3, 1], activation="tanh", seed=seed)


def test_an_assigned_number_is_seen_by_the_next_call():
    model = make_net()
    f = jit(lambda xs: error(model, xs))
    f(XS), f(XS)
    for p in model.parameters():
        p.data = p.data * 0.5 - 0.1
        assert_same(f(XS), error(model, XS), model.parameters())
    assert f.cache_info().misses == 1


def test_a_loaded_state_is_seen_by_the_next_call():
    model, other = make_net(1), make_net(2)
    f = jit(lambda xs: error(model, xs))
    f(XS)
    model.load_state_dict(other.state_dict())
    assert f(XS).data == pytest.approx(error(other, XS).data, rel=1e-12)
    assert f.cache_info().misses == 1


@pytest.mark.parametrize("optimiser", [lambda ps: SGD(ps, lr=0.1, momentum=0.9), lambda ps: Adam(ps, lr=0.05)])
def test_training_goes_as_it_does_without_jit(optimiser):
    states = []
    for compiled in (True, False):
        model = make_net()
        descent = optimiser(model.parameters())

        def loss(xs: Any, model: Any = model) -> Any:
            return error(model, xs) + 1e-3 * sum([p * p for p in model.parameters()])

        f = jit(loss) if compiled else loss
        for _ in range(15):
            total = f(XS)
            model.zero_grad()
            total.backward()
            descent.step()
        states.append(list(model.state_dict().values()))
    np.testing.assert_allclose(states[0], states[1], rtol=1e-9)


def test_two_models_in_one_function_each_get_their_gradients():
    one, two = make_net(1), make_net(2)

    def loss(xs: Any) -> Any:
        return mean([one(x) * two(x) for x in xs])

    assert_same(jit(loss)(XS), loss(XS), [*one.parameters(), *two.parameters()])


def test_two_functions_over_one_model_add_into_the_same_gradients():
    model = make_net()
    f, g = jit(lambda xs: error(model, xs)), jit(lambda xs: sum([p * p for p in model.parameters()]) * xs[0][0])
    assert_same(f(XS) + g(XS) * 0.1, error(model, XS) + sum([p * p for p in model.parameters()]) * 0.1,
                model.parameters())  # fmt: skip


def test_a_function_that_uses_a_part_of_the_parameters_leaves_the_others_alone():
    model = make_net()
    part = model.layers[0]
    f = jit(lambda xs: sum([y for x in xs for y in part(x)]))
    assert_same(f(XS), sum([y for x in XS for y in part(x)]), model.parameters())


def test_frozen_parameters_stay_and_the_others_move():
    model = make_net()
    model.layers[0].freeze()
    descent = SGD(model.parameters(), lr=0.1)
    f = jit(lambda xs: error(model, xs))
    before = model.state_dict()
    for _ in range(3):
        total = f(XS)
        descent.zero_grad()
        total.backward()
        descent.step()
    moved = {path for path, number in model.state_dict().items() if number != before[path]}
    assert moved == {path for path in before if path.startswith("layers.1")}
    model.layers[0].freeze(False)
    assert_same(f(XS), error(model, XS), model.parameters())


def test_parameters_joined_by_a_later_optimiser_are_read_where_they_lie_then():
    model, other = make_net(1), make_net(2)
    f = jit(lambda xs: error(model, xs))
    f(XS), f(XS)
    descent = SGD([*other.parameters(), *model.parameters()], lr=0.1)
    total = f(XS)
    assert_same(total, error(model, XS), model.parameters())
    descent.step()
    assert_same(f(XS), error(model, XS), model.parameters())
    assert f.cache_info().misses == 1


def test_parameters_joined_between_call_and_backward_get_their_gradients():
    model, other = make_net(1), make_net(2)
    f = jit(lambda xs: error(model, xs))
    total = f(XS)
    FlatParameters([*other.parameters(), *model.parameters()])
    assert_same(total, error(model, XS), model.parameters())


def replace_layer(model: Any) -> None:
    model.layers[0] = Layer(2, 3, "tanh", seed=7)


def replace_bias(model: Any) -> None:
    model.layers[0].neurons[1].b = Parameter(0.7)


def replace_by_older(model: Any, older: Any = Layer(2, 3, "tanh", seed=8)) -> None:  # noqa: B008
    model.layers[0] = older


def append_layer(model: Any) -> None:
    model.layers.append(Layer(1, 1, "linear", seed=9))


@pytest.mark.parametrize("change", [replace_layer, replace_bias, replace_by_older, append_layer])
@pytest.mark.parametrize("calls", [1, 3])
def test_what_is_changed_in_a_model_after_compilation_is_used(change, calls):
    model = make_net()
    f = jit(lambda xs: error(model, xs))
    for _ in range(calls):
        f(XS)
    change(model)
    assert_same(f(XS), error(model, XS), model.parameters())
    assert_same(f(XS), error(model, XS), model.parameters())


class Holder:
    """An object that is no Module."""


def test_parameters_created_later_are_used_wherever_the_function_finds_them():
    holder, kept, row = Holder(), {"w": Parameter(1.0)}, [Parameter(1.0)]
    holder.w = Parameter(1.0)
    functions = [
        jit(lambda x: holder.w * x),
        jit(lambda x: kept["w"] * x),
        jit(lambda x: sum([p * x for p in row])),
    ]
    for f in functions:
        assert [f(2.0).data, f(2.0).data] == [2.0, 2.0]
    holder.w, kept["w"] = Parameter(5.0), Parameter(5.0)
    row.append(Parameter(4.0))
    assert [f(2.0).data for f in functions] == [10.0, 10.0, 10.0]


def test_a_parameter_exchanged_for_one_that_was_there_before_is_used():
    one, two = Parameter(1.0), Parameter(5.0)
    kept = {"w": one}
    f = jit(lambda x: kept["w"] * x)
    assert [f(2.0).data, f(2.0).data] == [2.0, 2.0]
    kept["w"] = two
    assert f(2.0).data == 10.0


def exchange_in_dict(kept: Any, p: Any) -> None:
    kept["dict"]["w"] = p


def exchange_in_list(kept: Any, p: Any) -> None:
    kept["list"][0] = p


def exchange_in_object(kept: Any, p: Any) -> None:
    kept["object"].w = p


@pytest.mark.parametrize("exchange", [exchange_in_dict, exchange_in_list, exchange_in_object])
@pytest.mark.parametrize("kind", [Parameter, Value])
def test_a_leaf_exchanged_for_one_with_the_same_number_is_used(exchange, kind):
    holder = Holder()
    holder.w = kind(2.0)
    kept = {"dict": {"w": kind(2.0)}, "list": [kind(2.0)], "object": holder}
    f = jit(lambda x: kept["dict"]["w"] * kept["list"][0] * kept["object"].w * x)
    f(1.0), f(1.0)
    new = kind(2.0)
    exchange(kept, new)
    assert gradients(f(1.0), [new]) == [4.0]


def test_a_rebound_leaf_with_the_same_number_is_used():
    w = Parameter(2.0)
    f = jit(lambda x: w * x)
    f(1.0), f(1.0)
    w = Parameter(2.0)
    assert gradients(f(3.0), [w]) == [3.0]


def test_a_deep_copy_in_the_place_of_the_model_gets_the_gradients():
    model = make_net()
    f = jit(lambda xs: error(model, xs))
    f(XS), f(XS)
    old, model = model, copy.deepcopy(model)
    assert_same(f(XS), error(model, XS), model.parameters())
    old.zero_grad()
    f(XS).backward()
    assert not any(p.grad for p in old.parameters())


class Slotted:
    __slots__ = ("w",)

    w: Any


class Shared:
    w: Any = None


@pytest.mark.parametrize("place", [Slotted(), Shared], ids=["slots", "class"])
def test_parameters_in_slots_and_class_attributes_may_be_exchanged(place):
    place.w = Parameter(2.0)
    f = jit(lambda x: place.w * x)
    assert [f(1.0).data, f(1.0).data] == [2.0, 2.0]
    place.w = Parameter(5.0)
    assert f(1.0).data == 5.0


def test_surroundings_are_seen_through_functions_partials_properties_and_defaults():
    numbers, holder, w = {"a": [3.0]}, Holder(), Parameter(2.0)
    holder.scale = 3.0

    def innermost(x: Any) -> Any:
        return w * x * numbers["a"][0]

    def middle(x: Any) -> Any:
        return innermost(x)

    def with_default(x: Any, scales: Any = numbers["a"]) -> Any:
        return w * x * scales[0]

    functions = [
        jit(lambda x: middle(x)),
        jit(functools.partial(lambda scales, x: w * x * scales[0], numbers["a"])),
        jit(with_default),
        jit(lambda x: jit(innermost)(x)),
        jit(lambda x: w * x * holder.scale),
    ]
    for f in functions:
        assert [f(1.0).data, f(1.0).data] == [6.0, 6.0]
    numbers["a"][0] = holder.scale = 4.0
    assert [f(1.0).data for f in functions] == [8.0] * 5


def test_lists_that_were_empty_or_held_numbers_are_looked_into_as_well():
    w, extra, scales = Parameter(2.0), [], [3.0]
    f = jit(lambda x: (w * x + sum(extra)) * scales[0])
    assert [f(1.0).data, f(1.0).data] == [6.0, 6.0]
    extra.append(Parameter(5.0))
    assert f(1.0).data == 21.0
    scales[0] = 1.0
    assert f(1.0).data == 7.0


def test_a_model_rebound_to_its_name_is_used():
    model = make_net(1)
    f = jit(lambda xs: error(model, xs))
    f(XS), f(XS)
    model = make_net(2)
    assert_same(f(XS), error(model, XS), model.parameters())


def test_plain_leaves_from_outside_are_read_anew_and_get_their_gradients():
    v, w = Value(2.0, "v"), Parameter(3.0)
    f = jit(lambda x: v * v * w * x)
    for number in (2.0, 5.0, -1.0):
        v.data = number
        assert gradients(f(4.0), [v, w]) == [2 * number * 12.0, number * number * 4.0]
    assert f.cache_info().misses == 1


def test_a_plain_leaf_exchanged_for_another_one_is_used():
    kept = {"v": Value(1.0)}
    f = jit(lambda x: kept["v"] * x)
    assert [f(2.0).data, f(2.0).data] == [2.0, 2.0]
    kept["v"] = Value(5.0)
    assert f(2.0).data == 10.0


def test_leaves_made_inside_are_constants():
    w = Parameter(3.0)
    f = jit(lambda x: (Value(2.0) + Parameter(1.0)) * w * x)
    assert [gradients(f(x), [w]) for x in (1.0, 2.0, 3.0)] == [[3.0], [6.0], [9.0]]


ORDERS: dict[str, Any] = {
    "every second": lambda ps: [ps[0], ps[2], ps[4]],
    "backwards": lambda ps: ps[::-1],
    "a stretch": lambda ps: ps[1:4],
    "with repetition": lambda ps: [ps[3], ps[3], ps[0]],
    "as FlatParameters": FlatParameters,
    "as FlatParameters backwards": lambda ps: FlatParameters(reversed(ps)),
    "the vector itself": lambda ps: ps,
}


@pytest.mark.parametrize("order", ORDERS)
def test_parameters_that_do_not_lie_in_a_row_get_their_gradients(order):
    ps = ParameterVector([1.0, -2.0, 0.5, 3.0, 1.5])
    chosen = ORDERS[order](ps)

    def loss(x: Any) -> Any:
        return (dot(chosen, [x * (k + 1.0) for k in range(len(chosen))], ps[2]) * 0.1).tanh() + sum(chosen) * x

    compiled = jit(loss)
    for x in (1.0, -0.5, 2.0):
        assert_same(compiled(x), loss(x), ps)
        for p in ps:
            p.data -= 0.1 * p.grad


def test_gradients_are_added_to_what_is_there():
    w = Parameter(2.0)
    w.grad = 10.0
    jit(lambda x: w * x)(3.0).backward()
    assert w.grad == 13.0


def test_a_function_without_parameters_gives_plain_numbers():
    assert jit(lambda xs: sum(xs) * 2.0)([1.0, 2.0]) == 6.0


# --- modes of a model ----------------------------------------------------------------------------------------


class Drop(Module):
    """Each number, or 0 while training for one in two of them."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)

    def __call__(self, xs: Any) -> Any:
        return [where(uniform(self.rng) < 0.5, x * 2.0, 0.0) for x in xs] if self.training else xs


def test_training_and_evaluation_are_two_programs():
    model = Sequential([Layer(2, 8, "linear", seed=1), Drop(seed=3), Layer(8, 1, "linear", seed=2)])
    f = jit(lambda xs: mean([model(x) for x in xs]))
    model.eval()
    steady = f(XS).data
    assert steady == pytest.approx(mean([model(x) for x in XS]).data, rel=1e-12)
    assert f(XS).data == steady
    model.train()
    dropped = {f(XS).data for _ in range(6)}
    assert len(dropped) > 1
    model.eval()
    assert f(XS).data == steady
    assert f.cache_info().misses == 2


@pytest.mark.parametrize("place", ["closure", "argument", "method", "global", "attribute"])
def test_the_mode_is_seen_wherever_the_model_comes_from(place):
    class Switch(MLP):
        def __call__(self, xs: Any) -> Any:
            y = super().__call__(xs)
            return y * 2.0 if self.training else y

    model = Switch(2, [2, 1], seed=1)
    holder = Holder()
    holder.model = model
    scope: dict[str, Any] = {"model": model}
    exec("def run(x):\n    return model(x)", scope)
    f = {
        "closure": lambda: jit(lambda x: model(x)),
        "argument": lambda: (lambda compiled: lambda x: compiled(model, x))(jit(lambda m, x: m(x))),
        "method": lambda: jit(model.__call__),
        "global": lambda: jit(scope["run"]),
        "attribute": lambda: jit(lambda x: holder.model(x)),
    }[place]()
    model.train()
    twice = [f(XS[0]).data for _ in range(2)]
    model.eval()
    assert twice == [2.0 * f(XS[0]).data] * 2
