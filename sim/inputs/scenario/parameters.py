"""Parameters: values and distributions, each with its unit, source and status, and all of a scenario's. Frozen, checked when read."""

import itertools
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from sim.agents.policies import POLICIES
from sim.inputs.scenario.curves import (
    MIXTURE,
    QUANTILES,
    Curve,
    Family,
    ends,
    family_named,
    much_cut_off,
    refuse_other_parameters,
)
from sim.inputs.scenario.frozen import Frozen, beyond, counted, ordered

if TYPE_CHECKING:
    PolicyName = str
else:
    PolicyName = Literal[POLICIES]  # what companies can do is what a scenario may ask of them

Status = Literal["found", "derived", "assumed"]
Point = Annotated[tuple[float, float], Field(strict=False)]  # of a table of quantiles: probability, value


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
        field = type(self).model_fields.get("value")
        for end in self.range or ():
            for limit in field.metadata if field is not None else ():
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


class Part(Frozen):
    """A part of a mixture: a family of scipy.stats, with its weight beside those of the others."""

    weight: float = Field(gt=0)
    distribution: Annotated[str, AfterValidator(family_named)]
    parameters: dict[str, float]

    @model_validator(mode="after")
    def _its_own_parameters(self) -> Self:
        refuse_other_parameters(self.distribution, self.parameters)
        return self


class Distribution(Parameter):
    """A continuous distribution of scipy.stats under its own name and parameters, cut off at `minimum` and `maximum`.

    Or `quantiles`: `points` of (probability, value), straight between them; or a `mixture`: `parts` with a weight each.
    """

    distribution: str
    parameters: dict[str, float]
    points: list[Point] | None = Field(default=None, min_length=2, max_length=1000)
    parts: list[Part] | None = Field(default=None, min_length=2, max_length=10)
    minimum: float | None = None
    maximum: float | None = None
    constant: float | None = None  # takes the place of the distribution: no chance

    @model_validator(mode="before")
    @classmethod
    def _without_parameters(cls, table: Any) -> Any:
        return (
            {"parameters": {}, **table} if isinstance(table, dict) and table.get("distribution") in (QUANTILES, MIXTURE) else table
        )

    @field_validator("distribution")
    @classmethod
    def _known(cls, name: str) -> str:
        return family_named(name, QUANTILES, MIXTURE)

    @field_validator("points")
    @classmethod
    def _ascending(cls, points: list[Point] | None) -> list[Point] | None:
        if points is None:
            return points
        for (p, x), (q, y) in itertools.pairwise(points):
            if p >= q or x > y:
                raise ValueError(
                    f"{q:g}: {y:g} after {p:g}: {x:g}; probabilities that rise, and values that do not fall, are needed"
                )
        if (points[0][0], points[-1][0]) != (0, 1):
            raise ValueError(f"from {points[0][0]:g} to {points[-1][0]:g}; probabilities from 0 to 1 are needed")
        return points

    @model_validator(mode="after")
    def _usable(self) -> "Distribution":
        if self.by_shape:
            refuse_other_parameters(self.distribution, self.parameters)
        for key, of in (("parameters", ""), ("points", QUANTILES), ("parts", MIXTURE)):
            due = self.distribution == of if of else self.by_shape
            if bool(getattr(self, key)) and not due:
                raise ValueError(f"{key}: {self.distribution} has none")
            if of and due and getattr(self, key) is None:
                raise ValueError(f"{key}: missing; {self.distribution} needs them")
        if self.range is not None and not self.by_shape:
            raise ValueError(f"range: {self.distribution} has no parameter that it could be of")
        values = ends(self.curve)
        if not all(math.isfinite(x) for x in values):
            raise ValueError(f"{self.distribution} with {self.parameters} has no finite quantiles")
        if max(abs(x) for x in values) > 1e6:
            raise ValueError(f"values of up to {max(values):g}; at most a million is allowed")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError(f"minimum {self.minimum} lies above maximum {self.maximum}")
        low, high = (-math.inf if self.minimum is None else self.minimum), (math.inf if self.maximum is None else self.maximum)
        if self.constant is not None and not low <= self.constant <= high:
            raise ValueError(f"constant: found {self.constant:g}; {low:g} to {high:g} is allowed, its minimum and maximum")
        return self

    @property
    def by_shape(self) -> bool:
        """Whether it is of a family, whose parameters may be moved."""
        return self.distribution not in (QUANTILES, MIXTURE)

    def quantile(self, p: Any) -> Any:
        """Return the quantile(s) at p, see `Curve.quantile`."""
        return self.curve.quantile(p)

    def mean(self) -> float:
        """Return the mean of the distribution, without its cut-offs; the constant where one is set."""
        return self.curve.mean()

    @property
    def doubts(self) -> list[str]:
        """What is allowed and may yet not be meant: a constant outside the range, much of a distribution on one of its cut-offs."""
        return super().doubts or much_cut_off(self.curve)

    @property
    def curve(self) -> Curve:
        """All that its quantiles follow from."""
        whole = sum(part.weight for part in self.parts or ())
        parts = tuple((part.weight / whole, Family(part.distribution, tuple(part.parameters.items()))) for part in self.parts or ())
        cut = self.minimum, self.maximum, self.constant
        return Curve(self.distribution, tuple(self.parameters.items()), *cut, tuple(self.points or ()), parts)


class Bounded(Distribution):
    """A distribution whose values must lie between LOW and HIGH, four standard deviations away from its middle."""

    LOW: ClassVar[float] = 0
    HIGH: ClassVar[float] = 10_000

    @model_validator(mode="after")
    def _within(self) -> "Bounded":
        low, _, high = ends(self.curve)
        if low < self.LOW:
            raise ValueError(f"values as low as {low:g}; below {self.LOW:g} is not allowed (set minimum)")
        if high > self.HIGH:
            raise ValueError(f"values as high as {high:g}; above {self.HIGH:,g} is not allowed (set maximum)")
        return self


class Positive(Bounded):
    """A distribution of something that cannot be negative: a duration, a size, managers, money."""


class LeadTime(Positive):
    """A duration, which the municipalities of a company or of a province may have of their own, in the same unit."""

    companies: dict[str, Positive] = Field(default_factory=dict)
    provinces: dict[str, Positive] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _in_its_unit(cls, table: Any) -> Any:
        """Give those of companies and provinces the unit. Raises ValueError for another one."""
        table = dict(table) if isinstance(table, dict) else table
        for key in ("companies", "provinces") if isinstance(table, dict) else ():
            for name, own in table.get(key, {}).items() if isinstance(table.get(key), dict) else ():
                if isinstance(own, dict) and own.get("unit", table.get("unit")) != table.get("unit"):
                    raise ValueError(f"{key}.{name}.unit: found {own['unit']!r}; {table.get('unit')!r} is allowed")
                if isinstance(own, dict):
                    table[key] = {**table[key], name: {"unit": table.get("unit"), **own}}
        return table

    def of(self, company: str, province: str) -> Positive:
        """Return the duration where a company works in a province: the company's own, else the province's, else that of all."""
        return self.companies.get(company) or self.provinces.get(province) or self

    @property
    def doubts(self) -> list[str]:
        """What is allowed and may yet not be meant, that of companies and provinces included."""
        own = {**self.companies, **self.provinces}
        return super().doubts + [f"{name}: {doubt}" for name, each in own.items() for doubt in each.doubts]


class Portion(Bounded):
    """A distribution of a share or strength between 0 and 1."""

    HIGH: ClassVar[float] = 1


class Growths(Bounded):
    """A distribution of a yearly growth rate, between -50% and +50%."""

    LOW: ClassVar[float] = -0.5
    HIGH: ClassVar[float] = 0.5


class Changes(Bounded):
    """A distribution of a change in dwellings from year to year."""

    LOW: ClassVar[float] = -10_000


class Levers(Frozen):
    """What a government or a company can decide."""

    allocation: Allocation
    plan_judgement: Judgement
    judged_on: Judged
    committee_interval: Interval
    projects_per_manager: Few
    managers_scale: Factor
    slot_growth: Growth
    finance_scale: Factor
    budget_growth: Growth
    finance_by_objective: Share
    finance_pooled: Switch
    exemption_asked: Share
    exemption_granted: Share
    redistribution: Redistribution
    redistribution_agreed: Share
    envelope_budget: Switch
    renovation_share: Share
    modest_share: Share
    consultation: Factor
    shared_services: Share
    shared_services_to: Lent
    land_purchase: Amount
    contribution_by_company: Share
    effort_least: Share
    rent_in_support: Factor


class Uncertainties(Frozen):
    """How the world is, as far as anybody knows."""

    managers: Positive
    managers_spread: Spread
    budget: Positive
    cost: Cost
    cost_index: Growth
    response: Portion
    rent_in_growth: Growths
    rent_in: RentIn
    rent_in_inflow: Positive
    rent_in_step: Changes
    rent_in_exits: Share
    rent_in_effort: Factor
    after_criterion: Share
    sales: Amount
    demolition: Amount
    rebuilt: Share
    purchases: Amount
    premium_growth: Growth
    size: Positive
    smallest_project: Few
    expected_survival: Share
    private_share: Share
    private_share_of_permits: Share
    cancelled: Share
    opportunities: Opportunities
    opportunity_rate: Factor
    open_at_most: Few
    basis_permits: Share
    effort_gain: Factor
    will_shape: Shape
    will_known: Share
    will_renewed: Share
    asleep: Share
    dropped_asleep: Share
    paper: Share
    search: LeadTime
    preparation: LeadTime
    permit: LeadTime
    appeal_delay: LeadTime
    council_duration: LeadTime
    new_permit: LeadTime
    award: LeadTime
    start: LeadTime
    construction: LeadTime
    construction_reference: Count
    construction_exponent: Exponent
    wake: LeadTime
    awake_share: Share
    appeal: Share
    appeal_reference: Count
    appeal_exponent: Exponent
    appeal_ceiling: Share
    council: Share
    annulled: Share
    realism_company: Share
    realism_public: Share
    release_base: Share
    release_effort: Share
    searches_at_once: Count
    search_success: Share
    effort_start: Portion
    effort_speed: Share
    after_prediction: Share
    after_2A: Share
    after_2B: Share
    mandatory_limit: Share
    voluntary_limit: Share
    rare_instrument: Share
    plan_filed: Share
    plan_accepted: Share
    agreement_on_time: Share
    after_agreement: Share
    household_error: Share
    household_shared: Share
    target_group_error: Share
    envelope_wish: Share
    cbo_share: Share
    cbo_speed: Factor
    conventioned_part: Share
    renovation_today: Share
    renovation_managers: Share
    vacant: Count
    vacancy_response: Share
    shock_flanders: Share
    shock_company: Share
    shock_persistence: Share

    @model_validator(mode="after")
    def _consistent(self) -> "Uncertainties":
        if self.shock_flanders.value + self.shock_company.value > 1:
            raise ValueError("shock_flanders + shock_company: together at most 1 of the variance")
        if self.size.maximum is None or not 1 <= self.size.maximum <= 1000:
            raise ValueError("size.maximum: between 1 and 1000 dwellings, and it must be given")
        if self.size.minimum is None or self.size.minimum < 1:
            raise ValueError("size.minimum: at least 1 dwelling, and it must be given")
        if self.renovation_today.value >= 1:
            raise ValueError("renovation_today.value: below 1")
        for name in ("preparation", "permit", "award", "construction", "effort_start"):
            spread = getattr(self, name)
            for place, each in ((name, spread), *(_own(name, spread) if isinstance(spread, LeadTime) else ())):
                if not ends(each.curve)[2] > 0:
                    raise ValueError(f"{place}.{'maximum' if each.constant is None else 'constant'}: found 0; above 0 is needed")
        if self.searches_at_once.value > 8:
            raise ValueError(f"searches_at_once.value: found {self.searches_at_once.value}; at most 8")
        return self


def _own(name: str, lead_time: LeadTime) -> Iterator[tuple[str, Positive]]:
    """Yield the lead times of companies and provinces, each with its place."""
    yield from ((f"{name}.companies.{company}", own) for company, own in lead_time.companies.items())
    yield from ((f"{name}.provinces.{province}", own) for province, own in lead_time.provinces.items())


class Costs(Frozen):
    """What means cost: a project manager a year, a place of land bought. They change no replication. A dwelling: `uncertainties.cost`."""

    manager: Euro
    place: Euro
