"""Replications turned into the rows that are stored: one tidy table of a chunk for each thing that is kept, and a digest of each replication."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine import History
from sim.inputs.region.model import Region

FIXED_POINT = 65536
Columns = dict[str, NDArray[Any]]


def digest(history: History) -> str:
    """Return the SHA-256 of a replication's rows: years, tests and companies, as the engine keeps them."""
    total = hashlib.sha256(f"{history.replication}/{history.population}".encode())
    for rows in (history.years, history.tests, history.companies):
        total.update(np.ascontiguousarray(rows).view(np.uint8).data)
    return total.hexdigest()


def tables(histories: Sequence[History], region: Region, first_year: int, tests: Sequence[int], keep: int) -> dict[str, Columns]:
    """Return the tables of a chunk by name, as columns; they are described in `results/README.md`.

    `first_year`: calendar year of the first row. `tests`: calendar years of the tests. `keep`: projects are kept of the replications below it.
    """
    year = "year", range(first_year, first_year + len(histories[0].years))
    test, municipality, company = ("test", tests), ("nis", region.nis), ("company", range(len(region.company_names)))
    drawn = [world(history) for history in histories]
    found: dict[str, Columns] = {
        "replications": {name: np.array([row[name] for row in drawn]) for name in drawn[0]},
        "totals": rows_of(histories, "totals", year),
        "test_totals": rows_of(histories, "test_totals", test),
        "municipalities": rows_of(histories, "years", year, municipality),
        "tests": rows_of(histories, "tests", test, municipality),
        "flanders": rows_of(histories, "flanders", year),
        "companies": rows_of(histories, "companies", year, company),
    }
    paths = np.stack([h.paths for h in histories])
    for legislature in range(paths.shape[-1]):
        found["tests"][f"g{legislature + 1}"] = paths[..., legislature].ravel()
    kept = [projects(h, region) for h in histories if h.replication < keep]
    if kept:
        found["projects"] = {name: np.concatenate([rows[name] for rows in kept]) for name in kept[0]}
    return found


def world(history: History) -> dict[str, float]:
    """Return what a replication drew once for all."""
    managers, first, later, response = (int(x) for x in history.world)
    return {
        "replication": history.replication,
        "population": history.population,
        "managers": managers / FIXED_POINT,
        "finance_2026": first,
        "finance_2034": later,
        "response": response / FIXED_POINT,
    }


def rows_of(histories: Sequence[History], field: str, *keys: tuple[str, Sequence[int] | NDArray[Any]]) -> Columns:
    """Return a structured array of histories (an axis per key) as one tidy table with a column per key and per field of its rows."""
    arrays: list[NDArray[Any]] = [getattr(history, field) for history in histories]
    columns: Columns = {}
    axes = [("replication", [h.replication for h in histories]), *keys]
    size = (len(arrays), *arrays[0].shape)
    for axis, (name, values) in enumerate(axes):
        shape = [1] * len(axes)
        shape[axis] = -1
        columns[name] = np.broadcast_to(np.asarray(values, np.int32).reshape(shape), size).ravel()
    for name in arrays[0].dtype.names or ():
        columns[name] = np.stack([rows[name] for rows in arrays]).ravel()  # a column at a time: whole rows are copied slowly
    return columns


def projects(history: History, region: Region) -> Columns:
    """Return every project of a replication with its history; those still under way at the end are censored, and kept."""
    rows = history.projects
    columns: Columns = {"replication": np.full(len(rows), history.replication, np.int32)}
    columns["nis"] = region.nis[rows["municipality"]].astype(np.int32)
    return columns | {name: np.ascontiguousarray(rows[name]) for name in (rows.dtype.names or ())[1:]}
