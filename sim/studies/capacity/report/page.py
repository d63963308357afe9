"""What the sections of both reports share."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from matplotlib.figure import Figure

from sim.report import canvas
from sim.report.estimates import warning
from sim.report.language import Language
from sim.report.parts import Head, Page, Part, Picture, Table, Text
from sim.report.snippets import two
from sim.studies.capacity.all_companies import NeedsOfAll
from sim.studies.capacity.spending import Spending
from sim.studies.capacity.study import Needs
from sim.studies.capacity.words.company import CompanyWords
from sim.studies.capacity.words.everyone import AllWords
from sim.studies.capacity.words.shared import MILLION, Entry, Words
from sim.studies.capacity.words.spending import SpendingWords

OFTEN = 0.1  # share of the simulations from which a project under way is worth a row
MANY = 15  # rows; a table with more scrolls and has a box that finds them
# Of each outcome of an allocation policy: what it is written times, and to what; so fine that an interval shows on which side of zero it is.
OUTCOMES = {"verdicts_2B": (1.0, 0.01), "realised_at_end": (1.0, 1.0), "contributions": (1 / MILLION, 0.01)}
STAGES_TODAY = ("dormant", "preparation", "MJP", "KTP", "construction")  # of a project, in order
BEHIND = {"on_mjp": "MJP", "on_ktp": "KTP", "start": "construction", "delivered": ""}  # by step: the stage from which it is behind
W = TypeVar("W", bound=Words)


class CapacityPage(Page, Generic[W]):
    """What the sections on an answer share: its words, in HTML, where numbers become <data>, and `plain`, for what is drawn."""

    def __init__(self, words: Callable[[Any, Language], W], needs: Needs | NeedsOfAll | Spending, lang: str) -> None:
        super().__init__(needs.folder, lang, {table: needs.file_of(table) for table in needs.tables}, {}, needs.tables)
        self.say, self.words, self.plain = self.language.say, words(needs, self.language), words(needs, Language(lang))

    def drawn(self, name: str, draw: Callable[[W], Figure], csv: Sequence[str]) -> Picture:
        """Return what a function draws as a picture of the page, with how to read it."""
        with canvas.style():
            return self.picture(name, draw(self.plain), self.language.name("reading", name), csv)

    def grid(
        self,
        name: str,
        title: str,
        heads: Sequence[str],
        rows: Sequence[Sequence[Entry]],
        note: str,
        csv: Sequence[str],
        text: Sequence[int] = (0,),
        long: bool = False,
        find: str = "",
    ) -> Table:
        """Return a table. A pair is a number with its band below it, nothing is a dash. `text`: the columns without numbers; `long`: it
        scrolls; `find`: the label of the box that finds rows, where there are many."""
        long = long or (bool(find) and len(rows) > MANY)
        cells = [[two(*cell) if isinstance(cell, tuple) else cell or "–" for cell in row] for row in rows]
        columns = [Head(head, n not in text) for n, head in enumerate(heads)]
        return self.table(name, title, columns, cells, note, csv, long=long, find=find if long else "")


CompanyPage = CapacityPage[CompanyWords]
AllPage = CapacityPage[AllWords]
SpendingPage = CapacityPage[SpendingWords]


def status(page: Page) -> str:
    """Say what the numbers are, and what they are not."""
    return page.language.say("Estimates by simulation, under a draft law; not definitive, and no official verdict")


def rests_on(page: CapacityPage[Any]) -> list[str]:
    """Say what any of the numbers rest on."""
    say, facts = page.say, page.words.facts
    return [
        say("These are estimates by a simulation model, no prediction and no official verdict."),
        warning(page.language),
        say("The rules are those of a draft decree: not definitive, and silent in places."),
        say("Scenario: {title}.", title=facts["title_nl"] if page.lang == "nl" else facts["title"]),
    ]


def origin(page: CapacityPage[Any]) -> Part:
    """Say what makes the same numbers again."""
    facts = {name: page.words.facts[name] for name in ("version", "seed")} | {"source": page.words.facts["source"][:12]}
    return Text(page.say("Made with bso-sim {version}, seed {seed}, model {source}.", **facts), "note")
