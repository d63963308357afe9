"""The rhythm of the law: measurements, the tests that follow them, and what they ask; and another calendar of tests laid over it."""

import datetime
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from sim.inputs.law.exact import ExactShare, Sourced
from sim.inputs.law.readings import Readings
from sim.inputs.scenario.frozen import Frozen

Stage = Literal["MJP", "KTP", "realised"]
STAGES: tuple[Stage, ...] = ("MJP", "KTP", "realised")
Asked = list[tuple[Stage, list[Fraction]]]  # shares by stage


class Requirement(Frozen):
    """A share of each legislature's objective that must be at least at a stage."""

    stage: Stage
    shares: list[ExactShare]


class SibRequirement(Frozen):
    """The share of SIB that must be at least at a stage."""

    stage: Stage
    share: ExactShare


def listed(value: Any) -> Any:
    """Return a list of requirements; where there is one only, the law file may write it without the list."""
    return [value] if isinstance(value, (dict, SibRequirement)) else value


class Otherwise(Frozen):
    """The regular requirements of a measurement under another value of a reading."""

    reading: str
    value: str
    regular: list[Requirement] = Field(max_length=4)


class Measurement(Sourced):
    """One measurement, the test that follows it (if any) and the rate of the contribution."""

    date: datetime.date
    test: int | None = None
    regular: list[Requirement] = Field(max_length=4)
    sib: Annotated[list[SibRequirement], BeforeValidator(listed), Field(max_length=len(STAGES))]
    any_of: bool = False  # whether one of the regular requirements suffices, instead of all of them
    rate: ExactShare = Fraction(0)
    charged: int | None = Field(default=None, ge=0, le=20)  # years that the test charges, where not the law's charged_years
    otherwise: Otherwise | None = None

    @model_validator(mode="after")
    def _once(self) -> "Measurement":
        stages = [asked.stage for asked in self.sib]
        if len(set(stages)) < len(stages):
            raise ValueError(f"sib: found {', '.join(stages)}; every stage once is allowed")
        return self

    def requirements(self, readings: Readings) -> list[Requirement]:
        """Return the regular requirements under the readings."""
        other = self.otherwise
        if other is not None and getattr(readings, other.reading).value == other.value:
            return other.regular
        return self.regular


class CalendarOfTests(Sourced):
    """Another calendar of tests, in the place of the rhythm's. What is not given stays as the law has it.

    Tests in the years `first`, then every so many, and `last`; each measured on 31 December of the year before. `halfway` takes the place of
    the half of a legislature's dwellings that the law asks. `rates`: the part of the premium by test, the last one for all that follow.
    `charged`: the years that a test charges are the law's, or as many as lie between it and the next test (the last: and the one before).
    """

    first: int | None = Field(default=None, ge=2000, le=2100)
    every: int | None = Field(default=None, ge=1, le=20)
    last: int | None = Field(default=None, ge=2000, le=2100)
    halfway: ExactShare | None = None
    rates: list[ExactShare] | None = Field(default=None, min_length=1, max_length=60)
    charged: Literal["law", "between"] = "law"


def retimed(rhythm: Sequence[Measurement], readings: Readings, start: datetime.date, tests: CalendarOfTests) -> list[Measurement]:
    """Return the rhythm with the tests of another calendar; what each asks is interpolated from the law's own (see `between`).

    `start`: when nothing is asked yet. The last measurement stays. Raises ValueError for a calendar without tests or beyond that measurement.
    """
    own = [_halved(m, tests.halfway) for m in rhythm]
    years = _years([m.test for m in rhythm if m.test is not None], tests)
    final = own[-1]
    if final.test is None and years and years[-1] > final.date.year:
        raise ValueError(f"tests: found a test in {years[-1]}; at most {final.date.year}, that of the last measurement")
    if years and years[0] - 1 < start.year:
        raise ValueError(
            f"tests.first: found {years[0]}; at least {start.year + 2}, as nothing is asked before the end of {start.year + 1}"
        )
    if tests.rates is not None and len(tests.rates) > len(years):
        listed = ", ".join(map(str, years)) or "none"
        raise ValueError(f"tests.rates: found {len(tests.rates)}; at most {len(years)}, one for each test ({listed})")
    rows = [_asked_on(datetime.date(year - 1, 12, 31), own, readings, start).model_copy(update={"test": year}) for year in years]
    gaps = [after - before for before, after in pairwise(years)]
    for k, row in enumerate(rows):
        rate = tests.rates[min(k, len(tests.rates) - 1)] if tests.rates is not None else row.rate
        charged = gaps[min(k, len(gaps) - 1)] if tests.charged == "between" and gaps else row.charged
        rows[k] = row.model_copy(update={"rate": rate, "charged": charged})
    return rows if rows and rows[-1].date >= final.date else [*rows, final.model_copy(update={"test": None})]


def rates_carried_on(rates: Sequence[Fraction] | None, rhythm: Sequence[Measurement]) -> str | None:
    """Return in words which tests take the last of some `rates` that were given by test; None where each has its own, or all have one."""
    years = [m.test for m in rhythm if m.test is not None]
    if rates is None or not 1 < len(rates) < len(years):
        return None
    later = ", ".join(map(str, years[len(rates) :]))
    return f"tests.rates: {len(rates)} rates for {len(years)} tests; the last, {rates[-1]}, is taken for {later} too"


def _years(own: list[int], tests: CalendarOfTests) -> list[int]:
    """Return the years of the tests, in order."""
    if not own and (tests.first is None or tests.last is None):
        raise ValueError("tests: the law has none; first and last are needed")
    first = tests.first if tests.first is not None else own[0]
    last = tests.last if tests.last is not None else max(own[-1], first) if own else first
    if last < first:
        raise ValueError(f"tests.last: found {last}; {first} or later is needed, the year of the first test")
    middle = range(first, last + 1, tests.every) if tests.every is not None else [year for year in own if first < year < last]
    ends = {first, last} if tests.every is None or tests.last is not None else {first}
    return sorted({*middle, *ends})


def _halved(m: Measurement, halfway: Fraction | None) -> Measurement:
    """Return a measurement with the halves in its regular requirements replaced."""
    if halfway is None:
        return m

    def replaced(asked: Sequence[Requirement]) -> list[Requirement]:
        return [Requirement(stage=r.stage, shares=[halfway if x == Fraction(1, 2) else x for x in r.shares]) for r in asked]

    other = m.otherwise
    if other is not None:
        other = other.model_copy(update={"regular": replaced(other.regular)})
    return m.model_copy(update={"regular": replaced(m.regular), "otherwise": other})


def _asked_on(date: datetime.date, own: Sequence[Measurement], readings: Readings, start: datetime.date) -> Measurement:
    """Return what the rhythm asks on a 31 December: its own measurement, or one interpolated between the two around it."""
    for m in own:
        if m.date == date:
            return m
    before = [m for m in own if m.date < date]
    after = next(m for m in own if m.date > date)
    nothing = after.model_copy(update={"date": start, "regular": [], "otherwise": None, "sib": []})
    return between(before[-1] if before else nothing, after, readings, date)


def between(before: Measurement, after: Measurement, readings: Readings, date: datetime.date) -> Measurement:
    """Return a measurement between two: the share of every legislature, and of SIB, that is at least at a stage grows in a straight line.

    What is asked at a stage is asked at every stage below. The rate is that of the measurement before.
    """
    weight = Fraction(date.year - before.date.year, after.date.year - before.date.year)
    regular, then_regular = ([(r.stage, r.shares) for r in m.requirements(readings)] for m in (before, after))
    of_sib, then_of_sib = ([(asked.stage, [asked.share]) for asked in m.sib] for m in (before, after))
    update = {
        "date": date,
        "regular": [Requirement(stage=stage, shares=shares) for stage, shares in _on_the_line(regular, then_regular, weight)],
        "otherwise": None,
        "sib": [SibRequirement(stage=stage, share=share) for stage, (share,) in _on_the_line(of_sib, then_of_sib, weight)],
        "status": "reading",
        "source": f"in a straight line between {before.date.year} and {after.date.year}",
    }
    return before.model_copy(update=update)


def _on_the_line(before: Asked, after: Asked, weight: Fraction) -> Asked:
    """Return what is asked at every stage, a part of the way from what is asked before to what is asked after; no stage that adds nothing."""
    parts = max((len(shares) for _, shares in (*before, *after)), default=0)
    found: Asked = []
    beyond = [Fraction(0)] * parts  # what the next stage asks
    for stage in reversed(STAGES):
        ends = zip(_at_least(before, stage, parts), _at_least(after, stage, parts), strict=True)
        shares = [(1 - weight) * a + weight * b for a, b in ends]
        if shares != beyond:
            found.append((stage, shares))
        beyond = shares
    return found


def _at_least(asked: Asked, stage: Stage, parts: int) -> list[Fraction]:
    """Return the shares that are asked at a stage or beyond, by legislature."""
    rows = [shares for at, shares in asked if STAGES.index(at) >= STAGES.index(stage)]
    return [max((row[k] for row in rows), default=Fraction(0)) for k in range(parts)]
