"""Outcomes by municipality: the share realised at the end, the chance of category 2B, and how categories flow from test to test."""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.inputs.region.model import Region
from sim.rules.plan import Category
from sim.runs.outcomes import categories, matrix
from sim.runs.results import Results

NAMES = ("none", "1", "2A", "2B")  # categories, by their number in the table `tests`


def municipalities(runs: Mapping[str, Results], region: Region) -> pd.DataFrame:
    """Return a row per option and municipality: objective and dwellings realised towards it at the end (means), their share, and the chance
    of 2B at one test at least; each also less that of the first option."""
    reference: dict[str, NDArray[np.float64]] = {}
    frames = []
    for option, results in runs.items():
        objective, realised = (at_end(results, name, len(region.nis)) for name in ("objective", "realised"))
        counted = np.clip(realised, 0, objective)
        ever = (categories(results, len(region.nis)) == Category.CATEGORY_2B).any(axis=1)
        means = {
            "objective": objective.mean(axis=0),
            "realised": counted.mean(axis=0),
            "share": _share(counted.mean(axis=0), objective.mean(axis=0)),
            "ever_2B": ever.mean(axis=0),
        }
        reference = reference or means
        less = {f"{name}_difference": means[name] - reference[name] for name in ("realised", "share", "ever_2B")}
        company = [region.company_names[c] for c in region.company]
        who = {"option": option, "nis": region.nis, "municipality": region.names, "company": company}
        frames.append(pd.DataFrame({**who, **means, **less}))
    return pd.concat(frames, ignore_index=True)


def _share(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a share, NaN for a municipality without an objective."""
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)


def at_end(results: Results, column: str, count: int) -> NDArray[np.int64]:
    """Return a column of the municipalities' table in the last year: int64[replications, municipalities]."""
    values = matrix(results, "municipalities", column)
    return values.reshape(len(values), -1, count)[:, -1]


def chances(runs: Mapping[str, Results], region: Region) -> pd.DataFrame:
    """Return a row per option, test and municipality: the share of replications in each category, of those in which it has an objective."""
    frames = []
    for option, results in runs.items():
        judged = categories(results, len(region.nis))
        years = list(results.tests())
        with_objective = np.maximum((judged > 0).sum(axis=0), 1)
        rows = {name: ((judged == k).sum(axis=0) / with_objective).ravel() for k, name in enumerate(NAMES) if k}
        keys = {"test": np.repeat(np.array(years, np.int64), len(region.nis)), "nis": np.tile(region.nis, len(years))}
        frames.append(pd.DataFrame({"option": option, **keys, **rows}))
    return pd.concat(frames, ignore_index=True)


def flows(runs: Mapping[str, Results], count: int) -> pd.DataFrame:
    """Return a row per option, test and pair of categories: municipalities (mean) that go from one at a test to the other at the next."""
    rows = []
    for option, results in runs.items():
        judged = categories(results, count)
        years = list(results.tests())
        for k, (before, after) in enumerate(pairwise(years)):
            for a, of in enumerate(NAMES):
                for b, to in enumerate(NAMES):
                    moved = ((judged[:, k] == a) & (judged[:, k + 1] == b)).sum(axis=1)
                    rows.append((option, before, after, of, to, float(moved.mean())))
    return pd.DataFrame(rows, columns=["option", "test", "next", "from", "to", "municipalities"])
