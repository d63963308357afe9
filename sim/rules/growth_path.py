"""Growth path: the regular objective spread over the legislatures, and what a measurement asks of it."""

import numpy as np
from numpy.typing import NDArray

from sim.rules.apportion import largest_remainder

Whole = NDArray[np.int64]


def growth_path(objective_regular: int, shares: Whole, path: Whole) -> None:
    """Write the dwellings G1, G2, ... of each legislature into `path` (int64[L]).

    `shares`: int64[L], the legislatures' shares over a common denominator. They add up to the objective exactly; largest remainder, ties to
    the earlier legislature (reading: annex 35 is not published; Wonen in Vlaanderen, page on the BSO, "groeipad").
    """
    largest_remainder(objective_regular, shares, path)


def required(path: Whole, numerators: Whole, denominator: int) -> int:
    """Return the dwellings that a requirement asks: the sum of share times G over the legislatures, rounded up (reading).

    `numerators` (int64[L]) over `denominator` are the shares; the sum is exact before it is rounded.
    """
    total = 0
    for i in range(len(path)):
        total += numerators[i] * path[i]
    return -(-total // denominator)


def sib_asked(sib: int, numerator: int, denominator: int) -> int:
    """Return the dwellings of SIB that a measurement asks: a share of SIB, rounded up (VVSG position, section 1.3)."""
    return -(-(sib * numerator) // denominator)
