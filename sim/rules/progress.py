"""Progress: what a municipality lacks at a measurement, on the regular path and on SIB (sources: Wonen in Vlaanderen; VVSG position, 1.3).

Dwellings count, projects do not. `counts[level]` is the number of dwellings at least at a level, so it never grows with the level.
"""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from sim.rules.growth_path import on_the_way, required, sib_asked

Whole = NDArray[np.int64]


class Level(IntEnum):
    """What a measurement counts: dwellings at least on MJP, at least on KTP, realised."""

    MJP, KTP, REALISED = range(3)


def sib_used(counts: Whole, asked: int, level: int) -> int:
    """Return the dwellings that SIB takes: as many as this measurement asks of it and no more (reading)."""
    return min(asked, counts[level])


def left_for_regular(counts: Whole, used: int, sib_level: int, level: int) -> int:
    """Return the dwellings at least at `level` that serve the regular path after SIB took `used` at `sib_level`.

    SIB takes the least advanced dwellings that satisfy it (reading), so beyond its own level it takes only what the lower ones do not give.
    """
    if level <= sib_level:
        return counts[level] - used
    return counts[level] - max(0, used - (counts[sib_level] - counts[level]))


def requirements(
    path: Whole, sib: int, numerators: Whole, denominators: Whole, sib_numerator: int, sib_denominator: int, up: int, asked: Whole
) -> None:
    """Write into `asked` (int64[Q + 1], dwellings) what a measurement asks: by each requirement of the regular path, and last of SIB.

    `path`: int64[L]. `numerators` (int64[Q, L]) over `denominators` (int64[Q]): the shares of each requirement. `up` (reading): 1 rounds up.
    """
    for q in range(len(denominators)):
        asked[q] = required(path, numerators[q], denominators[q], up)
    asked[len(denominators)] = sib_asked(sib, sib_numerator, sib_denominator, up)


def asked_on_the_way(
    asked: Whole,
    levels: Whole,
    sib_level: int,
    before: Whole,
    levels_before: Whole,
    sib_level_before: int,
    passed: int,
    span: int,
    up: int,
    result: Whole,
) -> None:
    """Write into `result` what `asked` is, `passed` of `span` months after the measurement before, on the straight line between both (reading).

    `asked`, `before`: as `requirements` writes them; `levels`, `levels_before`: int64[Q], of the regular ones. Of the measurement before
    counts the most that it asks at a requirement's level or beyond; of SIB what it asks, when that is at the level of now or beyond.
    """
    for q in range(len(levels)):
        most = 0
        for earlier in range(len(levels_before)):
            if levels_before[earlier] >= levels[q]:
                most = max(most, before[earlier])
        result[q] = on_the_way(most, asked[q], passed, span, up)
    of_sib = before[len(levels_before)] if sib_level_before >= sib_level else 0
    result[len(levels)] = on_the_way(of_sib, asked[len(levels)], passed, span, up)


def lacking(counts: Whole, asked: Whole, levels: Whole, sib: int, sib_level: int, sib_first: int, result: Whole) -> None:
    """Write into `result` (int64[4], dwellings): the regular path's lack, SIB's lack, and the regular lack at MJP and at KTP or beyond.

    `counts`: int64[3] by level, none negative. `asked`: as `requirements` writes it; `levels`: int64[Q], of the regular ones. The regular lack
    is the largest over its requirements (reading). `sib_first` (reading): 1 when all of SIB takes dwellings before the regular path, though
    only what is asked of it can lack.
    """
    of_sib = asked[len(levels)]
    used = sib_used(counts, sib if sib_first == 1 else of_sib, sib_level)
    result[0], result[1], result[2], result[3] = 0, max(0, of_sib - used), 0, 0
    for q in range(len(levels)):
        lack = max(0, asked[q] - left_for_regular(counts, used, sib_level, levels[q]))
        place = 2 if levels[q] == Level.MJP else 3
        result[place] = max(result[place], lack)
        result[0] = max(result[0], lack)


def lacking_one(counts: Whole, asked: Whole, levels: Whole, sib: int, sib_level: int, sib_first: int, result: Whole) -> None:
    """Write the same where any one of the regular requirements suffices: what lacks of the one that lacks least, the first of equals.

    The scheme of 2009-2025 asked a share realised, or a larger share realised and planned (Wonen-Vlaanderen, progress test of 2022).
    """
    of_sib = asked[len(levels)]
    used = sib_used(counts, sib if sib_first == 1 else of_sib, sib_level)
    result[0], result[1], result[2], result[3] = 0, max(0, of_sib - used), 0, 0
    for q in range(len(levels)):
        lack = max(0, asked[q] - left_for_regular(counts, used, sib_level, levels[q]))
        if q == 0 or lack < result[0]:
            result[0], result[2], result[3] = lack, 0, 0
            result[2 if levels[q] == Level.MJP else 3] = lack


def most_required(asked: Whole) -> int:
    """Return the dwellings a measurement asks at any stage: its largest regular requirement plus SIB's. `asked`: see `requirements`."""
    most = 0
    for q in range(len(asked) - 1):
        most = max(most, asked[q])
    return most + asked[len(asked) - 1]


def bso_realised(realised: int, objective: int) -> int:
    """Return what counts for the 45,000: the net dwellings realised, not below zero and not above the municipality's objective (reading)."""
    return min(max(0, realised), objective)
