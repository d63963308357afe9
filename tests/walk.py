"""One replication walked phase by phase, so that a test can look at the state in between."""

from collections.abc import Iterator

import numpy as np

from sim.engine import calendar, start
from sim.engine.compiled import compiled
from sim.engine.state import W_PROJECTS, W_SHORT, Model, Rows, State


def walk(model: Model, replication: int) -> Iterator[tuple[int, str, State]]:
    """Yield (month, phase, state) before the first month (0, "start") and after every phase; the state is the engine's own, and changes."""
    seed, rows = int(model.settings["seed"][0]), calendar.ROWS
    while calendar.run(model, replication, rows).world[W_SHORT]:
        rows *= 2
    state = start.new_state(model, seed, replication, rows)
    compiled(calendar.begin)(model, state, start.world_draws(seed, replication))
    yield 0, "start", state
    for month, number in calendar.turns(12 * len(model.slot_growth), tuple(int(t) for t in model.rhythm["verdict"])).tolist():
        phase = calendar.PHASES[number]
        compiled(phase.function)(model, state, month)
        yield month, phase.name, state


def projects(state: State) -> Rows:
    """Return the projects that exist."""
    return state.projects[: state.world[W_PROJECTS]]


def dwellings_at(state: State, *stages: int) -> np.ndarray:
    """Return the dwellings of each municipality's projects in these stages."""
    rows = projects(state)
    rows = rows[np.isin(rows["stage"], stages)]
    return np.bincount(rows["municipality"], rows["dwellings"], len(state.municipalities)).astype(np.int64)
