"""Task 15: the reader is measured on images that it has not seen, and what it does with them tells what went wrong.

Two causes are found by an experiment: the same training is run again on some of the images, with other steps.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import replace
from functools import cached_property
from textwrap import shorten
from typing import Any
from unittest.mock import patch

import numpy as np

from demos.data import digits
from demos.exercises.checking.calls import Raised, called, need_function
from demos.exercises.checking.numbers import flat
from demos.exercises.checking.words import shown
from demos.exercises.verdict import CheckFailed, Finding
from nets import Optimizer, TrainingDiverged

HINTS = (
    "Make the net and the optimiser once, before the loops: MLP(64, [32, 10], seed=1) and SGD(its parameters, lr=0.1). "
    "A loop over epochs holds a loop over batches, and the net is what you return.",
    "The loss of a batch is the mean of cross_entropy(model(x), y) over its images. Write it as a function of xs and "
    "ys: jit(lambda xs, ys: mean(vmap(lambda x, y: cross_entropy(model(x), y))(xs, ys))).",
    "For each batch three lines: optimizer.zero_grad(), loss(xs, ys).backward(), optimizer.step(). Twenty epochs of "
    "batches(images, labels, 20, rng) are enough; momentum=0.9 makes it faster.",
)

FLOOR = 0.85
SHOWN = 400
FEW = 100
"""Of so many images an experiment is made: it takes a quarter of the time, whatever machine it is."""
MUCH = 0.3
PART = 20
"""Of so many images the first and the last are looked at by themselves: about a batch."""

TOO_LARGE = "The steps were so large that the weights grew beyond all bounds."
SMALLER = "Divide the learning rate by 10."


def check(train: Any) -> None:
    """Nothing if `train` makes a reader that is above the floor; raises CheckFailed."""
    need_function("train", train, 2)
    data = digits()
    chosen = np.random.default_rng(15).permutation(len(data.train_images))[:SHOWN]
    images, labels = data.train_images[chosen], data.train_labels[chosen]

    def result(count: int = SHOWN) -> Reading:
        return Reading(_reader(train, images[:count], labels[:count]), data.test_images, data.test_labels)

    try:
        unseen = result()
    except CheckFailed as failed:
        found = _by_experiment(result, 0.0) if failed.finding.diagnosis == "nan" else None
        if found is None:
            raise
        name, cause, advice = found
        raise CheckFailed(replace(failed.finding, diagnosis=name, cause=cause, advice=advice)) from None
    if unseen.accuracy >= FLOOR:
        return
    seen = Reading(unseen.reader, images, labels)
    name, cause, advice = _by_experiment(result, unseen.accuracy) or _by_pattern(seen, unseen)
    raise CheckFailed(
        Finding(
            name,
            f"train on {SHOWN} images, then read {len(unseen.labels)} others",
            f"at least {FLOOR:.0%} of the others are read right",
            f"{unseen.accuracy:.1%} of them, and {seen.accuracy:.1%} of those it was trained on\n{unseen.confused}",
            cause,
            advice,
        )
    )


class Reading:
    """What a reader made of some images."""

    def __init__(self, reader: Any, images: np.ndarray, labels: np.ndarray) -> None:
        self.reader = reader
        self.labels = labels
        scores = [_scores(reader, image) for image in images]
        self.digits, self.lowest = np.argmax(scores, axis=1), np.argmin(scores, axis=1)

    @cached_property
    def accuracy(self) -> float:
        """The part that was read right."""
        return self.accuracy_of(slice(None))

    def accuracy_of(self, part: slice) -> float:
        """The part of these that was read right."""
        return float(np.mean(self.digits[part] == self.labels[part]))

    @cached_property
    def usual(self) -> list[int]:
        """What each digit is read as most often."""
        return [int(np.bincount(self.digits[self.labels == digit]).argmax()) for digit in range(10)]

    @property
    def confused(self) -> str:
        """Which digit is most often mistaken for which, in words."""
        pairs = Counter(zip(self.labels.tolist(), self.digits.tolist(), strict=True))
        (digit, other), times = max(((p, n) for p, n in pairs.items() if p[0] != p[1]), key=lambda item: item[1])
        return f"{times} of the {np.sum(self.labels == digit)} images of {digit} were read as {other}"


def _reader(train: Any, images: np.ndarray, labels: np.ndarray) -> Any:
    """What `train` returns, which has to be a function."""
    where = f"train(images, labels) with {len(images)} images"
    try:
        reader = called("train", train, images.copy(), labels.copy())
    except Raised as error:
        if isinstance(error.error, TrainingDiverged):
            got = shorten(f"TrainingDiverged: {error.error}", 200, placeholder=" ...")
            raise CheckFailed(Finding("nan", where, "a net with finite weights", got, TOO_LARGE, SMALLER)) from None
        raise Raised(where, error.error) from None
    if not callable(reader):
        name, cause = ("returns nothing", "There is no `return`.") if reader is None else ("not a function", "")
        expected, advice = "a function from an image to ten scores", "Return the net that was trained."
        raise CheckFailed(Finding(name, where, expected, shorten(shown(reader), 60, placeholder=" ..."), cause, advice))
    return reader


def _scores(reader: Any, image: np.ndarray) -> Sequence[float]:
    """The ten numbers that the reader gives to an image."""
    try:
        result = called("read", reader, image.copy())
    except Raised as error:
        raise Raised("read(image), where read is what train returned", error.error) from None
    scores = flat(result)
    if len(scores) == 10 and not np.isnan(scores).any():
        return scores
    name, cause, advice = "wrong length", "", "One output for each digit: the last layer has 10 neurons."
    if result is None:
        name, cause, advice = "returns nothing", "The reader has no `return`.", "Return the scores."
    elif not scores:
        name, advice = "not a list", "Return the ten scores of the net's last layer."
    elif len(scores) == 10:
        name, cause, advice = "nan", TOO_LARGE, SMALLER
    elif len(scores) == 1:
        cause, advice = (
            "This may be the digit itself.",
            "Return the ten scores, and leave the choice to who reads them.",
        )
    where = "read(image), where read is what train returned"
    raise CheckFailed(Finding(name, where, "ten scores, one for each digit", shown(result), cause, advice))


def _by_experiment(result: Callable[[int], Reading], accuracy: float) -> tuple[str, str, str] | None:
    """Name, cause and advice, if the training does much better when it takes its steps in another way.

    It is compared with itself on as few images: an answer that does better the fewer steps it takes, draws other
    numbers each time, or goes on with the net of the last time would otherwise seem to have been mended.
    """
    step, taken = Optimizer.step, 0

    def forgetting(optimizer: Any) -> None:
        nonlocal taken
        taken += 1
        step(optimizer)
        optimizer.zero_grad()

    def turned_round(optimizer: Any) -> None:
        optimizer.flat.grad = -optimizer.flat.grad
        step(optimizer)

    for name, change, cause, what, advice in (
        (
            "missing zero_grad",
            forgetting,
            "backward() adds to the gradients that are there, so each step also repeats those before it.",
            "the gradients set to 0 after each step",
            "Call optimizer.zero_grad() before each backward().",
        ),
        (
            "sign",
            turned_round,
            "The loss is made larger, not smaller.",
            "the steps turned round",
            "The loss is the mean of cross_entropy, without a minus; the optimiser goes downhill by itself.",
        ),
    ):
        reached = _reached(result, change)
        if reached >= accuracy + MUCH and reached >= (before := _reached(result, step)) + MUCH:
            tried = f"A trial on {FEW} images: {before:.1%} as it stands, and {reached:.1%} with {what}."
            return name, f"{cause} {tried}", advice
        if not taken:  # no optimiser of `nets`, or one that `fit` moves
            return None
    return None


def _reached(result: Callable[[int], Reading], step: Callable[[Any], None]) -> float:
    """The accuracy after training on few images, with such steps of the optimisers of `nets`; 0 if it fails."""
    with patch.object(Optimizer, "step", step), redirect_stdout(io.StringIO()):  # what it prints was printed before
        try:
            return result(FEW).accuracy
        except (CheckFailed, Raised):
            return 0.0


def _by_pattern(seen: Reading, unseen: Reading) -> tuple[str, str, str]:
    """Name, cause and advice, by what is read as what."""
    if np.mean(unseen.lowest == unseen.labels) >= FLOOR:
        return (
            "sign",
            "The smallest of the ten scores is that of the digit, as if they were distances.",
            "The digit that is read has to have the largest score: turn the signs round.",
        )
    if seen.accuracy >= 0.9 and seen.accuracy - unseen.accuracy >= 0.25:
        return (
            "memorised",
            "It knows the images that it was trained on, and little about others: learned by heart.",
            "The answer has to come from weights that all images share, not from the image that looks the same.",
        )
    [(favourite, times)] = Counter(unseen.digits.tolist()).most_common(1)
    if times >= 0.95 * len(unseen.digits):
        return (
            "one digit for all",
            f"Nearly every image is read as {favourite}. Steps that are too large leave such a net, or none at "
            "all; so do gradients that are not set to 0 between them, steps uphill, and labels that do not belong to "
            "their images.",
            "Divide the learning rate by 10. If that does not help: what sets the gradients to 0, which sign have the "
            "loss and the step, how are images and labels paired?",
        )
    usual = np.array(unseen.usual)
    if len(set(unseen.usual)) == 10 and np.mean(unseen.digits == usual[unseen.labels]) >= FLOOR:
        digit = next(digit for digit in range(10) if usual[digit] != digit)
        return (
            "digits mixed up",
            "Each digit is recognised, but under another name, as if the labels or the scores were shifted or sorted.",
            f"The score of digit d stands in place d, counted from 0. Follow a {digit} through training: which number "
            "is its label?",
        )
    if (part := _part_known(seen)) is not None:
        return (
            "part of the images",
            f"The {part} {PART} training images are known much better than the others, as if only these were used.",
            "Is the step inside the loop over the batches? Look at the indentation.",
        )
    return _by_accuracy(seen, unseen)


def _by_accuracy(seen: Reading, unseen: Reading) -> tuple[str, str, str]:
    """Name, cause and advice, by how well it does on what it was trained on."""
    if seen.accuracy < 0.25:
        return (
            "not trained",
            "This is not much better than to guess, on the training images too. The weights of the net that comes back "
            "hardly change, or are thrown about, or the images that it learns from do not belong to their labels.",
            "Print the loss after each epoch: it begins near log(10) = 2.3. If it stays there: are the gradients still "
            "there when step() comes, is the rate large enough, and is it the same net that the optimiser moves? If it "
            "jumps: divide the rate by 10. If it falls: how are images and labels paired?",
        )
    if seen.accuracy - unseen.accuracy < 0.1:
        return (
            "below the floor",
            "It does not do much better on its own training images: too few steps, steps of a poor size, or only some "
            "of the images were used.",
            "Print the loss after each epoch, and count the steps: batches(...) is to be called anew in each epoch. If "
            "the loss still falls, train longer, or with momentum=0.9; if it jumps, lower the learning rate.",
        )
    return (
        "below the floor",
        "What it learned of its training images does not carry over to others: overfitting.",
        "Stop earlier, use all of the images, or take fewer hidden neurons.",
    )


def _part_known(seen: Reading) -> str | None:
    """Which end of the training images is known much better than the rest, if one is."""
    for name, part, rest in (("first", slice(PART), slice(PART, None)), ("last", slice(-PART, None), slice(-PART))):
        if seen.accuracy_of(part) >= max(0.95, seen.accuracy_of(rest) + 0.3):
            return name
    return None
