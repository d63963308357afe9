"""One replication reduced to the rows that are stored: totals per year and test, and its digest."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.engine import History
from sim.inputs.region import Region
from sim.rules.plan import CATEGORY_1, CATEGORY_2A, CATEGORY_2B

SUMMED = ("delivered", "rent_in", "purchased", "sold", "preparation", "mjp", "ktp", "construction", "dormant", "paid_cents")


def objectives(region: Region) -> NDArray[np.int64]:
    """Return int64[P, M]: the objective of every municipality in every population, regular and SIB together."""
    return region.estimates["objective_regular"] + region.estimates["sib"]


def bso_realised(realised: NDArray[Any], objective: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the BSO realised: of every municipality the realised dwellings, not below 0 and not above its objective, summed."""
    return np.minimum(np.maximum(realised, 0), objective).sum(axis=-1)


def digest(history: History) -> str:
    """Return the SHA-256 of a replication's rows: years, tests and companies, as they are stored."""
    total = hashlib.sha256(f"{history.replication}/{history.population}".encode())
    for rows in (history.years, history.tests, history.companies):
        total.update(np.ascontiguousarray(rows).view(np.uint8).data)
    return total.hexdigest()


def year_totals(history: History, objective: NDArray[np.int64], first_year: int) -> pd.DataFrame:
    """Return a row per year: the BSO realised, all net dwellings, and the sums over municipalities."""
    rows = history.years
    own = objective[history.population]
    columns = {
        "replication": np.full(len(rows), history.replication),
        "year": np.arange(first_year, first_year + len(rows)),
        "objective": np.full(len(rows), own.sum()),
        "bso": bso_realised(rows["realised"], own),
        "net": rows["realised"].sum(axis=1, dtype=np.int64),
        **{name: rows[name].sum(axis=1, dtype=np.int64) for name in SUMMED},
    }
    return pd.DataFrame(columns)


def test_totals(history: History, test_years: Sequence[int]) -> pd.DataFrame:
    """Return a row per test: municipalities per category, dwellings lacking, contributions charged on it over its years."""
    rows = history.tests
    return pd.DataFrame(
        {
            "replication": np.full(len(rows), history.replication),
            "test": np.asarray(test_years, np.int64),
            **{
                f"category_{name}": (rows["category"] == code).sum(axis=1)
                for name, code in (("1", CATEGORY_1), ("2A", CATEGORY_2A), ("2B", CATEGORY_2B))
            },
            "shortfall": (rows["lacking_regular"] + rows["lacking_sib"]).sum(axis=1, dtype=np.int64),
            "contribution_cents": rows["contribution_cents"].sum(axis=1),
        }
    )


def world_row(history: History) -> pd.DataFrame:
    """Return one row: the population and what the replication drew once for all."""
    managers, first, later, response = (int(x) for x in history.world)
    return pd.DataFrame(
        {
            "replication": [history.replication],
            "population": [history.population],
            "managers": [managers / 65536],
            "finance_2026": [first],
            "finance_2034": [later],
            "response": [response / 65536],
        }
    )


def tidy(history: History, region: Region, first_year: int, test_years: Sequence[int]) -> dict[str, pd.DataFrame]:
    """Return the replication's rows as tidy tables: municipalities (by year), tests (by municipality), companies (by year)."""
    years = np.arange(first_year, first_year + len(history.years))

    def frame(rows: NDArray[Any], when: dict[str, Any], who: dict[str, Any]) -> pd.DataFrame:
        periods, members = rows.shape
        columns: dict[str, Any] = {"replication": np.full(rows.size, history.replication, np.int32)}
        columns |= {name: np.repeat(np.asarray(values, np.int32), members) for name, values in when.items()}
        columns |= {name: np.tile(values, periods) for name, values in who.items()}
        columns |= {name: rows[name].ravel() for name in rows.dtype.names or ()}
        return pd.DataFrame(columns)

    nis = {"nis": region.nis.astype(np.int32)}
    return {
        "municipalities": frame(history.years, {"year": years}, nis),
        "tests": frame(history.tests, {"test": test_years}, nis),
        "companies": frame(history.companies, {"year": years}, {"company": np.arange(len(region.company_names), dtype=np.int32)}),
    }


def project_rows(history: History, region: Region) -> pd.DataFrame:
    """Return every project of a replication with its history; those still under way at the end are censored, and kept."""
    frame = pd.DataFrame({name: history.projects[name] for name in history.projects.dtype.names or ()})
    frame.insert(0, "replication", history.replication)
    frame["municipality"] = region.nis[history.projects["municipality"]]
    return frame.rename(columns={"municipality": "nis"})
