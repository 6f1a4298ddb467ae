"""glassgrad's nets: neurons, layers and MLPs made of Values, and what trains them."""

from autograd import logsumexp, softmax

from . import augment, data, schedules
from .attention import SelfAttention
from .clipping import clip_gradients
from .conv import AvgPool2d, Conv2d, Flatten, MaxPool2d
from .data import batches, blobs, circles, moons, spirals, split, standardise, xor
from .dropout import Dropout
from .embedding import Embedding
from .errors import DataError, LoadError, ShapeError, TrainingDiverged
from .layers import ACTIVATIONS, MLP, Layer, Neuron, Sequential
from .losses import accuracy, binary_cross_entropy, cross_entropy, hinge, l2_penalty, mse, squared_error
from .module import Module
from .norms import LayerNorm, RMSNorm
from .objectives import batch_loss
from .optim import SGD, Adagrad, Adam, Optimizer, RMSProp
from .readers import read_csv, read_idx
from .recurrent import LSTM, RNN
from .saving import load, save
from .train import Epoch, History, Step, evaluate, fit

__all__ = [
    "ACTIVATIONS",
    "LSTM",
    "MLP",
    "RNN",
    "SGD",
    "Adagrad",
    "Adam",
    "AvgPool2d",
    "Conv2d",
    "DataError",
    "Dropout",
    "Embedding",
    "Epoch",
    "Flatten",
    "History",
    "Layer",
    "LayerNorm",
    "LoadError",
    "MaxPool2d",
    "Module",
    "Neuron",
    "Optimizer",
    "RMSNorm",
    "RMSProp",
    "SelfAttention",
    "Sequential",
    "ShapeError",
    "Step",
    "TrainingDiverged",
    "accuracy",
    "augment",
    "batch_loss",
    "batches",
    "binary_cross_entropy",
    "blobs",
    "circles",
    "clip_gradients",
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
