"""A company's workbook: four tables in a folder, as `bso template company` makes them and people fill them in."""

import difflib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple, TypeVar

from sim.inputs.company import STEPS, OwnMunicipality, OwnProject, OwnStage, Workbook
from sim.inputs.errors import InputError, nearest
from sim.inputs.sheets import Row, Sheet, read_sheet
from sim.inputs.tables import read_table
from sim.inputs.workbook_words import FILES, NEEDED, OF_COMPANY, OF_MUNICIPALITIES, STAGES, TABLES, Lang, named, plain

MUNICIPALITIES = Path(__file__).parent / "data" / "municipalities.csv"
LARGEST = 1_000_000  # dwellings or places in one cell
LONGEST = 120  # letters of a name
MOST = {"managers": 1_000, "finance": 100_000, "bought": 100_000}
Key = TypeVar("Key")
SPREADSHEETS = (".csv", ".xlsx", ".xls", ".ods", ".numbers")


class Area:
    """The municipalities of one company, found by NIS code or name."""

    def __init__(self, company: str, facts: Mapping[int, Mapping[str, str]]) -> None:
        self.company = company
        self.names = {code: row["name"] for code, row in facts.items()}
        self.owners = {code: row["company"] for code, row in facts.items()}
        self.codes = {plain(name): code for code, name in self.names.items()}

    def of(self, sheet: Sheet, row: Row) -> int:
        """Return the NIS code of the municipality of a row. Raises InputError for none, an unknown one, or another company's."""
        code, name = row.cells["nis"], row.cells["municipality"]
        if not code and not name:
            raise sheet.wrong(row, "municipality", f"empty; {sheet.called('nis')} or {sheet.called('municipality')} is needed")
        if name and plain(name) not in self.codes:
            own = [known for nis, known in self.names.items() if self.owners[nis] == self.company]
            close = difflib.get_close_matches(name, self.names.values(), 1, 0.6)
            raise sheet.wrong(row, "municipality", f"unknown municipality {name[:40]!r}; {nearest(name, close or own)}")
        found = self.codes[plain(name)] if name else 0
        if code:
            nis = sheet.whole(row, "nis", 0, 99_999)
            if nis not in self.names:
                raise sheet.wrong(row, "nis", f"unknown NIS code {nis}; {nearest(str(nis), map(str, self.names))}")
            if name and nis != found:
                raise sheet.wrong(row, "municipality", f"found {name!r}; NIS code {nis} is {self.names[nis]}")
            found = nis
        if self.owners[found] != self.company:
            problem = f"{self.names[found]} is a municipality of {self.owners[found]}, not of {self.company}"
            raise sheet.wrong(row, "municipality" if name else "nis", problem)
        return found

    def members(self) -> list[int]:
        """Return the NIS codes of the company's municipalities, in order."""
        return sorted(code for code, owner in self.owners.items() if owner == self.company)


class Listed(NamedTuple):
    """A project as it was read, with the row it stands in."""

    row: Row
    project: OwnProject


def read_workbook(folder: Path, start: date) -> tuple[str, Workbook]:
    """Return the company's name and what it says of itself at the start of the simulation.

    Raises InputError naming file, line and column for whatever cannot be.
    """
    sheets = _sheets(folder)
    if "staff" not in sheets:
        raise InputError(
            folder,
            "",
            f"no {FILES['staff'].nl} or {FILES['staff'].en}, which says whose data these are; `bso template company NAME` makes the files",
        )
    facts = read_table(MUNICIPALITIES, key="nis")
    company, means = _staff(sheets["staff"], {row["company"] for row in facts.values()})
    area = Area(company, facts)
    figures = _figures(sheets["municipalities"], area) if "municipalities" in sheets else {}
    listed = _projects(sheets["projects"], area, start) if "projects" in sheets else []
    land = _land(sheets["land"], area, sheets.get("projects"), listed) if "land" in sheets else {}
    rows = [
        OwnMunicipality(nis=code, **figures.get(code, {}), land=land.get(code))
        for code in area.members()
        if code in figures or code in land
    ]
    projects = tuple(item.project for item in listed) if listed else None
    return company, Workbook(**means, municipalities=tuple(rows), projects=projects)


def _sheets(folder: Path) -> dict[str, Sheet]:
    """Return the tables in a folder by their key. Raises InputError for two of one table, or one that is not saved as it should."""
    try:
        found = {path.name.casefold(): path for path in sorted(folder.iterdir())}
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise InputError(
            repr(str(folder))[1:-1], "", f"no folder with own data ({getattr(error, 'strerror', None) or error})"
        ) from None
    languages: tuple[Lang, Lang] = ("nl", "en")
    there = {
        table: [(name, lang) for name, lang in zip((FILES[table].nl, FILES[table].en), languages, strict=True) if name in found]
        for table in FILES
    }
    for files in there.values():
        if len(files) > 1:
            raise InputError(folder, "", f"both {files[0][0]} and {files[1][0]}; one of them is allowed")
    stems = {Path(name).stem: name for words in FILES.values() for name in (words.nl, words.en)}
    for name, path in found.items():  # filled in and saved under another name, it would be passed over without a word
        close = difflib.get_close_matches(Path(name).stem, stems, 1, 0.8)
        if name not in stems.values() and path.suffix.lower() in SPREADSHEETS and close:
            raise InputError(path, "", f"not read under this name; save it as {stems[close[0]]}, or take it away")
    return {
        table: read_sheet(found[name], lang, TABLES[table], NEEDED[table]) for table, files in there.items() for name, lang in files
    }


def _staff(sheet: Sheet, companies: set[str]) -> tuple[str, dict[str, float]]:
    """Return whose workbook this is, and the means that it says it has."""
    known = {plain(name): name for name in companies}
    if not sheet.rows:
        raise InputError(sheet.path, "", f"no rows; {sheet.called('company')} is needed")
    company, means = "", {}
    for row in sheet.rows:
        name = sheet.text(row, "company")
        if plain(name) not in known:
            raise sheet.wrong(row, "company", f"no such company {name[:60]!r}; {nearest(name, companies)}")
        if company and known[plain(name)] != company:
            raise sheet.wrong(row, "company", f"found {name!r}; the rows above are of {company}")
        company = known[plain(name)]
    for figure, row in _once(sheet, ((sheet.choice(row, "figure", OF_COMPANY), row) for row in sheet.rows), "figure").items():
        if row.cells["own"]:
            means[figure] = sheet.amount(row, "own", MOST[figure])
    return company, means


def _figures(sheet: Sheet, area: Area) -> dict[int, dict[str, int]]:
    """Return the company's own figures by NIS code."""
    keyed = (((area.of(sheet, row), sheet.choice(row, "figure", OF_MUNICIPALITIES)), row) for row in sheet.rows)
    own: dict[int, dict[str, int]] = defaultdict(dict)
    rows = _once(sheet, keyed, "figure")
    for (code, figure), row in rows.items():
        if row.cells["own"]:
            own[code][figure] = sheet.whole(row, "own", 0, LARGEST)
    for code, figures in own.items():
        if "stock" in figures and figures.get("rented_in", 0) > figures["stock"]:
            problem = f"found {figures['rented_in']}; not more than the social stock ({figures['stock']}, line {rows[code, 'stock'].line})"
            raise sheet.wrong(rows[code, "rented_in"], "own", problem)
    return dict(own)


def _projects(sheet: Sheet, area: Area, start: date) -> list[Listed]:
    """Return the company's projects under way, in the order of the file."""
    called = {step: sheet.called(step) for step in STEPS} | {stage: named(words, sheet.lang) for stage, words in STAGES.items()}
    listed = []
    for name, row in _once(sheet, ((_name(sheet, row, "project"), row) for row in sheet.rows), "project").items():
        stage: OwnStage = sheet.choice(row, "stage", STAGES)  # type: ignore[assignment]  # its keys are the stages
        project = OwnProject(
            name=name,
            nis=area.of(sheet, row),
            dwellings=sheet.whole(row, "dwellings", 1, 1_000),
            stage=stage,
            **{step: sheet.month(row, step) for step in STEPS},
        )
        fault = project.fault(start, called)
        if fault is not None:
            raise sheet.wrong(row, *fault)
        listed.append(Listed(row, project))
    return listed


def _land(sheet: Sheet, area: Area, projects: Sheet | None, listed: list[Listed]) -> dict[int, int]:
    """Return the free places by NIS code, of all municipalities: places of plots less the dwellings of projects on them."""
    if not sheet.rows:
        return {}
    free = dict.fromkeys(area.members(), 0)
    known = {item.project.name: item for item in listed}
    plots: dict[str, list[tuple[Row, int]]] = defaultdict(list)
    for row in _once(sheet, ((_name(sheet, row, "plot"), row) for row in sheet.rows), "plot").values():
        code, places, name = area.of(sheet, row), sheet.whole(row, "places", 0, LARGEST), row.cells["project"]
        free[code] += places
        if not name:
            continue
        if name not in known:
            where = f"project of {projects.path.name}" if projects is not None else "project, as there is no table of projects"
            hint = f"; {nearest(name, known)}" if known else ""
            raise sheet.wrong(row, "project", f"found {name[:40]!r}, which is no {where}{hint}")
        if known[name].project.nis != code:
            there = area.names[known[name].project.nis]
            raise sheet.wrong(
                row, "project", f"{name!r} is a project in {there} (line {known[name].row.line}), this plot lies elsewhere"
            )
        plots[name].append((row, places))
    for name, on in plots.items():
        project, places = known[name].project, sum(places for _, places in on)
        if project.dwellings > places:
            lines = ", ".join(str(row.line) for row, _ in on)
            where = f"{sheet.path.name} {'line' if len(on) == 1 else 'lines'} {lines}"
            assert projects is not None
            raise projects.wrong(known[name].row, "dwellings", f"{project.dwellings} dwellings on {places} places ({where})")
        free[project.nis] -= project.dwellings
    return free


def _name(sheet: Sheet, row: Row, column: str) -> str:
    """Return a name in a cell. Raises InputError for an empty or overlong one."""
    name = sheet.text(row, column)
    if len(name) > LONGEST:
        raise sheet.wrong(row, column, f"{len(name)} letters; at most {LONGEST} are allowed")
    return name


def _once(sheet: Sheet, rows: Iterable[tuple[Key, Row]], column: str) -> dict[Key, Row]:
    """Return rows by their key. Raises InputError for one that stands twice."""
    found: dict[Key, Row] = {}
    for key, row in rows:
        if key in found:
            raise sheet.wrong(row, column, f"{row.cells[column]!r} stands twice (also line {found[key].line})")
        found[key] = row
    return found
