"""What every company would need, and Flanders in all: a company at a time by worker processes, each answer kept as soon as it is there."""

import json
import pickle
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd

from sim.inputs.errors import InputError
from sim.runs.chunk import Task
from sim.runs.experiment import Interrupted, Progress
from sim.runs.store import StorageError, not_written, read_json, write_json
from sim.runs.workers import WorkerKilled, each
from sim.studies.capacity.cheapest import cheapest, interval
from sim.studies.capacity.search import EXACT, bounds, on_lever
from sim.studies.capacity.study import facts_of, floor_of, prices_of, slug_of
from sim.studies.capacity.trials import Capacity, Means, Question, Trials, today

QUESTION, ANSWER, RANKING = "question.json", "capacity_all.json", "capacity_all.csv"
EVALUATIONS = 75  # capacities that a company is thought to take, for the progress shown


@dataclass(frozen=True)
class Everyone:
    """The answers for all companies in their folder.

    `ranking`: a row per company, who needs most against what it has first: euro a year of the cheapest combination over euro a year of
    today's means, at the same prices. `totals`: a row per mean and for the cost: today, need, low95, high95 of all companies together.
    """

    folder: Path
    question: Question
    ranking: pd.DataFrame
    totals: pd.DataFrame
    facts: dict[str, Any]

    def summary(self) -> dict[str, Any]:
        """Return the answer as one object."""
        asked = {**self.question._asdict(), "tests": list(self.question.tests), "levers": list(self.question.levers)}
        del asked["company"]
        tables = {"totals": self.totals, "companies": self.ranking}
        return {
            **self.facts,
            "question": asked,
            **{name: json.loads(frame.to_json(orient="records", double_precision=10)) for name, frame in tables.items()},
        }


def everyone(
    task: Task, question: Question, folder: Path, workers: int | None = None, progress: Progress | None = None
) -> Everyone:
    """Answer the question (its company is not looked at) for all companies, and rank them; what the folder holds is not computed again.

    Raises InputError for a folder of another question, Interrupted when stopped, when a worker is killed or a file cannot be written.
    """
    facts = {
        name: value
        for name, value in facts_of(task, question, np.arange(len(task.region.nis))).items()
        if name not in ("company", "municipalities")
    }
    answers = folder / "companies"
    asked = json.loads(json.dumps({**facts, **question._replace(company="")._asdict()}))
    try:
        answers.mkdir(parents=True, exist_ok=True)
        if (folder / QUESTION).exists() and read_json(folder / QUESTION) != asked:
            raise InputError(folder, "", "holds the answers to another question; choose another --out")
        write_json(folder / QUESTION, asked)
        _complete(task, question, answers, workers, progress)
        found = _ranked(task, question, folder, facts)
        found.ranking.to_csv(folder / RANKING, index=False, lineterminator="\n", float_format="%.10g")
        write_json(folder / ANSWER, found.summary())
    except KeyboardInterrupt:
        raise Interrupted(folder, "stopped") from None
    except (StorageError, WorkerKilled) as error:
        raise Interrupted(folder, str(error)) from None
    return found


def _complete(task: Task, question: Question, answers: Path, workers: int | None, progress: Progress | None) -> None:
    """Answer for the companies that have no answer yet, those with the most municipalities first, so that none is waited for at the end."""
    members = np.bincount(task.region.company)
    names = [name for name in task.region.company_names if not (answers / f"{slug_of(name)}.json").exists()]
    names.sort(key=lambda name: -members[task.region.company_names.index(name)])
    total = EVALUATIONS * task.scenario.replications
    done = len(task.region.company_names) - len(names)
    with TemporaryDirectory(prefix="bso-sim-") as temporary:
        given, content = Path(temporary) / "task", pickle.dumps((task, question, answers))
        try:
            given.write_bytes(content)
        except OSError as error:
            raise not_written(given, len(content), error) from None
        with closing(each(_answered, [(given, name) for name in names], workers)) as finished:
            for _ in finished:
                done += 1
                if progress is not None:
                    progress(done * total, len(task.region.company_names) * total)


@lru_cache(1)
def _taken(given: Path) -> tuple[Task, Question, Path]:
    return pickle.loads(given.read_bytes())


def _answered(given: tuple[Path, str]) -> str:
    """Answer for one company and write it, in a worker: what comes back is small."""
    task, question, answers = _taken(given[0])
    write_json(answers / f"{slug_of(given[1])}.json", of_company(task, question._replace(company=given[1])))
    return given[1]


def of_company(task: Task, question: Question) -> dict[str, Any]:
    """Return what the ranking takes of one company: today's means, chances, the least managers alone, the cheapest and its resamples."""
    trials = Trials(task, question, task.scenario.replications)
    prices, most = prices_of(task.scenario), trials.most()
    now = today(trials)
    alone = on_lever(trials, question.levers[0], curve=False)
    floor = floor_of(now, question)
    found = cheapest(trials, prices, floor)
    again = found.resampled.assign(
        **{name: needed(found.resampled[name], floor[name], getattr(now, name)) for name in question.levers}
    )
    need = {
        name: needed(pd.Series([getattr(found.capacity, name)]), floor[name], getattr(now, name))[0] for name in question.levers
    }
    return {
        "company": question.company,
        "municipalities": len(trials.members),
        "objective": int(task.model.start[0]["objective"][trials.members].sum()),
        "today": now._asdict(),
        "euro_today": _price(now, question, prices),
        "chance_as_is": trials.chance(Capacity()),
        "chance_at_most": trials.chance(most),
        "at_most_low95": bounds(trials.passed(most), trials)[0],
        "at_most_high95": bounds(trials.passed(most), trials)[1],
        "possible": trials.highest(),
        "alone": alone.least,
        "aim": found.aim,
        "chance": found.chance,
        "need": need,
        "euro": sum(prices[name] * value for name, value in need.items()),
        "resampled": {
            **{name: again[name].tolist() for name in question.levers},
            "cost": np.sum([again[name].to_numpy() * prices[name] for name in question.levers], axis=0).tolist(),
        },
        "tried": len(trials.worst),
    }


def needed(held: "pd.Series[Any]", floor: int, there: float) -> "pd.Series[float]":
    """Return what is needed of a lever: what combinations hold, or what there is where they hold no more than that, rounded up."""
    return held.astype(float).where(held > floor, there)


def _price(means: Means, question: Question, prices: dict[str, float]) -> float:
    return sum(prices[name] * getattr(means, name) for name in question.levers)


def _ranked(task: Task, question: Question, folder: Path, facts: dict[str, Any]) -> Everyone:
    """Return the companies ranked and Flanders' totals, from the answers in the folder."""
    rows = [read_json(folder / "companies" / f"{slug_of(name)}.json") for name in task.region.company_names]
    flat = []
    for row in rows:
        low, high = interval(np.array(row["resampled"]["cost"]))
        flat.append(
            {
                **{name: row[name] for name in ("company", "municipalities", "objective", "chance_as_is", "chance_at_most")},
                "reached": row["possible"] >= question.probability - EXACT,
                **{name: row[name] for name in ("aim", "chance", "alone")},
                **{f"{name}_today": row["today"][name] for name in question.levers},
                **{f"{name}_need": row["need"][name] for name in question.levers},
                "euro_today": row["euro_today"],
                "euro_need": row["euro"],
                "euro_low95": low,
                "euro_high95": high,
                "times_today": row["euro"] / row["euro_today"] if row["euro_today"] else np.nan,
            }
        )
    ranking = pd.DataFrame(flat).sort_values("times_today", ascending=False, kind="stable", ignore_index=True)
    totals = []
    for name, unit in (*((lever, "a year") for lever in question.levers), ("cost", "euro a year")):
        again = np.sum([row["resampled"][name] for row in rows], axis=0)
        key = "euro" if name == "cost" else name
        now, need = (float(ranking[f"{key}_{when}"].sum()) for when in ("today", "need"))
        low, high = interval(again)
        low, high = min(low, need), max(high, need)  # a sum of least answers lies low among its resamples
        totals.append({"mean": name, "unit": unit, "today": now, "need": need, "low95": low, "high95": high})
    return Everyone(folder, question, ranking, pd.DataFrame(totals), facts)
