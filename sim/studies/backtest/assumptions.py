"""On which of its assumptions do the errors of the backtest hang? One at a time is changed, with the same luck. A diagnosis, not a forecast."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from sim.inputs.scenario.changes import changed, doubts
from sim.inputs.scenario.model import load_scenario
from sim.runs.experiment import Progress, run_experiments
from sim.studies.backtest.naive import known_outcomes
from sim.studies.backtest.study import forecast_of

AS_IS = "as_assumed"
# Start and figure: what the backtest misses most.
LOOKED_AT = (
    *((2008, "category_1_2016"), (2008, "category_1_2018"), (2015, "category_1_2018")),
    *((2008, "net_2023"), (2008, "missed_2025"), (2008, "rented_in_2023"), (2008, "planned_2023")),
)


def doubted(
    scenarios: Mapping[int, Path],
    folder: Path,
    replications: int,
    seed: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Return the mean of every figure of LOOKED_AT, in its unit, as assumed and with each doubt in its place.

    A row per doubt (`doubt`: its name, or `as_assumed`), start and outcome, with the fact. Written to doubts.csv. Raises what
    `run_experiments` raises.
    """
    loaded = {
        start: load_scenario(scenarios[start], seed, replications) for start in dict.fromkeys(start for start, _ in LOOKED_AT)
    }
    variants = {f"{AS_IS}-{start}": scenario for start, scenario in loaded.items()}
    for name, doubt in doubts().items():
        for start, scenario in loaded.items():
            variants[f"{name}-{start}"] = changed(scenario, doubt.changes, f"{start}-{name}", f"doubts.toml, {name}")
    runs = run_experiments(variants, folder / "doubts", workers, progress=progress)
    outcomes = known_outcomes()
    facts = outcomes.set_index("outcome")
    rows = []
    for name in (AS_IS, *doubts()):
        forecasts = {start: forecast_of(runs[f"{name}-{start}"], start, outcomes) for start in loaded}
        for start, outcome in LOOKED_AT:
            known = {key: facts.loc[outcome, key] for key in ("measure", "year", "nis", "unit")}
            mean = float(forecasts[start][outcome].mean())
            rows.append(
                {"doubt": name, "start": start, "outcome": outcome, **known, "fact": facts.loc[outcome, "value"], "mean": mean}
            )
    table = pd.DataFrame(rows)
    table.to_csv(folder / "doubts.csv", index=False, lineterminator="\n", float_format="%.10g")
    return table
