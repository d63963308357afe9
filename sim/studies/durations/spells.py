"""A list of real projects: when each came into a stage and when it left it, if it did. Every mistake in it is said at once.

A table as spreadsheets save it (CSV or .xlsx), with the columns `stage`, `begun` and `ended` (months; not ended: still under way) and, if
wanted, `project`; the names may be Dutch. Other columns are left alone. A project that was dropped left its stage in the month in which it
was dropped.

A company's own list of projects, as its workbook has it for `bso capacity`, is read as well: what its stage has behind it was seen, what it
expects was not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sim.inputs.errors import InputError
from sim.inputs.months import month_number
from sim.inputs.sheets.sheet import Mistakes, Row, Sheet, read_sheet
from sim.inputs.workbook.words import COLUMNS as OF_WORKBOOK
from sim.inputs.workbook.words import STAGES as OF_PROJECTS
from sim.inputs.workbook.words import Words

STAGES: Mapping[str, Words] = {  # the lead times of a scenario under their own names
    "preparation": Words("voorbereiding", "preparation"),
    "permit": Words("vergunning", "permit"),
    "award": Words("gunning", "award"),
    "start": Words("start", "start", ("start werken", "start of works")),
    "construction": Words("uitvoering", "construction", ("bouw",)),
}
COLUMNS: Mapping[str, Words] = {
    "stage": Words("fase", "stage"),
    "begun": Words("begonnen", "begun"),
    "ended": Words("geëindigd", "ended"),
    "project": Words("project", "project"),
}
NEEDED = ("stage", "begun", "ended")
# Of a company's list: the lead time that begins in one column and ends in another, by the stages in which it has begun, and those in which
# it has ended. Between KTP and the start of works it has no month for the award.
LISTED = {
    "permit": ("on_mjp", "on_ktp", ("MJP", "KTP", "construction"), ("KTP", "construction")),
    "construction": ("start", "delivered", ("construction",), ()),
}
OF_BOTH: Mapping[str, Words] = {**COLUMNS, **{name: OF_WORKBOOK[name] for name in ("on_mjp", "on_ktp", "start", "delivered")}}


@dataclass(frozen=True)
class Spells:
    """How long projects were in a stage (whole months): those that left it, and those still in it when the list was made."""

    finished: tuple[int, ...]
    under_way: tuple[int, ...]


@dataclass(frozen=True)
class Records:
    """A list: the name of its file, the month at the end of which it was made, the spells in every stage that it has, and what is to be said of
    how it was read."""

    name: str
    seen: date
    spells: Mapping[str, Spells]
    remarks: tuple[str, ...] = ()


def read_spells(path: Path, seen: str | None = None, today: date | None = None) -> Records:
    """Return the spells in a list of projects, seen until the end of month `seen` (YYYY-MM; default: the latest month in the list).

    Raises InputError with every mistake by line and column: an unknown stage, a month that is none, an end before the beginning, either
    after `seen`, or without that after `today` (default: by the clock), as what is only planned is no observation, a project twice in a
    stage; and for a file that cannot be read, has no rows or lacks a column.
    """
    try:
        made = None if seen is None else datetime.strptime(seen, "%Y-%m").date()
    except ValueError:
        raise InputError("--seen", "", f"found {str(seen)[:40]!r}; a month is allowed, as 2026-10") from None
    mistakes = Mistakes(path, "en")
    sheet = read_sheet(path, "en", OF_BOTH, ("stage",), OF_BOTH, others=True, mistakes=mistakes)
    listed = not {"begun", "ended"} & sheet.headers.keys() and {"on_mjp", "start"} <= sheet.headers.keys()
    if not listed:
        mistakes = Mistakes(path, "en")
        sheet = read_sheet(path, "en", COLUMNS, NEEDED, COLUMNS, others=True, mistakes=mistakes)
    if not sheet.rows:
        mistakes.stop()
        raise InputError(path, "", "no rows; a project a line is needed")
    latest = (today or date.today()).replace(day=1) if made is None else made
    why = "when the list was made" if made else "today: what has not happened is left empty, and --seen says when the list was made"
    rows: list[tuple[str, date, date | None]] = []
    twice: dict[tuple[str, str], Row] = {}
    for row in sheet.rows:
        with mistakes.noted():
            for stage, first, last in _stages(sheet, row, listed):
                begun, ended = sheet.month(row, first), sheet.month(row, last) if last else None
                if begun is None:
                    raise sheet.wrong(row, first, "empty; it is needed")
                if ended is not None and ended < begun:
                    problem = "found {ended:%Y-%m}; not before it began ({begun:%Y-%m})"
                    raise sheet.wrong(row, last, problem, ended=ended, begun=begun)
                for column, month in ((first, begun), (last, ended)):
                    if month is not None and month > latest:
                        problem = "found {month:%Y-%m}; not after {latest:%Y-%m}, {why}"
                        raise sheet.wrong(row, column, problem, month=month, latest=latest, why=why)
                if row.cells.get("project"):
                    sheet.once(row, "project", (stage, row.cells["project"]), twice)
                rows.append((stage, begun, ended))
    mistakes.stop()
    if not rows:
        raise InputError(path, "", "no project is on MJP or further; nothing was seen of how long a stage takes")
    made, spells = made or max(ended or begun for _, begun, ended in rows), {}
    for name in STAGES:
        of_stage = [(begun, ended) for stage, begun, ended in rows if stage == name]
        finished = tuple(month_number(ended, begun) for begun, ended in of_stage if ended is not None)
        under_way = tuple(month_number(made, begun) for begun, ended in of_stage if ended is None)
        if of_stage:
            spells[name] = Spells(finished, under_way)
    months = OF_BOTH.keys() - COLUMNS.keys() if listed else ("begun", "ended")
    return Records(path.name, made, spells, (*sheet.remarks, *sheet.doubts_of_months(tuple(sorted(months)))))


def _stages(sheet: Sheet, row: Row, listed: bool) -> list[tuple[str, str, str]]:
    """Return the lead times of which a row tells, with the columns of their beginning and end; none ("") for one that has not ended."""
    if not listed:
        return [(sheet.choice(row, "stage", STAGES), "begun", "ended")]
    now = sheet.choice(row, "stage", OF_PROJECTS)
    of_row = ((name, first, last if now in ended else "") for name, (first, last, begun, ended) in LISTED.items() if now in begun)
    return list(of_row)
