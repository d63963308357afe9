"""Intervals hold what they say: of many runs of the same forecast, each with draws of its own, about 95% hold the truth of all together."""

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.inputs.region.load import load_region
from sim.inputs.scenario.model import DRAWN, Scenario
from sim.rules.plan import Category
from sim.runs.futures import Futures
from sim.runs.precision import end_interval, half_width, share_interval
from sim.runs.workers.pool import each

RUNS, REPLICATIONS = 100, 96
MANIFEST = {"sampling": DRAWN}
PLACES = {"Antwerpen": 11002, "Gent": 44021, "Ninove": 41048, "Halle": 23027}


def run(scenario: Scenario, number: int) -> list[list[float]]:
    """Return of every replication of a run with a seed and replications of its own: dwellings, 2B per test, euro, and who is in category 1."""
    futures = Futures(scenario.model_copy(update={"seed": 1_000 + number}), load_region(scenario))
    replication, rows = futures.replicator(futures.central()), []
    places = [int(np.flatnonzero(futures.region.nis == nis)[0]) for nis in PLACES.values()]
    for k in range(number * REPLICATIONS, (number + 1) * REPLICATIONS):
        history = replication(k)
        of_all = [
            history.totals["bso"][-1],
            history.test_totals["category_2B"].mean(),
            history.test_totals["contribution_cents"].sum(),
        ]
        rows.append([float(x) for x in (*of_all, *(history.tests["category"][0][places] == Category.CATEGORY_1))])
    return rows


@pytest.mark.full
def test_intervals_hold_the_truth_as_often_as_they_say(forecast: Scenario) -> None:
    """Of means, shares and ends of bands, counting luck, parameter sets and populations: between 90% and 97% of a hundred runs each, all
    outcomes of a kind together; single ones within what a hundred runs can tell."""
    found = dict(each(partial(run, forecast), range(RUNS), None))
    runs = np.array([found[number] for number in range(RUNS)])  # [runs, replications, outcomes]
    every, numbers = runs.reshape(-1, runs.shape[2]), np.arange(RUNS * REPLICATIONS).reshape(RUNS, REPLICATIONS)
    held: dict[str, list[Any]] = {"mean": [], "share": [], "end": []}
    for o in range(runs.shape[2]):
        values = [pd.Series(runs[r, :, o], numbers[r]) for r in range(RUNS)]
        truth = float(every[:, o].mean())
        if o < 3:
            held["mean"].append(np.mean([abs(v.mean() - truth) <= half_width(v, MANIFEST) for v in values]))
            for percent in (10, 90):
                end = float(np.percentile(every[:, o], percent))
                held["end"].append(
                    np.mean([low <= end <= high for low, high in (end_interval(v, percent, MANIFEST) for v in values)])
                )
        elif 0.02 < truth < 0.98:
            held["share"].append(np.mean([low <= truth <= high for low, high in (share_interval(v, MANIFEST) for v in values)]))
    print({kind: [float(round(x, 3)) for x in shares] for kind, shares in held.items()})
    for kind, shares in held.items():
        assert 0.90 <= np.mean(shares) <= 0.97, kind
        assert min(shares) >= 0.88, kind
