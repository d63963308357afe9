"""Every month companies start projects: in their own slots, in slots lent by others, and voluntary ones from the envelope."""

from collections.abc import Generator, Iterable

import simpy

from .numbers import DWELLINGS, ONE, fixed, happens, quantile, quantiles, score
from .parties import CBO, COMPANY, CONVENTIONED, FOUND, OWN, PRIVATE, PUBLIC, Company, Municipality, Phase, Stage
from .project import Project, next_draw
from .world import World

Acting = Generator[simpy.Event, None, None]
JUDGED_2B = 3


def launch(world: World, company: Company) -> Acting:
    """Every month: give the free slots to woken projects, then to new ones."""
    allocation = world.own(company).allocation or world.levers.allocation
    world.happened["allocation of its own"] += allocation.value != world.levers.allocation.value
    policy = allocation.value
    for month in range(1, world.last + 1):
        yield world.calendar.at(month, Phase.LAUNCH)
        for m in company.municipalities:
            if not ready(world, m):
                m.waiting_since = None
            elif m.waiting_since is None:
                m.waiting_since = month
        company.waiting.sort(key=lambda project: (project.asked, project.key))
        while company.free > 0:
            if company.waiting:
                company.held += 1
                company.waiting.pop(0).slot.succeed()
                yield world.calendar.at(month, Phase.LAUNCH)  # the woken project moves first
                continue
            chosen = first_of(world, company.municipalities, policy)
            if chosen is None:
                break
            new_project(world, chosen)


def ready(world: World, m: Municipality) -> bool:
    """Return whether a municipality has need of a whole project, or of any while none is under way, and places for it."""
    need = world.need(m)
    early = m.stages[Stage.PREPARATION] + m.stages[Stage.MJP]
    enough = need >= world.how.smallest_project.value or (need > 0 and early == 0)
    return enough and world.has_places(m)


def first_of(world: World, municipalities: Iterable[Municipality], policy: str) -> Municipality | None:
    """Return the municipality that the allocation policy serves first, of those that can be served."""
    return min((m for m in municipalities if ready(world, m)), key=lambda m: preference(world, m, policy), default=None)


def preference(world: World, m: Municipality, policy: str) -> tuple[int, ...]:
    """Return what the allocation policy sorts by: the smallest goes first, ties to the lower NIS code."""
    moment = world.next_measurement()
    short = (m.objective if moment is None else world.asked(m, moment.row).together) - m.live
    if policy == "largest_shortfall":
        return (-short, m.index)
    if policy == "proportional":
        return (-((m.objective - m.live) * ONE // m.objective), m.index)
    if policy == "first_come":
        assert m.waiting_since is not None
        return (m.waiting_since, m.index)
    return (0, short, m.index) if short > 0 else (1, -short, m.index)


def lent_slots(world: World) -> Acting:
    """Every month, when all companies have stopped: start projects of companies without a free slot in slots of others."""
    for month in range(1, world.last + 1):
        yield world.calendar.at(month, Phase.LENT_SLOTS)
        free = sum(max(0, company.free) for company in world.companies)
        above = sum(max(0, -company.free) for company in world.companies)
        lent = (fixed(world.levers.shared_services.value) * free >> 16) - above
        while lent > 0:
            full = [m for company in world.companies if company.free <= 0 for m in company.municipalities]
            if world.levers.shared_services_to.value == "2B":
                world.happened["2B served first"] += any(m.verdict == JUDGED_2B for m in full)
                full = [m for m in full if m.verdict == JUDGED_2B]
            chosen = first_of(world, full, world.levers.allocation.value)
            if chosen is None:
                break
            new_project(world, chosen)
            world.happened["slot lent"] += 1
            lent -= 1


def voluntary(world: World) -> Acting:
    """Every month, after all others: voluntary projects of those that want them and have reached their objective."""
    for month in range(1, world.last + 1):
        yield world.calendar.at(month, Phase.VOLUNTARY)
        for m in world.municipalities:
            wants = happens(world.municipal("envelope", 0, m.index), world.how.envelope_wish.value)
            if not wants or m.company.free <= 0 or m.live < m.objective or not world.has_places(m):
                continue
            if any(p.voluntary and p.stage in (Stage.PREPARATION, Stage.MJP) for p in m.projects):
                continue
            if world.envelope - world.reserved >= world.how.smallest_project.value:
                new_project(world, m, from_envelope=True)
            else:
                world.happened["envelope empty"] += 1


def new_project(world: World, m: Municipality, *, from_envelope: bool = False) -> None:
    """Start preparing the municipality's next project, on land of one kind."""
    how, smallest = world.how, world.how.smallest_project.value
    places = world.places(m)
    kinds = [kind for kind, left in places.items() if left >= smallest]
    draw = next_draw(world, m, "stream")
    size = quantile(quantiles(how.size, DWELLINGS), score(next_draw(world, m, "size")))
    land, stream = kinds[0], OWN
    if happens(draw, how.private_share.value) and PRIVATE in kinds:
        land = PRIVATE
        stream = CBO if happens(draw, how.private_share.value * how.cbo_share.value) else CONVENTIONED
    if stream == CONVENTIONED:
        size = size * fixed(how.conventioned_part.value) >> 16
    most = world.envelope - world.reserved if from_envelope else max(world.need(m), smallest)
    dwellings = min(max(size, smallest), most, places[land])
    world.reserved += dwellings if from_envelope else 0
    world.happened[f"{'voluntary' if from_envelope else 'launched'} without an objective"] += m.objective == 0
    take(m, land, dwellings)
    Project(world, m, land, dwellings, Stage.PREPARATION, stream=stream, voluntary=from_envelope)
    m.waiting_since = world.now + 1


def take(m: Municipality, land: int, dwellings: int) -> None:
    """Take places of one kind."""
    if land == PRIVATE:
        m.private -= dwellings
    elif land == FOUND:
        m.found -= dwellings
    elif land == COMPANY:
        m.company_used += dwellings
    elif land == PUBLIC:
        m.public_used += dwellings
