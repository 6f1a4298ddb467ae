"""What lessons show in the terminal: a progress bar and tables, made by rich."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from .runner import MissingExtra


def console() -> Any:
    """A rich Console; MissingExtra if rich is not installed."""
    try:
        from rich.console import Console
    except ImportError:
        raise MissingExtra('this lesson shows its progress with rich: pip install "glassgrad[demos]"') from None
    return Console(highlight=False)


class Bar:
    """A bar of steps on a terminal; elsewhere, in a pipe or a notebook, the notes alone, a line each."""

    def __init__(self, move: Callable[[str], None], say: Callable[[str], None]) -> None:
        self.move = move
        """Moves the bar by one step and sets the words behind it."""
        self.note = say
        """Tells what has been reached, where there is no bar to show it."""


@contextmanager
def progress(total: int, what: str) -> Iterator[Bar]:
    """A bar of `total` steps that takes as long as the `with` block."""
    screen = console()
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    if not screen.is_terminal:
        yield Bar(move=lambda words: None, say=lambda text: print(text, flush=True))
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True),
        TextColumn("{task.fields[words]}"),
    )
    with Progress(*columns, console=screen) as bar:
        task = bar.add_task(what, total=total, words="")
        yield Bar(move=lambda words: bar.update(task, advance=1, words=words), say=lambda text: None)


def show_table(title: str, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Prints a table, at most as wide as the terminal."""
    screen = console()
    from rich import box
    from rich.table import Table

    table = Table(title=title, box=box.SIMPLE_HEAD, padding=(0, 1), title_justify="left")
    for column in header:
        table.add_column(column, justify="right")
    for row in rows:
        table.add_row(*map(str, row))
    screen.print(table)
