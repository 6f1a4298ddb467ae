"""Keeps what an answer prints while it is checked in a notebook, where a report shows the end of it."""

from __future__ import annotations

import io

MOST = 10_000


class Tail(io.TextIOBase):
    """A stream that remembers the last characters written to it, however many came: a loop may print without end."""

    def __init__(self) -> None:
        self.text = ""

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, text: str) -> int:
        """How many characters were taken: all."""
        self.text = (self.text + text)[-MOST:]
        return len(text)
