"""What a company's own data took the place of, on the screen."""

from typing import cast

import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim.inputs.workbook.words import LAND, OF_COMPANY, OF_MUNICIPALITIES, STAGES, Lang, named
from sim.report.language import Language

FIGURES = {**OF_MUNICIPALITIES, **OF_COMPANY, **STAGES, "land": LAND}


def figure_name(figure: str, language: Language) -> str:
    """Return what a figure of the table is called; a stage is that of the projects under way."""
    name = named(FIGURES[figure], cast(Lang, language.code))
    return language.say("under way: {stage}", stage=name) if figure in STAGES else name


def print_replaced(replaced: pd.DataFrame, lang: str, console: Console | None = None, written: bool = True) -> None:
    """Print what a company's own data took the place of (`Found.replaced`): projects under way of all its municipalities together.

    `written`: whether there is a file that has them per municipality.
    """
    language, console = Language(lang), console or Console(highlight=False)
    rows = replaced[~(replaced["figure"].isin(list(STAGES)) & (replaced["municipality"] != ""))]
    if rows.empty:
        console.print(Text(language.say("Own data: nothing filled in, so all estimates stay.")))
        return
    console.print(_table(rows, language))
    if rows["figure"].isin(list(OF_COMPANY)).any():
        console.print(
            Text(language.say("Of staff, money and land bought a year the estimate is that for the first year."), style="dim")
        )
    if written:
        console.print(Text(language.say("Own data per municipality, also of the projects: replaced.csv."), style="dim"))


def _table(rows: pd.DataFrame, language: Language) -> Table:
    say = language.say
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=say("Own data, and what was estimated before"))
    table.title_justify, table.title_style = "left", "italic"
    table.add_column("")
    table.add_column("")
    for name in (say("estimate (lowest to highest)"), say("own")):
        table.add_column(name, justify="right")
    before = ""
    for row in rows.to_dict("records"):
        place = row["municipality"] or say("all together")
        step = 0.1 if row["figure"] in OF_COMPANY else 1
        own = language.number(row["own"], step)
        if not pd.isna(row["projects"]):
            own = say("{dwellings} (projects: {count})", dwellings=own, count=language.number(row["projects"]))
        estimate = say(
            "{number} ({band})",
            number=language.number(row["estimate"], step),
            band=language.band(row["low"], row["high"], step),
        )
        table.add_row("" if place == before else place, figure_name(row["figure"], language), estimate, own)
        before = place
    return table
