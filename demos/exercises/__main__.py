"""`python -m demos.exercises`: the tasks, and what to do next; `python -m demos.exercises COMMAND`: one step of it."""

import sys

from .commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
