"""Wrong answers to task 15."""

STEPS = """            optimizer.zero_grad()
            loss(xs, ys).backward()
            optimizer.step()
"""

AFTER_THE_LOOP = """            pass
        optimizer.zero_grad()
        loss(xs, ys).backward()
        optimizer.step()
"""

BY_HEART = """
def train(images, labels):
    known = {tuple(image): label for image, label in zip(images, labels)}

    def read(image):
        digit = known.get(tuple(image), 3)
        return [float(digit == i) for i in range(10)]

    return read
"""

GUESSES = """
import numpy as np

def train(images, labels):
    rng = np.random.default_rng(0)
    return lambda image: rng.random(10)
"""

BEYOND_BOUNDS = """
from nets import MLP, SGD, cross_entropy, fit

def train(images, labels):
    model = MLP(64, [32, 10], activation="relu", seed=1)
    fit(model, cross_entropy, (images, labels), SGD(model.parameters(), lr=1e200), epochs=2)
    return model
"""

DISTANCES = """
def train(images, labels):
    def read(image):
        return [min(((image - each) ** 2).sum() for each in images[labels == digit]) for digit in range(10)]

    return read
"""

MUTANTS = [
    ("missing zero_grad", {"            optimizer.zero_grad()\n": ""}),
    (
        "missing zero_grad",
        {
            "            optimizer.zero_grad()\n": "",
            "optimizer.step()\n": "optimizer.step()\n        optimizer.zero_grad()\n",
        },
    ),
    ("sign", {"return model": "return lambda image: [-score for score in model(image)]"}),
    ("sign", DISTANCES),
    ("sign", {"jit(lambda xs, ys: mean": "jit(lambda xs, ys: -mean"}),
    ("not trained", {STEPS: "            loss(xs, ys)\n"}),
    ("not trained", {"optimizer.step()": "optimizer.step\n"}),
    ("not trained", {"lr=0.1": "lr=0.0001"}),
    ("not trained", {"optimizer.step()": "optimizer.zero_grad()\n            optimizer.step()"}),
    ("not trained", {"SGD(model.parameters()": "SGD(MLP(64, [32, 10]).parameters()"}),
    ("not trained", GUESSES),
    ("one digit for all", {"lr=0.1": "lr=3.0"}),
    ("one digit for all", {"lr=0.1": "lr=lambda step: 0.01 * 1.02**step"}),  # so fewer images do much better
    ("digits mixed up", {"batches(images, labels, 20, rng)": "batches(images, (labels + 1) % 10, 20, rng)"}),
    ("digits mixed up", {"return model": "return lambda image: model(image)[::-1]"}),
    ("nan", BEYOND_BOUNDS),
    ("nan", {"return model": "return lambda image: [float('nan')] * 10"}),
    ("memorised", BY_HEART),
    ("part of the images", {STEPS: AFTER_THE_LOOP, "20, rng)": "20)"}),
    ("below the floor", {"range(20)": "range(1)"}),
    ("below the floor", {"            optimizer.step()\n": "            optimizer.step()\n        return model\n"}),
    ("below the floor", {"batches(images, labels": "batches(images[:40], labels[:40]"}),
    ("wrong length", {"[32, 10]": "[32, 9]", "batches(images, labels": "batches(images, labels % 9"}),
    ("wrong length", {"return model": "return lambda image: int(np.argmax([s.data for s in model(image)]))"}),
    ("returns nothing", {"    return model\n": ""}),
    ("not a function", {"return model": "return [model(image) for image in images]"}),
]
