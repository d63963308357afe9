"""The law as data: dated values with their unit, article and status, read from a law file and checked.."""

import datetime
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from sim.inputs.errors import InputError, nearest
from sim.inputs.parameters import Frozen
from sim.inputs.toml import read_extended

LAWS = Path(__file__).parent / "law"
Stage = Literal["MJP", "KTP", "realised"]


def exact(value: object) -> Fraction:
    """Return an exact fraction from a whole number, a decimal such as 0.25 or "307.02", or "5/17"."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Fraction)):
        raise ValueError('a number or a fraction such as "1/4"')
    try:
        return Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        raise ValueError('a number or a fraction such as "1/4"') from None


Exact = Annotated[Fraction, BeforeValidator(exact), Field(ge=0, le=10**9)]
ExactShare = Annotated[Fraction, BeforeValidator(exact), Field(ge=0, le=1)]


class Sourced(Frozen):
    """What every rule says of itself. `draft`: in the draft law; `final`: in the law; `reading`: a choice where the documents are silent."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    status: Literal["draft", "final", "reading"]
    source: str = Field(min_length=1)


class LawValue(Sourced):
    """A number of the law, in force from a date."""

    value: Exact
    unit: str = Field(min_length=1)
    since: datetime.date = Field(alias="from")


class WholeValue(LawValue):
    """A whole number of the law."""

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
    mandatory_instruments: WholeValue
    voluntary_instruments: WholeValue
    rent_in_minimum: WholeValue
    rent_in_growth: LawValue
    verdict_month: WholeValue
    premium: LawValue
    premium_higher: LawValue

    @model_validator(mode="after")
    def _sensible(self) -> "Values":
        if not 1 <= self.verdict_month.value <= 12:
            raise ValueError("verdict_month: between 1 and 12")
        if self.ceiling.value > 1:
            raise ValueError("ceiling: a share of at most 1")
        if not 1 <= self.charged_years.value <= 20:
            raise ValueError("charged_years: between 1 and 20")
        return self


class Legislature(Sourced):
    """One legislature of the growth path and its share of the regular objective."""

    name: str
    years: str
    share: ExactShare


class Requirement(Frozen):
    """A share of each legislature's objective that must be at least at a stage."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    stage: Stage
    shares: list[ExactShare]


class SibRequirement(Frozen):
    """The share of SIB that must be at least at a stage."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    stage: Stage
    share: ExactShare


class Measurement(Sourced):
    """One measurement, the test that follows it (if any) and the rate of the contribution."""

    date: datetime.date
    test: int | None = None
    regular: list[Requirement] = Field(max_length=4)
    sib: SibRequirement
    rate: ExactShare = Fraction(0)


class Law(Frozen):
    """One version of the law: values, growth path and rhythm of measurements and tests."""

    title: str
    date: datetime.date
    values: Values
    growth_path: list[Legislature] = Field(min_length=1, max_length=8)
    rhythm: list[Measurement] = Field(min_length=1, max_length=60)

    @model_validator(mode="after")
    def _consistent(self) -> "Law":
        total = sum(g.share for g in self.growth_path)
        if total != 1:
            raise ValueError(f"growth_path: the shares add up to {total}; 1 is needed")
        month = int(self.values.verdict_month.value)
        for i, m in enumerate(self.rhythm):
            place = f"rhythm.{i}"
            if (m.date.month, m.date.day) != (12, 31):
                raise ValueError(f"{place}.date: found {m.date}; a 31 December is allowed")
            if i and m.date <= self.rhythm[i - 1].date:
                raise ValueError(f"{place}.date: found {m.date}; later than {self.rhythm[i - 1].date} is needed")
            for r in m.regular:
                if len(r.shares) != len(self.growth_path):
                    raise ValueError(
                        f"{place}.regular: {len(r.shares)} shares; one for each of {len(self.growth_path)} legislatures is needed"
                    )
            if m.test is not None:
                verdict = datetime.date(m.test, month, 28)
                following = self.rhythm[i + 1].date.replace(day=1) if i + 1 < len(self.rhythm) else datetime.date.max
                if not m.date < verdict < following:
                    raise ValueError(
                        f"{place}.test: found {m.test}; the verdict (month {month}) must fall before the next measurement's month"
                    )
        return self


def law_tables(name: str, asked_by: Path) -> Mapping[str, Any]:
    """Return the tables of a law of the library (its name) or of a file (a path ending in .toml, relative to the scenario).

    Raises InputError for an unknown name.
    """
    if name.endswith(".toml"):
        return read_extended(asked_by.parent / name)
    known = [p.stem for p in LAWS.glob("*.toml")]
    if name not in known:
        raise InputError(asked_by, "law", f"unknown law {name!r}; {nearest(name, known)}")
    return read_extended(LAWS / f"{name}.toml")
