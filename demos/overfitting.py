"""Learns by heart, fails the test, is cured in six ways."""

# %% [markdown]
# # Learned by heart
#
# A pupil who has learned the answers to twenty old exams by heart has no error in any of them, and fails in the next
# one. A model with enough weights can do the same: it *overfits*. The remedy is not to look at the training error at
# all but at the error on examples that were kept apart: the *test error*.
#
# ## Curves through ten points
#
# The smallest case has no net. A polynomial is fitted to ten noisy points of a sine wave, by least squares, and then
# tested on a thousand more. Degree 1 cannot bend. Degree 15 has 16 coefficients for ten points: it goes through all.

# %%
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from autograd import ArgumentError, jit, vmap
from demos import pictures
from demos.data import digits
from demos.runner import output_folder, settings
from demos.terminal import progress, show_table
from nets import MLP, SGD, Dropout, Layer, Module, Sequential, Step, augment, cross_entropy, fit, schedules

options = settings(
    "overfitting",
    quick={"draws": 2, "steps": 600},
    few=(200, "images to learn from, before there are more"),
    wrong=(0.2, "part of the labels that are wrong"),
    hidden=(100, "hidden neurons"),
    steps=(800, "steps of training, each on 40 images"),
    draws=(5, "times that all is repeated, each with other images and another net"),
)
pictures.ready()
folder = output_folder(options.out)
rng = np.random.default_rng(options.seed)


def noisy_sine(xs: np.ndarray) -> np.ndarray:
    """A sine wave measured at these places, each time with another error of about 0.2."""
    return np.sin(np.pi * xs) + 0.2 * rng.standard_normal(xs.shape)


few_xs, many_xs = np.linspace(-1, 1, 10), rng.uniform(-1, 1, 1000)
few_ys, many_ys = noisy_sine(few_xs), noisy_sine(many_xs)
fine = np.linspace(-1, 1, 400)
fits, off = {}, {}
for degree in (1, 3, 15):
    coefficients = np.linalg.lstsq(np.vander(few_xs, degree + 1), few_ys, rcond=None)[0]
    fits[f"degree {degree}"] = np.polyval(coefficients, fine).tolist()
    off[degree] = [
        float(np.sqrt(np.mean((np.polyval(coefficients, xs) - ys) ** 2)))
        for xs, ys in ((few_xs, few_ys), (many_xs, many_ys))
    ]
show_table(
    "How far off, root of the mean square",
    ["degree", "the ten points", "a thousand others"],
    [[degree, *(f"{error:.3f}" for error in both)] for degree, both in off.items()],
)
(paper,) = pictures.frames(size=(8, 4.5))
plot = pictures.curves(
    fits, fine.tolist(), xlabel="x", ylabel="y", title="Ten points, three polynomials", log=False, ax=paper
)
paper.plot(few_xs, few_ys, "o", color="black", markersize=8)
pictures.keep(plot, folder / "polynomials.png")

# %% [markdown]
# ## A net with too much room
#
# Now digits of 8 x 8 pixels: 200 of them for a net of 7,510 parameters. To make it plainer, someone was careless: one
# label in five is wrong. There is nothing to be learned from a wrong label, except by heart. The labels of the test
# images are right. All that follows is done for several draws of images and weights, and the errors are means of
# those, as a single one says little.

# %%
BATCH, WATCHED, MOMENTS = 40, 300, 25
data = digits()
pool = len(data.train_images)
if 5 * options.few + WATCHED > pool:
    raise ArgumentError(f"--few is {options.few}; five times that and {WATCHED} are needed, and there are {pool}")
if options.wrong > 1:
    raise ArgumentError(f"--wrong is {options.wrong}; it needs to be a part, at most 1")
Examples = tuple[np.ndarray, np.ndarray]
test = data.test_images, data.test_labels
every = max(1, options.steps // MOMENTS)
moments = range(options.steps, 0, -every)[::-1]


class Draw(NamedTuple):
    """One draw: images to learn from, five times as many, some to watch, and the seed of its net."""

    few: Examples
    more: Examples
    watched: Examples
    seed: int


def drawn(seed: int) -> Draw:
    """Other images for another seed, some of them with a wrong label."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(pool)
    images, labels = data.train_images[order], data.train_labels[order]
    labels = np.where(rng.random(pool) < options.wrong, labels + rng.integers(1, 10, pool), labels) % 10
    few, more = slice(options.few), slice(5 * options.few)
    return Draw((images[few], labels[few]), (images[more], labels[more]), (images[-WATCHED:], labels[-WATCHED:]), seed)


def trained(net: Module, examples: Examples, draw: Draw, known: Examples, weight_decay: float = 0.0) -> np.ndarray:
    """The errors on what is known, in the test and on the watched images, moment by moment: (moments, 3)."""
    rate = schedules.Cosine(0.07, 0.0007, steps=options.steps)
    optimizer = SGD(net.parameters(), lr=rate, momentum=0.9, weight_decay=weight_decay)
    scores = jit(vmap(net), grad=False)
    errors = []

    def measure(step: Step) -> None:
        if step.step + 1 in moments:
            net.eval()
            errors.append([np.mean(scores(xs).argmax(axis=1) != ys) for xs, ys in (known, test, draw.watched)])
            net.train()

    epochs = -(-options.steps // -(-len(examples[0]) // BATCH))
    fit(net, cross_entropy, examples, optimizer, epochs, BATCH, seed=draw.seed, on_step=measure)
    return np.array(errors)


draws = [drawn(1000 * options.seed + i) for i in range(options.draws)]


def over_draws(name: str, train: Callable[[Draw], np.ndarray]) -> np.ndarray:
    """What training gives in each draw: (draws, moments, 3)."""
    with progress(len(draws), f"{name:<17}") as bar:
        runs = []
        for draw in draws:
            runs.append(train(draw))
            bar.move(f"test error {np.mean([run[-1, 1] for run in runs]):.1%}")
        known, tested, _ = np.mean(runs, axis=0)[-1]
        bar.note(f"{name:<17} training error {known:6.1%}, test error {tested:6.1%}")
    return np.array(runs)


def wide(draw: Draw) -> MLP:
    """The net that has too much room."""
    return MLP(64, [options.hidden, 10], seed=draw.seed)


print(wide(draws[0]).summary())
plain = over_draws("no cure", lambda draw: trained(wide(draw), draw.few, draw, draw.few))
heart = pictures.curves(
    dict(zip(("training error", "test error"), plain[..., :2].mean(axis=0).T, strict=True)),
    moments,
    ylabel="part that is wrong",
    title="Learned by heart",
    log=False,
)
pictures.keep(heart, folder / "by_heart.png")

# %% [markdown]
# The training error goes to nothing: the net has learned the wrong labels too. The test error was lower once, early
# in training, before it began to bend itself around them.
#
# ## 1. Fewer connections
#
# Who has little room cannot learn by heart. Here are just ten neurons, one for each digit, without a hidden layer, and
# each is wired to every other pixel only, as on a chessboard: 330 parameters.

# %%
chessboard = np.indices(data.shape).sum(axis=0).ravel() % 2 == 0


def sparse(draw: Draw) -> Sequential:
    """Ten neurons that see half of the pixels."""
    return Sequential([Layer(64, 10, "linear", seed=draw.seed, connections=[chessboard] * 10)])


cures = {"fewer connections": over_draws("fewer connections", lambda d: trained(sparse(d), d.few, d, d.few))}

# %% [markdown]
# ## 2. More data
#
# The best cure, where it is to be had: the wide net again, with five times as many images, and as careless a hand.

# %%
cures["more data"] = over_draws("more data", lambda draw: trained(wide(draw), draw.more, draw, draw.more))

# %% [markdown]
# ## 3. Augmentation
#
# Where it is not: a seven that is moved by a pixel, turned by a few degrees or a little paler is still a seven. From
# each image 19 more are made. It is much harder to learn all of them by heart, with the wrong label or the right one.


# %%
def augmented(examples: Examples, copies: int = 19) -> Examples:
    """The examples, and so many copies of each that are shifted, turned and made brighter or darker at random."""
    images, labels = examples
    square = images.reshape(-1, *data.shape)
    varied = [augment.vary(square, pixels=1, degrees=10, brightness=0.2, seed=i) for i in range(copies)]
    return np.concatenate([square, *varied]).reshape(-1, images.shape[1]), np.tile(labels, copies + 1)


one = data.train_images[:1], data.train_labels[:1]
squares = pictures.frames(2, 10, size=(8, 2.0))
for square, image in zip(squares, augmented(one)[0], strict=True):
    square.imshow(image.reshape(data.shape), cmap="gray_r", vmin=0, vmax=1)
    square.set(xticks=[], yticks=[])
squares[0].set_title("given", fontsize=10)
pictures.keep(squares[0].figure, folder / "augmented.png")
cures["augmentation"] = over_draws("augmentation", lambda d: trained(wide(d), augmented(d.few), d, d.few))

# %% [markdown]
# ## 4. Dropout
#
# In each step of training a fifth of the pixels and half of the hidden neurons, drawn anew, are set to 0. No neuron
# can rely on another to be there, so a fact that hangs on few of them is hard to keep. In the test all are there.


# %%
def dropping(draw: Draw) -> Sequential:
    """The wide net with dropout before each of its layers."""
    into, out = wide(draw).layers
    return Sequential([Dropout(0.2, seed=draw.seed), into, Dropout(0.5, seed=draw.seed + 1), out])


cures["dropout"] = over_draws("dropout", lambda draw: trained(dropping(draw), draw.few, draw, draw.few))

# %% [markdown]
# ## 5. Weight decay
#
# Each step also takes a small part away from every weight, so that only those stay large which many examples keep
# asking for. It is the gradient of a penalty, `decay / 2 * sum_k w_k^2`, added to the loss.

# %%
cures["weight decay"] = over_draws("weight decay", lambda d: trained(wide(d), d.few, d, d.few, weight_decay=0.03))

# %% [markdown]
# ## 6. Early stopping
#
# The very same runs as without a cure; only, the net that counts is not the last one but the one that did best on 300
# images which are watched meanwhile. (Not on the test images: who chooses by the test has begun to learn it.)


# %%
def kept(run: np.ndarray) -> np.ndarray:
    """At each moment the errors of the net that until then had the smallest on the watched images."""
    best = [int(run[: at + 1, 2].argmin()) for at in range(len(run))]
    return run[best]


cures["early stopping"] = np.array([kept(run) for run in plain])
stopped = [moments[int(run[:, 2].argmin())] for run in plain]
print(f"Best on the watched images after {min(stopped)} to {max(stopped)} of {options.steps} steps\n")

# %% [markdown]
# ## Side by side

# %%
final = {name: runs.mean(axis=0)[-1, :2] for name, runs in {"no cure": plain, **cures}.items()}
helped = {name: int((runs[:, -1, 1] < plain[:, -1, 1]).sum()) for name, runs in cures.items()}
show_table(
    f"Errors at the end, means of {options.draws} draws",
    ["", "training error", "test error", "better than no cure in"],
    [
        [name, f"{known:.1%}", f"{tested:.1%}", f"{helped[name]} of {options.draws}" if name in helped else ""]
        for name, (known, tested) in final.items()
    ],
)
highest = max(runs[..., :2].mean(axis=0).max() for runs in (plain, *cures.values()))
places = pictures.frames(3, 2, size=(8, 9))
for place, (name, runs) in zip(places, cures.items(), strict=True):
    lines = {}
    for what, each in (("no cure", plain), ("cured", runs)):
        lines[f"{what}: training"], lines[f"{what}: test"] = each[..., :2].mean(axis=0).T
    pictures.curves(lines, moments, ylabel="error", title=name, log=False, top=highest + 0.1, ax=place)
    if place is not places[0]:
        place.get_legend().remove()
pictures.keep(places[0].figure, folder / "cures.png")
print(f"Written to {folder}: polynomials.png, by_heart.png, augmented.png, cures.png")

# %% [markdown]
# Each cure raised the training error: what cannot be learned by heart stays wrong there, and with one wrong label in
# five, one in five is what an honest pupil gets. The test error is what counts, and it falls.
#
# ## Three things to try
#
# On the command line; in a notebook, change the numbers in the first cell.
#
# 1. `--wrong 0.001`: without the careless hand, how much worse than the training error is the test error? Which cures
#    still help?
# 2. `--few 40`: how far apart are the two errors now? And `--quick --hidden 400`: does yet more room do more harm?
# 3. Cures can be taken together: train `dropping(draw)` on `augmented(draw.more)`. Is that better than more data alone?
#    And with `--steps 3000`?
