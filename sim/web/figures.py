"""What a page is made of: figures that can be saved as CSV, SVG and PNG, and sections of them with tables and words."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup

from sim.report.drawing import Drawing
from sim.report.language import Language
from sim.report.parts import Part, Table
from sim.report.saved import Saved, Value, as_csv
from sim.web.charts import NARROW, WIDE

Legend = Sequence[tuple[str, str]]  # kinds of shapes, and what each means


@dataclass(frozen=True)
class Figure:
    """A figure: a message as title, how to read it, what it rests on, a drawing for a width, and its numbers as a table."""

    name: str
    title: str
    reading: str
    source: str
    draw: Callable[[float], Drawing]
    heads: Sequence[str]
    rows: Sequence[Sequence[Value]]
    legend: Legend = ()
    kind: str = "figure"

    @property
    def origin(self) -> str:
        """The first sentence of its source: which simulations; the whole stands once on the page, and in every file."""
        return self.source.split(". ")[0]

    @cached_property
    def narrow(self) -> Drawing:
        """The drawing for a telephone."""
        return self.draw(NARROW)

    @cached_property
    def wide(self) -> Drawing:
        """The drawing for a desk, and for files."""
        return self.draw(WIDE)

    @cached_property
    def sheet(self) -> Drawing:
        """The drawing as a file has it: with its title, what its shapes mean, and its source."""
        drawing = self.wide
        if self.legend:
            taller = Drawing(drawing.width, drawing.height + 20 * ((len(self.legend) + 1) // 2) + 8, [*drawing.shapes])
            for number, (style, words) in enumerate(self.legend):
                left, top = drawing.width / 2 * (number % 2), drawing.height + 8 + 20 * (number // 2)
                taller.box(left + 6, top, 14, 12, style)
                taller.words(left + 26, top + 11, words, "tiny")
            drawing = taller
        return drawing.framed(self.title, self.source)

    def csv(self, language: Language) -> bytes:
        """Return its numbers as a spreadsheet of the reader's country opens them."""
        return as_csv(Saved(self.name, self.title, self.heads, self.rows, ""), language)


def valued(text: str, value: float) -> str:
    """Return a number as a cell of a table shows it, which knows its value, so that rows can be sorted by it."""
    return text if math.isnan(value) else Markup('<data value="{}">{}</data>').format(f"{value:.6g}", text)


Block = Part | Figure


@dataclass(frozen=True)
class Chapter:
    """A section of a page: its name in the address, its title, its parts."""

    name: str
    title: str
    parts: Sequence[Block]


@dataclass(frozen=True)
class View:
    """A page: its address (without the language), its title, the sentences that answer, its chapters. `own`: the address where own figures of
    what it is about may be filled in."""

    path: str
    title: str
    answer: Sequence[str]
    chapters: Sequence[Chapter]
    own: str = ""

    @property
    def figures(self) -> dict[str, Figure]:
        """The figures by name."""
        return {part.name: part for chapter in self.chapters for part in chapter.parts if isinstance(part, Figure)}

    @property
    def tables(self) -> dict[str, Table]:
        """The tables by name."""
        return {part.name: part for chapter in self.chapters for part in chapter.parts if isinstance(part, Table)}

    def file(self, name: str, kind: str, language: Language) -> bytes | None:
        """Return a figure or table as a file of a kind (csv, svg, png); None where there is none."""
        if (figure := self.figures.get(name)) is not None:
            if kind == "csv":
                return figure.csv(language)
            return figure.sheet.file() if kind == "svg" else figure.sheet.png()
        if (table := self.tables.get(name)) is not None and kind == "csv":
            return as_csv(table.saved(language.name("page", "table"), language)[0], language)
        return None
