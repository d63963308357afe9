"""Why a municipality is in its category: the traces of an experiment on disk, and one replication with the histories of its projects."""

from functools import cached_property
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

from sim.engine import replicate
from sim.inputs.errors import InputError
from sim.inputs.months import month_number
from sim.inputs.municipalities import meant, of_code, of_name
from sim.rules.plan import Category
from sim.runs.chunk import Task, digest, task_of
from sim.runs.disk.store import MANIFEST
from sim.runs.experiment import Progress
from sim.runs.job import region_of, scenario_of
from sim.runs.results import Results
from sim.tracing import waits
from sim.tracing.trace import Tested, Trace, build, net_of, tests_of

NEEDED = ("sib", "at_mjp", "agreement", "instruments_used", "company_cents", "g1")  # columns without which nothing can be explained


class Explained:
    """The results in a folder with the scenario and the region that they were made from.

    Raises InputError when the folder holds no results, or when scenario, data or version are not those of this installation.
    """

    def __init__(self, folder: Path) -> None:
        if not (folder / MANIFEST).is_file():
            raise InputError(folder, "", f"no results here (no {MANIFEST}); `bso run` makes them")
        self.results = Results(folder)
        self.folder = folder
        made = self.results.manifest.get("experiment", {})
        if made.get("version") != version("bso-sim"):
            versions = f"made by version {made.get('version')}, this is {version('bso-sim')}"
            raise InputError(folder, "", f"{versions}; run the scenario again")
        self.scenario = scenario_of(made["scenario"], folder)
        self.region = region_of(self.scenario, made["data"], folder)
        self.tests = tests_of(self.scenario.law)
        table = self.results.table("tests")
        missing = [name for name in NEEDED if name not in table.columns]
        if not self.results.manifest["replications"]:
            raise InputError(folder, "", "no replication was finished; nothing to explain")
        if self.tests and missing:
            raise InputError(folder, "tests", f"no column {missing[0]!r}: made by an earlier version; run the scenario again")
        self.table = table

    @cached_property
    def task(self) -> Task:
        """What the replications were computed from."""
        return task_of(self.scenario, self.region)

    def municipality(self, name: str) -> int:
        """Return the index of a municipality by its name or NIS code. Raises InputError with the nearest name, or what it was merged into."""
        asked = name.strip()
        place = of_code(int(asked)) if asked.isdecimal() and len(asked) < 7 else of_name(asked)
        found = np.flatnonzero(self.region.nis == (0 if place is None or place.part else place.nis))
        if not len(found):
            hint = meant(asked) or "a name or NIS code is allowed"
            raise InputError("--municipality", "", f"unknown municipality {name!r}; {hint}")
        return int(found[0])

    def test(self, year: int) -> Tested:
        """Return a test by its year. Raises InputError with the years there are."""
        if year not in self.tests:
            known = ", ".join(map(str, self.tests)) or "none"
            raise InputError("--test", "", f"found {year}; the tests of this scenario: {known}")
        return self.tests[year]

    def traces(
        self, index: int | None, tested: Tested, replication: int | None = None, progress: Progress | None = None
    ) -> list[Trace]:
        """Return the traces of a municipality (None: of all) at a test, of one replication or of all, in their order."""
        own = self.table if index is None else self.table[self.table["nis"] == self.region.nis[index]]
        if replication is not None:
            own = own[own["replication"] == replication]
        rows = own[own["test"] == tested.year]
        if rows.empty:
            self._no_replication(replication)
        before = own[(own["test"] < tested.year) & (own["category"] == Category.CATEGORY_2B)]
        lacked = before["lacking_regular"] + before["lacking_sib"]
        charged = lacked.groupby([before["replication"], before["nis"]]).max().to_dict()
        net, rented = self._net(tested, rows["nis"]), self._rented_in(tested)
        place = {int(code): i for i, code in enumerate(self.region.nis)}
        region, traces, futures = self.region, [], self.task.futures
        at_the_start = {int(k): futures.estimate("rented_in", int(k)) for k in rows["replication"].unique()}
        begun = set[int]()
        for record in rows.to_dict("records"):
            row = {str(name): int(value) for name, value in record.items()}
            replication, nis = row["replication"], row["nis"]
            if progress is not None and replication not in begun:
                begun.add(replication)
                progress(len(begun), len(at_the_start))
            i, population = place[nis], futures.population(replication)
            company, key = int(region.company[i]), (replication, nis)
            who = {"municipality": region.names[i], "nis": nis, "company": region.company_names[company]}
            who |= {"replication": replication, "population": population}
            at_start = int(at_the_start[replication][region.company == company].sum())
            of_company = {"now": rented.get((replication, company), 0), "at_start": at_start}
            levied = {"charged_before": int(charged.get(key, 0)), "higher_premium": bool(region.higher_premium[i])}
            traces.append(build(self.scenario, tested, who, row, net[key], levied, of_company))
        return traces

    def explain(self, name: str, test: int, replication: int) -> Trace:
        """Return the trace of one determination with the histories of the projects that would have made the difference.

        Raises InputError for a name, a test or a replication that is not there, or when the replication does not give the same bits again.
        """
        index, tested = self.municipality(name), self.test(test)
        trace = self.traces(index, tested, replication)[0]
        model, futures = self.task.tables(replication), self.task.futures
        if digest(futures.known_by(replicate(model, replication))) != self._digest(replication):
            again = f"replication {replication} does not come out the same again here; run the scenario again"
            raise InputError(self.folder, "", again)
        seen = waits.watch(model, replication, index)
        measured = month_number(tested.measurement.date, self.scenario.start)
        let, asleep_counts = trace["readings"]["realised"] == "let", trace["readings"]["dormant"] == "counts"
        projects = waits.missed(seen, trace["least_change"]["more"], measured, self.scenario.start, let, asleep_counts)
        return {**trace, **projects, "months": waits.idle(seen, measured)}

    def _net(self, tested: Tested, wanted: "pd.Series[int]") -> dict[tuple[int, int], tuple[int, int, int]]:
        """Return dwellings at least at each level as they were, below zero where more was sold than built, by replication and NIS code."""
        rows = self.results.table("municipalities")
        rows = rows[(rows["year"] == tested.measurement.date.year) & rows["nis"].isin(wanted)]
        net = zip(*(values.tolist() for values in net_of(rows, self.scenario.law)), strict=True)
        return dict(zip(_pairs(rows, "nis"), net, strict=True))

    def _rented_in(self, tested: Tested) -> dict[tuple[int, int], int]:
        """Return what each company rented in at the verdict, by replication and company: as it was in the December before."""
        month = int(self.scenario.law.values.verdict_month.value)
        rows = self.results.table("companies")
        rows = rows[rows["year"] == tested.year - (month < 12 and not tested.final)]
        return dict(zip(_pairs(rows, "company"), rows["rented_in"].tolist(), strict=True))

    def _no_replication(self, replication: int | None) -> None:
        failed = self.results.manifest["failures"]
        if str(replication) in failed:
            raise InputError("--replication", "", f"replication {replication} failed; see failures in {self.folder / MANIFEST}")
        last = int(self.table["replication"].max())
        raise InputError("--replication", "", f"found {replication}; 0 to {last} is allowed")

    def _digest(self, replication: int) -> str:
        """Return the digest that was kept of a replication."""
        kept = (facts["digests"].get(str(replication)) for facts in self.results.chunks.values())
        return next(filter(None, kept), "")


def _pairs(rows: pd.DataFrame, column: str) -> list[tuple[int, int]]:
    """Return the replication and another key of every row."""
    return list(zip(rows["replication"].tolist(), rows[column].tolist(), strict=True))
