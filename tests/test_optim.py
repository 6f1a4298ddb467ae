"""Optimisers: against the published formulas written out for one parameter at a time, and what they leave alone."""

import math

import numpy as np
import pytest

from autograd import ArgumentError, FlatParameters, Parameter, ParameterVector, Value
from nets import MLP, SGD, Adagrad, Adam, Optimizer, RMSProp, schedules

START = [1.0, -2.0, 0.5]
STEPS = 6


def slope(i, x, step):
    """A gradient of the i-th parameter that differs from step to step and is exactly 0 now and then."""
    return 0.0 if (i, step) == (2, 1) else math.sin(3 * x + i) + 0.1 * step


def run(optimizer, parameters, steps=STEPS):
    for step in range(steps):
        for i, p in enumerate(parameters):
            p.grad = slope(i, p.data, step)
        optimizer.step()
    return [p.data for p in parameters]


# --- the published formulas, in plain Python -----------------------------------------------------------------


def sgd(x, gradients, lr=0.01, momentum=0.0, nesterov=False, weight_decay=0.0):
    velocity = 0.0
    for gradient in gradients:
        g = gradient(x) + weight_decay * x
        velocity = momentum * velocity + g
        x = x - lr * (g + momentum * velocity if nesterov else velocity)
    return x


def adam(x, gradients, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    m = v = 0.0
    for t, gradient in enumerate(gradients, start=1):
        g = gradient(x)
        m = betas[0] * m + (1 - betas[0]) * g
        v = betas[1] * v + (1 - betas[1]) * g**2
        x = x - lr * (m / (1 - betas[0] ** t)) / (math.sqrt(v / (1 - betas[1] ** t)) + eps)
    return x


def rmsprop(x, gradients, lr=0.01, decay=0.9, eps=1e-8):
    v = 0.0
    for gradient in gradients:
        g = gradient(x)
        v = decay * v + (1 - decay) * g**2
        x = x - lr * g / (math.sqrt(v) + eps)
    return x


def adagrad(x, gradients, lr=0.01, eps=1e-10):
    total = 0.0
    for gradient in gradients:
        g = gradient(x)
        total += g**2
        x = x - lr * g / (math.sqrt(total) + eps)
    return x


CASES = [
    (SGD, sgd, {}),
    (SGD, sgd, {"lr": 0.3}),
    (SGD, sgd, {"lr": 0.1, "momentum": 0.9}),
    (SGD, sgd, {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
    (SGD, sgd, {"lr": 0.1, "weight_decay": 0.2}),
    (SGD, sgd, {"lr": 0.1, "weight_decay": 0.2, "momentum": 0.8, "nesterov": True}),
    (Adam, adam, {}),
    (Adam, adam, {"lr": 0.1, "betas": (0.5, 0.9), "eps": 1e-3}),
    (RMSProp, rmsprop, {}),
    (RMSProp, rmsprop, {"lr": 0.1, "decay": 0.5, "eps": 1e-3}),
    (Adagrad, adagrad, {}),
    (Adagrad, adagrad, {"lr": 0.5, "eps": 1e-3}),
]
every_case = pytest.mark.parametrize(("kind", "formula", "options"), CASES)
every_kind = pytest.mark.parametrize("kind", [SGD, Adam, RMSProp, Adagrad])


@every_case
def test_steps_follow_the_published_formula(kind, formula, options):
    parameters = ParameterVector(START)
    got = run(kind(parameters, **options), parameters)
    for i, x in enumerate(START):
        gradients = [lambda x, i=i, step=step: slope(i, x, step) for step in range(STEPS)]
        assert got[i] == pytest.approx(formula(x, gradients, **options), rel=1e-12, abs=1e-15)


@every_case
def test_steps_agree_with_pytorch(kind, formula, options):
    torch = pytest.importorskip("torch")
    kinds = {
        SGD: torch.optim.SGD,
        Adam: torch.optim.Adam,
        RMSProp: lambda ps, lr=0.01, decay=0.9, eps=1e-8: torch.optim.RMSprop(ps, lr=lr, alpha=decay, eps=eps),
        Adagrad: torch.optim.Adagrad,
    }
    theirs = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in START]
    optimizer = kinds[kind](theirs, **{"lr": CASES_LR[kind], **options})
    for step in range(STEPS):
        for i, p in enumerate(theirs):
            p.grad = torch.tensor(slope(i, p.item(), step), dtype=torch.float64)
        optimizer.step()
    parameters = ParameterVector(START)
    got = run(kind(parameters, **options), parameters)
    assert got == pytest.approx([p.item() for p in theirs], rel=1e-10)


CASES_LR = {SGD: 0.01, Adam: 0.001, RMSProp: 0.01, Adagrad: 0.01}

# --- which parameters are moved ------------------------------------------------------------------------------


@every_kind
def test_a_frozen_parameter_is_left_alone(kind):
    parameters = ParameterVector(START)
    parameters[1].frozen = True
    options = {"weight_decay": 0.5, "momentum": 0.9} if kind is SGD else {}
    got = run(kind(parameters, lr=0.1, **options), parameters)
    assert got[1] == START[1] and got[0] != START[0] and got[2] != START[2]
    assert parameters[1].grad != 0.0, "only its number is left alone"


@every_kind
def test_a_shared_parameter_is_moved_once(kind):
    twice, once = Parameter(1.0), Parameter(1.0)
    for p, given in ((twice, [twice, twice]), (once, [once])):
        optimizer = kind(given, lr=0.1)
        assert len(optimizer.flat) == 1
        run(optimizer, [p])
    assert twice.data == once.data


def test_two_optimisers_on_overlapping_parameters_see_what_each_other_writes():
    a, b, c = (Parameter(x) for x in START)
    first, second = SGD([a, b], lr=0.5), SGD([c, b], lr=0.25)
    for p in (a, b, c):
        p.grad = 1.0
    first.step()
    second.step()
    assert [p.data for p in (a, b, c)] == [0.5, -2.75, 0.25]
    second.zero_grad()
    assert [p.grad for p in (a, b, c)] == [1.0, 0.0, 0.0]


@every_kind
def test_a_step_works_on_whole_arrays_and_touches_no_parameter_by_itself(kind, monkeypatch):
    model = MLP(3, [4, 2], "tanh", seed=0)
    optimizer = kind(model.parameters(), lr=0.1)
    model([1.0, 2.0, 3.0])[0].backward()
    before = model.state_dict()

    def refuse(self, *args):
        raise AssertionError("a parameter was handled on its own")

    with monkeypatch.context() as patched:
        for name in ("data", "_data", "grad"):
            owner = Value if name == "data" else Parameter
            patched.setattr(owner, name, property(refuse, refuse))
        optimizer.step()
        optimizer.zero_grad()
    assert model.state_dict() != before and all(p.grad == 0.0 for p in model.parameters())


@every_kind
def test_an_interrupt_finds_all_parameters_moved_or_none(kind, monkeypatch):
    parameters = ParameterVector(START)
    optimizer, twin = kind(parameters, lr=0.1), kind(ParameterVector(START), lr=0.1)
    for each in (optimizer, twin):
        each.flat.grad = [1.0, 2.0, 3.0]
        each.step()
    before = [p.data for p in parameters]

    def interrupted(flat, move):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(FlatParameters, "subtract", interrupted)
        with pytest.raises(KeyboardInterrupt):
            optimizer.step()
    assert [p.data for p in parameters] == before and optimizer.steps == 1
    optimizer.step()
    twin.step()
    assert [p.data for p in parameters] == twin.flat.data.tolist()


@every_kind
def test_a_proposed_step_moves_nothing_until_it_is_committed(kind):
    optimizer, twin = kind(ParameterVector(START), lr=0.1), kind(ParameterVector(START), lr=0.1)
    for each in (optimizer, twin):
        each.flat.grad = [1.0, 2.0, 3.0]
    for _ in range(3):
        move = optimizer.propose()
    assert optimizer.flat.data.tolist() == START and optimizer.steps == 0
    optimizer.commit(move)
    twin.step()
    assert optimizer.flat.data.tolist() == twin.flat.data.tolist() != START


@every_kind
def test_proposed_steps_keep_their_numbers_whatever_is_done_after_them(kind):
    parameters = ParameterVector(START)
    optimizer = kind(parameters, lr=0.1)
    moves, copies = [], []
    for x in (1.0, 2.0):
        optimizer.flat.grad = x
        moves.append(optimizer.propose())
        copies.append((moves[-1].data.copy(), moves[-1].memory.copy()))
    optimizer.step()
    optimizer.step()
    optimizer.zero_grad()
    for move, (data, memory) in zip(moves, copies, strict=True):
        assert np.array_equal(move.data, data) and np.array_equal(move.memory, memory)
    optimizer.commit(moves[0])
    assert np.array_equal(optimizer.flat.data, copies[0][0]) and np.array_equal(optimizer._memory, copies[0][1])


@every_case
@pytest.mark.parametrize("stays", [[], [1], [0, 1, 2]], ids=["none", "one", "all"])
@pytest.mark.parametrize("apart", [False, True], ids=["side by side", "apart"])
def test_steps_are_bit_for_bit_those_of_the_formula_with_what_is_frozen_masked_out(
    kind, formula, options, stays, apart
):
    parameters = ParameterVector(START)[::-1] if apart else ParameterVector(START)
    optimizer = kind(parameters, **options)
    for step in range(STEPS):
        frozen = np.isin(np.arange(len(START)), stays if step in (2, 3) else [])
        for i, p in enumerate(parameters):
            p.grad, p.frozen = slope(i, p.data, step), frozen[i]
        at, remembered = optimizer.flat.data.copy(), optimizer._memory
        direction, memory = optimizer.direction(np.where(frozen, 0.0, optimizer.flat.grad), remembered)
        expected = np.where(frozen, at, at - optimizer.learning_rate * direction)
        optimizer.step()
        assert optimizer.flat.data.tobytes() == expected.tobytes()
        assert optimizer._memory.tobytes() == np.where(frozen, remembered, memory).tobytes()


@every_kind
def test_what_overflows_is_infinite_without_a_warning_and_warnings_are_on_again_after_it(kind):
    parameters = ParameterVector([-1e308, 1.0, 1.0])
    optimizer = kind(parameters, lr=1e300)
    optimizer.flat.grad = [1e308, math.inf, 0.0]
    before = np.geterr()
    optimizer.step()
    assert not np.all(np.isfinite(optimizer.flat.data)) and parameters[2].data == 1.0
    assert np.geterr() == before


@pytest.mark.parametrize("another", [False, True])
def test_a_parameter_frozen_by_the_schedule_still_takes_the_step_that_asked_it(another):
    def rate(step):
        parameters[0].frozen = step == 1
        return 0.5

    parameters = ParameterVector([1.0, 2.0])
    parameters[1].frozen = another
    optimizer = SGD(parameters, lr=rate)
    optimizer.flat.grad = 1.0
    for expected in (0.5, 0.0, 0.0, -0.5):
        optimizer.step()
        assert parameters[0].data == expected
    assert parameters[1].data == (2.0 if another else 0.0)


def test_the_gradient_of_a_frozen_parameter_counts_for_none_of_the_others():
    class Normalised(Optimizer):
        def direction(self, gradient, memory):
            return gradient / np.sqrt(gradient @ gradient), memory

    parameters = ParameterVector(START)
    parameters[2].frozen = True
    optimizer = Normalised(parameters, lr=1.0)
    optimizer.flat.grad = [3.0, -4.0, math.nan]
    optimizer.step()
    assert [p.data for p in parameters] == pytest.approx([0.4, -1.2, 0.5])
    assert math.isnan(parameters[2].grad)


def test_momentum_given_later_starts_from_rest():
    w = Parameter(1.0)
    optimizer = SGD([w], lr=0.25)
    w.grad = 2.0
    optimizer.step()
    optimizer.zero_grad()
    optimizer.momentum = 0.5
    optimizer.step()
    assert w.data == 1.0 - 0.25 * 2.0
    w.grad = 2.0
    optimizer.step()
    optimizer.zero_grad()
    optimizer.step()
    assert w.data == 1.0 - 0.25 * (2.0 + 2.0 + 0.5 * 2.0)


@every_kind
@pytest.mark.parametrize("gradient", [1.0, math.inf, math.nan])
def test_nothing_is_remembered_of_the_time_a_parameter_was_frozen(kind, gradient):
    p, q = Parameter(1.0), Parameter(1.0)
    options = {"momentum": 0.9} if kind is SGD else {}
    optimizer = kind([p, q], lr=0.1, **options)
    p.frozen = True
    for _ in range(10):
        p.grad, q.grad = gradient, 1.0
        optimizer.step()
    p.frozen = False
    p.grad = 0.0
    optimizer.step()
    assert p.data == 1.0 and q.data < 1.0


def test_step_leaves_gradients_and_zero_grad_leaves_numbers():
    w = Parameter(1.0)
    w.grad = 2.0
    optimizer = Adam([w], lr=0.5)
    optimizer.step()
    assert (w.data, w.grad) == (pytest.approx(0.5), 2.0)
    optimizer.zero_grad()
    assert (w.data, w.grad) == (pytest.approx(0.5), 0.0)


# --- learning rates ------------------------------------------------------------------------------------------


@every_kind
def test_a_schedule_is_asked_at_each_step(kind):
    w = Parameter(1.0)
    optimizer = kind([w], lr=lambda step: [0.5, 0.25, 0.0][step])
    rates = []
    for _ in range(2):
        rates.append(optimizer.learning_rate)
        w.grad = 1.0
        optimizer.step()
    before = w.data
    rates.append(optimizer.learning_rate)
    optimizer.step()
    assert rates == [0.5, 0.25, 0.0] and w.data == before


def test_schedules_and_assigned_numbers_serve_as_lr():
    w = Parameter(1.0)
    optimizer = SGD([w], lr=schedules.Linear(1.0, 0.0, steps=4))
    for _ in range(2):
        w.grad = 0.5
        optimizer.step()
    assert w.data == 1.0 - 0.5 - 0.375
    optimizer.lr = 0.25
    optimizer.step()
    assert w.data == 0.125 - 0.125 and optimizer.learning_rate == 0.25
    assert repr(optimizer) == "SGD(1 parameters, lr=0.25)"


@pytest.mark.parametrize("rate", [-1.0, math.nan, math.inf, None, "fast"])
def test_a_schedule_that_gives_no_rate_is_refused_at_its_step(rate):
    w = Parameter(1.0)
    optimizer = SGD([w], lr=lambda step: rate if step == 1 else 0.1)
    optimizer.step()
    with pytest.raises(ArgumentError, match=r"SGD: lr at step 1 is .*; it needs a finite number of at least 0"):
        optimizer.step()


# --- arguments -----------------------------------------------------------------------------------------------


@every_kind
@pytest.mark.parametrize("lr", [-0.1, math.nan, math.inf, "0.1", None, True, Value(0.1)])
def test_a_learning_rate_that_is_none_is_refused(kind, lr):
    with pytest.raises(ArgumentError, match=r"lr is .*; it needs a finite number of at least 0"):
        kind([Parameter(1.0)], lr=lr)
    optimizer = kind([Parameter(1.0)])
    with pytest.raises(ArgumentError, match="lr is"):
        optimizer.lr = lr


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        (SGD, {"momentum": 1.0}, "SGD: momentum is 1.0; it needs a number of at least 0 and below 1"),
        (SGD, {"momentum": -0.1}, "momentum is -0.1"),
        (SGD, {"momentum": "0.9"}, "momentum is '0.9'"),
        (SGD, {"nesterov": True}, "give momentum=0.9 or so"),
        (SGD, {"weight_decay": -1}, "weight_decay is -1"),
        (Adam, {"betas": (0.9, 1.0)}, "each of betas is 1.0"),
        (Adam, {"betas": (0.9,)}, r"betas is \(0.9,\); it needs two numbers"),
        (Adam, {"betas": 0.9}, "betas is 0.9; it needs two numbers"),
        (Adam, {"eps": -1e-8}, "eps is -1e-08"),
        (RMSProp, {"decay": 1.5}, "RMSProp: decay is 1.5"),
        (RMSProp, {"eps": math.nan}, "eps is nan"),
        (RMSProp, {"eps": 0.0}, "eps is 0.0; it needs a finite number of at least 1e-300"),
        (SGD, {"lr": schedules.Step}, r"lr is the class Step; make one: Step\(...\)"),
        (Adagrad, {"eps": "small"}, "Adagrad: eps is 'small'"),
    ],
)
def test_options_out_of_range_are_refused(kind, options, message):
    with pytest.raises(ArgumentError, match=message):
        kind([Parameter(1.0)], **options)


MODEL = MLP(1, [1], seed=0)


@every_kind
@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ([], r"there are no parameters to train; pass model.parameters\(\)"),
        (MODEL, r"takes parameters, got MLP.*; pass model.parameters\(\)"),
        (MODEL.parameters, r"pass model.parameters\(\)"),
        (MODEL.parameters()[0], r"pass model.parameters\(\)"),
        (None, "takes parameters, got None"),
        (MODEL.named_parameters(), "only Parameters can be trained, got"),
        ([Value(1.0)], r"only Parameters can be trained, got Value\(1.0\); make it Parameter\(1.0\)"),
        ([1.0], "only Parameters can be trained, got 1.0"),
    ],
)
def test_what_is_no_list_of_parameters_is_refused(kind, parameters, message):
    with pytest.raises(ArgumentError, match=message):
        kind(parameters)


def test_a_direction_of_ones_own_makes_an_optimiser():
    class Sign(Optimizer):
        def direction(self, gradient, memory):
            return np.sign(gradient), memory

    parameters = ParameterVector(START)
    parameters[0].grad, parameters[1].grad = 5.0, -0.1
    Sign(parameters, lr=0.5).step()
    assert [p.data for p in parameters] == [0.5, -1.5, 0.5]


@pytest.mark.parametrize("frozen", [False, True])
@pytest.mark.parametrize(
    "remembered", [lambda g: g[np.newaxis], lambda g: g, lambda g: [g], lambda g: [g.astype(np.float32)]]
)
def test_a_direction_of_ones_own_may_remember_its_gradient_as_it_came(remembered, frozen):
    class Delayed(Optimizer):
        remembers = 1

        def direction(self, gradient, memory):
            return memory[0], remembered(gradient)

    parameters = ParameterVector(START)
    optimizer = Delayed(parameters, lr=0.5)
    parameters[2].frozen = frozen
    optimizer.flat.grad = 2.0
    optimizer.step()
    optimizer.zero_grad()
    assert [p.data for p in parameters] == START
    optimizer.step()
    assert [p.data for p in parameters] == [0.0, -3.0, 0.5 if frozen else -0.5]
    assert optimizer.propose().memory.tolist() == [[0.0, 0.0, 0.0]]
