"""What cannot stand in a company's workbook is refused by file, line and column, with what was found and what is allowed."""

from pathlib import Path
from typing import Any

import pytest

from sim.inputs.errors import InputError
from sim.inputs.workbook import read_workbook
from tests.test_workbook import OWNER, PROJECT, START, written


def project(stage: str, *days: str, name: str = "A", dwellings: object = 9) -> dict[str, Any]:
    """Return a table of one project in Aalst."""
    return {"projects": [f"{name};;Aalst;{dwellings};{stage};{';'.join([*days, '', '', '', ''][:4])}"]}


REFUSED: dict[str, tuple[dict[str, Any], str, str, str]] = {  # tables, file, place, problem
    "KTP without MJP": (project("KTP"), "projecten", "line 2, op_mjp", "a project on KTP or beyond that is not on MJP"),
    "works without KTP": (project("uitvoering", "2024-01"), "projecten", "line 2, op_ktp", "that is not on KTP"),
    "works not started": (
        project("uitvoering", "2024-01", "2025-01"),
        "projecten",
        "line 2, start_werken",
        "have not started: with stage uitvoering its month",
    ),
    "MJP in the future": (
        project("MJP", "2026-01"),
        "projecten",
        "line 2, op_mjp",
        "this step is behind it, at the latest in 2025-12",
    ),
    "step to come in the past": (project("MJP", "2024-01", "2025-12"), "projecten", "line 2, op_ktp", "this step is to come"),
    "asleep since": (project("slapend", "2019-05"), "projecten", "line 2, op_mjp", "expected to move on, after 2025-12, or empty"),
    "out of order": (
        project("MJP", "2024-01", "2028-01", "2027-01"),
        "projecten",
        "line 2, start_werken",
        "not before op_ktp (2028-01)",
    ),
    "behind out of order": (project("KTP", "2025-03", "2024-01"), "projecten", "line 2, op_ktp", "not before op_mjp (2025-03)"),
    "a step left out": (project("MJP", "2024-01", "", "2027-01"), "projecten", "line 2, op_ktp", "start_werken is given"),
    "no month": (project("voorbereiding", "2027-13"), "projecten", "line 2, op_mjp", "found '2027-13'; a month of 1990 to 2100"),
    "no day": (project("voorbereiding", "31/02/2027"), "projecten", "line 2, op_mjp", "found '31/02/2027'"),
    "nothing built": (project("slapend", dwellings=0), "projecten", "line 2, woningen", "found '0'; a whole number from 1 to 1000"),
    "too large": (project("slapend", dwellings=1001), "projecten", "line 2, woningen", "found '1001'"),
    "half a dwelling": (project("slapend", dwellings="9,5"), "projecten", "line 2, woningen", "found '9,5'"),
    "no size": (project("slapend", dwellings=""), "projecten", "line 2, woningen", "empty; it is needed"),
    "unknown stage": (project("KPT"), "projecten", "line 2, fase", "found 'KPT'; did you mean 'KTP'?"),
    "no name": (project("slapend", name=""), "projecten", "line 2, project", "empty; it is needed"),
    "long name": (project("slapend", name="x" * 121), "projecten", "line 2, project", "121 letters; at most 120"),
    "twice": ({"projects": [PROJECT, PROJECT]}, "projecten", "line 3, project", "stands twice (also line 2)"),
    "nowhere": ({"projects": ["A;;;9;slapend;;;;"]}, "projecten", "line 2, gemeente", "nis or gemeente is needed"),
    "misspelt": ({"projects": ["A;;Alst;9;slapend;;;;"]}, "projecten", "line 2, gemeente", "did you mean 'Aalst'?"),
    "unknown code": ({"projects": ["A;41003;;9;slapend;;;;"]}, "projecten", "line 2, nis", "unknown NIS code 41003; did you mean"),
    "two places": ({"projects": ["A;41002;Lede;9;slapend;;;;"]}, "projecten", "line 2, gemeente", "NIS code 41002 is Aalst"),
    "another's": (
        {"projects": ["A;;Gent;9;slapend;;;;"]},
        "projecten",
        "line 2, gemeente",
        "a municipality of Thuispunt Gent, not",
    ),
    "another's by code": (
        {"projects": ["A;44021;;9;slapend;;;;"]},
        "projecten",
        "line 2, nis",
        "Gent is a municipality of Thuispunt",
    ),
    "more dwellings than land": (
        {"projects": [PROJECT], "land": ["P1;;Aalst;14;Perceelstraat", "P2;;Aalst;90;", "P3;;Aalst;10;Perceelstraat"]},
        "projecten",
        "line 2, woningen",
        "30 dwellings on 24 places (grond.csv lines 2, 4)",
    ),
    "land of no project": (
        {"projects": [PROJECT], "land": ["P;;Aalst;90;Perceelstr"]},
        "grond",
        "line 2, project",
        "which is no project of projecten.csv; did you mean 'Perceelstraat'?",
    ),
    "no projects": ({"land": ["P;;Aalst;90;A"]}, "grond", "line 2, project", "as there is no table of projects"),
    "land elsewhere": (
        {"projects": [PROJECT], "land": ["P;;Lede;90;Perceelstraat"]},
        "grond",
        "line 2, project",
        "'Perceelstraat' is a project in Aalst (line 2)",
    ),
    "a plot twice": ({"land": ["P;;Aalst;9;", "P;;Lede;9;"]}, "grond", "line 3, perceel", "stands twice (also line 2)"),
    "places below zero": ({"land": ["P;;Aalst;-3;"]}, "grond", "line 2, bouwplaatsen", "found '-3'"),
    "unknown figure": ({"municipalities": [";Aalst;SIP;;;;;3"]}, "gemeenten", "line 2, cijfer", "found 'SIP'; did you mean 'SIB'?"),
    "a figure twice": (
        {"municipalities": [";Aalst;SIB;;;;;3", "41002;;sib;;;;;3"]},
        "gemeenten",
        "line 3, cijfer",
        "stands twice (also line 2)",
    ),
    "thousands": (
        {"municipalities": [";Aalst;SIB;;;;;1.250"]},
        "gemeenten",
        "line 2, eigen_waarde",
        "without separators of thousands",
    ),
    "more rented in": (
        {"municipalities": [";Aalst;ingehuurd;;;;;90", ";Aalst;sociaal patrimonium;;;;;80"]},
        "gemeenten",
        "line 2, eigen_waarde",
        "found 90; not more than the social stock (80, line 3)",
    ),
    "a cell too far": ({"land": ["P;;Aalst;9;;;sold"]}, "grond", "line 2", "found 'sold' in a column without a header"),
    "unknown company": (
        {"staff": ["WM Dender;projectleiders;;;;;"]},
        "personeel",
        "line 2, woonmaatschappij",
        "did you mean 'WM Dender",
    ),
    "two companies": (
        {"staff": [OWNER, "Zetus;projectleiders;;;;;"]},
        "personeel",
        "line 3, woonmaatschappij",
        "are of WM Dender-Zuid",
    ),
    "no company": ({"staff": []}, "personeel", "", "no rows; woonmaatschappij is needed"),
    "no number": ({"staff": [OWNER + "veel"]}, "personeel", "line 2, eigen_waarde", "found 'veel'; a number from 0 to 1000"),
    "unknown column": (
        {"land": "perceel;nis;plaats\n"},
        "grond",
        "header",
        "unknown column 'plaats'; did you mean 'bouwplaatsen'?",
    ),
    "column twice": ({"land": "perceel;nis;NIS;bouwplaatsen\n"}, "grond", "header", "column 'NIS' stands twice"),
    "column missing": ({"land": "perceel;nis\n"}, "grond", "header", "no column 'bouwplaatsen'; found perceel, nis"),
    "empty file": ({"land": "\n\n"}, "grond", "", "empty; a header is needed"),
    "not a table": ({"land": 'perceel;nis;bouwplaatsen\n"P;41002;3\n'}, "grond", "", "not a CSV table"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused_by_file_line_and_column(tmp_path: Path, name: str) -> None:
    """With what was found and what is allowed."""
    tables, file, place, problem = REFUSED[name]
    with pytest.raises(InputError) as error:
        read_workbook(written(tmp_path, **tables), START)
    assert (error.value.file, error.value.place) == (str(tmp_path / f"{file}.csv"), place)
    assert problem in error.value.problem


def test_an_english_table_is_refused_in_its_own_words(tmp_path: Path) -> None:
    """Names of columns and allowed values are those of the file's language."""
    table = "project,municipality,dwellings,stage\nA,Aalst,9,building\n"
    with pytest.raises(
        InputError, match=r"projects\.csv: line 2, stage: found 'building'; allowed: KTP, MJP, construction, dormant"
    ):
        read_workbook(
            written(tmp_path, "en", staff="company,figure,own_value\nwm dender-zuid,project managers,3.5", projects=table), START
        )


def test_folders_that_cannot_be_are_refused(tmp_path: Path) -> None:
    """None, one without the company, two languages of one table, a table under another name, a file that is no text."""
    empty = tmp_path / "empty"
    empty.mkdir()
    both = written(tmp_path / "both", land=[])
    (both / "land.csv").write_text("plot,places", encoding="utf-8")
    excel = written(tmp_path / "excel")
    (excel / "Projecten.xlsx").write_bytes(b"PK\0")
    binary = written(tmp_path / "binary")
    (binary / "grond.csv").write_bytes(b"PK\x03\x04\0\0")
    cases = {tmp_path / "none": "no folder", empty: "no personeel.csv or staff.csv", both: "both grond.csv and land.csv"}
    for folder, problem in {**cases, excel: "save it as projecten.csv", binary: "not a text file; save it as CSV"}.items():
        with pytest.raises(InputError, match=problem):
            read_workbook(folder, START)
