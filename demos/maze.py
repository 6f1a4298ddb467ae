"""Finds its way through a maze by trying: Q-learning."""

# %% [markdown]
# # A maze, and nobody who knows the way
#
# So far someone always knew the right answer. Here nobody does: an agent stands in a maze, goes up, right, down or
# left, and is told nothing but a reward for each step. It has to find out by itself what was good about what it did,
# although the prize comes long after the moves that led to it. That is reinforcement learning.

# %%
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import jit, mean, pick, vmap
from demos import pictures
from demos.runner import output_folder, settings
from demos.terminal import progress, show_table
from nets import MLP, Adam, schedules

options = settings(
    "maze",
    quick={"episodes": 500},
    episodes=(1000, "walks to learn from"),
    updates=(20, "training steps of the net after each of them"),
    hidden=(32, "neurons in each of the net's two hidden layers"),
    lr=(0.003, "learning rate of the net at the start; it is annealed to a thirtieth of that"),
)
pictures.ready()
folder = output_folder(options.out)

# %% [markdown]
# ## The maze
#
# `#` is a wall, `G` the goal. Each step costs 0.02, the step onto the goal brings 1 as well and ends the walk. Who goes
# into a wall stays where they are, and pays. The cells `f` are fenced off while the agent learns: it can neither start
# there nor enter. At the end the fences fall, and it is set down in a cell that it has never seen.

# %%
PLAN = """\
..........
.f..#...f.
....#.....
....#..#..
..f.#..#f.
.......#..
.####..#..
....#.....
.f..#..f..
.........G
""".splitlines()
MOVES = ((-1, 0), (0, 1), (1, 0), (0, -1))  # up, right, down, left: what is added to row and column
COST, PRIZE, GAMMA, PATIENCE = 0.02, 1.0, 0.95, 100

plan = np.array([list(row) for row in PLAN])
height, width = plan.shape
walls, fences = plan == "#", np.flatnonzero(plan == "f").tolist()
[goal] = np.flatnonzero(plan == "G").tolist()


def neighbours(closed: np.ndarray) -> np.ndarray:
    """For each cell, counted row by row, the four cells that its moves lead to: shape (cells, 4)."""
    found = np.repeat(np.arange(plan.size), 4).reshape(-1, 4)
    for cell, (row, column) in enumerate(np.ndindex(plan.shape)):
        for a, (down, across) in enumerate(MOVES):
            r, c = row + down, column + across
            if 0 <= r < height and 0 <= c < width and not closed[r, c]:
                found[cell, a] = r * width + c
    return found


fenced_maze, open_maze = neighbours(walls | (plan == "f")), neighbours(walls)
starts = np.flatnonzero(plan == ".").tolist()
print("\n".join(" ".join(row) for row in PLAN))
print(f"{len(starts)} cells to start from, {len(fences)} fenced off\n")


# %% [markdown]
# ## A table of expectations
#
# `Q(s, a)` is what the agent expects from move a in cell s, if it goes on well from there. Rewards that come later
# count less, by a factor gamma = 0.95 for each step. After each move, which gave the reward r and led to the cell s',
# it compares what it expected with what it knows now, and corrects the old number by a part alpha of the difference
# (C. Watkins and P. Dayan, "Q-learning", 1992):
#
# `Q(s, a) += alpha (r + gamma max Q(s', .) - Q(s, a))`.
#
# What is known of s' is itself only an expectation. Yet at the goal it is certain, and from there it spreads backwards.


# %%
def reward(then: int) -> float:
    """That of a step which led to this cell."""
    return PRIZE - COST if then == goal else -COST


def correct(table: np.ndarray, s: int, a: int, then: int, alpha: float = 0.5) -> None:
    """One step of Q-learning, in place."""
    ahead = 0.0 if then == goal else table[then].max()
    table[s, a] += alpha * (reward(then) + GAMMA * ahead - table[s, a])


small = np.zeros((plan.size, 4))
last, before_last = goal - 1, goal - 2
heard = []
for _ in range(4):
    for s in (before_last, last):
        correct(small, s, 1, s + 1)
    heard.append((small[before_last, 1], small[last, 1]))
show_table(
    "Four walks over the last two cells",
    ["walk", "Q two steps before the goal", "Q one step before it"],
    [[walk + 1, *(f"{q:.4f}" for q in pair)] for walk, pair in enumerate(heard)],
)

# %% [markdown]
# ## To explore or to exploit
#
# Which move to make? The best one known, of course. But who only ever does this finds out nothing about the others. So
# with a probability epsilon the agent moves at random: always at first, in one step of twenty towards the end. The
# first agent expects nothing good, -1 of every move, and explores. The second expects the same and never explores. The
# third does not explore either, but it expects wonders, +1 of everything.


# %%
def play(
    q: np.ndarray, start: int, epsilon: float, rng: np.random.Generator, learn: Callable[[int, int, int], None]
) -> float:
    """The sum of the rewards of one walk among the fences; `learn` is told of each move: cell, move, next cell."""
    s, total = start, 0.0
    for _ in range(PATIENCE):
        a = int(rng.integers(4)) if rng.random() < epsilon else int(q[s].argmax())
        then = int(fenced_maze[s, a])
        learn(s, a, then)
        total += reward(then)
        s = then
        if s == goal:
            break
    return total


def annealed(episode: int) -> float:
    """Epsilon: 1 at the start, falling in a line to 0.05 at 80 % of the walks."""
    return max(0.05, 1 - 0.95 * episode / (0.8 * options.episodes))


def table_learner(hope: float, explores: bool) -> tuple[np.ndarray, list[float]]:
    """The table after all walks, and the return of each."""
    table, rng = np.full((plan.size, 4), hope), np.random.default_rng(options.seed)
    returns = [
        play(table, int(rng.choice(starts)), annealed(i) if explores else 0.0, rng, lambda *m: correct(table, *m))
        for i in range(options.episodes)
    ]
    return table, returns


def steps_to_goal(q: np.ndarray, start: int) -> int | None:
    """How many steps the best moves take to the goal, fences gone; None if they do not lead there."""
    s = start
    for count in range(PATIENCE):
        if s == goal:
            return count
        if np.ptp(q[s]) == 0:  # it has no opinion
            return None
        s = int(open_maze[s, q[s].argmax()])
    return None


learners = {
    "table, explores": table_learner(-1.0, explores=True),
    "table, expects nothing": table_learner(-1.0, explores=False),
    "table, hopes": table_learner(1.0, explores=False),
}
arrivals = {name: sum(steps_to_goal(q, s) is not None for s in starts) for name, (q, _) in learners.items()}
show_table(
    f"After {options.episodes} walks",
    ["", "finds the goal from", "return, last 50"],
    [
        [name, f"{arrivals[name]} of {len(starts)} cells", f"{np.mean(returns[-50:]):.2f}"]
        for name, (_, returns) in learners.items()
    ],
)

# %% [markdown]
# The second found that its first move was a little less bad than it had feared, and makes no other in that cell for
# ever. The third is disappointed by whatever it tries, so the untried looks better: optimism explores by itself
# (R. Sutton and A. Barto, "Reinforcement Learning", 2018, section 2.6).
#
# ## A net in place of the table
#
# A table has a number for each cell and knows nothing of a cell where it has not been. A net can guess. It sees six
# numbers, row, column and the walls on the four sides (a fence is none), and gives four: what each move is worth. Then
# `Q(s, a)` shall come nearer to `r + gamma max Q(s', .)`, so the loss is the square of the difference.


# %%
def description(cell: int) -> list[float]:
    """Row and column between -1 and 1, and for each move a 1 if there is a wall."""
    row, column = divmod(cell, width)
    return [2 * row / (height - 1) - 1, 2 * column / (width - 1) - 1, *(open_maze[cell] == cell)]


seen = np.array([description(cell) for cell in range(plan.size)], dtype=float)
model = MLP(6, [options.hidden, options.hidden, 4], activation="tanh", seed=options.seed)
print(model.summary())

# %% [markdown]
# Now the net stands on both sides: it gives the expectation and also the target that the expectation is held against.
# Backprop would go through both, and make the error smaller by bending the target, too. But the target is what is
# known; it shall stay where it is. So it becomes a plain float, which backprop does not see. What is the difference?
# Take a move after which the same move is the best once more, and look at one weight, the bias of that output.


# %%
def slope_of_bias(s: int, a: int, through_target: bool) -> float:
    """The slope of (Q(s, a) - target)^2 / 2 in the bias of the output of move a."""
    model.zero_grad()
    then = int(open_maze[s, a])
    ahead = max(model(seen[then]), key=float)
    target = reward(then) + GAMMA * (ahead if through_target else ahead.data)
    loss = (model(seen[s])[a] - target) ** 2 / 2
    loss.backward()
    output: Any = model.layers[-1]
    return output.neurons[a].b.grad


opinion = np.array([[q.data for q in model(x)] for x in seen])
best = [(s, int(opinion[s].argmax())) for s in starts]
cell, act = next((s, a) for s, a in best if open_maze[s, a] != goal and opinion[open_maze[s, a]].argmax() == a)
as_float, through = (slope_of_bias(cell, act, flag) for flag in (False, True))
show_table(
    "The slope in one bias",
    ["the target is a float", "gradient through the target", "ratio", "1 - gamma"],
    [[f"{as_float:.6f}", f"{through:.6f}", f"{through / as_float:.4f}", f"{1 - GAMMA:.4f}"]],
)

# %% [markdown]
# This bias raises expectation and target alike, and whoever looks at both finds that it hardly helps: a twentieth is
# left. The second way is a method, too, the *residual gradient* (L. Baird, "Residual Algorithms", 1995). When it is
# the better one, and why it mostly is not, is told in chapter 11 of Sutton and Barto.
#
# One more thing: steps of one walk are alike, and a net that hears only of one corner may forget the others. So all
# moves are kept, and each training step takes 64 of them at random (*replay*; L.-J. Lin, "Self-Improving Reactive
# Agents Based On Reinforcement Learning, Planning and Teaching", 1992).


# %%
@jit
def loss(xs: Any, moves: Any, targets: Any) -> Any:
    """The mean of (Q(s, a) - target)^2 over a batch."""
    return mean(vmap(lambda x, a, t: (pick(model(x), a) - t) ** 2)(xs, moves, targets))


values = jit(vmap(model), grad=False)
rng = np.random.default_rng(options.seed)
optimizer = Adam(
    model.parameters(), lr=schedules.Cosine(options.lr, options.lr / 30, steps=options.episodes * options.updates)
)
memory: list[tuple[int, int, int]] = []
net_returns: list[float] = []
with progress(options.episodes, "walking") as bar:
    for episode in range(options.episodes):
        start = int(rng.choice(starts))
        net_returns.append(play(values(seen), start, annealed(episode), rng, lambda *m: memory.append(m)))
        for _ in range(options.updates):
            s, a, then = np.array([memory[i] for i in rng.integers(0, len(memory), 64)]).T
            ahead = np.where(then == goal, 0.0, values(seen[then]).max(axis=1))
            targets = np.where(then == goal, PRIZE, 0.0) - COST + GAMMA * ahead  # plain floats
            error = loss(seen[s], a, targets)
            optimizer.zero_grad()
            error.backward()
            optimizer.step()
        bar.move(f"mean return {np.mean(net_returns[-50:]):.2f}")
        if (episode + 1) % 100 == 0:
            bar.note(f"{episode + 1} walks: mean return of the last 50 {np.mean(net_returns[-50:]):.2f}")
learned = values(seen)
table = learners["table, explores"][0]

# %% [markdown]
# ## A start it has never seen
#
# The fences fall. From each of those cells: the shortest path, found by breadth-first search, which may look at the
# whole map; the steps that the net takes, and the table, if it has an opinion; and those of a walk at random.


# %%
def distances() -> dict[int, int]:
    """The fewest steps from each cell to the goal, by breadth-first search from there."""
    far, queue = {goal: 0}, [goal]
    for cell in queue:
        new = [int(s) for s in np.flatnonzero((open_maze == cell).any(axis=1) & ~walls.ravel()) if s not in far]
        far.update(dict.fromkeys(new, far[cell] + 1))
        queue += new
    return far


def random_walk(s: int) -> int:
    """How many random steps it took to the goal."""
    count = 0
    while s != goal:
        s = int(open_maze[s, rng.integers(4)])
        count += 1
    return count


shortest = distances()
wandered = {s: np.mean([random_walk(s) for _ in range(100)]) for s in fences}
by_net, by_table = ({s: steps_to_goal(q, s) for s in fences} for q in (learned, table))
show_table(
    "Steps to the goal",
    ["from row, column", "shortest", "net", "table", "random, mean of 100"],
    [
        [f"{s // width + 1}, {s % width + 1}", shortest[s], by_net[s] or "-", by_table[s] or "-", f"{wandered[s]:.0f}"]
        for s in wandered
    ],
)
as_short = sum(steps_to_goal(learned, s) == shortest[s] for s in starts)
print(f"From the other {len(starts)} cells the net takes a shortest path {as_short} times.")

# %% [markdown]
# The pictures: what each cell is worth, and the best move as an arrow; and how the returns grew while they learned.

# %%
frames = pictures.frames(1, 2, size=(9, 4.2))
for ax, (name, q) in zip(frames, {"The table": table, "The net": learned}.items(), strict=True):
    pictures.maze(
        walls,
        q.reshape(height, width, 4),
        divmod(goal, width),
        marked=[divmod(s, width) for s in fences],
        marked_name="never seen",
        title=name,
        ax=ax,
    )
pictures.keep(frames[0].figure, folder / "policies.png")
lines = {name: returns for name, (_, returns) in learners.items()} | {"net, explores": net_returns}
window = min(25, options.episodes)
smooth = {name: np.convolve(each, np.full(window, 1 / window), "valid").tolist() for name, each in lines.items()}
curves = pictures.curves(
    smooth, xlabel="walk", ylabel=f"return, mean of {window} walks", title="What a walk brought in"
)
pictures.keep(curves, folder / "returns.png")
print(f"Written to {folder}: policies.png, returns.png")

# %% [markdown]
# ## Three things to try
#
# On the command line; in a notebook, change the numbers in the first cells.
#
# 1. Set COST to 0 and GAMMA to 1. Now no way is worse for being longer: what does the agent make of that?
# 2. Fence off more cells, a whole corner or room. How much can be missing before the net loses its way there?
# 3. Train with the gradient through the target: compute `ahead` inside `loss`, from the four numbers that the model
#    gives for the next cell (`autograd.maximum` is the larger of two). Is it worse, in this maze?
