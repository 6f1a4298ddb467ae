"""Task 15's experiments on an answer's training: the optimisers of `nets` are what they were, however they end."""

import pytest

from demos.exercises import find
from demos.exercises.checking.judge import judge
from nets import MLP, SGD, Optimizer


@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit, MemoryError, ValueError])
@pytest.mark.parametrize("training", [2, 3])
def test_optimisers_take_their_own_steps_again_however_an_experiment_ends(end, training):
    step, begun = Optimizer.step, []

    def train(images, labels):
        begun.append(1)
        model = MLP(64, [10], seed=1)
        SGD(model.parameters(), lr=0.1).step()  # the experiments are made only where an optimiser is at work
        if len(begun) == training:
            raise end
        return model

    if end is KeyboardInterrupt:
        with pytest.raises(KeyboardInterrupt):
            judge(find("digits"), {"train": train})
    else:
        assert not judge(find("digits"), {"train": train}).passed
    assert len(begun) >= training and Optimizer.step is step
