"""Backprop through time

A recurrent neuron reads the numbers x_1, x_2, ..., x_T one by one, and hears
what it said last. Before the first there is nothing to hear:

    h_t = tanh(w * x_t + u * h_(t-1) + b),        h_0 = 0.

Only the last state is looked at: E = 1/2 (h_T - target)^2. What are its slopes
in w, u and b?

Unrolled in time this is a deep net with T layers, in which all layers share w,
u and b. So the gradient goes back from step T to step 1, and a shared weight
gets the sum over all its uses (P. Werbos, "Backpropagation through time: what
it does and how to do it", 1990). With z_t for what tanh is taken of:

    dE/dh_T     = h_T - target
    dE/dz_t     = dE/dh_t * (1 - h_t^2)     (the slope of tanh, by its result)
    dE/dh_(t-1) = dE/dz_t * u
    dE/dw       = the sum over t of dE/dz_t * x_t

and likewise for u and b: what are they multiplied by in z_t?

Write `states` and, without an autograd engine, `gradients`.

>>> [round(h, 4) for h in states([1.0, 0.0, 1.0], 1.0, 0.8, -0.2)]
[0.664, 0.3196, 0.784]
>>> dw, du, db = gradients([1.0, 0.0, 1.0], 1.0, 0.8, -0.2, 0.0)
>>> round(dw, 4), round(du, 4), round(db, 4)
(0.3991, 0.2406, 0.6161)

The lesson beside it: `python -m demos recurrent`.
"""

from collections.abc import Sequence


def states(xs: Sequence[float], w: float, u: float, b: float) -> list[float]:
    """h_1, h_2, ..., h_T, one for each x."""
    raise NotImplementedError


def gradients(xs: Sequence[float], w: float, u: float, b: float, target: float) -> tuple[float, float, float]:
    """dE/dw, dE/du and dE/db for E = 1/2 (h_T - target)^2."""
    raise NotImplementedError
