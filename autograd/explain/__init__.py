"""Why a gradient is what it is: by its paths, by the naive recursion that is wrong, by other ways to compute it."""

from .compare import compare as compare
from .explain import explain as explain
