"""A list of real projects: when each came into a stage and when it left it, if it did. Every mistake in it is said at once.

A CSV as spreadsheets save it, with the columns `stage`, `begun` and `ended` (months; not ended: still under way) and, if wanted, `project`;
the names may be Dutch. Other columns are left alone. A project that was dropped left its stage in the month in which it was dropped.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sim.inputs.errors import InputError, nearest
from sim.inputs.months import month_number
from sim.inputs.sheets import MAX_BYTES, SEPARATORS, Mistakes, Row, Sheet
from sim.inputs.workbook_words import Words, meant

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


@dataclass(frozen=True)
class Stays:
    """How long projects were in a stage (whole months): those that left it, and those still in it when the list was made."""

    finished: tuple[int, ...]
    under_way: tuple[int, ...]


@dataclass(frozen=True)
class Records:
    """A list: the name of its file, the month at the end of which it was made, and the stays in every stage that it has."""

    name: str
    seen: date
    stays: Mapping[str, Stays]


@dataclass(frozen=True)
class _List(Sheet):
    """Its rows, read in either language; what is wrong in them is said in English, as of a scenario."""

    def called(self, column: str) -> str:
        return self.headers[column]


def read_stays(path: Path, seen: str | None = None) -> Records:
    """Return the stays in a list of projects, seen until the end of month `seen` (YYYY-MM; default: the latest month in the list).

    Raises InputError with every mistake by line and column: an unknown stage, a month that is none, an end before the beginning, either
    after `seen`, a project twice in a stage; and for a file that cannot be read, has no rows or lacks a column.
    """
    made = None if seen is None else _month_of(seen)
    sheet = _sheet(path)
    mistakes = Mistakes(path, sheet.lang)
    rows: list[tuple[Row, str, date, date | None]] = []
    twice: dict[tuple[str, str], Row] = {}
    for row in sheet.rows:
        with mistakes.noted():
            stage, begun, ended = _stage(sheet, row), sheet.month(row, "begun"), sheet.month(row, "ended")
            if begun is None:
                raise sheet.wrong(row, "begun", "empty; it is needed")
            if ended is not None and ended < begun:
                raise sheet.wrong(
                    row, "ended", "found {ended:%Y-%m}; not before it began ({begun:%Y-%m})", ended=ended, begun=begun
                )
            for column, month in (("begun", begun), ("ended", ended)):
                if made is not None and month is not None and month > made:
                    raise sheet.wrong(
                        row, column, "found {month:%Y-%m}; not after {made:%Y-%m}, when the list was made", month=month, made=made
                    )
            if row.cells["project"]:
                sheet.once(row, "project", (stage, row.cells["project"]), twice)
            rows.append((row, stage, begun, ended))
    mistakes.stop()
    made = made or max(ended or begun for _, _, begun, ended in rows)
    stays = {
        name: Stays(
            tuple(month_number(ended, begun) for _, stage, begun, ended in rows if stage == name and ended is not None),
            tuple(month_number(made, begun) for _, stage, begun, ended in rows if stage == name and ended is None),
        )
        for name in STAGES
        if any(stage == name for _, stage, _, _ in rows)
    }
    return Records(path.name, made, stays)


def _month_of(text: str) -> date:
    """Return the first day of the month that the option says."""
    try:
        return datetime.strptime(text, "%Y-%m").date()
    except ValueError:
        raise InputError("--seen", "", f"found {text[:40]!r}; a month is allowed, as 2026-10") from None


def _stage(sheet: Sheet, row: Row) -> str:
    """Return the stage that a row names."""
    text = sheet.text(row, "stage")
    key = meant(text, STAGES)
    if key is None:
        names = {name for words in STAGES.values() for name in (words.nl, words.en)}
        raise sheet.wrong(row, "stage", "found {found!r}; {hint}", found=text[:40], hint=nearest(text.casefold(), names))
    return key


def _sheet(path: Path) -> Sheet:
    """Return the rows of a file, with the separator of which its header has most."""
    text = _decoded(path)
    separator = max(SEPARATORS, key=next((line for line in text.splitlines() if line.strip()), "").count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        filled = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise InputError(path, "", f"not a CSV table ({error})") from None
    if not filled:
        raise InputError(path, "", f"empty; a header is needed: {', '.join(NEEDED)}")
    (_, header), *lines = filled
    keys = [meant(name, COLUMNS) for name in header]
    for key in COLUMNS:
        if keys.count(key) > 1:
            raise InputError(path, "header", f"column {key!r} stands twice")
        if key in NEEDED and key not in keys:
            raise InputError(path, "header", f"no column {key!r}; found {', '.join(filter(None, header))[:200]}")
    if not lines:
        raise InputError(path, "", "no rows; a project a line is needed")
    rows = []
    for line, cells in lines:
        if any(cells[len(header) :]):
            raise InputError(path, f"line {line}", "more cells than the header")
        rows.append(Row(line, {**dict.fromkeys(COLUMNS, ""), **{key: cell for key, cell in zip(keys, cells, strict=False) if key}}))
    return _List(path, "en", {key: name for key, name in zip(keys, header, strict=True) if key}, tuple(rows))


def _decoded(path: Path) -> str:
    """Return the text of a file in UTF-8 or else the encoding of Windows in Western Europe, which spreadsheets still write."""
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise InputError(repr(str(path))[1:-1], "", f"cannot be read ({getattr(error, 'strerror', None) or error})") from None
    if len(raw) > MAX_BYTES:
        raise InputError(path, "", f"more than {MAX_BYTES} bytes; at most as many are allowed")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise InputError(path, "", "not a text file in UTF-8; save it as CSV")
