"""The most chance for the money: how a yearly budget on top of today's means is best split over managers, dwellings financed and land."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from sim.inputs.errors import InputError
from sim.inputs.scenario.library import scenario_of
from sim.inputs.scenario.model import Scenario
from sim.runs.chunk import Task
from sim.runs.differences import difference
from sim.runs.disk.folders import own
from sim.runs.experiment import Progress, kept_in
from sim.studies.capacity.helpers import helped
from sim.studies.capacity.own_data import today
from sim.studies.capacity.search import with_interval
from sim.studies.capacity.study import REPLICATIONS, ask, facts_of, folder_of, prices_of
from sim.studies.capacity.trials import LEVERS, Capacity, Category, Means, Question, Trials, within_reach
from sim.studies.result import Result, records

PARTS = 8  # of the budget, in which it is split at first; then in twice as many, around the best
SPLITS = 100  # that are thought to be tried, for the progress shown
AS_IS, BEST = "as they are", "best split"  # and, by the name of each lever: all of the budget on it
Split = tuple[int, ...]  # parts of the budget by lever


@dataclass(frozen=True)
class Spending(Result):
    """What a yearly budget gives. `best`: the means of the best split, of those levers on which it spends anything.

    Tables: `spending`, a row for things as they are, for all of it on each lever, and for the best split: `who`, `euro` (a year, on top of
    today's), of each lever what there is then, `chance` with its 95% interval, and what it differs from things as they are (`gain`,
    `gain_low95`, `gain_high95`). `splits`: all that were tried.
    """

    PICTURES: ClassVar[str] = "pictures_spending:write"
    SCREEN: ClassVar[str] = "screen:show_spending"
    REPORT: ClassVar[str] = "report:write_spending"
    PREFIX: ClassVar[str] = "capacity_"
    ANSWER: ClassVar[str] = "capacity_budget.json"

    question: Question
    budget: float
    today: Means
    best: Mapping[str, float]
    fresh: tuple[float, float, float]

    def summary(self) -> dict[str, Any]:
        """Return the answer as one object: euro a year, chances from 0 to 1."""
        asked = {"question": self.question._asdict(), "budget": self.budget, "today": self.today._asdict(), "best": dict(self.best)}
        chance = dict(zip(("chance", "low95", "high95"), self.fresh, strict=True))
        return {**self.facts, **asked, "chance_in_new_replications": chance, "spending": records(self.tables["spending"])}


def most_for(
    company: str | tuple[str, ...],
    budget: float,
    scenario: str | Path | Scenario = "baseline",
    test: str = "all",
    category: Category = "2B",
    levers: tuple[str, ...] = LEVERS,
    replications: int = REPLICATIONS,
    seed: int | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    workers: int | None = None,
) -> Spending:
    """Return the split of a yearly budget (euro, on top of what there is) that gives the highest chance that no municipality fails.

    `workers`: see `helped`.
    Raises InputError for whatever cannot be, before anything is computed, and Interrupted when stopped.
    """
    if not budget > 0 or not np.isfinite(budget):
        raise InputError("--budget", "", f"found {budget:g}; more than 0 euro a year is allowed")
    task, question = ask(scenario_of(scenario, seed, replications), company, test=test, category=category, levers=levers)
    folder = folder_of(task, question, out, budget)
    with kept_in(folder), own(folder, f"answer for {question.company}"):
        spending = find_most(task, question, budget, folder, progress, workers)
        spending.write()
    return spending


def find_most(
    task: Task, question: Question, budget: float, folder: Path, progress: Progress | None = None, workers: int | None = None
) -> Spending:
    """Find the best split with the scenario's replications; nothing is written yet. No split beyond what is within reach is tried."""
    trials = Trials(task, question, task.scenario.replications, progress, SPLITS * task.scenario.replications)
    with helped(trials, workers):
        return _most(trials, budget, folder)


def _most(trials: Trials, budget: float, folder: Path) -> Spending:
    """Return the best split that trials give."""
    task, question = trials.task, trials.question
    now, prices = today(task.scenario, task.region, question.company), prices_of(task.scenario)
    trials.most = within_reach(trials, now)
    tried: dict[Capacity, float] = {}

    def chance(split: Split, parts: int) -> tuple[float, float]:
        """Return the chance of a split, and for ties how little it spends."""
        capacity, euro = bought(trials, now, prices, budget, split, parts)
        tried[capacity] = euro
        return trials.chance(capacity), -euro

    count = len(question.levers)
    best = max(splits(count), key=lambda split: chance(split, PARTS))
    best, parts, before = tuple(2 * part for part in best), 2 * PARTS, None
    while best != before:
        before = best
        best = max([best, *beside(best, parts)], key=lambda split: chance(split, parts))
    best = max(best, (0,) * count, key=lambda split: chance(split, parts))  # nothing bought, unless it helps
    chosen, _ = bought(trials, now, prices, budget, best, parts)
    rows = [(AS_IS, Capacity(), 0.0)]
    for n, name in enumerate(question.levers):
        rows.append((name, *bought(trials, now, prices, budget, tuple(PARTS * (i == n) for i in range(count)), PARTS)))
    rows.append((BEST, chosen, tried[chosen]))
    everything = [("", capacity, euro) for capacity, euro in sorted(tried.items(), key=lambda item: item[1])]
    tables = {"spending": _table(trials, now, rows), "splits": _table(trials, now, everything).drop(columns="who")}
    means = {name: value for name, value in chosen._asdict().items() if value is not None}
    facts = facts_of(task, question, trials.members)
    fresh = with_interval(trials.out_of_sample(chosen), trials)
    return Spending(folder, facts, tables, question, budget, now, means, fresh)


def splits(count: int) -> list[Split]:
    """Return the ways to split PARTS parts over so many levers."""
    return [(PARTS - sum(rest), *rest) for rest in product(range(PARTS + 1), repeat=count - 1) if sum(rest) <= PARTS]


def beside(split: Split, parts: int) -> Iterator[Split]:
    """Yield the splits in which one part goes from one lever to another, or is not spent."""
    for i, held in enumerate(split):
        for j in range(len(split)):
            if held and j != i and sum(split) <= parts:
                yield tuple(part - (n == i) + (n == j) for n, part in enumerate(split))
        if held:
            yield tuple(part - (n == i) for n, part in enumerate(split))


def bought(
    trials: Trials, now: Means, prices: Mapping[str, float], budget: float, split: Split, parts: int
) -> tuple[Capacity, float]:
    """Return the means of a split, in whole managers, dwellings and places on top of what there is, and what that costs (euro a year)."""
    held, euro = dict[str, float](), 0.0
    for name, part in zip(trials.question.levers, split, strict=True):
        there = getattr(now, name)
        more = min(int(budget * part / parts / prices[name] + 1e-9), max(0, int(trials.most[name] - there)))
        if more:
            held[name] = round(there + more, 2) if name != "finance" else round(there + more)
            euro += more * prices[name]
    return Capacity(**held), euro  # type: ignore[arg-type]


def _table(trials: Trials, now: Means, rows: list[tuple[str, Capacity, float]]) -> pd.DataFrame:
    """Return a row per capacity, with its chance and what that differs from things as they are."""
    reference, table = pd.Series(trials.passed(Capacity()).astype(float)), list[dict[str, Any]]()
    for who, capacity, euro in rows:
        flags = trials.passed(capacity)
        chance, low, high = with_interval(flags, trials)
        gain = difference(reference, pd.Series(flags.astype(float)), trials.sampled)
        held = {
            name: getattr(now, name) if (value := getattr(capacity, name)) is None else value for name in trials.question.levers
        }
        row = {"who": who, "euro": euro, **held, "chance": chance, "low95": low, "high95": high}
        table.append(row | {"gain": gain["difference"], "gain_low95": gain["low95"], "gain_high95": gain["high95"]})
    return pd.DataFrame(table)
