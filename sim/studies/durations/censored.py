"""Lognormal lead times from spells of which some were seen in part: known to lie between two lengths, or to be longer than one."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.runs.precision import CONFIDENCE
from sim.studies.durations.spells import Spells

# A month is known, the day is not: k months between two of them are k plus or minus a triangular error of variance 1/6 month^2. The
# interval of that variance stands for it; one from k-1 to k+1 has twice as much, which the fit would take from the spread of short stages.
HALF = math.sqrt(1 / 2)  # months
SEEN = 0.5  # months: who began in month b and was under way at the end of month e was so for e - b and a half, on average
FAR = math.log(1000)  # an end of an interval a thousand times away is none

Years = NDArray[np.float64]


class Fit(NamedTuple):
    """A lognormal from 0: its median (years) and sigma (of the logarithm), each with a 95% interval."""

    median: float
    median_low: float
    median_high: float
    sigma: float
    sigma_low: float
    sigma_high: float


def observed(spells: Spells) -> tuple[Years, Years, Years]:
    """Return the spells in years: the least and the most that each finished one lasted, and the least of each one under way."""
    finished, under_way = (np.array(months, np.float64) for months in (spells.finished, spells.under_way))
    return np.maximum(finished - HALF, 0) / 12, (finished + HALF) / 12, (under_way + SEEN) / 12


def fit(low: Years, high: Years, right: Years) -> Fit:
    """Return the lognormal most likely to give these (years): finished between `low` and `high`, not before `right`.

    Intervals: the values that the likelihood ratio does not refuse. Its limit is that of Student's t for a normal mean of as many as are
    finished, exact without any under way and that of chi-square for many; an end that it does not reach is 0 or infinite.
    """
    from scipy.optimize import minimize_scalar
    from scipy.stats import t as student

    median, sigma = most_likely(low, high, right)
    with np.errstate(divide="ignore"):  # a spell of no time
        logs = np.log(low), np.log(high), np.log(right)
    mu, spread = math.log(median), math.log(sigma)
    best = _log_likelihood(mu, spread, *logs)
    count = len(low)
    limit = count * math.log1p(float(student.ppf((1 + CONFIDENCE) / 2, count - 1)) ** 2 / (count - 1))

    def beyond(likelihood: Callable[[float], float], around: float) -> float:
        """How far the loss of likelihood lies beyond the limit, where one parameter is given and the other (near `around`) fits best."""
        found = minimize_scalar(lambda other: -likelihood(other), bounds=(around - FAR, around + FAR), method="bounded")
        return 2 * (best + float(found.fun)) - limit

    of_median = _bounds(lambda given: beyond(lambda other: _log_likelihood(given, other, *logs), spread), mu)
    of_sigma = _bounds(lambda given: beyond(lambda other: _log_likelihood(other, given, *logs), mu), spread)
    return Fit(median, *of_median, sigma, *of_sigma)


def most_likely(low: Years, high: Years, right: Years) -> tuple[float, float]:
    """Return median (years) and sigma of the lognormal that gives these with the greatest likelihood: scipy's own fit."""
    from scipy.stats import CensoredData, lognorm

    middle = float(np.median(np.concatenate([(low + high) / 2, right])))
    data: CensoredData[np.float64] = CensoredData(interval=np.column_stack([low, high]), right=right)
    sigma, _, median = lognorm.fit(data, 0.5, floc=0, scale=middle)
    return float(median), float(sigma)


def _log_likelihood(mu: float, spread: float, low: Years, high: Years, right: Years) -> float:
    """Return the log-likelihood; mu and the limits are logarithms of years, `spread` that of sigma."""
    from scipy.special import log_ndtr

    sigma = math.exp(spread)
    a, b = (low - mu) / sigma, (high - mu) / sigma
    a, b = np.where(a > 0, -b, a), np.where(a > 0, -a, b)  # in the lower tail, where small probabilities keep their digits
    inside = log_ndtr(b) + np.log(-np.expm1(log_ndtr(a) - log_ndtr(b)))
    return float(inside.sum() + log_ndtr((mu - right) / sigma).sum())


def _bounds(beyond: Callable[[float], float], middle: float) -> tuple[float, float]:
    """Return e to the two points around `middle` at which `beyond` rises to 0; 0 or infinite where it does not."""
    from scipy.optimize import brentq

    found = []
    for side in (-1, 1):
        near, far = middle, middle + side * 0.05
        while beyond(far) < 0 and abs(far - middle) < FAR:
            near, far = far, middle + 2 * (far - middle)
        found.append(float(brentq(beyond, near, far, xtol=1e-4)) if beyond(far) >= 0 else side * math.inf)
    return math.exp(found[0]), math.exp(found[1])


def same(low: Years, high: Years, right: Years) -> bool:
    """Return whether one length agrees with all, so that there is no spread to fit."""
    return float(max(low.max(), right.max(initial=0))) <= float(high.min())


def survival(spells: Spells) -> tuple[Years, Years]:
    """Return the curve of Kaplan and Meier: times (years, ascending, from 0) and the share still in the stage from each of them on."""
    from scipy.stats import CensoredData, ecdf

    curve = ecdf(CensoredData(uncensored=np.array(spells.finished, float), right=np.array(spells.under_way, float) + SEEN)).sf
    return np.concatenate([[0.0], curve.quantiles / 12]), np.concatenate([[1.0], curve.probabilities])
