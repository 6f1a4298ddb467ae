"""Finds the matrices in a loss of 65,414 single numbers."""

# %% [markdown]
# # From single numbers to matrices
#
# A loss written in single numbers is easy to look into, and slow: Python handles every product and every sum by
# itself. `jit` runs the function once, looks at the graph of numbers that comes of it, and finds the loops that made
# them. Loops over products and sums are what matrices are for, so a few array calls can do the same work.

# %%
import statistics
import textwrap
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd import TraceError, Value, draw, jit, mean, mul, relu, topological_order, vmap, where
from demos import pictures
from demos.runner import output_folder, settings
from demos.terminal import show_table
from nets import MLP, SGD, Layer, Neuron, moons

options = settings(
    "compile",
    quick={"points": 30, "steps": 150, "repeats": 3},
    points=(100, "points on the two moons"),
    hidden=(16, "neurons in each of the two hidden layers"),
    steps=(300, "steps of the last training, each on all points"),
    repeats=(7, "times that the slow loss is run for a median"),
)
pictures.ready()
folder = output_folder(options.out)
xs, labels = moons(options.points, noise=0.1, seed=options.seed)
ys = 2.0 * labels - 1.0
model: Any = MLP(2, [options.hidden, options.hidden, 1], seed=options.seed)
optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)
untrained = model.state_dict()
print(model.summary())

# %% [markdown]
# ## The loss, one number at a time
#
# The weights are those of an `MLP`, but here the sums are written out: nothing but `*`, `+` and `relu` on Values. A
# point whose label is +1 or -1 costs `relu(1 - y * score)`, the hinge loss: nothing, once its score is on the right
# side of 0 by at least 1. The squares of all parameters are added, which keeps the weights small.


# %%
def weighted_sum(neuron: Neuron, inputs: Sequence[Any]) -> Any:
    """b + w_1 x_1 + ... + w_n x_n, before the activation."""
    total = neuron.b
    for w, x in zip(neuron.w, inputs, strict=True):
        total = total + w * x
    return total


def score(x: Sequence[Any]) -> Any:
    """The net's answer for one point: above 0 for the one moon, below 0 for the other."""
    first, second, last = model.layers
    x = [relu(weighted_sum(neuron, x)) for neuron in first.neurons]
    x = [relu(weighted_sum(neuron, x)) for neuron in second.neurons]
    return weighted_sum(last.neurons[0], x)


def penalty() -> Any:
    """The squares of all weights and biases, made small."""
    total: Any = 0.0
    for p in model.parameters():
        total = total + p * p
    return 1e-4 * total


def loss(xs: Any, ys: Any) -> Any:
    """The mean hinge loss of the points, and the penalty."""
    total: Any = 0.0
    for x, y in zip(xs, ys, strict=True):
        total = total + relu(1 - y * score(x))
    return total / len(xs) + penalty()


# %% [markdown]
# Run as it stands: each product, sum and relu is a node that knows its arguments.


# %%
def median_seconds(run: Callable[[], Any], repeats: int) -> float:
    """How long a call takes, the median of some."""
    taken = []
    for _ in range(repeats):
        started = time.perf_counter()
        run()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def count(root: Value) -> tuple[int, int]:
    """How many nodes a graph has, and how many of them are operations."""
    nodes = topological_order(root)
    return len(nodes), sum(node.op is not None for node in nodes)


node_count, operation_count = count(loss(xs, ys))
eager_seconds = median_seconds(lambda: loss(xs, ys).backward(), options.repeats)
print(f"{node_count:,} nodes: {operation_count:,} operations on {node_count - operation_count} parameters")
print(f"Forward and backward: {1e3 * eager_seconds:.0f} ms, which is one step of training\n")

# %% [markdown]
# ## How can a matrix be found again?
#
# A small case: 3 points and a layer of 4 neurons, so 12 sums of 2 products `w * x`. From the graph alone one
# can read, for the i-th product, which of the 8 weights it takes, which of the 6 input numbers, and into which of the
# 12 sums it goes.

# %%
LOOPS = (3, 4, 2)
NAMES = ("weight", "input", "sum")
few = moons(LOOPS[0], seed=options.seed)[0]
points = [[Value(number) for number in x] for x in few]
neurons = Layer(LOOPS[2], LOOPS[1], seed=options.seed).neurons
weight_at = {w: at for at, w in enumerate(w for neuron in neurons for w in neuron.w)}
input_at = {x: at for at, x in enumerate(x for point in points for x in point)}
sums = [weighted_sum(neuron, point) for point in points for neuron in neurons]
products = [
    (weight_at[node.args[0]], input_at[node.args[1]], sum_at)
    for sum_at, root in enumerate(sums)
    for node in topological_order(root)
    if node.op is mul
]
show_table(
    f"10 of the {len(products)} products, and where each one reads",
    ["i", "point", "neuron", "number", *NAMES],
    [[i, *at, *product] for i, (at, product) in enumerate(zip(np.ndindex(LOOPS), products, strict=True))][:10],
)

# %% [markdown]
# The positions are no jumble. They repeat, one staircase inside the next, because three loops made them: over the
# points, in each over the neurons, in each over a point's two numbers. The picture `staircases.png` shows all 24; its
# grey lines stand where the next point begins.

# %%
read = {name: [product[k] for product in products] for k, name in enumerate(NAMES)}
pictures.keep(pictures.staircases(read, period=LOOPS[1] * LOOPS[2]), folder / "staircases.png")

# %% [markdown]
# A position that comes from loops is `base + stride_1 * i_1 + stride_2 * i_2 + ...`: each loop moves it by a fixed
# step, its stride. So three small numbers stand for a whole column. `jit` finds the loops' sizes too: the innermost
# loop is the longest stretch that keeps its step, and its first elements show the loop around it.


# %%
def strides(positions: np.ndarray) -> tuple[int, ...]:
    """How far one round of each loop moves the position."""
    start = positions[0, 0, 0]
    return positions[1, 0, 0] - start, positions[0, 1, 0] - start, positions[0, 0, 1] - start


rows = []
explained = 0
for name in NAMES:
    positions = np.reshape(read[name], LOOPS)
    formula = positions[0, 0, 0] + np.tensordot(strides(positions), np.indices(LOOPS), 1)
    explained += int((formula == positions).sum())
    rows.append([name, positions[0, 0, 0], *strides(positions)])
show_table(
    "Each column as a base and three strides",
    ["", "base", "per point (3)", "per neuron (4)", "per number (2)"],
    rows,
)
print(f"These explain {explained} of {len(NAMES) * len(products)} positions\n")

# %% [markdown]
# Stride 0 means that a loop does not move it: the same weights for each point, the same point for each neuron. NumPy
# calls that broadcasting. The loop over a point's numbers moves both factors but not the sum: it is summed away. Rows
# times columns, summed over what they share, is a matrix product, `inputs @ weights.T`.

# %%
weights = np.array([[w.data for w in neuron.w] for neuron in neurons])
found_again = few @ weights.T + [neuron.b.data for neuron in neurons]
apart = np.abs(found_again.reshape(-1) - [root.data for root in sums]).max()
print(f"inputs {few.shape} @ weights {weights.shape}.T differs from the 12 sums by {apart:.1g} at most\n")

# %% [markdown]
# ## The whole loss
#
# `jit` does this with all operations of one kind at a time, and then differentiates the array program it has found,
# by the same rules as every Value. The first call traces and compiles; printing `f.program` shows what came of it.

# %%
f = jit(loss)
f(xs, ys)
for line in f.program.lines:  # print(f.program) shows the same, in longer lines
    print(textwrap.fill(line, 79, subsequent_indent=" " * 8, break_long_words=False, break_on_hyphens=False))
print()

# %% [markdown]
# A line gives an array's name and shape, what it is made of, and how many of the scalar nodes it stands for. The first
# line is the small case above, for all points and neurons: with 100 points and 16 neurons that is 1,600 sums of 2
# products and 2 additions, and a relu on each, so 8,000 nodes. Nobody told `jit` of matrices or of a batch; only the
# names are the model's.
#
# Both can be drawn. Of the graph of single numbers, `f.graph`, only a summary fits on a page: `depth=1` leaves each
# layer one box, and nodes that are alike share one. The picture `programs.png` has it beside the program.

# %%
both = {
    f"f.graph: {len(topological_order(f.graph)):,} numbers": draw(f.graph, depth=1, direction="TB"),
    f"f.program: {len(f.program.lines)} arrays": draw(f.program, direction="TB"),
}
pictures.keep(pictures.drawings(both), folder / "programs.png")

# %%
stats = f.stats
show_table(
    "What the program is made of",
    ["", "f.stats"],
    [
        ["scalar operations", f"{stats.nodes:,}"],
        ["array calls, forward and backward", stats.array_calls],
        ["of these matrix products", stats.matrix_products],
        ["gathers (what no loop explains)", stats.gathers],
        ["kilobytes of arrays", f"{stats.bytes / 1e3:.0f}"],
        ["seconds to trace", f"{stats.trace_seconds:.3f}"],
        ["seconds to compile", f"{stats.compile_seconds:.3f}"],
    ],
)

# %% [markdown]
# ## The same numbers
#
# The result is a Value as before, and `backward()` fills the same `grad` of the same parameters. The order of the
# additions differs, so the last digit may. (The second call is also compared with the function itself, in case it
# looked at numbers in a way that a program cannot follow.)


# %%
def gradients(loss: Any) -> tuple[float, np.ndarray]:
    """The loss, and its slope in each parameter."""
    model.zero_grad()
    total = loss(xs, ys)
    total.backward()
    return total.data, np.array([p.grad for p in model.parameters()])


eager_loss, eager_gradient = gradients(loss)
jitted_loss, jitted_gradient = gradients(f)
loss_difference = abs(jitted_loss - eager_loss)
gradient_difference = np.abs(jitted_gradient - eager_gradient).max()
show_table(
    "As it stands, and compiled",
    ["", "loss", "largest slope"],
    [
        ["as it stands", f"{eager_loss:.15f}", f"{np.abs(eager_gradient).max():.15f}"],
        ["jit", f"{jitted_loss:.15f}", f"{np.abs(jitted_gradient).max():.15f}"],
        ["largest difference", f"{loss_difference:.1g}", f"{gradient_difference:.1g}"],
    ],
)

# %% [markdown]
# ## The speed
#
# Forward and backward again, the median of many calls.

# %%
jitted_seconds = median_seconds(lambda: f(xs, ys).backward(), 100 * options.repeats)
seconds = {"as it stands": eager_seconds, "jit": jitted_seconds}
show_table(
    "Loss and gradient, once",
    ["", "microseconds", "operations per microsecond", "times as fast"],
    [
        [name, f"{1e6 * s:,.0f}", f"{stats.nodes / 1e6 / s:,.1f}", f"{eager_seconds / s:,.0f}"]
        for name, s in seconds.items()
    ],
)
pictures.keep(pictures.time_bars(seconds, stats.nodes), folder / "speed.png")

# %% [markdown]
# In a program of one's own all this is one word, `@jit` above the function. The five lines of training do not change.
# (Without jit the mean is above the median of before: now and then Python's garbage collector walks a whole graph.)


# %%
def train(loss: Any, steps: int) -> float:
    """How long a step takes, in the mean of so many."""
    started = time.perf_counter()
    for _ in range(steps):
        total = loss(xs, ys)
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
    return (time.perf_counter() - started) / steps


show_table(
    "One step of training",
    ["", "milliseconds"],
    [["without jit", f"{1e3 * train(loss, 5):.3f}"], ["with jit", f"{1e3 * train(f, 500):.3f}"]],
)

# %% [markdown]
# ## One point is enough
#
# The trace of 100 points holds the same calculation 100 times. `vmap` says so: write the loss of one point, and it is
# traced once, with a batch dimension that is left open. Compiling then takes no longer for more points, and one
# program serves for any number of them. (A dash: the loop is not compiled for more points than `--points`.)


# %%
def point_loss(x: Sequence[Any], y: Any) -> Any:
    """The hinge loss of one point."""
    return relu(1 - y * score(x))


@jit
def batch_loss(xs: Any, ys: Any) -> Any:
    """The loss once more: the mean over the points, and the penalty."""
    return mean(vmap(point_loss)(xs, ys)) + penalty()


rows = []
for size in (10, 100, 1000):
    some, their_labels = moons(size, noise=0.1, seed=options.seed)
    row: list[Any] = [f"{size:,}"]
    looped = jit(loss)
    for each in (looped, batch_loss):
        if each is looped and size > options.points:
            row += ["-", "-"]
            continue
        each(some, 2.0 * their_labels - 1.0)
        row += [f"{each.stats.nodes:,}", f"{each.stats.trace_seconds + each.stats.compile_seconds:.3f}"]
    rows.append([*row, batch_loss.cache_info().currsize])
programs = batch_loss.cache_info().currsize
show_table(
    "A loop and vmap: operations traced, seconds to compile",
    ["points", "loop", "seconds", "vmap", "seconds", "programs"],
    rows,
)

# %% [markdown]
# ## What it is good for
#
# From the start again: as many steps as are asked for, each on all points. Then the net's opinion of 14,400 points of
# the plane, which needs no gradients, in one call; and of 1,000 new points, to see whether it has learned the moons.

# %%
model.load_state_dict(untrained)
optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)
training_seconds = options.steps * train(batch_loss, options.steps)
scores = jit(vmap(model), grad=False)

plane = pictures.Plane.around(xs)
started = time.perf_counter()
opinion = scores(plane.points)
plane_seconds = time.perf_counter() - started
title = "What the net takes for which moon (dashed: the margin of 1)"
pictures.keep(pictures.regions(plane, opinion, xs, labels, margin=1.0, title=title), folder / "regions.png")

unseen, their_labels = moons(1000, noise=0.1, seed=options.seed + 1)
accuracy = float(((scores(unseen) > 0) == their_labels).mean())
print(f"{options.steps} steps in {training_seconds:.2f} s; unjitted about {options.steps * eager_seconds:.0f} s")
print(f"{len(plane.points):,} points of the plane in {1e3 * plane_seconds:.0f} ms, compiling included")
print(f"Right about {accuracy:.1%} of 1,000 new points\n")

# %% [markdown]
# ## What cannot be compiled
#
# A program does the same operations in each call. An `if` on a number would fix the answer of the first call for all
# others, so `jit` refuses it, and says where and what to write instead.


# %%
def decide(x: Sequence[Any]) -> Any:
    """+1 or -1, by an if."""
    if score(x) > 0:
        return 1.0
    return -1.0


def chosen(x: Sequence[Any]) -> Any:
    """+1 or -1, by where."""
    return where(score(x) > 0, 1.0, -1.0)


refusal = ""
try:
    jit(decide)(xs[0])
except TraceError as error:
    refusal = str(error)
    print(textwrap.fill(refusal, 79))
right = (jit(vmap(chosen), grad=False)(xs) == ys).mean()
print(f"\nWith where it is compiled, and right about {right:.0%} of the points it learned from.")
print(f"Written to {folder}: staircases.png, programs.png, speed.png, regions.png")

# %% [markdown]
# ## Three things to try
#
# On the command line; in a notebook, change the numbers in the first cell.
#
# 1. `--points 300`: what becomes of the nodes, of the seconds to compile and of the ratio of the two speeds?
# 2. Put `print(x)` into `point_loss`. In which calls of `batch_loss` does it print, and what is it that it prints?
# 3. Let `penalty` leave out the biases, as is often done. Which line of the program changes, and what do `f.stats` say?
