"""Phase 3, completion, beside the projects: rent-in, which grows by one rate, or is what is let in anew less what leaves."""

from sim.model.calendar import DECEMBER, Phase, Process
from sim.model.law import rents_in_enough
from sim.model.numbers import ONE, fixed, quantile, score
from sim.model.parties import Company, Rounding
from sim.model.plans import asks_rent_in
from sim.model.world import World


def rent_in(world: World) -> Process:
    """Every December, after the completions: what is rented in now, as the scenario has it."""
    return exponential(world) if world.how.rent_in.value == "exponential" else additive(world)


def exponential(world: World) -> Process:
    """All rented-in dwellings grow, or shrink, by the rate of the year."""
    growth, index = world.given.tables["rent_in_growth"], ONE
    for year, december in enumerate(world.calendar.every(DECEMBER)):
        yield world.calendar.at(december, Phase.RENT_IN)
        index = index * (ONE + quantile(growth, score(world.streams.world("rent_in", year)))) >> 16
        for m in world.municipalities:
            m.rented_in = (m.rented_start * index + m.rounding[Rounding.RENT_IN]) >> 16
            m.count_beside()


def additive(world: World) -> Process:
    """What is let in anew walks from year to year and is shared out by what was rented in at the start; a share of all leaves."""
    how, tables, mean_effort = world.how, world.given.tables, world.given.mean_effort
    at_start = sum(m.rented_start for m in world.municipalities)
    support, gain = fixed(world.levers.rent_in_support.value), fixed(how.rent_in_effort.value)
    exits, by_criterion = fixed(how.rent_in_exits.value), ONE + (fixed(how.after_criterion.value) * world.response >> 16)
    inflow = quantile(tables["rent_in_inflow"], score(world.streams.world("rent_in_inflow")))
    for year, december in enumerate(world.calendar.every(DECEMBER)):
        yield world.calendar.at(december, Phase.RENT_IN)
        if year > 0:
            inflow = max(0, inflow + quantile(tables["rent_in_step"], score(world.streams.world("rent_in", year))))
            world.happened["nothing rented in anew"] += inflow == 0
        pressed = [company for company in world.companies if misses_criterion(world, company)]  # before this December
        for m in world.municipalities:
            anew = inflow * support * m.rented_start // at_start if at_start else 0
            anew = anew * max(0, ONE + (gain * (m.effort - mean_effort) >> 16)) >> 16
            if m.company in pressed:
                anew = anew * by_criterion >> 16
                world.happened["pressed by the criterion"] += 1
            m.rent_in_account += anew - (m.rent_in_account * exits >> 16)
            m.rented_in = (m.rent_in_account + m.rounding[Rounding.RENT_IN]) >> 16
            m.count_beside()


def misses_criterion(world: World, company: Company) -> bool:
    """Return whether the next measurement asks that companies rent in, and this one rents in too little."""
    moment = world.next_measurement()
    if moment is None or not asks_rent_in(world, moment):
        return False
    return not rents_in_enough(world.law, company.rented_in, company.rented_start)
