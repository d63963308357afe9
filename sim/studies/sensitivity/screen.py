"""What matters, on the screen: the data to collect first, and a table of parameters and outcomes."""

import math
from pathlib import Path

from rich.text import Text

from sim.report.language import Language
from sim.report.screen import Screen, Terminal, grid
from sim.studies.sensitivity import words
from sim.studies.sensitivity.study import MATTERS, Sensitivity

LISTED = 14  # parameters


def show(result: Sensitivity, files: list[Path], lang: str = "nl", console: Terminal | None = None) -> None:
    """Print what matters on standard output (or on `console`), in Dutch or English."""
    screen = Screen(lang, console)
    language = screen.language
    screen.line("\n" + (result.facts["title_nl"] if lang == "nl" else result.facts["title"]), "dim")
    screen.line(words.collect_sentence(result, language) + "\n", "bold")
    heads = [words.outcome_title(result, outcome, language) for outcome in result.outcomes]
    table = grid(screen.say("Parameter, from low to high"), *heads)
    for column in table.columns[1:]:
        column.max_width = 15
    for name in list(result.ranked())[:LISTED]:
        table.add_row(*_row(result, name, language))
    screen.put(table)
    for sentence in words.rule_sentences(result, language):
        screen.line(sentence)
    screen.notes([*words.notes(result, language), words.source(result, language)])
    tables = [result.folder / f"{result.file_of(name)}.csv" for name in result.tables]
    for file in (*files, *tables, result.folder / result.ANSWER):
        screen.whole(f"  {file}")


def _row(result: Sensitivity, name: str, language: Language) -> list[Text]:
    """Return the cells of a parameter: what it is, then per outcome its values at the bounds and its share."""
    title, reach = words.label(result, name, language), words.range_words(result.known[name], language)
    cells = [Text.assemble((title, "bold"), "\n", (reach, "dim"))]
    for outcome in result.outcomes:
        row, shares = result.of("ends", outcome)[name], result.shares(outcome)
        share, style = "–", "dim"
        if name in shares:
            value, low, high = (max(0.0, part) for part in shares[name])
            share = f"{language.percent(value)} ({math.floor(100 * low + 0.5)}-{math.floor(100 * high + 0.5)})"
            style = "bold" if value >= MATTERS else "dim"
        ends = " → ".join(words.amount(row[end], outcome, language) for end in ("at_low", "at_high"))
        cells.append(Text.assemble(ends, "\n", (share, style)))
    return cells
