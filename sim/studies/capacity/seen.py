"""What is seen of a company's municipalities in many replications: their projects, years and tests, laid side by side."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engine import History
from sim.engine.state import Land, Rows, Stage, Whole
from sim.studies.capacity.trials import Capacity, Trials, with_means
from sim.tracing.decisive_projects import reached

MANY = 200  # replications are enough for bands and shares: a share's standard error is 3.5 points at the most
UNDER_WAY = ("construction", "KTP", "MJP", "preparation")  # stages of a project at the start, told by their date being month 0
STEPS = {"preparation": "preparation", "on_mjp": "mjp", "on_ktp": "ktp", "start": "construction", "delivered": "ended"}


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

    @property
    def replications(self) -> int:
        """How many replications were seen."""
        return len(self.years)


@lru_cache(2)
def see(trials: Trials, capacity: Capacity) -> Seen:
    """Return what happens in the company's municipalities when it has these means; workload, warnings and timetable look at the same."""
    model, members = with_means(trials.task.model, trials.members, trials.company, capacity), trials.members
    projects, years, tests, paths = [], [], [], []
    for history in trials.histories(model, min(MANY, trials.replications)):
        projects.append(_of(history, members))
        years.append(history.years[:, members])
        tests.append(history.tests[:, members])
        paths.append(history.paths[:, members])
    together = np.concatenate(projects)
    replication = np.repeat(np.arange(len(projects)), [len(rows) for rows in projects])
    place = np.searchsorted(members, together["municipality"])
    return Seen(together, replication, place, stages_today(together), np.array(years), np.array(tests), np.array(paths))


def _of(history: History, members: Whole) -> Rows:
    return history.unsorted[np.isin(history.unsorted["municipality"], members)]


def stages_today(projects: Rows) -> NDArray[np.str_]:
    """Return the stage at the start of each project under way then, as companies name it; "" for those begun later."""
    columns = {"construction": "construction", "KTP": "ktp", "MJP": "mjp", "preparation": "preparation"}
    known = [projects[columns[stage]] == 0 for stage in UNDER_WAY]
    return np.asarray(np.where(projects["land"] == Land.INITIAL, np.select(known, UNDER_WAY, "dormant"), ""))


def months_between(projects: Rows, step: str, stage: str, let: bool, end: int, share: float) -> float:
    """Return the months from a step (of STEPS) within which this share of the projects is at least at a stage (MJP, KTP or realised).

    Of those that took the step during the forecast (up to month `end`); cancelled ones, and those that are not there at the end, count as
    long as they were seen. NaN where the forecast is too short to tell.
    """
    rows = projects[projects[STEPS[step]] > 0]
    when = reached(rows, stage, let)
    there = when <= end
    until = np.where(there, when, np.where(rows["stage"] == Stage.CANCELLED, rows["ended"], end))
    return lasting(until - rows[STEPS[step]], there, share)


def lasting(seen: np.ndarray, there: np.ndarray, share: float) -> float:
    """Return how long it takes until this share has arrived (Kaplan and Meier): NaN where too few were seen so long.

    `seen`: how long each was looked at; `there`: whether it had arrived by then.
    """
    from scipy.stats import CensoredData, ecdf

    if not there.any():
        return float("nan")
    curve = ecdf(CensoredData(uncensored=seen[there].astype(float), right=seen[~there].astype(float))).sf
    reached = curve.quantiles[curve.probabilities <= 1 - share + 1e-12]
    return float(reached[0]) if len(reached) else float("nan")
