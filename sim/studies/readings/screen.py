"""The readings of the law compared, on the terminal."""

from collections.abc import Iterable
from pathlib import Path

from rich.text import Text

from sim.report.screen import Screen, Terminal, grid
from sim.runs.differences import THRESHOLDS
from sim.studies.readings.study import Readings
from sim.studies.readings.words import answer, by_size, heads, notes, written


def show(readings: Readings, files: Iterable[Path], lang: str = "nl", console: Terminal | None = None) -> None:
    """Print the table on standard output (or on `console`), in Dutch or English."""
    screen = Screen(lang, console)
    language = screen.language
    table = grid(screen.say("Reading"), *heads(readings, language).values())
    for key, rows in by_size(readings.table):
        cells = []
        for outcome in THRESHOLDS:
            row = rows.loc[outcome]
            style = "bold" if row["verdict"] == "matters" else "dim"
            says = language.name("importance", str(row["verdict"]))
            cells.append(Text(f"{written(row, outcome, language)}\n{says}", style=style))
        table.add_row(Text.assemble((language.name_or("", "law_reading", key), "bold"), "\n", (key, "dim")), *cells)
    screen.line("\n" + answer(readings, language) + ".\n", "bold")
    screen.put(table)
    screen.notes(notes(readings, language))
    screen.files(files, readings.folder)
