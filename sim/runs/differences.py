"""Scenarios compared in pairs: the same replication is the same luck, so what differs is what the scenario does."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from sim.inputs.scenario.model import Scenario
from sim.runs.cost import Budget
from sim.runs.experiment import Progress, run_experiments
from sim.runs.outcomes import LESS, MORE, OUTCOMES, by_company, of_all
from sim.runs.precision import reach, share_interval, standard_error, student
from sim.runs.results import VERDICTS, Results

Verdict = Literal["matters", "does not", "undecided"]

LEVELS = (0.95, 0.80)  # of the intervals of a mean difference
YEARLY = ("bso", "delivered", "preparation", "mjp", "ktp", "construction", "no_land", "no_slot", "waiting_money")
WORKLOAD = ("slots", "held", "started", "waiting_money", "waiting_slot")
# The outcomes by which a variant matters or does not, under the names that are written, each with the difference that matters in practice: a
# third of a percent of the dwellings realised, one verdict a test, two percent of the contributions of the draft law.
JUDGED = {"dwellings": "realised_at_end", "verdicts_2B": "verdicts_2B", "euro": "contribution_total"}
THRESHOLDS: Mapping[str, float] = {"dwellings": 100.0, "verdicts_2B": 5.0, "euro": 1_000_000.0}


def difference(
    reference: "pd.Series[float]", variant: "pd.Series[float]", manifest: Mapping[str, Any], many: int = 1
) -> dict[str, float]:
    """Return a variant less the reference over the replications that both have, with the intervals of the mean difference.

    `difference`: mean; `error`: its standard error; `low95` ... `high80`: Student's intervals, of so `many` variants at once (Bonferroni);
    `p10`, `p90`: of the replications. Infinite where there are too few to tell. The same values on both sides give exactly zero everywhere.
    """
    if not reference.index.equals(variant.index):
        both = reference.index.intersection(variant.index)
        reference, variant = reference.loc[both], variant.loc[both]
    values = variant.astype(float) - reference.astype(float)
    if not len(values):
        return dict.fromkeys(("base", "value", "difference", "error", "low95", "high95", "low80", "high80", "p10", "p90"), math.nan)
    mean = float(values.mean())
    error, freedom = standard_error(values, manifest)
    row = {"base": float(reference.mean()), "value": float(variant.mean()), "difference": mean, "error": error}
    for level in LEVELS:
        half = reach(error, freedom, 1 - (1 - level) / many)
        row |= {f"low{level * 100:.0f}": mean - half, f"high{level * 100:.0f}": mean + half}
    return row | dict(zip(("p10", "p90"), np.percentile(values, (10, 90)).tolist(), strict=True))


def better_in(
    reference: "pd.Series[float]", variant: "pd.Series[float]", better: int, manifest: Mapping[str, Any]
) -> dict[str, float]:
    """Return the share of replications in which the variant is better, with its 95% interval, and in which both are as
    good and it is worse; all NaN where neither way is better."""
    both = reference.index.intersection(variant.index)
    if better not in (MORE, LESS) or not len(both):
        return dict.fromkeys(("better", "better_low95", "better_high95", "same", "worse"), math.nan)
    values = (variant.loc[both] - reference.loc[both]) * better
    better_there = (values > 0).astype(float)
    low, high = share_interval(better_there, manifest)
    shares = {"better": better_there.mean(), "better_low95": low, "better_high95": high}
    return shares | {"same": float((values == 0).mean()), "worse": float((values < 0).mean())}


def differences(base: Results, variants: Mapping[str, Results]) -> pd.DataFrame:
    """Return a row per option and outcome: the option's mean, its difference from the base, and how often it is better.

    The intervals of an outcome's differences hold for all options at once, so that of many the most striking is not luck.
    """
    return differences_of(of_all(base), {option: of_all(results) for option, results in variants.items()}, base.manifest)


def differences_of(reference: pd.DataFrame, variants: Mapping[str, pd.DataFrame], manifest: Mapping[str, Any]) -> pd.DataFrame:
    """Return `differences` of outcomes as `of_all` gives them, all or some: a row per replication, a column each. `manifest`: of the base."""
    rows = []
    for option, values in variants.items():
        for name in map(str, reference):
            outcome, pair = OUTCOMES[name], (reference[name], values[name])
            found = difference(*pair, manifest, len(variants)) | better_in(*pair, outcome.better, manifest)
            count = len(reference.index.intersection(values.index))
            rows.append({"option": option, "outcome": name, "unit": outcome.unit, **found, "replications": count})
    return pd.DataFrame(rows)


def by_year(base: Results, variants: Mapping[str, Results]) -> pd.DataFrame:
    """Return a row per option, quantity and year: dwellings realised, under way in each stage and waiting in each queue."""
    rows = []
    for name in YEARLY:
        reference = base.yearly(name)
        for option, results in variants.items():
            values = results.yearly(name)
            for year in reference.columns:
                row = difference(reference[year], values[year], base.manifest)
                rows.append({"option": option, "quantity": name, "year": int(year), **row})
    return pd.DataFrame(rows)


def by_test(base: Results, variants: Mapping[str, Results]) -> pd.DataFrame:
    """Return a row per option, test and category: municipalities, and the difference from the base where that has a test in the same year."""
    rows = []
    reference = base.tests()
    for option, results in variants.items():
        for year, test in results.tests().items():
            for category in VERDICTS:
                row = difference(reference[year][category], test[category], base.manifest) if year in reference else {}
                mean = float(test[category].mean())
                rows.append({"option": option, "test": year, "category": category, "municipalities": mean, **row})
    return pd.DataFrame(rows).drop(columns=["base", "value"], errors="ignore")


def workload(base: Results, variants: Mapping[str, Results], names: Sequence[str]) -> pd.DataFrame:
    """Return a row per option, company and quantity, mean over the years: slots, slots held, dwellings started, what waits."""
    rows = []
    for quantity in WORKLOAD:
        reference = by_company(base, quantity, len(names)).mean(axis=1)
        index = base.replications
        for option, results in variants.items():
            values = by_company(results, quantity, len(names)).mean(axis=1)
            for c, company in enumerate(names):
                pair = pd.Series(reference[:, c], index), pd.Series(values[:, c], results.replications)
                rows.append({"option": option, "company": company, "quantity": quantity, **difference(*pair, base.manifest)})
    return pd.DataFrame(rows)


def cost(base: Results, variants: Mapping[str, Results]) -> pd.DataFrame:
    """Return a row per option: contributions per extra dwelling (euro), with Fieller's 95% interval of that ratio of mean differences, for
    all options at once.

    No number where the number of dwellings does not differ for certain: nobody can say what one costs then.
    """
    rows = []
    of_both = [OUTCOMES[name].of for name in ("realised_at_end", "contribution_total")]
    reference = [of(base) for of in of_both]
    for option, results in variants.items():
        values = [of(results) for of in of_both]
        both = reference[0].index.intersection(values[0].index)
        dwellings, euro = (v.loc[both] - r.loc[both] for v, r in zip(values, reference, strict=True))
        ratio, low, high = fieller(euro, dwellings, base.manifest, len(variants))
        means = {"dwellings": float(dwellings.mean()), "euro": float(euro.mean())}
        rows.append({"option": option, **means, "euro_per_dwelling": ratio, "low95": low, "high95": high})
    return pd.DataFrame(rows)


def fieller(
    numerator: "pd.Series[float]", denominator: "pd.Series[float]", manifest: Mapping[str, Any], many: int = 1
) -> tuple[float, float, float]:
    """Return the ratio of two means of paired values and its 95% interval (Fieller), of so `many` ratios at once; NaN where the denominator may
    be zero. The errors of both means are those of `standard_error`, and so is what they share."""
    (one, freedom), (two, _) = (standard_error(values, manifest) for values in (numerator, denominator))
    if not freedom or not two:
        return math.nan, math.nan, math.nan
    together = standard_error(numerator / (one or 1.0) + denominator / two, manifest)[0]
    a, b = float(numerator.mean()), float(denominator.mean())
    vaa, vbb, vab = one**2, two**2, one * two * (together**2 - 2) / 2
    q = student(1 - (1 - LEVELS[0]) / many, freedom) ** 2
    whole = b * b - q * vbb
    if b == 0 or whole <= 0:
        return math.nan, math.nan, math.nan
    middle, under = a * b - q * vab, max(0.0, (a * b - q * vab) ** 2 - whole * (a * a - q * vaa))
    ends = sorted(((middle - math.sqrt(under)) / whole, (middle + math.sqrt(under)) / whole))
    return a / b, ends[0], ends[1]


@dataclass(frozen=True)
class Difference:
    """A variant less the reference: mean over the replications, standard error of that mean, half of its 95% interval, and the difference that
    matters in practice."""

    mean: float
    error: float
    half: float
    threshold: float

    @property
    def interval(self) -> tuple[float, float]:
        """The 95% interval of the mean."""
        return self.mean - self.half, self.mean + self.half

    @property
    def verdict(self) -> Verdict:
        """`matters`: the whole interval lies at or beyond the threshold. `does not`: it lies within. Otherwise more replications may tell."""
        low, high = self.interval
        if low >= self.threshold or high <= -self.threshold:
            return "matters"
        return "does not" if max(-low, high) < self.threshold else "undecided"


def outcomes(results: Results) -> pd.DataFrame:
    """Return a row per replication, a column per judged outcome: dwellings realised in the last year, verdicts of 2B and euro over all tests."""
    if not results.manifest["replications"]:
        return pd.DataFrame(columns=list(JUDGED), dtype=float)  # all failed
    return pd.DataFrame({name: OUTCOMES[outcome].of(results) for name, outcome in JUDGED.items()})


def compare(reference: pd.DataFrame, variant: pd.DataFrame, manifest: Mapping[str, Any]) -> dict[str, Difference]:
    """Return the difference in each outcome over the replications that both have: the same number is the same future."""
    both = reference.index.intersection(variant.index)
    if len(both) < 2:
        raise ValueError(f"{len(both)} replications in common; a standard error needs 2")
    differences = variant.loc[both].astype(float).sub(reference.loc[both].astype(float))
    found = {}
    for name, limit in THRESHOLDS.items():
        error, freedom = standard_error(differences[name], manifest)
        found[name] = Difference(float(differences[name].mean()), error, reach(error, freedom), limit)
    return found


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
    alike = {n: s if s.drawn else s.model_copy(update={"sampling": "plain"}) for n, s in variants.items()}
    return run_experiments(alike, folder, workers, progress=progress, budget=budget)
