"""The model as it reads."""

from sim.inputs.region.model import Region
from sim.inputs.scenario.model import Scenario
from sim.model import land, launch, law_calendar, market, policy, record, regulator
from sim.model.given import Given
from sim.model.project import start_pipeline
from sim.model.record import History
from sim.model.world import World

__all__ = ["Given", "History", "World", "prepare", "replicate"]


def prepare(scenario: Scenario, region: Region) -> Given:
    """Return what all replications of a scenario share."""
    return Given(scenario, region)


def replicate(given: Given, replication: int) -> History:
    """Run one replication from month 0 to the end and return its history. The same scenario and number give the same bits."""
    world = begin(given, replication)
    world.calendar.run(until=given.last + 1)
    record.keep_the_rest(world)
    return world.history


def begin(given: Given, replication: int) -> World:
    """Return a replication at its start: the pipeline under way, and everybody waiting for their first month."""
    world = World(given, replication)
    start_pipeline(world)
    of_all = (
        *(law_calendar.exemption, law_calendar.agreement, law_calendar.redistribution, law_calendar.recalibration),
        *(policy.policy, land.private_land, land.look_for_land, market.market, market.letting, market.admission),
        *(launch.lent_slots, launch.voluntary, regulator.measurement, regulator.response_to_prediction, record.record),
    )
    for process in of_all:
        world.calendar.process(process(world))
    for company in world.companies:
        world.calendar.process(launch.launch(world, company))
    for moment in given.moments:
        if moment.verdict is not None and moment.verdict <= given.last:
            world.calendar.process(regulator.test(world, moment))
            world.calendar.process(regulator.response_to_test(world, moment))
    return world
