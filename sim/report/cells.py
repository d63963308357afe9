"""Numbers that remember where they come from: a text for the reader and, in HTML, a <data> element that names the CSV, row and column."""

import datetime
import math
from collections.abc import Hashable
from typing import Any

import pandas as pd
from babel.dates import format_date
from markupsafe import Markup, escape

from sim.report.estimates import FEW, share_of
from sim.report.language import Language, of_one

SIGNED, SIZE = "signed", "size"  # with its sign; without it, where the words say which way
MONTH = "month"  # as the month at the end of which it is: a year with its months as a fraction, 2031.25 is March 2031


def step_of(error: float, finest: float = 1.0) -> float:
    """Return the step to which a number is worth writing: the leading digit of its standard error, `finest` at the least."""
    if not error > 0:
        return max(finest, 1.0)  # the same in every simulation, or nothing is known of the error
    return max(finest, 10.0 ** math.floor(math.log10(error))) if math.isfinite(error) else finest


class Cell(str):
    """A number as it is written, which knows its cell in a CSV: the text is that of `value * scale`, rounded to `step`.

    In plain text it is the text alone; where it is put into HTML (`Markup`, Jinja) it becomes a <data> element.
    """

    value: float
    table: str
    row: int
    column: str
    step: float
    scale: float
    sign: str

    def __html__(self) -> str:
        """Return the number with its value and source. A scale of 1, a step of 1 and a plain sign go without saying."""
        asked = (("step", self.step, 1), ("scale", self.scale, 1), ("sign", self.sign, ""))
        more = Markup("").join(
            Markup(' data-{}="{}"').format(name, f"{v:g}" if name != "sign" else v) for name, v, usual in asked if v != usual
        )
        return Markup('<data value="{}" data-source="{}.csv" data-row="{}" data-column="{}"{}>{}</data>').format(
            raw(self.value), self.table, self.row, self.column, more, str(self)
        )

    @property
    def key(self) -> str:
        """The same as an identifier, for a text in a picture."""
        return f"cell:{self.table}.csv:{self.row}:{self.column}:{self.step:g}:{self.scale:g}:{self.sign}"


def raw(value: float) -> str:
    """Return a number as the CSVs write it."""
    return f"{value:.10g}"


def written(language: Language, value: float, step: float = 1, scale: float = 1, sign: str = "") -> str:
    """Return `value * scale` rounded to a step, as this reader writes numbers; never a zero with a sign."""
    number = value * scale
    text = language.number(abs(number) if sign == SIZE or round(number / step) == 0 else number, step)
    return f"+{text}" if sign == SIGNED and round(number / step) > 0 else text


class Sheet:
    """A table of the comparison, by the name of its CSV, read cell by cell. Rows are counted as in the CSV, from 0 below its head."""

    def __init__(self, name: str, frame: pd.DataFrame, language: Language) -> None:
        self.name, self.frame, self.language = name, frame.reset_index(drop=True), language
        self._values = {str(column): self.frame[column].tolist() for column in self.frame}
        self._rows: dict[tuple[str, ...], dict[tuple[Hashable, ...], int]] = {}

    def __len__(self) -> int:
        return len(self.frame)

    def row(self, **keys: Hashable) -> int:
        """Return the number of the only row with these values. Raises KeyError when there is none."""
        columns = tuple(keys)
        if columns not in self._rows:
            self._rows[columns] = {key: n for n, key in enumerate(zip(*(self._values[c] for c in columns), strict=True))}
        return self._rows[columns][tuple(keys.values())]

    def value(self, row: int, column: str) -> Any:
        """Return the value in a row and column."""
        return self._values[column][row]

    def cell(self, row: int, column: str, step: float = 1, scale: float = 1, sign: str = "") -> Cell:
        """Return a number as text that knows its place."""
        value = float(self.value(row, column))
        return self.known(written(self.language, value, step, scale, sign), row, column, step, scale, sign)

    def percent(self, row: int, column: str) -> Cell:
        """Return a share as a whole percentage that knows its place."""
        return self.known(self.language.percent(float(self.value(row, column))), row, column, 1, 100, "")

    def share_of(self, row: int, column: str, count: int) -> Cell:
        """Return a share of so many simulations, no finer than they tell, that knows its place."""
        text = share_of(float(self.value(row, column)), count, self.language)
        return self.known(text, row, column, 1, 100 if count >= FEW else count, "")

    def month(self, row: int, column: str, short: bool = False) -> Cell:
        """Return a month that knows its place, from a year with its months as a fraction or from YYYY-MM; short for a table."""
        when = self.value(row, column)
        months = round(12 * when) if isinstance(when, float) else 12 * int(when[:4]) + int(when[5:])
        first = datetime.date((months - 1) // 12, (months - 1) % 12 + 1, 1)
        text = str(format_date(first, "MMM yyyy" if short else "MMMM yyyy", locale=self.language.locale))
        return self.known(text, row, column, 1, 1, MONTH, months / 12)

    def known(self, text: str, row: int, column: str, step: float, scale: float, sign: str, number: float | None = None) -> Cell:
        """Return a text with the place of its number; `number`: what a text in the table stands for."""
        cell, value = Cell(text), float(self.value(row, column)) if number is None else number
        cell.value, cell.table, cell.row, cell.column = value, self.name, row, column
        cell.step, cell.scale, cell.sign = step, scale, sign
        return cell


class HtmlLanguage(Language):
    """The reader's language for a page: sentences are escaped, and what is filled in keeps its own HTML."""

    def filled(self, text: str, **values: str | int) -> Markup:
        """Return a text as HTML with its placeholders filled."""
        return Markup(escape(of_one(text, values))).format(**values)
