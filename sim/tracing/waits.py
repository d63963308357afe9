"""Where a municipality's projects waited, and for what: one replication walked again, month by month, with an eye on one municipality."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.municipalities import has_places, need
from sim.chance.leadtimes import ONE, months
from sim.engine import start
from sim.engine.calendar import PHASES, ROWS, dates, schedule, walk
from sim.engine.pipeline import appeals, enter_mjp, enter_preparation
from sim.engine.quantiles import Table
from sim.engine.state import LANDS, NONE, Model, Rows, Stage, State
from sim.tracing.pivotal_projects import LEVELS, NEVER, pivotal, reached

LAUNCH = next(number for number, phase in enumerate(PHASES) if phase.name == "launch")
Story = dict[str, Any]


@dataclass(frozen=True)
class Watched:
    """One replication, seen from one municipality. By month (0 is the start): effort (fixed point), need (dwellings), whether it had places
    and an opportunity.

    `projects`: its rows, by number, as they ended; `state`: where the replication ended.
    """

    model: Model
    state: State
    index: int
    effort: NDArray[np.int64]
    need: NDArray[np.int64]
    places: NDArray[np.bool_]
    opportunity: NDArray[np.bool_]
    rows: tuple[int, ...]

    @property
    def projects(self) -> Rows:
        """Its projects as they ended, by number."""
        return self.state.projects[list(self.rows)]


def watch(model: Model, replication: int, index: int) -> Watched:
    """Run a replication and look at municipality `index` in every month, when companies are about to give their slots."""
    settings = model.settings[0]
    order = schedule(*dates(model))
    end = int(order[-1, 0])
    rows = ROWS
    while True:
        state = start.new_state(model, int(settings["seed"]), replication, rows)
        effort, needed, places, opportunity = (np.zeros(end + 1, np.int64) for _ in range(4))
        done = 0
        for t in range(end + 1):
            upto = int(np.searchsorted(order[:, 0] * len(PHASES) + order[:, 1], t * len(PHASES) + LAUNCH))
            walk(model, state, order[done:upto])
            done = upto
            m = state.municipalities[index]
            effort[t], needed[t], places[t], opportunity[t] = (
                m["effort"],
                need(m, settings),
                has_places(m, settings),
                m["opportunities"],
            )
        walk(model, state, order[done:])
        if not state.world[0]["short"]:
            break
        rows *= 2
    own = [p for p in range(state.world[0]["projects"]) if state.projects[p]["municipality"] == index]
    own.sort(key=lambda p: int(state.projects[p]["k"]))
    return Watched(model, state, index, effort, needed, places.astype(bool), opportunity.astype(bool), tuple(own))


def ready(watched: Watched, p: int, stage: str) -> int | None:
    """Return the month in which project p was ready with preparation or permit, before it waited for the committee; None: after the end.

    The engine's own functions say so, on a copy in which the committee meets every month.
    """
    settings = watched.model.settings.copy()
    settings["committee_interval"] = 1
    model = watched.model._replace(settings=settings)
    end = watched.state
    state = end._replace(
        projects=end.projects.copy(),
        municipalities=end.municipalities.copy(),
        companies=end.companies.copy(),
        due=np.full_like(end.due, NONE),
    )
    row = state.projects[p]
    t = int(row[stage])
    state.municipalities[watched.index]["effort"] = watched.effort[t]
    if stage == "preparation":
        enter_preparation(model, state, p, Table.PREPARATION if t > 0 else Table.PREPARATION_LEFT, t)
    else:
        share = settings[0]["awake_share"] if row["asleep"] != NONE else ONE
        enter_mjp(model, state, p, Table.PERMIT if t > 0 else Table.PERMIT_LEFT, share, t)
    month = np.flatnonzero(state.due != NONE)
    return int(month[0]) if len(month) else None


def waits(watched: Watched, p: int) -> list[tuple[str, int, int | None]]:
    """Return where project p waited: for what, from which month to which (None: beyond the end), in order; nothing that took no time."""
    row = watched.state.projects[p]
    dates = ("asked", "preparation", "mjp", "ktp", "award", "ready", "construction", "ended", "asleep")
    at = {name: int(row[name]) for name in dates}
    ended = at["ended"] if at["ended"] != NONE else None

    def after(*names: str) -> int | None:
        return next((at[name] for name in names if at[name] != NONE), ended)

    steps: list[tuple[str, int, int | None]] = []
    if at["asleep"] != NONE:
        steps.append(("asleep", at["asleep"], after("asked")))
    if at["asked"] != NONE:
        steps.append(("slot", at["asked"], after("mjp")))
    for stage, following in (("preparation", "asleep" if at["asleep"] != NONE else "mjp"), ("mjp", "ktp")):
        if at[stage] == NONE:
            continue
        since, done = at[stage], ready(watched, p, stage)
        delay = int(appeals(watched.model, watched.state, row)) if stage == "mjp" else 0
        if delay > 0 and done is not None:
            appealed = max(since, done - months(delay))
            steps += [("permit", since, appealed), ("appeal", appealed, done)]
        else:
            name = {"preparation": "preparation", "mjp": "permit and appeal" if delay > 0 else "permit"}[stage]
            steps.append((name, since, done))
        if done is not None:
            steps.append(("committee", done, after(following)))
    for name, stage, following in (
        ("award", "ktp", "award"),
        ("start", "award", "ready"),
        ("money", "ready", "construction"),
        ("construction", "construction", "ended"),
    ):
        if at[stage] != NONE:
            steps.append((name, at[stage], after(following)))
    return sorted((step for step in steps if step[1] != step[2]), key=lambda step: step[1])


def missed(watched: Watched, more: dict[str, int], measured: int, first_day: date, let: bool, asleep_counts: bool) -> Story:
    """Return the projects that would have made the difference (see `pivotal`), and the dwellings for which there was none.

    `more`: dwellings that lack at least at each stage.
    """
    projects, lacks = watched.projects, np.array([[more[stage] for stage in LEVELS]], np.int64)
    chosen, rest = pivotal(projects, np.zeros(len(projects), np.int64), lacks, measured, let, asleep_counts)
    stories = [story(watched, watched.rows[place], LEVELS[level], measured, first_day, let) for place, level in chosen]
    return {"projects": stories, "no_project": int(rest.max())}


def story(watched: Watched, p: int, stage: str, measured: int, first_day: date, let: bool) -> Story:
    """Return a project's history up to the stage that was needed, with dates."""
    row = watched.state.projects[p]
    month = int(reached(watched.state.projects[[p]], stage, let)[0])
    when = month if month < NEVER else None
    steps = [s for s in waits(watched, p) if when is None or s[1] < when]
    now = next((s for s in reversed(steps) if s[1] <= measured), None)
    cancelled = int(row["ended"]) if row["stage"] == Stage.CANCELLED else None
    return {
        "number": int(row["k"]) + 1,
        "dwellings": int(row["dwellings"]),
        "land": LANDS[row["land"]],
        "voluntary": bool(row["voluntary"]),
        "needed": stage,
        "waiting_for": now[0] if now and not (cancelled is not None and cancelled <= measured) else None,
        "since": month_text(now[1], first_day) if now else None,
        "reached": month_text(when, first_day),
        "cancelled": month_text(cancelled, first_day),
        "waits": [{"for": name, **_between(since, until, first_day)} for name, since, until in steps],
    }


def _between(since: int, until: int | None, first_day: date) -> Story:
    length = None if until is None else until - since
    return {"from": month_text(since, first_day), "to": month_text(until, first_day), "months": length}


def idle(watched: Watched, measured: int) -> dict[str, int]:
    """Return the months up to the measurement by what happened to new projects: one started, no land, opportunity or free slot, or no need."""
    entered = {int(row["preparation"]) for row in watched.projects}
    entered |= {int(row["mjp"]) for row in watched.projects if row["asked"] != NONE}
    counts = {"started": 0, "no_land": 0, "no_opportunity": 0, "no_slot": 0, "no_need": 0}
    for t in range(1, measured + 1):
        if watched.need[t] <= 0:
            why_not = "no_need"
        elif not watched.places[t]:
            why_not = "no_land"
        else:
            why_not = "no_slot" if watched.opportunity[t] else "no_opportunity"
        counts["started" if t in entered else why_not] += 1
    return counts


def month_text(t: int | None, first_day: date) -> str | None:
    """Return a month number as YYYY-MM; `first_day`: the start, a 31 December."""
    if t is None:
        return None
    return f"{first_day.year + 1 + (t - 1) // 12}-{(t - 1) % 12 + 1:02d}"
