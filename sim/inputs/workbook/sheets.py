"""Tables as people save them from a spreadsheet: any of the usual separators and encodings, empty rows, decimal commas, months.

Every error names the file, the line and the column as it is called there, in the language of the file; all mistakes are found at once.
"""

import csv
import io
import re
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from sim.inputs.errors import InputError, of_thousands
from sim.inputs.files import read_bytes
from sim.inputs.workbook.words import COLUMNS, Lang, Words, hint, meant, named, say

MAX_BYTES = 5_000_000
MOST_SHOWN = 20  # mistakes at once
SEPARATORS = (";", "\t", ",")  # the first of them of which the header has most
FIRST_YEAR, LAST_YEAR = 1990, 2100
# A number with at most one separator, which is that of decimals: "1.250" is refused, as it may be 1250 or 1.25.
NUMBER = re.compile(r"([0-9]{1,9})(?:[.,]([0-9]{1,9}))?")
MONTHS = (
    *("jan januari january", "feb februari february", "mrt maa mar maart march", "apr april", "mei may", "jun juni june"),
    *("jul juli july", "aug augustus august", "sep sept september", "okt oct oktober october", "nov november", "dec december"),
)
DATES = (  # 2027-06 and 2027-06-30; 06/2027 and 30/06/2027; and what spreadsheets make of these: jun/27, 30 juni 2027
    re.compile(r"(?P<y>[0-9]{4})[-/](?P<m>[0-9]{1,2})(?:[-/](?P<d>[0-9]{1,2}))?"),
    re.compile(r"(?:(?P<d>[0-9]{1,2})[-/.])?(?P<m>[0-9]{1,2})[-/.](?P<y>[0-9]{4})"),
    re.compile(r"(?:(?P<d>[0-9]{1,2})[-/. ])?(?P<name>[a-z]{3,9})\.?[-/. ](?P<y>[0-9]{4}|[0-9]{2})"),
)


@dataclass(frozen=True)
class Row:
    """A row by its line in the file; its cells by the key of their column, "" where the file has none."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Sheet:
    """A table: what its columns are called in the file, its rows, the language in which its allowed values are named, and columns' names."""

    path: Path
    lang: Lang
    headers: Mapping[str, str] = field(default_factory=dict)
    rows: tuple[Row, ...] = ()
    words: Mapping[str, Words] = field(default_factory=lambda: COLUMNS)

    def called(self, column: str) -> str:
        """Return what a column is called in this file."""
        return self.headers.get(column, named(self.words[column], self.lang))

    def place(self, rows: Sequence[Row], column: str = "") -> str:
        """Return where a cell of some rows stands, or the rows."""
        lines, one = ", ".join(str(row.line) for row in rows), len(rows) == 1
        if not column:
            return say(self.lang, "line {line}" if one else "lines {lines}", line=lines, lines=lines)
        message = "line {line}, {column}" if one else "lines {lines}, {column}"
        return say(self.lang, message, line=lines, lines=lines, column=self.called(column))

    def wrong(self, row: Row, column: str, message: str, **values: object) -> InputError:
        """Return the error for a cell."""
        return InputError(self.path, self.place([row], column), say(self.lang, message, **values))

    def text(self, row: Row, column: str, most: int = MAX_BYTES) -> str:
        """Return the text of a cell. Raises InputError for an empty one, or an overlong one."""
        text = row.cells[column]
        if not text:
            raise self.wrong(row, column, "empty; it is needed")
        if len(text) > most:
            raise self.wrong(row, column, "{count} letters; at most {most} are allowed", count=len(text), most=most)
        return text

    def choice(self, row: Row, column: str, words: Mapping[str, Words]) -> str:
        """Return the key of what a cell names. Raises InputError with the nearest name for anything else."""
        text = self.text(row, column)
        key = meant(text, words)
        if key is None:
            allowed = hint(self.lang, text, (named(w, self.lang) for w in words.values()))
            raise self.wrong(row, column, "found {found!r}; {hint}", found=text[:40], hint=allowed)
        return key

    def whole(self, row: Row, column: str, least: int, most: int) -> int:
        """Return the whole number in a cell. Raises InputError for anything else, or one that is too small or too large."""
        value = self._number(row, column)
        if value is None or value != int(value) or not least <= value <= most:
            message = "found {found!r}; a whole number from {least} to {most} is allowed, without separators of thousands"
            raise self.wrong(row, column, message, found=row.cells[column][:40], least=least, most=most)
        return int(value)

    def amount(self, row: Row, column: str, most: int) -> float:
        """Return the number in a cell, not below zero. Raises InputError for anything else, or one that is too large."""
        value = self._number(row, column)
        if value is None or value > most:
            message = "found {found!r}; a number from 0 to {most} is allowed, without separators of thousands"
            raise self.wrong(row, column, message, found=row.cells[column][:40], most=most)
        return value

    def once(self, row: Row, column: str, key: Hashable, seen: dict[Any, Row]) -> None:
        """Keep a row by its key. Raises InputError for one that is there already."""
        if key in seen:
            line = seen[key].line
            raise self.wrong(row, column, "{name!r} stands twice (also line {line})", name=row.cells[column], line=line)
        seen[key] = row

    def month(self, row: Row, column: str) -> date | None:
        """Return the first day of the month in a cell, None for an empty one. Raises InputError for anything else."""
        text = row.cells[column].casefold()
        if not text:
            return None
        parts = next((match.groupdict() for form in DATES if (match := form.fullmatch(text))), {})
        try:
            year = int(parts["y"])
            if len(parts["y"]) == 2:  # of 1990 to 2089: what is older or later is asked for in four
                year += 1900 if year >= FIRST_YEAR % 100 else 2000
            names = parts.get("name", "")
            month = next(i for i, known in enumerate(MONTHS, 1) if names in known.split()) if names else int(parts["m"])
            date(year, month, int(parts.get("d") or 1))
        except (KeyError, ValueError, StopIteration):
            year = month = 0
        if not FIRST_YEAR <= year <= LAST_YEAR:
            message = "found {found!r}; a month of {first} to {last} is allowed, as 2027-06, 06/2027 or 30/06/2027"
            raise self.wrong(row, column, message, found=row.cells[column][:40], first=FIRST_YEAR, last=LAST_YEAR)
        return date(year, month, 1)

    def _number(self, row: Row, column: str) -> float | None:
        text = "".join(self.text(row, column).split())
        match = NUMBER.fullmatch(text)
        if match is None or of_thousands(text):
            return None
        return float(f"{match[1]}.{match[2] or 0}")


@dataclass
class Mistakes:
    """What is wrong in the tables of a folder, collected so that one reading finds it all."""

    folder: Path
    lang: Lang
    found: list[InputError] = field(default_factory=list)

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Keep what is wrong in the block, and go on after it."""
        try:
            yield
        except InputError as error:
            self.found.append(error)

    def stop(self) -> None:
        """Raise InputError if anything was wrong: one mistake as it is, more in a line each."""
        if len(self.found) == 1:
            raise self.found[0]
        if self.found:
            shown = [str(InputError(Path(e.file).name, e.place, e.problem)) for e in self.found[:MOST_SHOWN]]
            more = len(self.found) - len(shown)
            shown += [say(self.lang, "... and {count} more", count=more)] if more else []
            title = say(self.lang, "{count} mistakes", count=len(self.found))
            raise InputError(self.folder, "", "\n  ".join([title, *shown]))


def read_sheet(
    path: Path,
    lang: Lang,
    columns: Iterable[str],
    needed: Iterable[str],
    words: Mapping[str, Words] = COLUMNS,
    others: bool = False,
) -> Sheet:
    """Return the table in a CSV whose columns have these keys. `lang`: in which allowed values are named in errors.

    `words`: what the columns may be called. `others`: columns of any other name are left alone. Raises InputError for a file that cannot be
    read, a column that is unknown, double or missing, and a cell outside the columns.
    """
    text = _decoded(path, lang)
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(SEPARATORS, key=first.count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        filled = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise _unread(path, lang, "", "not a CSV table ({why})", why=error) from None
    if not filled:
        raise _unread(path, lang, "", "empty; a header is needed")
    header, allowed, top = filled[0][1], list(columns), say(lang, "header")
    keys = [_column(path, name, lang, allowed, words, others) for name in header]
    for i, key in enumerate(keys):
        if key and key in keys[:i]:
            raise _unread(path, lang, top, "column {name!r} stands twice", name=header[i])
    for key in needed:
        if key not in keys:
            name, names = named(words[key], lang), ", ".join(filter(None, header))
            raise _unread(path, lang, top, "no column {name!r}; found {names}", name=name, names=names)
    rows = []
    for line, cells in filled[1:]:
        beyond = [cell for i, cell in enumerate(cells) if cell and (i >= len(header) or not header[i])]
        if beyond:
            place = say(lang, "line {line}", line=line)
            raise _unread(path, lang, place, "found {found!r} in a column without a header", found=beyond[0][:40])
        rows.append(Row(line, {**dict.fromkeys(allowed, ""), **{key: cell for key, cell in zip(keys, cells, strict=False) if key}}))
    return Sheet(path, lang, {key: name for key, name in zip(keys, header, strict=True) if key}, tuple(rows), words)


def _unread(path: Path, lang: Lang, place: str, message: str, **values: object) -> InputError:
    """Return the error for a table that cannot be read."""
    return InputError(path, place, say(lang, message, **values))


def _column(path: Path, name: str, lang: Lang, allowed: list[str], words: Mapping[str, Words], others: bool) -> str:
    """Return the key of a column, "" for one that is left alone. Raises InputError for any other name."""
    key = meant(name, words, allowed)
    if key is None and name and not others:
        close = hint(lang, name, (named(words[k], lang) for k in allowed))
        raise _unread(path, lang, say(lang, "header"), "unknown column {name!r}; {hint}", name=name[:40], hint=close)
    return key or ""


def _decoded(path: Path, lang: Lang) -> str:
    """Return the text of a file in UTF-8, UTF-16 with its mark, or else the encoding of Windows in Western Europe."""
    raw = read_bytes(path, MAX_BYTES, partial(say, lang))
    marked = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise _unread(path, lang, "", "not a text file; save it as CSV")
