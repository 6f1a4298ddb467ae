"""Learns the prices of a lunch from totals: linear neuron."""

# %% [markdown]
# # What does a burger cost?
#
# Each day you have lunch in a dining hall: some burgers, some fries, some sodas. The cashier names the total and
# nothing else. After some days the totals should tell what each thing costs, and a single neuron can find out: its
# inputs are the portions, its weights what it takes for the prices, and its output is the total that it expects.
# (After the fish, chips and ketchup of G. Hinton, "Neural Networks for Machine Learning", lecture 3a, 2012.)

# %%
import numpy as np

from autograd import Value, dot
from demos import pictures
from demos.runner import output_folder, settings
from demos.terminal import show_table
from nets import squared_error

options = settings(
    "dining_hall",
    quick={"steps": 100},
    lunches=(20, "lunches to learn from"),
    steps=(200, "steps of descent, each on all lunches"),
    lr=(0.5, "learning rate, in parts of the largest that does not diverge"),
)
pictures.ready()
folder = output_folder(options.out)
MENU = ("burgers", "fries", "soda")
PRICES = np.array([4.50, 2.00, 1.50])  # which the neuron is not shown
GUESS = [2.00, 2.00, 2.00]
portions = np.random.default_rng(options.seed).integers(0, 5, (options.lunches, len(MENU))).astype(float)
portions[0] = 2, 5, 3
totals = portions @ PRICES
show_table(
    f"The first of {options.lunches} lunches",
    [*MENU, "total"],
    [[*map(int, x), f"{t:.2f}"] for x, t in zip(portions[:5], totals[:5], strict=True)],
)

# %% [markdown]
# ## A neuron without a bend
#
# `y = w_1 x_1 + w_2 x_2 + w_3 x_3`: a linear neuron is a weighted sum and nothing else. It needs no bias, for who takes
# nothing pays nothing. A first guess is 2.00 for everything. What does it say of the first lunch?

# %%
guess = [Value(price, name) for price, name in zip(GUESS, MENU, strict=True)]
first, paid = portions[0], totals[0]
expected = dot(guess, first).data
print(f"Expected {expected:.2f}, paid {paid:.2f}: {paid - expected:.2f} are missing\n")

# %% [markdown]
# The guess is too low. Which price is to blame? The lunch does not say, so all are raised, and the more the larger the
# portion: a weight that was used five times had five times as much to do with the error. With a small number eps that
# is the *delta rule* for one example, `dw_k = eps * x_k * (t - y)`, where t is the target, what was paid. (B. Widrow
# and M. E. Hoff, "Adaptive switching circuits", 1960.)

# %%
eps = 1 / 35
changes = eps * first * (paid - expected)
once = GUESS + changes
show_table(
    f"The delta rule on one lunch, eps = 1/35, t - y = {paid - expected:.2f}",
    ["", "portions", "guess", "change", "then", "in truth"],
    [
        [name, int(x), f"{w:.2f}", f"{dw:+.2f}", f"{v:.2f}", f"{price:.2f}"]
        for name, x, w, dw, v, price in zip(MENU, first, GUESS, changes, once, PRICES, strict=True)
    ],
)
print(f"Expected now {once @ first:.2f}, paid {paid:.2f}: nearer. Yet fries and soda moved away from")
print("the truth: one lunch cannot tell the three apart. Many different ones can.\n")

# %% [markdown]
# ## Where the rule comes from
#
# Call the error of all lunches i together `E = 1/2 sum_i (t_i - y_i)^2`. How does it change with the weight w_k? By the
# chain rule through each output: `dE/dw_k = sum_i dE/dy_i * dy_i/dw_k`. The square gives `dE/dy_i = -(t_i - y_i)`, the
# weighted sum gives `dy_i/dw_k = x_ik`. To go down, step against the slope, `dw_k = -eps * dE/dw_k`, and so
#
# `dw_k = sum_i eps * x_ik * (t_i - y_i)`.
#
# That is the rule above, summed over the lunches. Backprop knows nothing of the derivation; it gets the same numbers.

# %%
error = squared_error([dot(guess, x) for x in portions], totals)
error.backward()
outputs = portions @ GUESS
by_rule = portions.T @ (totals - outputs)
by_backprop = np.array([-w.grad for w in guess])
show_table(
    "-dE/dw_k, in two ways",
    ["", "sum_i x_ik (t_i - y_i)", "by backward()"],
    [[name, f"{a:.6f}", f"{b:.6f}"] for name, a, b in zip(MENU, by_rule, by_backprop, strict=True)],
)

# %% [markdown]
# ## Learning
#
# Step after step, each on all lunches. How large may eps be? The error is a bowl over the weights, steeper in some
# directions than in others. Its curvatures are the eigenvalues of the matrix `sum_i x_ij x_ik`, and a step overshoots
# to a higher place than it came from as soon as eps is above 2 / (the largest curvature). So that is the unit here.


# %%
def largest_rate(lunches: np.ndarray) -> float:
    """The learning rate from which on descent on these lunches diverges."""
    return 2 / float(np.linalg.eigvalsh(lunches.T @ lunches)[-1])


def descend(lunches: np.ndarray, targets: np.ndarray, eps: float, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """The weights before each step and after the last, (steps + 1, weights), and the error of each."""
    weights = [Value(price) for price in GUESS[: lunches.shape[1]]]
    path, errors = [], []
    for _ in range(steps + 1):
        error = squared_error([dot(weights, x) for x in lunches], targets)
        path.append([w.data for w in weights])
        errors.append(error.data)
        error.backward()
        for w in weights:
            w.data -= eps * w.grad
            w.grad = 0.0
    return np.array(path), np.array(errors)


limit = largest_rate(portions)
path, errors = descend(portions, totals, options.lr * limit, options.steps)
solved = np.linalg.lstsq(portions, totals, rcond=None)[0]
moments = sorted({at for at in (0, 1, 10, 50) if at < options.steps} | {options.steps})
show_table(
    f"Prices learned with eps = {options.lr * limit:.4f}",
    ["step", *MENU, "E"],
    [[at, *(f"{w:.4f}" for w in path[at]), f"{errors[at]:.3g}"] for at in moments]
    + [["solved", *(f"{w:.4f}" for w in solved), ""], ["in truth", *(f"{w:.4f}" for w in PRICES), ""]],
)

# %% [markdown]
# *Solved* is by `numpy.linalg.lstsq`: totals = portions @ prices is a system of linear equations, and that it can solve
# at once. So why learn? Because the rule does not care what the neuron is a part of. With bends and more layers there
# is no such system any more, but the slope, and the small step against it, are still there.
#
# ## The bowl
#
# Say the price of soda is known, so that two weights are left: then the error can be seen, as a height over a plane.

# %%
two, rest = portions[:, :2], totals - PRICES[2] * portions[:, 2]
plane = pictures.Plane.between((1.0, 7.0), (-0.5, 4.5))


def error_at(weights: np.ndarray, lunches: np.ndarray) -> np.ndarray:
    """The error at each row of two weights, without backprop."""
    return 0.5 * ((weights @ lunches.T - lunches @ PRICES[:2]) ** 2).sum(axis=-1)


paths = {
    f"eps {part:g} of the largest": descend(two, rest, part * largest_rate(two), options.steps)[0]
    for part in (0.05, 0.5)
}
across, up = "price of burgers", "price of fries"
heights = error_at(plane.points, two)
bowl = pictures.surface(plane, heights, paths, title="The error is a bowl", xlabel=across, ylabel=up)
pictures.keep(bowl, folder / "bowl.png")
lines = pictures.contours(
    plane, heights, paths, title="Each step leaves its contour at a right angle", xlabel=across, ylabel=up
)
pictures.keep(lines, folder / "contours.png")

# %% [markdown]
# Seen from above, descent leaves each line of equal error at a right angle. No picture is needed to measure it: on a
# tiny circle around a point two points have the error of its middle, and the line through them runs along the contour.


# %%
def along_contour(point: np.ndarray, lunches: np.ndarray) -> np.ndarray:
    """The direction in which the error stays what it is, found by looking around."""
    turn = np.linspace(0, 2 * np.pi, 100_001)
    circle = point + 1e-3 * np.column_stack([np.cos(turn), np.sin(turn)])
    higher = error_at(circle, lunches) > error_at(point, lunches)
    here, there = circle[np.flatnonzero(np.diff(higher))]
    return here - there


rows, angles = [], []
slow_path = paths["eps 0.05 of the largest"]
for at in range(0, min(options.steps, 50), 10):
    step, contour = slow_path[at + 1] - slow_path[at], along_contour(slow_path[at], two)
    cosine = step @ contour / np.linalg.norm(step) / np.linalg.norm(contour)
    angles.append(float(np.degrees(np.arccos(abs(cosine)))))
    to_minimum = PRICES[:2] - slow_path[at]
    aside = step @ to_minimum / np.linalg.norm(step) / np.linalg.norm(to_minimum)
    rows.append([at, f"{angles[-1]:.2f}", f"{np.degrees(np.arccos(aside)):.0f}"])
show_table("Angles of a step, in degrees", ["step", "with the contour", "with the way to the minimum"], rows)
print("Downhill is not straight towards the minimum, unless the bowl is round.\n")

# %% [markdown]
# ## Too small, right, too large
#
# The three prices once more, with three learning rates. Too small is safe and slow. Just above the largest rate each
# step overshoots by more than the one before.

# %%
rates = {"too small": 0.02, "right": 0.5, "too large": 1.02}
runs = {name: descend(portions, totals, part * limit, options.steps)[1] for name, part in rates.items()}
show_table(
    f"The error after {options.steps} steps",
    ["", "eps", "E at the start", "E at the end"],
    [[name, f"{part * limit:.5f}", *(f"{runs[name][at]:.3g}" for at in (0, -1))] for name, part in rates.items()],
)
named = {f"{name}: eps = {part * limit:.5f}": runs[name][:61].tolist() for name, part in rates.items()}
loss_plot = pictures.curves(named, ylabel="error E", title="Three learning rates", log=True)
pictures.keep(loss_plot, folder / "rates.png")

# %% [markdown]
# ## Always as many fries as burgers
#
# Now every lunch but the first has as many fries as burgers. What the two cost together is plain from each total; how
# they share it, only the first lunch tells. The bowl becomes a long valley, steep across and nearly level along.

# %%
alike = two.copy()
alike[1:, 1] = alike[1:, 0]
valley_path = descend(alike, alike @ PRICES[:2], 0.5 * largest_rate(alike), options.steps)[0]
free_path = paths["eps 0.5 of the largest"]
curvatures = {
    "each as one likes": np.linalg.eigvalsh(two.T @ two),
    "as many fries": np.linalg.eigvalsh(alike.T @ alike),
}
few = min(20, options.steps)
show_table(
    f"After {few} steps; in truth burgers cost 4.50, fries 2.00, together 6.50",
    ["", "steepest / flattest", "burgers", "fries", "together"],
    [
        [
            name,
            f"{high / low:.0f}" if low > 1e-9 * high else "endless",
            *(f"{w:.3f}" for w in (*weights, weights.sum())),
        ]
        for (name, (low, high)), weights in zip(curvatures.items(), (free_path[few], valley_path[few]), strict=True)
    ],
)
valley = pictures.contours(
    plane,
    error_at(plane.points, alike),
    valley_path,
    title="As many fries as burgers: a valley",
    xlabel=across,
    ylabel=up,
)
pictures.keep(valley, folder / "valley.png")
print(f"Written to {folder}: bowl.png, contours.png, rates.png, valley.png")

# %% [markdown]
# ## Three things to try
#
# On the command line; in a notebook, change the numbers in the first cell.
#
# 1. `--lunches 2`: two totals for three prices. The error goes to 0. Are these the prices? What does `lstsq` say?
# 2. `--lr 0.99`, then `--lr 1`, then `--lr 1.01`: do the prices swing together or against each other?
# 3. Let the cashier round each total to whole numbers, `totals = (portions @ PRICES).round()`. Where does E end now,
#    and how far from the truth are the prices, learned and solved?
