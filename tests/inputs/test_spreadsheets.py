"""Spreadsheets that are damaged, too large, of another kind or half computed: what they hold is read, said or refused, never guessed."""

import io
import re
import tempfile
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.chart import BarChart

from sim.cli.tables import check_table
from sim.inputs.errors import InputError
from sim.inputs.region.official import read_official
from sim.inputs.sheets.cells import month, number
from sim.inputs.sheets.grid import grids
from sim.inputs.sheets.sheet import Mistakes
from sim.inputs.sheets.spreadsheet import MOST_BYTES, number_text, sheets_of
from sim.inputs.workbook.read import reading
from sim.studies.capacity.own_data import is_own_data
from tests.support.company import COMPANY, START
from tests.support.tables import figures, spreadsheet

HEAD = ["nis", "sib"]


def cells(path: Path) -> list[tuple[int, tuple[str, ...]]]:
    """Return the rows of a file that is one table."""
    (grid,) = grids(path, (path.parent / path.name.partition("#")[0]).read_bytes(), "en")
    return list(grid.rows)


def changed(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """Change one part of a spreadsheet."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    parts[part] = change(parts.get(part, b""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return path


def test_cells_are_read_as_they_are_meant(tmp_path: Path) -> None:
    """Numbers, dates and hours as one writes them; an error is no empty cell, nor is a formula that was never computed."""
    row = [2500, 6.5, 1.811, 0.125, date(2019, 1, 31), datetime(2019, 1, 31, 12, 30), time(8), True, " é ", "=1+1", "#N/A", "44021"]
    path = spreadsheet(tmp_path / "any.xlsx", {"Blad1": [[], row, []]})
    shown = (
        "2500",
        "6.5",
        "1.8110",
        "0.125",
        "2019-01-31",
        "2019-01-31 12:30:00",
        "08:00:00",
        "TRUE",
        "é",
        "=1+1",
        "#N/A",
        "44021",
    )
    assert cells(path) == [(2, shown)]
    part = "xl/worksheets/sheet1.xml"
    computed = changed(
        path, part, lambda xml: xml.replace(b"<v></v>", b"<v>2</v>").replace(b"<v />", b"<v>2</v>").replace(b"<v/>", b"<v>2</v>")
    )
    assert cells(computed)[0][1][9] == "2"


@pytest.mark.parametrize("value", ["=SUM(B3:B9)", "#N/A", "#REF!", "#DIV/0!", "=[1]Blad1!A1"])
def test_what_a_spreadsheet_could_not_compute_is_refused(value: str, tmp_path: Path) -> None:
    """By line and column, as anything else that is no number."""
    path = spreadsheet(tmp_path / "any.xlsx", {"Blad1": [HEAD, [44021, value]]})
    with pytest.raises(InputError) as error:
        figures(path)
    assert (error.value.place, error.value.problem.split(";")[0]) == ("line 2, sib", f"found {value!r}")


def test_an_empty_answer_of_a_formula_is_an_empty_cell(tmp_path: Path) -> None:
    """As of =IF(A1="";"";A1): the estimate stays."""
    path = spreadsheet(tmp_path / "any.xlsx", {"Blad1": [[*HEAD, "stock"], [44021, 3, '=""']]})
    changed(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b'<c r="C2">', b'<c r="C2" t="str">'))
    assert figures(path) == {44021: {"sib": 3}}


def test_a_sheet_is_chosen(tmp_path: Path) -> None:
    """The first visible one that holds anything, which is said where there are more; or the one behind a '#', hidden or not."""
    path = spreadsheet(tmp_path / "any.xlsx", {"leeg": [], "Een": [HEAD, [44021, 1]], "Twee blad": [HEAD, [44021, 2]]})
    assert figures(path) == {44021: {"sib": 1}}
    grid, _ = grids(path, path.read_bytes(), "en")
    assert grid.remarks == (
        "the sheet 'Een' is read, others ('Twee blad') are not; 'any.xlsx#Twee blad' in the place of the file's name reads another",
    )
    assert figures(tmp_path / "any.xlsx#twee blad") == {44021: {"sib": 2}}
    with pytest.raises(InputError, match=r"any\.xlsx: no sheet 'Twee bla'; did you mean 'Twee blad'"):
        figures(tmp_path / "any.xlsx#Twee bla")
    with pytest.raises(InputError, match="empty; a header is needed"):
        figures(tmp_path / "any.xlsx#leeg")
    hidden = changed(path, "xl/workbook.xml", lambda xml: re.sub(rb'(name="Een".*?state=")visible', rb"\1hidden", xml))
    assert figures(hidden) == {44021: {"sib": 2}}
    assert figures(tmp_path / "any.xlsx#een") == {44021: {"sib": 1}}


def test_the_first_sheet_with_the_heads_is_read(tmp_path: Path) -> None:
    """A title page, notes or a chart before it are passed over, which is said; where none has them, the others are named."""
    notes, data = [["Lees mij"], ["versie", 3]], [HEAD, [44021, 2]]
    path = spreadsheet(tmp_path / "any.xlsx", {"Uitleg": notes, "Cijfers": data, "Later": [HEAD, [44021, 9]]})
    assert figures(path) == {44021: {"sib": 2}}
    mistakes = Mistakes(path, "en")
    assert "the sheet 'Cijfers' is read, others ('Uitleg', 'Later') are not" in read_official(path, ["sib"], mistakes).remarks[0]
    swaps = [["van", "naar", "woningen"], ["Aalst", 41048, 3]]
    for sheets, kind in (
        ({"Cijfers": data, "Ruil": swaps}, "table of official"),
        ({"Ruil": swaps, "Cijfers": data}, "table of 1 swaps"),
    ):
        assert check_table(spreadsheet(tmp_path / "any.xlsx", {"Uitleg": notes, **sheets}), False)[0].startswith(f"valid {kind}")
    path = spreadsheet(tmp_path / "any.xlsx", {"Uitleg": notes, "Nota": notes})
    with pytest.raises(InputError, match="no column 'nis / municipality'") as error:
        figures(path)
    assert "'any.xlsx#Nota' in the place of the file's name reads another" in str(error.value)


def test_a_sheet_of_a_chart_is_none(tmp_path: Path) -> None:
    """Wherever it stands, with a drawing or without."""
    book = Workbook()
    book.worksheets[0].title = "Cijfers"
    for row in ([*HEAD], [44021, 2]):
        book.worksheets[0].append(row)
    book.create_chartsheet("Leeg", 0)
    book.create_chartsheet("Grafiek", 1).add_chart(BarChart())
    path = tmp_path / "any.xlsx"
    book.save(path)
    assert figures(path) == figures(tmp_path / "any.xlsx#cijfers") == {44021: {"sib": 2}}
    with zipfile.ZipFile(path) as parts:
        kept = {name: parts.read(name) for name in parts.namelist() if not name.startswith("xl/chartsheets/_rels/")}
    with zipfile.ZipFile(path, "w") as parts:
        for name, content in kept.items():
            parts.writestr(name, content)
    assert figures(path) == {44021: {"sib": 2}}
    assert sheets_of(path, "en") == ["Cijfers"]


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 300), st.sampled_from(["0%", "0.00%", '0.0" "%', "[Red]0%;0"]))
def test_a_percentage_is_no_count(value: int, form: str) -> None:
    """Of a cell that a spreadsheet shows as 200%, whose value is 2; a sign that is only written behind it says nothing."""
    book = Workbook()
    for row in ([*HEAD], [44021, value / 100]):
        book.worksheets[0].append(row)
    cell = book.worksheets[0]["B2"]
    cell.number_format = form
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any.xlsx"
        book.save(path)
        with pytest.raises(InputError, match=f"line 2, sib: found '{value}%'; a whole number"):
            figures(path)
        cell.value, cell.number_format = value, '0"%"'
        book.save(path)
        assert figures(path) == {44021: {"sib": value}}


@given(st.integers(1990, 2100), st.integers(1, 999), st.booleans())
def test_a_number_is_no_month(year: int, part: int, first: bool) -> None:
    """But a whole year may be one: 2027.1 may have been typed as 2027.10 or be a part of a year, and is refused as a month in a CSV too."""
    value = float(f"{year}.{part}") if first else float(f"{part % 100}.{year}")
    assert month(number_text(value)) is None
    assert number(number_text(value)) == value
    assert month(f"{year}.{part % 9 + 1}") is None
    whole = month(number_text(float(year)))
    assert whole is not None
    assert whole.alone


def zipped(**parts: bytes) -> bytes:
    """Return a zip of parts."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name.replace("__", "/"), content)
    return raw.getvalue()


OTHERS: dict[str, tuple[bytes, str]] = {
    "before 2007, or with a password": (b"\xd0\xcf\x11\xe0" + bytes(600), "a spreadsheet of before 2007, or with a password"),
    "cut off": (b"PK\x03\x04" + bytes(30), "not a text file; save it as CSV"),
    "OpenDocument": (
        zipped(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"),
        "found a file of kind .ods; save it as .xlsx or CSV",
    ),
    "a text": (zipped(word__document=b""), "found a file of kind zip"),
    "no workbook": (zipped(**{"[Content_Types].xml": b"<Types/>"}), "not a spreadsheet that can be read ("),
    "a bomb": (
        zipped(**{"[Content_Types].xml": b"<Types/>", "xl__worksheets__sheet1.xml": bytes(MOST_BYTES)}),
        "a spreadsheet that unpacks to",
    ),
    "entities": (
        zipped(
            **{"[Content_Types].xml": b"<Types/>", "xl__workbook.xml": b'<!DOCTYPE x [<!ENTITY a "aaaa">]><workbook>&a;</workbook>'}
        ),
        "not a spreadsheet that can be read (ValueError: a part with a document type)",
    ),
    "many parts": (zipped(**{"[Content_Types].xml": b"", **{f"part{i}": b"" for i in range(2001)}}), "in 2002 parts; at most"),
}


@pytest.mark.parametrize("kind", OTHERS)
def test_another_kind_of_file_is_refused(kind: str, tmp_path: Path) -> None:
    """In one line that says what to do."""
    raw, problem = OTHERS[kind]
    path = tmp_path / "any.xlsx"
    path.write_bytes(raw)
    with pytest.raises(InputError) as error:
        figures(path)
    assert problem in str(error.value)
    assert "\n" not in str(error.value)


def test_a_sheet_of_a_few_bytes_that_is_as_large_as_can_be_is_refused(tmp_path: Path) -> None:
    """Two cells at its corners, or rows of which each has a cell in the last column: neither memory nor minutes are taken."""
    far = b'<sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    rows = b"".join(b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (i, i) for i in range(1, 400))
    parts = [b""]
    for sheet in (far.replace(b"XFD1048576", b"B1048576"), far, b"<sheetData>%s</sheetData>" % rows):
        path = spreadsheet(tmp_path / "any.xlsx", {"Blad1": [HEAD]})
        parts[0] = sheet + b"</worksheet>"
        changed(path, "xl/worksheets/sheet1.xml", lambda xml: xml[: xml.index(b"<sheetData")] + parts[0])
        with pytest.raises(InputError, match="more than 2000000 cells"):
            figures(path)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 4500), st.binary(min_size=1, max_size=40))
def test_a_damaged_spreadsheet_is_refused_or_read(tmp_path_factory, at: int, bytes_: bytes) -> None:  # type: ignore[no-untyped-def]
    """Whatever was overwritten in it: no traceback, and no figure but its own."""
    path = spreadsheet(tmp_path_factory.mktemp("any") / "any.xlsx", {"Blad1": [HEAD, [44021, 7]]})
    raw = bytearray(path.read_bytes())
    raw[at : at + len(bytes_)] = bytes_
    path.write_bytes(raw)
    try:
        found: object = figures(path)
    except InputError as error:
        found = error.file
    assert found in ({44021: {"sib": 7}}, str(path))


def test_own_data_may_be_spreadsheets(tmp_path: Path) -> None:
    """A file for each table, or one of a sheet for each; what a program keeps beside an open file is none; one table twice is refused."""
    staff = [["woonmaatschappij", "cijfer", "eigen_waarde"], [COMPANY, "projectleiders", 6.125]]
    projects = [
        ["project", "gemeente", "woningen", "fase", "op_mjp", "grond"],
        ["A", "Aalst", 9, "MJP", date(2024, 3, 15), "ander"],
    ]
    folder = tmp_path / "own"
    folder.mkdir()
    for name, rows in (("personeel", staff), ("projecten", projects), ("~$projecten", projects)):
        spreadsheet(folder / f"{name}.xlsx", {"Blad1": rows})
    book = spreadsheet(tmp_path / "own.xlsx", {"Personeel": staff, "projecten": projects, "Uitleg": [["Lees mij"]]})
    assert is_own_data(book)
    for source in (folder, book):
        read = reading(source, START)
        assert (read.company, read.workbook.managers, read.remarks) == (COMPANY, 6.125, ())
        assert [(p.name, p.on_mjp) for p in read.workbook.projects or ()] == [("A", date(2024, 3, 1))]
    (folder / "projecten.csv").write_text("project;woningen;fase\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"zowel projecten\.csv als projecten\.xlsx"):
        reading(folder, START)


@given(st.floats(0, 1e9))
def test_a_number_of_a_spreadsheet_is_that_number(value: float) -> None:
    """And never one that may have a point of thousands."""
    assert float(number_text(value)) == value
