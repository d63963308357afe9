"""How much of the spread of a forecast is luck, and how much not knowing its parameters: runs at many parameter sets."""

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.engine import build_model
from sim.inputs.errors import InputError
from sim.inputs.region.load import load_region
from sim.inputs.scenario.library import library_folder, scenario_of
from sim.inputs.scenario.model import Scenario
from sim.inputs.scenario.sets import at_sets, completed, read_sets
from sim.inputs.scenario.toml import REFERENCE
from sim.runs.disk.folders import own
from sim.runs.disk.store import read_json
from sim.runs.experiment import Progress, run_experiments
from sim.runs.job import forecast_key
from sim.runs.outcomes import OUTCOMES, of_all
from sim.runs.standing import standing
from sim.studies.result import Result

BAND = (10, 90)  # percentiles
TABLES, FACTS = ("table", "years", "sets", "means"), "bands.json"
KEPT = REFERENCE / "bands"


@dataclass(frozen=True)
class Bands(Result):
    """`table`: a row per outcome: mean and 80% band with both, the band by luck alone (mean of the sets' own widths around the mean), and the
    share of the variance that is not knowing. `years`: the same of the dwellings that count, by year. `sets`: parameters of every set.
    `means`: a row per set, the mean of every outcome."""

    PICTURES: ClassVar[str] = "pictures:write_bands"
    SCREEN: ClassVar[str] = "screen:show_bands"
    ANSWER: ClassVar[str] = FACTS
    ROWS: ClassVar[str] = "table"
    DIGITS: ClassVar[int | None] = 17

    def summary(self) -> dict[str, Any]:
        """Return the answer as one object: the facts, and every table by columns."""
        return {**self.facts, "tables": {name: table.to_dict("list") for name, table in self.tables.items()}}


def bands(
    scenario: str | Path | Scenario = "baseline",
    sets: str | Path | pd.DataFrame | None = None,
    replications: int = 20,
    seed: int | None = None,
    workers: int | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> Bands:
    """Run a scenario at every parameter set, the same luck for all, and tell chance and not knowing apart.

    `sets`: a row per set, columns of `uncertain_parameters()`, or its CSV (default: the project's), `completed` with what it lacks.
    `replications`: of every set. `out`: default results/<scenario>-bands. Raises InputError for a column that is no unknown, and what
    `run_experiments` raises.
    """
    if not isinstance(sets, pd.DataFrame):
        sets = read_sets(Path(sets) if sets is not None else library_folder() / "calibrated" / "sets.csv")
    if replications < 2:
        raise InputError("--replications", "", f"found {replications}; luck can be told apart with 2 of every set or more")
    scenario = scenario_of(scenario, seed).central  # at values of its own choice
    folder, full = Path(out or f"results/{scenario.name}-bands"), completed(scenario, sets)
    few = scenario.without_histories().model_copy(update={"replications": replications})
    variants = at_sets(few, full, f"{scenario.name}-set-{{:03d}}")
    with own(folder, "bands"):
        runs = run_experiments(variants, folder / "runs", workers, progress=progress).values()
        every = [of_all(results) for results in runs]
        values = {name: np.array([one[name].to_numpy(np.float64) for one in every]) for name in OUTCOMES}
        yearly = [results.yearly("bso") for results in runs]
        of_years = np.array([table.to_numpy(np.float64) for table in yearly])
        tables: dict[str, Any] = {
            "table": [{"outcome": name, "unit": OUTCOMES[name].unit, **apart(of_outcome)} for name, of_outcome in values.items()],
            "years": [{"year": int(year), **apart(of_years[:, :, k])} for k, year in enumerate(yearly[0].columns)],
            "sets": full,
            "means": {name: of_outcome.mean(axis=1) for name, of_outcome in values.items()},
        }
        region = load_region(scenario)
        facts = {
            **{name: getattr(scenario, name) for name in ("title", "title_nl", "seed")},
            "scenario": scenario.name,
            "standing": standing(scenario, region),
            "objective": int(scenario.law.values.objective.value),
            "sets": len(full),
            "replications": replications,
            "version": version("bso-sim"),
            "forecast": forecast_key(build_model(scenario, region)),
        }
        result = Bands(folder, facts, {name: pd.DataFrame(table) for name, table in tables.items()})
        result.write()
        return result


def read_bands(folder: Path) -> Bands:
    """Return the bands that a folder holds, from its sealed file. Raises InputError when it is damaged or of another version."""
    content = read_json(folder / FACTS)
    try:
        by_column = content.pop("tables")
        tables = {name: pd.DataFrame(by_column[name]) for name in TABLES}
    except (KeyError, ValueError) as error:
        raise InputError(folder / FACTS, "", f"holds no bands of this version ({error!r})") from None
    return Bands(folder, content, tables)


def apart(values: NDArray[np.float64]) -> dict[str, float]:
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
    mean, (low, high) = float(every.mean()), np.percentile(every, BAND).tolist()
    luck_low, luck_high = (mean + end for end in np.percentile((values - means).ravel(), BAND).tolist())
    share = between / (between + within) if between + within > 0 else 0.0
    return {"mean": mean, "p10": low, "p90": high, "luck_p10": luck_low, "luck_p90": luck_high, "not_knowing": share}
