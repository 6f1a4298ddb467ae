"""Slide a kernel, sum its gradients

A convolution looks at an image through a small window with the same few
weights, the kernel, at every place. It gives one number for each place where
the window fits into the image:

    y[r][c] = the sum over i, j of  kernel[i][j] * image[r + i][c + j].

>>> convolve([[1, 2, 3], [4, 5, 6]], [[10, 1]])     # first 10 * 1 + 1 * 2
[[12, 23], [45, 56]]

So it is done in neural nets. Strictly speaking it is a *cross-correlation*: a
convolution in mathematics turns the kernel by half a turn first (Goodfellow,
Bengio and Courville, "Deep Learning", 2016, section 9.1). Learned weights do
not mind. Images and kernels are lists of rows; neither has to be square. There
is no padding, and the stride is 1.

Now backwards. Each number y[r][c] hands back its upstream gradient,
upstream[r][c] = dE/dy[r][c]. Each weight of the kernel was used at all places
(LeCun and others, "Backpropagation applied to handwritten zip code
recognition", 1989). Its gradient dE/dkernel[i][j] is what comes together from
all these uses. First one place alone, then all four:

>>> image = [[1, 2, 3], [4, 5, 6]]
>>> kernel_gradient(image, [[1, 0], [0, 0]])        # E = y[0][0]
[[1, 2]]
>>> kernel_gradient(image, [[1, 1], [1, 1]])        # E = the sum of all y
[[12, 16]]

The size of the kernel is not given: it follows from the other two.

The lesson beside it: `python -m demos convnet`.
"""

from collections.abc import Sequence


def convolve(image: Sequence[Sequence[float]], kernel: Sequence[Sequence[float]]) -> list[list[float]]:
    """What the kernel says at each place where it fits, a list of rows."""
    raise NotImplementedError


def kernel_gradient(image: Sequence[Sequence[float]], upstream: Sequence[Sequence[float]]) -> list[list[float]]:
    """dE/dkernel, as large as the kernel; `upstream` is dE/dy for each number of `convolve(image, kernel)`."""
    raise NotImplementedError
