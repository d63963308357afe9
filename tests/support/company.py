"""A company as tests know it, WM Dender-Zuid: its workbook, and means of its own in a scenario."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sim.inputs.scenario.model import Scenario, load_scenario
from sim.inputs.workbook.words import COLUMNS, FILES, TABLES, Lang, named
from tests.support.project import BASELINE

COMPANY = "WM Dender-Zuid"
START = date(2025, 12, 31)
MEMBERS = (41002, 41011, 41018, 41024, 41034, 41048, 41082, 42026)
HEADERS = {table: ";".join(named(COLUMNS[column], "nl") for column in columns) for table, columns in TABLES.items()}
OWNER = f"{COMPANY};projectleiders;;;;;"
PROJECT = "Perceelstraat;41002;Aalst;30;KTP;2024-03;2025-11;2026-09;2028-03"


def written(folder: Path, lang: Lang = "nl", **tables: str | Sequence[str]) -> Path:
    """Write tables to a folder: rows under the usual header, or whole texts; the company's name beside them."""
    folder.mkdir(exist_ok=True)
    for table, rows in ({"staff": [OWNER]} | tables).items():
        text = rows if isinstance(rows, str) else "\n".join([HEADERS[table], *rows])
        (folder / named(FILES[table], lang)).write_text(text, encoding="utf-8")
    return folder


def having(folder: Path, means: str, company: str = COMPANY, more: str = "") -> Scenario:
    """Return the baseline at its central values with means of its own for a company; nobody draws from the envelope, which all share."""
    said = ', unit = "x", status = "assumed", source = "mine" }'
    path = folder / "mine.toml"
    rows = "\n".join(f"{name} = {{ value = {value}{said}" for name, value in (pair.split("=") for pair in means.split()))
    text = f'extends = "{BASELINE.as_posix()}"\nuncertainties.envelope_wish.value = 0\n{more}\n[companies."{company}"]\n{rows}\n'
    path.write_text(text, encoding="utf-8")
    return load_scenario(path)
