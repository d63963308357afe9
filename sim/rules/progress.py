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
    """Return the dwellings that SIB takes at a level: as many as this measurement asks of it there and no more (reading)."""
    return min(asked, counts[level])


def sib_takes(counts: Whole, asked: Whole, levels: Whole, sib: int, sib_first: int, level: int) -> int:
    """Return the dwellings at least at `level` that SIB takes from the regular path.

    `asked`, `levels`: int64[S], what is asked of SIB, and at which levels. SIB takes the least advanced dwellings that satisfy it (reading),
    so beyond a level it takes only what those below do not give. `sib_first` (reading): 1 when all of SIB takes dwellings, though only what
    is asked of it can lack.

    >>> counts = np.array([10, 6, 2])  # at least on MJP, on KTP, realised: 4 of them on MJP only
    >>> [int(sib_takes(counts, np.array([5]), np.array([Level.MJP]), 8, 0, level)) for level in Level]
    [5, 1, 0]
    """
    most = 0
    for q in range(len(levels)):
        used = sib_used(counts, sib if sib_first == 1 else asked[q], levels[q])
        most = max(most, used - max(0, counts[levels[q]] - counts[level]))
    return most


def requirements(
    path: Whole, sib: int, numerators: Whole, denominators: Whole, of_sib: Whole, of_sib_denominators: Whole, up: int, asked: Whole
) -> None:
    """Write into `asked` (int64[Q + S], dwellings) what a measurement asks: by each requirement of the regular path, then by each of SIB.

    `path`: int64[L]. `numerators` (int64[Q, L]) over `denominators` (int64[Q]): the shares of each requirement of the regular path; `of_sib`
    over `of_sib_denominators` (int64[S]): those of SIB. `up` (reading): 1 rounds up.
    """
    for q in range(len(denominators)):
        asked[q] = required(path, numerators[q], denominators[q], up)
    for q in range(len(of_sib)):
        asked[len(denominators) + q] = sib_asked(sib, of_sib[q], of_sib_denominators[q], up)


def asked_on_the_way(
    asked: Whole, levels: Whole, before: Whole, levels_before: Whole, passed: int, span: int, up: int, result: Whole
) -> None:
    """Write into `result` what `asked` is, `passed` of `span` months after the measurement before, on the straight line between both (reading).

    Of the regular path, or of SIB. `asked`, `before`: dwellings by requirement; `levels`, `levels_before`: at which level each asks them. Of
    the measurement before counts the most that it asks at a requirement's level or beyond.
    """
    for q in range(len(levels)):
        most = 0
        for earlier in range(len(levels_before)):
            if levels_before[earlier] >= levels[q]:
                most = max(most, before[earlier])
        result[q] = on_the_way(most, asked[q], passed, span, up)


class Lack(IntEnum):
    """Places in what `lacking` writes: of the regular path and of SIB; of each what lacks at MJP, and at KTP or beyond."""

    REGULAR, SIB, REGULAR_MJP, REGULAR_KTP, SIB_MJP, SIB_KTP = range(6)


def lacking(
    counts: Whole,
    asked: Whole,
    levels: Whole,
    of_sib: Whole,
    sib_levels: Whole,
    sib: int,
    sib_first: int,
    any_of: int,
    added: int,
    result: Whole,
) -> None:
    """Write into `result` (int64[6], dwellings) what lacks, by `Lack`; by stage the largest lack of a path.

    `counts`: int64[3] by level, none negative. `asked`, `of_sib`: what is asked of the regular path and of SIB, at `levels` and `sib_levels`.
    The regular path lacks the largest that one of its requirements lacks, or (`added` = 1, a reading) their sum. `any_of` = 1: one of them
    suffices, and what lacks is that of the one that lacks least, the first of equals: the scheme of 2009-2025 asked a share realised, or a
    larger share realised and planned (Wonen-Vlaanderen, progress test of 2022). `sib_first`: see `sib_takes`.

    >>> result = np.zeros(6, np.int64)
    >>> lacking(np.array([30, 10, 0]), np.array([20, 50]), np.array([1, 0]), np.array([5]), np.array([0]), 20, 0, 0, 0, result)
    >>> result.tolist()  # 50 on MJP, and 5 for SIB: 25 lack; 20 on KTP: 10 lack
    [25, 0, 25, 10, 0, 0]
    """
    for place in range(len(result)):
        result[place] = 0
    for q in range(len(levels)):
        level = levels[q]
        lack = max(0, asked[q] - (counts[level] - sib_takes(counts, of_sib, sib_levels, sib, sib_first, level)))
        place = Lack.REGULAR_MJP if level == Level.MJP else Lack.REGULAR_KTP
        if any_of == 1:
            if q == 0 or lack < result[Lack.REGULAR]:
                result[Lack.REGULAR_MJP] = result[Lack.REGULAR_KTP] = 0
                result[Lack.REGULAR] = result[place] = lack
        else:
            result[place] = max(result[place], lack)
            result[Lack.REGULAR] = result[Lack.REGULAR] + lack if added == 1 else max(result[Lack.REGULAR], lack)
    for q in range(len(sib_levels)):
        lack = max(0, of_sib[q] - counts[sib_levels[q]])
        place = Lack.SIB_MJP if sib_levels[q] == Level.MJP else Lack.SIB_KTP
        result[place] = max(result[place], lack)
        result[Lack.SIB] = max(result[Lack.SIB], lack)


def most_required(asked: Whole, regular: int) -> int:
    """Return the dwellings that companies serve a measurement by: the largest of its first `regular` requirements, plus the largest of SIB.

    `asked`: as `requirements` writes it.
    """
    most, of_sib = 0, 0
    for q in range(len(asked)):
        if q < regular:
            most = max(most, asked[q])
        else:
            of_sib = max(of_sib, asked[q])
    return most + of_sib


def bso_realised(realised: int, objective: int) -> int:
    """Return what counts for the 45,000: the net dwellings realised, not below zero and not above the municipality's objective (reading)."""
    return min(max(0, realised), objective)
