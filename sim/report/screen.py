"""A study's answer on the terminal: lines and tables no wider than can be read, and where the files lie."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType
from rich.padding import Padding
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from sim.report.language import Language
from sim.report.outside import one_line, visible
from sim.report.snippets import WIDEST


class Terminal(Console):
    """Where a screen is printed: nothing in a text is markup, the name of an emoji, or a code that a terminal obeys."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"highlight": False, "markup": False, "emoji": False} | options)

    def print(self, *objects: Any, **options: Any) -> None:
        """Print tables, or anything else that rich can; no word of a table is cut where all have room."""
        for table in (each for each in objects if isinstance(each, Table)):
            _make_room(table, self, options.get("width") or self.width)
        super().print(*objects, **options)

    def render_str(self, text: str, **options: Any) -> Text:
        """Return a text as it is measured and printed."""
        return super().render_str(visible(text), **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        """Yield what is printed, piece by piece, each with its style."""
        for piece in super().render(renderable, options):
            yield piece if piece.control else Segment(visible(piece.text), piece.style)

    def on_broken_pipe(self) -> None:
        """Leave it to the command what it is that nobody reads on."""
        raise


class Screen:
    """Standard output (or another `console`) for a reader in Dutch or English."""

    def __init__(self, lang: str = "nl", console: Terminal | None = None) -> None:
        self.language = Language(lang)
        self.say, self.number, self.percent = self.language.say, self.language.number, self.language.percent
        self.console = console or Terminal()
        self.width = min(self.console.width, WIDEST)

    def line(self, text: str = "", style: str = "", indent: int = 0) -> None:
        """Print a line, wrapped to the screen."""
        words = Text(text, style=style)
        self.put(Padding(words, (0, 0, 0, indent)) if indent else words)

    def notes(self, notes: Iterable[str]) -> None:
        """Print what a reader has to know of the numbers."""
        for note in notes:
            self.line(note, "dim")

    def put(self, *parts: RenderableType) -> None:
        """Print tables, or anything else that rich can."""
        self.console.print(*parts, width=self.width)

    def whole(self, text: str) -> None:
        """Print a text that is not wrapped: a path in one piece can be copied."""
        self.console.print(Text(one_line(text)), soft_wrap=True)

    def files(self, pictures: Iterable[Path], folder: Path) -> None:
        """Print where pictures and tables lie."""
        if shown := list(pictures):
            self.line("\n" + self.say("Pictures:"))
        for picture in shown:
            self.whole(f"  {nearby(picture)}")
        self.whole(self.say("Tables: {folder}", folder=nearby(folder)))


def _make_room(table: Table, console: Console, width: int) -> None:
    """Give every column of a table that is wider than `width` room for its longest word, and those that lack least for their longest cell;
    nothing where they have it, or cannot have it."""
    # a head may be broken at any word
    columns = [[*str(column.header).split(), *map(str, column.cells)] for column in table.columns]
    heads = [max((cell_len(line) for line in str(column.header).split("\n")), default=0) for column in table.columns]
    whole = [
        max([head if column.no_wrap else 0, *(cell_len(line) for text in of for line in text.split("\n"))])
        for column, head, of in zip(table.columns, heads, columns, strict=True)
    ]
    least = [
        wide if column.no_wrap else max((cell_len(word) for text in of for word in text.split()), default=0)
        for column, of, wide in zip(table.columns, columns, whole, strict=True)
    ]
    widest = sum(map(max, whole, heads))
    around = console.measure(table, options=console.options.update(max_width=widest + width)).maximum - widest
    spare = width - around - sum(least)
    if around < 0 or spare < 0 or widest + around <= width or any(column.width for column in table.columns):
        return
    lacking = sorted((wide - narrow, n) for n, (wide, narrow) in enumerate(zip(whole, least, strict=True)))
    for lacks, n in lacking:  # those that lack least are whole
        given = min(lacks, spare)
        table.columns[n].width = least[n] + given
        spare -= given


def nearby(path: Path) -> str:
    """Return a path as seen from the working directory, if it lies below it."""
    path = path.resolve()
    return one_line(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def grid(*heads: str, title: str = "", justify: Literal["left", "center"] = "left", edge: bool = False) -> Table:
    """Return an empty table: names in the first column, numbers in the others. `edge`: indented by a space."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=edge, title=title or None, title_justify=justify, title_style="italic")
    for number, head in enumerate(heads):
        table.add_column(head, justify="right" if number else "left", overflow="fold")
    return table
