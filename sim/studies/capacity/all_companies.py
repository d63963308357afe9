"""What every company would need, and Flanders in all: a company at a time by worker processes, each answer kept as soon as it is there."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from sim.inputs.errors import InputError
from sim.inputs.scenario.library import scenario_of
from sim.inputs.scenario.model import Scenario
from sim.runs.chunk import Task
from sim.runs.disk.folders import own
from sim.runs.disk.store import read_json, seal_of, write_json
from sim.runs.experiment import Progress, kept_in
from sim.runs.futures import Futures
from sim.runs.pieces import answers
from sim.studies.capacity.own_data import today
from sim.studies.capacity.replay import Begun
from sim.studies.capacity.search import EXACT, cheapest, interval, minimum, with_interval
from sim.studies.capacity.study import ask, facts_of, floor_of, folder_of, prices_of, slug_of
from sim.studies.capacity.trials import LEVERS, Capacity, Category, Question, Trials, within_reach
from sim.studies.result import Result, records

QUESTION = "question.json"
REPLICATIONS = 200
EVALUATIONS = 75  # capacities that a company is thought to take, for the progress shown


@dataclass(frozen=True)
class NeedsOfAll(Result):
    """What all companies would need. Tables, beside that of the facts:

    `all`: a row per company, who needs most against what it has first: euro a year of the cheapest combination over euro a year of today's
    means, at the same prices. `all_totals`: a row per mean and for the cost: today, need, low95, high95 of all companies together.
    """

    PICTURES: ClassVar[str] = "pictures:write_all"
    SCREEN: ClassVar[str] = "screen:show_all"
    REPORT: ClassVar[str] = "report:write_all"
    PREFIX: ClassVar[str] = "capacity_"
    ANSWER: ClassVar[str] = "capacity_all.json"

    question: Question

    def summary(self) -> dict[str, Any]:
        """Return the answer as one object."""
        asked = {name: value for name, value in self.question._asdict().items() if name != "company"}
        totals = records(self.tables["all_totals"][["mean", "unit", "today", "need", "low95", "high95"]])
        return {**self.facts, "question": asked, "totals": totals, "companies": records(self.tables["all"])}


def capacity_of_all(
    scenario: str | Path | Scenario = "baseline",
    test: str = "all",
    category: Category = "2B",
    probability: float = 0.8,
    levers: tuple[str, ...] = LEVERS,
    replications: int = REPLICATIONS,
    seed: int | None = None,
    workers: int | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> NeedsOfAll:
    """Return what every housing company needs, each asked by itself as in `capacity_of`, ranked; and what all need together.

    What the folder (`out`, default: one in results/) holds is not computed again. Raises InputError for whatever cannot be, or a folder of
    another question, and Interrupted when stopped.
    """
    read = scenario_of(scenario, seed, replications)
    return answer_all(*ask(read, None, probability, test, category, levers), out, workers, progress)


def answer_all(
    task: Task, question: Question, out: str | Path | None = None, workers: int | None = None, progress: Progress | None = None
) -> NeedsOfAll:
    """Answer the question (its company is not looked at) for all companies, and rank them.

    Raises InputError for a folder of another question, Interrupted when stopped, when a worker is killed or a file cannot be written.
    """
    folder, names = folder_of(task, question, out), task.region.company_names
    facts = facts_of(task, question, np.arange(len(task.region.nis)))
    del facts["company"], facts["municipalities"]
    asked = json.loads(json.dumps({**facts, **question._replace(company="")._asdict()}))
    total, members = EVALUATIONS * task.scenario.replications, np.bincount(task.region.company)

    def shown(done: int, companies: int) -> None:
        if progress is not None:
            progress(done * total, companies * total)

    with kept_in(folder), own(folder, "answers for all companies"):
        (folder / "companies").mkdir(exist_ok=True)
        if (folder / QUESTION).exists() and read_json(folder / QUESTION) != asked:
            raise InputError(folder, "", "holds the answers to another question; choose another --out")
        if not (folder / QUESTION).exists():
            write_json(folder / QUESTION, asked)
        # those with the most municipalities first, so that none is waited for at the end
        largest_first = sorted(names, key=lambda name: -members[names.index(name)])
        files = {folder / "companies" / f"{slug_of(name)}.json": name for name in largest_first}
        rows = answers(of_company, (task, question), files, folder, seal_of(asked), workers, shown)
        rows.sort(key=lambda row: names.index(row["company"]))
        needs = NeedsOfAll(folder, facts, _tables(rows, question, facts), question)
        needs.write()
    return needs


def of_company(given: tuple[Task, Question], company: str) -> dict[str, Any]:
    """Return what the ranking takes of one company: today's means, chances, minimum of the first lever alone, the cheapest, its resamples."""
    task, question = given[0], given[1]._replace(company=company)
    trials = Trials(task, question, task.scenario.replications, begun=_begun(task.futures))
    prices, now, levers = prices_of(task.scenario), today(task.scenario, task.region, question.company), question.levers
    trials.most = within_reach(trials, now)
    alone = minimum(trials, levers[0], curve=False)
    floor = floor_of(now, question)
    best = cheapest(trials, prices, floor)

    def needed(name: str, held: Any) -> Any:  # what there is where no more is held than that, rounded up
        return np.where(np.asarray(held) > floor[name], held, getattr(now, name)).astype(float)

    again = {name: needed(name, best.resampled[name]) for name in levers}
    need = {name: float(needed(name, getattr(best.capacity, name))) for name in levers}
    chance, low, high = with_interval(trials.passed(trials.maximum()), trials)
    return {
        "company": question.company,
        "municipalities": len(trials.members),
        "objective": trials.objective,
        "today": now._asdict(),
        "euro_today": sum(prices[name] * getattr(now, name) for name in levers),
        "chance_as_is": trials.chance(Capacity()),
        **{"chance_at_most": chance, "at_most_low95": low, "at_most_high95": high},
        "possible": trials.highest(),
        "alone": alone.value,
        "aim": best.aim,
        "chance": best.chance,
        "need": need,
        "euro": sum(prices[name] * value for name, value in need.items()),
        "resampled": {
            **{name: values.tolist() for name, values in again.items()},
            "cost": np.sum([values * prices[name] for name, values in again.items()], axis=0).tolist(),
        },
        "tried": len(trials.known),
    }


@lru_cache(1)
def _begun(futures: Futures) -> dict[int, Begun]:
    """Return the replications that this process has begun, for all companies that it asks about."""
    return {}


def _tables(rows: list[dict[str, Any]], question: Question, facts: dict[str, Any]) -> dict[str, pd.DataFrame]:
    """Return the companies ranked, Flanders' totals and the facts, from the answers of the companies."""
    ranking = pd.DataFrame([_ranked(row, question) for row in rows])
    ranking = ranking.sort_values("times_today", ascending=False, kind="stable", ignore_index=True)
    totals = []
    for name, key, unit in (*((lever, lever, "a year") for lever in question.levers), ("cost", "euro", "euro a year")):
        now, need = (float(ranking[f"{key}_{when}"].sum()) for when in ("today", "need"))
        low, high = interval(np.sum([row["resampled"][name] for row in rows], axis=0))
        low, high = min(low, need), max(high, need)  # a sum of minima lies low among its resamples
        more = {"more_need": need - now, "more_low95": low - now, "more_high95": high - now}
        totals.append({"mean": name, "unit": unit, "today": now, "need": need, "low95": low, "high95": high, **more})
    numbers = {"companies": len(ranking), "short": (~ranking["reached"]).sum(), "wish": question.probability}
    numbers |= {**{f"cost_{name}": cost for name, cost in facts["costs"].items()}, "replications": facts["replications"]}
    of_facts = pd.DataFrame({"fact": list(numbers), "value": [float(value) for value in numbers.values()]})
    return {"all": ranking, "all_totals": pd.DataFrame(totals), "all_facts": of_facts}


def _ranked(row: dict[str, Any], question: Question) -> dict[str, Any]:
    """Return a company's row of the ranking."""
    low, high = interval(np.array(row["resampled"]["cost"]))
    low, high = min(low, row["euro"]), max(high, row["euro"])
    return {
        **{name: row[name] for name in ("company", "municipalities", "objective", "chance_as_is", "chance_at_most")},
        "reached": row["possible"] >= question.probability - EXACT,
        **{name: row[name] for name in ("aim", "chance", "alone")},
        **{f"{name}_{when}": row[when][name] for when in ("today", "need") for name in question.levers},
        **{"euro_today": row["euro_today"], "euro_need": row["euro"], "euro_low95": low, "euro_high95": high},
        "times_today": row["euro"] / row["euro_today"] if row["euro_today"] else np.nan,
    }
