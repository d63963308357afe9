"""Phase 3, completion, beside the projects: dwellings demolished, in lumps, and the projects that replace them."""

from sim.model.calendar import DECEMBER, Phase, Process
from sim.model.numbers import bernoulli
from sim.model.parties import DORMANT, Land, Municipality, Stream
from sim.model.project import Project
from sim.model.world import World


def demolition(world: World) -> Process:
    """Every December, after the purchases: what is demolished is lost, and may be rebuilt."""
    stock, loss = sum(m.stock for m in world.municipalities), world.how.demolition.value
    yearly = [world.share_of(loss, m.stock, stock) for m in world.municipalities]
    for year, december in enumerate(world.calendar.every(DECEMBER)):
        yield world.calendar.at(december, Phase.LOSSES)
        for m in world.municipalities:
            if yearly[m.index] > 0:
                demolish(world, m, yearly[m.index], year)


def demolish(world: World, m: Municipality, yearly: int, year: int) -> None:
    """Demolish as much as a project at a time, as seldom as makes the yearly mean; more at a time where that would be every year."""
    draws, mean = world.streams.demolition(m.index, year), world.given.mean_size
    if draws["happens"] >= (yearly << 32) // mean:
        return
    dwellings = max(world.size(draws["size"]), world.smallest)
    if yearly > mean:
        dwellings = dwellings * yearly // mean
    left = max(0, m.stock - m.sold - m.demolished)
    world.happened["no more to demolish"] += dwellings > left
    dwellings = min(dwellings, left)
    if dwellings == 0:
        return
    m.demolished += dwellings
    m.count_beside()
    world.happened["demolished"] += 1
    if bernoulli(draws["rebuilt"], world.how.rebuilt.value):
        draws_of_project = world.streams.project(m.index, len(m.projects))
        Project(world, m, Land.COMPANY, dwellings, DORMANT, draws_of_project, stream=Stream.REPLACEMENT)
        world.happened["replaced"] += 1
