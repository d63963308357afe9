"""The backtest on the screen."""

import math
from pathlib import Path

from rich import box
from rich.table import Table
from rich.text import Text

from sim.report.screen import Screen, Terminal
from sim.studies.backtest import words
from sim.studies.backtest.naive import NAIVE
from sim.studies.backtest.study import Backtest

SHOWN = (0, 1, 3, 5, 8, 9, 10)  # of the columns of the drivers: driver, figures, 80% band, score, signs, first edition


def show(result: Backtest, files: list[Path], lang: str = "nl", console: Terminal | None = None) -> None:
    """Print what the scores say, a row per outcome, and where everything is."""
    screen = Screen(lang, console)
    say, language = screen.say, screen.language
    screen.line("\n" + " ".join(words.trust(result, language)), "bold")
    for line in (*words.backtest_answer(result, language), *words.checks_answer(result, language)):
        screen.line(line)
    heads, *rows = [[cells[i] for i in SHOWN] for cells in (words.driver_heads(language), *words.driver_rows(result, language))]
    moved = figures_table(heads, wrapped=True)
    for cells in rows:
        moved.add_row(*cells)
    screen.put(moved)
    screen.notes([words.driver_note(language)])
    screen.line("\n" + words.acceptance_answer(result, language), "bold")
    accepted = figures_table([say("what it has to show"), say("fact"), say("mean"), say("80% band"), say("met")])
    for start, group in result.tables["acceptance"].groupby("start", sort=False):
        accepted.add_section()
        accepted.add_row(Text(words.criteria_start(int(str(start)), language), style="bold"))
        for row in group.to_dict("records"):
            fact, mean, low, high, met = words.criterion_cells(row, language)
            accepted.add_row(
                Text(words.criterion(row, language)), fact, mean, say("{low} to {high}", low=low, high=high) if low else "", met
            )
    screen.put(accepted)
    single = figures_table(words.who_heads(language))
    for cells in words.who_rows(result, language):
        single.add_row(*cells)
    screen.put(single)
    screen.notes([words.who_note(language)])
    table = figures_table([say("figure"), say("fact"), say("80% band"), say("inside"), say("score"), say("naive")])
    for start, group in result.tables["scores"].groupby("start", sort=True):
        table.add_section()
        table.add_row(Text(words.start_words(start, language), style="bold"))
        for row in group.to_dict("records"):
            fact, low, high, score = (words.amount(row, row[name], language) for name in ("fact", "low_0.8", "high_0.8", "crps"))
            naive = min((row[f"crps_{name}"] for name in NAIVE if not math.isnan(row[name])), default=math.nan)
            band, inside = say("{low} to {high}", low=low, high=high), say("yes") if row["covered_0.8"] else say("no")
            table.add_row(Text(words.title(row, language)), fact, band, inside, score, words.amount(row, naive, language))
    screen.put(table)
    note = say("Score: CRPS, in the figure's own unit; lower is better. Naive: the lowest score of any naive forecaster.")
    screen.notes([f"{words.marks(language)} {note}"])
    screen.files(files, result.folder)


def figures_table(heads: list[str], wrapped: bool = False) -> Table:
    """Return an empty table of known figures: their names, then numbers. `wrapped`: long heads and cells over more than one line."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(heads[0], overflow="fold", min_width=20)
    for head in heads[1:]:
        table.add_column(head, justify="right", no_wrap=not wrapped, overflow="fold")
    return table
