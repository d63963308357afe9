"""Early warning: which project, in which queue, makes which municipality fail which test, and until when it can still be mended."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.engine.state import NONE, Rows, Stage, Whole
from sim.engine.tables import listed
from sim.inputs.months import month_number
from sim.studies.capacity.trials import FAILED, Capacity, Trials
from sim.studies.capacity.workload import QUEUES, Seen, months_between, see
from sim.tracing.least_change import least_change
from sim.tracing.pivotal_projects import LET_AFTER, LEVELS, pivotal
from sim.tracing.trace import Tested, asked_by, asks, net_of, tests_of
from sim.tracing.waits import month_text

# A project's next step by its stage today, and the step that brings it to the stage that a measurement asks.
NEXT = {
    **dict.fromkeys(("dormant", "preparation"), "on_mjp"),
    **{"": "preparation", "MJP": "on_ktp", "KTP": "start", "construction": "delivered"},
}
BRINGS = {"MJP": "on_mjp", "KTP": "on_ktp", "realised": "delivered"}
# Steps that a committee takes, and so only in its own months; who is asleep on MJP needs none to wake.
COMMITTEE = ("on_mjp", "on_ktp")
NO_PROJECT = "no project"
ROW = ["municipality", "kind", "project", "stage_today", "needed"]
COLUMNS = ["test", "municipality", "fails", *ROW[1:], "queue", "share", "dwellings", "lacks", "step", "latest", "mendable"]


class Shortfall(NamedTuple):
    """Whether each municipality fails a test, bool[R, M]; what it then lacks at the least, int64[R, M], and by level, int64[R, M, 3]."""

    fails: NDArray[np.bool_]
    lacks: Whole
    more: Whole


def warnings(trials: Trials) -> pd.DataFrame:
    """Return what makes municipalities fail, with the means as they are, the most frequent first.

    A row per test, municipality, project and stage needed: projects that companies name by themselves, others under way by their stage at the
    start, those begun later ("new") and dwellings for which there is no project ("none") together. `fails`: share of replications in which
    the municipality is in the category asked about; `share`: in which it is, and this project is among those that would have made the
    difference. `queue`: what it waits for most often then; `dwellings`: of the projects that make the difference; `lacks`: what the
    municipality lacks when it fails. `step`: what must happen next; `latest` (YYYY-MM; "" where the forecast is too short to tell): by when,
    to be in time with the target probability, if it is not cancelled; `mendable`: that month is still to come.
    """
    seen, law, start = see(trials, Capacity()), trials.task.scenario.law, trials.task.scenario.start
    place = {trials.task.region.names[i]: j for j, i in enumerate(trials.members)}
    rows: list[dict[str, Any]] = []
    for year, number in zip(trials.question.tests, trials.tests, strict=True):
        tested = tests_of(law)[year]
        short = shortfall(trials, seen, tested, number)
        latest: dict[tuple[str, str, str], tuple[str, int | None]] = {}
        for key, cases in pivotal_cases(trials, seen, tested, short).groupby(ROW):
            row = dict(zip(ROW, map(str, key), strict=True))
            fails, lacks = (values[:, place[row["municipality"]]] for values in (short.fails, short.lacks))
            alike = row["project"], row["stage_today"], row["needed"]
            if alike not in latest:
                latest[alike] = _latest(trials, seen, tested, *alike)
            step, month = latest[alike]
            times = cases["replication"].nunique()
            rows.append(
                {
                    **row,
                    "test": year,
                    "fails": float(fails.mean()),
                    "queue": cases["queue"].mode().iat[0],
                    "share": times / len(seen.years),
                    "dwellings": cases["dwellings"].sum() / times,
                    "lacks": float(lacks[fails].mean()),
                    "step": step,
                    "latest": "" if month is None else month_text(month, start),
                    "mendable": month is not None and month > 0,
                }
            )
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.sort_values(["share", "test", "municipality"], ascending=[False, True, True], kind="stable", ignore_index=True)


def shortfall(trials: Trials, seen: Seen, tested: Tested, number: int) -> Shortfall:
    """Return what lacked at test `number` in every replication: the least change to category 1 (see `sim.tracing.least_change`)."""
    law, judged = trials.task.scenario.law, seen.tests[:, number]
    fails = judged["category"] >= FAILED[trials.question.category]
    net = np.stack(net_of(seen.years[:, (_measured(trials, tested) - 1) // 12], law), axis=2)
    lacks, more = np.zeros(fails.shape, np.int64), np.zeros((*fails.shape, len(LEVELS)), np.int64)
    head = asks(law, tested)
    for case in map(tuple, np.argwhere(fails)):
        asked = asked_by({**head, "path": dict(enumerate(seen.paths[:, number][case])), "sib": int(judged["sib"][case])})
        change = least_change(net[case].tolist(), asked)
        lacks[case], more[case] = change.dwellings, change.more
    return Shortfall(fails, lacks, more)


def pivotal_cases(trials: Trials, seen: Seen, tested: Tested, short: Shortfall) -> pd.DataFrame:
    """Return a row per replication and project that would have made the difference at a test, and per stage without enough projects.

    `replication`, those of ROW, `number` (of the project in its municipality, from 1; 0 without one), `queue`, `dwellings`.
    """
    scenario, count = trials.task.scenario, len(trials.members)
    readings, measured = scenario.law.readings, _measured(trials, tested)
    group, more = seen.replication * count + seen.place, short.more.reshape(-1, len(LEVELS))
    let, asleep = readings.realised.value == "let", readings.dormant.value == "counts"
    chosen, rest = pivotal(seen.projects, group, more, measured, let, asleep)
    these, names = chosen[:, 0], np.array([trials.task.region.names[i] for i in trials.members])
    projects, stage_today = seen.projects[these], seen.stage_today[these]
    # the last one, nameless, is for all that is not listed
    own = np.array([*(p.name for p in listed(scenario, trials.task.region)), ""])
    with_projects = {
        "replication": seen.replication[these],
        "municipality": names[seen.place[these]],
        **{"kind": np.where(stage_today == "", "new", "under way"), "project": own[projects["own"]], "stage_today": stage_today},
        **{"needed": np.array(LEVELS)[chosen[:, 1]], "number": projects["k"] + 1, "queue": queues(projects, measured)},
        "dwellings": projects["dwellings"],
    }
    without = np.flatnonzero(rest.max(axis=1))
    without_projects = {
        "replication": without // count,
        "municipality": names[without % count],
        **{"kind": "none", "project": "", "stage_today": ""},
        **{"needed": np.array(LEVELS)[rest[without].argmax(axis=1)], "number": 0, "queue": NO_PROJECT},
        "dwellings": rest[without].max(axis=1),
    }
    return pd.concat([pd.DataFrame(with_projects), pd.DataFrame(without_projects)], ignore_index=True)


def queues(projects: Rows, month: int) -> NDArray[np.str_]:
    """Return what each project waits for in a month: the keys of QUEUES, letting, or cancelled."""
    ended = (projects["ended"] != NONE) & (projects["ended"] <= month)
    waits = {"cancelled": ended & (projects["stage"] == Stage.CANCELLED), "letting": ended & (projects["stage"] == Stage.REALISED)}
    since = {queue: projects[first] for queue, (first, _) in reversed(QUEUES.items())}  # the last queue first
    waits |= {queue: (first != NONE) & (first <= month) for queue, first in since.items()}
    return np.select(list(waits.values()), list(waits), "asleep")


def _latest(trials: Trials, seen: Seen, tested: Tested, project: str, stage: str, needed: str) -> tuple[str, int | None]:
    """Return the next step of a project, or of those with the same stage today, and the last month for it; None: nobody can tell."""
    scenario, step = trials.task.scenario, NEXT[stage]
    let = scenario.law.readings.realised.value == "let"
    month = _measured(trials, tested)
    if step == BRINGS[needed]:
        month -= LET_AFTER if let and needed == "realised" else 0
    else:
        if project:
            names = [p.name for p in listed(scenario, trials.task.region)]
            alike = seen.projects["own"] == names.index(project)
        else:
            alike = (seen.stage_today == stage) & (seen.projects["voluntary"] == 0)
        months = months_between(seen.projects[alike], step, needed, let, scenario.months, trials.question.probability)
        if not np.isfinite(months):
            return step, None
        month -= int(months)
    interval = int(scenario.levers.committee_interval.value)
    return step, month // interval * interval if step in COMMITTEE and stage != "dormant" else month


def _measured(trials: Trials, tested: Tested) -> int:
    return month_number(tested.measurement.date, trials.task.scenario.start)
