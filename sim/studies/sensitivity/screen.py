"""What matters, on the screen: the data to collect first, and a table of parameters and outcomes."""

import math
from pathlib import Path

from rich.console import Console
from rich.text import Text

from sim.report.language import Language
from sim.report.screen import Screen, grid
from sim.studies.sensitivity import words
from sim.studies.sensitivity.study import MATTERS, Sensitivity

LISTED = 14  # parameters


def show(found: Sensitivity, files: list[Path], lang: str = "nl", console: Console | None = None) -> None:
    """Print what matters on standard output (or on `console`), in Dutch or English."""
    screen = Screen(lang, console)
    language = screen.language
    screen.line("\n" + (found.facts["title_nl"] if lang == "nl" else found.facts["title"]), "dim")
    screen.line(words.collect_sentence(found, language) + "\n", "bold")
    heads = [words.outcome_title(found, outcome, language) for outcome in found.outcomes]
    table = grid(screen.say("Parameter, from low to high"), *heads)
    for column in table.columns[1:]:
        column.max_width = 15
    for name in list(found.ranked())[:LISTED]:
        table.add_row(*_row(found, name, language))
    screen.put(table)
    for sentence in words.rule_sentences(found, language):
        screen.line(sentence)
    screen.notes([*words.notes(found, language), words.source(found, language)])
    tables = [found.folder / f"{found.file_of(name)}.csv" for name in found.tables]
    for file in (*files, *tables, found.folder / found.ANSWER):
        screen.whole(f"  {file}")


def _row(found: Sensitivity, name: str, language: Language) -> list[Text]:
    """Return the cells of a parameter: what it is, then per outcome its values at the bounds and its share."""
    title, reach = words.label(found, name, language), words.range_words(found.known[name], language)
    cells = [Text.assemble((title, "bold"), "\n", (reach, "dim"))]
    for outcome in found.outcomes:
        row, shares = found.of("ends", outcome)[name], found.shares(outcome)
        share, style = "–", "dim"
        if name in shares:
            value, low, high = (max(0.0, part) for part in shares[name])
            share = f"{language.percent(value)} ({math.floor(100 * low + 0.5)}-{math.floor(100 * high + 0.5)})"
            style = "bold" if value >= MATTERS else "dim"
        ends = " → ".join(words.amount(row[end], outcome, language) for end in ("at_low", "at_high"))
        cells.append(Text.assemble(ends, "\n", (share, style)))
    return cells
