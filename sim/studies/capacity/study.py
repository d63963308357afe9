"""What one company would need: the whole answer to the question, as tables, as one JSON object, and in its folder."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from sim.engine import test_years
from sim.inputs.errors import InputError
from sim.inputs.region.load import load_region
from sim.inputs.scenario.library import scenario_of
from sim.inputs.scenario.model import Scenario
from sim.runs.chunk import Task, task_of
from sim.runs.disk.folders import own
from sim.runs.experiment import Progress, kept_in
from sim.runs.job import digest_of
from sim.runs.source import made_by
from sim.runs.standing import estimated_of, standing
from sim.studies.capacity.helpers import helped
from sim.studies.capacity.hiring import hiring
from sim.studies.capacity.limits import allocations, deadlines, remaining_bottlenecks
from sim.studies.capacity.own_data import own_of, replaced, today, with_folder
from sim.studies.capacity.search import EXACT, Beside, Cheapest, Minimum, beside, cheapest, minimum, with_interval
from sim.studies.capacity.together import AND, beside_each_other, merged
from sim.studies.capacity.trials import (
    LEVERS,
    REACH,
    Capacity,
    Category,
    Means,
    Question,
    Trials,
    company_of,
    steps,
    tests_of,
    within_reach,
)
from sim.studies.capacity.warning import warnings
from sim.studies.capacity.workload import timetable, workload
from sim.studies.result import Result, records

REPLICATIONS = 400
WARNINGS = 20  # of the most frequent, in the JSON object; all of them are in their table
EVALUATIONS = 200  # capacities that a question is thought to take, for the progress shown
ALONE, TOGETHER = "as they are", "cheapest combination"  # how the others are in a curve of one lever


@dataclass(frozen=True)
class Needs(Result):
    """What one company would need. Chances come with their 95% interval.

    `as_is`, `at_maximum`: the chance as things are, and with the maximum of all levers that is within reach (`most`). `minimum`: by
    lever, the others as they are; `beside`: the curve of each lever when the others are those of the `cheapest` combination. `highest`: the
    highest chance of all that was tried. `out_of_sample`: the chance of the plan in as many new replications. `more`: what is to be planned, the
    levers of which the cheapest combination holds more than there is, with how much it holds. `with_own_data`: whether the company gave any.
    """

    PREFIX: ClassVar[str] = "capacity_"
    ANSWER: ClassVar[str] = "capacity.json"

    question: Question
    today: Means
    most: Mapping[str, int]
    as_is: tuple[float, float, float]
    at_maximum: tuple[float, float, float]
    minimum: Mapping[str, Minimum]
    cheapest: Cheapest
    beside: Mapping[str, Beside]
    highest: float
    out_of_sample: tuple[float, float, float]
    more: Mapping[str, int]
    with_own_data: bool

    def file_of(self, table: str) -> str:
        """Return the name of a table's CSV, without its ending."""
        return table if table == "replaced" else super().file_of(table)

    @property
    def reached(self) -> bool:
        """Whether anything that was tried reaches the target."""
        return self.highest >= self.question.probability - EXACT

    @property
    def cost_today(self) -> float:
        """What today's means of the levers asked about cost a year (euro)."""
        return sum(self.facts["costs"][name] * getattr(self.today, name) for name in self.question.levers)

    @property
    def extra(self) -> tuple[float, float, float]:
        """What the plan costs a year on top of today's means (euro), with its 95% interval."""
        extra = sum(self.facts["costs"][name] * (value - getattr(self.today, name)) for name, value in self.more.items())
        low, high = (end - (self.cheapest.cost - extra) for end in self.cheapest.interval("cost"))
        return extra, max(0.0, min(low, extra)), max(high, extra)

    def summary(self) -> dict[str, Any]:
        """Return the answer as one object: euro a year, chances from 0 to 1, each with its 95% interval."""
        best, levers, tables = self.cheapest, self.question.levers, self.tables
        by_test = tables["tests"].set_index(tables["tests"]["test"].astype(str))
        of_levers = {
            name: {
                **{"least": alone.value, "low95": alone.low, "high95": alone.high, "most": self.most[name]},
                "curve": records(alone.curve),
                "curve_beside_cheapest": records(self.beside[name].curve),
                "falls": records(alone.non_monotonic),
            }
            for name, alone in self.minimum.items()
        }
        whole = tables["workload"].query("municipality == ''")  # what half of the replications stay below
        medians: dict[str, dict[str, dict[str, float]]] = {}
        for means, measure, year, median in whole[["means", "measure", "year", "p50"]].itertuples(index=False, name=None):
            medians.setdefault(means, {}).setdefault(measure, {})[str(year)] = median
        of_cheapest = {
            "aim": best.aim,
            **{name: getattr(best.capacity, name) for name in levers},
            **{"chance": best.chance, "chance_in_new_replications": _chance(self.out_of_sample), "more_than_today": self.more},
            **{"euro_a_year": best.cost, "euro_today": self.cost_today},
            **dict(zip(("euro_extra", "euro_extra_low95", "euro_extra_high95"), self.extra, strict=True)),
            **dict(zip(("euro_low95", "euro_high95"), best.interval("cost"), strict=True)),
            "interval": {name: best.interval(name) for name in levers},
        }
        return {
            **self.facts,
            "question": self.question._asdict(),
            "today": {name: round(value, 2) for name, value in self.today._asdict().items()},
            "chance_as_is": _chance(self.as_is),
            "chance_at_most": {**_chance(self.at_maximum), "means": {name: self.most[name] for name in levers}},
            "possible": self.highest,
            "reached": self.reached,
            "by_test": {"as_is": by_test["chance_as_is"].to_dict(), "most": by_test["chance_at_most"].to_dict()},
            "levers": of_levers,
            "cheapest": of_cheapest,
            **{name: records(tables[name]) for name in ("falls", "remains", "deadlines", "allocations", "hiring", "together")},
            "workload": medians,
            "warnings": records(tables["warnings"].head(WARNINGS)),
            "replaced": records(tables["replaced"]),
        }


def capacity_of(
    company: str | tuple[str, ...],
    scenario: str | Path | Scenario = "baseline",
    test: str = "all",
    category: Category = "2B",
    probability: float = 0.8,
    levers: tuple[str, ...] = LEVERS,
    data: str | Path | None = None,
    replications: int = REPLICATIONS,
    seed: int | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    workers: int | None = None,
) -> Needs:
    """Return what a housing company needs so that no municipality of it is in a category at a test, or at all, with a probability.

    Several companies are asked about as one (see `together.merged`). `test`: the year of one, or "all". `levers`: what it can add to. `data`:
    folder of its own data. `out`: folder of the answer (default: one in results/). `workers`: see `helped`.

    Raises InputError for whatever cannot be, before anything is computed, and Interrupted when stopped.
    """
    read = scenario_of(scenario, seed, replications)
    if data is not None:
        if not isinstance(company, str):
            raise InputError("--data", "", "own data are of one company, not of several together")
        read = with_folder(read, Path(data), company)
    return answer(*ask(read, company, probability, test, category, levers), out, progress, workers)


def ask(
    scenario: Scenario,
    company: str | tuple[str, ...] | None,
    probability: float = 0.8,
    test: str = "all",
    category: Category = "2B",
    levers: tuple[str, ...] = LEVERS,
) -> tuple[Task, Question]:
    """Return the task and the question, checked; several companies are one, no company is for all of them.

    Raises InputError for a company, test, probability or levers that cannot be asked, or a scenario that lacks what the answer needs.
    """
    if not 0 < probability < 1:
        raise InputError("--probability", "", f"found {probability:g}; more than 0 and less than 1 is allowed")
    if not levers or not set(levers) <= set(LEVERS) or len(set(levers)) < len(levers):
        raise InputError("--levers", "", f"found {','.join(levers)!r}; some of {', '.join(LEVERS)}, each once, are allowed")
    if scenario.replications < 20:
        raise InputError("--replications", "", f"found {scenario.replications}; a chance with its interval needs at least 20")
    if scenario.costs is None:
        raise InputError(scenario.name, "costs", "missing; the cheapest combination needs manager and place (euro)")
    region, years = load_region(scenario), tests_of(test, test_years(scenario))
    asked = [company] if isinstance(company, str) else company or []
    names = [company_of(name, region.company_names) for name in asked]
    if len(names) > 1:
        region = merged(region, names, scenario)
    name = AND.join(names)
    return task_of(scenario, region), Question(name, years, category, probability, levers)


def answer(
    task: Task, question: Question, out: str | Path | None = None, progress: Progress | None = None, workers: int | None = None
) -> Needs:
    """Answer a question and write the answer to a folder. Raises Interrupted when stopped or when it cannot be written."""
    folder = folder_of(task, question, out)
    with kept_in(folder), own(folder, f"answer for {question.company}"):
        needs = find(task, question, folder, progress, workers)
        needs.write()
    return needs


def find(task: Task, question: Question, folder: Path, progress: Progress | None = None, workers: int | None = None) -> Needs:
    """Answer a question with the scenario's replications; nothing is written yet."""
    replications = task.scenario.replications
    trials = Trials(task, question, replications, progress, EVALUATIONS * replications)
    with helped(trials, workers):
        return _found(trials, folder)


def _found(trials: Trials, folder: Path) -> Needs:
    """Return the answer that trials give."""
    task, question = trials.task, trials.question
    target = question.probability - EXACT
    now = today(task.scenario, task.region, question.company)
    trials.most = within_reach(trials, now)
    as_is, maximum = Capacity(), trials.maximum()
    minima = {name: minimum(trials, name) for name in question.levers}
    rounded = floor_of(now, question)
    best = cheapest(trials, prices_of(task.scenario), rounded)
    rounding = trials.chance(as_is) < target and planned(best.capacity, rounded) == as_is  # is all that is added
    plan = planned(best.capacity, now._asdict() if rounding else rounded)
    curves = {name: beside(trials, name, best.capacity) for name in question.levers}
    tables = {
        "curves": _of_levers(minima, curves, "curve"),
        "remains": pd.DataFrame() if trials.highest() >= target else remaining_bottlenecks(trials),
        "deadlines": deadlines(trials, plan),
        "allocations": allocations(trials),
        "hiring": hiring(trials, plan, best.aim) if trials.highest() >= target else hiring(trials, Capacity(), best.aim),
        "together": beside_each_other(trials),
        "workload": workload(trials, plan),
        "warnings": warnings(trials),
        "timetable": timetable(trials),
        "replaced": replaced(task.scenario, question.company),
        "falls": _of_levers(minima, curves, "non_monotonic")[["lever", "others", "from", "to", "by", "error"]],
    }
    needs = Needs(
        folder,
        facts_of(task, question, trials.members),
        tables,
        question=question,
        today=now,
        most=trials.most,
        as_is=with_interval(trials.passed(as_is), trials),
        at_maximum=with_interval(trials.passed(maximum), trials),
        minimum=minima,
        cheapest=best,
        beside=curves,
        highest=trials.highest(),
        out_of_sample=with_interval(trials.out_of_sample(plan), trials),
        more={name: value for name, value in plan._asdict().items() if value is not None},
        with_own_data=question.company in task.scenario.workbooks,
    )
    tables |= {"answer": _answer(needs), "means": _means(needs)}  # the same numbers as rows, for whoever reads or quotes them
    by_test = {"test": question.tests, "chance_as_is": trials.by_test(as_is), "chance_at_most": trials.by_test(maximum)}
    tables["tests"] = pd.DataFrame(by_test)
    return needs


def _of_levers(alone: Mapping[str, Minimum], together: Mapping[str, Beside], table: str) -> pd.DataFrame:
    """Return a table of all levers: the others as they are, and then as in the cheapest combination."""
    frames = [getattr(lever, table).assign(lever=name, others=ALONE) for name, lever in alone.items()]
    frames += [getattr(lever, table).assign(lever=name, others=TOGETHER) for name, lever in together.items()]
    return pd.concat(frames, ignore_index=True)


def _answer(needs: Needs) -> pd.DataFrame:
    """Return a row per number of the answer: chances from 0 to 1, euro a year; with their 95% intervals where they have one."""
    rows: dict[str, tuple[float, ...]] = {
        "wish": (needs.question.probability,),
        "chance_as_is": needs.as_is,
        "chance_at_most": needs.at_maximum,
        "chance_possible": (needs.highest,),
        "aim": (needs.cheapest.aim,),
        "chance_cheapest": (needs.cheapest.chance,),
        "chance_fresh": needs.out_of_sample,
        "cost_today": (needs.cost_today,),
        "cost_extra": needs.extra,
        "cost_plan": tuple(needs.cost_today + value for value in needs.extra),
        "municipalities": (len(needs.facts["municipalities"]),),
        "objective": (needs.facts["objective"],),
        "replications": (needs.facts["replications"],),
    }
    filled = [(name, *values, *[np.nan] * (3 - len(values))) for name, values in rows.items()]
    return pd.DataFrame(filled, columns=["fact", "value", "low95", "high95"]).astype({"value": float})


def _means(needs: Needs) -> pd.DataFrame:
    """Return a row per lever: euro a year for one, today, the minimum alone, the maximum that is tried, and the cheapest combination.

    `plan`: of the cheapest combination where that is more than there is, else what there is.
    """
    rows = []
    for name, alone in needs.minimum.items():
        low, high = needs.cheapest.interval(name)
        now, best = getattr(needs.today, name), getattr(needs.cheapest.capacity, name)
        row = {"price": needs.facts["costs"][name], "today": now}
        row |= {"least": alone.value, "least_low95": alone.low, "least_high95": alone.high, "most": needs.most[name]}
        row |= {"cheapest": best, "cheapest_low95": low, "cheapest_high95": high, "plan": needs.more.get(name, now)}
        rows.append({"lever": name, **{column: np.nan if value is None else float(value) for column, value in row.items()}})
    return pd.DataFrame(rows)


def floor_of(now: Means, question: Question) -> dict[str, int]:
    """Return what there is of each lever, rounded up to what is tried: nobody plans with less than there is."""
    return {name: next(k for k in steps(10**6) if k >= getattr(now, name) - 1e-9) for name in question.levers}


def planned(capacity: Capacity, floor: Mapping[str, float]) -> Capacity:
    """Return the means to plan for: a combination where it is more than there is, else as it is."""
    held = {name: getattr(capacity, name) for name in floor}
    return Capacity(**{name: value if value is not None and value > floor[name] else None for name, value in held.items()})


def prices_of(scenario: Scenario) -> dict[str, float]:
    """Return what a lever's unit costs in a year (euro, at the prices of the first): a manager, a dwelling financed, a place bought."""
    costs = scenario.costs
    assert costs is not None
    return {"managers": costs.manager.value, "finance": 1000 * scenario.uncertainties.cost.value, "land": costs.place.value}


def facts_of(task: Task, question: Question, members: "np.ndarray[Any, Any]") -> dict[str, Any]:
    """Return what an answer rests on: scenario, seed, replications, what it costs, model, and which estimates."""
    scenario = task.scenario
    return {
        "company": question.company,
        "municipalities": [task.region.names[i] for i in members],
        "objective": int(task.model.start[0]["objective"][members].sum()),
        "scenario": scenario.name,
        **{name: getattr(scenario, name) for name in ("title", "title_nl", "seed", "replications", "sampling")},
        "start_year": scenario.start.year + 1,
        "asked_in": asked_in(scenario.start),
        "end_year": scenario.end.year,
        "costs": prices_of(scenario),
        "costs_status": "assumed",
        "reach": REACH,
        "reach_status": "assumed",
        "standing": standing(scenario, task.region),
        "estimated": estimated_of(task.region) + own_of(scenario),
        "version": version("bso-sim"),
        "source": made_by()["source"],
        "tables": digest_of(task.model),
    }


def asked_in(start: date) -> str:
    """Return the month in which a question is asked, not before the start (YYYY-MM): what had to be done by then is no advice any more."""
    return f"{max(start, date.today()):%Y-%m}"


def folder_of(task: Task, question: Question, out: str | Path | None = None, budget: float | None = None) -> Path:
    """Return the folder asked for, or results/capacity-<company, or all>-<8 digits of all that is asked>."""
    if out is not None:
        return Path(out)
    content = [task.scenario.model_dump_json(), made_by()["source"], digest_of(task.model), repr(question), budget]
    digits = hashlib.sha256(json.dumps(content).encode()).hexdigest()[:8]
    return Path("results") / f"capacity-{slug_of(question.company) or 'all'}-{digits}"


def slug_of(company: str) -> str:
    """Return a company's name as part of a file's name."""
    return re.sub(r"[^a-z0-9]+", "-", company.lower()).strip("-")


def _chance(values: tuple[float, float, float]) -> dict[str, float]:
    return {name: round(value, 6) for name, value in zip(("chance", "low95", "high95"), values, strict=True)}
