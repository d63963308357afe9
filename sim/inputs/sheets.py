"""Tables as people save them from a spreadsheet: any of the usual separators and encodings, empty rows, decimal commas, months.

Every error names the file, the line and the column as it is called there.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sim.inputs.errors import InputError, nearest
from sim.inputs.workbook_words import COLUMNS, Lang, Words, meant, named

MAX_BYTES = 5_000_000
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
    """A table: what its columns are called in the file, its rows, and the language in which its allowed values are named."""

    path: Path
    lang: Lang
    headers: Mapping[str, str]
    rows: tuple[Row, ...]

    def called(self, column: str) -> str:
        """Return what a column is called in this file."""
        return self.headers.get(column, named(COLUMNS[column], self.lang))

    def wrong(self, row: Row, column: str, problem: str) -> InputError:
        """Return the error for a cell."""
        return InputError(self.path, f"line {row.line}, {self.called(column)}", problem)

    def text(self, row: Row, column: str) -> str:
        """Return the text of a cell. Raises InputError for an empty one."""
        if not row.cells[column]:
            raise self.wrong(row, column, "empty; it is needed")
        return row.cells[column]

    def choice(self, row: Row, column: str, words: Mapping[str, Words]) -> str:
        """Return the key of what a cell names. Raises InputError with the nearest name for anything else."""
        text = self.text(row, column)
        key = meant(text, words)
        if key is None:
            raise self.wrong(row, column, f"found {text[:40]!r}; {nearest(text, (named(w, self.lang) for w in words.values()))}")
        return key

    def whole(self, row: Row, column: str, least: int, most: int) -> int:
        """Return the whole number in a cell. Raises InputError for anything else, or one that is too small or too large."""
        value = self._number(row, column)
        if value is None or value != int(value) or not least <= value <= most:
            raise self.wrong(
                row, column, f"found {row.cells[column][:40]!r}; a whole number from {least} to {most} is allowed{self._clear()}"
            )
        return int(value)

    def amount(self, row: Row, column: str, most: int) -> float:
        """Return the number in a cell, not below zero. Raises InputError for anything else, or one that is too large."""
        value = self._number(row, column)
        if value is None or value > most:
            raise self.wrong(row, column, f"found {row.cells[column][:40]!r}; a number from 0 to {most} is allowed{self._clear()}")
        return value

    def month(self, row: Row, column: str) -> date | None:
        """Return the first day of the month in a cell, None for an empty one. Raises InputError for anything else."""
        text = row.cells[column].casefold()
        if not text:
            return None
        found = next((match.groupdict() for form in DATES if (match := form.fullmatch(text))), {})
        try:
            year = int(found["y"]) if len(found["y"]) == 4 else 2000 + int(found["y"])
            month = (
                int(found["m"]) if "m" in found else next(i for i, names in enumerate(MONTHS, 1) if found["name"] in names.split())
            )
            date(year, month, int(found.get("d") or 1))
        except (KeyError, ValueError, StopIteration):
            year = month = 0
        if not FIRST_YEAR <= year <= LAST_YEAR:
            years = f"a month of {FIRST_YEAR} to {LAST_YEAR}"
            raise self.wrong(
                row, column, f"found {row.cells[column][:40]!r}; {years} is allowed, as 2027-06, 06/2027 or 30/06/2027"
            )
        return date(year, month, 1)

    def _number(self, row: Row, column: str) -> float | None:
        text = "".join(self.text(row, column).split())
        match = NUMBER.fullmatch(text)
        if match is None or (match[2] and len(match[2]) == 3 and match[1] != "0"):
            return None
        return float(f"{match[1]}.{match[2] or 0}")

    @staticmethod
    def _clear() -> str:
        return ", without separators of thousands"


def read_sheet(path: Path, lang: Lang, columns: Iterable[str], needed: Iterable[str]) -> Sheet:
    """Return the table in a CSV whose columns have these keys. `lang`: in which allowed values are named in errors.

    Raises InputError for a file that cannot be read, a column that is unknown, double or missing, and a cell outside the columns.
    """
    text = _decoded(path)
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(SEPARATORS, key=first.count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        filled = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise InputError(path, "", f"not a CSV table ({error})") from None
    if not filled:
        raise InputError(path, "", "empty; a header is needed")
    header, allowed = filled[0][1], list(columns)
    keys = [_column(path, name, lang, allowed) if name else "" for name in header]
    for i, key in enumerate(keys):
        if key and key in keys[:i]:
            raise InputError(path, "header", f"column {header[i]!r} stands twice")
    for key in needed:
        if key not in keys:
            raise InputError(path, "header", f"no column {named(COLUMNS[key], lang)!r}; found {', '.join(filter(None, header))}")
    rows = []
    for line, cells in filled[1:]:
        beyond = [cell for i, cell in enumerate(cells) if cell and (i >= len(keys) or not keys[i])]
        if beyond:
            raise InputError(path, f"line {line}", f"found {beyond[0][:40]!r} in a column without a header")
        rows.append(Row(line, {**dict.fromkeys(allowed, ""), **{key: cell for key, cell in zip(keys, cells, strict=False) if key}}))
    return Sheet(path, lang, {key: name for key, name in zip(keys, header, strict=True) if key}, tuple(rows))


def _column(path: Path, name: str, lang: Lang, allowed: list[str]) -> str:
    key = meant(name, COLUMNS, allowed)
    if key is None:
        raise InputError(
            path, "header", f"unknown column {name[:40]!r}; {nearest(name, (named(COLUMNS[k], lang) for k in allowed))}"
        )
    return key


def _decoded(path: Path) -> str:
    """Return the text of a file in UTF-8, UTF-16 with its mark, or else the encoding of Windows in Western Europe."""
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(path, "", f"cannot be read ({error.strerror or error})") from None
    if len(raw) > MAX_BYTES:
        raise InputError(path, "", f"more than {MAX_BYTES} bytes; at most as many are allowed")
    marked = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise InputError(path, "", "not a text file; save it as CSV")
