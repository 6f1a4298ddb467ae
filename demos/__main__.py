"""`python -m demos`: the list of lessons; `python -m demos NAME [options]`: one of them."""

import sys
from typing import Any

from .runner import main

if __name__ == "__main__":
    names: dict[str, Any] = {}
    status = main(sys.argv[1:], names)
    if sys.flags.interactive:  # python -i goes on to its prompt, where the lesson's names are wanted
        globals().update(names)
    else:
        sys.exit(status)
