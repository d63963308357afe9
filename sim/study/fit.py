"""Approximate Bayesian computation: the points whose simulations come nearest to the facts, moved by regression to where they would agree.

Rejection with local linear regression (Beaumont, Zhang and Balding 2002). Nothing here knows what is simulated.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.chance.draws import table, uniform

Values = NDArray[np.float64]
EDGE = 1e-6  # of a range: adjusted points stay this far inside


@dataclass(frozen=True)
class Fit:
    """Points (a row each, a column per parameter) with the statistics simulated at them (`values`), and what was kept of them.

    `kept`: rows of the nearest points; `weights`: theirs (sum 1; Epanechnikov in the distance); `adjusted`: where regression moves them.
    `distance`: of every point, statistics in units of their spread over all points. `bounds`: range of each parameter.
    """

    points: pd.DataFrame
    values: pd.DataFrame
    distance: Values
    kept: NDArray[np.int64]
    weights: Values
    adjusted: pd.DataFrame
    bounds: Mapping[str, tuple[float, float]]

    def quantiles(self, name: str, shares: Sequence[float]) -> list[float]:
        """Return weighted quantiles of a parameter over the fitted sample."""
        values = self.adjusted[name].to_numpy(np.float64)
        order = np.argsort(values, kind="stable")
        reached = np.cumsum(self.weights[order]) - self.weights[order] / 2
        return [float(x) for x in np.interp(shares, reached, values[order])]

    def sets(self, count: int, seed: int) -> pd.DataFrame:
        """Return parameter sets of equal weight: a systematic sample of the fitted ones."""
        begin = float(uniform(table(seed, 0, "calibration.sets", 1, 1))[0, 0])
        places = np.searchsorted(np.cumsum(self.weights), (np.arange(count) + begin) / count)
        return self.adjusted.iloc[np.minimum(places, len(self.weights) - 1)].reset_index(drop=True)


def fit(
    points: pd.DataFrame, values: pd.DataFrame, facts: Mapping[str, float], bounds: Mapping[str, tuple[float, float]], kept: int
) -> Fit:
    """Return the fit of points to facts. `values`: a row per point, a column per statistic; `facts`: by statistic; `kept`: how many points.

    Statistics that never vary say nothing and are left out.
    """
    spread = (values - values.median()).abs().median() * 1.4826
    spread = spread.where(spread > 0, values.std(ddof=0))
    told = [name for name in values.columns if spread[name] > 0]
    scaled = ((values[told] - pd.Series(facts)[told]) / spread[told]).to_numpy(np.float64)
    distance = np.sqrt((scaled**2).sum(axis=1))
    rows = np.sort(np.argsort(distance, kind="stable")[:kept])
    widest = distance[rows].max()
    weights = 1 - (distance[rows] / widest) ** 2 if widest > 0 else np.ones(len(rows))
    weights = np.maximum(weights, 1e-9)
    adjusted = {
        name: _adjusted(points[name].to_numpy(np.float64)[rows], scaled[rows], weights, *ends) for name, ends in bounds.items()
    }
    return Fit(points, values, distance, rows, weights / weights.sum(), pd.DataFrame(adjusted), dict(bounds))


def _adjusted(values: Values, away: Values, weights: Values, low: float, high: float) -> Values:
    """Return a parameter's kept values, each moved by what a weighted linear regression says of its distance from the facts.

    On the logit of its place in the range, so that no value leaves it.
    """
    place = np.clip((values - low) / (high - low), EDGE, 1 - EDGE)
    logit = np.log(place / (1 - place))
    design = np.column_stack([np.ones(len(logit)), away])
    root = np.sqrt(weights)
    slopes = np.linalg.lstsq(design * root[:, None], logit * root, rcond=None)[0][1:]
    moved = logit - away @ slopes
    return np.asarray(low + (high - low) * np.clip(1 / (1 + np.exp(-moved)), EDGE, 1 - EDGE))
