"""What companies would need, on the screen: the answer, the means, what is late, what capacity cannot give, and where everything lies."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.inputs.workbook.words import OF_COMPANY, STAGES
from sim.report.language import Language
from sim.report.outside import one_line
from sim.report.screen import Terminal, grid
from sim.studies.capacity.all_companies import NeedsOfAll
from sim.studies.capacity.spending import Spending
from sim.studies.capacity.study import Needs
from sim.studies.capacity.words.company import CompanyWords
from sim.studies.capacity.words.everyone import AllWords
from sim.studies.capacity.words.shared import MILLION, Words, figure_name
from sim.studies.capacity.words.spending import SpendingWords


def show(needs: Needs, files: Sequence[Path], lang: str, console: Terminal | None = None) -> None:
    """Print the answer, the levers, what remains when capacity does not suffice, the allocation policies, and where everything is."""
    words, console = CompanyWords(needs, Language(lang)), console or Terminal()
    say = words.say
    console.print(Text(f"\n{needs.question.company}", style="dim"))
    console.print(Text(words.answer() + ".", style="bold"))
    console.print(Text(words.cost(), style="bold"))
    console.print(Text(words.out_of_sample() + "\n"))
    heads, rows = words.means()
    *means, chances = rows
    shown = [[words.inline(cell) for cell in row] for row in means]
    shown.append([cell if isinstance(cell, str) else cell[0] for cell in chances])  # their intervals are in the lines
    console.print(_table(["", *heads], shown))
    console.print(Text(words.reckoned_from(), style="dim"))
    console.print(Text(say("Early warning"), style="italic"))
    for head, lines in words.warnings():
        console.print(Text(head))
        for line in lines:
            console.print(Padding(Text("- " + line), (0, 0, 0, 2)))
    if needs.tables["warnings"].empty:
        console.print(Text(say("No municipality fails a test in any of the simulations, with the means of today.")))
    console.print(Text("\n" + words.workload() + "\n"))
    for line in (*words.together(), *words.hiring(), *words.bottlenecks(), *words.deadlines(), *words.non_monotonic()):
        console.print(Text(line))
    console.print(_allocations(words))
    _close(console, words, [*words.notes(), *words.few(), words.source()], files)
    if needs.with_own_data:
        show_replaced(needs.tables["replaced"], lang, console)


def show_all(needs: NeedsOfAll, files: Sequence[Path], lang: str, console: Terminal | None = None) -> None:
    """Print the answer, Flanders' totals, the ranking, how it is to be read, and where everything is."""
    words, console = AllWords(needs, Language(lang)), console or Terminal()
    say = words.say
    console.print(Text("\n" + words.answer() + ".", style="bold"))
    console.print(Text(say("Asked: {asked}.", asked=words.asked()) + "\n"))
    heads, rows = words.totals()
    console.print(_table(heads, [[words.inline(cell) for cell in row] for row in rows]), _ranking(words))
    star, times = words.how_to_read()
    chance = words.language.name("capacity_note", "chances")
    _close(
        console,
        words,
        [
            chance,
            words.as_it_goes(),
            words.within_reach(),
            star,
            times,
            *words.outliers(),
            words.costs(),
            *words.few(),
            words.source(),
        ],
        files,
    )


def show_spending(spending: Spending, files: Sequence[Path], lang: str, console: Terminal | None = None) -> None:
    """Print how a budget is best split, what else it could buy, how it is to be read, and where everything is."""
    words, console = SpendingWords(spending, Language(lang)), console or Terminal()
    console.print(Text(f"\n{spending.question.company}", style="dim"))
    console.print(Text(words.answer(), style="bold"))
    console.print(Text(words.fresh() + "\n"))
    heads, rows = words.table("lever_short")
    console.print(_table(heads, [[cell if isinstance(cell, str) else "\n".join(cell) for cell in row] for row in rows]))
    for line in words.left():
        console.print(Text(line))
    _close(console, words, words.notes(), files)


def _close(console: Terminal, words: Words, notes: Sequence[str], files: Sequence[Path]) -> None:
    """Print how the numbers are to be read, and where everything is."""
    for note in notes:
        console.print(Text(note, style="dim"))
    for path in files:
        console.print(words.say("Picture: {path}", path=one_line(path)), soft_wrap=True)
    console.print(words.say("Tables: {folder}", folder=one_line(words.result.folder)), soft_wrap=True)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """Return a table with its rows."""
    table = grid(*heads)
    for row in rows:
        table.add_row(*row)
    return table


def _allocations(words: CompanyWords) -> Table:
    """Return what each allocation policy does in the company's own area, with the interval of what differs from the policy now."""
    say, number = words.say, words.language.number
    heads = ["", say("verdicts 2B"), say("dwellings by {year}", year=words.facts["end_year"]), say("million euro")]
    table = grid(*heads, title=say("Whom the company serves first, with the means of today"))
    for policy, outcomes in words.needs.tables["allocations"].groupby("policy", sort=False):
        cells: list[str | Text] = [words.language.name_or(str(policy), "policy", str(policy))]
        for row, (scale, step) in zip(outcomes.to_dict("records"), ((1, 0.01), (1, 1), (MILLION, 0.01)), strict=True):
            mean, low, high = (number(row[column] / scale, step) for column in ("value", "low95", "high95"))
            below = say("policy now") if row["now"] else say("difference {low} to {high}", low=low, high=high)
            if not row["now"] and not row["low95"] and not row["high95"]:
                below = say("no difference seen")
            cells.append(Text.assemble(mean, "\n", (below, "dim")))
        table.add_row(*cells)
    return table


def _ranking(words: AllWords) -> Table:
    """Return the companies: chances, each mean today and needed, and how many times today's means it needs."""
    say, language, levers = words.say, words.language, words.question.levers
    short = {"managers": say("managers"), "finance": say("dwellings"), "land": say("places")}
    table = grid("", say("housing company"), say("chance"), *(short[lever] for lever in levers), say("times today"))
    name, chance, times = (table.columns[n] for n in (1, 2, -1))
    name.justify, name.min_width, times.min_width = "left", 14, 4
    table.columns[0].no_wrap = chance.no_wrap = True
    for i, row in enumerate(words.result.tables["all"].to_dict("records")):
        means = [f"{language.number(row[f'{lever}_today'])}→{language.number(row[f'{lever}_need'])}" for lever in levers]
        of_today = language.number(row["times_today"], 0.1) if row["euro_today"] else "–"
        chances = "→".join(words.chance("all", i, f"chance_{name}") for name in ("as_is", "at_most"))
        table.add_row(str(i + 1), row["company"] + ("" if row["reached"] else " *"), chances, *means, of_today)
    return table


def show_replaced(replaced: pd.DataFrame, lang: str, console: Terminal | None = None, written: bool = True) -> None:
    """Print what a company's own data took the place of (the table `replaced`): projects under way of all its municipalities together.

    `written`: whether there is a file that has them per municipality.
    """
    language, console = Language(lang), console or Terminal()
    say, number = language.say, language.number
    shown = replaced[~(replaced["figure"].isin(list(STAGES)) & (replaced["municipality"] != ""))]
    if shown.empty:
        console.print(Text(say("Own data: nothing filled in, so all estimates stay.")))
        return
    heads, before = ["", "", say("estimate (lowest to highest)"), say("own")], ""
    table = grid(*heads, title=say("Own data, and what was estimated before"))
    table.columns[1].justify = "left"
    for row in shown.to_dict("records"):
        place, step = row["municipality"] or say("all together"), 0.1 if row["figure"] in OF_COMPANY else 1
        own = number(row["own"], step)
        if not pd.isna(row["projects"]):
            own = say("{dwellings} (projects: {count})", dwellings=own, count=number(row["projects"]))
        band = language.band(row["low"], row["high"], step)
        estimate = say("{number} ({band})", number=number(row["estimate"], step), band=band)
        table.add_row("" if place == before else place, figure_name(row["figure"], language), estimate, own)
        before = place
    console.print(table)
    if shown["figure"].isin(list(OF_COMPANY)).any():
        console.print(Text(say("Of staff, money and land bought a year the estimate is that for the first year."), style="dim"))
    if written:
        console.print(Text(say("Own data per municipality, also of the projects: replaced.csv."), style="dim"))
