"""The engine's exceptions. Each message says what was got, where, and how to mend it."""


class AutogradError(Exception):
    """Base of every error that the engine raises on its own account."""


class DomainError(AutogradError, ValueError):
    """An op was asked for a number it does not have: log(0), sqrt(-1), 1 / 0, exp(1000)."""


class NotANumberError(AutogradError, TypeError):
    """Something that is not one real number was given where a number belongs: a str, None, an array."""


class GraphError(AutogradError, ValueError):
    """The graph is not what the call needs: no path to a variable, a root that is not a Value."""


class GradientError(AutogradError, AssertionError):
    """`gradcheck` found a derivative that is wrong; the message names the op and the mistake."""
