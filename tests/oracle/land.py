"""Land of a municipality beside that of the start: places in private projects, and searches."""

import math
from collections.abc import Generator

import simpy

from .numbers import YEARS, happens, months, quantile, quantiles, score
from .parties import Municipality, Phase
from .world import World

Acting = Generator[simpy.Event, None, None]


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
        if world.need(municipality) > 0 and not world.has_places(municipality) and not enough:
            world.calendar.process(search(world, municipality, municipality.searches))
            municipality.searches += 1
            municipality.searching += 1


def search(world: World, municipality: Municipality, number: int) -> Acting:
    """Search once, for some years; with success there are places at the end."""
    duration = quantile(quantiles(world.how.search, YEARS), score(world.search("duration", number, municipality.index)))
    yield world.calendar.at(world.now + months(duration), Phase.SEARCH_ENDS)
    municipality.searching -= 1
    success = happens(world.search("success", number, municipality.index), world.how.search_success.value)
    world.happened["search found" if success else "search failed"] += 1
    if success:
        municipality.found += world.smallest(world.search("size", number, municipality.index))
