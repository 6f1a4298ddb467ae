"""Room for engines that recurse once per node of a graph's depth."""

import sys
import threading
from collections.abc import Callable

RECURSION_LIMIT = 120_000
"""Deep enough for any graph of 100,000 nodes."""

STACK_BYTES = 1 << 29
"""For 100,000 nested calls, and for freeing objects that hold one another as deep; only what is used gets memory."""


def run_deep(work: Callable[[], int]) -> int:
    """What work() returns, run in a thread with a deep stack; Ctrl-C reaches the caller, and the thread is left."""
    outcome: list[int | BaseException] = []

    def target() -> None:
        try:
            outcome.append(work())
        except BaseException as error:
            outcome.append(error)

    sys.setrecursionlimit(RECURSION_LIMIT)
    threading.stack_size(STACK_BYTES)
    thread = threading.Thread(target=target, daemon=True)
    thread.start()
    thread.join()
    (result,) = outcome
    if isinstance(result, BaseException):
        raise result
    return result
