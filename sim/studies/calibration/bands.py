"""A forecast with what is not known carried into it: runs at many parameter sets; chance and not knowing told apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.chance.draws import sobol, uniform
from sim.engine import build_model
from sim.inputs.errors import InputError, nearest
from sim.inputs.region.load import load_region
from sim.inputs.scenario.model import Scenario
from sim.inputs.scenario.ranges import at, unknowns
from sim.inputs.scenario.toml import REFERENCE
from sim.runs.experiment import Progress, run_experiments
from sim.runs.job import forecast_key
from sim.runs.outcomes import OUTCOMES, of_all
from sim.runs.results import Results
from sim.runs.store import read_json, write_json

# Drawn anew in every replication of a scenario, though each has one value that nobody knows: here every set has its own.
ONE_VALUE = ("managers", "finance_2026", "finance_2034", "response")
BAND = (10, 90)  # percentiles
TABLES, FACTS = ("table", "years", "sets", "means"), "bands.json"
KEPT = REFERENCE / "bands"


@dataclass(frozen=True)
class Bands:
    """`table`: a row per outcome: mean and 80% band with both, the band by luck alone (mean of the sets' own widths around the mean), and the
    share of the variance that is not knowing. `years`: the same of the dwellings that count, by year. `sets`: parameters of every set.
    `means`: a row per set, the mean of every outcome."""

    folder: Path
    table: pd.DataFrame
    years: pd.DataFrame
    sets: pd.DataFrame
    means: pd.DataFrame
    facts: Mapping[str, Any]


def bands(
    scenario: Scenario,
    sets: pd.DataFrame,
    folder: Path,
    replications: int,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Bands:
    """Run a scenario at every parameter set, the same luck for all, and tell chance and not knowing apart.

    `sets`: a row per set, columns of `unknowns()`; what is drawn once in a replication (`ONE_VALUE`) gets a value per set as well, from the
    scenario's own distributions. `replications`: of every set. Raises InputError for a column that is no unknown, and what
    `run_experiments` raises.
    """
    if replications < 2:
        raise InputError("--replications", "", f"found {replications}; luck can be told apart with 2 of every set or more")
    full = with_one_value(scenario, sets)
    lean = scenario.model_copy(
        update={"replications": replications, "outcomes": scenario.outcomes.model_copy(update={"histories": 0})}
    )
    variants = {
        f"set_{k:03d}": at(lean, {str(n): float(v) for n, v in row.items()}, f"{scenario.name}-set-{k:03d}")
        for k, row in full.iterrows()
    }
    runs = run_experiments(variants, folder / "runs", workers, progress=progress)
    values = {name: np.array([of_all(results)[name].to_numpy(np.float64) for results in runs.values()]) for name in OUTCOMES}
    rows = [{"outcome": name, "unit": OUTCOMES[name].unit, **apart(found)} for name, found in values.items()]
    means = pd.DataFrame({name: found.mean(axis=1) for name, found in values.items()})
    facts = {
        **{name: getattr(scenario, name) for name in ("title", "title_nl", "seed")},
        "scenario": scenario.name,
        "objective": int(scenario.law.values.objective.value),
        "sets": len(full),
        "replications": replications,
        "version": version("bso-sim"),
        "forecast": forecast_key(build_model(scenario, load_region(scenario))),
    }
    result = Bands(folder, pd.DataFrame(rows), _years(runs), full, means, facts)
    for name in TABLES:
        getattr(result, name).to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", float_format="%.17g")
    write_json(folder / FACTS, {**facts, "tables": {name: getattr(result, name).to_dict("list") for name in TABLES}})
    return result


def read_bands(folder: Path) -> Bands:
    """Return the bands that a folder holds, from its sealed file. Raises InputError when it is damaged or of another version."""
    content = read_json(folder / FACTS)
    try:
        kept = content.pop("tables")
        tables = {name: pd.DataFrame(kept[name]) for name in TABLES}
    except (KeyError, ValueError) as error:
        raise InputError(folder / FACTS, "", f"holds no bands of this version ({error!r})") from None
    return Bands(folder, **tables, facts=content)


def kept_bands(forecast: str | None) -> Bands | None:
    """Return the kept bands of a forecast (`forecast_key`); None for any other, and in a copy without the repository's results.

    Raises InputError when they are damaged.
    """
    if not KEPT.is_dir():
        return None
    found = read_bands(KEPT)
    return found if found.facts["forecast"] == forecast else None


def with_one_value(scenario: Scenario, sets: pd.DataFrame) -> pd.DataFrame:
    """Return the sets with a value of every unknown that they lack: of `ONE_VALUE` evenly over the scenario's own distribution, unless it holds
    them constant; of all others evenly over their range. Raises InputError for a column that is no unknown."""
    for name in sets.columns:
        if name not in unknowns():
            raise InputError("sets", str(name), f"unknown parameter; {nearest(str(name), unknowns())}")
    known = {name: unknown for name, unknown in unknowns().items() if name not in sets}
    even = uniform(sobol(f"{scenario.seed}/bands", max(1, len(known)), 0, len(sets)))
    drawn = {}
    for k, (name, unknown) in enumerate(known.items()):
        if name not in ONE_VALUE:
            drawn[name] = unknown.low + even[:, k] * (unknown.high - unknown.low)
        elif (own := getattr(scenario.uncertainties, name)).constant is None:
            drawn[name] = own.quantile(even[:, k])
    return sets.assign(**drawn)


def apart(values: "np.ndarray[Any, Any]") -> dict[str, float]:
    """Return mean, 80% band of all, 80% band of luck alone around the mean, and the share of the variance between sets.

    `values`: float64[sets, replications]. Sets have the same luck, so the variance of their means is freed of the
    part of luck that they do not share.
    """
    every, means = values.ravel(), values.mean(axis=1, keepdims=True)
    sets, replications = values.shape
    within = float(values.var(axis=1, ddof=1).mean())
    own = values - means - values.mean(axis=0) + values.mean()  # the luck that sets do not share: the rest moves all means alike
    luck_of_means = float((own**2).sum()) / ((sets - 1) * (replications - 1)) / replications
    between = max(0.0, float(means.var(ddof=1)) - luck_of_means)
    low, high = np.percentile(every, BAND)
    luck_low, luck_high = np.percentile((values - means).ravel(), BAND)
    mean = float(every.mean())
    return {
        "mean": mean,
        "p10": float(low),
        "p90": float(high),
        "luck_p10": mean + float(luck_low),
        "luck_p90": mean + float(luck_high),
        "not_knowing": between / (between + within) if between + within > 0 else 0.0,
    }


def _years(runs: Mapping[str, Results]) -> pd.DataFrame:
    """Return a row per year: what `apart` says of the dwellings that count towards the objective."""
    tables = [results.yearly("bso") for results in runs.values()]
    stacked = np.array([table.to_numpy(np.float64) for table in tables])
    return pd.DataFrame([{"year": int(year), **apart(stacked[:, :, k])} for k, year in enumerate(tables[0].columns)])


def read_sets(path: Path) -> pd.DataFrame:
    """Return parameter sets of a CSV as `bso calibrate` writes it. Raises InputError for what is no table of numbers."""
    try:
        sets = pd.read_csv(path).drop(columns="set", errors="ignore")
    except (OSError, ValueError) as error:
        raise InputError(path, "", f"cannot be read as a table of parameter sets ({error})") from None
    bad = [str(name) for name in sets if not pd.api.types.is_numeric_dtype(sets[name]) or sets[name].isna().any()]
    if bad or len(sets) < 2:
        raise InputError(path, bad[0] if bad else "", "numbers in every row, and at least two sets, are needed")
    for name in sets:
        known = unknowns().get(str(name))
        if known is None:
            raise InputError(path, str(name), f"unknown parameter; {nearest(str(name), unknowns())}")
        outside = sets[name][(sets[name] < known.low) | (sets[name] > known.high)]
        if len(outside):
            raise InputError(
                path, f"{name}, set {outside.index[0]}", f"found {outside.iloc[0]:g}; {known.low:g} to {known.high:g} is allowed"
            )
    return sets
