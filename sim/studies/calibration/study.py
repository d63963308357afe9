"""Parameters fitted to the years up to 2018 of the old scheme: approximate Bayesian computation, a sample of parameter sets as the result."""

import hashlib
import json
import pickle
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.chance.draws import sobol, uniform
from sim.engine import History, build_model, replicate, test_years
from sim.inputs.errors import InputError
from sim.inputs.estimate.past import REALISED, RENTED_IN
from sim.inputs.region.load import load_region
from sim.inputs.region.model import Region
from sim.inputs.scenario.model import Scenario
from sim.inputs.scenario.ranges import UNKNOWNS, Unknown, at, unknowns
from sim.runs.experiment import Interrupted, Progress
from sim.runs.store import read_json, write_json
from sim.runs.workers import each
from sim.studies.backtest.naive import known_outcomes
from sim.studies.backtest.study import UNTIL
from sim.studies.calibration.abc import Fit, fit

# What the years up to 2018 can say something of and that holds for the years to 2042 as well; people and money of then do not.
CARRIED = (
    *("preparation", "permit", "construction", "cancelled", "size", "private_share", "search", "search_success"),
    *("realism_company", "realism_public", "release_effort", "effort_start"),
)
THEN = UNKNOWNS.with_name("ranges_2009.toml")
POINTS, KEPT, SETS, BLOCK = 4_096, 205, 64, 64  # a power of two: Sobol points fill the ranges evenly then
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Calibration:
    """A fit. `fitted`: points, statistics, what was kept; `sets`: a row per parameter set that is carried into a forecast.

    `facts`: a row per statistic: what happened, and what the prior gives (mean, 10th and 90th percentile).
    """

    folder: Path
    fitted: Fit
    sets: pd.DataFrame
    facts: pd.DataFrame
    said: Mapping[str, Any]


class Given(NamedTuple):
    """What a worker needs of a fit."""

    scenario: Scenario
    region: Region
    known: Mapping[str, Unknown]
    points: pd.DataFrame


def free_parameters() -> dict[str, Unknown]:
    """Return the parameters that are fitted: those that are carried, and those of then that are left behind."""
    return {**{name: unknowns()[name] for name in CARRIED}, **unknowns(THEN)}


def statistics_of(history: History, scenario: Scenario, region: Region) -> dict[str, float]:
    """Return the statistics of a replication from 2008 that are held against facts up to UNTIL; in the units of outcomes.csv."""
    start = scenario.start.year
    totals, found = history.totals, {}
    index = {int(code): i for i, code in enumerate(region.nis)}
    tests = dict(zip(test_years(scenario), history.test_totals, strict=False))
    for row in known_outcomes().to_dict("records"):
        name, measure, year = str(row["outcome"]), str(row["measure"]), int(row["year"])
        if not start < year <= UNTIL:
            continue
        y = year - start - 1
        if measure.startswith("category"):
            judged = tests[year]
            found[name] = float(judged[measure]) / float(judged["category_1"] + judged["category_2A"] + judged["category_2B"])
        elif measure == "rented_in":
            found[name] = float(RENTED_IN[start] + totals[y]["rent_in"])
        elif measure == "share":
            kept = history.years[y, index[int(row["nis"])]]
            found[name] = float(kept["realised"]) / max(1.0, float(kept["objective"]))
        elif measure == "owned_growth":
            more = float(totals[y]["delivered"]) - REALISED[start] + float(totals[y]["purchased"]) - float(totals[y]["sold"])
            found[name] = more / (year - start)
    return found


def calibrate(
    scenario: Scenario,
    folder: Path,
    points: int = POINTS,
    kept: int = KEPT,
    sets: int = SETS,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Calibration:
    """Fit the parameters by rejection and regression (see `sim.studies.calibration.abc`): one replication per point, each with its own luck.

    `scenario`: of a start in 2008. Goes on where an earlier run in the folder stopped. Raises InputError for numbers that cannot be and a folder
    that holds another fit; Interrupted when it is stopped.
    """
    if not 0 < sets <= kept < points:
        raise InputError("--points", "", f"found {points} points, {kept} kept, {sets} sets; sets <= kept < points is needed")
    known = free_parameters()
    region = load_region(scenario)
    grid = prior(known, points, scenario.seed)
    refuse_other(folder, identity(scenario, known, points))
    values = _simulated(Given(scenario, region, known, grid), folder, workers, progress)
    said_of = {str(row["outcome"]): float(row["value"]) for row in known_outcomes().to_dict("records")}
    facts = {str(name): said_of[str(name)] for name in values}
    bounds = {name: (unknown.low, unknown.high) for name, unknown in known.items()}
    fitted = fit(grid, values, facts, bounds, kept)
    chosen = fitted.sets(sets, scenario.seed)[list(CARRIED)]
    folder.mkdir(parents=True, exist_ok=True)
    said = {"points": points, "kept": kept, "sets": sets, "seed": scenario.seed, "scenario": scenario.name, "until": UNTIL}
    result = Calibration(folder, fitted, chosen, _held(fitted, facts), said)
    chosen.to_csv(folder / "sets.csv", index_label="set", lineterminator="\n", float_format="%.6g")
    result.facts.to_csv(folder / "facts.csv", index=False, lineterminator="\n", float_format="%.6g")
    marginals(result).to_csv(folder / "parameters.csv", index=False, lineterminator="\n", float_format="%.6g")
    return result


def prior(known: Mapping[str, Unknown], points: int, seed: int) -> pd.DataFrame:
    """Return points that fill the ranges evenly (scrambled Sobol): a row per point, a column per parameter, in its unit."""
    even = uniform(sobol(f"{seed}/calibration", len(known), 0, points))
    return pd.DataFrame({name: u.low + even[:, k] * (u.high - u.low) for k, (name, u) in enumerate(known.items())})


def _simulated(given: Given, folder: Path, workers: int | None, progress: Progress | None) -> pd.DataFrame:
    """Return the statistics of every point: blocks already on disk are read, the others computed and written."""
    blocks = [(first, min(first + BLOCK, len(given.points))) for first in range(0, len(given.points), BLOCK)]
    place = folder / "points"
    place.mkdir(parents=True, exist_ok=True)
    missing = [block for block in blocks if not _file(place, block).exists()]
    done = sum(last - first for first, last in blocks if (first, last) not in missing)
    try:
        with TemporaryDirectory(prefix="bso-sim-") as temporary:
            content = Path(temporary) / "given"
            content.write_bytes(pickle.dumps(given))
            with closing(each(_block, [(content, *block) for block in missing], workers)) as finished:
                for (_, first, last), rows in finished:
                    write_json(_file(place, (first, last)), {"rows": rows})
                    done += last - first
                    if progress is not None:
                        progress(done, len(given.points))
    except KeyboardInterrupt:
        raise Interrupted(folder, "stopped") from None
    rows = [row for block in blocks for row in read_json(_file(place, block))["rows"]]
    return pd.DataFrame(rows)


def _file(place: Path, block: tuple[int, int]) -> Path:
    return place / f"{block[0]:06d}-{block[1] - 1:06d}.json"


@lru_cache(1)
def _taken(content: Path) -> Given:
    return pickle.loads(content.read_bytes())


def _block(item: tuple[Path, int, int]) -> list[dict[str, float]]:
    """Return the statistics of the points of a block; point k has the luck of replication k."""
    content, first, last = item
    given, rows = _taken(content), []
    for k in range(first, last):
        scenario = at(given.scenario, {str(n): float(v) for n, v in given.points.iloc[k].items()}, f"point {k}", given.known)
        rows.append(statistics_of(replicate(build_model(scenario, given.region), k), scenario, given.region))
    return rows


def identity(scenario: Scenario, known: Mapping[str, Unknown], points: int) -> dict[str, Any]:
    """Return what a fit is of."""
    given = scenario.model_dump_json(exclude={"folder", "replications"})
    content = [given, [unknown.model_dump_json() for unknown in known.values()], points, UNTIL]
    return {"fit": hashlib.sha256(json.dumps(content).encode()).hexdigest(), "points": points}


def refuse_other(folder: Path, this: Mapping[str, Any]) -> None:
    """Raise InputError when a folder holds another fit, or something else; else note there which one it holds."""
    path = folder / "fit.json"
    if path.exists() and read_json(path) != dict(this):
        raise InputError(folder, "", "holds another fit; choose another --out")
    if not path.exists() and folder.exists() and any(folder.iterdir()):
        raise InputError(folder, "", "holds something else than a fit; choose another --out")
    folder.mkdir(parents=True, exist_ok=True)
    write_json(path, dict(this))


def _held(fitted: Fit, facts: Mapping[str, float]) -> pd.DataFrame:
    """Return what the prior gives of each statistic, beside the fact; what the fitted sets give is found by running them (`later`)."""
    rows = []
    for name, fact in facts.items():
        values = fitted.values[name]
        ends = {"prior_p10": values.quantile(0.1), "prior_p90": values.quantile(0.9)}
        rows.append({"outcome": name, "fact": fact, "prior_mean": values.mean(), **ends})
    return pd.DataFrame(rows)


def marginals(found: Calibration) -> pd.DataFrame:
    """Return a row per parameter: its range, median and 80% band of the fitted sample, how much narrower than the range that is, and how far the
    median moves (share of the range) when half, twice and four times as many points are kept."""
    fitted = found.fitted
    facts = dict(found.facts[["outcome", "fact"]].itertuples(index=False, name=None))
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
