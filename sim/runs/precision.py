"""The Monte Carlo error of a mean over replications: how much of it another seed would change."""

import math
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from sim.chance.shared import BATCHES, batch

CONFIDENCE = 0.95


def standard_error(values: "pd.Series[float]", manifest: Mapping[str, Any]) -> tuple[float, int]:
    """Return the standard error of the mean of `values` (indexed by replication) and its degrees of freedom; infinite and 0 for too few.

    Plain draws: from the standard deviation. Sobol and antithetic draws: replications depend on each other, so from the means of the batches
    that do not; with too few replications to fill the batches as if they were plain, which says too much rather than too little.
    """
    if manifest["sampling"] != "plain":
        means = values.groupby(batch(manifest["sampling"], values.index.to_numpy(), manifest["populations"])).mean()
        values = means if len(means) == BATCHES else values
    count = len(values)
    return (float(values.std(ddof=1)) / math.sqrt(count), count - 1) if count > 1 else (math.inf, 0)


@cache
def student(level: float, freedom: int) -> float:
    """Return half the width of Student's interval of this level (0.95) in standard errors; infinite without degrees of freedom."""
    from scipy.stats import t

    return float(t.ppf((1 + level) / 2, freedom)) if freedom else math.inf


def half_width(values: "pd.Series[float]", manifest: Mapping[str, Any]) -> float:
    """Return half of the 95% interval of the mean over replications: Student's t, for a share at least half of Wilson's interval."""
    from scipy.stats import binomtest

    error, freedom = standard_error(values, manifest)
    width = error * student(CONFIDENCE, freedom)
    if len(values) and set(np.unique(values)) <= {0.0, 1.0}:
        interval = binomtest(int(values.sum()), len(values)).proportion_ci(CONFIDENCE, method="wilson")
        wilson = float(interval.high - interval.low) / 2
        return wilson if manifest["sampling"] == "plain" or not freedom else max(width, wilson)
    return width
