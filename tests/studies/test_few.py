"""Nothing is printed finer than it is known: of few simulations a share is how many of them, and no band rests on fewer than ten."""

import io
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.report.cells import Sheet
from sim.report.estimates import BANDED, FEW, share_of
from sim.report.language import Language
from sim.report.saved import shown
from sim.report.screen import Terminal
from sim.studies.forecast.study import Forecast
from sim.studies.municipality.screen import show as show_municipality
from sim.studies.records.record import read_record
from sim.studies.records.screen import show as show_score
from sim.studies.records.study import register, score
from sim.studies.why.screen import show as show_why
from sim.studies.why.study import why
from tests.support.project import FORECAST
from tests.support.reports import Page, check_numbers, check_text

PLACE, TEST = "Aalst", 2034
PERCENT = re.compile(r"(\d+)\s?%")
# What a test asks; the share of an objective, a mean.
OF_THE_LAW = re.compile(r"\d+% (?:of|van) (?:SIB|G\d)|G\d \+ \d+%|\(\d+%\)\.")


@pytest.fixture(scope="module", params=[1, 8, *(pytest.param(count, marks=pytest.mark.full) for count in (2, 20))])
def few(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Forecast:
    """A forecast of few simulations."""
    return sim.run(FORECAST, replications=request.param, workers=1, out=tmp_path_factory.mktemp("few") / "run")


@given(st.integers(1, 400), st.data())
def test_a_share_is_told_as_it_is_known(count: int, data: st.DataObject) -> None:
    """Of few it is the very count, which a spreadsheet gets too; of more a whole percentage."""
    some, language = data.draw(st.integers(0, count)), Language(data.draw(st.sampled_from(["nl", "en"])))
    text = share_of(some / count, count, language)
    assert ("%" in text) == (count >= FEW)
    cell = Sheet("a", pd.DataFrame({"share": [some / count]}), language).share_of(0, "share", count)
    assert str(cell) == text
    check_text(text, cell.value, cell.scale, cell.step, cell.sign, language.code)
    heads, rows = shown([("2B", True, ())], [[text]], language)
    if count < FEW:
        assert (heads, rows) == (["2B", f"2B: {language.name('page', 'of')}"], [[some, count]])


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_no_chance_of_few_simulations_is_a_percentage(few: Forecast, lang: str) -> None:
    """Of a municipality, of a verdict, of all municipalities in a report: on the screen and on the page."""
    said = io.StringIO()
    terminal: Any = Terminal(file=said, width=200)
    found = sim.municipality(PLACE, few.folder)
    show_municipality(found, [], lang, terminal)
    show_why(why(few.folder, PLACE, TEST), (), lang, terminal)
    assert PERCENT.findall(OF_THE_LAW.sub("", said.getvalue())) == [], said.getvalue()
    count = few.manifest["replications"]
    assert len(re.findall(rf"\d+ (?:of|op) {count}\b", said.getvalue())) > 10
    if count < BANDED:
        assert not re.search(r"In 8 (?:of 10|op 10)", said.getvalue())


def test_the_score_of_a_record_of_few_simulations_has_no_band(few: Forecast, tmp_path: Path) -> None:
    """And says of no fact that it lies outside one; of few municipalities the share that came true is how many of them."""
    record, verdicts = register(few.folder, 2028, tmp_path).record, tmp_path / "verdicts.csv"
    names = ("1", "2A", "2B")
    rows = [{"nis": nis, "category": names[n % 3]} for n, nis in enumerate(read_record(record).chances)]
    pd.DataFrame(rows).to_csv(verdicts, index=False)
    said = io.StringIO()
    terminal: Any = Terminal(file=said, width=120)
    scored = score(record, verdicts)
    show_score(scored, (), "en", terminal)
    lines = [line for line in said.getvalue().splitlines() if re.match(r" (?:1|2A|2B) +95 ", line)]
    assert len(lines) == 3
    banded = few.manifest["replications"] >= BANDED
    assert all(("too few replications" in line, bool(re.search(r"\d to \d", line))) == (not banded, banded) for line in lines)
    for row in scored.tables["reliability"].to_dict("records"):
        if row["municipalities"] < FEW:
            assert f"{row['happened'] * row['municipalities']:.0f} of {row['municipalities']}" in said.getvalue()


def test_the_reports_of_few_simulations_hold_their_numbers(few: Forecast) -> None:
    """A chance says of how many simulations it is, and every number is that of its CSV; no band where there are too few."""
    path: Path = few.report("nl")
    page = Page(path.read_text(encoding="utf-8"))
    check_numbers(few.folder, page, "nl")
    chances = [text for found, text in page.data if found["data-column"].startswith(("2B_", "ever_2B"))]
    assert len(chances) > 1_000
    assert all(re.fullmatch(r"\d+ op \d+", text) for text in chances)
    words = " ".join(page.words)
    assert ("in 8 van de 10 simulaties" in words) or few.manifest["replications"] < BANDED
    assert "simulaties te weinig simulaties" not in words
