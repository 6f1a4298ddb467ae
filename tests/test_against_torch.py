"""Values and gradients against PyTorch's, where it is installed. Nothing else needs it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import TABLE, Value, dot, grad, logsumexp, ops, pick, softmax
from tests.strategies import small
from tests.tables import apply, every_op_at_its_samples, flat, movable

torch = pytest.importorskip("torch")

THEIRS = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "neg": lambda x: -x,
    "pow": lambda x, p: x**p,
    "abs": lambda x: x.abs(),
    "maximum": torch.maximum,
    "minimum": torch.minimum,
    "step": lambda x: torch.heaviside(x.detach(), torch.zeros_like(x)) + 0.0 * x,
    "where": lambda c, a, b: torch.where(c != 0, a, b) + 0.0 * c,
    "exp": torch.exp,
    "log": torch.log,
    "sqrt": torch.sqrt,
    "sin": torch.sin,
    "cos": torch.cos,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "softplus": torch.nn.functional.softplus,
    "relu": torch.relu,
    "leaky_relu": lambda x, slope: torch.where(x > 0, x, slope * x),
    "sum": lambda *xs: torch.stack(xs).sum(),
    "logsumexp": lambda *xs: torch.logsumexp(torch.stack(xs), 0),
    "pick": lambda *xs: torch.stack(xs[:-1])[int(xs[-1])] + 0.0 * xs[-1],
}


def tensors(numbers):
    return [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in numbers]


def theirs(op, sample, xs):
    if op.name == "dot":
        n = len(sample[0])
        return torch.dot(torch.stack(xs[:n]), torch.stack(xs[n:-1])) + xs[-1]
    return THEIRS[op.name](*xs)


def test_every_op_is_compared():
    assert {*THEIRS, "dot"} == set(TABLE)


@every_op_at_its_samples
def test_value_gradient_and_second_derivatives_agree(op, sample):
    numbers = flat(op, sample)
    n = movable(op, sample)
    ours, tensor = [Value(x) for x in numbers], tensors(numbers)
    y, z = apply(op, sample, ours), theirs(op, sample, tensor)
    assert y.data == pytest.approx(z.item(), rel=1e-12)
    first = grad(y, ours[:n], create_graph=True)
    their_first = torch.autograd.grad(z, tensor[:n], create_graph=True)
    for slope, their_slope in zip(first, their_first, strict=True):
        assert slope.data == pytest.approx(their_slope.item(), rel=1e-10, abs=1e-13)
        if their_slope.requires_grad:
            second = torch.autograd.grad(their_slope, tensor[:n], retain_graph=True, allow_unused=True)
            expected = [0.0 if s is None else s.item() for s in second]
            assert grad(slope, ours[:n]) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", ["relu", "abs", "maximum", "minimum", "sigmoid", "softplus", "tanh"])
@pytest.mark.parametrize("at", [0.0, 1000.0, -1000.0])
def test_slopes_at_kinks_and_far_out_agree(name, at):
    op = TABLE[name]
    numbers = [at] * len(op.partials)
    ours, tensor = [Value(x) for x in numbers], tensors(numbers)
    op(*ours).backward()
    THEIRS[name](*tensor).backward()
    assert [x.grad for x in ours] == pytest.approx([t.grad.item() for t in tensor], abs=1e-15)


@settings(deadline=None)
@given(st.lists(st.tuples(small, small), min_size=2, max_size=5), small)
def test_neuron_and_cross_entropy_agree(pairs, bias):
    numbers = [x for pair in pairs for x in pair] + [bias]
    ours, tensor = [Value(x) for x in numbers], tensors(numbers)
    n = len(pairs)

    hidden = ops.tanh(dot(ours[:n], ours[n:-1], ours[-1]))
    scores = [hidden * w for w in ours[:n]]
    loss = logsumexp(scores) - pick(scores, 1) + softmax(scores)[0] ** 2
    loss.backward()

    their_hidden = torch.tanh(torch.dot(torch.stack(tensor[:n]), torch.stack(tensor[n:-1])) + tensor[-1])
    their_scores = torch.stack([their_hidden * w for w in tensor[:n]])
    their_loss = torch.nn.functional.cross_entropy(their_scores[None], torch.tensor([1])) + (
        torch.softmax(their_scores, 0)[0] ** 2
    )
    their_loss.backward()
    assert loss.data == pytest.approx(their_loss.item(), rel=1e-12, abs=1e-12)
    assert [x.grad for x in ours] == pytest.approx([t.grad.item() for t in tensor], rel=1e-10, abs=1e-12)
