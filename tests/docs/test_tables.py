"""Tables of the pages are what the code gives, and the words in them are complete."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from docs.tables import numbers, pages, trust
from docs.tables.__main__ import main
from sim import cli
from sim.cli import explain
from sim.engine import build_model, start
from sim.engine import state as engine
from sim.inputs.errors import InputError
from sim.inputs.region.load import DATA, load_region
from sim.inputs.scenario.model import Scenario
from sim.inputs.scenario.parameters import Costs, Levers, Uncertainties
from sim.runs.outcomes import OUTCOMES
from tests.support.pages import PAGES, named, rows
from tests.support.project import ROOT
from tests.support.walk import changed

OF_THE_PAST = ("verdict", "acceptance", "who", "backtest", "drivers", "doubts", "crosschecks")  # tables that rest on the backtest
LONG = ("numbers", "validation")  # pages that rest on the backtest and on runs of 500 replications: minutes
WITH_TABLES = [page for page in pages.PAGES if pages.OPENED in page.read_text(encoding="utf-8")]


# ---- the tables


@pytest.mark.parametrize(
    "page", [pytest.param(page, marks=pytest.mark.full if page.stem in LONG else ()) for page in WITH_TABLES], ids=named
)
def test_the_tables_of_the_pages_are_what_the_code_gives(page: Path) -> None:
    """`make docs` makes them anew."""
    assert pages.check(page), f"{page.name}: run make docs"


def test_the_numbers_of_the_baseline_that_rest_on_no_run_are_what_the_code_gives() -> None:
    """Those of docs/numbers.md that are read from law, parameters, estimates and kept studies. The others: in the test of that page."""
    page = (ROOT / "docs" / "numbers.md").read_text(encoding="utf-8")
    found = [(f"`{number.name}`", *number[1:]) for part in (numbers.known, trust.not_known) for number in part()]
    assert len(found) > 20
    listed = {tuple(cell.strip() for cell in row) for row in rows(page)}
    assert [number for number in found if number not in listed] == []


def test_every_subject_stands_once_in_the_pages_that_make_docs_writes() -> None:
    """No table is printed only, and `make docs` writes every page of docs/ and the README."""
    assert {*PAGES, ROOT / "README.md"} <= set(pages.PAGES)
    marks = [re.findall(r"<!-- generated: (\w+) -->", page.read_text(encoding="utf-8")) for page in WITH_TABLES]
    assert Counter(subject for found in marks for subject in found) == Counter(list(pages.SUBJECTS))
    assert re.search(r"^docs:.*\n.*python -m docs\.tables --write$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("subject", [pytest.param(s, marks=pytest.mark.full if s in OF_THE_PAST else ()) for s in explain.SUBJECTS])
def test_explain_prints_a_table_without_holes(subject: str) -> None:
    """The command prints what the pages hold; every row of a table has as many cells as its header."""
    result = CliRunner().invoke(cli.app, ["explain", subject])
    assert result.exit_code == 0
    assert result.output.strip() == explain.SUBJECTS[subject]().strip()
    for part in result.output.strip().split("\n\n"):
        if part.startswith("|"):
            assert len({len(re.findall(r"(?<!\\)\|", line)) for line in part.splitlines()}) == 1


def test_a_stale_page_is_found_and_made_anew(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--check refuses it and --write repairs it; a second time nothing is left to do. What stands around a table is kept."""
    page = tmp_path / "page.md"
    page.write_text("Before.\n<!-- generated: phases -->\nold\n<!-- end -->\nAfter.\n", encoding="utf-8")
    assert main(["--check", str(page)]) == 2
    assert str(page) in capsys.readouterr().err
    assert main(["--write", str(page)]) == 0
    assert "made anew" in capsys.readouterr().out
    assert main(["--check", str(page)]) == 0
    assert main(["--write", str(page)]) == 0
    assert "as it was" in capsys.readouterr().out
    text = page.read_text(encoding="utf-8")
    assert text.startswith("Before.\n")
    assert text.endswith("After.\n")
    assert explain.SUBJECTS["phases"]() in text


@pytest.mark.parametrize(
    "marks", ["<!-- generated: phase -->\n<!-- end -->", "<!-- generated: phases -->\n", "<!-- generated: -->"]
)
def test_a_wrong_mark_is_refused(tmp_path: Path, marks: str) -> None:
    """An unknown subject, a mark that is not closed, one without a subject; and a page that is not there."""
    (tmp_path / "page.md").write_text(marks, encoding="utf-8")
    for page in (tmp_path / "page.md", tmp_path / "none.md"):
        with pytest.raises(InputError):
            pages.filled(page)
        assert main(["--check", str(page)]) == 2


def test_an_unknown_subject_is_refused_with_the_nearest() -> None:
    """On standard error, with exit code 2 (the command's `main` turns the error into it)."""
    found = CliRunner().invoke(cli.app, ["explain", "phase"])
    assert isinstance(found.exception, InputError)
    assert "phases" in str(found.exception)


def test_the_help_names_every_subject() -> None:
    """What may be explained is said before it is asked."""
    said = CliRunner().invoke(cli.app, ["explain", "--help"], terminal_width=300).output
    assert [subject for subject in explain.SUBJECTS if not re.search(rf"\b{subject}\b", said)] == []


# ---- the words


def test_every_state_variable_has_a_meaning_and_a_unit() -> None:
    """All of the engine's rows and of what Flanders keeps, and no word too many."""
    words = explain.vocabulary()
    for entity, names in explain.fields().items():
        assert set(words[entity]) == set(names), entity
        assert all(len(about) == 2 and all(about) for about in words[entity].values()), entity
    assert len(explain.fields()["flanders"]) == len(engine.WORLD.names or ())


def test_the_streams_are_those_that_a_replication_draws(baseline: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every purpose that a replication asks draws of where a scenario does without nothing, and no other."""
    seen: set[str] = set()
    asked: Any = start
    table, shared = asked.table, asked.shared

    def noting(seed: int, replication: int, purpose: str, rows: int, columns: int) -> np.ndarray:
        seen.add(purpose)
        return table(seed, replication, purpose, rows, columns)

    def noting_shared(seed: int, replication: int, sizes: dict[str, int], *rest: int) -> dict[str, np.ndarray]:
        seen.update(sizes)
        return shared(seed, replication, sizes, *rest)

    monkeypatch.setattr(start, "table", noting)
    monkeypatch.setattr(start, "shared", noting_shared)
    scenario = changed(baseline, opportunities="limited", paper=0.5, demolition=500.0)
    start.new_state(build_model(scenario, load_region(scenario)), 1, 0, 2)
    assert set(explain.vocabulary()["streams"]) == seen


def test_the_draws_stand_in_the_order_of_the_engine() -> None:
    """Those of a project, of a search and of a demolition, each at its place, and none left out."""
    of = {"project": engine.Draw, "search": engine.SearchDraw, "demolition": engine.LossDraw}
    places = {name: {draw.name.lower(): draw.value for draw in draws} for name, draws in of.items()}
    assert {name: {word: n for n, word in enumerate(words)} for name, words in explain.vocabulary()["draws"].items()} == places


def test_outcomes_have_words() -> None:
    """Each of them, and no word too many."""
    assert set(explain.vocabulary()["outcomes"]) == set(OUTCOMES)


def test_the_tables_leave_nothing_out(baseline: Scenario) -> None:
    """Every parameter that a scenario knows, every value and reading of its law, every column; what is assumed in order."""
    listed = [row[1].strip(" `") for row in rows(explain.SUBJECTS["parameters"]())]
    assert sorted(listed) == sorted(name for group in (Levers, Uncertainties, Costs) for name in group.model_fields)
    assert all(cell.strip() for row in rows(explain.SUBJECTS["parameters"]()) for place, cell in enumerate(row) if place != 3)
    assert {row[0].strip(" `") for row in rows(explain.SUBJECTS["readings"]())} == set(type(baseline.law.readings).model_fields)
    assert set(type(baseline.law.values).model_fields) <= set(re.findall(r"^\| `(\w+)`", explain.law(), re.MULTILINE))
    assert len(rows(explain.SUBJECTS["data"]())) == sum(len(table["columns"]) for table in explain.columns().values())
    names = [row[0].strip(" `") for row in rows(explain.SUBJECTS["assumed"]())]
    everything = (parameter for _, _, _, parameter in explain.of_baseline())
    assert len([name for name in names if ":" not in name]) == sum(parameter["status"] == "assumed" for parameter in everything)
    assert names == sorted(names)
    assert (DATA / "columns.toml").exists()


@pytest.mark.parametrize(
    ("parameter", "words"),
    [
        ({"value": True}, "yes"),
        ({"value": 0.485981308}, "0.485981"),
        ({"value": 18793}, "18793"),
        ({"distribution": "norm", "parameters": {"loc": 0, "scale": 1.5}}, "norm(loc 0, scale 1.5)"),
        (
            {"distribution": "expon", "parameters": {"scale": 2}, "minimum": 1, "maximum": 9},
            "expon(scale 2), at least 1, at most 9",
        ),
        ({"distribution": "expon", "parameters": {"scale": 2}, "constant": 3}, "3"),
    ],
)
def test_a_value_is_written_as_it_counts(parameter: dict[str, object], words: str) -> None:
    """Numbers, switches, distributions with their cut-offs, and a constant in the place of one."""
    assert explain.written(parameter) == words
