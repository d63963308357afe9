"""The Monte Carlo error of a mean over replications: how much of it another seed would change."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from sim.chance.shared import BATCHES, batch

CONFIDENCE = 0.95


def standard_error(values: "pd.Series[float]", manifest: Mapping[str, Any]) -> tuple[float, int]:
    """Return the standard error of the mean of `values` (indexed by replication) and its degrees of freedom; infinite and 0 for too few.

    Plain draws: from the standard deviation. Sobol and antithetic draws: replications depend on each other, so from the means of the batches
    that do not.
    """
    if manifest["sampling"] != "plain":
        numbers = batch(manifest["sampling"], values.index.to_numpy(), manifest["populations"])
        values = values.groupby(numbers).mean()
        if len(values) < BATCHES:
            return math.inf, 0
    count = len(values)
    return (float(values.std(ddof=1)) / math.sqrt(count), count - 1) if count > 1 else (math.inf, 0)


def half_width(values: "pd.Series[float]", manifest: Mapping[str, Any]) -> float:
    """Return half of the 95% interval of the mean over replications (Student's t; for a share of plain draws Wilson's interval)."""
    from scipy.stats import binomtest, t

    if manifest["sampling"] == "plain" and set(np.unique(values)) <= {0.0, 1.0} and len(values):
        interval = binomtest(int(values.sum()), len(values)).proportion_ci(CONFIDENCE, method="wilson")
        return float(interval.high - interval.low) / 2
    error, freedom = standard_error(values, manifest)
    return error * float(t.ppf((1 + CONFIDENCE) / 2, freedom)) if freedom else math.inf
