"""Means of its own for one company, tried out on the real engine: the same replications for every capacity, each computed once."""

import difflib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.agents.policies import POLICIES
from sim.chance.leadtimes import ONE, fixed
from sim.engine import History, replicate, test_years
from sim.engine.state import Model, State
from sim.engine.tables import funds
from sim.inputs.errors import InputError, nearest
from sim.rules import plan
from sim.runs.chunk import Task
from sim.runs.experiment import Progress
from sim.studies.capacity.replay import Begun, Pauses, Replays

LEVERS = ("managers", "finance", "land")
MAXIMUM: Mapping[str, int] = {"managers": 100, "finance": 1_000, "land": 1_000}  # tried of a company whose means are not known
# Times what there is today, or of money and land what the objective asks in a year: beyond it means are out of reach. Assumed: nobody
# publishes how fast a company can grow.
REACH = 3.0
FAILED: Mapping[str, int] = {"2": plan.Category.CATEGORY_2A, "2B": plan.Category.CATEGORY_2B}  # from which category on
Category = Literal["2", "2B"]
Flags = NDArray[np.bool_]


class Capacity(NamedTuple):
    """Project managers, new dwellings financed a year, places of land bought a year, in all; None: as they are.

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
    """What a company has in the first year, central estimate or its own figure. Project managers, dwellings and places of land a year."""

    managers: float
    finance: float
    land: float


class Trials:
    """A company's capacities tried out. `expected`: how many replications the whole search is thought to take, for the progress shown.

    `most`: of each lever, the maximum that is tried. `known`: by capacity and the year from which its managers are there (None: from the
    start), whether each replication passes. `begun`: replications of the same task that were begun already. `live`: who lives replications to
    see whether they pass, this process alone unless it is helped.
    """

    def __init__(
        self,
        task: Task,
        question: Question,
        replications: int,
        progress: Progress | None = None,
        expected: int = 0,
        begun: dict[int, Begun] | None = None,
    ) -> None:
        self.task, self.question, self.replications = task, question, replications
        self.company = task.region.company_names.index(question.company)
        self.members = np.flatnonzero(task.region.company == self.company)
        years, self.first_year = test_years(task.scenario), task.scenario.start.year + 1
        self.tests = [years.index(year) for year in question.tests]
        verdicts = {test: int(month) for test, month in task.model.rhythm[["test", "verdict"]].tolist() if test >= 0}
        self.judged = [verdicts[test] for test in self.tests]
        self.most: Mapping[str, int] = MAXIMUM
        self.known: dict[tuple[Capacity, int | None], Flags] = {}
        self.replays = Replays(task.tables, {} if begun is None else begun)
        self.done, self.expected, self.progress = 0, expected, progress
        self.live: Callable[[Capacity, int | None, range], Flags] = self.one_by_one

    def passed(self, capacity: Capacity, since: int | None = None) -> Flags:
        """Return of every replication whether no municipality of the company fails a test that is asked about.

        `since`: the year from which the managers are there; until then they are as they are.
        """
        if (capacity, since) not in self.known:
            self.known[capacity, since] = self._passed(capacity, since)
        return self.known[capacity, since]

    def out_of_sample(self, capacity: Capacity) -> Flags:
        """Return whether as many new replications pass, which no search has looked at: the honest chance of a capacity that was chosen."""
        return self._passed(capacity, None, self.replications)

    def by_test(self, capacity: Capacity) -> list[float]:
        """Return the chance of passing each of the tests asked about by itself."""
        if len(self.tests) == 1:
            return [self.chance(capacity)]
        return [float(share) for share in (self.verdicts(capacity) < FAILED[self.question.category]).mean(axis=0)]

    def verdicts(self, capacity: Capacity) -> NDArray[np.int8]:
        """Return the worst category among the company's municipalities at the tests asked about: int8[replications, tests] (1, 2: 2A, 3: 2B)."""
        states = [self._lived(number, capacity, None, {}) for number in range(self.replications)]
        return np.array([state.tests["category"][self.tests][:, self.members].max(axis=1) for state in states], np.int8)

    def _passed(self, capacity: Capacity, since: int | None, first: int = 0) -> Flags:
        return self.live(capacity, since, range(first, first + self.replications))

    def one_by_one(self, capacity: Capacity, since: int | None, numbers: range) -> Flags:
        """Return whether each of these replications passes."""
        return np.array([self.passes(number, capacity, since) for number in numbers])

    def passes(self, number: int, capacity: Capacity, since: int | None = None) -> bool:
        """Return whether a replication passes: it is lived until it fails a test that is asked about, or to the last of them."""
        worst = FAILED[self.question.category]

        def fails(test: int) -> Callable[[State], bool]:
            return lambda state: bool((state.tests["category"][test, self.members] >= worst).any())

        over = {month + 1: fails(test) for test, month in zip(self.tests, self.judged, strict=True)}
        state = self._lived(number, capacity, since, over)
        return not any(
            fails(test)(state) for test in self.tests
        )  # who failed lived no further, and what did not come is no failure

    def _lived(self, number: int, capacity: Capacity, since: int | None, pauses: Pauses) -> State:
        """Return the state of a replication after the last verdict that is asked about, or at the pause at which it ended."""
        model = self.replays.begun(number).model
        if since is not None and capacity.managers is not None:
            month, managers = 12 * (since - self.first_year) + 1, fixed(capacity.managers)
            judge = pauses.get(month)

            def hire(state: State) -> bool:
                state.companies["own_managers"][self.company] = managers
                return judge is not None and judge(state)

            capacity, pauses = capacity._replace(managers=None), {**pauses, month: hire}
        self.count()
        return self.replays.lived(number, self.with_means(model, capacity), max(self.judged), pauses)

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
        if capacity.land is not None:
            start = start.copy()
            objective = start["objective"][:, members]
            own = np.maximum(objective.sum(axis=1, keepdims=True), 1)
            start["rate_bought"][:, members] = np.floor(capacity.land * float(ONE) * objective / own).astype(np.int64)
        return model._replace(company_start=companies, start=start)

    def histories(
        self, capacity: Capacity = AS_IS, policy: str | None = None, replications: int | None = None, first: int = 0
    ) -> Iterator[History]:
        """Yield the histories of replications from number `first` on with these means and policy, one at a time, as they are asked for."""
        for number in range(first, first + (replications or self.replications)):
            self.count()
            yield replicate(self.with_means(self.replays.begun(number).model, capacity, policy), number)

    @property
    def objective(self) -> int:
        """The objectives of the company's municipalities together, central estimate (dwellings)."""
        return int(self.task.model.start[0]["objective"][self.members].sum())

    def count(self, lives: int = 1) -> None:
        """Count so many replications, and show how far it is."""
        before, self.done = self.done, self.done + lives
        if self.progress is not None and self.done // 10 > before // 10:
            self.progress(self.done, max(self.done, self.expected))

    @property
    def sampled(self) -> dict[str, Any]:
        """How replications were drawn, on which the error of a mean depends."""
        return {"sampling": self.task.scenario.sampling, "populations": self.task.region.populations}

    def chance(self, capacity: Capacity) -> float:
        """Return the share of the replications that pass."""
        return float(self.passed(capacity).mean())

    def highest(self) -> float:
        """Return the highest chance of all capacities that were tried: the chance does not always grow with every lever."""
        return max(float(passed.mean()) for passed in self.known.values())

    def maximum(self) -> Capacity:
        """Return the maximum that is tried of the levers asked about together, the others as they are."""
        return Capacity(**{name: self.most[name] for name in self.question.levers})


def within_reach(trials: Trials, now: Means) -> dict[str, int]:
    """Return the most of each lever that is tried: REACH times what there is, rounded up to what is tried, and at least one manager more.

    Of money and land REACH times what the objective asks in a year of the forecast, if that is more: who buys no land today may buy some.
    """
    asked = trials.objective / (trials.task.scenario.months / 12)
    bases = {"managers": now.managers, "finance": max(now.finance, asked), "land": max(now.land, asked)}
    least = {"managers": int(now.managers) + 2}
    return {name: next(k for k in steps(10**6) if k >= max(REACH * base, least.get(name, 1))) for name, base in bases.items()}


def steps(maximum: int) -> list[int]:
    """Return the whole capacities that are tried: all to a hundred, then those of two digits that count (110, 120 ... 1,100)."""
    capacities = [*range(min(maximum, 100) + 1)]
    while capacities[-1] < maximum:
        capacities.append(capacities[-1] + 10 ** (len(str(capacities[-1])) - 2))
    return capacities


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
