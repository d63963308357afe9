"""Dwellings under way on a 31 December, by stage: what moves by Little's law, what sleeps by the lists. Only totals are published."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from .facts import Reals, Whole, around, split, uniforms

# Years that a project of LOT dwellings spends in a stage, on average: means of the baseline's distributions, with mean effort, appeals and
# committee dates. Derived.
STAY = {"preparation": 1.46, "mjp": 2.53, "ktp": 0.675, "construction": 1.745}
SURVIVES = 0.88  # share that is not cancelled at the end of MJP; the baseline's `cancelled`; assumed
# What moves in a stage over what Little's law gives: low, central, high. Deliveries are known, so what is being built varies least. Assumed.
RANGE = {"preparation": (0.8, 1.0, 1.25), "mjp": (0.8, 1.0, 1.3), "ktp": (0.8, 1.0, 1.25), "construction": (0.9, 1.0, 1.1)}
# Dwellings a year that pass the stages in 2025. Construction: 1,190 delivered; KTP: 830 tendered (annual report 2025; found). MJP: 1,160
# entered a year in 2013-2023, net of cancellations: what was delivered less what the lists lost (18,497 to 14,017); preparation: the same.
# Derived.
PASSES = {"preparation": 1_160, "mjp": 1_160, "ktp": 830, "construction": 1_190}
# Dwellings planned on 31 December 2025, moving and asleep: low, central, high. 14,017 at the end of 2023 (VVSG position 2025) and falling.
# Derived.
PLANNED = (11_500.0, 13_000.0, 14_500.0)
LOT = 26  # dwellings: about the mean of the baseline's `size` (lognormal, median 20, sigma 0.8, at most 100); derived

Range = tuple[float, float, float]  # low, central, high


class UnderWay(NamedTuple):
    """Dwellings under way in Flanders: `moving` by stage, and those asleep on MJP."""

    moving: dict[str, int]
    asleep: int

    @property
    def planned(self) -> int:
        """Return what is planned: from MJP to construction, and asleep."""
        return sum(self.moving.values()) - self.moving["preparation"] + self.asleep


def moving(passes: Mapping[str, float], population: int) -> dict[str, int]:
    """Return the dwellings that move, by stage, where so many a year pass it (Little's law)."""
    found = {}
    for stage, years in STAY.items():
        held = passes[stage] * years / (SURVIVES if stage in ("preparation", "mjp") else 1.0)
        found[stage] = round(around(population, f"moving {stage}", *(held * part for part in RANGE[stage])))
    return found


def with_lists(moves: dict[str, int], planned: Range, population: int) -> UnderWay:
    """Return what is under way where lists count `planned` dwellings (low, central, high): what is on them and does not move is asleep."""
    return UnderWay(moves, max(0, round(around(population, "planned", *planned)) - UnderWay(moves, 0).planned))


def under_way(population: int) -> UnderWay:
    """Return the dwellings under way in Flanders on 31 December 2025."""
    return with_lists(moving(PASSES, population), PLANNED, population)


def place(total: int, line: Reals, start: float) -> Whole:
    """Place `total` dwellings in lots of about 26 (systematic sampling): a municipality gets a project or none, not three homes.

    `line`: where the municipalities end, laid one after the other from 0 to 1.
    """
    lots = max(1, round(total / LOT))
    ends = np.floor((line * lots).round(6) + start)
    counts = ends.copy()
    counts[1:] -= ends[:-1]
    counts[-1] += lots - counts.sum()
    return split(total, counts)


def pipeline(population: int, shares: Reals, total: UnderWay) -> dict[str, Whole]:
    """Return the dwellings under way by stage and municipality, placed in proportion to `shares`."""
    totals = {**total.moving, "dormant": total.asleep}
    starts = {stage: float(uniforms(population, f"pipeline {stage}", 1)[0]) for stage in totals}
    line = np.cumsum(shares) / shares.sum()
    return {f"pipeline_{stage}": place(dwellings, line, starts[stage]) for stage, dwellings in totals.items()}
