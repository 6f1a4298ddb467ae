"""Follows slopes back through a graph, by hand and engine."""

# %% [markdown]
# # The chain rule
#
# A net learns by one question, asked of each of its numbers: if this one were a little larger, how much larger or
# smaller would the result become? The answer is a slope, also called a derivative or a gradient. This lesson computes
# slopes in three ways that have to agree: by trying, by hand, and by the engine.

# %%
import textwrap

import numpy as np

from autograd import Value, draw, explain, label, latex, steps, tree
from demos import pictures
from demos.runner import output_folder, settings
from demos.terminal import show_table

options = settings(
    "chain_rule",
    quick={"trials": 50},
    trials=(1000, "taxi rides with random numbers, each computed by hand and by the engine"),
)
pictures.ready()
folder = output_folder(options.out)


def show(text: object) -> None:
    """Prints it, lines that are too long for the terminal on several."""
    for line in str(text).splitlines():
        print(textwrap.fill(line, 80, subsequent_indent="    ", break_on_hyphens=False))
    print()


# %% [markdown]
# ## Numbers that remember
#
# Somebody guesses what a taxi ride costs: so much for each kilometre, and a base fare. The bill says otherwise. The
# miss is squared, so that too much and too little both count as bad; that is the loss. Each `Value` below
# holds one number, and each operation makes a new one that remembers what it was made of.

# %%
price, km, base, paid = Value(3.0), Value(2.0), Value(4.0), Value(13.0)
fare = price * km
guess = fare + base
miss = guess - paid
loss = miss**2
label(price=price, km=km, base=base, paid=paid, fare=fare, guess=guess, miss=miss, loss=loss)
show(tree(loss))

# %% [markdown]
# ## By trying
#
# Make the price a little larger, compute everything again, and divide the change of the loss by the change of the
# price. The smaller the change, the nearer this comes to one number: the slope of the loss where the price is 3.


# %%
def loss_at(price: float) -> float:
    """The loss in plain numbers, for another price."""
    return (price * 2.0 + 4.0 - 13.0) ** 2


changes = (1.0, 0.1, 0.01, 0.001, 0.0001)
tried = [(loss_at(3.0 + change) - loss_at(3.0)) / change for change in changes]
show_table(
    "A larger price, a smaller loss",
    ["change of the price", "change of the loss", "the one for each of the other"],
    [[f"{h:g}", f"{h * ratio:.6f}", f"{ratio:.4f}"] for h, ratio in zip(changes, tried, strict=True)],
)

# %% [markdown]
# ## By hand
#
# Each operation by itself has a slope that is easy to know. If the price grows by 1, the fare grows by km, which is 2.
# If the fare grows by 1, so does the guess, and so does the miss. And the square of the miss grows by 2 * miss for each
# 1, if the change is small. The chain rule says: along a chain, multiply.

# %%
miss_by_hand = 3.0 * 2.0 + 4.0 - 13.0
slope_in_miss = 2.0 * miss_by_hand
slope_in_fare = slope_in_miss * 1.0 * 1.0  # through the miss and the guess, which both change by as much
by_hand = {
    "price": slope_in_fare * 2.0,  # times km: fare = price * km
    "km": slope_in_fare * 3.0,  # times price
    "base": slope_in_miss * 1.0,  # guess = fare + base
    "paid": slope_in_miss * -1.0,  # miss = guess - paid
}

# %% [markdown]
# ## By the engine
#
# `backward()` does the same from the loss back to every number, and leaves each slope in `.grad`. In `steps` the whole
# calculation stands in sentences, first the numbers forward, then the slopes backward, one arrow at a time. (What a
# sentence adds in brackets, what `.grad` was before and after, is left out here; it comes below.)

# %%
show("\n".join(str(step).partition("   (")[0] for step in steps(loss)))
loss.backward()
by_engine = {"price": price.grad, "km": km.grad, "base": base.grad, "paid": paid.grad}
show_table(
    "The slope of the loss",
    ["in", "by hand", "by the engine"],
    [[name, by_hand[name], by_engine[name]] for name in by_hand],
)

# %% [markdown]
# As a formula in LaTeX, which a notebook typesets: the loss, and its slope in the price.

# %%
show(latex(loss))
show(latex(loss, wrt=price))

# %% [markdown]
# Round numbers prove little. So here are many rides whose numbers have all their 16 digits: the chain rule in plain
# Python floats, and the engine. Equal means equal to the last bit: the engine does nothing else.

# %%
rng = np.random.default_rng(options.seed)
rides = rng.normal(0.0, 10.0, (options.trials, 4)).tolist()
equal = 0
for ride in rides:
    values = [Value(number) for number in ride]
    a_price, a_km, a_base, a_bill = values
    ((a_price * a_km + a_base - a_bill) ** 2).backward()
    back = 2.0 * (ride[0] * ride[1] + ride[2] - ride[3])
    equal += [value.grad for value in values] == [back * ride[1], back * ride[0], back, -back]
print(f"All four slopes equal to the last bit in {equal:,} of {len(rides):,} rides\n")

# %% [markdown]
# ## In pictures
#
# `graph.png` shows every number with its slope, blue above 0 and orange below, and on the arrows the slopes of the
# single operations. `graph.html` is the same as a page to step through with the arrow keys. In `slope.png` the slope is
# what its name says: the steepness of the line that touches the curve.

# %%
drawing = draw(loss, partials=True, direction="TB")
drawing.save(folder / "graph.png")
drawing.save(folder / "graph.html")
prices = np.linspace(1.5, 4.5, 121).tolist()
touching = [loss.data + price.grad * (each - price.data) for each in prices]
slope_picture = pictures.curves(
    {"loss": [loss_at(each) for each in prices], f"a line of slope {price.grad:g}": touching},
    at=prices,
    xlabel="price of a kilometre",
    title=f"The line touches the curve at the price {price.data:g}, where the loss is {loss.data:g}",
    log=False,
)
pictures.keep(slope_picture, folder / "slope.png")

# %% [markdown]
# ## Why gradients add
#
# Here x is used three times. Make it a little larger, and the result changes on each of these ways, so what they say
# of the slope has to be added: `x * x` gives x for its left side and x for its right, `+ x` gives 1. In the brackets
# one sees `x.grad` grow; `explain` tells the same as a sum over the ways, which `used_three_times.png` shows.

# %%
x = Value(3.0)
s = x * x
y = s + x
label(x=x, s=s, y=y)
show(steps(y))
y.backward()
draw(y, partials=True).save(folder / "used_three_times.png")
adding = explain(y, x)
show(adding)

# %% [markdown]
# For the same reason a second `backward()` adds to what is there. This is wanted where several losses share a
# number, and otherwise one sets the gradient back to 0 in between.

# %%
y.backward()
twice = x.grad
x.grad = 0.0
y.backward()
print(f"After two times backward(): {twice:g}. Set to 0, and once more: {x.grad:g}\n")

# %% [markdown]
# ## Why the order matters
#
# The rule "pass your slope on to what you are made of" sounds as if a small recursion could do it. It goes wrong once
# a number in the middle is used twice: b below is reached twice, and passes on first what is half of its slope, then
# all of it. (`doubled.png` is the graph.)

# %%
a = Value(1.0)
b = a + a
c = b + b
label(a=a, b=b, c=c)
c.backward()
right_order = explain(c, a)
naive_order = explain(c, a, order="naive")
show(right_order)
show(naive_order)
draw(c, partials=True).save(folder / "doubled.png")

# %% [markdown]
# So `backward()` waits: a number passes its slope on when everything made of it has had its say. That is a topological
# order of the graph, and it goes along each arrow once. Doubled again and again, the recursion is not only wrong but
# soon without an end, as it goes along every path by itself.


# %%
doublings = []
for times in (1, 2, 4, 8, 12):
    start = end = Value(1.0)
    for _ in range(times):
        end = end + end
    naive = explain(end, start, order="naive")
    doublings.append((times, naive.right, naive.edges, naive.naive, naive.passes))
show_table(
    "1 doubled many times: its slope, and the steps to find it",
    ["times", "right slope", "steps", "naive slope", "naive steps"],
    [[f"{number:,.0f}" for number in row] for row in doublings],
)

# %% [markdown]
# ## What the slopes are for
#
# They tell in which direction each number is wrong. Move price and base a little against their slopes and the loss
# gets smaller; do it again and again, and that is all that training is.

# %%
losses = []
for _ in range(6):
    price.grad = base.grad = 0.0
    loss = (price * km + base - paid) ** 2
    loss.backward()
    losses.append((price.data, base.data, loss.data))
    price.data -= 0.05 * price.grad
    base.data -= 0.05 * base.grad
show_table(
    "Steps against the slope",
    ["step", "price", "base", "loss"],
    [[step, *(f"{number:.4f}" for number in row)] for step, row in enumerate(losses)],
)
show(f"Written to {folder}: graph.png, graph.html, slope.png, used_three_times.png, doubled.png")

# %% [markdown]
# ## Three things to try
#
# In a REPL or a notebook, or by changing the script.
#
# 1. `from autograd import walk`, then `walk(y)`: `?` hides the next number until you have said it.
# 2. Make the loss `miss**2 + 0.1 * price**2`. Which way is new in `explain(loss, price)`, and what does it add?
# 3. Put 0.1 and then 0.25 in the place of the 0.05 of the last cell. Which one is there at once, and which never?
