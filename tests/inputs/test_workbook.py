"""A company's workbook: what is written is read again, however a spreadsheet saves it."""

import csv
import io
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.inputs.region.overrides import OWN_FIGURES
from sim.inputs.scenario.model import load_scenario
from sim.inputs.workbook.data import REACHED, STEPS, OwnMunicipality, OwnProject, Workbook
from sim.inputs.workbook.read import read_workbook, reading
from sim.inputs.workbook.words import FILES, OF_MUNICIPALITIES, OWNERS, STAGES, Lang, named
from sim.report.language import Language
from sim.studies.capacity.template import write_template
from tests.support.company import COMPANY, MEMBERS, PROJECT, START, written
from tests.support.project import BASELINE


@st.composite
def projects(draw: st.DrawFn, name: str) -> OwnProject:
    """A project as a company may list it: what is behind it dated, of what is to come the first steps or none."""
    stage: Any = draw(st.sampled_from(list(STAGES)))
    behind = REACHED[stage]
    past = sorted(draw(st.lists(st.integers(-60, 0), min_size=behind, max_size=behind)))
    coming = sorted(draw(st.lists(st.integers(1, 150), max_size=len(STEPS) - behind)))
    days = [date(2025 + (11 + month) // 12, 1 + (11 + month) % 12, 1) for month in (*past, *coming)]
    known: dict[str, Any] = dict(zip(STEPS, days, strict=False))
    return OwnProject(name=name, nis=draw(st.sampled_from(MEMBERS)), dwellings=draw(st.integers(1, 1_000)), stage=stage, **known)


@st.composite
def workbooks(draw: st.DrawFn) -> Workbook:
    """What a company may say: any part of it."""
    land = draw(st.booleans())
    whole = st.one_of(st.none(), st.integers(0, 1_000_000))
    rows = []
    for nis in MEMBERS:
        stock, rented = draw(whole), draw(whole)
        if stock is not None and rented is not None:
            stock, rented = max(stock, rented), min(stock, rented)
        row = OwnMunicipality(
            nis=nis,
            objective_regular=draw(whole),
            sib=draw(whole),
            stock=stock,
            rented_in=rented,
            land=draw(st.integers(0, 10_000)) if land else None,
        )
        rows += [row] if row != OwnMunicipality(nis=nis) else []
    letters = st.text("abc é\"';,&", min_size=1, max_size=20).map(str.strip).filter(bool)
    names = draw(st.lists(letters, unique=True, max_size=6))
    means = st.one_of(st.none(), st.integers(0, 10_000).map(lambda tenths: tenths / 10))
    return Workbook(
        managers=draw(means),
        finance=draw(means),
        bought=draw(means),
        municipalities=tuple(rows),
        projects=tuple(draw(projects(name)) for name in names) or None,
    )


def filled(folder: Path, workbook: Workbook, lang: Lang, separator: str, encoding: str, form: str) -> None:
    """Fill in a template as a spreadsheet would save it: numbers and months in the reader's way, empty cells and rows at the end."""
    own = {(row.nis, named(OF_MUNICIPALITIES[f], lang)): getattr(row, f) for row in workbook.municipalities for f in OWN_FIGURES}
    listed = [
        [p.name, p.nis, "", p.dwellings, named(STAGES[p.stage], lang)]
        + [day.strftime(form) if (day := getattr(p, step)) else "" for step in STEPS]
        + [named(OWNERS["other"], lang)]
        for p in workbook.projects or ()
    ]
    plots = [[f"plot {row.nis}", row.nis, "", row.land, ""] for row in workbook.municipalities if row.land is not None]
    for table, words in FILES.items():
        path = folder / named(words, lang)
        rows: list[list[Any]] = list(csv.reader(io.StringIO(path.read_text("utf-8-sig")), delimiter=";"))
        if table == "municipalities":
            for row in rows[1:]:
                row[-1] = own.get((int(row[0]), row[2]))
        elif table == "staff":
            for row, value in zip(rows[1:], (workbook.managers, workbook.finance, workbook.bought), strict=True):
                row[-1] = "" if value is None else str(value).replace(".", "," if lang == "nl" else ".")
        rows += {"projects": listed, "land": plots}.get(table, [])
        with path.open("w", newline="", encoding=encoding) as stream:
            csv.writer(stream, delimiter=separator).writerows([*([*row, "", ""] for row in rows), [""] * 9, []])


@settings(max_examples=60)
@given(
    workbooks(),
    st.sampled_from(["nl", "en"]),
    st.sampled_from([";", ",", "\t"]),
    st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
    st.sampled_from(["%Y-%m", "%m/%Y", "%d/%m/%Y", "%b/%y", "%Y-%m-%d"]),
)
def test_a_filled_template_is_read_as_it_was_meant(
    workbook: Workbook, lang: Lang, separator: str, encoding: str, form: str
) -> None:
    """In both languages, with every separator, encoding and way to write a month."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "own"
        write_template(folder, load_scenario(BASELINE), COMPANY, Language(lang))
        filled(folder, workbook, lang, separator, encoding, form)
        assert read_workbook(folder, START) == (COMPANY, workbook)


@pytest.mark.parametrize("month", ["jun/27", "juni 2027", "1 juni 2027", "30-jun-27", "JUN-2027", "2027/6", "6.2027", "06-2027"])
def test_months_as_spreadsheets_write_them(tmp_path: Path, month: str) -> None:
    """Excel makes another month of what was typed."""
    folder = written(tmp_path, projects=[f"A;;Aalst;3;slapend;{month};;;"])
    assert (read_workbook(folder, START)[1].projects or ())[0].on_mjp == date(2027, 6, 1)


def test_what_a_plot_leaves_over_is_free(tmp_path: Path) -> None:
    """Thirty dwellings on two plots of forty places together, beside a free plot of five; nothing elsewhere."""
    land = ["P1;;Aalst;20;Perceelstraat", "P2;;AALST;20;Perceelstraat", "P3;41002;;5;", "P4;;Lede;0;"]
    _, workbook = read_workbook(written(tmp_path, projects=[PROJECT], land=land), START)
    assert [row.land for row in workbook.municipalities] == [15, *[0] * (len(MEMBERS) - 1)]


def test_headers_without_rows_keep_the_estimates(tmp_path: Path) -> None:
    """And so do tables that are not there."""
    assert read_workbook(written(tmp_path / "a", projects=[], land=[], municipalities=[]), START) == (COMPANY, Workbook())
    assert read_workbook(written(tmp_path / "b"), START) == (COMPANY, Workbook())


def test_projects_of_which_the_land_is_not_there(tmp_path: Path) -> None:
    """On another's land, or not yet on MJP: no plot is needed, and nothing of the land is taken."""
    projects = [f"{PROJECT};ander", "B;;Lede;9;MJP;2024-03;;;;Ander", "C;;Lede;9;voorbereiding;;;;;eigen", "D;;Lede;9;slapend;;;;;"]
    _, workbook = read_workbook(written(tmp_path, projects=projects, land=["P;;Lede;7;"]), START)
    assert {row.nis: row.land for row in workbook.municipalities} == {**dict.fromkeys(MEMBERS, 0), 41034: 7}
    _, workbook = read_workbook(written(tmp_path, projects=[PROJECT], land=[]), START)  # no list of land: nothing is asked of it
    assert len(workbook.projects or ()) == 1


def test_where_every_figure_stands(tmp_path: Path) -> None:
    """By file, line and column, in the words of the file; that a municipality has no row is said too."""
    land = ["P1;;Aalst;30;Perceelstraat", "P2;;AALST;20;"]
    folder = written(tmp_path, projects=[PROJECT], land=land, municipalities=["", ";Lede;SIB;;;;;3"])
    where = reading(folder, START).where
    assert where[41034, "sib"] == f"{folder / 'gemeenten.csv'}: regel 3, eigen_waarde"
    assert where[41002, "land"] == f"{folder / 'grond.csv'}: regels 2, 3, bouwplaatsen"
    assert where[41002, "projects"] == f"{folder / 'projecten.csv'}: regel 2, woningen"
    assert where[41034, "land"] == f"{folder / 'grond.csv'}: geen rij voor Lede"
