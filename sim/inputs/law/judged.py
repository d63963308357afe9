"""What every test of a law comes to: when it measures and judges, what it asks, at which rate it charges, and for which years."""

import datetime
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from sim.inputs.law.model import Law
from sim.inputs.law.rhythm import Requirement, SibRequirement


class Judged(NamedTuple):
    """A measurement, and the test that follows it. `judged`: the first day of the month of its verdict, None where no test follows; `any_of`:
    whether one of the regular requirements suffices; `charged`: calendar years, none where nothing is charged."""

    measured: datetime.date
    judged: datetime.date | None
    regular: list[Requirement]
    any_of: bool
    sib: list[SibRequirement]
    rate: Fraction
    charged: range


def judged(law: Law) -> Iterator[Judged]:
    """Yield every measurement of a law under its readings, in order."""
    month, later = int(law.values.verdict_month.value), law.readings.charged_from.value == "year_after"
    for m in law.rhythm:
        rate, when, regular = m.rate, None, m.requirements(law.readings)
        years = int(law.values.charged_years.value) if m.charged is None else m.charged
        first = m.date.year + 1
        if m.test is not None:
            when, first = datetime.date(m.test, month, 1), m.test + later
        elif (
            m is law.rhythm[-1] and law.readings.final_sib.value == "sanctioned"
        ):  # what SIB lacks at the end is charged all the same
            when, rate, regular = m.date.replace(day=1), Fraction(1), []
        charges = when is not None and rate > 0
        yield Judged(
            m.date, when, regular, m.any_of, m.sib, rate if charges else Fraction(0), range(first, first + years * charges)
        )
