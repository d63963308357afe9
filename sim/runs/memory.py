"""Results in memory: replications that are computed and counted, and of which nothing is written."""

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
import pandas as pd

from sim.engine import History, test_years
from sim.inputs.errors import refuse_unknown
from sim.inputs.region.model import Region
from sim.inputs.scenario.model import Scenario
from sim.runs.chunk import axes, digest, rows_of
from sim.runs.disk.store import combined_digest
from sim.runs.results import Results


class InMemory(Results):
    """Replications of a scenario over a region, as they were computed. Its tables are those that hold whole arrays of a history."""

    def __init__(self, histories: Sequence[History], scenario: Scenario, region: Region) -> None:
        self._histories = histories
        self._years = range(scenario.start.year + 1, scenario.end.year + 1)
        self._axes = axes(region, self._years[0], len(self._years), test_years(scenario))
        self.manifest = {
            "scenario": scenario.name,
            "seed": scenario.seed,
            "sampling": scenario.sampling,
            "populations": len(histories) if scenario.drawn else region.populations,
            "replications": len(histories),
            "failed": 0,
            "end_year": scenario.end.year,
        }

    @cached_property
    def digests(self) -> list[str]:
        """The digest of each of them."""
        return [digest(history) for history in self._histories]

    @property
    def digest(self) -> str:
        """The digest of all of them, as the manifest of a run of these replications has it."""
        return combined_digest(self.digests)

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
        refuse_unknown(name, self._axes, self.folder, "", "table")
        field, *keys = self._axes[name]
        rows = rows_of(self._histories, field, *keys, only=columns)
        yield pd.DataFrame(rows if columns is None else {column: rows[column] for column in columns})
