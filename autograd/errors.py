"""The engine's exceptions, and the words they share: which line of the user's, which node."""

import sys
from types import FrameType


class AutogradError(Exception):
    """Base of every error that the engine raises on its own account."""


class DomainError(AutogradError, ValueError):
    """An op was asked for a number it does not have: log(0), sqrt(-1), 1 / 0, exp(1000)."""


class NotANumberError(AutogradError, TypeError):
    """Something that is not one real number was given where a number belongs: a str, None, an array."""


class ArgumentError(AutogradError, ValueError):
    """A call was given arguments that do not fit: no Value where one is needed, sequences of unequal length."""


class TraceError(AutogradError, TypeError):
    """A function cannot be compiled by `jit`: the message names the line, and the op to use instead."""


class NotFiniteError(AutogradError, ValueError):
    """Inside `debug()`: a NaN or an infinity came up; the message names the op, its operands and the line."""


class StaleError(AutogradError, ValueError):
    """Inside `debug()`: a value was changed after it was used; the message names it, and the node that used it."""


class GradientError(AutogradError, AssertionError):
    """`gradcheck` found a derivative that is wrong; the message names the op and the mistake."""


class RenderError(AutogradError, ValueError):
    """A picture cannot be made: there is no Graphviz, or the format is unknown; the message says what to install."""


def user_line() -> str:
    """The file and line that called into the packages, such as `moons.py:31`; empty if there is none."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if module.partition(".")[0] not in ("autograd", "nets", "numpy"):
            return f"{_shown(frame.f_code.co_filename)}:{frame.f_lineno}"
        frame = frame.f_back
    return ""


def _shown(filename: str) -> str:
    """The name of a file without its folders; of a notebook's cell what IPython calls it, such as `Cell In[3]`."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    named = getattr(getattr(shell, "compile", None), "format_code_name", lambda name: None)(filename)
    return " ".join(named) if named else filename.replace("\\", "/").rpartition("/")[2]


def node_and_line(label: str) -> str:
    """A parenthesis such as ` (node 'p', moons.py:31)`, made of what is known."""
    parts = [f"node {label!r}" if label else "", user_line()]
    known = ", ".join(part for part in parts if part)
    return f" ({known})" if known else ""
