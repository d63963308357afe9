"""A fit checked: the old scheme from 2008, as assumed and as fitted, against what it was fitted to and against what came later."""

from pathlib import Path

import numpy as np
import pandas as pd

from sim.inputs.scenario.model import Scenario
from sim.inputs.scenario.ranges import at
from sim.runs.experiment import Progress, run_experiments
from sim.studies.backtest.naive import known_outcomes
from sim.studies.backtest.study import UNTIL, forecast_of, scored
from sim.studies.calibration.study import Calibration, free_parameters

REPLICATIONS = 20  # of every set


def later(found: Calibration, scenario: Scenario, workers: int | None = None, progress: Progress | None = None) -> pd.DataFrame:
    """Return a row per outcome: fact, mean, 80% band and CRPS as assumed and as fitted, and whether the fit has seen it; written to later.csv.

    By running the fitted sets, and the scenario with as many replications. Raises what `run_experiments` raises.
    """
    start, known = scenario.start.year, free_parameters()
    sets = found.fitted.sets(len(found.sets), scenario.seed)
    lean = scenario.model_copy(update={"replications": REPLICATIONS})
    variants = {
        f"set_{k:03d}": at(lean, {str(n): float(v) for n, v in row.items()}, f"set {k}", known) for k, row in sets.iterrows()
    }
    folder: Path = found.folder / "later"
    runs = run_experiments(
        {**variants, "assumed": scenario.model_copy(update={"replications": REPLICATIONS * len(sets)})},
        folder,
        workers,
        progress=progress,
    )
    outcomes = known_outcomes()
    outcomes = outcomes[(outcomes["year"] > start) & (outcomes["measure"] != "missed")]  # an expectation, no count
    assumed = forecast_of(runs.pop("assumed"), start, outcomes)
    parts = [forecast_of(results, start, outcomes) for results in runs.values()]
    rows = []
    for outcome in outcomes.to_dict("records"):
        name = str(outcome["outcome"])
        row = {
            "outcome": name,
            "seen": int(outcome["year"]) <= UNTIL,
            "nis": outcome["nis"],
            "measure": outcome["measure"],
            "year": outcome["year"],
            "unit": outcome["unit"],
            "fact": outcome["value"],
        }
        for what, values in (("assumed", assumed[name]), ("fitted", np.concatenate([part[name] for part in parts]))):
            score = scored(values, outcome, start)
            kept = {"mean": "mean", "p10": "low_0.8", "p90": "high_0.8", "covered": "covered_0.8", "crps": "crps"}
            row |= {f"{key}_{what}": score[column] for key, column in kept.items()}
        rows.append(row)
    table = pd.DataFrame(rows)
    table.to_csv(found.folder / "later.csv", index=False, lineterminator="\n", float_format="%.6g")
    return table
