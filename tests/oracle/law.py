"""The law, from the text of the rules: growth path, requirements, what is lacking, contributions. Exact fractions, no clock."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sim.inputs.law.model import Law
from sim.inputs.months import month_number
from sim.inputs.scenario.model import Scenario

ORDER = ("MJP", "KTP", "realised")
PREMIUM_YEAR = 2025


@dataclass(frozen=True)
class Requirements:
    """What one measurement asks of one municipality: dwellings at least at a stage. `sib_takes`: those that SIB may take first."""

    regular: tuple[tuple[str, int], ...]
    sib_stage: str
    sib: int
    sib_takes: int
    any_of: bool = False

    @property
    def together(self) -> int:
        """The largest regular requirement plus that of SIB."""
        return max((dwellings for _, dwellings in self.regular), default=0) + self.sib


@dataclass(frozen=True)
class Lacking:
    """What a municipality lacks: of the regular path, of SIB, and by stage for the land list (at MJP; at KTP or realised)."""

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
    """A measurement: its row in the rhythm and its month; number and verdict month of its test and the first year charged, if any.

    `final`: a test of SIB only, in the month of the last measurement.
    """

    row: int
    month: int
    test: int = -1
    charged_from: int = -1
    verdict: int | None = None
    final: bool = False


def moments(scenario: Scenario) -> list[Moment]:
    """Return the measurements of the rhythm with their months."""
    found: list[Moment] = []
    tests = 0
    sanctioned = scenario.law.readings.final_sib.value == "sanctioned"
    for row, measurement in enumerate(scenario.law.rhythm):
        month = month_number(measurement.date, scenario.start)
        if measurement.test is None:
            last = row == len(scenario.law.rhythm) - 1
            if last and sanctioned:
                found.append(Moment(row, month, tests, measurement.date.year + 1, month, final=True))
            else:
                found.append(Moment(row, month))
            continue
        day = scenario.start.replace(year=measurement.test, month=int(scenario.law.values.verdict_month.value), day=1)
        found.append(Moment(row, month, tests, measurement.test, month_number(day, scenario.start)))
        tests += 1
    return found


def requirements(law: Law, row: int, path: Sequence[int], sib: int) -> Requirements:
    """Return what a row of the rhythm asks of a municipality with this growth path and SIB."""
    asked, readings = law.rhythm[row], law.readings
    rounded = math.floor if readings.rounding.value == "down" else math.ceil
    regular = []
    for requirement in asked.requirements(readings):
        exact = sum((share * part for share, part in zip(requirement.shares, path, strict=True)), Fraction(0))
        regular.append((str(requirement.stage), rounded(exact)))
    of_sib = rounded(asked.sib.share * sib)
    takes = sib if readings.sib_beside_regular.value == "sib_first" else of_sib
    return Requirements(tuple(regular), asked.sib.stage, of_sib, takes, asked.any_of)


def lacking(asked: Requirements, at_least: dict[str, int]) -> Lacking:
    """Return what is lacking, SIB served first with the least advanced dwellings that satisfy it, and no more than it may take."""
    have = {stage: max(0, at_least[stage]) for stage in ORDER}
    at_sib = have[asked.sib_stage]
    used = min(asked.sib_takes, at_sib)
    sib = max(0, asked.sib - at_sib)
    lacks = []
    for stage, dwellings in asked.regular:
        if ORDER.index(stage) <= ORDER.index(asked.sib_stage):
            available = have[stage] - used
        else:
            available = have[stage] - max(0, used - (at_sib - have[stage]))
        lacks.append((max(0, dwellings - available), stage))
    if asked.any_of and lacks:
        lacks = [min(lacks, key=lambda row: row[0])]
    regular = max((lack for lack, _ in lacks), default=0)
    at_mjp = max((lack for lack, stage in lacks if stage == "MJP"), default=0)
    later = max((lack for lack, stage in lacks if stage != "MJP"), default=0)
    alone = of_sib_only(asked.sib_stage, sib)
    return Lacking(regular, sib, at_mjp + alone.at_mjp, later + alone.later)


def of_sib_only(stage: str, sib: int) -> Lacking:
    """Return what is lacking when only SIB is asked."""
    at_mjp = sib if stage == "MJP" else 0
    return Lacking(0, sib, at_mjp, sib - at_mjp)


def half_up(exact: Fraction) -> int:
    """Return the nearest whole number, a half rounded up."""
    return math.floor(exact + Fraction(1, 2))


def charge(scenario: Scenario, higher: bool, year: int, missing: int, rate: Fraction) -> int:
    """Return the contribution of one year, in cents: the missing dwellings at that year's premium and the test's rate."""
    values = scenario.law.values
    monthly = values.premium_higher.value if higher else values.premium.value
    growth = Fraction(str(scenario.uncertainties.premium_growth.value))
    premium = half_up(monthly * 100 * 12 * (1 + growth) ** (year - PREMIUM_YEAR))
    return half_up(missing * premium * rate)


def charges(scenario: Scenario, higher: bool, year: int, missing: int, rate: Fraction, years: int | None) -> dict[int, int]:
    """Return the contributions of a test by year of payment, from the first year charged on, also those after the horizon.

    `years`: how many, where the measurement says so itself.
    """
    last = year + (int(scenario.law.values.charged_years.value) if years is None else years)
    return {paid: charge(scenario, higher, paid, missing, rate) for paid in range(year, last)}


def rents_in_enough(law: Law, now: int, at_start: int) -> bool:
    """Return whether a company rents in the minimum, or as much more than at the start as the law asks."""
    more = now > at_start and now >= (1 + law.values.rent_in_growth.value) * at_start
    return now >= law.values.rent_in_minimum.value or more
