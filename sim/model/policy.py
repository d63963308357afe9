"""Phase 1, policy, every January: land bought, money (renovation and modest rental first), long vacancy, and the companies' slots."""

import math

from sim.model.calendar import JANUARY, Phase, Process
from sim.model.numbers import MIDDLE, ONE, fixed, largest_remainder, place, score
from sim.model.parties import COMPANY, Company, Municipality, Rounding
from sim.model.world import World

LOOKING_BACK = 5  # years, of modest rental


def policy(world: World) -> Process:
    """Every January: this year's land, money and slots."""
    yearly_land = [land_a_year(world, m) for m in world.municipalities]
    for year, january in enumerate(world.calendar.every(JANUARY)):
        yield world.calendar.at(january, Phase.JANUARY)
        buy_land(world, yearly_land, year)
        world.vacant += world.vacant * (fixed(world.how.vacancy_response.value) * less_renovation(world) >> 16) >> 16
        money, world.cost = all_new(world, year), cost(world, year)
        world.money = money - sum(modest_rental(world, company, money, year) for company in world.companies)
        share_out(world, world.money)
        make_slots(world, year)


def less_renovation(world: World) -> int:
    """Return how much smaller the share of renovation is than today, in 65,536ths."""
    return fixed(world.how.renovation_today.value) - fixed(world.levers.renovation_share.value)


def new_build(world: World) -> int:
    """Return the money for new build, as a factor on that of today."""
    return fixed((1 - world.levers.renovation_share.value) / (1 - world.how.renovation_today.value))


def land_a_year(world: World, m: Municipality) -> int:
    """Return the places bought for a municipality every year, by the objectives of the start, in 65,536ths."""
    yearly = world.share_of(world.levers.land_purchase.value, m.objective_at_start, world.objective_at_start)
    if (mine := world.own(m.company).land) is not None:
        of_company = sum(other.objective_at_start for other in m.company.municipalities)
        yearly += world.share_of(mine.value, m.objective_at_start, of_company)
        world.happened["land of its own"] += 1
    return yearly


def buy_land(world: World, yearly: list[int], year: int) -> None:
    """Add what is bought this year to the land of the companies."""
    for m in world.municipalities:
        so_far = ((year + 1) * yearly[m.index] + m.rounding[Rounding.BOUGHT]) >> 16
        world.happened["land bought"] += so_far > m.bought
        m.land[COMPANY] += so_far - m.bought
        m.bought = so_far


def all_new(world: World, year: int) -> int:
    """Return the money for new dwellings in a year (thousand euro), renovation taken off."""
    levers = world.levers
    growth = fixed((1 + levers.budget_growth.value) ** year)
    money = (world.budget * fixed(levers.finance_scale.value) >> 16) * growth >> 16
    return money * fixed(1 - levers.renovation_share.value) >> 16


def cost(world: World, year: int) -> int:
    """Return what a new dwelling costs in a year, in thousand euro."""
    how = world.how
    return max(1, math.floor(how.cost.value * (1 + how.cost_index.value) ** year + 0.5))


def modest_rental(world: World, company: Company, money: int, year: int) -> int:
    """Return what modest rental takes of a company's part of the year's money, capped by its parts of the years before."""
    cap = world.law.values.modest_cap.value
    company.financed.append(money * company.objective // world.objective if world.objective else 0)
    years_before = [
        company.financed[max(0, before)] for before in range(year - LOOKING_BACK, year)
    ]  # before the first is like the first
    most = sum(years_before) * cap.numerator // (LOOKING_BACK * cap.denominator)
    wanted = company.financed[year] * fixed(world.levers.modest_share.value) >> 16
    world.happened["modest rental"] += min(wanted, most) > 0
    world.happened["modest rental capped"] += most < wanted
    return min(wanted, most)


def share_out(world: World, money: int) -> None:
    """Carry over what each fund has left of last year, and share out the year's money and, where each company has a fund, what expired."""
    pot = world.spent = world.unspent = 0
    own = [world.own(fund.companies[0]).finance for fund in world.funds]
    for fund, mine in zip(world.funds, own, strict=True):
        lapses = world.pooled or mine is not None
        world.unspent += fund.old if lapses else 0
        world.happened["money lapsed"] += lapses and fund.old > 0
        pot += 0 if lapses else fund.old
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
    world.unspent += money + pot - sum(parts) - sum(others)
    for fund, mine, part, other in zip(world.funds, own, parts, others, strict=True):
        fund.new += part + other if mine is None else math.floor(mine.value + 0.5) * world.cost
        world.happened["finance of its own"] += mine is not None


def make_slots(world: World, year: int) -> None:
    """Give every company the slots of its project managers; their number follows the work in new build."""
    how, levers, weights = world.how, world.levers, [weight(world, company) for company in world.companies]
    in_new_build = world.managers * (ONE + (fixed(how.renovation_managers.value) * (new_build(world) - ONE) >> 16)) >> 16
    growth = fixed((1 + levers.slot_growth.value) ** year)
    for company, mine in zip(world.companies, weights, strict=True):
        own = max(ONE, in_new_build * mine // sum(weights) if sum(weights) else 0)
        world.happened["staffed unevenly"] += mine != company.objective
        company.slots = (levers.projects_per_manager.value * own * growth + 2**31) >> 32
        if (given := world.own(company).managers) is not None:
            world.happened["managers of its own"] += 1
            company.slots = (levers.projects_per_manager.value * fixed(given.value) * ONE + 2**31) >> 32
        company.started = 0


def weight(world: World, company: Company) -> int:
    """Return what a company's part of the managers goes by: its objective, times how well it is staffed."""
    step = place(score(world.streams.company("managers")[company.index])) - MIDDLE
    return company.objective * math.floor(ONE * math.exp(world.how.managers_spread.value * step / 256) + 0.5) >> 16
