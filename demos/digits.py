"""Reads handwriting: 784 pixels in, ten probabilities out."""

# %% [markdown]
# # Reading handwriting with single numbers
#
# The net below has about 80,000 weights, and each is one `Value` with its own number and its own gradient.
# An image comes in as 784 grey levels. Each of the first layer's neurons weighs all of them and adds up; each of the
# ten neurons of the last layer weighs what those say. Softmax turns their ten scores into probabilities.

# %%
from typing import Any

import numpy as np

from autograd import ArgumentError, jit, softmax, vmap
from demos import pictures
from demos.data import mnist
from demos.runner import output_folder, settings
from demos.terminal import progress, show_table
from nets import MLP, SGD, Epoch, accuracy, cross_entropy, fit, save, schedules
from nets.data import split

options = settings(
    "digits",
    quick={"epochs": 4, "train_size": 2000},
    epochs=(12, "times through the training images"),
    lr=(0.1, "learning rate at the start; it is annealed to a hundredth of that"),
    hidden=(100, "hidden neurons"),
    batch=(64, "images per step"),
    train_size=(10_000, "training images, of the 10,000 that come with the lesson"),
)
pictures.ready()
folder = output_folder(options.out)
images = mnist()
if options.train_size > len(images.train_images):
    raise ArgumentError(f"--train-size is {options.train_size}; there are {len(images.train_images)} images")
chosen = np.random.default_rng(options.seed).permutation(len(images.train_images))[: options.train_size]
train, validation = split(images.train_images[chosen], images.train_labels[chosen], fraction=0.1, seed=options.seed)
print(f"{len(train[0]):,} images to learn from, {len(validation[0]):,} to watch, {len(images.test_images):,} to test")

# %% [markdown]
# ## The net
#
# Nothing but scalar neurons: `relu(w_1 x_1 + ... + w_784 x_784 + b)` in the hidden layer.

# %%
model = MLP(784, [options.hidden, 10], activation="relu", seed=options.seed)
print(model.summary())

# %% [markdown]
# ## One nudge
#
# Before any training: the ten probabilities for one image of a 4. Then a single step of gradient descent on that one
# image, and the probabilities again. The step turned each weight that had a part in the answer (a black pixel's weight
# has none) a little in the direction that makes a 4 more probable, and that is all that training ever does.


# %%
def probabilities(image: np.ndarray) -> np.ndarray:
    """The ten probabilities that the model gives to an image."""
    return np.array([float(p) for p in softmax(model(image))])


four = images.train_images[np.flatnonzero(images.train_labels == 4)[0]]
untrained = model.state_dict()
before = probabilities(four)
loss = cross_entropy(model(four), 4)
loss.backward()
SGD(model.parameters(), lr=0.01).step()
after = probabilities(four)
show_table(
    "One image of a 4: the probability of each digit, in percent",
    ["", *map(str, range(10))],
    [["before", *(f"{100 * p:.1f}" for p in before)], ["after", *(f"{100 * p:.1f}" for p in after)]],
)
print(f"One step on it made a 4 more probable: from {before[4]:.1%} to {after[4]:.1%}\n")
model.load_state_dict(untrained)

# %% [markdown]
# ## Training
#
# The same nudge, for small batches of images: for each batch the mean loss, its gradient in all weights by one
# backward pass, and one step of the optimiser, with a learning rate that is annealed along a cosine. `fit` hands the
# loss to `jit`, which finds the matrices in all those single numbers; the lesson `compile` shows how.

# %%
steps_per_epoch = -(-len(train[0]) // options.batch)
total_steps = options.epochs * steps_per_epoch
optimizer = SGD(model.parameters(), lr=schedules.Cosine(options.lr, options.lr / 100, steps=total_steps), momentum=0.9)
reached = ""


def tell(epoch: Epoch) -> None:
    """What the bar shows from here on: the accuracy on the validation images."""
    global reached
    reached = f"accuracy {epoch.metrics['accuracy']:.1%}"
    bar.note(f"epoch {epoch.epoch + 1} of {options.epochs}: loss {epoch.loss:.3f}, {reached}")


with progress(total_steps, "training") as bar:
    history = fit(
        model,
        cross_entropy,
        train,
        optimizer,
        epochs=options.epochs,
        batch_size=options.batch,
        validation=validation,
        seed=options.seed,
        metrics={"accuracy": accuracy},
        on_step=lambda step: bar.move(f"loss {step.loss:.3f}  {reached}"),
        on_epoch=tell,
    )
if history.interrupted:
    print("Interrupted: what follows is of the net as far as it came.")
if history.epochs:
    show_table(
        "Each epoch",
        ["epoch", "training loss", "validation loss", "validation accuracy"],
        [
            [e.epoch + 1, f"{e.loss:.4f}", f"{e.metrics['loss']:.4f}", f"{e.metrics['accuracy']:.1%}"]
            for e in history.epochs
        ],
    )

# %% [markdown]
# ## The test
#
# Images that the net has never seen. In the confusion matrix a row is what a digit is, a column what it was read as.

# %%
model.eval()
test_probabilities = jit(vmap(lambda image: softmax(model(image))), grad=False)(images.test_images)
read_as = test_probabilities.argmax(axis=1)
confusion = np.zeros((10, 10), dtype=int)
np.add.at(confusion, (images.test_labels, read_as), 1)
test_accuracy = np.trace(confusion) / confusion.sum()
show_table(
    "Confusion: is (down), read as (across)",
    ["", *map(str, range(10)), "right"],
    [[digit, *(count or "." for count in row), f"{row[digit] / row.sum():.0%}"] for digit, row in enumerate(confusion)],
)
print(f"Test accuracy: {test_accuracy:.1%} of {len(images.test_images):,} images")

# %% [markdown]
# ## Pictures, and the model itself
#
# The sheet shows ten digits that were read well and the ten mistakes that the net was most sure of.

# %%
save(model, folder / "model.npz")
sure = test_probabilities.max(axis=1)
wrong = np.flatnonzero(read_as != images.test_labels)
mistakes = wrong[np.argsort(-sure[wrong])][:10]
good = [np.flatnonzero((images.test_labels == digit) & (read_as == digit))[:1] for digit in range(10)]
shown = np.concatenate([*good, mistakes]).astype(int)
sheet = pictures.digit_sheet(
    images.test_images[shown].reshape(-1, *images.shape),
    images.test_labels[shown],
    test_probabilities[shown],
    columns=5,
)
pictures.keep(sheet, folder / "digits.png")
pictures.keep(pictures.training_curves(history, ylabel="cross-entropy"), folder / "loss.png")
pictures.keep(pictures.confusion_matrix(confusion), folder / "confusion.png")

# %% [markdown]
# What does a hidden neuron look at? Its weights, one for each pixel, make an image of the same shape: ink on the blue
# pixels speaks for it, ink on the orange ones against it. Those shown are the ones whose weights are largest; strokes
# and their neighbourhoods can be made out, and the border, where no digit has ink, is as it was drawn at random.

# %%
first: Any = model.layers[0]
weights = np.array([[w.data for w in neuron.w] for neuron in first.neurons])
strongest = np.argsort(-np.square(weights).sum(axis=1))[:20]
hidden_units = pictures.weight_images(
    weights[strongest], images.shape, columns=5, title="The pixels that hidden neurons look at"
)
pictures.keep(hidden_units, folder / "hidden.png")
print(f"Written to {folder}: digits.png, loss.png, confusion.png, hidden.png, model.npz")

# %% [markdown]
# ## Three things to try
#
# On the command line; in a notebook, change the numbers in the first cell.
#
# 1. `--hidden 4`, then `--hidden 300`: how few neurons still read most digits?
# 2. `--lr 4`: forty times too fast. What does the net say of every image, and what became of its hidden neurons?
# 3. `nets.load("out/digits/model.npz")` gives the trained model back: show it a digit of your own, white on black.
