"""What cannot stand in a company's workbook is refused by file, line and column, with what was found and what is allowed."""

import ast
import pickle
import re
import string
import zipfile
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.inputs.errors import InputError
from sim.inputs.workbook.read import read_workbook
from sim.inputs.workbook.words import DUTCH
from tests.support.company import OWNER, PROJECT, START, written


def project(stage: str, *days: str, name: str = "A", dwellings: object = 9) -> dict[str, Any]:
    """Return a table of one project in Aalst."""
    return {"projects": [f"{name};;Aalst;{dwellings};{stage};{';'.join([*days, '', '', '', ''][:4])}"]}


REFUSED: dict[str, tuple[dict[str, Any], str, str, str]] = {  # tables, file, place, problem; in English
    "KTP without MJP": (project("KTP"), "projects", "line 2, op_mjp", "a project on KTP or beyond that is not on MJP"),
    "works without KTP": (project("uitvoering", "2024-01"), "projects", "line 2, op_ktp", "that is not on KTP"),
    "works not started": (
        project("uitvoering", "2024-01", "2025-01"),
        "projects",
        "line 2, start_werken",
        "have not started: with stage construction its month",
    ),
    "MJP in the future": (
        project("MJP", "2026-01"),
        "projects",
        "line 2, op_mjp",
        "this step is behind it, at the latest in 2025-12",
    ),
    "step to come in the past": (project("MJP", "2024-01", "2025-12"), "projects", "line 2, op_ktp", "this step is to come"),
    "asleep since": (
        project("slapend", "2019-05"),
        "projects",
        "line 2, op_mjp",
        "it is still to move: the month in which that is expected, after 2025-12, or empty",
    ),
    "out of order": (
        project("MJP", "2024-01", "2028-01", "2027-01"),
        "projects",
        "line 2, start_werken",
        "not before op_ktp (2028-01)",
    ),
    "behind out of order": (project("KTP", "2025-03", "2024-01"), "projects", "line 2, op_ktp", "not before op_mjp (2025-03)"),
    "a step left out": (project("MJP", "2024-01", "", "2027-01"), "projects", "line 2, op_ktp", "start_werken is given"),
    "no month": (project("voorbereiding", "2027-13"), "projects", "line 2, op_mjp", "found '2027-13'; a month of 1990 to 2100"),
    "no day": (project("voorbereiding", "31/02/2027"), "projects", "line 2, op_mjp", "found '31/02/2027'"),
    "nothing built": (project("slapend", dwellings=0), "projects", "line 2, woningen", "found '0'; a whole number from 1 to 1000"),
    "too large": (project("slapend", dwellings=1001), "projects", "line 2, woningen", "found '1001'"),
    "half a dwelling": (project("slapend", dwellings="9,5"), "projects", "line 2, woningen", "found '9,5'"),
    "no size": (project("slapend", dwellings=""), "projects", "line 2, woningen", "empty; it is needed"),
    "unknown stage": (project("KPT"), "projects", "line 2, fase", "found 'KPT'; did you mean 'KTP'?"),
    "no name": (project("slapend", name=""), "projects", "line 2, project", "empty; it is needed"),
    "long name": (project("slapend", name="x" * 121), "projects", "line 2, project", "121 letters; at most 120"),
    "twice": ({"projects": [PROJECT, PROJECT]}, "projects", "line 3, project", "stands twice (also line 2)"),
    "nowhere": ({"projects": ["A;;;9;slapend;;;;"]}, "projects", "line 2, gemeente", "nis or gemeente is needed"),
    "misspelt": ({"projects": ["A;;Alst;9;slapend;;;;"]}, "projects", "line 2, gemeente", "did you mean 'Aalst'?"),
    "unknown code": ({"projects": ["A;41003;;9;slapend;;;;"]}, "projects", "line 2, nis", "unknown NIS code 41003; did you mean"),
    "two places": (
        {"projects": ["A;41002;Lede;9;slapend;;;;"]},
        "projects",
        "line 2, gemeente",
        "41002 is Aalst, the row says Lede",
    ),
    "another's": (
        {"projects": ["A;;Gent;9;slapend;;;;"]},
        "projects",
        "line 2, gemeente",
        "a municipality of Thuispunt Gent, not",
    ),
    "another's by code": (
        {"projects": ["A;44021;;9;slapend;;;;"]},
        "projects",
        "line 2, nis",
        "Gent is a municipality of Thuispunt",
    ),
    "more dwellings than land": (
        {"projects": [PROJECT], "land": ["P1;;Aalst;14;Perceelstraat", "P2;;Aalst;90;", "P3;;Aalst;10;Perceelstraat"]},
        "projects",
        "line 2, woningen",
        "30 dwellings on 24 places (land.csv lines 2, 4)",
    ),
    "land of no project": (
        {"projects": [PROJECT], "land": ["P;;Aalst;90;Perceelstr"]},
        "land",
        "line 2, project",
        "which is no project of projects.csv; did you mean 'Perceelstraat'?",
    ),
    "no projects": ({"land": ["P;;Aalst;90;A"]}, "land", "line 2, project", "which is no project, as none are listed"),
    "no land": (
        {"projects": ["A;;Aalst;999;KTP;2024-03;2025-11;;"], "land": ["P;;Aalst;9;"]},
        "projects",
        "line 2, grond",
        "no plot in land.csv names this project; with stage KTP its 999 dwellings need places there, or 'other' here if",
    ),
    "no land on MJP": (
        {"projects": ["A;;Aalst;9;MJP;2024-03;;;;eigen"], "land": ["P;;Aalst;9;"]},
        "projects",
        "line 2, grond",
        "with stage MJP its 9 dwellings",
    ),
    "land of two": (
        {"projects": [PROJECT + ";ander"], "land": ["P;;Aalst;90;Perceelstraat"]},
        "projects",
        "line 2, grond",
        "found 'ander', but land.csv line 2 has land of your own for this project",
    ),
    "land of whom": ({"projects": [PROJECT + ";privaat"]}, "projects", "line 2, grond", "found 'privaat'; allowed: other, own"),
    "land elsewhere": (
        {"projects": [PROJECT], "land": ["P;;Lede;90;Perceelstraat"]},
        "land",
        "line 2, project",
        "'Perceelstraat' is a project in Aalst (line 2)",
    ),
    "a plot twice": ({"land": ["P;;Aalst;9;", "P;;Lede;9;"]}, "land", "line 3, perceel", "stands twice (also line 2)"),
    "places below zero": ({"land": ["P;;Aalst;-3;"]}, "land", "line 2, bouwplaatsen", "found '-3'"),
    "unknown figure": (
        {"municipalities": [";Aalst;SIP;;;;;3"]},
        "municipalities",
        "line 2, cijfer",
        "found 'SIP'; did you mean 'SIB'?",
    ),
    "a figure twice": (
        {"municipalities": [";Aalst;SIB;;;;;3", "41002;;sib;;;;;3"]},
        "municipalities",
        "line 3, cijfer",
        "stands twice (also line 2)",
    ),
    "thousands": (
        {"municipalities": [";Aalst;SIB;;;;;1.250"]},
        "municipalities",
        "line 2, eigen_waarde",
        "without separators of thousands",
    ),
    "more rented in": (
        {"municipalities": [";Aalst;ingehuurd;;;;;90", ";Aalst;sociaal patrimonium;;;;;80"]},
        "municipalities",
        "line 2, eigen_waarde",
        "found 90; not more than the social stock (80, line 3)",
    ),
    "a cell too far": ({"land": ["P;;Aalst;9;;;sold"]}, "land", "line 2", "found 'sold' in a column without a header"),
    "unknown company": (
        {"staff": ["WM Dender;projectleiders;;;;;"]},
        "staff",
        "line 2, woonmaatschappij",
        "did you mean 'WM Dender",
    ),
    "two companies": (
        {"staff": [OWNER, "Zetus;projectleiders;;;;;"]},
        "staff",
        "line 3, woonmaatschappij",
        "are of WM Dender-Zuid",
    ),
    "no company": ({"staff": []}, "staff", "", "no rows; woonmaatschappij is needed"),
    "no number": ({"staff": [OWNER + "veel"]}, "staff", "line 2, eigen_waarde", "found 'veel'; a number from 0 to 1000"),
    "unknown column": (
        {"land": "perceel;nis;plaats\n"},
        "land",
        "header",
        "unknown column 'plaats'; did you mean 'places'?",
    ),
    "column twice": ({"land": "perceel;nis;NIS;bouwplaatsen\n"}, "land", "header", "column 'NIS' stands twice"),
    "column missing": ({"land": "perceel;nis\n"}, "land", "header", "no column 'places'; found perceel, nis"),
    "empty file": ({"land": "\n\n"}, "land", "", "empty; a header is needed"),
    "not a table": ({"land": 'perceel;nis;bouwplaatsen\n"P;41002;3\n'}, "land", "", "not a CSV table"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused_by_file_line_and_column(tmp_path: Path, name: str) -> None:
    """With what was found and what is allowed; in English, as the files have English names, with the headers that they have."""
    tables, file, place, problem = REFUSED[name]
    with pytest.raises(InputError) as error:
        read_workbook(written(tmp_path, "en", **tables), START)
    assert (error.value.file, error.value.place) == (str(tmp_path / f"{file}.csv"), place)
    assert problem in error.value.problem


IN_DUTCH = {  # what the same are in Dutch files
    "KTP without MJP": "leeg; een project op KTP of verder dat niet op MJP staat: in fase KTP is de maand nodig, ten laatste 2025-12",
    "asleep since": "in fase slapend moet het nog in beweging komen: de maand waarin u dat verwacht, na 2025-12, of leeg",
    "out of order": "regel 2, start_werken: gevonden 2027-01; niet voor op_ktp (2028-01)",
    "a step left out": "leeg; start_werken is ingevuld, dus is de maand van deze stap ook nodig",
    "no month": "gevonden '2027-13'; een maand van 1990 tot 2100 mag, als 2027-06, 06/2027 of 30/06/2027",
    "half a dwelling": "gevonden '9,5'; een geheel getal van 1 tot 1000 mag, zonder scheidingstekens voor duizendtallen",
    "unknown stage": "projecten.csv: regel 2, fase: gevonden 'KPT'; bedoelt u 'KTP'?",
    "land of whom": "regel 2, grond: gevonden 'privaat'; toegelaten: ander, eigen",
    "no land": "regel 2, grond: geen perceel in grond.csv noemt dit project; in fase KTP hebben zijn 999 woningen daar bouwplaatsen nodig",
    "more dwellings than land": "30 woningen op 24 bouwplaatsen (grond.csv regels 2, 4)",
    "another's": "Gent is een gemeente van Thuispunt Gent, niet van WM Dender-Zuid",
    "column missing": "grond.csv: kop: geen kolom 'bouwplaatsen'; gevonden: perceel, nis",
    "two companies": "personeel.csv: regel 3, woonmaatschappij: gevonden 'Zetus'; de rijen hierboven zijn van WM Dender-Zuid",
}


@pytest.mark.parametrize("name", REFUSED)
def test_dutch_tables_are_refused_in_dutch(tmp_path: Path, name: str) -> None:
    """In whole: no English word for a place, or of what is found, needed or allowed."""
    with pytest.raises(InputError) as error:
        read_workbook(written(tmp_path, **REFUSED[name][0]), START)
    assert IN_DUTCH.get(name, "") in str(error.value)
    assert not re.search(
        r"\b(line|header|found|allowed|needed|empty|twice|unknown|dwellings|plot)\b", error.value.place + error.value.problem
    )


def test_every_message_is_there_in_dutch() -> None:
    """With the same placeholders; and none is kept that is never said."""
    root = Path(sim.__file__).parent
    files = [*sorted((root / "inputs" / "workbook").glob("*.py")), *sorted((root / "inputs" / "sheets").glob("*.py"))]
    files += [root / "inputs" / "files.py", root / "inputs" / "municipalities.py", root / "studies" / "capacity" / "own_data.py"]
    nodes = [node for file in files for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))]
    said = [node.value for node in nodes if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "message"]
    for node in nodes:
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in {"say", "wrong", "tell"}:
            said += [argument for argument in node.args if " " in ast.unparse(argument)]
    assert {node.value for node in said if isinstance(node, ast.Constant) and node.value} <= set(DUTCH)
    assert set(DUTCH) <= {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    for english, dutch in DUTCH.items():
        fields = [sorted(name for _, name, _, _ in string.Formatter().parse(text) if name) for text in (english, dutch)]
        assert fields[0] == fields[1], english


def test_all_mistakes_are_found_at_once(tmp_path: Path) -> None:
    """A line each, those of all tables; of many the first twenty and how many more; the valid rows between them are no mistakes."""
    projects = ["A;;Alst;9;slapend;;;;", "B;;Aalst;9;slapend;;;;", "C;;Aalst;0;slapend;;;;", "D;;Aalst;9;KPT;;;;"]
    folder = written(tmp_path, projects=projects, land=["P;;Aalst;90;A", "Q;;Aalst;x;", "R;;Aalst;9;E"], staff=[OWNER + "veel"])
    with pytest.raises(InputError) as error:
        read_workbook(folder, START)
    assert (error.value.file, error.value.place) == (str(folder), "")
    lines = error.value.problem.splitlines()
    assert lines[0] == "6 fouten"
    assert [line.split(": ")[:2] for line in lines[1:]] == [
        ["  personeel.csv", "regel 2, eigen_waarde"],
        ["  projecten.csv", "regel 2, gemeente"],
        ["  projecten.csv", "regel 4, woningen"],
        ["  projecten.csv", "regel 5, fase"],
        ["  grond.csv", "regel 3, bouwplaatsen"],
        ["  grond.csv", "regel 4, project"],
    ]
    with pytest.raises(InputError) as error:
        read_workbook(written(tmp_path, land=[f"P{i};;Aalst;x;" for i in range(23)], projects=[]), START)
    lines = error.value.problem.splitlines()
    assert (len(lines), lines[0], lines[-1]) == (22, "23 fouten", "  ... en nog 3")


def test_an_error_comes_back_whole_from_a_worker() -> None:
    """With file, place and problem; else it would look like a worker that died."""
    error = pickle.loads(pickle.dumps(InputError("a.csv", "line 2", "found 3")))
    assert (str(error), error.file, error.place, error.problem) == ("a.csv: line 2: found 3", "a.csv", "line 2", "found 3")


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
    with zipfile.ZipFile(excel / "Projecten.ods", "w") as parts:
        parts.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    binary = written(tmp_path / "binary")
    (binary / "grond.csv").write_bytes(b"PK\x03\x04\0\0")
    cases = {tmp_path / "none": "no folder", empty: "no personeel.csv or staff.csv", both: "zowel grond.csv als land.csv"}
    for folder, problem in {
        **cases,
        excel: r"Projecten\.ods: .*\.ods; bewaar het als \.xlsx of CSV",
        binary: "geen tekstbestand; bewaar het als CSV",
    }.items():
        with pytest.raises(InputError, match=problem):
            read_workbook(folder, START)
