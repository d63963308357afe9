"""Who waits: queues of projects, for a slot of a company or money of a fund; and the status of municipalities.

Queues are chains through the projects' rows. A status says whether a municipality is ready for a project, searches for land, is willing to
build more than its objective; it is looked at again only where something changed, as looking at all of them in every month costs half of a
replication's time.
"""

from typing import Any

from sim.agents.municipalities import READY, status
from sim.chance.leadtimes import bernoulli
from sim.engine.state import NONE, Model, State

Row = Any


def comes_before(projects: Row, p: int, q: int) -> bool:
    """Return whether project p queues before q: the earlier month, lower NIS code, earlier project."""
    a, b = projects[p], projects[q]
    if a["queued"] != b["queued"]:
        return a["queued"] < b["queued"]
    if a["municipality"] != b["municipality"]:
        return a["municipality"] < b["municipality"]
    return a["k"] < b["k"]


def enqueue(projects: Row, first: int, last: int, p: int) -> tuple[int, int]:
    """Put project p in its place in a queue from `first` to `last` and return the new ends."""
    projects[p]["next"] = NONE
    if first == NONE:
        return p, p
    if comes_before(projects, last, p):
        projects[last]["next"] = p
        return first, p
    if comes_before(projects, p, first):
        projects[p]["next"] = first
        return p, last
    q = first
    while comes_before(projects, projects[q]["next"], p):
        q = projects[q]["next"]
    projects[p]["next"] = projects[q]["next"]
    projects[q]["next"] = p
    return first, last


def changed(state: State, i: int) -> None:
    """Note that municipality i's need, land, effort or searches changed."""
    if state.changed[i] == 0:
        state.changed[i] = 1
        state.to_look_at[state.world[0]["changed"]] = i
        state.world[0]["changed"] += 1


def all_changed(state: State) -> None:
    """Note that every municipality changed: the law acted, or a year ended."""
    for i in range(len(state.changed)):
        changed(state, i)


def look_again(model: Model, state: State) -> None:
    """Look again at the municipalities that changed, and count with each company those ready for a project."""
    s = model.settings[0]
    for n in range(state.world[0]["changed"]):
        i = state.to_look_at[n]
        m = state.municipalities[i]
        before = state.status[i]
        state.status[i] = status(m, s, bernoulli(state.wishes[0, i], s["envelope_wish"]))
        state.companies[m["company"]]["ready"] += (state.status[i] & READY) - (before & READY)
        state.changed[i] = 0
    state.world[0]["changed"] = 0


def following(state: State, status: int, i: int) -> int:
    """Return the first municipality from i on with this status, or NONE."""
    for j in range(i, len(state.status)):
        if state.status[j] & status:
            return j
    return NONE
