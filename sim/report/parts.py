"""The parts of a report, which the template lays out, and what every page has: sentences in HTML, pictures and tables with their numbers."""

import datetime
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
from babel.dates import format_date
from markupsafe import Markup
from matplotlib.figure import Figure

from sim.inputs.municipalities import names
from sim.report import canvas
from sim.report.cells import HtmlLanguage
from sim.report.language import Language
from sim.report.saved import Saved, of_frame, shown
from sim.report.svg import taken_apart

SHORT = 8  # letters of a short name


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
    """A picture: its words in HTML, the drawing, how to read it, the numbers that it draws, and the whole of it as PNG. `name` is its own in the
    page; its number is given when the page is laid out."""

    name: str
    title: str
    subtitle: str
    svg: Markup
    wide: float
    reading: str
    drawn: Sequence[Saved]
    png: bytes
    number: str = ""
    topic: str = ""
    kind: str = "picture"

    def labels(self, called: str) -> list[str]:
        """Return what the tables that it draws are called, by what the page calls it."""
        return [called if n == 0 else f"{called} ({n + 1})" for n in range(len(self.drawn))]

    def saved(self, called: str, language: Language) -> list[Saved]:
        """Return what there is to save of it, by what the page calls it."""
        return [
            drawn._replace(label=own, title=self.title, topic=self.topic)
            for drawn, own in zip(self.drawn, self.labels(called), strict=True)
        ]


@dataclass(frozen=True)
class Head:
    """The head of a column. `numbers`: whether they stand in it; `further`: what those of a cell after its first one are, if not from and to."""

    text: str
    numbers: bool = True
    further: Sequence[str] = ()


@dataclass(frozen=True)
class Table:
    """A table: the first cell of a row is its name. `long`: it scrolls within the page; `find`: the label of a box that finds rows."""

    name: str
    title: str
    heads: Sequence[Head]
    rows: Sequence[Sequence[str]]
    note: str
    source: str = ""
    long: bool = False
    find: str = ""
    number: str = ""
    topic: str = ""
    kind: str = "table"

    @property
    def short(self) -> bool:
        """Whether its rows have short names, as years, so that their column can be narrow."""
        return all(len(row[0]) <= SHORT for row in self.rows)

    def labels(self, called: str) -> list[str]:
        """Return what it is called where it is saved, by what the page calls it."""
        return [called]

    def saved(self, called: str, language: Language) -> list[Saved]:
        """Return what there is to save of it, by what the page calls it."""
        heads = [(str(head.text).replace("\u00ad", ""), head.numbers, head.further) for head in self.heads]
        return [Saved(called, self.title, *shown(heads, self.rows, language), self.source, self.topic)]


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
    """What the sections of any report share: the folder that it lies in, its language, and the tables of results that it is made of.

    `files`: the names of their CSVs beside it, without their ending, by table; `added`: the tables that only the report has, and writes;
    `tables`: the others.
    """

    def __init__(
        self,
        folder: Path,
        lang: str,
        files: Mapping[str, str],
        added: Mapping[str, pd.DataFrame],
        tables: Mapping[str, pd.DataFrame],
    ) -> None:
        self.folder, self.lang, self.language = folder, lang, HtmlLanguage(lang)
        self.files, self.added, self.frames = files, added, {**tables, **added}

    def called(self) -> Mapping[str, str]:
        """Return what codes in the tables are called, beside those that labels.toml knows: options by their names, say."""
        return {}

    def picture(
        self, name: str, figure: Figure, reading: str, csv: Iterable[str], columns: Sequence[str] = (), **rows: Hashable
    ) -> Picture:
        """Return a figure as a picture of the page. `csv`: the tables that it draws; `columns`: those of them that it does, if not all; `rows`:
        the value, or values, by column, of those rows that it does."""
        png = canvas.as_png(figure)
        drawn = taken_apart(figure, name)
        numbers = [self._saved(table, rows, columns) for table in csv]
        return Picture(name, drawn.title, drawn.subtitle, drawn.svg, drawn.wide, reading, numbers, png)

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
        """Return a table of the page; `csv`: the tables of results that it is made of; `long`, `find`: see `Table`."""
        return Table(name, title, heads, rows, note, ", ".join(map(self._file, csv)), long, find)

    def day(self, date: str) -> str:
        """Return a day (YYYY-MM-DD) as this reader writes it."""
        return str(format_date(datetime.date.fromisoformat(date), "long", locale=self.language.locale))

    def _saved(self, table: str, rows: Mapping[str, Hashable], columns: Sequence[str]) -> Saved:
        """Return the rows of a table of results that have these values, in words for people; `columns`: () for all."""
        frame = self.frames[table][list(columns)] if columns else self.frames[table]
        for column, value in rows.items():
            frame = frame[frame[column].isin(value if isinstance(value, tuple) else [value])] if column in frame else frame
        if "nis" in frame and "municipality" not in frame:
            frame = frame.copy()
            frame.insert(list(frame.columns).index("nis") + 1, "municipality", frame["nis"].map(names()))
        return Saved("", "", *of_frame(frame, self.language, self.called()), self._file(table))

    def _file(self, table: str) -> str:
        """Return the file of a table. Raises KeyError for one that is not written."""
        return f"{self.files[table]}.csv"


def numbered(sections: Sequence[Section]) -> list[Section]:
    """Return sections with their pictures and tables numbered as they are read, each with the title of its section; what
    opens on demand has the number before it and a letter."""
    count = {"picture": 0, "table": 0}

    def of(parts: Sequence[Part], topic: str, inner: bool = False) -> list[Part]:
        letters = {kind: 0 for kind in count}
        found: list[Part] = []
        for part in parts:
            if isinstance(part, More):
                found.append(replace(part, parts=of(part.parts, topic, True)))
                continue
            if isinstance(part, Picture | Table):
                inside = inner and count[part.kind] > 0
                letters[part.kind] += inside
                count[part.kind] += not inside
                part = replace(part, topic=topic, number=f"{count[part.kind]}{letter(letters[part.kind])}")
            found.append(part)
        return found

    return [replace(section, parts=of(section.parts, section.title)) for section in sections]


def letter(number: int) -> str:
    """Return a number as letters: nothing, a, b, ..., z, aa.

    >>> letter(0), letter(2), letter(27)
    ('', 'b', 'aa')
    """
    return letter((number - 1) // 26) + chr(ord("a") + (number - 1) % 26) if number else ""


def figures(parts: Iterable[Part]) -> Iterator[Picture | Table]:
    """Yield all pictures and tables of parts, as they are read."""
    for part in parts:
        if isinstance(part, More):
            yield from figures(part.parts)
        elif isinstance(part, Picture | Table):
            yield part
