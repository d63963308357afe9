"""The results of an experiment: tables read back from its folder, and their summary."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.inputs.errors import InputError, refuse_unknown
from sim.rules.plan import CATEGORIES
from sim.runs.chunk import COLUMNS
from sim.runs.columns import described
from sim.runs.disk.reading import AGAIN, read_manifest, read_part
from sim.runs.precision import end_interval, half_width
from sim.runs.source import own_source

MANY = 2_000  # replications whose totals are kept in memory when they are asked for: 6 MB
VERDICTS = tuple(f"category_{name}" for name in CATEGORIES[1:])  # columns of `test_totals`


class Results:
    """A finished experiment in its folder. Tables are read when asked for; columns are described in `results/README.md`.

    Raises InputError, here and when a table is read, for a file that is missing, damaged, or not of this experiment.
    """

    folder = Path("memory")  # of those that no folder holds, as messages name it

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.manifest, self.chunks = read_manifest(self.folder)

    @cached_property
    def totals(self) -> pd.DataFrame:
        """A row per replication and year, summed over municipalities."""
        return self.table("totals")

    @cached_property
    def test_totals(self) -> pd.DataFrame:
        """A row per replication and test: municipalities per category, shortfall (dwellings), contributions (cents)."""
        return self.table("test_totals")

    def table(self, name: str) -> pd.DataFrame:
        """Return a stored table, by its name in `results/README.md`; that of companies with their names; empty where nothing of it was kept.

        Raises InputError, with the nearest name, for a table that no results have.
        """
        refuse_unknown(name, described(), self.folder, "", "table")
        parts = list(self.parts(name))
        table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
        if name == "companies" and len(table) and (names := self.manifest.get("companies")):
            named = pd.Series(pd.Categorical.from_codes(table["company"].to_numpy(), names), table.index)
            table.insert(list(table.columns).index("company") + 1, "name", named)
        return table

    def parts(self, name: str, columns: Sequence[str] | None = None) -> Iterator[pd.DataFrame]:
        """Yield a stored table, or some columns of it, chunk by chunk in the order of the replications."""
        here = self.manifest["experiment"]["source"] == own_source()
        needed = () if columns or not here else COLUMNS.get(name, ())
        first: pd.Index | None = None
        for chunk in sorted(self.chunks):
            part = read_part(self.folder, chunk, self.chunks[chunk], name, columns, needed, self._asked)
            if part is None:
                continue
            if first is None:
                first = part.columns
            elif not part.columns.equals(first):
                raise InputError(self.folder / chunk / f"{name}.parquet", "", f"other columns than the chunk before; {AGAIN}")
            yield part

    @cached_property
    def _asked(self) -> dict[str, tuple[set[int], set[int]]]:
        """The years and tests that every table of them holds at the least and at the most."""
        path = self.manifest["required"]
        years = {*range(self.manifest["start_year"], self.manifest["end_year"] + 1)}
        tests = {int(test) for test in path["test"] if test is not None and test == test}
        last = {*path["year"][-1:]}  # SIB may be judged at the last measurement too (reading)
        return {"year": (years, years), "test": (tests, tests | last)}

    @property
    def engines(self) -> list[str]:
        """Which engines computed: compiled, plain (`sim.model`), or both."""
        return self.manifest.get("engines", ["compiled"])

    @property
    def path(self) -> pd.DataFrame:
        """What each measurement of the law asks of all municipalities together: year, required (dwellings), year of its test, if any."""
        return pd.DataFrame(self.manifest["required"])

    def yearly(self, name: str) -> pd.DataFrame:
        """Return one column of the totals: a row per replication, a column per year.

        Of very many replications no more is read than that column. Raises InputError, with the nearest name, for one that is not there.
        """
        refuse_unknown(name, described()["totals"].columns, self.folder, "totals", "column")
        if self.manifest["replications"] <= MANY:
            return self.totals.pivot(index="replication", columns="year", values=name)
        parts = self.parts("totals", ("replication", "year", name))
        return pd.concat([rows.pivot(index="replication", columns="year", values=name) for rows in parts])

    def last_year(self, name: str) -> pd.Series[int]:
        """Return a column of the totals in the last year, by replication."""
        if name not in self._last:
            self._last[name] = self.yearly(name)[self.manifest["end_year"]]
        return self._last[name]

    @cached_property
    def _last(self) -> dict[str, pd.Series[int]]:
        return {}

    @property
    def replications(self) -> list[int]:
        """The numbers of the replications that did not fail, in order."""
        return list(self.last_year("objective").index)

    def tests(self) -> dict[int, pd.DataFrame]:
        """Return the tests' totals by the year of the test, in order, each with a row per replication."""
        rows = self.test_totals
        return {int(str(year)): of.set_index("replication") for year, of in rows.groupby("test")} if len(rows) else {}

    def of_tests(self, name: str) -> pd.Series[int]:
        """Return a column of the tests' totals, summed over all tests, by replication; zero in a rhythm without tests."""
        return self.test_totals.groupby("replication")[name].sum().reindex(self.replications, fill_value=0)

    def reached(self) -> pd.Series[float]:
        """Return whether the objective was realised in the last year (1 or 0), by replication."""
        return (self.last_year("bso") >= self.last_year("objective")).astype(float)

    def contributions(self) -> pd.Series[int]:
        """Return the contributions charged on all tests together, euro cents, by replication."""
        return self.of_tests("contribution_cents")

    def summary(self) -> dict[str, Any]:
        """Return the answer: realised in the last year, the chance of the objective, verdicts and contributions per test.

        `error`: half of the 95% interval of the mean, None when there are too few replications to tell; `p10_interval` and the like: the 95%
        interval of an end of a band, each end of it None likewise. `standing`: what the numbers are to be taken for.
        """
        facts = {name: self.manifest[name] for name in ("scenario", "replications", "failed", "seed", "digest")}
        facts |= {"engines": self.engines, "end_year": self.manifest["end_year"], "standing": self.manifest["standing"]}
        if not facts["replications"]:
            return facts

        def known(values: pd.Series[Any], percentiles: tuple[int, ...]) -> dict[str, Any]:
            error = half_width(values.astype(float), self.manifest)
            ends = {f"p{p}_interval": _finite(end_interval(values.astype(float), p, self.manifest)) for p in percentiles}
            return {**band(values, percentiles), "error": round(error, 2) if math.isfinite(error) else None, **ends}

        reached = self.reached()
        chance = half_width(reached, self.manifest)
        tests = [
            {
                "year": year,
                **{name: known(rows[name], (10, 90)) for name in (*VERDICTS, "shortfall")},
                "contribution": known(rows["contribution_cents"] / 100, (10, 90)),
            }
            for year, rows in self.tests().items()
        ]
        return {
            **facts,
            "realised_at_end": known(self.last_year("bso"), (10, 50, 90)),
            "net_at_end": known(self.last_year("net"), (10, 50, 90)),
            "probability_objective": float(reached.mean()),
            "probability_error": round(chance, 6) if math.isfinite(chance) else None,
            "tests": tests,
            "contribution_total": known(self.contributions() / 100, (10, 50, 90)),
        }


def _finite(ends: tuple[float, float]) -> list[float | None]:
    """Return the ends of an interval, rounded to cents, as JSON holds them."""
    return [round(end, 2) if math.isfinite(end) else None for end in ends]


def band(values: Any, percentiles: tuple[int, ...]) -> dict[str, float]:
    """Return the mean and the percentiles (linear between order statistics) of values over replications, rounded to cents."""
    array = np.asarray(values, np.float64)
    if not len(array):
        return {}  # a rhythm without tests
    return {"mean": round(float(array.mean()), 2), **{f"p{p}": round(float(np.percentile(array, p)), 2) for p in percentiles}}
