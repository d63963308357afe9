"""Whole dwellings out of shares: the largest remainder, in exact integers."""

import numpy as np
from numpy.typing import NDArray


def largest_remainder(total: int, weights: NDArray[np.int64], parts: NDArray[np.int64]) -> None:
    """Split `total` (>= 0) over `weights` (>= 0, int64) into `parts` (int64, same length), which add up to exactly `total`.

    Each part gets the floor of its share; what is left goes one by one to the largest remainders, ties to the earlier index.
    All weights zero: all parts zero. Source of the method: docs/model.md, largest remainder (a reading of this project).

    >>> parts = np.zeros(3, np.int64)
    >>> largest_remainder(10, np.array([1, 1, 1]), parts); parts
    array([4, 3, 3])
    """
    whole = 0
    for i in range(len(weights)):
        whole += weights[i]
    left = total
    for i in range(len(weights)):
        parts[i] = 0 if whole == 0 else total * weights[i] // whole
        left -= parts[i]
    if whole == 0:
        return
    if left == 0:
        return
    low, high = 0, whole  # the smallest cut above which at most `left` remainders lie
    while low < high:
        cut = (low + high) >> 1
        above = 0
        for i in range(len(weights)):
            above += total * weights[i] - parts[i] * whole > cut
        if above == left:  # no need to know it more exactly
            low = cut
            break
        if above < left:
            high = cut
        else:
            low = cut + 1
    for i in range(len(weights)):
        if left > 0 and total * weights[i] - parts[i] * whole > low:
            parts[i] += 1
            left -= 1
    for i in range(len(weights)):
        if left > 0 and total * weights[i] - parts[i] * whole == low:
            parts[i] += 1
            left -= 1
