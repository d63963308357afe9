"""The sampling error of what replications say, a mean, a share, the end of a band: how much of it other draws would change.

What is drawn is luck, and beside it parameter sets and populations: whatever few replications share is counted as the sample that it is.
"""

import math
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.chance.shared import SCRAMBLES, batch
from sim.inputs.scenario.model import DRAWN

CONFIDENCE = 0.95


def standard_error(values: "pd.Series[float]", manifest: Mapping[str, Any]) -> tuple[float, int]:
    """Return the standard error of the mean of `values` (indexed by replication) and its degrees of freedom; infinite and 0 for too few.

    From the means of groups of replications that do not depend on each other: of those whose parameter sets are points of one scramble, where
    every replication draws its own; else of those of one population, as the few that take turns are a sample too. Sobol and antithetic draws
    have batches, whose error is luck's; what populations differ by beyond luck comes on top. With fewer than two replications a group, as if
    all were independent, which says too much rather than too little.
    """
    numbers, sampling, populations = values.index.to_numpy(np.int64), manifest["sampling"], manifest.get("populations", 1)
    if sampling == DRAWN:
        return _error_of(values, numbers % SCRAMBLES)
    of_populations = _error_of(values, numbers % populations if populations > 1 else None)
    if sampling == "plain" or not of_populations[1]:
        return of_populations
    (luck, freedom), (alone, _) = _error_of(values, batch(sampling, numbers, populations)), _error_of(values, None)
    return math.sqrt(luck**2 + max(0.0, of_populations[0] ** 2 - alone**2)), freedom


def _error_of(values: "pd.Series[float]", groups: NDArray[np.int64] | None) -> tuple[float, int]:
    """Return the standard error of a mean and its degrees of freedom, from the means of groups where each has two values or more."""
    if groups is not None and len(values) >= 2 * len(np.unique(groups)):
        values = values.groupby(groups).mean()
    count = len(values)
    return (float(values.std(ddof=1)) / math.sqrt(count), count - 1) if count > 1 else (math.inf, 0)


@cache
def student(level: float, freedom: int) -> float:
    """Return half the width of Student's interval of this level (0.95) in standard errors; infinite without degrees of freedom."""
    from scipy.stats import t

    return float(t.ppf((1 + level) / 2, freedom)) if freedom else math.inf


def reach(error: float, freedom: int, level: float = CONFIDENCE) -> float:
    """Return half of Student's interval of a mean with this standard error: 0 of what does not vary at all, however few there are."""
    return error * student(level, freedom) if error else 0.0


def half_width(values: "pd.Series[float]", manifest: Mapping[str, Any]) -> float:
    """Return half of the 95% interval of the mean over replications: Student's t, for a share half of its `share_interval`."""
    if len(values) and set(np.unique(values)) <= {0.0, 1.0}:
        low, high = share_interval(values, manifest)
        return (high - low) / 2
    error, freedom = standard_error(values, manifest)
    return reach(error, freedom)


def share_interval(flags: "pd.Series[float]", manifest: Mapping[str, Any]) -> tuple[float, float]:
    """Return the 95% interval of a share, from 0 or 1 by replication: Wilson's, of as many replications as would tell as much if none shared
    anything. So 0 of n is not certain either."""
    count, share = len(flags), float(flags.mean())
    error, freedom = standard_error(flags, manifest)
    alone = share * (1 - share) / count
    z = student(CONFIDENCE, 10**6)
    more = max(1.0, error**2 / alone * (student(CONFIDENCE, freedom) / z) ** 2) if alone and freedom else 1.0
    n = count / more
    middle, reach = share + z * z / (2 * n), z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, (middle - reach) / (1 + z * z / n)), min(1.0, (middle + reach) / (1 + z * z / n))


def end_interval(values: "pd.Series[float]", percent: float, manifest: Mapping[str, Any]) -> tuple[float, float]:
    """Return the 95% interval of a percentile over replications: the percentiles at the ends of the interval of the share that lies below it
    (Woodruff 1952), so that what replications share is counted; infinite where there are too few."""
    below = (values <= np.percentile(values, percent)).astype(float)
    error, freedom = standard_error(below, manifest)
    half = reach(error, freedom)
    low, high = percent / 100 - half, percent / 100 + half
    return (
        float(np.percentile(values, 100 * low)) if low > 0 and freedom else -math.inf,
        float(np.percentile(values, 100 * high)) if high < 1 and freedom else math.inf,
    )
