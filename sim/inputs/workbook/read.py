"""A company's workbook: four tables in a folder, as `bso template company` makes them and people fill them in."""

import difflib
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from sim.inputs.errors import InputError
from sim.inputs.sheets.grid import REFUSED, SPREADSHEETS, SUFFIXES, in_file, is_table
from sim.inputs.sheets.places import place_of, whole_place
from sim.inputs.sheets.sheet import Mistakes, Row, Sheet, read_sheet
from sim.inputs.tables import read_table
from sim.inputs.workbook.data import LARGEST, REACHED, STEPS, OwnMunicipality, OwnProject, OwnStage, Workbook
from sim.inputs.workbook.words import (
    FILES,
    NEEDED,
    OF_COMPANY,
    OF_MUNICIPALITIES,
    OWNERS,
    STAGES,
    TABLES,
    Lang,
    hint,
    named,
    plain,
    say,
)

MUNICIPALITIES = Path(__file__).parent.parent / "data" / "municipalities.csv"
LONGEST = 120  # letters of a name
MOST = {"managers": 1_000, "finance": 100_000, "bought": 100_000}
SAVED = (*SUFFIXES, *REFUSED)  # as what a table may have been saved
Rows = dict[tuple[int, str], list[Row]]  # by NIS code and figure: the rows that say it


class Listed(NamedTuple):
    """A project as it was read: the row it stands in, and whose its land is (OWNERS)."""

    row: Row
    project: OwnProject
    owner: str


class Area:
    """The municipalities of one company, found by NIS code or name."""

    def __init__(self, company: str, facts: Mapping[int, Mapping[str, str]]) -> None:
        self.company = company
        self.names = {code: row["name"] for code, row in facts.items()}
        self.owners = {code: row["company"] for code, row in facts.items()}

    def of(self, sheet: Sheet, row: Row, part: bool = False) -> int:
        """Return the NIS code of the municipality of a row. `part`: whether that of a former one is that of what it is now, as a project or a
        plot lies where it lies. Raises InputError for none, an unknown one, or another company's."""
        own = ", ".join(str(code) if row.cells["nis"].isdecimal() else self.names[code] for code in self.members())
        known = say(sheet.lang, "allowed: {names}", names=own)
        nis = place_of(sheet, row, known=known).nis if part else whole_place(sheet, row, known=known)
        if self.owners[nis] != self.company:
            message = "{municipality} is a municipality of {owner}, not of {company}"
            words = {"municipality": self.names[nis], "owner": self.owners[nis], "company": self.company}
            raise sheet.wrong(row, "municipality" if row.cells["municipality"] else "nis", message, **words)
        return nis

    def members(self) -> list[int]:
        """Return the NIS codes of the company's municipalities, in order."""
        return sorted(code for code, owner in self.owners.items() if owner == self.company)


class Reading(NamedTuple):
    """A workbook as it was read: whose it is, what it says, in which language, and where each figure stands.

    `where`: file, line and column by NIS code (0: the company's own means) and figure; "projects": those under way, "land": free places.
    `remarks`: what is to be said of how the files were read.
    """

    company: str
    workbook: Workbook
    lang: Lang
    where: Mapping[tuple[int, str], str]
    remarks: tuple[str, ...]


def read_workbook(folder: Path, start: date) -> tuple[str, Workbook]:
    """Return the company's name and what it says of itself at the start of the simulation. Raises InputError as `reading` does."""
    read = reading(folder, start)
    return read.company, read.workbook


def reading(folder: Path, start: date) -> Reading:
    """Return what a company says of itself at the start of the simulation, and where.

    Raises InputError naming file, line and column for whatever cannot be, all at once.
    """
    sheets, mistakes = _sheets(folder)
    facts = read_table(MUNICIPALITIES, key="nis")
    company, means, of_staff = _staff(sheets["staff"], {row["company"] for row in facts.values()}, mistakes)
    area = Area(company, facts)
    figures, of_figures = _figures(sheets["municipalities"], area, mistakes)
    listed, of_projects = _projects(sheets["projects"], area, start, mistakes)
    land, of_land = _land(sheets["land"], area, sheets["projects"], listed, mistakes)
    mistakes.stop()
    where: dict[tuple[int, str], str] = {}
    for table, rows in {"staff": of_staff, "municipalities": of_figures, "projects": of_projects, "land": of_land}.items():
        where |= _places(sheets[table], rows, area)
    municipalities = tuple(
        OwnMunicipality(nis=code, **figures.get(code, {}), land=land.get(code))
        for code in area.members()
        if code in figures or code in land
    )
    projects = tuple(item.project for item in listed.values()) or None
    said = {
        table: (*sheet.remarks, *(sheet.doubts_of_months(STEPS) if table == "projects" else ())) for table, sheet in sheets.items()
    }
    remarks = tuple(f"{sheets[table].path}: {remark}" for table, of in said.items() for remark in of)
    workbook = Workbook(**means, municipalities=municipalities, projects=projects)
    return Reading(company, workbook, mistakes.lang, where, remarks)


def _sheets(folder: Path) -> tuple[dict[str, Sheet], Mistakes]:
    """Return the tables in a folder by their key, without rows where there is none, and room for mistakes in the language of its files.

    Raises InputError for two of one table, none of the staff, or one that cannot be read.
    """
    files = _files(folder)
    known: dict[str, tuple[str, Lang]] = {}
    for table, words in FILES.items():
        known |= {Path(words.nl).stem: (table, "nl"), Path(words.en).stem: (table, "en")}
    present = {path: known[stem] for stem, path in files if stem in known and (is_table(path))}
    lang: Lang = "nl" if any(lang == "nl" for _, lang in present.values()) else "en"
    for table in FILES:
        double = [path.name for path, (its, _) in present.items() if its == table]
        if len(double) > 1:
            message = "both {one} and {other}; one of them is allowed"
            raise InputError(folder, "", say(lang, message, one=double[0], other=double[1]))
    for stem, path in files:  # filled in and saved under another name, it would be passed over without a word
        close = difflib.get_close_matches(stem, known, 1, 0.8)
        if path not in present and path.suffix.lower() in SAVED and close:
            message = "not read under this name; save it as {name}, or take it away"
            raise InputError(path, "", say(lang, message, name=f"{close[0]}.csv"))
    staff, mistakes = FILES["staff"], Mistakes(folder, lang)
    if not any(table == "staff" for table, _ in present.values()):
        message = "no {one} or {other}, which says whose data these are; `bso template company NAME` makes the files"
        raise InputError(folder, "", say(lang, message, one=staff.nl, other=staff.en))
    sheets = {table: Sheet(folder / named(words, lang), lang, names_in=lang) for table, words in FILES.items()}
    for path, (table, its_lang) in present.items():
        with mistakes.noted():
            sheets[table] = read_sheet(path, its_lang, TABLES[table], NEEDED[table], mistakes=mistakes, names_in=its_lang)
    mistakes.stop()
    return sheets, mistakes


def _files(folder: Path) -> list[tuple[str, Path]]:
    """Return the tables in a folder, or the sheets of a spreadsheet, each with its name; what programs keep beside an open file is none.

    Raises InputError where there is neither.
    """
    if in_file(folder)[0].suffix.lower() in SPREADSHEETS and folder.is_file():
        from sim.inputs.sheets.spreadsheet import sheets_of

        return [(plain(name), folder.with_name(f"{folder.name}#{name}")) for name in sheets_of(folder, "nl")]
    try:
        files = sorted(folder.iterdir())
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        why = getattr(error, "strerror", None) or error
        raise InputError(repr(str(folder))[1:-1], "", f"no folder with own data ({why})") from None
    return [(path.stem.casefold(), path) for path in files if not path.name.startswith(("~$", "."))]


def _staff(sheet: Sheet, companies: set[str], mistakes: Mistakes) -> tuple[str, dict[str, float], Rows]:
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
                message = "found {name!r}; the rows above are of {company}"
                raise sheet.wrong(row, "company", message, name=name[:60], company=company)
            company = known[plain(name)]
            figure = sheet.choice(row, "figure", OF_COMPANY)
            sheet.once(row, "figure", figure, seen)
            if row.cells["own"]:
                means[figure] = sheet.amount(row, "own", MOST[figure])
    if not company:
        mistakes.stop()
    return company, means, {(0, figure): [row] for figure, row in seen.items()}


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
                nis=area.of(sheet, row, part=True),
                dwellings=sheet.whole(row, "dwellings", 1, 1_000),
                stage=stage,
                **{step: sheet.month(row, step, alone=i >= REACHED[stage]) for i, step in enumerate(STEPS)},
            )
            fault = project.fault(start, called, sheet.lang)
            if fault is not None:
                raise InputError(sheet.path, sheet.place([row], fault[0]), fault[1])
            owner = sheet.choice(row, "land", OWNERS) if row.cells["land"] else "own"
            listed[name] = Listed(row, project, owner)
            rows[project.nis, "projects"].append(row)
    return listed, rows


def _land(
    sheet: Sheet, area: Area, projects: Sheet, listed: Mapping[str, Listed], mistakes: Mistakes
) -> tuple[dict[int, int], Rows]:
    """Return the free places by NIS code, of all municipalities: places of plots less the dwellings of projects on them; and where."""
    if not sheet.rows:
        return {}, {}
    free = dict.fromkeys(area.members(), 0)
    refused = {row.cells["project"] for row in projects.rows} - set(listed)
    plots: dict[str, list[tuple[Row, int]]] = defaultdict(list)
    seen: dict[str, Row] = {}
    rows: Rows = {(code, "land"): [] for code in area.members()}
    for row in sheet.rows:
        with mistakes.noted():
            sheet.once(row, "plot", sheet.text(row, "plot", LONGEST), seen)
            code, places, name = area.of(sheet, row, part=True), sheet.whole(row, "places", 0, LARGEST), row.cells["project"]
            free[code] += places
            rows[code, "land"].append(row)
            if name and name not in refused:
                _check_project(sheet, row, code, listed, projects, area)
                plots[name].append((row, places))
    if not mistakes.found:  # else a plot that was refused would be missed here
        for name, item in listed.items():
            with mistakes.noted():
                free[item.project.nis] -= _taken(sheet, projects, item, plots[name])
    return free, rows


def _check_project(sheet: Sheet, row: Row, code: int, listed: Mapping[str, Listed], projects: Sheet, area: Area) -> None:
    """Raise InputError for a plot of a project that is not listed, or lies in another municipality."""
    name = row.cells["project"]
    if not listed:
        raise sheet.wrong(row, "project", "found {name!r}, which is no project, as none are listed", name=name[:40])
    if name not in listed:
        message = "found {name!r}, which is no project of {file}; {hint}"
        raise sheet.wrong(row, "project", message, name=name[:40], file=projects.path.name, hint=hint(sheet.lang, name, listed))
    if listed[name].project.nis != code:
        message = "{name!r} is a project in {municipality} (line {line}), this plot lies elsewhere"
        elsewhere = area.names[listed[name].project.nis]
        raise sheet.wrong(row, "project", message, name=name, municipality=elsewhere, line=listed[name].row.line)


def _taken(sheet: Sheet, projects: Sheet, item: Listed, plots: list[tuple[Row, int]]) -> int:
    """Return how many of the places of its plots a project takes.

    Raises InputError for too few, or none where it stands on MJP or beyond and its land is not another's.
    """
    project, file, lines = item.project, sheet.path.name, sheet.place([row for row, _ in plots])
    if not plots and (item.owner == "other" or not REACHED[project.stage]):
        return 0
    if not plots:
        message = (
            "no plot in {file} names this project; with stage {stage} its {dwellings} dwellings need places there, or {other!r} here if the "
            "land is not your own"
        )
        words = {"stage": named(STAGES[project.stage], projects.lang), "other": named(OWNERS["other"], projects.lang)}
        raise projects.wrong(item.row, "land", message, file=file, dwellings=project.dwellings, **words)
    if item.owner == "other":
        message = "found {found!r}, but {file} {lines} has land of your own for this project"
        raise projects.wrong(item.row, "land", message, found=item.row.cells["land"], file=file, lines=lines)
    places = sum(number for _, number in plots)
    if project.dwellings > places:
        message = "{dwellings} dwellings on {places} places ({file} {lines})"
        raise projects.wrong(item.row, "dwellings", message, dwellings=project.dwellings, places=places, file=file, lines=lines)
    return project.dwellings


def _places(sheet: Sheet, rows: Rows, area: Area) -> dict[tuple[int, str], str]:
    """Return in words where figures stand; for land and projects also that a municipality has no row."""
    column = {"projects": "dwellings", "land": "places"}
    none = "no row for {municipality}"
    return {
        (code, figure): f"{sheet.path}: "
        + (sheet.place(on, column.get(figure, "own")) if on else say(sheet.lang, none, municipality=area.names[code]))
        for (code, figure), on in rows.items()
    }
