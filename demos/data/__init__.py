"""Data for the lessons: MNIST, scikit-learn's small digits, and given names, which come with glassgrad.

`python -m demos.data` lists what there is, and brings the full MNIST. Sources and licences stand in
README.md.
"""

import gzip
import hashlib
import io
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from demos.data.fetch import FetchError, read_full
from nets.errors import DataError
from nets.readers import read_csv

__all__ = ["FetchError", "ImageSet", "digits", "mnist", "names"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MNIST_FILE = Path(__file__).with_name("mnist.npz")
MNIST_SHA256 = "d34fed07a97abbfbf61fedc836d35f286f37b11f70ba4d1de430150ca19b5920"
DIGITS_FILE = Path(__file__).with_name("digits.csv.gz")
DIGITS_SHA256 = "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22"
NAMES_FILE = Path(__file__).with_name("names.txt.gz")
NAMES_SHA256 = "807c42a9e8396e908ab349dc2bc97b26ded20322aec3cfafa1431e3a8dafbd7c"
DIGITS_TEST_EACH = 36  # of each class; 360 in all, a fifth


@dataclass(frozen=True, eq=False, repr=False)
class ImageSet:
    """Grey pictures with their classes, in two parts.

    Each row of `train_images`, (n, pixels) float64, is a picture read line by line; 0 is background and 1 is
    ink. `train_labels`, (n,) int64, holds their classes, 0 .. 9; the same goes for test. `shape` is (height,
    width), so `train_images[0].reshape(shape)` is the first picture.
    """

    train_images: Floats
    train_labels: Ints
    test_images: Floats
    test_labels: Ints
    shape: tuple[int, int]

    def __repr__(self) -> str:
        height, width = self.shape
        return f"ImageSet({len(self.train_labels)} train, {len(self.test_labels)} test, {height}x{width})"


def mnist(full: bool = False, cache: str | os.PathLike[str] | None = None) -> ImageSet:
    """Handwritten digits, 28x28: 10,000 for training and 2,000 for testing, as many of each digit.

    They are drawn from MNIST, and their pixels rounded to 16 levels. In both parts the first 10 k pictures
    are k of each digit, so a slice from the front stays balanced. With `full`, all 60,000 + 10,000 in 256
    levels and in their own order (439 MB of memory), from the folder `cache` into which `python -m demos.data
    fetch mnist` brought them. Raises DataError if the file is damaged, or the full set not there. Source: Y.
    LeCun, C. Cortes and C. Burges, "The MNIST database of handwritten digits".

    >>> mnist()
    ImageSet(10000 train, 2000 test, 28x28)
    """
    if full:
        train_images, train_labels, test_images, test_labels = read_full(cache)
        return _image_set(train_images, train_labels, test_images, test_labels, white=255)
    if cache is not None:
        raise DataError("cache is where the full MNIST lies; say mnist(full=True, cache=...), or leave it out.")
    with np.load(io.BytesIO(_content(MNIST_FILE, MNIST_SHA256)), allow_pickle=False) as arrays:
        return _image_set(
            _pixels(arrays["train_images"]),
            arrays["train_labels"],
            _pixels(arrays["test_images"]),
            arrays["test_labels"],
            white=15,
        )


def digits() -> ImageSet:
    """Handwritten digits, 8x8: 1,437 for training, and 360 for testing, 36 of each digit.

    The test pictures are spaced evenly through those of their digit; both parts keep the order of the file.
    Writers are not kept apart, so the same hand may be in both. Raises DataError if the file is damaged.
    Source: E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits" (1998), the test part, as
    scikit-learn's `load_digits` has it.

    >>> digits()
    ImageSet(1437 train, 360 test, 8x8)
    """
    _content(DIGITS_FILE, DIGITS_SHA256)
    pixels, classes = read_csv(DIGITS_FILE, header=False)
    images, labels = pixels.reshape(-1, 8, 8), classes.astype(np.int64)
    test = np.zeros(len(labels), dtype=bool)
    for digit in range(10):
        places = np.flatnonzero(labels == digit)
        test[places[(2 * np.arange(DIGITS_TEST_EACH) + 1) * len(places) // (2 * DIGITS_TEST_EACH)]] = True
    return _image_set(images[~test], labels[~test], images[test], labels[test], white=16)


def names() -> list[str]:
    """5,000 given names in lower case, letters from a to z only, the most frequent first.

    They are those given most often in the United States from 1880 to 2016, to girls and boys together. As the
    order means something, shuffle them before some are set aside for testing. Raises DataError if the file is
    damaged. Source: Social Security Administration, "Baby names from Social Security card applications", national
    data, as of March 2017.

    >>> len(names()), names()[:4]
    (5000, ['james', 'john', 'robert', 'michael'])
    """
    return gzip.decompress(_content(NAMES_FILE, NAMES_SHA256)).decode("ascii").split()


def _content(file: Path, sha256: str) -> bytes:
    """The bytes of a file that comes with glassgrad, after a look at its checksum."""
    remedy = "Install glassgrad anew, or check the file out again."
    try:
        content = file.read_bytes()
    except OSError as error:
        raise DataError(f"{file}: {error.strerror}. {remedy}") from error
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise DataError(f"{file}: damaged: its SHA-256 is {found}, not {sha256}. {remedy}")
    return content


def _pixels(packed: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Pictures (n, h, w) from (n, h / 2, w), the low half of a byte being the pixel below the high half."""
    n, half, width = packed.shape
    return np.stack([packed >> 4, packed & 15], axis=2).reshape(n, 2 * half, width)


def _image_set(
    train_images: npt.NDArray[np.generic],
    train_labels: npt.NDArray[np.generic],
    test_images: npt.NDArray[np.generic],
    test_labels: npt.NDArray[np.generic],
    white: int,
) -> ImageSet:
    """An ImageSet of pictures (n, height, width) whose full ink is the number `white`."""
    _, height, width = train_images.shape
    return ImageSet(
        train_images.reshape(len(train_images), -1) / np.float64(white),
        train_labels.astype(np.int64),
        test_images.reshape(len(test_images), -1) / np.float64(white),
        test_labels.astype(np.int64),
        (height, width),
    )
