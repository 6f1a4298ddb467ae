"""fit: that it learns, what it records, and that whatever goes wrong leaves the model whole."""

import contextlib
import gc
import math
import signal
import subprocess
import sys
import textwrap

import numpy as np
import pytest

from autograd import ArgumentError, DomainError, Parameter, Value, exp, log, sqrt
from nets import (
    MLP,
    SGD,
    Adam,
    Dropout,
    Layer,
    Module,
    Sequential,
    ShapeError,
    TrainingDiverged,
    accuracy,
    batch_loss,
    binary_cross_entropy,
    evaluate,
    fit,
    schedules,
    squared_error,
)
from nets.data import moons, split

XS, YS = [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.5, -1.0], [-1.0, 0.3]], [1.0, -1.0, 1.0, 0.5, -0.5]


def small(activation="tanh"):
    return MLP(2, [3, 1], activation, seed=1)


def train(model=None, loss=squared_error, data=(XS, YS), optimizer=None, **options):
    model = model or small()
    return fit(model, loss, data, optimizer or SGD(model.parameters(), lr=0.05), **options)


def nth(calls, then, otherwise=squared_error):
    """A loss that is `then` from its `calls`-th call on, counted from 0, and `otherwise` before."""
    count = iter(range(10**6))
    return lambda output, target: (then if next(count) >= calls else otherwise)(output, target)


def interrupt(*args):
    raise KeyboardInterrupt


# --- learning ------------------------------------------------------------------------------------------------


def test_fit_learns_the_moons():
    training, held_out = split(*moons(200, noise=0.1, seed=1), fraction=0.25, seed=1)
    model = MLP(2, [8, 1], "tanh", seed=1)
    history = fit(
        model,
        binary_cross_entropy,
        training,
        Adam(model.parameters(), lr=0.05),
        epochs=40,
        batch_size=10,
        validation=held_out,
        metrics={"accuracy": accuracy},
    )
    assert history.metrics["accuracy"][-1] >= 0.95
    assert evaluate(model, training, {"accuracy": accuracy})["accuracy"] >= 0.95
    assert history.epochs[-1].loss < history.epochs[0].loss / 3


def test_one_step_is_the_optimiser_on_the_gradient_of_the_mean_loss():
    model, by_hand = small(), small()
    history = train(model, batch_size=5)
    batch_loss(by_hand, squared_error, XS, YS).backward()
    gradient = [p.grad for p in by_hand.parameters()]
    expected = [p.data - 0.05 * g for p, g in zip(by_hand.parameters(), gradient, strict=True)]
    assert [p.data for p in model.parameters()] == pytest.approx(expected, rel=1e-12)
    (step,) = history.steps
    losses = [float(squared_error(by_hand(x), y)) for x, y in zip(XS, YS, strict=True)]
    assert step.loss == pytest.approx(sum(losses) / 5) and step.learning_rate == 0.05
    assert step.gradient_norm == pytest.approx(math.hypot(*gradient))


def test_gradients_from_before_fit_do_not_count():
    clean, dirty = small(), small()
    for p in dirty.parameters():
        p.grad = 1e6
    assert train(clean).loss == train(dirty).loss and clean.state_dict() == dirty.state_dict()


@pytest.mark.parametrize(
    "as_data", [lambda xs, ys: (np.array(xs), np.array(ys)), lambda xs, ys: [tuple(xs), tuple(ys)]]
)
def test_data_may_be_arrays_or_lists(as_data):
    assert train(data=as_data(XS, YS), epochs=2, batch_size=2).loss == pytest.approx(train(epochs=2, batch_size=2).loss)


# --- fit and evaluate as methods -----------------------------------------------------------------------------


def test_the_method_fit_is_fit():
    by_function, by_method = small(), small()
    options = {"epochs": 3, "batch_size": 2, "validation": (XS[:2], YS[:2]), "seed": 4}
    history = by_method.fit(squared_error, (XS, YS), SGD(by_method.parameters(), lr=0.05), **options)
    assert history.steps == train(by_function, **options).steps and len(history.epochs) == 3
    assert by_method.state_dict() == by_function.state_dict() != small().state_dict()


def test_the_method_evaluate_is_evaluate():
    metrics = {"error": squared_error, "accuracy": accuracy}
    assert small().evaluate((XS, YS), metrics) == evaluate(small(), (XS, YS), metrics)


def test_modules_of_ones_own_can_be_fitted_and_evaluated():
    class Line(Module):
        def __init__(self):
            self.slope = Parameter(0.0)

        def __call__(self, x):
            return self.slope * x

    line, data = Line(), ([1.0, 2.0], [3.0, 6.0])
    line.fit(squared_error, data, SGD(line.parameters(), lr=0.1), epochs=50)
    assert line.slope.data == pytest.approx(3.0)
    assert line.evaluate(data, {"error": squared_error})["error"] == pytest.approx(0.0, abs=1e-9)


def test_wrong_arguments_of_the_methods_are_refused_as_by_the_functions():
    model = small()
    sgd, other = SGD(model.parameters()), SGD(small().parameters())
    with pytest.raises(ArgumentError, match=r"the loss is .*; pass a function"):
        model.fit("mse", (XS, YS), sgd)
    with pytest.raises(ArgumentError, match="data needs to be a pair"):
        model.fit(squared_error, XS, sgd)
    with pytest.raises(ArgumentError, match="the optimizer is 'adam'"):
        model.fit(squared_error, (XS, YS), "adam")
    with pytest.raises(ArgumentError, match="holds no parameter of this model"):
        model.fit(squared_error, (XS, YS), other)
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'optimizer'"):
        model.fit(squared_error, (XS, YS))
    with pytest.raises(ArgumentError, match=r"metrics are .*; name each"):
        model.evaluate((XS, YS), accuracy)


# --- the history ---------------------------------------------------------------------------------------------


def test_history_has_a_record_for_each_step_and_epoch_in_order():
    model = small()
    optimizer = SGD(model.parameters(), lr=schedules.Linear(0.1, 0.0, steps=9))
    history = train(model, optimizer=optimizer, epochs=3, batch_size=2, validation=(XS[:2], YS[:2]))
    assert [(s.step, s.epoch) for s in history.steps] == [(i, i // 3) for i in range(9)]
    assert len(history.loss) == len(history.gradient_norm) == 9 and all(map(math.isfinite, history.gradient_norm))
    assert history.learning_rate == pytest.approx([0.1 * (1 - i / 9) for i in range(9)])
    assert [e.epoch for e in history.epochs] == [0, 1, 2] and not history.interrupted
    for epoch in history.epochs:
        assert epoch.loss == pytest.approx(np.mean(history.loss[3 * epoch.epoch : 3 * epoch.epoch + 3]))
    assert set(history.metrics) == {"loss"} and len(history.metrics["loss"]) == 3


def test_metrics_are_means_over_the_validation_set_after_the_epoch():
    model = small()
    metrics = {"error": lambda output, y: abs(float(output) - y), "ones": lambda output, y: 1.0}
    history = train(model, epochs=2, validation=(XS[:3], YS[:3]), metrics=metrics)
    errors = [abs(float(model(x)) - y) for x, y in zip(XS[:3], YS[:3], strict=True)]
    losses = [float(squared_error(model(x), y)) for x, y in zip(XS[:3], YS[:3], strict=True)]
    last = history.epochs[-1].metrics
    assert last == pytest.approx({"loss": np.mean(losses), "error": np.mean(errors), "ones": 1.0})
    assert train(epochs=2).metrics == {}


def test_callbacks_get_the_records_of_the_history():
    steps, epochs = [], []
    history = train(epochs=2, batch_size=2, on_step=steps.append, on_epoch=epochs.append)
    assert steps == history.steps and epochs == history.epochs and (len(steps), len(epochs)) == (6, 2)


def test_one_seed_gives_the_same_bits_and_another_does_not():
    def bits(seed):
        model = small()
        history = train(model, epochs=3, batch_size=2, seed=seed)
        return history.loss, history.gradient_norm, model.state_dict()

    assert bits(4) == bits(4)
    assert bits(4) != bits(5)


# --- modes and the garbage collector -------------------------------------------------------------------------


class Watching(Module):
    """A model that notes, at each call, its mode, that of a part, and whether the garbage collector is on."""

    def __init__(self):
        self.part = small()
        self.seen = []

    def __call__(self, xs):
        self.seen.append((self.training, self.part.training, gc.isenabled()))
        return self.part(xs)


def test_training_and_validation_run_in_their_modes():
    model = Watching().eval()
    train(model, epochs=2, batch_size=5, validation=(XS[:1], YS[:1]), jit=False)
    modes = [seen[:2] for seen in model.seen]
    assert modes == ([(True, True)] * 5 + [(False, False)]) * 2


@pytest.mark.parametrize("outer", [True, False])
@pytest.mark.parametrize("inner", [True, False])
@pytest.mark.parametrize(
    ("calls", "then"), [(99, squared_error), (2, interrupt), (2, lambda o, y: 1 / 0), (7, interrupt)]
)
def test_each_modules_own_mode_comes_back(outer, inner, calls, then):
    model = Watching()
    model.train(outer).part.train(inner)
    with contextlib.suppress(ZeroDivisionError, KeyboardInterrupt):
        train(model, nth(calls, then), validation=(XS, YS), jit=False)
        evaluate(model, (XS, YS), {"loss": nth(2, then)})
    assert (model.training, model.part.training, model.part.layers[0].training) == (outer, inner, inner)


@pytest.fixture(params=[True, False], ids=["gc on", "gc off"])
def collector(request):
    was_on = gc.isenabled()
    (gc.enable if request.param else gc.disable)()
    yield request.param
    (gc.enable if was_on else gc.disable)()


def test_the_collector_is_paused_in_a_step_and_then_as_it_was(collector):
    model, between = Watching(), []
    train(model, on_step=lambda step: between.append(gc.isenabled()), jit=False)
    assert [seen[2] for seen in model.seen] == [False] * 5
    assert between == [collector] and gc.isenabled() is collector


def test_the_graph_of_a_step_is_gone_before_the_collector_runs_again():
    walked = []

    def watch(phase, info):
        if phase == "stop":
            walked.append(sum(isinstance(each, Value) for each in gc.get_objects()))

    gc.collect()
    alive = sum(isinstance(each, Value) for each in gc.get_objects())
    gc.callbacks.append(watch)
    try:
        train(data=(XS * 40, YS * 40), batch_size=100, on_step=lambda step: gc.collect())
    finally:
        gc.callbacks.remove(watch)
    assert walked and max(walked) - alive < 50  # the parameters, and nothing of the 100 graphs of a batch


def test_a_nan_in_the_data_is_not_blamed_on_the_learning_rate():
    with pytest.raises(TrainingDiverged, match=r"the loss is nan .*NaN or an infinity in the inputs or targets"):
        train(data=([*XS[:-1], [math.nan, 0.0]], YS))


def test_a_model_that_returns_nothing_is_told_so():
    class Silent(Module):
        def __init__(self):
            self.inner = small()

        def __call__(self, x):
            self.inner(x)

    with pytest.raises(ArgumentError, match=r"Silent\(\) returned None; did its __call__ forget to return"):
        train(Silent())


def test_a_gradient_whose_squares_overflow_has_a_length():
    model = small()
    history = fit(model, lambda o, y: o * 1e200, (XS, YS), SGD(model.parameters(), lr=1e-300), batch_size=5)
    assert 1e199 < history.gradient_norm[0] < math.inf


def test_a_frozen_parameter_may_have_an_infinite_gradient():
    model = small()
    model.layers[0].freeze()
    frozen, other = model.parameters()[0], model.parameters()[-1].data
    train(model, lambda o, y: squared_error(o, y) + (frozen - frozen.data) * 1e308 * 10.0)
    assert math.isinf(frozen.grad) and model.parameters()[-1].data != other


def test_a_history_is_short_in_a_prompt():
    history = train(epochs=2, batch_size=2)
    assert repr(history).startswith("History(2 epochs, 6 steps, loss ") and "->" in repr(history)


@pytest.mark.parametrize("then", [interrupt, lambda o, y: 1 / 0, lambda o, y: o * math.nan])
def test_the_collector_is_as_it_was_after_an_error(collector, then):
    with contextlib.suppress(ZeroDivisionError, TrainingDiverged):
        train(loss=nth(3, then), epochs=2, jit=False)
    assert gc.isenabled() is collector


# --- divergence ----------------------------------------------------------------------------------------------

DIVERGING = {
    "NaN loss": (lambda o, y: o * math.nan, 0.05, "the loss is nan"),
    "infinite loss": (lambda o, y: (o * 0 + 1e200) * 1e200 + o, 0.05, "the loss is inf"),
    "infinite gradient": (
        lambda o, y: (o * 0 + 1e-300) * 1e250 + (o * 1e-200) * 1e200 * 1e200,
        0.05,
        "a gradient is not",
    ),
    "update overflow": (lambda o, y: o * 1e308, 1e10, "the new parameters would not be finite"),
    "log of a negative number": (lambda o, y: log(o * 0 - 1), 0.05, "log: argument is -1.0"),
    "overflow in exp": (lambda o, y: exp(o * 0 + 1000), 0.05, "exp: argument is 1000.0"),
    "no derivative": (lambda o, y: sqrt(o * 0), 0.05, "sqrt: it has no finite derivative"),
}


@pytest.mark.parametrize("name", DIVERGING)
def test_divergence_says_where_and_what_to_try_and_leaves_the_parameters_from_before_the_step(name):
    then, rate, what = DIVERGING[name]
    model = small()
    before = []
    optimizer = SGD(model.parameters(), lr=lambda step: 0.05 if step < 2 else rate)
    with pytest.raises(TrainingDiverged) as caught:
        train(
            model,
            nth(4, then),  # 2 examples a step, so at step 2
            (XS[:4], YS[:4]),
            optimizer,
            epochs=3,
            batch_size=2,
            on_step=lambda step: before.append(([x.hex() for x in model.state_dict().values()], step)),
            jit=False,  # so that the loss is called for each example
        )
    assert len(before) == 2
    assert [x.hex() for x in model.state_dict().values()] == before[-1][0]
    message = str(caught.value)
    assert f"training diverged at step 2: {what}" in message
    assert f"learning rate {rate:g}, largest gradient" in message and f"Try a learning rate of {rate / 10:g}" in message
    assert "largest gradient 0)" not in message


@pytest.mark.parametrize("jit", [True, False])
def test_a_loss_that_goes_wrong_later_is_told_by_the_engine_in_its_own_words(jit):
    level = [1.0]
    with pytest.raises(TrainingDiverged, match=r"diverged at step 3: log: argument is -1"):
        train(
            loss=lambda o, y: log(o * 0.0 + level[0]),
            on_step=lambda step: step.step == 2 and level.__setitem__(0, -1.0),
            batch_size=1,
            jit=jit,
        )


def test_the_largest_gradient_is_told():
    model = MLP(1, [1], seed=0)
    with pytest.raises(TrainingDiverged, match=r"learning rate 10, largest gradient 1e\+308\)"):
        train(model, lambda o, y: o * 1e308, ([[0.5]], [0.0]), SGD(model.parameters(), lr=10.0))


def test_too_high_a_learning_rate_diverges_and_tells_so():
    model = small("relu")
    with pytest.raises(TrainingDiverged, match=r"learning rate 1e\+10"):
        train(model, optimizer=SGD(model.parameters(), lr=1e10), epochs=100)
    assert all(map(math.isfinite, model.state_dict().values()))


def test_a_domain_error_before_anything_has_moved_is_the_users_own():
    with pytest.raises(DomainError, match="log: argument is"):
        train(loss=lambda o, y: log(o * 0 - 1))


# --- Ctrl-C --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "steps", "epochs"),
    [
        ({"loss": nth(0, interrupt)}, 0, 0),  # while the targets are checked
        ({"loss": nth(4, interrupt)}, 0, 0),  # while the loss is compiled
        ({"loss": nth(0, interrupt), "jit": False}, 0, 0),
        ({"loss": nth(7, interrupt), "jit": False}, 4, 1),
        ({"on_step": lambda step: step.step == 4 and interrupt()}, 5, 1),
        ({"on_epoch": interrupt}, 3, 1),
        ({"validation": (XS, YS), "metrics": {"stop": interrupt}}, 3, 0),
    ],
)
def test_ctrl_c_returns_the_history_so_far_and_leaves_the_model_whole(options, steps, epochs):
    model, through = small(), small()
    history = train(model, epochs=3, batch_size=2, **options)
    assert history.interrupted and (len(history.steps), len(history.epochs)) == (steps, epochs)
    states = [through.state_dict()]
    same = {"jit": options.get("jit", True)}
    train(through, epochs=3, batch_size=2, on_step=lambda step: states.append(through.state_dict()), **same)
    assert model.state_dict() == states[steps], "all parameters are those after that step"


def test_a_real_sigint_ends_training_with_the_history():
    code = """
        import math
        from nets import MLP, SGD, fit, squared_error
        model = MLP(2, [8, 1], "tanh", seed=0)
        said = []
        history = fit(model, squared_error, ([[0.0, 1.0], [1.0, 0.0]], [1.0, 0.0]), SGD(model.parameters(), lr=0.01),
                      epochs=10**9, on_step=lambda step: said or said.append(print("running", flush=True)))
        assert history.interrupted and history.steps and all(map(math.isfinite, model.state_dict().values()))
        print("whole", flush=True)
    """
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout.readline() == "running\n"
            process.send_signal(signal.SIGINT)
            out, _ = process.communicate(timeout=30)
        finally:
            process.kill()
    assert out == "whole\n" and process.returncode == 0


# --- arguments -----------------------------------------------------------------------------------------------

BAD_PAIRS = [
    (XS, "to be a pair .*, got a list of 5"),
    ((XS,), "got a tuple of 1"),
    ((XS, YS, YS), "got a tuple of 3"),
    (np.zeros((2, 5)), "got ndarray"),
    (zip(XS, YS, strict=True), "got zip"),
    ((XS, YS[:4]), "has 5 inputs and 4 targets"),
    (([], []), "has 0 inputs and 0 targets"),
    ((iter(XS), YS), "a pair of lists or arrays, got <list_iterator"),
    ((XS, 5), "a pair of lists or arrays, got 5"),
    ((None, None), "a pair of lists or arrays, got None"),
]


@pytest.mark.parametrize(("data", "message"), BAD_PAIRS)
def test_data_that_is_no_pair_of_equal_length_is_refused(data, message):
    with pytest.raises(ArgumentError, match=f"fit: data .*{message}"):
        train(data=data)
    with pytest.raises(ArgumentError, match=f"fit: validation .*{message}"):
        train(validation=data)
    with pytest.raises(ArgumentError, match=f"evaluate: data .*{message}"):
        evaluate(small(), data, {})


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        *(
            ({"epochs": n}, ArgumentError, "epochs is .*; it needs a whole number")
            for n in (0, -1, 1.5, "3", True, None)
        ),
        *(({"batch_size": n}, ArgumentError, "batch_size is") for n in (0, -1, 1.5, "3", True, None)),
        *(({"seed": seed}, ArgumentError, "seed is") for seed in (-1, "a", 1.5)),
        ({"loss": lambda o, y: 1.0}, ArgumentError, r"the loss came out as 1.0, a plain number; make it of model\(x\)"),
        ({"loss": lambda o, y: None}, TypeError, "got None; did a function forget its return"),
        ({"optimizer": 0.1}, ArgumentError, r"the optimizer is 0.1; pass SGD\(model.parameters\(\), lr=0.1\)"),
        ({"optimizer": SGD}, ArgumentError, "the optimizer is <class"),
        ({"optimizer": SGD([Parameter(1.0)])}, ArgumentError, "the optimizer holds no parameter of this model"),
        ({"loss": "squared"}, ArgumentError, "the loss is 'squared'; pass a function such as"),
        ({"metrics": accuracy, "validation": (XS, YS)}, ArgumentError, "metrics are <function.*name each, such as"),
        ({"metrics": {"loss": accuracy}, "validation": (XS, YS)}, ArgumentError, "give the metric another name"),
        ({"metrics": {"accuracy": accuracy}}, ArgumentError, "metrics are measured on the validation set"),
        (
            {"model": lambda xs: xs, "optimizer": 0.1},
            ArgumentError,
            "fit trains a Module such as an MLP, got <function",
        ),
        ({"data": ([[1.0]], [1.0])}, ShapeError, "takes 2 inputs, got 1"),
    ],
)
def test_arguments_that_do_not_fit_are_refused_and_move_nothing(options, kind, message):
    model = options.pop("model", small())
    before = model.state_dict() if isinstance(model, Module) else None
    with pytest.raises(kind, match=message):
        train(model, **options)
    assert before is None or (model.state_dict() == before and model.training)


def test_any_module_is_trained():
    class Line(Module):
        def __init__(self):
            self.slope = MLP(1, [1], seed=0)

        def __call__(self, x):
            return self.slope([x]) + 1.0

    model = Sequential([Line()])
    history = train(model, data=([0.0, 1.0], [1.0, 4.0]), optimizer=SGD(model.parameters(), lr=0.5), epochs=60)
    assert history.loss[-1] < 1e-4 and float(model(2.0)) == pytest.approx(7.0, abs=0.1)
    assert isinstance(model(Value(2.0)), Value)


# --- compiled or not -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("batch_size", [1, 2, 5])
def test_training_is_the_same_with_jit_and_without(batch_size):
    histories, states = [], []
    for jit in (True, False):
        model = small()
        histories.append(train(model, epochs=3, batch_size=batch_size, validation=(XS[:2], YS[:2]), jit=jit))
        states.append(list(model.state_dict().values()))
    assert histories[0].loss == pytest.approx(histories[1].loss, rel=1e-12)
    assert histories[0].metrics["loss"] == pytest.approx(histories[1].metrics["loss"], rel=1e-12)
    assert states[0] == pytest.approx(states[1], rel=1e-12)


def test_a_loss_that_cannot_be_compiled_is_computed_as_it_stands_with_a_warning():
    def decided(output, target):
        return output * output if output > 0 else -output

    with pytest.warns(UserWarning, match=r"without jit.*bool\(\) of the number .*use where"):
        warned = train(loss=decided, epochs=2)
    assert warned.loss == train(loss=decided, epochs=2, jit=False).loss


def test_examples_of_different_lengths_are_computed_as_they_stand():
    class Sums(Module):
        def __init__(self):
            self.inner = small()

        def __call__(self, xs):
            return self.inner([sum(xs), 1.0])

    data = ([[1.0], [1.0, 2.0], [0.5, 0.5, 0.5]], [1.0, 0.0, 1.0])
    assert train(Sums(), data=data, epochs=2).loss == train(Sums(), data=data, epochs=2, jit=False).loss


def test_dropout_draws_the_same_masks_with_jit_and_without():
    losses = []
    for jit in (True, False):
        model = Sequential([Layer(2, 6, "tanh", seed=1), Dropout(0.5, seed=2), Layer(6, 1, "linear", seed=3)])
        losses.append(train(model, epochs=4, batch_size=2, jit=jit).loss)
    assert losses[0] == pytest.approx(losses[1], rel=1e-12)
    assert len(set(losses[0])) == len(losses[0])
