"""The scheme of 2009-2025, forecast from its own days and held against what became of it: see docs/backtest.md for what is assumed."""

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
from sim.runs.disk.folders import own
from sim.runs.experiment import Progress
from sim.runs.scores import LEVELS, bands, crps, crps_of_normal, pit
from sim.studies.backtest.acceptance import acceptance
from sim.studies.backtest.drawn import AS_IS, FIRST_EDITION, Variant, drawn
from sim.studies.backtest.drivers import ALL, changes, drivers
from sim.studies.backtest.forecast import Values
from sim.studies.backtest.naive import NAIVE, known_outcomes, naive
from sim.studies.backtest.spread import Spread, spread
from sim.studies.backtest.who import EDITIONS, who
from sim.studies.result import Result

FEWEST = 10  # replications: fewer hold no 80% band
CHECKED = 20  # replications of each assumption check, at least; a fifth of the backtest's where those are more
# Start and figure: what the backtest misses most, and what the assumptions bear on.
LOOKED_AT = (
    *((2008, "category_1_2016"), (2008, "category_1_2018"), (2015, "category_1_2018"), (2008, "missed_2018")),
    *((2008, "net_2023"), (2008, "rented_in_2023"), (2008, "planned_2023"), (2008, "owned_growth_2021")),
)


@dataclass(frozen=True)
class Backtest(Result):
    """What was scored. `scores`: a row per start and outcome, with the band, the fact and the scores of the forecast and of naive ones;
    `scores_first_edition`: the same of the model's first edition.

    `drivers`, `changes`, `acceptance`, `who`: see the functions of these names. `starts`: see `counted`. `doubts`: see `doubted`; not there
    when it was not asked for.
    """

    SUMMED: ClassVar[tuple[str, ...]] = ("drivers", "acceptance", "starts", "who", "doubts")
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
    folder = Path(out or "results/backtest")
    scenarios = starts(replications, seed, library)
    first = scenarios[min(scenarios)]
    counts = {(edition, start): scenario.replications for edition in EDITIONS for start, scenario in scenarios.items()}
    if checked != 0:
        counts |= doubts(min(first.replications, checked or max(CHECKED, first.replications // 5)))
    with own(folder, "backtest"):
        said = drawn(scenarios, counts, folder / "drawn", workers, progress, library)
        as_is = {start: said[AS_IS, start] for start in scenarios}
        scores = {edition: scores_of({start: said[edition, start] for start in scenarios}) for edition in EDITIONS}
        facts = {"seed": first.seed, "replications": first.replications, "scenarios": [s.name for s in scenarios.values()]}
        changed = {edition: changes({start: said[edition, start] for start in scenarios}) for edition in EDITIONS}
        tables = {
            "scores": scores[AS_IS],
            "scores_first_edition": scores[FIRST_EDITION],
            "changes": changed[AS_IS],
            "drivers": drivers(scores, changed),
            "acceptance": acceptance(as_is, scores[AS_IS]),
            "starts": counted(scores[AS_IS]),
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


def scores_of(said: Mapping[int, pd.DataFrame]) -> pd.DataFrame:
    """Return a row per start and outcome that lies after it. `said`: what replications say, by start."""
    rows = [
        {"start": start, **scored(forecast[outcome["outcome"]].to_numpy(np.float64), outcome, start)}
        for start, forecast in said.items()
        for outcome in known_outcomes().to_dict("records")
        if outcome["outcome"] in forecast
    ]
    return pd.DataFrame(rows)


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
    """Return the row of one outcome: fact, band, whether each band covers it, where in the forecast it lies (`pit`), and the scores beside those
    of naive forecasters.

    `fed`: the figure fed an assumption of this start; `fitted`: the fit of `bso calibrate`, whose sets are drawn from, sees it; `free`: neither,
    and it is scored. Of a naive forecaster its number, `spread_` (see `spread`), on how many own `errors_` that rests, and `crps_`; NaN where it
    says nothing. Lower scores are better.
    """
    fact = float(outcome["value"])
    row: dict[str, Any] = {
        **{k: outcome[k] for k in ("outcome", "measure", "driver", "year", "nis", "unit", "source")},
        "fact": fact,
    }
    row["fed"] = str(start) in str(outcome["fed"]).split()
    row["fitted"] = bool(outcome["fitted"])
    row["free"] = outcome["use"] == "scored" and not row["fed"] and not row["fitted"]
    row["mean"] = float(values.mean())
    row |= bands(values, fact) | {"pit": pit(values, fact), "crps": crps(values, fact)}
    guesses = naive(outcome, start)
    for name in NAIVE:
        value = guesses.get(name, np.nan)
        sure = spread(name, value, outcome, start) if name in guesses else Spread(np.nan, 0)
        row |= {name: value, f"spread_{name}": sure.deviation, f"errors_{name}": sure.errors}
        row[f"crps_{name}"] = crps_of_normal(value, sure.deviation, fact)
    return row


def counted(scores: pd.DataFrame) -> pd.DataFrame:
    """Return a row per start, and last for all, of the figures that fed no assumption and no fit: how many (`outcomes`), of how many different
    figures (`different`), and how many each band holds (`held_`)."""
    free = scores[scores["free"]]
    return pd.DataFrame(
        {"start": str(start), "outcomes": len(group), "different": group["outcome"].nunique()}
        | {f"held_{level:g}": int(group[f"covered_{level:g}"].sum()) for level in LEVELS}
        for start, group in [*free.groupby("start"), (ALL, free)]
    )
