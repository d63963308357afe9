"""The parts of a report, which the template lays out, and what every page has: sentences in HTML, pictures and tables with their CSV."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from babel.dates import format_date
from markupsafe import Markup
from matplotlib.figure import Figure

from sim.report.cells import HtmlLanguage
from sim.report.svg import taken_apart


@dataclass(frozen=True)
class Text:
    """A paragraph. `style`: answer, lead, note or nothing."""

    html: str
    style: str = ""
    kind: str = "text"


@dataclass(frozen=True)
class Bullets:
    """A list of sentences."""

    items: Sequence[str]
    kind: str = "bullets"


@dataclass(frozen=True)
class Terms:
    """Words with their meaning."""

    items: Mapping[str, str]
    kind: str = "terms"


@dataclass(frozen=True)
class Picture:
    """A picture: its words in HTML, the drawing, how to read it, and the CSVs with its numbers. `name` is its own in the page."""

    name: str
    number: int
    title: str
    subtitle: str
    svg: Markup
    wide: float
    reading: str
    csv: Sequence[str]
    kind: str = "picture"


@dataclass(frozen=True)
class Head:
    """The head of a column. `numbers`: whether they stand in it."""

    text: str
    numbers: bool = True


@dataclass(frozen=True)
class Table:
    """A table: the first cell of a row is its name. `long`: it scrolls within the page; `find`: the label of a box that finds rows."""

    name: str
    number: int
    title: str
    heads: Sequence[Head]
    rows: Sequence[Sequence[str]]
    note: str
    csv: Sequence[str]
    long: bool = False
    find: str = ""
    kind: str = "table"


@dataclass(frozen=True)
class More:
    """Parts that open when asked for."""

    summary: str
    parts: "Sequence[Part]"
    kind: str = "more"


Part = Text | Bullets | Terms | Picture | Table | More


@dataclass(frozen=True)
class Section:
    """A section of the report: its name in the address, its title, its parts."""

    name: str
    title: str
    parts: Sequence[Part]


class Page:
    """What the sections of any report share: the folder that it lies in, its language, and the CSVs beside it.

    `files`: the names of the CSVs, without their ending, by table; `added`: the tables that only the report has, and writes.
    """

    def __init__(self, folder: Path, lang: str, files: Mapping[str, str], added: Mapping[str, pd.DataFrame]) -> None:
        self.folder, self.lang, self.language = folder, lang, HtmlLanguage(lang)
        self.files, self.added = files, added
        self.pictures = self.tables = 0

    def picture(self, name: str, figure: Figure, reading: str, csv: Iterable[str]) -> Picture:
        """Return a figure as a picture of the page."""
        self.pictures += 1
        drawn = taken_apart(figure, name)
        return Picture(name, self.pictures, drawn.title, drawn.subtitle, drawn.svg, drawn.wide, reading, self._files(csv))

    def table(
        self,
        name: str,
        title: str,
        heads: Sequence[Head],
        rows: Sequence[Sequence[str]],
        note: str,
        csv: Iterable[str],
        *,
        long: bool = False,
        find: str = "",
    ) -> Table:
        """Return a table of the page; `long`, `find`: see `Table`."""
        self.tables += 1
        return Table(name, self.tables, title, heads, rows, note, self._files(csv), long, find)

    def day(self, date: str) -> str:
        """Return a day (YYYY-MM-DD) as this reader writes it."""
        return str(format_date(datetime.date.fromisoformat(date), "long", locale=self.language.locale))

    def _files(self, tables: Iterable[str]) -> list[str]:
        """Return the files of tables. Raises KeyError for a table that is not written."""
        return [f"{self.files[name]}.csv" for name in tables]
