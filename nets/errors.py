"""The exceptions of `nets`. Each message says what was got, where, and how to mend it."""

from autograd import ArgumentError, AutogradError


class ShapeError(ArgumentError):
    """A net or a loss was given another number of numbers than it takes."""


class DataError(AutogradError, ValueError):
    """A data file or a data set is malformed, or cut short."""


class LoadError(AutogradError, ValueError):
    """A file does not hold a model, is damaged, or holds another model than the one asked for."""


class TrainingDiverged(AutogradError, ArithmeticError):
    """The loss or a gradient became NaN or infinite; the parameters from before that step stay."""
