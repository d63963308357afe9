"""Official figures of municipalities, as a user's table has them: read once, with what they add up to."""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NamedTuple

from sim.inputs.errors import InputError
from sim.inputs.municipalities import mergers, names, parts
from sim.inputs.sheets.places import MUNICIPALITY, NIS, place_of, whole_place
from sim.inputs.sheets.sheet import Mistakes, Row, Sheet, read_sheet
from sim.inputs.workbook.words import Words, plain

LARGEST = 10_000_000
WHERE = ("nis", "municipality")
TOTAL = Words("doelstelling", "objective", ("objectief", "BSO", "bindend sociaal objectief"))  # which may hold SIB too
FIGURES: Mapping[str, Words] = {  # by the column of the estimates whose place they take
    "stock": Words("sociaal patrimonium", "stock", ("patrimonium", "social stock")),
    "rented_in": Words("waarvan ingehuurd", "rented_in", ("ingehuurd", "of which rented in")),
    "objective_regular": Words("regulier objectief", "objective_regular", ("regular objective", TOTAL.nl, TOTAL.en, *TOTAL.also)),
    "sib": Words("SIB", "sib", ("specifieke inhaalbeweging",)),
    "overshoot": Words("surplus", "overshoot"),
    "target_group": Words("doelgroep", "target_group"),
    "land_company": Words("vrije bouwplaatsen van de woonmaatschappij", "land_company"),
    "land_public": Words("vrije bouwplaatsen van openbare besturen", "land_public"),
    "pipeline_preparation": Words("woningen in voorbereiding", "pipeline_preparation"),
    "pipeline_mjp": Words("woningen op MJP", "pipeline_mjp"),
    "pipeline_ktp": Words("woningen op KTP", "pipeline_ktp"),
    "pipeline_construction": Words("woningen in uitvoering", "pipeline_construction"),
    "pipeline_dormant": Words("slapende woningen", "pipeline_dormant"),
    "delivered": Words("gerealiseerd", "delivered"),
    "let": Words("waarvan verhuurd", "let"),
}
PATH = re.compile(r"g[1-8]")  # columns of growth paths (annex 35), one for every legislature
COLUMNS: Mapping[str, Words] = {
    **{"nis": NIS, "municipality": MUNICIPALITY},
    **FIGURES,
    **{f"g{i}": Words(f"G{i}", f"g{i}", (f"groeipad {i}",)) for i in range(1, 9)},
}


class Official(NamedTuple):
    """What a table of official figures says: its columns of figures, growth paths last; by NIS code the rows that say it and the figures.

    `figures`: of each column that is filled in; what is left empty stays as estimated. `remarks`: what is to be said of how it was read.
    """

    sheet: Sheet
    columns: tuple[str, ...]
    rows: Mapping[int, tuple[Row, ...]]
    figures: Mapping[int, Mapping[str, int]]
    remarks: tuple[str, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        """The columns of growth paths."""
        return tuple(column for column in self.columns if PATH.fullmatch(column))

    def place(self, nis: int, *columns: str) -> str:
        """Return in words where figures of a municipality stand."""
        lines = self.sheet.place(self.rows[nis])
        return ", ".join([lines, *([" + ".join(map(self.sheet.called, columns))] if columns else [])])


def read_official(path: Path, allowed: Collection[str], mistakes: Mistakes, add_up: bool = False) -> Official:
    """Return the official figures of a table: `nis` or a name, and columns of FIGURES that are `allowed`, or of growth paths.

    `mistakes`: where those of rows are noted. `add_up`: whether rows of the parts of a municipality that was merged are added up; without
    it they are mistakes. Raises InputError for a file that cannot be read, and columns that cannot be.
    """
    columns = [*WHERE, *(name for name in COLUMNS if name in allowed or PATH.fullmatch(name))]
    sheet = read_sheet(path, "en", columns, [WHERE], COLUMNS, mistakes=mistakes)
    figures = tuple(name for name in columns[len(WHERE) :] if name in sheet.headers)
    if not figures:
        raise InputError(
            path, "header", f"no column beside {' and '.join(sheet.headers)}; allowed: {', '.join(allowed)}, g1, g2, ..."
        )
    if not sheet.rows:
        mistakes.stop()
        raise InputError(path, "", "no rows; a municipality a line is needed")
    rows = _by_municipality(sheet, mistakes, add_up)
    found: dict[int, dict[str, int]] = {nis: {} for nis in rows}
    for nis, of in rows.items():
        for column in figures:
            with mistakes.noted():
                filled = [row for row in of if row.cells[column]]
                if filled and len(filled) < len(of):
                    empty = next(row for row in of if not row.cells[column])
                    raise sheet.wrong(empty, column, "empty; it is needed to add up the parts of {name}", name=names()[nis])
                if filled:
                    found[nis][column] = sum(sheet.whole(row, column, 0, LARGEST) for row in filled)
    return Official(sheet, figures, rows, found, (*sheet.remarks, *_remarks(sheet, figures, found)))


def covers_all(path: Path) -> bool:
    """Return whether a table has a row for every municipality. Raises InputError for what cannot be, all of it at once."""
    mistakes = Mistakes(path, "en")
    found = read_official(path, FIGURES, mistakes)
    mistakes.stop()
    return len(found.figures) == len(names())


def _by_municipality(sheet: Sheet, mistakes: Mistakes, add_up: bool) -> dict[int, tuple[Row, ...]]:
    """Return the rows of every municipality by its NIS code: one, or those of all its parts."""
    whole, pieces = dict[int, Row](), defaultdict[int, dict[int, Row]](dict)
    more = "; all its parts are added up where official.add_up = true says so (`bso check --add-up`)"
    for row in sheet.rows:
        with mistakes.noted():
            place = place_of(sheet, row) if add_up else None
            nis, part = (place.nis, place.part) if place else (whole_place(sheet, row, more=more), 0)
            seen = pieces[nis] if part else whole
            if (key := part or nis) in seen:
                problem = "{name!r} stands twice (also line {line})"
                raise sheet.wrong(row, _where(row), problem, name=row.cells[_where(row)], line=seen[key].line)
            seen[key] = row
    rows: dict[int, tuple[Row, ...]] = {nis: (row,) for nis, row in whole.items()}
    for nis, of in pieces.items():
        row, kept = next(iter(of.values())), _kept(nis, whole.get(nis))
        if kept:
            of = of | {kept: whole[nis]}
        lacking = ", ".join(f"{code} {_name(code)}" for code in sorted(parts(nis) - set(of)))
        with mistakes.noted():
            if nis in whole and not kept:
                problem = "a part of {name}, which stands in line {line} too; one of the two is allowed"
                raise sheet.wrong(row, _where(row), problem, name=names()[nis], line=whole[nis].line)
            if lacking:
                problem = "a part of {name}; to add up its parts {codes} is needed too"
                raise sheet.wrong(row, _where(row), problem, name=names()[nis], codes=lacking)
        rows[nis] = tuple(sorted(of.values(), key=lambda each: each.line))
    return rows


def _kept(nis: int, row: Row | None) -> int:
    """Return the part of a municipality that a row of its own name may be about too: the one that kept its code, or of a row without codes its
    name; 0 for none."""
    if row is None or nis in parts(nis):
        return nis if row is not None else 0
    own = (code for code in parts(nis) if plain(mergers()[code].name) == plain(names()[nis]))
    return 0 if row.cells["nis"] else next(own, 0)


def _name(code: int) -> str:
    """Return what the municipality of a code is called, or was."""
    return names().get(code) or mergers()[code].name


def _where(row: Row) -> str:
    """Return the column by which a row says of which municipality it is."""
    return "nis" if row.cells["nis"] else "municipality"


def _remarks(sheet: Sheet, columns: tuple[str, ...], found: Mapping[int, Mapping[str, int]]) -> list[str]:
    """Return what is to be said of a table: cells that were left empty, and a column whose name may mean another figure."""
    remarks = []
    if empty := sum(column not in of for of in found.values() for column in columns):
        remarks.append(f"{empty} of {len(found) * len(columns)} cells are empty; there the estimates stay")
    head = sheet.headers.get("objective_regular", "")
    if plain(head) in map(plain, (TOTAL.nl, TOTAL.en, *TOTAL.also)) and "sib" not in columns:
        remarks.append(f"header, {head}: read as the regular objective, without SIB, which stays as estimated")
    return remarks
