"""Waiting for what other processes do: until a condition holds, and whether one of them has ended."""

import os
import time
from pathlib import Path


def soon(condition):
    """Whether it comes to hold within a minute."""
    for _ in range(1200):
        if condition():
            return True
        time.sleep(0.05)
    return False


def gone(pid):
    """Whether the process has ended, though perhaps nobody has taken notice yet."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:  # there is no /proc, or it has ended just now
        return False
    return status.rpartition(")")[2].split()[0] in "ZX"


def written_by(path):
    """What the file holds, once something is in it."""
    assert soon(lambda: path.exists() and path.read_text()), f"{path} was not written"
    return path.read_text()
