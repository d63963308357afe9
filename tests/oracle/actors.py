"""What companies, funds and municipalities do in a month: money, slots, land, the market, admission and launch."""

import math
from collections.abc import Generator

import simpy

from .numbers import ONE, SHARES, YEARS, fixed, happens, largest_remainder, months, quantile, quantiles, score
from .parties import PRIVATE, Company, Fund, Municipality, Phase, Stage
from .project import Project, next_draw
from .world import World

Acting = Generator[simpy.Event, None, None]


def policy(world: World) -> Acting:
    """Every January: this year's money and slots."""
    how, levers = world.how, world.levers
    first = quantile(quantiles(how.finance_2026, 1), score(world.streams.world("finance_2026")))
    later = quantile(quantiles(how.finance_2034, 1), score(world.streams.world("finance_2034")))
    managers = quantile(quantiles(how.managers, SHARES), score(world.streams.world("managers")))
    managers = managers * fixed(levers.managers_scale.value) >> 16
    for january in world.januaries():
        yield world.calendar.at(january, Phase.POLICY)
        money = first + (later - first) * min(world.year, 8) // 8
        share_out(world, money * fixed(levers.finance_scale.value) >> 16)
        for company in world.companies:
            own = max(ONE, managers * company.objective // world.objective)
            growth = fixed((1 + levers.slot_growth.value) ** world.year)
            company.slots = (levers.projects_per_manager.value * own * growth + 2**31) >> 32
            company.started = 0


def share_out(world: World, money: int) -> None:
    """Carry over what each fund has left of last year, and share out the year's money and what expired."""
    pot = 0
    for fund in world.funds:
        pot += fund.old
        fund.old, fund.new = max(fund.new, 0), min(fund.new, 0)
    by_objective = [sum(company.objective for company in fund.companies) for fund in world.funds]
    by_waiting = [sum(project.dwellings for project in fund.waiting) for fund in world.funds]
    certain = money * fixed(world.levers.finance_by_objective.value) >> 16
    parts = largest_remainder(certain, by_objective)
    others = largest_remainder(money - certain + pot, by_waiting if sum(by_waiting) else by_objective)
    for fund, part, other in zip(world.funds, parts, others, strict=True):
        fund.new += part + other


def private_land(world: World, municipality: Municipality) -> Acting:
    """Every January: places in private projects."""
    permits = float(world.region.permits[municipality.index])
    yearly = math.floor(permits * world.how.private_share_of_permits.value * 65536 + 0.5)
    for january in world.januaries():
        yield world.calendar.at(january, Phase.PRIVATE_LAND)
        so_far = ((world.year + 1) * yearly + world.rounding(municipality, 3)) >> 16
        municipality.private += so_far - municipality.private_so_far
        municipality.private_so_far = so_far


def look_for_land(world: World, municipality: Municipality) -> Acting:
    """Every month: start a search where there is need and no kind of land has room for a project."""
    for month in range(1, world.last + 1):
        yield world.calendar.at(month, Phase.SEARCH_STARTS)
        enough = municipality.searching >= world.how.searches_at_once.value
        if world.need(municipality) > 0 and not has_places(world, municipality) and not enough:
            world.calendar.process(search(world, municipality, municipality.searches))
            municipality.searches += 1
            municipality.searching += 1


def has_places(world: World, municipality: Municipality) -> bool:
    """Return whether there are places of one kind for a project."""
    return any(places >= world.how.smallest_project.value for places in world.places(municipality).values())


def search(world: World, municipality: Municipality, number: int) -> Acting:
    """Search once, for some years; with success there are places at the end."""
    duration = quantile(quantiles(world.how.search, YEARS), score(world.search("duration", number, municipality.index)))
    yield world.calendar.at(world.now + months(duration), Phase.SEARCH_ENDS)
    municipality.searching -= 1
    success = happens(world.search("success", number, municipality.index), world.how.search_success.value)
    world.happened["search found" if success else "search failed"] += 1
    if success:
        municipality.found += world.smallest(world.search("size", number, municipality.index))


def market(world: World) -> Acting:
    """Every December, after the completions: rent-in, sales and purchases."""
    how = world.how
    stock = sum(m.stock for m in world.municipalities)
    growth = quantiles(how.rent_in_growth, SHARES)
    mean_effort = fixed(how.effort_start.mean())
    index = ONE
    for december in world.decembers():
        yield world.calendar.at(december, Phase.MARKET)
        index = index * (ONE + quantile(growth, score(world.streams.world("rent_in", world.year)))) >> 16
        for m in world.municipalities:
            m.rented_in = (m.rented_start * index + world.rounding(m, 0)) >> 16
            yearly_sales = world.share_of(how.sales.value, m.stock, stock)
            m.sold = min(m.stock, ((world.year + 1) * yearly_sales + world.rounding(m, 1)) >> 16)
            if world.need(m) > 0:
                m.purchase_account += world.share_of(how.purchases.value, m.objective, world.objective) * m.effort // mean_effort
            m.purchased = (m.purchase_account + world.rounding(m, 2)) >> 16


def admission(world: World, fund: Fund) -> Acting:
    """Every month: waiting projects start construction while the fund has money; the last one may overdraw it."""
    for month in range(1, world.last + 1):
        yield world.calendar.at(month, Phase.ADMISSION)
        fund.waiting.sort(key=lambda project: (project.ready, project.key))
        while fund.waiting and fund.old + fund.new > 0:
            project = fund.waiting.pop(0)
            from_old = min(fund.old, project.dwellings)
            fund.old -= from_old
            fund.new -= project.dwellings - from_old
            project.municipality.company.started += project.dwellings
            project.money.succeed()


def launch(world: World, company: Company) -> Acting:
    """Every month: give the free slots to woken projects, then to new ones."""
    for month in range(1, world.last + 1):
        yield world.calendar.at(month, Phase.LAUNCH)
        for m in company.municipalities:
            if world.need(m) <= 0 or not has_places(world, m):
                m.waiting_since = None
            elif m.waiting_since is None:
                m.waiting_since = month
        company.waiting.sort(key=lambda project: (project.asked, project.key))
        while company.held < company.slots:
            if company.waiting:
                company.held += 1
                company.waiting.pop(0).slot.succeed()
                yield world.calendar.at(month, Phase.LAUNCH)  # the woken project moves first
                continue
            able = [m for m in company.municipalities if world.need(m) > 0 and has_places(world, m)]
            if not able:
                break
            chosen = min(able, key=lambda m: preference(world, m))
            new_project(world, chosen)
            chosen.waiting_since = month + 1


def preference(world: World, m: Municipality) -> tuple[int, ...]:
    """Return what the allocation policy sorts by: the smallest goes first, ties to the lower NIS code."""
    moment = world.next_measurement()
    short = (m.objective if moment is None else m.asked[moment.row].together) - m.live
    policy = world.levers.allocation.value
    if policy == "largest_shortfall":
        return (-short, m.index)
    if policy == "proportional":
        return (-((m.objective - m.live) * ONE // m.objective), m.index)
    if policy == "first_come":
        assert m.waiting_since is not None
        return (m.waiting_since, m.index)
    return (0, short, m.index) if short > 0 else (1, -short, m.index)


def new_project(world: World, m: Municipality) -> None:
    """Start preparing the municipality's next project, on land of one kind."""
    places = world.places(m)
    smallest = world.how.smallest_project.value
    kinds = [kind for kind, left in places.items() if left >= smallest]
    likes_private = happens(next_draw(world, m, "stream"), world.how.private_share.value)
    land = PRIVATE if likes_private and PRIVATE in kinds else kinds[0]
    dwellings = min(world.smallest(next_draw(world, m, "size")), max(world.need(m), smallest), places[land])
    take(m, land, dwellings)
    Project(world, m, land, dwellings, Stage.PREPARATION)


def take(m: Municipality, land: int, dwellings: int) -> None:
    """Take places of one kind."""
    if land == PRIVATE:
        m.private -= dwellings
    else:
        name = {1: "company_used", 2: "public_used", 3: "found"}[land]
        setattr(m, name, getattr(m, name) + (-dwellings if name == "found" else dwellings))
