"""The exceptions of `nets`. Each message says what was got, where, and how to mend it."""


class NetsError(Exception):
    """Base of every error that `nets` raises on its own account."""


class ShapeError(NetsError, ValueError):
    """A net, a loss or an optimiser was given another number of numbers than it takes."""


class DataError(NetsError, ValueError):
    """A data file or a data set is malformed, or cut short."""


class LoadError(NetsError, ValueError):
    """A file does not hold a model, is damaged, or holds another model than the one asked for."""


class TrainingDiverged(NetsError, ArithmeticError):
    """The loss or a gradient became NaN or infinite; the parameters from before that step stay."""
