"""The law, from the text of the rules: measurements, requirements, what is lacking, contributions. Exact fractions, no clock."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction
from typing import NamedTuple

from sim.inputs.law.model import Law
from sim.inputs.months import month_number
from sim.inputs.scenario.model import Scenario

PREMIUM_YEAR = 2025


class Level(IntEnum):
    """How far dwellings are, as the law counts: at least on MJP, at least on KTP, realised."""

    MJP = 0
    KTP = 1
    REALISED = 2


LEVELS = {"MJP": Level.MJP, "KTP": Level.KTP, "realised": Level.REALISED}  # by the law file's name
Parts = tuple[tuple[Level, int], ...]  # dwellings, each at a level


class Requirement(NamedTuple):
    """What a measurement asks of the regular path: a share of each legislature's part (numerators over one denominator) at a level."""

    level: Level
    numerators: tuple[int, ...]
    denominator: int


class Asked(NamedTuple):
    """What a measurement asks of one municipality: dwellings at least at a level. `sib_takes`: those that SIB may take first.

    `any_of`: one of the regular requirements suffices; `added`: what they lack is added.
    """

    regular: Parts
    sib: Parts
    sib_takes: Parts
    any_of: bool
    added: bool

    @property
    def together(self) -> int:
        """The largest regular requirement plus that of SIB."""
        return most(self.regular) + most(self.sib)


NOTHING = Asked((), (), (), any_of=False, added=False)  # what is asked before the first measurement


class Lacking(NamedTuple):
    """What a municipality lacks: of the regular path, of SIB, and by level for the land list (at MJP; at KTP or realised)."""

    regular: int = 0
    sib: int = 0
    at_mjp: int = 0
    later: int = 0

    @property
    def together(self) -> int:
        """The dwellings missing: the regular path's and SIB's."""
        return self.regular + self.sib


@dataclass(frozen=True)
class Moment:
    """A measurement: its row in the rhythm, its month, its regular requirements; number and verdict month of its test and the first year
    charged, if any.

    `final`: a test of SIB only, in the month of the last measurement.
    """

    row: int
    month: int
    regular: tuple[Requirement, ...]
    test: int = -1
    charged_from: int = -1
    verdict: int | None = None
    final: bool = False


def moments(scenario: Scenario) -> list[Moment]:
    """Return the measurements of the rhythm with their months."""
    law, measurements, tests = scenario.law, [], 0
    for row, measurement in enumerate(law.rhythm):
        month = month_number(measurement.date, scenario.start)
        regular = tuple(_requirement(LEVELS[r.stage], r.shares) for r in measurement.requirements(law.readings))
        moment = Moment(row, month, regular)
        if measurement.test is not None:
            day = scenario.start.replace(year=measurement.test, month=int(law.values.verdict_month.value), day=1)
            first = measurement.test + (law.readings.charged_from.value == "year_after")
            moment = Moment(row, month, regular, tests, first, month_number(day, scenario.start))
            tests += 1
        elif row == len(law.rhythm) - 1 and law.readings.final_sib.value == "sanctioned":
            moment = Moment(row, month, regular, tests, measurement.date.year + 1, month, final=True)
        measurements.append(moment)
    return measurements


def _requirement(level: Level, shares: Sequence[Fraction]) -> Requirement:
    denominator = math.lcm(*(share.denominator for share in shares))
    return Requirement(level, tuple(int(share * denominator) for share in shares), denominator)


def asked(law: Law, moment: Moment, path: Sequence[int], sib: int) -> Asked:
    """Return what a measurement asks of a municipality with this growth path and SIB."""
    measurement = law.rhythm[moment.row]
    regular = tuple(
        (level, rounded(law, sum(share * part for share, part in zip(numerators, path, strict=True)), denominator))
        for level, numerators, denominator in moment.regular
    )
    of_sib = tuple(
        (LEVELS[part.stage], rounded(law, part.share.numerator * sib, part.share.denominator)) for part in measurement.sib
    )
    added = law.readings.lacking.value == "added"
    return Asked(regular, of_sib, taken_by_sib(law, of_sib, sib), measurement.any_of, added)


def on_the_line(law: Law, before: Asked, following: Asked, passed: tuple[int, int], sib: int) -> Asked:
    """Return what is asked on the straight line from a measurement to the following one; `passed`: months since the former, of how many."""
    months, of_all = passed

    def between(earlier: Parts, later: Parts) -> Parts:
        return tuple((level, part(most(earlier, level), dwellings)) for level, dwellings in later)

    def part(earlier: int, later: int) -> int:
        return rounded(law, earlier * of_all + (later - earlier) * months, of_all)

    of_sib = between(before.sib, following.sib)
    regular = between(before.regular, following.regular)
    return following._replace(regular=regular, sib=of_sib, sib_takes=taken_by_sib(law, of_sib, sib))


def rounded(law: Law, numerator: int, denominator: int) -> int:
    """Return a requirement as whole dwellings."""
    return numerator // denominator if law.readings.rounding.value == "down" else -(-numerator // denominator)


def taken_by_sib(law: Law, asked: Parts, sib: int) -> Parts:
    """Return the dwellings that SIB may take first, at each level at which it is asked: what is asked of it, or all of it."""
    return tuple((level, sib) for level, _ in asked) if law.readings.sib_beside_regular.value == "sib_first" else asked


def most(parts: Iterable[tuple[Level, int]], first: Level = Level.MJP, last: Level = Level.REALISED) -> int:
    """Return the most that there is at any of the levels from the first to the last."""
    return max((dwellings for level, dwellings in parts if first <= level <= last), default=0)


def lacking(asked: Asked, have: Sequence[int]) -> Lacking:
    """Return what is lacking, SIB served first with the least advanced dwellings that satisfy it, and no more than it may take.

    `have`: dwellings at least at each level, none below zero.
    """
    of_sib = [(level, max(0, dwellings - have[level])) for level, dwellings in asked.sib]
    used = [(level, min(dwellings, have[level])) for level, dwellings in asked.sib_takes]
    lacks = []
    for level, dwellings in asked.regular:
        taken = max((part - max(0, have[at] - have[level]) for at, part in used), default=0)
        lacks.append((level, max(0, dwellings - (have[level] - max(0, taken)))))
    if asked.any_of:
        lacks = sorted(lacks, key=lambda lack: lack[1])[:1]
    regular = sum(lack for _, lack in lacks) if asked.added else most(lacks)
    at_mjp = most(lacks, last=Level.MJP) + most(of_sib, last=Level.MJP)
    return Lacking(regular, most(of_sib), at_mjp, most(lacks, Level.KTP) + most(of_sib, Level.KTP))


def half_up(exact: Fraction) -> int:
    """Return the nearest whole number, a half rounded up."""
    return math.floor(exact + Fraction(1, 2))


def premium(scenario: Scenario, higher: bool, year: int) -> int:
    """Return the premium of a dwelling in a year, in cents. `higher`: in the area of the higher premium."""
    values = scenario.law.values
    monthly = values.premium_higher.value if higher else values.premium.value
    growth = Fraction(str(scenario.uncertainties.premium_growth.value))
    return half_up(monthly * 100 * 12 * (1 + growth) ** (year - PREMIUM_YEAR))


def rents_in_enough(law: Law, now: int, at_start: int) -> bool:
    """Return whether a company rents in the minimum, or as much more than at the start as the law asks."""
    more = now > at_start and now >= (1 + law.values.rent_in_growth.value) * at_start
    return now >= law.values.rent_in_minimum.value or more
