"""A study of many points: each point a row of values, evaluated with the same replications, kept in chunks, and never computed twice."""

import hashlib
import json
import os
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.inputs.errors import InputError
from sim.runs.cost import Budget
from sim.runs.experiment import Interrupted, Progress
from sim.runs.store import CHUNK, StorageError, chunk_name, open_folder, plan, read_json, read_table, write_chunk
from sim.runs.store import serialised as parquet
from sim.runs.workers import WorkerKilled, each

Values = NDArray[np.float64]
Study = Callable[[Values, int], Values]  # a point's values, replications -> [replications, outcomes]; NaN for one that failed
SIZE = 32  # points in a chunk: some seconds of one process
ROW = 40  # bytes on disk of a replication of a point, about


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
    write = partial(_written, study, design.replications, outcomes, folder)
    items = [(first, design.values[first : last + 1]) for first, last in todo]
    try:
        with closing(each(write, items, workers)) as finished:
            for (_, points), _ in finished:
                done += len(points)
                if progress is not None:
                    progress(done * design.replications, design.work)
    except KeyboardInterrupt:
        raise Interrupted(folder, "stopped") from None
    except (StorageError, WorkerKilled) as error:
        raise Interrupted(folder, str(error)) from None
    return _read(folder, design, outcomes)


def _written(study: Study, replications: int, outcomes: tuple[str, ...], folder: Path, piece: tuple[int, Values]) -> int:
    """Evaluate some points and write them, in a worker: what comes back is small."""
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
    return first


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
