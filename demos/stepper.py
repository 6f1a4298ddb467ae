"""A lesson cell by cell, with a Python prompt in the lesson's names in between.

`Stepper` knows where in the lesson we are and does what a line says; `walk` and `step` read the lines.
"""

from __future__ import annotations

import code
import linecache
import os
import re
import shutil
import sys
import traceback
from codeop import CommandCompiler
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, redirect_stdout
from io import StringIO
from textwrap import wrap
from types import BuiltinFunctionType, TracebackType
from typing import Any

from autograd import ArgumentError

from .cells import Lesson, Stop
from .runner import FOLDER, given_to_lesson, need_lesson


def walk(lesson: str, *arguments: object) -> dict[str, Any]:
    """What `demos.walk` says."""
    need_lesson(lesson)
    stepper = Stepper(lesson, [str(argument) for argument in arguments])
    _converse(stepper)
    return stepper.names


def step(lesson: str, arguments: list[str]) -> dict[str, Any]:
    """The same for a script: `:quit` hands over to Python's prompt, and a cell that ends Python ends it."""
    stepper = Stepper(lesson, arguments)
    _converse(stepper)
    if stepper.ended_by:
        raise stepper.ended_by
    if stepper.quit and not sys.flags.interactive:  # python -i has a prompt of its own
        with _completion(stepper):
            code.interact("The lesson's names are here. Ctrl-D ends.", _read, stepper.names, exitmsg="")
    return stepper.names


class Stepper:
    """Where in a lesson we are: `do(line)` runs a cell, what was typed, or a command, and shows what is next."""

    def __init__(self, lesson: str, arguments: list[str]) -> None:
        self.name = lesson
        self.arguments = arguments
        self.lesson = Lesson(FOLDER / f"{lesson}.py")
        self.stops = self.lesson.stops
        self.end = sum(stop.code is not None for stop in self.stops)
        """How many cells of code there are."""
        self.at = 0
        """How many of them have been run, or left out."""
        self.names = self.lesson.names()
        self.over = False
        self.quit = False
        """Whether it was `:quit` that ended it."""
        self.ended_by: SystemExit | None = None
        """What a cell raised to end Python."""
        self._pending: list[str] = []
        """The lines of a statement that goes on."""
        self._typed = 0
        """How many statements have been typed."""
        self._compile = CommandCompiler()

    @property
    def prompt(self) -> str:
        """What to ask for the next line with."""
        place = f"{self.name} {min(self.at + 1, len(self.stops))}/{len(self.stops)}"
        return f"{'.' * len(place)}... " if self._pending else f"{place}>>> "

    def open(self) -> None:
        """Shows what the lesson is about, the keys, and the first cell."""
        _show_prose(self.lesson.docstring)
        print()
        _say("Enter runs the cell that is shown. Any Python can be typed before. :help tells more.")
        self._show()

    def do(self, line: str) -> None:
        """Runs the next cell if the line is empty, obeys it if it begins with a colon, and else takes it as Python."""
        if not self._pending and not line.strip():
            self._next()
        elif not self._pending and line.lstrip().startswith(":"):
            try:
                self._obey(line.strip()[1:])
            except ArgumentError as why:
                _say(str(why))
        else:
            self._take([*self._pending, line])

    def drop(self) -> None:
        """Forgets the lines of a statement that goes on."""
        self._pending = []

    # --- commands: each raises ArgumentError where it cannot be done ---

    def _obey(self, words: str) -> None:
        name, _, argument = words.partition(" ")
        found = [command for command in COMMANDS if name and command.startswith(name.lower())]
        if not found:
            raise ArgumentError(f"there is no command :{name}; there are {', '.join(f':{each}' for each in COMMANDS)}")
        command, takes, _ = COMMANDS[found[0]]
        if bool(argument.strip()) != bool(takes):
            raise ArgumentError(
                f":{found[0]} needs a number, as in :{found[0]} 3" if takes else f":{found[0]} stands alone"
            )
        command(self, argument.strip())

    def _next(self) -> None:
        if self.at >= self.end:
            self._tell_end()
        else:
            self._go(self.at + 1)

    def _back(self, _: str) -> None:
        if not self.at:
            raise ArgumentError("this is the first cell")
        self._go(self.at - 1)

    def _go_to(self, number: str) -> None:
        if not re.fullmatch(r"[0-9]{1,9}", number) or not 1 <= int(number) <= len(self.stops):
            raise ArgumentError(f"there is no cell {number}; they are numbered 1 to {len(self.stops)}")
        self._go(int(number) - 1)

    def _skip(self, _: str) -> None:
        if self.at >= self.end:
            raise ArgumentError("there is no cell left to run")
        self.at += 1
        self._show()

    def _list(self, _: str) -> None:
        for i, stop in enumerate(self.stops):
            print(_cut(f"{'>' if i == self.at else ' '} {i + 1:>2}  {stop.heading}"))

    def _help(self, _: str) -> None:
        rows = [("Enter", "run the cell that is shown, and show the next")]
        rows += [(f":{name} {takes}".rstrip(), words) for name, (_, takes, words) in COMMANDS.items()]
        rows += [("Ctrl-C", "interrupt what runs"), ("Ctrl-D", "end the lesson")]
        for keys, words in rows:
            _say(f"{keys:<9} {words}", indent=10)
        _say("Whatever else is typed is Python, in the names of the lesson. An empty line ends a block.")

    def _quit(self, _: str) -> None:
        self.over = self.quit = True

    # --- running ---

    def _go(self, at: int) -> None:
        """Runs the cells up to there: those that have been run before, after a new start and without their output."""
        again = at < self.at
        if again:
            cells = "cell 1" if at == 1 else f"cells 1 to {at}"
            print(f"running {cells} again ..." if at else "back at the start", flush=True)
            self.names, self.at = self.lesson.names(), 0
            self._compile = CommandCompiler()
        while self.at < at:
            with redirect_stdout(StringIO()) if again else nullcontext():
                done = self._run()
            if not done:
                if not self.over:
                    self._tell_stuck()
                return
        self._show()

    def _run(self) -> bool:
        """Whether the cell ran to its end; what stopped it has been shown."""
        cell = self.stops[self.at].code
        assert cell is not None
        try:
            with given_to_lesson(self.arguments):
                done = self._execute(self.lesson.compiled(cell))
        except SystemExit as ended_by:
            self.over, self.ended_by = True, ended_by
            return False
        self.at += done
        return done

    def _take(self, lines: list[str]) -> None:
        """Runs what has been typed, if it is complete."""
        self._pending = []
        source, name = "\n".join(lines), f"<typed {self._typed + 1}>"
        try:
            compiled = self._compile(source, name, "single")
        except (SyntaxError, OverflowError, ValueError) as error:
            _show_error(error.with_traceback(None))
            return
        if compiled is None:
            self._pending = lines
            return
        self._typed += 1
        linecache.cache[name] = (len(source), None, [f"{line}\n" for line in lines], name)
        with given_to_lesson(self.arguments):
            self._execute(compiled)

    def _execute(self, compiled: Any) -> bool:
        """Whether the code ran to its end; a traceback has been shown if not."""
        try:
            exec(compiled, self.names)
        except (SystemExit, BrokenPipeError):
            raise
        except BaseException as error:
            _show_error(error)
            return False
        return True

    # --- what is shown ---

    def _show(self) -> None:
        """The cell that comes next, or that there is none."""
        if self.at < len(self.stops):
            _show_stop(self.stops[self.at], self.at + 1, len(self.stops))
        if self.at >= self.end:
            self._tell_end()

    def _tell_stuck(self) -> None:
        _say(f"Cell {self.at + 1} came to no end. Enter runs it once more, :skip goes on without it.")

    def _tell_end(self) -> None:
        print()
        _say("That was the last cell. All its names are still here; :quit keeps them for Python's own prompt.")


COMMANDS: dict[str, tuple[Callable[[Stepper, str], None], str, str]] = {
    "back": (Stepper._back, "", "start anew and run, without their output, the cells up to the one before"),
    "goto": (Stepper._go_to, "N", "run up to cell N and show it; back as well"),
    "list": (Stepper._list, "", "the cells, and which one is next"),
    "skip": (Stepper._skip, "", "go on without running this cell"),
    "help": (Stepper._help, "", "this help"),
    "quit": (Stepper._quit, "", "leave the lesson; its names stay, for Python's own prompt"),
}
"""For each command what does it, what it takes, and what is said of it. One letter of it will do."""


# --- reading -------------------------------------------------------------------------------------------------


def _converse(stepper: Stepper) -> None:
    """Reads lines and does what they say, until the lesson is over or the input ends."""
    with _completion(stepper):
        stepper.open()
        while not stepper.over:
            try:
                sys.stdout.flush()  # input() would do so, but say nothing if nobody reads it any more
                stepper.do(_read(stepper.prompt))
            except KeyboardInterrupt:
                stepper.drop()
                print("\nKeyboardInterrupt")
            except EOFError:
                print()
                return


def _read(prompt: str) -> str:
    """The next line; it is printed as well if it comes from a pipe, so that the output reads like a session."""
    try:
        line = input(prompt)
    except RuntimeError:  # a notebook that is run without a person, or a closed stdin
        raise EOFError from None
    if isinstance(input, BuiltinFunctionType) and not sys.stdin.isatty():  # a notebook has an input() of its own
        print(line)
    return line


@contextmanager
def _completion(stepper: Stepper) -> Iterator[None]:
    """The tab key completes the lesson's names, where lines can be edited at all."""
    if not sys.stdin or not sys.stdin.isatty():
        yield
        return
    try:
        import readline
        import rlcompleter
    except ImportError:
        yield
        return
    before = readline.get_completer()
    readline.set_completer(lambda text, state: rlcompleter.Completer(stepper.names).complete(text, state))
    readline.parse_and_bind("tab: complete")
    try:
        yield
    finally:
        readline.set_completer(before)


# --- showing -------------------------------------------------------------------------------------------------

NOT_THE_USERS = ("autograd", "nets", "demos", "numpy")
"""The packages whose frames say nothing to who has typed a line or reads a lesson."""


def _show_error(error: BaseException) -> None:
    """Prints the traceback, without the frames of the packages; pdb.pm() finds them all."""
    sys.last_type, sys.last_value, sys.last_traceback = type(error), error, error.__traceback__
    shown: BaseException | None = error
    while shown:
        shown.__traceback__ = _users_frames(shown.__traceback__)
        shown = shown.__cause__ or (None if shown.__suppress_context__ else shown.__context__)
    sys.stdout.flush()
    traceback.print_exception(error)


def _users_frames(trace: TracebackType | None) -> TracebackType | None:
    kept = []
    while trace:
        if trace.tb_frame.f_globals.get("__name__", "").partition(".")[0] not in NOT_THE_USERS:
            kept.append(trace)
        trace = trace.tb_next
    users = None
    for each in reversed(kept):
        users = TracebackType(users, each.tb_frame, each.tb_lasti, each.tb_lineno)
    return users


def _show_stop(stop: Stop, number: int, of: int) -> None:
    """Prints the prose and, with the line numbers of the file, the source."""
    title = f"cell {number} of {of}"
    screen = _screen()
    print()
    if screen:
        screen.rule(title)
    else:
        print(f"--- {title} ".ljust(_width(), "-"))
    if stop.prose:
        _show_prose(stop.prose)
    if not stop.code:
        return
    print()
    if screen:
        from rich.syntax import Syntax

        screen.print(Syntax(stop.code.text, "python", line_numbers=True, start_line=stop.code.line, word_wrap=True))
        return
    for at, line in enumerate(stop.code.text.splitlines(), stop.code.line):
        print(f"{at:>4}  {line}".rstrip())


def _show_prose(prose: str) -> None:
    screen = _screen()
    if screen:
        from rich.markdown import Markdown

        screen.print(Markdown(prose))
    else:
        print("\n".join(_filled(prose, _width())).rstrip("\n"))


def _filled(prose: str, width: int) -> Iterator[str]:
    """The lines of the prose, each paragraph and each item of a list filled anew to the width."""
    block: list[str] = []
    for line in [*prose.splitlines(), ""]:
        begins = not line.strip() or re.match(r"#|\s*([-*]|\d+\.) |\||    ", line)
        if block and (begins or block[0].startswith(("#", "|", "    "))):
            indent = " " * len(match[0]) if (match := re.match(r"\s*([-*]|\d+\.) ", block[0])) else ""
            yield from wrap(" ".join([block[0], *map(str.strip, block[1:])]), width, subsequent_indent=indent)
            block = []
        if line.strip():
            block.append(line)
        else:
            yield ""


def _screen() -> Any:
    """A rich Console if rich is installed and the output is a terminal that can show colour; else None."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") in ("dumb", "unknown"):
        return None
    try:
        from rich.console import Console
    except ImportError:
        return None
    return Console(highlight=False, width=min(_width(), 120))


def _width() -> int:
    return max(40, shutil.get_terminal_size().columns)


def _say(words: str, indent: int = 0) -> None:
    """Prints a sentence of the stepper's own, on as many lines as it needs."""
    print("\n".join(wrap(words, _width(), subsequent_indent=" " * indent, break_on_hyphens=False)))


def _cut(words: str) -> str:
    return words if len(words) <= _width() else f"{words[: _width() - 3]}..."
