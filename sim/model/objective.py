"""The objective: its formula solved for all municipalities, its growth path, and how a change is spread over that path."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sim.inputs.scenario.model import Scenario
from sim.model.numbers import ONE, largest_remainder

HIGHEST_RATE = 2**34


@dataclass(frozen=True)
class Facts:
    """What the formula asks of one municipality, at the start (dwellings, households)."""

    social: int
    overshoot: int
    households: int

    def at_ceiling(self, ceiling: Fraction) -> bool:
        """Return whether there are as many social dwellings as a ceiling, in dwellings per household, allows."""
        return self.social * ceiling.denominator >= self.households * ceiling.numerator


@dataclass(frozen=True)
class Formula:
    """What the law says of the ceiling: social dwellings per household.

    `again`: overshoot is subtracted at the ceiling too; `growth`: there it leaves its share of the growth, not of all households less the stock.
    """

    ceiling: Fraction
    again: bool = False
    growth: bool = False


def solution(formula: Formula, facts: Sequence[Facts], later: Sequence[int], groups: Sequence[int], total: int) -> list[int]:
    """Split the total over the municipalities. `later`: households at the end of 2042; `groups`: target groups."""
    ceiling, parts = formula.ceiling, []  # parts: what a municipality has without a rate, and what the rate multiplies
    for f, h, group in zip(facts, later, groups, strict=True):
        if f.at_ceiling(ceiling):
            if formula.growth:
                left = (h - f.households) * ceiling.numerator * ONE // ceiling.denominator
            else:
                left = h * ceiling.numerator * ONE // ceiling.denominator - f.social * ONE
            parts.append((left - f.overshoot * ONE if formula.again else left, 0))
        else:
            keep = max(0, f.social * (h - f.households) * ONE // f.households)
            parts.append((keep - f.overshoot * ONE, group))

    def values(rate: int) -> list[int]:
        return [max(0, part + (rate * group >> 16)) for part, group in parts]

    low, high = 0, HIGHEST_RATE
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if sum(values(middle)) <= total * ONE else (low, middle - 1)
    return largest_remainder(total, values(low))


def december(scenario: Scenario, year: int) -> int:
    """Return the month number of a year's December."""
    return (year - scenario.start.year) * 12


def not_yet_measured(scenario: Scenario, month: int) -> list[int]:
    """Return how many Decembers of each legislature lie after the last measurement before or in this month."""
    measured = [december(scenario, row.date.year) for row in scenario.law.rhythm]
    last = max((m for m in measured if m <= month), default=0)
    decembers = []
    for legislature in scenario.law.growth_path:
        first_year, last_year = map(int, legislature.years.split("-"))
        decembers.append(sum(december(scenario, year) > last for year in range(first_year, last_year + 1)))
    return decembers


def spread(path: Sequence[int], change: int, weights: Sequence[int]) -> list[int]:
    """Return the path after a change, split over the legislatures by weight; none falls below zero as long as others can bear it."""
    opened = [i for i, weight in enumerate(weights) if weight > 0]
    after = list(path)
    if not opened:
        return after
    parts = largest_remainder(abs(change), [weights[i] for i in opened])
    for i, part in zip(opened, parts, strict=True):
        after[i] += part if change > 0 else -part
    if sum(after[i] for i in opened) <= 0:
        for i in opened:
            after[i] = 0
        return after
    while any(after[i] < 0 for i in opened):
        for place, i in enumerate(opened):
            if after[i] < 0:
                after[opened[(place + 1) % len(opened)]] += after[i]
                after[i] = 0
    return after
