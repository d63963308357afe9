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


def rounded(numerator: int, denominator: int, up: int) -> int:
    """Return a requirement as whole dwellings: rounded up, or down under the other reading (`up` = 0)."""
    if up == 1:
        return -(-numerator // denominator)
    return numerator // denominator


def on_the_way(before: int, asked: int, passed: int, span: int, up: int) -> int:
    """Return what is asked (dwellings) on the straight line from one measurement to the next, `passed` of `span` months after the first.

    `before`: what the measurement before asks. Rounded as a requirement is, also where less is asked than before.

    >>> on_the_way(10, 40, passed=12, span=24, up=1), on_the_way(10, 5, passed=12, span=24, up=1)
    (25, 8)
    """
    return rounded(before * span + (asked - before) * passed, span, up)


def required(path: Whole, numerators: Whole, denominator: int, up: int) -> int:
    """Return the dwellings that a requirement asks: the sum of share times G over the legislatures.

    `numerators` (int64[L]) over `denominator` are the shares; the sum is exact before it is rounded.

    >>> int(required(np.array([30, 35, 35]), np.array([2, 1, 0]), 2, up=1))  # G1 and half of G2: 47.5
    48
    """
    total = 0
    for i in range(len(path)):
        total += numerators[i] * path[i]
    return rounded(total, denominator, up)


def sib_asked(sib: int, numerator: int, denominator: int, up: int) -> int:
    """Return the dwellings of SIB that a measurement asks: a share of SIB (VVSG position, section 1.3)."""
    return rounded(sib * numerator, denominator, up)


def spread(path: Whole, regular: int, years: Whole, parts: Whole) -> None:
    """Change the growth path (int64[L], in place) to a new regular objective, over the legislatures still open.

    `years` (int64[L]): Decembers of each legislature not yet measured; 0 closes it, and a closed one keeps its G (reading: "spread over the
    years not yet measured"). The change is split by those years, largest remainder; where a G would fall below zero the rest is taken from
    the next open ones in order. What cannot be taken is not: the objective is then the sum of the path. `parts`: scratch, int64[L].
    """
    now = 0
    open_years = 0
    for i in range(len(path)):
        now += path[i]
        open_years += years[i]
    if open_years == 0:
        return
    largest_remainder(abs(regular - now), years, parts)
    for i in range(len(path)):
        path[i] += parts[i] if regular > now else -parts[i]
    lacks = 0
    for _ in range(2):  # what the last one lacks is taken from the first
        for i in range(len(path)):
            if years[i] > 0:
                path[i] -= lacks
                lacks = max(0, -path[i])
                path[i] = max(0, path[i])
