"""A company's workbook: four tables in a folder, as `bso template company` makes them and people fill them in."""

import difflib
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from sim.inputs.errors import InputError
from sim.inputs.tables import read_table
from sim.inputs.workbook.area import Area
from sim.inputs.workbook.columns import FILES, NEEDED, OF_COMPANY, OF_MUNICIPALITIES, OWNERS, STAGES, TABLES, Lang, named, plain
from sim.inputs.workbook.data import STEPS, OwnMunicipality, OwnProject, OwnStage, Workbook
from sim.inputs.workbook.land import LARGEST, LONGEST, Listed, Rows, read_land
from sim.inputs.workbook.messages import hint, say
from sim.inputs.workbook.sheets import Mistakes, Row, Sheet, read_sheet

MUNICIPALITIES = Path(__file__).parent.parent / "data" / "municipalities.csv"
MOST = {"managers": 1_000, "finance": 100_000, "bought": 100_000}
SPREADSHEETS = (".csv", ".xlsx", ".xls", ".ods", ".numbers")


class Reading(NamedTuple):
    """A workbook as it was read: whose it is, what it says, in which language, and where each figure stands.

    `where`: file, line and column by NIS code (0: the company's own means) and figure; "projects": those under way, "land": free places.
    """

    company: str
    workbook: Workbook
    lang: Lang
    where: Mapping[tuple[int, str], str]


def read_workbook(folder: Path, start: date) -> tuple[str, Workbook]:
    """Return the company's name and what it says of itself at the start of the simulation. Raises InputError as `reading` does."""
    found = reading(folder, start)
    return found.company, found.workbook


def reading(folder: Path, start: date) -> Reading:
    """Return what a company says of itself at the start of the simulation, and where.

    Raises InputError naming file, line and column for whatever cannot be, all at once.
    """
    sheets, mistakes = _sheets(folder)
    facts = read_table(MUNICIPALITIES, key="nis")
    company, means, where = _staff(sheets["staff"], {row["company"] for row in facts.values()}, mistakes)
    area = Area(company, facts)
    figures: dict[int, dict[str, int]] = {}
    listed: dict[str, Listed] = {}
    land: dict[int, int] = {}
    if "municipalities" in sheets:
        figures, rows = _figures(sheets["municipalities"], area, mistakes)
        where |= _places(sheets["municipalities"], rows, area)
    if "projects" in sheets:
        listed, rows = _projects(sheets["projects"], area, start, mistakes)
        where |= _places(sheets["projects"], rows, area)
    if "land" in sheets:
        land, rows = read_land(sheets["land"], area, sheets.get("projects"), listed, mistakes)
        where |= _places(sheets["land"], rows, area)
    mistakes.stop()
    municipalities = tuple(
        OwnMunicipality(nis=code, **figures.get(code, {}), land=land.get(code))
        for code in area.members()
        if code in figures or code in land
    )
    projects = tuple(item.project for item in listed.values()) or None
    return Reading(company, Workbook(**means, municipalities=municipalities, projects=projects), mistakes.lang, where)


def _sheets(folder: Path) -> tuple[dict[str, Sheet], Mistakes]:
    """Return the tables in a folder by their key, and room for mistakes in the language of its files.

    Raises InputError for two of one table, none of the staff, or one that cannot be read.
    """
    try:
        found = {path.name.casefold(): path for path in sorted(folder.iterdir())}
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise InputError(
            repr(str(folder))[1:-1], "", f"no folder with own data ({getattr(error, 'strerror', None) or error})"
        ) from None
    languages: tuple[Lang, Lang] = ("nl", "en")
    there = {
        table: [(name, lang) for name, lang in zip((words.nl, words.en), languages, strict=True) if name in found]
        for table, words in FILES.items()
    }
    mistakes = Mistakes(folder, "nl" if any(lang == "nl" for files in there.values() for _, lang in files) else "en")
    lang = mistakes.lang
    for files in there.values():
        if len(files) > 1:
            message = "both {one} and {other}; one of them is allowed"
            raise InputError(folder, "", say(lang, message, one=files[0][0], other=files[1][0]))
    stems = {Path(name).stem: name for words in FILES.values() for name in (words.nl, words.en)}
    for name, path in found.items():  # filled in and saved under another name, it would be passed over without a word
        close = difflib.get_close_matches(Path(name).stem, stems, 1, 0.8)
        if name not in stems.values() and path.suffix.lower() in SPREADSHEETS and close:
            message = "not read under this name; save it as {name}, or take it away"
            raise InputError(path, "", say(lang, message, name=stems[close[0]]))
    if not there["staff"]:
        message = "no {one} or {other}, which says whose data these are; `bso template company NAME` makes the files"
        raise InputError(folder, "", say(lang, message, one=FILES["staff"].nl, other=FILES["staff"].en))
    sheets = {}
    for table, files in there.items():
        for name, lang in files:
            with mistakes.noted():
                sheets[table] = read_sheet(found[name], lang, TABLES[table], NEEDED[table])
    mistakes.stop()
    return sheets, mistakes


def _staff(sheet: Sheet, companies: set[str], mistakes: Mistakes) -> tuple[str, dict[str, float], dict[tuple[int, str], str]]:
    """Return whose workbook this is, the means that it says it has, and where. Raises InputError where it says nobody's."""
    known = {plain(name): name for name in companies}
    if not sheet.rows:
        raise InputError(sheet.path, "", say(sheet.lang, "no rows; {column} is needed", column=sheet.called("company")))
    company, seen = "", dict[str, Row]()
    means: dict[str, float] = {}
    for row in sheet.rows:
        with mistakes.noted():
            name = sheet.text(row, "company")
            if plain(name) not in known:
                close = hint(sheet.lang, name, companies)
                raise sheet.wrong(row, "company", "no such company {name!r}; {hint}", name=name[:60], hint=close)
            if company and known[plain(name)] != company:
                raise sheet.wrong(
                    row, "company", "found {name!r}; the rows above are of {company}", name=name[:60], company=company
                )
            company = known[plain(name)]
            figure = sheet.choice(row, "figure", OF_COMPANY)
            sheet.once(row, "figure", figure, seen)
            if row.cells["own"]:
                means[figure] = sheet.amount(row, "own", MOST[figure])
    if not company:
        mistakes.stop()
    return company, means, {(0, figure): f"{sheet.path}: {sheet.place([row], 'own')}" for figure, row in seen.items()}


def _figures(sheet: Sheet, area: Area, mistakes: Mistakes) -> tuple[dict[int, dict[str, int]], Rows]:
    """Return the company's own figures by NIS code, and where they stand."""
    own: dict[int, dict[str, int]] = defaultdict(dict)
    seen: dict[tuple[int, str], Row] = {}
    for row in sheet.rows:
        with mistakes.noted():
            code, figure = area.of(sheet, row), sheet.choice(row, "figure", OF_MUNICIPALITIES)
            sheet.once(row, "figure", (code, figure), seen)
            if row.cells["own"]:
                own[code][figure] = sheet.whole(row, "own", 0, LARGEST)
    for code, figures in own.items():
        if "stock" in figures and figures.get("rented_in", 0) > figures["stock"]:
            message = "found {rented}; not more than the social stock ({stock}, line {line})"
            values = {"rented": figures["rented_in"], "stock": figures["stock"], "line": seen[code, "stock"].line}
            mistakes.found.append(sheet.wrong(seen[code, "rented_in"], "own", message, **values))
    return dict(own), {key: [row] for key, row in seen.items()}


def _projects(sheet: Sheet, area: Area, start: date, mistakes: Mistakes) -> tuple[dict[str, Listed], Rows]:
    """Return the company's projects under way by name, in the order of the file, and where they stand."""
    called = {step: sheet.called(step) for step in STEPS} | {stage: named(words, sheet.lang) for stage, words in STAGES.items()}
    listed: dict[str, Listed] = {}
    seen: dict[str, Row] = {}
    rows: Rows = {(code, "projects"): [] for code in area.members()} if sheet.rows else {}
    for row in sheet.rows:
        with mistakes.noted():
            name = sheet.text(row, "project", LONGEST)
            sheet.once(row, "project", name, seen)
            stage: OwnStage = sheet.choice(row, "stage", STAGES)  # type: ignore[assignment]  # its keys are the stages
            project = OwnProject(
                name=name,
                nis=area.of(sheet, row),
                dwellings=sheet.whole(row, "dwellings", 1, 1_000),
                stage=stage,
                **{step: sheet.month(row, step) for step in STEPS},
            )
            fault = project.fault(start, called, sheet.lang)
            if fault is not None:
                raise InputError(sheet.path, sheet.place([row], fault[0]), fault[1])
            owner = sheet.choice(row, "land", OWNERS) if row.cells["land"] else "own"
            listed[name] = Listed(row, project, owner)
            rows[project.nis, "projects"].append(row)
    return listed, rows


def _places(sheet: Sheet, rows: Rows, area: Area) -> dict[tuple[int, str], str]:
    """Return in words where figures stand; for land and projects also that a municipality has no row."""
    column = {"projects": "dwellings", "land": "places"}
    none = "no row for {municipality}"
    return {
        (code, figure): f"{sheet.path}: "
        + (sheet.place(on, column.get(figure, "own")) if on else say(sheet.lang, none, municipality=area.names[code]))
        for (code, figure), on in rows.items()
    }
