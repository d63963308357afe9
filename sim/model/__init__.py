"""The model as it reads: a replication told by its agents and its projects, in plain SimPy, in the words of docs/model.md.

The compiled engine (`sim.engine`) computes the same hundreds of times as fast; tests hold the two against each other, number by number.
This one shares with it only the tables of draws and the inputs, so that each checks the other, and it is the one to study, to step through
in a debugger, and to try a rule or a stage of one's own in: `bso run SCENARIO --engine plain`, or

    given = Given(scenario, region)             # what all replications share, once
    history = replicate(given, 3)               # a replication: lists of plain rows
    world = begin(given, 3); world.calendar.run(until=13); world.municipalities[0].projects     # or month by month

Begin with `Project.life` in `project.py`: the whole pipeline on one page. Whoever acts is a generator that waits with `yield
world.calendar.at(month, phase)`; what happens first within a month is `Phase` in `calendar.py`, and that is the only order there is.

    who there is        parties.py       municipalities, companies, funds; stages, land, streams, categories
    a replication       world.py         everybody together: shocks, objectives, what is needed and where there is room
    at the start        project.py       `start_pipeline`
    1 policy            law_calendar.py  exemptions, agreements, redistribution, recalibration, envelope: the law's own dates
                        policy.py        January: land bought, money, long vacancy, slots
                        opportunities.py will, and how often opportunities come up
    2 land              land.py          private places, searches; opportunities.py: opportunities
    3 completion        project.py       projects move on; rent_in.py; market.py: sales, purchases, what is let; losses.py
    4 admission         admission.py     money lets projects start construction
    5 launch            launch.py        companies, lent slots, voluntary projects
    6 measurement       regulator.py     what lacks, by law.py; plans on paper
    7 test              regulator.py     verdicts and contributions; plans.py: plans of approach
    8 response          regulator.py     effort
    9 record            record.py        the rows that are kept
    the law's formulas  law.py           requirements, what lacks, premium; objective.py: the objective and its growth path
    numbers, chance     numbers.py, chance.py; given.py: the tables that all replications of a scenario share
"""

import gc

from sim.model import admission, land, launch, law_calendar, losses, market, opportunities, policy, record, regulator, rent_in
from sim.model.given import Given
from sim.model.project import start_pipeline
from sim.model.record import History
from sim.model.world import World

__all__ = ["Given", "History", "World", "begin", "replicate"]


def replicate(given: Given, replication: int) -> History:
    """Run one replication from month 0 to the end and return its history. The same scenario and number give the same bits."""
    sweeping = gc.isenabled()
    gc.disable()  # who and what is in a replication lives to its end: looking for garbage meanwhile took a fifth of the time
    try:
        world = begin(given, replication)
        world.calendar.run(until=given.last + 1)
        record.keep_the_rest(world)
        return world.history
    finally:
        if sweeping:
            gc.enable()


def begin(given: Given, replication: int) -> World:
    """Return a replication at its start: the pipeline under way, and everybody waiting for their first month."""
    world = World(given, replication)
    start_pipeline(world)
    of_all = (
        *(law_calendar.exemption, law_calendar.agreement, law_calendar.redistribution, law_calendar.recalibration),
        law_calendar.envelope_growth,
        *(policy.policy, opportunities.will, land.private_land, opportunities.opportunities, land.look_for_land),
        *(rent_in.rent_in, market.market, losses.demolition, market.letting, admission.admission),
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
