"""Programs in the manner of micrograd's README and demo: only their imports name this package instead."""

import random

import numpy as np
import pytest

from autograd import Value
from nets import MLP, Layer, Module, Neuron
from nets.data import moons

README = """
from autograd import Value

a = Value(-4.0)
b = Value(2.0)
c = a + b
d = a * b + b**3
c += c + 1
c += 1 + c + (-a)
d += d * 2 + (b + a).relu()
d += 3 * d + (b - a).relu()
e = c - d
f = e**2
g = f / 2.0
g += 10.0 / f
g.backward()
"""


def test_the_readme_example_gives_the_known_numbers():
    names = {}
    exec(README, names)
    assert f"{names['g'].data:.4f}" == "24.7041"
    assert f"{names['a'].grad:.4f}" == "138.8338"
    assert f"{names['b'].grad:.4f}" == "645.5773"


def test_the_readme_example_agrees_with_micrograd_to_the_last_bits():
    pytest.importorskip("micrograd")
    ours, theirs = {}, {}
    exec(README, ours)
    exec(README.replace("autograd", "micrograd.engine"), theirs)
    for name in "abcdefg":
        assert ours[name].data == theirs[name].data
        assert ours[name].grad == pytest.approx(theirs[name].grad, rel=1e-14)


def test_its_moons_training_learns():
    random.seed(1337)
    np.random.seed(1337)
    X, y = moons(60, noise=0.1, seed=1)
    y = y * 2 - 1
    model = MLP(2, [8, 8, 1], seed=1337)

    def loss():
        inputs = [list(map(Value, xrow)) for xrow in X]
        scores = list(map(model, inputs))
        losses = [(1 + -yi * scorei).relu() for yi, scorei in zip(y, scores, strict=True)]
        data_loss = sum(losses) * (1.0 / len(losses))
        reg_loss = 1e-4 * sum(p * p for p in model.parameters())
        accuracy = [(yi > 0) == (scorei.data > 0) for yi, scorei in zip(y, scores, strict=True)]
        return data_loss + reg_loss, sum(accuracy) / len(accuracy)

    first = loss()[0].data
    for k in range(30):
        total_loss, acc = loss()
        model.zero_grad()
        total_loss.backward()
        learning_rate = 1.0 - 0.9 * k / 30
        for p in model.parameters():
            p.data -= learning_rate * p.grad
    assert isinstance(total_loss, Value) and total_loss.data < first / 2 and acc >= 0.9


def test_its_boundary_plot_reads_the_scores():
    model = MLP(2, [4, 1], seed=0)
    mesh = np.array([[0.0, 1.0], [1.0, -1.0]])
    scores = list(map(model, [list(map(Value, row)) for row in mesh]))
    Z = np.array([s.data > 0 for s in scores])
    assert Z.dtype == bool and Z.shape == (2,)


def test_its_neurons_layers_and_modules_have_the_same_attributes():
    neuron, layer, model = Neuron(3), Layer(3, 2), MLP(3, [4, 4, 1])
    assert len(neuron.w) == 3 and neuron.b.data == 0.0
    assert [len(n.w) for n in layer.neurons] == [3, 3] and [len(part.neurons) for part in model.layers] == [4, 4, 1]
    assert isinstance(neuron([Value(1.0), 2.0, 3]), Value) and len(layer([1.0, 2.0, 3.0])) == 2
    assert len(model.parameters()) == 41 and all(p.grad == 0.0 for p in model.parameters())
    assert model.parameters()[0] is model.layers[0].neurons[0].w[0]
    assert all(isinstance(part, Module) for part in (neuron, layer, model))


def test_a_module_in_its_manner_brings_its_own_parameters():
    class Line(Module):
        def __init__(self):
            self.w = [Value(random.uniform(-1, 1)) for _ in range(2)]
            self.b = Value(0)

        def __call__(self, x):
            return sum((wi * xi for wi, xi in zip(self.w, x, strict=True)), self.b).tanh()

        def parameters(self):
            return [*self.w, self.b]

    line = Line()
    line([1.0, 2.0]).backward()
    assert all(p.grad != 0 for p in line.parameters())
    line.zero_grad()
    assert all(p.grad == 0 for p in line.parameters())


def test_the_functions_of_a_value_have_the_same_names():
    x = Value(0.5)
    for y, slope in [(x.exp(), x.exp().data), (x.log(), 2.0), (x.tanh(), 1 - x.tanh().data ** 2), (x.relu(), 1.0)]:
        x.grad = 0.0
        y.backward()
        assert x.grad == pytest.approx(slope)
    assert (2 - x).data == 1.5 and (1 / x).data == 2.0 and (-x).data == -0.5 and (x**-1).data == 2.0
