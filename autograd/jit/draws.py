"""Random numbers in a compiled program: drawn anew for each call, in the order in which the function draws them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Draw:
    """A number that is drawn: from which generator, in which `vmap` (0 for none), and its place in the array."""

    rng: Any
    mapping: int
    position: int


def fill(draws: Sequence[Draw], alike: np.ndarray | None, batched: np.ndarray | None) -> None:
    """Draws anew, each generator in its own order: in a `vmap` one example after the other.

    `alike` has the numbers that are the same for all examples; `batched` a row for each example.
    """
    for rng in generators(draws):
        own = [draw for draw in draws if draw.rng is rng]
        for mapping, run in groupby(own, key=lambda draw: draw.mapping):
            at = [draw.position for draw in run]
            target: Any = batched if mapping else alike
            target[..., at] = numbers(rng, (*target.shape[:-1], len(at)))


def generators(draws: Sequence[Draw]) -> list[Any]:
    """The generators that are drawn from, each once."""
    return list({id(draw.rng): draw.rng for draw in draws}.values())


@contextmanager
def kept(draws: Sequence[Draw]) -> Iterator[None]:
    """A context after which the generators are as they were before."""
    before = [(rng, state(rng)) for rng in generators(draws)]
    try:
        yield
    finally:
        for rng, saved in before:
            restore(rng, saved)


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
