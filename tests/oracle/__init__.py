"""The oracle: one SimPy process per project, written from docs/model.md alone, slow and plain; the engine must agree with it.

It shares with the engine only the tables of draws and the data classes that hold the inputs.
"""

from sim.inputs.region.model import Region
from sim.inputs.scenario.model import Scenario

from . import actors, events, land, launch, policy, regulator
from .project import start_pipeline
from .record import OracleHistory
from .world import World

__all__ = ["OracleHistory", "World", "run"]


def run(scenario: Scenario, region: Region, replication: int) -> OracleHistory:
    """Return the history of one replication."""
    world = World(scenario, region, replication)
    start = world.calendar.process
    start_pipeline(world)
    for event in (events.exemption, events.agreement, events.redistribution, events.recalibration, policy.policy):
        start(event(world))
    start(actors.market(world))
    start(actors.letting(world))
    for municipality in world.municipalities:
        start(land.private_land(world, municipality))
        start(land.look_for_land(world, municipality))
    for fund in world.funds:
        start(actors.admission(world, fund))
    for company in world.companies:
        start(launch.launch(world, company))
    start(launch.lent_slots(world))
    start(launch.voluntary(world))
    start(regulator.measurement(world))
    start(regulator.response_to_prediction(world))
    start(regulator.record(world))
    for moment in world.moments:
        if moment.verdict is not None and moment.verdict <= world.last:
            start(regulator.test(world, moment))
            start(regulator.response_to_test(world, moment))
    world.calendar.run(until=world.last + 1)
    world.history.add_projects(world)
    world.history.add_missing_tests(world)
    return world.history
