"""The skeleton as it is usually written: one SimPy process per project, a Resource per company."""

from collections.abc import Generator

import numpy as np
import simpy
from numpy.typing import NDArray

from tests.benchmark.skeleton import COLUMNS, ENDED, LIMITED, MONTHS, READY, STAGES, World

QUEUES = 2  # the turn within a month: after everything that finishes (SimPy's own priorities are 0 and 1), by project number


class Programme:
    """The projects of one world under way."""

    def __init__(self, world: World) -> None:
        self.env = simpy.Environment()
        self.slots = [simpy.Resource(self.env, int(n)) for n in world.slots]
        self.history = np.full((len(world.begin), COLUMNS), -1, np.int32)
        self.events = 0
        rows = zip(world.begin.tolist(), world.company.tolist(), world.lead.tolist(), strict=True)
        for number, (begin, company, lead) in enumerate(rows):
            self.env.process(self.project(number, begin, self.slots[company], lead))

    def project(self, number: int, begin: int, slots: simpy.Resource, lead: list[int]) -> Generator[simpy.Event]:
        """Pass the stages one after the other; the limited one with a slot."""
        yield self.env.timeout(begin)
        for stage in range(LIMITED):
            self.reached(number, stage)
            yield self.env.timeout(lead[stage])
        self.reached(number, READY)
        yield self.turn(number)
        with slots.request() as slot:
            yield slot
            self.reached(number, READY + 1)
            yield self.env.timeout(lead[LIMITED])
        for stage in range(LIMITED + 1, STAGES):
            self.reached(number, stage + 1)
            yield self.env.timeout(lead[stage])
        self.reached(number, ENDED)

    def turn(self, number: int) -> simpy.Event:
        """Return an event later in this month: after all that finishes, in the order of the project numbers."""
        turn = simpy.Event(self.env)
        turn._ok, turn._value = True, None
        self.env.schedule(turn, priority=QUEUES + number)  # type: ignore[arg-type]
        return turn

    def reached(self, number: int, column: int) -> None:
        """Note the month."""
        self.events += 1
        self.history[number, column] = self.env.now


def run_processes(world: World) -> tuple[int, NDArray[np.int32]]:
    """Return the number of events and the months of every project, as `bare_loop` does."""
    programme = Programme(world)
    programme.env.run(until=MONTHS + 1)
    return programme.events, programme.history
