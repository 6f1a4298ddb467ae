"""Whether all who take a step take the same one; asked before anything is timed."""

from collections.abc import Sequence

import numpy as np

from ..measure import Disagreement
from .contenders import Contender
from .problem import Arrays

TOLERANCE = {"float64": 1e-9, "float32": 2e-4}
"""How far two numbers may be apart, relative to the larger one."""

FLOOR = {"float64": 1e-12, "float32": 2e-5}
"""The same relative to the largest number of their array: what may be left where large numbers cancel."""

STEPS = 3


def compare(reference: Contender, others: Sequence[Contender]) -> None:
    """Nothing, if all that start give the reference's loss and gradients, and in float64 its weights after some steps.

    Raises Disagreement otherwise. All of them have taken STEPS steps afterwards.
    """
    compare_starts(reference, others)
    compare_weights(reference, [other for other in others if other.dtype == "float64"])


def compare_starts(reference: Contender, others: Sequence[Contender]) -> None:
    """Nothing, if all give the reference's loss and gradients; else Disagreement."""
    loss, gradients = reference.loss_and_gradients()
    for other in others:
        its_loss, its_gradients = other.loss_and_gradients()
        _compare(other, "loss", np.array(loss), np.array(its_loss))
        _compare_all(other, "gradient of ", gradients, its_gradients)


def compare_weights(reference: Contender, others: Sequence[Contender]) -> None:
    """Nothing, if all have the reference's weights after STEPS steps; else Disagreement."""
    for contender in (reference, *others):
        for _ in range(STEPS):
            contender.step()
    weights = reference.numbers()
    for other in others:
        _compare_all(other, f"after {STEPS} steps, ", weights, other.numbers())


def _compare_all(other: Contender, what: str, expected: Arrays, got: Arrays) -> None:
    if expected.keys() != got.keys():
        raise Disagreement(f"{other.name}: {what}{list(got)}, not {list(expected)}")
    for name, array in expected.items():
        _compare(other, what + name, array, got[name])


def _compare(other: Contender, what: str, expected: np.ndarray, got: np.ndarray) -> None:
    if expected.shape != got.shape:
        raise Disagreement(f"{other.name}: {what} has shape {got.shape}, not {expected.shape}")
    relative, floor = TOLERANCE[other.dtype], FLOOR[other.dtype]
    allowed = np.maximum(relative * np.abs(expected), floor * np.abs(expected).max())
    wrong = ~(np.abs(got - expected) <= allowed)
    if wrong.any():
        at = tuple(map(int, np.argwhere(wrong)[0]))
        pair = f"{float(expected[at])!r}, {other.name} {float(got[at])!r}"
        title = f"{other.problem.title} in {other.dtype}"
        raise Disagreement(f"{title}: {what}{list(at)} is {pair}; {wrong.sum()} of {wrong.size} differ")
