"""A chunk: some replications in a row, computed wherever it suits, handed back as the bytes of the files that will hold them: one tidy table
for each thing that is kept, and a digest of each replication."""

import hashlib
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.chance.leadtimes import ONE
from sim.engine import History, test_years
from sim.engine.state import COMPANY_YEAR, FLANDERS, TEST, TEST_TOTAL, TOTAL, YEAR, Model
from sim.inputs.errors import InputError, nearest
from sim.inputs.region.model import Region
from sim.inputs.scenario.model import Scenario
from sim.runs.columns import as_metadata
from sim.runs.disk.store import serialised
from sim.runs.futures import Futures
from sim.runs.source import installed, plain_source

COMPILED, PLAIN = ENGINES = ("compiled", "plain")  # which give the same bits
Facts = dict[str, Any]  # of a chunk: first and last replication, engine, the digest of each, and those that failed with their error

Columns = dict[str, NDArray[Any]]
COLUMNS: Mapping[str, tuple[str, ...]] = {  # that a table has, whatever the scenario, of this version
    "replications": ("replication", "population", "managers", "budget", "response"),
    "totals": ("replication", "year", *(TOTAL.names or ())),
    "test_totals": ("replication", "test", *(TEST_TOTAL.names or ())),
    "municipalities": ("replication", "year", "nis", *(YEAR.names or ())),
    "tests": ("replication", "test", "nis", *(TEST.names or ())),
    "flanders": ("replication", "year", *(FLANDERS.names or ())),
    "companies": ("replication", "year", "company", *(COMPANY_YEAR.names or ())),
    "projects": ("replication", "nis", "k", "stage", "dwellings"),
}


class Task(NamedTuple):
    """All that a worker needs, and the digests of what it must have.

    `model`: the engine's tables of the scenario's own values. `installed`: of everything that computes, and its data. `plain`: digest of the
    plain model's source; empty when compiled. `experiment`: by which every file says of which experiment it is. `told`: digest of what the
    manifest tells of the model, which every chunk vouches for.
    """

    futures: Futures
    model: Model
    installed: str
    plain: str = ""
    experiment: str = ""
    told: str = ""

    @property
    def scenario(self) -> Scenario:
        """The scenario that is run."""
        return self.futures.scenario

    @property
    def region(self) -> Region:
        """The region that it is run over."""
        return self.futures.region

    def tables(self, number: int) -> Model:
        """Return the engine's tables that a replication is computed from."""
        return self.model if self.futures.sets is None else self.futures.model(number)

    @property
    def engine(self) -> str:
        """Which of ENGINES computes."""
        return PLAIN if self.plain else COMPILED


class Chunk(NamedTuple):
    """Files by name, and facts."""

    files: dict[str, bytes]
    facts: Facts


class OtherVersion(Exception):
    """A worker has another version of the model than the run."""


def task_of(scenario: Scenario, region: Region, engine: str = COMPILED) -> Task:
    """Return the task of an experiment. Raises InputError for an engine that there is not."""
    if engine not in ENGINES:
        raise InputError("--engine", "", f"found {engine!r}; {nearest(engine, ENGINES)}")
    futures = Futures(scenario, region)
    return Task(futures, futures.central(), installed(), plain_source() if engine == PLAIN else "")


def replicator(task: Task) -> Callable[[int], History]:
    """Return what computes a replication of a task by its number."""
    if task.engine == COMPILED:
        return task.futures.replicator(task.model)
    from sim.runs import plain  # imports scipy's distributions, which take their time

    return plain.replicator(task.futures)


def compute(task: Task, first: int, last: int) -> Chunk:
    """Run the replications first..last. One that fails is counted, with its error.

    Raises OtherVersion when this worker has another version of the model than the task.
    """
    if task.installed != installed():
        raise OtherVersion("a worker has another version of bso-sim than the run; install the same one on both")
    replication, histories, failed = replicator(task), [], {}
    for number in range(first, last + 1):
        try:
            try:
                histories.append(replication(number))
            except (MemoryError, OSError):  # of this machine at this moment: once more
                histories.append(replication(number))
        except Exception:
            failed[str(number)] = traceback.format_exc(limit=-3)
    scenario = task.scenario
    tables: dict[str, Columns] = {}
    if histories:
        tables = tables_of(histories, task.region, scenario.start.year + 1, test_years(scenario), scenario.outcomes.histories)
    if histories and task.futures.sets is not None:
        drawn = [{"replication": h.replication, **task.futures.sets.values(h.replication)} for h in histories]
        tables["parameters"] = {name: np.array([row[name] for row in drawn]) for name in drawn[0]}
    digests = {str(history.replication): digest(history) for history in histories}
    of = {"experiment": task.experiment}
    files = {f"{name}.parquet": serialised(rows, {**of, "columns": as_metadata(name, rows)}) for name, rows in tables.items()}
    engine = {"engine": task.engine, "plain": task.plain}
    return Chunk(files, {**of, "told": task.told, **engine, "first": first, "last": last, "digests": digests, "failed": failed})


def lost(first: int, last: int, why: str) -> Facts:
    """Return the facts of a chunk that was lost with its workers. It is not written, so that the next run tries it again."""
    return {"first": first, "last": last, "digests": {}, "failed": {str(number): why for number in range(first, last + 1)}}


def digest(history: History) -> str:
    """Return the SHA-256 of a replication's rows: years, tests and companies, as the engine keeps them."""
    total = hashlib.sha256(f"{history.replication}/{history.population}".encode())
    for rows in (history.years, history.tests, history.companies):
        total.update(np.ascontiguousarray(rows).view(np.uint8).data)
    return total.hexdigest()


def tables_of(histories: Sequence[History], region: Region, first_year: int, tests: Sequence[int], keep: int) -> dict[str, Columns]:
    """Return the tables of a chunk by name, as columns; they are described in `results/README.md`.

    `first_year`: calendar year of the first row. `tests`: calendar years of the tests. `keep`: projects are kept of the replications below it.
    """
    drawn = [world(history) for history in histories]
    tables: dict[str, Columns] = {"replications": {name: np.array([row[name] for row in drawn]) for name in drawn[0]}}
    for name, (field, *keys) in axes(region, first_year, len(histories[0].years), tests).items():
        tables[name] = rows_of(histories, field, *keys)
    paths = np.stack([h.paths for h in histories])
    for legislature in range(paths.shape[-1]):
        tables["tests"][f"g{legislature + 1}"] = paths[..., legislature].ravel()
    listed = [projects(h, region) for h in histories if h.replication < keep]
    if listed:
        tables["projects"] = {name: np.concatenate([rows[name] for rows in listed]) for name in listed[0]}
    return tables


def axes(region: Region, first_year: int, years: int, tests: Sequence[int]) -> dict[str, tuple[Any, ...]]:
    """Return of every table that is whole arrays of a history: the field that holds them, and the key of every axis, as `rows_of` asks for."""
    year = "year", range(first_year, first_year + years)
    test, municipality, company = ("test", tests), ("nis", region.nis), ("company", range(len(region.company_names)))
    return {
        "totals": ("totals", year),
        "test_totals": ("test_totals", test),
        "municipalities": ("years", year, municipality),
        "tests": ("tests", test, municipality),
        "flanders": ("flanders", year),
        "companies": ("companies", year, company),
    }


def world(history: History) -> dict[str, float]:
    """Return what a replication drew once for all."""
    managers, budget, response = (int(x) for x in history.world)
    return {
        "replication": history.replication,
        "population": history.population,
        "managers": managers / ONE,
        "budget": budget / 1000,  # million euro, as in a scenario
        "response": response / ONE,
    }


def rows_of(
    histories: Sequence[History],
    field: str,
    *keys: tuple[str, Sequence[int] | NDArray[Any]],
    only: Sequence[str] | None = None,
) -> Columns:
    """Return a structured array of histories (an axis per key) as one tidy table with a column per key and per field of its rows.

    `only`: those columns and no others.
    """
    arrays: list[NDArray[Any]] = [getattr(history, field) for history in histories]
    columns: Columns = {}
    of_axes = [("replication", [h.replication for h in histories]), *keys]
    size = (len(arrays), *arrays[0].shape)
    for axis, (name, values) in enumerate(of_axes):
        shape = [1] * len(of_axes)
        shape[axis] = -1
        if only is None or name in only:
            columns[name] = np.broadcast_to(np.asarray(values, np.int32).reshape(shape), size).ravel()
    for name in arrays[0].dtype.names or ():
        if only is None or name in only:
            columns[name] = np.stack([rows[name] for rows in arrays]).ravel()  # a column at a time: whole rows are copied slowly
    return columns


def projects(history: History, region: Region) -> Columns:
    """Return every project of a replication with its history; those still under way at the end are censored, and kept."""
    rows = history.projects
    columns: Columns = {"replication": np.full(len(rows), history.replication, np.int32)}
    columns["nis"] = region.nis[rows["municipality"]].astype(np.int32)
    return columns | {name: np.ascontiguousarray(rows[name]) for name in (rows.dtype.names or ())[1:]}
