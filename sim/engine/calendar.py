"""The calendar: SimPy walks the months, and calls every phase in its fixed order."""

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import simpy
from numpy.lib.recfunctions import repack_fields
from numpy.typing import NDArray

from sim.engine import phases, start, verdicts
from sim.engine.compiled import compiled
from sim.engine.state import HISTORY, W_PROJECTS, W_RESPONSE, W_SHORT, Model, Rows, State

ROWS = 32  # length of the draw tables at first; a replication that needs more is run again with twice as many


class Phase(NamedTuple):
    """A phase of the month: its name, what it does, when (a rhythm of RHYTHMS), and the function that does it."""

    name: str
    what: str
    when: str
    function: Callable[[Model, State, int], None]


PHASES = (
    Phase("policy", "the year's money and preparation slots; what the next measurement asks", "January", phases.policy),
    Phase("land", "private places arrive (January); searches end and start", "monthly", phases.land),
    Phase("completion", "projects whose time is up move on; rent-in, sales, purchases (December)", "monthly", phases.completion),
    Phase("admission", "awarded projects start construction as their fund has money, oldest first", "monthly", phases.admission),
    Phase("launch", "companies give free preparation slots by their allocation policy", "monthly", phases.launch),
    Phase("measurement", "dwellings on MJP, on KTP and realised against the next requirements", "December", verdicts.measurement),
    Phase("test", "category 1, 2A or 2B; plan of approach; contributions", "test month", verdicts.test),
    Phase("response", "effort rises after a failure, predicted, measured or judged", "December, test month", verdicts.response),
    Phase("record", "the year's rows are kept", "December", verdicts.record),
)


@dataclass(frozen=True)
class History:
    """One replication: every project, every year by municipality and by company, every test. Structured arrays, see `sim.engine.state`.

    `world`: int64[4], what was drawn once: project managers and response (1/65536), money of the first and the later years (dwellings a year).
    """

    replication: int
    population: int
    world: NDArray[np.int64]
    projects: Rows
    years: Rows
    tests: Rows
    companies: Rows


def replicate(model: Model, replication: int) -> History:
    """Run one replication from month 0 to the end and return its history. The same model and number give the same bits."""
    rows = ROWS
    while True:
        state = run(model, replication, rows)
        if not state.world[W_SHORT]:
            break
        rows *= 2
    projects = state.projects[: state.world[W_PROJECTS]]
    order = np.lexsort((projects["k"], projects["municipality"]))
    return History(
        replication=replication,
        population=replication % len(model.start),
        world=state.world[: W_RESPONSE + 1].copy(),
        projects=repack_fields(projects[list(HISTORY)])[order],
        years=state.years,
        tests=state.tests,
        companies=state.company_years,
    )


def run(model: Model, replication: int, rows: int) -> State:
    """Run one replication with draw tables of `rows` rows; `state.world[W_SHORT]` says whether they were too short."""
    seed = int(model.settings["seed"][0])
    state = start.new_state(model, seed, replication, rows)
    compiled(start.set_world)(model, state, start.world_draws(seed, replication))
    compiled(start.set_pipeline)(model, state)
    env = simpy.Environment()
    for priority, (function, months) in enumerate(timetable(model)):
        env.process(actor(env, compiled(function), months, priority, model, state))
    env.run()
    return state


def timetable(model: Model) -> Iterator[tuple[Callable[[Model, State, int], None], Iterable[int]]]:
    """Yield the functions of the month in the order of PHASES with their months; the four monthly phases go as one."""
    end = 12 * len(model.slot_growth)
    verdict_months = [int(t) for t in model.rhythm["verdict"] if 0 < t <= end]
    rhythms: dict[str, Iterable[int]] = {
        "January": range(1, end + 1, 12),
        "December": range(12, end + 1, 12),
        "test month": verdict_months,
        "December, test month": sorted({*range(12, end + 1, 12), *verdict_months}),
    }
    for phase in PHASES:
        if phase.name == "land":
            yield phases.month, range(1, end + 1)
        elif phase.when != "monthly":
            yield phase.function, rhythms[phase.when]


def actor(
    env: simpy.Environment, function: Callable[..., None], months: Iterable[int], priority: int, model: Model, state: State
) -> Generator[simpy.Event]:
    """A SimPy process: in each of its months, at its place in the month's order, do one thing."""
    for t in months:
        turn = simpy.Event(env)
        turn._ok, turn._value = True, None
        env.schedule(turn, priority=1 + priority, delay=t - env.now)  # type: ignore[arg-type]
        yield turn
        function(model, state, t)
