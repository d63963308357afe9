"""Will and opportunities: where a project may start, when not wherever one is needed (in phases 1, policy, and 2, land).

An opportunity is a site, a partner, a council that wants it. They come up at a municipality's own rate: `Municipality.clock` counts how many
should have come by now, and the next one is there when it reaches `mark`. A launch uses one up (`launch.py`).
"""

import math

from sim.model.calendar import JANUARY, Phase, Process
from sim.model.numbers import ONE, fixed, quantile, score
from sim.model.parties import Municipality
from sim.model.world import World


def will(world: World) -> Process:
    """Every January: the will of a new legislature, where one begins, and the rate at which opportunities will come up this year."""
    if not world.limited:
        return
    how, tables = world.how, world.given.tables
    draw_will(world, how.will_known.value, 0)
    for m in world.municipalities:
        m.mark = interval(world, m)
    mean_rates, gain, legislatures = rates(world), fixed(how.effort_gain.value), 0
    for january in world.calendar.every(JANUARY):
        yield world.calendar.at(january, Phase.WILL)
        if legislature_begins(world):
            legislatures += 1
            world.happened["legislature began"] += 1
            draw_will(world, how.will_renewed.value, legislatures)
        for m in world.municipalities:
            m.will = quantile(tables["will"], m.will_score)
            by_effort = max(0, ONE + (gain * (m.effort - world.given.mean_effort) >> 16))
            m.rate = (mean_rates[m.index] * m.will >> 16) * by_effort >> 16


def opportunities(world: World) -> Process:
    """Every month: opportunities come up; those beyond what can be open at a time pass."""
    if not world.limited:
        return
    at_most = world.how.open_at_most.value
    for month in world.calendar.monthly():
        yield world.calendar.at(month, Phase.OPPORTUNITIES)
        for m in world.municipalities:
            m.clock += m.rate
            while m.clock >= m.mark:
                world.happened["opportunity arrived" if m.open < at_most else "opportunity passed"] += 1
                m.open = min(m.open + 1, at_most)
                m.opportunities += 1
                m.mark += interval(world, m)


def draw_will(world: World, correlation: float, row: int) -> None:
    """Draw everybody's will anew, correlated with the one before: that of the last legislature, or what was known before the start."""
    kept, new = fixed(correlation), fixed(math.sqrt(1 - correlation**2))
    for m, draw in zip(world.municipalities, world.streams.municipal("municipality.will", row), strict=True):
        m.will_score = (kept * m.will_score + new * score(draw)) >> 16


def legislature_begins(world: World) -> bool:
    """Return whether a municipal legislature begins in this year."""
    values, year = world.law.values, world.scenario.start.year + 1 + world.calendar.year()
    return (year - int(values.legislature_start.value)) % int(values.legislature_years.value) == 0


def rates(world: World) -> list[int]:
    """Return the opportunities a month of each municipality, in 65,536ths, at mean will and effort: by objective, and by what is permitted."""
    rate, by_permits, permits = fixed(world.how.opportunity_rate.value), fixed(world.how.basis_permits.value), world.given.permits10
    asked, monthly = sum(permits[m.index] for m in world.municipalities if m.objective_at_start > 0), []
    for m in world.municipalities:
        basis = rate * (ONE - by_permits) * m.objective_at_start
        if asked > 0:
            basis += rate * by_permits * world.objective_at_start * permits[m.index] // asked
        monthly.append(basis // (world.given.mean_size * world.given.last))
    return monthly


def interval(world: World, m: Municipality) -> int:
    """Return how far apart the marks of the next opportunity and the one before it lie."""
    return max(1, quantile(world.given.tables["interval"], score(world.streams.opportunity(m.index, m.opportunities))))
