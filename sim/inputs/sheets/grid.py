"""A file of a table made into cells of text: CSV in any of the usual separators and encodings; spreadsheets by `spreadsheet`."""

import csv
import io
import re
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from sim.inputs.errors import InputError
from sim.inputs.workbook.words import Lang, say

SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm")  # of files that hold a table
REFUSED = (".ods", ".xls", ".xlsb", ".numbers")  # of those that hold one, and are to be saved otherwise: said when they are read
SPREADSHEETS = SUFFIXES[3:]
SEPARATORS = (";", "\t", ",")  # the first of them of which the header has most
SAID = re.compile(r'"?sep=([;,\t|])"?[;,\t|"]*', re.IGNORECASE)  # the first line by which a spreadsheet is told the separator
MOST_CELLS = 2_000_000
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"  # how spreadsheets begin: of today; of before 2007, or with a password
# What a Mac of before 2001 wrote for letters: bytes that are none or rare ones (Ž, š, Ÿ, ...) in a text of Windows, or signs of it that do not
# stand behind a letter (an opening quote) or between two.
OF_MAC = re.compile(
    rb"[\x81\x83\x88\x8a\x8d-\x90\x98\x9a\x9d-\x9f]|(?<=[A-Za-z])[\x91\x93]"
    rb"|(?<=[A-Za-z])[\x80\x82\x84\x86\x87\x89\x8b\x94\x95\x99\x9b](?=[A-Za-z])"
)
OF_WINDOWS = re.compile(rb"[\xc0\xc2\xc4\xc7-\xcb\xce\xcf\xd6\xdc\xe0-\xe2\xe4\xe7-\xef\xf1-\xf4\xf6\xf9-\xfc]")  # À Â Ä Ç È ... ü


class Grid(NamedTuple):
    """The rows of a table that hold anything: its line in the file, from 1, and the texts of its cells; what is to be said of it; and its sheet,
    "" for one of a CSV."""

    rows: tuple[tuple[int, tuple[str, ...]], ...]
    remarks: tuple[str, ...] = ()
    sheet: str = ""


def in_file(path: Path) -> tuple[Path, str]:
    """Return the file in which a table is and the name of its sheet, "" where none is named: `figures.xlsx#Sheet 2` names one.

    >>> [in_file(Path(name))[1] for name in ("figures.xlsx#Blad2", "figures.xlsx", "a#b.csv")]
    ['Blad2', '', '']
    """
    file, mark, sheet = path.name.partition("#")
    return (path.with_name(file), sheet) if mark and file.lower().endswith(SPREADSHEETS) else (path, "")


def is_table(path: Path) -> bool:
    """Return whether a file is one of a table, by its name: one that can be read, or that is refused as a table."""
    return in_file(path)[0].suffix.lower() in (*SUFFIXES, *REFUSED)


def grids(path: Path, raw: bytes, lang: Lang) -> Iterable[Grid]:
    """Return what may be meant by a file: a table for every sheet, or of a CSV one for every separator that it may have, the likeliest first.

    `lang`: of the messages. Raises InputError for what is no table.
    """
    if raw.startswith(ZIP):
        from sim.inputs.sheets.spreadsheet import read_spreadsheet

        return read_spreadsheet(path, raw, lang)
    if raw.startswith(OLE):
        raise InputError(path, "", say(lang, "a spreadsheet of before 2007, or with a password; save it as .xlsx or CSV"))
    text, remarks = _decoded(path, raw, lang)
    first = next((line for line in text.splitlines() if line.strip()), "")
    said = SAID.fullmatch(first.strip())
    if said:
        separators, text = [said[1]], text.replace(first, "", 1)
    else:
        separators = sorted((mark for mark in SEPARATORS if mark in text), key=first.count, reverse=True) or [","]
    read, problem = list[Grid](), None
    for separator in separators:
        try:
            reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
            rows = tuple((reader.line_num, tuple(map(str.strip, cells))) for cells in reader if any(map(str.strip, cells)))
        except csv.Error as error:
            problem = problem or InputError(path, "", say(lang, "not a CSV table ({why})", why=error))
            continue
        if sum(len(cells) for _, cells in rows) > MOST_CELLS:
            raise InputError(path, "", say(lang, "more than {count} cells; at most as many are allowed", count=MOST_CELLS))
        read.append(Grid(rows, remarks))
    if not read and problem is not None:
        raise problem
    return read


def _decoded(path: Path, raw: bytes, lang: Lang) -> tuple[str, tuple[str, ...]]:
    """Return the text of a file, and what is to be said of how it was read.

    It is UTF-8, UTF-16 with its mark, or else that of Windows in Western Europe or of an old Mac.
    """
    tell = partial(say, lang)
    marked = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    mac, windows = OF_MAC.search(raw), OF_WINDOWS.search(raw)
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "mac_roman" if mac else "cp1252"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        if encoding != "mac_roman":
            return text, ()
        if windows:
            raise InputError(path, "", tell("neither a text of Windows nor one of a Mac; save it as CSV UTF-8"))
        return text, (tell("read as a text of an old Mac (MacRoman); saved as CSV UTF-8 nobody has to guess"),)
    raise InputError(path, "", tell("not a text file; save it as CSV"))
