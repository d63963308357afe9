"""The workload that a company is to plan for, year by year and by municipality: projects, managers, starts, money, land."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.engine.state import NONE, Whole
from sim.studies.capacity.seen import Seen, see
from sim.studies.capacity.trials import Capacity, Trials

UNITS = {
    **dict.fromkeys(("preparation", "on_mjp", "on_ktp", "construction"), "dwellings"),
    "projects": "projects",
    "managers": "managers",
    **dict.fromkeys(("starts", "delivered"), "dwellings"),
    "euro": "euro",
    **dict.fromkeys(("waiting_money", "no_slot"), "dwellings"),
    **dict.fromkeys(("no_land", "places"), "places"),
}
OF_THE_YEAR = {"preparation": "preparation", "on_mjp": "mjp", "on_ktp": "ktp", "construction": "construction"}
BAND = (10, 50, 90)


def workload(trials: Trials, plan: Capacity) -> pd.DataFrame:
    """Return the workload with the means as they are ("as_is") and with those of a plan ("plan").

    A row per means, municipality ("": all together), year and measure: `unit`, `mean`, `p10`, `p50`, `p90` over the replications. On
    31 December: dwellings in preparation, on MJP, on KTP (awarded ones included), under construction, projects in preparation or on MJP, the
    managers that takes, dwellings that wait for money or for a slot, places still to be bought or found (no_land). In the year: dwellings
    whose works start, what they cost (euro, assumed), dwellings delivered, and the places that projects begun take.
    """
    names = ["", *(trials.task.region.names[i] for i in trials.members)]
    first = trials.task.scenario.start.year + 1
    tables = []
    for means, capacity in (("as_is", Capacity()), ("plan", plan)):
        for measure, values in measured(see(trials, capacity), trials).items():
            both = np.concatenate([values.sum(axis=2, keepdims=True), values], axis=2).transpose(2, 1, 0)
            places, years, _ = both.shape
            low, middle, high = np.percentile(both, BAND, axis=2)
            tables.append(
                pd.DataFrame(
                    {
                        "means": means,
                        "municipality": np.repeat(names, years),
                        "year": np.tile(np.arange(first, first + years), places),
                        "measure": measure,
                        "unit": UNITS[measure],
                        "mean": both.mean(axis=2).ravel(),
                        **{name: value.ravel() for name, value in zip(("p10", "p50", "p90"), (low, middle, high), strict=True)},
                    }
                )
            )
    return pd.concat(tables, ignore_index=True)


def measured(seen: Seen, trials: Trials) -> dict[str, NDArray[np.float64]]:
    """Return every measure by replication, year and municipality: float64[R, Y, M]."""
    scenario, rows = trials.task.scenario, seen.years
    assert scenario.costs is not None
    starts = _in_year(seen, "construction")
    projects = under_preparation(seen)
    found = {
        **{measure: rows[name] for measure, name in OF_THE_YEAR.items()},
        "projects": projects,
        "managers": projects / scenario.levers.projects_per_manager.value,
        "starts": starts,
        "delivered": np.diff(rows["delivered"], axis=1, prepend=0),
        "euro": starts * scenario.costs.dwelling.value,
        **{name: rows[name] for name in ("waiting_money", "no_slot", "no_land")},
        "places": _in_year(seen, "preparation"),
    }
    return {measure: np.asarray(found[measure], np.float64) for measure in UNITS}


def _in_year(seen: Seen, step: str) -> Whole:
    """Return the dwellings of the projects that took a step during the year: int64[R, Y, M]."""
    month = seen.projects[step]
    taken = month > 0
    found = np.zeros(seen.years.shape, np.int64)
    place = (seen.replication[taken], (month[taken] - 1) // 12, seen.place[taken])
    np.add.at(found, place, seen.projects["dwellings"][taken])
    return found


def under_preparation(seen: Seen) -> Whole:
    """Return the projects in preparation or on MJP on 31 December, each with a slot of the company: int64[R, Y, M]."""
    p = seen.projects
    since = np.where(p["preparation"] != NONE, p["preparation"], p["mjp"])
    until = np.where(p["ktp"] != NONE, p["ktp"], p["ended"])  # without KTP only a cancelled one has ended
    found = np.zeros(seen.years.shape, np.int64)
    for year in range(seen.years.shape[1]):
        t = 12 * (year + 1)
        held = (since != NONE) & (since <= t) & ((until == NONE) | (until > t))
        np.add.at(found, (seen.replication[held], year, seen.place[held]), 1)
    return found
