"""A sheet of an .xlsx file made into cells of text. Only values that the file holds are read: no macro, no link, no formula is followed."""

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.inputs.errors import InputError, of_thousands
from sim.inputs.files import read_bytes
from sim.inputs.sheets.cells import month
from sim.inputs.sheets.grid import MOST_CELLS, ZIP, Grid, in_file
from sim.inputs.workbook.words import Lang, hint, plain, say

if TYPE_CHECKING:
    from openpyxl import Workbook

MOST_PARTS, MOST_BYTES = 2_000, 60_000_000  # files in a spreadsheet, which is a zip, and how large they are together
OTHER_KINDS = {"mimetype": ".ods", "word/document.xml": ".docx", "ppt/presentation.xml": ".pptx", "xl/workbook.bin": ".xlsb"}
DTD = b"<!DOCTYPE"  # no spreadsheet has one; it can make a few bytes millions
ROW = 20  # cells that take as long as a row of nothing
LITERAL = re.compile(r'"[^"]*"|[\\_*].')  # what a format of numbers shows as it is
FORMULA, EMPTY_TEXT = "f", "str"  # what openpyxl calls cells: a formula, and one whose answer is an empty text


def read_spreadsheet(path: Path, raw: bytes, lang: Lang) -> Iterator[Grid]:
    """Yield the cells of the sheet that `path` names behind a '#', or of every visible one that holds anything, when it is asked for.

    Dates are written as 2027-06-30, a percentage with its sign, an error as the spreadsheet shows it (#N/A) and a formula that was never
    computed as itself, so that neither is taken for an empty cell. Sheets of a chart are none. `lang`: of the messages. Raises InputError for a
    file that is none, damaged or too large.
    """
    tell, (file, asked) = partial(say, lang), in_file(path)
    with _damage_told(file, lang):
        _refuse_bombs(file, raw, lang)
        values, formulas = _opened(raw, data_only=True), _opened(raw, data_only=False)
        visible = [sheet.title for sheet in values.worksheets if sheet.sheet_state == "visible"]
        every = [sheet.title for sheet in values.worksheets]
        if asked and plain(asked) not in map(plain, every):
            raise InputError(file, "", tell("no sheet {name!r}; {hint}", name=asked[:40], hint=hint(lang, asked, every)))
        names = [name for name in every if plain(name) == plain(asked)] if asked else visible
        left = [MOST_CELLS]
        filled = [name for name in names if _holds_anything(values[name], left)]
    message = "the sheet {name!r} is read, others ({others}) are not; {of!r} in the place of the file's name reads another"
    for name in filled:
        with _damage_told(file, lang):
            rows = tuple(_rows(values[name], formulas[name], left))
        others = [other for other in filled if other != name][:5]
        said = tell(message, name=name, others=", ".join(map(repr, others)), of=f"{file.name}#{others[0]}") if others else ""
        yield Grid(rows, (said,) if said else (), name)


def sheets_of(path: Path, lang: Lang) -> list[str]:
    """Return the names of the visible sheets of a spreadsheet. `lang`: of the messages. Raises InputError as `read_spreadsheet` does."""
    raw = read_bytes(path, in_words=partial(say, lang))
    if not raw.startswith(ZIP):
        raise InputError(path, "", say(lang, "a spreadsheet of before 2007, or with a password; save it as .xlsx or CSV"))
    with _damage_told(path, lang):
        _refuse_bombs(path, raw, lang)
        return [sheet.title for sheet in _opened(raw, data_only=True).worksheets if sheet.sheet_state == "visible"]


@contextmanager
def _damage_told(file: Path, lang: Lang) -> Iterator[None]:
    """Say in one line what is wrong with a spreadsheet."""
    try:
        with warnings.catch_warnings():  # of styles and extensions that are left alone
            warnings.simplefilter("ignore")
            yield
    except InputError:
        raise
    except OverflowError:
        raise InputError(file, "", say(lang, "more than {count} cells; at most as many are allowed", count=MOST_CELLS)) from None
    except Exception as error:  # a damaged file fails in whatever part of the reader comes upon it
        why = f"{type(error).__name__}: {error}".replace("\n", " ")[:120]
        message = "not a spreadsheet that can be read ({why}); save it anew, or as CSV"
        raise InputError(file, "", say(lang, message, why=why)) from None


def _opened(raw: bytes, data_only: bool) -> "Workbook":
    from openpyxl.chartsheet import Chartsheet
    from openpyxl.reader.excel import ExcelReader

    class Reader(ExcelReader):
        """One that keeps the place of a sheet of a chart, and reads nothing of what is drawn there."""

        def read_chartsheet(self, sheet: Any, rel: Any) -> None:
            book: Any = self.wb
            book._add_sheet(Chartsheet(parent=book, title=sheet.name))

    reader = Reader(io.BytesIO(raw), read_only=True, data_only=data_only, keep_links=False)
    reader.read()
    return reader.wb


def _refuse_bombs(file: Path, raw: bytes, lang: Lang) -> None:
    """Raise InputError for a zip that is none of a spreadsheet, or unpacks to more than it may.

    What a part says of its size is enough: Python's zipfile unpacks no more of it than that.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as parts:
            sizes = {part.filename: part.file_size for part in parts.infolist()}
            count, locked = len(parts.infolist()), any(part.flag_bits & 1 for part in parts.infolist())
            total = sum(part.file_size for part in parts.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise InputError(file, "", say(lang, "not a text file; save it as CSV")) from None
    if count > MOST_PARTS or total > MOST_BYTES:
        message = "a spreadsheet that unpacks to {size} bytes in {count} parts; at most {most} in {parts} are allowed"
        raise InputError(file, "", say(lang, message, size=total, count=count, most=MOST_BYTES, parts=MOST_PARTS))
    other = next((kind for part, kind in OTHER_KINDS.items() if part in sizes), None)
    if other is not None or locked or "[Content_Types].xml" not in sizes:
        found = other or "zip"
        raise InputError(file, "", say(lang, "found a file of kind {found}; save it as .xlsx or CSV", found=found))
    with zipfile.ZipFile(io.BytesIO(raw)) as parts:
        if any(DTD in parts.read(part) for part in sizes if part.endswith((".xml", ".rels"))):
            raise ValueError("a part with a document type")


def _holds_anything(sheet: Any, left: list[int]) -> bool:
    sheet.reset_dimensions()  # what some programs write of a sheet's size is wrong
    return next(_rows(sheet, sheet, left), None) is not None


def _rows(values: Any, formulas: Any, left: list[int]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield the rows that hold anything, with their number. `left`: how many cells of the file may still be walked. Raises OverflowError for
    more."""
    values.reset_dimensions()
    formulas.reset_dimensions()
    for line, (answers, written) in enumerate(zip(values.iter_rows(), formulas.iter_rows(), strict=True), 1):
        left[0] -= ROW + len(answers)
        if left[0] < 0:
            raise OverflowError
        cells = [_text(answer, formula) for answer, formula in zip(answers, written, strict=True)]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield line, tuple(cells)


def _text(answer: Any, formula: Any) -> str:
    """Return a cell as it is written in a CSV. `formula`: the same cell, with what it is computed by."""
    value = answer.value
    if value is None:
        if formula.data_type != FORMULA or answer.data_type == EMPTY_TEXT:
            return ""
        return str(getattr(formula.value, "text", formula.value))
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return (
            f"{number_text(float(f'{value * 100:.12g}'))}%" if "%" in LITERAL.sub("", answer.number_format) else number_text(value)
        )
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    return value.isoformat() if isinstance(value, date | time) else str(value).strip()


def number_text(value: float) -> str:
    """Return a number of a spreadsheet as it is written in a CSV: there is no doubt whether its point is one of thousands, or of a month (2024.1
    may have been typed as 2024.10, 2024.11 be a part of a year).

    >>> number_text(2500.0), number_text(6.5), number_text(1.811), number_text(2024.11)
    ('2500', '6.5', '1.8110', '2024.1100')
    """
    text = str(int(value)) if value == int(value) else repr(value)
    while of_thousands(text) or ("." in text and month(text)):
        text += "0"
    return text
