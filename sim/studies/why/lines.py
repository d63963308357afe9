"""The page on which `bso why` prints: lines, tables, dates and amounts as the reader writes them."""

from datetime import date
from typing import Any

from babel.dates import format_date
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.report.language import Language
from sim.studies.why.words import needed_word, share_words, source_words

Trace = dict[str, Any]
WIDEST = 100  # columns; longer lines are hard to read


class Page:
    """What is printed: the trace of one replication, or the summary of all, in Dutch or English."""

    def __init__(self, trace: Trace, lang: str = "nl", console: Console | None = None) -> None:
        self.trace, self.language = trace, Language(lang)
        self.say, self.number = self.language.say, self.language.number
        self.console = console or Console(highlight=False)
        self.width = min(self.console.width, WIDEST)

    def line(self, text: str = "", style: str = "", indent: int = 0) -> None:
        """Print a line, wrapped to the page."""
        self.console.print(Padding(Text(text, style=style), (0, 0, 0, indent)), width=self.width)

    def title(self, text: str) -> None:
        """Print the title of a part."""
        self.line()
        self.line(text, "bold")

    def day(self, iso: str) -> str:
        """Return a date, or a month, as the reader writes it."""
        whole = len(iso) > 7
        when = date.fromisoformat(iso if whole else iso + "-01")
        return str(format_date(when, "d MMMM yyyy" if whole else "MMMM yyyy", locale=self.language.locale))

    def met(self, met: bool) -> Text:
        """Return whether a requirement is met, in a word and a colour."""
        return Text(self.say("met"), style="green") if met else Text(self.say("not met"), style="bold red")

    def euro(self, cents: float, step: float = 0.01) -> str:
        """Return an amount."""
        return self.number(cents / 100, step)

    def grid(self, *widths: str) -> Table:
        """Return a table without lines; `widths`: left or right for each column."""
        table = Table(box=None, show_header=False, padding=(0, 1, 0, 2))
        for justify in widths:
            table.add_column(justify=justify, overflow="fold")  # type: ignore[arg-type]
        return table

    def put(self, table: Table | Padding) -> None:
        """Print a table."""
        self.console.print(table, width=self.width)

    def requirement(self, row: Trace) -> str:
        """Return a requirement in words: which part of which path, at least at which stage."""
        needed = needed_word(self.language, row["stage"])
        if row["path"] == "sib":
            return self.say("SIB: {share}, {stage}", share=share_words(self.language, [row["share"]], ["SIB"]), stage=needed)
        names = list(self.trace.get("path", {})) or [f"G{i}" for i in range(1, len(row["shares"]) + 1)]
        return self.say("Regular: {share}, {stage}", share=share_words(self.language, row["shares"], names), stage=needed)

    def heading(self, what: str) -> None:
        """Print what is explained, and of how many futures."""
        trace, say = self.trace, self.say
        self.title(say("{municipality}, progress test of {year}", municipality=trace["municipality"], year=trace["test"]))
        self.line(say("Measured on {date}. {what}", date=self.day(trace["measured"]), what=what), "dim")
        self.line()

    def source(self, source: str, status: str = "") -> None:
        """Print the source of a law value."""
        text = self.say("Source: {source}", source=source_words(self.language, source))
        if status == "draft":
            text += self.say(" (draft)")
        elif status == "reading":
            text += self.say(" (reading of this model)")
        self.line(text, "dim", indent=2)
