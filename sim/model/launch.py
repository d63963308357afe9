"""Phase 5, launch: companies start projects in their own slots, in slots lent by others, and voluntary ones from the envelope."""

from collections.abc import Iterable

from sim.inputs.months import month_number
from sim.model.calendar import Phase, Process
from sim.model.law import Moment
from sim.model.numbers import ONE, bernoulli, fixed
from sim.model.parties import MJP, PREPARATION, PRIVATE, Category, Company, Land, Municipality, Stream
from sim.model.project import Project
from sim.model.world import World


def launch(world: World, company: Company) -> Process:
    """Every month: give the free slots to projects that wait for one, then to new ones."""
    of_all = world.levers.allocation.value
    allocation = world.own(company).allocation
    policy = of_all if allocation is None else allocation.value
    world.happened["allocation of its own"] += policy != of_all
    for month in world.calendar.monthly():
        yield world.calendar.at(month, Phase.LAUNCH)
        if "first_come" in (policy, of_all):
            note_who_waits(world, company)
        company.waiting.sort(key=lambda project: (project.asked, project.key))
        while company.free > 0:
            if company.waiting:
                company.held += 1
                company.waiting.pop(0).slot.succeed()
                yield world.calendar.at(month, Phase.LAUNCH)  # that project moves first
                continue
            chosen = first_of(world, company.municipalities, policy)
            if chosen is None:
                break
            new_project(world, chosen)


def note_who_waits(world: World, company: Company) -> None:
    """Note since when each municipality has been ready; when it is not, that is forgotten."""
    for m in company.municipalities:
        if not ready(world, m):
            m.waiting_since = None
        elif m.waiting_since is None:
            m.waiting_since = world.now


def ready(world: World, m: Municipality) -> bool:
    """Return whether a municipality has need of a project, an opportunity and places for it."""
    return world.has_opportunity(m) and world.needs_project(m) and world.has_places(m)


def first_of(world: World, municipalities: Iterable[Municipality], policy: str) -> Municipality | None:
    """Return the municipality that the allocation policy serves first, of those that can be served."""
    moment = world.next_measurement()
    return min((m for m in municipalities if ready(world, m)), key=lambda m: preference(world, m, policy, moment), default=None)


def preference(world: World, m: Municipality, policy: str, moment: Moment | None) -> tuple[int, ...]:
    """Return what the allocation policy sorts by: the smallest goes first, ties to the lower NIS code. `moment`: the next measurement."""
    short = (m.objective if moment is None else world.asked(m, moment).together) - m.live
    if policy == "largest_shortfall":
        return (-short, m.index)
    if policy == "proportional":
        return (-((m.objective - m.live) * ONE // m.objective), m.index)
    if policy == "first_come":
        assert m.waiting_since is not None
        return (m.waiting_since, m.index)
    assert policy == "protect", policy
    return (0, short, m.index) if short > 0 else (1, -short, m.index)


def lent_slots(world: World) -> Process:
    """Every month, when all companies have stopped: start projects of companies without a free slot in slots of others."""
    shared, policy = fixed(world.levers.shared_services.value), world.levers.allocation.value
    for month in world.calendar.monthly():
        yield world.calendar.at(month, Phase.LENT_SLOTS)
        free = sum(max(0, company.free) for company in world.companies)
        above = sum(max(0, -company.free) for company in world.companies)
        lent = (shared * free >> 16) - above
        while lent > 0:
            full = [m for company in world.companies if company.free <= 0 for m in company.municipalities]
            if world.levers.shared_services_to.value == "2B":
                full = [m for m in full if m.verdict is Category.CATEGORY_2B]
                world.happened["2B served first"] += bool(full)
            chosen = first_of(world, full, policy)
            if chosen is None:
                break
            new_project(world, chosen)
            world.happened["slot lent"] += 1
            lent -= 1


def voluntary(world: World) -> Process:
    """Every month of the envelope, after all others: voluntary projects of those that want them and have reached their objective."""
    wanting = [m for m in world.municipalities if m.wants_more]
    dates = world.law.calendar.envelope.dates
    first = month_number(dates[0], world.scenario.start) if dates else 1
    world.happened["envelope opens later"] += first > 1
    for month in range(max(1, first), world.given.last + 1):
        yield world.calendar.at(month, Phase.VOLUNTARY)
        for m in wanting:
            if m.company.free <= 0 or not reaches_objective(world, m) or not world.has_places(m) or not world.has_opportunity(m):
                continue
            if any(project.voluntary and project.stage in (PREPARATION, MJP) for project in m.projects):
                continue
            if world.envelope - world.reserved >= world.smallest:
                new_project(world, m, from_envelope=True)
            else:
                world.happened["envelope empty"] += 1


def reaches_objective(world: World, m: Municipality) -> bool:
    """Return whether a municipality reaches its objective with what is planned, which may have to be on MJP."""
    planned = m.live
    if world.law.readings.in_planning.value == "mjp":
        planned -= m.dwellings[PREPARATION]
        world.happened["not reached without what is in preparation"] += planned < m.objective <= m.live
    return planned >= m.objective


def new_project(world: World, m: Municipality, *, from_envelope: bool = False) -> None:
    """Start preparing the municipality's next project, on land of one kind."""
    how, draws = world.how, world.streams.project(m.index, len(m.projects))
    places, size = world.places(m), world.size(draws["size"])
    kinds = [kind for kind in Land if places[kind] >= world.smallest]
    land, stream = kinds[0], Stream.OWN
    if bernoulli(draws["stream"], how.private_share.value) and PRIVATE in kinds:
        land = PRIVATE
        by_call = bernoulli(draws["stream"], how.private_share.value * how.cbo_share.value)
        stream = Stream.CBO if by_call else Stream.CONVENTIONED
    if stream is Stream.CONVENTIONED:
        size = size * fixed(how.conventioned_part.value) >> 16
    most = world.envelope - world.reserved if from_envelope else max(world.need(m), world.smallest)
    dwellings = min(max(size, world.smallest), most, places[land])
    world.reserved += dwellings if from_envelope else 0
    world.happened[f"{'voluntary' if from_envelope else 'launched'} without an objective"] += m.objective == 0
    m.land[land] -= dwellings
    if world.limited:
        m.open -= 1
        world.happened["opportunity used, voluntary" if from_envelope else "opportunity used"] += 1
    Project(world, m, land, dwellings, PREPARATION, draws, stream=stream, voluntary=from_envelope)
    m.waiting_since = world.now + 1
