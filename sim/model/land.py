"""Phase 2, land: places in private projects come free every January, and searches look for more."""

import math

from sim.model.calendar import JANUARY, Phase, Process
from sim.model.numbers import ONE, bernoulli, months, quantile, score
from sim.model.parties import FOUND, PRIVATE, Municipality, Rounding
from sim.model.world import World


def private_land(world: World) -> Process:
    """Every January: places in private projects, a share of what is permitted in the municipality."""
    share = world.how.private_share_of_permits.value
    yearly = [math.floor(permits * share * ONE + 0.5) for permits in world.region.permits.tolist()]
    for year, january in enumerate(world.calendar.every(JANUARY)):
        yield world.calendar.at(january, Phase.PRIVATE_LAND)
        for m in world.municipalities:
            so_far = ((year + 1) * yearly[m.index] + m.rounding[Rounding.PRIVATE]) >> 16
            m.land[PRIVATE] += so_far - m.private_so_far
            m.private_so_far = so_far


def look_for_land(world: World) -> Process:
    """Every month: a search starts where there is need and no kind of land has room for a project."""
    at_once = world.how.searches_at_once.value
    for month in world.calendar.monthly():
        yield world.calendar.at(month, Phase.SEARCH_STARTS)
        for m in world.municipalities:
            if m.searching < at_once and world.need(m) > 0 and not world.has_places(m):
                world.calendar.process(search(world, m, m.searches))
                m.searches += 1
                m.searching += 1


def search(world: World, m: Municipality, number: int) -> Process:
    """Search once, for some years; with success there are places at the end."""
    draws = world.streams.search(m.index, number)
    duration = quantile(world.given.lead_times["search"][m.index], score(draws["duration"]))
    yield world.calendar.at(world.now + months(duration), Phase.SEARCH_ENDS)
    m.searching -= 1
    success = bernoulli(draws["success"], world.how.search_success.value)
    world.happened["search found" if success else "search failed"] += 1
    if success:
        m.land[FOUND] += max(world.size(draws["size"]), world.smallest)
