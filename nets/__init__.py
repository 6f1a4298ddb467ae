"""glassgrad's nets: neurons, layers and MLPs made of Values, and what trains them."""

from autograd import logsumexp, softmax

from . import data, schedules
from .data import batches, blobs, circles, moons, spirals, split, standardise, xor
from .dropout import Dropout
from .errors import DataError, LoadError, ShapeError, TrainingDiverged
from .layers import ACTIVATIONS, MLP, Layer, Neuron, Sequential
from .losses import accuracy, binary_cross_entropy, cross_entropy, hinge, l2_penalty, mse, squared_error
from .module import Module
from .objectives import batch_loss
from .optim import SGD, Adagrad, Adam, Optimizer, RMSProp
from .readers import read_csv, read_idx
from .saving import load, save
from .train import Epoch, History, Step, evaluate, fit

__all__ = [
    "ACTIVATIONS",
    "MLP",
    "SGD",
    "Adagrad",
    "Adam",
    "DataError",
    "Dropout",
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
    "batches",
    "binary_cross_entropy",
    "blobs",
    "circles",
    "cross_entropy",
    "data",
    "evaluate",
    "fit",
    "hinge",
    "l2_penalty",
    "load",
    "logsumexp",
    "moons",
    "mse",
    "read_csv",
    "read_idx",
    "save",
    "schedules",
    "softmax",
    "spirals",
    "split",
    "squared_error",
    "standardise",
    "xor",
]
