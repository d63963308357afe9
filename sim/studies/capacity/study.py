"""What one company would need: the whole answer to the question, as tables, as one JSON object, and in its folder."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.engine import test_years
from sim.inputs.errors import InputError
from sim.inputs.region.load import load_region
from sim.inputs.scenario.model import Scenario
from sim.runs.chunk import Task, task_of
from sim.runs.experiment import Interrupted, Progress
from sim.runs.job import digest_of
from sim.runs.store import StorageError, write_json
from sim.studies.capacity.cheapest import Cheapest, cheapest
from sim.studies.capacity.limits import allocations, deadlines, remains
from sim.studies.capacity.own_data import own_of, replaced
from sim.studies.capacity.search import EXACT, Least, all_falls, beside, bounds, on_lever, steps
from sim.studies.capacity.timetable import timetable
from sim.studies.capacity.trials import LEVERS, MOST, Capacity, Category, Means, Question, Trials, company_of, tests_of, today
from sim.studies.capacity.warning import warnings
from sim.studies.capacity.workload import workload

ANSWER = "capacity.json"
WARNINGS = 20  # of the most frequent, in the JSON object; all of them are in their table
EVALUATIONS = 200  # capacities that a question is thought to take, for the progress shown


@dataclass(frozen=True)
class Found:
    """The answer for one company.

    `as_is`, `most`: the chance and its 95% interval as things are, and with the most of all levers that is tried (`by_test`: of each test).
    `least`: by lever, the others as they are. `cheapest`: of all levers together; `beside`: the curve of each lever when the others are
    those of the cheapest. `remains`, `deadlines`, `allocations`: see `sim.studies.capacity.limits`; `remains` is empty where capacity is
    enough. `workload` (as things are, and with what the cheapest combination adds), `warnings`, `timetable`: see the modules of their
    names. `falls`: where more gave less. `possible`: the highest chance of all that was tried. `fresh`: the chance of the plan in as many
    new replications, with its 95% interval. `floor`: what there is, rounded up to what is tried: no combination has less. `facts`: what the
    numbers rest on. `replaced`: what the company's own data took the place of, see `sim.studies.capacity.own_data`; empty without any.
    """

    question: Question
    today: Means
    as_is: tuple[float, float, float]
    most: tuple[float, float, float]
    by_test: Mapping[str, Mapping[str, float]]
    least: Mapping[str, Least]
    cheapest: Cheapest
    beside: Mapping[str, pd.DataFrame]
    remains: pd.DataFrame
    deadlines: pd.DataFrame
    allocations: pd.DataFrame
    workload: pd.DataFrame
    warnings: pd.DataFrame
    timetable: pd.DataFrame
    falls: pd.DataFrame
    possible: float
    fresh: tuple[float, float, float]
    floor: Mapping[str, float]
    facts: Mapping[str, Any]
    replaced: pd.DataFrame

    @property
    def reached(self) -> bool:
        """Whether anything that was tried reaches the wish."""
        return self.possible >= self.question.probability - EXACT

    @property
    def more(self) -> dict[str, int]:
        """The levers of which the cheapest combination holds more than there is, with how much it holds: what is to be planned."""
        held = planned(self.cheapest.capacity, {name: self.floor[name] for name in self.question.levers})
        return {name: value for name, value in held._asdict().items() if value is not None}

    @property
    def cost_today(self) -> float:
        """What today's means of the levers asked about cost a year (euro)."""
        return sum(self.facts["costs"][name] * getattr(self.today, name) for name in self.question.levers)

    @property
    def extra(self) -> float:
        """What the plan costs a year on top of today's means (euro)."""
        return sum(self.facts["costs"][name] * (value - getattr(self.today, name)) for name, value in self.more.items())

    @property
    def extra_interval(self) -> tuple[float, float]:
        """The 95% interval of that."""
        kept = self.cheapest.cost - self.extra
        low, high = self.cheapest.interval("cost")
        return max(0.0, min(low - kept, self.extra)), max(high - kept, self.extra)

    def summary(self) -> dict[str, Any]:
        """Return the answer as one object: euro a year, chances from 0 to 1, each with its 95% interval."""
        low, high = self.cheapest.interval("cost")
        return {
            **self.facts,
            "question": {**self.question._asdict(), "tests": list(self.question.tests), "levers": list(self.question.levers)},
            "today": {name: round(value, 2) for name, value in self.today._asdict().items()},
            "chance_as_is": _chance(self.as_is),
            "chance_at_most": {**_chance(self.most), "means": {name: MOST[name] for name in self.question.levers}},
            "possible": self.possible,
            "reached": self.reached,
            "by_test": self.by_test,
            "levers": {
                name: {
                    "least": a.least,
                    "low95": a.low,
                    "high95": a.high,
                    "most": a.most,
                    "curve": records(a.points),
                    "curve_beside_cheapest": records(self.beside[name]),
                    "falls": records(a.falls),
                }
                for name, a in self.least.items()
            },
            "cheapest": {
                "aim": self.cheapest.aim,
                **{name: getattr(self.cheapest.capacity, name) for name in self.question.levers},
                "chance": self.cheapest.chance,
                "chance_in_new_replications": _chance(self.fresh),
                "more_than_today": self.more,
                "euro_a_year": self.cheapest.cost,
                "euro_today": self.cost_today,
                "euro_extra": self.extra,
                "euro_extra_low95": self.extra_interval[0],
                "euro_extra_high95": self.extra_interval[1],
                "euro_low95": low,
                "euro_high95": high,
                "interval": {name: self.cheapest.interval(name) for name in self.question.levers},
            },
            "falls": records(self.falls),
            "remains": records(self.remains),
            "deadlines": records(self.deadlines),
            "allocations": records(self.allocations),
            "workload": self._medians(),
            "warnings": records(self.warnings.head(WARNINGS)),
            "replaced": records(self.replaced),
        }

    def _medians(self) -> dict[str, dict[str, dict[str, float]]]:
        """Return the workload of the whole company, by means, measure and year: what half of the replications stay below."""
        whole = self.workload[self.workload["municipality"] == ""]
        found: dict[str, dict[str, dict[str, float]]] = {}
        for means, measure, year, value in whole[["means", "measure", "year", "p50"]].itertuples(index=False, name=None):
            found.setdefault(means, {}).setdefault(measure, {})[str(year)] = float(value)
        return found

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables that the answer writes as capacity_NAME.csv, by name."""
        curves = [answer.points.assign(lever=name, others="as they are") for name, answer in self.least.items()]
        curves += [points.assign(lever=name, others="cheapest combination") for name, points in self.beside.items()]
        kept = ("remains", "deadlines", "allocations", "workload", "warnings", "timetable")
        return {"curves": pd.concat(curves, ignore_index=True), **{name: getattr(self, name) for name in kept}}

    def write(self, folder: Path) -> None:
        """Write the answer and its tables to a folder. Raises StorageError."""
        for name, frame in self.tables.items():
            frame.to_csv(folder / f"capacity_{name}.csv", index=False, lineterminator="\n", float_format="%.10g")
        self.replaced.to_csv(folder / "replaced.csv", index=False, lineterminator="\n", float_format="%.10g")
        write_json(folder / ANSWER, self.summary())


def ask(
    scenario: Scenario,
    company: str | None,
    probability: float = 0.8,
    test: str = "all",
    category: Category = "2",
    levers: tuple[str, ...] = LEVERS,
) -> tuple[Task, Question]:
    """Return the task and the question, checked; no company is for all of them.

    Raises InputError for a company, test, probability or lever that cannot be.
    """
    region = load_region(scenario)
    check(scenario, probability, levers)
    years = tests_of(test, test_years(scenario))
    name = company_of(company, region.company_names) if company is not None else ""
    return task_of(scenario, region), Question(name, years, category, probability, levers)


def check(scenario: Scenario, probability: float, levers: tuple[str, ...]) -> None:
    """Raise InputError for a probability or levers that cannot be asked, or a scenario that lacks what the answer needs."""
    if not 0 < probability < 1:
        raise InputError("--probability", "", f"found {probability:g}; more than 0 and less than 1 is allowed")
    if not levers or not set(levers) <= set(LEVERS) or len(set(levers)) < len(levers):
        raise InputError("--levers", "", f"found {','.join(levers)!r}; some of {', '.join(LEVERS)}, each once, are allowed")
    if scenario.replications < 20:
        raise InputError("--replications", "", f"found {scenario.replications}; a chance with its interval needs at least 20")
    if scenario.costs is None:
        raise InputError(scenario.name, "costs", "missing; the cheapest combination needs manager, dwelling and place (euro)")
    if "finance" in levers and scenario.levers.finance_pooled.value:
        raise InputError("--levers", "finance", "not where levers.finance_pooled makes one fund for all")


def find(task: Task, question: Question, progress: Progress | None = None) -> Found:
    """Answer a question with the scenario's replications."""
    replications = task.scenario.replications
    trials = Trials(task, question, replications, progress, EVALUATIONS * replications)
    as_is, most = Capacity(), trials.most()
    here = today(trials)
    floor = floor_of(here, question)
    least = {name: on_lever(trials, name) for name in question.levers}
    found = cheapest(trials, prices_of(task.scenario), floor)
    enough = trials.chance(as_is) >= question.probability - EXACT
    there = floor if enough or planned(found.capacity, floor) != Capacity() else here._asdict()  # rounding up is what is added then
    plan = planned(found.capacity, there)
    curves = {name: beside(trials, name, found.capacity) for name in question.levers}
    fallen, possible = all_falls(trials, least, found.capacity), trials.highest()
    fresh = trials.fresh(plan)
    return Found(
        question=question,
        today=here,
        as_is=(trials.chance(as_is), *bounds(trials.passed(as_is), trials)),
        most=(trials.chance(most), *bounds(trials.passed(most), trials)),
        by_test={"as_is": trials.by_test(as_is), "most": trials.by_test(most)},
        least=least,
        cheapest=found,
        beside=curves,
        remains=pd.DataFrame() if possible >= question.probability - EXACT else remains(trials),
        deadlines=deadlines(trials, plan),
        allocations=allocations(trials),
        workload=workload(trials, plan),
        warnings=warnings(trials),
        timetable=timetable(trials),
        falls=fallen,
        possible=possible,
        fresh=(float(fresh.mean()), *bounds(fresh, trials)),
        floor=there,
        facts=facts_of(task, question, trials.members),
        replaced=replaced(task.scenario, question.company),
    )


def floor_of(now: Means, question: Question) -> dict[str, int]:
    """Return what there is of each lever, rounded up to what is tried: nobody plans with less than there is."""
    return {name: next((k for k in steps(MOST[name]) if k >= getattr(now, name) - 1e-9), MOST[name]) for name in question.levers}


def planned(capacity: Capacity, floor: Mapping[str, float]) -> Capacity:
    """Return the means to plan for: a combination where it is more than there is, else as it is."""
    held = {name: (getattr(capacity, name), least) for name, least in floor.items()}
    return Capacity(**{name: value if value is not None and value > least else None for name, (value, least) in held.items()})


def prices_of(scenario: Scenario) -> dict[str, float]:
    """Return what a lever's unit costs in a year (euro): a manager, a dwelling financed, a place bought."""
    assert scenario.costs is not None
    return {"managers": scenario.costs.manager.value, "finance": scenario.costs.dwelling.value, "land": scenario.costs.place.value}


def facts_of(task: Task, question: Question, members: "np.ndarray[Any, Any]") -> dict[str, Any]:
    """Return what an answer rests on: scenario, seed, replications, what it costs, model, and which estimates."""
    scenario = task.scenario
    return {
        "company": question.company,
        "municipalities": [task.region.names[i] for i in members],
        "objective": int(task.model.start[0]["objective"][members].sum()),
        "scenario": scenario.name,
        "title": scenario.title,
        "title_nl": scenario.title_nl,
        "seed": scenario.seed,
        "replications": scenario.replications,
        "sampling": scenario.sampling,
        "start_year": scenario.start.year + 1,
        "end_year": scenario.end.year,
        "costs": prices_of(scenario),
        "costs_status": "assumed",
        "estimated": "objective, SIB, stock, land and pipeline per municipality are estimates" + own_of(scenario),
        "version": version("bso-sim"),
        "source": task.source,
        "tables": digest_of(task.model),
    }


def default_folder(task: Task, question: Question) -> Path:
    """Return results/capacity-<company, or all>-<8 digits of all that is asked>."""
    content = [task.scenario.model_dump_json(), task.source, digest_of(task.model), repr(question)]
    digits = hashlib.sha256(json.dumps(content).encode()).hexdigest()[:8]
    return Path("results") / f"capacity-{slug_of(question.company) or 'all'}-{digits}"


def slug_of(company: str) -> str:
    """Return a company's name as part of a file's name."""
    return re.sub(r"[^a-z0-9]+", "-", company.lower()).strip("-")


def answer(task: Task, question: Question, folder: Path, progress: Progress | None = None) -> Found:
    """Answer a question and write the answer to a folder. Raises Interrupted when stopped or when it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        found = find(task, question, progress)
        found.write(folder)
    except KeyboardInterrupt:
        raise Interrupted(folder, "stopped") from None
    except StorageError as error:
        raise Interrupted(folder, str(error)) from None
    return found


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a table as JSON holds it."""
    return json.loads(frame.to_json(orient="records", double_precision=10))


def _chance(values: tuple[float, float, float]) -> dict[str, float]:
    return {name: round(value, 6) for name, value in zip(("chance", "low95", "high95"), values, strict=True)}
