"""glassgrad's nets: neurons, layers and MLPs made of Values, and what trains them."""

from autograd import logsumexp, softmax

from . import data, schedules
from .errors import DataError, LoadError, ShapeError, TrainingDiverged
from .layers import ACTIVATIONS, MLP, Layer, Neuron, Sequential
from .losses import accuracy, binary_cross_entropy, cross_entropy, hinge, l2_penalty, mse, squared_error
from .module import Module
from .optim import SGD, Adagrad, Adam, Optimizer, RMSProp
from .saving import load, save
from .train import Epoch, History, Step, batch_loss, evaluate, fit

__all__ = [
    "ACTIVATIONS",
    "MLP",
    "SGD",
    "Adagrad",
    "Adam",
    "DataError",
    "Epoch",
    "History",
    "Layer",
    "LoadError",
    "Module",
    "Neuron",
    "Optimizer",
    "RMSProp",
    "Sequential",
    "ShapeError",
    "Step",
    "TrainingDiverged",
    "accuracy",
    "batch_loss",
    "binary_cross_entropy",
    "cross_entropy",
    "data",
    "evaluate",
    "fit",
    "hinge",
    "l2_penalty",
    "load",
    "logsumexp",
    "mse",
    "save",
    "schedules",
    "softmax",
    "squared_error",
]
