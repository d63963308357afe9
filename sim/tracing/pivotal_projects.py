"""Which projects would have made the difference at a measurement: one definition, for one municipality and for thousands at once."""

import numpy as np
from numpy.typing import NDArray

from sim.engine.state import NONE, Land, Rows, Stage, Whole
from sim.rules.progress import Level

LET_AFTER = 6  # months after delivery, under the reading that only let dwellings are realised
NEVER = 1 << 30  # later than any month
LEVELS = ("MJP", "KTP", "realised")
DATES = {"MJP": ("mjp", "ktp", "construction"), "KTP": ("ktp", "construction")}


def reached(projects: Rows, stage: str, let: bool) -> Whole:
    """Return the month in which each project was at least at a stage (MJP, KTP or realised): int64[n], NEVER where it never was.

    `let`: only what is let is realised (reading).
    """
    if stage == "realised":
        return np.where(projects["stage"] == Stage.REALISED, projects["ended"].astype(np.int64) + LET_AFTER * let, NEVER)
    ended = np.where(projects["stage"] == Stage.CANCELLED, NONE, projects["ended"])
    dates = np.array([*(projects[name] for name in DATES[stage]), ended], np.int64)
    return np.where(dates == NONE, NEVER, dates).min(axis=0)


def pivotal(projects: Rows, group: Whole, more: Whole, measured: int, let: bool, asleep_counts: bool) -> tuple[Whole, Whole]:
    """Return the projects that would have made the difference, and the dwellings for which there was none.

    `projects`: PROJECT[n], each in a municipality of a replication, its `group`: int64[n]. `more`: int64[groups, 3], the dwellings that lack
    at least on MJP, at least on KTP, and realised, in the month `measured`. `let`, `asleep_counts`: readings of the law.
    Those not yet at the stage needed, soonest there first, cancelled ones last; as many as suffice, or all there are. In the order in which
    they are taken, int64[k, 2]: place among the projects, level of the stage needed; and int64[groups, 3] without a project, by level.
    """
    dwellings = projects["dwellings"].astype(np.int64)

    def by_then(name: str) -> NDArray[np.bool_]:
        return np.asarray((projects[name] != NONE) & (projects[name] <= measured))

    def lacking(level: int, taken: Whole) -> Whole:
        return more[:, level] - np.bincount(group[taken], dwellings[taken], len(more)).astype(np.int64)

    at_start, cancelled = projects["land"] == Land.INITIAL, by_then("ended") & (projects["stage"] == Stage.CANCELLED)
    begun = at_start | by_then("preparation") | by_then("asked") | by_then("mjp")
    asleep = (by_then("asleep") | by_then("asked")) & ~by_then("mjp") & ~cancelled  # and so, under that reading, as on MJP
    needed = np.full(len(projects), NONE, np.int64)
    chosen, rest = [], np.zeros_like(more)
    for level in reversed(Level):
        when = reached(projects, LEVELS[level], let)
        late = begun & (when > measured) & ~(asleep & (level == Level.MJP and asleep_counts))
        lacks = lacking(level, np.flatnonzero(late & (needed != NONE)))
        free = np.flatnonzero(late & (needed == NONE))
        free = free[np.lexsort((projects["k"][free], when[free], cancelled[free], group[free]))]
        before = np.cumsum(dwellings[free]) - dwellings[free]
        before -= before[np.searchsorted(group[free], group[free])]
        these = free[before < lacks[group[free]]]
        needed[these] = level
        chosen.append(np.column_stack([these, needed[these]]))
        rest[:, level] = np.maximum(0, lacking(level, np.flatnonzero(late & (needed != NONE))))
    return np.concatenate(chosen), rest
