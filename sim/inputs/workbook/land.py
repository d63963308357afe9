"""The land in a company's workbook: its plots, and the projects that lie on them."""

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from sim.inputs.workbook.area import Area
from sim.inputs.workbook.columns import OWNERS, STAGES, named
from sim.inputs.workbook.data import REACHED, OwnProject
from sim.inputs.workbook.messages import hint
from sim.inputs.workbook.sheets import Mistakes, Row, Sheet

LARGEST = 1_000_000  # dwellings or places in one cell
LONGEST = 120  # letters of a name
Rows = dict[tuple[int, str], list[Row]]  # by NIS code and figure: the rows that say it


class Listed(NamedTuple):
    """A project as it was read: the row it stands in, and whose its land is (OWNERS)."""

    row: Row
    project: OwnProject
    owner: str


def read_land(
    sheet: Sheet, area: Area, projects: Sheet | None, listed: Mapping[str, Listed], mistakes: Mistakes
) -> tuple[dict[int, int], Rows]:
    """Return the free places by NIS code, of all municipalities: places of plots less the dwellings of projects on them; and where."""
    if not sheet.rows:
        return {}, {}
    free = dict.fromkeys(area.members(), 0)
    refused = {row.cells["project"] for row in projects.rows} - set(listed) if projects is not None else set()
    plots: dict[str, list[tuple[Row, int]]] = defaultdict(list)
    seen: dict[str, Row] = {}
    rows: Rows = {(code, "land"): [] for code in area.members()}
    for row in sheet.rows:
        with mistakes.noted():
            sheet.once(row, "plot", sheet.text(row, "plot", LONGEST), seen)
            code, places, name = area.of(sheet, row), sheet.whole(row, "places", 0, LARGEST), row.cells["project"]
            free[code] += places
            rows[code, "land"].append(row)
            if name and name not in refused:
                _check_project(sheet, row, code, listed, projects, area)
                plots[name].append((row, places))
    if projects is not None and not mistakes.found:  # else a plot that was refused would be missed here
        for name, item in listed.items():
            with mistakes.noted():
                free[item.project.nis] -= _taken(sheet, projects, item, plots[name])
    return free, rows


def _check_project(sheet: Sheet, row: Row, code: int, listed: Mapping[str, Listed], projects: Sheet | None, area: Area) -> None:
    """Raise InputError for a plot of a project that is not listed, or lies in another municipality."""
    name = row.cells["project"]
    if projects is None or not listed:
        raise sheet.wrong(row, "project", "found {name!r}, which is no project, as none are listed", name=name[:40])
    if name not in listed:
        message = "found {name!r}, which is no project of {file}; {hint}"
        raise sheet.wrong(row, "project", message, name=name[:40], file=projects.path.name, hint=hint(sheet.lang, name, listed))
    if listed[name].project.nis != code:
        message = "{name!r} is a project in {municipality} (line {line}), this plot lies elsewhere"
        there = area.names[listed[name].project.nis]
        raise sheet.wrong(row, "project", message, name=name, municipality=there, line=listed[name].row.line)


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
