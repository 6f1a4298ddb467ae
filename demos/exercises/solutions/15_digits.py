"""A net with one hidden layer, and the loop of gradient descent written out."""

import numpy as np

from autograd import jit, mean, vmap
from nets import MLP, SGD, batches, cross_entropy


def train(images: np.ndarray, labels: np.ndarray) -> MLP:
    """A reader, from an image to ten scores; `images` is (n, 64), `labels` is (n,)."""
    model = MLP(64, [32, 10], activation="relu", seed=1)
    optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)
    loss = jit(lambda xs, ys: mean(vmap(lambda x, y: cross_entropy(model(x), y))(xs, ys)))
    rng = np.random.default_rng(1)
    for _ in range(20):
        for xs, ys in batches(images, labels, 20, rng):
            optimizer.zero_grad()
            loss(xs, ys).backward()
            optimizer.step()
    return model
