"""Task 11: the derivatives agree with the engine's for the summed cost, and the batches keep every example."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence, ValuesView
from typing import Any

import numpy as np

from autograd import Value, dot, grad
from autograd import sum as total
from demos.exercises.checking.calls import need_function
from demos.exercises.checking.comparison import Mistake, agree
from nets import squared_error

Example = tuple[Sequence[float], float]
Gradient = tuple[Any, Any]

HINTS = (
    "Begin with sums that are 0, one for each weight and one for b. What does each example add to them?",
    "example_gradient(x, t, w, b) gives a list and a number. Add the list entry by entry: + on two Python lists puts "
    "one after the other. For the batches, think of the places at which they begin: 0, size, 2 * size, ...",
    "In the loop: dw, db = example_gradient(x, t, w, b), then of_w[k] += dw[k] for each k, and of_b += db; return both "
    "after it. A batch is examples[start : start + size], for start in range(0, len(examples), size).",
)


def check(batch_gradient: Any, batches: Any) -> None:
    """Nothing if both are right; raises CheckFailed."""
    advice = "Call example_gradient for each of these examples, and add up on paper."
    agree("batch_gradient", batch_gradient, _right, _cases(), OF_GRADIENT, advice=advice)
    need_function("batches", batches, 2)
    advice = (
        "At which place does each batch begin? The slice [start : start + size] ends by itself where the list does."
    )
    agree("batches", _listing(batches), _cut, _lists(), OF_BATCHES, advice=advice)


def _listing(batches: Any) -> Callable[..., Any]:
    """The same function, which gives a list also where an iterator or the values of a dict are returned."""

    @functools.wraps(batches)
    def listed(examples: Any, size: Any) -> Any:
        result = batches(examples, size)
        return list(result) if isinstance(result, (Iterator, ValuesView)) else result

    return listed


def _cases() -> list[tuple[Any, ...]]:
    """One example; two; the same the other way round; more, at random."""
    rng = np.random.default_rng(11)
    two = [([1.0, 2.0], 3.0), ([0.0, 1.0], 2.0)]
    simple = [(two[:1], [1.0, 0.0], 0.0), (two, [1.0, 0.0], 0.0), (two[::-1], [1.0, 0.0], 0.0)]
    sizes = [(3, 1), (5, 2), (4, 3), (7, 3)]
    return simple + [
        ([(rng.normal(size=n).tolist(), float(rng.normal())) for _ in range(m)], rng.normal(size=n).tolist(), 0.5)
        for m, n in sizes
    ]


def _right(examples: Sequence[Example], w: Sequence[float], b: float) -> Gradient:
    weights, bias = [Value(number) for number in w], Value(b)
    cost = total([squared_error(dot(weights, x, bias), t) for x, t in examples])
    *slopes, of_b = grad(cost, [*weights, bias])
    return slopes, of_b


def _singly(examples: Sequence[Example], w: Sequence[float], b: float) -> tuple[np.ndarray, np.ndarray]:
    """The derivatives for each example, (examples, weights) and (examples,)."""
    x, t = np.array([x for x, _ in examples]), np.array([t for _, t in examples])
    errors = x @ np.array(w) + b - t
    return errors[:, None] * x, errors


def _of_one(at: int) -> Callable[..., Gradient]:
    """What comes of taking the derivatives of this example for those of all."""

    def wrong(examples: Sequence[Example], w: Sequence[float], b: float) -> Gradient:
        dw, db = _singly(examples, w, b)
        return dw[at], db[at]

    return wrong


def _mean(examples: Sequence[Example], w: Sequence[float], b: float) -> Gradient:
    dw, db = _singly(examples, w, b)
    return dw.mean(axis=0), db.mean()


def _bias_of_last(examples: Sequence[Example], w: Sequence[float], b: float) -> Gradient:
    dw, db = _singly(examples, w, b)
    return dw.sum(axis=0), db[-1]


def _weights_of_last(examples: Sequence[Example], w: Sequence[float], b: float) -> Gradient:
    dw, db = _singly(examples, w, b)
    return dw[-1], db.sum()


def _joined(examples: Sequence[Example], w: Sequence[float], b: float) -> Gradient:
    dw, db = _singly(examples, w, b)
    return dw.ravel(), db.sum()


def _joined_to_zeros(examples: Sequence[Example], w: Sequence[float], b: float) -> Gradient:
    joined, db = _joined(examples, w, b)
    return [*[0.0] * len(w), *joined], db


def _steps_within(examples: Sequence[Example], w: Sequence[float], b: float) -> Gradient:
    """The sums that come about if w and b are stepped against the slope after each example, with a rate of 1."""
    at_w, at_b = np.array(w), b
    for example in examples:
        dw, db = _singly([example], at_w.tolist(), at_b)
        at_w, at_b = at_w - dw[0], at_b - db[0]
    return np.array(w) - at_w, b - at_b


def _of_mean_example(examples: Sequence[Example], w: Sequence[float], b: float) -> Gradient:
    middle = np.mean([x for x, _ in examples], axis=0), float(np.mean([t for _, t in examples]))
    dw, db = _singly([middle], w, b)
    return dw[0], db[0]


def _of_summed_example(examples: Sequence[Example], w: Sequence[float], b: float) -> Gradient:
    dw, db = _singly([(np.sum([x for x, _ in examples], axis=0).tolist(), sum(t for _, t in examples))], w, b)
    return dw[0], db[0]


AT_MEAN = "The examples are averaged first. The slope for their mean is not the mean of their slopes, and not the sum."
AT_SUM = "The examples themselves are added up first. The slope for their sum is not the sum of their slopes."
APART = "Call example_gradient for each example, and add up what it gives."
JOINED = "+ puts two Python lists one after the other; it does not add their numbers."
ENTRIES = "Add entry by entry, in a loop or with zip."

OF_GRADIENT = [
    Mistake(
        "mean instead of sum",
        _mean,
        "It is divided by the number of examples. That is the slope of the mean cost; here the costs are added up.",
        "Leave the division out.",
    ),
    Mistake(
        "= instead of +=",
        _of_one(-1),
        "Only the last example is left: each one overwrites those before it.",
        "Set the sums to 0 once, before the loop, and add to them with +=.",
    ),
    Mistake(
        "returns too early",
        _of_one(0),
        "Only the first example counts: `return` stands inside the loop.",
        "Return after the loop: take the indentation back.",
    ),
    Mistake(
        "= instead of +=",
        _bias_of_last,
        "The weights' derivatives are right. That of b is the last example's alone: it is set, not added.",
        "Add to the derivative of b with +=, too.",
    ),
    Mistake(
        "= instead of +=",
        _weights_of_last,
        "The derivative of b is right. Those of the weights are the last example's alone: they are set, not added.",
        "Add to each weight's derivative with +=, too.",
    ),
    Mistake(
        "bias forgotten",
        lambda examples, w, b: (_singly(examples, w, b)[0].sum(axis=0), 0.0),
        "The derivative of b stays 0.",
        "Add up db as well.",
    ),
    Mistake(
        "bias forgotten",
        lambda examples, w, b: _right(examples, w, b)[0],
        "The derivatives of the weights come back, without that of b.",
        "Return both: return of_w, of_b.",
    ),
    Mistake(
        "bias once per input",
        lambda examples, w, b: (_right(examples, w, b)[0], len(w) * _right(examples, w, b)[1]),
        "The weights' derivatives are right. That of b is added in the loop over the weights, once for each of them.",
        "Add it a single time for each example: take the indentation back.",
    ),
    Mistake(
        "wrong order",
        lambda examples, w, b: _right(examples, w, b)[::-1],
        "The derivative of b comes first.",
        "Return the list for the weights first, then the number for b.",
    ),
    Mistake(
        "flat list",
        lambda examples, w, b: [*_right(examples, w, b)[0], _right(examples, w, b)[1]],
        "The numbers are right, but they stand in one list.",
        "Return two things: a list for the weights, and a number for b.",
    ),
    Mistake("lists joined", _joined, JOINED, ENTRIES),
    Mistake("lists joined", _joined_to_zeros, JOINED, ENTRIES),
    Mistake(
        "steps within the batch",
        _steps_within,
        "w and b are changed after each example, so that the next one is differentiated at another place.",
        "Take all derivatives with the w and b that were given.",
    ),
    Mistake("mean example", _of_mean_example, AT_MEAN, APART),
    Mistake("summed example", _of_summed_example, AT_SUM, APART),
    Mistake(
        "not added",
        lambda examples, w, b: [(dw, db) for dw, db in zip(*_singly(examples, w, b), strict=True)],
        "These are the derivatives of each example, in a list.",
        "Add them up: one number for each weight, one for b.",
    ),
]


def _lists() -> list[tuple[list[int], int]]:
    """Numbers that are counted through, so that it shows where each went; then some in no order."""
    sizes = [(4, 2), (5, 2), (3, 1), (3, 3), (2, 5), (7, 3), (12, 4), (13, 4)]
    return [*((list(range(1, n + 1)), size) for n, size in sizes), ([5, 2, 9, 2, 7], 2)]


def _cut(examples: Sequence[Any], size: int) -> list[Sequence[Any]]:
    return [examples[start : start + size] for start in range(0, len(examples), size)]


def _evenly(examples: Sequence[Any], count: int) -> list[Any]:
    return [piece.tolist() for piece in np.array_split(np.array(examples), count)]


OF_BATCHES = [
    *(
        Mistake("wrong order", wrong, "The examples are sorted.", "Leave them in the order in which they were given.")
        for wrong in (
            lambda examples, size: _cut(sorted(examples), size),
            lambda examples, size: [sorted(batch) for batch in _cut(examples, size)],
        )
    ),
    Mistake(
        "drops the rest",
        lambda examples, size: [batch for batch in _cut(examples, size) if len(batch) == size],
        "Where the examples do not come out even, those that are left over at the end are lost.",
        "Let the last batch be smaller: a slice that goes beyond the end simply stops there.",
    ),
    Mistake(
        "empty batch",
        lambda examples, size: [*_cut(examples, size), *[[]] * (len(examples) % size == 0)],
        "Where the examples come out even, there is a batch without any at the end.",
        "Append what is left over only if there is something.",
    ),
    Mistake(
        "same list again",
        lambda examples, size: [examples[len(examples) - len(examples) % size :]] * -(-len(examples) // size),
        "All batches are one and the same list, which is emptied when it is full.",
        "Begin each batch with a new list: batch = [] in place of batch.clear().",
    ),
    Mistake(
        "overlapping",
        lambda examples, size: [examples[start : start + size] for start in range(len(examples))],
        "A batch begins at each example, so that most of them come in several batches.",
        "The beginnings are `size` apart: range takes a third argument.",
    ),
    Mistake(
        "off by one",
        lambda examples, size: [examples[start : start + size - 1] for start in range(0, len(examples), size)],
        "The last example of each batch is missing: the end of a slice does not belong to it.",
        "A slice of `size` entries ends at start + size.",
    ),
    Mistake(
        "size or number",
        _evenly,
        "There are `size` batches, where batches of `size` examples are asked for.",
        "Cut after every `size` examples.",
    ),
    Mistake(
        "first batch only",
        lambda examples, size: examples[:size],
        "This is the first batch, not the list of all of them.",
        "Collect the batches in a list, and return it after the loop.",
    ),
    Mistake(
        "returns too early",
        lambda examples, size: [examples[:size]],
        "Only the first batch is there: `return` stands inside the loop.",
        "Return after the loop: take the indentation back.",
    ),
]
