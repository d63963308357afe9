"""Lead times fitted to a list of projects, on the screen."""

import math
from pathlib import Path

from rich import box
from rich.table import Table
from rich.text import Text

from sim.report.language import Language
from sim.report.screen import Screen, Terminal, nearby
from sim.studies.durations.study import Durations
from sim.studies.durations.words import answer, counts, notes, step_of


def show(result: Durations, files: list[Path], lang: str = "nl", console: Terminal | None = None) -> None:
    """Print the answer, the table and the notes, and say where the scenario and the picture are."""
    screen = Screen(lang, console)
    screen.line("\n" + answer(result, screen.language), "bold")
    screen.put(_table(result, screen.language))
    screen.notes(notes(result, screen.language))
    screen.line("\n" + screen.say("A scenario with these lead times, for bso run and bso compare:"))
    screen.whole(f"  {nearby(result.path)}")
    screen.files(files, result.folder)


def _table(result: Durations, language: Language) -> Table:
    """Return three lines per stage: its median and its sigma, fitted, assumed and without those under way; and what that rests on."""
    say, number = language.say, language.number
    status = {"found": say("found"), "derived": say("derived"), "assumed": say("assumed")}
    table = Table(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        title=say("Median (years) and sigma of every stage"),
        title_justify="left",
    )
    table.add_column(say("stage"))
    table.add_column("")
    for name in (say("fitted (95% interval)"), say("baseline")):
        table.add_column(name, justify="right")
    table.add_column(say("inside"))
    table.add_column(say("without those under way"), justify="right", width=8)
    for row in result.fitted.to_dict("records"):
        projects, under_way = counts(row, language)
        for what, title, head in (
            ("median", say("median"), Text(language.name("step", row["stage"]), style="bold")),
            ("sigma", say("sigma"), Text(projects)),
        ):
            inside, step = row[f"{what}_inside"], step_of(row) if what == "median" else 0.01
            table.add_row(
                head,
                title,
                f"{number(row[what], step)} ({language.band(row[f'{what}_low'], row[f'{what}_high'], step)})",
                _known(row[f"{what}_assumed"], language, step),
                "" if inside is None else say("yes") if inside else say("no"),
                _known(row[f"{what}_left_out"], language, step),
            )
        table.add_row(under_way, "", "", Text(status[row["status"]], style="dim"), "", "", end_section=True)
    return table


def _known(value: float, language: Language, step: float) -> str:
    return "" if math.isnan(value) else language.number(value, step)
