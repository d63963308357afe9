"""A chunk: some replications in a row, computed wherever it suits, handed back as the bytes of the files that will hold them."""

import hashlib
import traceback
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import sim
from sim.engine import History, build_model, replicate, source_digest, test_years
from sim.engine.state import Model
from sim.inputs.errors import InputError, nearest
from sim.inputs.region.model import Region
from sim.inputs.scenario.model import Scenario
from sim.runs import tables as reduce
from sim.runs.store import serialised

COMPILED, PLAIN = ENGINES = ("compiled", "plain")  # which give the same bits
Facts = dict[str, Any]  # of a chunk: first and last replication, engine, the digest of each, and those that failed with their error


class Task(NamedTuple):
    """All that a worker needs, and the digests of the sources that it must have. `plain`: of the plain model; empty when compiled."""

    scenario: Scenario
    region: Region
    model: Model
    source: str
    plain: str = ""

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


@cache
def own_source() -> str:
    """Return the digest of the source as it was when this process first computed: what is imported does not change with the disk."""
    return source_digest()


@cache
def plain_source() -> str:
    """Return the digest of the plain model's source, likewise."""
    files = sorted((Path(sim.__file__).parent / "model").glob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def task_of(scenario: Scenario, region: Region, engine: str = COMPILED) -> Task:
    """Return the task of an experiment. Raises InputError for an engine that there is not."""
    if engine not in ENGINES:
        raise InputError("--engine", "", f"found {engine!r}; {nearest(engine, ENGINES)}")
    return Task(scenario, region, build_model(scenario, region), own_source(), plain_source() if engine == PLAIN else "")


def replicator(task: Task) -> Callable[[int], History]:
    """Return what computes a replication of a task by its number."""
    if task.engine == COMPILED:
        return lambda number: replicate(task.model, number)
    from sim.runs import plain  # imports scipy's distributions, which take their time

    return plain.replicator(task.scenario, task.region)


def compute(task: Task, first: int, last: int) -> Chunk:
    """Run the replications first..last. One that fails is counted, with its error.

    Raises OtherVersion when this worker has another version of the model than the task.
    """
    if task.source != own_source() or task.plain not in ("", plain_source()):
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
    tables = {}
    if histories:
        tables = reduce.tables(histories, task.region, scenario.start.year + 1, test_years(scenario), scenario.outcomes.histories)
    digests = {str(h.replication): reduce.digest(h) for h in histories}
    files = {f"{name}.parquet": serialised(columns) for name, columns in tables.items()}
    facts = {"engine": task.engine, "plain": task.plain, "first": first, "last": last, "digests": digests, "failed": failed}
    return Chunk(files, facts)


def lost(first: int, last: int, why: str) -> Facts:
    """Return the facts of a chunk that was lost with its workers. It is not written, so that the next run tries it again."""
    return {"first": first, "last": last, "digests": {}, "failed": {str(number): why for number in range(first, last + 1)}}
