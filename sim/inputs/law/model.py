"""The law as data: dated values with their unit, article and status, read from a law file and checked."""

import datetime
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PrivateAttr, field_validator, model_validator

from sim.inputs.errors import nearest, refuse_unknown
from sim.inputs.law.exact import Exact, ExactShare, Sourced
from sim.inputs.law.readings import Readings
from sim.inputs.law.rhythm import CalendarOfTests, Measurement, retimed, understood
from sim.inputs.scenario.frozen import Frozen, refuse_thousands, whole_number
from sim.inputs.scenario.toml import read_extended

LAWS = Path(__file__).parent
MOST = {"charged_years": 20, "objective": 1_000_000}


class LawValue(Sourced):
    """A number of the law, in force from a date. `options`: what a number that is a reading could be as well."""

    value: Exact
    unit: str = Field(min_length=1)
    since: datetime.date = Field(alias="from")
    options: list[Exact] = Field(default_factory=list)

    @field_validator("value", "options", mode="before")
    @classmethod
    def _no_thousands(cls, value: object) -> object:
        """Refuse a number that may have a point of thousands."""
        refuse_thousands("", value)
        return value

    @model_validator(mode="after")
    def _read(self) -> "LawValue":
        if self.options and self.status != "reading":
            raise ValueError(f'options: only of a value with status "reading", found "{self.status}"')
        return self


class WholeValue(LawValue):
    """A whole number of the law, written without a point."""

    @field_validator("value", mode="before")
    @classmethod
    def _without_point(cls, value: object) -> object:
        """Refuse a number with a point: 45.000 is 45 where 45000 was meant."""
        if isinstance(value, float) or (isinstance(value, str) and not value.isdecimal()):
            raise ValueError(whole_number(value))
        return value

    @model_validator(mode="after")
    def _whole(self) -> "WholeValue":
        if self.value.denominator != 1:
            raise ValueError(f"found {self.value}; a whole number is allowed")
        return self


class Values(Frozen):
    """The single numbers of the law."""

    objective: WholeValue
    ceiling: LawValue
    charged_years: WholeValue
    voluntary_needed: WholeValue
    rent_in_minimum: WholeValue
    rent_in_growth: LawValue
    verdict_month: WholeValue
    premium: LawValue
    premium_higher: LawValue
    exemption_threshold: LawValue
    kept_share: LawValue
    envelope: WholeValue
    envelope_maximum: WholeValue
    envelope_step: WholeValue
    envelope_used: LawValue
    modest_cap: LawValue
    land_activated: LawValue
    legislature_start: WholeValue
    legislature_years: WholeValue

    @model_validator(mode="after")
    def _sensible(self) -> "Values":
        if not 1 <= self.legislature_years.value <= 20:
            raise ValueError(f"legislature_years: found {self.legislature_years.value}; between 1 and 20 is allowed")
        if not 1 <= self.verdict_month.value <= 12:
            raise ValueError("verdict_month: between 1 and 12")
        for name in ("ceiling", "kept_share", "envelope_used", "modest_cap", "land_activated"):
            if getattr(self, name).value > 1:
                raise ValueError(f"{name}: found {getattr(self, name).value}; a share of at most 1")
        if self.ceiling.value == 0:
            raise ValueError("ceiling: found 0; above 0 is needed, else nobody has an objective")
        if self.envelope.value > self.envelope_maximum.value:
            raise ValueError(f"envelope: found {self.envelope.value}; at most envelope_maximum, {self.envelope_maximum.value}")
        for name, most in MOST.items():
            if not 0 <= getattr(self, name).value <= most:
                raise ValueError(f"{name}: found {getattr(self, name).value}; between 0 and {most} is allowed")
        return self


class Instrument(Sourced):
    """An instrument of a plan of approach. `use`: how the model tells that a municipality uses it (docs/model.md, phase 7)."""

    kind: Literal["mandatory", "voluntary"]
    use: Literal["effort", "rare", "land"]
    what: str = Field(min_length=1)
    what_nl: str = Field(min_length=1)


class Legislature(Sourced):
    """One legislature of the growth path and its share of the regular objective."""

    name: str
    years: str = Field(pattern=r"^\d{4}-\d{4}$")
    share: ExactShare


class Event(Sourced):
    """Dates on which the law itself acts, in order."""

    dates: list[datetime.date] = Field(max_length=20)

    @model_validator(mode="after")
    def _ordered(self) -> "Event":
        for before, after in pairwise(self.dates):
            if after <= before:
                raise ValueError(f"dates: {after} stands after {before}; an ascending order is needed")
        return self


class Calendar(Frozen):
    """When exemptions are decided, agreements concluded, objectives recalibrated, and when the envelope opens and may grow."""

    exemption: Event
    agreement: Event
    recalibration: Event
    envelope_growth: Event
    envelope: Event

    @model_validator(mode="after")
    def _once(self) -> "Calendar":
        for name in ("exemption", "envelope"):
            if len(getattr(self, name).dates) > 1:
                raise ValueError(f"{name}.dates: found {len(getattr(self, name).dates)} dates; at most one is allowed")
        return self


class Law(Frozen):
    """One version of the law: values, instruments by name, growth path and rhythm of measurements and tests."""

    title: str
    date: datetime.date
    values: Values
    calendar: Calendar
    readings: Readings
    instruments: Annotated[dict[str, Instrument], BeforeValidator(lambda found: found or {}), Field(max_length=30)]  # [] says: none
    growth_path: list[Legislature] = Field(min_length=1, max_length=8)
    rhythm: list[Measurement] = Field(min_length=1, max_length=60)
    tests: CalendarOfTests | None = None  # another calendar, which takes the place of the rhythm's when the law is read
    _understood: tuple[str, ...] = PrivateAttr(())  # what that calendar left to be understood

    @property
    def warnings(self) -> list[str]:
        """What is allowed and may yet not be meant, each with its place."""
        return list(self._understood)

    @property
    def tested_at_last(self) -> bool:
        """Whether a test falls in the year of the last measurement, which has none: SIB cannot be judged then too (reading final_sib)."""
        return self.rhythm[-1].test is None and any(m.test == self.rhythm[-1].date.year for m in self.rhythm)

    @model_validator(mode="after")
    def _consistent(self) -> "Law":
        self._check()
        if self.tests is None:
            return self
        start = datetime.date(int(self.growth_path[0].years.split("-")[0]) - 1, 12, 31)
        rhythm = retimed(self.rhythm, self.readings, start, self.tests)
        law = self.model_copy(update={"rhythm": rhythm, "tests": None})
        law._check()
        law._understood = tuple(understood(self.rhythm, rhythm, self.tests))
        return law

    def _check(self) -> None:
        total = sum(g.share for g in self.growth_path)
        if total != 1:
            raise ValueError(f"growth_path: the shares add up to {total}; 1 is needed")
        ends = [[int(year) for year in g.years.split("-")] for g in self.growth_path]
        for i, (begin, end) in enumerate(ends):
            if end < begin or (i and begin != ends[i - 1][1] + 1):
                before = f"; the legislature before ends in {ends[i - 1][1]}" if i else ""
                found = f"found {self.growth_path[i].years}{before}"
                raise ValueError(f"growth_path.{i}.years: {found}; years in order without overlap are needed")
        kinds = [instrument.kind for instrument in self.instruments.values()]
        if kinds != sorted(kinds):
            raise ValueError("instruments: a mandatory one stands after a voluntary one; the mandatory ones first is needed")
        if (needed := self.values.voluntary_needed.value) > (most := kinds.count("voluntary")):
            raise ValueError(f"values.voluntary_needed: found {needed}; at most {most}, the voluntary instruments")
        for i in range(len(self.rhythm)):
            fault = self._fault(i)
            if fault is not None:
                raise ValueError(f"rhythm.{i}.{fault}")
        if self.readings.final_sib.value == "sanctioned" and self.tested_at_last:
            year = self.rhythm[-1].date.year
            clash = f"SIB is judged at the end of {year}, in which a test falls too, and tests are told apart by their year"
            raise ValueError(f"readings.final_sib: found sanctioned: {clash}; unsanctioned, or an earlier last test, is allowed")

    def _fault(self, i: int) -> str | None:
        """Return what is wrong with a measurement, and where in it."""
        m, other = self.rhythm[i], self.rhythm[i].otherwise
        if (m.date.month, m.date.day) != (12, 31):
            return f"date: found {m.date}; a 31 December is allowed"
        if i and m.date <= self.rhythm[i - 1].date:
            return f"date: found {m.date}; later than {self.rhythm[i - 1].date} is needed"
        if other is not None and other.reading not in Readings.model_fields:
            return f"otherwise.reading: unknown reading {other.reading!r}; {nearest(other.reading, Readings.model_fields)}"
        if other is not None and other.value not in (options := getattr(self.readings, other.reading).options):
            return f"otherwise.value: found {other.value!r}; {nearest(other.value, options)}"
        for r in [*m.regular, *(other.regular if other else [])]:
            if len(r.shares) != len(self.growth_path):
                return f"regular: {len(r.shares)} shares; one for each of {len(self.growth_path)} legislatures is needed"
        if m.test is not None:
            month = int(self.values.verdict_month.value)
            following = self.rhythm[i + 1].date.replace(day=1) if i + 1 < len(self.rhythm) else datetime.date.max
            if not m.date < datetime.date(m.test, month, 28) < following:
                return f"test: found {m.test}; the verdict (month {month}) must fall before the next measurement's month"
        return None


def since(law: Law, start: datetime.date) -> Law:
    """Return a law as it stands on a later starting day: what was measured by then is behind, and so are its tests.

    Agreements concluded by then are in force from the first month on: a date in that January takes the place of the last of them.
    """
    dates, first = law.calendar.agreement.dates, datetime.date(start.year + 1, 1, 1)
    behind = sum(day <= start for day in dates)
    if behind and first not in dates:
        agreement = law.calendar.agreement.model_copy(update={"dates": [*dates[: behind - 1], first, *dates[behind:]]})
        law = law.model_copy(update={"calendar": law.calendar.model_copy(update={"agreement": agreement})})
    ahead = [m for m in law.rhythm if m.date > start]
    if not ahead:
        raise ValueError(f"start: found {start}; a day before the last measurement, {law.rhythm[-1].date}, is needed")
    return law.model_copy(update={"rhythm": ahead})


def law_tables(name: str, asked_by: Path) -> Mapping[str, Any]:
    """Return the tables of a law of the library (its name) or of a file (a path ending in .toml, relative to the scenario).

    Raises InputError for an unknown name.
    """
    if name.endswith(".toml"):
        return read_extended(asked_by.parent / name)
    known = [p.stem for p in LAWS.glob("*.toml")]
    refuse_unknown(name, known, asked_by, "law", "law")
    return read_extended(LAWS / f"{name}.toml")
