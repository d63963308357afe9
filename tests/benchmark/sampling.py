"""What other draws of the shared shocks are worth: variance of the mean times the time it takes, against plain replications."""

from time import process_time

import numpy as np
from numpy.typing import NDArray

from sim.chance.shared import SAMPLINGS
from sim.engine import build_model, replicate
from sim.engine.state import Model
from sim.inputs.region.load import load_region
from sim.inputs.scenario.model import load_scenario
from tests.support.project import BASELINE

REPLICATIONS = 160
OUTCOMES = ("BSO realised in the last year", "verdicts of 2B on all tests", "contributions on all tests")


def sampling(seeds: int) -> str:
    """Return the table: for each way to draw, variance over so many seeds of the mean of REPLICATIONS, times the time."""
    found = {name: costs(name, seeds) for name in SAMPLINGS}
    lines = ["", f"{f'variance x time of plain draws over that of, {seeds} seeds':<58}{'antithetic':>11}{'sobol':>9}"]
    for place, outcome in enumerate(OUTCOMES):
        gains = [found["plain"][place] / found[name][place] for name in SAMPLINGS[1:]]
        lines.append(f"{outcome:<58}{gains[0]:>11.1f}{gains[1]:>9.1f}")
    lines.append(
        f"of a variance ratio over {seeds} seeds the 80% interval runs from {1 / spread(seeds):.2f} to {spread(seeds):.2f} times it"
    )
    return "\n".join(lines)


def spread(seeds: int) -> float:
    """Return how far a ratio of two variances of so many values may be off, up or down, in four of five cases."""
    from scipy.stats import f

    return float(f.ppf(0.9, seeds - 1, seeds - 1))


def costs(name: str, seeds: int) -> NDArray[np.float64]:
    """Return variance times seconds by outcome."""
    scenario = load_scenario(BASELINE, sampling=name)
    model = build_model(scenario, load_region(scenario))
    replicate(model, 0)
    begin = process_time()
    means = np.array([mean_of(model, seed) for seed in range(seeds)])
    return np.asarray(means.var(axis=0, ddof=1) * (process_time() - begin))


def mean_of(model: Model, seed: int) -> NDArray[np.float64]:
    """Return the means of the outcomes over REPLICATIONS of a seed."""
    settings = model.settings.copy()
    settings["seed"] = seed
    histories = [replicate(model._replace(settings=settings), number) for number in range(REPLICATIONS)]
    rows = [(h.totals["bso"][-1], h.test_totals["category_2B"].sum(), h.test_totals["contribution_cents"].sum()) for h in histories]
    return np.asarray(np.mean(rows, axis=0))
