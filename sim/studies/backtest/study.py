"""The scheme of 2009-2025, forecast from its own days and held against what became of it: see docs/backtest.md for what is assumed."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.inputs.errors import InputError
from sim.inputs.estimate.past import REALISED, RENTED_IN, STARTS
from sim.inputs.scenario.model import load_scenario
from sim.runs.experiment import Progress, run_experiments
from sim.runs.results import Results
from sim.runs.scores import LEVELS, bands, crps, crps_of_point
from sim.studies.backtest.naive import NAIVE, known_outcomes, naive

UNTIL = 2018  # the fit of `bso calibrate` sees what is known up to here, from the first start; later years are left for its check
ALL = "all"
FEWEST = 10  # replications: fewer hold no 80% band
STAGES = ("mjp", "ktp", "construction", "dormant")
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
        """Return `counted` of the figures that fed no assumption, a row per start and one for all."""
        return counted(self.scores, "start")

    def skill(self) -> pd.DataFrame:
        """Return `counted` of the figures that fed no assumption, a row per measure and one for all."""
        return counted(self.scores, "measure")


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
            said = group[group[name].notna()]
            row |= {f"said_{name}": len(said), f"better_{name}": int((said["crps"] < said[f"crps_{name}"]).sum())}
            one = len(said) > 0 and group["measure"].nunique() == 1
            row[f"skill_{name}"] = saved(said["crps"].sum(), said[f"crps_{name}"].sum()) if one else np.nan
        rows.append(row)
    return pd.DataFrame(rows)


def saved(mine: float, naive: float) -> float:
    """Return the part of a naive forecaster's score that a forecast saves: 1 perfect, 0 no better; where that one was never wrong, 1 or -inf."""
    if naive > 0 or math.isnan(naive):
        return 1 - mine / naive
    return -math.inf if mine > 0 else 1.0


def backtest(
    scenarios: Mapping[int, Path],
    folder: Path,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Backtest:
    """Run the scheme of 2009-2025 from each start (its scenario file) and score it.

    Raises InputError for fewer than FEWEST replications, and what `run_experiments` raises.
    """
    if replications is not None and replications < FEWEST:
        raise InputError("--replications", "", f"found {replications}; a band needs {FEWEST} or more")
    loaded = {start: load_scenario(path, seed, replications) for start, path in scenarios.items()}
    runs = run_experiments(
        {str(start): scenario for start, scenario in loaded.items()}, folder / "runs", workers, progress=progress
    )
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
        elif measure == "missed":
            found[name] = share_missed(results, year)
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


def share_missed(results: Results, year: int) -> Values:
    """Return the share of the municipalities with an objective that had not realised it by the end of a year."""
    table = results.table("municipalities")
    table = table[(table["year"] == year) & (table["objective"] > 0)]
    short = (table["realised"] < table["objective"]).groupby(table["replication"]).mean()
    return np.asarray(short.sort_index(), np.float64)


def scored(values: Values, outcome: Mapping[Any, Any], start: int) -> dict[str, Any]:
    """Return the row of one outcome: fact, band, whether each band covers it, and the scores beside those of naive forecasters.

    `fed`: the figure fed an assumption of this start; `fitted`: the fit of `bso calibrate` sees it (this forecast never does). Lower scores
    are better; `skill_`: the part of a naive forecaster's score that the forecast saves (above 0: better, 0: the same; NaN: it says nothing).
    """
    fact = float(outcome["value"])
    row: dict[str, Any] = {**{k: outcome[k] for k in ("outcome", "measure", "year", "nis", "unit", "source")}, "fact": fact}
    row["fed"] = str(start) in str(outcome["fed"]).split()
    row["fitted"] = start == min(STARTS) and int(outcome["year"]) <= UNTIL
    row["mean"] = float(values.mean())
    row |= bands(values, fact)
    row["crps"] = crps(values, fact)
    said = naive(outcome, start)
    for name in NAIVE:
        value = said.get(name, np.nan)
        score = crps_of_point(value, fact)
        row |= {name: value, f"crps_{name}": score, f"skill_{name}": saved(row["crps"], score)}
    return row


def default_scenarios(library: Path) -> dict[int, Path]:
    """Return the scenario file of every start."""
    return {start: library / "backtest" / f"{start}.toml" for start in STARTS}
