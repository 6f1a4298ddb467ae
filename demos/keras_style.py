"""Trains the digits net in ten lines; what each one hides."""

# %% [markdown]
# # Ten lines, and what is in them
#
# High-level libraries train a net in a few lines: name the layers, call `fit`, call `evaluate`. Here is the net of the
# lesson `digits` in that style. It is convenient, and nothing of what happens can be seen. So each line is opened
# afterwards, down to single numbers, until the whole training is done once more without `fit`.

# %%
from itertools import chain
from typing import Any

import numpy as np

from autograd import ArgumentError, Value, draw, jit, mean, topological_order, vmap
from demos import pictures
from demos.data import mnist
from demos.runner import output_folder, settings
from demos.terminal import progress, show_table
from nets import MLP, SGD, Layer, Neuron, Sequential, accuracy, batches, cross_entropy

options = settings(
    "keras_style",
    quick={"epochs": 2, "train_size": 2000},
    epochs=(5, "times through the training images"),
    lr=(0.05, "learning rate"),
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
train = images.train_images[chosen], images.train_labels[chosen]
test = images.test_images, images.test_labels
total_steps = options.epochs * -(-options.train_size // options.batch)

# %% [markdown]
# ## The ten lines
#
# `fit` and `evaluate` are methods of every module. The `with` is there for the progress bar alone.

# %%
rng = np.random.default_rng(options.seed)
hidden = Layer(784, options.hidden, "relu", rng)
output = Layer(options.hidden, 10, "linear", rng)
model = Sequential([hidden, output])
optimizer = SGD(model.parameters(), lr=options.lr, momentum=0.9)
plan = {"epochs": options.epochs, "batch_size": options.batch, "seed": options.seed}
with progress(total_steps, "model.fit") as bar:
    history = model.fit(cross_entropy, train, optimizer, on_step=lambda step: bar.move(f"loss {step.loss:.3f}"), **plan)
scores = model.evaluate(test, {"loss": cross_entropy, "accuracy": accuracy})
print(f"Test accuracy {scores['accuracy']:.1%}, loss {scores['loss']:.3f}, after {len(history.steps):,} steps")

# %% [markdown]
# ## `Layer(784, 100, "relu", rng)`: numbers drawn at random
#
# A layer is a list of neurons, a neuron is a row of weights and a bias, and each of those is a `Parameter`: a number
# that keeps a gradient beside it. The weights are drawn from a normal distribution whose variance is 2 / 784 before a
# relu (He et al., "Delving deep into rectifiers", 2015) and 1 / inputs in the last layer, which has none (LeCun et
# al., "Efficient BackProp", 1998); the biases begin at 0. One seed gives the same numbers again, and so the same net:
# this second one is as the first was before `fit`. `MLP`, which `digits` uses, is a shorter way to write it.

# %%
rng = np.random.default_rng(options.seed)
again: Any = Sequential([Layer(784, options.hidden, "relu", rng), Layer(options.hidden, 10, "linear", rng)])
same_as_mlp = again.state_dict() == MLP(784, [options.hidden, 10], seed=options.seed).state_dict()
print(again.summary())
rows, spreads = [], []
for layer in again.layers:
    weights = np.array([[w.data for w in neuron.w] for neuron in layer.neurons])
    gain = 2 if layer.neurons[0].activation == "relu" else 1
    spreads.append((float(weights.std()), (gain / weights.shape[1]) ** 0.5))
    biases = [neuron.b.data for neuron in layer.neurons]
    rows.append([f"{weights.size:,}", *(f"{s:.4f}" for s in spreads[-1]), len(biases), max(map(abs, biases))])
show_table("How they start", ["weights", "their spread", "as drawn from", "biases", "largest"], rows)
print(f"The same parameters as MLP(784, [{options.hidden}, 10]): {'yes' if same_as_mlp else 'no'}")
first_weights = [[w.data for w in neuron.w] for neuron in again.layers[0].neurons[:12]]

# %% [markdown]
# ## `Sequential([...])`: a graph for every image
#
# To call the net is to call one layer with what the one before it gave. For each image that makes a new graph. A neuron
# adds two nodes to it: `dot` for its weighted sum with the bias, and `relu`; in the last layer it is `dot` alone. The
# picture `neuron.png` shows one with three inputs instead of 784.

# %%
four = images.train_images[np.flatnonzero(images.train_labels == 4)[0]]
answer = again(four)
nodes = list(dict.fromkeys(chain.from_iterable(map(topological_order, answer))))
counts = {op: sum(node.op is not None and node.op.name == op for node in nodes) for op in ("dot", "relu")}
leaves = sum(node.op is None for node in nodes)
print(f"{len(nodes):,} nodes: {counts['dot']} dot, {counts['relu']} relu, and {leaves:,} parameters that they read")
three = Neuron(3, "relu", seed=1)
small: Value = three([0.5, 1.0, 0.25])
small.backward()
draw(small, partials=True).save(folder / "neuron.png")

# %% [markdown]
# ## `cross_entropy`: one number that says how wrong
#
# The ten scores become probabilities by softmax, and the loss is minus the logarithm of the one that the right digit
# got: 0 if that is 1, and large if it is small. An untrained net gives each digit something near a tenth, and minus
# the logarithm of a tenth is 2.3.

# %%
loss = cross_entropy(answer, 4)
by_engine = loss.data
raw = np.array([score.data for score in answer])
probabilities = np.exp(raw) / np.exp(raw).sum()
by_numpy = -np.log(probabilities[4])
print(f"An image of a 4; the net gives a 4 the probability {probabilities[4]:.4f}")
print(f"cross_entropy:             {by_engine:.12f}")
print(f"-log of that, by NumPy:    {by_numpy:.12f}")

# %% [markdown]
# ## Inside `fit`: `loss.backward()`
#
# It goes through the graph once, from the loss down, and leaves in each parameter's `grad` how fast the loss rises
# with it. For the bias of the neuron for digit k that is `p_k - t_k`: the probability it gave less the one it should
# have given, 1 for the right digit and 0 for the others. (C. Bishop, "Pattern Recognition and Machine Learning", 2006,
# section 4.3.4.) A weight of the first layer on a black pixel, or of a neuron that kept silent, gets exactly 0.

# %%
again.zero_grad()
loss.backward()
bias_gradients = np.array([neuron.b.grad for neuron in again.layers[1].neurons])
wanted = np.eye(10)[4]
show_table(
    "One image of a 4",
    ["", *map(str, range(10))],
    [
        [name, *(f"{x:.2f}" for x in row)]
        for name, row in (("p_k", probabilities), ("t_k", wanted), ("grad", bias_gradients))
    ],
)
gradients = np.array([[w.grad for w in neuron.w] for neuron in again.layers[0].neurons])
ink = np.count_nonzero(four)
awake = np.count_nonzero(gradients.any(axis=1))
zeros = np.count_nonzero(gradients == 0)
print(f"{ink} of 784 pixels hold ink, {awake} of {options.hidden} hidden neurons speak: {awake} x {ink} weights")
print(f"of the first layer have a gradient, the other {zeros:,} have 0")
draw(loss, depth=1).save(folder / "net.png")

# %% [markdown]
# ## `SGD(..., momentum=0.9)`: a velocity for each parameter
#
# A step turns the gradient g into a velocity, `v <- 0.9 v + g`, and moves the parameter against it: `p <- p - lr v`.
# That is all. Here are two steps on that one image, followed at the bias for a 4, by the optimiser and by hand.

# %%
untrained = again.state_dict()
bias = again.layers[1].neurons[4].b
sgd = SGD(again.parameters(), lr=options.lr, momentum=0.9)
velocity, by_hand, rows = 0.0, bias.data, []
for step in (1, 2):
    sgd.zero_grad()
    loss = cross_entropy(again(four), 4)
    loss.backward()
    before = bias.data
    velocity = 0.9 * velocity + bias.grad
    by_hand -= options.lr * velocity
    sgd.step()
    by_optimiser, bias_gradient = bias.data, bias.grad
    numbers = before, bias_gradient, velocity, by_optimiser, by_hand
    rows.append([step, f"{loss.data:.4f}", *(f"{x:.6f}" for x in numbers)])
show_table("The bias for a 4", ["step", "loss", "before", "grad", "v", "after", "by hand"], rows)
two_steps = float(cross_entropy(again(four), 4))
print(f"The loss on that image is now {two_steps:.4f}")
again.load_state_dict(untrained)

# %% [markdown]
# ## `fit` itself: two loops
#
# What is left is repetition: so many epochs, in each all the images in a new order, so many at a time. Written out, the
# training of the ten lines is this. The loss is written for one image, `vmap` takes it to all images of a batch, `mean`
# makes one number of them, and `jit` finds the matrices in it; without `@jit` the same runs in single numbers, slowly.
# `fit` also keeps the record, measures metrics, puts dropout to work and to rest, refuses to go on with numbers that
# are not finite, and ends at Ctrl-C with a net that is whole.


# %%
@jit
def batch_loss(xs: np.ndarray, ys: np.ndarray) -> Value:
    """The mean loss of a batch."""
    return mean(vmap(lambda x, y: cross_entropy(again(x), y))(xs, ys))


optimizer_again = SGD(again.parameters(), lr=options.lr, momentum=0.9)
order = np.random.default_rng(options.seed)
losses = []
with progress(total_steps, "by hand") as bar:
    for _ in range(options.epochs):
        for xs, ys in batches(*train, options.batch, order):
            loss = batch_loss(xs, ys)
            optimizer_again.zero_grad()
            loss.backward()
            optimizer_again.step()
            losses.append(loss.data)
            bar.move(f"loss {loss.data:.3f}")
trained, by_loop = (np.array([p.data for p in net.parameters()]) for net in (model, again))
apart = float(np.abs(trained - by_loop).max())
moved = float(np.abs(by_loop - np.array(list(untrained.values()))).max())
equal = np.count_nonzero(trained == by_loop)
print(f"{equal:,} of {trained.size:,} parameters agree with those of fit to the last bit")
print(f"The largest difference is {apart:g}; the farthest that one moved in training is {moved:.2f}")

# %% [markdown]
# ## `evaluate`: look at each image once, learn nothing
#
# The mean of each metric over the examples; here they are images that the net was not trained on. `accuracy` is 1
# where the largest score is that of the right digit, and 0 elsewhere. So it comes to counting.

# %%
answers = jit(vmap(again), grad=False)(test[0])
read_as = answers.argmax(axis=1)
right = int(np.sum(read_as == test[1]))
print(f"{right:,} of {len(read_as):,} test images are read right: {right / len(read_as):.1%}")
print(f"evaluate said {scores['accuracy']:.1%}\n")

# %% [markdown]
# Two more pictures: the weights of twelve hidden neurons before and after, as images, and the loss of each step.

# %%
last_weights = [[w.data for w in neuron.w] for neuron in again.layers[0].neurons[:12]]
names = [f"{when} {at}" for when in ("before", "after") for at in range(1, len(first_weights) + 1)]
columns = -(-len(first_weights) // 2)
sheet = pictures.weight_images(first_weights + last_weights, images.shape, names=names, columns=columns)
pictures.keep(sheet, folder / "weights.png")
pictures.keep(
    pictures.loss_curve(history.loss, total_steps // options.epochs, ylabel="cross-entropy"), folder / "loss.png"
)

# %% [markdown]
# ## What is hidden where

# %%
where_to_look = [
    ["Layer(...)", "random numbers", "perceptron", "nets/layers.py"],
    ['"relu"', "the bend", "sigmoid_neuron", "autograd/ops.py"],
    ["Sequential(...)", "graph per image", "moons", "nets/layers.py"],
    ["SGD(...)", "velocities", "descent", "nets/optim.py"],
    ["cross_entropy", "logsumexp, pick", "descent", "nets/losses.py"],
    ["fit", "two loops", "digits", "nets/train.py"],
    ["fit: backward", "the chain rule", "backprop", "autograd/backprop.py"],
    ["fit: jit", "finding matrices", "compile", "autograd/jit"],
    ["evaluate", "a mean", "digits", "nets/train.py"],
]
show_table("The ten lines", ["line", "what it hides", "lesson", "file"], where_to_look)
print(f"Written to {folder}: neuron.png, net.png, weights.png, loss.png")

# %% [markdown]
# ## Three things to try
#
# On the command line; in a notebook, change the numbers in the first cell.
#
# 1. `--train-size 500 --batch 1 --lr 0.001`, then `--train-size 500 --batch 500`: how do the two loss curves differ?
# 2. Take the `@jit` away and run with `--quick --hidden 10 --train-size 200`. Are the parameters still equal to the
#    last bit? How far apart are they, and why at all?
# 3. Leave `optimizer_again.zero_grad()` out of the loop. What do gradients that are never set to 0 do to the loss?
