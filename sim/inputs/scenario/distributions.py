"""A parameter that is a distribution: of scipy.stats, a table of quantiles or a mixture, with what it may be. Frozen, checked when read."""

import itertools
import math
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

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
from sim.inputs.scenario.frozen import Frozen
from sim.inputs.scenario.values import Parameter

Point = Annotated[tuple[float, float], Field(strict=False)]  # of a table of quantiles: probability, value


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
        own = self.distribution, tuple(self.parameters.items()), self.minimum, self.maximum, self.constant
        if self.by_shape:
            return Curve(*own)
        whole = sum(part.weight for part in self.parts or ())
        parts = tuple((part.weight / whole, Family(part.distribution, tuple(part.parameters.items()))) for part in self.parts or ())
        return Curve(*own, tuple(self.points or ()), parts)


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
