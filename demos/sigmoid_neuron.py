"""Gives a confidence, not a yes or no: a sigmoid neuron."""

# %% [markdown]
# # How sure is a neuron?
#
# A perceptron decides: yes above its threshold, no below, and nothing in between. Nor can it be tuned bit by bit, since
# a small change of a weight changes nothing at all or turns the answer over. The sigmoid neuron bends the jump into a
# slope. It weighs its inputs as before, `z = w_1 x_1 + ... + w_n x_n + b`, and gives `y = 1 / (1 + e^-z)`: a number
# between 0 and 1, to be read as its confidence that the answer is yes.

# %%
import math
import textwrap
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import Value, compare, jit, label, latex, relu, sigmoid, steps, tanh, vmap
from demos import pictures
from demos.runner import output_folder, settings
from demos.terminal import show_table
from nets import SGD, Neuron, binary_cross_entropy, fit, squared_error
from nets.layers import linear

options = settings(
    "sigmoid_neuron",
    quick={"decisions": 500, "epochs": 150},
    decisions=(2000, "decisions to learn from"),
    epochs=(300, "steps of training, each on all decisions"),
    lr=(3.0, "learning rate of the training"),
)
pictures.ready()
folder = output_folder(options.out)
LOGITS = (-6.0, -2.0, 0.0, 0.5, 2.0, 6.0)
confidences = {z: sigmoid(Value(z)).data for z in LOGITS}
show_table(
    "The logistic function",
    ["z", "y", "y / (1 - y)", "e^z"],
    [[z, f"{y:.4f}", f"{y / (1 - y):.4f}", f"{math.exp(z):.4f}"] for z, y in confidences.items()],
)

# %% [markdown]
# The last two columns agree: `y / (1 - y) = e^z`, the odds of a yes. So z is the logarithm of the odds, and is called
# the *logit*. At z = 2 a yes is 7.4 times as probable as a no; at z = 0 nothing is known. Each 1 more in z multiplies
# the odds by e.
#
# ## Its slope
#
# Write `u = 1 + e^-z`, so that `y = 1 / u`. Then `dy/du = -1 / u^2` and `du/dz = -e^-z`, and the chain rule gives
# `dy/dz = (1 / u) * (e^-z / u)`. The first factor is y. In the second e^-z is u - 1, which makes it 1 - 1/u, or 1 - y:
#
# `dy/dz = y (1 - y)`.
#
# First the long way, an operation at a time; then the op that the engine has for it.

# %%
z = Value(0.5, "z")
long_way = 1 / (1 + (-z).exp())
label(y=long_way)
for step in steps(long_way):
    print(textwrap.fill(str(step), 79, subsequent_indent=" " * 8))
y = z.sigmoid()
print(f"\nIn one op, y = {latex(y)}, and dy/dz = {latex(y, wrt=z)}\n")
slopes = []
for number in LOGITS:
    z = Value(number, "z")
    found = compare(z.sigmoid(), z)
    by_formula = confidences[number] * (1 - confidences[number])
    nearest = next(each.central for each in found.steps if each.h == 1e-4)
    slopes.append((by_formula, found.reverse, nearest))
show_table(
    "dy/dz in three ways",
    ["z", "y (1 - y)", "backprop", "(y(z + h) - y(z - h)) / 2h, h = 0.0001"],
    [[number, *(f"{slope:.8f}" for slope in row)] for number, row in zip(LOGITS, slopes, strict=True)],
)

# %% [markdown]
# The slope is 1/4 at most, where the neuron is in doubt, and nearly 0 where it is sure of itself, right or wrong.
#
# ## Decisions to learn from
#
# Someone decides about vacations. What counts is how cheap the tickets are and how fine the weather will be, each from
# -1 to 1; but people are moody, so twice the same prospects may get two answers. The answers here are drawn with the
# odds `e^(4 x_1 + 3 x_2 - 1)`. Of this the neuron is told nothing: it gets the prospects, and each time a yes or a no.

# %%
TRUTH = np.array([4.0, 3.0, -1.0])  # two weights and a bias


def drawn(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Prospects, (count, 2), and the answers to them, each 0 or 1."""
    xs = rng.uniform(-1, 1, (count, 2))
    odds = np.exp(xs @ TRUTH[:2] + TRUTH[2])
    return xs, (rng.random(count) < odds / (1 + odds)).astype(int)


rng = np.random.default_rng(options.seed)
xs, ts = drawn(options.decisions, rng)
neuron = Neuron(2, activation="sigmoid", seed=options.seed)

# %% [markdown]
# ## The delta rule, with one factor more
#
# The error is again `E = 1/2 sum_i (t_i - y_i)^2`, with t = 1 for yes and 0 for no. The chain rule now has three links:
# from E to y it gives `-(t_i - y_i)`, from y to z the slope `y_i (1 - y_i)`, from z to w_k the input `x_ik`. Hence
#
# `dw_k = sum_i eps * x_ik * y_i (1 - y_i) * (t_i - y_i)`,
#
# the rule of the linear neuron, slowed down by a factor between 0 and 1/4. The bias is a weight whose input is 1.

# %%
error = squared_error([neuron(x) for x in xs], ts)
error.backward()
by_backprop = np.array([-p.grad for p in neuron.parameters()])
weights = np.array([p.data for p in neuron.parameters()])
inputs = np.column_stack([xs, np.ones(len(xs))])
ys = 1 / (1 + np.exp(-inputs @ weights))
by_rule = inputs.T @ (ys * (1 - ys) * (ts - ys))
show_table(
    "-dE/dw_k, in two ways",
    ["", "the rule", "backprop"],
    [[name, f"{a:.8f}", f"{b:.8f}"] for name, a, b in zip(("w_1", "w_2", "b"), by_rule, by_backprop, strict=True)],
)
optimizer = SGD(neuron.parameters(), lr=options.lr, momentum=0.9)
history = fit(neuron, squared_error, (xs, ts), optimizer, epochs=options.epochs, batch_size=len(xs))
learned = np.array([p.data for p in neuron.parameters()])
show_table(
    f"After {options.epochs} steps",
    ["", "w_1", "w_2", "b"],
    [["learned", *(f"{w:.2f}" for w in learned)], ["drawn with", *(f"{w:.2f}" for w in TRUTH)]],
)
print(f"Mean error: {history.loss[0]:.4f} at first, {history.loss[-1]:.4f} at last\n")

# %% [markdown]
# The error does not go to 0, as no neuron can foresee a mood. But is a confidence of 70 % worth its name? Then of the
# decisions that get about 70 %, about 70 % should turn out a yes. So count, among 5,000 new decisions.

# %%
unseen, answers = drawn(5000, rng)
confidence = jit(vmap(neuron), grad=False)
said = confidence(unseen)
bins = np.minimum((5 * said).astype(int), 4)
kept = [(int((bins == k).sum()), said[bins == k].mean(), answers[bins == k].mean()) for k in range(5) if k in bins]
show_table(
    "New decisions, by the neuron's confidence",
    ["decisions", "mean confidence", "turned out yes"],
    [[count, f"{mean:.1%}", f"{share:.1%}"] for count, mean, share in kept],
)
plane = pictures.Plane.between((-1, 1), (-1, 1))
left, right = pictures.frames(1, 2, size=(8, 4.2))
pictures.regions(
    plane,
    plane.points @ learned[:2] + learned[2],
    xs[:150],
    ts[:150],
    names=["no", "yes"],
    margin=math.log(3),
    xlabel="how cheap the tickets are",
    ylabel="how fine the weather is",
    title="Sure of it: 25, 50 and 75 %",
    ax=left,
)
pictures.activities(plane, confidence(plane.points) - 0.5, names=["Its confidence, less 0.5"], ax=right)
left.set(xticks=[-1, 0, 1], yticks=[-1, 0, 1])
pictures.keep(left.figure, folder / "confidence.png")

# %% [markdown]
# ## Very wrong, and hardly moved
#
# The factor y (1 - y) has a price. A neuron that says no with great confidence where yes is right has a large error,
# and next to no slope: it is *saturated*. Cross-entropy is an error for which that does not happen. It is minus the
# logarithm of the confidence in the right answer, `C = -t log y - (1 - t) log(1 - y)`. Its slope in y is
# `dC/dy = -t / y + (1 - t) / (1 - y) = (y - t) / (y (1 - y))`, and times `dy/dz = y (1 - y)` the factor cancels:
# `dC/dz = y - t`. The more wrong, the steeper. (At length in M. Nielsen, "Neural Networks and Deep Learning", 2015,
# chapter 3.)


# %%
def slope(loss: Callable[[Any], Any], number: float) -> float:
    """The derivative in z of a loss that is a function of z."""
    z = Value(number)
    loss(z).backward()
    return z.grad


def by_square(z: Any) -> Any:
    """1/2 (1 - y)^2: the squared error where yes is right."""
    return squared_error(z.sigmoid(), 1)


def by_cross_entropy(z: Any) -> Any:
    """-log y: the cross-entropy where yes is right."""
    return binary_cross_entropy(z, 1)


pulls = {z: (slope(by_square, z), slope(by_cross_entropy, z)) for z in (-10.0, -5.0, -2.0, 0.0, 2.0)}
rows = [[z, 1 / (1 + math.exp(-z)), *pull] for z, pull in pulls.items()]
show_table(
    "Yes is right (t = 1); the slope of the error in z",
    ["z", "y", "y - t", "times y(1-y)", "squared error", "cross-entropy"],
    [[z, *(f"{n:.5f}" for n in (y, y - 1, (y - 1) * y * (1 - y), *pull))] for z, y, *pull in rows],
)

# %% [markdown]
# Two neurons in the same plight, z = -5 where yes is right; descent with the same learning rate 1, on either error.


# %%
def rescue(loss: Callable[[Any], Any], steps: int) -> list[float]:
    """The confidence before each step of descent from z = -5, and after the last."""
    z, path = -5.0, []
    for _ in range(steps + 1):
        path.append(sigmoid(Value(z)).data)
        z -= slope(loss, z)
    return path


rescued = {"squared error": rescue(by_square, 300), "cross-entropy": rescue(by_cross_entropy, 300)}
awake = {name: next(at for at, y in enumerate(path) if y > 0.5) for name, path in rescued.items()}
for name, at in awake.items():
    print(f"{name}: more than 50 % sure of the right answer from step {at} on")
print()
race = pictures.curves(rescued, ylabel="confidence in the right answer", title="Out of saturation", log=False)
pictures.keep(race, folder / "saturation.png")

# %% [markdown]
# ## Four kinds of neurons
#
# All of them weigh and add; they differ in what they do to z. The linear neuron does nothing, tanh is a sigmoid that is
# stretched to reach from -1 to 1, `tanh(z) = 2 sigmoid(2z) - 1`, and relu cuts off what is below 0. What a neuron can
# learn from its errors passes through its slope.

# %%
KINDS: dict[str, Callable[[Any], Any]] = {"linear": linear, "sigmoid": sigmoid, "tanh": tanh, "relu": relu}
line = np.linspace(-4, 4, 161).tolist()
outputs = {name: [float(kind(Value(z))) for z in line] for name, kind in KINDS.items()}
inclines = {name: [slope(kind, z) for z in line] for name, kind in KINDS.items()}
probes = (-4.0, -1.0, 0.0, 1.0, 4.0)
show_table(
    "Slopes, by backprop",
    ["z", *KINDS],
    [[probe, *(f"{slope(kind, probe):.4f}" for kind in KINDS.values())] for probe in probes],
)
stretched = max(abs(float(tanh(Value(z))) - 2 * float(sigmoid(Value(2 * z))) + 1) for z in line)
print(f"tanh(z) and 2 sigmoid(2z) - 1 differ by {stretched:.1g} at most")
left, right = pictures.frames(1, 2, size=(8, 4.2))
pictures.curves(outputs, line, xlabel="z", ylabel="output", title="Outputs", log=False, ax=left)
left.set_ylim(-1.5, 3)
pictures.curves(inclines, line, xlabel="z", ylabel="slope", title="Slopes", log=False, ax=right)
pictures.keep(left.figure, folder / "kinds.png")
print(f"Written to {folder}: confidence.png, saturation.png, kinds.png")

# %% [markdown]
# ## Three things to try
#
# On the command line; in a notebook, change the numbers in the first cell.
#
# 1. `--decisions 20`: too few answers. How sure has the neuron become, and does the count of new decisions bear it out?
# 2. Let `rescue` begin at z = -8 and go 4,000 steps. How many times as many does the squared error take now? Why is it
#    nearly e^3 = 20?
# 3. Train with cross-entropy: `activation="linear"` and `fit(neuron, binary_cross_entropy, ...)`, and `sigmoid` of what
#    the neuron gives for its confidence. Does it come nearer to the weights that the answers were drawn with?
