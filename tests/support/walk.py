"""One replication walked phase by phase, so that a test can look at the state in between; and random worlds as models, changed at will."""

import hashlib
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest

from sim.engine import History, build_model, calendar, replicate, start
from sim.engine.compiled import compiled
from sim.engine.state import Model, Rows, State
from sim.inputs.scenario.model import Scenario
from tests.support.worlds import random_world

worlds = pytest.mark.parametrize(  # others than those of the two engines; make test-full walks all of them
    "number", [*range(1000, 1004), *(pytest.param(number, marks=pytest.mark.full) for number in range(1004, 1040))]
)


def walk(model: Model, replication: int) -> Iterator[tuple[int, str, State]]:
    """Yield (month, phase, state) before the first month (0, "start") and after every phase; the state is the engine's own, and changes."""
    seed, rows = int(model.settings["seed"][0]), calendar.ROWS
    while calendar.run(model, replication, rows).world[0]["short"]:
        rows *= 2
    state = start.new_state(model, seed, replication, rows)
    compiled(calendar.begin)(model, state, 0)
    yield 0, "start", state
    for month, number in calendar.schedule(*calendar.dates(model))[1:].tolist():
        phase = calendar.PHASES[number]
        compiled(phase.function)(model, state, month)
        yield month, phase.name, state


def projects(state: State) -> Rows:
    """Return the projects that exist."""
    return state.projects[: state.world[0]["projects"]]


def dwellings_at(state: State, *stages: int) -> np.ndarray:
    """Return the dwellings of each municipality's projects in these stages."""
    rows = projects(state)
    return by(rows[np.isin(rows["stage"], stages)], len(state.municipalities))


def by(rows: Rows, count: int) -> np.ndarray:
    """Return the dwellings of some projects by municipality."""
    return np.bincount(rows["municipality"], rows["dwellings"], count).astype(np.int64)


@cache
def model_of(number: int) -> Model:
    """Return the model of a random world."""
    return build_model(*random_world(number))


def kinds_of(model: Model, month: int) -> set[int]:
    """Return what the law itself does in a month."""
    return set(model.events[model.events[:, 0] == month, 1].tolist())


def changed(scenario: Scenario, law: Callable[[dict[str, Any]], object] | None = None, **values: Any) -> Scenario:
    """Return a scenario with other values of levers and uncertainties (a distribution's constant), and its law changed by a function."""
    tables = scenario.model_dump(by_alias=True)
    for name, value in values.items():
        row = tables["levers" if name in tables["levers"] else "uncertainties"][name]
        row["constant" if "distribution" in row else "value"] = value
    if law is not None:
        law(tables["law"])
    return Scenario.model_validate(tables)


def digest(history: History) -> str:
    """Return the SHA-256 of all that a history holds."""
    total = hashlib.sha256()
    for name, rows in vars(history).items():
        if name not in ("replication", "unsorted"):
            total.update(rows.tobytes() if isinstance(rows, np.ndarray) else str(rows).encode())
    total.update(history.projects.tobytes())
    return total.hexdigest()


def digests(numbers: list[int]) -> list[str]:
    """Return the digests of a few worlds."""
    return [digest(replicate(model_of(number), number)) for number in numbers]
