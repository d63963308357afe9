"""The calendar: month by month every phase has its turn, in the order of PHASES, which the engine states nowhere else."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.lib.recfunctions import repack_fields
from numpy.typing import NDArray

from sim.engine import start
from sim.engine.compiled import call_in_order
from sim.engine.launching import launch
from sim.engine.phases import admission, completion, land, policy
from sim.engine.queues import all_changed
from sim.engine.record import record
from sim.engine.start import set_pipeline, set_world
from sim.engine.state import HISTORY, Model, Rows, State
from sim.engine.verdicts import measurement, response, test

DRAWN = ("managers", "budget", "response")  # drawn once in a replication
START = -1  # number of `begin` in a schedule
ROWS = 16  # length of the draw tables at first; a replication that needs more (1 in 60) is run again with twice as many


class Phase(NamedTuple):
    """A phase of the month: its name, what it does, when (a rhythm of RHYTHMS), and the function that does it."""

    name: str
    what: str
    when: str
    function: Callable[[Model, State, int], None]


PHASES = (
    Phase(
        "policy",
        "the law's own dates; land, money, preparation slots (January); what the next test asks",
        "January, law's dates",
        policy,
    ),
    Phase("land", "private places arrive (January); opportunities come up; searches end and start", "monthly", land),
    Phase(
        "completion", "projects whose time is up move on; rent-in, sales, purchases, demolition (December)", "monthly", completion
    ),
    Phase("admission", "awarded projects start construction as their fund has money, oldest first", "monthly", admission),
    Phase("launch", "companies give free preparation slots by their allocation policy", "monthly", launch),
    Phase("measurement", "dwellings on MJP, on KTP and realised against the next requirements", "December", measurement),
    Phase("test", "category 1, 2A or 2B; plan of approach; contributions", "test month", test),
    Phase("response", "effort rises after a failure, predicted, measured or judged", "December, test month", response),
    Phase("record", "the year's rows are kept", "December", record),
)


@dataclass(frozen=True)
class History:
    """One replication: every project, every year by municipality and by company, every test. Structured arrays, see `sim.engine.state`.

    `world`: int64[3], what was drawn once: project managers and response (1/65536), between them the budget of the first year (thousand euro).
    """

    replication: int
    population: int
    world: NDArray[np.int64]
    years: Rows
    tests: Rows
    companies: Rows
    totals: Rows
    test_totals: Rows
    flanders: Rows
    paths: NDArray[np.int64]
    unsorted: Rows

    @property
    def projects(self) -> Rows:
        """The projects, by municipality and number."""
        order = np.lexsort((self.unsorted["k"], self.unsorted["municipality"]))
        return repack_fields(self.unsorted[list(HISTORY)])[order]


def replicate(model: Model, replication: int) -> History:
    """Run one replication from month 0 to the end and return its history. The same model and number give the same bits."""
    rows = ROWS
    while True:
        state = run(model, replication, rows)
        if not state.world[0]["short"]:
            break
        rows *= 2
    return History(
        replication=replication,
        population=replication % len(model.start),
        world=np.array([state.world[0][name] for name in DRAWN], np.int64),
        years=state.years,
        tests=state.tests,
        companies=state.company_years,
        totals=state.totals,
        test_totals=state.test_totals,
        flanders=state.flanders,
        paths=state.paths,
        unsorted=state.projects[: state.world[0]["projects"]],
    )


def run(model: Model, replication: int, rows: int) -> State:
    """Run one replication with draw tables of `rows` rows; `state.world[0]["short"]` says whether they were too short."""
    seed = int(model.settings["seed"][0])
    state = start.new_state(model, seed, replication, rows)
    walk(model, state, schedule(*dates(model)))
    return state


def begin(model: Model, state: State, t: int) -> None:
    """Month 0 (`t`): what the replication draws once, and the projects under way."""
    set_world(model, state)
    set_pipeline(model, state)
    all_changed(state)


def walk(model: Model, state: State, schedule: NDArray[np.int64]) -> None:
    """Call the phases in the order of (a part of) the schedule."""
    call_in_order([*(phase.function for phase in PHASES), begin], model, state, schedule)


def dates(model: Model) -> tuple[int, tuple[int, ...], tuple[int, ...]]:
    """Return what the calendar hangs on: the last month, the months of verdicts and those in which the law itself acts."""
    acts = sorted(set(model.events[:, 0].tolist()))
    return len(model.slot_growth) * 12, tuple(model.rhythm["verdict"].tolist()), tuple(acts)


@cache
def schedule(end: int, verdicts: tuple[int, ...], acts: tuple[int, ...]) -> NDArray[np.int64]:
    """Return int64[n, 2]: month and number of every phase, month by month in the order of PHASES; before them START in month 0.

    No date hangs on chance, so every replication follows the same schedule.
    """
    months = [months_of(phase.when, end, verdicts, acts) for phase in PHASES]
    return np.array([(0, START), *sorted((t, number) for number, of_phase in enumerate(months) for t in of_phase)], np.int64)


def months_of(when: str, end: int, verdicts: tuple[int, ...], acts: tuple[int, ...]) -> list[int]:
    """Return the months of a phase: January, the law's dates, December, every month, or the months of a test's verdict."""
    december = range(12, end + 1, 12)
    tests = [t for t in verdicts if 0 < t <= end]
    return {
        "January, law's dates": sorted({*range(1, end + 1, 12), *acts}),
        "monthly": list(range(1, end + 1)),
        "December": list(december),
        "test month": tests,
        "December, test month": sorted({*december, *tests}),
    }[when]
