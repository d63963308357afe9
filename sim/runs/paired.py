"""Variants under the same luck: the difference in every replication, its mean, and what chance may have done to that mean."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd

from sim.inputs.scenario.model import Scenario
from sim.runs.cost import Budget
from sim.runs.experiment import Progress, run_experiments
from sim.runs.results import Results

Verdict = Literal["matters", "does not", "undecided"]

# The outcomes that are compared, each with the difference that matters in practice: a third of a percent of the dwellings realised,
# one verdict a test, two percent of the contributions of the draft law.
THRESHOLDS: Mapping[str, float] = {"dwellings": 100.0, "verdicts_2B": 5.0, "euro": 1_000_000.0}
ERRORS = 2  # standard errors on either side of a difference: its 95% interval


@dataclass(frozen=True)
class Difference:
    """A variant less the reference: mean over the replications, standard error of that mean, and the difference that matters in practice."""

    mean: float
    error: float
    threshold: float

    @property
    def interval(self) -> tuple[float, float]:
        """The 95% interval of the mean."""
        return self.mean - ERRORS * self.error, self.mean + ERRORS * self.error

    @property
    def verdict(self) -> Verdict:
        """`matters`: the whole interval lies at or beyond the threshold. `does not`: it lies within. Otherwise more replications may tell."""
        low, high = self.interval
        if low >= self.threshold or high <= -self.threshold:
            return "matters"
        return "does not" if max(-low, high) < self.threshold else "undecided"


def outcomes(results: Results) -> pd.DataFrame:
    """Return a row per replication: BSO dwellings realised in the last year, verdicts of 2B over all tests, euro charged on all tests."""
    if not results.manifest["replications"]:
        return pd.DataFrame(columns=list(THRESHOLDS), dtype=float)  # all failed
    verdicts, euro = results.of_tests("category_2B"), results.contributions() / 100
    return pd.DataFrame({"dwellings": results.last_year("bso"), "verdicts_2B": verdicts, "euro": euro})


def compare(reference: pd.DataFrame, variant: pd.DataFrame) -> dict[str, Difference]:
    """Return the difference in each outcome over the replications that both have: the same number is the same luck."""
    both = reference.index.intersection(variant.index)
    if len(both) < 2:
        raise ValueError(f"{len(both)} replications in common; a standard error needs 2")
    differences = variant.loc[both].astype(float) - reference.loc[both].astype(float)
    means, errors = differences.mean(), differences.std(ddof=1) / math.sqrt(len(both))
    return {name: Difference(float(means[name]), float(errors[name]), limit) for name, limit in THRESHOLDS.items()}


def run_variants(
    variants: Mapping[str, Scenario],
    folder: Path,
    workers: int | None = None,
    progress: Progress | None = None,
    budget: Budget | None = None,
) -> dict[str, Results]:
    """Run scenarios with the same seed and replications, each in a folder of its own name, and return their results in that order.

    What is finished is not computed again. Raises ValueError for scenarios that do not share their luck, and what `run_experiments` raises.
    """
    if len({(scenario.seed, scenario.replications) for scenario in variants.values()}) > 1:
        raise ValueError("variants are compared with the same seed and replications")
    plain = {name: scenario.model_copy(update={"sampling": "plain"}) for name, scenario in variants.items()}
    return run_experiments(plain, folder, workers, progress=progress, budget=budget)
