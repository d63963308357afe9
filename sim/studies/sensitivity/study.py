"""What matters: every uncertain parameter at its ends, Morris' screening over all, Sobol's indices over the few, and where things fail."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.inputs.errors import InputError
from sim.inputs.region.load import load_region
from sim.inputs.scenario.model import Scenario
from sim.inputs.scenario.ranges import Unknown, at
from sim.runs.chunk import task_of
from sim.runs.cost import Budget
from sim.runs.experiment import Interrupted, Progress
from sim.runs.job import forecast_key, identity
from sim.runs.points import FROM_TOTALS, Design, Simulated, Study, Values, evaluate, keep, noise, say_cost, whole
from sim.runs.store import IDENTITY, StorageError, write_json
from sim.studies.sensitivity.discovery import discover
from sim.studies.sensitivity.indices import base_points, library, morris_design, morris_indices, sobol_design, sobol_indices
from sim.studies.sensitivity.one_at_a_time import ends_design, ends_table
from sim.studies.sensitivity.result import ANSWER, TABLES, Sensitivity

ENDS = 10  # times the replications of a point: at the ends of the ranges, of which there are few


class Settings(NamedTuple):
    """How much is looked at.

    `replications`: of every point. `trajectories`: of Morris, 0 for no screening. `base`: base points of Sobol (a power of two), 0 for none.
    `most`: parameters that Sobol takes, those that matter most to Morris. `fails`: below which share of the objective a future fails.
    """

    replications: int = 20
    trajectories: int = 40
    base: int = 512
    most: int = 12
    fails: float = 0.6


@dataclass(frozen=True)
class Subject:
    """What is analysed: the simulation, or any other study of `known` parameters.

    `study_of`: gives, for names of parameters, the study of points that have values of these. `itself`: what makes the study itself.
    `objective`: of the first of the outcomes. `facts`: what is to be said of it, with the `status` of each parameter.
    """

    study_of: Callable[[tuple[str, ...]], Study]
    itself: Mapping[str, Any]
    known: Mapping[str, Unknown]
    outcomes: tuple[str, ...]
    seed: int
    objective: float
    facts: Mapping[str, Any]


def sensitivity(
    scenario: Scenario,
    known: Mapping[str, Unknown],
    settings: Settings,
    folder: Path,
    workers: int | None = None,
    progress: Progress | None = None,
    budget: Budget | None = None,
) -> Sensitivity:
    """Run the scenario at all points, or those that the folder lacks, and analyse them.

    Every point has the same replications, 0 to `settings.replications`. Raises InputError for bad input, a missing extra and a folder that
    holds something else; OverBudget and Interrupted.
    """
    library("sample.morris")
    refuse_impossible(scenario, known)
    region = load_region(scenario)
    task = task_of(scenario, region)
    itself = {**identity(task), "unknowns": {name: unknown.keys() for name, unknown in known.items()}}
    objective = int(scenario.law.values.objective.value)
    facts = {
        "forecast": forecast_key(task.model),
        "scenario": scenario.name,
        **{name: getattr(scenario, name) for name in ("title", "title_nl")},
        "objective": objective,
        "end_year": scenario.end.year,
        "status": {name: unknown.parameter(scenario).status for name, unknown in known.items()},
    }
    with TemporaryDirectory(prefix="bso-sim-") as temporary:
        given = Path(temporary) / "given"
        try:
            keep(given, scenario, region, known)
        except StorageError as error:
            raise Interrupted(folder, str(error)) from None

        def of(parameters: tuple[str, ...]) -> Study:
            return Simulated(given, parameters, FROM_TOTALS)

        subject = Subject(of, itself, known, FROM_TOTALS, scenario.seed, objective, facts)
        return analyse(subject, settings, folder, workers, progress, budget)


def refuse_impossible(scenario: Scenario, known: Mapping[str, Unknown]) -> None:
    """Raise InputError for an end of a range that the scenario cannot have, by itself or with all others at the same end."""
    for name, unknown in known.items():
        for end in (unknown.low, unknown.high):
            at(scenario, {name: end}, f"{name} = {end:g}", known)
    for side in ("low", "high"):
        ends = {name: getattr(unknown, side) for name, unknown in known.items()}
        at(scenario, ends, f"all parameters at their {side} ends", known)


class Evaluation:
    """Designs evaluated one after another in a folder: replications that failed at some point, the noise by design and outcome, progress."""

    def __init__(self, subject: Subject, folder: Path, total: int, workers: int | None, progress: Progress | None) -> None:
        self.subject, self.folder, self.total, self.workers, self.report = subject, folder, total, workers, progress
        self.done = self.failed = 0
        self.noise: dict[str, dict[str, float]] = {}

    def run(self, design: Design) -> Values:
        """Return the outcomes at the points of a design: [points, replications that failed nowhere, outcomes]. Raises what `evaluate` raises."""
        subject, place = self.subject, self.folder / design.name
        step = partial(_shifted, self.report, self.done, self.total) if self.report is not None else None
        study = subject.study_of(design.parameters)
        kept, lost = whole(evaluate(study, design, subject.outcomes, place, subject.itself, self.workers, step))
        self.done += design.work
        self.failed += lost
        if not kept.shape[1]:
            raise InputError(place, "", "every replication failed at some point: the ranges go too far")
        self.noise[design.name] = dict(zip(subject.outcomes, noise(kept).tolist(), strict=True))
        return kept


def analyse(
    subject: Subject,
    settings: Settings,
    folder: Path,
    workers: int | None = None,
    progress: Progress | None = None,
    budget: Budget | None = None,
) -> Sensitivity:
    """Evaluate a subject at all points that the folder lacks, and say what matters. Raises what `sensitivity` raises."""
    _check(settings)
    if (folder / IDENTITY).exists():
        raise InputError(folder, "", "holds an experiment; choose another --out")
    known, outcomes, seed = subject.known, subject.outcomes, subject.seed
    bounds = {name: (unknown.low, unknown.high) for name, unknown in known.items()}
    names, count = tuple(known), settings.replications
    ends = ends_design(known, ENDS * count)
    morris = morris_design(names, list(bounds.values()), settings.trajectories, count, seed) if settings.trajectories else None
    taken = min(settings.most, len(names)) if morris else len(names)
    work = {
        "ends": (len(ends.values), ends.replications),
        "morris": (len(morris.values) if morris else 0, count),
        "sobol": (settings.base * (taken + 2), count),
    }
    total = sum(points * replications for points, replications in work.values())
    if budget is not None:
        say_cost(subject.study_of(names[:1]), work, folder, workers, budget)
    evaluation = Evaluation(subject, folder, total, workers, progress)
    run, tables = evaluation.run, {name: pd.DataFrame() for name in TABLES}
    tables["ends"] = ends_table(known, run(ends), outcomes)
    if morris is not None:
        tables["morris"] = morris_indices(morris, list(bounds.values()), run(morris).mean(axis=1), outcomes, seed)
    rule = None
    if settings.base:
        few = important(tables["morris"], settings.most) if morris is not None else list(names)
        sobol = sobol_design(few, [bounds[name] for name in few], settings.base, count, seed)
        values = run(sobol)
        tables["sobol"] = sobol_indices(sobol, [bounds[name] for name in few], values.mean(axis=1), outcomes, seed)
        fails = (values[:, :, 0] < settings.fails * subject.objective).mean(axis=1)
        one, two = base_points(sobol)
        rule = discover(few, bounds, (sobol.values[one], fails[one]), (sobol.values[two], fails[two]))
        tables["futures"] = _futures(few, sobol.values, values.mean(axis=1), outcomes, fails, one, two)
    facts = {
        **subject.facts,
        **settings._asdict(),
        "seed": seed,
        "outcomes": list(outcomes),
        "points": {name: number for name, (number, _) in work.items()},
        "parameters": list(names),
        "futures": len(tables["futures"]),
        "rate": float(tables["futures"]["fails"].mean()) if settings.base else None,
        "failed": evaluation.failed,
        "noise": evaluation.noise,
        "version": subject.itself.get("version", ""),
    }
    found = Sensitivity(folder, known, **tables, rule=rule, facts=facts)
    for name, table in tables.items():
        if len(table):
            table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", float_format="%.10g")
    write_json(folder / ANSWER, found.summary())
    return found


def _check(settings: Settings) -> None:
    """Raise InputError for settings that cannot be."""
    if settings.replications < 2:
        raise InputError("--replications", "", f"found {settings.replications}; an interval needs at least 2")
    if settings.trajectories != 0 and settings.trajectories < 2:
        raise InputError("--trajectories", "", f"found {settings.trajectories}; at least 2 are needed")
    if settings.base and (settings.base < 8 or settings.base & (settings.base - 1)):
        raise InputError("--points", "", f"found {settings.base}; a power of two, 8 or more, is needed (512, 1024, 2048)")
    if settings.most < 1:
        raise InputError("--most", "", f"found {settings.most}; at least 1 is needed")
    if not 0 < settings.fails < 1:
        raise InputError("--fails-below", "", f"found {settings.fails:g}; a share between 0 and 1 is needed")


def important(morris: pd.DataFrame, most: int) -> list[str]:
    """Return the parameters with the largest share of any outcome by Morris, at most so many, the largest first."""
    largest = morris.groupby("parameter", sort=False)["share"].max().sort_values(ascending=False, kind="stable")
    return [str(name) for name in largest.index[:most]]


def _futures(
    names: Sequence[str],
    points: Values,
    means: Values,
    outcomes: Sequence[str],
    fails: Values,
    one: NDArray[np.int64],
    two: NDArray[np.int64],
) -> pd.DataFrame:
    """Return the independent points with the mean outcomes and the share of the replications that fail.

    `found_on`: the rule was found on this point, not counted.
    """
    rows = np.concatenate([one, two])
    table = pd.DataFrame(points[rows], columns=list(names))
    for i, outcome in enumerate(outcomes):
        table[outcome] = means[rows, i]
    table["fails"] = fails[rows]
    table["found_on"] = np.arange(len(rows)) < len(one)
    return table


def _shifted(progress: Progress, offset: int, total: int, done: int, _: int) -> None:
    progress(offset + done, total)
