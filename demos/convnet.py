"""Slides small filters over digits that do not stand still."""

# %% [markdown]
# # The same weights at every place
#
# A neuron that sees a whole image has a weight for each pixel. Move the image by one pixel, and every weight meets
# another one: what it has learned of a digit here it does not know of the digit there. A *convolution* looks through
# a small window instead, with the same few weights at every place of the image.
#
# ## One filter by hand
#
# This filter has nine weights and looks for edges: ink on the right of its window counts for it, ink on the left
# against it. The image is dark, then bright, then dark again. Each place of the window gives one number.

# %%
from typing import Any

import numpy as np

from autograd import jit, softmax, steps, vmap
from autograd import sum as total
from demos import pictures
from demos.data import digits
from demos.runner import output_folder, settings
from demos.terminal import progress, show_table
from nets import Adam, Conv2d, Flatten, Layer, MaxPool2d, Sequential, Step, accuracy, cross_entropy, fit, schedules

options = settings(
    "convnet",
    quick={"epochs": 8},
    epochs=(30, "times through the training images"),
    lr=(0.01, "learning rate at the start; it is annealed to a hundredth of that"),
)
pictures.ready()
folder = output_folder(options.out)
EDGE = [[-0.3, 0.0, 0.3], [-0.4, 0.0, 0.4], [-0.3, 0.0, 0.3]]
IMAGE = [[0.1, 0.1, 0.9, 0.9, 0.9, 0.2], [0.1, 0.1, 0.8, 0.9, 0.7, 0.2], [0.0, 0.1, 0.9, 0.7, 0.9, 0.1]] * 2


def slide(image: Any, kernel: Any, bias: float = 0.0) -> list[list[float]]:
    """What a filter says at each place of its window: the feature map, in plain numbers."""
    size = len(kernel)
    feature_map = []
    for r in range(len(image) - size + 1):
        row = []
        for c in range(len(image[0]) - size + 1):
            seen = bias
            for i in range(size):
                for j in range(size):
                    seen += kernel[i][j] * image[r + i][c + j]
            row.append(seen)
        feature_map.append(row)
    return feature_map


def set_kernel(layer: Conv2d, kernel: Any) -> None:
    """Gives the layer's only filter these weights, and no bias."""
    [neuron] = layer.neurons
    for w, number in zip(neuron.w, np.ravel(kernel), strict=True):
        w.data = float(number)
    neuron.b.data = 0.0


def floats(image: Any) -> list[list[float]]:
    """The numbers of an image of Values."""
    return [[float(pixel) for pixel in row] for row in image]


edge_layer = Conv2d(1, 1, 3, "linear", seed=options.seed)
set_kernel(edge_layer, EDGE)
by_hand, by_layer = slide(IMAGE, EDGE), floats(edge_layer(IMAGE)[0])
show_table(
    "What the filter says: brighter, then darker",
    ["", *(f"column {c}" for c in range(4))],
    [[f"row {r}", *(f"{seen:.2f}" for seen in row)] for r, row in enumerate(by_hand)],
)
apart = float(np.abs(np.subtract(by_hand, by_layer)).max())
print(f"The loops and nets.Conv2d differ by {apart:.1g} at most\n")

# %% [markdown]
# ## Shared weights add up their gradients
#
# A weight that is used at several places has a part in what happens at each of them, and as everywhere its gradient
# is the sum over all its uses. Here a window of 2 x 2 stands at four places of a 3 x 3 image, and E is the sum of
# the squares of what it says there. The lines are those steps of backprop that add to the first weight's gradient.

# %%
small = np.array([[0.1, 0.9, 0.8], [0.2, 0.7, 0.9], [0.0, 0.6, 0.5]])
shared = Conv2d(1, 1, 2, "linear", seed=options.seed)
set_kernel(shared, [[-1, 1], [-1, 1]])
first_weight = shared.neurons[0].w[0]
first_weight.label = "w00"
[seen_map] = shared(small)
for r, row in enumerate(seen_map):
    for c, y in enumerate(row):
        y.label = f"y{r}{c}"
error = total([y**2 for row in seen_map for y in row])
error.label = "E"
uses = [line for line in map(str, steps(error)) if line.startswith("dE/dw00 +=")]
print("\n".join(uses))
error.backward()
by_places = sum(2 * float(seen_map[r][c]) * small[r, c] for r in range(2) for c in range(2))
print(f"\nThe sum over all places by hand: {by_places:.6f}; by backward(): {first_weight.grad:.6f}\n")

# %% [markdown]
# ## Digits that do not stand still
#
# Digits of 8 x 8 pixels, each put at random into a frame of 12 x 12: up to two pixels from its middle, up or down,
# left or right. That makes 25 places. Training images and test images are moved alike, each once.

# %%
SIDE, FRAME, PLACES = 8, 12, 5
data = digits()
rng = np.random.default_rng(options.seed)


def placed(images: np.ndarray, tops: Any, lefts: Any) -> np.ndarray:
    """The images, each in an empty frame, with so many rows above it and columns on its left."""
    frames = np.zeros((len(images), FRAME, FRAME))
    for frame, image, top, left in zip(frames, images, tops, lefts, strict=True):
        frame[top : top + SIDE, left : left + SIDE] = image.reshape(SIDE, SIDE)
    return frames


def moved(images: np.ndarray) -> np.ndarray:
    """The images, each at one of the 25 places."""
    return placed(images, *rng.integers(0, PLACES, (2, len(images))))


train = moved(data.train_images), data.train_labels
test = moved(data.test_images), data.test_labels

# %% [markdown]
# ## Two nets with as many weights
#
# The convnet has 8 filters of 3 x 3. *Pooling* keeps the largest number of each square of 2 x 2, so that it matters
# less where exactly something was seen. Then come 16 filters that look at all 8 maps, another pooling that leaves one
# number of each, and ten neurons, whose scores softmax turns into probabilities. The other net spends as many weights
# on 9 hidden neurons that see the whole frame; a third one has 91 of those, and ten times as many weights.


# %%
def convnet(seed: int) -> Sequential:
    """Twice a convolution and a pooling, then ten neurons."""
    rng = np.random.default_rng(seed)
    look = [Conv2d(1, 8, 3, "relu", rng=rng), MaxPool2d(2), Conv2d(8, 16, 3, "relu", rng=rng), MaxPool2d(3)]
    return Sequential([*look, Flatten(), Layer(16, 10, "linear", rng)])


def dense(hidden: int, seed: int) -> Sequential:
    """So many neurons that see the whole frame, then ten."""
    rng = np.random.default_rng(seed)
    return Sequential([Flatten(), Layer(FRAME**2, hidden, "relu", rng), Layer(hidden, 10, "linear", rng)])


nets = {
    "convnet": convnet(options.seed),
    "MLP": dense(9, options.seed),
    "wide MLP": dense(91, options.seed),
}
print(nets["convnet"].summary(), "\n")
BATCH = 32
steps_of_each = options.epochs * -(-len(train[0]) // BATCH)
histories = {}
with progress(len(nets) * steps_of_each, "training") as bar:
    for name, net in nets.items():

        def tell(step: Step, name: str = name) -> None:
            """Moves the bar."""
            bar.move(f"{name}: loss {step.loss:.3f}")

        rate = schedules.Cosine(options.lr, options.lr / 100, steps=steps_of_each)
        histories[name] = fit(
            net,
            cross_entropy,
            train,
            Adam(net.parameters(), lr=rate),
            epochs=options.epochs,
            batch_size=BATCH,
            validation=test,
            seed=options.seed,
            metrics={"accuracy": accuracy},
            on_step=tell,
        )
weights = {name: len(net.parameters()) for name, net in nets.items()}
reached = {name: history.metrics["accuracy"][-1] for name, history in histories.items()}
show_table(
    f"After {options.epochs} epochs, on {len(test[0])} moved digits that no net has seen",
    ["net", "weights and biases", "read right"],
    [[name, f"{weights[name]:,}", f"{reached[name]:.1%}"] for name in nets],
)
percent = {name: [100 * part for part in history.metrics["accuracy"]] for name, history in histories.items()}
title = "Moved test digits that are read right"
epochs = list(range(1, len(percent["convnet"]) + 1))
picture = pictures.curves(percent, epochs, xlabel="epoch", ylabel="percent", title=title, log=False)
pictures.keep(picture, folder / "accuracy.png")

# %% [markdown]
# `places.png` asks at each place by itself: all test digits stand there, and the square shows how many of a hundred
# are read right. `probabilities.png` shows one digit at four places, for the convnet above and for the MLP below.


# %%
def outputs(net: Any, images: np.ndarray) -> np.ndarray:
    """What the net says of each image, in one row."""
    return jit(vmap(net), grad=False)(images)


def at_each_place(net: Any) -> np.ndarray:
    """The part of the test digits that is read right at each place, (5, 5)."""
    found = np.zeros((PLACES, PLACES))
    for top, left in np.ndindex(found.shape):
        count = len(data.test_images)
        frames = placed(data.test_images, [top] * count, [left] * count)
        found[top, left] = (outputs(net, frames).argmax(axis=1) == data.test_labels).mean()
    return found


both = {name: at_each_place(nets[name]) for name in ("convnet", "MLP")}
rows, columns = ["2 up", "1 up", "middle", "1 down", "2 down"], ["2 left", "1 left", "middle", "1 right", "2 right"]
left_right = pictures.frames(1, 2, size=(9, 4.2))
for ax, (name, parts) in zip(left_right, both.items(), strict=True):
    pictures.weight_grid(parts, rows, columns, title=f"{name}: percent read right", ax=ax)
pictures.keep(left_right[0].figure, folder / "places.png")
corners = placed(np.repeat(data.test_images[3:4], 4, axis=0), [0, 0, 4, 4], [0, 4, 0, 4])
chances = [outputs(lambda image, net=nets[name]: softmax(net(image)), corners) for name in both]
sheet = pictures.digit_sheet(
    np.concatenate([corners, corners]), [int(data.test_labels[3])] * 8, np.concatenate(chances), columns=4
)
pictures.keep(sheet, folder / "probabilities.png")

# %% [markdown]
# ## What the filters look for
#
# `kernels.png` shows the nine weights of each filter of the first layer: blue where it wants ink, orange where it
# does not. `maps.png` shows a digit, without the frame's border, and what four filters see; below, the same digit two
# pixels further right. The maps have moved along with it, to the last digit of their numbers.


# %%
first = nets["convnet"].layers[0]
assert isinstance(first, Conv2d)
kernels = np.array([[w.data for w in neuron.w] for neuron in first.neurons])
names = [f"filter {k}" for k in range(len(kernels))]
picture = pictures.weight_images(kernels, (3, 3), names=names, columns=4, title="The filters of the first layer")
pictures.keep(picture, folder / "kernels.png")
pair = placed(np.repeat(data.test_images[3:4], 2, axis=0), [2, 2], [1, 3])
maps = np.array([[floats(image) for image in first(frame)] for frame in pair])
drift = float(np.abs(maps[0, :, :, :-2] - maps[1, :, :, 2:]).max())
print(f"Moved back by two pixels, the maps differ by {drift:.1g} at most")
strongest = np.sort(np.argsort(-maps[0].max(axis=(1, 2)))[:4])
sheet_rows = [row for frame, seen in zip(pair, maps, strict=True) for row in (frame[1:-1, 1:-1], *seen[strongest])]
labels = ["the digit", *(names[k] for k in strongest), "moved", *(names[k] for k in strongest)]
picture = pictures.weight_images([row.ravel() for row in sheet_rows], (10, 10), names=labels, columns=5)
picture.axes[0].child_axes[-1].set_ylabel("ink, or what the filter says")
pictures.keep(picture, folder / "maps.png")

# %% [markdown]
# ## What pooling is for
#
# The maps move along; the answer should not. So all test digits are moved by one pixel, from the middle to the right,
# and at each stage of the convnet it is measured how much changes: the sum of all differences, as a part of the sum
# of all numbers before and after. 0 % would be no change at all, 100 % that what was there is gone. Each pooling
# makes it smaller: its answer is the same as long as the largest number stays in its square and no larger one comes in.

# %%
count = len(data.test_images)
here, there = (placed(data.test_images, [2] * count, [left] * count) for left in (2, 3))
stages = {"the image": 0, "8 filters": 1, "pooled": 2, "16 filters": 3, "pooled again": 4}
changes = {}
for name, depth in stages.items():
    stage = Sequential([*nets["convnet"].layers[:depth], Flatten()])
    before, after = outputs(stage, here), outputs(stage, there)
    changes[name] = float(np.abs(before - after).sum() / (before + after).sum())
sizes = ["12 x 12", "8 x 10 x 10", "8 x 5 x 5", "16 x 3 x 3", "16"]
show_table(
    "Moved by one pixel",
    ["stage", "numbers", "change"],
    [[name, size, f"{change:.0%}"] for (name, change), size in zip(changes.items(), sizes, strict=True)],
)
print(f"Written to {folder}: accuracy.png, places.png, probabilities.png,")
print("kernels.png, maps.png")

# %% [markdown]
# ## Three things to try
#
# On the command line; in a notebook, change the numbers in the first cell.
#
# 1. `--epochs 100`: does the MLP catch up with the convnet? Does the wide one, with ten times as many weights?
# 2. Put `AvgPool2d` from `nets` in the place of `MaxPool2d`: how many digits are read right, and what changes now?
# 3. Let the training images all stand in the middle, `placed(images, [2] * n, [2] * n)` for n images, and only the
#    test images be moved. Which net reads best at places where it has never seen a digit, and is that enough?
