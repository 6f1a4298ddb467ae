"""Readers of data files: IDX, the format MNIST comes in, and CSV. Either may be compressed with gzip.

Whether a file is compressed is seen from its first two bytes, not from its name. A malformed file is refused
with a DataError that names the file and what is wrong with it; a missing one stays a FileNotFoundError.
"""

import csv
import difflib
import gzip
import io
import math
import operator
import os
import reprlib
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, cast

import numpy as np
import numpy.typing as npt

from nets.errors import DataError

__all__ = ["read_csv", "read_idx"]

FilePath = str | os.PathLike[str]
Floats = npt.NDArray[np.float64]
Row = tuple[int, list[str]]  # the number of its line in the file, counted from 1, and its cells

IDX_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
MOST_DIMENSIONS = 32  # what every supported NumPy can hold
LARGEST_SIZE = 2**63 - 1
CHUNK = 1 << 20


def read_idx(path: FilePath) -> npt.NDArray[Any]:
    """The array in an IDX file, of the shape and number type its header states, in this machine's byte order.

    The header is two zero bytes, a type code, the number of dimensions, then each dimension as a big-endian
    32-bit number; the numbers follow, big-endian, the last dimension running fastest. Memory is taken as
    bytes arrive, never for what a header merely claims. Raises DataError for a malformed file. Source: Y.
    LeCun, C. Cortes and C. Burges, "The MNIST database of handwritten digits", section on file formats.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "labels-idx1-ubyte")
    ...     _ = file.write_bytes(bytes([0, 0, 0x08, 1, 0, 0, 0, 3, 5, 0, 4]))
    ...     read_idx(file).tolist()
    [5, 0, 4]
    """
    with _opened(path) as stream:
        dtype, shape = _read_idx_header(path, stream)
        expected = math.prod(shape) * dtype.itemsize
        content = _read_at_most(stream, expected + 1)
    if len(content) != expected:
        got = "more" if len(content) > expected else len(content)
        raise DataError(f"{path}: the header promises {_by(shape)} numbers, {expected} bytes, but {got} follow it.")
    return np.frombuffer(content, dtype).reshape(shape).astype(dtype.newbyteorder("="), copy=False)


def read_csv(
    path: FilePath, target: int | str = -1, header: bool | str = "auto", delimiter: str = ","
) -> tuple[Floats, Floats]:
    """(xs, ys) of a table of numbers: ys, shape (n,), is the `target` column, and xs, (n, d), all the others.

    `target` is a position, from 0 or from the end if negative, or a name in the header. `header` says whether
    the first row holds names; "auto" takes it for names if none of its cells is a number, and refuses a
    mixture. Empty lines are passed over. Raises DataError, with line and column counted from 1, for ragged
    rows, for cells that are not finite numbers, and for a target that is not there. The text is UTF-8.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "houses.csv")
    ...     _ = file.write_text("rooms,price,age\\n3,250,40\\n5,410,8\\n")
    ...     xs, ys = read_csv(file, target="price")
    >>> xs.tolist(), ys.tolist()
    ([[3.0, 40.0], [5.0, 8.0]], [250.0, 410.0])
    """
    rows = _read_rows(path, delimiter)
    names = [name.strip() for name in rows.pop(0)[1]] if _has_header(path, rows[0], header) else None
    if not rows:
        raise DataError(f"{path}: there is a header and no rows of numbers below it.")
    width = len(names or rows[0][1])
    column = _target_column(path, target, names, width)
    table = np.array([_numbers(path, row, width) for row in rows])
    return np.delete(table, column, axis=1), table[:, column].copy()


@contextmanager
def _opened(path: FilePath) -> Iterator[IO[bytes]]:
    """The bytes of a file, unpacked if it is a gzip file; reading from a damaged one raises DataError."""
    with open(os.fspath(path), "rb") as raw:
        if raw.peek(2)[:2] != b"\x1f\x8b":
            yield raw
            return
        try:
            with gzip.GzipFile(fileobj=raw) as unpacked:
                yield cast(IO[bytes], unpacked)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise DataError(f"{path}: the gzip file is damaged or cut short: {error}") from error


def _read_at_most(stream: IO[bytes], limit: int) -> bytearray:
    """The next `limit` bytes, or as many as there are; in pieces, as `read(limit)` allocates them all."""
    content = bytearray()
    while len(content) < limit and (piece := stream.read(min(CHUNK, limit - len(content)))):
        content += piece
    return content


def _read_idx_header(path: FilePath, stream: IO[bytes]) -> tuple[np.dtype[Any], tuple[int, ...]]:
    magic = _read_at_most(stream, 4)
    if len(magic) < 4:
        raise DataError(f"{path}: the file ends after {len(magic)} bytes; an IDX file begins with 4 bytes of magic.")
    code, dimensions = magic[2:]
    if magic[:2] != b"\0\0":
        raise DataError(f"{path}: not an IDX file: it begins with {bytes(magic)!r}, not with two zero bytes.")
    if code not in IDX_TYPES:
        known = ", ".join(f"0x{each:02X}" for each in IDX_TYPES)
        raise DataError(f"{path}: the type code is 0x{code:02X}; an IDX file has one of {known}.")
    if not 1 <= dimensions <= MOST_DIMENSIONS:
        raise DataError(f"{path}: the header states {dimensions} dimensions; it needs 1 to {MOST_DIMENSIONS}.")
    sizes = _read_at_most(stream, 4 * dimensions)
    if len(sizes) < 4 * dimensions:
        raise DataError(
            f"{path}: the file ends within its header: {dimensions} dimensions take {4 * dimensions} bytes, "
            f"but {len(sizes)} are left."
        )
    dtype = np.dtype(IDX_TYPES[code])
    shape = tuple(np.frombuffer(sizes, ">u4").tolist())
    # The zeros are left out: NumPy refuses an empty array too when its other dimensions are so large.
    if math.prod(size for size in shape if size) * dtype.itemsize > LARGEST_SIZE:
        raise DataError(f"{path}: the header states {_by(shape)} numbers, more than any memory holds.")
    return dtype, shape


def _by(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))


def _read_rows(path: FilePath, delimiter: str) -> list[Row]:
    """The rows of the file, without its blank lines."""
    with _opened(path) as stream, io.TextIOWrapper(stream, encoding="utf-8-sig", newline="") as text:
        try:
            reader = csv.reader(text, delimiter=delimiter, strict=True)
        except (TypeError, ValueError) as error:
            raise DataError(f"delimiter is {delimiter!r}; it needs to be one character, such as ',' or ';'.") from error
        try:
            rows = [(reader.line_num, row) for row in reader if not _is_blank(row)]
        except csv.Error as error:
            raise DataError(f"{path}, line {reader.line_num}: not CSV: {error}") from error
        except UnicodeDecodeError as error:
            raise DataError(f"{path}, after line {reader.line_num}: not UTF-8 text: {error.reason}") from error
    if not rows:
        raise DataError(f"{path}: the file is empty.")
    return rows


def _is_blank(cells: list[str]) -> bool:
    """Whether a row is an empty line; a row of empty cells, `,,`, is not."""
    return len(cells) < 2 and not "".join(cells).strip()


def _has_header(path: FilePath, first: Row, header: bool | str) -> bool:
    if isinstance(header, bool):
        return header
    if header != "auto":
        raise DataError(f"header is {header!r}; it needs to be True, False or 'auto'.")
    line, cells = first
    words = [cell for cell in cells if _number(cell) is None]
    if not words or len(words) == len(cells):
        return bool(words)
    # A headerless file with a slip in its first row must not lose that row to a guess.
    raise DataError(
        f"{path}, line {line}: numbers stand beside {reprlib.repr(words[0])}; say header=True "
        "if these are names, or header=False and mend the cell."
    )


def _target_column(path: FilePath, target: int | str, names: list[str] | None, width: int) -> int:
    """The position of the target among the columns, from the end if negative."""
    if width < 2:
        raise DataError(f"{path}: there is 1 column; it takes a target and at least one other. Is it the delimiter?")
    if isinstance(target, str):
        return _named_column(path, target, names)
    if isinstance(target, bool) or not hasattr(target, "__index__"):
        raise DataError(f"target is {target!r}; it needs to be a whole number or a column's name.")
    position = operator.index(target)
    if not -width <= position < width:
        raise DataError(
            f"{path}: target is {position}, but the {width} columns are 0 to {width - 1}, or -{width} to -1."
        )
    return position


def _named_column(path: FilePath, name: str, names: list[str] | None) -> int:
    if names is None:
        raise DataError(f"{path}: target is {name!r}, but the file has no header; give the column's number, from 0.")
    if names.count(name) == 1:
        return names.index(name)
    if name in names:
        raise DataError(f"{path}: {names.count(name)} columns are called {name!r}; give the number of one, from 0.")
    close = difflib.get_close_matches(name, names, n=1)
    hint = f"Did you mean {close[0]!r}?" if close else f"There are: {', '.join(map(repr, names))}."
    raise DataError(f"{path}: no column is called {name!r}. {hint}")


def _numbers(path: FilePath, row: Row, width: int) -> list[float]:
    line, cells = row
    if len(cells) != width:
        raise DataError(f"{path}, line {line}: {len(cells)} cells, but the first row has {width}.")
    numbers = [_number(cell) for cell in cells]
    for column, (cell, number) in enumerate(zip(cells, numbers, strict=True), start=1):
        if number is None or not math.isfinite(number):
            raise DataError(f"{path}, line {line}, column {column}: {reprlib.repr(cell)} is not a finite number.")
    return cast(list[float], numbers)


def _number(cell: str) -> float | None:
    """The number a cell holds, or None; NaN and infinities count as numbers here."""
    try:
        # float() reads "1_000" as Python source does; in a data file it is a slip.
        return None if "_" in cell else float(cell)
    except ValueError:
        return None
