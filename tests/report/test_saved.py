"""What a reader saves of a page: what is shown, as a spreadsheet in the reader's country opens it, and never a formula."""

import io
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup
from openpyxl import load_workbook

from sim.report.cells import HtmlLanguage, Sheet
from sim.report.language import Language
from sim.report.outside import FORMULA
from sim.report.saved import Saved, as_csv, as_workbook, file_name, of_frame, shown
from sim.report.snippets import two
from tests.support.reports import LANGS, number_of, read_csv, read_workbook

NUMBERS = st.floats(-1e9, 1e9).map(lambda x: round(x, 3))
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)


@settings(max_examples=40)
@given(
    st.lists(st.tuples(TEXTS, NUMBERS, NUMBERS, NUMBERS), min_size=1, max_size=5),
    st.sampled_from(("nl", "en")),
    st.sampled_from([1, 0.1, 0.01]),
)
def test_numbers_are_read_as_they_were_written(rows: list[tuple[str, float, float, float]], lang: str, step: float) -> None:
    """A number with its band below it becomes three columns of the same numbers, to the digit, whatever the text beside them."""
    language = HtmlLanguage(lang)
    sheet = Sheet("x", pd.DataFrame([row[1:] for row in rows], columns=["mean", "low", "high"]), language)
    cells = [[sheet.cell(n, name, step) for name in ("mean", "low", "high")] for n in range(len(rows))]
    table = [[row[0], two(mean, f"{low} tot {high}")] for row, (mean, low, high) in zip(rows, cells, strict=True)]
    heads, found = shown([("naam", False, ()), ("aantal", True, ())], table, language)
    assert len(heads) == 4
    read = read_csv(as_csv(Saved("Tabel 1", "t", heads, found), language), lang)
    assert len(read) == len(rows) + 1
    for line, row in zip(read[1:], rows, strict=True):
        numbers = [number_of(cell, lang) for cell in line[1:]]
        assert numbers == [pytest.approx(round(x / step) * step, abs=1e-6) for x in row[1:]]


@pytest.mark.parametrize("lang", LANGS)
def test_a_spreadsheet_takes_nothing_for_a_formula(lang: str) -> None:
    """Texts that begin as one have an apostrophe in a CSV; in a workbook they are texts."""
    language = Language(lang)
    bad = ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", "a;=b", "Gent"]
    saved = Saved("Tabel 1", "=titel", ["=hoofd", "n"], [[text, 1.5] for text in bad])
    content = as_csv(saved, language)
    assert content.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in content
    for line in read_csv(content, lang):
        for cell in line:
            assert not FORMULA.match(cell), cell
    sheets = read_workbook(as_workbook([saved], ("=over",), language))
    assert [row[0] for row in sheets["Tabel 1"]] == ["=hoofd", *bad]
    assert as_workbook([saved], ("=over",), language) == as_workbook([saved], ("=over",), language)


def test_thousands_are_parted_but_not_in_years_or_codes() -> None:
    """In a workbook, by the format of the cell: the number stays a number."""
    heads, rows = ["jaar", "NIS-code", "woningen", "aandeel"], [[2026, 11001, 45000, 0.5], [2027, 11002, 120, 1200.5]]
    book = load_workbook(io.BytesIO(as_workbook([Saved("Tabel 1", "t", heads, rows)], ("over",), Language("nl"))))
    sheet = book["Tabel 1"]
    assert [cell.number_format for cell in sheet[2]] == ["General", "General", "#,##0", "General"]
    assert [cell.value for cell in sheet[2]] == rows[0]


def test_a_belgian_spreadsheet_reads_it() -> None:
    """Semicolons, decimal commas, no points of thousands, a percentage as a number, a month as a day, heads that differ."""
    language = HtmlLanguage("nl")
    month = Markup('<data value="2031.25" data-source="x.csv" data-row="0" data-column="c" data-sign="month">maart 2031</data>')
    heads = [("Jaar", False, ()), ("Woningen", True, ()), ("Kans", True, ()), ("Wanneer", True, ()), ("Kans", True, ("zeker",))]
    found = shown(heads, [["2028", "12.345", "41%", month, "1,5 (2,5)"], ["2031", "–", "7%", "–", "3,0"]], language)
    text = as_csv(Saved("Tabel 1", "t", *found), language).decode("utf-8-sig")
    assert text.splitlines() == [
        "Jaar;Woningen;Kans (%);Wanneer;Kans;Kans: zeker",
        "2028;12345;41;2031-03-31;1,5;2,5",
        "2031;;7;;3;",
    ]


def test_a_head_says_of_no_other_number_that_it_is_a_percentage() -> None:
    """A column holds numbers of one kind: a percentage among others, or some of so many with a band in percentages, stays a text."""
    heads = [("", False, ()), ("Plan", True, ()), ("Kans", True, ()), ("Alleen", True, ())]
    band = two("3 op 20", "5% tot 36%")
    table = [["leiders", two("8", "6 tot 10"), "14%", band], ["kans", two("14%", "8% tot 20%"), band, "4 op 20"]]
    names, rows = shown(heads, table, HtmlLanguage("nl"))
    assert names == ["", "Plan", "Plan: van", "Plan: tot", "Kans (%)", "Alleen", "Alleen: op"]
    assert rows[0] == ["leiders", 8, 6, 10, 14, "3 op 20 (5% tot 36%)", None]
    assert rows[1] == ["kans", "14% (8% tot 20%)", None, None, "3 op 20 (5% tot 36%)", 4, 20]


def test_results_are_saved_in_words_for_people() -> None:
    """Columns without a name for people stay with the results; codes are called as they are known."""
    frame = pd.DataFrame(
        {"option": ["a"], "outcome": ["realised_at_end"], "value": [0.123456789], "difference": [float("nan")], "inner": [1]}
    )
    heads, rows = of_frame(frame, Language("nl"), {"a": "A. Het ontwerp"})
    assert heads == ["optie", "uitkomst", "waarde", "verschil met de eerste optie"]
    expected: list[Any] = ["A. Het ontwerp", "woningen die meetellen, aan het einde", 0.123457, None]
    assert rows == [expected]


def test_names_of_files_are_plain() -> None:
    """Letters without accents, no longer than a file system and an eye take."""
    assert file_name("Tabel 3: Één keer / in 2B?") == "tabel-3-een-keer-in-2b"
    assert len(file_name("woord " * 50)) <= 60
