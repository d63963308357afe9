"""A chunk: some replications in a row, computed wherever it suits, handed back as the bytes of the files that will hold them."""

import traceback
from functools import cache
from typing import Any, NamedTuple

from sim.engine import build_model, replicate, source_digest, test_years
from sim.engine.state import Model
from sim.inputs.region.model import Region
from sim.inputs.scenario.model import Scenario
from sim.runs import tables as reduce
from sim.runs.store import serialised

Facts = dict[str, Any]  # of a chunk: first and last replication, the digest of each, and those that failed with their error


class Task(NamedTuple):
    """All that a worker needs, and the digest of the source that it must have."""

    scenario: Scenario
    region: Region
    model: Model
    source: str


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


def task_of(scenario: Scenario, region: Region) -> Task:
    """Return the task of an experiment."""
    return Task(scenario, region, build_model(scenario, region), own_source())


def compute(task: Task, first: int, last: int) -> Chunk:
    """Run the replications first..last. One that fails is counted, with its error.

    Raises OtherVersion when this worker has another version of the model than the task.
    """
    if task.source != own_source():
        raise OtherVersion("a worker has another version of bso-sim than the run; install the same one on both")
    histories, failed = [], {}
    for number in range(first, last + 1):
        try:
            try:
                histories.append(replicate(task.model, number))
            except (MemoryError, OSError):  # of this machine at this moment: once more
                histories.append(replicate(task.model, number))
        except Exception:
            failed[str(number)] = traceback.format_exc(limit=-3)
    scenario = task.scenario
    tables = {}
    if histories:
        tables = reduce.tables(histories, task.region, scenario.start.year + 1, test_years(scenario), scenario.outcomes.histories)
    digests = {str(h.replication): reduce.digest(h) for h in histories}
    files = {f"{name}.parquet": serialised(columns) for name, columns in tables.items()}
    return Chunk(files, {"first": first, "last": last, "digests": digests, "failed": failed})


def lost(first: int, last: int, why: str) -> Facts:
    """Return the facts of a chunk that was lost with its workers. It is not written, so that the next run tries it again."""
    return {"first": first, "last": last, "digests": {}, "failed": {str(number): why for number in range(first, last + 1)}}
