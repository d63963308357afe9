"""One replication walked phase by phase, so that a test can look at the state in between."""

from collections.abc import Iterator

import numpy as np

from sim.engine import calendar, phases, start
from sim.engine.compiled import compiled
from sim.engine.state import W_PROJECTS, W_SHORT, Model, Rows, State

MONTHLY = ("land", "completion", "admission", "launch")


def walk(model: Model, replication: int) -> Iterator[tuple[int, str, State]]:
    """Yield (month, phase, state) before the first month (0, "start") and after every phase; the state is the engine's own, and changes."""
    seed, rows = int(model.settings["seed"][0]), calendar.ROWS
    while calendar.run(model, replication, rows).world[W_SHORT]:
        rows *= 2
    state = start.new_state(model, seed, replication, rows)
    compiled(start.set_world)(model, state, start.world_draws(seed, replication))
    compiled(start.set_pipeline)(model, state)
    yield 0, "start", state
    turns = [(function, set(months)) for function, months in calendar.timetable(model)]
    for month in range(1, len(state.due)):
        for function, months in turns:
            if month not in months:
                continue
            for name in MONTHLY if function is phases.month else (function.__name__,):
                compiled(getattr(phases, name) if function is phases.month else function)(model, state, month)
                yield month, name, state


def projects(state: State) -> Rows:
    """Return the projects that exist."""
    return state.projects[: state.world[W_PROJECTS]]


def dwellings_at(state: State, *stages: int) -> np.ndarray:
    """Return the dwellings of each municipality's projects in these stages."""
    rows = projects(state)
    rows = rows[np.isin(rows["stage"], stages)]
    return np.bincount(rows["municipality"], rows["dwellings"], len(state.municipalities)).astype(np.int64)
