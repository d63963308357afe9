"""The scheme of 2009-2025, forecast from its own days and held against what became of it: see docs/backtest.md for what is assumed."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from sim.inputs.errors import InputError
from sim.inputs.estimate.past import STARTS
from sim.inputs.scenario.changes import assumption_checks
from sim.inputs.scenario.library import library_folder
from sim.inputs.scenario.model import Scenario, load_scenario
from sim.runs.experiment import Progress
from sim.runs.scores import LEVELS, bands, crps, crps_of_point
from sim.studies.backtest.acceptance import acceptance
from sim.studies.backtest.drawn import AS_IS, Variant, drawn
from sim.studies.backtest.forecast import Values
from sim.studies.backtest.naive import NAIVE, known_outcomes, naive
from sim.studies.backtest.who import EDITIONS, who
from sim.studies.result import Result

FEWEST = 10  # replications: fewer hold no 80% band
CHECKED = 20  # replications of each assumption check, at least; a fifth of the backtest's where those are more
ALL = "all"
# Start and figure: what the backtest misses most, and what the assumptions bear on.
LOOKED_AT = (
    *((2008, "category_1_2016"), (2008, "category_1_2018"), (2015, "category_1_2018"), (2008, "missed_2018")),
    *((2008, "net_2023"), (2008, "rented_in_2023"), (2008, "planned_2023"), (2008, "owned_growth_2021")),
)


@dataclass(frozen=True)
class Backtest(Result):
    """What was scored. `scores`: a row per start and outcome, with the band, the fact and the scores of the forecast and of naive ones.

    `acceptance`, `who`: see the functions of these names. `starts`, `skill`: `counted` by start and by measure. `doubts`: see `doubted`; not
    there when it was not asked for.
    """

    SUMMED: ClassVar[tuple[str, ...]] = ("acceptance", "starts", "skill", "who", "doubts")
    ROWS: ClassVar[str] = "starts"


def backtest(
    replications: int | None = 200,
    seed: int | None = None,
    workers: int | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    checked: int | None = None,
    library: Path | None = None,
) -> Backtest:
    """Run the scheme of 2009-2025 from each start, every replication with a parameter set of its own, and score it; and run it again as the
    first edition of the model, and with each of its assumptions changed.

    `checked`: replications of each changed assumption (0: none of it). `library`: the folder with starts and fitted sets. Raises InputError
    for fewer than FEWEST replications, and what `drawn` raises.
    """
    if replications is not None and replications < FEWEST:
        raise InputError("--replications", "", f"found {replications}; a band needs {FEWEST} or more")
    folder, outcomes, rows = Path(out or "results/backtest"), known_outcomes(), []
    scenarios = starts(replications, seed, library)
    first = scenarios[min(scenarios)]
    counts = {(edition, start): scenario.replications for edition in EDITIONS for start, scenario in scenarios.items()}
    if checked != 0:
        counts |= doubts(min(first.replications, checked or max(CHECKED, first.replications // 5)))
    said = drawn(scenarios, counts, folder / "drawn", workers, progress, library)
    as_is = {start: said[AS_IS, start] for start in scenarios}
    for start, forecast in as_is.items():
        of_start = outcomes[outcomes["outcome"].isin(list(forecast))].to_dict("records")
        rows += [{"start": start, **scored(forecast[row["outcome"]].to_numpy(np.float64), row, start)} for row in of_start]
    scores = pd.DataFrame(rows)
    facts = {"seed": first.seed, "replications": first.replications, "scenarios": [s.name for s in scenarios.values()]}
    tables = {
        "scores": scores,
        "acceptance": acceptance(as_is, scores),
        "starts": counted(scores, "start"),
        "skill": counted(scores, "measure"),
        "who": who({variant: said[variant] for variant in counts if variant[0] in EDITIONS}),
    }
    if checked != 0:
        tables["doubts"] = doubted(said)
    result = Backtest(folder, facts, tables)
    result.write()
    return result


def starts(replications: int | None, seed: int | None = None, library: Path | None = None) -> dict[int, Scenario]:
    """Return the scenario of every start, of the library of the working directory or the project, or of another."""
    folder = (library or library_folder()) / "backtest"
    return {start: load_scenario(folder / f"{start}.toml", seed, replications) for start in STARTS}


def doubts(count: int) -> dict[Variant, int]:
    """Return the variants in which one assumption is changed, from the starts of LOOKED_AT, with so many replications of each."""
    return {(name, start): count for name in assumption_checks() for start in dict.fromkeys(start for start, _ in LOOKED_AT)}


def doubted(said: Mapping[Variant, pd.DataFrame]) -> pd.DataFrame:
    """Return on which of its assumptions the errors of the backtest hang: one is changed at a time, with the same luck and the same sets. No
    forecast.

    A row per doubt (`doubt`: its name, or `as_assumed`), start and outcome of LOOKED_AT, with the fact and the mean over the replications that
    all of them have, in the outcome's unit.
    """
    facts, rows = known_outcomes().set_index("outcome").rename(columns={"value": "fact"}), []
    count = min(len(said[name, start]) for name in assumption_checks() for start, _ in LOOKED_AT)
    for name in (AS_IS, *assumption_checks()):
        for start, outcome in LOOKED_AT:
            known = facts.loc[outcome, ["measure", "year", "nis", "unit", "fact"]].to_dict()
            mean = float(said[name, start][outcome].iloc[:count].mean())
            rows.append({"doubt": name, "start": start, "outcome": outcome, **known, "mean": mean})
    return pd.DataFrame(rows)


def scored(values: Values, outcome: Mapping[Any, Any], start: int) -> dict[str, Any]:
    """Return the row of one outcome: fact, band, whether each band covers it, and the scores beside those of naive forecasters.

    `fed`: the figure fed an assumption of this start; `fitted`: the fit of `bso calibrate`, whose sets are drawn from, sees it. Lower scores
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
    """Return a row per value of a column, and last for all, of the figures that fed no assumption and no fit.

    `outcomes`: how many; `held_`: how many each band holds. Per naive forecaster, of those of which it says something of its own: `said_`, how
    many; `better_`, for how many the forecast scores better; `skill_`, what the forecast saves of its scores (of one measure only, as units
    differ; NaN: it says nothing).
    """
    free, rows = scores[~scores["fed"] & ~scores["fitted"]], []
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
