"""The oracle: one SimPy process per project, written from docs/model.md alone, slow and plain; the engine must agree with it.

It shares with the engine only the tables of draws and the data classes that hold the inputs.
"""

from sim.inputs.region import Region
from sim.inputs.scenario import Scenario

from . import actors, regulator
from .project import start_pipeline
from .record import OracleHistory
from .world import World

__all__ = ["OracleHistory", "World", "run"]


def run(scenario: Scenario, region: Region, replication: int) -> OracleHistory:
    """Return the history of one replication."""
    world, history = World(scenario, region, replication), OracleHistory()
    start = world.calendar.process
    start_pipeline(world)
    start(actors.policy(world))
    start(actors.market(world))
    for municipality in world.municipalities:
        start(actors.private_land(world, municipality))
        start(actors.look_for_land(world, municipality))
    for fund in world.funds:
        start(actors.admission(world, fund))
    for company in world.companies:
        start(actors.launch(world, company))
    start(regulator.measurement(world))
    start(regulator.response_to_prediction(world))
    start(regulator.record(world, history))
    for moment in world.moments:
        if moment.verdict is not None and moment.verdict <= world.last:
            start(regulator.test(world, history, moment))
            start(regulator.response_to_test(world, moment))
    world.calendar.run(until=world.last + 1)
    history.happened = world.happened
    history.add_projects(world)
    history.add_missing_tests(world)
    return history
