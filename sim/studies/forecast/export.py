"""Results for other tools: every table with names beside codes, as CSV or in one file of DuckDB, and what each column is."""

import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pandas as pd

from sim.inputs.errors import InputError, refuse_unknown
from sim.report.outside import cells
from sim.runs.columns import described, of_column
from sim.runs.disk.folders import own, write
from sim.runs.job import region_of, scenario_of
from sim.runs.results import Results
from sim.runs.standing import in_a_line

CSV, DUCK = FORMS = ("csv", "duckdb")
DUCKDB = "results.duckdb"
Parts = Iterator[pd.DataFrame]


def exported(results: str | Path, to: str = CSV, out: str | Path | None = None) -> Path:
    """Write the tables of results and return the folder; beside them `columns` (what each is, its unit), `places` (municipalities and their
    companies) and `about` (what the numbers are to be taken for, and how to get them again).

    Raises InputError for a form that there is not, for results that are damaged, and for a folder that holds anything else.
    """
    refuse_unknown(to, FORMS, "--to", "", "form")
    held = Results(results)
    folder = Path(out) if out is not None else held.folder / "export"
    writer = _csv if to == CSV else _duckdb
    places = _places(held)
    tables: dict[str, Callable[[], Parts]] = {name: partial(_named, held, name, places) for name in _tables(held)}
    tables |= {
        name: partial(iter, [table]) for name, table in {"places": places, "columns": _columns(held), "about": _about(held)}.items()
    }
    with own(folder, "export"):
        writer(folder, tables)
    return folder


def _tables(held: Results) -> list[str]:
    """Return the names of the tables that these results have."""
    return [name for name in described() if next(held.parts(name), None) is not None]


def _places(held: Results) -> pd.DataFrame:
    """Return every municipality with its name and company: those of the results' own scenario."""
    made = held.manifest["experiment"]
    region = region_of(scenario_of(made["scenario"], held.folder), made["data"], held.folder)
    companies = [region.company_names[c] for c in region.company]
    return pd.DataFrame({"nis": region.nis, "municipality": region.names, "company": companies})


def _columns(held: Results) -> pd.DataFrame:
    """Return every column of the tables with its unit and what it is."""
    rows = [
        (table, column, *of_column(table, str(column))) for table in _tables(held) for column in next(held.parts(table)).columns
    ]
    return pd.DataFrame(rows, columns=["table", "column", "unit", "is"])


def _about(held: Results) -> pd.DataFrame:
    """Return in one row what the numbers are, and how to get them again."""
    said = {name: held.manifest[name] for name in ("scenario", "seed", "replications", "sampling", "digest", "version", "command")}
    return pd.DataFrame([{"standing": in_a_line(held.manifest["standing"]), **said}])


def _named(held: Results, name: str, places: pd.DataFrame) -> Parts:
    """Yield a table part by part, with names beside the codes of municipalities and companies."""
    names = held.manifest["companies"]
    for part in held.parts(name):
        if "nis" in part:
            part = part.merge(places, on="nis", how="left", validate="many_to_one", sort=False)
        elif "company" in part:
            part = part.assign(name=[names[c] for c in part["company"]])
        yield part


def _csv(folder: Path, tables: dict[str, Callable[[], Parts]]) -> None:
    for name, parts in tables.items():
        texts = [cells(part).to_csv(index=False, header=not number, lineterminator="\n") for number, part in enumerate(parts())]
        write(folder / f"{name}.csv", "".join(texts).encode())


def _duckdb(folder: Path, tables: dict[str, Callable[[], Parts]]) -> None:
    try:
        import duckdb
    except ImportError:
        raise InputError("--to", "duckdb", "the package duckdb is not installed (pip install duckdb); csv is allowed") from None
    with tempfile.TemporaryDirectory(prefix="bso-sim-") as temporary:
        file = Path(temporary) / DUCKDB
        with duckdb.connect(str(file)) as base:
            for name, parts in tables.items():
                for number, part in enumerate(parts()):
                    base.register("part", part)
                    base.execute(f'CREATE TABLE "{name}" AS FROM part' if not number else f'INSERT INTO "{name}" FROM part')
        write(folder / DUCKDB, file.read_bytes())
