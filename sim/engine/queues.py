"""Queues of projects, as chains through their rows: for a slot of a company, for money of a fund."""

from typing import Any

from sim.engine.state import NONE

Row = Any


def comes_before(projects: Row, p: int, q: int) -> bool:
    """Return whether project p queues before q: voluntary ones last, then earlier month, lower NIS code, earlier project."""
    a, b = projects[p], projects[q]
    if a["voluntary"] != b["voluntary"]:
        return a["voluntary"] < b["voluntary"]
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
