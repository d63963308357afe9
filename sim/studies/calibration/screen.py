"""Forecasts that hold chance and not knowing, and the fit behind them, on the screen."""

from pathlib import Path

from sim.report.screen import Screen, Terminal, grid
from sim.studies.backtest.screen import figures_table
from sim.studies.backtest.words import outcome_name
from sim.studies.calibration.bands import Bands
from sim.studies.calibration.study import Calibration
from sim.studies.calibration.words import bands_answer, bands_rows, later_answer, later_cells


def show(calibration: Calibration, files: list[Path], lang: str = "nl", console: Terminal | None = None) -> None:
    """Print what happened beside what the ranges and the fit give; and whether the fit foresees later years better, where that was asked."""
    screen = Screen(lang, console)
    say, language = screen.say, screen.language
    if "later" in calibration.tables:
        screen.line(later_answer(calibration.tables["later"], language), "bold")
        heads = say("figure"), say("fact"), say("assumed,\n80% band"), say("score"), say("fitted,\n80% band"), say("score")
        table = figures_table(list(heads))
        for row in calibration.tables["later"].to_dict("records"):
            table.add_row(outcome_name(row, language) + (" *" if row["seen"] else ""), *later_cells(row, "–", language))
        screen.put(table)
        screen.notes([say("* Seen by the fit.")])
    screen.files(files, calibration.folder)


def show_bands(bands: Bands, files: list[Path], lang: str = "nl", console: Terminal | None = None) -> None:
    """Print the bands of every outcome with what they are made of."""
    screen = Screen(lang, console)
    say = screen.say
    screen.line("\n" + bands_answer(bands, screen.language), "bold")
    table = grid("", say("width of the 80% band,\nluck alone"), say("width of the 80% band,\nboth"), say("not knowing"))
    for row in bands_rows(bands, screen.language):
        table.add_row(*row)
    screen.put(table)
    note = say(
        "Not knowing: share of the variance between parameter sets, in which {count} parameters have values of their own over their ranges, "
        "some fitted to what was known by the end of 2016. Readings of the law and other assumed values stay as they are; plausible "
        "populations count as luck.",
        count=str(bands.tables["sets"].shape[1]),
    )
    screen.notes([note])
    screen.files(files, bands.folder)
