"""Reads sequences with a net that hears its own last word."""

# %% [markdown]
# # A net with a memory
#
# The nets so far see everything at once. A recurrent net reads a sequence step by step, and what it said at one step
# is an input of the next: `h_t = tanh(w x_t + u h_(t-1) + b)`. So h_t may depend on all that was read so far (J. Elman,
# "Finding structure in time", 1990). Below is the smallest one, a single neuron, and three steps of it.

# %%
import textwrap
from typing import Any

import numpy as np

from autograd import Value, draw, explain, jit, label, mean, softmax, sum, tanh, vmap
from demos import pictures
from demos.data import names
from demos.runner import output_folder, settings
from demos.terminal import progress, show_table
from nets import RNN, SGD, Adam, Layer, binary_cross_entropy, clip_gradients, cross_entropy, squared_error

options = settings(
    "recurrent",
    quick={"steps": 150},
    bits=(8, "bits in a sequence whose parity is learned"),
    parity_steps=(1000, "steps of training on them"),
    depth=(30, "steps in time that gradients are followed through"),
    norm=(1.0, "length to which long gradients are clipped"),
    steps=(1500, "steps of training on names"),
)
pictures.ready()
folder = output_folder(options.out)

BITS = (1.0, 0.0, 1.0)
tiny = RNN(1, 1)
w, u, b = tiny.parameters()
for parameter, name, number in zip((w, u, b), "wub", (1.0, 0.8, -0.2), strict=True):
    parameter.label, parameter.data = name, number
outputs, _ = tiny([[x] for x in BITS])
h1, h2, h3 = (h[0] for h in outputs)
label(h1=h1, h2=h2, h3=h3)
h3.backward()
draw(h3).save(folder / "unrolled.png")

# %% [markdown]
# ## The loop, unrolled
#
# `unrolled.png` shows the graph. There is no loop in it: each step has nodes of its own, as a layer has in a deep net.
# But all steps share the same w, u and b, from which arrows lead to each of them. Backprop needs nothing new for that.
# It goes back through the steps, therefore it is called *backprop through time*, and adds up along the arrows: the
# gradient of a shared weight is the sum over its uses. Here h3 stands where a loss would, to keep it small. The engine
# can tell the uses one by one:

# %%
paths = explain(h3, u)
print(paths, "\n")

# %% [markdown]
# The same once more, without trusting it: give each step a weight of its own, all with the same numbers. Then every
# use has a gradient by itself, and the three sum up to that of the shared weight.

# %%
own = [[Value(p.data) for p in (w, u, b)] for _ in BITS]
h: Any = 0.0
for x, (own_w, own_u, own_b) in zip(BITS, own, strict=True):
    h = tanh(own_w * x + own_u * h + own_b)
h.backward()
uses = np.array([[each.grad for each in row] for row in own])
shared = np.array([w.grad, u.grad, b.grad])
show_table(
    "The gradient of each use",
    ["", "w", "u", "b"],
    [
        *([f"step {t}", *(f"{g:.6f}" for g in row)] for t, row in enumerate(uses, 1)),
        ["sum", *(f"{g:.6f}" for g in uses.sum(axis=0))],
        ["shared", *(f"{g:.6f}" for g in shared)],
    ],
)
print("The first state, before any bit, is 0: so u has no part in step 1.\n")

# %% [markdown]
# ## Parity
#
# Is the number of ones so far odd? A single missed bit turns the answer, and no single bit says anything about it. So
# the net needs to carry one bit of memory, and to turn it at each 1: the xor of the memory and the bit. It is asked at
# each step, and trained on fresh sequences all the time.


# %%
rng = np.random.default_rng(options.seed)
reader, judge = RNN(1, 16, rng=rng), Layer(16, 1, "linear", rng=rng)


def odd_scores(bits: Any) -> list[Any]:
    """The score after each bit: above 0 says that the ones so far are odd in number."""
    return [judge(h)[0] for h in reader([[x] for x in bits])[0]]


def sequence_loss(bits: Any, parities: Any) -> Any:
    """The mean cross-entropy over the steps of a sequence."""
    return mean(binary_cross_entropy(score, odd) for score, odd in zip(odd_scores(bits), parities, strict=True))


@jit
def parity_loss(bits: Any, parities: Any) -> Any:
    """The mean loss of a batch."""
    return mean(vmap(sequence_loss)(bits, parities))


def some_bits(count: int, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Random sequences, and the parity of each up to each of its bits."""
    bits = rng.integers(0, 2, (count, length)).astype(float)
    return bits, np.cumsum(bits, axis=1) % 2


optimizer: Any = Adam([*reader.parameters(), *judge.parameters()], lr=0.01)
parity_losses = []
with progress(options.parity_steps, "parity") as bar:
    for _ in range(options.parity_steps):
        batch_loss = parity_loss(*some_bits(32, options.bits))
        optimizer.zero_grad()
        batch_loss.backward()
        optimizer.step()
        parity_losses.append(batch_loss.data)
        bar.move(f"loss {batch_loss.data:.3f}")

right = {}
for length in (options.bits, 2 * options.bits, 100):
    bits, parities = some_bits(500, length)
    right[length] = float(((jit(vmap(odd_scores), grad=False)(bits) > 0) == parities)[:, -1].mean())
print(f"Trained on {options.bits} bits. Right about the parity of")
print(", ".join(f"{length} bits: {part:.0%}" for length, part in right.items()), "\n")
pictures.keep(pictures.loss_curve(parity_losses, title="Parity"), folder / "parity.png")

# %% [markdown]
# Whoever has found the rule can read on and on; whether a net has found it for good, or only well enough for as many
# bits as it has seen, is told by the longer sequences. (Other seeds differ here.)
#
# ## Gradients that vanish or explode
#
# At each step back in time the gradient is multiplied by the same recurrent weights U, and by the slope of the bend.
# So it shrinks or grows as powers do. To see it bare, let U be a factor times an orthogonal matrix, which changes the
# length of no vector. Without a bend the length is then factor^(steps). The slope of tanh is at most 1: with it the
# gradient can only be shorter. (Hochreiter 1991; Bengio, Simard and Frasconi, "Learning long-term dependencies with
# gradient descent is difficult", 1994.)


# %%
def gradients_in_time(factor: float, activation: str) -> list[float]:
    """The length of the gradient in h_t, for each t, of a loss that looks at the last step alone."""
    rng = np.random.default_rng(options.seed)
    rnn = RNN(1, 16, activation, rng=rng)
    turned = factor * np.linalg.qr(rng.normal(size=(16, 16)))[0]
    for row, numbers in zip(rnn.w, turned, strict=True):
        for parameter, number in zip(list(row)[1:], numbers, strict=True):
            parameter.data = number
    states, _ = rnn(rng.normal(size=(options.depth, 1)))
    (0.25 * sum(states[-1])).backward()
    return [float(np.linalg.norm([h.grad for h in state])) for state in states]


factors = (0.5, 0.8, 1.0, 1.25, 2.0)
lengths = {kind: {f: gradients_in_time(f, kind) for f in factors} for kind in ("linear", "tanh")}
ends = [1, *range(10, options.depth, 10), options.depth]
show_table(
    "The length of dE/dh_t; E depends on the last step",
    ["", "factor", *(f"t = {t}" for t in ends)],
    [
        [kind, f"{f:g}", *(f"{line[t - 1]:.1e}" for t in ends)]
        for kind, lines in lengths.items()
        for f, line in lines.items()
    ],
)
axes = pictures.frames(1, 2, size=(8, 4))
for ax, (kind, lines) in zip(axes, lengths.items(), strict=True):
    pictures.curves(
        {f"U times {f:g}": line for f, line in lines.items()},
        at=range(1, options.depth + 1),
        xlabel="t",
        ylabel="length of dE/dh_t",
        title="without a bend (colours as beside)" if kind == "linear" else "with tanh",
        log=True,
        ax=ax,
    )
axes[0].get_legend().remove()
pictures.keep(axes[0].figure, folder / "gradients.png")

# %% [markdown]
# Vanished means: what happened early is not learned from, however much it matters. (The next lesson is about that.)
# Exploded means that a single step throws the weights far away. Against this there is a simple remedy: if the gradient
# of all weights together is longer than some norm, shorten it and keep its direction (Pascanu, Mikolov and Bengio, "On
# the difficulty of training recurrent neural networks", 2013). Here a net of relu neurons counts the ones among 20
# bits, once without and once with it. Who says 10 to everything has a loss of 2.5.


# %%
def count_ones(norm: float, steps: int = 600) -> tuple[list[float], list[float]]:
    """The loss of each step, and the length of its gradient; it ends early if the loss explodes."""
    rng = np.random.default_rng(options.seed)
    counter, scale = RNN(1, 16, "relu", rng=rng), Layer(16, 1, "linear", rng=rng)
    optimizer = SGD([*counter.parameters(), *scale.parameters()], lr=0.01)

    def miss(bits: Any, count: Any) -> Any:
        return squared_error(scale(counter([[x] for x in bits])[0][-1]), [count])

    loss = jit(lambda bits, counts: mean(vmap(miss)(bits, counts)))
    losses, gradients = [], []
    for _ in range(steps):
        bits = rng.integers(0, 2, (32, 20)).astype(float)
        now = loss(bits, bits.sum(axis=1))
        losses.append(now.data)
        if not now.data < 1e9:
            break
        optimizer.zero_grad()
        now.backward()
        gradients.append(clip_gradients(optimizer.flat, norm))
        optimizer.step()
    return losses, gradients


no_limit = 1e300
counts = {"as it is": count_ones(no_limit), f"clipped to {options.norm:g}": count_ones(options.norm)}
show_table(
    "Counting ones",
    ["gradient", "longest", "steps", "first loss", "highest", "mean of last 50"],
    [
        [
            name,
            f"{max(gradients):.2g}",
            len(losses),
            f"{losses[0]:.3g}",
            f"{max(losses):.2g}",
            f"{np.mean(losses[-50:]):.2g}" if len(losses) == 600 else "gave up",
        ]
        for name, (losses, gradients) in counts.items()
    ],
)
curves = {name: losses for name, (losses, _) in counts.items()}
pictures.keep(pictures.curves(curves, title="Counting ones", log=True, top=1e3), folder / "clipping.png")

# %% [markdown]
# ## The next letter of a name
#
# Now the net reads a name letter by letter and says after each what may come next: 27 probabilities, for the letters
# and for the end. A letter comes in as a row of 27 numbers, all 0 but a 1 at its place (*one-hot*). The right answer
# is always the next letter, so names need no labels. All are padded to one length; the padding has weight 0.

# %%
LETTERS = ".abcdefghijklmnopqrstuvwxyz"  # the dot stands for the beginning and the end
known = np.random.default_rng(options.seed).permutation(names()).tolist()
longest = max(map(len, known))
places = np.array([[LETTERS.index(x) for x in f".{name}".ljust(longest + 2, ".")] for name in known])
one_hot, following = np.eye(27)[places[:, :-1]], places[:, 1:]
weights = np.array([[float(t <= len(name)) for t in range(longest + 1)] for name in known])
train, test = slice(0, 4500), slice(4500, None)

speller, scorer = RNN(27, 48, rng=rng), Layer(48, 27, "linear", rng=rng)


def name_loss(rows: Any, following: Any, weights: Any) -> Any:
    """The cross-entropy of each next letter, added up over the name."""
    states, _ = speller(rows)
    return sum(weight * cross_entropy(scorer(h), at) for h, at, weight in zip(states, following, weights, strict=True))


@jit
def names_loss(rows: Any, following: Any, weights: Any) -> Any:
    """The mean loss of the names."""
    return mean(vmap(name_loss)(rows, following, weights))


def per_letter(which: Any) -> tuple[Any, float]:
    """The loss of these names, and by what to divide it for that of one letter."""
    return names_loss(one_hot[which], following[which], weights[which]), float(weights[which].sum(axis=1).mean())


def spelled(rng: np.random.Generator) -> str:
    """A new name: each letter drawn with the probability that the net gives it, and then read by the net."""
    name, state = ".", None
    while len(name) < 15 and (len(name) == 1 or name[-1] != "."):
        h, state = speller.step(np.eye(27)[LETTERS.index(name[-1])], state)
        probabilities = np.array([float(p) for p in softmax(scorer(h))])
        name += LETTERS[rng.choice(27, p=probabilities / probabilities.sum())]
    return name.strip(".")


def sample() -> str:
    """Ten new names."""
    rng = np.random.default_rng(options.seed)
    return " ".join(spelled(rng) for _ in range(10))


untrained = sample()
optimizer = Adam([*speller.parameters(), *scorer.parameters()], lr=0.005)
name_losses = []
with progress(options.steps, "names") as bar:
    for _ in range(options.steps):
        total, letters = per_letter(rng.choice(4500, 32, replace=False))
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
        name_losses.append(total.data / letters)
        bar.move(f"loss {name_losses[-1]:.3f}")
total, letters = per_letter(test)
test_loss = total.data / letters

# %% [markdown]
# Is that good? Compare with what counting can do, on 500 names that neither has seen: how often each letter stands in
# a name, or how often it follows the one before.

# %%
pairs = np.ones((27, 27))  # from 1 on, so that no pair is impossible
seen = weights[train] == 1
np.add.at(pairs, (places[train, :-1][seen], following[train][seen]), 1)
asked = weights[test] == 1
before, after = places[test, :-1][asked], following[test][asked]
alone = -np.log((pairs.sum(axis=0) / pairs.sum())[after]).mean()
in_pairs = -np.log((pairs / pairs.sum(axis=1, keepdims=True))[before, after]).mean()
show_table(
    "Cross-entropy per letter on 500 new names",
    ["", "loss"],
    [
        ["all letters alike", f"{np.log(27):.3f}"],
        ["counted letters", f"{alone:.3f}"],
        ["counted pairs", f"{in_pairs:.3f}"],
        ["recurrent net", f"{test_loss:.3f}"],
    ],
)
trained = sample()
for when, text in {"before": untrained, "after": trained}.items():
    print(textwrap.fill(f"Spelled {when} training: {text}", 79, subsequent_indent="  "))
print()
pictures.keep(pictures.loss_curve(name_losses, title="The next letter: loss per letter"), folder / "names.png")
print(f"Written to {folder}: unrolled.png, parity.png,\n  gradients.png, clipping.png, names.png")

# %% [markdown]
# ## Three things to try
#
# On the command line; in a notebook, change the numbers in the first cell.
#
# 1. `--bits 3`, then `--bits 16`: how well does the net that learned from them read 100 bits? Which one learns at all?
# 2. `--norm 10`, then `--norm 100`: the counting net survives that too. But does it still learn to count?
# 3. Let `spelled` always take the most probable letter, `probabilities.argmax()`. Why are all the names the same?
