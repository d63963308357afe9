"""Approximate Bayesian computation: the points whose simulations come nearest to the facts, in what these say of the parameters.

Each parameter is regressed on the statistics over all points (semi-automatic summaries, Fearnhead and Prangle 2012), points are kept by their
distance in those summaries, and moved by local linear regression (Beaumont, Zhang and Balding 2002). Nothing here knows what is simulated.
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
    `distance`: of every point, in what its statistics say of the parameters. `bounds`: range of each parameter.
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
    varying = [name for name in values.columns if spread[name] > 0]
    scaled = ((values[varying] - pd.Series(facts)[varying]) / spread[varying]).to_numpy(np.float64)
    logits = {name: _logit(points[name].to_numpy(np.float64), *ends) for name, ends in bounds.items()}
    design = np.column_stack([np.ones(len(scaled)), scaled])
    slopes = np.linalg.lstsq(design, np.column_stack(list(logits.values())), rcond=None)[0]
    summaries = scaled @ slopes[1:]  # what each point's statistics say of every parameter, less what the facts say
    distance = np.sqrt((summaries**2).sum(axis=1))  # what they say little of weighs little: all logits have the same spread
    rows = np.sort(np.argsort(distance, kind="stable")[:kept])
    widest = distance[rows].max()
    weights = np.maximum(1 - (distance[rows] / widest) ** 2, 1e-9) if widest > 0 else np.ones(len(rows))
    adjusted = {name: _adjusted(logits[name][rows], summaries[rows, k], weights, *bounds[name]) for k, name in enumerate(bounds)}
    return Fit(points, values, distance, rows, weights / weights.sum(), pd.DataFrame(adjusted), dict(bounds))


def _logit(values: Values, low: float, high: float) -> Values:
    """Return values as logits of their places in a range."""
    place = np.clip((values - low) / (high - low), EDGE, 1 - EDGE)
    return np.asarray(np.log(place / (1 - place)))


def _adjusted(logit: Values, away: Values, weights: Values, low: float, high: float) -> Values:
    """Return a parameter's kept values, each moved by how far its statistics are from the facts, in what they say of this parameter.

    Nothing is moved further than the kept points reach: where the facts lie beyond what the model makes, a line must not be drawn there. On
    the logit of the place in the range, so that no value leaves it.
    """
    root = np.sqrt(weights)
    design = np.column_stack([np.ones(len(logit)), away])
    slope = np.linalg.lstsq(design * root[:, None], logit * root, rcond=None)[0][1]
    target = float(np.clip(0.0, away.min(), away.max()))
    moved = logit - (away - target) * slope
    return np.asarray(low + (high - low) * np.clip(1 / (1 + np.exp(-moved)), EDGE, 1 - EDGE))
