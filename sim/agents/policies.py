"""Allocation policies: by which a company chooses whom it serves next, by name and by score.

`m` is a row of the engine's municipalities. Scores are compared within one company; the highest is served, ties to the lower NIS code.
Scenarios name the policies, and the plain model reads scenarios: so nothing of the companies or of the engine is loaded here.
"""

from enum import IntEnum
from typing import Any

from sim.chance.leadtimes import ONE

Row = Any
FAR = 1 << 40


class Policy(IntEnum):
    """Allocation policies; a scenario names them in small letters, as POLICIES."""

    LARGEST_SHORTFALL, PROPORTIONAL, FIRST_COME, PROTECT = range(4)


POLICIES = tuple(policy.name.lower() for policy in Policy)


def priority(policy: int, m: Row, live: int) -> int:
    """Return a municipality's score under an allocation policy: the highest is served first. `live`: its dwellings from preparation on."""
    short = m["required"] - live
    if policy == Policy.LARGEST_SHORTFALL:
        return short
    if policy == Policy.PROPORTIONAL:
        return (m["objective"] - live) * ONE // m["objective"]
    if policy == Policy.FIRST_COME:
        return -m["waiting_since"]
    return FAR - short if short > 0 else short
