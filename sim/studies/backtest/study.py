"""The scheme of 2009-2025, forecast from its own days and held against what became of it: see docs/backtest.md for what is assumed."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.inputs.errors import InputError
from sim.inputs.estimate.past import REALISED, RENTED_IN, STARTS
from sim.inputs.scenario.changes import assumption_checks, changed
from sim.inputs.scenario.library import library_folder
from sim.inputs.scenario.model import Scenario, load_scenario
from sim.runs.experiment import Progress, run_experiments
from sim.runs.results import Results
from sim.runs.scores import LEVELS, bands, crps, crps_of_point
from sim.studies.backtest.naive import NAIVE, known_outcomes, naive
from sim.studies.result import Result

FEWEST = 10  # replications: fewer hold no 80% band
CHECKED = 20  # replications of each assumption check, at least; a fifth of the backtest's where those are more
AS_IS = "as_assumed"
ALL = "all"
STAGES = ("mjp", "ktp", "construction", "dormant")
Values = NDArray[np.float64]
# Start and figure: what the backtest misses most.
LOOKED_AT = (
    *((2008, "category_1_2016"), (2008, "category_1_2018"), (2015, "category_1_2018")),
    *((2008, "net_2023"), (2008, "missed_2025"), (2008, "rented_in_2023"), (2008, "planned_2023")),
)


@dataclass(frozen=True)
class Backtest(Result):
    """What was scored. `scores`: a row per start and outcome, with the band, the fact and the scores of the forecast and of naive ones.

    `starts`, `skill`: `counted` by start and by measure. `assumption_checks`: see `checked_assumptions`; not there when it was not asked for.
    """

    SUMMED: ClassVar[tuple[str, ...]] = ("starts", "skill", "doubts")
    ROWS: ClassVar[str] = "starts"


def backtest(
    replications: int | None = 500,
    seed: int | None = None,
    workers: int | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    checked: int | None = None,
    library: Path | None = None,
) -> Backtest:
    """Run the scheme of 2009-2025 from each start and score it, and run it again with each of its assumptions changed.

    `checked`: replications of each changed assumption (0: none of it). `library`: the folder with the starts. Raises InputError for fewer than
    FEWEST replications, and what `run_experiments` raises.
    """
    if replications is not None and replications < FEWEST:
        raise InputError("--replications", "", f"found {replications}; a band needs {FEWEST} or more")
    folder, outcomes, rows = Path(out or "results/backtest"), known_outcomes(), []
    scenarios = starts(replications, seed, library)
    named = {str(start): scenario for start, scenario in scenarios.items()}
    runs = run_experiments(named, folder / "runs", workers, progress=progress)
    for start in scenarios:
        forecast = forecast_of(runs[str(start)], start, outcomes)
        of_start = outcomes[outcomes["outcome"].isin(list(forecast))].to_dict("records")
        rows += [{"start": start, **scored(forecast[outcome["outcome"]], outcome, start)} for outcome in of_start]
    scores, first = pd.DataFrame(rows), scenarios[min(scenarios)]
    facts = {"seed": first.seed, "replications": first.replications, "scenarios": [s.name for s in scenarios.values()]}
    tables = {"scores": scores, "starts": counted(scores, "start"), "skill": counted(scores, "measure")}
    if checked != 0:
        few = starts(checked or max(CHECKED, first.replications // 5), seed, library)
        tables["doubts"] = checked_assumptions(few, folder, workers, progress)
    result = Backtest(folder, facts, tables)
    result.write()
    return result


def starts(replications: int | None, seed: int | None = None, library: Path | None = None) -> dict[int, Scenario]:
    """Return the scenario of every start, of the library of the working directory or the project, or of another."""
    folder = (library or library_folder()) / "backtest"
    return {start: load_scenario(folder / f"{start}.toml", seed, replications) for start in STARTS}


def checked_assumptions(
    scenarios: Mapping[int, Scenario], folder: Path, workers: int | None = None, progress: Progress | None = None
) -> pd.DataFrame:
    """Return on which of its assumptions the errors of the backtest hang: one is changed at a time, with the same luck. No forecast.

    A row per doubt (`doubt`: its name, or `as_assumed`), start and outcome of LOOKED_AT, with the fact and the mean, in the outcome's unit.
    Raises what `run_experiments` raises.
    """
    looked_at = {start: scenarios[start] for start in dict.fromkeys(start for start, _ in LOOKED_AT)}
    variants = {f"{AS_IS}-{start}": scenario for start, scenario in looked_at.items()}
    for name, check in assumption_checks().items():
        for start, scenario in looked_at.items():
            variants[f"{name}-{start}"] = changed(scenario, check.changes, f"{start}-{name}", f"doubts.toml, {name}")
    runs = run_experiments(variants, folder / "doubts", workers, progress=progress)
    outcomes = known_outcomes()
    facts, rows = outcomes.set_index("outcome").rename(columns={"value": "fact"}), []
    for name in (AS_IS, *assumption_checks()):
        forecasts = {start: forecast_of(runs[f"{name}-{start}"], start, outcomes) for start in looked_at}
        for start, outcome in LOOKED_AT:
            known = facts.loc[outcome, ["measure", "year", "nis", "unit", "fact"]].to_dict()
            mean = float(forecasts[start][outcome].mean())
            rows.append({"doubt": name, "start": start, "outcome": outcome, **known, "mean": mean})
    return pd.DataFrame(rows)


def forecast_of(results: Results, start: int, outcomes: pd.DataFrame) -> dict[str, Values]:
    """Return what a run from a start says of every known figure that lies after it, in the units of outcomes.csv: a value per replication."""
    tests = dict(iter(results.test_totals.set_index("replication").sort_index().groupby("test")))
    table = results.table("municipalities")  # in the order of the replications
    of_year = cache(results.yearly)

    def yearly(name: str, year: int) -> "pd.Series[int]":
        return of_year(name)[year]

    def grown(name: str, since: int, year: int, before: float = 0) -> Any:
        """Return by how much a total grew since the end of a year, or since the start, where it was `before`."""
        return yearly(name, year) - (yearly(name, since) if since > start else before)

    def forecast(measure: str, since: int, year: int, nis: Any) -> Any:
        if measure.startswith("category"):
            test, every = tests[year], table["nis"].nunique()  # who has no objective is in category 1, as in the published counts
            return (every - test["category_2A"] - test["category_2B"] if measure == "category_1" else test[measure]) / every
        if measure == "share":
            place = table[(table["nis"] == nis) & (table["year"] == year)]
            return place["realised"] / place["objective"].clip(lower=1)
        if measure == "missed":
            return share_missed(table, year)
        if measure == "rented_in":
            return RENTED_IN[start] + yearly("rent_in", year)
        if measure == "delivered":
            return grown("delivered", since, year, REALISED[start])
        if measure == "rented_in_growth":
            return grown("rent_in", since, year) / (year - since)
        if measure == "owned_growth":
            lost = grown("sold", since, year) + grown("demolished", since, year)
            return (grown("delivered", since, year, REALISED[start]) + grown("purchased", since, year) - lost) / (year - since)
        if measure == "planned":
            return sum(yearly(stage, year) for stage in STAGES)
        return yearly(measure, year)

    def begun(row: Mapping[Any, Any]) -> int:
        return start if pd.isna(row["since"]) else max(start, int(row["since"]))

    after = (row for row in outcomes.to_dict("records") if row["year"] > start)
    foreseen = [row for row in after if not row["measure"].startswith("category") or row["year"] in tests]
    return {row["outcome"]: forecast(row["measure"], begun(row), row["year"], row["nis"]).to_numpy(np.float64) for row in foreseen}


def share_missed(table: pd.DataFrame, year: int) -> "pd.Series[Any]":
    """Return the share of the municipalities with an objective that had not realised it by the end of a year, by replication."""
    judged = table[(table["year"] == year) & (table["objective"] > 0)]
    return (judged["realised"] < judged["objective"]).groupby(judged["replication"]).mean()


def scored(values: Values, outcome: Mapping[Any, Any], start: int) -> dict[str, Any]:
    """Return the row of one outcome: fact, band, whether each band covers it, and the scores beside those of naive forecasters.

    `fed`: the figure fed an assumption of this start; `fitted`: the fit of `bso calibrate` sees it (this forecast never does). Lower scores
    are better; `skill_`: the part of a naive forecaster's score that the forecast saves (above 0: better, 0: the same; NaN: it says nothing).
    """
    fact = float(outcome["value"])
    row: dict[str, Any] = {**{k: outcome[k] for k in ("outcome", "measure", "year", "nis", "unit", "source")}, "fact": fact}
    row["fed"] = str(start) in str(outcome["fed"]).split()
    row["fitted"] = bool(outcome["fitted"])
    row["mean"] = float(values.mean())
    row |= bands(values, fact)
    row["crps"] = crps(values, fact)
    guesses = naive(outcome, start)
    for name in NAIVE:
        value = guesses.get(name, np.nan)
        score = crps_of_point(value, fact)
        row |= {name: value, f"crps_{name}": score, f"skill_{name}": saved(row["crps"], score)}
    return row


def counted(scores: pd.DataFrame, by: str) -> pd.DataFrame:
    """Return a row per value of a column, and last for all, of the figures that fed no assumption.

    `outcomes`: how many; `held_`: how many each band holds. Per naive forecaster, of those of which it says something of its own: `said_`, how
    many; `better_`, for how many the forecast scores better; `skill_`, what the forecast saves of its scores (of one measure only, as units
    differ; NaN: it says nothing).
    """
    free, rows = scores[~scores["fed"]], []
    for value, group in [*free.groupby(by, sort=False), (ALL, free)]:
        row: dict[str, Any] = {by: str(value), "outcomes": len(group)}
        row |= {f"held_{level:g}": int(group[f"covered_{level:g}"].sum()) for level in LEVELS}
        for name in NAIVE:
            guessed = group[group[name].notna()]
            row |= {f"said_{name}": len(guessed), f"better_{name}": int((guessed["crps"] < guessed[f"crps_{name}"]).sum())}
            one = len(guessed) > 0 and group["measure"].nunique() == 1
            row[f"skill_{name}"] = saved(guessed["crps"].sum(), guessed[f"crps_{name}"].sum()) if one else np.nan
        rows.append(row)
    return pd.DataFrame(rows)


def saved(mine: float, naive: float) -> float:
    """Return the part of a naive forecaster's score that a forecast saves: 1 perfect, 0 no better; where that one was never wrong, 1 or -inf."""
    if naive > 0 or math.isnan(naive):
        return 1 - mine / naive
    return -math.inf if mine > 0 else 1.0
