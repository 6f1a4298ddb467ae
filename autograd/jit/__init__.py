"""jit: scalar code in, matrix speed out. README.md beside this file walks through the stages."""

from .jitted import Jitted as Jitted
from .jitted import jit as jit
from .vmap import vmap as vmap
from .words import Listing as Listing
