"""Random numbers in a compiled program: drawn anew for each call, in the order in which the function draws them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import numpy as np


def fill(draws: Sequence[tuple[Any, bool]], alike: np.ndarray | None, batched: np.ndarray | None) -> None:
    """Draws for each entry (a generator, and whether it draws for each example) into the array for its sort.

    `alike` has one number for each entry that is alike for all examples; `batched` a row of such for each example.
    """
    at = [0, 0]
    for (_, each), run in groupby(draws, key=lambda draw: (id(draw[0]), draw[1])):
        entries = list(run)
        start, count = at[each], len(entries)
        target: Any = batched[:, start : start + count] if each else alike[start : start + count]  # type: ignore[index]
        target[...] = numbers(entries[0][0], target.shape)
        at[each] += count


def numbers(rng: Any, shape: tuple[int, ...]) -> np.ndarray:
    """Numbers from 0 to 1 in that shape, the same as so many single draws give."""
    if isinstance(rng, (np.random.Generator, np.random.RandomState)):
        return rng.random(shape)
    return np.array([rng.random() for _ in range(int(np.prod(shape)))]).reshape(shape)


def state(rng: Any) -> Any:
    """What `restore` takes to make a generator draw the same numbers again; None for one of an unknown kind."""
    if isinstance(rng, np.random.Generator):
        return rng.bit_generator.state
    if isinstance(rng, (random.Random, np.random.RandomState)):
        return rng.getstate() if isinstance(rng, random.Random) else rng.get_state()
    return None


def restore(rng: Any, saved: Any) -> None:
    """Puts a generator back to a state."""
    if saved is None:
        return
    if isinstance(rng, np.random.Generator):
        rng.bit_generator.state = saved
    elif isinstance(rng, random.Random):
        rng.setstate(saved)
    else:
        rng.set_state(saved)
