"""The least change that gives category 1: the fewest dwellings, advanced or added, that meet every requirement of a measurement.

Levels are those of `sim.rules.progress`. A dwelling that is advanced over several stages, or that is
new and goes straight to one, is one dwelling. Dwellings only go up.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from sim.rules.progress import Level


class Asked(NamedTuple):
    """What a measurement asks: (level, dwellings) for each requirement of the regular path, and for each of SIB, which is `sib` in all.

    `sib_first`: all of SIB takes dwellings before the regular path (reading), not only what is asked of it. `any_of`: one of the regular
    requirements suffices.
    """

    regular: tuple[tuple[int, int], ...]
    of_sib: tuple[tuple[int, int], ...]
    sib: int
    sib_first: bool = False
    any_of: bool = False


class Change(NamedTuple):
    """`dwellings` that must be advanced or added in total, and how many more are then at least on MJP, on KTP, and realised."""

    dwellings: int
    more: tuple[int, int, int]


def least_change(counts: Sequence[int], asked: Asked) -> Change:
    """Return the least change; nothing to change when the requirements are met.

    `counts`: dwellings at least on MJP, at least on KTP, realised, before they are taken as 0 where sales made them negative. Exact: category 1
    is one of a few sets of "at least so many at a level". SIB takes the least advanced dwellings that satisfy it, so once it has what it
    takes, a regular requirement up to SIB's level asks that much more, and one beyond it asks it at its own level and, with SIB's, at SIB's.
    Under sib_first there may be other sets: from a level on SIB has what is asked but not all of it, takes every dwelling there, and nothing
    regular is asked there or beyond. Then each further dwelling at those levels would be lost for the others, so as few as possible go there.
    """
    if asked.any_of and asked.regular:
        ways = [least_change(counts, asked._replace(regular=(row,), any_of=False)) for row in asked.regular]
        return min(ways, key=lambda change: (change.dwellings, sum(change.more)))
    taken = {level: asked.sib if asked.sib_first else dwellings for level, dwellings in asked.of_sib}
    changes = [*_ways(counts, asked, taken)]
    part = 0
    for level, dwellings in sorted(asked.of_sib, reverse=True) if asked.sib_first else ():
        part = max(part, counts[level], dwellings)
        if part >= asked.sib or any(regular >= level for regular, wanted in asked.regular if wanted > 0):
            break
        taken[level] = part
        changes += _ways(counts, asked, taken)
    return min(changes, key=lambda change: (change.dwellings, sum(change.more)))


def _ways(counts: Sequence[int], asked: Asked, taken: Mapping[int, int]) -> Iterator[Change]:
    """Yield the least changes when SIB takes so many at its own levels (by level).

    Where, under sib_first, it takes all that is on KTP and could take more, one more there is lost for the regular path on MJP, yet a
    dwelling that becomes realised passes KTP: each number up to where all do so is a way of its own.
    """
    there = taken.get(Level.KTP, asked.sib) if asked.sib_first else asked.sib
    change = _change(counts, _thresholds(asked, taken), there < asked.sib)
    yield change
    passing = change.more[Level.REALISED] - change.more[Level.KTP]
    for more in range(there + 1, min(asked.sib, there + passing) + 1):
        yield _change(counts, _thresholds(asked, {**taken, Level.KTP: more}), more < asked.sib)


def _thresholds(asked: Asked, taken: Mapping[int, int]) -> list[int]:
    """Return how many dwellings must be at least at each level when SIB takes so many at its own (by level)."""
    goal = [taken.get(level, 0) for level in Level]
    for level, dwellings in asked.regular:
        if dwellings > 0:
            goal[level] = max(goal[level], dwellings)
            for own, of_sib in taken.items():
                place = min(level, own)
                goal[place] = max(goal[place], of_sib + dwellings)
    return goal


def _change(counts: Sequence[int], goal: Sequence[int], lost: bool) -> Change:
    """Return the fewest dwellings, and at each level no more than needed, that bring the counts to the goal.

    `lost`: what is on KTP beyond the goal would be lost for the regular path.
    """
    more = [max(0, goal[level] - counts[level]) if goal[level] > 0 else 0 for level in Level]
    for level in (Level.KTP, Level.MJP):  # what is at least at a level is at least at the one below
        more[level] = max(more[level], counts[level + 1] + more[level + 1] - counts[level])
    # one new dwelling, realised, serves more than a new one and another that is advanced
    if not lost:
        more[Level.KTP] = max(more[Level.KTP], min(more[Level.MJP], more[Level.REALISED]))
    mjp, ktp, realised = more
    return Change(max(realised - ktp, 0) + max(mjp, ktp), (mjp, ktp, realised))
