"""An argument that has not been opened: it may become a batch, as long as nothing else is done with it."""

from __future__ import annotations

from typing import Any

LOOKS = (
    "len", "iter", "getitem", "contains", "bool", "lt", "le", "gt", "ge", "format", "float", "int", "index", "call",
    "reversed", "add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv", "pow", "rpow", "matmul", "rmatmul",
    "neg", "pos", "abs",
)  # fmt: skip
"""Python's special methods through which a thing is looked into or calculated with."""


class Opened(BaseException):
    """An argument was looked into (or, if None, a batch was), so that each of its numbers has to be traced.

    It is no Exception, so that a function which catches those does not catch it.
    """

    def __init__(self, part: int | None) -> None:
        self.part = part


class Whole:
    """An argument that nobody has looked into. Whatever is done to it, but giving it to `vmap`, opens it."""

    __slots__ = ("_part",)

    def __init__(self, part: int) -> None:
        object.__setattr__(self, "_part", part)

    def __getattribute__(self, name: str) -> Any:
        raise Opened(part_of(self))


def part_of(whole: Any) -> int:
    """The number of the argument that a Whole stands for."""
    return object.__getattribute__(whole, "_part")


def opens_when_looked_at(kind: type, also: tuple[str, ...] = ()) -> None:
    """Makes each of the special methods of a class raise Opened."""

    def opening(self: Any, *args: Any) -> Any:
        raise Opened(part_of(self) if type(self) is Whole else None)

    for look in (*LOOKS, *also):
        setattr(kind, f"__{look}__", opening)


opens_when_looked_at(Whole, also=("hash", "repr", "str", "eq", "ne"))
