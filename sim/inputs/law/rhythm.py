"""The rhythm of the law: measurements, the tests that follow them, and what they ask; and another calendar of tests laid over it."""

import datetime
from collections.abc import Iterator, Sequence
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


def one_or_more(value: Any) -> Any:
    """Return a list of rates, of one where it is given alone."""
    return value if isinstance(value, list) else [value]


class CalendarOfTests(Sourced):
    """Another calendar of tests, in the place of the rhythm's. What is not given stays as the law has it.

    Tests in the years `first`, then every so many, and `last`; each measured on 31 December of the year before. `halfway` takes the place of
    the half of a legislature's dwellings that the law asks. `rates`: the part of the premium by test, the last one for all that follow; more
    of them than tests add tests at the end, as far as the last measurement, where `last` is not given. `stage`: at which every test asks the
    largest share that it asks at any. `charged`: the years that a test charges are the law's, or as many as lie between it and the next test
    (the last: and the one before).
    """

    status: Literal["draft", "final", "reading"] = "reading"
    source: str = Field(default="a scenario's own calendar of tests", min_length=1)
    first: int | None = Field(default=None, ge=2000, le=2100)
    every: int | None = Field(default=None, ge=1, le=20)
    last: int | None = Field(default=None, ge=2000, le=2100)
    halfway: ExactShare | None = None
    rates: Annotated[list[ExactShare], BeforeValidator(one_or_more), Field(min_length=1, max_length=60)] | None = None
    stage: Stage | None = None
    charged: Literal["law", "between"] = "law"


def retimed(rhythm: Sequence[Measurement], readings: Readings, start: datetime.date, tests: CalendarOfTests) -> list[Measurement]:
    """Return the rhythm with the tests of another calendar; what each asks is interpolated from the law's own (see `between`).

    `start`: when nothing is asked yet. The last measurement stays. Raises ValueError for a calendar without tests or beyond that measurement.
    """
    own = [_halved(m, tests.halfway) for m in rhythm]
    final = own[-1]
    years = _years([m.test for m in rhythm if m.test is not None], tests, final.date.year)
    if final.test is None and years and years[-1] > final.date.year:
        raise ValueError(f"tests: found a test in {years[-1]}; at most {final.date.year}, that of the last measurement")
    if years and years[0] - 1 <= start.year:
        raise ValueError(
            f"tests.first: found {years[0]}; at least {start.year + 2}, as nothing is asked before the end of {start.year + 1}"
        )
    if tests.rates is not None and len(tests.rates) > len(years):
        listed = ", ".join(map(str, years)) or "none"
        raise ValueError(f"tests.rates: found {len(tests.rates)}; at most {len(years)}, one for each test ({listed})")
    rows = [_asked_on(datetime.date(year - 1, 12, 31), own, readings, start).model_copy(update={"test": year}) for year in years]
    rows = rows if tests.stage is None else [_at(tests.stage, row, readings) for row in rows]
    gaps = [after - before for before, after in pairwise(years)]
    for k, row in enumerate(rows):
        rate = tests.rates[min(k, len(tests.rates) - 1)] if tests.rates is not None else row.rate
        charged = gaps[min(k, len(gaps) - 1)] if tests.charged == "between" and gaps else row.charged
        rows[k] = row.model_copy(update={"rate": rate, "charged": charged})
    return rows if rows and rows[-1].date >= final.date else [*rows, final.model_copy(update={"test": None})]


def understood(own: Sequence[Measurement], rhythm: Sequence[Measurement], tests: CalendarOfTests) -> Iterator[str]:
    """Yield in words what a calendar left to be understood: which tests take the last of its rates, and which test is the last.

    `own`, `rhythm`: the law's own, and that with the tests of the calendar.
    """
    before, years = ([m.test for m in rows if m.test is not None] for rows in (own, rhythm))
    rates = tests.rates or []
    if 1 < len(rates) < len(years):
        later = ", ".join(map(str, years[len(rates) :]))
        yield f"tests.rates: {len(rates)} rates for {len(years)} tests; the last, {rates[-1]}, is taken for {later} too"
    if tests.last is None and len(rates) != len(years) and before and years[-1] != before[-1]:
        until = f"up to {own[-1].date.year} is allowed"
        yield f"tests.last: not given; the last test is that of {years[-1]}, the law has its last in {before[-1]}; {until}"


def _years(own: list[int], tests: CalendarOfTests, until: int) -> list[int]:
    """Return the years of the tests, in order. `until`: that of the last measurement."""
    if not own and (tests.first is None or tests.last is None):
        raise ValueError("tests: the law has none; first and last are needed")
    first = tests.first if tests.first is not None else own[0]
    last = tests.last if tests.last is not None else max(own[-1], first) if own else first
    if tests.last is None and tests.every is not None and tests.rates is not None:  # as many as there are rates, if that is more
        last = max(last, min(first + tests.every * (len(tests.rates) - 1), until))
    if last < first:
        raise ValueError(f"tests.last: found {last}; {first} or later is needed, the year of the first test")
    middle = range(first, last + 1, tests.every) if tests.every is not None else [year for year in own if first < year < last]
    ends = {first, last} if tests.every is None or tests.last is not None else {first}
    return sorted({*middle, *ends})


def _at(stage: Stage, m: Measurement, readings: Readings) -> Measurement:
    """Return a measurement that asks all that it asks at one stage: of every legislature, and of SIB, the largest share that it asks at any."""
    regular = [
        Requirement(stage=stage, shares=[max(shares) for shares in zip(*(r.shares for r in m.requirements(readings)), strict=True)])
    ]
    sib = [SibRequirement(stage=stage, share=max((asked.share for asked in m.sib), default=Fraction(0)))]
    return m.model_copy(update={"regular": regular, "otherwise": None, "sib": sib, "any_of": False, "status": "reading"})


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
