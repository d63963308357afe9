"""Distributions as integer tables: a normal score in, an integer quantile out. Computed once from scipy; compiled code only looks up.

Compiled code then needs no exp, log or pow, so no result hangs on the last digit of a processor or a library.
"""

import math
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

ONE = 65536  # fixed point: 1.0
SCORE_UNIT = 4096  # a score is in 1/4096 standard deviation
HALF = 1024  # a quantile table runs from -4 to +4 standard deviations in steps of 1/256
MONTH = 64  # durations are in 1/64 month
YEAR = 12 * MONTH

Table = NDArray[np.int64]
Quantile = Callable[[Any], Any]
Number = TypeVar("Number", np.float64, np.int64)


def fixed(x: float) -> int:
    """Return a share or factor in fixed point (1/65536)."""
    return math.floor(x * ONE + 0.5)


def threshold(p: float) -> int:
    """Return the number that a 32-bit draw must stay below for an event of probability p."""
    return math.floor(p * 2.0**32 + 0.5)


def times(amount: Any, share: int) -> Any:
    """Return a share (fixed point) of an amount, or of every amount of an array, rounded down."""
    return amount * share >> 16


def kept(values: NDArray[Number]) -> NDArray[Number]:
    """Return an array of its own that nobody can write in, to be kept for all who ask."""
    array = values.copy()
    array.flags.writeable = False
    return array


@cache
def normal_scores() -> Table:
    """Return int64[4096]: the standard normal score, in 1/4096, of the twelve highest bits of a draw."""
    from scipy.special import ndtri

    return kept(np.floor(SCORE_UNIT * ndtri((np.arange(4096) + 0.5) / 4096) + 0.5).astype(np.int64))


@cache
def places() -> NDArray[np.float64]:
    """Return float64[2049]: the probabilities at -4 .. +4 standard deviations, where tables have their quantiles."""
    from scipy.special import ndtr

    return kept(ndtr((np.arange(2 * HALF + 1) - HALF) / 256))


def quantiles(quantile: Quantile, scale: float) -> Table:
    """Return int64[2049]: the quantiles at -4 .. +4 standard deviations, times `scale`, rounded half up.

    `quantile` maps probabilities (array) to values; a duration in years has scale 768, a share or a count of managers 65536, dwellings 1.
    """
    return np.floor(scale * quantile(places()) + 0.5).astype(np.int64)


def residuals(quantile: Quantile) -> Table:
    """Return int64[2049]: quantiles, in 1/64 month, of what is left of a duration under way in equilibrium (`quantile` in years).

    The residual life has density S(x) / mean (renewal theory); S is taken at 4,096 quantiles.
    """
    x = np.sort(YEAR * quantile((np.arange(4096) + 0.5) / 4096))
    sums = np.concatenate([[0.0], np.cumsum(x)])[:-1]
    reached = (sums + x * np.arange(4096, 0, -1)) / x.sum()
    return np.floor(np.interp(places(), np.concatenate([[0.0], reached]), np.concatenate([[0.0], x])) + 0.5).astype(np.int64)


def signed(draw: Any) -> int:
    """Return a draw as a signed 64-bit integer: compiled code makes floats of signed with unsigned."""
    return np.int64(draw)  # type: ignore[return-value]


def bernoulli(draw: int, threshold: int) -> bool:
    """Return whether an event happens (a Bernoulli draw): a 32-bit draw below its threshold."""
    return signed(draw) < threshold


def score(normal: Table, draw: int) -> int:
    """Return the normal score (1/4096) of a draw."""
    return normal[signed(draw) >> 20]


def quantile_at(table: Table, z: int) -> int:
    """Return the quantile of `table` at the step nearest to score z (1/4096), at its ends beyond four standard deviations."""
    return table[min(max(((z + 8) >> 4) + HALF, 0), 2 * HALF)]


def months(duration: int) -> int:
    """Return whole months, at least one, of a duration in 1/64 month: rounded once, half up."""
    return max(1, (duration + MONTH // 2) >> 6)
