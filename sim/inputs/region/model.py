"""Flanders as it is on the starting day: what the engine and the studies know of its municipalities and companies."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

# A large municipality reads its draws from several columns, fixed by its size on the starting day.
HOUSEHOLDS_PER_STREAM_COLUMN = 5_000
KNOWN = "known"  # the estimates' column that is no number of dwellings, and of either sign; a table need not have it
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Region:
    """Municipalities (M, in the order of their NIS code), companies (C, in the order of their name), populations (P).

    `company`: index of each municipality's company. `provinces`: in which each lies.
    `households`, `households_2042`: at the start and, projected, at the end of 2042 (1 January 2043).
    `a_year_earlier`: those of 1 January 2042, which the reading `projection` may take instead; None: the same.
    `neighbours`: int64[n, 2], indices of adjacent municipalities, each pair once.
    `permits`: new dwellings permitted a year, mean of 2015-2024. `higher_premium`: 0 or 1.
    `estimates`: for each column of ESTIMATED an int64 array (P x M), in dwellings; population 0 is the central estimate. Beside them
    `known`: the normal score (1/4096) of what is known of a municipality's will, 0 where nothing is.
    `estimated_under`: the law's objective and ceiling under which the objectives were estimated.
    `growth`: official growth paths (annex 35), int64[M, L], -1 for a municipality without one; None without any.
    `own_land`: free places of companies that said what they have, by index of the municipality; already in `estimates`.
    `swaps`: int64[n, 4], swaps of objectives that the user wrote down: indices of giver and taker, dwellings, number of the agreement date
    (from 0); in the order of giver, taker and number.
    `files`: SHA-256 of every file read, by name.
    `start`: the year at whose end it stands. `laid`: figures that the user's own tables lay over every population, by column and by index of
    the municipality. `exempt`: bool[M], those without an objective, and whether the others get what they lose; None without any.
    `official`: for how many municipalities a table of official figures has each of its columns. `warnings`: what is doubtful in the user's
    figures.
    `on_demand`: whether it may have any population, made when it is asked for; else those that it has take turns.
    """

    nis: Whole
    names: tuple[str, ...]
    company: Whole
    company_names: tuple[str, ...]
    provinces: tuple[str, ...]
    households: Whole
    households_2042: Whole
    neighbours: Whole
    permits: NDArray[np.float64]
    higher_premium: Whole
    estimates: Mapping[str, Whole]
    files: Mapping[str, str]
    growth: Whole | None = None
    own_land: Mapping[int, int] = field(default_factory=dict)
    estimated_under: tuple[int, Fraction] = (45_000, Fraction(9, 100))
    swaps: Whole = field(default_factory=lambda: np.zeros((0, 4), np.int64))
    a_year_earlier: Whole | None = None
    start: int = 2025
    laid: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    exempt: tuple[NDArray[np.bool_], bool] | None = None
    on_demand: bool = False
    official: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def populations(self) -> int:
        """Number of plausible populations."""
        return len(self.estimates["stock"])

    def only(self, population: int) -> "Region":
        """Return the region with one of its populations only: a replication that reads it gives the same, and tables are made sooner."""
        return replace(self, estimates={name: values[population : population + 1] for name, values in self.estimates.items()})

    def households_of(self, projection: str) -> Whole:
        """Return the projected households under a value of the reading `projection`: of 1 January of that year."""
        return self.a_year_earlier if projection == "2042" and self.a_year_earlier is not None else self.households_2042

    @property
    def stream_columns(self) -> Whole:
        """Columns of the draw tables that each municipality reads, by its households."""
        return 2 + self.households // HOUSEHOLDS_PER_STREAM_COLUMN
