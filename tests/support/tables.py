"""One table in every form in which people have tables: by encoding, separator and decoration, and as a spreadsheet."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import strategies as st
from openpyxl import Workbook

from sim.inputs.region.official import read_official
from sim.inputs.sheets.sheet import Mistakes

Rows = Sequence[Sequence[object]]


class Form(NamedTuple):
    """How a table is saved: `encoding` ("xlsx": a spreadsheet), separator of cells and line ends; titles above, whether a row of nothing stands
    below each of them and below the table, columns of nothing before and behind, and whether the separator is said in the first line."""

    encoding: str = "utf-8"
    separator: str = ","
    ends: str = "\n"
    titles: int = 0
    gaps: bool = False
    before: int = 0
    behind: int = 0
    said: bool = False

    @property
    def above(self) -> int:
        """How many lines stand above the header."""
        return self.titles * (1 + self.gaps) + (self.said and self.encoding != "xlsx")


FORMS = st.builds(
    Form,
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16", "mac_roman", "xlsx"]),
    separator=st.sampled_from([",", ";", "\t"]),
    ends=st.sampled_from(["\n", "\r\n", "\r"]),
    titles=st.integers(0, 3),
    gaps=st.booleans(),
    before=st.integers(0, 1),
    behind=st.integers(0, 2),
    said=st.booleans(),
)


def saved(folder: Path, rows: Rows, form: Form, name: str = "table") -> Path:
    """Write a table in a form and return its file; whole numbers are numbers in a spreadsheet."""
    wide = form.before + len(rows[0]) + form.behind
    blank: list[list[object]] = [[""] * wide] if form.gaps else []
    lines = list[list[object]]()
    for i in range(form.titles):
        lines += [["Voorlopig; stand 1,2"] if i % 2 else ["", "BSO per gemeente"], *blank]
    lines += [[*[""] * form.before, *row, *[""] * form.behind] for row in rows]
    lines += blank * 2
    path = folder / f"{name}.{'xlsx' if form.encoding == 'xlsx' else 'csv'}"
    if form.encoding == "xlsx":
        return spreadsheet(path, {"Blad1": lines})
    text = io.StringIO()
    if form.said:
        text.write(f"sep={form.separator}{form.ends}")
    csv.writer(text, delimiter=form.separator, lineterminator=form.ends).writerows(lines)
    path.write_bytes(text.getvalue().encode(form.encoding))
    return path


def spreadsheet(path: Path, sheets: dict[str, Any]) -> Path:
    """Write a spreadsheet of sheets by name, each of rows, and return its file."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for i, row in enumerate(rows, 1):
            for j, value in enumerate(row, 1):
                if value != "":
                    sheet.cell(i, j, value)
    book.save(path)
    return path


def figures(path: Path, add_up: bool = False) -> dict[int, dict[str, int]]:
    """Return what a table of official figures says. Raises InputError with all that is wrong."""
    mistakes = Mistakes(path, "en")
    official = read_official(path, ("objective_regular", "sib", "stock"), mistakes, add_up)
    mistakes.stop()
    return {nis: dict(of) for nis, of in official.figures.items()}
