"""The scheme of 2009-2025, forecast from its own days and held against what became of it: see docs/backtest.md for what is assumed."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.inputs.estimate.past import PLANNED, REALISED, RENTED_IN, THROUGHPUT
from sim.inputs.region import DATA
from sim.inputs.scenario import load_scenario
from sim.study.experiment import Report, run_experiments
from sim.study.results import Results
from sim.study.scores import LEVELS, bands, crps, crps_of_point

STARTS = (2008, 2015, 2019)
NULMETING = 2007  # 31 December; from here the scheme counts
NAIVE = ("persistence", "line", "base")  # naive forecasters, see `naive`
OBJECTIVE, YEARS = 35_000, 17  # dwellings, years: the base rate
RENT_IN_BEFORE = {2008: 393, 2015: 638, 2019: 741}  # dwellings a year that rent-in grew in the years known at the start; derived
STAGES = ("mjp", "ktp", "construction", "dormant")
RHYTHM = 0.0568  # of the objective for every year; progress test of 2022
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Backtest:
    """What was scored. `scores`: a row per start and outcome, with the band, the fact and the scores of the forecast and of naive ones.

    `draws`: the forecast itself, by start and outcome: a value per replication. `facts`: what it rests on.
    """

    folder: Path
    scores: pd.DataFrame
    draws: Mapping[tuple[int, str], Values]
    facts: Mapping[str, Any]

    def summary(self) -> pd.DataFrame:
        """Return a row per start and for all: outcomes that no assumption was fed with, those covered by each band, mean skill."""
        free = self.scores[~self.scores["fed"]]
        rows = []
        for start, group in [*((str(s), g) for s, g in free.groupby("start")), ("all", free)]:
            row: dict[str, Any] = {"start": start, "outcomes": len(group)}
            row |= {f"covered_{level:g}": float(group[f"covered_{level:g}"].mean()) for level in LEVELS}
            row |= {name: float((group[name] > 0).mean()) for name in (f"skill_{n}" for n in NAIVE)}
            rows.append(row)
        return pd.DataFrame(rows)


def known_outcomes() -> pd.DataFrame:
    """Return what the backtests are scored on: outcome, measure, year, nis, value, unit, fed (starts), source."""
    return pd.read_csv(DATA / "outcomes.csv", dtype={"fed": "string", "nis": "Int64"}).fillna({"fed": ""})


def backtest(
    scenarios: Mapping[int, Path],
    folder: Path,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    report: Report | None = None,
) -> Backtest:
    """Run the scheme of 2009-2025 from each start (its scenario file) and score it. Raises what `run_experiments` raises."""
    loaded = {start: load_scenario(path, seed, replications) for start, path in scenarios.items()}
    runs = run_experiments({str(start): scenario for start, scenario in loaded.items()}, folder / "runs", workers, report=report)
    outcomes, rows, draws = known_outcomes(), [], {}
    for start in loaded:
        forecast = forecast_of(runs[str(start)], start, outcomes)
        for outcome in outcomes.to_dict("records"):
            if outcome["outcome"] in forecast:
                values = draws[start, outcome["outcome"]] = forecast[outcome["outcome"]]
                rows.append({"start": start, **scored(values, outcome, start)})
    first = loaded[min(loaded)]
    facts = {"seed": first.seed, "replications": first.replications, "scenarios": [s.name for s in loaded.values()]}
    scores = pd.DataFrame(rows)
    scores.to_csv(folder / "scores.csv", index=False, lineterminator="\n", float_format="%.10g")
    return Backtest(folder, scores, draws, facts)


def forecast_of(results: Results, start: int, outcomes: pd.DataFrame) -> dict[str, Values]:
    """Return what a run from a start says of every outcome that lies after it: a value per replication."""
    found: dict[str, Values] = {}
    shares = _shares(results, outcomes)
    for row in outcomes.to_dict("records"):
        name, measure, year = str(row["outcome"]), str(row["measure"]), int(row["year"])
        if measure.startswith("category"):
            tests = results.test_totals[results.test_totals["test"] == year].set_index("replication").sort_index()
            if len(tests):
                of_all = tests[["category_1", "category_2A", "category_2B"]].sum(axis=1)
                found[name] = (tests[measure] / of_all).to_numpy(np.float64)
        elif year <= start:
            continue
        elif measure == "share":
            found[name] = shares[int(row["nis"]), year]
        elif measure == "delivered":
            before = results.yearly("delivered")[year - 1] if year - 1 > start else REALISED[start]
            found[name] = (results.yearly("delivered")[year] - before).to_numpy(np.float64)
        elif measure == "rented_in":
            found[name] = RENTED_IN[start] + results.yearly("rent_in")[year].to_numpy(np.float64)
        elif measure == "owned_growth":
            ends = (
                results.yearly("delivered")[year]
                - REALISED[start]
                + results.yearly("purchased")[year]
                - results.yearly("sold")[year]
            )
            found[name] = (ends / (year - start)).to_numpy(np.float64)
        elif measure == "planned":
            found[name] = np.sum([results.yearly(stage)[year].to_numpy(np.float64) for stage in STAGES], axis=0)
        else:
            found[name] = results.yearly(measure)[year].to_numpy(np.float64)
    return found


def _shares(results: Results, outcomes: pd.DataFrame) -> dict[tuple[int, int], Values]:
    """Return the share of its objective that each municipality of the outcomes realised, by NIS code and year."""
    wanted = outcomes[outcomes["measure"] == "share"]
    table = results.table("municipalities")
    table = table[table["nis"].isin(wanted["nis"].astype(int)) & table["year"].isin(wanted["year"])]
    table = table.assign(share=table["realised"] / table["objective"].clip(lower=1)).sort_values("replication")
    pairs = set(zip(table["nis"].tolist(), table["year"].tolist(), strict=True))
    return {
        (nis, year): table.loc[(table["nis"] == nis) & (table["year"] == year), "share"].to_numpy(np.float64) for nis, year in pairs
    }


def scored(values: Values, outcome: Mapping[Any, Any], start: int) -> dict[str, Any]:
    """Return the row of one outcome: fact, band, whether each band covers it, and the scores beside those of naive forecasters.

    Lower is better; `skill_`: the part of a naive forecaster's score that the forecast saves (above 0: better, 0: the same).
    """
    fact = float(outcome["value"])
    row: dict[str, Any] = {**{k: outcome[k] for k in ("outcome", "measure", "year", "nis", "unit", "source")}, "fact": fact}
    row["fed"] = str(start) in str(outcome["fed"]).split()
    row["mean"] = float(values.mean())
    row |= bands(values, fact)
    row["crps"] = crps(values, fact)
    for name, said in naive(outcome, start).items():
        score = crps_of_point(said, fact)
        row |= {name: said, f"crps_{name}": score, f"skill_{name}": 1 - row["crps"] / score if score > 0 else -np.inf}
    return row


def naive(outcome: Mapping[Any, Any], start: int) -> dict[str, float]:
    """Return what naive forecasters say at the start: the last value stays; a straight line at the pace known; the rate the scheme asks.

    In the outcome's unit. Of a test the shares of the one before where it is known, else an even chance of category 1, and of 2a and 2b.
    """
    measure, year = str(outcome["measure"]), int(outcome["year"])
    ahead, asked = year - start, OBJECTIVE / YEARS
    if measure == "net":
        base = float(REALISED[start])
        pace = base / (start - NULMETING)
        return {
            "persistence": base + THROUGHPUT[start] * ahead,
            "line": base + pace * ahead,
            "base": OBJECTIVE * RHYTHM * (year - NULMETING),
        }
    if measure == "owned_growth":
        return {"persistence": 1_500.0, "line": 1_500.0, "base": asked}
    if measure == "delivered":
        last = (
            1_909.0 if start == 2019 else float(THROUGHPUT[start])
        )  # delivered in 2019; before, what stock grew by and what was sold
        return {"persistence": last, "line": last, "base": asked}
    if measure == "rented_in":
        line = RENTED_IN[start] + RENT_IN_BEFORE[start] * ahead
        return {"persistence": RENTED_IN[start], "line": line, "base": line}
    if measure == "planned":
        return {
            "persistence": PLANNED[start] or THROUGHPUT[start] * 5,
            "line": PLANNED[start] or THROUGHPUT[start] * 5,
            "base": asked * 5,
        }
    if measure == "share":
        return {
            "persistence": RHYTHM * (start - NULMETING),
            "line": RHYTHM * (year - NULMETING),
            "base": (year - NULMETING - 1) / YEARS,
        }
    even = {"category_1": 0.5, "category_2A": 0.25, "category_2B": 0.25}[measure]
    before = {"category_1": 207 / 308, "category_2A": 66 / 308, "category_2B": 35 / 308}[measure]
    last = before if year > 2016 and start >= 2016 else even
    return {"persistence": last, "line": last, "base": even}


def default_scenarios(library: Path) -> dict[int, Path]:
    """Return the scenario file of every start."""
    return {start: library / "backtest" / f"{start}.toml" for start in STARTS}
