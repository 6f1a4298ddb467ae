"""Goes downhill: batches, noise, momentum, rates, and NaN."""

# %% [markdown]
# # Going downhill
#
# Learning here is always the same loop: a number says how wrong the net is, backprop tells its slope in every weight,
# and each weight takes a small step against it. Every part of that sentence leaves a choice: which number, on how many
# examples, which step, how small. This lesson tries them out, each on the smallest thing that shows the difference.

# %%
import itertools
import math
import textwrap
from collections.abc import Callable
from typing import Any

import numpy as np

import autograd
from autograd import AutogradError, Parameter, Value, debug, jit, log, mean, sigmoid
from demos import pictures
from demos.runner import output_folder, settings
from demos.terminal import progress, show_table
from nets import MLP, SGD, Adagrad, Adam, Neuron, RMSProp, binary_cross_entropy, fit, moons, schedules, squared_error

options = settings(
    "descent",
    quick={"epochs": 10, "walkers": 50},
    epochs=(40, "times through the points of the two moons"),
    walkers=(200, "descents that try to get out of the bad minimum"),
    rate=(1.0, "learning rate of those descents, at their start"),
)
pictures.ready()
folder = output_folder(options.out)

# %% [markdown]
# ## Which number: two cost functions
#
# A sigmoid neuron gives y = sigmoid(z), and the answer should be 1. The quadratic cost is 1/2 (y - 1)^2, the
# cross-entropy -log(y). Both are 0 where y is 1. What do they say where the neuron is sure of the opposite?

# %%
COSTS: dict[str, Callable[[Any, int], Any]] = {
    "quadratic": lambda z, target: squared_error(sigmoid(z), target),
    "cross-entropy": binary_cross_entropy,
}
rows: list[list[Any]] = []
slopes = {}
for at in (-8.0, -4.0, -1.0, 1.0, 4.0):
    row: list[str] = [f"{at:g}", f"{sigmoid(Value(at)).data:.4f}"]
    for name, cost in COSTS.items():
        z = Value(at, "z")
        wrong = cost(z, 1)
        wrong.backward()
        slopes[name, at] = z.grad
        row += [f"{wrong.data:.4f}", f"{z.grad:.4f}"]
    rows.append(row)
show_table("The answer should be 1", ["z", "y", "quadratic", "its slope", "cross-entropy", "its slope"], rows)

# %% [markdown]
# At z = -8 nothing could be more wrong, yet the quadratic cost is nearly level there: its slope is (y - 1) y (1 - y),
# and the last two factors are the sigmoid's own slope. In the cross-entropy they cancel, and y - 1 is left: the more
# wrong, the steeper. Below a neuron with one input, always 1, begins with a weight and a bias of 2 and is to learn
# to say 0. (After M. Nielsen, "Neural Networks and Deep Learning", chapter 3, 2015.)

# %%
learning: dict[str, list[float]] = {}
for name, cost in COSTS.items():
    w, b = Parameter(2.0, "w"), Parameter(2.0, "b")
    optimizer = SGD([w, b], lr=0.15)
    learning[name] = []
    for _ in range(300):
        z = w * 1.0 + b
        learning[name].append(sigmoid(z).data)
        optimizer.zero_grad()
        cost(z, 0).backward()
        optimizer.step()
title = "Surely wrong at first: how a neuron learns to say 0"
costs = pictures.curves(learning, ylabel="what it says", title=title, log=False)
pictures.keep(costs, folder / "costs.png")
for name, said in learning.items():
    print(f"{name}: below 0.5 after {next(i for i, y in enumerate(said) if y < 0.5)} steps")

# %% [markdown]
# ## On how many examples: batches
#
# Once through all examples is an *epoch*. It can be one step, along the slope of the mean cost of all of them (full
# batch); or many, each along the slope for a few of them (mini-batch) or for one. The epochs are the same below, so
# each net sees as many examples. Which learning rate serves best depends on the way of going, so each tries five.

# %%
POINTS, BATCHES, RATES = 200, (200, 20, 1), (0.03, 0.1, 0.5, 2.0, 8.0)
data = moons(POINTS, noise=0.15, seed=options.seed)
reached: dict[tuple[int, float], list[float]] = {}
with progress(len(BATCHES) * len(RATES), "batches") as bar:
    for size, lr in itertools.product(BATCHES, RATES):
        model = MLP(2, [8, 1], activation="tanh", seed=options.seed)
        optimizer = SGD(model.parameters(), lr=lr)
        measured = {"validation": data, "seed": options.seed}
        history = fit(model, binary_cross_entropy, data, optimizer, options.epochs, batch_size=size, **measured)
        reached[size, lr] = history.metrics["loss"]
        bar.move(f"{size} at a time: {reached[size, lr][-1]:.3f}")
ends = {way: float(np.mean(cost_by_epoch[-5:])) for way, cost_by_epoch in reached.items()}
best = {size: min(RATES, key=lambda lr: ends[size, lr]) for size in BATCHES}
show_table(
    f"The mean cost of all {POINTS} points in the last {min(5, options.epochs)} of {options.epochs} epochs",
    ["at a time", "steps", *(f"rate {lr:g}" for lr in RATES)],
    [[size, options.epochs * POINTS // size, *(f"{ends[size, lr]:.3f}" for lr in RATES)] for size in BATCHES],
)
named = {f"{size} at a time, rate {lr:g}": reached[size, lr] for size, lr in best.items()}
title = "As many examples seen, in steps of different sizes"
by_epoch = pictures.curves(named, at=range(1, options.epochs + 1), xlabel="epoch", ylabel="mean cost", title=title)
pictures.keep(by_epoch, folder / "batches.png")

# %% [markdown]
# The slope for a few examples is only roughly the right one, but it is had for a small part of the price, and the many
# rough steps come further than the few exact ones. Single examples are the roughest: a rate that suits the others
# throws them about.
#
# ## Noise that gets out
#
# The roughness has a use. A temperature w is to be found from 30 readings of a thermometer, 12 of which were taken in
# the sun. The cost of a reading t is log(1 + (w - t)^2), for which what is far off counts little more than what is less
# off. So the mean cost has two minima: a deep one at what most readings say, a shallow one at what those in the sun
# say. All descents, or walkers, begin beside the shallow one. They are computed together, in one `jit` function that
# adds up their costs; still each goes its own way, for no other's cost depends on its w.

# %%
readings = np.concatenate([np.linspace(14, 16, 18), np.linspace(20, 22, 12)])
degrees = np.linspace(12, 24, 241)
landscape = np.log(1 + (degrees[:, None] - readings) ** 2).mean(axis=1)
START, STEPS, SIZES = 23.0, 600, (30, 10, 3, 1)


@jit
def cost_of_all(walkers: Any, batches: Any) -> Value:
    """The cost of each walker on its own batch, added up."""
    return autograd.sum(
        [mean([log(1 + (w - t) ** 2) for t in batch]) for w, batch in zip(walkers, batches, strict=True)]
    )


def walk(size: int) -> np.ndarray:
    """Where the walkers stand after each step, (steps + 1, walkers). They go ever slower, to end in a minimum."""
    walkers = [Parameter(START) for _ in range(options.walkers)]
    optimizer = SGD(walkers, lr=schedules.Linear(options.rate, 0.0, steps=STEPS))
    places = [optimizer.flat.data.copy()]
    rng = np.random.default_rng(options.seed)
    for _ in range(STEPS):
        drawn = rng.permuted(np.tile(readings, (options.walkers, 1)), axis=1)[:, :size]
        optimizer.zero_grad()
        cost_of_all(walkers, drawn).backward()
        optimizer.step()
        places.append(optimizer.flat.data.copy())
    return np.array(places)


walks: dict[int, np.ndarray] = {}
with progress(len(SIZES), "walkers") as bar:
    for size in SIZES:
        walks[size] = walk(size)
        bar.move(f"{size} at a time")
between = (degrees > 16) & (degrees < 20)
ridge = degrees[between][landscape[between].argmax()]
escaped = {size: int((places[-1] < ridge).sum()) for size, places in walks.items()}
show_table(
    f"Where {options.walkers} walkers are after {STEPS} steps",
    ["readings a step", "in the shallow minimum", "in the deep one"],
    [[size, options.walkers - count, count] for size, count in escaped.items()],
)
left, right = pictures.frames(1, 2, size=(9, 3.6))
title = "Two minima"
pictures.curves(
    {"": landscape.tolist()}, at=degrees.tolist(), xlabel="w", ylabel="mean cost", title=title, log=False, ax=left
)
ways = {f"{size} at a time": walks[size][:, 0].tolist() for size in (30, 3, 1)}
pictures.curves(ways, ylabel="w", title="One walker of each kind", log=False, ax=right)
pictures.keep(left.figure, folder / "escape.png")

# %% [markdown]
# With all 30 readings nothing is left to chance: every walker goes the same way, down into the nearest minimum. With
# one at a time each step is a step towards that reading, and a row of those in the shade pulls the walker over the
# ridge sooner or later. The way back is higher, and fewer readings call. A batch of ten is nearly always too calm.
#
# ## Which step: momentum and adaptive rates
#
# A long valley, 50 times as steep across as along. Plain descent needs a rate small enough for the steep way, and then
# creeps along. *Momentum* lets the step be a running sum of the slopes: what changes sign cancels, what stays adds up.
# Adagrad, RMSProp and Adam divide each parameter's slope by the size that its slopes have had: each has its own rate.
# `nets/optim.py` has the formulas and where they are from. Each racer tries twelve rates, and its best one counts.

# %%
STEEP, FROM, MOST = 50.0, (-9.0, 2.5), 400
RACERS: dict[str, Callable[..., Any]] = {
    "plain": SGD,
    "momentum": lambda parameters, lr: SGD(parameters, lr, momentum=0.8),
    "Adagrad": Adagrad,
    "RMSProp": RMSProp,
    "Adam": Adam,
}


def straight(x: Any, y: Any) -> Any:
    """A valley along the first axis."""
    return 0.5 * (x * x + STEEP * y * y)


def turned(x: Any, y: Any) -> Any:
    """The same valley, turned by 45 degrees, so that its length runs along both axes alike."""
    return straight(math.sqrt(0.5) * (x + y), math.sqrt(0.5) * (y - x))


def race(surface: Callable[[Any, Any], Any], start: tuple[float, float], make: Callable[..., Any], lr: float) -> Any:
    """The path to a thousandth of the loss at the start, or as far as it comes in 400 steps, (points, 2)."""
    position = [Parameter(number) for number in start]
    optimizer = make(position, lr)
    goal, path = surface(*start) / 1000, [start]
    while len(path) <= MOST and not surface(*path[-1]) <= goal:  # NaN, too, is not there yet
        optimizer.zero_grad()
        surface(*position).backward()
        optimizer.step()
        path.append((position[0].data, position[1].data))
    return np.array(path)


TRIED = [10.0**power for power in np.linspace(-2.0, 0.75, 12)]
starts = {straight: FROM, turned: tuple(math.sqrt(0.5) * np.array([FROM[0] - FROM[1], FROM[0] + FROM[1]]))}
won: dict[tuple[Any, str], tuple[float, np.ndarray]] = {}
for (surface, start), (name, make) in itertools.product(starts.items(), RACERS.items()):
    runs = {lr: race(surface, start, make, lr) for lr in TRIED}
    won[surface, name] = min(runs.items(), key=lambda run: len(run[1]))
rows = []
for name in RACERS:
    both = [won[surface, name] for surface in starts]
    rows.append([name, *itertools.chain(*((len(path) - 1, f"{lr:.3g}") for lr, path in both))])
title = "Steps to a thousandth of the loss at the start, with the best rate"
show_table(title, ["", "along an axis", "rate", "turned by 45 degrees", "rate"], rows)
plane = pictures.Plane.around(np.concatenate([won[turned, name][1] for name in RACERS]), margin=0.1)
title = "The turned valley; the race begins on the left"
paths = {f"{name}: {len(won[turned, name][1]) - 1} steps": won[turned, name][1] for name in RACERS}
valley = pictures.contours(plane, turned(*plane.points.T), paths, title=title)
pictures.keep(valley, folder / "race.png")

# %% [markdown]
# Plain descent and momentum do not care how the valley lies. Adagrad and RMSProp do: their rates belong to the
# parameters, so they stretch the plane along its axes, which is all it takes for the first valley and no help in the
# second. Adam, which is RMSProp with momentum, hardly minds. (400 steps in the table are: not within 400.)
#
# ## How small: annealing
#
# Single examples once more, for one linear neuron. Its targets are noisy, so there is a least mean cost, and
# `numpy.linalg.lstsq` tells it. A rate of 0.1 is soon near it and is then thrown about by each example; 0.0001
# creeps, and does not arrive. Annealed from the one to the other, a little with each step, it has the best of both.

# %%
EXAMPLES, TIMES = 200, 30
rng = np.random.default_rng(options.seed)
inputs = rng.uniform(-1, 1, (EXAMPLES, 3))
targets = inputs @ np.array([2.0, -1.0, 0.5]) + 1.0 + rng.normal(0, 0.5, EXAMPLES)
table = np.column_stack([inputs, np.ones(EXAMPLES)])
solved = np.linalg.lstsq(table, targets, rcond=None)[0]
least = float(0.5 * np.mean((table @ solved - targets) ** 2))
last_step = TIMES * EXAMPLES - 1
PLANS: dict[str, Callable[[int], float]] = {
    "constant 0.1": schedules.Constant(0.1),
    "constant 0.0001": schedules.Constant(0.0001),
    "from 0.1 to 0.0001": schedules.Exponential(0.1, factor=0.001 ** (1 / last_step)),
}
excess, rates = {}, {}
for name, plan in PLANS.items():
    neuron = Neuron(3, activation="linear", seed=options.seed)
    optimizer = SGD(neuron.parameters(), lr=plan)
    data = inputs, targets
    history = fit(neuron, squared_error, data, optimizer, TIMES, batch_size=1, validation=data, seed=options.seed)
    excess[name] = [cost - least for cost in history.metrics["loss"]]
    rates[name] = history.learning_rate
show_table(
    f"How far the mean cost is above the least, {least:.4f}",
    ["rate", *(f"epoch {epoch}" for epoch in (1, 5, 15, TIMES))],
    [[name, *(f"{above[epoch - 1]:.2g}" for epoch in (1, 5, 15, TIMES))] for name, above in excess.items()],
)
upper, lower = pictures.frames(2, 1, size=(8, 7))
pictures.learning_rate_curve(rates, ax=upper)
title = "Mean cost above the least there is"
pictures.curves(excess, at=range(1, TIMES + 1), xlabel="epoch", ylabel="cost - least", title=title, ax=lower)
pictures.keep(upper.figure, folder / "annealing.png")

# %% [markdown]
# ## Too large: into NaN
#
# With a rate far too large each step overshoots by more than the one before. The loop by hand sees nothing wrong with
# that: the numbers grow until they are infinite, inf - inf is NaN, not a number, and from there on everything is.


# %%
def by_hand(lr: float, steps: int) -> list[float]:
    """The cost of one example, step by step, by a loop that checks nothing."""
    w, b = Parameter(1.0, "w"), Parameter(0.0, "b")
    optimizer, costs = SGD([w, b], lr), []
    for _ in range(steps):
        cost = squared_error(w * 2.0 + b, 3.0)
        optimizer.zero_grad()
        cost.backward()
        optimizer.step()
        costs.append(cost.data)
    return costs


def told(attempt: Callable[[], Any]) -> str:
    """What the engine says against it."""
    try:
        attempt()
    except AutogradError as error:
        message = f"{type(error).__name__}: {error}"
        print("\n".join(textwrap.fill(line, 79) for line in message.splitlines()), "\n", sep="")
        return message
    return ""


exploded = by_hand(2.0, 400)
print("Rate 2, the cost:", *(f"{cost:.3g}" for cost in exploded[:5]), "...")
first_inf, first_nan = (next(i for i, cost in enumerate(exploded) if is_so(cost)) for is_so in (math.isinf, math.isnan))
print(f"infinite at step {first_inf}, NaN at step {first_nan}\n")
by_rate = {f"rate {lr:g}": by_hand(lr, 60) for lr in (0.02, 0.39, 0.41, 2.0)}
explosion = pictures.curves(by_rate, title="Four rates, one example", ylabel="cost", log=True, top=1e4)
pictures.keep(explosion, folder / "explosion.png")

# %% [markdown]
# `fit` looks before each step, keeps the last finite parameters and says what to try. Inside `with debug():`, or in
# a function that `debug()` is put around, your own loop is watched too: the first number that is not finite is reported
# with its line.

# %%
neuron = Neuron(3, activation="linear", seed=options.seed)
optimizer = SGD(neuron.parameters(), lr=10.0)
diverged = told(lambda: fit(neuron, squared_error, (inputs, targets), optimizer, TIMES, batch_size=1))
kept = optimizer.flat.data.copy()
not_finite = told(lambda: debug()(by_hand)(2.0, 400))

# %% [markdown]
# Some numbers an op cannot take at all. Cross-entropy written down as it is in the books, -log(1 - y) for a target of
# 0, is such a case: a neuron that is sure enough rounds y to 1, and the logarithm of 0 has no value. The library's
# `binary_cross_entropy` takes z instead of y, and does not mind.

# %%
z = Value(40.0, "z")
refused = told(lambda: -log(1.0 - sigmoid(z)))
print(f"binary_cross_entropy says {binary_cross_entropy(z, 0).data:g}")
print(f"\nWritten to {folder}: annealing.png, batches.png, costs.png,\n  escape.png, explosion.png, race.png")

# %% [markdown]
# ## Three things to try
#
# On the command line; in a notebook, change the numbers in the first cell.
#
# 1. `--rate 0.1`, then `--rate 40`: how much noise does it take to get out of the shallow minimum, with how many
#    readings at a time? And what does too much noise do?
# 2. Put the walkers' START at 15, into the deep minimum. Are there any that single readings throw out of it?
# 3. Make the valley less STEEP, 5 in place of 50. Which racers gain most by it, and whom does it leave as slow as ever?
