"""What the tests can bring one municipality, or all, on the terminal."""

from collections.abc import Iterable
from pathlib import Path

from rich.text import Text

from sim.report import estimates
from sim.report.screen import Screen, Terminal, grid, nearby
from sim.studies.municipality.study import Municipalities
from sim.studies.municipality.words import Words


def show(found: Municipalities, files: Iterable[Path], lang: str = "nl", console: Terminal | None = None) -> None:
    """Print the answer on standard output (or on `console`), in Dutch or English."""
    screen = Screen(lang, console)
    if len(found.codes) > 1:
        screen.line(screen.say("{count} municipalities, a page each.", count=screen.number(len(found.codes))), "bold")
        screen.whole(screen.say("Tables: {folder}", folder=nearby(found.folder)))
    else:
        _one(screen, Words(found, found.codes[0], screen.language))
    screen.notes([estimates.source_of(found.facts, screen.language), estimates.warning(screen.language)])


def _one(screen: Screen, words: Words) -> None:
    say = screen.say
    screen.line("\n" + say("{municipality}, of {company}", municipality=words.name, company=words.company), "bold")
    for sentence in words.answer():
        screen.line(sentence)
    if tests := words.rows("tests") if words.has_objective else []:
        table = grid(
            say("Test"),
            "1",
            "2A",
            "2B",
            say("Euro if in 2B"),
            say("a year"),
            say("charged in"),
            title=say("Chances, and what it pays"),
        )
        for row in tests:
            years = int(words.value("tests", row, "charged_years"))
            shares = (words.share_of("tests", row, name) for name in ("1", "2A", "2B"))
            paid = words.euro(row, "euro"), words.euro(row, "euro", years), str(words.value("tests", row, "years"))
            table.add_row(Text(str(words.value("tests", row, "test")), style="bold"), *shares, *paid)
        screen.put(table)
        screen.line(say("What is asked is not met, on average:"), "bold")
        for row in words.rows("asked"):
            screen.line(asked_words(words, row), indent=2)
        screen.line(say("Why in 2B: what falls short of the plan of approach, in which share of those verdicts"), "bold")
        for row in tests:
            if why := words.why(int(words.value("tests", row, "test"))):
                screen.line(why, indent=2)
        screen.line(say("The least change that would have given category 1"), "bold")
        for row in words.rows("changes"):
            if change := words.change(row):
                screen.line(change, indent=2)
    screen.notes(words.notes())


def asked_words(words: Words, row: int) -> str:
    """Say what a test asks and what is there."""
    return words.say(
        "{year}: {what}: {has} of {asked} ({failed} not met)",
        year=words.value("asked", row, "test"),
        what=words.asked(row),
        has=words.dwellings("asked", row, "has"),
        asked=words.dwellings("asked", row, "asked"),
        failed=words.share_of("asked", row, "failed"),
    )
