"""Recalibration: the regular objectives solved again with the newest households and target group (Wonen in Vlaanderen, page on the BSO).

The same formula as `sim/rules/objective.py`, in 64-bit integers of 1/65536 dwelling, so that every replication can afford it. The engine adds
the difference between two solutions to the objectives in force, so that official figures keep their own base.
"""

import numpy as np
from numpy.typing import NDArray

from sim.rules.apportion import largest_remainder

UNIT = 65536
LARGEST_RATE = 1 << 34  # of the target group, in 1/65536 dwelling per household times 65536
Whole = NDArray[np.int64]


def base(
    social: int,
    overshoot: int,
    households: int,
    households_2042: int,
    ceiling_numerator: int,
    ceiling_denominator: int,
    again: int,
    growth: int,
) -> tuple[bool, int]:
    """Return whether a municipality is at the ceiling, and its objective before the target group's part (1/65536 dwelling).

    `social`: stock and SIB (dwellings). At the ceiling the share of 9% of all households is kept, or of those that come if `growth` = 1, and
    overshoot is not subtracted again unless `again` = 1 (readings). Below it: what keeps its share, less overshoot; this may be negative.

    >>> at = dict(social=10, overshoot=0, households=100, households_2042=200, ceiling_numerator=9, ceiling_denominator=100, again=0)
    >>> [base(**at, growth=growth)[1] // UNIT for growth in (0, 1)]  # 9% of 200 less 10, or 9% of 100
    [8, 9]
    """
    if social * ceiling_denominator >= households * ceiling_numerator:
        if growth == 1:
            value = max(0, (households_2042 - households) * ceiling_numerator * UNIT // ceiling_denominator)
        else:
            value = households_2042 * ceiling_numerator * UNIT // ceiling_denominator - social * UNIT
        return True, max(0, value - overshoot * UNIT * again)
    return False, max(0, social * (households_2042 - households) * UNIT // households) - overshoot * UNIT


def value(at_ceiling: bool, first: int, target_group: int, rate: int) -> int:
    """Return a municipality's objective (1/65536 dwelling) at a rate of the target group, not below zero."""
    if at_ceiling:
        return first
    return max(0, first + (rate * target_group >> 16))


def solve(total: int, at_ceiling: Whole, first: Whole, target_group: Whole, values: Whole, solution: Whole) -> None:
    """Write into `solution` (int64[M], dwellings) the regular objectives that add up to `total`; `values` is scratch (int64[M]).

    The rate is the largest whole one at which the values add up to at most the total; what rounding leaves is split by largest remainder.
    """
    low, high = 0, LARGEST_RATE
    while low < high:
        rate = (low + high + 1) >> 1
        added = 0
        for i in range(len(first)):
            added += value(at_ceiling[i] == 1, first[i], target_group[i], rate)
        if added <= total * UNIT:
            low = rate
        else:
            high = rate - 1
    for i in range(len(first)):
        values[i] = value(at_ceiling[i] == 1, first[i], target_group[i], low)
    largest_remainder(total, values, solution)
