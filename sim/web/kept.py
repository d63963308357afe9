"""The forecast that the package carries: the draft's replications counted, and what they say of every municipality and company.

`python -m sim.web.kept` (in `make reference`) makes it anew, from results of `bso run baseline`; a test holds it against a fresh run.
"""

import sys
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd

from sim.inputs.errors import InputError
from sim.inputs.region.load import load_region
from sim.inputs.region.model import Region
from sim.inputs.scenario.toml import REFERENCE
from sim.report.outside import put
from sim.runs.chunk import task_of
from sim.runs.disk.store import read_json, sealed, write_file
from sim.runs.job import scenario_of, told
from sim.runs.outcomes import by_company
from sim.runs.results import Results
from sim.runs.tally import Tally, from_bytes, tally
from sim.studies.forecast import totals
from sim.studies.municipality.study import Municipalities, municipalities
from sim.web.levers import base

FOLDER = REFERENCE / "forecast"
TALLY, FACTS, COMPANIES = "forecast.tally", "municipalities.json", "companies.csv"
WORK = ("slots", "held", "started", "waiting_money", "waiting_slot", "rented_in")


@dataclass(frozen=True)
class Kept:
    """The kept forecast: its tally, what it says of municipalities, and of companies a row per company and year (means)."""

    tally: Tally
    places: Municipalities
    companies: pd.DataFrame

    @cached_property
    def region(self) -> Region:
        """Flanders on the starting day."""
        return load_region(base())

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables of the forecast, as its report has them."""
        return totals.tables_of(self.tally, self.region)

    @cached_property
    def members(self) -> dict[str, list[int]]:
        """The NIS codes of the municipalities of every company."""
        by_company: dict[str, list[int]] = {}
        for nis, company in zip(self.region.nis, self.region.company, strict=True):
            by_company.setdefault(self.region.company_names[company], []).append(int(nis))
        return dict(sorted(by_company.items(), key=lambda item: item[0].casefold()))


@cache
def kept() -> Kept:
    """Return the kept forecast. Raises InputError for files that are missing or damaged."""
    path = FOLDER / TALLY
    if not path.is_file():
        raise InputError(path, "", "missing: the package does not carry its forecast; `make reference` makes it")
    facts = read_json(FOLDER / FACTS)
    frames = {name: pd.read_csv(FOLDER / _file(name), dtype={"shares": str, "years": str}) for name in Municipalities.SUMMED}
    places = Municipalities(FOLDER, facts, frames)
    return Kept(from_bytes(path.read_bytes(), path), places, pd.read_csv(FOLDER / COMPANIES))


@lru_cache(maxsize=4)
def draft(count: int) -> Tally:
    """Return the first replications of the kept forecast: the draft's, beside which as many of another scenario stand."""
    return kept().tally.first(count)


def keep(results: Results, folder: Path) -> None:
    """Write what is kept of results to a folder: the tally, and what they say of municipalities and companies."""
    scenario = scenario_of(results.manifest["experiment"]["scenario"], results.folder).model_copy(update={"name": "baseline"})
    region = load_region(scenario)
    made = tally(results, scenario, region, told(task_of(scenario, region)))
    with TemporaryDirectory(prefix="bso-sim-") as temporary:
        found = municipalities(results.folder, Path(temporary) / "municipalities")
    folder.mkdir(parents=True, exist_ok=True)
    write_file(folder / TALLY, made.to_bytes())
    write_file(folder / FACTS, sealed(found.facts))
    tables = {COMPANIES: _companies(results, region), **{_file(name): table for name, table in found.tables.items()}}
    for file, table in tables.items():
        write_file(folder / file, table.to_csv(index=False, lineterminator="\n", float_format="%.6g").encode())


def _file(table: str) -> str:
    return f"municipality_{table}.csv"


def _companies(results: Results, region: Region) -> pd.DataFrame:
    """Return a row per company and year: the means of its slots, of what is in use and what waits."""
    names = region.company_names
    columns: dict[str, Any] = {name: by_company(results, name, len(names)).mean(axis=0).ravel() for name in WORK}
    years = range(results.manifest["start_year"], results.manifest["end_year"] + 1)
    return pd.DataFrame({"company": np.tile(names, len(years)), "year": np.repeat([*years], len(names)), **columns})


if __name__ == "__main__":
    keep(Results(Path(sys.argv[1])), Path(sys.argv[2]))
    put(sys.argv[2])
