"""What is seen of a company in many replications: the workload to plan for, year by year, and when the projects under way come how far."""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.engine.state import NONE, Land, Rows, Stage, Whole
from sim.engine.tables import listed
from sim.inputs.months import month_number
from sim.studies.capacity.trials import Capacity, Trials
from sim.tracing.pivotal_projects import NEVER, reached
from sim.tracing.waits import month_text

MANY = 200  # replications are enough for bands and shares: a share's standard error is 3.5 points at the most
DATES = {"on_mjp": "mjp", "on_ktp": "ktp", "start": "construction", "delivered": "ended"}  # a company's names for a project's dates
STEPS = {"preparation": "preparation", **DATES}
STAGES = {"construction": "construction", "KTP": "ktp", "MJP": "mjp", "preparation": "preparation"}  # the most advanced first
PHASES = {"preparation": "preparation", "on_mjp": "mjp", "on_ktp": "ktp", "construction": "construction"}
UNITS = {
    **dict.fromkeys(PHASES, "dwellings"),
    **{"projects": "projects", "managers": "managers", "starts": "dwellings", "delivered": "dwellings", "euro": "euro"},
    **{"waiting_money": "dwellings", "no_slot": "dwellings", "no_land": "places", "places": "places"},
}
BAND = (10, 50, 90)
# A queue, in the order in which a project is in them: from which date of a project to which of the next ones that it comes to.
QUEUES = {
    "preparation": ("preparation", ("asleep", "mjp")),
    "asleep": ("asleep", ("asked", "ended")),
    "slot": ("asked", ("mjp",)),
    "permit": ("mjp", ("ktp", "ended")),
    "award": ("ktp", ("ready",)),
    "money": ("ready", ("construction",)),
    "construction": ("construction", ("ended",)),
}
HELD = ("preparation", "permit")  # queues in which a project holds a slot of the company


class Seen(NamedTuple):
    """R replications of a company with M municipalities, over Y years and T tests.

    `projects`: PROJECT[n], with `replication` and `place` (among the municipalities): int64[n]; `stage_today`: of those under way at the
    start their stage then, else "". `years`: YEAR[R, Y, M]; `tests`: TEST[R, T, M]; `paths`: int64[R, T, M, L], growth paths as measured.
    """

    projects: Rows
    replication: Whole
    place: Whole
    stage_today: NDArray[np.str_]
    years: Rows
    tests: Rows
    paths: Whole


@lru_cache(2)
def see(trials: Trials, capacity: Capacity) -> Seen:
    """Return what happens in the company's municipalities when it has these means; workload, warnings and timetable look at the same."""
    members, seen = trials.members, list[tuple[Rows, Rows, Rows, Whole]]()
    for history in trials.histories(capacity, replications=min(MANY, trials.replications)):
        own = history.unsorted[np.isin(history.unsorted["municipality"], members)]
        seen.append((own, history.years[:, members], history.tests[:, members], history.paths[:, members]))
    projects, years, tests, paths = zip(*seen, strict=True)
    replication = np.repeat(np.arange(len(projects)), [len(rows) for rows in projects])
    together = np.concatenate(projects)
    place = np.searchsorted(members, together["municipality"])
    stage_today = np.select([together[column] == 0 for column in STAGES.values()], [*STAGES], "dormant")  # its date is month 0
    stage_today = np.where(together["land"] == Land.INITIAL, stage_today, "")
    return Seen(together, replication, place, stage_today, np.array(years), np.array(tests), np.array(paths))


def months_between(projects: Rows, step: str, stage: str, let: bool, end: int, share: float) -> float:
    """Return the months from a step (of STEPS) within which this share of the projects is at least at a stage (MJP, KTP or realised).

    Of those that took the step during the forecast (up to month `end`); cancelled ones, and those that are not there at the end, count as
    long as they were seen. NaN where the forecast is too short to tell.
    """
    rows = projects[projects[STEPS[step]] > 0]
    when = reached(rows, stage, let)
    until = np.where(when <= end, when, np.where(rows["stage"] == Stage.CANCELLED, rows["ended"], end))
    return lasting(until - rows[STEPS[step]], when <= end, share)


def lasting(seen: np.ndarray, arrived: np.ndarray, share: float) -> float:
    """Return how long it takes until this share has arrived (Kaplan and Meier): NaN where too few were seen so long.

    `seen`: how long each was looked at; `arrived`: whether it had arrived by then.
    """
    from scipy.stats import CensoredData, ecdf

    if not arrived.any():
        return float("nan")
    curve = ecdf(CensoredData(uncensored=seen[arrived].astype(float), right=seen[~arrived].astype(float))).sf
    reached = curve.quantiles[curve.probabilities <= 1 - share + 1e-12]
    return float(reached[0]) if len(reached) else float("nan")


def workload(trials: Trials, plan: Capacity) -> pd.DataFrame:
    """Return the workload with the means as they are ("as_is") and with those of a plan ("plan").

    A row per means, municipality ("": all together), year and measure: `unit`, `mean`, `p10`, `p50`, `p90` over the replications. On
    31 December: dwellings in preparation, on MJP, on KTP (awarded ones included), under construction, projects in preparation or on MJP, the
    managers that takes, dwellings that wait for money or for a slot, places still to be bought or found (no_land). In the year: dwellings
    whose works start, what they cost (euro, at the prices of the first year), dwellings delivered, and the places that projects begun take.
    """
    names = ["", *(trials.task.region.names[i] for i in trials.members)]
    first = trials.task.scenario.start.year + 1
    tables = []
    for means, capacity in (("as_is", Capacity()), ("plan", plan)):
        for measure, values in measured(see(trials, capacity), trials).items():
            both = np.concatenate([values.sum(axis=2, keepdims=True), values], axis=2).transpose(2, 1, 0)
            places, years, _ = both.shape
            bands = np.percentile(both, BAND, axis=2)
            columns = {
                "means": means,
                "municipality": np.repeat(names, years),
                "year": np.tile(np.arange(first, first + years), places),
                "measure": measure,
                "unit": UNITS[measure],
                "mean": both.mean(axis=2).ravel(),
            }
            tables.append(pd.DataFrame({**columns, **{f"p{share}": x.ravel() for share, x in zip(BAND, bands, strict=True)}}))
    return pd.concat(tables, ignore_index=True)


def measured(seen: Seen, trials: Trials) -> dict[str, NDArray[np.float64]]:
    """Return every measure by replication, year and municipality: float64[R, Y, M]."""
    scenario, rows = trials.task.scenario, seen.years
    starts, projects = _in_year(seen, "construction"), work_in_progress(seen)
    values = {
        **{measure: rows[name] for measure, name in PHASES.items()},
        "projects": projects,
        "managers": projects / scenario.levers.projects_per_manager.value,
        "starts": starts,
        "delivered": np.diff(rows["delivered"], axis=1, prepend=0),
        "euro": starts * 1000 * scenario.uncertainties.cost.value,
        **{name: rows[name] for name in ("waiting_money", "no_slot", "no_land")},
        "places": _in_year(seen, "preparation"),
    }
    return {measure: np.asarray(values[measure], np.float64) for measure in UNITS}


def _in_year(seen: Seen, step: str) -> Whole:
    """Return the dwellings of the projects that took a step during the year: int64[R, Y, M]."""
    month = seen.projects[step]
    taken = month > 0
    dwellings = np.zeros(seen.years.shape, np.int64)
    np.add.at(dwellings, (seen.replication[taken], (month[taken] - 1) // 12, seen.place[taken]), seen.projects["dwellings"][taken])
    return dwellings


def work_in_progress(seen: Seen) -> Whole:
    """Return the projects in preparation or on MJP on 31 December, each with a slot of the company: int64[R, Y, M]."""
    projects = np.zeros(seen.years.shape, np.int64)
    for year in range(seen.years.shape[1]):
        month = 12 * (year + 1)
        held: Any = np.zeros(len(seen.projects), np.bool_)
        for queue in HELD:
            since = seen.projects[QUEUES[queue][0]]
            held |= (since != NONE) & (since <= month) & (left(seen.projects, queue, NEVER) > month)
        np.add.at(projects, (seen.replication[held], year, seen.place[held]), 1)
    return projects


def timetable(trials: Trials) -> pd.DataFrame:
    """Return a row per project under way at the start, with the means as they are: by its name, or those of a municipality and stage together.

    `projects`, `dwellings`: mean of all in the row. `expected`: the delivery that the company itself gives (YYYY-MM, or ""). Of each step
    (on_mjp, on_ktp, start, delivered) `_p10`, `_p50`, `_p90`: years, with the month as a fraction; NaN where the step is behind it or fewer
    than that share get there. `cancelled`, `delivered_by_end`: shares. `wait_...`: mean months in each queue up to the end of the forecast;
    `queue`: the longest of them, construction apart.
    """
    seen, scenario = see(trials, Capacity()), trials.task.scenario
    own, order = listed(scenario, trials.task.region), [*STAGES, "dormant"]
    initial = np.flatnonzero(seen.stage_today != "")
    groups: dict[tuple[int, str, int], list[int]] = {}
    for row in initial.tolist():
        key = int(seen.place[row]), str(seen.stage_today[row]), int(seen.projects["own"][row])
        groups.setdefault(key, []).append(row)
    rows = []
    for place, stage, number in sorted(groups, key=lambda key: (key[0], order.index(key[1]), key[2])):
        projects = seen.projects[groups[place, stage, number]]
        named = own[number] if number != NONE else None
        expected = month_number(named.delivered, scenario.start) if named and named.delivered else None
        months = {queue: float(values.mean()) for queue, values in waited(projects, scenario.months).items()}
        longest = max((queue for queue in months if queue != "construction"), key=lambda queue: months[queue])
        rows.append(
            {
                "municipality": trials.task.region.names[trials.members[place]],
                "project": named.name if named else "",
                "stage_today": stage,
                "projects": len(projects) / len(seen.years),
                "dwellings": projects["dwellings"].sum() / len(seen.years),
                "expected": month_text(expected, scenario.start) or "" if expected is not None else "",
                **_when(projects, scenario.start.year + 1),
                "cancelled": float((projects["stage"] == Stage.CANCELLED).mean()),
                "delivered_by_end": float((projects["stage"] == Stage.REALISED).mean()),
                **{f"wait_{queue}": value for queue, value in months.items()},
                "queue": longest if months[longest] else "construction",
            }
        )
    first = ["municipality", "project", "stage_today", "projects", "dwellings", "expected"]
    when = [f"{step}_p{share}" for step in DATES for share in BAND]
    waits = [f"wait_{queue}" for queue in QUEUES]
    return pd.DataFrame(rows, columns=[*first, *when, "cancelled", "delivered_by_end", *waits, "queue"])


def waited(projects: Rows, end: int) -> dict[str, Whole]:
    """Return the months that each project waits in each queue, up to the month `end`: int64[n] by queue."""
    months = {}
    for queue, (since, _) in QUEUES.items():
        months[queue] = np.where(projects[since] != NONE, left(projects, queue, end) - projects[since], 0)
    return months


def left(projects: Rows, queue: str, end: int) -> Whole:
    """Return the month in which each project leaves a queue, `end` where it is in it still: int64[n]."""
    dates = np.array([projects[name] for name in QUEUES[queue][1]], np.int64)
    return np.asarray(np.where(dates == NONE, end, dates).min(axis=0))


def _when(projects: Rows, first_year: int) -> dict[str, float]:
    """Return the band of every step: years, with the month as a fraction."""
    bands = {}
    for step, column in DATES.items():
        month = projects[column].astype(np.int64)
        taken = (month > 0) & ((step != "delivered") | (projects["stage"] == Stage.REALISED))
        for share, value in zip(BAND, np.percentile(np.where(taken, month, NEVER), BAND, method="inverted_cdf"), strict=True):
            bands[f"{step}_p{share}"] = first_year + value / 12 if value < NEVER else np.nan
    return bands
