"""A parameter that is one value: what it may be, with its unit, source and status. Frozen, checked when read."""

import math
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from sim.agents.policies import POLICIES
from sim.inputs.scenario.frozen import Frozen, beyond, counted, ordered

if TYPE_CHECKING:
    PolicyName = str
else:
    PolicyName = Literal[POLICIES]  # what companies can do is what a scenario may ask of them

Status = Literal["found", "derived", "assumed"]


class Parameter(Frozen):
    """What every parameter says of itself. `range`: what the literature allows, for sensitivity studies."""

    unit: str = Field(min_length=1)
    status: Status
    source: str = Field(min_length=1)
    range: Annotated[tuple[float, float] | None, Field(strict=False), AfterValidator(ordered)] = None

    @model_validator(mode="before")
    @classmethod
    def _no_thousands(cls, table: Any) -> Any:
        return counted(table)

    @model_validator(mode="after")
    def _range_that_can_be(self) -> Self:
        for end in self.range or ():
            for limit in _limits(type(self)):
                if allowed := beyond(end, limit):
                    raise ValueError(f"range: found {end:g}; {allowed} is allowed, as for its value")
        return self

    @property
    def doubts(self) -> list[str]:
        """What is allowed and may yet not be meant: a value, or the constant of a distribution, outside the range."""
        for what in ("value", "constant"):
            number, (low, high) = getattr(self, what, None), self.range or (-math.inf, math.inf)
            if isinstance(number, int | float) and not low <= number <= high:
                return [f"the {what} {number:g} lies outside the range, {low:g} to {high:g}"]
        return []


@cache
def _limits(kind: type[Parameter]) -> tuple[object, ...]:
    """Return the limits of the value of a kind of parameter; none of one that has no value."""
    field = kind.model_fields.get("value")
    return () if field is None else tuple(field.metadata)


class Share(Parameter):
    """A share or probability between 0 and 1."""

    value: float = Field(ge=0, le=1)


class Factor(Parameter):
    """A factor that multiplies something; at most 100."""

    value: float = Field(ge=0, le=100)


class Exponent(Parameter):
    """An exponent of a size over another; at 3 a thousand times the size takes a billion times as long, the most that can be counted."""

    value: float = Field(ge=0, le=3)


class Growth(Parameter):
    """A yearly growth rate: -50% to +50%."""

    value: float = Field(ge=-0.5, le=0.5)


class Count(Parameter):
    """A whole number, at least one, at most a million."""

    value: int = Field(ge=1, le=1_000_000)


class Few(Parameter):
    """A small whole number, at least one, at most a hundred."""

    value: int = Field(ge=1, le=100)


class Amount(Parameter):
    """A number of dwellings a year, at most a million."""

    value: float = Field(ge=0, le=1_000_000)


class Spread(Parameter):
    """A standard deviation of a logarithm: at 2, one in forty has a fiftieth of the middle one or less."""

    value: float = Field(ge=0, le=2)


class Switch(Parameter):
    """Yes or no."""

    value: bool


class Euro(Parameter):
    """An amount of money (euro), at most a billion."""

    value: float = Field(ge=0, le=1_000_000_000)


class Cost(Parameter):
    """What a dwelling costs (thousand euro), at least one, at most a million."""

    value: float = Field(ge=1, le=1_000_000)


class Allocation(Parameter):
    """Which municipality a company serves next."""

    value: PolicyName


class Judgement(Parameter):
    """How a plan of approach is judged."""

    value: Literal["criteria", "probability"]


class Interval(Parameter):
    """Months between two committee dates; a divisor of the year."""

    value: Literal[1, 2, 3, 4, 6, 12]


class Judged(Parameter):
    """What a test counts: dwellings at a stage, or also those that would be there by the median lead time of the stage they are in."""

    value: Literal["stage", "lead_time"]


class Lent(Parameter):
    """To whom shared services lend free slots: all municipalities whose company has none, or those of them judged 2B at the last test."""

    value: Literal["all", "2B"]


class Redistribution(Parameter):
    """Who swaps objectives with whom."""

    value: Literal["none", "working_area", "neighbours"]


class Opportunities(Parameter):
    """Whether a project starts only where an opportunity for one has come up, or wherever one is needed."""

    value: Literal["unlimited", "limited"]


class RentIn(Parameter):
    """How rented-in dwellings change: all by one rate of growth, or by what is let in anew and what leaves."""

    value: Literal["exponential", "additive"]


class Shape(Parameter):
    """The shape of a gamma distribution: the smaller, the more unequal."""

    value: float = Field(ge=0.05, le=100)
