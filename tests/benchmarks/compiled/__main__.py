"""One measurement in this process, printed as JSON: what `one_thread` starts."""

import argparse
import dataclasses
import json
import sys

from .. import deep
from ..measure import Disagreement, Effort
from .costs import CASES, FLAT, GROWTH
from .one_thread import DISAGREED, stay_on_one_cpu
from .problems import PROBLEMS
from .steps import medians

COSTS = {**CASES, **GROWTH, **FLAT}


def main() -> int:
    """The exit status: 0, or that of a Disagreement."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.compiled")
    parser.add_argument("--step", choices=sorted(PROBLEMS))
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--cost", choices=list(COSTS))
    options = parser.parse_args()
    stay_on_one_cpu()
    try:
        if options.cost:
            print(json.dumps(COSTS[options.cost]()))
            return 0
        return deep.run_deep(lambda: _step(options))
    except Disagreement as error:
        print(error)
        return DISAGREED
    except KeyboardInterrupt:
        return 130


def _step(options: argparse.Namespace) -> int:
    slow = Effort(options.seconds / 2, least=2)
    rows = medians(PROBLEMS[options.step](), Effort(options.seconds), slow)
    print(json.dumps([dataclasses.asdict(row) for row in rows]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
