"""The skeleton of a building programme: what any model of this size must do at the least, with nothing of the law in it.

2,500 projects start in months 0-149, pass six stages with lognormal lead times, and need one of their company's 3-8 slots for the fifth.
Every month projects first finish a stage and hand over their slot; then those that are ready are admitted in the order (month ready, project).
"""

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

PROJECTS, COMPANIES, MONTHS, STAGES, LIMITED = 2_500, 41, 204, 6, 4
LAST_START = 149
MEDIANS, SIGMAS = (6, 9, 12, 8, 20, 3), (0.5, 0.5, 0.6, 0.4, 0.3, 0.3)
READY, ENDED = LIMITED, STAGES + 1  # columns of a history: stages 0-3 entered, ready for a slot, stages 4 and 5 entered, ended
COLUMNS = STAGES + 2
Whole = NDArray[np.int64]


class World(NamedTuple):
    """One replication's luck: `begin` and `company` by project, `lead` (projects x stages) in months, `slots` by company."""

    begin: Whole
    company: Whole
    lead: Whole
    slots: Whole


def draw_world(replication: int) -> World:
    """Return the world of a replication."""
    rng = np.random.default_rng([41, replication])
    lead = np.exp(np.log(MEDIANS) + np.array(SIGMAS) * rng.standard_normal((PROJECTS, STAGES)))
    return World(
        begin=rng.integers(LAST_START + 1, size=PROJECTS),
        company=rng.integers(COMPANIES, size=PROJECTS),
        lead=np.maximum(1, np.rint(lead)).astype(np.int64),
        slots=rng.integers(3, 9, size=COMPANIES),
    )


@numba.njit(cache=True)
def push(bucket: Whole, following: Whole, month: int, project: int) -> None:
    """Put a project on the list of the month in which it is due, if that month comes."""
    if month <= MONTHS:
        following[project] = bucket[month]
        bucket[month] = project


@numba.njit(cache=True)
def enqueue(first: Whole, last: Whole, behind: Whole, ready: Whole, company: int, project: int) -> None:
    """Put a project that became ready this month behind those of earlier months and of lower number."""
    if first[company] < 0:
        behind[project] = -1
        first[company] = last[company] = project
    elif ready[last[company]] < ready[project] or last[company] < project:
        behind[project] = -1
        behind[last[company]] = project
        last[company] = project
    elif ready[first[company]] == ready[project] and project < first[company]:
        behind[project] = first[company]
        first[company] = project
    else:
        before = first[company]
        while ready[behind[before]] < ready[project] or behind[before] < project:
            before = behind[before]
        behind[project] = behind[before]
        behind[before] = project


@numba.njit(cache=True)
def bare_loop(begin: Whole, company: Whole, lead: Whole, slots: Whole, history: NDArray[np.int32]) -> int:
    """Write the months of every project into `history` (int32[projects, COLUMNS], -1 for never) and return the number of events."""
    projects = len(begin)
    history[:] = -1
    bucket = np.full(MONTHS + 1, -1)
    following = np.full(projects, -1)
    behind = np.full(projects, -1)
    stage = np.full(projects, -1)
    ready = np.zeros(projects, np.int64)
    free = slots.copy()
    first = np.full(len(slots), -1)
    last = np.full(len(slots), -1)
    events = 0
    for p in range(projects):
        push(bucket, following, begin[p], p)
    for month in range(MONTHS + 1):
        p = bucket[month]
        while p >= 0:
            after = following[p]
            events += 1
            if stage[p] == LIMITED:
                free[company[p]] += 1
            stage[p] += 1
            if stage[p] == LIMITED:
                history[p, READY] = ready[p] = month
                enqueue(first, last, behind, ready, company[p], p)
            else:
                history[p, stage[p] if stage[p] < LIMITED else stage[p] + 1] = month
                if stage[p] < STAGES:
                    push(bucket, following, month + lead[p, stage[p]], p)
            p = after
        for c in range(len(slots)):
            while free[c] > 0 and first[c] >= 0:
                p = first[c]
                first[c] = behind[p]
                free[c] -= 1
                events += 1
                history[p, READY + 1] = month
                push(bucket, following, month + lead[p, LIMITED], p)
    return events
