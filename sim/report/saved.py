"""What a page shows, to be saved by its reader: tables as CSV and as one workbook, as a spreadsheet in the reader's country opens them.

The numbers are those that are shown, no finer: who adds them up adds up what was read. Results for research, with all digits, lie beside it.
"""

import base64
import datetime
import io
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd
import xlsxwriter
from babel.numbers import get_decimal_symbol, get_group_symbol
from markupsafe import Markup, escape

from sim.inputs.municipalities import names as municipalities
from sim.report.language import Language, labels
from sim.report.outside import cell as harmless
from sim.report.outside import one_line

Value = float | str | datetime.date | None
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BOM = "\ufeff"  # by which a spreadsheet knows UTF-8
MIXED = "%of"  # of some of so many, with its band in percentages
DIGITS, PLACES = 6, 9  # of a number whose step nobody says
LONGEST_NAME, WIDEST, NARROWEST = 60, 60, 9  # letters of a file's name, of a column
THOUSAND, YEARS = 1000, (1990, 2100)  # from where on thousands are parted; whole numbers between these are years
UNTOLD = datetime.datetime(1980, 1, 1)  # when a workbook was made: the same page gives the same bytes


class Saved(NamedTuple):
    """A table to save. `label`: what the page calls it, as "Tabel 3"; `topic`: what the section around it is about; `source`: the results
    for research that it is made of."""

    label: str
    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Value]]
    source: str = ""
    topic: str = ""

    @property
    def file(self) -> str:
        """The name of its file, without the ending."""
        return file_of(self.label, self.title, self.topic)


def file_of(label: str, title: str, topic: str) -> str:
    """Return the name of the file of a table or picture, without the ending: its title where that is short, else what it is about.

    >>> file_of("Figuur 2", "Hoeveel woningen elke optie geeft, en hoeveel minder dan wat gevraagd is", "Wat elke optie geeft")
    'figuur-2-wat-elke-optie-geeft'
    """
    return file_name(f"{label} {title}" if len(f"{label} {title}") <= LONGEST_NAME else f"{label} {topic}")


def file_name(text: str) -> str:
    """Return a text as the name of a file: plain letters, digits and dashes.

    >>> file_name("Tabel 3: Wat elke optie geeft")
    'tabel-3-wat-elke-optie-geeft'
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    while len("-".join(words)) > LONGEST_NAME:
        words.pop()
    return "-".join(words)


def shown(
    heads: Sequence[tuple[str, bool, Sequence[str]]], rows: Sequence[Sequence[str]], language: Language
) -> tuple[list[str], list[list[Value]]]:
    """Return a table as it is shown, in columns that a spreadsheet can count with.

    `heads`: of each column its text, whether numbers stand in it, and what the numbers after the first one of a cell are (nothing: from and to).
    A cell with more than one number takes as many columns; the sign of a percentage moves to the head. A cell whose numbers are not of one kind,
    or not of that of the others in its column, stays the text that it is.
    """
    names: list[str] = []
    columns: list[list[Value]] = []
    for place, (head, numbers, further) in enumerate(heads):
        texts = [_text(row[place]) for row in rows]
        name = _apart(head, names)
        if not numbers:
            names.append(name)
            years = all(re.fullmatch(r"\d{4}", text) for text in texts)
            columns.append([float(text) if years else text if text != "–" else None for text in texts])
            continue
        found = [_numbers(text, language) for text in texts]
        kinds = [_kind(text, language) for text in texts]
        column = next((kind for kind, values in zip(kinds, found, strict=True) if values and kind != MIXED), "")
        found = [values if kind == column else [] for values, kind in zip(found, kinds, strict=True)]
        most = max(map(len, found), default=1)
        names.append(f"{name} (%)" if column == "%" and "%" not in name else name)
        first = [values[0] if values else None if text in ("", "–") else text for values, text in zip(found, texts, strict=True)]
        columns.append(first)
        called = further or _called(most, texts, language)
        for n in range(1, most):
            names.append(_apart(f"{name}: {called[n - 1] if n <= len(called) else n + 1}", names))
            columns.append([values[n] if n < len(values) else None for values in found])
    return names, [list(row) for row in zip(*columns, strict=True)]


def _kind(text: str, language: Language) -> str:
    """Return of what kind the numbers of a cell are: percentages, some of so many, both, or plain ones."""
    return ("%" if "%" in text else "") + ("of" if f" {language.name('page', 'of')} " in text else "")


def _called(most: int, texts: Sequence[str], language: Language) -> Sequence[str]:
    """Return what the numbers of a cell after its first one are, where its head does not say."""
    if most == 2 and any("±" in text for text in texts):
        return ("±",)
    of = language.name("page", "of")
    if most == 2 and any(f" {of} " in text for text in texts):
        return (of,)
    return (language.name("page", "from"), language.name("page", "to"))


def _apart(name: str, others: Sequence[str]) -> str:
    """Return a head that no other column has: one that stands twice is said to be of the column before."""
    if name not in others:
        return name
    longer = f"{others[-1].split(': ')[0]}: {name}"
    return longer if longer not in others else f"{name} ({len(others) + 1})"


def of_frame(frame: pd.DataFrame, language: Language, words: Mapping[str, str]) -> tuple[list[str], list[list[Value]]]:
    """Return the columns of a table of results that have a name for people, under it; `words`: what its codes are called, beside those that
    labels.toml has of the column."""
    known = labels()["saved"]
    columns = [str(column) for column in frame.columns if str(column) in known]
    rows = [
        [_value(value, column, language, words) for column, value in zip(columns, row, strict=True)]
        for row in frame[columns].itertuples(index=False, name=None)
    ]
    return [language.name("saved", column) for column in columns], rows


def _value(value: object, column: str, language: Language, words: Mapping[str, str]) -> Value:
    """Return a value of a table of results as it is saved: a code in words, a number with as many digits as it is worth."""
    if isinstance(value, str):
        if value in words:
            return words[value]
        return language.name_or(value, "measure" if column == "measure" else "code", value) if value else None
    if value is None or value != value or value in (math.inf, -math.inf):
        return None
    if isinstance(value, bool):
        return language.name("page", "yes" if value else "no")
    number = float(value)  # type: ignore[arg-type]
    return number if number.is_integer() else round(float(f"{number:.{DIGITS}g}"), PLACES)


def _text(cell: str) -> str:
    """Return the text of a cell: what is smaller below a number stands behind it; a month is written as a date."""
    if not isinstance(cell, Markup) and not hasattr(cell, "__html__"):
        return " ".join(one_line(cell).split())
    html = str(escape(cell))
    html = re.sub(r'<data value="([\d.]+)"[^>]* data-sign="month"[^>]*>[^<]*</data>', lambda m: _month(float(m[1])), html)
    return " ".join(str(Markup(html.replace("<small>", " (").replace("</small>", ")")).striptags()).replace("\u00ad", "").split())


def _month(year: float) -> str:
    """Return the last day of a month (a year with its months as a fraction) as it is written to a CSV."""
    months = round(12 * year)
    return str(datetime.date(months // 12, months % 12 + 1, 1) - datetime.timedelta(1))


def _numbers(text: str, language: Language) -> list[Value]:
    """Return the numbers and days of a text, in order; none of a text that holds other words than stand between numbers."""
    group, point = (re.escape(symbol(language.locale)) for symbol in (get_group_symbol, get_decimal_symbol))
    number = rf"(?:\d{{1,3}}(?:{group}\d{{3}})+|\d+)(?:{point}\d+)?"
    found: list[Value] = []
    for match in re.finditer(rf"(?P<day>\d{{4}}-\d\d-\d\d)|(?P<number>(?<![\w.,])[+-]?{number}(?![\w]))", text):
        if match["day"]:
            found.append(datetime.date.fromisoformat(match["day"]))
        else:
            plain = re.sub(group, "", match["number"]).replace(get_decimal_symbol(language.locale), ".")
            found.append(float(plain))
    return found


def as_csv(saved: Saved, language: Language) -> bytes:
    """Return a table as a spreadsheet in the reader's country opens it: in Belgium semicolons and decimal commas; UTF-8, and says so."""
    point = str(get_decimal_symbol(language.locale))
    between = ";" if point == "," else ","

    def written(value: Value) -> str:
        if isinstance(value, float | int):
            return _plain(value).replace(".", point)
        text = "" if value is None else value.isoformat() if isinstance(value, datetime.date) else harmless(one_line(value))
        return f'"{text.replace(chr(34), 2 * chr(34))}"' if re.search(rf'["\r\n{between}]', text) else text

    lines = (between.join(map(written, row)) for row in (saved.heads, *saved.rows))
    return (BOM + "".join(f"{line}\r\n" for line in lines)).encode(errors="replace")


def _plain(value: float) -> str:
    """Return a number without exponent and without a zero that says nothing."""
    text = f"{value:.{PLACES}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def as_workbook(tables: Sequence[Saved], about: Sequence[str], language: Language) -> bytes:
    """Return all tables as one .xlsx: what they are, and a sheet for each. The same tables give the same bytes."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    book.set_properties({"title": about[0], "created": UNTOLD})
    bold = book.add_format({"bold": True})
    styles = Styles(
        book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
        book.add_format({"num_format": "mmm yyyy"}),
        book.add_format({"num_format": "#,##0"}),
    )
    contents = book.add_worksheet(language.name("page", "contents"))
    for column, width in enumerate((14, 90, 30)):
        contents.set_column(column, column, width)
    for row, line in enumerate(about):
        contents.write_string(row, 0, one_line(line), None if row else bold)
    for column, key in enumerate(("table", "what", "research")):
        contents.write_string(len(about) + 1, column, language.name("page", key), bold)
    for row, saved in enumerate(tables, len(about) + 2):
        contents.write_url(row, 0, f"internal:'{saved.label}'!A1", string=saved.label)
        contents.write_string(row, 1, one_line(saved.title))
        contents.write_string(row, 2, saved.source)
        _fill(book.add_worksheet(saved.label), saved, styles)
    book.close()
    return stream.getvalue()


class Styles(NamedTuple):
    """How the cells of a sheet look that are neither plain texts nor plain numbers."""

    head: Any
    month: Any
    thousands: Any


def _fill(sheet: Any, saved: Saved, styles: Styles) -> None:
    """Write a table to an empty sheet: heads that stay, each column as wide as it needs, text that is never a formula or a link."""
    sheet.freeze_panes(1, 1)
    if saved.rows:
        sheet.autofilter(0, 0, len(saved.rows), len(saved.heads) - 1)
    for column, head in enumerate(saved.heads):
        sheet.write_string(0, column, one_line(head), styles.head)
        filled = [values[column] for values in saved.rows if values[column] is not None]
        lengths = [len(str(value)) for value in filled]
        sheet.set_column(column, column, min(max([NARROWEST, *lengths]) + 2, WIDEST))
    counted = {column for column in range(len(saved.heads)) if _counts([values[column] for values in saved.rows])}
    for line, values in enumerate(saved.rows, 1):
        for column, value in enumerate(values):
            if isinstance(value, str):
                sheet.write_string(line, column, one_line(value))
            elif isinstance(value, datetime.date):
                sheet.write_datetime(line, column, datetime.datetime.combine(value, datetime.time()), styles.month)
            elif value is not None:
                sheet.write_number(line, column, value, styles.thousands if column in counted else None)


def _counts(values: Sequence[Value]) -> bool:
    """Return whether a column holds whole numbers with thousands: no years, and no codes of municipalities."""
    numbers = {value for value in values if isinstance(value, int | float)}
    coded = numbers <= set(municipalities()) or all(YEARS[0] <= number <= YEARS[1] for number in numbers)
    return not coded and max(map(abs, numbers), default=0) >= THOUSAND and all(float(number).is_integer() for number in numbers)


def address(content: bytes, kind: str) -> Markup:
    """Return a content as an address that holds it: a link to it works without a network and without a script."""
    return Markup(f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}")
