"""A study of many points: each point a row of values, evaluated with the same replications, kept in pieces, and never computed twice. The
simulation is such a study: a point's values of uncertain parameters in, outcomes by replication out."""

import hashlib
import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine import History, build_model, replicate
from sim.inputs.errors import InputError
from sim.inputs.region.model import Region
from sim.inputs.scenario.model import Scenario
from sim.inputs.scenario.ranges import Known, at
from sim.runs.cost import Budget
from sim.runs.disk.folders import opened
from sim.runs.disk.store import seal_of
from sim.runs.experiment import Progress
from sim.runs.memory import InMemory
from sim.runs.outcomes import OUTCOMES
from sim.runs.pieces import answers, blocks

Values = NDArray[np.float64]
Study = Callable[[Values, int], Values]  # a point's values, replications -> [replications, outcomes]; NaN for one that failed
SIZE = 32  # points in a piece: some seconds of one process
ROW = 50  # bytes on disk of a replication of a point, about
FROM_TOTALS = ("realised_at_end", "verdicts_2B", "contribution_total")  # outcomes that need no more than Flanders' totals


def replicated(scenario: Scenario, region: Region, number: int) -> History:
    """Return a replication whose scenario no other has: where draws do not depend on how many populations there are, its tables are made of
    its own population only."""
    if scenario.central.sampling == "plain":
        region = region.only(number % region.populations)
    return replicate(build_model(scenario, region), number)


@dataclass(frozen=True)
class Design:
    """The points of a study: `values` is [points, parameters], in the parameters' own units, NaN where a parameter stays as it is.

    `replications`: of every point, the same ones, so that points share their luck.
    """

    name: str
    parameters: tuple[str, ...]
    values: Values
    replications: int

    @property
    def work(self) -> int:
        """How many replications all points take together."""
        return len(self.values) * self.replications

    def identity(self) -> dict[str, Any]:
        """Return what makes the design itself."""
        digest = hashlib.sha256(np.ascontiguousarray(self.values).tobytes()).hexdigest()
        itself = {"design": self.name, "parameters": list(self.parameters), "points": digest}
        return {**itself, "replications_of_a_point": self.replications}


def left(folder: Path, points: int) -> int:
    """Return how many of so many points a folder lacks."""
    return sum(len(block) for path, block in blocks(folder, points, SIZE).items() if not path.exists())


def evaluate(
    study: Study,
    design: Design,
    outcomes: tuple[str, ...],
    folder: Path,
    identity: Mapping[str, Any],
    workers: int | None = None,
    progress: Progress | None = None,
) -> Values:
    """Return the outcomes at every point: [points, replications, outcomes]. What the folder holds of this design is not computed again.

    `study`: a function that worker processes can be sent. `identity`: what else makes it itself. `progress`: replications done, of how many.
    Raises InputError for a folder that holds something else, Interrupted when stopped, when a worker is killed or a file cannot be written.
    """
    asked = json.loads(json.dumps({**identity, **design.identity(), "outcomes": list(outcomes)}))
    files, given = blocks(folder, len(design.values), SIZE), (study, design)
    with opened(folder, asked, len(design.values)):
        evaluated = answers(
            evaluated_at, given, files, folder, seal_of(asked), workers, progress, lambda block: len(block) * design.replications
        )
    return np.concatenate([np.array(block["values"], np.float64) for block in evaluated])


def evaluated_at(given: tuple[Study, Design], block: range) -> dict[str, Any]:
    """Return the outcomes of a study at a block of the points of a design, by point and replication."""
    study, design = given
    return {"values": [study(design.values[k], design.replications).tolist() for k in block]}


def whole(values: Values) -> tuple[Values, int]:
    """Return the outcomes without the replications that failed at any point, and how many those are: all points keep sharing their luck."""
    whole_ones = ~np.isnan(values).any(axis=(0, 2))
    return values[:, whole_ones], int((~whole_ones).sum())


def noise(values: Values) -> Values:
    """Return by outcome the share of the variance between points' means that is the luck of few replications: [outcomes].

    `values`: [points, replications, outcomes]. What a replication adds at all points alike is no noise, as points are compared with the same
    replications; what remains, the interaction of point and replication, is counted as noise, so this is the most that it can be.
    """
    points, replications, _ = values.shape
    if points < 2 or replications < 2:
        return np.full(values.shape[2], np.nan)
    means = values.mean(axis=1)
    rest = values - means[:, None] - values.mean(axis=0)[None] + values.mean(axis=(0, 1))
    error = (rest**2).sum(axis=(0, 1)) / ((points - 1) * (replications - 1)) / replications
    spread = means.var(axis=0, ddof=1)
    return np.divide(error, spread, out=np.zeros_like(spread), where=spread > 0)


def say_cost(study: Study, work: Mapping[str, tuple[int, int]], folder: Path, workers: int | None, budget: Budget) -> None:
    """Say what is still to compute and what it will take, from a point tried. `work`: points and replications of each, by design.

    Raises OverBudget.
    """
    points = {name: left(folder / name, number) for name, (number, _) in work.items()}
    todo = sum(points[name] * replications for name, (_, replications) in work.items())
    if not todo:
        return
    folder.mkdir(parents=True, exist_ok=True)
    more = 10
    one, several = (_seconds(study, count) for count in (1, 1 + more))
    each = max(0.0, several - one) / more  # a replication; the rest is what a point takes before its first
    seconds = sum(points.values()) * (one - each) + todo * each
    budget.check(todo, seconds / todo, ROW, workers or os.cpu_count() or 1, folder)


def _seconds(study: Study, replications: int, times: int = 3) -> float:
    """Return the seconds that the scenario as it is takes: the middle one of a few times, the first of which may compile."""
    point = np.full(1, np.nan)
    spent = []
    for _ in range(times):
        begin = time.perf_counter()
        study(point, replications)
        spent.append(time.perf_counter() - begin)
    return sorted(spent)[times // 2]


@dataclass(frozen=True)
class Simulated:
    """A study that runs a scenario at a point. `known`: its unknowns; `parameters`: those that a point's values are of."""

    scenario: Scenario
    region: Region
    known: Known
    parameters: tuple[str, ...]
    outcomes: tuple[str, ...]

    def __call__(self, values: Values, replications: int) -> Values:
        """Return the outcomes at a point: [replications, outcomes], NaN for one that failed. NaN among the values: as it is."""
        outcomes = np.full((replications, len(self.outcomes)), np.nan)
        given = {name: float(value) for name, value in zip(self.parameters, values, strict=True) if not np.isnan(value)}
        try:
            point = at(self.scenario, given, "point", self.known)
        except InputError:  # each value can be, not all of them together
            return outcomes
        model, histories = build_model(point, self.region), []
        for number in range(replications):
            try:
                histories.append(replicate(model, number))
            except Exception:  # counted by who asked
                continue
        if histories:
            held = InMemory(histories, point, self.region)
            for i, name in enumerate(self.outcomes):
                of_all = OUTCOMES[name].of(held)
                outcomes[of_all.index.to_numpy(np.int64), i] = of_all
        return outcomes
