"""What is known of one company: means of its own, and its own data, which take the place of the estimates of its municipalities."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from sim.inputs.months import month_number
from sim.inputs.scenario.frozen import COUNTED, Frozen, refuse_thousands
from sim.inputs.scenario.values import Allocation, Amount
from sim.inputs.workbook.words import Lang, say

OwnStage = Literal["dormant", "preparation", "MJP", "KTP", "construction"]
STEPS: tuple[str, ...] = ("on_mjp", "on_ktp", "start", "delivered")  # the dates of a project, in their order
MISSED: dict[str, str] = {  # what a project is of which a step that lies behind it is not dated
    "on_mjp": "a project on KTP or beyond that is not on MJP",
    "on_ktp": "a project in construction that is not on KTP",
    "start": "a project in construction whose works have not started",
}
REACHED: dict[str, int] = {"dormant": 0, "preparation": 0, "MJP": 1, "KTP": 2, "construction": 3}  # how many of STEPS are behind it


LARGEST = 1_000_000  # dwellings or places in one figure
MOST_PROJECTS = 10_000
Figure = Annotated[int | None, Field(ge=0, le=LARGEST)]
MEANS: dict[str, str] = {"managers": "project managers", "finance": "dwellings", "land": "places"}  # what is counted of each


class CompanyMeans(Frozen):
    """What one company has, where it is known or chosen, in the place of its part of Flanders' means.

    `managers`: project managers, the same in every year; `finance`: new dwellings a year that it can start; `land`: places bought a year,
    over its municipalities by objective; `allocation`: which of them it serves next.
    """

    managers: Amount | None = None
    finance: Amount | None = None
    land: Amount | None = None
    allocation: Allocation | None = None

    @model_validator(mode="after")
    def _units(self) -> "CompanyMeans":
        for name, counted in MEANS.items():
            means = getattr(self, name)
            if means is not None and COUNTED.match(means.unit) and not means.unit.startswith(counted):
                raise ValueError(f"{name}.unit: found {means.unit!r}; it is in {counted!r}")
        return self

    def given(self) -> dict[str, Any]:
        """Return what is said of them, by name."""
        return {name: value for name, value in self if value is not None}


class OwnProject(Frozen):
    """A project under way at the start. Dates: the month of a step that is behind it, or in which the company expects the next ones.

    `start`: of the works. The company's expectation is taken as the middle of what may happen, see `months_of_stages`.
    """

    name: str = Field(min_length=1, max_length=120)
    nis: int
    dwellings: int = Field(ge=1, le=1_000)
    stage: OwnStage
    on_mjp: date | None = None
    on_ktp: date | None = None
    start: date | None = None
    delivered: date | None = None

    def fault(self, begin: date, called: Mapping[str, str] = MappingProxyType({}), lang: Lang = "en") -> tuple[str, str] | None:
        """Return the first date that cannot be when the simulation starts at `begin`, and why; None where there is none.

        `called`: what steps and stages are called in the message. Behind the project: dated, at the latest in the month of the start. To come:
        later; the next one first, as the model expects stages and not dates.
        """
        reached, last = REACHED[self.stage], ""
        words = {"now": f"{begin:%Y-%m}", "stage": called.get(self.stage, self.stage)}
        for i, step in enumerate(STEPS):
            day = getattr(self, step)
            message = ""
            later = [called.get(name, name) for name in STEPS[i + 1 :] if getattr(self, name) is not None]
            if day is None and i < reached:
                message = "empty; {missed}: with stage {stage} its month, at the latest {now}, is needed"
                words["missed"] = say(lang, MISSED[step])
            elif day is None and later:
                message = "empty; {later} is given, so the month of this step is needed too"
                words["later"] = later[0]
            elif day is None:
                break
            elif i < reached and month_number(day, begin) > 0:
                message = "found {month}; with stage {stage} this step is behind it, at the latest in {now}"
            elif i >= reached and month_number(day, begin) <= 0 and self.stage == "dormant" and not i:
                message = "found {month}; with stage {stage} it is still to move: the month in which that is expected, after {now}, or empty"
            elif i >= reached and month_number(day, begin) <= 0:
                message = "found {month}; with stage {stage} this step is to come: the month expected, after {now}, or empty"
            elif last and day < getattr(self, last):
                message = "found {month}; not before {step} ({day})"
                words |= {"step": called.get(last, last), "day": f"{getattr(self, last):%Y-%m}"}
            if message:
                return step, say(lang, message, **words, month="" if day is None else f"{day:%Y-%m}")
            last = step
        return None

    def months_of_stages(self, begin: date) -> tuple[int | None, ...]:
        """Return how long the company expects each stage to last (months): on_mjp since the start of the simulation (asleep or in
        preparation), MJP to KTP, KTP to the start of the works, construction; what is left of the stage it is in. None: not said."""
        days = [getattr(self, name) for name in STEPS]
        months = [None if day is None else max(0, month_number(day, begin)) for day in days]
        reached = REACHED[self.stage]
        before: list[int | None] = [0, *months[:-1]]
        if reached:
            before[reached] = 0
        return tuple(
            None if i < reached or end is None or since is None else end - since
            for i, (since, end) in enumerate(zip(before, months, strict=True))
        )


class OwnMunicipality(Frozen):
    """Figures of a municipality (dwellings). `land`: free places of the company, all of them usable. None: as estimated."""

    nis: int
    objective_regular: Figure = None
    sib: Figure = None
    stock: Figure = None
    rented_in: Figure = None
    land: Figure = None


class Workbook(Frozen):
    """A company's own data. `managers` (full-time), `finance` (new dwellings a year), `bought` (places of land a year): None as estimated.

    `projects`: all that are under way in its municipalities, or None: as estimated.
    """

    managers: float | None = Field(default=None, ge=0, le=1_000)
    finance: float | None = Field(default=None, ge=0, le=100_000)
    bought: float | None = Field(default=None, ge=0, le=100_000)
    municipalities: tuple[OwnMunicipality, ...] = Field(default=(), strict=False, max_length=400)
    projects: tuple[OwnProject, ...] | None = Field(default=None, strict=False, max_length=MOST_PROJECTS)

    @field_validator("managers", "finance", "bought", mode="before")
    @classmethod
    def _no_thousands(cls, value: object) -> object:
        """Refuse a number that may have a point of thousands."""
        refuse_thousands("", value)
        return value

    @model_validator(mode="after")
    def _once(self) -> "Workbook":
        names = [p.name for p in self.projects or ()]
        if len(set(names)) < len(names):
            raise ValueError("projects: every name once")
        return self

    def means(self) -> CompanyMeans:
        """Return the means that the company says it has."""
        return CompanyMeans(
            managers=_known(self.managers, "project managers"),
            finance=_known(self.finance, "dwellings a year"),
            land=_known(self.bought, "places a year"),
        )


def _known(value: float | None, unit: str) -> Amount | None:
    return None if value is None else Amount(value=value, unit=unit, status="found", source="the company's own data")
