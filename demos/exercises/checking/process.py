"""A process that is started for one answer, in a folder of its own, and brought to its end whatever happens in it."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_ROOT = Path(__file__).resolve().parents[3]
_START = (
    "import sys; sys.path[:] = sys.argv[1:]; del sys.argv[1:]; from demos.exercises.checking.child import main; main()"
)
_MUTED = "ignore:coroutine:RuntimeWarning"
"""The warning that a coroutine was never awaited names a line of ours; the report on an `async def` says enough."""
_STARTING = 30.0
"""How many seconds a process may take until it begins with the answer. That is no time of the answer's own."""
_SHOWN = 10_000
"""How many bytes of what was printed come into the verdict: the last ones."""
_HEARD = 10**8
"""How much of the file for the verdict is read at most, where an answer can write more into it than it may."""

_lock = threading.Lock()
_running: set[subprocess.Popen[bytes]] = set()


@dataclass(frozen=True)
class End:
    """How the process ended, and what it left."""

    code: int | None
    """As of subprocess.Popen: below 0 is a signal; None if its time had run out."""
    said: bytes
    """What stands in the file for the verdict."""
    printed: bytes
    """The end of what it printed."""
    size: int
    """How many bytes it printed in all."""


def ended(request: bytes, seconds: float) -> End:
    """Starts the process, in a temporary folder, and waits for its end or brings it about.

    The seconds count from the first thing that it says, which is that it begins with the answer.
    """
    with _folder() as folder, tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as printed:
        code = _code(folder, said, printed, request, seconds)
        return End(code, _last(said, _HEARD), _last(printed, _SHOWN), printed.seek(0, os.SEEK_END))


def _code(folder: str, said: IO[bytes], printed: IO[bytes], request: bytes, seconds: float) -> int | None:
    """How the process ended: see End. Waits for that alone: a pipe could be held open by what the answer started."""
    with _lock:
        process = subprocess.Popen(
            [sys.executable, "-I", "-B", "-u", "-X", "utf8", "-W", _MUTED, "-c", _START, *_search_path()],
            stdin=subprocess.PIPE,
            stdout=said,
            stderr=printed,
            cwd=folder,
            env=_environment(folder),
            start_new_session=True,
        )
        _running.add(process)
    with process:
        try:
            _send(process, request)
            _begins(process, said)
            in_time = _ends(process, seconds if _size(said) else 0)
            if not in_time:
                _ask_where(process)
        finally:
            _kill(process)
            process.wait()
            with _lock:
                _running.discard(process)
    return process.returncode if in_time else None


def _search_path() -> list[str]:
    """Where this process finds modules, but not in the folder it happens to be in, which may hold other answers."""
    root, here = str(_ROOT), os.getcwd()
    path = [entry for entry in map(os.path.abspath, sys.path) if entry == root or entry != here]
    return path if root in path else [*path, root]


def _environment(folder: str) -> dict[str, str]:
    """Next to nothing of the environment here: it may hold what is not an answer's business."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ}
    homes = dict.fromkeys(("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP"), folder)
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    no_windows = {"MPLBACKEND": "Agg"}  # else plt.show() may wait for somebody to close one
    return {**kept, **homes, **threads, **no_windows, "PATH": os.defpath, "LANG": "C.UTF-8"}


def _send(process: subprocess.Popen[bytes], request: bytes) -> None:
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError), process.stdin:  # it may have ended already
        process.stdin.write(request)


def _begins(process: subprocess.Popen[bytes], said: IO[bytes]) -> None:
    """Returns when the process has said something or has ended, or has had the time for that."""
    latest = time.monotonic() + _STARTING
    while not _size(said) and not _ends(process, 0.01) and time.monotonic() < latest:
        pass


def _ends(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Whether the process ends within this time. Linux tells at once, where Popen.wait looks each 50 ms."""
    if hasattr(os, "pidfd_open"):
        with contextlib.suppress(OSError):
            descriptor = os.pidfd_open(process.pid)
            try:
                end = select.poll()
                end.register(descriptor, select.POLLIN)
                return bool(end.poll(1000 * seconds))
            finally:
                os.close(descriptor)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _ask_where(process: subprocess.Popen[bytes]) -> None:
    """Lets the process write down where it is: see `child`."""
    if hasattr(signal, "SIGUSR1"):
        process.send_signal(signal.SIGUSR1)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.2)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Ends the process and all others of its group, which the answer may have started and left."""
    if not hasattr(os, "killpg"):
        process.kill()
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):  # none is left; on macOS none but a dead one
        os.killpg(process.pid, signal.SIGKILL)


def _size(file: IO[bytes]) -> int:
    return os.fstat(file.fileno()).st_size


def _last(file: IO[bytes], most: int) -> bytes:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - most))
    return file.read(most)


def end_all() -> None:
    """Ends what calls in other threads wait for just now: they return at once, with whatever verdict."""
    with _lock:
        for process in _running:
            if process.returncode is None:
                _kill(process)


@contextlib.contextmanager
def _folder() -> Iterator[str]:
    """A new empty folder, gone afterwards with whatever is in it then."""
    folder = tempfile.mkdtemp(prefix="glassgrad-")
    try:
        yield folder
    finally:
        _remove(folder)


def _remove(folder: str) -> None:
    """Removes a folder that may be locked, gone, replaced by a link or deeper than Python can go down."""
    with contextlib.suppress(OSError):
        os.rmdir(folder)  # nearly always it is empty
        return
    if os.path.islink(folder):
        os.unlink(folder)
    elif os.name == "posix":
        for command in (["chmod", "-R", "u+rwx", folder], ["rm", "-rf", folder]):
            with contextlib.suppress(OSError):
                subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    else:
        shutil.rmtree(folder, ignore_errors=True)
