"""The window goes over all places, forwards and backwards alike."""

from collections.abc import Sequence


def convolve(image: Sequence[Sequence[float]], kernel: Sequence[Sequence[float]]) -> list[list[float]]:
    """What the kernel says at each place where it fits, a list of rows."""
    height, width = len(kernel), len(kernel[0])
    return [
        [
            sum(kernel[i][j] * image[r + i][c + j] for i in range(height) for j in range(width))
            for c in range(len(image[0]) - width + 1)
        ]
        for r in range(len(image) - height + 1)
    ]


def kernel_gradient(image: Sequence[Sequence[float]], upstream: Sequence[Sequence[float]]) -> list[list[float]]:
    """dE/dkernel, as large as the kernel; `upstream` is dE/dy for each number of `convolve(image, kernel)`.

    All of it is the same as `convolve(image, upstream)`: look at the sum, and exchange the roles of r, c and i, j.
    """
    rows, columns = len(upstream), len(upstream[0])
    gradient: list[list[float]] = [[0] * (len(image[0]) - columns + 1) for _ in range(len(image) - rows + 1)]
    for i, row in enumerate(gradient):
        for j in range(len(row)):
            for r in range(rows):
                for c in range(columns):
                    row[j] += upstream[r][c] * image[r + i][c + j]
    return gradient
