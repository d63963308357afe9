"""The answer of a comparison on the terminal: a sentence, the options, both ends of the response, and where everything lies."""

from collections.abc import Iterable
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim.report import estimates
from sim.report.cells import written
from sim.report.language import Language
from sim.report.snippets import WIDEST
from sim.runs.outcomes import of_all
from sim.studies.compare.study import AS_IS, Comparison
from sim.studies.compare.words import DWELLINGS, EURO, IN_2B, SCALE, SHOWN, Change, Told, ends_of


def print_comparison(comparison: Comparison, paths: Iterable[Path], lang: str = "nl", console: Console | None = None) -> None:
    """Print the answer on standard output (or on `console`), in Dutch or English. `paths`: the pictures, and the report if there is one."""
    told = Told(comparison, Language(lang))
    say, console = told.language.say, console or Console(highlight=False)
    width = min(console.width, WIDEST)
    console.print(Text(f"\n{told.shift_words()}.\n", style="bold"), width=width)
    console.print(_options(told), width=width)
    console.print(_response(told), width=width)
    for note in _notes(told):
        console.print(Text(note, style="dim"), width=width)
    console.print(Text("\n" + say("Pictures:")))
    for path in paths:
        label = say("Report: {file}", file=shown(path)) if path.suffix == ".html" else f"  {shown(path)}"
        console.print(Text(label), soft_wrap=True)  # a path in one piece can be copied
    console.print(Text(say("Tables: {folder}", folder=shown(comparison.folder))), soft_wrap=True)


def shown(path: Path) -> str:
    """Return a path as seen from the working directory, if it lies below it."""
    path = path.resolve()
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _table(told: Told, title: str, second: str) -> Table:
    """Return an empty table with a column for the option, or what stands for it, and one for each outcome."""
    say, year = told.language.say, told.comparison.facts["end_year"]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=title, title_justify="left", title_style="italic")
    table.add_column(say("Option"), overflow="fold")
    heads = {
        DWELLINGS: say("Dwellings\nend of {year}", year=year),
        IN_2B: say("Municipalities in 2B\nper test"),
        EURO: say("Contributions\nmillion euro"),
    }
    for outcome in SHOWN:
        table.add_column(heads[outcome], justify="right", overflow="fold")
    table.add_column(second, justify="right", overflow="fold")
    return table


def _options(told: Told) -> Table:
    """Return the options: each mean, and below it the difference from the first."""
    say, base = told.language.say, told.names[told.base].letter
    title = say("Mean; below it the difference from {base}, ± half of its 95% interval", base=base)
    table = _table(told, title, say("More dwellings\nin"))
    for option, name in told.names.items():
        results = told.comparison.runs[option][AS_IS]
        cells: list[Text | str] = []
        for outcome in SHOWN:
            mean = estimates.estimate(of_all(results)[outcome] * SCALE[outcome], results)
            below = ("\n", (difference(told, told.change(option, outcome)), "dim")) if option != told.base else ()
            cells.append(Text.assemble(mean.in_words(told.language)[0], *below))
        if option == told.base:
            table.add_row(Text(str(name), style="bold"), *cells)
            continue
        sheet = told.sheets["differences"]
        share = sheet.cell(sheet.row(option=option, response=AS_IS, outcome=DWELLINGS), "better", 1, told.out_of)
        table.add_row(str(name), *cells, say("{times} of the {all}", times=share, all=told.out_of))
    return table


def difference(told: Told, change: Change) -> str:
    """Return a difference with half of its 95% interval; in words when there is none at all."""
    if change.direction == "same":
        return told.language.say("no difference")
    return f"{change.difference} ± {written(told.language, max(change.half, change.step), change.step)}"


def _response(told: Told) -> Table:
    """Return the differences by how municipalities respond to tests, and what an extra dwelling takes in contributions."""
    say = told.language.say
    table = _table(told, say("Difference, by how municipalities respond to tests"), say("Contributions per\nextra dwelling"))
    for option in told.others:
        for end in (AS_IS, *ends_of(told)):
            response = say("response not known") if end == AS_IS else say("response {end}", end=end)
            label = f"{told.names[option].letter}, {response}"
            differences = (difference(told, told.change(option, outcome, end)) for outcome in SHOWN)
            table.add_row(Text(label, style="bold" if end == AS_IS else ""), *differences, told.cost_words(option, end))
    return table


def _notes(told: Told) -> list[str]:
    """Return what a reader has to know of the numbers."""
    say, facts = told.language.say, told.comparison.facts
    notes = [
        say(
            "Response 0: no municipality does more because of a test; 1: all do so fully. Nobody knows it; in between more is possible."
        ),
        told.source(),
    ]
    if facts["replications"] < 100:
        notes.append(say("With fewer than 100 simulations bands and intervals are only indicative."))
    if facts["failed"]:
        notes.append(say("Replications that failed and are not counted: {failed}.", failed=facts["failed"]))
    return notes
