"""The steps that are timed, by name."""

from collections.abc import Callable

from .convnet import convnet_problem
from .dense import classifier_problem
from .gpt import gpt_problem
from .lstm import lstm_problem
from .moons import moons_problem
from .problem import Problem

PROBLEMS: dict[str, Callable[[], Problem]] = {
    "moons": moons_problem,
    "mlp-small": lambda: classifier_problem([784, 50, 10], batch=32),
    "mlp-large": lambda: classifier_problem([784, 128, 64, 10], batch=128),
    "convnet": convnet_problem,
    "lstm": lstm_problem,
    "gpt": gpt_problem,
}
