"""Results in memory: replications that are computed and counted, and of which nothing is written."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from sim.engine import test_years
from sim.inputs.errors import InputError, nearest
from sim.runs.chunk import Task, axes, digest, replicator, rows_of
from sim.runs.disk.store import combined_digest
from sim.runs.results import Results


class InMemory(Results):
    """The results of some of a task's replications in a row, the first ones if nothing else is said, computed here and now. Its tables are
    those that hold whole arrays of a history.

    `digests`: of each; `digest`: of all of them, as the manifest of a run of these replications has it.
    """

    def __init__(self, task: Task, count: int, first: int = 0) -> None:
        compute, scenario = replicator(task), task.scenario
        self._histories = [compute(number) for number in range(first, first + count)]
        self._years = range(scenario.start.year + 1, scenario.end.year + 1)
        self._axes = axes(task.region, self._years[0], len(self._years), test_years(scenario))
        self.digests = [digest(history) for history in self._histories]
        self.digest = combined_digest(self.digests)
        self.manifest = {
            "scenario": scenario.name,
            "seed": scenario.seed,
            "sampling": scenario.sampling,
            "populations": count if scenario.drawn else len(task.model.start),
            "replications": count,
            "failed": 0,
            "digest": self.digest,
            "end_year": scenario.end.year,
        }

    def yearly(self, name: str) -> pd.DataFrame:
        """Return one column of the totals: a row per replication, a column per year."""
        rows = np.stack([history.totals[name] for history in self._histories])
        return pd.DataFrame(rows, pd.Index(self.replications, name="replication"), pd.Index(self._years, name="year"))

    @property
    def replications(self) -> list[int]:
        """The numbers of the replications, in order."""
        return [history.replication for history in self._histories]

    def parts(self, name: str, columns: Sequence[str] | None = None) -> Iterator[pd.DataFrame]:
        """Yield a table, or some columns of it, in one part. Raises InputError for a table that only a folder has."""
        if name not in self._axes:
            raise InputError("evaluate", name, f"no table in memory; {nearest(name, self._axes)}")
        field, *keys = self._axes[name]
        rows = rows_of(self._histories, field, *keys, only=columns)
        yield pd.DataFrame(rows if columns is None else {column: rows[column] for column in columns})
