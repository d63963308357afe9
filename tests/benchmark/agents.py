"""The skeleton as agents in Mesa: a project steps every month from its begin to its end, then companies give their slots.

A project is made when it begins and removed when it ends, as Mesa's own models do with births and deaths: no other steps.
"""

from collections import defaultdict
from heapq import heappop, heappush

import mesa
import numpy as np
from numpy.typing import NDArray

from tests.benchmark.skeleton import COLUMNS, ENDED, LIMITED, MONTHS, READY, STAGES, World


class Company(mesa.Agent):  # type: ignore[misc]
    """A company: its free slots, and the projects ready for one, by month and number."""

    def __init__(self, model: "Programme", slots: int) -> None:
        super().__init__(model)
        self.free = slots
        self.queue: list[tuple[int, int, Project]] = []

    def step(self) -> None:
        """Admit as many projects as there are free slots."""
        while self.free and self.queue:
            self.free -= 1
            heappop(self.queue)[2].enter()


class Project(mesa.Agent):  # type: ignore[misc]
    """A project under way: its stage, and the months left in it; none or less while it waits for a slot."""

    def __init__(self, model: "Programme", number: int, company: Company, lead: list[int]) -> None:
        super().__init__(model)
        self.number, self.company, self.lead = number, company, lead
        self.stage, self.left = 0, 0
        self.enter()

    def step(self) -> None:
        """A month passes, and it may be the last of the stage."""
        self.left -= 1
        if self.left == 0:
            self.finish()

    def finish(self) -> None:
        """Hand over the slot, if there is one; go to the next stage, wait for a slot, or end."""
        if self.stage == LIMITED:
            self.company.free += 1
        self.stage += 1
        if self.stage == LIMITED:
            self.reached(READY)
            heappush(self.company.queue, (self.model.steps, self.number, self))
        elif self.stage < STAGES:
            self.enter()
        else:
            self.reached(ENDED)
            self.remove()

    def enter(self) -> None:
        """Begin the months of a stage."""
        self.left = self.lead[self.stage]
        self.reached(self.stage if self.stage < LIMITED else self.stage + 1)

    def reached(self, column: int) -> None:
        """Note the month."""
        self.model.events += 1
        self.model.history[self.number, column] = self.model.steps


class Programme(mesa.Model):  # type: ignore[misc]
    """The projects of one world under way. The month is the number of steps taken."""

    def __init__(self, world: World) -> None:
        super().__init__(seed=0)  # draws nothing: all luck is the world's
        self.history = np.full((len(world.begin), COLUMNS), -1, np.int32)
        self.events = 0
        self.companies = [Company(self, slots) for slots in world.slots.tolist()]
        self.to_begin: dict[int, list[tuple[int, int, list[int]]]] = defaultdict(list)
        rows = zip(world.begin.tolist(), world.company.tolist(), world.lead.tolist(), strict=True)
        for number, (begin, company, lead) in enumerate(rows):
            self.to_begin[begin].append((number, company, lead))
        self.begin()

    def begin(self) -> None:
        """Make the projects that begin this month."""
        for number, company, lead in self.to_begin.pop(self.steps, ()):
            Project(self, number, self.companies[company], lead)

    def step(self) -> None:
        """A month: projects step, others begin, companies admit."""
        self.agents_by_type[Project].do("step")
        self.begin()
        self.agents_by_type[Company].do("step")


def run_agents(world: World) -> tuple[int, NDArray[np.int32]]:
    """Return the number of events and the months of every project, as `bare_loop` does."""
    programme = Programme(world)
    for _ in range(MONTHS):
        programme.step()
    return programme.events, programme.history
