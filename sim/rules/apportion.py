"""Whole dwellings out of shares: the largest remainder, in exact integers."""

import numpy as np
from numpy.typing import NDArray


def largest_remainder(total: int, weights: NDArray[np.int64], parts: NDArray[np.int64]) -> None:
    """Split `total` (>= 0) over `weights` (>= 0, int64) into `parts` (int64, same length), which add up to exactly `total`.

    Each part gets the floor of its share; what is left goes one by one to the largest remainders, ties to the earlier index.
    All weights zero: all parts zero. Source of the method: rules page, "rounding by largest remainder" (reading).
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
    while left > 0:
        best, most = 0, -whole
        for i in range(len(weights)):
            remainder = total * weights[i] - parts[i] * whole  # below zero once it was rounded up
            if remainder > most:
                best, most = i, remainder
        parts[best] += 1
        left -= 1
