"""A study of many points: each point a row of values, evaluated with the same replications, kept in chunks, and never computed twice. The
simulation is such a study: a point's values of uncertain parameters in, outcomes by replication out."""

import hashlib
import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.engine import History, build_model, replicate, test_years
from sim.inputs.errors import InputError
from sim.inputs.region.model import Region
from sim.inputs.scenario.model import Scenario
from sim.inputs.scenario.ranges import UncertainParameter, at
from sim.runs.chunk import rows_of
from sim.runs.cost import Budget
from sim.runs.experiment import Progress, kept_in
from sim.runs.outcomes import OUTCOMES
from sim.runs.results import Results
from sim.runs.store import CHUNK, chunk_name, open_folder, plan, read_json, read_table, write_chunk
from sim.runs.store import serialised as parquet
from sim.runs.workers import pieces, put_down, taken

Values = NDArray[np.float64]
Study = Callable[[Values, int], Values]  # a point's values, replications -> [replications, outcomes]; NaN for one that failed
SIZE = 32  # points in a chunk: some seconds of one process
ROW = 40  # bytes on disk of a replication of a point, about
FROM_TOTALS = ("realised_2042", "verdicts_2B", "contribution_total")  # outcomes that need no more than Flanders' totals


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
        return {
            "design": self.name,
            "parameters": list(self.parameters),
            "points": digest,
            "replications_of_a_point": self.replications,
        }


def left(folder: Path, points: int) -> int:
    """Return how many of so many points a folder lacks."""
    return sum(last - first + 1 for first, last in plan(folder, points, SIZE)[1])


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
    asked = {**identity, **design.identity(), "outcomes": list(outcomes)}
    open_folder(folder, json.loads(json.dumps(asked)), len(design.values))
    _, todo = plan(folder, len(design.values), SIZE)
    done = len(design.values) - left(folder, len(design.values))
    write = partial(_written, folder, design.replications, outcomes)
    items = [(first, design.values[first : last + 1]) for first, last in todo]
    with kept_in(folder), closing(pieces(write, study, items, workers)) as finished:
        for (_, points), _ in finished:
            done += len(points)
            if progress is not None:
                progress(done * design.replications, design.work)
    return _read(folder, design, outcomes)


def _written(folder: Path, replications: int, outcomes: tuple[str, ...], study: Study, piece: tuple[int, Values]) -> None:
    """Evaluate some points and write them, in a worker: nothing comes back."""
    first, points = piece
    found = np.stack([study(point, replications) for point in points])
    numbers = np.arange(first, first + len(points))
    columns = {
        "point": np.repeat(numbers, replications),
        "replication": np.tile(np.arange(replications), len(points)),
        **{name: np.ascontiguousarray(found[:, :, i].ravel()) for i, name in enumerate(outcomes)},
    }
    last = first + len(points) - 1
    write_chunk(folder, chunk_name(first, last), {"points.parquet": parquet(columns)}, {"first": first, "last": last})


def _read(folder: Path, design: Design, outcomes: tuple[str, ...]) -> Values:
    there, _ = plan(folder, len(design.values), SIZE)
    names = [chunk_name(first, last) for first, last in there]
    table = read_table(folder, names, "points")
    if len(table) != design.work:
        raise InputError(folder, "", f"damaged: {len(table)} rows of {design.work}; remove the folder and run again")
    for name in names:
        read_json(folder / name / CHUNK)  # sealed: says so when it is damaged
    values: Values = table[list(outcomes)].to_numpy(np.float64)
    return values.reshape(len(design.values), design.replications, len(outcomes))


def whole(values: Values) -> tuple[Values, int]:
    """Return the outcomes without the replications that failed at any point, and how many those are: all points keep sharing their luck."""
    kept = ~np.isnan(values).any(axis=(0, 2))
    return values[:, kept], int((~kept).sum())


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


class Held(Results):
    """Replications in memory, as far as the outcomes of FROM_TOTALS look at them."""

    def __init__(self, histories: Sequence[History], scenario: Scenario) -> None:
        self.manifest = {"replications": len(histories), "end_year": scenario.end.year}
        years = range(scenario.start.year + 1, scenario.end.year + 1)
        self.totals = pd.DataFrame(rows_of(histories, "totals", ("year", years)))
        self.test_totals = pd.DataFrame(rows_of(histories, "test_totals", ("test", test_years(scenario))))


@dataclass(frozen=True)
class Simulated:
    """A study that runs a scenario at a point: small, so that it can be sent to workers.

    `given`: the file with scenario, region and unknowns (`keep` writes it). `parameters`: those that a point's values are of.
    """

    given: Path
    parameters: tuple[str, ...]
    outcomes: tuple[str, ...]

    def __call__(self, values: Values, replications: int) -> Values:
        """Return the outcomes at a point: [replications, outcomes], NaN for one that failed. NaN among the values: as it is."""
        scenario, region, known = taken(self.given)
        found = np.full((replications, len(self.outcomes)), np.nan)
        given = {name: float(value) for name, value in zip(self.parameters, values, strict=True) if not np.isnan(value)}
        try:
            point = at(scenario, given, "point", known)
        except InputError:  # each value can be, not all of them together
            return found
        model, histories = build_model(point, region), []
        for number in range(replications):
            try:
                histories.append(replicate(model, number))
            except Exception:  # counted by who asked
                continue
        if histories:
            held = Held(histories, point)
            for i, name in enumerate(self.outcomes):
                of_all = OUTCOMES[name].of(held)
                found[of_all.index.to_numpy(np.int64), i] = of_all
        return found


def keep(path: Path, scenario: Scenario, region: Region, known: Mapping[str, UncertainParameter]) -> None:
    """Write the file that workers read scenario, region and unknowns from. Raises StorageError."""
    put_down(path, (scenario, region, dict(known)))
