"""A table by its columns, whatever they are called in the file: rows of cells that are read as what they should say.

Every error names the file, the line and the column as it is called there; all mistakes are found at once.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from sim.inputs.errors import InputError
from sim.inputs.files import digest_of, read_bytes
from sim.inputs.sheets import cells as read
from sim.inputs.sheets.grid import Grid, grids, in_file
from sim.inputs.workbook.words import COLUMNS, Lang, Words, hint, meant, named, plain, say

MOST_SHOWN = 20  # mistakes at once
LONGEST = 5_000_000  # letters of a text
ABOVE, TITLE = 20, 2  # rows in which the header is looked for, and cells that one above it may have
Needed = Iterable[str | tuple[str, ...]]  # columns without which a table cannot be read; of those together one is enough


class Head(NamedTuple):
    """Where the header of a table is: the index of its row, its names and the key of each (None: an unknown one), and whether it has all."""

    at: int
    names: tuple[str, ...]
    keys: tuple[str | None, ...]
    whole: bool

    @property
    def known(self) -> int:
        """How many of its names are of a column."""
        return len(set(filter(None, self.keys)))


@dataclass(frozen=True)
class Row:
    """A row by its line in the file; its cells by the key of their column, "" where the file has none."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Sheet:
    """A table: what its columns are called in the file, its rows, the language of what is said of it, and columns' names.

    `remarks`: what is to be said of how it was read. `digest`: of the file. `names_in`: in which language its columns and values are named.
    """

    path: Path
    lang: Lang
    headers: Mapping[str, str] = field(default_factory=dict)
    rows: tuple[Row, ...] = ()
    words: Mapping[str, Words] = field(default_factory=lambda: COLUMNS)
    remarks: tuple[str, ...] = ()
    digest: str = ""
    names_in: Lang = "en"

    def called(self, column: str) -> str:
        """Return what a column is called in this file."""
        return self.headers.get(column, named(self.words[column], self.names_in))

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

    def text(self, row: Row, column: str, most: int = LONGEST) -> str:
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
            allowed = hint(self.lang, text, (named(w, self.names_in) for w in words.values()))
            raise self.wrong(row, column, "found {found!r}; {hint}", found=text[:40], hint=allowed)
        return key

    def whole(self, row: Row, column: str, least: int, most: int) -> int:
        """Return the whole number in a cell. Raises InputError for anything else, or one that is too small or too large."""
        value = read.number(self.text(row, column))
        if value is None or value != int(value) or not least <= value <= most:
            message = "found {found!r}; a whole number from {least} to {most} is allowed, without separators of thousands"
            raise self.wrong(row, column, message, found=row.cells[column][:40], least=least, most=most)
        return int(value)

    def amount(self, row: Row, column: str, most: int) -> float:
        """Return the number in a cell, not below zero. Raises InputError for anything else, or one that is too large."""
        value = read.number(self.text(row, column))
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

    def month(self, row: Row, column: str, alone: bool = False) -> date | None:
        """Return the first day of the month in a cell, None for an empty one. `alone`: a year is enough, and stands for its July.

        Raises InputError for anything else.
        """
        text = row.cells[column]
        if not text:
            return None
        said = read.month(text)
        if said is None or (said.alone and not alone):
            message = "found {found!r}; a month of {first} to {last} is allowed, as 2027-06, 06/2027 or 30/06/2027"
            raise self.wrong(row, column, message, found=text[:40], first=read.FIRST_YEAR, last=read.LAST_YEAR)
        return said.day

    def doubts_of_months(self, columns: Iterable[str]) -> tuple[str, ...]:
        """Return what is to be said of how months in some columns were read: days before months where nothing in the file says so, and years
        alone."""
        said = [(row, text, read.month(text)) for row in self.rows for column in columns if (text := row.cells[column])]
        known = [(row, text, month) for row, text, month in said if month is not None]
        unsure = [] if any(month.order for _, _, month in known) else [each for each in known if each[2].order is None]
        ordered = (
            "dates such as {found} (line {line}; {count} of them) are read as day/month/year, as nothing in the file says otherwise"
        )
        years = "years alone such as {found} (line {line}; {count} of them) stand for their July"
        return tuple(
            say(self.lang, message, found=of[0][1][:40], line=of[0][0].line, count=len(of))
            for message, of in ((ordered, unsure), (years, [each for each in known if each[2].alone]))
            if of
        )


@dataclass
class Mistakes:
    """What is wrong in a table, or in those of a folder, collected so that one reading finds it all."""

    folder: Path
    lang: Lang
    found: list[InputError] = field(default_factory=list)

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Keep what is wrong in the block, and go on after it."""
        try:
            yield
        except InputError as error:
            self.found.extend(error.found or [error])

    def stop(self) -> None:
        """Raise InputError if anything was wrong: one mistake as it is, more in a line each."""
        if len(self.found) == 1:
            raise self.found[0]
        if self.found:
            shown = [str(InputError(Path(e.file).name, e.place, e.problem)) for e in self.found[:MOST_SHOWN]]
            more = len(self.found) - len(shown)
            shown += [say(self.lang, "... and {count} more", count=more)] if more else []
            title = say(self.lang, "{count} mistakes", count=len(self.found))
            error = InputError(self.folder, "", "\n  ".join([title, *shown]))
            error.found = tuple(self.found)
            raise error


def read_sheet(
    path: Path,
    lang: Lang,
    columns: Iterable[str],
    needed: Needed,
    words: Mapping[str, Words] = COLUMNS,
    others: bool = False,
    mistakes: Mistakes | None = None,
    names_in: Lang | None = None,
) -> Sheet:
    """Return the table in a file whose columns have these keys. `lang`: of what is said in errors. `names_in`: in which columns and allowed
    values are named in them, if not in that of the header.

    `words`: what the columns may be called. `others`: columns of any other name are left alone. `mistakes`: where those of rows are noted;
    without it they are raised. Rows above the header are titles, if they have a cell or two. Raises InputError for a file that cannot be
    read, a column that is unknown, double or missing, and a cell outside the columns.
    """
    raw = read_bytes(in_file(path)[0], in_words=partial(say, lang))
    allowed, top = list(columns), say(lang, "header")
    read = list[tuple[Grid, Head]]()
    for grid in grids(path, raw, lang):
        if head := _head(grid, words, allowed, list(needed)):
            read.append((grid, head))
            if grid.sheet and head.whole:  # sheets behind it are other tables
                break
    if not read:
        raise InputError(path, "", say(lang, "empty; a header is needed"))
    grid, (at, names, keys, whole) = max(
        read, key=lambda each: (each[1].whole, each[1].known)
    )  # the first of those that are as good
    names_in = names_in or _language(names, keys, words) or lang
    wrong, hints = Mistakes(path, lang), ""
    for i, (name, key) in enumerate(zip(names, keys, strict=True)):
        if key is None and name and not others:
            close = hint(lang, name, (named(words[k], names_in) for k in allowed))
            wrong.found.append(InputError(path, top, say(lang, "unknown column {name!r}; {hint}", name=name[:40], hint=close)))
            hints += close
        elif key and key in keys[:i]:
            wrong.found.append(InputError(path, top, say(lang, "column {name!r} stands twice", name=name)))
    for group in needed:
        either = (group,) if isinstance(group, str) else group
        called = [named(words[key], names_in) for key in either]
        if not set(either) & set(keys) and not any(repr(name) in hints for name in called):  # a misspelt one is there
            there = ", ".join(filter(None, names))
            message = "no column {name!r}; found {names}"
            wrong.found.append(InputError(path, top, say(lang, message, name=" / ".join(called), names=there)))
    if wrong.found and grid.sheet and not whole:  # it may be in another sheet
        wrong.found += [InputError(path, "", remark) for remark in grid.remarks]
    wrong.stop()
    rows, noted = list[Row](), mistakes or wrong
    for line, cells in grid.rows[at + 1 :]:
        beyond = [cell for i, cell in enumerate(cells) if cell and (i >= len(names) or not names[i])]
        if beyond:
            place, message = say(lang, "line {line}", line=line), "found {found!r} in a column without a header"
            noted.found.append(InputError(path, place, say(lang, message, found=beyond[0][:40])))
            continue
        rows.append(Row(line, {**dict.fromkeys(allowed, ""), **{key: cell for key, cell in zip(keys, cells, strict=False) if key}}))
    if mistakes is None:
        wrong.stop()
    headers = {key: name for key, name in zip(keys, names, strict=True) if key}
    return Sheet(path, lang, headers, tuple(rows), words, grid.remarks, digest_of(raw), names_in)


def _language(names: Iterable[str], keys: Iterable[str | None], words: Mapping[str, Words]) -> Lang | None:
    """Return the language in which most columns are named that have another name in each; None where as many are in both."""
    both = [(plain(name), words[key]) for name, key in zip(names, keys, strict=True) if key]
    told = [(name == plain(of.nl)) - (name == plain(of.en)) for name, of in both]
    return "nl" if sum(told) > 0 else "en" if sum(told) < 0 else None


def heads(path: Path) -> list[frozenset[str]]:
    """Return the names in the first rows of a file, in plain letters, as every separator has them: by them one tells what it holds."""
    return [
        frozenset(plain(cell) for cell in cells if cell)
        for grid in grids(path, read_bytes(in_file(path)[0]), "en")
        for _, cells in grid.rows[:ABOVE]
    ]


def _head(grid: Grid, words: Mapping[str, Words], allowed: list[str], needed: list[str | tuple[str, ...]]) -> Head | None:
    """Return the header of a table: the first row that has all columns that are needed, where those above it can be titles; else, of the
    rows of which one is it, the first that has most. None for a table without rows."""
    best: Head | None = None
    for at, (_, cells) in enumerate(grid.rows[:ABOVE]):
        keys = tuple(meant(cell, words, allowed) if cell else "" for cell in cells)
        whole = all(set((group,) if isinstance(group, str) else group) & set(keys) for group in needed)
        head = Head(at, tuple(" ".join(cell.split()) for cell in cells), keys, whole)
        if whole:
            return head
        if best is None or head.known > best.known:
            best = head
        if sum(map(bool, cells)) > TITLE:
            break
    return best
