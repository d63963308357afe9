"""Progress: what a municipality lacks at a measurement, on the regular path and on SIB (sources: Wonen in Vlaanderen; VVSG position, 1.3).

Dwellings count, projects do not. Levels: 0 at least on MJP, 1 at least on KTP, 2 realised; `counts[level]` is the number of dwellings at
least there, so it never grows with the level.
"""

import numpy as np
from numpy.typing import NDArray

from sim.rules.growth_path import required, sib_asked

MJP, KTP, REALISED = 0, 1, 2
Whole = NDArray[np.int64]


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


def lacking(
    counts: Whole,
    path: Whole,
    sib: int,
    levels: Whole,
    numerators: Whole,
    denominators: Whole,
    sib_level: int,
    sib_numerator: int,
    sib_denominator: int,
    up: int,
    sib_first: int,
    result: Whole,
) -> None:
    """Write into `result` (int64[4], dwellings): the regular path's lack, SIB's lack, and the regular lack at MJP and at KTP or beyond.

    `counts`: int64[3] by level, none negative. `path`: int64[L]. One row per regular requirement: `levels` int64[Q], `numerators` int64[Q, L],
    `denominators` int64[Q]. The regular lack is the largest over its requirements (reading). Readings: `up` (1: requirements round up),
    `sib_first` (1: all of SIB takes dwellings before the regular path, though only what is asked of it can lack).
    """
    asked = sib_asked(sib, sib_numerator, sib_denominator, up)
    used = sib_used(counts, sib if sib_first == 1 else asked, sib_level)
    result[0], result[1], result[2], result[3] = 0, max(0, asked - used), 0, 0
    for q in range(len(levels)):
        have = left_for_regular(counts, used, sib_level, levels[q])
        lack = max(0, required(path, numerators[q], denominators[q], up) - have)
        place = 2 if levels[q] == MJP else 3
        result[place] = max(result[place], lack)
        result[0] = max(result[0], lack)


def bso_realised(realised: int, objective: int) -> int:
    """Return what counts for the 45,000: the net dwellings realised, not below zero and not above the municipality's objective (reading)."""
    return min(max(0, realised), objective)


def most_required(
    path: Whole, sib: int, numerators: Whole, denominators: Whole, sib_numerator: int, sib_denominator: int, up: int
) -> int:
    """Return the dwellings a measurement asks at any stage: its largest regular requirement plus SIB's."""
    most = 0
    for q in range(len(denominators)):
        most = max(most, required(path, numerators[q], denominators[q], up))
    return most + sib_asked(sib, sib_numerator, sib_denominator, up)
