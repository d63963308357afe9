"""Forecasts that hold chance and not knowing, and the fit behind them, on the screen."""

from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim.report.language import Language
from sim.report.snippets import foot
from sim.studies.backtest.screen import figures_table
from sim.studies.backtest.words import amount, outcome_name
from sim.studies.calibration.bands import Bands
from sim.studies.calibration.study import Calibration
from sim.studies.calibration.words import bands_answer, bands_rows, later_answer


def show(found: Calibration, files: list[Path], lang: str = "nl", console: Console | None = None) -> None:
    """Print what happened beside what the ranges and the fit give; and whether the fit foresees later years better, where that was asked."""
    language, console = Language(lang), console or Console(highlight=False)
    say, notes = language.say, []
    if "later" in found.tables:
        console.print(Text(later_answer(found.tables["later"], language), style="bold"))
        bands = (say("assumed,\n80% band"), say("fitted,\n80% band"))
        table = figures_table([say("figure"), say("fact"), bands[0], say("score"), bands[1], say("score")])
        for row in found.tables["later"].to_dict("records"):
            cells = [amount(row, row["fact"], language)]
            for what in ("assumed", "fitted"):
                low, high, score = (amount(row, row[f"{column}_{what}"], language) for column in ("p10", "p90", "crps"))
                cells += [f"{low}–{high}", score]
            table.add_row(outcome_name(row, language) + (" *" if row["seen"] else ""), *cells)
        console.print(table)
        notes = [say("* Seen by the fit.")]
    foot(console, notes, [*files, found.folder / "sets.csv"])


def show_bands(found: Bands, files: list[Path], lang: str = "nl", console: Console | None = None) -> None:
    """Print the bands of every outcome with what they are made of."""
    language, console = Language(lang), console or Console(highlight=False)
    say = language.say
    console.print(Text("\n" + bands_answer(found, language), style="bold"))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("")
    for name in (say("mean"), say("80% band, luck alone"), say("80% band, both"), say("not knowing")):
        table.add_column(name, justify="right")
    for row in bands_rows(found, language):
        table.add_row(*row)
    console.print(table)
    note = say(
        "Not knowing: share of the variance between parameter sets, in which {count} parameters have values of their own over their ranges, "
        "some fitted to the years up to 2018. Readings of the law and other assumed values stay as they are; plausible populations count as "
        "luck.",
        count=str(found.tables["sets"].shape[1]),
    )
    foot(console, [note], [*files, found.folder])
