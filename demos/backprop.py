"""Passes blame back through a net, by hand and by engine."""

# %% [markdown]
# # Backpropagation, layer by layer
#
# A net of five sigmoid neurons is to add three bits: two outputs, the sum's last bit and the carry. How much is each
# of its 20 weights and biases to blame when it is wrong? Below, the answer is worked out in plain Python, a layer at a
# time, and then every number of it is compared with what the engine found.

# %%
import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import autograd
from autograd import Value, draw, explain, steps, topological_order
from demos import pictures
from demos.runner import output_folder, settings
from demos.terminal import show_table
from nets import MLP

options = settings(
    "backprop",
    quick={"deepest": 4},
    deepest=(16, "hidden layers of the deepest net whose paths are counted"),
    rate=(2.0, "learning rate of the training at the end"),
    epochs=(1000, "steps of that training, each on all eight examples"),
)
pictures.ready()
folder = output_folder(options.out)
WIDTHS = (3, 3, 2)
bits = list(itertools.product((0, 1), repeat=3))
examples = [(x, (sum(x) % 2, sum(x) // 2)) for x in bits]

# %% [markdown]
# ## Names
#
# Layer 0 is the input, and y(k)_j is what neuron j of layer k gives. The weight w(k)_ij leads to it from number i of
# the layer below. The neuron adds up z(k)_j = b(k)_j + sum_i w(k)_ij y(k-1)_i, and gives y(k)_j = sigmoid(z(k)_j).
# The error is E = 1/2 sum_j (y(2)_j - t_j)^2, where t_j is what should have come out.

# %%
net: Any = MLP(WIDTHS[0], WIDTHS[1:], activation="sigmoid", output="sigmoid", seed=options.seed)
for k, layer in enumerate(net.layers, 1):
    for j, neuron in enumerate(layer.neurons, 1):
        neuron.b.label = f"b({k})_{j}"
        for i, w in enumerate(neuron.w, 1):
            w.label = f"w({k})_{i}{j}"
parameters = {p.label: p for p in net.parameters()}


def error(outputs: Sequence[Value], targets: Sequence[float]) -> Value:
    """E: half the squares of what the outputs are off, added up."""
    return 0.5 * autograd.sum([(y - t) ** 2 for y, t in zip(outputs, targets, strict=True)])


x, t = examples[5]
inputs = [Value(number, f"y(0)_{i}") for i, number in enumerate(x, 1)]
outputs = inputs
for k, layer in enumerate(net.layers, 1):
    outputs = layer(outputs)
    for j, y in enumerate(outputs, 1):
        y.label = f"y({k})_{j}"
        y.args[0].label = f"z({k})_{j}"
E = error(outputs, t)
E.label = "E"
print(f"{' + '.join(map(str, x))}: the last bit is {t[0]}, the carry {t[1]}.")
print(f"The untrained net says {outputs[0].data:.3f} and {outputs[1].data:.3f}, so E = {E.data:.4f}\n")

# %% [markdown]
# ## By hand
#
# First forward, as above. Then backward, where dE/dz says how E answers to a small change of z. For an output y it is
# plain that dE/dy_j = y_j - t_j. From there three rules lead through any layer, and then through the one below:
#
# - dE/dz_j = y_j (1 - y_j) dE/dy_j, for that is the slope of the sigmoid;
# - dE/dw_ij = y_i dE/dz_j, and dE/db_j = dE/dz_j;
# - dE/dy_i = sum_j w_ij dE/dz_j, as y_i has a part in each z_j of the layer above.
#
# Rumelhart, Hinton & Williams made this known ("Learning representations by back-propagating errors", Nature 323,
# 1986). It is a dynamic programme: each answer is found once, kept, and used by all that need it.


# %%
def sigmoid(z: float) -> float:
    """1 / (1 + exp(-z)), written so that no z is too large for it."""
    return 0.5 + 0.5 * math.tanh(z / 2)


def ordinals(k: int) -> range:
    """1, 2, ... for the neurons of layer k."""
    return range(1, WIDTHS[k] + 1)


def forward(p: Mapping[str, float], x: Sequence[float]) -> dict[str, float]:
    """Every z and y by its name."""
    v: dict[str, float] = {f"y(0)_{i}": number for i, number in enumerate(x, 1)}
    for k in (1, 2):
        for j in ordinals(k):
            z = p[f"b({k})_{j}"] + sum(p[f"w({k})_{i}{j}"] * v[f"y({k - 1})_{i}"] for i in ordinals(k - 1))
            v[f"z({k})_{j}"], v[f"y({k})_{j}"] = z, sigmoid(z)
    return v


def backward(p: Mapping[str, float], v: Mapping[str, float], t: Sequence[float]) -> dict[str, float]:
    """dE/d of everything, by its name."""
    d = {f"y(2)_{j}": v[f"y(2)_{j}"] - t[j - 1] for j in ordinals(2)}
    for k in (2, 1):
        for j in ordinals(k):
            y = v[f"y({k})_{j}"]
            d[f"z({k})_{j}"] = d[f"b({k})_{j}"] = y * (1 - y) * d[f"y({k})_{j}"]
        for i in ordinals(k - 1):
            for j in ordinals(k):
                d[f"w({k})_{i}{j}"] = v[f"y({k - 1})_{i}"] * d[f"z({k})_{j}"]
            d[f"y({k - 1})_{i}"] = sum(p[f"w({k})_{i}{j}"] * d[f"z({k})_{j}"] for j in ordinals(k))
    return d


start = {name: p.data for name, p in parameters.items()}
by_hand = backward(start, forward(start, x), t)

# %% [markdown]
# ## By the engine
#
# `E.backward()` goes the same way, but along the arrows of the graph, and knows nothing of layers.

# %%
E.backward()
by_engine = {node.label: node.grad for node in topological_order(E) if node.label in by_hand}
for k, place in ((2, "the upper layer"), (1, "the layer below, and the input")):
    names = [name for name in by_hand if f"({k})" in name or (k == 1 and "(0)" in name)]
    pairs = [(name, by_hand[name] + 0.0, by_engine[name] + 0.0) for name in names]  # 0.0 makes 0 of -0
    show_table(
        f"dE/d of each number of {place}",
        ["", "by hand", "by the engine", "difference"],
        [[name, f"{a:.15f}", f"{b:.15f}", f"{abs(a - b):.0e}"] for name, a, b in pairs],
    )
largest_difference = max(abs(by_hand[name] - by_engine[name]) for name in by_hand)
print(f"{len(by_hand)} numbers, which differ by {largest_difference:.1g} at most")

# %% [markdown]
# Three weights are not to blame at all: they weigh the input y(0)_2, which is 0, so no change of theirs could have
# been felt. The input itself is another matter: dE/dy(0)_2 says what would happen if that bit were a little above 0.
#
# `layers.png` shows the neurons as boxes; open `graph.html` in a browser to walk through every number, forward and
# backward. The same steps as text, for one of the three rules each:

# %%
draw(E, depth=2).save(folder / "layers.png")
draw(E).save(folder / "graph.html")
walked = steps(E).backward
for rule in ("dE/d(z(1)_1)", "dE/d(w(1)_11)", "dE/d(y(1)_1)"):
    for step in walked:
        if str(step).startswith(f"{rule} +="):
            first, *rest = str(step).partition("   ")[0].split(" = ")
            print("\n    = ".join([first, *rest]))
print()

# %% [markdown]
# ## Why not simply follow every path?
#
# A weight moves E along each path from it to E. By the chain rule, its slope is the sum over all these paths of the
# product of the slopes on their arrows. `explain` writes it so:

# %%
explained = explain(E, parameters["w(1)_11"])
print(explained, "\n")

# %% [markdown]
# Two paths are easily walked. But each further layer of three neurons makes three times as many, as every path can go
# on through any of them. The dynamic programme instead multiplies once for each arrow of the graph, however many
# paths lead over it: that is what `steps` lists.


# %%
def multiplications(hidden: int) -> tuple[int, int, int, int]:
    """Of a net with so many hidden layers: parameters, paths from the first; what arrows cost, and what paths cost."""
    deep = MLP(3, [3] * hidden + [2], activation="sigmoid", output="sigmoid", seed=options.seed)
    root = error(deep([1.0, 0.0, 1.0]), t)
    arrows = len(steps(root).backward) - 1  # its first step is the start at the root
    paths = [explain(root, p, most=1) for p in deep.parameters()]
    return len(paths), paths[0].count, arrows, sum(found.count * len(found.paths[0].partials) for found in paths)


depths = [2**n for n in range(options.deepest.bit_length())]
counted = [multiplications(hidden) for hidden in depths]
show_table(
    "Paths from w(1)_11 to E, and multiplications for all parameters",
    ["hidden layers", "parameters", "paths", "arrow by arrow", "path by path"],
    [[hidden, *(f"{number:,}" for number in row)] for hidden, row in zip(depths, counted, strict=True)],
)
work = {"path by path": [each[3] for each in counted], "arrow by arrow": [each[2] for each in counted]}
title = "What the slopes of all parameters cost"
costs = pictures.curves(
    work, at=depths, xlabel="hidden layers", ylabel="multiplications", title=title, top=2 * max(work["path by path"])
)
pictures.keep(costs, folder / "paths.png")

# %% [markdown]
# ## A batch
#
# The error of a batch is the sum of its examples' errors, and the slope of a sum is the sum of the slopes. So one
# backward pass through the summed error, eight passes that add into `grad` one after the other, and eight times the
# work by hand all come to the same. (Of the mean error, they are all an eighth of that.)


# %%
def gradient() -> dict[str, float]:
    """What stands in `grad` of each parameter."""
    return {name: p.grad for name, p in parameters.items()}


def summed(each: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The slopes of several examples, added up, for the parameters alone."""
    return {name: math.fsum(d[name] for d in each) for name in parameters}


singly = [backward(start, forward(start, x), t) for x, t in examples]
net.zero_grad()
for x, t in examples:
    error(net(x), t).backward()
one_by_one = gradient()
net.zero_grad()
autograd.sum([error(net(x), t) for x, t in examples]).backward()
ways = {"sum of these": summed(singly), "8 passes, added": one_by_one, "1 pass": gradient()}
chosen = ("w(1)_11", "w(2)_11", "b(2)_2")
rows: list[list[Any]] = [
    ["+".join(map(str, x)), *(f"{d[name] + 0.0:.4f}" for name in chosen)]
    for (x, _), d in zip(examples, singly, strict=True)
]
rows += [[way, *(f"{slopes[name]:.14f}" for name in chosen)] for way, slopes in ways.items()]
show_table("dE/d of three parameters, example by example", ["", *chosen], rows)
batch_difference = max(abs(ways["1 pass"][name] - each[name]) for each in ways.values() for name in parameters)
print(f"Over all {len(parameters)} parameters the three ways differ by {batch_difference:.1g} at most\n")

# %% [markdown]
# ## What it is for
#
# Each parameter goes a little against its slope, again and again: with no more than the functions above, the net
# learns to add.

# %%
learned = dict(start)
errors = []
for _ in range(options.epochs):
    values = [forward(learned, x) for x, _ in examples]
    slopes = [backward(learned, v, t) for v, (_, t) in zip(values, examples, strict=True)]
    errors.append(0.5 * sum(d[f"y(2)_{j}"] ** 2 for d in slopes for j in ordinals(2)))  # for dE/dy is y - t
    total = summed(slopes)
    learned = {name: number - options.rate * total[name] for name, number in learned.items()}
title = "The net learns to add three bits"
pictures.keep(pictures.curves({"": errors}, ylabel="E of all eight examples", title=title), folder / "loss.png")
said = [[forward(learned, x)[f"y(2)_{j}"] for j in ordinals(2)] for x, _ in examples]
show_table(
    f"After {options.epochs} steps",
    ["", "last bit", "the net", "carry", "the net"],
    [
        ["+".join(map(str, x)), t[0], f"{y[0]:.3f}", t[1], f"{y[1]:.3f}"]
        for (x, t), y in zip(examples, said, strict=True)
    ],
)
right = sum(tuple(round(y) for y in ys) == t for ys, (_, t) in zip(said, examples, strict=True))
print(f"{right} of {len(examples)} sums are right; E went from {errors[0]:.2f} to {errors[-1]:.4f}")
print(f"Written to {folder}: layers.png, graph.html, paths.png, loss.png")

# %% [markdown]
# ## Three things to try
#
# On the command line; in a notebook, change the numbers in the first cell.
#
# 1. Take `examples[7]` (1 + 1 + 1) in place of `examples[5]`. Which slopes are no longer 0, and why?
# 2. Leave out the factor `y * (1 - y)` in `backward`. Which numbers are wrong then, and which still agree?
# 3. `--seed 1`: one sum stays wrong. Does `--epochs 2000` help, or `--rate 3`?
