"""Tells two moons apart, and shows what hidden neurons do."""

# %% [markdown]
# # Two moons
#
# 200 points lie on two half circles that reach into each other, blurred by noise. No straight line parts them. A net
# gets a point's two numbers and gives one score: above 0 stands for class 1, below for class 0. Between them are
# hidden neurons, which are shaped until a line through what *they* say is enough.

# %%
import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from autograd import jit, vmap
from demos import pictures
from demos.runner import output_folder, settings
from demos.terminal import progress, show_table
from nets import MLP, Adam, Epoch, History, Layer, Sequential, accuracy, binary_cross_entropy, fit, hinge, moons
from nets.schedules import Cosine

options = settings(
    "moons",
    quick={"epochs": 60, "starts": 1},
    points=(200, "points to learn from"),
    noise=(0.2, "standard deviation of the noise on both numbers"),
    hidden=(8, "neurons in each of the two hidden layers"),
    epochs=(150, "times through the points"),
    starts=(3, "random starts of each net whose sizes are compared"),
)
pictures.ready()
folder = output_folder(options.out)
xs, ys = moons(options.points, noise=options.noise, seed=options.seed)
new_xs, new_ys = moons(1000, noise=options.noise, seed=options.seed + 1)
plane = pictures.Plane.around(xs)

# %% [markdown]
# ## How wrong is a score?
#
# Two answers are common. The hinge loss (Cortes & Vapnik, "Support-vector networks", 1995) of a label +1 or -1 is
# max(0, 1 - label * score): a point that is right by a margin of 1 costs nothing. Cross-entropy reads sigmoid(score)
# as the probability of class 1 and costs -log of the probability given to what is true: never nothing, but ever less.

# %%
LOSSES: dict[str, Callable[[Any, Any], Any]] = {"hinge": hinge, "cross-entropy": binary_cross_entropy}
TARGETS = {"hinge": lambda ys: 2 * ys - 1, "cross-entropy": lambda ys: ys}
scale = np.linspace(-4, 4, 81)
costs = {name: [float(loss(score, 1)) for score in scale] for name, loss in LOSSES.items()}
title = "What a point of class 1 costs"
picture = pictures.curves(costs, at=scale.tolist(), xlabel="score", title=title, log=False)
pictures.keep(picture, folder / "losses.png")

# %% [markdown]
# ## Training, by both
#
# The same net from the same start. After each epoch it is asked about 1,000 new points; and now and then about every
# point of the plane, in one call: `vmap` makes a function of many points of it, `jit` compiles that.


# %%
def scores_of(model: Any) -> Callable[[Any], np.ndarray]:
    """A function of many points that gives the model's score, or its row of numbers, for each."""
    return jit(vmap(model), grad=False)


def train(model: Any, name: str, **watched: Any) -> History:
    """What happened while the model was trained by the loss of that name; `watched` goes to `fit`."""
    steps = options.epochs * math.ceil(options.points / 20)
    optimizer = Adam(model.parameters(), lr=Cosine(0.02, 0.0002, steps=steps))
    data = xs, TARGETS[name](ys)
    return fit(model, LOSSES[name], data, optimizer, options.epochs, batch_size=20, seed=options.seed, **watched)


def right(scores: Callable[[Any], np.ndarray], xs: Any, ys: Any) -> float:
    """The part of the points whose score has the sign that it should have."""
    return float(((scores(xs) > 0) == ys).mean())


times = sorted({round(options.epochs ** (n / 4)) for n in range(5)})
models: dict[str, Any] = {}
histories, films = {}, {}
for name in LOSSES:
    model = MLP(2, [options.hidden, options.hidden, 1], activation="tanh", seed=options.seed)
    scores = scores_of(model)
    film = {"untrained": scores(plane.points)}

    def look(epoch: Epoch, film: dict[str, Any] = film, scores: Any = scores) -> None:
        """Keeps what the net says of the plane, at the times chosen."""
        if epoch.epoch + 1 in times:
            film[f"after epoch {epoch.epoch + 1}"] = scores(plane.points)

    models[name], films[name] = model, film
    unseen = new_xs, TARGETS[name](new_ys)
    histories[name] = train(model, name, validation=unseen, metrics={"accuracy": accuracy}, on_epoch=look)
print(models["hinge"].summary(), "\n")

# %% [markdown]
# The table tells them apart: the hinge loss is content with most points and no longer moves anything for their sake,
# while each point pulls on the cross-entropy, if only a little, and drives the scores further from 0.

# %%
rows: list[list[Any]] = []
free, sizes_of_scores = {}, {}
for name, model in models.items():
    scores = scores_of(model)
    said = scores(xs)
    point_losses = np.array([float(LOSSES[name](s, t)) for s, t in zip(said, TARGETS[name](ys), strict=True)])
    free[name], sizes_of_scores[name] = int((point_losses == 0).sum()), float(np.abs(said).mean())
    known, unknown = right(scores, xs, ys), right(scores, new_xs, new_ys)
    rows.append([name, f"{known:.1%}", f"{unknown:.1%}", free[name], f"{sizes_of_scores[name]:.1f}"])
show_table(
    f"The same net after {options.epochs} epochs",
    ["loss", "points right", "new points right", "points without loss", "mean size of a score"],
    rows,
)
losses, mistakes = {}, {}
for name, history in histories.items():
    losses[name] = [epoch.loss for epoch in history.epochs]
    losses[f"{name}, new points"] = history.metrics["loss"]
    mistakes[name] = [100 * (1 - part) for part in history.metrics["accuracy"]]
picture = pictures.curves(losses, xlabel="epoch", ylabel="mean loss", title="Losses while the nets learn")
pictures.keep(picture, folder / "training.png")
title = "New points taken for the wrong moon"
picture = pictures.curves(mistakes, xlabel="epoch", ylabel="percent of 1,000", title=title, log=False)
pictures.keep(picture, folder / "mistakes.png")

# %% [markdown]
# `training.png` and `mistakes.png` show how it went, `regions.png` how the line between the moons is bent into shape
# meanwhile, and `losses_compared.png` where the two nets ended: there, dashed lines show the margin of the hinge loss,
# and where sigmoid(score) is 10 % and 90 %.

# %%
title = "What the net takes for which moon, by cross-entropy"
pictures.keep(pictures.regions_over_time(plane, films["cross-entropy"], xs, ys, title=title), folder / "regions.png")
left_right = pictures.frames(1, 2, size=(9, 3.6))
for ax, (name, model), margin in zip(left_right, models.items(), (1.0, math.log(9)), strict=True):
    pictures.regions(plane, scores_of(model)(plane.points), xs, ys, margin=margin, title=name, legend=False, ax=ax)
pictures.keep(left_right[0].figure, folder / "losses_compared.png")

# %% [markdown]
# ## What the hidden neurons do
#
# A neuron of the first layer sees the two numbers alone, so all it can do is to part the plane along a straight line,
# softly, as tanh does. A neuron of the second layer weighs what those say against each other, and so its line can be
# bent. The pictures show both: blue where a neuron says something above 0, orange where below.

# %%
first, second, last = models["cross-entropy"].layers
hidden_layers: dict[str, Any] = {"first": first, "second": lambda x: second(first(x))}
outputs = {name: scores_of(layer)(plane.points) for name, layer in hidden_layers.items()}
for name, activity in outputs.items():
    picture = pictures.activities(plane, activity, xs, ys, title=f"What the neurons of the {name} hidden layer say")
    pictures.keep(picture, folder / f"{name}_layer.png")

# %% [markdown]
# The last neuron draws a line once more, in a space with a number for each neuron of the second layer. To see that it
# is one: the score is nothing but a sum of those numbers, each times its weight, and the bias.

# %%
[neuron] = last.neurons
by_sum = outputs["second"] @ [w.data for w in neuron.w] + neuron.b.data
score_difference = float(np.abs(by_sum - scores_of(models["cross-entropy"])(plane.points)).max())
print(f"At {len(plane.points):,} points this sum differs from the score by {score_difference:.1g} at most\n")

# %% [markdown]
# ## Layers of different sizes
#
# How many neurons does it take? Each net starts several times, from other weights, and the start in the middle of the
# results is shown. A net without hidden neurons, 2-1, can draw a straight line and nothing else.


# %%
class Trained(NamedTuple):
    """A model after its training, its scores, and the part that it gets right of known and of new points."""

    model: Any
    scores: Callable[[Any], np.ndarray]
    known: float
    unknown: float


def dense(sizes: Sequence[int], seed: int) -> Any:
    """A net of fully connected layers."""
    return MLP(2, [*sizes, 1], activation="tanh", seed=seed)


def compared(makers: Mapping[str, Callable[[int], Any]], what: str) -> dict[str, Trained]:
    """For each net, of the starts the one in the middle, by how many new points it gets right."""
    found = {}
    with progress(len(makers) * options.starts, "training") as bar:
        for name, make in makers.items():
            starts = []
            for start in range(options.starts):
                model = make(options.seed + start)
                train(model, "cross-entropy")
                scores = scores_of(model)
                starts.append(Trained(model, scores, right(scores, xs, ys), right(scores, new_xs, new_ys)))
                bar.move(f"{name}: {starts[-1].unknown:.1%}")
            found[name] = sorted(starts, key=lambda one: one.unknown)[len(starts) // 2]
    rows = [[name, len(t.model.parameters()), f"{t.known:.1%}", f"{t.unknown:.1%}"] for name, t in found.items()]
    show_table(what, ["net", "parameters", "points right", "new points right"], rows)
    return found


SIZES: tuple[tuple[int, ...], ...] = ((), (2,), (4,), (16,), (4, 4), (16, 16))
by_size = compared(
    {"-".join(map(str, (2, *sizes, 1))): partial(dense, sizes) for sizes in SIZES}, "Nets of different sizes"
)
frames = {name: trained.scores(plane.points) for name, trained in by_size.items()}
title = "What nets of different sizes take for which moon"
pictures.keep(pictures.regions_over_time(plane, frames, xs, ys, title=title), folder / "sizes.png")

# %% [markdown]
# ## A sparse layer
#
# Nothing says that a neuron must listen to all others. In the layer between the two hidden ones most of the parameters
# stand, 16 * 16 weights. Here each neuron is wired to a few inputs only, drawn at random, and has no other weights.


# %%
def sparse(wires: int, seed: int) -> Sequential:
    """A net 2-16-16-1 in which a neuron of the second hidden layer is wired to so many of the first."""
    rng = np.random.default_rng(seed)
    connections = [sorted(rng.choice(16, wires, replace=False)) for _ in range(16)]
    middle = Layer(16, 16, "tanh", rng, connections=connections)
    return Sequential([Layer(2, 16, "tanh", rng), middle, Layer(16, 1, "linear", rng)])


by_wires = compared(
    {f"{wires} of 16 wires": partial(sparse, wires) for wires in (16, 4, 2, 1)}, "2-16-16-1, with fewer connections"
)

# %% [markdown]
# `sparse.png` shows the weights of three of these layers: a row for each neuron, with a place for each that it could
# listen to; an empty one is white.


# %%
def weights(layer: Any) -> np.ndarray:
    """The weights of a layer as a matrix, 0 where there is no connection."""
    matrix = np.zeros((len(layer.neurons), layer.neurons[0].nin))
    for row, neuron in zip(matrix, layer.neurons, strict=True):
        row[slice(None) if neuron.connections is None else neuron.connections] = [w.data for w in neuron.w]
    return matrix


shown = ["16 of 16 wires", "4 of 16 wires", "1 of 16 wires"]
matrices = [weights(by_wires[name].model.layers[1]) for name in shown]
picture = pictures.weight_images([matrix.reshape(-1) for matrix in matrices], (16, 16), names=shown, columns=3)
pictures.keep(picture, folder / "sparse.png")
print(f"Written to {folder}: losses.png, training.png, mistakes.png, regions.png,")
print("losses_compared.png, first_layer.png, second_layer.png, sizes.png, sparse.png")

# %% [markdown]
# ## Three things to try
#
# On the command line; in a notebook, change the numbers in the first cell.
#
# 1. `--noise 0.02`, then `--noise 0.5`: how many neurons does it take now, and what is the best that any net reaches?
# 2. `--points 20 --epochs 1000`: which nets get all twenty right, and what does `sizes.png` show of them?
# 3. Let the hidden neurons be `"relu"`. What becomes of the lines in `first_layer.png` and in `regions.png`?
