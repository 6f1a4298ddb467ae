"""Lets each letter look back at the others: a tiny GPT."""

# %% [markdown]
# # Who looks at whom?
#
# What comes after `ch` in a name? It depends on the letters before, on some of them much more than on others, and on
# which ones differs from name to name. In *self-attention* each row of a sequence finds out for itself: it asks, every
# row shows what it has, and the better the answer fits the question, the more is taken from there. (Vaswani et al.,
# "Attention is all you need", 2017.)

# %%
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import ArgumentError, dot, jit, mean, softmax, vmap
from demos import pictures
from demos.data import names
from demos.runner import output_folder, settings
from demos.terminal import progress, show_table
from nets import MLP, Adam, Embedding, Layer, Module, RMSNorm, SelfAttention, cross_entropy, schedules

options = settings(
    "attention",
    quick={"steps": 600},
    steps=(6000, "steps of training"),
    batch=(32, "names per step"),
    lr=(0.01, "learning rate at the start; it is annealed to a twentieth of that"),
    width=(16, "numbers per letter inside the net"),
)
pictures.ready()
folder = output_folder(options.out)

# %% [markdown]
# ## One head, by hand
#
# Four rows of two numbers: how much of a vowel, and how much of a consonant, each letter of *mina* is. (The numbers are
# made up; later a net finds its own.) Three small matrices make a query, a key and a value of each row. Here the query
# swaps the two numbers: a vowel asks for consonants, a consonant for vowels. Key and value are the row itself.

# %%
WORD = "mina"
ROWS = [[0.1, 1.0], [0.8, 0.0], [0.0, 0.9], [1.0, 0.2]]
QUERY, SAME = [[0.0, 3.0], [3.0, 0.0]], [[1.0, 0.0], [0.0, 1.0]]


def times(matrix: Sequence[Sequence[float]], row: Sequence[float]) -> list[float]:
    """A matrix times a row: a weighted sum for each line of the matrix."""
    return [sum(w * x for w, x in zip(line, row, strict=True)) for line in matrix]


def shares(scores: Sequence[float]) -> list[float]:
    """Softmax: numbers above 0 that add up to 1, the larger the score, the larger."""
    powers = [math.exp(score) for score in scores]
    return [power / sum(powers) for power in powers]


queries = [times(QUERY, row) for row in ROWS]
keys, values = [times(SAME, row) for row in ROWS], [times(SAME, row) for row in ROWS]
scores = [times(keys, q) for q in queries]  # a query times a key: how well the answer fits the question
by_hand = [shares([score / math.sqrt(2) for score in row]) for row in scores]
outputs = [times(list(zip(*values, strict=True)), row) for row in by_hand]
show_table(
    "Row, query, what it takes from each letter, and what comes of it",
    ["", "row", "query", *WORD, "output"],
    [
        [letter, *(" ".join(f"{x:.1f}" for x in xs) for xs in (x, q)), *(f"{a:.3f}" for a in row), f"{y:.3f} {z:.3f}"]
        for letter, x, q, row, (y, z) in zip(WORD, ROWS, queries, by_hand, outputs, strict=True)
    ],
)

# %% [markdown]
# Each output is a blend of all values, in shares that add up to 1. `SelfAttention` does the same with Values, so that
# the three matrices can be learned (and a fourth for what comes out, here one that changes nothing).


# %%
def head(causal: bool) -> SelfAttention:
    """One head with the matrices above."""
    attention = SelfAttention(2, causal=causal, seed=0)
    for given, matrix in ((QUERY, "query"), (SAME, "key"), (SAME, "value"), (SAME, "out")):
        for line, parameters in zip(given, getattr(attention, matrix), strict=True):
            for number, parameter in zip(line, parameters, strict=True):
                parameter.data = number
    return attention


def floats(rows: Any) -> np.ndarray:
    """The numbers in nested lists of Values."""
    return np.array([[float(x) for x in row] for row in rows])


looking, looking_back = head(causal=False), head(causal=True)
hand_difference = max(
    np.abs(floats(looking.weights(ROWS)[0]) - by_hand).max(), np.abs(floats(looking(ROWS)) - outputs).max()
)
print(f"Largest difference between SelfAttention and the numbers by hand: {hand_difference:.1g}\n")

# %% [markdown]
# ## What the mask hides
#
# A net that is to say which letter comes next must not look at it. In a *causal* head a row sees itself and the rows
# before it; the later ones are left out before softmax, so the shares still add up to 1. `head.png` shows both, in
# percent. The table tells how much the outputs change when the last letter does: with the mask those of *m*, *i* and
# *n* not at all.

# %%
both = pictures.frames(1, 2, (8, 4.6))
for ax, attention, title in zip(both, (looking, looking_back), ("Every row", "Causal: itself and before"), strict=True):
    pictures.weight_grid(floats(attention.weights(ROWS)[0]), WORD, WORD, title=title, ax=ax)
pictures.keep(both[0].figure, folder / "head.png")
other_end = [*ROWS[:3], [0.0, 1.0]]
changes = {
    name: np.abs(floats(attention(other_end)) - floats(attention(ROWS))).max(axis=1)
    for name, attention in (("every row", looking), ("causal", looking_back))
}
show_table(
    "Change of each output when the last row becomes a consonant",
    ["", *WORD],
    [[name, *(f"{c:.3f}" for c in change)] for name, change in changes.items()],
)

# %% [markdown]
# ## Why divide by the square root?
#
# The scores above were divided by `sqrt(d)`, d = 2 being the length of a query. If the numbers of queries and keys
# vary by about 1, a sum of d products varies by about sqrt(d) (Vaswani et al., footnote 4). Undivided, long queries
# would make softmax give nearly all to one of 8 rows before anything is learned, and there softmax is flat: with a
# share p, its slope p (1 - p) is next to 0, and little is left to learn from.

# %%
rng = np.random.default_rng(options.seed)
spreads: dict[int, list[float]] = {}
for d in (2, 16, 128, 1024):
    raw = np.einsum("nd,nkd->nk", rng.normal(size=(1000, d)), rng.normal(size=(1000, 8, d)))
    spreads[d] = [float(raw.std())]
    for scaled in (raw, raw / math.sqrt(d)):
        powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
        p = (powers / powers.sum(axis=1, keepdims=True)).max(axis=1)
        spreads[d] += [float(p.mean()), float((p * (1 - p)).mean())]
show_table(
    "1,000 random queries, 8 random keys each",
    ["d", "spread of scores", "largest share", "its slope", "divided: share", "slope"],
    [[d, f"{spread:.1f}", *(f"{x:.3f}" for x in rest)] for d, (spread, *rest) in spreads.items()],
)

# %% [markdown]
# ## Order
#
# Without a mask, attention does not know where a row stands. Shuffle the rows, and the outputs are the same ones,
# shuffled. So the position has to be part of the row: here, a little is added to both numbers, the more the later.

# %%
ORDER = [2, 0, 3, 1]
PLACES = [[0.3 * at, 0.3 * at] for at in range(len(ROWS))]


def order_matters(places: Sequence[Sequence[float]]) -> float:
    """How far the outputs of shuffled rows are from the outputs, shuffled."""
    rows = np.array(ROWS)
    straight = floats(looking(rows + places))
    return float(np.abs(floats(looking(rows[ORDER] + places)) - straight[ORDER]).max())


unplaced, placed = order_matters(np.zeros((4, 2)).tolist()), order_matters(PLACES)
print(f"Shuffled first or last: {unplaced:.1g} apart; with positions {placed:.2f}\n")

# %% [markdown]
# ## Names
#
# Now 5,000 names of people, cut into letters. The net reads `.anna` and is to say `anna.`: at each place the next
# letter, where a dot stands for the beginning and the end. All are filled up with dots to one length, and a mask of
# ones and zeros keeps what was filled up out of the loss. (It is scaled: a mean over names becomes one over letters.)

# %%
LETTERS = ".abcdefghijklmnopqrstuvwxyz"
known = set(names())
longest = max(map(len, known))
shuffled = np.random.default_rng(options.seed).permutation(names()).tolist()
train_names, validation_names = shuffled[500:], shuffled[:500]
if options.batch > len(train_names):
    raise ArgumentError(f"--batch is {options.batch}; there are {len(train_names)} names to learn from")


def encode(some: Sequence[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What the net reads, what it is to say, and the mask; each of shape (names, longest + 1)."""
    rows = np.array([[LETTERS.index(c) for c in f".{name}".ljust(longest + 2, ".")] for name in some])
    lengths = np.array([len(name) for name in some])
    mask = np.arange(longest + 1) <= lengths[:, None]
    return rows[:, :-1], rows[:, 1:], mask / (lengths + 1).mean()


train, validation = encode(train_names), encode(validation_names)
print(f"{len(train_names):,} names to learn from, {len(validation_names)} to watch, of up to {longest} letters")

# %% [markdown]
# The one to beat is a table of counts: how often each letter followed each other one among the names to learn from (and
# one more, so that nothing is impossible). Such a *bigram* table knows the letter before and nothing else. Its loss is
# the mean of -log(probability of the letter that came). (The way from counts to a transformer, on names, is that of
# A. Karpathy's makemore, 2022; a GPT in single numbers is his microgpt, 2026.)

# %%
counts = np.ones((27, 27))
np.add.at(counts, (train[0], train[1]), train[2] > 0)
table = counts / counts.sum(axis=1, keepdims=True)
bigram_loss = float(np.mean(np.sum(-np.log(table[validation[0], validation[1]]) * validation[2], axis=1)))

# %% [markdown]
# ## A tiny GPT
#
# Each letter is a learned row of numbers, each place another, and the two are added. Attention lets the places look
# back; a small MLP then works on each place by itself. What both find is *added* to the row that goes by them, and
# before each the row is brought to one scale by RMSNorm. At the end a layer gives a score to each possible next letter.


# %%
class GPT(Module):
    """One block of a transformer with one causal head."""

    def __init__(self, width: int, places: int, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.letters = Embedding(len(LETTERS), width, rng)
        self.places = Embedding(places, width, rng)
        self.norms = [RMSNorm(width) for _ in range(3)]
        self.attention = SelfAttention(width, rng=rng)
        self.mlp = MLP(width, [4 * width, width], rng=rng)
        self.scores = Layer(width, len(LETTERS), "linear", rng)

    def rows(self, letters: Sequence[Any]) -> list[list[Any]]:
        """Letter and place of each, added."""
        return [added(self.letters(letter), self.places(at)) for at, letter in enumerate(letters)]

    def __call__(self, letters: Sequence[Any]) -> list[list[Any]]:
        """27 scores for what comes after each letter."""
        first, second, third = self.norms
        xs = self.rows(letters)
        xs = [added(x, heard) for x, heard in zip(xs, self.attention([first(x) for x in xs]), strict=True)]
        xs = [added(x, self.mlp(second(x))) for x in xs]
        return [self.scores(third(x)) for x in xs]

    def weights(self, letters: Sequence[Any]) -> list[list[Any]]:
        """How much each letter looks at each."""
        return self.attention.weights([self.norms[0](x) for x in self.rows(letters)])[0]


def added(xs: Sequence[Any], ys: Sequence[Any]) -> list[Any]:
    """The sum, number by number."""
    return [x + y for x, y in zip(xs, ys, strict=True)]


def name_loss(letters: Any, following: Any, mask: Any) -> Any:
    """Cross-entropy at each place, added up where the mask is not 0."""
    return dot(mask, [cross_entropy(s, letter) for s, letter in zip(model(letters), following, strict=True)])


model = GPT(options.width, longest + 1, options.seed)
batch_loss = jit(lambda *batch: mean(vmap(name_loss)(*batch)))
losses = jit(vmap(name_loss), grad=False)
probabilities = jit(vmap(lambda letters: [softmax(scores) for scores in model(letters)]), grad=False)


def sample(count: int) -> list[str]:
    """New names: letter after letter is drawn with the probabilities that the net gives."""
    rng = np.random.default_rng(options.seed)
    drawn = np.zeros((count, longest + 2), dtype=int)
    for at in range(longest + 1):
        heights = probabilities(drawn[:, :-1])[:, at].cumsum(axis=1)
        drawn[:, at + 1] = (heights < rng.random((count, 1)) * heights[:, -1:]).sum(axis=1)
    return ["".join(LETTERS[k] for k in row[1:]).partition(".")[0] for row in drawn]


untrained_loss, before = float(losses(*validation).mean()), sample(1000)
print(f"{len(model.parameters()):,} parameters\n")

# %% [markdown]
# ## Training
#
# At each step some names are drawn, and Adam turns all weights a little. `vmap` says that the names of a batch are
# alike, and `jit` finds the matrices in the single numbers.

# %%
rng = np.random.default_rng(options.seed)
optimizer = Adam(model.parameters(), lr=schedules.Cosine(options.lr, options.lr / 20, steps=options.steps))
stretch = max(1, options.steps // 20)
seen: list[float] = []
at_steps, training, watched = [], [], []
with progress(options.steps, "training") as bar:
    for done in range(1, options.steps + 1):
        chosen = rng.choice(len(train_names), options.batch, replace=False)
        loss = batch_loss(*(part[chosen] for part in train))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        seen.append(loss.data)
        if done % stretch == 0 or done == options.steps:
            at_steps.append(done)
            training.append(float(np.mean(seen[-stretch:])))
            watched.append(float(losses(*validation).mean()))
            if len(watched) % 5 == 0:
                bar.note(f"step {done:,}: validation loss {watched[-1]:.3f}")
        bar.move(f"validation loss {watched[-1]:.3f}" if watched else "")
lines = {"names learned from": training, "validation": watched, "bigram table": [bigram_loss] * len(at_steps)}
curve = pictures.curves(lines, at_steps, ylabel="loss per letter", title="A tiny GPT learns names", log=False)
pictures.keep(curve, folder / "training.png")

# %% [markdown]
# A loss of log(k) is that of guessing among k letters that are all equally probable, so exp(loss) tells between how
# many letters each of them hesitates.

# %%
compared = {
    "all letters alike": math.log(len(LETTERS)),
    "the net, untrained": untrained_loss,
    "bigram table": bigram_loss,
    "the net, trained": watched[-1],
}
show_table(
    f"On {len(validation_names)} names that were kept back",
    ["", "loss", "exp(loss)"],
    [[name, f"{loss:.3f}", f"{math.exp(loss):.1f}"] for name, loss in compared.items()],
)

# %% [markdown]
# ## New names
#
# Both columns are drawn with the same random numbers, before training and after it. A star marks a name of the 5,000.

# %%
after = sample(1000)
star = {True: "*", False: ""}
show_table(
    "Sampled names",
    ["before", "after", "after", "after"],
    [[before[k], *(f"{name}{star[name in known]}" for name in after[k::10][:3])] for k in range(10)],
)
found = [sum(name in known for name in some) for some in (before, after)]
print(f"Of 1,000 sampled names, {found[0]} are real ones before training and {found[1]} after it\n")

# %% [markdown]
# ## Where it looks
#
# The weights for the longest of the names that were kept back are in `name.png`; the table has the mean over all
# of those names, from their third letter on.

# %%
shown = max(validation_names, key=len)
weights_of = jit(vmap(model.weights), grad=False)
pictures.keep(
    pictures.weight_grid(
        weights_of(encode([shown])[0])[0, : len(shown) + 1, : len(shown) + 1],
        f".{shown}",
        f".{shown}",
        title=f".{shown}: how much each letter (down) looks at each (across), in %",
    ),
    folder / "name.png",
)
grids = weights_of(validation[0])
looks = np.array(
    [
        [grid[t, t], grid[t, t - 1], grid[t, t - 2], grid[t, 1 : t - 2].sum(), grid[t, 0]]
        for grid, name in zip(grids, validation_names, strict=True)
        for t in range(3, len(name) + 1)
    ]
).mean(axis=0)
show_table(
    "The mean weight that a letter gives",
    ["itself", "the one before", "two before", "earlier ones", "the dot at the start"],
    [[f"{weight:.2f}" for weight in looks]],
)
print(f"Written to {folder}: head.png, name.png, training.png")

# %% [markdown]
# ## Three things to try
#
# On the command line; in a notebook, change the numbers in the first cell.
#
# 1. `--width 2`, then `--width 4`: how narrow can the rows be and still beat the bigram table?
# 2. Return `self.letters(letter)` alone in `GPT.rows`, without the place. By how much does the validation loss
#    rise, and why not by more: what does the mask still tell of the order?
# 3. Give `SelfAttention` in `GPT` two heads, `heads=2`, and draw `self.attention.weights(...)[1]` as well as `[0]`. Do
#    the two look at different letters?
