"""A replication lived again with other means: its tables and draws are made once, and it is lived no further than it is asked about."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from sim.engine.calendar import ROWS, dates, schedule, walk
from sim.engine.start import copied, new_state
from sim.engine.state import Model, Rows, State

# Of a state: what the engine only reads, and what it writes before it reads it. All else is copied for every life.
DRAWS = (
    *("project_draws", "search_draws", "instruments", "filed", "accepted", "staffing", "drawn", "efforts", "agreements"),
    *("exemptions", "wishes", "household_errors", "target_errors", "shared_errors", "opportunities", "wills", "listers", "losses"),
)
ROOM = ("projects", "search_next")
# What a company has of its own: nothing of it is read before January.
OF_COMPANY, OF_MUNICIPALITY = ("own_managers", "own_finance", "fund", "policy"), ("rate_bought",)
# What is done at the beginning of a month; True: the life ends there.
Pauses = Mapping[int, Callable[[State], bool]]


class Begun(NamedTuple):
    """A replication at the end of month 0: its tables, its state with draw tables of so many rows, and the projects under way."""

    model: Model
    state: State
    rows: int
    projects: Rows


class Replays:
    """The replications of a scenario. `tables`: the tables of one by its number. `kept`: what is made of it, for others as well."""

    def __init__(self, tables: Callable[[int], Model], kept: dict[int, Begun]) -> None:
        self.tables, self.kept = tables, kept

    def begun(self, number: int, rows: int = ROWS) -> Begun:
        """Return a replication before anything happens, with draw tables of at least so many rows: longer ones hold what shorter ones do."""
        known = self.kept.get(number)
        while known is None or known.rows < rows:
            model = known.model if known else self.tables(number)
            state = new_state(model, int(model.settings["seed"][0]), number, rows)
            walk(model, state, schedule(*dates(model))[:1])
            under_way = copied(state.projects[: state.world[0]["projects"]])
            known = self.kept[number] = Begun(model, state._replace(projects=np.empty_like(state.projects)), rows, under_way)
            rows = 2 * rows if state.world[0]["short"] else rows
        return known

    def lived(self, number: int, model: Model, until: int | None = None, pauses: Pauses | None = None) -> State:
        """Return the state of a replication at the end of a month (default: of all), with these tables in place of its own.

        They may differ in what a company has of its own only. The same bits as `replicate` gives up to there.
        """
        order, rows = schedule(*dates(model)), ROWS
        end = len(order) if until is None else int(np.searchsorted(order[:, 0], until + 1))
        parts = [(min(end, int(np.searchsorted(order[:, 0], month))), pause) for month, pause in sorted((pauses or {}).items())]
        while True:
            state, done, over = _fresh(self.begun(number, rows), model, number), 1, False
            for place, pause in parts:
                if not over and place < end:
                    walk(model, state, order[done:place])
                    done, over = place, bool(state.world[0]["short"]) or pause(state)
            if not over:
                walk(model, state, order[done:end])
            if not state.world[0]["short"]:
                return state
            rows = 2 * self.kept[number].rows


def _fresh(begun: Begun, model: Model, number: int) -> State:
    """Return the state of a replication at the end of month 0, with what companies have of their own in these tables."""
    parts: dict[str, Any] = {
        name: np.empty_like(rows) if name in ROOM else copied(rows) if rows.dtype.names else rows.copy()
        for name, rows in begun.state._asdict().items()
        if name not in DRAWS
    }
    state = begun.state._replace(**parts)
    state.projects[: len(begun.projects)].view(np.uint8)[:] = begun.projects.view(np.uint8)
    if model is not begun.model:
        population = number % len(model.start)
        for rows, first, names in (
            (state.companies, model.company_start, OF_COMPANY),
            (state.municipalities, model.start, OF_MUNICIPALITY),
        ):
            for name in names:
                rows[name] = first[population][name]
    return state
