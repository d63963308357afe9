"""What a forecast's report shows, as tables: by year, by test and by municipality, with their bands."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sim.inputs.region.model import Region
from sim.report import estimates
from sim.report.estimates import Estimate
from sim.runs import places
from sim.runs.outcomes import OUTCOMES
from sim.runs.results import Results

BANDS = ("mean", "p10", "p90", "step")
WAITING = ("no_opportunity", "no_land", "no_slot", "waiting_money")  # columns of the totals: dwellings that wait, by what for


def tables_of(results: Results, region: Region) -> dict[str, pd.DataFrame]:
    """Return the tables of a forecast by name: `years`, `tests` (empty in a rhythm without any), `municipalities`, `facts`.

    `step`: to which a number is worth writing, as its error has it. Contributions in million euro.
    """
    return {
        "years": by_year(results),
        "tests": by_test(results),
        "municipalities": by_municipality(results, region),
        "facts": facts(results),
    }


def by_year(results: Results) -> pd.DataFrame:
    """Return a row per year: dwellings that count, with their bands, all net dwellings, what is asked by then, contributions so far."""
    counted, net, paid = results.yearly("bso"), results.yearly("net"), estimates.contributions(results)
    path = results.path.set_index("year")["required"] if len(results.path) else pd.Series(dtype=float)
    rows = []
    for year in counted.columns:
        of_year = {"realised": (counted[year], 1.0), "net": (net[year], 1.0), "paid": (paid[year], 0.1)}
        known = {name: estimates.estimate(values.astype(float), results, finest) for name, (values, finest) in of_year.items()}
        p25, p75 = np.percentile(counted[year], (25, 75))
        row = {"year": year, "growth_path": float(path.get(year, np.nan)), "realised_p25": p25, "realised_p75": p75}
        rows.append(row | _columns(known) | {"paid_median": float(paid[year].median())})
    return pd.DataFrame(rows)


def by_test(results: Results) -> pd.DataFrame:
    """Return a row per test: municipalities by category, dwellings that lack, contributions, each with its band."""
    return pd.DataFrame([{"test": test, **_columns(known)} for test, known in estimates.at_tests(results).items()])


def _columns(known: Mapping[str, Estimate]) -> dict[str, float]:
    """Return estimates as columns: mean, ends of the 80% band (none where there are too few replications for it), step."""
    return {
        f"{name}_{part}": value
        for name, e in known.items()
        for part, value in zip(BANDS, (e.mean, *((e.low, e.high) if e.banded else (np.nan, np.nan)), e.step), strict=True)
    }


def by_municipality(results: Results, region: Region) -> pd.DataFrame:
    """Return a row per municipality: its company, objective and share of it realised at the end (means), its chance of 2B at every test, and at
    one of them at least."""
    run = {"": results}
    table = places.municipalities(run, region)[["nis", "municipality", "company", "objective", "realised", "share", "ever_2B"]]
    chances = places.chances(run, region)
    for test in results.tests():
        table[f"2B_{test}"] = chances.loc[chances["test"] == test, "2B"].to_numpy()
    return table


def facts(results: Results) -> pd.DataFrame:
    """Return the numbers of the answer, a row each: the 2B verdicts over all tests, municipalities in 2B at least once, what is waited for."""
    series = {name: OUTCOMES[name].of(results) for name in ("municipalities_ever_2B", "verdicts_2B")}
    series |= {name: results.last_year(name).astype(float) for name in WAITING}
    known = {name: estimates.estimate(values, results) for name, values in series.items()}
    past = estimates.null_shares(results).values()
    numbers = {
        "objective": results.manifest["objective"],
        "replications": results.manifest["replications"],
        "reached": results.reached().sum(),
    }
    numbers |= {"past_least": min(past), "past_most": max(past), "judged": estimates.municipalities(estimates.at_tests(results))}
    rows = [{"fact": name, "value": float(value), "step": 1.0} for name, value in numbers.items()]
    rows += [{"fact": name, "value": e.mean, "step": e.step} for name, e in known.items()]
    return pd.DataFrame(rows)
