"""Chance: the named tables of draws of one replication, the same for whoever reads them and whatever was read before."""

from collections.abc import Mapping

import numpy as np

from sim.chance.draws import table
from sim.chance.shared import SAMPLINGS, shared
from sim.model.given import Given

PROJECT = (
    *("size", "stream", "preparation", "permit", "appeal", "appeal_delay", "council", "council_duration", "annulled"),
    *("new_permit", "cancelled", "award", "start", "construction", "wake", "asleep"),
)
SEARCH = ("duration", "success", "size")
DEMOLITION = ("happens", "size", "rebuilt")
WIDTHS = {
    "project": 16,
    "search": 4,
    "demolition": 3,
    "opportunity": 1,
}  # draws that lie side by side for one project, one search, ...
ONCE = ("managers", "budget", "response")

Draws = Mapping[str, int]  # by purpose


class Streams:
    """The draws of one replication: rows of every purpose's table, read as far as they are needed."""

    def __init__(self, given: Given, replication: int) -> None:
        """Draw what all share, as the scenario's sampling has it."""
        self.given, self.seed, self.replication = given, given.scenario.seed, replication
        self._tables: dict[str, np.ndarray] = {}
        self._rows: dict[tuple[str, int], list[int]] = {}
        years = given.last // 12
        rows = dict.fromkeys(ONCE, 1) | {"shock": years, "rent_in": years, "household": given.dates, "rent_in_inflow": 1}
        sizes = {f"world.{purpose}": count for purpose, count in rows.items()}
        sampling = SAMPLINGS.index(given.scenario.central.sampling)
        drawn = shared(self.seed, replication, sizes, sampling, given.region.populations)
        self._shared = {purpose: drawn[f"world.{purpose}"].tolist() for purpose in rows}

    def world(self, purpose: str, row: int = 0) -> int:
        """Return a draw that all Flanders shares; `row`: of a year or a date."""
        return self._shared[purpose][row]

    def municipal(self, purpose: str, row: int = 0) -> list[int]:
        """Return a row of the table of a purpose: a draw for each municipality."""
        return self._row(purpose, row, self.given.count)

    def company(self, purpose: str) -> list[int]:
        """Return the draws of a purpose, one for each company."""
        return self._row(f"company.{purpose}", 0, len(self.given.region.company_names))

    def project(self, municipality: int, k: int) -> Draws:
        """Return the draws of a municipality's k-th project, side by side in the stream columns that the municipality has, in turn."""
        return dict(zip(PROJECT, self._in_streams("project", municipality, k), strict=True))

    def own(self, purpose: str, municipality: int, k: int) -> int:
        """Return the draw of a municipality's k-th project for a purpose of the user's own."""
        return self._row(f"own.{purpose}.{k}", 0, self.given.count)[municipality]

    def opportunity(self, municipality: int, number: int) -> int:
        """Return the draw of a municipality's opportunity of a number, laid out as those of its projects."""
        return self._in_streams("opportunity", municipality, number)[0]

    def search(self, municipality: int, number: int) -> Draws:
        """Return the draws of a search of a municipality."""
        return dict(zip(SEARCH, self._slot("search", number, municipality, self.given.count), strict=False))

    def demolition(self, municipality: int, year: int) -> Draws:
        """Return the draws of what a municipality's company demolishes there in a year."""
        return dict(zip(DEMOLITION, self._slot("demolition", year, municipality, self.given.count), strict=True))

    def _in_streams(self, purpose: str, municipality: int, number: int) -> list[int]:
        row, stream_column = divmod(number, self.given.stream_columns[municipality])
        column = self.given.first_stream_column[municipality] + stream_column
        return self._slot(purpose, row, column, self.given.first_stream_column[-1])

    def _slot(self, purpose: str, row: int, number: int, slots: int) -> list[int]:
        width = WIDTHS[purpose]
        return self._table(purpose, row, width * slots)[row, width * number : width * (number + 1)].tolist()

    def _row(self, purpose: str, row: int, columns: int) -> list[int]:
        if (purpose, row) not in self._rows:
            self._rows[purpose, row] = self._table(purpose, row, columns)[row].tolist()
        return self._rows[purpose, row]

    def _table(self, purpose: str, row: int, columns: int) -> np.ndarray:
        """Return the table of a purpose, made again and longer when it has not this row yet: what it held stays the same."""
        if purpose not in self._tables or row >= len(self._tables[purpose]):
            self._tables[purpose] = table(self.seed, self.replication, purpose, 2 * row + 16, columns)
        return self._tables[purpose]
