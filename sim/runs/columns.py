"""The columns of the tables of results: what each is, in which unit. Every file says so of itself in its metadata, under `columns`."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from sim.inputs.errors import InputError
from sim.inputs.scenario.ranges import uncertain_parameters
from sim.inputs.scenario.sets import of_then
from sim.inputs.scenario.toml import read_toml


class Described(NamedTuple):
    """A table: what a row is of; and of each column its unit and what it is, by name."""

    rows: str
    columns: Mapping[str, tuple[str, str]]


@cache
def described() -> Mapping[str, Described]:
    """Return every table by name."""
    tables = {}
    for name, table in read_toml(Path(__file__).with_suffix(".toml")).items():
        rows = table.pop("rows")
        tables[name] = Described(rows, {column: (unit, words) for column, (unit, words) in table.items()})
    return tables


def of_column(table: str, column: str) -> tuple[str, str]:
    """Return unit and words of a column: also of a parameter that was drawn. Raises InputError for one that this program does not write."""
    known = described()[table].columns.get(column)
    if known is None:
        uncertain = {**uncertain_parameters(), **of_then()}.get(column)
        if uncertain is None:
            raise InputError(f"{table}.parquet", column, "no such column: made by another version, or changed")
        known = uncertain.unit, uncertain.title
    return known


def as_metadata(table: str, columns: Mapping[str, object]) -> str:
    """Return what the columns of a table are, as JSON, for the metadata of its file."""
    return json.dumps({column: dict(zip(("unit", "is"), of_column(table, column), strict=True)) for column in columns})


def in_markdown() -> str:
    """Return the tables and their columns as a page has them."""
    lines = ["| table | a row per | columns |", "|---|---|---|"]
    for name, table in described().items():
        columns = "; ".join(
            f"`{column}`: {words} ({unit})" for column, (unit, words) in table.columns.items() if column != "replication"
        )
        lines.append(f"| `{name}` | {table.rows} | {columns} |")
    return "\n".join(lines)
