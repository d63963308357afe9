"""When the projects under way today come how far, and in which queue they wait how long."""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from sim.engine.state import NONE, Rows, Stage, Whole
from sim.engine.tables import listed
from sim.inputs.months import month_number
from sim.inputs.workbook.data import STEPS
from sim.studies.capacity.seen import STEPS as COLUMNS
from sim.studies.capacity.seen import UNDER_WAY, see
from sim.studies.capacity.trials import Capacity, Trials
from sim.studies.capacity.workload import BAND
from sim.tracing.decisive_projects import NEVER
from sim.tracing.waits import month_text

# A queue: from which date of a project to which of the next ones that it comes to.
QUEUES = {
    "slot": ("asked", ("mjp",)),
    "preparation": ("preparation", ("mjp",)),
    "permit": ("mjp", ("ktp", "ended")),
    "award": ("ktp", ("ready",)),
    "money": ("ready", ("construction",)),
    "construction": ("construction", ("ended",)),
}
ASLEEP = "asleep"
ORDER = (*UNDER_WAY, "dormant")  # the most advanced first


def timetable(trials: Trials) -> pd.DataFrame:
    """Return a row per project under way at the start, with the means as they are: by its name, or those of a municipality and stage together.

    `projects`, `dwellings`: mean of all in the row. `expected`: the delivery that the company itself gives (YYYY-MM, or ""). Of each step
    (on_mjp, on_ktp, start, delivered) `_p10`, `_p50`, `_p90`: years, with the month as a fraction; NaN where the step is behind it or fewer
    than that share get there. `cancelled`, `delivered_by_end`: shares. `wait_...`: mean months in each queue up to the end of the forecast;
    `queue`: the longest of them, construction apart.
    """
    seen, scenario = see(trials, Capacity()), trials.task.scenario
    own = listed(scenario, trials.task.region)
    initial = np.flatnonzero(seen.stage_today != "")
    keys = zip(
        seen.place[initial].tolist(), map(str, seen.stage_today[initial]), seen.projects["own"][initial].tolist(), strict=True
    )
    groups: dict[tuple[int, str, int], list[int]] = {}
    for row, key in zip(initial.tolist(), keys, strict=True):
        groups.setdefault(key, []).append(row)
    rows = []
    for place, stage, number in sorted(groups, key=lambda key: (key[0], ORDER.index(key[1]), key[2])):
        projects = seen.projects[groups[place, stage, number]]
        named = own[number] if number != NONE else None
        rows.append(
            {
                "municipality": trials.task.region.names[trials.members[place]],
                "project": named.name if named else "",
                "stage_today": stage,
                "projects": len(projects) / seen.replications,
                "dwellings": projects["dwellings"].sum() / seen.replications,
                "expected": _month(named.delivered if named else None, scenario.start),
                **_when(projects, scenario.start.year + 1),
                "cancelled": float((projects["stage"] == Stage.CANCELLED).mean()),
                "delivered_by_end": float((projects["stage"] == Stage.REALISED).mean()),
                **_waits(projects, scenario.months),
            }
        )
    return pd.DataFrame(rows, columns=columns())


def columns() -> list[str]:
    """Return the names of the columns."""
    when = [f"{step}_p{share}" for step in STEPS for share in BAND]
    waits = [f"wait_{queue}" for queue in (ASLEEP, *QUEUES)]
    first = ["municipality", "project", "stage_today", "projects", "dwellings", "expected"]
    return [*first, *when, "cancelled", "delivered_by_end", *waits, "queue"]


def waited(projects: Rows, end: int) -> dict[str, Whole]:
    """Return the months that each project waits in each queue, up to the month `end`: int64[n] by queue."""
    asleep = (projects["stage"] == 0) | (projects["asked"] != NONE)
    found = {ASLEEP: np.where(asleep, np.where(projects["asked"] != NONE, projects["asked"], end), 0)}
    for queue, (since, until) in QUEUES.items():
        dates = np.array([projects[name] for name in until], np.int64)
        left = np.where(dates == NONE, end, dates).min(axis=0)
        found[queue] = np.where(projects[since] != NONE, left - projects[since], 0)
    return found


def _waits(projects: Rows, end: int) -> dict[str, Any]:
    months = {queue: float(values.mean()) for queue, values in waited(projects, end).items()}
    longest = max((queue for queue in months if queue != "construction"), key=lambda queue: months[queue])
    return {f"wait_{queue}": value for queue, value in months.items()} | {"queue": longest if months[longest] else "construction"}


def _when(projects: Rows, first_year: int) -> dict[str, float]:
    """Return the band of every step: years, with the month as a fraction."""
    found = {}
    for step in STEPS:
        month = projects[COLUMNS[step]].astype(np.int64)
        taken = (month > 0) & ((step != "delivered") | (projects["stage"] == Stage.REALISED))
        bounds = np.percentile(np.where(taken, month, NEVER), BAND, method="inverted_cdf")
        for share, value in zip(BAND, bounds, strict=True):
            found[f"{step}_p{share}"] = first_year + value / 12 if value < NEVER else np.nan
    return found


def _month(day: date | None, start: date) -> str:
    return month_text(month_number(day, start), start) or "" if day is not None else ""
