"""The backtest on the screen."""

import math
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim.report.screen import Screen
from sim.studies.backtest.naive import NAIVE
from sim.studies.backtest.study import Backtest
from sim.studies.backtest.words import amount, backtest_answer, checks_answer, marks, start_words, title


def show(result: Backtest, files: list[Path], lang: str = "nl", console: Console | None = None) -> None:
    """Print what the scores say, a row per outcome, and where everything is."""
    screen = Screen(lang, console)
    say, language = screen.say, screen.language
    first, *others = backtest_answer(result, language)
    screen.line("\n" + first, "bold")
    for line in (*others, *checks_answer(result, language)):
        screen.line(line)
    table = figures_table([say("figure"), say("fact"), say("80% band"), say("inside"), say("score"), say("naive")])
    for start, group in result.tables["scores"].groupby("start", sort=True):
        table.add_section()
        table.add_row(Text(start_words(start, language), style="bold"))
        for row in group.to_dict("records"):
            fact, low, high, score = (amount(row, row[name], language) for name in ("fact", "low_0.8", "high_0.8", "crps"))
            naive = min((row[f"crps_{name}"] for name in NAIVE if not math.isnan(row[name])), default=math.nan)
            band, inside = say("{low} to {high}", low=low, high=high), say("yes") if row["covered_0.8"] else say("no")
            table.add_row(Text(title(row, language)), fact, band, inside, score, amount(row, naive, language))
    screen.put(table)
    note = say("Score: CRPS, in the figure's own unit; lower is better. Naive: the lowest score of any naive forecaster.")
    screen.notes([f"{marks(language)} {note}"])
    for file in files:
        screen.whole(str(file))


def figures_table(heads: list[str]) -> Table:
    """Return an empty table of known figures: their names, then numbers."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(heads[0], overflow="fold", min_width=20)
    for head in heads[1:]:
        table.add_column(head, justify="right", no_wrap=True)
    return table
