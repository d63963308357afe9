"""Parameters fitted to what was known of the old scheme by the end of 2016: approximate Bayesian computation, a sample of sets as the result."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from sim.chance.draws import sobol, uniform
from sim.engine import History
from sim.inputs.errors import InputError
from sim.inputs.region.load import load_region
from sim.inputs.region.model import Region
from sim.inputs.scenario.library import scenario_of
from sim.inputs.scenario.model import Scenario
from sim.inputs.scenario.ranges import Known, UncertainParameter, at, uncertain_parameters
from sim.inputs.scenario.sets import THEN, at_sets, values_of
from sim.runs.disk.folders import own
from sim.runs.disk.store import read_json, seal_of, write_json
from sim.runs.experiment import Progress, run_experiments
from sim.runs.memory import InMemory
from sim.runs.pieces import answers, blocks
from sim.runs.points import replicated
from sim.studies.backtest.forecast import forecast_of
from sim.studies.backtest.naive import UNTIL, known_outcomes
from sim.studies.backtest.study import scored
from sim.studies.calibration.abc import Fit, fit
from sim.studies.result import Result

# What was known by the end of 2016 can say something of and that holds for the years to 2042 as well; people and rent-in of then do not.
CARRIED = (
    *("opportunity_rate", "basis_permits", "effort_gain", "will_shape", "will_known", "will_renewed"),
    *("asleep", "dropped_asleep", "wake", "cancelled", "preparation", "permit", "construction", "size", "private_share"),
    *("search", "search_success", "realism_company", "realism_public", "release_effort", "effort_start"),
    *("sales", "demolition", "rebuilt", "rent_in_exits", "rent_in_effort"),
)
BLOCK = 64  # points in a file
REPLICATIONS = 20  # of every set, when the fit is checked


@dataclass(frozen=True)
class Calibration(Result):
    """A fit. `fitted`: points, statistics, what was kept. `sets`: a row per parameter set that is carried into a forecast; `then`: of the
    same sets what is left behind, for a run of then.

    `facts`: a row per statistic: what happened, and what the prior gives (mean, 10th and 90th percentile). `parameters`: see `marginals`.
    `later`: see `checked`; not there when it was not asked for.
    """

    DIGITS: ClassVar[int | None] = 6
    SUMMED: ClassVar[tuple[str, ...]] = ("parameters", "later")

    fitted: Fit


def free_parameters() -> dict[str, UncertainParameter]:
    """Return the parameters that are fitted: those that are carried, and those of then that are left behind."""
    return {**{name: uncertain_parameters()[name] for name in CARRIED}, **uncertain_parameters(THEN)}


def statistics_of(history: History, scenario: Scenario, region: Region) -> dict[str, float]:
    """Return the statistics of a replication from 2008 that are held against facts up to UNTIL; in the units of outcomes.csv."""
    known = known_outcomes().query("fitted")
    forecast = forecast_of(InMemory([history], scenario, region), scenario, known)
    return {name: float(value) for name, (value,) in forecast.items()}


def calibrate(
    points: int = 4_096,
    kept: int = 205,
    sets: int = 64,
    scenario: str | Path | Scenario = "2008",
    seed: int | None = None,
    workers: int | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    check: bool = True,
) -> Calibration:
    """Fit the parameters by rejection and regression (see `sim.studies.calibration.abc`): one replication per point, each with its own luck.

    `points`: best a power of two, as Sobol points fill the ranges evenly then; `kept`: how many of them are; `sets`: how many are carried;
    `scenario`: of a start in 2008; `check`: run the sets as well and compare them with what came later. Goes on where an earlier run in the
    folder stopped. Raises InputError for numbers that cannot be and a folder that holds another fit; Interrupted when it is stopped.
    """
    if not 0 < sets <= kept < points:
        raise InputError("--points", "", f"found {points} points, {kept} kept, {sets} sets; sets <= kept < points is needed")
    scenario, known, folder = scenario_of(scenario, seed).central, free_parameters(), Path(out or "results/calibration")
    grid = prior(known, points, scenario.seed)
    with own(folder, "fit"):
        this = _noted(folder, scenario, known, points)
        files, given = blocks(folder / "points", points, BLOCK), (scenario, load_region(scenario), known, grid)
        simulated = answers(simulated_at, given, files, folder, this, workers, progress, len)
        values = pd.DataFrame([row for block in simulated for row in block["rows"]])
        happened = {row["outcome"]: float(row["value"]) for row in known_outcomes().to_dict("records")}
        facts = {str(name): happened[str(name)] for name in values}
        fitted = fit(grid, values, facts, {name: (uncertain.low, uncertain.high) for name, uncertain in known.items()}, kept)
        chosen = fitted.sets(sets, scenario.seed)
        prior_of = {"prior_mean": values.mean(), "prior_p10": values.quantile(0.1), "prior_p90": values.quantile(0.9)}
        tables = {
            "sets": chosen[list(CARRIED)].rename_axis("set").reset_index(),
            "then": chosen[list(uncertain_parameters(THEN))].rename_axis("set").reset_index(),
            "facts": pd.DataFrame({"fact": pd.Series(facts), **prior_of}).loc[list(facts)].rename_axis("outcome").reset_index(),
            "parameters": marginals(fitted, facts),
        }
        if check:
            tables["later"] = checked(chosen, scenario, known, folder / "later", workers, progress)
        settings = {"points": points, "kept": kept, "sets": sets, "seed": scenario.seed, "scenario": scenario.name, "until": UNTIL}
        calibration = Calibration(folder, settings, tables, fitted)
        calibration.write()
        return calibration


def checked(
    sets: pd.DataFrame,
    scenario: Scenario,
    known: Known,
    folder: Path,
    workers: int | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Return a row per outcome: fact, mean, 80% band and CRPS as assumed and as fitted, and whether the fit has seen it.

    By running the fitted sets, and the scenario with as many replications. Raises what `run_experiments` raises.
    """
    start = scenario.start.year
    variants = at_sets(scenario.model_copy(update={"replications": REPLICATIONS}), sets, "set {}", known)
    as_assumed = scenario.model_copy(update={"replications": REPLICATIONS * len(sets)})
    runs = run_experiments({**variants, "assumed": as_assumed}, folder, workers, progress=progress)
    outcomes = known_outcomes()
    outcomes = outcomes[(outcomes["year"] > start) & (outcomes["use"] == "scored")]
    assumed = forecast_of(runs.pop("assumed"), scenario, outcomes)
    parts = [forecast_of(results, scenario, outcomes) for results in runs.values()]
    rows = []
    for outcome in outcomes[outcomes["outcome"].isin(list(assumed))].to_dict("records"):
        name = outcome["outcome"]
        row = {"outcome": name, "seen": outcome["fitted"]}
        row |= {**{key: outcome[key] for key in ("nis", "measure", "year", "unit")}, "fact": outcome["value"]}
        for what, values in (("assumed", assumed[name]), ("fitted", np.concatenate([part[name] for part in parts]))):
            score = scored(values, outcome, start)
            columns = {"mean": "mean", "p10": "low_0.8", "p90": "high_0.8", "covered": "covered_0.8", "crps": "crps"}
            row |= {f"{key}_{what}": score[column] for key, column in columns.items()}
        rows.append(row)
    return pd.DataFrame(rows)


def prior(known: Known, points: int, seed: int) -> pd.DataFrame:
    """Return points that fill the ranges evenly (scrambled Sobol): a row per point, a column per parameter, in its unit."""
    even = uniform(sobol(f"{seed}/calibration", len(known), 0, points))
    return pd.DataFrame({name: u.low + even[:, k] * (u.high - u.low) for k, (name, u) in enumerate(known.items())})


def simulated_at(given: tuple[Scenario, Region, Known, pd.DataFrame], block: range) -> dict[str, Any]:
    """Return the statistics of a block of the points given, a row each; point k has the luck of replication k."""
    (scenario, region, known, points), rows = given, []
    for k in block:
        at_point = at(scenario, values_of(points, k), f"point {k}", known)
        rows.append(statistics_of(replicated(at_point, region, k), at_point, region))
    return {"rows": rows}


def _noted(folder: Path, scenario: Scenario, known: Known, points: int) -> str:
    """Note in a folder which fit it holds, by what its points are made of, and return its digest. Raises InputError when it holds another."""
    ranges = [uncertain.model_dump_json() for uncertain in known.values()]
    content = [scenario.model_dump_json(exclude={"folder", "replications"}), ranges, points, UNTIL]
    this = {"fit": hashlib.sha256(json.dumps(content).encode()).hexdigest(), "points": points}
    path = folder / "fit.json"
    if not path.exists():
        write_json(path, this)
    elif read_json(path) != this:
        raise InputError(folder, "", "holds another fit; choose another --out")
    (folder / "points").mkdir(exist_ok=True)
    return seal_of(this)


def marginals(fitted: Fit, facts: Mapping[str, float]) -> pd.DataFrame:
    """Return a row per parameter: its range, median and 80% band of the fitted sample, how much narrower than the range that is, and how far the
    median moves (share of the range) when half, twice and four times as many points are kept."""
    counts = [k for k in (len(fitted.kept) // 2, 2 * len(fitted.kept), 4 * len(fitted.kept)) if 0 < k < len(fitted.points)]
    others = [fit(fitted.points, fitted.values, facts, fitted.bounds, k) for k in counts]
    rows = []
    for name, (low, high) in fitted.bounds.items():
        p10, p50, p90 = fitted.quantiles(name, (0.1, 0.5, 0.9))
        medians = [p50, *(other.quantiles(name, (0.5,))[0] for other in others)]
        narrowed, moved = 1 - (p90 - p10) / (0.8 * (high - low)), (max(medians) - min(medians)) / (high - low)
        row = {"parameter": name, "low": low, "high": high, "p10": p10, "p50": p50, "p90": p90}
        rows.append({**row, "narrowed": narrowed, "moved": moved})
    return pd.DataFrame(rows)
