"""Work in a process of its own that keeps to one thread: libraries read such settings when they are loaded."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..measure import Disagreement

ROOT = Path(__file__).resolve().parents[3]
POOLS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
XLA_FLAGS = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
DISAGREED = 3
"""Its exit status if the contenders disagree."""


def in_one_thread(arguments: Sequence[str]) -> Any:
    """What `python -m tests.benchmarks.compiled` with these arguments prints as JSON.

    Raises Disagreement if that process does. Its other errors have been printed by it: RuntimeError.
    """
    settings = {**os.environ, **dict.fromkeys(POOLS, "1"), "XLA_FLAGS": XLA_FLAGS}
    command = [sys.executable, "-m", "tests.benchmarks.compiled", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=settings, stdout=subprocess.PIPE, text=True)
    if done.returncode == DISAGREED:
        raise Disagreement(done.stdout.strip())
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[1:])} ended with status {done.returncode}")
    return json.loads(done.stdout)


def stay_on_one_cpu() -> None:
    """Keeps this process on one CPU, where the system can, so that what starts threads all the same gains nothing."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
