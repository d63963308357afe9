"""What matters, on the screen: the data to collect first, and a table of parameters and outcomes."""

import math
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim.report.language import Language
from sim.report.snippets import WIDEST, foot
from sim.studies.sensitivity import words
from sim.studies.sensitivity.study import MATTERS, Sensitivity

LISTED = 14  # parameters


def show(found: Sensitivity, files: list[Path], lang: str = "nl", console: Console | None = None) -> None:
    """Print what matters on standard output (or on `console`), in Dutch or English."""
    language, console = Language(lang), console or Console(highlight=False)
    width = min(console.width, WIDEST)
    console.print(Text("\n" + (found.facts["title_nl"] if lang == "nl" else found.facts["title"]), style="dim"), width=width)
    console.print(Text(words.collect_sentence(found, language) + "\n", style="bold"), width=width)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(language.say("Parameter, from low to high"), overflow="fold")
    for outcome in found.outcomes:
        table.add_column(words.outcome_title(found, outcome, language), justify="right", overflow="fold", max_width=15)
    for name in list(found.ranked())[:LISTED]:
        table.add_row(*_row(found, name, language))
    console.print(table, width=width)
    for sentence in words.rule_sentences(found, language):
        console.print(Text(sentence), width=width)
    tables = [*(found.folder / f"{name}.csv" for name in found.tables), found.folder / found.ANSWER]
    notes = [*words.notes(found, language), words.source(found, language)]
    foot(console, notes, [f"  {file}" for file in (*files, *tables)], width)


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
