"""Every January: land bought, money (renovation and modest rental first), long vacancy, and the companies' slots."""

import math
from collections.abc import Generator

import simpy

from .numbers import MIDDLE, ONE, SHARES, fixed, largest_remainder, quantile, quantiles, score
from .parties import Company, Phase
from .world import World

Acting = Generator[simpy.Event, None, None]
LOOKING_BACK = 5


def policy(world: World) -> Acting:
    """Every January: this year's land, money and slots."""
    for january in world.januaries():
        yield world.calendar.at(january, Phase.JANUARY)
        buy_land(world)
        world.vacant += world.vacant * (fixed(world.how.vacancy_response.value) * less_renovation(world) >> 16) >> 16
        world.money = money(world)
        share_out(world, world.money)
        make_slots(world)


def less_renovation(world: World) -> int:
    """Return how much smaller the share of renovation is than today, in 65,536ths."""
    return fixed(world.how.renovation_today.value) - fixed(world.levers.renovation_share.value)


def new_build(world: World) -> int:
    """Return the money for new build, as a factor on that of today."""
    return fixed((1 - world.levers.renovation_share.value) / (1 - world.how.renovation_today.value))


def buy_land(world: World) -> None:
    """Add what is bought to the rooms of the companies, by the objectives of the start."""
    for m, objective in zip(world.municipalities, world.objectives_at_start, strict=True):
        yearly = world.share_of(world.levers.land_purchase.value, objective, world.objective_at_start)
        if (mine := world.own(m.company).land) is not None:
            of_company = sum(world.objectives_at_start[other.index] for other in m.company.municipalities)
            yearly += world.share_of(mine.value, objective, of_company)
            world.happened["land of its own"] += 1
        so_far = ((world.year + 1) * yearly + world.rounding(m, 4)) >> 16
        world.happened["land bought"] += so_far > m.bought
        m.bought = so_far


def before_modest_rental(world: World, year: int) -> int:
    """Return the dwellings financed in a year, renovation taken off; a year before the first is like the first."""
    year = max(0, year)
    first = quantile(quantiles(world.how.finance_2026, 1), score(world.streams.world("finance_2026")))
    later = quantile(quantiles(world.how.finance_2034, 1), score(world.streams.world("finance_2034")))
    money = first + (later - first) * min(year, 8) // 8
    return (money * fixed(world.levers.finance_scale.value) >> 16) * new_build(world) >> 16


def money(world: World) -> int:
    """Return the new dwellings financed this year, renovation and modest rental taken off."""
    all_new = before_modest_rental(world, world.year)
    years_before = range(world.year - LOOKING_BACK, world.year)
    cap = sum(before_modest_rental(world, year) for year in years_before) * world.law.values.modest_cap.value // LOOKING_BACK
    wanted = all_new * fixed(world.levers.modest_share.value) >> 16
    world.happened["modest rental"] += min(wanted, cap) > 0
    world.happened["modest rental capped"] += cap < wanted
    return all_new - min(wanted, int(cap))


def share_out(world: World, money: int) -> None:
    """Carry over what each fund has left of last year, and share out the year's money and what expired."""
    pot = 0
    own = [world.own(fund.companies[0]).finance if not world.pooled else None for fund in world.funds]
    for fund, mine in zip(world.funds, own, strict=True):
        pot += fund.old if mine is None else 0
        fund.old, fund.new = max(fund.new, 0), min(fund.new, 0)
    by_objective = [sum(company.objective for company in fund.companies) for fund in world.funds]
    by_waiting = [
        sum(project.dwellings for project in fund.waiting) if mine is None else 0
        for fund, mine in zip(world.funds, own, strict=True)
    ]
    certain = money * fixed(world.levers.finance_by_objective.value) >> 16
    parts = largest_remainder(certain, by_objective)
    others = largest_remainder(money - certain + pot, by_waiting if sum(by_waiting) else by_objective)
    world.happened["money for nobody"] += money > 0 == sum(by_objective)
    for fund, mine, part, other in zip(world.funds, own, parts, others, strict=True):
        fund.new += part + other if mine is None else math.floor(mine.value + 0.5)
        world.happened["finance of its own"] += mine is not None


def make_slots(world: World) -> None:
    """Give every company the slots of its project managers; their number follows the work in new build."""
    how, levers, weights = world.how, world.levers, [weight(world, company) for company in world.companies]
    managers = quantile(quantiles(how.managers, SHARES), score(world.streams.world("managers")))
    managers = managers * fixed(levers.managers_scale.value) >> 16
    managers = managers * (ONE + (fixed(how.renovation_managers.value) * (new_build(world) - ONE) >> 16)) >> 16
    growth = fixed((1 + levers.slot_growth.value) ** world.year)
    for company, mine in zip(world.companies, weights, strict=True):
        own = max(ONE, managers * mine // sum(weights) if sum(weights) else 0)
        world.happened["staffed unevenly"] += mine != company.objective
        company.slots = (levers.projects_per_manager.value * own * growth + 2**31) >> 32
        if (given := world.own(company).managers) is not None:
            world.happened["managers of its own"] += 1
            company.slots = (levers.projects_per_manager.value * fixed(given.value) * ONE + 2**31) >> 32
        company.started = 0


def weight(world: World, company: Company) -> int:
    """Return what a company's part of the managers goes by: its objective, times how well it is staffed."""
    normal = score(world.streams.draw("company.managers", 0, company.index, len(world.companies)))
    step = min(max((normal + 8 >> 4) + MIDDLE, 0), 2 * MIDDLE) - MIDDLE
    return company.objective * math.floor(ONE * math.exp(world.how.managers_spread.value * step / 256) + 0.5) >> 16
