"""Whole numbers, times and tables of quantiles, as section 'Time, numbers, chance' of docs/model.md defines them."""

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import scipy.stats

from sim.inputs.scenario.distributions import Distribution

ONE = 65536
YEARS = 768  # scale of a duration given in years: 64ths of a month
SHARES = 65536  # scale of shares and of managers
DWELLINGS = 1  # scale of dwellings
THOUSANDS = 1000  # of money given in million euro
MIDDLE = 1024  # place of the median in a table of quantiles

Table = list[int]


@cache
def fixed(share: float) -> int:
    """Return a share in 65,536ths."""
    return math.floor(share * ONE + 0.5)


def months(duration: int) -> int:
    """Return a duration in 64ths of a month as whole months, at least one."""
    return max(1, (duration + 32) >> 6)


def committee(month: int, interval: int) -> int:
    """Return the first committee month at or after a month."""
    return month + -month % interval


@cache
def threshold(probability: float) -> int:
    """Return what a draw stays below when the event of this probability happens."""
    return math.floor(probability * 2**32 + 0.5)


def bernoulli(draw: int, probability: float) -> bool:
    """Return whether the event of this probability happens with this draw."""
    return draw < threshold(probability)


def largest_remainder(total: int, weights: Sequence[int | Fraction]) -> list[int]:
    """Split a total in proportion to weights; what rounding down leaves goes to the largest remainders, ties to the first.

    Without any weight nobody gets anything.
    """
    scale = math.lcm(*(weight.denominator for weight in weights))
    whole_weights = [weight.numerator * (scale // weight.denominator) for weight in weights]
    whole = sum(whole_weights)
    if whole == 0:
        return [0] * len(weights)
    parts = [total * weight // whole for weight in whole_weights]
    remainders = [total * weight % whole for weight in whole_weights]
    largest_first = sorted(range(len(weights)), key=lambda i: (-remainders[i], i))
    for i in largest_first[: total - sum(parts)]:
        parts[i] += 1
    return parts


@cache
def normal_scores() -> Table:
    """Return NORMAL: the normal score, in 4,096ths of a standard deviation, of the first 12 bits of a draw."""
    return [math.floor(4096 * z + 0.5) for z in scipy.stats.norm.ppf((np.arange(4096) + 0.5) / 4096).tolist()]


def score(draw: int) -> int:
    """Return the normal score of a draw."""
    return normal_scores()[draw >> 20]


def place(normal: int) -> int:
    """Return the place in a table of quantiles that belongs to a normal score."""
    return min(max((normal + 8 >> 4) + MIDDLE, 0), 2 * MIDDLE)


def quantile(table: Table, normal: int) -> int:
    """Return the value of a table at a normal score."""
    return table[place(normal)]


def quantiles(distribution: Distribution, scale: int) -> Table:
    """Return the table of 2,049 quantiles of a distribution."""
    return [math.floor(scale * value + 0.5) for value in _values(distribution, _steps())]


def gamma(shape: float) -> Table:
    """Return the table of 2,049 quantiles, in 65,536ths, of the gamma distribution of this shape with mean 1."""
    return [math.floor(SHARES * value + 0.5) for value in scipy.stats.gamma(a=shape, scale=1 / shape).ppf(_steps()).tolist()]


def exponential() -> Table:
    """Return the table of 2,049 quantiles, in 65,536ths, of the exponential distribution with mean 1."""
    return [math.floor(SHARES * value + 0.5) for value in scipy.stats.expon().ppf(_steps()).tolist()]


def residuals(distribution: Distribution) -> Table:
    """Return the table of 2,049 quantiles of the time still to go of a stage under way, in equilibrium, in 64ths of a month."""
    lengths = sorted(YEARS * value for value in _values(distribution, (np.arange(4096) + 0.5) / 4096))
    total = math.fsum(lengths)
    passed, ages, shares = 0.0, [0.0], [0.0]
    for i, length in enumerate(lengths):
        passed += length
        ages.append(length)
        shares.append((passed + (len(lengths) - 1 - i) * length) / total)
    return [math.floor(age + 0.5) for age in np.interp(_steps(), shares, ages).tolist()]


def _steps() -> np.ndarray:
    """Return the probabilities of the places of a table: from -4 to 4 standard deviations."""
    return scipy.stats.norm.cdf((np.arange(2 * MIDDLE + 1) - MIDDLE) / 256)


def _values(distribution: Distribution, at: np.ndarray) -> list[float]:
    """Return the values of a distribution at probabilities, within its minimum and maximum."""
    if distribution.constant is not None:
        return [distribution.constant] * len(at)
    if distribution.points is not None:
        values = np.interp(at, [p for p, _ in distribution.points], [value for _, value in distribution.points])
    elif distribution.parts is not None:
        values = _mixed(
            [(part.weight, getattr(scipy.stats, part.distribution)(**part.parameters)) for part in distribution.parts], at
        )
    else:
        values = getattr(scipy.stats, distribution.distribution)(**distribution.parameters).ppf(at)
    low = -math.inf if distribution.minimum is None else distribution.minimum
    high = math.inf if distribution.maximum is None else distribution.maximum
    return [min(max(low, value), high) for value in values.tolist()]


def _mixed(parts: list[tuple[float, Any]], at: np.ndarray) -> np.ndarray:
    """Return the values of a mixture at probabilities: the interval between those of its parts, halved 64 times."""
    whole = sum(weight for weight, _ in parts)
    bounds = np.array([part.ppf(at) for _, part in parts])
    low, high = bounds.min(axis=0), bounds.max(axis=0)
    for _ in range(64):
        half = (low + high) / 2
        beyond = sum(weight / whole * part.cdf(half) for weight, part in parts) >= at
        low, high = np.where(beyond, low, half), np.where(beyond, half, high)
    return high
