"""Which municipality a row of a table is about: by its NIS code, its name, or both, which must agree."""

from functools import partial

from sim.inputs.municipalities import Place, allowed, is_called, meant, names, of_code, of_name
from sim.inputs.sheets.sheet import Row, Sheet
from sim.inputs.workbook.words import COLUMNS, say

NIS, MUNICIPALITY = COLUMNS["nis"], COLUMNS["municipality"]


def place_of(sheet: Sheet, row: Row, code: str = "nis", name: str = "municipality", known: str = "") -> Place:
    """Return the municipality of a row, or the part of one that was merged since, by the columns of its code and its name.

    `known`: what is allowed, where it is not every municipality. Raises InputError for none, an unknown one, and a code and a name of two.
    """
    number, called = row.cells.get(code, ""), row.cells.get(name, "")
    if not number and not called:
        column, one, other = name if name in sheet.headers else code, sheet.called(code), sheet.called(name)
        raise sheet.wrong(row, column, "empty; {one} or {other} is needed", one=one, other=other)
    hint = partial(_hint, sheet, known)
    if not number:
        place = of_name(called)
        if place is None:
            raise sheet.wrong(row, name, "unknown municipality {name!r}; {hint}", name=called[:40], hint=hint(called))
        return place
    nis = sheet.whole(row, code, 0, 99_999)
    place = of_code(nis)
    if place is None:
        raise sheet.wrong(row, code, "unknown NIS code {nis}; {hint}", nis=nis, hint=hint(str(nis)))
    if called and not is_called(place, called):
        message, own = "{nis} is {municipality}, the row says {name}", names()[place.nis] if not place.part else _former(sheet, nis)
        raise sheet.wrong(row, name, message, nis=nis, municipality=own, name=called[:60])
    return place


def whole_place(sheet: Sheet, row: Row, code: str = "nis", name: str = "municipality", known: str = "", more: str = "") -> int:
    """Return the NIS code of the municipality of a row. Raises InputError as `place_of` does, and for one that is part of another since.

    `more`: what is said behind that.
    """
    place = place_of(sheet, row, code, name, known)
    if place.part:
        column = code if row.cells.get(code) else name
        hint = f"{_former(sheet, place.part)}{more}"
        raise sheet.wrong(row, column, "found {found!r}; {hint}", found=row.cells[column][:40], hint=hint)
    return place.nis


def place_in(sheet: Sheet, row: Row, column: str) -> int:
    """Return the NIS code of the municipality whose code or name is in a cell. Raises InputError as `whole_place` does."""
    coded = sheet.text(row, column)[0].isdigit()
    return whole_place(sheet, row, column if coded else "", "" if coded else column)


def _former(sheet: Sheet, code: int) -> str:
    return str(meant(str(code), partial(say, sheet.lang)))


def _hint(sheet: Sheet, known: str, found: str) -> str:
    """Return which municipality a name or code may mean, or what is allowed."""
    return meant(found, partial(say, sheet.lang)) or known or allowed()
