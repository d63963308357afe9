"""Means of its own for one company, tried out on the real engine: the same replications for every capacity, each computed once."""

import difflib
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.agents.policies import POLICIES
from sim.chance.leadtimes import ONE, fixed
from sim.engine import History, replicate, test_years
from sim.engine.state import Model
from sim.engine.tables import funds
from sim.inputs.errors import InputError, nearest
from sim.rules import plan
from sim.runs.chunk import Task
from sim.runs.experiment import Progress

LEVERS = ("managers", "finance", "land")
MAXIMUM: Mapping[str, int] = {"managers": 100, "finance": 1_000, "land": 1_000}  # tried; more than any company has or has use for
FAILED: Mapping[str, int] = {"2": plan.Category.CATEGORY_2A, "2B": plan.Category.CATEGORY_2B}  # from which category on
FIRST_YEARS = 5  # of which the mean is called today's
Category = Literal["2", "2B"]
Flags = NDArray[np.bool_]


class Capacity(NamedTuple):
    """Project managers, new dwellings financed a year, places of land bought a year on top of the scenario's; None: as they are.

    As they are: the company's part of what Flanders has, drawn anew in every replication, or what the scenario says it has of its own.
    """

    managers: int | None = None
    finance: int | None = None
    land: int | None = None

    def covers(self, other: "Capacity") -> bool:
        """Return whether no lever is less than in another capacity of the same levers."""
        return all(mine is None or theirs is None or mine >= theirs for mine, theirs in zip(self, other, strict=True))


AS_IS = Capacity()


class Question(NamedTuple):
    """Will no municipality of the company be in this category (2, or 2B only) at any of these tests, with this target probability?"""

    company: str
    tests: tuple[int, ...]
    category: Category = "2"
    probability: float = 0.8
    levers: tuple[str, ...] = LEVERS


class Means(NamedTuple):
    """What a company has: mean over the replications of the first five years. Project managers, dwellings and places of land a year."""

    managers: float
    finance: float
    land: float


class Trials:
    """A company's capacities tried out. `expected`: how many replications the whole search is thought to take, for the progress shown."""

    def __init__(
        self, task: Task, question: Question, replications: int, progress: Progress | None = None, expected: int = 0
    ) -> None:
        self.task, self.question, self.replications = task, question, replications
        self.company = task.region.company_names.index(question.company)
        self.members = np.flatnonzero(task.region.company == self.company)
        years = test_years(task.scenario)
        self.tests = [years.index(year) for year in question.tests]
        self.worst: dict[Capacity, NDArray[np.int8]] = {}
        self.tables: dict[int, Model] = {}  # by replication: what differs between capacities is laid over them
        self.done, self.expected, self.progress = 0, expected, progress

    def tried(self, capacity: Capacity) -> NDArray[np.int8]:
        """Return the worst category among the company's municipalities at every test: int8[replications, tests] (1, 2: 2A, 3: 2B)."""
        if capacity not in self.worst:
            self.worst[capacity] = self._worst(capacity)
        return self.worst[capacity]

    def _worst(self, capacity: Capacity, first: int = 0) -> NDArray[np.int8]:
        histories = self.histories(capacity, first=first)
        return np.array([h.tests["category"][:, self.members].max(axis=1) for h in histories], np.int8)

    def with_means(self, model: Model, capacity: Capacity, policy: str | None = None) -> Model:
        """Return a replication's tables in which the company has these means, and this allocation policy, of its own.

        The same integers as `build_model` gives for a scenario that says so; nobody else's municipalities are touched.
        """
        company, members = self.company, self.members
        companies, start = model.company_start.copy(), model.start
        if capacity.managers is not None:
            companies["own_managers"][:, company] = fixed(capacity.managers)
        if capacity.finance is not None:
            companies["own_finance"][:, company] = capacity.finance
            companies["fund"] = funds(companies["own_finance"][0], bool(model.settings["pooled"][0]))
        if policy is not None:
            companies["policy"][:, company] = POLICIES.index(policy)
        if capacity.land:
            start = start.copy()
            objective = start["objective"][:, members]
            own = np.maximum(objective.sum(axis=1, keepdims=True), 1)
            start["rate_bought"][:, members] += np.floor(capacity.land * float(ONE) * objective / own).astype(np.int64)
        return model._replace(company_start=companies, start=start)

    def histories(
        self, capacity: Capacity = AS_IS, policy: str | None = None, replications: int | None = None, first: int = 0
    ) -> Iterator[History]:
        """Yield the histories of replications from number `first` on with these means and policy, one at a time, as they are asked for."""
        for number in range(first, first + (replications or self.replications)):
            history = replicate(self.with_means(self._tables(number), capacity, policy), number)
            self.done += 1
            if self.progress is not None and self.done % 10 == 0:
                self.progress(self.done, max(self.done, self.expected))
            yield history

    def _tables(self, number: int) -> Model:
        if number not in self.tables:
            self.tables[number] = self.task.tables(number)
        return self.tables[number]

    def passed(self, capacity: Capacity) -> Flags:
        """Return of every replication whether no municipality of the company fails a test that is asked about."""
        return np.asarray(self._passing(self.tried(capacity)).all(axis=1))

    def out_of_sample(self, capacity: Capacity) -> Flags:
        """Return whether as many new replications pass, which no search has looked at: the honest chance of a capacity that was chosen."""
        return np.asarray(self._passing(self._worst(capacity, self.replications)).all(axis=1))

    def by_test(self, capacity: Capacity) -> list[float]:
        """Return the chance of passing each of the tests asked about by itself."""
        return [float(share) for share in self._passing(self.tried(capacity)).mean(axis=0)]

    @property
    def sampled(self) -> dict[str, Any]:
        """How replications were drawn, on which the error of a mean depends."""
        return {"sampling": self.task.scenario.sampling, "populations": self.task.region.populations}

    def _passing(self, worst: NDArray[np.int8]) -> Flags:
        return worst[:, self.tests] < FAILED[self.question.category]

    def chance(self, capacity: Capacity) -> float:
        """Return the share of the replications that pass."""
        return float(self.passed(capacity).mean())

    def highest(self) -> float:
        """Return the highest chance of all capacities that were tried: the chance does not always grow with every lever."""
        return max(self.chance(capacity) for capacity in [*self.worst])

    def maximum(self) -> Capacity:
        """Return the maximum that is tried of the levers asked about together, the others as they are."""
        return Capacity(**{name: MAXIMUM[name] for name in self.question.levers})


def today(trials: Trials) -> Means:
    """Return what the company has as things are: its slots in managers, its part by objective of the dwellings financed and the land bought."""
    scenario, members = trials.task.scenario, trials.members
    own = scenario.means.get(trials.question.company)
    rows = []
    for history in trials.histories():
        objective = history.years["objective"][:FIRST_YEARS]
        share = objective[:, members].sum(axis=1) / np.maximum(objective.sum(axis=1), 1)
        managers = history.companies["slots"][:FIRST_YEARS, trials.company] / scenario.levers.projects_per_manager.value
        financed = history.flanders["money"][:FIRST_YEARS] / trials.tables[history.replication].cost[:FIRST_YEARS]
        finance = own.finance.value if own and own.finance else financed * share
        land = (own.land.value if own and own.land else 0.0) + scenario.levers.land_purchase.value * share
        rows.append([np.mean(managers), np.mean(finance), np.mean(land)])
    return Means(*(float(x) for x in np.mean(rows, axis=0)))


def company_of(name: str, names: tuple[str, ...]) -> str:
    """Return a company's name as it is written, whatever the case of the letters. Raises InputError with the nearest name."""
    folded = {known.casefold(): known for known in names}
    asked = name.strip().casefold()
    if asked in folded:
        return folded[asked]
    close = [known for known in folded if asked and asked in known][:1] or difflib.get_close_matches(asked, folded, 1, 0.5)
    raise InputError("COMPANY", name, f"no such company; {nearest(folded[close[0]] if close else name, names)}")


def tests_of(asked: str, years: list[int]) -> tuple[int, ...]:
    """Return the years of the tests asked about: "all", or one. Raises InputError for a year without a test."""
    if asked == "all" and years:
        return tuple(years)
    if asked not in [str(year) for year in years]:
        raise InputError("--test", "", f"found {asked!r}; allowed: all, {', '.join(str(year) for year in years)}")
    return (int(asked),)
