"""What runs inside the process of its own that `isolated` starts: one answer is judged, and the verdict handed out.

It comes with the descriptors that its parent gave it: 0 holds the request, one line of JSON; 1 is the file in which the
verdict belongs; 2 is the file for all that the answer prints. Whatever is needed after the answer has run is looked up
before, because the answer may replace it.
"""

from __future__ import annotations

import base64
import contextlib
import faulthandler
import json
import math
import os
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from demos.exercises.task import Task, find
from demos.exercises.verdict import Verdict

from .judge import finding_of, judge_source

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None  # type: ignore[assignment]


def main() -> None:
    """Never returns: the process ends, and leaves threads and exit handlers of the answer no time."""
    write, leave, pid_of, encoded = os.write, os._exit, os.getpid, json.JSONEncoder().encode
    request = json.loads(sys.stdin.buffer.readline())
    token, channel, pid = request["token"], _private_channel(), pid_of()
    task = find(request["task"])
    source = base64.b64decode(request["source"])
    needs_no_memory = _line(encoded, token, Verdict(task.id, finding_of(MemoryError())))
    _ = task.check  # imported before the answer: an error in it is not the answer's, nor the time it takes
    _limit(request["seconds"], request["memory"], request["file_size"])
    write(channel, _line(encoded, token, None))
    try:
        try:
            line = _line(encoded, token, _judged(task, source, request["file"]))
        except MemoryError:
            line = needs_no_memory
        if pid_of() == pid:  # else it is a copy, which the answer made by os.fork
            write(channel, line)
    finally:
        leave(0)


def _judged(task: Task, source: bytes, file_name: str) -> Verdict:
    """The verdict, whatever the answer raises. Ctrl-C, which does not come this far, is an error like others here."""
    try:
        return judge_source(task, source, file_name)
    except MemoryError as error:
        with contextlib.suppress(Exception):  # too little may be left to say where it was
            return Verdict(task.id, finding_of(error))
        raise
    except BaseException as error:
        return Verdict(task.id, finding_of(error))


def _line(encoded: Callable[[Any], str], token: str, verdict: Verdict | None) -> bytes:
    """One line of JSON, with an end of line before it, lest the answer has begun one; without a verdict: it begins."""
    return f"\n{encoded({'token': token, 'verdict': verdict and verdict.as_dict()})}\n".encode()


def _private_channel() -> int:
    """A descriptor for the verdict alone. From now on 1 is what 2 is, 0 is at its end, and forks lose the channel.

    A crash says on the channel where it happened, and so does the process itself when it is sent SIGUSR1.
    """
    channel = os.dup(1)
    os.dup2(2, 1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=partial(_give_up, [channel]))
    faulthandler.enable(channel)
    if hasattr(faulthandler, "register"):
        faulthandler.register(signal.SIGUSR1, channel)
    return channel


def _give_up(channels: list[int]) -> None:
    """Closes each descriptor once: in a fork of a fork the number may be that of another file."""
    while channels:
        with contextlib.suppress(OSError):
            os.close(channels.pop())


def _limit(seconds: float, memory: int, file_size: int) -> None:
    """Sets the limits that the platform has, and ends the process if its parent, which should do so, is gone."""
    if hasattr(signal, "alarm"):
        signal.alarm(math.ceil(seconds) + 2)
    if resource is None:
        return
    # For what several threads use together, and if nobody waits any more. What it took to get here is free.
    cpu = math.ceil(time.process_time() + seconds) + 1
    for kind, soft, hard in (
        (resource.RLIMIT_CPU, cpu, cpu + 1),  # the first ends the process by SIGXCPU, which tells why
        (resource.RLIMIT_AS, memory, memory),
        (resource.RLIMIT_FSIZE, file_size, file_size),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        _, most = resource.getrlimit(kind)
        if most != resource.RLIM_INFINITY:
            soft, hard = min(soft, most), min(hard, most)
        try:
            resource.setrlimit(kind, (soft, hard))
        except (ValueError, OSError):  # macOS knows some limits by name only
            continue
