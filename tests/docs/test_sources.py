"""Two steps from a number to its document: every source uses the words of a row of sources.csv, and every row is used."""

import re
import tomllib
from collections import Counter

import pandas as pd
import pytest

from sim.cli import explain
from sim.inputs.law.model import LAWS
from sim.inputs.region.load import DATA
from sim.inputs.scenario.toml import read_extended
from tests.support.project import ROOT

TABLES = ("outcomes", "regional_facts", "anchors", "company_anchors")
SOURCED = {"found", "derived", "draft"}  # of a parameter or a value of the law; what is assumed or a reading needs no document
KINDS = {
    *("law draft", "official paper", "position paper", "parliamentary answer", "annual report"),
    *("statistics", "study", "web page", "press", "own derivation", "own assumption"),
}
NAMELESS = re.compile(r"seed 0\d\d|\b(model|design|rules) page\b|source document")
ROWS = pd.read_csv(DATA / "sources.csv")
KEYS = [key for cell in ROWS["key"] for key in explain.keys(cell)]
TEXTS = [
    path
    for folder in ("sim", "scenarios", "docs")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in {".toml", ".csv", ".py", ".md"} and path.name not in {"sources.csv", "sources.md"}
]


def said_of(content: object, name: str = "") -> dict[str, str]:
    """Return the sources of what is found, derived or in the draft in a nested table, by place."""
    if isinstance(content, list):
        content = {str(number): part for number, part in enumerate(content)}
    if not isinstance(content, dict):
        return {}
    source, status = content.get("source"), content.get("status")  # in columns.toml "source" is the row's own
    own = {name: source} if isinstance(source, str) and source != "source" and str(status) in SOURCED else {}
    return own | {place: source for key, part in content.items() for place, source in said_of(part, f"{name}.{key}").items()}


def all_sources() -> dict[str, str]:
    """Return every source that has to name a document, by where it stands."""
    found: dict[str, str] = {}
    for table in TABLES:
        rows = pd.read_csv(DATA / f"{table}.csv")
        found |= {f"{table}.csv {number}": str(source) for number, source in enumerate(rows["source"], 2)}
    found |= {f"columns{place}": source for place, source in said_of(explain.columns()).items()}
    found |= {f"baseline{place}": source for place, source in said_of(explain.baseline()).items()}
    for path in sorted(LAWS.glob("*.toml")):
        found |= {f"{path.stem}{place}": source for place, source in said_of(read_extended(path)).items()}
    return found


def unnamed(sources: dict[str, str]) -> list[str]:
    """Return where sources stand that name no document of sources.csv, or name one by a number or page nobody has."""
    return [place for place, source in sources.items() if NAMELESS.search(source) or not any(key in source for key in KEYS)]


def test_every_source_names_a_document() -> None:
    """Of outcomes, regional facts, anchors, columns, the baseline's parameters and the law, where they are found, derived or in the draft."""
    sources = all_sources()
    assert len(sources) > 200
    assert unnamed(sources) == []


@pytest.mark.parametrize(
    "source",
    ["VVSG position, 2025 (seed 001)", "Flemish Parliament", "series (secondary)", "model page", "Statbel, design page", ""],
)
def test_a_source_that_names_none_is_found(source: str) -> None:
    """The check fails for words that no row has, and for a page that is not there beside a document that is."""
    assert unnamed({"here": source}) == ["here"]
    assert said_of({"a": [{"status": "found", "source": source}, {"status": "assumed", "source": ""}]}) == {".a.0": source}


def test_every_row_is_used_and_complete() -> None:
    """Each key stands somewhere in code, data or scenarios; none stands twice; no cell is empty."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in TEXTS if path.suffix != ".md")
    assert [key for key in [*KEYS, "a document that nobody names"] if key not in text] == ["a document that nobody names"]
    assert [key for key, times in Counter(KEYS).items() if times > 1] == []
    assert not ROWS.isna().to_numpy().any()
    assert set(ROWS["kind"]) == KINDS


def test_no_page_is_named_that_is_not_in_the_repository() -> None:
    """No source, comment or page leans on a numbered document or on a page outside of it."""
    assert [path.name for path in TEXTS if NAMELESS.search(path.read_text(encoding="utf-8"))] == []


def test_the_kinds_are_those_that_the_column_lists() -> None:
    """columns.toml says them."""
    listed = tomllib.loads((DATA / "columns.toml").read_text(encoding="utf-8"))["sources"]["columns"]["kind"]["description"]
    assert set(re.split(r", | or ", listed)) == KINDS
