"""Scenarios compared in pairs: the same replication is the same luck, so what differs is what the scenario does. Differences and regret."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.runs.montecarlo_error import standard_error
from sim.runs.outcomes import LESS, MORE, OUTCOMES, Outcome, by_company, of_all
from sim.runs.results import CATEGORIES, Results

LEVELS = (0.95, 0.80)  # of the intervals of a mean difference
YEARLY = ("bso", "delivered", "preparation", "mjp", "ktp", "construction", "no_land", "no_slot", "waiting_money")
WORKLOAD = ("slots", "held", "started", "waiting_money", "waiting_slot")


def difference(reference: "pd.Series[float]", variant: "pd.Series[float]", manifest: Mapping[str, Any]) -> dict[str, float]:
    """Return a variant less the reference over the replications that both have, with the intervals of the mean difference.

    `difference`: mean; `error`: its standard error; `low95` ... `high80`: Student's intervals; `p10`, `p90`: of the replications. Infinite
    where there are too few to tell. The same values on both sides give exactly zero everywhere.
    """
    from scipy.stats import t

    both = reference.index.intersection(variant.index)
    values = variant.loc[both].astype(float) - reference.loc[both].astype(float)
    if not len(values):
        return dict.fromkeys(("base", "value", "difference", "error", "low95", "high95", "low80", "high80", "p10", "p90"), math.nan)
    mean = float(values.mean())
    error, freedom = standard_error(values, manifest)
    row = {"base": float(reference.loc[both].mean()), "value": float(variant.loc[both].mean()), "difference": mean, "error": error}
    for level in LEVELS:
        half = error * float(t.ppf((1 + level) / 2, freedom)) if freedom else math.inf
        half = half if error else 0.0
        row |= {f"low{level * 100:.0f}": mean - half, f"high{level * 100:.0f}": mean + half}
    return row | {"p10": float(np.percentile(values, 10)), "p90": float(np.percentile(values, 90))}


def better_in(reference: "pd.Series[float]", variant: "pd.Series[float]", better: int) -> dict[str, float]:
    """Return the share of replications in which the variant is better and in which it is worse; both NaN where neither way is better."""
    both = reference.index.intersection(variant.index)
    values = (variant.loc[both] - reference.loc[both]) * better
    if better not in (MORE, LESS) or not len(both):
        return {"better": math.nan, "worse": math.nan}
    return {"better": float((values > 0).mean()), "worse": float((values < 0).mean())}


def differences(base: Results, variants: Mapping[str, Results]) -> pd.DataFrame:
    """Return a row per option and outcome: the option's mean, its difference from the base, intervals, and how often it is better."""
    reference = of_all(base)
    rows = []
    for option, results in variants.items():
        values = of_all(results)
        for name, outcome in OUTCOMES.items():
            rows.append(
                {
                    "option": option,
                    "outcome": name,
                    "unit": outcome.unit,
                    **difference(reference[name], values[name], base.manifest),
                    **better_in(reference[name], values[name], outcome.better),
                    "replications": len(reference.index.intersection(values.index)),
                }
            )
    return pd.DataFrame(rows)


def by_year(base: Results, variants: Mapping[str, Results]) -> pd.DataFrame:
    """Return a row per option, quantity and year: dwellings realised, under way in each stage and waiting in each queue."""
    rows = []
    for name in YEARLY:
        reference = base.yearly(name)
        for option, results in variants.items():
            values = results.yearly(name)
            for year in reference.columns:
                found = difference(reference[year], values[year], base.manifest)
                rows.append({"option": option, "quantity": name, "year": int(year), **found})
    return pd.DataFrame(rows)


def by_test(base: Results, variants: Mapping[str, Results]) -> pd.DataFrame:
    """Return a row per option, test and category: municipalities, and the difference from the base where that has a test in the same year."""
    rows = []
    there = _tests(base)
    for option, results in variants.items():
        for year, test in _tests(results).items():
            for category in CATEGORIES:
                found = difference(there[year][category], test[category], base.manifest) if year in there else {}
                mean = float(test[category].mean())
                rows.append({"option": option, "test": year, "category": category, "municipalities": mean, **found})
    frame = pd.DataFrame(rows)
    return frame.drop(columns=["base", "value"], errors="ignore")


def _tests(results: Results) -> dict[int, pd.DataFrame]:
    """Return the tests' totals by year, each with a row per replication."""
    if not len(results.test_totals):
        return {}
    return {int(str(year)): rows.set_index("replication").astype(float) for year, rows in results.test_totals.groupby("test")}


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


def regret(results: Mapping[str, Results]) -> pd.DataFrame:
    """Return a row per option and outcome: how far the option is from the best one in the same replication, mean, 90th percentile and most.

    Only outcomes of which more or less is better. An option that is never beaten has a regret of zero.
    """
    found = {option: of_all(r) for option, r in results.items()}
    rows = []
    for name, outcome in OUTCOMES.items():
        if outcome.better not in (MORE, LESS):
            continue
        table = pd.DataFrame({option: values[name] * outcome.better for option, values in found.items()}).dropna()
        lost = table.sub(table.max(axis=1), axis=0).abs()
        for option in found:
            row = {"mean": lost[option].mean(), "p90": lost[option].quantile(0.9), "most": lost[option].max()}
            rows.append({"option": option, "outcome": name, "unit": outcome.unit, **row, "best": (lost[option] == 0).mean()})
    return pd.DataFrame(rows)


def cost(base: Results, variants: Mapping[str, Results]) -> pd.DataFrame:
    """Return a row per option: contributions per extra dwelling (euro), with Fieller's 95% interval of that ratio of mean differences.

    No number where the number of dwellings does not differ for certain: nobody can say what one costs then.
    """
    rows = []
    outcome_pair: tuple[Outcome, Outcome] = (OUTCOMES["realised_2042"], OUTCOMES["contribution_total"])
    reference = [outcome.of(base) for outcome in outcome_pair]
    for option, results in variants.items():
        values = [outcome.of(results) for outcome in outcome_pair]
        both = reference[0].index.intersection(values[0].index)
        dwellings, euro = (v.loc[both] - r.loc[both] for v, r in zip(values, reference, strict=True))
        ratio, low, high = fieller(euro, dwellings)
        means = {"dwellings": float(dwellings.mean()), "euro": float(euro.mean())}
        rows.append({"option": option, **means, "euro_per_dwelling": ratio, "low95": low, "high95": high})
    return pd.DataFrame(rows)


def fieller(numerator: "pd.Series[float]", denominator: "pd.Series[float]") -> tuple[float, float, float]:
    """Return the ratio of two means of paired values and its 95% interval (Fieller); NaN where the denominator may be zero."""
    from scipy.stats import t

    n = len(numerator)
    if n < 2:
        return math.nan, math.nan, math.nan
    a, b = float(numerator.mean()), float(denominator.mean())
    (vaa, vab), (_, vbb) = np.cov(numerator, denominator) / n
    q = float(t.ppf(0.975, n - 1)) ** 2
    whole = b * b - q * vbb
    if b == 0 or whole <= 0:
        return math.nan, math.nan, math.nan
    middle, under = a * b - q * vab, max(0.0, (a * b - q * vab) ** 2 - whole * (a * a - q * vaa))
    ends = sorted(((middle - math.sqrt(under)) / whole, (middle + math.sqrt(under)) / whole))
    return a / b, ends[0], ends[1]
